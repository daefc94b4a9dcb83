"""What goes of polls when the organiser who made them is erased."""

from __future__ import annotations

from datetime import datetime

from bot.clock import epoch
from bot.storage import Connection, Queries


async def forget_maker(
    queries: Queries, connection: Connection, group_id: int, person_id: int, now: datetime
) -> None:
    """Own questions are their words: these polls go, messages too. A pulse stays, nobody's any more.

    `queries` are those of bot.moodpolls.
    """
    maker = {"group_id": group_id, "maker_id": person_id}
    await queries.queue_messages_of_maker(connection, **maker, now=epoch(now))
    await queries.remove_plans_of_maker(connection, **maker)
