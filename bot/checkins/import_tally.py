"""What became of an import's files: figures alone, added up batch by batch."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from bot.checkins.reading import Reading
from bot.checkins.track import Reason

LeftOut = Reason | Literal["no_date", "no_numbers", "impossible", "future", "overlap"]
"""Why a file is left out: it can't be read, or what it tells can't be a run. `impossible`: nobody is that fast, or
more than 24 h or 400 km. `overlap`: another run of the member was under way at that time."""


@dataclass(slots=True)
class Tally:
    """Counts of files. `metres` of what was taken; `late`: taken, for records and statistics alone.

    `completed`: the typed runs that got a file's numbers. `already`: files that are here. `sports`: files of other
    sports by what they call themselves, "" where they don't say.
    """

    runs: int = 0
    walks: int = 0
    metres: int = 0
    late: int = 0
    already: int = 0
    first_day: date | None = None
    last_day: date | None = None
    completed: list[int] = field(default_factory=list)
    left: Counter[LeftOut] = field(default_factory=Counter)
    sports: Counter[str] = field(default_factory=Counter)

    @property
    def taken(self) -> int:
        return self.runs + self.walks

    def take(self, reading: Reading) -> None:
        """Count a file that was stored as a run of its own."""
        if reading.activity == "run":
            self.runs += 1
        else:
            self.walks += 1
        self.metres += reading.metres or 0
        self.late += reading.late
        self._span(reading.running_day, reading.running_day)

    def add(self, other: Tally) -> None:
        """Count what became of a further batch."""
        self.runs += other.runs
        self.walks += other.walks
        self.metres += other.metres
        self.late += other.late
        self.already += other.already
        self.completed += other.completed
        self.left += other.left
        self.sports += other.sports
        if other.first_day is not None and other.last_day is not None:
            self._span(other.first_day, other.last_day)

    def _span(self, first: date, last: date) -> None:
        self.first_day = first if self.first_day is None else min(first, self.first_day)
        self.last_day = last if self.last_day is None else max(last, self.last_day)
