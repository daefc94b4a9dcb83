"""Reads when a run began and ended, as the comparison of before and after takes it (bot/moods/pairing.py)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.clock import epoch, moment
from bot.days import running_day
from bot.moods.pairing import ENTERED_WITHIN, RunFact, begun_at
from bot.storage import Connection, Queries, Row


def run_fact(row: Row) -> RunFact:
    """What of a row of `runs` says when it began."""
    started_at = row["started_at"]
    return RunFact(
        run_id=row["run_id"],
        day=date.fromisoformat(row["running_day"]),
        started_at=None if started_at is None else moment(started_at),
        seconds=row["seconds"],
        created_at=moment(row["created_at"]),
    )


async def clockwork(
    queries: Queries, connection: Connection, group_id: int, person_id: int
) -> tuple[ZoneInfo, int]:
    """A member's zone, and the minute at which their running day turns."""
    frame = await queries.frame(connection, group_id=group_id, person_id=person_id)
    return ZoneInfo(frame["zone"]), frame["day_starts_minute"]


async def ended_at(
    queries: Queries, connection: Connection, run: Row, group_id: int, person_id: int
) -> datetime | None:
    """When a member's run ended, by its clock time or else the press before it; None where neither tells.

    `queries` are those of bot.moods, `run` is a row of `own_run`.
    """
    fact = run_fact(run)
    if fact.seconds is None:
        return None
    start = fact.started_at
    if start is None:
        member = {"group_id": group_id, "person_id": person_id}
        # a press counts for a run of its own day: those are all that can have used one up
        runs = [
            run_fact(row) for row in await queries.runs_of_day(connection, **member, day=run["running_day"])
        ]
        since = min(each.created_at for each in [*runs, fact]) - ENTERED_WITHIN
        presses = await queries.starts_since(connection, **member, since=epoch(since))
        zone, day_starts = await clockwork(queries, connection, **member)
        starts = [moment(row["pressed_at"]) for row in presses]
        start = begun_at(runs, starts, lambda at: running_day(at, zone, day_starts)).get(fact.run_id)
    return None if start is None else start + timedelta(seconds=fact.seconds)
