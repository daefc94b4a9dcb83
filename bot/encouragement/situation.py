"""What is known when words are looked for, and the conditions that a message may ask for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final, Literal

# A condition is one bit, so that a message's conditions are met by a single comparison.
CONDITIONS: Final[Mapping[str, int]] = MappingProxyType(
    {
        name: 1 << bit
        for bit, name in enumerate(
            (
                "group",  # said to a group, not to one member
                "run",
                "walk",
                "long",  # at least an hour or ten kilometres
                "short",  # at most twenty minutes, or without a time at most three kilometres
                "morning",  # local hours 4 to 10
                "evening",  # local hours 17 to 23
                "weekend",
                "midweek",  # Tuesday to Thursday
                "friday",
                "monday",
                "week_begins",  # the first day of the group's week
                "new_month",  # the first seven days of a month
                "new_year",  # the first seven days of January
                "week_known",  # days kept and target are known
                "first_of_week",  # one day kept, of several meant
                "one_to_go",  # one day short of the target
                "target_met",  # exactly the target
                "extra",  # beyond the target
                "nothing_yet",  # no day kept this week
                "short_of_target",
                "streak",  # at least two kept weeks in a row
                "streak_begun",  # at least one
                "skips_known",
                "covered",  # the skips left forgive what the week still misses
                "back",
                "record",
                "milestone",
                "first_ever",
                "resting",
                "low",
                "counted",  # the group's check-ins of this week are known, five or more
                "fact_allowed",
            )
        )
    }
)
_LONG_SECONDS: Final = 3_600
_LONG_METRES: Final = 10_000
_SHORT_SECONDS: Final = 1_200
_SHORT_METRES: Final = 3_000
_ENOUGH_TO_COUNT: Final = 5  # fewer check-ins of a group would point at persons


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What is known of a moment; what is not known is None or False, and then nothing is said of it.

    `hour` (0 to 23; of a run's start or of a reminder) and `day` are local; `kept` of `target` days of the current
    week; `streak` in kept weeks; `skips_left` 0 to 2. `back` says that somebody returned, never after how long.
    `low` is a mood that its owner has just called low. `check_ins` are all of the group's in this week;
    `week_begins` is the first day of the group's week. `fact_allowed` comes from `rules.may_fact`.
    """

    audience: Literal["member", "group"] = "member"
    activity: Literal["run", "walk"] | None = None
    metres: int | None = None
    seconds: int | None = None
    hour: int | None = None
    day: date | None = None
    kept: int | None = None
    target: int | None = None
    streak: int = 0
    skips_left: int | None = None
    back: bool = False
    record: bool = False
    milestone: bool = False
    first_ever: bool = False
    resting: bool = False
    low: bool = False
    week_begins: bool = False
    check_ins: int | None = None
    fact_allowed: bool = False


def bits(names: Iterable[str]) -> int:
    """The conditions together; raises KeyError for a name that is none."""
    together = 0
    for name in names:
        together |= CONDITIONS[name]
    return together


_GROUP, _RUN, _WALK = bits(["group"]), bits(["run"]), bits(["walk"])
_LONG, _SHORT = bits(["long"]), bits(["short"])
_MORNING, _EVENING = bits(["morning"]), bits(["evening"])
_BY_WEEKDAY: Final = tuple(
    bits([name]) for name in ("monday", "midweek", "midweek", "midweek", "friday", "weekend", "weekend")
)
_FLAGS: Final = tuple(
    (name, CONDITIONS[name])
    for name in ("back", "record", "milestone", "first_ever", "resting", "low", "week_begins", "fact_allowed")
)


def holding(situation: Situation) -> int:
    """All conditions that hold, as bits."""
    held = _GROUP if situation.audience == "group" else 0
    for name, bit in _FLAGS:
        if getattr(situation, name):
            held |= bit
    return held | _effort(situation) | _moment(situation) | _week(situation)


def _effort(situation: Situation) -> int:
    if situation.activity is None:
        return 0
    held = _RUN if situation.activity == "run" else _WALK
    seconds, metres = situation.seconds, situation.metres
    if (seconds or 0) >= _LONG_SECONDS or (metres or 0) >= _LONG_METRES:
        return held | _LONG
    if seconds is not None:
        return held | _SHORT if seconds <= _SHORT_SECONDS else held
    return held | _SHORT if metres is not None and metres <= _SHORT_METRES else held


def _moment(situation: Situation) -> int:
    held, hour, day = 0, situation.hour, situation.day
    if hour is not None:
        if 4 <= hour <= 10:
            held |= _MORNING
        elif hour >= 17:
            held |= _EVENING
    if day is not None:
        held |= _BY_WEEKDAY[day.weekday()]
        if day.day <= 7:
            held |= CONDITIONS["new_month"]
            if day.month == 1:
                held |= CONDITIONS["new_year"]
    return held


def _week(situation: Situation) -> int:
    held = 0
    kept, target, skips = situation.kept, situation.target, situation.skips_left
    if kept is not None and target is not None:
        held |= CONDITIONS["week_known"]
        missing = target - kept
        if missing > 0:
            held |= CONDITIONS["short_of_target"]
            if skips is not None and kept and missing <= skips:
                held |= CONDITIONS["covered"]  # an empty week is never forgiven by skips
        if missing <= 1:
            held |= CONDITIONS["one_to_go" if missing == 1 else "target_met" if missing == 0 else "extra"]
        if kept <= 1:
            held |= (
                CONDITIONS["nothing_yet"] if kept == 0 else CONDITIONS["first_of_week"] if target > 1 else 0
            )
    if skips is not None:
        held |= CONDITIONS["skips_known"]
    if situation.streak:
        held |= (
            CONDITIONS["streak_begun"]
            if situation.streak == 1
            else CONDITIONS["streak_begun"] | CONDITIONS["streak"]
        )
    if (situation.check_ins or 0) >= _ENOUGH_TO_COUNT:
        held |= CONDITIONS["counted"]
    return held
