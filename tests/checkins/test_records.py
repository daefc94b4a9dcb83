"""Bests within a track, records against oneself, milestones."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.checkins.records import (
    MARKS,
    Bests,
    Milestone,
    NewRun,
    Record,
    best_stretch,
    milestones,
    new_records,
    typed_best,
)


@pytest.mark.parametrize(
    ("metres", "seconds", "bests"),
    [
        (5000, 1600, {5000: 1600}),
        (5250, 1680, {5000: 1600}),
        (5251, 1680, {}),
        (4989, 1600, {5000: 1604}),  # 3.1 mi
        (4984, 1600, {}),
        (21_100, 7200, {21_098: 7199}),
        (21_082, 7200, {21_098: 7205}),  # 13.1 mi
        (42_165, 14_400, {42_195: 14_410}),  # 26.2 mi
        (7000, 2400, {}),
        (1000, 1, {1000: 1}),
    ],
)
def test_a_typed_run_stands_for_its_distance_to_a_twentieth_more(
    metres: int, seconds: int, bests: dict[int, int]
) -> None:
    assert typed_best("run", metres, seconds) == bests
    assert typed_best("walk", metres, seconds) == {}


@given(st.integers(1, 400_000), st.integers(1, 86_400))
def test_a_typed_best_is_the_same_pace_over_the_mark(metres: int, seconds: int) -> None:
    found = typed_best("run", metres, seconds)
    assert len(found) <= 1
    for mark, best in found.items():
        assert 0.997 * mark <= metres <= 1.05 * mark
        assert best == max(1, math.floor(seconds * mark / metres + 0.5))


def brute_force(points: list[tuple[int, int]], mark: int) -> Fraction | None:
    """The definition, slowly and exactly: from every whole metre, the last moment there to the first one at the end."""

    def moments(metres: int) -> list[Fraction]:
        return [Fraction(seconds) for seconds, gone in points if gone == metres] + [
            before + Fraction((after - before) * (metres - short), beyond - short)
            for (before, short), (after, beyond) in pairwise(points)
            if short < metres < beyond
        ]

    starts = range(points[0][1], points[-1][1] - mark + 1)
    return min((min(moments(at + mark)) - max(moments(at)) for at in starts), default=None)


STEPS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 40)), min_size=1, max_size=12)


@settings(max_examples=200, deadline=None)
@given(STEPS, st.integers(1, 150))
def test_the_best_stretch_is_the_fastest_of_all_stretches(steps: list[tuple[int, int]], mark: int) -> None:
    seconds = accumulate((each[0] for each in steps), initial=0)
    metres = accumulate((each[1] for each in steps), initial=0)
    points = list(zip(seconds, metres, strict=True))
    found, exact = best_stretch(points, mark), brute_force(points, mark)
    assert (found is None) == (exact is None)
    if found is not None and exact is not None:
        assert abs(found - max(exact, Fraction(1))) <= Fraction(1, 2) + Fraction(1, 10**9)


def test_an_even_run_has_even_bests() -> None:
    points = [(10.0 * n, 30.0 * n) for n in range(400)]
    assert [best_stretch(points, mark) for mark in MARKS] == [333, 1667, 3333, None, None]


def test_a_pause_and_a_slow_start_stay_out_of_the_best_stretch() -> None:
    points = [(0.0, 0.0), (600.0, 1000.0), (900.0, 1000.0), (1140.0, 2000.0), (1500.0, 3000.0)]
    assert best_stretch(points, 1000) == 240


def test_a_track_that_ends_exactly_at_the_mark_counts() -> None:
    assert best_stretch([(0.0, 0.0), (1500.0, 5000.0)], 5000) == 1500
    assert best_stretch([(0.0, 0.0), (1500.0, 4999.9)], 5000) is None
    assert best_stretch([], 5000) is None


@pytest.mark.parametrize(
    "points",
    [
        [(0.0, 0.0), (10.0, 50.0), (5.0, 60.0)],
        [(0.0, 0.0), (10.0, 50.0), (20.0, 40.0)],
        [(0.0, 0.0), (math.nan, 50.0)],
        [(0.0, 0.0), (10.0, math.inf)],
    ],
)
def test_a_track_that_goes_back_or_is_endless_is_no_track(points: list[tuple[float, float]]) -> None:
    with pytest.raises(ValueError):
        best_stretch(points, 1000)


def test_the_track_of_a_whole_day_is_read_to_its_end() -> None:
    points = [(float(n), 3.0 * n) for n in range(100_000)]
    assert best_stretch(points, 42_195) == 14_065


def test_the_very_first_run_sets_no_records_but_can_be_a_first() -> None:
    run = NewRun("run", 10_000, 3600, {1000: 340, 5000: 1780, 10_000: 3600}, typed=False)
    assert new_records(Bests(), run) == (Record("fastest", 3600, None, 10_000),)
    assert new_records(Bests(), run)[0].first
    assert new_records(Bests(), NewRun("run", 3000, 1200)) == ()


def test_what_is_better_than_ones_own_past_is_celebrated() -> None:
    before = Bests(farthest=8000, longest=3000, other_weeks=20_000, marks={1000: 330, 5000: 1700})
    run = NewRun("run", 10_000, 3600, {1000: 340, 5000: 1650, 10_000: 3600}, week_metres_before=12_000)
    assert new_records(before, run) == (
        Record("farthest", 10_000, 8000),
        Record("longest", 3600, 3000),
        Record("best_week", 22_000, 20_000),
        Record("fastest", 3600, None, 10_000, typed=True),
        Record("fastest", 1650, 1700, 5000, typed=True),
    )


def test_an_equal_best_is_no_record() -> None:
    before = Bests(farthest=5000, longest=1600, other_weeks=5000, marks={5000: 1600})
    assert new_records(before, NewRun("run", 5000, 1600, {5000: 1600})) == ()


def test_the_best_week_is_celebrated_once() -> None:
    before = Bests(farthest=50_000, other_weeks=20_000)
    assert new_records(before, NewRun("run", 5000, None, week_metres_before=20_001)) == ()
    assert len(new_records(before, NewRun("run", 5000, None, week_metres_before=20_000))) == 1


def test_a_shorter_mark_is_no_first_once_a_longer_one_was_run() -> None:
    assert new_records(Bests(marks={10_000: 3600}), NewRun("run", 1000, 300, {1000: 300})) == ()


def test_walks_set_no_records() -> None:
    before = Bests(farthest=1000, longest=100, other_weeks=1000)
    assert new_records(before, NewRun("walk", 30_000, 20_000)) == ()


@given(
    st.integers(1, 60_000),
    st.integers(1, 20_000),
    st.integers(0, 60_000),
    st.sampled_from(("run", "walk")),
    st.builds(
        Bests,
        farthest=st.none() | st.integers(1, 60_000),
        longest=st.none() | st.integers(1, 20_000),
        other_weeks=st.none() | st.integers(1, 60_000),
        marks=st.dictionaries(st.sampled_from(MARKS), st.integers(1, 20_000)),
    ),
)
def test_every_record_beats_the_best_it_names(
    metres: int, seconds: int, week: int, activity: Literal["run", "walk"], before: Bests
) -> None:
    run = NewRun(activity, metres, seconds, typed_best(activity, metres, seconds), week)
    for record in new_records(before, run):
        if record.kind == "fastest":
            assert record.mark is not None
            assert record.previous == before.marks.get(record.mark)
            assert record.first or record.value < (record.previous or 0)
        else:
            assert record.value > (record.previous or math.inf)


@pytest.mark.parametrize(
    ("counts", "metres", "reached"),
    [
        ((0, 1), (0, 5000), [("check_ins", 1)]),
        ((9, 10), (0, 0), [("check_ins", 10)]),
        ((10, 11), (0, 0), []),
        ((99, 100), (0, 0), [("check_ins", 100)]),
        ((149, 150), (0, 0), []),
        ((199, 200), (0, 0), [("check_ins", 200)]),
        ((5, 60), (0, 0), [("check_ins", 50)]),
        ((30, 31), (99_999, 100_000), [("metres", 100_000)]),
        ((30, 31), (100_000, 105_000), []),
        ((30, 31), (999_000, 1_000_000), [("metres", 1_000_000)]),
        ((30, 31), (1_999_999, 2_000_001), [("metres", 2_000_000)]),
        ((24, 25), (240_000, 251_000), [("check_ins", 25), ("metres", 250_000)]),
        ((25, 25), (251_000, 251_000), []),
    ],
)
def test_milestones_are_round_figures_passed_just_now(
    counts: tuple[int, int],
    metres: tuple[int, int],
    reached: list[tuple[Literal["check_ins", "metres"], int]],
) -> None:
    assert milestones(*counts, *metres) == tuple(Milestone(kind, value) for kind, value in reached)


@given(st.integers(0, 1500), st.integers(0, 60))
def test_the_milestones_of_check_ins_are_those_in_the_list(before: int, more: int) -> None:
    listed = [1, 10, 25, 50, 100, *range(200, 2000, 100)]
    passed = [each for each in listed if before < each <= before + more]
    assert [each.value for each in milestones(before, before + more, 0, 0)] == passed[-1:]
