"""Backups: what is in them, what never is, and what becomes of old ones."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.backups import files
from bot.backups.aside import Brake
from bot.backups.files import alone_in, drop_old, listed, name_at, newest
from bot.backups.service import BackupService
from bot.backups.verifying import BadBackup, verify
from bot.errors import HostError
from bot.storage import Connection
from bot.storage.sqlite import SQLiteDatabase
from tests.members.lived import SECRET, lived_in

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)


def service(database: SQLiteDatabase, folder: Path) -> BackupService:
    return BackupService(f"sqlite:///{database.path}", folder)


def everything(path: Path) -> dict[str, list[str]]:
    raw = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        names = [
            name for (name,) in raw.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        ]
        return {name: sorted(map(repr, raw.execute(f"SELECT * FROM {name}").fetchall())) for name in names}
    finally:
        raw.close()


async def test_a_backup_holds_every_row_but_votes_and_their_keys(
    sqlite_database: SQLiteDatabase, tmp_path: Path
) -> None:
    await lived_in(sqlite_database)
    before = everything(sqlite_database.path)
    assert before["poll_votes"]
    assert before["poll_secrets"]
    made = await service(sqlite_database, tmp_path / "backups").make(NOW)
    after = everything(made.file.path)
    left_out: dict[str, list[str]] = {"poll_votes": [], "poll_secrets": []}
    assert after == before | left_out
    assert SECRET.encode() not in made.file.path.read_bytes()
    assert made.holds.counts["runs"] == len(before["runs"]) > 0


async def test_a_backup_keeps_tables_indexes_and_what_the_planner_knows(
    sqlite_database: SQLiteDatabase, tmp_path: Path
) -> None:
    await lived_in(sqlite_database)

    async def analyse(connection: Connection) -> None:
        await connection.run("ANALYZE", ())

    await sqlite_database.write(analyse)
    made = await service(sqlite_database, tmp_path).make(NOW)
    schemas = []
    for path in (sqlite_database.path, made.file.path):
        raw = sqlite3.connect(path)
        schemas.append(set(raw.execute("SELECT type, name, sql FROM sqlite_schema").fetchall()))
        raw.close()
    assert schemas[0] == schemas[1]
    assert everything(made.file.path)["sqlite_stat1"] == everything(sqlite_database.path)["sqlite_stat1"]


async def test_a_backup_is_its_owners_alone_and_named_by_its_moment(
    sqlite_database: SQLiteDatabase, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    made = await service(sqlite_database, folder).make(NOW)
    assert made.file.path == folder / "second-wind-20261118T120000Z.db"
    assert stat.S_IMODE(made.file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert newest(folder) == made.file
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [files.LOCK_NAME, "erasures", "erasures.key", "erasures.lock", made.file.path.name]
    )


async def test_writing_goes_on_while_a_backup_is_made_and_the_backup_is_one_picture(
    sqlite_database: SQLiteDatabase, tmp_path: Path
) -> None:
    """Each transaction adds a person and a group of the same number: a picture has as many of both."""
    stored = 0

    async def one(number: int) -> None:
        async def work(connection: Connection) -> None:
            await connection.run("INSERT INTO people (person_id, created_at) VALUES (:n, 0)", {"n": number})
            await connection.run("INSERT INTO groups (group_id, created_at) VALUES (:n, 0)", {"n": number})

        await sqlite_database.write(work)

    making = asyncio.create_task(service(sqlite_database, tmp_path).make(NOW))
    while not making.done():
        stored += 1
        await one(stored)
    counts = (await making).holds.counts
    assert counts["people"] == counts["groups"] <= stored


async def test_it_stands_where_the_host_says_and_never_over_another_file(
    sqlite_database: SQLiteDatabase, tmp_path: Path
) -> None:
    target = tmp_path / "mine.db"
    made = await service(sqlite_database, tmp_path / "backups").make(NOW, target)
    assert verify(target) == made.holds
    content = target.read_bytes()
    with pytest.raises(HostError, match="is there already"):
        await service(sqlite_database, tmp_path / "backups").make(NOW, target)
    assert target.read_bytes() == content
    with pytest.raises(HostError, match="There is no folder"):
        await service(sqlite_database, tmp_path).make(NOW, tmp_path / "nowhere" / "mine.db")


async def test_what_a_killed_maker_left_is_taken_away(
    sqlite_database: SQLiteDatabase, tmp_path: Path
) -> None:
    left = tmp_path / (name_at(NOW - timedelta(days=1)) + files.PARTIAL)
    left.write_bytes(b"half a backup")
    assert newest(tmp_path) is None
    await service(sqlite_database, tmp_path).make(NOW)
    assert not left.exists()


async def test_two_makers_in_one_folder_take_turns(sqlite_database: SQLiteDatabase, tmp_path: Path) -> None:
    with alone_in(tmp_path):
        with pytest.raises(HostError, match="right now"):
            await service(sqlite_database, tmp_path).make(NOW)
        assert await service(sqlite_database, tmp_path).daily(NOW) is None
    assert await service(sqlite_database, tmp_path).daily(NOW) is not None


async def test_a_disk_without_room_keeps_what_there_is(
    sqlite_database: SQLiteDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LEFT_FREE", shutil.disk_usage(tmp_path).total)
    with pytest.raises(HostError, match="make room"):
        await service(sqlite_database, tmp_path / "backups").make(NOW)
    assert listed(tmp_path / "backups") == []


async def test_a_damaged_database_gives_no_backup(sqlite_database: SQLiteDatabase, tmp_path: Path) -> None:
    await lived_in(sqlite_database)
    await sqlite_database.scrub()
    copy = tmp_path / "damaged.db"
    shutil.copy(sqlite_database.path, copy)
    with copy.open("r+b") as file:
        for page in range(2, copy.stat().st_size // 4096 - 1):
            file.seek(page * 4096)
            file.write(os.urandom(4096))
    with pytest.raises(HostError, match="damaged"):
        await BackupService(f"sqlite:///{copy}", tmp_path / "backups").make(NOW)
    assert listed(tmp_path / "backups") == []
    assert list((tmp_path / "backups").glob("*" + files.PARTIAL)) == []


async def test_where_there_is_no_database_it_says_so_and_makes_none(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="There is no database"):
        await BackupService(f"sqlite:///{tmp_path}/none.db", tmp_path / "backups").make(NOW)
    assert not (tmp_path / "none.db").exists()


async def test_stopping_in_the_middle_leaves_nothing(
    sqlite_database: SQLiteDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await lived_in(sqlite_database)
    reached, loop = asyncio.Event(), asyncio.get_running_loop()
    check = Brake.check

    def slowly(brake: Brake) -> None:
        loop.call_soon_threadsafe(reached.set)
        while not brake._pulled:
            pass
        check(brake)

    monkeypatch.setattr(Brake, "check", slowly)
    making = asyncio.create_task(service(sqlite_database, tmp_path).make(NOW))
    await reached.wait()
    making.cancel()
    with pytest.raises(asyncio.CancelledError):
        await making
    assert [path.name for path in tmp_path.glob("second-wind-*")] == []


def test_a_statement_under_way_is_stopped() -> None:
    from bot.backups.aside import Halted

    raw, brake = sqlite3.connect(":memory:"), Brake()
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n"
    raw.set_progress_handler(lambda: brake.pull(), 1000)
    with pytest.raises(Halted), brake.on(raw):
        raw.execute(endless)
    raw.close()


# One a day, kept for 30 days


async def test_a_backup_comes_once_a_day(sqlite_database: SQLiteDatabase, tmp_path: Path) -> None:
    backups = service(sqlite_database, tmp_path)
    made = [await backups.daily(NOW + timedelta(hours=hour)) for hour in range(72)]
    assert [hour for hour, each in enumerate(made) if each] == [0, 24, 48]


async def test_a_backup_from_the_future_does_not_keep_todays_away(
    sqlite_database: SQLiteDatabase, tmp_path: Path
) -> None:
    backups = service(sqlite_database, tmp_path)
    await backups.make(NOW + timedelta(days=400))
    assert await backups.daily(NOW) is not None
    assert await backups.daily(NOW + timedelta(hours=1)) is None


async def test_backups_are_kept_for_30_days(sqlite_database: SQLiteDatabase, tmp_path: Path) -> None:
    backups = service(sqlite_database, tmp_path)
    stranger = tmp_path / "second-wind-by-hand.db"
    stranger.touch()
    for day in range(33):
        await backups.daily(NOW + timedelta(days=day))
    days = [(NOW + timedelta(days=32) - each.made_at).days for each in listed(tmp_path)]
    assert days == list(range(31))
    assert stranger.exists()


async def test_what_goes_wrong_is_logged_and_tried_again(
    sqlite_database: SQLiteDatabase,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    backups = service(sqlite_database, tmp_path)
    with monkeypatch.context() as full:
        full.setattr(files, "LEFT_FREE", shutil.disk_usage(tmp_path).total)
        assert await backups.daily(NOW) is None
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == ["backup_failed"]
    assert await backups.daily(NOW + timedelta(hours=1)) is not None


@pytest.mark.parametrize(
    ("ages", "sound", "stays"),
    [
        ([1, 31, 40], {1, 31, 40}, [1]),
        ([31, 40], {31, 40}, [31]),  # the newest, although it is old
        ([31, 40], {40}, [40]),  # the newest that is sound
        ([31, 40], set(), []),
        ([30, 29], set(), [29, 30]),
    ],
)
def test_the_newest_sound_backup_stays_whatever_its_age(
    ages: list[int], sound: set[int], stays: list[int], tmp_path: Path
) -> None:
    paths = {tmp_path / name_at(NOW - timedelta(days=age)): age for age in ages}
    for path in paths:
        path.touch()
    drop_old(tmp_path, NOW, lambda path: paths[path] in sound)
    assert [paths[each.path] for each in listed(tmp_path)] == stays


# Looking through a file


async def test_a_changed_bit_is_found(sqlite_database: SQLiteDatabase, tmp_path: Path) -> None:
    await lived_in(sqlite_database)
    made = await service(sqlite_database, tmp_path).make(NOW)
    raw = sqlite3.connect(made.file.path)
    root = raw.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'moods_by_time'").fetchone()[0]
    raw.close()
    with made.file.path.open("r+b") as file:
        file.seek(root * 4096 - 5)  # within the last entry of an index
        changed = bytes([file.read(1)[0] ^ 1])
        file.seek(root * 4096 - 5)
        file.write(changed)
    with pytest.raises(BadBackup, match="is damaged"):
        verify(made.file.path)


async def test_a_file_cut_short_is_found(sqlite_database: SQLiteDatabase, tmp_path: Path) -> None:
    await lived_in(sqlite_database)
    made = await service(sqlite_database, tmp_path).make(NOW)
    os.truncate(made.file.path, made.file.size - 4096)
    with pytest.raises(BadBackup):
        verify(made.file.path)


async def test_a_row_without_its_owner_is_found(sqlite_database: SQLiteDatabase, tmp_path: Path) -> None:
    await lived_in(sqlite_database)
    made = await service(sqlite_database, tmp_path).make(NOW)
    raw = sqlite3.connect(made.file.path)
    raw.execute("DELETE FROM members")
    raw.commit()
    raw.close()
    with pytest.raises(BadBackup, match="owners are missing"):
        verify(made.file.path)


def changed(path: Path, *statements: str) -> Path:
    raw = sqlite3.connect(path)
    for statement in statements:
        raw.execute(statement)
    raw.commit()
    raw.close()
    return path


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("INSERT INTO schema_migrations VALUES (9001, '9001_later', 0)", "newer version"),
        ("CREATE TABLE copy_under_way (source TEXT)", "unfinished copy"),
        ("DROP TABLE schema_migrations", "another program"),
        ("DELETE FROM schema_migrations", "another program"),
        ("UPDATE schema_migrations SET name = '0001_shop' WHERE version = 1", "another program"),
        ("CREATE VIEW v AS SELECT 1", "another program"),
        ("CREATE TRIGGER t AFTER INSERT ON runs BEGIN SELECT 1; END", "another program"),
    ],
)
def test_what_is_not_ours_or_newer_is_told_apart(
    statement: str, says: str, migrated_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "some.db"
    shutil.copy(migrated_file, path)
    verify(path)
    with pytest.raises(BadBackup, match=says):
        verify(changed(path, statement))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "another program"),
        (b"not a database" * 1000, "no SQLite file"),
        (b"SQLite format 3\0" + b"\1" * 5000, "no SQLite file|damaged"),
        (None, "is not there"),
    ],
)
def test_what_is_no_database_is_told(content: bytes | None, says: str, tmp_path: Path) -> None:
    path = tmp_path / "some.db"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadBackup, match=says):
        verify(path)
