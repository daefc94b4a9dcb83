"""Occurrences of what comes at a time of the wall clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.days import DAY, at_local


@dataclass(frozen=True, slots=True)
class Recurrence:
    """`minute` after midnight (0 to 1439) on each of `weekdays` (bits 0, Monday, to 6)."""

    minute: int
    weekdays: int


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
    day = since.astimezone(zone).date() - DAY
    if after_day is not None and after_day >= day:
        day = after_day + DAY
    while True:
        if recurrence.weekdays >> day.weekday() & 1:
            due_at = at_local(day, recurrence.minute, zone)
            if due_at > since and due_at.astimezone(zone).date() == day:
                yield Occurrence(day, due_at)
        day += DAY
