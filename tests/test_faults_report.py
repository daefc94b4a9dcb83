"""The campaign's report says what was done, and is not clean where something was found or too little was done."""

from __future__ import annotations

import json
from collections import Counter

from benchmarks.faults_report import Report, table

FINE = Report(
    "power", done={"cuts": 10}, seeds=[3], injected=Counter(torn=4), found={"lost": 0}, bars={"cuts": 10}
)


def test_everything_done_and_nothing_found_is_clean() -> None:
    assert FINE.clean
    assert "torn" in str(FINE)
    assert "power: clean" in str(FINE)


def test_another_program_reads_the_counts() -> None:
    told = json.loads(json.dumps(FINE.as_json()))
    assert told["clean"] is True
    assert told["injected"] == {"torn": 4}
    assert told["found"] == {"lost": 0}


def test_one_thing_that_may_not_be_is_not_clean() -> None:
    bad = Report("power", done={"cuts": 10}, found={"lost": 1, "doubled": 0})
    assert not bad.clean
    assert "LOST" in str(bad)


def test_too_little_done_is_not_clean() -> None:
    short = Report("power", done={"cuts": 9}, found={"lost": 0}, bars={"cuts": 10})
    assert not short.clean
    assert short.short_of() == ["cuts"]


def test_the_table_has_a_line_for_each_part() -> None:
    lines = table([FINE, Report("disk", done={"failures": 1}, found={"lost": 2})]).splitlines()
    assert len(lines) == 3
    assert lines[1].endswith("met")
    assert "2 lost" in lines[2]
    assert lines[2].endswith("NOT MET")
