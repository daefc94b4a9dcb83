"""Erases what was kept as long as it is promised, and no longer."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from bot.clock import epoch
from bot.erasures.ledger import GROUP, NoLedger
from bot.storage import Connection, Database, load_queries

UNDO_CAN_BE_TAKEN_BACK = timedelta(minutes=10)
GROUP_KEPT_AFTER_LEAVING = timedelta(days=30)


class HousekeepingService:
    """Work that nobody asks for; each method may be run at any time, any number of times."""

    def __init__(self, database: Database, ledger: NoLedger | None = None) -> None:
        self._database = database
        self._ledger = ledger or NoLedger()
        self._queries = load_queries("bot.housekeeping", database.dialect)

    async def remove_undone_runs(self, now: datetime) -> int:
        """Remove the runs whose undoing can no longer be taken back; how many."""

        async def work(connection: Connection) -> int:
            count: int = await self._queries.remove_undone(
                connection, before=epoch(now - UNDO_CAN_BE_TAKEN_BACK)
            )
            return count

        count = await self._database.write(work)
        if count:
            await self._database.scrub()
        return count

    async def erase_left_groups(self, now: datetime) -> int:
        """Erase the groups that the bot left 30 days ago or longer, one transaction each; how many."""
        before = epoch(now - GROUP_KEPT_AFTER_LEAVING)

        async def find(connection: Connection) -> list[int]:
            return [row["group_id"] for row in await self._queries.groups_gone(connection, before=before)]

        gone = await self._database.read(find)
        for group_id in gone:

            async def erase(connection: Connection, group_id: int = group_id) -> bool:
                # asked again within the transaction: the group may have come back this very moment
                await self._queries.erase_people_of(connection, group_id=group_id, before=before)
                erased = await self._queries.erase_group(connection, group_id=group_id, before=before)
                if erased:
                    await self._queries.forget_cards_of(connection, group_id=group_id)
                return bool(erased)

            async with self._ledger.recorded(GROUP, group_id, 0, now) as entry:
                entry.happened = await self._database.write(erase)
        if gone:
            await self._database.scrub()
        return len(gone)

    async def compare_groups(
        self, present: Collection[int], ours: Callable[[int], bool], now: datetime
    ) -> tuple[int, int]:
        """Catch up with groups that were joined or left while the bot was away.

        Args:
            present: the groups that the bot is in.
            ours: whether a group belongs to this process (one of several may serve only some shards).

        Returns:
            how many stored groups were seen to have come back, and how many to have been left.
        """

        async def look(connection: Connection) -> tuple[list[int], list[int]]:
            rows = await self._queries.groups_known(connection)
            back = [r["group_id"] for r in rows if r["left_at"] is not None and r["group_id"] in present]
            left = [
                r["group_id"]
                for r in rows
                if r["left_at"] is None and r["group_id"] not in present and ours(r["group_id"])
            ]
            return back, left

        back, left = await self._database.read(look)
        if back or left:

            async def work(connection: Connection) -> None:
                for group_id in back:
                    await self._queries.came_back(connection, group_id=group_id)
                for group_id in left:
                    await self._queries.was_left(connection, group_id=group_id, now=epoch(now))

            await self._database.write(work)
        return len(back), len(left)
