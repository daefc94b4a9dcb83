"""SQLite through aiosqlite: WAL, one durable writer, readers that can neither write nor checkpoint."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite

from bot.errors import HostError, StorageUnavailable
from bot.storage.connection import Connection, Parameters, Row
from bot.storage.database import Database
from bot.storage.file_lock import claim
from bot.storage.many_rows import run_many

log = logging.getLogger(__name__)
T = TypeVar("T")
BUSY_TIMEOUT_MS = 5_000
# A file up to this size is written anew at once after an erasure (some 10 ms/MB, in which writers wait); a larger one
# within the hour, and one beyond the second size once a day: for a gigabyte everybody who writes waits some 13 s.
REWRITTEN_AT_ONCE = 32 * 2**20
REWRITTEN_HOURLY = 200 * 2**20
BETWEEN_REWRITES_S = 24 * 3_600.0


class SQLiteConnection:
    """What a transaction runs on, in the thread of its aiosqlite connection: nothing here is ever waited for."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw

    async def all(self, sql: str, parameters: Parameters) -> list[Row]:
        return self._raw.execute(sql, parameters).fetchall()

    async def one(self, sql: str, parameters: Parameters) -> Row | None:
        rows: list[Row] = self._raw.execute(sql, parameters).fetchall()
        return rows[0] if rows else None

    async def value(self, sql: str, parameters: Parameters) -> Any:
        row = await self.one(sql, parameters)
        return None if row is None else row[0]  # type: ignore[index]

    async def run(self, sql: str, parameters: Parameters) -> int:
        return self._raw.execute(sql, parameters).rowcount

    async def many(self, sql: str, parameters: Sequence[Parameters]) -> None:
        run_many(self._raw, sql, parameters)


async def transaction(
    connection: aiosqlite.Connection,
    work: Callable[[Connection], Awaitable[T]],
    begin: str,
    *,
    commit: bool,
    ahead: Callable[[T], object] | None = None,
) -> T:
    """Run a whole transaction in the connection's thread: one hop there and back, and nothing to cancel half-way.

    Raises RuntimeError, with nothing stored, where `work` awaits anything but the connection it is given.
    """
    loop = asyncio.get_running_loop()
    tell = None if ahead is None else lambda result: loop.call_soon_threadsafe(ahead, result)
    # What each of aiosqlite's own methods is made of; pinned by the tests.
    result: T = await connection._execute(_run, connection._conn, work, begin, commit, tell)  # type: ignore[no-untyped-call]
    return result


def _run(
    raw: sqlite3.Connection,
    work: Callable[[Connection], Awaitable[T]],
    begin: str,
    commit: bool,
    tell: Callable[[T], object] | None,
) -> T:
    raw.execute(begin)
    try:
        result = _driven(work(SQLiteConnection(raw)))
        if commit:
            if tell is not None:
                tell(result)
            raw.execute("COMMIT")
        return result
    finally:
        if raw.in_transaction:
            raw.rollback()


def _driven(awaitable: Awaitable[T]) -> T:
    """The result of what awaits its connection alone, and so never has to wait."""
    steps = awaitable.__await__()
    try:
        next(steps)
    except StopIteration as end:
        result: T = end.value
        return result
    except RuntimeError as error:
        if str(error) != "no running event loop":  # there is none in this thread
            raise
        raise RuntimeError(_NOTHING_ELSE) from error
    steps.close()
    raise RuntimeError(_NOTHING_ELSE)


_NOTHING_ELSE = "a transaction awaits its own connection alone: what else it needs comes before or after it"


class SQLiteDatabase(Database):
    """A file that one process owns."""

    dialect = "sqlite"

    def __init__(
        self, path: Path, lock_file: int, writer: aiosqlite.Connection, readers: list[aiosqlite.Connection]
    ) -> None:
        super().__init__()
        self.path = path
        self._lock_file = lock_file
        self._written_anew_at: float | None = None  # the loop's time
        self._clean_at = -1  # rows changed so far when the file was last written anew
        self._writer = writer  # its thread takes one transaction after the other
        self._all_readers = tuple(readers)
        self._readers: asyncio.LifoQueue[aiosqlite.Connection] = asyncio.LifoQueue()
        for reader in readers:
            self._readers.put_nowait(reader)

    @classmethod
    async def open(cls, path: Path, *, readers: int) -> SQLiteDatabase:
        """Open or create `path`, for its owner alone. Raises `HostError` where it cannot serve."""
        lock_file = claim(path)
        opened: list[aiosqlite.Connection] = []
        try:
            with _explained(path):
                died = _has_log(path)
                writer = await _connect(path, opened)
                journal = await writer.execute_fetchall("PRAGMA journal_mode=WAL")
                if [tuple(row) for row in journal] != [("wal",)]:
                    raise HostError(
                        f"The file system of {path} has no shared memory: move the database to a local disk."
                    )
                await _pragmas(writer, "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")
                # Takes the lock that every write needs, and gives it back: learns now what the first write would.
                await writer.execute("BEGIN IMMEDIATE")
                await writer.rollback()
                if died:  # perhaps between an erasure and its scrubbing
                    await _pragmas(writer, "user_version=1")
                reading = []
                for _ in range(readers):
                    reader = await _connect(path, opened)
                    await _pragmas(reader, "query_only=ON", "wal_autocheckpoint=0")
                    reading.append(reader)
        except BaseException:
            for connection in opened:
                await connection.close()
            os.close(lock_file)
            raise
        return cls(path, lock_file, writer, reading)

    async def _write(
        self, work: Callable[[Connection], Awaitable[T]], ahead: Callable[[T], object] | None = None
    ) -> T:
        with _translated():
            return await transaction(self._writer, work, "BEGIN IMMEDIATE", commit=True, ahead=ahead)

    async def _read(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        reader = await self._readers.get()
        try:
            with _translated():
                return await transaction(reader, work, "BEGIN", commit=False)
        finally:
            self._readers.put_nowait(reader)

    async def _scrub(self) -> bool:
        # secure_delete overwrites what is deleted, but not what SQLite left behind between the cells of a page when it
        # spread rows over pages before. Writing the file anew leaves nothing; then the log goes.
        with _translated():
            if self._writer.total_changes != self._clean_at:
                small = await self._size() <= REWRITTEN_AT_ONCE
                if not (small and await self._write_anew()) and not await self._pragma("user_version"):
                    await _pragmas(self._writer, "user_version=1")  # remembered over a stop
            return await self._empty_log()

    async def _rewrite(self) -> bool:
        with _translated():
            remembered = await self._pragma("user_version")
            if not (self._owed or remembered):
                return True
            if await self._size() > REWRITTEN_HOURLY and self._written_anew_lately():
                await self._empty_log()
                return False
            if await self._write_anew() and remembered:
                await _pragmas(self._writer, "user_version=0")
            return await self._empty_log()

    async def _write_anew(self) -> bool:
        """Whether it could be done: the disk has to have room for the file once more."""
        changes = self._writer.total_changes
        try:
            await self._writer.execute_fetchall("VACUUM")
        except sqlite3.OperationalError as error:
            log.warning("file_not_written_anew", extra={"detail": str(error)})
            return False
        self._clean_at = changes
        self._written_anew_at = asyncio.get_running_loop().time()
        return True

    def _written_anew_lately(self) -> bool:
        at = self._written_anew_at
        return at is not None and asyncio.get_running_loop().time() - at < BETWEEN_REWRITES_S

    async def _size(self) -> int:
        return await self._pragma("page_count") * await self._pragma("page_size")

    async def _empty_log(self) -> bool:
        rows = list(await self._writer.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)"))
        return not rows[0][0]

    async def _pragma(self, name: str) -> int:
        rows = list(await self._writer.execute_fetchall(f"PRAGMA {name}"))
        return int(rows[0][0])

    def _advice(self, reason: str) -> str:
        return _ADVICE[reason].format(path=self.path)

    async def _close(self) -> None:
        for reader in self._all_readers:
            await reader.close()
        with contextlib.suppress(
            sqlite3.Error
        ):  # a hint to the planner: a full disk does not keep us from closing
            if self._owed:
                await _pragmas(self._writer, "user_version=1")
            await self._writer.execute("PRAGMA optimize")
        await self._writer.close()
        os.close(self._lock_file)


async def _connect(path: Path, opened: list[aiosqlite.Connection]) -> aiosqlite.Connection:
    connection = await aiosqlite.connect(path, isolation_level=None, cached_statements=512)
    opened.append(connection)
    connection.row_factory = sqlite3.Row
    await _pragmas(connection, f"busy_timeout={BUSY_TIMEOUT_MS}")
    return connection


async def _pragmas(connection: aiosqlite.Connection, *pragmas: str) -> None:
    for pragma in pragmas:
        await connection.execute_fetchall(f"PRAGMA {pragma}")


def _has_log(path: Path) -> bool:
    """Whether the process before this one died: who closes a database takes its log away."""
    try:
        return path.with_name(path.name + "-wal").stat().st_size > 0
    except OSError:
        return False


@contextmanager
def _translated() -> Iterator[None]:
    """SQLite's refusals as `StorageUnavailable`; mistakes of ours go on as they are."""
    try:
        yield
    except sqlite3.OperationalError as error:
        reason = _REASONS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        if reason is None:
            raise
        raise StorageUnavailable(reason, str(error)) from error
    except sqlite3.DatabaseError as error:
        if isinstance(error, (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InterfaceError)):
            raise
        raise StorageUnavailable("damaged", str(error)) from error


_REASONS = {
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_CANTOPEN: "unreachable",
    sqlite3.SQLITE_IOERR: "unreachable",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
}


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """What SQLite refuses at the start, as one line for the host."""
    try:
        with _translated():
            yield
    except StorageUnavailable as refused:
        raise HostError(_ADVICE[refused.reason].format(path=path)) from refused


_ADVICE = {
    "busy": "{path} is locked by another program: close whatever has it open, then start again.",
    "full": "The disk of {path} is full: make room, then start again.",
    "read_only": "{path} is read-only: give this user the right to write it and its folder, then start again.",
    "unreachable": "{path} cannot be opened: look at the folder's owner and rights, or change storage.url.",
    "damaged": "{path} is no sound SQLite database: point storage.url at another file, or restore a backup.",
}
