"""What a service sees of the database, whichever engine stands behind it."""

from __future__ import annotations

import asyncio
import logging
import secrets
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from time import perf_counter
from typing import Any, Generic, TypeVar

from bot.errors import HostError, StorageUnavailable
from bot.storage import migrations
from bot.storage.connection import Connection, Dialect
from bot.storage.migrations import Migration
from bot.storage.queries import load_queries

log = logging.getLogger(__name__)
T = TypeVar("T")
COPYING = "copy_under_way"  # a table that stands in a database while another one is being copied into it


Observe = Callable[[str, float, float], None]


def _nobody(_operation: str, _waited: float, _took: float) -> None:
    return None


class _Timed(Generic[T]):
    """A transaction's work, and the moments of its life."""

    __slots__ = ("_asked", "_began", "_observe", "_operation", "_work")

    def __init__(self, operation: str, work: Callable[[Connection], Awaitable[T]], observe: Observe) -> None:
        self._operation, self._work, self._observe = operation, work, observe
        self._asked, self._began = perf_counter(), 0.0

    def __call__(self, connection: Connection) -> Awaitable[T]:
        self._began = perf_counter()
        return self._work(connection)

    def tell(self) -> None:
        if self._began:  # else its turn never came
            self._observe(self._operation, self._began - self._asked, perf_counter() - self._began)


class Database(ABC):
    """One use case is one call of `write` or `read`.

    The function handed over may be run again from its start (PostgreSQL asks for that where two transactions
    met), so it loads, decides, stores and returns, and touches nothing outside the database. It awaits nothing but
    the connection it is given: on SQLite it runs in the thread of that connection, from its beginning to its end.
    So a transaction is never held over a call to Discord.
    """

    dialect: Dialect

    def __init__(self) -> None:
        self.process_id = secrets.randbits(62)  # this process, among those that share the database
        self._under_way: set[asyncio.Task[Any]] = set()
        self._closing = False
        self._owed = False  # something was erased, and is not scrubbed yet
        # told of every read and write: which it was, the seconds until its turn, the seconds at work
        self.observe: Observe = _nobody

    async def write(
        self, work: Callable[[Connection], Awaitable[T]], *, ahead: Callable[[T], object] | None = None
    ) -> T:
        """Run `work` in one durable transaction: all of it or nothing.

        `ahead` may be called with the result while the disk is still writing, so that an answer can be made ready
        (and thrown away where nothing was stored in the end); it tells nobody.

        Cancelling the caller does not cancel the transaction: it runs to its end, then the
        cancellation goes on.
        Raises `StorageUnavailable` where the engine refuses, RuntimeError (on SQLite) where `work` awaits anything but
        its connection; whatever `work` raises rolls back and is raised.
        (A PostgreSQL server lost in the very moment of the commit may have stored it all the same: the keys
        made of the interaction's id let the same use case run again.)
        """
        timed = _Timed("write", work, self.observe)
        try:
            return await self._to_the_end(partial(self._write, timed, ahead))
        except asyncio.CancelledError:
            self._owed = True  # perhaps this erased something: who is cancelled does not come to scrub
            raise
        finally:
            timed.tell()

    async def read(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Run `work` against one unchanging picture of the database; it cannot write.

        Raises `StorageUnavailable` where the engine refuses.
        """
        timed = _Timed("read", work, self.observe)
        try:
            return await self._to_the_end(partial(self._read, timed))
        finally:
            timed.tell()

    async def scrub(self) -> bool:
        """After an erasure: leave no copy of the erased rows in the database's files.

        Returns:
            False where it has to be done another time (`rewrite` does): somebody reads for long, the disk is full, or
            the database is being closed. The erasure itself has happened all the same.
        """
        self._owed = True
        try:
            done = await self._to_the_end(self._scrub)
        except StorageUnavailable as refused:
            log.warning("not_scrubbed", extra={"reason": refused.reason})
            return False
        self._owed = not done
        return done

    async def rewrite(self) -> bool:
        """Every hour: finish what `scrub` left for later. As `scrub` otherwise."""
        done = await self._to_the_end(self._rewrite)
        self._owed = self._owed and not done
        return done

    async def _to_the_end(self, engine: Callable[[], Coroutine[Any, Any, T]]) -> T:
        # Whoever waits may be cancelled at any time, a transaction may not: so it runs as a task of its own.
        if self._closing:
            raise StorageUnavailable("unreachable", "closed")
        task = asyncio.create_task(engine())
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
            if not task.cancelled() and (error := task.exception()) is not None:
                # The caller is told of the cancellation alone. Only the kind: a message may hold values.
                log.warning("transaction ended in %s after its caller was cancelled", type(error).__name__)
            raise

    async def close(self) -> None:
        """Wait for what is under way, then let go of the engine. A second call does nothing."""
        if self._closing:
            return
        self._closing = True
        while self._under_way:
            await asyncio.wait(set(self._under_way))
        await self._close()

    async def migrate(self, *, now: int) -> list[str]:
        """Apply what is missing of the migrations, each in one transaction; the names of those applied.

        `now` is stored as the time of application (epoch seconds). Raises `HostError`, with nothing of the
        migration at hand applied, for a database that is newer than the program, is an unfinished copy of another,
        is another program's, or cannot be written.
        """
        queries = load_queries("bot.storage", self.dialect)

        async def apply(connection: Connection, migration: Migration) -> None:
            for statement in migration.statements():
                await connection.run(statement, ())
            await queries.record_migration(
                connection, version=migration.version, name=migration.name, now=now
            )

        names = []
        try:
            if await self.read(partial(queries.has_table, name=COPYING)):
                raise HostError(
                    "A copy into this database was cut short: run the same `second-wind copy` again, or empty it."
                )
            ours = await self.read(partial(queries.has_table, name="schema_migrations"))
            if not ours and await self.read(queries.others_tables):
                raise HostError(
                    "The database belongs to another program: name one in storage.url that is Second Wind's alone, "
                    "or that is not there yet.",
                    exit_code=2,
                )
            await self.write(queries.create_table)
            done = await self.read(queries.applied_versions)
            for migration in migrations.missing({row["version"] for row in done}):
                await self.write(partial(apply, migration=migration))
                names.append(migration.name)
        except StorageUnavailable as refused:
            raise HostError(self._advice(refused.reason)) from refused
        return names

    @abstractmethod
    async def _write(
        self, work: Callable[[Connection], Awaitable[T]], ahead: Callable[[T], object] | None = None
    ) -> T: ...

    @abstractmethod
    async def _read(self, work: Callable[[Connection], Awaitable[T]]) -> T: ...

    @abstractmethod
    async def _scrub(self) -> bool: ...

    @abstractmethod
    async def _rewrite(self) -> bool: ...

    @abstractmethod
    async def _close(self) -> None: ...

    @abstractmethod
    def _advice(self, reason: str) -> str:
        """One line for the host: what `StorageUnavailable` of this reason means at the start, what to do."""
