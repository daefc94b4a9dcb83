"""What autocomplete offers for a distance or a day. Pure; whatever was typed, nothing raises."""

from __future__ import annotations

import contextlib
from datetime import timedelta

from babel.dates import format_skeleton

from bot.checkins.reading import DAYS_BACK, Frame, Hints
from bot.checkins.units import HALF_MARATHON, MARATHON, format_distance, parse_distance
from bot.errors import Refusal
from bot.when import parse_when
from bot.words import Words

MOST = 25
_LONGEST = 100  # characters of a choice
_USUAL = ("5k", "10k", "3k", "8k", "15k")


def distances(typed: str, hints: Hints, words: Words) -> list[tuple[str, str]]:
    """Pairs of what is shown and what is taken: the distance typed so far, one's latest, the usual ones."""
    units = hints.frame.units
    offered: dict[str, str] = {}
    typed = typed.strip()[:_LONGEST]
    if any(character.isdigit() for character in typed):
        with contextlib.suppress(Refusal):
            offered[format_distance(parse_distance(typed, units), units, words.language)] = typed
    for metres in hints.distances:
        offered.setdefault(format_distance(metres, units, words.language), f"{metres} m")
    for name in _USUAL:
        offered.setdefault(format_distance(parse_distance(name, "km"), units, words.language), name)
    offered.setdefault(words.say("half marathon"), f"{HALF_MARATHON} m")
    offered.setdefault(words.say("marathon"), f"{MARATHON} m")
    wanted = typed.casefold()
    return [
        (shown, value)
        for shown, value in offered.items()
        if wanted in shown.casefold() or wanted in value.casefold() or value == typed
    ][:MOST]


def days(typed: str, frame: Frame, words: Words) -> list[tuple[str, str]]:
    """Pairs of what is shown and what is taken: the moment typed so far, today, yesterday, the days before."""
    offered: dict[str, str] = {}
    typed = typed.strip()[:_LONGEST]
    today = frame.today
    for back in range(DAYS_BACK + 1):
        day = today - timedelta(days=back)
        shown = format_skeleton("MMMEd", day, locale=words.locale)
        if back == 0:
            shown = words.say("today, {day}", day=shown)
        elif back == 1:
            shown = words.say("yesterday, {day}", day=shown)
        offered[shown] = day.isoformat()
    wanted = typed.casefold()
    fitting = [(s, value) for s, value in offered.items() if wanted in s.casefold() or wanted in value]
    if typed and not fitting:
        fitting = _as_typed(typed, frame, words)
    return fitting[:MOST]


def _as_typed(typed: str, frame: Frame, words: Words) -> list[tuple[str, str]]:
    """What was typed, shown as the day that it would be read as."""
    try:
        when = parse_when(
            typed,
            now=frame.now,
            zone=frame.zone,
            day_starts_minute=frame.day_starts_minute,
            language=words.language,
        )
    except Refusal:
        return []
    shown = format_skeleton("MMMEd", when.day, locale=words.locale)
    if when.started_at is not None:
        shown += f" {when.started_at.astimezone(frame.zone):%H:%M}"
    return [(shown, typed)]
