"""The gateway's bad days: a short campaign is clean, and what may not be is counted."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from benchmarks.faults_gateway import DOUBLED, LOST, POSTED, Campaign, _compare, campaign
from benchmarks.standin import StandIn
from benchmarks.standin_answer import Answer


async def test_four_troubles_lose_and_double_nothing(tmp_path: Path) -> None:
    found = await campaign(tmp_path, Campaign(12), 4)
    assert not found.found, found.cases
    assert found.injected.total() == 4
    assert found.done["runs answered"] > 10


def answered(number: int) -> Answer:
    answer = Answer({"id": str(number), "channel_id": "5"})
    answer.callback, answer.message = {"type": 4}, {"flags": 0, "components": [], "content": ""}
    return answer


async def test_what_is_lost_or_there_twice_is_counted(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")) as raw, raw:
        raw.execute("CREATE TABLE runs (interaction_id INTEGER)")
        raw.executemany("INSERT INTO runs VALUES (?)", [(2,), (2,)])
    discord_ = StandIn()
    discord_.messages.update({1: {"nonce": "sw7"}, 2: {"nonce": "sw7"}, 3: {"nonce": "sw8"}, 4: {}})
    found = Campaign(1, logged=[answered(1), answered(2)])
    _compare(found, tmp_path / "a.db", discord_)
    assert found.found == {LOST: 1, DOUBLED: 1, POSTED: 1}
