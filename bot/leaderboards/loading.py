"""Reads what a board rests on, in few statements, whatever the number of members and the length of their history."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TypeAlias

from bot.days import week_start
from bot.leaderboards.rules import (
    Metric,
    Pauses,
    Period,
    Range,
    Standing,
    Targets,
    Totals,
    kept_plan,
    showing_up,
    standings,
    weeks_to_read,
)
from bot.storage import Connection, Queries, Row

_WEEK = timedelta(weeks=1)
_LOOKED_AT = 5  # weeks that one statement counts
_COLUMNS = tuple(f"days_{ago}" for ago in range(_LOOKED_AT))
_NO_DAYS = (0,) * _LOOKED_AT
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
        targets[row["person_id"]].append((_day(row["from_day"]), row["days"]))
    pauses: defaultdict[int, _Pauses] = defaultdict(list)
    for row in await queries.pauses_of_listed(connection, group_id=asked.group_id):
        until = None if row["until_day"] is None else _day(row["until_day"])
        pauses[row["person_id"]].append((_day(row["from_day"]), until))
    days = await _days_by_week(queries, connection, asked, pauses)
    judge = _Judge(asked)
    return {
        row["person_id"]: judge.of(
            days.get(row["person_id"], _NO_DAYS),
            row["first_day"],
            targets.get(row["person_id"], ()),
            pauses.get(row["person_id"], ()),
        )
        for row in members
        if row["first_day"] is not None
    }


class _Judge:
    """Judges members one after the other; those who did the same for the same plan alike, without counting again."""

    def __init__(self, asked: Asked) -> None:
        assert asked.period.newest is not None
        self._asked = asked
        # a first check-in before the weeks that are looked at tells no more than that
        self._long_ago = (asked.period.newest - _LOOKED_AT * _WEEK).isoformat()
        self._known: dict[Hashable, tuple[int | None, bool]] = {}

    def of(
        self, counts: Sequence[int], first_day: str, targets: Targets, pauses: Pauses
    ) -> tuple[int | None, bool]:
        """Showing-up (None: not ranked) and whether the plan was kept."""
        if pauses:
            return self._judged(counts, first_day, targets, pauses)
        first_day = max(first_day, self._long_ago)
        plan: Hashable = (
            targets[0][1] if len(targets) == 1 else tuple(targets)
        )  # a single target is for all weeks
        key = (*counts, first_day, plan)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._judged(counts, first_day, targets, ())
        return found

    def _judged(
        self, counts: Sequence[int], first_day: str, targets: Targets, pauses: Pauses
    ) -> tuple[int | None, bool]:
        first_week = week_start(_day(first_day), self._asked.week_starts_on)
        showing = showing_up(
            counts, self._asked.period, first_week=first_week, targets=targets, pauses=pauses
        )
        return None if showing is None else showing.share, kept_plan(self._asked.chosen, showing)


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
    found = {row["person_id"]: [row[column] for column in _COLUMNS] for row in rows}
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


_day = lru_cache(maxsize=4096)(date.fromisoformat)


def _weeks_ago(running_day: str, last_day: date) -> int:
    return (last_day - _day(running_day)).days // 7
