"""Keeps identifies apart: Discord allows a bot one every five seconds, in each of `max_concurrency` buckets."""

from __future__ import annotations

from bot.storage import Connection, Database, load_queries

# A little more than Discord's five seconds: they are counted where it stands, not where we do.
APART_MS = 5_250
LONGEST_MS = 3_600_000


class IdentifyService:
    """Gives out moments at which a shard may identify."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queries = load_queries("bot.shards", database.dialect)

    @property
    def shared(self) -> bool:
        """Whether there may be other processes. Where there are none, discord.py itself keeps its shards apart."""
        return self._database.dialect == "postgresql"

    async def take(self, shard_id: int, max_concurrency: int = 1) -> float:
        """Take the next free moment of the shard's bucket; the seconds until then. Only where `shared`."""

        async def work(connection: Connection) -> int:
            wait: int = await self._queries.take_slot(
                connection, bucket=shard_id % max_concurrency, apart_ms=APART_MS, longest_ms=LONGEST_MS
            )
            return wait

        return max(0, await self._database.write(work)) / 1000
