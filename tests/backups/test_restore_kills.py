"""A restore that is killed at any of its steps leaves the old database or the new one, whole; never none."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from bot.backups import snapshot
from bot.backups.aside import Brake
from bot.erasures.ledger import Ledger

ROOT = Path(__file__).parents[2]


@pytest.fixture
def killed_bots_folder(migrated_file: Path, tmp_path: Path) -> Path:
    """What a killed bot left: a database whose last rows are in its log alone, and an older backup."""
    folder = tmp_path / "template"
    (folder / "backups").mkdir(parents=True)
    path = folder / "second-wind.db"
    live = tmp_path / "live.db"
    shutil.copy(migrated_file, live)
    raw = sqlite3.connect(live, isolation_level=None)
    for pragma in ("journal_mode=WAL", "wal_autocheckpoint=0"):
        raw.execute(f"PRAGMA {pragma}")
    raw.execute("INSERT INTO groups (group_id, created_at) VALUES (1, 0)")
    backup = folder / "backups" / "second-wind-20261117T120000Z.db"
    backup.touch()
    snapshot.take(live, backup, Brake())
    raw.execute("INSERT INTO groups (group_id, created_at) VALUES (2, 0)")
    for ending in ("", "-wal"):
        shutil.copy(live.with_name(live.name + ending), path.with_name(path.name + ending))
    raw.close()
    Ledger(folder / "backups").prepare()
    return folder


def test_a_restore_killed_at_any_step_leaves_the_old_or_the_new(
    killed_bots_folder: Path, tmp_path: Path
) -> None:
    child = subprocess.run(
        [sys.executable, "-m", "tests.backups.restore_child", str(killed_bots_folder), str(tmp_path), "9"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert child.returncode == 0, child.stderr[-2_000:]
    report = json.loads(child.stdout)
    assert report["steps"] > 30
    left = [each["left"] for each in report["outcomes"]]
    assert set(left) == {"old", "new"}
    assert left == sorted(left, reverse=True)  # old up to one moment, new from then on
    assert {each["code"] for each in report["outcomes"]} == {-9}
    for each in report["outcomes"]:
        assert (each["again"], each["then"], each["litter"]) == (0, "new", [])
        assert each["kept"].count("old") == 1
