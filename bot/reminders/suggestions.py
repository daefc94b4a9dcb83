"""What autocomplete offers for a reminder's time and days. Pure; whatever was typed, nothing raises."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from bot.errors import Refusal
from bot.reminders.panel_cards import clock_words
from bot.scheduling.weekdays import EVERY_DAY, WEEKDAYS, WEEKEND, parse_weekdays, weekday_mask, weekday_words
from bot.when import parse_clock

if TYPE_CHECKING:
    from bot.words import Words

MOST = 25
_LONGEST = 100
_USUAL_DAYS = (
    EVERY_DAY,
    WEEKDAYS,
    WEEKEND,
    weekday_mask(0, 2, 4),
    weekday_mask(1, 3, 5),
    weekday_mask(1, 3),
    *(weekday_mask(day) for day in range(7)),
)


def times(typed: str, words: Words) -> list[tuple[str, str]]:
    """Pairs of what is shown and what is taken: the time as it was read, then half-hours that begin so."""
    typed = typed.strip()[:_LONGEST]
    offered: dict[str, str] = {}
    with contextlib.suppress(Refusal):
        minute = parse_clock(typed)
        offered[clock_words(minute, words)] = f"{minute // 60:02}:{minute % 60:02}"
    for minute in (*range(6 * 60, 22 * 60 + 1, 30), *range(0, 6 * 60, 30), *range(22 * 60 + 30, 24 * 60, 30)):
        value = f"{minute // 60:02}:{minute % 60:02}"
        if not typed or value.startswith(typed) or value.lstrip("0").startswith(typed):
            offered.setdefault(clock_words(minute, words), value)
    return list(offered.items())[:MOST]


def days(typed: str, words: Words) -> list[tuple[str, str]]:
    """The days as they were read, then the usual ones that fit; the value is what `parse_weekdays` reads back."""
    typed = typed.strip()[:_LONGEST]
    offered: dict[str, str] = {}
    with contextlib.suppress(Refusal):
        mask = parse_weekdays(typed, words.language)
        offered[weekday_words(mask, words)] = typed
    for mask in _USUAL_DAYS:
        shown = weekday_words(mask, words)
        if typed.casefold() in shown.casefold():
            offered.setdefault(shown, shown)
    return list(offered.items())[:MOST]
