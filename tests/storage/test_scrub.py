"""After an erasure nothing of the erased rows is left in any of the database's files."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from bot.clock import ManualClock
from bot.housekeeping.jobs import Housekeeping
from bot.storage import Connection, Database
from bot.storage.sqlite import SQLiteDatabase

MARKER = "erase-me-3f9c2b71"


def copies(path: Path) -> int:
    files = [path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")]
    return sum(file.read_bytes().count(MARKER.encode()) for file in files if file.exists())


async def add(connection: Connection) -> None:
    await connection.run(
        "INSERT INTO groups (group_id, zone, created_at) VALUES (:id, :zone, 0)", {"id": 1, "zone": MARKER}
    )


async def remove(connection: Connection) -> None:
    await connection.run("DELETE FROM groups WHERE group_id = :id", {"id": 1})


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

    await Housekeeping(sqlite_database, ManualClock(datetime(2026, 11, 18, tzinfo=UTC))).tidy()

    assert copies(sqlite_database.path) == 0
