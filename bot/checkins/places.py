"""Remembers where run cards stand, without making anybody wait for it."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from datetime import date

from bot.errors import StorageUnavailable
from bot.storage import Connection, Database, Queries

log = logging.getLogger(__name__)
PAUSE_S = 0.25


class CardPlaces:
    """Collects where cards were posted and stores them together, at most every 250 ms and on closing.

    A run is stored and acknowledged before its card has a place; a crash in between loses the place alone, and a
    press on that card brings it back (`put` again).
    """

    def __init__(self, database: Database, queries: Queries) -> None:
        self._database = database
        self._queries = queries
        self._waiting: dict[int, tuple[int, int]] = {}
        self._counts: Counter[tuple[int, date]] = Counter()
        self._task: asyncio.Task[None] | None = None

    def put(
        self, run_id: int, channel_id: int, message_id: int, *, counts: tuple[int, date] | None = None
    ) -> None:
        """The card of this run now stands there; a new card in the runs channel `counts` for its group and day."""
        self._waiting[run_id] = (channel_id, message_id)
        if counts is not None:
            self._counts[counts] += 1
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._soon())

    async def flush(self) -> bool:
        """Store what waits, in one transaction; whether it was. What was not waits for the next time."""
        waiting, self._waiting = self._waiting, {}
        counts, self._counts = self._counts, Counter()
        if not waiting:
            return True
        rows = [
            {"run_id": run_id, "channel_id": channel_id, "message_id": message_id}
            for run_id, (channel_id, message_id) in waiting.items()
        ]

        counted = [
            {"group_id": group_id, "day": day.isoformat(), "count": count}
            for (group_id, day), count in counts.items()
        ]

        async def work(connection: Connection) -> None:
            await self._queries.store_place(connection, rows)
            if counted:
                await self._queries.count_cards(connection, counted)

        try:
            await self._database.write(work)
        except StorageUnavailable as refused:
            log.warning("card_places_not_stored", extra={"reason": refused.reason})
            self._waiting = waiting | self._waiting
            self._counts += counts
            return False
        return True

    async def keep_thread(self, group_id: int, day: date, thread_id: int) -> None:
        """The group's `day` has this thread for its further cards."""
        await self._database.write(
            lambda connection: self._queries.store_thread(
                connection, group_id=group_id, day=day.isoformat(), thread_id=thread_id
            )
        )

    async def thread_of(self, group_id: int, day: date) -> int | None:
        """The thread of the group's `day`, where there is one."""
        found: int | None = await self._database.read(
            lambda connection: self._queries.thread_of(connection, group_id=group_id, day=day.isoformat())
        )
        return found

    async def close(self) -> None:
        """Store what waits; nothing runs on afterwards."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
        await self.flush()

    async def _soon(self) -> None:
        stored = True
        while stored and self._waiting:
            await asyncio.sleep(PAUSE_S)
            stored = await self.flush()
