"""PostgreSQL through asyncpg: serializable writes that are run again, alone, where two met; read-only snapshots."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

import asyncpg

from bot.errors import HostError, StorageUnavailable
from bot.storage.connection import Connection, Parameters, Row
from bot.storage.database import Database

log = logging.getLogger(__name__)
T = TypeVar("T")
ATTEMPTS = 12
CONNECTIONS = 10
# Writes of one process at a time. Transactions that met are run again, and meet the more often the more there are.
WRITERS = 2
OLDEST_SERVER = 14  # knows idle_session_timeout
PATIENCE_S = 30.0
CLOSING_S = 0.5  # of the five seconds that a stop may take
MIGRATION_PATIENCE_S = 3_600.0
MIGRATION_LOCK = 0x5EC0_0D31  # any number that no other program's advisory lock is likely to use
# Held by every write: shared the first time, exclusively where it has met another. PostgreSQL sees by pages of its
# indexes whether two met: on a small table, and at the end of an index that grows with time, that is nearly always. So
# a second attempt beside others is no better than the first, and has been seen to take twelve; alone it meets nobody.
WRITE_LOCK = 0x5EC0_0D33
# What asyncpg raises where the connection breaks off, or has.
_BROKEN = (asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError)
_BESIDE_OTHERS, _ALONE = "pg_advisory_lock_shared", "pg_advisory_lock"
# A process that stands still in the middle of a write, or whose machine is gone, is cut off by the server after so
# long: others wait for its locks.
FROZEN_MS = 5_000


class PostgreSQLConnection:
    """One asyncpg connection inside a transaction; parameters come in order, for $1, $2 and so on."""

    def __init__(self, raw: Any, patience: float) -> None:
        self._raw = raw
        self._patience = patience  # seconds a statement may take

    async def all(self, sql: str, parameters: Parameters) -> list[Row]:
        return list(await self._raw.fetch(sql, *parameters, timeout=self._patience))

    async def one(self, sql: str, parameters: Parameters) -> Row | None:
        row: Row | None = await self._raw.fetchrow(sql, *parameters, timeout=self._patience)
        return row

    async def value(self, sql: str, parameters: Parameters) -> Any:
        return await self._raw.fetchval(sql, *parameters, timeout=self._patience)

    async def run(self, sql: str, parameters: Parameters) -> int:
        status: str = await self._raw.execute(sql, *parameters, timeout=self._patience)
        count = status.rpartition(" ")[2]  # "INSERT 0 1", "UPDATE 3", "CREATE TABLE"
        return int(count) if count.isdecimal() else -1

    async def many(self, sql: str, parameters: Sequence[Parameters]) -> None:
        await self._raw.executemany(sql, parameters, timeout=self._patience)


class PostgreSQLDatabase(Database):
    """A database on a server, which several processes may share."""

    dialect = "postgresql"

    def __init__(self, where: str, pool: Any) -> None:
        super().__init__()
        self._where = where
        self._pool = pool
        self._patience = PATIENCE_S
        self._writing = asyncio.Semaphore(WRITERS)

    @classmethod
    async def open(cls, url: str) -> PostgreSQLDatabase:
        """Connect to the server of `url`. Raises `HostError` where it cannot serve, saying what to do."""
        where = named(url)
        try:
            pool = await asyncpg.create_pool(
                url, min_size=1, max_size=CONNECTIONS, timeout=10, command_timeout=PATIENCE_S, init=_prepare
            )
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, ValueError) as error:
            raise _explained(error, where) from error
        database = cls(where, pool)
        try:
            encoding, read_only, version = await database.read(_look_at_server)
            if version < OLDEST_SERVER:
                raise HostError(
                    f"PostgreSQL at {where} is of version {version}: {OLDEST_SERVER} or newer is needed.",
                    exit_code=2,
                )
            if encoding != "UTF8":
                raise HostError(
                    f"The database at {where} stores {encoding}, which cannot hold every name: "
                    "create one with ENCODING 'UTF8'.",
                    exit_code=2,
                )
            if read_only:
                raise HostError(database._advice("read_only"))
        except BaseException:
            await database.close()
            raise
        return database

    async def migrate(self, *, now: int) -> list[str]:
        # Processes that start together take turns: the second finds nothing left to do. The lock is the
        # session's, so it goes with this connection however that ends.
        try:
            async with self._connection() as raw:
                await raw.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK, timeout=MIGRATION_PATIENCE_S)
                self._patience = MIGRATION_PATIENCE_S
                try:
                    return await super().migrate(now=now)
                finally:
                    self._patience = PATIENCE_S
                    await raw.execute("SELECT pg_advisory_unlock($1)", MIGRATION_LOCK)
        except StorageUnavailable as refused:
            raise HostError(self._advice(refused.reason)) from refused
        except asyncpg.InsufficientPrivilegeError as error:
            raise HostError(
                f"This user may not create tables at {self._where}: make it the owner of the database.",
                exit_code=2,
            ) from error

    async def _write(
        self, work: Callable[[Connection], Awaitable[T]], ahead: Callable[[T], object] | None = None
    ) -> T:
        # The turn is kept from the first attempt to the last: behind a crowd a further wait is as long as the first.
        async with self._writing:
            for attempt in range(ATTEMPTS):
                if attempt > 1:  # alone, and yet it met somebody: no process of ours
                    await asyncio.sleep(random.uniform(0.001, 0.005) * 2 ** min(attempt, 6))
                try:
                    async with self._connection() as raw:
                        await raw.execute(
                            _turn(_ALONE if attempt else _BESIDE_OTHERS), timeout=self._patience
                        )
                        return await self._transaction(raw, work)
                except (asyncpg.SerializationError, asyncpg.DeadlockDetectedError):
                    continue
                except asyncpg.UniqueViolationError:
                    # Where two inserted the same key at once, the server may say this instead: run again, the
                    # first one's row is seen. What still says so then is a mistake of ours.
                    if attempt:
                        raise
        raise StorageUnavailable("busy", f"{ATTEMPTS} attempts met other transactions")

    async def _transaction(self, raw: Any, work: Callable[[Connection], Awaitable[T]]) -> T:
        transaction = raw.transaction(isolation="serializable")
        await transaction.start()
        try:
            result = await work(PostgreSQLConnection(raw, self._patience))
        except BaseException:
            if not _gone(raw):
                await transaction.rollback()
            raise
        try:
            await transaction.commit()
        except (
            asyncpg.SerializationError,
            asyncpg.DeadlockDetectedError,
            asyncpg.IntegrityConstraintViolationError,
        ):
            raise  # the server says itself that nothing was stored
        except (asyncpg.PostgresError, *_BROKEN) as error:
            raise StorageUnavailable("in_doubt", type(error).__name__) from error
        return result

    async def _read(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        async with (
            self._connection() as raw,
            raw.transaction(isolation="repeatable_read", readonly=True),
        ):
            return await work(PostgreSQLConnection(raw, self._patience))

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Any]:
        """A connection of the pool; what the server refuses comes out as `StorageUnavailable`."""
        raw: Any = None
        try:
            raw = await self._pool.acquire(timeout=PATIENCE_S)
            try:
                yield raw
            finally:
                await self._give_back(raw)
        except asyncpg.PostgresError as error:
            _translate(error)
        except (asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
            # Also what asyncpg says of wrong parameters, a mistake of ours: unreachable only where closed.
            if raw is not None and not _gone(raw):
                raise
            raise StorageUnavailable("unreachable", str(error)) from error
        except TimeoutError as error:
            raise StorageUnavailable("busy", "timed out") from error
        except OSError as error:
            raise StorageUnavailable("unreachable", type(error).__name__) from error

    async def _give_back(self, raw: Any) -> None:
        """To the pool, which ends a connection that does not come back whole: what was committed on it stays so."""
        try:
            await self._pool.release(raw)
        except (asyncpg.PostgresError, *_BROKEN) as error:
            log.info("connection_ended", extra={"kind": type(error).__name__})

    async def _scrub(self) -> bool:
        return True  # freed pages and the server's log are the server's affair, as the docs say

    async def _rewrite(self) -> bool:
        return True

    async def _close(self) -> None:
        try:
            await asyncio.wait_for(self._pool.close(), timeout=CLOSING_S)
        except (TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            self._pool.terminate()  # a server that is gone does not keep us from ending

    def _advice(self, reason: str) -> str:
        return _ADVICE[reason].format(where=self._where)


def _gone(raw: Any) -> bool:
    try:
        return bool(raw.is_closed())
    except asyncpg.InterfaceError:  # the pool has taken it back already
        return True


def _turn(lock: str) -> str:
    """What a write begins with: before its transaction, whose picture of the database would be as old as the wait.

    asyncpg's pool takes all of it back when it takes the connection back: it lets go of the session's locks and resets
    its settings.
    """
    return (
        f"SET idle_session_timeout = {FROZEN_MS}; SET idle_in_transaction_session_timeout = {FROZEN_MS}; "
        f"SELECT {lock}({WRITE_LOCK})"
    )


async def _prepare(raw: Any) -> None:
    # sum() over BIGINT is numeric there: give the same int (for avg(), float) as SQLite does.
    await raw.set_type_codec("numeric", schema="pg_catalog", encoder=str, decoder=_number, format="text")


def _number(text: str) -> int | float:
    return float(text) if "." in text or text == "NaN" else int(text)


async def _look_at_server(connection: Connection) -> tuple[str, bool, int]:
    encoding = await connection.value("SHOW server_encoding", ())
    standby = await connection.value("SELECT pg_is_in_recovery()", ())
    refuses = await connection.value("SHOW default_transaction_read_only", ())
    version = int(await connection.value("SHOW server_version_num", ()))
    return encoding, standby or refuses == "on", version // 10_000


_REASONS: tuple[tuple[type[asyncpg.PostgresError], str], ...] = (
    (asyncpg.PostgresConnectionError, "unreachable"),
    (asyncpg.AdminShutdownError, "unreachable"),
    (asyncpg.CrashShutdownError, "unreachable"),
    (asyncpg.CannotConnectNowError, "unreachable"),
    (asyncpg.InvalidAuthorizationSpecificationError, "unreachable"),  # also a password changed meanwhile
    (asyncpg.InvalidCatalogNameError, "unreachable"),
    (asyncpg.TooManyConnectionsError, "busy"),
    (asyncpg.LockNotAvailableError, "busy"),
    (asyncpg.QueryCanceledError, "busy"),
    (asyncpg.DiskFullError, "full"),
    (asyncpg.ReadOnlySQLTransactionError, "read_only"),
    (asyncpg.DataCorruptedError, "damaged"),
    (asyncpg.IndexCorruptedError, "damaged"),
)


def _translate(error: asyncpg.PostgresError) -> NoReturn:
    """The server's refusal as `StorageUnavailable`; mistakes of ours and what is run again go on."""
    for kind, reason in _REASONS:
        if isinstance(error, kind):
            raise StorageUnavailable(reason, type(error).__name__) from error
    raise error


def named(url: str) -> str:
    """host:port/database of an address: what may be shown of it, never the password."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "the local socket", parts.port or 5432
    except ValueError as error:
        raise HostError(
            "storage.url cannot be read: write postgresql://user:password@host:5432/database, with what is "
            "no letter or digit in user and password written as %XX.",
            exit_code=2,
        ) from error
    return f"{host}:{port}{parts.path}"


def _explained(error: Exception, where: str) -> HostError:
    """What keeps us from connecting, as one line for the host."""
    if isinstance(error, asyncpg.InvalidAuthorizationSpecificationError):  # a wrong password is one of these
        return HostError(
            f"PostgreSQL at {where} does not let this user in: "
            "look at the user and the password in storage.url.",
            exit_code=2,
        )
    if isinstance(error, asyncpg.InvalidCatalogNameError):
        return HostError(
            f"There is no database {where}: create it (createdb), or change storage.url.", exit_code=2
        )
    if isinstance(error, asyncpg.InsufficientPrivilegeError):
        return HostError(
            f"PostgreSQL at {where} keeps this user out: grant it CONNECT on the database.", exit_code=2
        )
    if isinstance(error, asyncpg.TooManyConnectionsError):
        return HostError(
            f"PostgreSQL at {where} has no connection free: close some, or raise max_connections."
        )
    if isinstance(error, asyncpg.PostgresError) and not isinstance(
        error, asyncpg.PostgresConnectionError | asyncpg.CannotConnectNowError
    ):
        return HostError(
            f"PostgreSQL at {where} refuses the connection ({type(error).__name__}): look at its log."
        )
    if isinstance(error, ValueError):
        return HostError(
            f"storage.url cannot be read ({where}): write postgresql://user:password@host:5432/database.",
            exit_code=2,
        )
    return HostError(_ADVICE["unreachable"].format(where=where))


_ADVICE = {
    "busy": "PostgreSQL at {where} is too busy to answer: look at what else runs there, then start again.",
    "full": "The disk of PostgreSQL at {where} is full: make room, then start again.",
    "read_only": "PostgreSQL at {where} takes no writes (a standby?): point storage.url at the primary.",
    "in_doubt": "PostgreSQL at {where} broke off as it was storing: look whether it runs, then start again.",
    "unreachable": "PostgreSQL at {where} cannot be reached: look whether it runs and takes connections.",
    "damaged": "PostgreSQL at {where} reports damaged data: look at its log, and restore a backup.",
}
