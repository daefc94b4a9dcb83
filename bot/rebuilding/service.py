"""The whole examination of the rows, which mends what it can; no bot runs on the database meanwhile."""

from __future__ import annotations

import logging
import sqlite3
from datetime import datetime

from bot.errors import HostError, StorageUnavailable
from bot.rebuilding.derived import check_challenges, check_schedules, check_typed_bests
from bot.rebuilding.foreign_keys import check_foreign_keys
from bot.rebuilding.parts import Part, Told
from bot.storage import Connection, Database, load_queries
from bot.storage.database import COPYING
from bot.storage.migrations import missing

log = logging.getLogger(__name__)
# Statements by name, and what the rows are that they find.
RULES = {
    "bests_of_others": "records that name another member than their run does",
    "nearly_not_of_others": "marks on another member's run",
    "moods_with_others_runs": "feelings tied to another member's run",
    "strangers_in_challenges": "members of another group in a challenge",
    "schedules_of_others_challenges": "schedules of another group's challenge",
    "schedules_of_others_polls": "schedules of another group's poll",
    "deliveries_to_others": "deliveries to somebody else than their schedule's",
    "polls_of_others": "polls of another group's plan",
    "votes_of_closed_polls": "votes of polls that are closed",
    "secrets_of_closed_polls": "keys of polls that are closed",
    "moods_without_consent": "feelings of members who agreed to keep none",
    "starts_without_consent": "starts pressed by members who agreed to keep no feelings",
    "figure_without_consent": "members in a group's figure who did not agree to it",
    "people_without_group": "people whom no group knows",
}
# What a new index mends, of all that SQLite says.
INDEX_ALONE = ("missing from index", "wrong # of entries in index", "non-unique entry in index")


class RebuildService:
    """`now` is an aware UTC moment."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queries = load_queries("bot.rebuilding", database.dialect)

    async def rebuild(self, now: datetime, told: Told) -> list[Part]:
        """Look at every row, and mend what differs; `told` is called often.

        Raises HostError for a database of another version, an unfinished copy, or one whose pages are damaged.
        """
        await self._require_whole()
        queries, database = self._queries, self._database
        parts = []
        if database.dialect == "sqlite":
            parts.append(await self._pages(told))
        parts.append(await check_foreign_keys(queries, database, told))
        for number, (name, meaning) in enumerate(RULES.items(), 1):
            parts.append(await self._rule(name, meaning))
            told("rules", number, len(RULES))
        parts.append(await check_typed_bests(queries, database, told))
        parts += await check_challenges(queries, database, now, told)
        parts.append(await check_schedules(queries, database, now, told))
        if any(part.wrong for part in parts):
            await database.scrub()  # some of it was not to be there
        return parts

    async def _require_whole(self) -> None:
        storage = load_queries("bot.storage", self._database.dialect)

        async def work(connection: Connection) -> set[int] | None:
            if await storage.has_table(connection, name=COPYING):
                raise HostError(
                    "A copy into this database was cut short: run the same `second-wind copy` again, or empty it."
                )
            if not await storage.has_table(connection, name="schema_migrations"):
                return None
            return {row["version"] for row in await storage.applied_versions(connection)}

        applied = await self._database.read(work)
        if applied is None or missing(applied):
            raise HostError("The database is not of this version: run `second-wind migrate` first.")

    async def _pages(self, told: Told) -> Part:
        """Every page and index of the file, and what every column may hold."""
        told("pages", 0, 1)
        meaning = "entries of indexes that do not fit their tables"
        found = await self._damages()
        if not found:
            return Part(meaning, 0)
        if not all(any(kind in line for kind in INDEX_ALONE) for line in found):
            raise HostError(_DAMAGED)
        try:
            await self._database.write(self._queries.build_indexes_anew)
        except sqlite3.IntegrityError as error:  # two rows of one key: which is right cannot be known
            raise HostError(_DAMAGED) from error
        if await self._damages():
            raise HostError(_DAMAGED)
        return Part(meaning, len(found))

    async def _damages(self) -> list[str]:
        try:
            lines = [row[0] for row in await self._database.read(self._queries.integrity)]
        except StorageUnavailable as refused:
            if refused.reason == "damaged":
                raise HostError(_DAMAGED) from refused
            raise
        return [] if lines == ["ok"] else lines

    async def _rule(self, name: str, meaning: str) -> Part:
        count = await self._database.read(getattr(self._queries, f"count_{name}"))
        if count:
            await self._database.write(getattr(self._queries, f"mend_{name}"))
        return Part(meaning, count)


_DAMAGED = "The file is damaged: stop the bot and restore a backup (`second-wind restore`)."
