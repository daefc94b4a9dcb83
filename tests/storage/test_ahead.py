"""An answer can be made ready while the disk still writes: told once, before the end, and never instead of it."""

from __future__ import annotations

import sqlite3

import pytest

from bot.storage import Connection
from bot.storage.sqlite import SQLiteDatabase


async def add(connection: Connection) -> int:
    await connection.run("INSERT INTO groups (group_id, created_at) VALUES (1, 0)", ())
    return 7


async def test_the_result_is_told_once_before_the_write_returns(sqlite_database: SQLiteDatabase) -> None:
    told: list[int] = []
    assert await sqlite_database.write(add, ahead=told.append) == 7
    assert told == [7]


async def test_a_write_that_raises_tells_nothing(sqlite_database: SQLiteDatabase) -> None:
    async def refused(connection: Connection) -> int:
        await add(connection)
        raise LookupError("a rule said no")

    told: list[int] = []
    with pytest.raises(LookupError):
        await sqlite_database.write(refused, ahead=told.append)
    assert not told


async def test_a_commit_that_the_disk_refuses_is_raised_though_its_result_was_told(
    sqlite_database: SQLiteDatabase,
) -> None:
    async def breaks_at_the_commit(connection: Connection) -> int:
        # a check that SQLite puts off until the commit
        await connection.run("PRAGMA defer_foreign_keys=ON", ())
        await connection.run("INSERT INTO members (group_id, person_id, created_at) VALUES (9, 9, 0)", ())
        return 7

    told: list[int] = []
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        await sqlite_database.write(breaks_at_the_commit, ahead=told.append)
    assert told == [7]
    count = await sqlite_database.read(lambda c: c.value("SELECT count(*) FROM members", ()))
    assert count == 0
    assert await sqlite_database.write(add) == 7


async def test_a_mistake_while_making_ready_leaves_the_write_as_it_is(
    sqlite_database: SQLiteDatabase,
) -> None:
    def mistaken(_result: int) -> None:
        raise ZeroDivisionError

    assert await sqlite_database.write(add, ahead=mistaken) == 7
    assert await sqlite_database.read(lambda c: c.value("SELECT count(*) FROM groups", ())) == 1
