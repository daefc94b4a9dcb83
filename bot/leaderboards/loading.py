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
    shown = await _showing(queries, connection, asked)
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
    queries: Queries, connection: Connection, asked: Asked
) -> dict[int, tuple[int | None, bool]]:
    """Showing-up (None: not ranked) and whether the plan was kept, by person."""
    newest = asked.period.newest
    if newest is None:
        return {}
    since = newest - max(asked.period.weeks - 1, 0) * _WEEK
    members = await queries.listed_members(
        connection, group_id=asked.group_id, from_day=since.isoformat(), until=(newest + _WEEK).isoformat()
    )
    days = _by_week(members, newest)
    pauses: defaultdict[int, _Pauses] = defaultdict(list)
    for row in await queries.pauses_of_listed(connection, group_id=asked.group_id):
        until = None if row["until_day"] is None else _day(row["until_day"])
        pauses[row["person_id"]].append((_day(row["from_day"]), until))
    await _correct_days(queries, connection, asked, pauses, days)
    changes = await _changes_of_targets(queries, connection, asked.group_id, since)
    whole = await _targets_of_paused(queries, connection, asked.group_id) if pauses else {}
    judge = _Judge(asked)
    return {
        person_id: judge.of(
            days[person_id],
            row["first_day"],
            whole.get(person_id) or _targets(since, row["target"], changes.get(person_id)),
            pauses.get(person_id, ()),
        )
        for row in members
        for person_id in (row["person_id"],)
        if row["first_day"] is not None
    }


def _by_week(members: list[Row], newest: date) -> dict[int, list[int]]:
    """How many days of each week were kept, the newest first, by person."""
    week_of = {
        (newest + timedelta(days=day - 7 * ago)).isoformat(): ago
        for ago in range(_LOOKED_AT)
        for day in range(7)
    }
    found = {}
    for row in members:
        counts = found[row["person_id"]] = [0] * _LOOKED_AT
        if row["days"] is not None:
            for day in set(row["days"].split(",")):
                counts[week_of[day]] += 1
    return found


async def _changes_of_targets(
    queries: Queries, connection: Connection, group_id: int, after: date
) -> dict[int, _Days]:
    found: defaultdict[int, _Days] = defaultdict(list)
    for row in await queries.targets_since(connection, group_id=group_id, after=after.isoformat()):
        found[row["person_id"]].append((_day(row["from_day"]), row["days"]))
    return found


async def _targets_of_paused(queries: Queries, connection: Connection, group_id: int) -> dict[int, _Days]:
    """All targets of those who ever paused, as earlier weeks of theirs may be looked at."""
    found: defaultdict[int, _Days] = defaultdict(list)
    for row in await queries.targets_of_paused(connection, group_id=group_id):
        found[row["person_id"]].append((_day(row["from_day"]), row["days"]))
    return found


def _targets(since: date, target: int | None, changes: _Days | None) -> Targets:
    """What held from the earliest week on."""
    if target is None:
        return changes or ()
    return ((since, target), *changes) if changes else ((since, target),)


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
        # a single target is for all weeks
        plan: Hashable = targets[0][1] if len(targets) == 1 else tuple(targets)
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


async def _correct_days(
    queries: Queries,
    connection: Connection,
    asked: Asked,
    pauses: dict[int, _Pauses],
    days: dict[int, list[int]],
) -> None:
    """Read further weeks of those who paused, and take out days that rest on nothing but runs that were set aside."""
    newest = asked.period.newest
    assert newest is not None
    last_day = newest + timedelta(days=6)
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
        for person_id, counted in further.items():
            if person_id in pauses:
                days[person_id] = [counted[ago] for ago in range(weeks)]
    reach = max([weeks - 1, _LOOKED_AT - 1, 0])
    for row in await queries.days_set_aside(
        connection,
        group_id=asked.group_id,
        from_day=(newest - reach * _WEEK).isoformat(),
        last_day=last_day.isoformat(),
    ):
        counts, ago = days.get(row["person_id"], []), _weeks_ago(row["running_day"], last_day)
        if ago < len(counts) and counts[ago] > 0:
            counts[ago] -= 1


_day = lru_cache(maxsize=4096)(date.fromisoformat)


def _weeks_ago(running_day: str, last_day: date) -> int:
    return (last_day - _day(running_day)).days // 7
