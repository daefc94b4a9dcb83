"""What is true of reminders: when one is silent, when it offers to stop, when a streak is at risk. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.days import DAY, at_local
from bot.errors import Refusal

REMINDER: Final = "reminder"
STREAK_WARNING: Final = "streak_warning"
BY_OWNER: Final = "by_owner"  # why one is off that its owner turned off
LATENESS: Final = timedelta(hours=2)  # how late either may still come, held back by quiet hours or not
WARNING_MINUTE: Final = 17 * 60
EVERY_DAY: Final = 0b1111111
MOST_REMINDERS: Final = 10  # of one member in one group
LONGEST_WORDS: Final = 200
SNOOZE: Final = timedelta(hours=1)
MOST_SNOOZES: Final = 3
IGNORED_BEFORE_OFFER: Final = 3
A_WEEK: Final = timedelta(weeks=1)
REMOVAL_CAN_BE_TAKEN_BACK: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Past:
    """A reminder that was sent: the running day it came on, and what became of it."""

    day: date
    answered: bool
    offered: bool


def quiet_until(now: datetime, zone: ZoneInfo, start: int | None, end: int | None) -> datetime | None:
    """When the quiet hours that `now` lies in are over; None outside of them.

    `start` and `end` are minutes after midnight on `zone`'s wall clock; the hours begin at the first and end before
    the second, over midnight where that is the smaller one. Equal ones, or None, are no quiet hours.
    """
    if start is None or end is None or start == end:
        return None
    local = now.astimezone(zone)
    minute = local.hour * 60 + local.minute
    inside = start <= minute < end if start < end else minute >= start or minute < end
    if not inside:
        return None
    over = at_local(local.date(), end, zone)
    return over if over > now else at_local(local.date() + DAY, end, zone)


def offers_to_stop(past: Iterable[Past], kept: Collection[date]) -> bool:
    """Whether the next reminder asks if it is to stop.

    `past` are those sent before it, the latest first; `kept` the running days with a check-in. It asks after three in
    a row with neither an answer nor a check-in on their day, and not again while that question stands unanswered.
    """
    ignored = 0
    for each in past:
        if each.answered or each.day in kept:
            break
        if each.offered:
            return False
        ignored += 1
    return ignored >= IGNORED_BEFORE_OFFER


def at_risk(*, streak: int, kept_days: int, target: int, days_left: int) -> bool:
    """Whether today is the last day on which a week's plan can still be kept without a skip.

    `days_left` are the days of the week that are still to be kept or not, today included.
    """
    return streak >= 1 and kept_days < target and target - kept_days == days_left


def checked_minute(minute: int) -> int:
    """`minute` after midnight, 0 to 1439. Raises Refusal: a button can be sent by hand."""
    if not 0 <= minute < 24 * 60:
        raise Refusal("That is not a time of day I can read. Type it like 7:15, 18:30 or 6:30 pm.")
    return minute


def checked_weekdays(weekdays: int) -> int:
    """A mask of weekdays, 1 to 127 (bit 0 is Monday). Raises Refusal: a button can be sent by hand."""
    if not 1 <= weekdays <= EVERY_DAY:
        raise Refusal("A reminder needs at least one day of the week. Choose daily, weekdays, or name days.")
    return weekdays
