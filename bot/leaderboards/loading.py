"""Reads what a board rests on, in few statements, whatever the number of members and the length of their history."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

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
from bot.storage import Connection, Queries

_WEEK = timedelta(weeks=1)


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
    """Showing-up (None: not ranked) and whether the plan was kept, by person.

    Most members are judged by their row alone, and those whose rows say the same alike, once.
    """
    newest = asked.period.newest
    if newest is None:
        return {}
    since = newest - max(asked.period.weeks - 1, 0) * _WEEK
    # a first check-in before the weeks that are looked at tells no more than that
    long_ago = (since - _WEEK).isoformat()
    members = await queries.listed_members(
        connection, group_id=asked.group_id, from_day=since.isoformat(), until=(newest + _WEEK).isoformat()
    )
    special = await _load_special(queries, connection, asked, since)
    found: dict[int, tuple[int | None, bool]] = {}
    known: dict[tuple[str | None, str, int | None], tuple[int | None, bool]] = {}
    for row in members:
        person_id, first_day, days, target = row["person_id"], row["first_day"], row["days"], row["target"]
        if first_day is None:
            continue
        one = special.get(person_id)
        if one is None:
            key = (days, max(first_day, long_ago), target)
            if key not in known:
                known[key] = _judged(asked, _days_of(days), first_day, _targets(since, target, ()))
            found[person_id] = known[key]
        else:
            kept = (_days_of(days) | one.further_days) - one.set_aside
            targets = one.targets or _targets(since, target, one.changes)
            found[person_id] = _judged(asked, kept, first_day, targets, one.pauses)
    return found


@dataclass(slots=True)
class _Special:
    """What a member's row does not say: pauses, with all targets and further days of who ever paused; changes of the
    target within the weeks that are looked at; and days that rest on nothing but runs that were set aside."""

    pauses: list[tuple[date, date | None]] = field(default_factory=list)
    targets: list[tuple[date, int]] = field(default_factory=list)
    further_days: set[str] = field(default_factory=set)
    changes: list[tuple[date, int]] = field(default_factory=list)
    set_aside: set[str] = field(default_factory=set)


async def _load_special(
    queries: Queries, connection: Connection, asked: Asked, since: date
) -> dict[int, _Special]:
    newest = asked.period.newest
    assert newest is not None
    group_id, last_day = asked.group_id, (newest + timedelta(days=6)).isoformat()
    found: defaultdict[int, _Special] = defaultdict(_Special)
    for row in await queries.pauses_of_listed(connection, group_id=group_id):
        until = None if row["until_day"] is None else _day(row["until_day"])
        found[row["person_id"]].pauses.append((_day(row["from_day"]), until))
    first_day = since.isoformat()
    if found:
        weeks = max(weeks_to_read(asked.period, each.pauses) for each in found.values())
        first_day = min(since, newest - (weeks - 1) * _WEEK).isoformat()
        for row in await queries.targets_of_paused(connection, group_id=group_id):
            found[row["person_id"]].targets.append((_day(row["from_day"]), row["days"]))
        for row in await queries.days_of_paused(
            connection, group_id=group_id, from_day=first_day, last_day=last_day
        ):
            found[row["person_id"]].further_days.add(row["running_day"])
    for row in await queries.targets_since(connection, group_id=group_id, after=since.isoformat()):
        found[row["person_id"]].changes.append((_day(row["from_day"]), row["days"]))
    for row in await queries.days_set_aside(
        connection, group_id=group_id, from_day=first_day, last_day=last_day
    ):
        found[row["person_id"]].set_aside.add(row["running_day"])
    return found


def _judged(
    asked: Asked, days: set[str], first_day: str, targets: Targets, pauses: Pauses = ()
) -> tuple[int | None, bool]:
    newest = asked.period.newest
    assert newest is not None
    kept = [0] * max(asked.period.weeks, weeks_to_read(asked.period, pauses))
    for day in days:
        ago = (newest + timedelta(days=6) - _day(day)).days // 7
        if ago < len(kept):
            kept[ago] += 1
    first_week = week_start(_day(first_day), asked.week_starts_on)
    showing = showing_up(kept, asked.period, first_week=first_week, targets=targets, pauses=pauses)
    return None if showing is None else showing.share, kept_plan(asked.chosen, showing)


def _days_of(joined: str | None) -> set[str]:
    return set() if joined is None else set(joined.split(","))


def _targets(since: date, target: int | None, changes: Targets) -> Targets:
    """What held from the earliest week on."""
    return tuple(changes) if target is None else ((since, target), *changes)


_day = lru_cache(maxsize=4096)(date.fromisoformat)
