"""Believable check-ins, the same every time: drawn from each person's habit with a seeded generator."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.checkins.model import Entry
from demo.people import PEOPLE, Character

SEED = 20260701


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """One check-in of the past: who, when it was entered (aware), and what was typed."""

    character: Character
    at: datetime
    entry: Entry


def history(until: datetime, zone: ZoneInfo) -> list[CheckedIn]:
    """Everything that was entered before the day of `until`, oldest first."""
    random_ = random.Random(SEED)
    today = until.astimezone(zone).date()
    found: list[CheckedIn] = []
    for character in PEOPLE:
        first = today - timedelta(weeks=character.habit.joined_weeks_ago)
        monday = today - timedelta(days=today.weekday())
        day = first
        while day < today:
            weeks_ago = (monday - (day - timedelta(days=day.weekday()))).days // 7
            paused = character.habit.paused_weeks_ago
            rests = paused is not None and paused[1] <= weeks_ago <= paused[0]
            if not rests:
                found += _perhaps(character, day, zone, random_)
            day += timedelta(days=1)
    return _in_order(found)


def one_day(day: date, zone: ZoneInfo) -> list[CheckedIn]:
    """What those who wait for nobody enter on a day after the story's own, oldest first."""
    random_ = random.Random(f"{SEED} {day}")
    return _in_order(
        [
            each
            for character in PEOPLE
            if not character.waits
            for each in _perhaps(character, day, zone, random_)
        ]
    )


def _perhaps(character: Character, day: date, zone: ZoneInfo, random_: random.Random) -> list[CheckedIn]:
    """The check-in of a day, where the habit has it that there is one."""
    if random_.random() >= character.habit.days[day.weekday()]:
        return []
    morning = random_.random() < 0.45
    minute = random_.randrange(0, 150)
    at = datetime.combine(day, time(6, 15) if morning else time(17, 0), zone) + timedelta(minutes=minute)
    return [CheckedIn(character, at, entry(character, random_))]


def _in_order(found: list[CheckedIn]) -> list[CheckedIn]:
    return sorted(found, key=lambda each: (each.at, each.character.key))


def entry(character: Character, random_: random.Random) -> Entry:
    """A check-in as this person would type it."""
    habit = character.habit
    note = random_.choice(character.notes) if character.notes and random_.random() < 0.15 else None
    walk = random_.random() < habit.walks
    activity = "walk" if walk else "run"
    visibility = "private" if character.private else None
    if random_.random() >= habit.numbers:
        return Entry(note=note, activity=activity, visibility=visibility)  # type: ignore[arg-type]
    kilometres = round(random_.triangular(*habit.km, habit.km[0] + (habit.km[1] - habit.km[0]) * 0.35), 1)
    if random_.random() < 0.2 and habit.km[0] <= 5 <= habit.km[1]:
        kilometres = 5.0
    pace = random_.randint(*habit.pace) * (1.7 if walk and habit.walks < 0.5 else 1)
    minutes, seconds = divmod(int(kilometres * pace), 60)
    hours, minutes = divmod(minutes, 60)
    typed = f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
    return Entry(
        distance=f"{kilometres} km",
        time=typed,
        note=note,
        activity=activity,  # type: ignore[arg-type]
        visibility=visibility,  # type: ignore[arg-type]
    )
