"""`python -m bot run` whose daily backup comes so many seconds after the start as its argument says."""

from __future__ import annotations

import sys

import bot.__main__
import bot.app


def main() -> int:
    bot.app.BACKUP_AFTER_SECONDS = float(sys.argv[1])
    return bot.__main__.main(["run"])


if __name__ == "__main__":
    sys.exit(main())
