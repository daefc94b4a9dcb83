"""Reads what a board rests on, in few statements, whatever the number of members and the length of their history."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

from bot.days import week_start
from bot.leaderboards.rules import (
    Metric,
    Period,
    Range,
    Standing,
    Totals,
    kept_plan,
    showing_up,
    standings,
    weeks_to_read,
)
from bot.storage import Connection, Queries, Row

_WEEK = timedelta(weeks=1)
_LOOKED_AT = 5  # weeks that one statement counts
_Days: TypeAlias = list[tuple[date, int]]
_Pauses: TypeAlias = list[tuple[date, date | None]]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which board of which group."""

    group_id: int
    metric: Metric
    chosen: Range
    period: Period
    week_starts_on: int


async def load_standings(queries: Queries, connection: Connection, asked: Asked) -> list[Standing]:
    """Listed members in the order of their places."""
    members = await queries.listed_members(connection, group_id=asked.group_id)
    shown = await _showing(queries, connection, asked, members)
    if asked.metric == "showing_up":
        return standings(
            (person_id, share, kept) for person_id, (share, kept) in shown.items() if share is not None
        )
    sums = await queries.sums_of_listed(
        connection,
        group_id=asked.group_id,
        first_day=asked.period.first.isoformat(),
        last_day=asked.period.last.isoformat(),
    )
    column = "seconds" if asked.metric == "minutes" else "metres"
    return standings(
        (row["person_id"], row[column], shown.get(row["person_id"], (None, False))[1])
        for row in sums
        if row[column] > 0
    )


async def load_totals(queries: Queries, connection: Connection, group_id: int, period: Period) -> Totals:
    """What the group can see of its runs."""
    row = await queries.totals(
        connection,
        group_id=group_id,
        first_day=period.first.isoformat(),
        last_day=period.last.isoformat(),
    )
    return Totals(row["people"], row["check_ins"], row["days"], row["metres"], row["seconds"])


async def _showing(
    queries: Queries, connection: Connection, asked: Asked, members: list[Row]
) -> dict[int, tuple[int | None, bool]]:
    """Showing-up (None: not ranked) and whether the plan was kept, by person."""
    period = asked.period
    if period.newest is None:
        return {}
    targets: defaultdict[int, _Days] = defaultdict(list)
    for row in await queries.targets_of_listed(connection, group_id=asked.group_id):
        targets[row["person_id"]].append((date.fromisoformat(row["from_day"]), row["days"]))
    pauses: defaultdict[int, _Pauses] = defaultdict(list)
    for row in await queries.pauses_of_listed(connection, group_id=asked.group_id):
        until = None if row["until_day"] is None else date.fromisoformat(row["until_day"])
        pauses[row["person_id"]].append((date.fromisoformat(row["from_day"]), until))
    days = await _days_by_week(queries, connection, asked, pauses)
    first_weeks: dict[str, date] = {}
    none: list[int] = [0] * _LOOKED_AT
    found: dict[int, tuple[int | None, bool]] = {}
    for row in members:
        person_id, first_day = row["person_id"], row["first_day"]
        first_week = first_weeks.get(first_day)
        if first_week is None:
            first_week = week_start(date.fromisoformat(first_day), asked.week_starts_on)
            first_weeks[first_day] = first_week
        showing = showing_up(
            days.get(person_id, none),
            period,
            first_week=first_week,
            targets=targets.get(person_id, ()),
            pauses=pauses.get(person_id, ()),
        )
        found[person_id] = (None if showing is None else showing.share, kept_plan(asked.chosen, showing))
    return found


async def _days_by_week(
    queries: Queries, connection: Connection, asked: Asked, pauses: dict[int, _Pauses]
) -> dict[int, list[int]]:
    """Days kept of the newest week and those before it, by person; longer lists for those who paused."""
    newest = asked.period.newest
    assert newest is not None
    starts = [newest - n * _WEEK for n in range(_LOOKED_AT)]
    last_day = newest + timedelta(days=6)
    rows = await queries.days_of_weeks(
        connection,
        group_id=asked.group_id,
        **{f"week_{n}": starts[n].isoformat() for n in range(4)},
        from_day=starts[max(asked.period.weeks - 1, 0)].isoformat(),
        last_day=last_day.isoformat(),
    )
    found = {row["person_id"]: [row[f"days_{n}"] for n in range(_LOOKED_AT)] for row in rows}
    weeks = max((weeks_to_read(asked.period, each) for each in pauses.values()), default=0)
    if weeks > asked.period.weeks:
        further: defaultdict[int, Counter[int]] = defaultdict(Counter)
        first = newest - (weeks - 1) * _WEEK
        for row in await queries.days_of_paused(
            connection,
            group_id=asked.group_id,
            from_day=first.isoformat(),
            last_day=last_day.isoformat(),
        ):
            further[row["person_id"]][_weeks_ago(row["running_day"], last_day)] += 1
        found |= {
            person_id: [counted[ago] for ago in range(weeks)]
            for person_id, counted in further.items()
            if person_id in pauses
        }
    reach = max([weeks - 1, _LOOKED_AT - 1, 0])
    for row in await queries.days_set_aside(
        connection,
        group_id=asked.group_id,
        from_day=(newest - reach * _WEEK).isoformat(),
        last_day=last_day.isoformat(),
    ):
        counts, ago = found.get(row["person_id"], []), _weeks_ago(row["running_day"], last_day)
        if ago < len(counts) and counts[ago] > 0:
            counts[ago] -= 1
    return found


def _weeks_ago(running_day: str, last_day: date) -> int:
    return (last_day - date.fromisoformat(running_day)).days // 7
