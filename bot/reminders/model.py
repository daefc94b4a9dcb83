"""What reminders are made of, as the service hands it to the cards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.encouragement.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """One reminder of a member: `minute` after midnight on their wall clock, on each of `weekdays` (bit 0: Monday).

    `words` are the member's own, None for the library's. It goes to `channel_id`, or by direct message where that is
    None. `off_reason` says why it is off (by_owner, or what Discord said); `next_at` is None then. `waits`: one or more
    are skipped before the next.
    """

    schedule_id: int
    minute: int
    weekdays: int
    words: str | None
    channel_id: int | None
    off_reason: str | None
    next_at: datetime | None
    waits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminders:
    """A member's reminders in one group, in order of their time, and whose clock they follow.

    `zone_chosen`: the zone is the member's own, not the group's.
    """

    group_id: int
    zone: ZoneInfo
    zone_chosen: bool
    runs_channel_id: int | None
    dm_channel_id: int | None
    reminders: tuple[Reminder, ...]

    def find(self, schedule_id: int) -> Reminder | None:
        return next((each for each in self.reminders if each.schedule_id == schedule_id), None)


@dataclass(frozen=True, slots=True)
class ReminderSet:
    """A reminder as it was set; `fresh` is False where the same interaction had set it before."""

    stands: Reminders
    reminder: Reminder
    fresh: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderLetter:
    """All that a reminder, or a streak warning, shows.

    `own_words` are the member's, else it is the library's message of `key` (None: all that fit were shown lately) in
    this `situation`, which also holds the week so far and the streak. `days_left` of the week, today included, is
    known for a warning. In a channel nothing is shown of the member but that they asked to be reminded. `offers`: it
    asks whether it is to stop.
    """

    group_id: int
    person_id: int
    delivery_id: int
    language: str
    own_words: str | None
    key: str | None
    situation: Situation
    plan: str | None = None
    days_left: int | None = None
    in_channel: bool = False
    offers: bool = False


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press on a reminder that was sent to its presser. `over`: the running day that it was for has ended."""

    schedule_id: int
    kind: str
    day: date
    over: bool


@dataclass(frozen=True, slots=True)
class Snoozed:
    """When it comes again, in whose zone; `at` None: not again, as the day ends before, or it came three times."""

    at: datetime | None
    zone: ZoneInfo
    over: bool = False
    too_often: bool = False
