"""Which tables a database has, in an order in which whoever is referred to comes first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any, Final, Protocol, TypeVar

from bot.storage import Connection, Queries, Row, load_queries
from bot.storage.connection import Dialect
from bot.storage.database import COPYING

T = TypeVar("T")
# What says which process does what just now: of no use to whoever runs on the copy.
PASSING_TABLES: Final = frozenset({"turns", "identify_slots"})
PASSING_COLUMNS: Final = frozenset({("deliveries", "taken_by"), ("deliveries", "taken_until")})


class Readable(Protocol):
    """What can be read from: a `Database`, a file, or one unchanging picture of either."""

    dialect: Dialect

    async def read(self, work: Callable[[Connection], Awaitable[T]]) -> T: ...


class Writable(Readable, Protocol):
    """What can be written to, each call one transaction."""

    async def write(self, work: Callable[[Connection], Awaitable[T]]) -> T: ...


@dataclass(frozen=True, slots=True)
class Table:
    """A table's name, the columns that are carried over, its primary key's, and which of those hold text."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    texts: frozenset[str]

    def key_of(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        """The key of a row, whose values come as `columns` do."""
        return tuple(row[self.columns.index(name)] for name in self.key)


def queries_of(side: Readable) -> Queries:
    """The statements of this room for the side's engine."""
    return load_queries("bot.copying", side.dialect)


async def tables_of(side: Readable, without: Collection[str] = ()) -> list[Table]:
    """Every table but the passing ones, the marker of a copy and those in `without`; owners before what they own."""
    queries = queries_of(side)

    async def look(connection: Connection) -> tuple[list[Row], list[Row]]:
        return await queries.columns(connection), await queries.foreign_keys(connection)

    columns, references = await side.read(look)
    order: TopologicalSorter[str] = TopologicalSorter()
    for row in columns:
        order.add(row["table_name"])
    for row in references:
        if row["table_name"] != row["refers_to"]:
            order.add(row["table_name"], row["refers_to"])
    left_out = {*PASSING_TABLES, COPYING, *without}
    return [
        _table(name, [row for row in columns if row["table_name"] == name])
        for name in order.static_order()
        if name not in left_out
    ]


def _table(name: str, rows: list[Row]) -> Table:
    keyed = sorted((row["key_place"], row["column_name"]) for row in rows if row["key_place"] is not None)
    return Table(
        name,
        tuple(row["column_name"] for row in rows if (name, row["column_name"]) not in PASSING_COLUMNS),
        tuple(column for _, column in keyed),
        frozenset(row["column_name"] for row in rows if row["is_text"]),
    )
