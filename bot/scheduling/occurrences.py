"""Occurrences of what comes at a time of the wall clock.

Each local date that exists has exactly one occurrence: the first moment whose wall clock shows the time or has passed
it. In the spring gap that is the first moment that exists (of the next date, where the gap reaches past midnight, as
in Nuuk); in the autumn overlap the first of the two. A date that a zone skipped as a whole has none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.days import DAY, at_local


@dataclass(frozen=True, slots=True)
class Recurrence:
    """`minute` after midnight (0 to 1439) on each of `weekdays` (bits 0, Monday, to 6; at least one).

    Raises ValueError for what never comes.
    """

    minute: int
    weekdays: int

    def __post_init__(self) -> None:
        if not 0 <= self.minute < 1_440 or not 0 < self.weekdays < 128:
            raise ValueError(f"no such recurrence: minute {self.minute}, weekdays {self.weekdays}")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """The local date it is for, and the UTC moment at which it is due."""

    day: date
    due_at: datetime


def occurrences(
    recurrence: Recurrence, zone: ZoneInfo, after_day: date | None, since: datetime, until: datetime
) -> list[Occurrence]:
    """Every occurrence of a local date after `after_day` with `since` < due_at <= `until`, in order."""
    found = []
    for each in _from(recurrence, zone, after_day, since):
        if each.due_at > until:
            break
        found.append(each)
    return found


def next_occurrence(
    recurrence: Recurrence, zone: ZoneInfo, after_day: date | None, since: datetime
) -> Occurrence:
    """The first occurrence of a local date after `after_day` that is due after `since`."""
    return next(_from(recurrence, zone, after_day, since))


def _from(
    recurrence: Recurrence, zone: ZoneInfo, after_day: date | None, since: datetime
) -> Iterator[Occurrence]:
    # What is due later is not shown yet, so the wall clock at `since` is at its date or before it.
    day = since.astimezone(zone).date()
    if after_day is not None and after_day >= day:
        day = after_day + DAY
    while True:
        if recurrence.weekdays >> day.weekday() & 1:
            due_at = at_local(day, recurrence.minute, zone)
            if due_at > since and (_date(due_at, zone) == day or _exists(day, zone)):
                yield Occurrence(day, due_at)
        day += DAY


def _exists(day: date, zone: ZoneInfo) -> bool:
    """Whether the wall clock ever showed `day`: the first moment that has reached it is then of that date."""
    return _date(at_local(day, 0, zone), zone) == day


def _date(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()
