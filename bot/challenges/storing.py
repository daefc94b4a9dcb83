"""Writes what a maker decides: the columns of a plan, its teams, and the deliveries that it brings."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.challenges.counting import recount_challenge
from bot.challenges.deciding import CARD, RESULT
from bot.challenges.model import Plan
from bot.challenges.rules import final_from
from bot.clock import epoch
from bot.ids import new_id
from bot.storage import Connection, Queries, Row


async def store_teams(queries: Queries, connection: Connection, challenge_id: int, plan: Plan) -> None:
    """The teams of a plan, by their place in it; those beyond go."""
    rows = [
        {"challenge_id": challenge_id, "team": number, "name": name}
        for number, name in enumerate(plan.teams, start=1)
    ]
    if rows:
        await queries.add_team(connection, rows)
        await queries.remove_teams_from(connection, challenge_id=challenge_id, team=len(rows) + 1)


async def deliver(
    queries: Queries, connection: Connection, row: Row, kind: str, due_at: datetime, now: datetime
) -> None:
    """The one delivery of a `kind`, with the schedule that it needs: its card, or its result."""
    schedule_id = new_id(now)
    await queries.add_schedule(
        connection,
        schedule_id=schedule_id,
        group_id=row["group_id"],
        challenge_id=row["challenge_id"],
        kind=kind,
        now=epoch(now),
    )
    await queries.add_delivery(
        connection,
        delivery_id=new_id(now),
        schedule_id=schedule_id,
        group_id=row["group_id"],
        kind=kind,
        day=row["first_day"] if kind == CARD else row["last_day"],
        due_at=epoch(due_at),
        now=epoch(now),
    )


async def moved(
    queries: Queries,
    connection: Connection,
    challenge_id: int,
    row: Row,
    old: Plan,
    plan: Plan,
    now: datetime,
) -> None:
    """Where days, target or measure are other ones the result is due anew, and every sum is made again."""
    await queries.mark(connection, challenge_id=challenge_id)
    if _counted_by(old) == _counted_by(plan):
        return
    await queries.move_delivery(
        connection,
        challenge_id=challenge_id,
        kind=RESULT,
        day=plan.last_day.isoformat(),
        due_at=epoch(final_from_of(row, plan)),
    )
    end_alone = _counted_by(replace(old, last_day=plan.last_day)) == _counted_by(plan)
    await recount_challenge(
        queries, connection, challenge_id, now, between=(old.last_day, plan.last_day) if end_alone else None
    )


def final_from_of(row: Row, plan: Plan) -> datetime:
    """When the result is due by the group's zone; on the day it waits for members farther west."""
    return final_from(plan.last_day, [ZoneInfo(row["group_zone"])], row["day_starts_minute"])


def _counted_by(plan: Plan) -> tuple[object, ...]:
    return plan.measure, plan.target, plan.first_day, plan.last_day


def columns(plan: Plan) -> dict[str, object]:
    """What the table of challenges keeps of a plan that can change."""
    return {
        "measure": plan.measure,
        "title": plan.title,
        "line": plan.line,
        "target": plan.target,
        "first_day": plan.first_day.isoformat(),
        "last_day": plan.last_day.isoformat(),
        "route_key": plan.route_key,
        "currency": plan.currency,
        "per_km": plan.per_km,
        "cap": plan.cap,
    }
