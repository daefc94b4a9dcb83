"""When a planted fault counts as noticed: by something that its part never finds without it."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from benchmarks.faults_mutants import (
    CAUGHT,
    STRANGE,
    SURVIVED,
    UNCLEAN,
    Outcome,
    _each,
    campaign,
    copy_tree,
    plant,
    verdict,
)
from benchmarks.mutants import MUTANTS, Mutant
from benchmarks.process import ROOT


def outcome(*kinds: str) -> Outcome:
    return Outcome(1 if kinds else 0, frozenset(kinds), "", 1.0)


@pytest.mark.parametrize(
    ("found", "without", "said"),
    [
        (outcome("lost"), [outcome(), outcome()], CAUGHT),
        (outcome("lost", "bugs"), [outcome("bugs"), outcome()], CAUGHT),
        (outcome("bugs"), [outcome(), outcome("bugs")], UNCLEAN),
        (outcome(), [outcome()], SURVIVED),
        (Outcome(1, frozenset(), "less than asked for", 1.0), [outcome()], SURVIVED),
        (Outcome(-1, None, "no end", 300.0), [outcome()], STRANGE),
    ],
)
def test_only_what_the_part_does_not_find_without_it_counts(
    found: Outcome, without: list[Outcome], said: str
) -> None:
    assert verdict(found, without) == said


def test_what_is_judged_by_milliseconds_runs_alone_and_all_come_in_order() -> None:
    under_way: list[str] = []
    most: dict[str, int] = {}

    def work(job: str) -> str:
        under_way.append(job)
        time.sleep(0.05)
        most[job] = len(under_way)
        under_way.remove(job)
        return job.upper()

    jobs, parts = ["a", "b", "c", "d"], [("rest",), ("malformed",), ("disk",), ("malformed",)]
    assert _each(work, jobs, parts, 2) == ["A", "B", "C", "D"]
    assert most["b"] == most["d"] == 1
    assert max(most["a"], most["c"]) == 2


def test_a_part_that_crashes_has_noticed_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert campaign(tmp_path, ("power",), 1).kinds is None


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_every_mutant_can_be_planted(mutant: Mutant) -> None:
    for name, old, new in mutant.edits:
        assert (ROOT / name).read_text("utf-8").count(old) == 1
        assert old != new


def test_one_that_is_out_of_date_says_so(tmp_path: Path) -> None:
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot/clock.py").write_text("x = 1\n", "utf-8")
    with pytest.raises(ValueError, match=r"bot/clock\.py has the text 0 times"):
        plant(Mutant("old", ("power",), (("bot/clock.py", "y = 1", "y = 2"),)), tmp_path)


def test_the_copy_is_a_tree_that_runs(tmp_path: Path) -> None:
    copy_tree(tmp_path)
    assert (tmp_path / "bot/app.py").is_file()
    assert (tmp_path / "benchmarks/faults.py").is_file()
