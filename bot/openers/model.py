"""The week's opener and a member's plan, as they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.encouragement.library import Message
from bot.encouragement.situation import Situation


@dataclass(frozen=True, slots=True)
class Planned:
    """A member of the list: days (1 to 7), and words as they were typed (cleaned, not encoded)."""

    person_id: int
    days: int
    words: str | None


@dataclass(frozen=True, slots=True)
class OpenerLetter:
    """The opener of the week that begins on `week_day`: the first who planned, and how many more there are."""

    week_day: date
    message: Message | None
    situation: Situation
    planned: tuple[Planned, ...]
    more: int
    language: str


@dataclass(frozen=True, slots=True)
class OpenerPlace:
    """Where an opener stands, and what it shows; no message yet where it is just on its way."""

    delivery_id: int
    channel_id: int
    message_id: int | None
    letter: OpenerLetter


@dataclass(frozen=True, slots=True)
class PlanPanel:
    """A member's plan for a week.

    `ahead` where that week has not begun for them, `over` where they asked for one that is over and see their present
    one instead, `posted` where the group's opener for it stands. `target` and `next_target` as in PlanState, `kept` the
    days kept of the member's present week.
    """

    week_day: date
    days: int | None
    words: str | None
    ahead: bool
    over: bool
    posted: bool
    target: int
    next_target: int | None
    kept: int


@dataclass(frozen=True, slots=True)
class PlanSet:
    """A plan that was stored; `at_once` where the target holds for the week planned, False: from the next one on.

    `opener_id` is the post that lists it; None where there is none, or its week is over.
    """

    panel: PlanPanel
    days: int
    at_once: bool
    opener_id: int | None


@dataclass(frozen=True, slots=True)
class PlanTaken:
    """A plan that was taken back; `target_back` where the days before hold again."""

    panel: PlanPanel
    target_back: bool
    opener_id: int | None
