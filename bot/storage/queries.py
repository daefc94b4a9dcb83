"""Loads the named SQL statements of a feature for the engine in use."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any, TypeAlias, cast

import aiosql
from aiosql.adapters.asyncpg import AsyncPGAdapter

from bot.storage.connection import Connection, Dialect, Parameters, Row

Queries: TypeAlias = (
    Any  # aiosql makes a method of each named statement: `await queries.name(connection, a=1)`
)


class _Adapter:
    """Runs aiosql's statements on our `Connection`.

    It calls itself synchronous so that aiosql hands its coroutines through as they are: every statement is
    then awaited alike, and one that selects many gives a list in one hop instead of an asynchronous generator.
    """

    is_aio_driver = False

    def process_sql(self, _name: str, _operation: Any, sql: str) -> str:
        return sql

    def bind(self, _name: str, parameters: Parameters) -> Parameters:
        return parameters

    async def select(
        self, connection: Connection, name: str, sql: str, parameters: Parameters, _record: Any = None
    ) -> list[Row]:
        return await connection.all(sql, self.bind(name, parameters))

    async def select_one(
        self, connection: Connection, name: str, sql: str, parameters: Parameters, _record: Any = None
    ) -> Row | None:
        return await connection.one(sql, self.bind(name, parameters))

    async def select_value(self, connection: Connection, name: str, sql: str, parameters: Parameters) -> Any:
        return await connection.value(sql, self.bind(name, parameters))

    async def insert_update_delete(
        self, connection: Connection, name: str, sql: str, parameters: Parameters
    ) -> int:
        return await connection.run(sql, self.bind(name, parameters))

    async def insert_update_delete_many(
        self, connection: Connection, name: str, sql: str, parameters: list[Parameters]
    ) -> None:
        await connection.many(sql, [self.bind(name, each) for each in parameters])


class _PostgreSQLAdapter(_Adapter):
    """The same, with :name turned into $1 by aiosql's own asyncpg adapter."""

    def __init__(self) -> None:
        self._names: Any = AsyncPGAdapter()  # type: ignore[no-untyped-call]

    def process_sql(self, name: str, operation: Any, sql: str) -> str:
        return str(self._names.process_sql(name, operation, sql))

    def bind(self, name: str, parameters: Parameters) -> Parameters:
        ordered: list[Any] = self._names.maybe_order_params(name, parameters)
        return ordered


@cache
def load_queries(package: str, dialect: Dialect) -> Queries:
    """The statements of `package`'s queries.sql, and where it has one, of its queries.<dialect>.sql.

    Read once: several services share a feature's statements, and reading them takes some milliseconds.

    Args:
        package: dotted name, for example "bot.checkins".
        dialect: the engine the statements will run on.
    """
    adapter = _Adapter if dialect == "sqlite" else _PostgreSQLAdapter
    folder = resources.files(package)
    text = (folder / "queries.sql").read_text(encoding="utf-8")
    special = folder / f"queries.{dialect}.sql"
    if special.is_file():
        text += "\n" + special.read_text(encoding="utf-8")
    # pinned in tests: every statement names its parameters, so that a misspelt one fails when it is called
    return aiosql.from_str(text, cast(Any, adapter), mandatory_parameters=True)
