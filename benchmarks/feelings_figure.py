"""One row of what `make feelings` prints."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """What was looked at, what came out, what it has to reach, and whether it does."""

    what: str
    figure: str
    bar: str
    met: bool
