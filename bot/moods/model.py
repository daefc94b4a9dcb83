"""What entries of feelings are made of. Everything here is for its owner's eyes alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from bot.care.rules import Resources
from bot.encouragement.library import Message
from bot.moods.scales import Values

Moment = Literal["before", "after", "day"]
# A rating after a run counts for the comparison with the one before from so long after its end, and up to so long.
RATED_FROM, RATED_UNTIL = timedelta(minutes=5), timedelta(minutes=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mood:
    """One entry.

    `moment`: before a run, after one, or of the day. `recalled`: a "before" that was entered afterwards. `run_id` is
    the run it was entered with, None for one entered by itself. `day` is its owner's running day, `scale_version` that
    of the items (bot/moods/scales.py).
    """

    mood_id: int
    moment: Moment
    recalled: bool
    run_id: int | None
    entered_at: datetime
    day: date
    scale_version: int
    values: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """ "About to run" was pressed at `pressed_at`."""

    start_id: int
    pressed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An entry as it is stored now, and what its answer carries.

    `fresh`: stored by this very interaction, not changed by it. `has_before`: there is a "before" for its run already.
    `words`: a message for a low mood. `care`: resources that this answer shows, once in a while, after several low
    days; None otherwise.
    """

    mood: Mood
    fresh: bool
    has_before: bool
    words: Message | None
    care: Resources | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAsked:
    """A run of one's own, about to be rated: its rating so far, and when it ended (None: not known)."""

    mood: Mood | None
    ended_at: datetime | None

    def too_soon(self, now: datetime) -> bool:
        """Whether a rating now would come before the five minutes from which on it counts for the comparison."""
        return too_soon(self.ended_at, now)


def too_soon(ended_at: datetime | None, now: datetime) -> bool:
    """Whether `now` is less than five minutes after a run's end, where that is known."""
    return ended_at is not None and now - ended_at < RATED_FROM
