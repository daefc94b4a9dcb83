"""How long feelings are kept: a year, and half a year where their owner is silent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.clock import epoch
from bot.consents.erasing import erase_feelings
from bot.erasures.ledger import FEELINGS, NoLedger
from bot.storage import Connection, Database, Row, load_queries

KEPT = timedelta(days=365)
KEPT_IN_SILENCE = timedelta(days=183)
# A group's weekly figures hold nobody; after two years nobody looks at them either.
FIGURES_KEPT = timedelta(days=731)
BATCH = 2_000


class FeelingsRetention:
    """Takes away what was kept long enough; each method may be run at any time, any number of times."""

    def __init__(self, database: Database, ledger: NoLedger | None = None) -> None:
        self._database = database
        self._ledger = ledger or NoLedger()
        self._queries = load_queries("bot.housekeeping", database.dialect)
        self._consents = load_queries("bot.consents", database.dialect)

    async def forget_old(self, now: datetime) -> int:
        """Remove entries and presses older than a year, and figures older than two; how many rows."""
        before = epoch(now - KEPT)
        count = await self._in_batches(
            lambda connection: self._queries.forget_moods(connection, before=before, most=BATCH)
        )
        count += await self._in_batches(
            lambda connection: self._queries.forget_run_starts(connection, before=before, most=BATCH)
        )
        before_day = (now - FIGURES_KEPT).date().isoformat()
        figures: int = await self._database.write(
            lambda connection: self._queries.forget_figures(connection, before_day=before_day)
        )
        count += figures
        if count:
            await self._database.scrub()
        return count

    async def erase_silent(self, now: datetime) -> int:
        """Erase all feelings, consents included, of members without an entry for half a year; of how many."""
        before, count, after = epoch(now - KEPT_IN_SILENCE), 0, (-(2**62), 0)
        while rows := await self._silent(before, after):
            for row in rows:
                count += await self._erase(row["group_id"], row["person_id"], before, now)
            after = (rows[-1]["group_id"], rows[-1]["person_id"])
        if count:
            await self._database.scrub()
        return count

    async def _silent(self, before: int, after: tuple[int, int]) -> list[Row]:
        rows: list[Row] = await self._database.read(
            lambda connection: self._queries.silent(
                connection, before=before, after_group=after[0], after_person=after[1], most=BATCH
            )
        )
        return rows

    async def _erase(self, group_id: int, person_id: int, before: int, now: datetime) -> bool:
        async def work(connection: Connection) -> bool:
            # asked again within the transaction: an entry may have come this very moment
            if not await self._queries.is_silent(
                connection, group_id=group_id, person_id=person_id, before=before
            ):
                return False
            await erase_feelings(self._consents, connection, group_id, person_id)
            return True

        async with self._ledger.recorded(FEELINGS, group_id, person_id, now) as entry:
            entry.happened = await self._database.write(work)
            return entry.happened

    async def _in_batches(self, remove: Callable[[Connection], Awaitable[int]]) -> int:
        """Run `remove` until it finds less than a batch, each time in a transaction of its own."""
        total = 0
        while True:
            count = await self._database.write(remove)
            total += count
            if count < BATCH:
                return total
