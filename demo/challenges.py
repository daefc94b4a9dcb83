"""The challenges that run in the demo's group: one of each kind, and one that is coming."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.challenges.model import Kind, Measure, Plan
from bot.challenges.routes import routes
from bot.client import Services

Event = Callable[[int, datetime], Awaitable[object]]
MAKER = "olive"


@dataclass(frozen=True, slots=True)
class Arranged:
    """A challenge as Olive made it: `starts` and `days` count from this week's Monday, made the evening before.

    `joined` are those who take part, in the order they joined; `rest` is what its kind needs (see Plan).
    """

    kind: Kind
    title: str
    starts: int
    days: int
    joined: tuple[str, ...]
    rest: dict[str, Any]
    line: str | None = None
    measure: Measure = "metres"


# Nobody's run counts for more than a card names, and Mira has some left to join.
ARRANGED = (
    Arranged(
        "route",
        "The Rhine before the new year",
        -42,
        84,
        ("olive", "mira", "sakura", "ming", "priya", "nour"),
        {"route_key": "rhine"},
        "All our kilometres in a row, from Lake Constance to the North Sea.",
    ),
    Arranged(
        "together",
        "350 km in three weeks",
        -14,
        21,
        ("olive", "mira", "jonas", "ming", "priya", "nour", "lukasz"),
        {"target": 350_000},
    ),
    Arranged(
        "distance", "Sixty kilometres each", -14, 28, ("jonas", "olive", "ming", "priya"), {"target": 60_000}
    ),
    Arranged(
        "pledge",
        "Kilometres for the winter shelter",
        -14,
        28,
        ("ming", "olive", "priya", "anan"),
        {"currency": "EUR", "per_km": 100, "cap": 30_000},
        "Olive's bakery gives for every kilometre.",
    ),
    Arranged(
        "minutes",
        "Eight hours in the fresh air",
        -7,
        28,
        ("dimitra", "ming", "priya", "olive"),
        {"target": 8 * 3_600},
        "Walks count as much as runs.",
        "seconds",
    ),
    Arranged(
        "days",
        "Three days a week for a month",
        -7,
        28,
        ("mira", "anan", "lukasz", "nour"),
        {"target": 12},
        "Twelve days in four weeks. Any distance counts, and so does a walk.",
        "days",
    ),
    Arranged(
        "teams",
        "Birds of the canal",
        0,
        14,
        ("jonas", "dimitra", "sakura", "ming", "olive", "priya"),
        {"teams": ("Herons", "Kingfishers", "Coots")},
    ),
    Arranged(
        "days",
        "Ten days out before the holidays",
        14,
        21,
        ("dimitra", "olive"),
        {"target": 10},
        None,
        "days",
    ),
)


def challenge_events(
    services: Services, group_id: int, channel_id: int, ids: dict[str, int], monday: date, zone: ZoneInfo
) -> list[tuple[datetime, Event]]:
    """Everything that people did to have these challenges, each with its moment, all before `monday` begins."""
    events: list[tuple[datetime, Event]] = []
    for number, arranged in enumerate(ARRANGED):
        first = min(arranged.starts, 0)
        evening = datetime.combine(monday + timedelta(days=first - 1), time(19, 4 * number), zone)
        made: list[int] = []
        events.append(
            (evening, _make(services, group_id, channel_id, ids[MAKER], plan(arranged, monday), made))
        )
        events += [
            (evening + timedelta(minutes=5 + 7 * later), _join(services, group_id, ids[key], made))
            for later, key in enumerate(arranged.joined)
        ]
    return events


def plan(arranged: Arranged, monday: date) -> Plan:
    """The plan of a challenge in the week of `monday`."""
    first_day = monday + timedelta(days=arranged.starts)
    rest = dict(arranged.rest)
    if arranged.kind == "route":
        rest["target"] = routes()[rest["route_key"]].length
    return Plan(
        kind=arranged.kind,
        measure=arranged.measure,
        title=arranged.title,
        first_day=first_day,
        last_day=first_day + timedelta(days=arranged.days - 1),
        line=arranged.line,
        **rest,
    )


def _make(
    services: Services, group_id: int, channel_id: int, maker_id: int, wanted: Plan, made: list[int]
) -> Event:
    async def event(interaction: int, at: datetime) -> None:
        view = await services.making.draft(
            group_id, maker_id, interaction, wanted, channel_id, at, organiser=True
        )
        made.append(view.challenge.challenge_id)
        await services.making.post(group_id, maker_id, made[0], at, organiser=True)

    return event


def _join(services: Services, group_id: int, person_id: int, made: list[int]) -> Event:
    """`made` holds the challenge's id once it is there."""
    return lambda _, at: services.challenges.join(group_id, person_id, made[0], at)
