"""What a challenge's two deliveries bring: its card, and 48 h after its end the result, from which on it is final."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.challenges.loading import load_view, result_content
from bot.challenges.model import ALONE, ChallengeView
from bot.challenges.rules import TAKE_BACK_WITHIN, final_from
from bot.clock import epoch
from bot.scheduling.model import Channel, Decision, Delivery, Hold, Send, Skip
from bot.storage import Connection, Queries, Row

CARD, RESULT = "challenge_card", "challenge_result"
_KEPT = timedelta(days=1)  # drafts; and called-off challenges whose card could not be edited


async def decide_card(
    queries: Queries, connection: Connection, delivery: Delivery, now: datetime
) -> Decision:
    """The card as it stands now, in the runs channel, or where the challenge was made."""
    row = await _row(queries, connection, delivery)
    if row is None or row["removed_at"] is not None:
        return Skip("called_off")
    view = await load_view(queries, connection, row, now)
    return Send(Channel(row["card_channel_id"]), view, {})


async def decide_result(
    queries: Queries, connection: Connection, delivery: Delivery, now: datetime
) -> Decision:
    """The result. The first try makes the challenge final; a later one brings the same."""
    row = await _row(queries, connection, delivery)
    if row is None or row["removed_at"] is not None:
        return Skip("called_off")
    if row["final_at"] is None:
        until = await _final_from(queries, connection, row)
        if now < until:
            return Hold(until)
        view = await load_view(queries, connection, row, now)
        await _finish(queries, connection, view, now)
        row = await _row(queries, connection, delivery)
        assert row is not None
    view = await load_view(queries, connection, row, now)
    if not view.people and not view.total:
        return Skip("nobody_joined")
    return Send(Channel(row["result_channel_id"]), view, result_content(view.challenge, len(view.entrants)))


async def to_be_named(
    queries: Queries, connection: Connection, delivery: Delivery, most: int, now: datetime
) -> tuple[int, ...]:
    """The people whom the result would name, at most `most`; nobody while it is not due."""
    row = await _row(queries, connection, delivery)
    if row is None or (row["final_at"] is None and now < await _final_from(queries, connection, row)):
        return ()
    view = await load_view(queries, connection, row, now)
    named = view.finishers if view.challenge.plan.kind in ALONE else view.entrants
    return tuple(each.person_id for each in named[:most])


async def forget(queries: Queries, connection: Connection, now: datetime) -> int:
    """Remove what was called off ten minutes ago and says so, and drafts of yesterday; how many.

    Where the bot is back in a group, what came due meanwhile is due again.
    """
    await queries.due_after_absence(connection)
    count: int = await queries.forget_challenges(
        connection,
        removed_before=epoch(now - TAKE_BACK_WITHIN),
        shown_before=epoch(now - _KEPT),
        drafted_before=epoch(now - _KEPT),
    )
    return count


async def _row(queries: Queries, connection: Connection, delivery: Delivery) -> Row | None:
    challenge_id = await queries.challenge_of_schedule(connection, schedule_id=delivery.schedule_id)
    row: Row | None = await queries.challenge(
        connection, challenge_id=challenge_id, group_id=delivery.group_id
    )
    return row


async def _final_from(queries: Queries, connection: Connection, row: Row) -> datetime:
    """When nobody's entries are awaited any more: by the zones of those who take part, and the group's own."""
    zones = {row["group_zone"]}
    zones.update(
        each["zone"] for each in await queries.zones_of(connection, challenge_id=row["challenge_id"])
    )
    last_day = datetime.fromisoformat(row["last_day"]).date()
    return final_from(last_day, [ZoneInfo(each) for each in sorted(zones)], row["day_starts_minute"])


async def _finish(queries: Queries, connection: Connection, view: ChallengeView, now: datetime) -> None:
    challenge_id = view.challenge.challenge_id
    await queries.leave_out_who_left(connection, challenge_id=challenge_id)
    await queries.finish(
        connection, challenge_id=challenge_id, total=view.total, people=view.people, now=epoch(now)
    )
    teams = [
        {"challenge_id": challenge_id, "team": each.team, "people": each.people, "amount": each.amount}
        for each in view.teams
    ]
    if teams:
        await queries.finish_team(connection, teams)
