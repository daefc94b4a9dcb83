"""A line on a terminal that says how far a long command is."""

from __future__ import annotations

from typing import TextIO

WIDTH = 30


class ProgressBar:
    """One line that is written over again and again; nothing where `stream` is no terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown = 0  # characters that stand there now
        self._terminal = stream.isatty()

    def show(self, doing: str, done: int, total: int) -> None:
        """Say that `done` of `total` are through; a line that reads as the last one is not written again."""
        if not self._terminal:
            return
        share = min(done / total, 1.0) if total else 1.0
        full = int(share * WIDTH)
        line = f"[{'#' * full}{'.' * (WIDTH - full)}] {share:4.0%} {done:,} of {total:,} {doing}"
        self._stream.write("\r" + line.ljust(self._shown))
        self._stream.flush()
        self._shown = len(line)

    def clear(self) -> None:
        """Take the line away: other words follow."""
        if self._shown:
            self._stream.write("\r" + " " * self._shown + "\r")
            self._stream.flush()
            self._shown = 0
