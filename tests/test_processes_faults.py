"""The campaign with two processes on one PostgreSQL: a short one is clean, and what is wrong is counted."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.faults_pair_found import PairFound, judge_runs
from benchmarks.faults_processes import campaign
from benchmarks.standin_answer import Answer
from tests import postgresql

CARD, REFUSED = "ran 5.00 km", "Nothing could be stored or read just now, and nothing was changed."
IN_DOUBT = "The database broke off at the last moment: what you did may be stored."


async def test_a_kill_among_two_processes_lose_and_double_nothing(tmp_path: Path) -> None:
    if postgresql.binaries() is None:
        pytest.skip(postgresql.MISSING)
    found = await campaign(tmp_path, kills=1, seed=7, groups=2, people=6)
    assert found.clean, found.cases
    assert found.killed >= 1
    assert found.answered > 0
    assert found.deliveries.occurrences == found.deliveries.deliveries > 5


def answer(number: int, words: str | None) -> Answer:
    """What somebody was told about the `/run log` of this number; None: nothing."""
    told = Answer({"id": str(number)})
    if words is not None:
        told.callback = {"type": 4, "data": {}}
        told.message = {"flags": 0 if words == CARD else 64, "content": words, "components": []}
    return told


def judge(folder: Path, rows: list[int], sent: list[Answer], before: set[int] | None = None) -> PairFound:
    path = folder / "after.db"
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("CREATE TABLE runs (interaction_id INTEGER)")
        raw.executemany("INSERT INTO runs VALUES (?)", [(row,) for row in rows])
    found = PairFound()
    judge_runs(found, path, sent, before or set())
    return found


def test_what_is_stored_as_it_was_told_is_clean(tmp_path: Path) -> None:
    sent = [answer(1, CARD), answer(2, REFUSED), answer(3, None), answer(4, None), answer(5, IN_DOUBT)]
    found = judge(tmp_path, [9, 1, 4, 5], sent, before={9})
    assert found.clean, found.cases
    assert (found.answered, found.unanswered, found.unanswered_stored) == (1, 2, 1)
    assert found.refused.total() == 2


@pytest.mark.parametrize(
    ("rows", "words", "wrong"),
    [
        ([], CARD, "lost"),
        ([1, 1], CARD, "doubled"),
        ([1, 2], CARD, "strange"),
        ([1], REFUSED, "denied"),
    ],
)
def test_what_is_not_stored_as_it_was_told_is_counted(
    tmp_path: Path, rows: list[int], words: str, wrong: str
) -> None:
    found = judge(tmp_path, rows, [answer(1, words)])
    assert getattr(found, wrong) == 1
    assert not found.clean
