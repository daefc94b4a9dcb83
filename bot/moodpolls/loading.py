"""Rows of the database as what polls are made of."""

from __future__ import annotations

import json
from datetime import timedelta

from bot.clock import moment
from bot.errors import Refusal
from bot.moodpolls.model import PlanView, PollPlan, PollView, result_of
from bot.storage import Connection, Queries, Row


def asked_of(row: Row) -> PollPlan:
    """From the columns of `poll_plans`."""
    return PollPlan(
        kind=row["kind"],
        question=row["question"],
        answers=() if row["answers"] is None else tuple(json.loads(row["answers"])),
        minimum=row["minimum"],
        open_for=timedelta(seconds=row["open_seconds"]),
        weekly=bool(row["weekly"]),
    )


def plan_view(row: Row) -> PlanView:
    """From the columns of `plan`."""
    return PlanView(
        plan_id=row["plan_id"],
        group_id=row["group_id"],
        plan=asked_of(row),
        channel_id=row["channel_id"],
        posted=row["posted_at"] is not None,
        stopped=row["stopped_at"] is not None,
        age=row["feelings_age"],
        language=row["language"],
        next_at=None if row["next_due_at"] is None else moment(row["next_due_at"]),
    )


def poll_view(row: Row) -> PollView:
    """From the columns of `poll`. The secret is in none of it."""
    return PollView(
        poll_id=row["poll_id"],
        plan_id=row["plan_id"],
        group_id=row["group_id"],
        plan=asked_of(row),
        closes_at=moment(row["closes_at"]),
        closed=row["closed_at"] is not None,
        result=None if row["result"] is None else result_of(row["result"]),
        stopped=row["stopped_at"] is not None,
        age=row["feelings_age"],
        language=row["language"],
        channel_id=row["posted_channel_id"],
        message_id=row["posted_message_id"],
    )


async def load_poll(queries: Queries, connection: Connection, group_id: int, poll_id: int) -> Row:
    """The row of a poll. Raises Refusal where the group has no such poll."""
    row: Row | None = await queries.poll(connection, group_id=group_id, poll_id=poll_id)
    if row is None:
        raise Refusal("That poll is gone. /moodpoll asks anew.")
    return row


async def load_plan(queries: Queries, connection: Connection, group_id: int, plan_id: int) -> Row:
    """The row of a plan. Raises Refusal where the group has no such plan."""
    row: Row | None = await queries.plan(connection, group_id=group_id, plan_id=plan_id)
    if row is None:
        raise Refusal("That preview is gone: a newer one took its place. Use /moodpoll again.")
    return row
