"""Pages of rows in the order of their primary key, the same on both engines; and rows put in."""

from __future__ import annotations

from typing import Any, TypeAlias

from bot.copying.catalogue import Readable, Table, Writable
from bot.storage import Connection
from bot.storage.connection import Dialect, Parameters

Key: TypeAlias = tuple[Any, ...]
PAGE = 4_000  # rows a transaction: more are no faster, and a few MB at most


async def page(side: Readable, table: Table, after: Key | None, most: int = PAGE) -> list[Key]:
    """The first `most` rows behind the key `after` (None: from the first on), values as in `table.columns`."""
    statement = _select(side.dialect, table, after is not None, most)

    async def work(connection: Connection) -> list[Key]:
        return [tuple(row) for row in await connection.all(statement, after or ())]  # type: ignore[arg-type]

    return await side.read(work)


async def last_key(side: Readable, table: Table) -> Key | None:
    """The greatest key in the table; None where it is empty."""
    order = ", ".join(f"{column} DESC" for column in _ordered(side.dialect, table))
    statement = f"SELECT {_names(table.key)} FROM {_name(table.name)} ORDER BY {order} LIMIT 1"  # noqa: S608

    async def work(connection: Connection) -> Key | None:
        row = await connection.one(statement, ())
        return None if row is None else tuple(row)  # type: ignore[arg-type]

    return await side.read(work)


async def count(side: Readable, table: Table) -> int:
    """How many rows the table has."""
    statement = f"SELECT COUNT(*) FROM {_name(table.name)}"  # noqa: S608

    async def work(connection: Connection) -> int:
        return int(await connection.value(statement, ()))

    return await side.read(work)


async def insert(side: Writable, table: Table, rows: list[Key]) -> None:
    """Put the rows in, all of them or none."""
    sqlite = side.dialect == "sqlite"
    places = [f":{name}" if sqlite else f"${number}" for number, name in enumerate(table.columns, 1)]
    statement = f"INSERT INTO {_name(table.name)} ({_names(table.columns)}) VALUES ({', '.join(places)})"  # noqa: S608
    given: list[Parameters] = (
        [dict(zip(table.columns, row, strict=True)) for row in rows] if sqlite else list(rows)
    )

    async def work(connection: Connection) -> None:
        await connection.many(statement, given)

    await side.write(work)


def _select(dialect: Dialect, table: Table, behind: bool, most: int) -> str:
    order = _ordered(dialect, table)
    where = ""
    if behind:
        places = ["?" if dialect == "sqlite" else f"${number}" for number, _ in enumerate(table.key, 1)]
        where = f" WHERE ({', '.join(order)}) > ({', '.join(places)})"
    return (
        f"SELECT {_names(table.columns)} FROM {_name(table.name)}{where} "  # noqa: S608
        f"ORDER BY {', '.join(order)} LIMIT {most}"
    )


def _ordered(dialect: Dialect, table: Table) -> list[str]:
    """The key's columns; texts by their code points, as SQLite and Python sort, whatever the server's language."""
    return [
        f'{_name(column)} COLLATE "C"' if dialect == "postgresql" and column in table.texts else _name(column)
        for column in table.key
    ]


def _names(columns: tuple[str, ...]) -> str:
    return ", ".join(map(_name, columns))


def _name(name: str) -> str:
    return f'"{name}"'
