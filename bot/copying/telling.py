"""What `second-wind copy` tells the host."""

from __future__ import annotations

from typing import TextIO

from bot.copying.service import Copied, Progress
from bot.progress import ProgressBar
from bot.storage.open import backups_folder


def copied_lines(copied: Copied, source_url: str, target_url: str, backups: str) -> list[str]:
    """Lines for a copy that ended, equal or not; `backups` as in `[storage] backups`."""
    lines = ["The copy that was cut short was carried on."] if copied.resumed else []
    if copied.differing:
        tables = ", ".join(f"{name} ({rows:,})" for name, rows in sorted(copied.differing.items()))
        return [
            *lines,
            f"Rows differ in: {tables}. The source was written to in between: empty the target, then copy again.",
        ]
    lines.append(
        f"Copied {copied.rows:,} rows of {len(copied.counts)} tables, and compared every one: both hold the same."
    )
    lines.append(
        "Set storage.url to the new address and start the bot: `second-wind check`, then `second-wind run`."
    )
    old, new = backups_folder(source_url, backups), backups_folder(target_url, backups)
    if old.resolve() != new.resolve() and old.is_dir():
        lines.append(
            f"The backups and the ledger of erasures stay in {old}: set storage.backups to that folder, "
            "or move what is in it."
        )
    return lines


class Bar:
    """How far a copy is, on a terminal; the line goes when the copy ends, however it does."""

    def __init__(self, stream: TextIO) -> None:
        self._bar = ProgressBar(stream)

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.clear()

    def show(self, progress: Progress) -> None:
        doing = {"copying": "rows copied", "comparing": "rows compared"}[progress.doing]
        self._bar.show(f"{doing}: {progress.table}", progress.done, progress.total)
