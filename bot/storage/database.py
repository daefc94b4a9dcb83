"""What a service sees of the database, whichever engine stands behind it."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any, Literal, Protocol, TypeVar

T = TypeVar("T")
Dialect = Literal["sqlite", "postgresql"]
Parameters = Mapping[str, Any] | Sequence[Any]


class Row(Protocol):
    """One row: values by column name."""

    def __getitem__(self, column: str, /) -> Any: ...

    def keys(self) -> Any: ...


class Connection(Protocol):
    """What a query runs on; handed to the function given to `Database.write` or `Database.read`, never kept."""

    async def all(self, sql: str, parameters: Parameters) -> list[Row]: ...

    async def one(self, sql: str, parameters: Parameters) -> Row | None: ...

    async def value(self, sql: str, parameters: Parameters) -> Any: ...

    async def run(self, sql: str, parameters: Parameters) -> int:
        """Run a statement that returns no rows; how many rows it touched."""
        ...

    async def many(self, sql: str, parameters: Sequence[Parameters]) -> None: ...


class Database(ABC):
    """One use case is one call of `write` or `read`.

    The function handed over may be run again from its start (PostgreSQL asks for that where two transactions
    met), so it loads, decides, stores and returns, and touches nothing outside the database. A transaction is
    never held over a call to Discord.
    """

    dialect: Dialect

    def __init__(self) -> None:
        self._under_way: set[asyncio.Task[Any]] = set()
        self._closing = False

    async def write(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Run `work` in one durable transaction: all of it or nothing.

        Cancelling the caller does not cancel the transaction: it runs to its end, then the cancellation goes on.
        Raises `StorageUnavailable` where the engine refuses; whatever `work` raises rolls back and is raised.
        """
        return await self._to_the_end(self._write(work))

    async def read(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Run `work` against one unchanging picture of the database; it cannot write.

        Raises `StorageUnavailable` where the engine refuses.
        """
        return await self._to_the_end(self._read(work))

    async def _to_the_end(self, work: Coroutine[Any, Any, T]) -> T:
        # An aiosqlite statement goes on in its thread after its caller was cancelled; a transaction left
        # half-way there would be committed by the next one. So each runs as a task of its own.
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            while not task.done():
                try:
                    await asyncio.wait({task})
                except asyncio.CancelledError:
                    continue
            if not task.cancelled():
                task.exception()  # marks it as seen: the caller is told of the cancellation alone
            raise

    async def close(self) -> None:
        """Wait for what is under way, then let go of the engine. A second call does nothing."""
        if self._closing:
            return
        self._closing = True
        while self._under_way:
            await asyncio.wait(set(self._under_way))
        await self._close()

    @abstractmethod
    async def migrate(self, *, now: int) -> list[str]:
        """Apply what is missing of the migrations, each in one transaction; the names of those applied.

        `now` is stored as the time of application (epoch seconds). Raises `HostError` for a database that is
        newer than the program.
        """

    @abstractmethod
    async def _write(self, work: Callable[[Connection], Awaitable[T]]) -> T: ...

    @abstractmethod
    async def _read(self, work: Callable[[Connection], Awaitable[T]]) -> T: ...

    @abstractmethod
    async def _close(self) -> None: ...
