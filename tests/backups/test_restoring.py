"""Restoring: what is refused, what is kept, what is erased again, and what the host is told."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.backups.files import name_at
from bot.backups.restoring import Restored, restore
from bot.backups.service import BackupService
from bot.backups.telling import restored_lines
from bot.erasures.ledger import FILE_NAME, KEY_NAME, Ledger
from bot.errors import HostError
from bot.members.service import MemberService
from bot.storage import open_database
from bot.storage.file_lock import lock
from bot.storage.migrations import known
from tests.members.lived import ANNA, GROUP, count, lived_in

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=20)


@pytest.fixture
async def url(migrated_file: Path, tmp_path: Path) -> str:
    """A lived-in database with yesterday's backup and its ledger beside it; nobody serves it."""
    path = tmp_path / "data" / "second-wind.db"
    path.parent.mkdir()
    shutil.copy(migrated_file, path)
    url = f"sqlite:///{path}"
    database = await open_database(url)
    await lived_in(database)
    await database.close()
    Ledger(path.parent / "backups").prepare()
    await BackupService(url, path.parent / "backups").make(NOW)
    return url


def path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def folder_of(url: str) -> Path:
    return path_of(url).parent / "backups"


async def put_back(url: str, backup: Path | None = None, *, without_ledger: bool = False) -> Restored:
    return await restore(url, Ledger(folder_of(url)), LATER, backup, without_ledger=without_ledger)


async def with_it(url: str, table: str, where: str = "1 = 1") -> int:
    database = await open_database(url)
    try:
        return await count(database, table, where)
    finally:
        await database.close()


async def erase_anna(url: str) -> None:
    database = await open_database(url)
    members = MemberService(database, Ledger(folder_of(url)))
    await members.erase_everything(GROUP, ANNA, NOW + timedelta(hours=1))
    await database.close()


def rows(path: Path) -> str:
    """Every row, as a script of statements."""
    raw = sqlite3.connect(path)
    try:
        return "\n".join(raw.iterdump())
    finally:
        raw.close()


async def test_the_newest_backup_takes_the_databases_place_and_the_old_one_is_kept(url: str) -> None:
    database = await open_database(url)
    await database.write(lambda connection: connection.run("DELETE FROM runs", ()))
    await database.close()
    before = rows(path_of(url))
    restored = await put_back(url)
    assert await with_it(url, "runs") == 4
    assert restored.backup == folder_of(url) / name_at(NOW)
    assert restored.kept_aside is not None
    assert rows(Path(restored.kept_aside)) == before
    beside = {path.name for path in path_of(url).parent.iterdir()}
    assert beside == {
        "backups",
        "second-wind.db",
        "second-wind.db.lock",
        "second-wind.db.before-20261119T080000Z",
    }
    assert path_of(url).stat().st_mode & 0o777 == 0o600


async def test_on_a_new_machine_there_is_no_old_one(url: str, tmp_path: Path) -> None:
    new = tmp_path / "new" / "data"
    shutil.copytree(folder_of(url), new / "backups")
    restored = await put_back(f"sqlite:///{new}/second-wind.db")
    assert restored.kept_aside is None
    assert restored.prepared.ledger_trouble == ""
    assert await with_it(f"sqlite:///{new}/second-wind.db", "runs") == 4


async def test_while_a_bot_runs_it_is_refused(url: str) -> None:
    held = lock(path_of(url))
    with pytest.raises(HostError, match="stop it first"):
        await put_back(url)
    os.close(held)
    await put_back(url)


async def test_while_another_program_has_the_old_one_open_it_is_refused(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = sqlite3.connect(path_of(url), isolation_level=None)
    raw.execute("BEGIN")
    raw.execute("SELECT * FROM groups").fetchall()
    connect = sqlite3.connect
    monkeypatch.setattr(
        sqlite3, "connect", lambda *given, **named: connect(*given, **{**named, "timeout": 0})
    )
    with pytest.raises(HostError, match="Another program"):
        await put_back(url)
    raw.close()
    assert [path.name for path in path_of(url).parent.glob("*.before-*")] == []
    assert [path.name for path in path_of(url).parent.glob("*.restoring*")] == []


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("INSERT INTO schema_migrations VALUES (9001, '9001_later', 0)", "newer version"),
        ("DROP TABLE schema_migrations", "another program"),
        ("DELETE FROM groups", "owners are missing"),
    ],
)
async def test_what_is_not_to_be_restored_leaves_everything_as_it_was(
    url: str, statement: str, says: str
) -> None:
    backup = folder_of(url) / name_at(NOW)
    raw = sqlite3.connect(backup)
    raw.execute(statement)
    raw.commit()
    raw.close()
    before = path_of(url).read_bytes()
    with pytest.raises(HostError, match=says):
        await put_back(url)
    assert path_of(url).read_bytes() == before
    assert {path.name for path in path_of(url).parent.iterdir()} <= {
        "backups",
        *(f"second-wind.db{ending}" for ending in ("", ".lock", "-wal", "-shm")),
    }


async def test_a_damaged_backup_is_refused_and_an_older_one_can_be_named(url: str) -> None:
    older = folder_of(url) / name_at(NOW - timedelta(days=1))
    backup = folder_of(url) / name_at(NOW)
    shutil.copy(backup, older)
    os.truncate(backup, backup.stat().st_size // 2)
    with pytest.raises(HostError, match="is damaged: restore an older backup"):
        await put_back(url)
    assert (await put_back(url, older)).backup == older


async def test_the_database_is_not_its_own_backup(url: str) -> None:
    with pytest.raises(HostError, match="is the database itself"):
        await put_back(url, path_of(url))


async def test_without_any_backup_it_says_where_it_looked(tmp_path: Path) -> None:
    with pytest.raises(HostError, match=f"no backup in {tmp_path}"):
        await restore(f"sqlite:///{tmp_path}/x.db", Ledger(tmp_path), NOW)
    assert not (tmp_path / "x.db").exists()


async def test_a_damaged_old_database_is_kept_with_its_log(url: str) -> None:
    path = path_of(url)
    path.write_bytes(b"\xff" * 5000)
    log = path.with_name(path.name + "-wal")
    log.write_bytes(b"what was left of the log")
    restored = await put_back(url)
    assert restored.kept_aside is not None
    assert Path(restored.kept_aside).read_bytes() == b"\xff" * 5000
    assert Path(restored.kept_aside + "-wal").read_bytes() == b"what was left of the log"
    assert not log.exists()
    assert await with_it(url, "runs") == 4


async def test_where_the_file_system_knows_no_second_names_the_old_one_is_copied(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    before = rows(path_of(url))
    restored = await put_back(url)
    assert restored.kept_aside is not None
    assert rows(Path(restored.kept_aside)) == before
    assert Path(restored.kept_aside).stat().st_mode & 0o777 == 0o600


async def test_an_older_version_is_brought_up_to_this_one(tmp_path: Path) -> None:
    raw = sqlite3.connect(tmp_path / "old.db")
    raw.execute(
        "CREATE TABLE schema_migrations (version BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT)"
    )
    for migration in known()[:2]:
        for statement in migration.statements():
            raw.execute(statement)
        raw.execute("INSERT INTO schema_migrations VALUES (?, ?, 0)", (migration.version, migration.name))
    raw.execute("INSERT INTO groups (group_id, created_at) VALUES (7, 0)")
    raw.commit()
    raw.close()
    url = f"sqlite:///{tmp_path}/second-wind.db"
    Ledger(tmp_path).prepare()
    restored = await restore(url, Ledger(tmp_path), NOW, tmp_path / "old.db")
    assert list(restored.prepared.migrations) == [migration.name for migration in known()[2:]]
    assert await with_it(url, "groups", "group_id = 7") == 1


# Erased again


async def test_whoever_was_erased_since_is_erased_again_and_leaves_no_trace(url: str) -> None:
    await erase_anna(url)
    restored = await put_back(url)
    assert restored.prepared.erased.members == 1
    assert await with_it(url, "members", f"group_id = {GROUP} AND person_id = {ANNA}") == 0
    assert str(restored.prepared.ledger_trouble) == ""
    assert any("1 member," in line for line in restored_lines(restored))
    for path in path_of(url).parent.glob("second-wind.db*"):
        if ".before-" not in path.name:
            assert b"knee" not in path.read_bytes()


def lose_the_key(folder: Path) -> None:
    (folder / KEY_NAME).unlink()


def have_another_key(folder: Path) -> None:
    lose_the_key(folder)
    Ledger(folder).prepare()


def lose_the_lines(folder: Path) -> None:
    (folder / FILE_NAME).unlink()


def damage_the_key(folder: Path) -> None:
    (folder / KEY_NAME).write_text("nonsense")


def damage_a_line(folder: Path) -> None:
    (folder / FILE_NAME).write_text("nonsense\n")


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (lose_the_key, "is not in .*: put its files erasures and erasures.key there, then restore again"),
        (have_another_key, "is not in .*: put its files"),
        (lose_the_lines, "erasures is not there, so nobody can be erased again"),
        (damage_the_key, "erasures.key is damaged, so nobody can be erased again"),
        (damage_a_line, "1 lines of .* are damaged"),
    ],
)
async def test_where_erasures_cannot_be_repeated_it_is_refused_unless_that_is_said_to_be_known(
    harm: Callable[[Path], None], says: str, url: str
) -> None:
    await erase_anna(url)
    harm(folder_of(url))
    before = {path.name: path.read_bytes() for path in folder_of(url).iterdir()}
    served = rows(path_of(url))
    with pytest.raises(HostError, match=says) as refused:
        await put_back(url)
    assert refused.value.exit_code == 1
    assert "--without-ledger" in str(refused.value)
    assert rows(path_of(url)) == served
    assert {path.name: path.read_bytes() for path in folder_of(url).iterdir()} == before
    restored = await put_back(url, without_ledger=True)
    assert await with_it(url, "members", f"group_id = {GROUP} AND person_id = {ANNA}") == 1
    assert any(restored.prepared.ledger_trouble in line for line in restored_lines(restored))
    assert not any("Nobody" in line for line in restored_lines(restored))


async def test_with_the_ledger_back_in_its_place_whoever_was_erased_goes_again(url: str) -> None:
    await erase_anna(url)
    shutil.move(folder_of(url) / KEY_NAME, folder_of(url).parent / "kept-key")
    await put_back(url, without_ledger=True)
    # Restoring has made a key by now: it is another one than the backup's, and that is told as well.
    assert (folder_of(url) / KEY_NAME).exists()
    other = await put_back(url, without_ledger=True)
    assert "is not in" in other.prepared.ledger_trouble
    shutil.move(folder_of(url).parent / "kept-key", folder_of(url) / KEY_NAME)
    with_it_again = await put_back(url)
    assert (with_it_again.prepared.ledger_trouble, with_it_again.prepared.erased.members) == ("", 1)
    assert not any("may be back" in line for line in restored_lines(with_it_again))


# At the keyboard


def test_backup_and_restore_say_what_they_did(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SECONDWIND_STORAGE__URL", url)
    monkeypatch.setattr("bot.__main__.set_up_logging", lambda *_: None)
    assert main(["backup", "mine.db"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("mine.db: 0.")
    assert said.endswith("looked through and sound.\n")
    assert main(["backup", "mine.db"]) == 1
    assert capsys.readouterr().err == "second-wind: mine.db is there already: name a file that is not.\n"
    assert main(["restore", "mine.db"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Restored mine.db: ")
    assert lines[1] == "Nobody in it was erased since it was made."
    assert lines[2].startswith(f"The old database is kept: {path_of(url)}.before-")
    assert lines[3:] == ["Start the bot again with `second-wind run`."]


def test_a_script_is_told_by_the_exit_code_that_the_ledger_is_missing(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SECONDWIND_STORAGE__URL", url)
    monkeypatch.setattr("bot.__main__.set_up_logging", lambda *_: None)
    (folder_of(url) / KEY_NAME).unlink()
    assert main(["restore"]) == 1
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert told.err.startswith("second-wind: The ledger of erasures that belongs to this backup is not in ")
    assert main(["restore", "--without-ledger"]) == 0
    assert "Whoever was erased after the backup was made may be back." in capsys.readouterr().out


async def test_what_leads_to_the_database_stays_and_its_file_is_the_new_one(url: str, tmp_path: Path) -> None:
    path, elsewhere = path_of(url), tmp_path / "elsewhere" / "real.db"
    elsewhere.parent.mkdir()
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    restored = await put_back(url)
    assert path.is_symlink()
    assert restored.kept_aside == f"{elsewhere}.before-20261119T080000Z"
    assert not Path(restored.kept_aside).is_symlink()
    assert await with_it(url, "runs") == 4


async def test_the_newest_is_not_guessed_where_a_clock_was_wrong(url: str) -> None:
    later = folder_of(url) / name_at(NOW + timedelta(days=400))
    shutil.copy(folder_of(url) / name_at(NOW), later)
    before = rows(path_of(url))
    with pytest.raises(HostError, match="yet to come: look at this machine's clock"):
        await put_back(url)
    assert rows(path_of(url)) == before
    (folder_of(url) / name_at(NOW)).unlink()
    assert (await put_back(url)).backup == later


async def test_a_folder_that_cannot_be_read_is_not_called_empty(tmp_path: Path) -> None:
    (tmp_path / "backups").write_text("a file")
    with pytest.raises(HostError, match="backups cannot be read"):
        await put_back(f"sqlite:///{tmp_path}/second-wind.db")
