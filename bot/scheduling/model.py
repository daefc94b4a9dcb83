"""What schedules and deliveries are made of, and what a feature says about one of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from bot.storage import Connection

State = Literal["due", "sending", "sent", "skipped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One occurrence of a schedule, on its way.

    `day` is the local date it is for, `due_at` the moment it was planned for, `ordinal` 0 or the number of the
    snooze. `content` is what an earlier try chose; None where nothing was chosen yet. `zone` and `language` are the
    group's, `schedule_words` and `schedule_channel_id` what the schedule holds of its own.
    """

    delivery_id: int
    schedule_id: int
    group_id: int
    person_id: int | None
    kind: str
    day: date
    ordinal: int
    due_at: datetime
    state: State
    tries: int
    sending_at: datetime | None
    channel_id: int | None
    content: Mapping[str, Any] | None
    schedule_words: str | None
    schedule_channel_id: int | None
    zone: ZoneInfo
    language: str


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel or thread of the group."""

    channel_id: int


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody's direct messages."""

    person_id: int


@dataclass(frozen=True, slots=True)
class Send:
    """Deliver it: `letter` is what the feature's `render` draws; `content` (JSON-able) is stored with the delivery,
    so that a second try sends the same."""

    address: Channel | Person
    letter: Any
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Skip:
    """It does not come, for a `reason` in snake_case that stays with the delivery."""

    reason: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Look again at `until`; what is held is judged by its lateness then."""

    until: datetime


Decision: TypeAlias = Send | Skip | Hold
Decide = Callable[["Connection", Delivery, datetime], Awaitable[Decision]]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that may leave now, what it is, and the channel it goes to (None: a conversation not yet opened).

    `at` is the moment of the claim.
    """

    delivery: Delivery
    send: Send
    channel_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Upcoming:
    """What is due next."""

    kind: str
    group_id: int
    due_at: datetime


# Final refusals in a row after which a schedule is switched off.
MOST_FAILURES = 3
# Tries of one delivery, at growing distances up to a quarter of an hour: about two days. Nothing is retried for ever.
MOST_TRIES = 200
# What did not go through is tried again within so long.
LONGEST_WAIT = timedelta(minutes=15)
# What a process has taken or claimed is left alone for so long: whoever did is at work, or died.
LEASE = timedelta(seconds=60)
