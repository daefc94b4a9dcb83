"""Which ratings belong to which run, with every edge of the times between."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.moods.model import Moment, Mood
from bot.moods.pairing import RunFact, begun_at, pairs_of
from bot.moods.scales import Values
from bot.moods.statistics import Pair

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
DAY = date(2026, 11, 18)
HALF_HOUR = 1_800


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def run(
    run_id: int, created: float, *, started: float | None = None, seconds: int | None = HALF_HOUR
) -> RunFact:
    return RunFact(
        run_id=run_id,
        day=DAY,
        started_at=None if started is None else at(started),
        seconds=seconds,
        created_at=at(created),
    )


def rated(
    minutes: float, mood: int, moment: Moment, run_id: int | None = None, *, recalled: bool = False
) -> Mood:
    return Mood(
        mood_id=int(minutes * 60) * 100 + mood,
        moment=moment,
        recalled=recalled,
        run_id=run_id,
        entered_at=at(minutes),
        day=DAY,
        scale_version=1,
        values=Values(mood=mood),
    )


def before(minutes: float, mood: int = -1, *, recalled: bool = False) -> Mood:
    return rated(minutes, mood, "before", recalled=recalled)


def after(minutes: float, run_id: int = 1, mood: int = 2) -> Mood:
    return rated(minutes, mood, "after", run_id)


def test_a_run_with_a_rating_before_and_one_after_is_a_pair() -> None:
    assert pairs_of([run(1, 45, started=0)], [], [before(-10), after(45)]) == [Pair(1, DAY, -1, 2)]


@pytest.mark.parametrize(
    ("minutes", "counts"),
    [(-60, True), (-60 - 1 / 60, False), (-59, True), (0, True), (1 / 60, False), (5, False)],
)
def test_a_rating_before_is_of_the_hour_up_to_the_start(minutes: float, counts: bool) -> None:
    assert bool(pairs_of([run(1, 45, started=0)], [], [before(minutes), after(45)])) is counts


@pytest.mark.parametrize(
    ("minutes", "counts"),
    [(5, True), (5 - 1 / 60, False), (60, True), (60 + 1 / 60, False), (0, False), (-10, False)],
)
def test_a_rating_after_is_given_5_to_60_minutes_after_the_end(minutes: float, counts: bool) -> None:
    assert bool(pairs_of([run(1, 45, started=0)], [], [before(0), after(30 + minutes)])) is counts


def test_a_recalled_before_an_unrated_run_and_one_without_seconds_are_left_out() -> None:
    started = run(1, 45, started=0)
    assert pairs_of([started], [], [before(-5, recalled=True), after(45)]) == []
    assert pairs_of([started], [], [before(-5)]) == []
    assert pairs_of([started], [], [after(45)]) == []
    assert pairs_of([run(1, 45, started=0, seconds=None)], [], [before(-5), after(45)]) == []
    assert pairs_of([run(1, 45)], [], [before(-5), after(45)]) == []


def test_an_entry_of_the_day_is_no_rating_before() -> None:
    assert pairs_of([run(1, 45, started=0)], [], [rated(-5, 1, "day"), after(45)]) == []


def test_the_latest_rating_before_counts() -> None:
    moods = [before(-5, 3), before(-20, -4), before(-10, -2, recalled=True), after(45)]
    assert pairs_of([run(1, 45, started=0)], [], moods) == [Pair(1, DAY, 3, 2)]


def test_a_rating_before_counts_for_one_run() -> None:
    runs = [run(1, 20, started=0, seconds=600), run(2, 50, started=30, seconds=600)]
    assert [pair.run_id for pair in pairs_of(runs, [], [before(-5), after(16, 1), after(46, 2)])] == [1]


def test_a_rating_before_is_used_up_by_its_run_even_where_that_was_not_rated_after() -> None:
    runs = [run(1, 20, started=0, seconds=600), run(2, 50, started=30, seconds=600)]
    assert pairs_of(runs, [], [before(-5), after(46, 2)]) == []


def test_pairs_come_in_the_order_in_which_runs_began() -> None:
    runs = [run(1, 500, started=400), run(2, 600, started=0)]
    moods = [before(390, 0), after(440, 1), before(-5, 1), after(40, 2)]
    for ordered in permutations(runs):
        assert [pair.run_id for pair in pairs_of(ordered, [], moods)] == [2, 1]


@pytest.mark.parametrize(("minutes", "counts"), [(240, True), (240 + 1 / 60, False), (0, True), (-1, False)])
def test_a_press_counts_for_a_run_entered_up_to_four_hours_later(minutes: float, counts: bool) -> None:
    assert begun_at([run(1, minutes)], [NOON]) == ({1: NOON} if counts else {})


def test_a_press_counts_for_one_run_the_one_entered_first() -> None:
    runs = [run(2, 60), run(1, 50)]
    assert begun_at(runs, [at(10)]) == {1: at(10)}
    assert begun_at(runs, [at(0), at(10)]) == {1: at(10), 2: at(0)}


def test_a_clock_time_is_taken_over_a_press_and_leaves_it_for_another_run() -> None:
    assert begun_at([run(1, 50, started=5), run(2, 60)], [at(10)]) == {1: at(5), 2: at(10)}


def test_the_moment_of_a_press_is_when_its_run_ended_less_its_time() -> None:
    moods = [before(-2), after(36)]
    assert pairs_of([run(1, 35)], [NOON], moods) == [Pair(1, DAY, -1, 2)]
    assert pairs_of([run(1, 35)], [at(2)], moods) == []  # rated four minutes after its end


minutes = st.integers(0, 600)


@given(st.lists(st.tuples(minutes, st.none() | minutes), max_size=6), st.lists(minutes, max_size=6))
@settings(max_examples=150)
def test_presses_are_shared_out_as_by_crossing_them_off_a_list(
    entered: list[tuple[int, int | None]], presses: list[int]
) -> None:
    runs = [run(number, created, started=started) for number, (created, started) in enumerate(entered)]
    crossed: set[int] = set()
    expected: dict[int, datetime] = {}
    for number, (created, started) in sorted(enumerate(entered), key=lambda each: (each[1][0], each[0])):
        if started is not None:
            expected[number] = at(started)
            continue
        best = None
        for index, press in enumerate(presses):
            fits = index not in crossed and 0 <= created - press <= 240
            if fits and (best is None or press > presses[best]):
                best = index
        if best is not None:
            crossed.add(best)
            expected[number] = at(presses[best])
    assert begun_at(runs, [at(each) for each in presses]) == expected


@given(
    st.lists(st.tuples(minutes, st.integers(0, 90)), max_size=5),
    st.lists(st.tuples(minutes, st.integers(-5, 5), st.booleans()), max_size=6),
    st.lists(st.tuples(st.integers(0, 4), minutes), max_size=5, unique_by=lambda each: each[0]),
)
@settings(max_examples=150)
def test_pairs_are_those_of_a_search_through_all_ratings(
    ran: list[tuple[int, int]], firsts: list[tuple[int, int, bool]], seconds: list[tuple[int, int]]
) -> None:
    runs = [
        run(number, 700, started=start, seconds=length * 60) for number, (start, length) in enumerate(ran)
    ]
    moods = [before(when, mood, recalled=recalled) for when, mood, recalled in firsts]
    moods += [after(when, number) for number, when in seconds]
    free = [(when, mood) for when, mood, recalled in firsts if not recalled]
    expected = []
    for number, (start, length) in sorted(enumerate(ran), key=lambda each: each[1][0]):
        fitting = [each for each in free if 0 <= start - each[0] <= 60]
        if not fitting:
            continue
        first = max(fitting)
        free.remove(first)
        when = dict(seconds).get(number)
        if when is not None and 5 <= when - start - length <= 60:
            expected.append(Pair(number, DAY, first[1], 2))
    assert pairs_of(runs, [], moods) == expected


def test_a_press_counts_for_a_run_of_its_own_day_alone() -> None:
    yesterdays = replace(run(1, 20), day=DAY - timedelta(days=1))
    todays = run(2, 40)
    assert begun_at([yesterdays, todays], [at(0), at(10)], datetime.date) == {2: at(10)}
    # around the turn of the day: the later press is of tomorrow, the earlier one fits
    tomorrows = at(13 * 60)
    late = replace(run(3, 13 * 60 + 30), day=DAY)
    assert begun_at([late], [at(11 * 60), tomorrows], datetime.date) == {3: at(11 * 60)}
