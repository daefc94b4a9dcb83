"""Weeks kept in a row, with skips and pauses: a lapse lowers the figure, it never zeroes a person at once.

For a week, d is its days kept and T the target set before it began. It is *kept* where d >= T; *frozen* where it is
not kept and either paused on at least one day or the member's first week; *missing* T - d days, none if kept or
frozen; *empty* where d = 0 and it is not frozen.

A row is consecutive weeks without an empty one, of which no four consecutive weeks (fewer, in a shorter row) miss
more than two days in all. The streak is the number of kept weeks in the longest row that ends with the last closed
week, or with the current one if that is kept. A missing day so forgiven is a skip.

All of it follows from check-ins, targets and pauses, so that what is entered late heals it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from bot.days import week_start, weeks_between

DEFAULT_TARGET: Final = 3
SKIPS: Final = 2
_WINDOW: Final = 4
_LOOK_BACK: Final = 12
_WEEK: Final = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class WeekRecord:
    """One week of a member: its first day, days kept (0 to 7), target (1 to 7), and whether a day was paused."""

    start: date
    kept_days: int
    target: int
    paused: bool = False

    @property
    def kept(self) -> bool:
        return self.kept_days >= self.target


@dataclass(frozen=True, slots=True)
class Streak:
    """A streak and what stands beside it.

    `length` and `best` count kept weeks; `skips_left` is 0 to 2. `kept_of_last` of the last `of_last` weeks (at most
    12, since the first check-in) are kept; like the streak they end with the last closed week, or with the current
    one if it is kept (`current_kept`). `row_weeks` is the number of weeks in the row, kept or not.
    """

    length: int
    skips_left: int
    best: int
    kept_of_last_12: int
    of_last: int
    current_kept: bool
    row_weeks: int


def target_for(week: date, targets: Sequence[tuple[date, int]]) -> int:
    """The days a week meant for the week that begins on `week`.

    `targets` are (first day it holds from, days) in the order of days. The first one counts back as well; without
    any it is 3.
    """
    if not targets:
        return DEFAULT_TARGET
    at = bisect_right(targets, week, key=lambda each: each[0])
    return targets[max(at - 1, 0)][1]


def week_records(
    kept_days: Iterable[date],
    *,
    targets: Sequence[tuple[date, int]],
    pauses: Iterable[tuple[date, date | None]],
    first: date,
    current: date,
    week_starts_on: int,
) -> list[WeekRecord]:
    """The weeks from the one that begins on `first` to the one that begins on `current`, from what is stored.

    `kept_days` are running days with a check-in, each once or more; `pauses` are (first, last paused day), the last
    one None while the pause goes on.
    """
    kept = Counter(week_start(day, week_starts_on) for day in set(kept_days))
    spans = [(begin, date.max if end is None else end) for begin, end in pauses]
    return [
        WeekRecord(
            week,
            kept[week],
            target_for(week, targets),
            any(begin < week + _WEEK and end >= week for begin, end in spans),
        )
        for week in weeks_between(first, current)
    ]


def streak(weeks: Sequence[WeekRecord], *, first_week: date, current: date) -> Streak:
    """The streak as of the week that begins on `current`, in one pass over `weeks`.

    `weeks` are consecutive and end with the current week; `first_week` begins the week of the member's first
    check-in. Given a member's whole history, everything is exact (ten years are 520 weeks, about two
    milliseconds). Given only the latest weeks, `length` and `skips_left` are exact where `row_weeks` is at least two
    below the number given, so that the row was seen to begin; else `length` can be too low, never too high. `best`
    is then that of the given weeks alone. Raises ValueError for weeks with gaps.
    """
    if any(after.start - before.start != _WEEK for before, after in pairwise(weeks)):
        raise ValueError("weeks follow each other")
    if weeks and weeks[-1].start != current:
        raise ValueError("the last week is the current one")
    current_kept = bool(weeks) and weeks[-1].kept
    closed = weeks if current_kept else weeks[:-1]
    missing = [_missing(week, first_week) for week in closed]
    row_start = length = best = 0
    kept_before = [0]
    for at, week in enumerate(closed):
        kept_before.append(kept_before[-1] + week.kept)
        if missing[at] > 0 and week.kept_days == 0:
            row_start = at + 1
        while sum(missing[max(row_start, at + 1 - _WINDOW) : at + 1]) > SKIPS:
            row_start += 1
        length = kept_before[at + 1] - kept_before[row_start]
        best = max(best, length)
    last = [week for week in closed[-_LOOK_BACK:] if week.start >= first_week]
    return Streak(
        length=length,
        skips_left=SKIPS - sum(missing[max(row_start, len(closed) + 1 - _WINDOW) :]),
        best=best,
        kept_of_last_12=sum(week.kept for week in last),
        of_last=len(last),
        current_kept=current_kept,
        row_weeks=len(closed) - row_start,
    )


def is_frozen(week: WeekRecord, first_week: date) -> bool:
    """Whether a week neither adds to the streak nor takes from it: not kept, and paused or the member's first."""
    return not week.kept and (week.paused or week.start == first_week)


def _missing(week: WeekRecord, first_week: date) -> int:
    return 0 if week.kept or is_frozen(week, first_week) else week.target - week.kept_days
