"""Words for a run's card: chosen when it is entered, shown for as long as they still fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from bot.checkins.model import Encouraged, RunFigures
from bot.encouragement.library import library
from bot.encouragement.rules import fitting, remember, words_after
from bot.encouragement.situation import Situation

# From so many days without a check-in on, the next one is a comeback. How many they were is never said.
A_BREAK = timedelta(days=14)
_PARTED_BY = ","


def situation_of(figures: RunFigures, zone: ZoneInfo, last_day: date | None) -> Situation:
    """What a card's words can speak of; `last_day` is the latest running day entered before, None for the first."""
    run = figures.run
    return Situation(
        activity=run.activity,
        metres=run.metres,
        seconds=run.seconds,
        hour=None if run.started_at is None else run.started_at.astimezone(zone).hour,
        day=run.running_day,
        kept=figures.week.kept_days if figures.this_week else None,
        target=figures.week.target if figures.this_week else None,
        back=last_day is not None and run.running_day - last_day >= A_BREAK,
        record=bool(figures.records),
        milestone=bool(figures.milestones),
        first_ever=last_day is None,
    )


def encouraged(figures: RunFigures, situation: Situation, recent: str) -> RunFigures:
    """`figures` with words that were not shown to its owner lately; without, where the run is an old file's."""
    if figures.run.late:
        return figures
    message = words_after(situation, shown_lately(recent), figures.run.run_id)
    if message is None:
        return figures
    run = replace(figures.run, words_key=message.key)
    return replace(figures, run=run, encouraged=Encouraged(message, situation))


def still_encouraged(figures: RunFigures, situation: Situation) -> RunFigures:
    """`figures` with the words that were chosen when it was entered, where they fit what the run is now."""
    message = library().messages.get(figures.run.words_key or "")
    if message is None or message not in fitting(situation, message.category):
        return figures
    return replace(figures, encouraged=Encouraged(message, situation))


def shown_lately(recent: str) -> Sequence[str]:
    """Keys as they are stored with a member or a group, the newest last."""
    return recent.split(_PARTED_BY) if recent else ()


def with_newest(recent: str, key: str) -> str:
    """The same with `key` as the newest, ready to be stored."""
    return _PARTED_BY.join(remember(shown_lately(recent), key))
