"""Copies everything of one database into an empty other one, goes on where it was cut short, and compares."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import Literal

from bot.copying.catalogue import Readable, Table, Writable, queries_of, tables_of
from bot.copying.comparing import differing
from bot.copying.rows import count, insert, last_key, page
from bot.errors import HostError, StorageUnavailable
from bot.storage import Connection, load_queries
from bot.storage.database import COPYING
from bot.storage.migrations import known, missing


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is: rows of all tables."""

    doing: Literal["copying", "comparing"]
    table: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Copied:
    """How many rows each table has, whether an earlier copy was carried on, and how many rows differ by table."""

    counts: dict[str, int]
    resumed: bool
    differing: dict[str, int]

    @property
    def rows(self) -> int:
        return sum(self.counts.values())


def silent(_progress: Progress) -> None:
    """Tell nobody."""


async def copy(
    source: Readable,
    target: Writable,
    *,
    name: str,
    now: int,
    without: Collection[str] = (),
    on_progress: Callable[[Progress], None] = silent,
) -> Copied:
    """Copy all of `source` but the rows of the tables in `without`, then compare every row.

    Nobody else may write to either meanwhile (a picture that does not change will do for `source`). The target is
    marked until every row was found to be equal; a copy that was cut short goes on when this is called again.

    Args:
        name: of the source, by which a later call knows its own copy; no password in it.
        now: epoch seconds, stored with the mark.
        on_progress: may raise to stop; what was copied so far stays for the next call.

    Raises:
        HostError: where the source is no Second Wind's, or the target is not empty, saying what to do.
    """
    await require_source(source)
    resumed = await _begin(source, target, name, now)
    tables = await _shared_tables(source, target, without)
    counts = {table.name: await count(source, table) for table in tables}
    for table in tables:
        await _carry(source, target, table, counts, on_progress)
    differences = {}
    for table in tables:
        told = partial(_tell, on_progress, "comparing", counts, table)
        if found := await differing(source, target, table, _Counter(told)):
            differences[table.name] = found
    if not differences:
        await target.write(queries_of(target).drop_marker)
        await target.write(queries_of(target).gather_statistics)
    return Copied(counts, resumed, differences)


async def require_source(source: Readable) -> None:
    """Raises HostError where it is no Second Wind's database, or half of one."""
    if await _has(source, COPYING):
        raise HostError("The source is itself an unfinished copy: name the database that it was copied from.")
    if not await _has(source, "schema_migrations"):
        raise HostError("The source holds no Second Wind: look at its address.")


async def require_empty(target: Readable) -> None:
    """Raises HostError where there are tables in it; those of a copy that was cut short do not count."""
    if not await _has(target, COPYING) and await target.read(queries_of(target).columns):
        raise HostError("The target is not empty: name a new file, or a database without tables.")


async def _has(side: Readable, table: str) -> bool:
    queries = load_queries("bot.storage", side.dialect)
    return bool(await side.read(partial(queries.has_table, name=table)))


async def _begin(source: Readable, target: Writable, name: str, now: int) -> bool:
    """Give the empty target the source's schema, and the mark; True where an earlier copy of it is carried on."""
    queries = queries_of(target)
    if await _has(target, COPYING):
        if await target.read(queries.marked) != name:
            raise HostError(
                "The target holds an unfinished copy of another database: finish that one, or empty it first."
            )
        return True
    await require_empty(target)
    applied = {row["version"]: row["name"] for row in await source.read(queries_of(source).applied)}
    missing(applied)  # refuses what is newer than this program

    async def work(connection: Connection) -> None:
        await queries.create_marker(connection)
        await queries.mark(connection, source=name, now=now)
        await load_queries("bot.storage", target.dialect).create_table(connection)
        for migration in known():
            if migration.version in applied:
                for statement in migration.statements():
                    await connection.run(statement, ())

    try:
        await target.write(work)
    except (HostError, StorageUnavailable):
        raise
    except Exception as error:
        raise HostError(
            f"The target does not take our tables ({type(error).__name__}): make this user the owner of the database."
        ) from error
    return False


async def _shared_tables(source: Readable, target: Writable, without: Collection[str]) -> list[Table]:
    """The target's tables, which the migrations made: the source has to have them with the same columns."""
    theirs = {table.name: table for table in await tables_of(source, without)}
    tables = await tables_of(target, without)
    for table in tables:
        other = theirs.get(table.name)
        if other is None or set(other.columns) != set(table.columns) or other.key != table.key:
            raise HostError(
                f"The source's table {table.name} is not as this program makes it: "
                "run `second-wind check` on it, or restore a backup."
            )
    return tables


async def _carry(
    source: Readable,
    target: Writable,
    table: Table,
    counts: dict[str, int],
    on_progress: Callable[[Progress], None],
) -> None:
    """Copy the rows behind the greatest key that the target has: rows come in the order of their keys."""
    done = await count(target, table)
    after = await last_key(target, table)
    while rows := await page(source, table, after):
        try:
            await insert(target, table, rows)
        except (HostError, StorageUnavailable):
            raise
        except (
            Exception
        ) as error:  # each engine's driver has kinds of its own; only the kind, as a message holds values
            raise HostError(
                f"The table {table.name} holds a row that the target does not take ({type(error).__name__}): "
                "run `second-wind check --rebuild` on the source."
            ) from error
        done, after = done + len(rows), table.key_of(rows[-1])
        _tell(on_progress, "copying", counts, table, done)
    _tell(on_progress, "copying", counts, table, done)


def _tell(
    on_progress: Callable[[Progress], None],
    doing: Literal["copying", "comparing"],
    counts: dict[str, int],
    table: Table,
    done: int,
) -> None:
    names = list(counts)
    before = sum(counts[name] for name in names[: names.index(table.name)])
    on_progress(Progress(doing, table.name, before + done, sum(counts.values())))


class _Counter:
    """Adds up pages."""

    def __init__(self, tell: Callable[[int], None]) -> None:
        self._tell = tell
        self._rows = 0

    def __call__(self, rows: int) -> None:
        self._rows += rows
        self._tell(self._rows)
