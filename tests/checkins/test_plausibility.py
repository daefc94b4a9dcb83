"""What a run can be, which runs overlap, and which are the same run twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.checkins.plausibility import (
    WORLD_BESTS,
    check_possible,
    completes,
    near_twin,
    overlaps,
    too_fast,
    world_best,
)
from bot.errors import Refusal

START = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
DAY = date(2026, 11, 20)


@pytest.mark.parametrize(("metres", "seconds"), WORLD_BESTS)
def test_a_worlds_best_itself_is_possible_and_a_twentieth_faster_is_not(metres: int, seconds: float) -> None:
    assert world_best(metres) == pytest.approx(seconds)
    check_possible("run", metres, int(seconds) + 1)
    with pytest.raises(Refusal, match="world's best"):
        check_possible("run", metres, int(seconds * 0.95))


def test_between_known_points_the_limit_is_the_geometric_middle() -> None:
    # Halfway between 1 km and 5 km in logarithms is sqrt(5) km; its time is the geometric mean of both.
    assert world_best(2236) == pytest.approx((131.96 * 755.36) ** 0.5, rel=1e-3)


def test_beyond_the_known_points_the_nearest_pace_holds() -> None:
    assert world_best(50) == pytest.approx(4.79)
    assert world_best(400_000) == pytest.approx(4 * 21_935)


@given(st.integers(1, 399_999))
def test_a_longer_run_never_has_a_shorter_limit(metres: int) -> None:
    assert world_best(metres) < world_best(metres + 1)


@given(st.integers(1, 400_000), st.integers(1, 86_400))
def test_refused_is_exactly_what_is_faster_than_ninety_seven_hundredths(metres: int, seconds: int) -> None:
    possible = seconds >= 0.97 * world_best(metres)
    assert too_fast(metres, seconds) is not possible
    if possible:
        check_possible("run", metres, seconds)
    else:
        with pytest.raises(Refusal):
            check_possible("run", metres, seconds)
    check_possible("walk", metres, seconds)


@pytest.mark.parametrize(
    ("typed", "guess"), [("1:30", "1h30"), ("01:30", "1h30"), ("١:٣٠", "1h30"), ("2:05", "2h05")]
)
def test_minutes_typed_where_hours_were_meant_are_asked_about(typed: str, guess: str) -> None:
    with pytest.raises(Refusal, match="Did you mean") as refused:
        check_possible("run", 15_000, 90, typed_time=typed)
    assert refused.value.values == {"time": guess}


@pytest.mark.parametrize("typed", [None, "90", "90s", "0:20", "25:00", "1:30:00", "1" * 10_000])
def test_nothing_is_guessed_where_hours_would_not_fit_either(typed: str | None) -> None:
    with pytest.raises(Refusal, match="Check the distance and the time"):
        check_possible("run", 15_000, 90, typed_time=typed)


def test_what_has_one_number_or_none_is_possible_within_the_limits() -> None:
    check_possible("run", None, None)
    check_possible("run", 400_000, None)
    check_possible("run", None, 86_400)
    with pytest.raises(Refusal, match="400 km"):
        check_possible("walk", 400_001, None)
    with pytest.raises(Refusal, match="24 hours"):
        check_possible("walk", None, 86_401)


@pytest.mark.parametrize(
    ("after", "a_seconds", "b_seconds", "expected"),
    [
        (0, 1800, 1800, True),
        (600, 1800, 600, True),
        (1740, 1800, 600, False),
        (1739, 1800, 600, True),
        (1800, 1800, 600, False),
        (600, 1800, None, True),
        (1790, 1800, None, False),
        (0, None, None, True),
        (120, None, None, False),
        (10, 1800, 30, True),
        (1780, 1800, 30, False),
    ],
)
def test_runs_overlap_when_they_share_more_than_a_minute(
    after: int, a_seconds: int | None, b_seconds: int | None, expected: bool
) -> None:
    later = START + timedelta(seconds=after)
    assert overlaps(START, a_seconds, later, b_seconds) is expected
    assert overlaps(later, b_seconds, START, a_seconds) is expected


@given(st.integers(0, 400), st.integers(1, 400), st.integers(1, 400))
def test_overlap_agrees_with_counting_shared_seconds(after: int, a_seconds: int, b_seconds: int) -> None:
    shared = len(set(range(a_seconds)) & set(range(after, after + b_seconds)))
    expected = shared > 60 or shared == min(a_seconds, b_seconds)
    assert overlaps(START, a_seconds, START + timedelta(seconds=after), b_seconds) is expected


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ((5000, 1600), (5000, 1600), True),
        ((5000, 1600), (5250, 1680), True),
        ((5000, 1600), (5300, 1600), False),
        ((5000, 1600), (5000, 1700), False),
        ((5000, None), (5100, None), True),
        ((None, 1600), (None, 1600), True),
        ((5000, None), (5000, 1600), False),
        ((None, None), (None, None), False),
    ],
)
def test_a_near_twin_has_the_same_numbers_within_a_twentieth(
    a: tuple[int | None, int | None], b: tuple[int | None, int | None], expected: bool
) -> None:
    assert near_twin(DAY, *a, DAY, *b) is expected
    assert near_twin(DAY, *b, DAY, *a) is expected
    assert not near_twin(DAY, *a, DAY + timedelta(days=1), *b)


@pytest.mark.parametrize(
    ("file", "typed", "expected"),
    [
        ((5020, 1601), (5000, 1600), True),
        ((5020, 1601), (5000, None), True),
        ((5020, 1601), (None, 1600), True),
        ((5020, 1601), (None, None), False),
        ((None, 1601), (5000, 1600), False),
        ((5020, None), (None, 1600), False),
        ((5020, 1601), (6000, None), False),
    ],
)
def test_a_file_completes_a_typed_run_that_says_part_of_it(
    file: tuple[int | None, int | None], typed: tuple[int | None, int | None], expected: bool
) -> None:
    assert completes(DAY, *file, DAY, *typed) is expected
    assert not completes(DAY, *file, DAY - timedelta(days=1), *typed)
