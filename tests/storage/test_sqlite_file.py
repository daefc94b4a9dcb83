"""SQLite's file: durable, private, one process's own; and one clear line for each way it cannot serve."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import HostError, StorageUnavailable
from bot.storage import Connection, migrations, open_database, sqlite
from bot.storage.migrations import Migration
from bot.storage.sqlite import SQLiteDatabase

NOTE = "x" * 1_000


async def fill(connection: Connection, rows: int = 2_000) -> None:
    await connection.many(
        "INSERT INTO groups (group_id, zone, created_at) VALUES (:id, :zone, 0)",
        [{"id": number, "zone": NOTE} for number in range(rows)],
    )


async def count(database: SQLiteDatabase) -> int:
    return int(await database.read(lambda connection: connection.value("SELECT count(*) FROM groups", ())))


async def opened(path: Path) -> SQLiteDatabase:
    database = await open_database(f"sqlite:///{path}")
    assert isinstance(database, SQLiteDatabase)
    return database


@pytest.fixture
def as_nobody() -> Iterator[Path]:
    """A folder whose owner this process is, without root's right to write everything."""
    folder = Path(tempfile.mkdtemp(prefix="sw-nobody-"))
    root = os.geteuid() == 0
    if root:
        os.chown(folder, 65534, 65534)
        os.seteuid(65534)
    yield folder
    if root:
        os.seteuid(0)
    shutil.rmtree(folder, ignore_errors=True)


async def test_commits_are_synced_and_the_file_defends_itself(sqlite_database: SQLiteDatabase) -> None:
    async def pragma(connection: Connection, name: str) -> object:
        return await connection.value(f"PRAGMA {name}", ())

    async def writer(connection: Connection) -> list[object]:
        return [await pragma(connection, name) for name in ("journal_mode", "synchronous", "foreign_keys")]

    assert await sqlite_database.write(writer) == ["wal", 2, 1]
    assert await sqlite_database.write(lambda connection: pragma(connection, "secure_delete")) == 1
    assert await sqlite_database.read(lambda connection: pragma(connection, "query_only")) == 1
    assert await sqlite_database.read(lambda connection: pragma(connection, "wal_autocheckpoint")) == 0


async def test_a_write_holds_the_write_lock_from_its_first_moment(sqlite_database: SQLiteDatabase) -> None:
    async def work(_connection: Connection) -> None:
        other = sqlite3.connect(sqlite_database.path, timeout=0, isolation_level=None)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()

    await sqlite_database.write(work)


async def test_a_foreign_key_that_points_nowhere_is_an_error_of_ours(sqlite_database: SQLiteDatabase) -> None:
    orphan = "INSERT INTO members (group_id, person_id, created_at) VALUES (1, 1, 0)"
    with pytest.raises(sqlite3.IntegrityError):
        await sqlite_database.write(lambda connection: connection.run(orphan, ()))


async def test_readers_leave_the_log_to_the_writer(sqlite_database: SQLiteDatabase) -> None:
    log = sqlite_database.path.with_name(sqlite_database.path.name + "-wal")
    await sqlite_database.write(lambda connection: connection.value("PRAGMA wal_autocheckpoint=0", ()))
    await sqlite_database.write(fill)
    before, size = sqlite_database.path.read_bytes(), log.stat().st_size
    assert size > 1_000_000
    assert await count(sqlite_database) == 2_000
    for reader in sqlite_database._all_readers:
        await reader.close()
    assert sqlite_database.path.read_bytes() == before
    assert log.stat().st_size == size


@pytest.mark.parametrize("wait", [0, 0.01])
async def test_a_transaction_that_awaits_anything_but_its_connection_is_a_clear_error_and_stores_nothing(
    sqlite_database: SQLiteDatabase, wait: float
) -> None:
    async def elsewhere(connection: Connection) -> None:
        await fill(connection, 1)
        await asyncio.sleep(wait)
        await fill(connection, 1)

    for run in (sqlite_database.write, sqlite_database.read):
        with pytest.raises(RuntimeError, match="awaits its own connection alone"):
            await run(elsewhere if run == sqlite_database.write else lambda _connection: asyncio.sleep(wait))
    assert await count(sqlite_database) == 0
    await sqlite_database.write(lambda connection: fill(connection, 3))
    assert await count(sqlite_database) == 3


async def test_any_other_error_within_a_transaction_goes_on_as_it_is(sqlite_database: SQLiteDatabase) -> None:
    async def raises(_connection: Connection) -> None:
        raise RuntimeError("something else")

    with pytest.raises(RuntimeError, match="something else"):
        await sqlite_database.write(raises)


async def test_a_transaction_whose_own_task_is_cancelled_leaves_none_open(
    sqlite_database: SQLiteDatabase,
) -> None:
    # What asyncio.run does to every task at its end, past the shield.
    for step in range(40):
        task = asyncio.create_task(sqlite_database._write(lambda c, n=step: fill(c, n)))  # type: ignore[misc]
        for _ in range(step % 10):
            await asyncio.sleep(0 if step < 20 else 0.0003)
        task.cancel()
        await asyncio.wait({task})
        await sqlite_database.write(lambda connection: connection.run("DELETE FROM groups", ()))
        assert await count(sqlite_database) == 0


async def test_the_file_and_its_folder_are_their_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "second-wind.db"
    old = os.umask(0)
    try:
        database = await opened(path)
        await database.migrate(now=0)
        modes = {entry.name: stat.S_IMODE(entry.stat().st_mode) for entry in path.parent.iterdir()}
        assert modes == {path.name + end: 0o600 for end in ("", "-wal", "-shm", ".lock")}
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        await database.close()
    finally:
        os.umask(old)


async def test_a_second_process_is_refused_and_the_first_goes_on(sqlite_database: SQLiteDatabase) -> None:
    child = (
        "import asyncio, sys\nfrom bot.storage import open_database\nfrom bot.errors import HostError\n"
        "try:\n    asyncio.run(open_database(sys.argv[1]))\nexcept HostError as e:\n    print(e)"
    )
    url = f"sqlite:///{sqlite_database.path}"
    result = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", child, url], capture_output=True, text=True, timeout=30
    )
    assert result.stdout.startswith("Another Second Wind is already using"), result.stderr
    await sqlite_database.write(lambda connection: fill(connection, 3))
    await sqlite_database.close()
    again = await opened(sqlite_database.path)  # the lock went with the first
    assert await count(again) == 3
    await again.close()


async def test_what_is_not_a_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(b"Dear diary, today I ran. " * 400)
    with pytest.raises(HostError, match="no sound SQLite database"):
        await opened(path)
    assert path.read_bytes() == b"Dear diary, today I ran. " * 400


async def test_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "second-wind.db").mkdir()
    with pytest.raises(HostError, match=r"cannot be opened or locked \(Is a directory\)"):
        await opened(tmp_path / "second-wind.db")


async def test_a_file_of_somebody_elses_is_refused(as_nobody: Path) -> None:
    (as_nobody / "second-wind.db").touch(mode=0)
    with pytest.raises(HostError, match=r"cannot be opened or locked \(Permission denied\)"):
        await opened(as_nobody / "second-wind.db")


async def test_a_file_locked_by_another_program_is_refused(
    sqlite_database: SQLiteDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sqlite_database.close()
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MS", 50)
    other = sqlite3.connect(sqlite_database.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(HostError, match="locked by another program"):
        await opened(sqlite_database.path)
    other.close()
    await (await opened(sqlite_database.path)).close()


async def test_a_lock_met_while_running_is_busy_and_passes(sqlite_database: SQLiteDatabase) -> None:
    await sqlite_database.write(lambda connection: connection.value("PRAGMA busy_timeout=50", ()))
    other = sqlite3.connect(sqlite_database.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageUnavailable) as refused:
        await sqlite_database.write(lambda connection: fill(connection, 1))
    assert refused.value.reason == "busy"
    other.close()
    await sqlite_database.write(lambda connection: fill(connection, 1))
    assert await count(sqlite_database) == 1


async def test_a_read_only_file_is_refused(migrated_file: Path, as_nobody: Path) -> None:
    path = as_nobody / "second-wind.db"
    sqlite3.connect(path).execute("CREATE TABLE a (b)").connection.close()
    path.chmod(0o400)
    with pytest.raises(HostError, match="is read-only: give this user the right"):
        await opened(path)


async def test_a_read_only_folder_is_refused(as_nobody: Path) -> None:
    as_nobody.chmod(0o500)
    with pytest.raises(HostError, match="cannot be written to"):
        await opened(as_nobody / "second-wind.db")
    with pytest.raises(HostError, match="cannot be written to"):
        await opened(as_nobody / "deeper" / "second-wind.db")


async def test_a_file_that_turns_read_only_loses_nothing(sqlite_database: SQLiteDatabase) -> None:
    await sqlite_database._writer.execute("PRAGMA query_only=ON")
    with pytest.raises(StorageUnavailable) as refused:
        await sqlite_database.write(lambda connection: fill(connection, 1))
    assert refused.value.reason == "read_only"
    await sqlite_database._writer.execute("PRAGMA query_only=OFF")
    assert await count(sqlite_database) == 0


async def test_a_full_disk_takes_nothing_and_the_next_write_works(sqlite_database: SQLiteDatabase) -> None:
    await sqlite_database.write(lambda connection: fill(connection, 3))
    pages = await sqlite_database.write(lambda connection: connection.value("PRAGMA page_count", ()))
    await sqlite_database._writer.execute(f"PRAGMA max_page_count={pages + 4}")
    with pytest.raises(StorageUnavailable) as refused:
        await sqlite_database.write(
            lambda connection: connection.many(
                "INSERT INTO groups (group_id, zone, created_at) VALUES (:id, :zone, 0)",
                [{"id": number, "zone": NOTE} for number in range(100, 900)],
            )
        )
    assert refused.value.reason == "full"
    assert await count(sqlite_database) == 3
    await sqlite_database._writer.execute("PRAGMA max_page_count=1000000")
    await sqlite_database.write(
        lambda connection: connection.run("DELETE FROM groups WHERE group_id = 0", ())
    )
    assert await count(sqlite_database) == 2


async def test_a_disk_that_fills_while_migrating_is_one_clear_line(
    sqlite_database: SQLiteDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = "CREATE TABLE half (a TEXT);\nINSERT INTO half SELECT hex(zeroblob(1000000));"
    monkeypatch.setattr(migrations, "known", lambda: [Migration(9_999, "9999_large", large)])
    pages = await sqlite_database.write(lambda connection: connection.value("PRAGMA page_count", ()))
    await sqlite_database._writer.execute(f"PRAGMA max_page_count={pages + 4}")
    with pytest.raises(HostError, match=r"disk of .* is full: make room"):
        await sqlite_database.migrate(now=0)
    tables = "SELECT count(*) FROM sqlite_master WHERE name = 'half'"
    assert await sqlite_database.read(lambda connection: connection.value(tables, ())) == 0


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (sqlite3.SQLITE_BUSY, "busy"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "busy"),
        (sqlite3.SQLITE_LOCKED, "busy"),
        (sqlite3.SQLITE_FULL, "full"),
        (sqlite3.SQLITE_READONLY_DBMOVED, "read_only"),
        (sqlite3.SQLITE_CANTOPEN, "unreachable"),
        (sqlite3.SQLITE_IOERR_FSYNC, "unreachable"),
        (sqlite3.SQLITE_CORRUPT, "damaged"),
        (sqlite3.SQLITE_NOTADB, "damaged"),
    ],
)
async def test_what_sqlite_refuses_has_a_reason_and_rolls_back(
    sqlite_database: SQLiteDatabase, code: int, reason: str
) -> None:
    kind = sqlite3.DatabaseError if reason == "damaged" else sqlite3.OperationalError

    async def refused_half_way(connection: Connection) -> None:
        await fill(connection, 1)
        error = kind("as the engine says it")
        error.sqlite_errorcode = code
        raise error

    with pytest.raises(StorageUnavailable) as refused:
        await sqlite_database.write(refused_half_way)
    assert refused.value.reason == reason
    assert await count(sqlite_database) == 0


@pytest.mark.parametrize("statement", ["SELEKT 1", "SELECT * FROM nowhere"])
async def test_a_mistake_of_ours_is_no_trouble_of_the_storage(
    sqlite_database: SQLiteDatabase, statement: str
) -> None:
    with pytest.raises(sqlite3.OperationalError):
        await sqlite_database.write(lambda connection: connection.run(statement, ()))


@pytest.mark.parametrize("url", ["", "second-wind.db", "sqlite:///", "mysql://host/name", "sqlite://x"])
async def test_an_address_of_nothing_we_know_is_refused(url: str) -> None:
    with pytest.raises(HostError, match=r"storage\.url has to start with") as refused:
        await open_database(url)
    assert refused.value.exit_code == 2
