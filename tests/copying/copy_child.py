"""The child of test_copy_command.py: copies in small pages, and says so after each."""

from __future__ import annotations

import sys

from bot.__main__ import main
from bot.copying import rows, telling
from bot.copying.service import Progress

rows.page.__defaults__ = (5,)


def show(_bar: telling.Bar, progress: Progress) -> None:
    print(progress.doing, progress.done, flush=True)


telling.Bar.show = show  # type: ignore[assignment, method-assign]
sys.exit(main(["copy", *sys.argv[1:]]))
