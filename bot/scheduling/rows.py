"""Rows of deliveries, and what they stand for."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.clock import epoch, moment
from bot.ids import new_id
from bot.scheduling.model import Delivery
from bot.storage import Row


def turn(row: Row) -> tuple[int, int, int]:
    """The order of what was taken: the first of each group, then the second of each, the longest waiting first."""
    return row["turn"], row["try_at"], row["delivery_id"]


def new_row(
    row: Row, day: date, due_at: datetime, now: datetime, lateness: timedelta | None
) -> dict[str, Any]:
    """The delivery of one day of a schedule's `row`; skipped at once where it is later than `lateness` by now."""
    late = lateness is not None and now - due_at > lateness
    return {
        "delivery_id": new_id(now),
        "schedule_id": row["schedule_id"],
        "group_id": row["group_id"],
        "person_id": row["person_id"],
        "kind": row["kind"],
        "occurrence_day": day.isoformat(),
        "due_at": epoch(due_at),
        "state": "skipped" if late else "due",
        "reason": "late" if late else None,
        "try_at": None if late else epoch(due_at),
        "ended_at": epoch(now) if late else None,
        "now": epoch(now),
    }


def to_delivery(row: Row) -> Delivery:
    """A delivery by its `row`, which has its schedule's and its group's columns too."""
    return Delivery(
        delivery_id=row["delivery_id"],
        schedule_id=row["schedule_id"],
        group_id=row["group_id"],
        person_id=row["person_id"],
        kind=row["kind"],
        day=date.fromisoformat(row["occurrence_day"]),
        ordinal=row["ordinal"],
        due_at=moment(row["due_at"]),
        state=row["state"],
        tries=row["tries"],
        sending_at=None if row["sending_at"] is None else moment(row["sending_at"]),
        channel_id=row["channel_id"],
        content=None if row["content"] is None else json.loads(row["content"]),
        schedule_words=row["schedule_words"],
        schedule_channel_id=row["schedule_channel_id"],
        zone=ZoneInfo(row["zone"]),
        language=row["language"],
    )
