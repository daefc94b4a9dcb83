"""What of the container image can be looked at without building it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from pathlib import Path

import pytest

DOCKERFILE = (Path(__file__).parent.parent / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", "")
COMPOSE = (Path(__file__).parent.parent / "compose.yaml").read_text(encoding="utf-8")


def health(heartbeat: Path) -> int:
    """The exit code of the image's own health check, looking at `heartbeat`."""
    found = re.search(r"^HEALTHCHECK .* CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    assert found is not None
    command = [each.replace("/tmp/second-wind.alive", str(heartbeat)) for each in json.loads(found[1])]
    return subprocess.run(command, capture_output=True, timeout=20, check=False).returncode


@pytest.mark.parametrize(("age", "code"), [(0, 0), (50, 0), (90, 1), (None, 1)])
def test_it_is_healthy_while_the_heart_beats(age: int | None, code: int, tmp_path: Path) -> None:
    heartbeat = tmp_path / "alive"
    if age is not None:
        heartbeat.touch()
        os.utime(heartbeat, (time.time() - age, time.time() - age))
    assert health(heartbeat) == code


def test_the_health_check_looks_where_the_heart_beats() -> None:
    assert "SECONDWIND_HOST__HEARTBEAT=/tmp/second-wind.alive" in DOCKERFILE


def test_what_is_copied_is_there_and_not_ignored() -> None:
    allowed = {
        line[1:]
        for line in Path(".dockerignore").read_text(encoding="utf-8").splitlines()
        if line.startswith("!")
    }
    for line in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE):
        for source in line.split():
            assert Path(source).exists()
            assert source.partition("/")[0] in allowed


def test_it_runs_as_nobody_in_particular_on_a_root_that_it_cannot_write() -> None:
    assert re.search(r"^USER (?!root|0)\S+$", DOCKERFILE, re.MULTILINE)
    assert all(each in COMPOSE for each in ("read_only: true", "cap_drop: [ALL]", "no-new-privileges:true"))
