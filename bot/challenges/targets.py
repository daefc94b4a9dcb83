"""Targets as people type them: "500 km", "50 h", "200 days"; inside they are whole metres, seconds or days.

A target is larger than any run, so its reader has other limits than that of a run (see rules.py for them).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from bot.challenges.figures import split_figures
from bot.challenges.model import Kind, Measure
from bot.checkins.units import (
    HOUR_WORDS,
    MINUTE_WORDS,
    NAMED_DISTANCES,
    SECOND_WORDS,
    UNIT_WORDS,
    Units,
    half_up,
    unit_millimetres,
)
from bot.day_words import day_words
from bot.errors import Refusal
from bot.locales import plain

_LONGEST_TYPED = 40
_METRES: Final = {word: Fraction(millimetres, 1_000) for word, millimetres in UNIT_WORDS.items()}
_SECONDS: Final = {
    **dict.fromkeys(HOUR_WORDS, Fraction(3_600)),
    **dict.fromkeys(MINUTE_WORDS, Fraction(60)),
    **dict.fromkeys(SECOND_WORDS, Fraction(1)),
}
# The measures that a kind's target can have; in the first one a bare number is meant.
_MEASURES: Final[Mapping[Kind, tuple[Measure, ...]]] = {
    "distance": ("metres",),
    "minutes": ("seconds",),
    "days": ("days",),
    "together": ("metres", "seconds", "days"),
}
_TARGET = re.compile(r"([0-9.,][0-9., ']*?) ?([^0-9.,]*)\.?", re.ASCII)
# Whose it is: the label of the field says it, and so do people.
_WHOSE = re.compile(
    r" ?\b(?:each|apiece|per person|per runner|for each|together|all together|in total|total|in all)$"
)
_HOURS_AND_MINUTES = re.compile(r"([0-9]{1,6}) ?([a-z]+)\.? ?(?:and |, )?([0-9]{1,2}) ?([a-z]*)\.?", re.ASCII)
_CLOCKLIKE = re.compile(r"([0-9]{1,6}):([0-5][0-9]) ?([a-z]+)\.?", re.ASCII)


def read_target(text: str, kind: Kind, units: Units, language: str) -> tuple[Measure, int]:
    """What a person typed as the target of a kind, and what it is measured in. `units` are the group's.

    Raises Refusal for what is no target of that kind; how large one may be is `check_plan`'s to say.
    """
    typed = plain(text, _LONGEST_TYPED) or ""
    if typed.startswith("-"):
        raise Refusal("A target is more than zero. Give one to run for.")
    typed = _WHOSE.sub("", typed)
    measures = _MEASURES[kind]
    named = NAMED_DISTANCES.get(typed.removeprefix("a ")) if "metres" in measures else None
    if named is not None:
        return "metres", named
    seconds = _hours_and_minutes(typed) if "seconds" in measures else None
    if seconds is not None:
        return "seconds", seconds
    match = _TARGET.fullmatch(typed)
    figures = split_figures(match[1]) if match else None
    if match is None or figures is None:
        raise _unreadable(kind)
    whole, part = figures
    number = Fraction(int(whole + part), 10 ** len(part))
    for measure in measures:
        scale = _scale(measure, match[2], units, language) if match[2] or measure == measures[0] else None
        if scale is not None:
            if measure == "days" and number.denominator > 1:
                raise Refusal("Days are counted whole. Type the target like 12 or 12 days.")
            return measure, half_up(number * scale)
    raise _unreadable(kind)


def type_target(measure: Measure, amount: int, units: Units) -> str:
    """A target as one would type it; `read_target` reads it back to the metre and the second."""
    if measure == "days":
        return f"{amount} days"
    if measure == "seconds":
        if amount % 60:
            return f"{amount} s"
        return f"{amount // 60} min" if amount % 3_600 else f"{amount // 3_600} h"
    scale = Fraction(unit_millimetres(units), 1_000)
    for power in (1, 10, 100):
        figure = half_up(amount * power / scale)
        if half_up(figure * scale / power) == amount:
            shown = str(figure).rjust(len(str(power)), "0")
            cut = len(shown) - len(str(power)) + 1
            return f"{shown[:cut]}.{shown[cut:]} {units}" if power > 1 else f"{figure} {units}"
    return f"{amount} m"


def _scale(measure: Measure, unit: str, units: Units, language: str) -> Fraction | None:
    """How many metres, seconds or days a unit's word stands for; None where it is no word of that measure."""
    word = unit.strip()
    if measure == "metres":
        return _METRES.get(word or units)
    if measure == "seconds":
        return _SECONDS.get(word or "min")
    days = day_words(language).phrases.days | day_words("en").phrases.days
    return Fraction(1) if not word or word in days else None


def _hours_and_minutes(typed: str) -> int | None:
    """The seconds of "10 h 30 min", "10h30" and "10:30 h"; None for every other text."""
    match = _HOURS_AND_MINUTES.fullmatch(typed)
    if match and match[2] in HOUR_WORDS and (not match[4] or match[4] in MINUTE_WORDS):
        return int(match[1]) * 3_600 + int(match[3]) * 60
    match = _CLOCKLIKE.fullmatch(typed)
    if match and match[3] in HOUR_WORDS:
        return int(match[1]) * 3_600 + int(match[2]) * 60
    return None


def _unreadable(kind: Kind) -> Refusal:
    if kind == "distance":
        return Refusal("That is not a distance I can read. Type it like 100 km or 60 mi.")
    if kind == "minutes":
        return Refusal("That is not a time I can read. Type it like 600 min or 10 h.")
    if kind == "days":
        return Refusal("That is not a number of days I can read. Type it like 12 or 12 days.")
    return Refusal("That is not a target I can read. Type it like 500 km, 50 h or 200 days.")
