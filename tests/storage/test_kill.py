"""A process killed in the middle of writing has lost nothing that it said was stored."""

from __future__ import annotations

import random
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
KILLS = 12


def test_rows_that_were_acknowledged_survive_a_dozen_kills(migrated_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "second-wind.db"
    shutil.copy(migrated_file, path)
    chance = random.Random(2)
    acknowledged: set[int] = set()
    for kill in range(KILLS):
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.storage.kill_child", f"sqlite:///{path}", str(kill * 1_000_000)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert child.stdout is not None
        first = child.stdout.readline()
        assert first, child.communicate()[1]
        time.sleep(chance.uniform(0, 0.1))
        child.kill()
        rest, errors = child.communicate(timeout=20)
        assert errors == ""
        # The last line may have been cut in the middle.
        acknowledged |= {
            int(line) for line in (first + rest).splitlines(keepends=True) if line.endswith("\n")
        }

        file = sqlite3.connect(path)
        people = {number for (number,) in file.execute("SELECT person_id FROM people")}
        groups = {number for (number,) in file.execute("SELECT group_id FROM groups")}
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        file.close()
        assert acknowledged <= people
        assert people == groups
    assert len(acknowledged) > KILLS * 2
