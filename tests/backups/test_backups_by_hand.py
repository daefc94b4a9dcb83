"""Backups by a host's hand: two at once, and databases that give none."""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.backups.files import appearing, listed
from bot.backups.service import BackupService
from bot.erasures.ledger import Ledger
from bot.errors import HostError
from bot.storage.sqlite import SQLiteDatabase
from tests.members.lived import lived_in

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)


def service_of(database: SQLiteDatabase, folder: Path) -> BackupService:
    return BackupService(f"sqlite:///{database.path}", folder)


async def test_two_makers_of_one_file_do_not_take_each_others_away(
    sqlite_database: SQLiteDatabase, tmp_path: Path
) -> None:
    target = tmp_path / "second-wind-mine.db"
    with appearing(target) as partial:
        with pytest.raises(HostError, match="right now"):
            await service_of(sqlite_database, tmp_path).make(NOW, target)
        assert await service_of(sqlite_database, tmp_path).daily(NOW) is None
        assert partial.exists()
    assert target.exists()


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("DELETE FROM people", "owners are missing, .*check --rebuild"),
        ("INSERT INTO schema_migrations VALUES (9001, '9001_later', 0)", "newer version"),
        ("CREATE TABLE copy_under_way (source TEXT)", "unfinished copy"),
        ("DELETE FROM schema_migrations", "holds no Second Wind"),
    ],
)
async def test_what_is_wrong_with_the_database_is_said_of_the_database(
    statement: str, says: str, sqlite_database: SQLiteDatabase, tmp_path: Path
) -> None:
    await lived_in(sqlite_database)
    await sqlite_database.close()
    raw = sqlite3.connect(sqlite_database.path, isolation_level=None)
    raw.execute(statement)
    raw.close()
    with pytest.raises(HostError, match=f"^{re.escape(str(sqlite_database.path))} .*{says}") as refused:
        await service_of(sqlite_database, tmp_path / "backups").make(NOW)
    assert "restore" not in str(refused.value)
    assert listed(tmp_path / "backups") == []


async def test_a_backup_of_a_bot_that_never_ran_knows_its_ledger(
    sqlite_database: SQLiteDatabase, tmp_path: Path
) -> None:
    made = await service_of(sqlite_database, tmp_path / "backups").make(NOW, tmp_path / "mine.db")
    assert made.holds.ledger == Ledger(tmp_path / "backups").name() != ""


async def test_a_folder_with_the_name_of_half_a_backup_keeps_none_away(
    sqlite_database: SQLiteDatabase, tmp_path: Path
) -> None:
    (tmp_path / "second-wind-mine.partial").mkdir()
    assert await service_of(sqlite_database, tmp_path).daily(NOW) is not None
