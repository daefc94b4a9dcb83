"""What Discord was last given of our commands."""

from __future__ import annotations

from datetime import datetime

from bot.clock import epoch
from bot.storage import Connection, Database, load_queries

EVERYWHERE = 0


class CommandTreeService:
    """Remembers, for each application, the hash of the commands that Discord has."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queries = load_queries("bot.commands", database.dialect)

    async def known_hash(self, application_id: int) -> str | None:
        """The hash last stored; None where nothing was ever sent."""

        async def work(connection: Connection) -> str | None:
            found: str | None = await self._queries.tree_hash(
                connection, application_id=application_id, scope=EVERYWHERE
            )
            return found

        return await self._database.read(work)

    async def store(self, application_id: int, tree_hash: str, now: datetime) -> None:
        """Remember that Discord has the commands of `tree_hash`."""

        async def work(connection: Connection) -> None:
            await self._queries.store_tree(
                connection,
                application_id=application_id,
                scope=EVERYWHERE,
                tree_hash=tree_hash,
                now=epoch(now),
            )

        await self._database.write(work)
