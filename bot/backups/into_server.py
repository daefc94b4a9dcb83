"""Puts a backup in the place of a PostgreSQL database's tables: they change places in one transaction."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import quote

from bot.backups.preparing import Prepared, prepare, remove
from bot.clock import epoch
from bot.copying.files import file_into_server
from bot.erasures.ledger import Ledger
from bot.errors import HostError, StorageUnavailable
from bot.storage import Connection, Database, open_database
from bot.storage.alone import alone_on
from bot.storage.database import COPYING
from bot.storage.migrations import known

SCHEMA, READY = "second_wind_restoring", "second-wind.restoring.db"
KEPT = (
    "second_wind_before_%Y%m%dt%H%M%Sz"  # the schema that keeps the old tables, by the moment of the restore
)


async def into_server(
    url: str, backup: Path, ledger: Ledger, now: datetime, *, without_ledger: bool
) -> tuple[Prepared, str | None]:
    """Restore `backup` into the database of `url`; what was prepared, and the schema that keeps the old tables (None:
    there were none).

    The new tables are filled in a schema of their own, in which nobody looks for them, and compared row by row. One
    transaction then moves the old ones out and them in. Raises HostError.
    """
    ready = ledger.folder / READY
    try:
        ledger.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            async with alone_on(url) as database:
                await database.read(_old_tables)
                prepared = await prepare(backup, ready, ledger, now, without_ledger=without_ledger)
                try:
                    await database.write(_empty_schema)
                    async with _opened(_in_schema(url)) as beside:
                        await file_into_server(ready, beside, now=epoch(now))
                    return prepared, await database.write(partial(_change_places, now))
                except BaseException:
                    with contextlib.suppress(Exception):  # what went wrong is told, whatever becomes of this
                        await database.write(_no_schema)
                    raise
        finally:
            remove(ready)
    except OSError as error:
        raise HostError(
            f"{ready} cannot be written ({error.strerror}): look at the disk and the rights."
        ) from error
    except StorageUnavailable as refused:
        raise HostError(
            f"PostgreSQL gave no answer ({refused.reason}); the old tables stand as they were: look at the server, "
            "then restore again."
        ) from refused


def kept_since(schema: str) -> datetime | None:
    """The moment of the restore that keeps the old tables in this schema; None: it is none of ours."""
    try:
        moment = datetime.strptime(schema, KEPT).replace(tzinfo=UTC)
    except ValueError:
        return None
    return moment if moment.strftime(KEPT) == schema else None  # read back, it has no room for anything else


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Database]:
    database = await open_database(url)
    try:
        yield database
    finally:
        await database.close()


def _in_schema(url: str) -> str:
    """The address of the same database whose tables are those of `SCHEMA`."""
    return f"{url}{'&' if '?' in url else '?'}search_path={quote(SCHEMA)}"


async def _no_schema(connection: Connection) -> None:
    await connection.run(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE", ())


async def _empty_schema(connection: Connection) -> None:
    await _no_schema(connection)
    await connection.run(f"CREATE SCHEMA {SCHEMA}", ())


async def _change_places(now: datetime, connection: Connection) -> str | None:
    """All or nothing: whoever looks sees the old tables or the new ones."""
    home, old = await _old_tables(connection)
    kept = now.astimezone(UTC).strftime(KEPT)
    if old:
        await connection.run(f'CREATE SCHEMA "{kept}"', ())
    for name in old:
        await connection.run(f'ALTER TABLE "{home}"."{name}" SET SCHEMA "{kept}"', ())
    for name in await _tables_of(connection, SCHEMA):
        await connection.run(f'ALTER TABLE "{SCHEMA}"."{name}" SET SCHEMA "{home}"', ())
    await connection.run(f"DROP SCHEMA {SCHEMA}", ())
    return kept if old else None


async def _old_tables(connection: Connection) -> tuple[str, list[str]]:
    """The schema in which the bot looks for its tables, and which of the tables there are its own: another program's
    stay where they are.

    Raises HostError where tables that bear the names of ours are another program's.
    """
    home: str = await connection.value("SELECT current_schema()", ())
    there = await _tables_of(connection, home)
    made = {name for each in known() for name in re.findall(r"^CREATE TABLE (\w+)", each.sql, re.MULTILINE)}
    ours = [name for name in there if name in {*made, "schema_migrations", COPYING}]
    if "schema_migrations" in there:
        newest = await connection.value(f'SELECT MAX(version) FROM "{home}"."schema_migrations"', ())  # noqa: S608
        # which tables a newer program makes is not known here
        return home, there if newest and newest > known()[-1].version else ours
    if ours:
        raise HostError(
            f"The database holds another program's tables ({', '.join(ours)}): make one for Second Wind alone, and "
            "name it in storage.url.",
            exit_code=2,
        )
    return home, []


async def _tables_of(connection: Connection, schema: str) -> list[str]:
    named = "SELECT tablename FROM pg_tables WHERE schemaname = $1 ORDER BY tablename"
    return [row["tablename"] for row in await connection.all(named, (schema,))]
