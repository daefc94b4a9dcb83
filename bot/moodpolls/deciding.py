"""What a plan's delivery brings: a poll that opens as its message leaves."""

from __future__ import annotations

from datetime import datetime

from bot.clock import epoch
from bot.moodpolls.loading import load_poll, poll_view
from bot.moodpolls.rules import new_secret
from bot.scheduling.model import Channel, Decision, Delivery, Send, Skip
from bot.storage import Connection, Queries

MOODPOLL = "moodpoll"


async def decide_poll(
    queries: Queries, connection: Connection, delivery: Delivery, now: datetime
) -> Decision:
    """Open the poll, once: a second try sends the same one. Its id is the delivery's."""
    row = await queries.plan_of_schedule(connection, schedule_id=delivery.schedule_id)
    if row is None or row["stopped_at"] is not None:
        return Skip("stopped")
    if not row["feelings_on"]:
        return Skip("feelings_off")
    poll_id = delivery.delivery_id
    times = {"now": epoch(now), "closes_at": epoch(now) + row["open_seconds"]}
    if await queries.add_poll(
        connection, poll_id=poll_id, plan_id=row["plan_id"], group_id=delivery.group_id, **times
    ):
        await queries.add_secret(connection, poll_id=poll_id, secret=new_secret())
    else:
        await queries.open_later(connection, poll_id=poll_id, **times)  # it is open for as long as it says
    view = poll_view(await load_poll(queries, connection, delivery.group_id, poll_id))
    return Send(Channel(row["channel_id"]), view, {})
