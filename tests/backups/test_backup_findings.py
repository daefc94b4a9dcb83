"""What `second-wind check` says of backups."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.backups import files
from bot.backups.restoring import restore
from bot.backups.service import BackupService
from bot.doctor import Installation, examine
from bot.doctor.backups import backup_findings
from bot.erasures.ledger import Ledger

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)


@pytest.fixture
async def url(migrated_file: Path, tmp_path: Path) -> str:
    shutil.copy(migrated_file, tmp_path / "second-wind.db")
    url = f"sqlite:///{tmp_path}/second-wind.db"
    await BackupService(url, tmp_path / "backups").make(NOW)
    return url


def found(tmp_path: Path, after: timedelta) -> list[tuple[str, str]]:
    url = f"sqlite:///{tmp_path}/second-wind.db"
    return [(each.level, each.text) for each in backup_findings(url, tmp_path / "backups", NOW + after)]


@pytest.mark.parametrize(
    ("after", "says"),
    [
        (timedelta(minutes=5), ("ok", "0 hours old")),
        (timedelta(hours=1), ("ok", "1 hour old")),
        (timedelta(hours=36), ("ok", "36 hours old")),
        (timedelta(hours=37), ("problem", "37 hours old: look for backup_failed")),
        (timedelta(days=9, hours=5), ("problem", "9 days old")),
    ],
)
def test_the_newest_backups_age_is_told(
    url: str, after: timedelta, says: tuple[str, str], tmp_path: Path
) -> None:
    age, sound = found(tmp_path, after)
    assert age[0] == says[0]
    assert says[1] in age[1]
    assert sound[0] == "ok"
    assert sound[1].startswith("It is sound: 0.")


def test_one_from_a_clock_that_was_ahead_does_not_hide_that_the_last_is_old(url: str, tmp_path: Path) -> None:
    newest = files.listed(tmp_path / "backups")[0]
    shutil.copy(newest.path, newest.path.with_name(files.name_at(NOW + timedelta(days=900))))
    level, text = found(tmp_path, timedelta(days=3))[0]
    assert level == "problem"
    assert newest.path.name in text


def test_a_damaged_newest_backup_is_a_problem(url: str, tmp_path: Path) -> None:
    newest = files.listed(tmp_path / "backups")[0]
    os.truncate(newest.path, newest.size // 2)
    assert [level for level, _ in found(tmp_path, timedelta(0))] == ["ok", "problem"]


async def test_where_there_is_none_yet_it_is_said(url: str, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "backups")
    installation = Installation(token=None, api_base="http://127.0.0.1:9", storage_url=url)
    notes = [each.text for each in await examine(installation, NOW) if each.level == "note"]
    assert any(text.startswith("There is no backup in") for text in notes)


def test_a_disk_without_room_for_the_next_is_a_problem(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LEFT_FREE", shutil.disk_usage(tmp_path).total)
    level, text = found(tmp_path, timedelta(0))[-1]
    assert level == "problem"
    assert "make room" in text


async def test_what_others_can_read_and_what_a_restore_kept_is_noted(url: str, tmp_path: Path) -> None:
    restored = await restore(url, Ledger(tmp_path / "backups"), NOW)
    files.listed(tmp_path / "backups")[0].path.chmod(0o644)
    notes = [text for level, text in found(tmp_path, timedelta(0)) if level == "note"]
    assert "can read backups" in notes[0]
    assert notes[1].startswith(f"{restored.kept_aside} is from before a restore")


def test_a_folder_that_cannot_be_read_is_a_problem(url: str, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "backups")
    (tmp_path / "backups").write_text("a file")
    [(level, text)] = found(tmp_path, timedelta(0))
    assert (level, "so no backup is found or made" in text) == ("problem", True)


def test_half_of_a_restore_is_noted(url: str, tmp_path: Path) -> None:
    (tmp_path / "second-wind.db.restoring").touch()
    assert any("left by a restore that was cut short" in text for _, text in found(tmp_path, timedelta(0)))
    folder = tmp_path / "backups"
    (folder / "second-wind.restoring.db").touch()
    texts = [each.text for each in backup_findings("postgresql://u@localhost/x", folder, NOW)]
    assert any("the schema second_wind_restoring" in text for text in texts)
