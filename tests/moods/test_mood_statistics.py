"""What a log says of running and mood, against sums in fractions."""

from __future__ import annotations

import math
import random
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from benchmarks.feelings_coverage import TRUE_LIFT, claimed, coverage, the_truth
from bot.moods.statistics import (
    LOOKS,
    Pair,
    TrendPoint,
    adjusted_lift,
    autocorrelation,
    effective_number,
    lift,
    lift_shown,
    run_and_rest,
    trend,
)
from bot.moods.t_quantiles import t_quantile

DAY = date(2026, 11, 18)
NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)


def pairs(changes: list[int]) -> list[Pair]:
    return [Pair(number, DAY, 0, change) for number, change in enumerate(changes)]


# --- lift


@given(st.lists(st.integers(-10, 10), min_size=1, max_size=60))
@settings(max_examples=150)
def test_a_lift_is_what_sums_in_fractions_say(changes: list[int]) -> None:
    found = lift(pairs(changes))
    assert found is not None
    n = len(changes)
    mean = Fraction(sum(changes), n)
    apart = [each - mean for each in changes]
    squares = sum((each**2 for each in apart), Fraction())
    beside = sum((apart[i] * apart[i + 1] for i in range(n - 1)), Fraction())
    r1 = beside / squares if squares else Fraction()
    r = max(Fraction(), min(Fraction(6, 10), r1 + (1 + 3 * r1) / n))
    effective = float(n * (1 - r) / (1 + r))
    assert found.mean == pytest.approx(float(mean))
    assert found.effective_n == pytest.approx(effective)
    assert (found.higher, found.lower) == (
        len([c for c in changes if c > 0]),
        len([c for c in changes if c < 0]),
    )
    assert found.higher + found.lower + found.same == found.n == n
    if n == 1:
        assert found.interval95 is None
        assert found.interval99 is None
        return
    assert found.interval95 is not None
    assert found.interval99 is not None
    sd = max(0.5, math.sqrt(squares / (n - 1)))
    degrees = min(n - 1, max(2.0, effective - 1))
    reach = t_quantile(degrees, 95) * sd / math.sqrt(effective)
    assert found.interval95 == pytest.approx((float(mean) - reach, float(mean) + reach))
    careful = float(
        max(Fraction(), min(Fraction(6, 10), r1 + (1 + 3 * r1) / n + Fraction(0.75 / math.sqrt(n))))
    )
    fewer = n * (1 - careful) / (1 + careful)
    reach = t_quantile(min(n - 1, max(2.0, fewer - 1)), 99) * sd / math.sqrt(fewer)
    assert found.interval99 == pytest.approx((float(mean) - reach, float(mean) + reach))


@given(st.lists(st.integers(-10, 10), min_size=2, max_size=40))
@settings(max_examples=100)
def test_an_interval_is_never_narrower_than_the_plain_one_and_99_holds_95(changes: list[int]) -> None:
    found = lift(pairs(changes))
    assert found is not None
    assert found.interval95 is not None
    assert found.interval99 is not None
    n, mean = len(changes), sum(changes) / len(changes)
    sd = math.sqrt(sum((each - mean) ** 2 for each in changes) / (n - 1))
    low, high = found.interval95
    assert high - low >= 2 * t_quantile(n - 1, 95) * sd / math.sqrt(n) - 1e-9
    assert found.interval99[0] < low < high < found.interval99[1]


def test_without_pairs_there_is_no_lift() -> None:
    assert lift([]) is None
    assert lift_shown([], []).lift is None


def test_equal_differences_are_no_certainty() -> None:
    found = lift(pairs([1] * 8))
    assert found is not None
    assert found.interval95 is not None
    assert found.interval95[1] - found.interval95[0] > 0.8  # as the spread is taken for half a point at least
    assert autocorrelation([1] * 8) == 0


def test_runs_that_are_alike_count_for_fewer_and_never_for_more() -> None:
    alternating, drifting = [1, -1] * 10, [-3] * 10 + [3] * 10
    assert autocorrelation(alternating) == pytest.approx(-0.95)
    assert effective_number(alternating) == 20
    assert effective_number(drifting) == pytest.approx(20 * 0.4 / 1.6)
    mild = [0, 1, 2, 1, 0, 1, -1, 0, 2, 1, 2, 0]
    assert effective_number(mild, caution=0.75) < effective_number(mild) < 12


# --- what is shown


@pytest.mark.parametrize(
    ("n", "stage"),
    [(0, "entries"), (4, "entries"), (5, "count"), (7, "count"), (8, "early"), (11, "early"), (12, "claim")],
)
def test_the_number_of_pairs_says_how_much_is_shown(n: int, stage: str) -> None:
    shown = lift_shown(pairs([3] * n), [])
    assert shown.stage == stage
    assert shown.claim == ("rise" if n >= 12 else None)
    assert shown.look == (12 if n >= 12 else None)
    assert shown.next_look == (20 if n >= 12 else 12)


def test_a_fall_is_claimed_as_plainly_as_a_rise() -> None:
    steady = [2, 1, 3, 2, 2, 1, 3, 2, 1, 2, 3, 2]
    assert lift_shown(pairs(steady), []).claim == "rise"
    assert lift_shown(pairs([-each for each in steady]), []).claim == "fall"
    assert lift_shown(pairs([2, -2, 1, -1, 3, -3, 2, -2, 1, -1, 2, -2]), []).claim is None


def test_between_looks_the_last_verdict_stands() -> None:
    rising, falling = [2, 3] * 6, [-5, -4] * 10
    for n in range(12, 20):
        shown = lift_shown(pairs((rising + falling)[:n]), [])
        assert (shown.claim, shown.look, shown.next_look) == ("rise", 12, 20)
    assert lift_shown(pairs((rising + falling)[:20]), []).claim is None
    noisy_then_rising = [2, -2] * 6 + [5] * 7
    assert lift_shown(pairs(noisy_then_rising), []).claim is None


@given(st.lists(st.integers(-5, 5), min_size=12, max_size=120))
@settings(max_examples=60)
def test_a_claim_is_that_of_the_latest_look_alone(changes: list[int]) -> None:
    shown = lift_shown(pairs(changes), [])
    look = max(each for each in (12, 20, 30, 50, 100) if each <= len(changes))
    found = lift(pairs(changes[:look]))
    assert found is not None
    assert found.interval99 is not None
    low, high = found.interval99
    assert shown.look == look
    assert shown.claim == ("rise" if low > 0 else "fall" if high < 0 else None)


def test_looks_grow_ever_rarer_and_end_somewhere() -> None:
    assert LOOKS[:6] == (12, 20, 30, 50, 100, 200)
    assert list(LOOKS) == sorted(set(LOOKS))
    last = lift_shown(pairs([1, 2] * 2_600), [])
    assert (last.look, last.next_look) == (5_000, None)


# --- regression to the mean


def test_a_lift_is_adjusted_from_20_pairs_and_14_daily_entries_on() -> None:
    made = [Pair(n, DAY, n % 3 - 2, n % 4) for n in range(20)]
    assert adjusted_lift(made, [0] * 14) is not None
    assert adjusted_lift(made[:19], [0] * 14) is None
    assert adjusted_lift(made, [0] * 13) is None
    shown = lift_shown(made, [0] * 14)
    assert (shown.adjusted, shown.daily) == (adjusted_lift(made, [0] * 14), 14)


rating = st.integers(-5, 5)


@given(
    st.lists(st.tuples(rating, rating), min_size=20, max_size=40), st.lists(rating, min_size=14, max_size=30)
)
@settings(max_examples=100)
def test_the_adjusted_lift_is_what_sums_in_fractions_say(
    rated: list[tuple[int, int]], daily: list[int]
) -> None:
    n = len(rated)
    usual = Fraction(sum(daily), len(daily))
    first, second = Fraction(sum(b for b, _ in rated), n), Fraction(sum(a for _, a in rated), n)
    together = sum(((b - first) * (a - second) for b, a in rated), Fraction())
    spread = sum(((b - first) ** 2 for b, _ in rated), Fraction())
    slope = min(Fraction(1), max(Fraction(0), together / spread)) if spread else Fraction(0)
    expected = second + slope * (usual - first) - usual
    found = adjusted_lift([Pair(i, DAY, b, a) for i, (b, a) in enumerate(rated)], daily)
    assert found == pytest.approx(float(expected), abs=1e-9)


def test_whoever_runs_when_low_and_drifts_back_has_no_adjusted_lift() -> None:
    chance = random.Random(3)
    moods = [(chance.gauss(0, 2), chance.gauss(0, 2)) for _ in range(4_000)]
    low = [(round(before), round(after)) for before, after in moods if before < -1.5]
    made = [Pair(n, DAY, max(-5, before), max(-5, min(5, after))) for n, (before, after) in enumerate(low)]
    found = lift(made)
    assert found is not None
    assert found.mean > 2  # as plain differences show it
    adjusted = adjusted_lift(made, [round(before) for before, _ in moods])
    assert adjusted is not None
    assert abs(adjusted) < 0.15


# --- run days and rest days


def test_run_days_against_rest_days_need_eight_weeks_that_have_both() -> None:
    monday = date(2026, 9, 7)
    weeks = [monday + timedelta(weeks=n) for n in range(8)]
    daily = [(week, 2) for week in weeks] + [(week + timedelta(days=2), 1) for week in weeks]
    found = run_and_rest(daily, weeks, 0)
    assert found is not None
    assert (found.weeks, found.mean) == (8, 1)
    reach = t_quantile(7, 95) * 0.5 / math.sqrt(8)
    assert found.interval95 == pytest.approx((1 - reach, 1 + reach))
    assert run_and_rest(daily[1:], weeks, 0) is None
    assert run_and_rest(daily, weeks[1:], 0) is None
    assert run_and_rest(daily, [], 0) is None
    assert run_and_rest(daily, [day for day, _ in daily], 0) is None
    assert run_and_rest([], weeks, 0) is None


@given(
    st.lists(st.tuples(st.integers(0, 100), rating), max_size=80),
    st.sets(st.integers(0, 100), min_size=10, max_size=60),
    st.integers(0, 6),
)
@settings(max_examples=100)
def test_each_week_weighs_the_same(entries: list[tuple[int, int]], ran: set[int], starts_on: int) -> None:
    first = date(2026, 6, 1) + timedelta(days=starts_on)  # the first is a Monday
    daily = [(first + timedelta(days=number), mood) for number, mood in entries]
    differences = []
    for week in range(15):
        numbers = range(7 * week, 7 * week + 7)
        on = [mood for number, mood in entries if number in numbers and number in ran]
        off = [mood for number, mood in entries if number in numbers and number not in ran]
        if on and off:
            differences.append(Fraction(sum(on), len(on)) - Fraction(sum(off), len(off)))
    found = run_and_rest(daily, {first + timedelta(days=number) for number in ran}, starts_on)
    if len(differences) < 8:
        assert found is None
        return
    assert found is not None
    assert found.weeks == len(differences)
    assert found.mean == pytest.approx(float(sum(differences) / len(differences)))
    assert found.interval95[0] < found.mean < found.interval95[1]


# --- trend


def points(*days: float, mood: int = 1) -> list[tuple[datetime, int]]:
    return [(NOW + timedelta(days=day), mood) for day in days]


def test_a_trend_needs_eight_entries_over_three_weeks() -> None:
    assert trend([]) == ()
    assert trend(points(0, 3, 6, 9, 12, 15, 21)) == ()
    assert trend(points(0, 3, 6, 9, 12, 15, 18, 20.99)) == ()
    assert trend(points(0, 3, 6, 9, 12, 15, 18, 21)) != ()


def test_a_gap_of_21_days_joins_and_a_longer_one_parts() -> None:
    joined = trend(points(0, 1, 2, 3, 24, 25, 26, 27))
    assert [len(piece) for piece in joined] == [8]
    parted = trend(points(0, 1, 2, 3, 24 + 1 / 86_400, 25, 26, 27))
    assert [len(piece) for piece in parted] == [4, 4]


def test_a_piece_begins_anew() -> None:
    found = trend(points(0, 1, 2, 3, mood=5) + points(40, 41, 42, 43, mood=-5))
    assert [point.value for piece in found for point in piece] == pytest.approx([5] * 4 + [-5] * 4)


@given(st.lists(st.tuples(st.integers(0, 200), rating), min_size=8, max_size=25))
@settings(max_examples=100)
def test_a_trend_is_a_mean_that_forgets_by_a_factor_of_e_in_14_days(entries: list[tuple[int, int]]) -> None:
    days = sorted(day for day, _ in entries)
    assume(days[-1] - days[0] >= 21)
    found = trend([(NOW + timedelta(days=day), mood) for day, mood in entries])
    flat = [point for piece in found for point in piece]
    assert [point.at for point in flat] == [NOW + timedelta(days=day) for day in days]
    ordered = sorted(entries, key=lambda each: each[0])
    start = 0
    for index, (day, _) in enumerate(ordered):
        if index and day - ordered[index - 1][0] > 21:
            start = index
        seen = ordered[start : index + 1]
        weights = [math.exp(-(day - each) / 14) for each, _ in seen]
        mean = sum(w * mood for w, (_, mood) in zip(weights, seen, strict=True)) / sum(weights)
        assert flat[index].value == pytest.approx(mean)
    assert all(isinstance(point, TrendPoint) for point in flat)


# --- the simulation of `make feelings`, small


def test_the_interval_holds_the_truth_often_enough_where_the_plain_one_does_not() -> None:
    chance, truth = random.Random(5), the_truth(draws=40_000)
    ours, plain = coverage(700, 8, 0.0, truth, chance)
    assert ours >= 0.93
    ours, plain = coverage(700, 12, 0.4, truth, chance)
    assert ours >= 0.87  # 0.91 of many; three standard errors of 700 below
    assert plain < 0.87
    ours, plain = coverage(700, 20, 0.6, truth, chance)
    assert ours >= 0.85
    assert plain < 0.78


def test_a_lift_is_rarely_claimed_of_those_without_one_and_mostly_of_those_with() -> None:
    chance = random.Random(6)
    assert claimed(150, 0.6, 0.0, chance)[0] <= 0.07  # 0.028 of many; three standard errors of 150 above
    assert claimed(60, 0.3, TRUE_LIFT, chance)[0] >= 0.6
