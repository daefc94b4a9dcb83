"""`make feelings` prints each figure beside its bar, and ends with 1 where one is missed."""

from __future__ import annotations

from importlib import import_module

import pytest

from benchmarks import feelings
from benchmarks.feelings_figure import Figure

MET = Figure("voters found", "0", "none", True)
MISSED = Figure("copies found in a database, a log and exports", "3", "0", False)


def test_a_missed_bar_ends_it_with_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(feelings, "figures_of", lambda part: [MISSED if part == "copies" else MET])
    assert feelings.main(["voters"]) == 0
    assert feelings.main([]) == 1
    assert feelings.main(["voters", "copies"]) == 1
    heading, rule, *rows = capsys.readouterr().out.splitlines()[-4:]
    assert heading.split() == ["what", "figure", "bar", "met"]
    assert set(rule) == {"-", " "}
    assert [row.split()[-1] for row in rows] == ["yes", "NO"]


def test_a_part_that_is_not_there_is_refused() -> None:
    with pytest.raises(SystemExit):
        feelings.main(["everything"])


@pytest.mark.parametrize("part", feelings.PARTS)
def test_every_part_can_be_measured(part: str) -> None:
    module = import_module(f"benchmarks.feelings_{part}")
    assert callable(module.figures)
