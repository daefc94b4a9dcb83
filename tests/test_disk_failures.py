"""A failing disk: a short round is clean, and what is wrong is counted."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.faults_disk import CHANGED, LOST, REFUSED_AND_STORED, Round, Sent, _compare, one_round
from benchmarks.faults_power_work import Logged
from benchmarks.standin_answer import Answer


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
async def test_failing_syncs_and_writes_lose_nothing_and_the_bot_comes_back(tmp_path: Path) -> None:
    found = await one_round(tmp_path, 3, ["fdatasync: input/output error", "write: no space left"])
    assert not found.found, found.cases
    assert found.injected.total() >= 2
    assert found.refused > 0


def answer(number: int, text: str, *, private: bool) -> Answer:
    made = Answer({"id": str(number), "channel_id": "5", "guild_id": "1", "member": {"user": {"id": "2"}}})
    flags = 64 if private else 0
    made.callback = {"type": 4}
    made.message = {"flags": flags, "components": [{"type": 10, "content": text}], "content": ""}
    return made


def test_what_does_not_agree_with_its_answer_is_counted(tmp_path: Path) -> None:
    round_ = Round(1)
    for number, text, private in (
        (1, "5 km", False),
        (2, "5 km", False),
        (3, "Nothing could be stored", True),
    ):
        round_.sent.append(Sent(Logged(number, 1, 2, 5_000, 1_600), answer(number, text, private=private)))
    database = tmp_path / "second-wind.db"
    with closing(sqlite3.connect(database)) as raw, raw:
        raw.execute("CREATE TABLE runs (interaction_id INTEGER, metres INTEGER, seconds INTEGER)")
        raw.executemany("INSERT INTO runs VALUES (?, ?, ?)", [(2, 4_000, 1_600), (3, 5_000, 1_600)])
    _compare(round_, database)
    assert round_.found == {LOST: 1, CHANGED: 1, REFUSED_AND_STORED: 1}
    assert round_.refused == 1
