"""What entries of feelings are made of. Everything here is for its owner's eyes alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from bot.care.rules import Resources
from bot.moods.scales import Values

Moment = Literal["before", "after", "day"]


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

    `fresh`: stored by this very interaction, not changed by it. `ask_sleep`: nothing was said of last night today.
    `has_before`: there is a "before" for its run already. `care`: resources that this answer shows, once in a while,
    after several low days; None otherwise.
    """

    mood: Mood
    fresh: bool
    ask_sleep: bool
    has_before: bool
    care: Resources | None
