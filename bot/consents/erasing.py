"""Takes a member's feelings away: on withdrawing, on erasing, and when they were kept long enough."""

from __future__ import annotations

from bot.moodpolls.rules import voter_code
from bot.storage import Connection, Queries


async def erase_feelings(queries: Queries, connection: Connection, group_id: int, person_id: int) -> int:
    """Remove all feelings of a member with their consents, and their votes in open polls; how many entries.

    `queries` are those of bot.consents. What a poll or a group's figure came to stays as it is: nobody is in it.
    """
    member = {"group_id": group_id, "person_id": person_id}
    count: int = await queries.erase_moods(connection, **member)
    await queries.erase_run_starts(connection, **member)
    await queries.erase_nearly_not(connection, **member)
    await queries.erase_care_shown(connection, **member)
    await queries.leave_figure(connection, **member)
    await queries.withdraw_all(connection, **member)
    await remove_votes(queries, connection, group_id, person_id)
    return count


async def remove_votes(queries: Queries, connection: Connection, group_id: int, person_id: int) -> None:
    """Remove a member's votes in the group's open polls."""
    for row in await queries.open_secrets(connection, group_id=group_id):
        code = voter_code(row["secret"], row["poll_id"], person_id)
        await queries.remove_vote(connection, poll_id=row["poll_id"], voter=code)
