"""SQLite files that no bot runs on: a backup of a server's database, and the way back."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal, TypeVar
from urllib.parse import quote

import aiosqlite

from bot.copying.catalogue import Readable
from bot.copying.service import Copied, Progress, copy, silent
from bot.errors import HostError
from bot.storage import Connection, Database
from bot.storage.connection import Dialect
from bot.storage.sqlite import transaction

T = TypeVar("T")


class Stopped(Exception):
    """The caller was cancelled between two pages."""


class Picture:
    """One transaction of a server's database: what is read in it does not change."""

    def __init__(self, dialect: Dialect, connection: Connection) -> None:
        self.dialect = dialect
        self._connection = connection

    async def read(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        return await work(self._connection)


class SQLiteFile:
    """A file that is opened as it is: no lock, no log, and nothing made durable. See `opened`."""

    dialect: Dialect = "sqlite"

    def __init__(self, raw: aiosqlite.Connection) -> None:
        self._raw = raw

    async def read(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        return await transaction(self._raw, work, "BEGIN", commit=False)

    async def write(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        return await transaction(self._raw, work, "BEGIN IMMEDIATE", commit=True)


@asynccontextmanager
async def opened(path: Path, mode: Literal["ro", "rw"]) -> AsyncIterator[SQLiteFile]:
    """The file, which has to be there; written to without a journal, as half of it is of no use to anybody."""
    uri = f"file:{quote(str(path))}?mode={mode}"
    async with aiosqlite.connect(uri, uri=True, isolation_level=None, cached_statements=512) as raw:
        raw.row_factory = sqlite3.Row
        for pragma in ("synchronous=OFF", "foreign_keys=ON", "busy_timeout=30000"):
            await raw.execute_fetchall(f"PRAGMA {pragma}")
        if mode == "rw":
            await raw.execute_fetchall("PRAGMA journal_mode=OFF")
        yield SQLiteFile(raw)


async def server_into_file(
    source: Database, path: Path, *, now: int, without: Collection[str] = ()
) -> dict[str, int]:
    """Copy one unchanging picture of a PostgreSQL database, in use or not, into the empty file `path`; how many rows
    each table has there, those `without` none. Every row is compared with the picture.

    Cancelled, it ends within a page. The caller makes the file durable, and removes it where this raises.
    Raises HostError, StorageUnavailable, sqlite3.Error.
    """
    stopping = False

    def look_up(_progress: Progress) -> None:
        if stopping:
            raise Stopped

    async def work(connection: Connection) -> Copied:
        # On a server a transaction may wait for something else, and reading is never run again.
        picture: Readable = Picture(source.dialect, connection)
        async with opened(path, "rw") as file:
            return await copy(picture, file, name="backup", now=now, without=without, on_progress=look_up)

    task = asyncio.create_task(source.read(work))
    try:
        copied = await asyncio.shield(task)
    except asyncio.CancelledError:
        stopping = True
        while not task.done():
            try:
                await asyncio.wait({task})
            except asyncio.CancelledError:
                continue
        if not task.cancelled():
            task.exception()  # that it was stopped is known
        raise
    _require_equal(copied)
    return copied.counts | dict.fromkeys(without, 0)


async def file_into_server(
    path: Path, target: Database, *, now: int, on_progress: Callable[[Progress], None] = silent
) -> dict[str, int]:
    """Copy the sound, finished file `path` into an empty database, and compare every row; rows by table.

    Until the end the target is marked as unfinished: no bot starts on it. Raises HostError, StorageUnavailable,
    sqlite3.Error.
    """
    async with opened(path, "ro") as file:
        copied = await copy(file, target, name="backup", now=now, on_progress=on_progress)
    _require_equal(copied)
    return copied.counts


def _require_equal(copied: Copied) -> None:
    if copied.differing:
        tables = ", ".join(sorted(copied.differing))
        raise HostError(f"The copy came out with other rows ({tables}): look at the disk, then try again.")
