"""What autocomplete offers for the days and the reason of a pause; whatever was typed, nothing raises."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from bot.errors import Refusal
from bot.plans.cards import day_name
from bot.plans.service import PlanState
from bot.when import parse_day

if TYPE_CHECKING:
    from bot.words import Words

_LONGEST = 60


def starts(typed: str, state: PlanState, now: datetime, words: Words) -> list[tuple[str, str]]:
    """Pairs of what is shown and what is taken, for a pause's first day."""
    today = state.today
    offered = {
        today: words.say("today, {day}", day=day_name(words, today)),
        today - timedelta(days=1): words.say(
            "yesterday, {day}", day=day_name(words, today - timedelta(days=1))
        ),
        today + timedelta(days=1): words.say(
            "tomorrow, {day}", day=day_name(words, today + timedelta(days=1))
        ),
    }
    last = state.last_check_in
    if last is not None:
        offered = {day: shown for day, shown in offered.items() if day >= min(last, today)}
        shown = words.say("the day of my last check-in, {day}", day=day_name(words, last))
        offered.setdefault(last, shown)
    return _fitting(typed, offered, state, now, words)


def ends(typed: str, state: PlanState, now: datetime, words: Words) -> list[tuple[str, str]]:
    """Pairs of what is shown and what is taken, for a pause's last day."""
    offered: dict[date, str] = {}
    for days in (1, 3, 7, 14, 28):
        day = state.today + timedelta(days=days)
        offered[day] = words.count("in {n} day, {day}", "in {n} days, {day}", days, day=day_name(words, day))
    return _fitting(typed, offered, state, now, words)


def reasons(typed: str, words: Words) -> list[str]:
    """Reasons to choose; any other can be typed."""
    wanted = typed.strip().casefold()
    usual = (words.say("ill"), words.say("injured"), words.say("away"), words.say("a full plate"))
    return [each for each in usual if wanted in each.casefold()]


def _fitting(
    typed: str, offered: dict[date, str], state: PlanState, now: datetime, words: Words
) -> list[tuple[str, str]]:
    wanted = typed.strip()[:_LONGEST].casefold()
    pairs = [
        (shown, day.isoformat())
        for day, shown in offered.items()
        if wanted in shown.casefold() or wanted in day.isoformat()
    ]
    if pairs or not wanted:
        return pairs
    try:
        day = parse_day(
            typed,
            now=now,
            zone=state.zone,
            day_starts_minute=state.day_starts_minute,
            language=words.language,
            back=366,
        )
    except Refusal:
        return []
    return [(day_name(words, day), day.isoformat())]
