"""The schedules that every group has: the opener, the leaderboard, and encouragement on the other days."""

from __future__ import annotations

from datetime import datetime

from bot.clock import epoch
from bot.ids import new_id
from bot.storage import Connection, Queries

OPENER, LEADERBOARD, ENCOURAGEMENT = "opener", "leaderboard", "encouragement"
# Minutes after midnight unless organisers set others: 08:00, 19:00, 12:00.
USUAL_MINUTE = {OPENER: 8 * 60, LEADERBOARD: 19 * 60, ENCOURAGEMENT: 12 * 60}


def weekdays_of(kind: str, measure: str, week_starts_on: int) -> int:
    """On which weekdays (bit 0 is Monday) a group's `kind` comes; 0 where it does not.

    The week's first day holds the opener and the board of the week before, and nothing else; every other day holds
    at most one post. `three` adds the third and the fifth day of the week, `daily` all the others.
    """
    if measure == "off":
        return 0
    first = 1 << week_starts_on
    if kind in (OPENER, LEADERBOARD):
        return first
    if measure == "daily":
        return 0b1111111 ^ first
    if measure == "three":
        return 1 << (week_starts_on + 2) % 7 | 1 << (week_starts_on + 4) % 7
    return 0


async def align(queries: Queries, connection: Connection, group_id: int, now: datetime) -> None:
    """Bring a group's schedules in line with its settings: called in the transaction that changed them.

    `queries` are those of bot.scheduling. Where other weekdays begin to count, or posts are turned on, nothing of the
    time before comes.
    """
    group = await queries.group_posts(connection, group_id=group_id)
    if group is None:
        return
    for kind, minute in USUAL_MINUTE.items():
        weekdays = weekdays_of(kind, group["posts"], group["week_starts_on"])
        on = weekdays > 0 and group["channel_id"] is not None
        await queries.align_group_schedule(
            connection,
            schedule_id=new_id(now),
            group_id=group_id,
            kind=kind,
            minute=minute,
            weekdays=weekdays or 1 << group["week_starts_on"],
            off_reason=None if on else "posts_off",
            next_due_at=epoch(now) if on else None,
            now=epoch(now),
        )
