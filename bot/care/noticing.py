"""Looks, in the transaction of an entry, whether its answer carries the group's resources."""

from __future__ import annotations

from datetime import date, datetime

from bot.care.rules import ENTRIES, Resources, low_of_late, may_show, resources_of
from bot.clock import moment
from bot.moods.scales import LOW
from bot.storage import Connection, Queries


async def care_to_show(
    queries: Queries, connection: Connection, group_id: int, person_id: int, today: date, now: datetime
) -> Resources | None:
    """The resources that the answer to this very entry shows, or None; that they were shown is stored, not why.

    `queries` are those of bot.care, `today` is the member's running day. The entry is stored already.
    """
    member = {"group_id": group_id, "person_id": person_id}
    rows = await queries.latest_moods(connection, **member, most=ENTRIES)
    latest = [
        (moment(row["entered_at"]), date.fromisoformat(row["entered_day"]), row["mood"] <= LOW)
        for row in rows
    ]
    if not low_of_late(latest, now):
        return None
    row = await queries.care_of(connection, **member)
    shown = None if row["shown_day"] is None else date.fromisoformat(row["shown_day"])
    if not may_show(shown, bool(row["dismissed"]), today):
        return None
    await queries.set_shown(connection, **member, day=today.isoformat())
    return resources_of(row["resources"])
