"""Which of several processes does a job that one does for all."""

from __future__ import annotations

from datetime import datetime

from bot.clock import epoch
from bot.storage import Connection, Database, load_queries

# Processes wake at their own moments: what the first did a little less than an interval ago was this turn's.
EARLY = 0.1
CLOCKS_APART_SECONDS = 60


class TurnService:
    """Hands out turns. On SQLite there is one process, and every turn is its own."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queries = load_queries("bot.housekeeping", database.dialect)

    async def take(self, job: str, seconds: float, now: datetime) -> bool:
        """Whether this process does `job` now; then no other one does before `seconds` have almost passed."""
        if self._database.dialect == "sqlite":
            return True

        async def work(connection: Connection) -> bool:
            next_at = epoch(now) + max(1, round(seconds * (1 - EARLY)))
            taken = await self._queries.take_turn(
                connection, job=job, now=epoch(now), next_at=next_at, latest=next_at + CLOCKS_APART_SECONDS
            )
            return taken is not None

        return await self._database.write(work)
