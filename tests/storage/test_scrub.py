"""After an erasure nothing of the erased rows is left in any of the database's files."""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.clock import ManualClock
from bot.errors import StorageUnavailable
from bot.housekeeping.jobs import Housekeeping
from bot.members.service import MemberService
from bot.storage import Connection, Database
from bot.storage import sqlite as engine
from bot.storage.sqlite import SQLiteDatabase

MARKER = "erase-me-3f9c2b71"
NOW = datetime(2026, 11, 18, tzinfo=UTC)


def copies(path: Path, needle: bytes = MARKER.encode()) -> int:
    files = [path.with_name(path.name + ending) for ending in ("", "-wal", "-shm", "-journal")]
    return sum(file.read_bytes().count(needle) for file in files if file.exists())


async def add(connection: Connection) -> None:
    await connection.run(
        "INSERT INTO groups (group_id, zone, created_at) VALUES (:id, :zone, 0)", {"id": 1, "zone": MARKER}
    )


async def remove(connection: Connection) -> None:
    await connection.run("DELETE FROM groups WHERE group_id = :id", {"id": 1})


async def number_of_groups(connection: Connection) -> object:
    return await connection.value("SELECT COUNT(*) FROM groups", {})


async def test_scrubbing_leaves_no_copy_of_a_deleted_row_in_the_file_or_its_log(
    sqlite_database: SQLiteDatabase,
) -> None:
    await sqlite_database.write(add)
    assert copies(sqlite_database.path) > 0, "the marker has to be there for this test to mean anything"

    await sqlite_database.write(remove)
    assert copies(sqlite_database.path) > 0, "without scrubbing the log still holds it"
    assert await sqlite_database.scrub()

    assert copies(sqlite_database.path) == 0


async def test_scrubbing_works_on_every_engine(database: Database) -> None:
    assert await database.scrub()
    assert await database.rewrite()


async def test_the_hourly_tidying_leaves_no_copy_of_an_undone_run(sqlite_database: SQLiteDatabase) -> None:
    async def undone(connection: Connection) -> None:
        await add(connection)
        await connection.run("INSERT INTO people (person_id, created_at) VALUES (2, 0)", {})
        await connection.run("INSERT INTO members (group_id, person_id, created_at) VALUES (1, 2, 0)", {})
        await connection.run(
            "INSERT INTO runs (run_id, group_id, person_id, interaction_id, activity, running_day, source, visibility,"
            " note, created_at, undone_at) VALUES (3, 1, 2, 3, 'run', '2026-11-18', 'tap', 'group', :note, 0, 0)",
            {"note": MARKER},
        )
        await connection.run("UPDATE groups SET zone = 'UTC'", {})

    await sqlite_database.write(undone)
    assert copies(sqlite_database.path) > 0

    await Housekeeping(sqlite_database, ManualClock(NOW)).tidy()

    assert copies(sqlite_database.path) == 0


PEOPLE = [2**60 + random.Random(number).getrandbits(59) for number in range(60)]


async def a_lively_group(connection: Connection) -> None:
    """Runs of many in turn, on days in no order: SQLite spreads them over pages, again and again."""
    chance = random.Random(3)
    await connection.run("INSERT INTO groups (group_id, created_at) VALUES (1, 0)", ())
    for person_id in PEOPLE:
        await connection.run("INSERT INTO people (person_id, created_at) VALUES (?, 0)", (person_id,))
        await connection.run(
            "INSERT INTO members (group_id, person_id, created_at) VALUES (1, ?, 0)", (person_id,)
        )
    rows = [
        (number, chance.choice(PEOPLE), number, f"2026-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}")
        for number in range(2_000)
    ]
    await connection.many(
        "INSERT INTO runs (run_id, group_id, person_id, interaction_id, activity, running_day, source, visibility,"
        " created_at) VALUES (?, 1, ?, ?, 'run', ?, 'tap', 'group', 0)",
        rows,
    )


@pytest.fixture
def _a_large_file(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patched:
        patched.setattr(engine, "REWRITTEN_AT_ONCE", 0)
        yield


async def left_in_the_file(database: SQLiteDatabase, *, secure_delete: bool = True) -> int:
    """Ids of erased members that are still there, once they were erased."""
    await database.write(a_lively_group)
    await database.scrub()
    if not secure_delete:
        await database._writer.execute_fetchall("PRAGMA secure_delete=OFF")
    members = MemberService(database)
    for person_id in PEOPLE[:20]:
        await members.erase_everything(1, person_id, NOW)
    return ids_in(database.path)


def ids_in(path: Path) -> int:
    return sum(copies(path, person_id.to_bytes(8, "big")) for person_id in PEOPLE[:20])


@pytest.mark.parametrize("secure_delete", [True, False])
async def test_a_file_that_is_written_anew_holds_no_id_of_an_erased_member(
    sqlite_database: SQLiteDatabase, secure_delete: bool
) -> None:
    assert await left_in_the_file(sqlite_database, secure_delete=secure_delete) == 0


@pytest.mark.usefixtures("_a_large_file")
async def test_a_large_file_is_written_anew_within_the_hour_also_after_a_stop(
    sqlite_database: SQLiteDatabase,
) -> None:
    left = await left_in_the_file(sqlite_database, secure_delete=False)
    assert left > 0, "what SQLite leaves behind has to be there for this test to mean anything"
    await sqlite_database.close()

    again = await SQLiteDatabase.open(sqlite_database.path, readers=1)
    await Housekeeping(again, ManualClock(NOW)).tidy()
    await again.close()

    assert ids_in(sqlite_database.path) == 0


async def test_a_disk_without_room_for_a_second_file_leaves_it_for_later(
    sqlite_database: SQLiteDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sqlite_database.write(add)
    await sqlite_database.write(remove)
    fetch = sqlite_database._writer.execute_fetchall

    async def full(sql: str) -> object:
        if sql == "VACUUM":
            raise sqlite3.OperationalError("database or disk is full")
        return await fetch(sql)

    with monkeypatch.context() as patched:
        patched.setattr(sqlite_database._writer, "execute_fetchall", full)
        assert await sqlite_database.scrub()
    assert await sqlite_database._pragma("user_version") == 1

    assert await sqlite_database.rewrite()
    assert await sqlite_database._pragma("user_version") == 0


async def test_a_process_that_died_before_scrubbing_leaves_no_copy_for_long(
    sqlite_database: SQLiteDatabase, tmp_path: Path
) -> None:
    await sqlite_database.write(add)
    await sqlite_database.write(remove)
    died = tmp_path / "died" / "second-wind.db"
    died.parent.mkdir()
    for ending in ("", "-wal"):  # what the disk holds at this moment
        shutil.copy(f"{sqlite_database.path}{ending}", f"{died}{ending}")
    assert copies(died) > 0

    again = await SQLiteDatabase.open(died, readers=1)
    await Housekeeping(again, ManualClock(NOW)).tidy()
    assert copies(died) == 0
    await again.close()


async def test_what_was_erased_as_the_bot_stopped_is_scrubbed_after_the_start(
    sqlite_database: SQLiteDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(sqlite_database, "_closing", True)
        assert not await sqlite_database.scrub()
    await sqlite_database.close()

    again = await SQLiteDatabase.open(sqlite_database.path, readers=1)
    assert await again._pragma("user_version") == 1
    assert await again.rewrite()
    assert await again._pragma("user_version") == 0
    await again.close()


async def test_an_erasure_whose_caller_was_cancelled_is_scrubbed_after_the_start(
    sqlite_database: SQLiteDatabase,
) -> None:
    await sqlite_database.write(add)

    async def erase() -> None:
        await sqlite_database.write(remove)
        await sqlite_database.scrub()

    erasing = asyncio.create_task(erase())
    await asyncio.sleep(0)
    erasing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await erasing
    await sqlite_database.close()

    again = await SQLiteDatabase.open(sqlite_database.path, readers=1)
    remembered, there = await again._pragma("user_version"), await again.read(number_of_groups)
    await again.close()
    assert (remembered, there) == (1, 0)


async def test_a_log_that_somebody_read_for_long_is_emptied_within_the_hour(
    sqlite_database: SQLiteDatabase,
) -> None:
    await sqlite_database._writer.execute_fetchall("PRAGMA busy_timeout=1")
    await sqlite_database.write(add)
    reader = sqlite3.connect(sqlite_database.path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT COUNT(*) FROM groups").fetchall()
    await sqlite_database.write(remove)
    assert not await sqlite_database.scrub()
    reader.close()
    assert copies(sqlite_database.path) > 0

    assert await sqlite_database.rewrite()
    assert copies(sqlite_database.path) == 0


async def test_an_erasure_that_cannot_be_scrubbed_now_has_happened_all_the_same(
    sqlite_database: SQLiteDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full() -> bool:
        raise StorageUnavailable("full", "database or disk is full")

    await sqlite_database.write(a_lively_group)
    with monkeypatch.context() as patched:
        patched.setattr(sqlite_database, "_scrub", full)
        erased = await MemberService(sqlite_database).erase_everything(1, PEOPLE[0], NOW)
    assert not erased.scrubbed
    assert copies(sqlite_database.path, PEOPLE[0].to_bytes(8, "big")) > 0
    await sqlite_database.rewrite()
    assert copies(sqlite_database.path, PEOPLE[0].to_bytes(8, "big")) == 0


async def test_a_very_large_file_is_written_anew_once_a_day(
    sqlite_database: SQLiteDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "REWRITTEN_AT_ONCE", 0)
    monkeypatch.setattr(engine, "REWRITTEN_HOURLY", 0)
    written: list[bool] = []
    anew = sqlite_database._write_anew

    async def counted() -> bool:
        written.append(await anew())
        return written[-1]

    monkeypatch.setattr(sqlite_database, "_write_anew", counted)
    for _ in range(3):  # what three hours bring
        await sqlite_database.write(add)
        await sqlite_database.write(remove)
        await sqlite_database.scrub()
        await sqlite_database.rewrite()
    assert written == [True]
    monkeypatch.setattr(engine, "BETWEEN_REWRITES_S", 0.0)
    assert await sqlite_database.rewrite()
    assert written == [True, True]
    assert copies(sqlite_database.path) == 0
