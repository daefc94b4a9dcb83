"""What runs come to, in words: rounded once, and never up to a target that is not reached."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.challenges.amounts import (
    amount_words,
    bar_words,
    counted_lines,
    done_words,
    mean_words,
    target_words,
)
from bot.challenges.model import Counted, Measure
from bot.checkins.units import Units
from bot.words import Catalogues, Words

WORDS = Catalogues().choose("en")
GERMAN = Words("de", WORDS._catalogue)
MEASURES: tuple[Measure, ...] = ("metres", "seconds", "days")


@pytest.mark.parametrize(
    ("amount", "measure", "units", "said"),
    [
        (42_300, "metres", "km", "42.30 km"),
        (42_300, "metres", "mi", "26.28 mi"),
        (0, "metres", "km", "0.00 km"),
        (19_200, "seconds", "km", "5 h 20 min"),
        (3_600, "seconds", "km", "1 h"),
        (3_599, "seconds", "km", "1 h"),
        (1_601, "seconds", "km", "27 min"),
        (5_000_000, "seconds", "km", "1,388 h 53 min"),
        (1, "days", "km", "1 day"),
        (12, "days", "km", "12 days"),
    ],
)
def test_an_amount_reads_as_people_say_it(amount: int, measure: Measure, units: Units, said: str) -> None:
    assert amount_words(amount, measure, units, WORDS) == said


@pytest.mark.parametrize(
    ("target", "said"), [(50_000, "50 km"), (21_098, "21.1 km"), (5_000, "5 km"), (1_033_000, "1,033 km")]
)
def test_a_target_goes_without_decimals_that_say_nothing(target: int, said: str) -> None:
    assert target_words(target, "metres", "km", WORDS) == said


def test_what_is_done_stands_before_the_target_with_one_unit() -> None:
    assert done_words(12_400, 50_000, "metres", "km", WORDS) == "12.40 of 50 km"
    assert done_words(19_200, 72_000, "seconds", "km", WORDS) == "5 h 20 min of 20 h"
    assert done_words(3, 12, "days", "km", WORDS) == "3 of 12 days"
    assert done_words(1_234_500, 2_000_000, "metres", "km", GERMAN) == "1.234,50 of 2.000 km"


@pytest.mark.parametrize(
    ("amount", "target", "measure", "units", "said"),
    [
        (49_999, 50_000, "metres", "km", "49.99 of 50 km"),
        (1_609_343, 1_609_344, "metres", "mi", "999.99 of 1,000 mi"),
        (71_999, 72_000, "seconds", "km", "19 h 59 min of 20 h"),
        (50_000, 50_000, "metres", "km", "50.00 of 50 km"),
    ],
)
def test_rounding_never_makes_a_target_look_reached(
    amount: int, target: int, measure: Measure, units: Units, said: str
) -> None:
    assert done_words(amount, target, measure, units, WORDS) == said


@given(st.integers(0, 10**9), st.integers(1, 10**9), st.sampled_from(MEASURES), st.sampled_from(("km", "mi")))
@settings(max_examples=150)
def test_short_of_a_target_figure_bar_and_share_all_say_so(
    amount: int, target: int, measure: Measure, units: Units
) -> None:
    share = re.search(r"([\d,]+)%", bar_words(amount, target, WORDS))
    assert share is not None
    assert (int(share[1].replace(",", "")) >= 100) == (amount >= target)
    assert ("▱" not in bar_words(amount, target, WORDS)) == (amount >= target)
    if amount < target and amount_words(target, measure, units, WORDS) != amount_words(
        0, measure, units, WORDS
    ):
        done = done_words(amount, target, measure, units, WORDS)
        shown = amount_words(target, measure, units, WORDS)
        assert not done.startswith(f"{shown.removesuffix(f' {units}').removesuffix(' days')} of")


@given(st.integers(0, 10**9), st.integers(1, 5_000))
@settings(max_examples=150)
def test_a_mean_is_rounded_once(amount: int, people: int) -> None:
    def oracle(unit: int, step: str) -> str:
        exact = Decimal(amount) / (Decimal(unit) * people)
        return f"{exact.quantize(Decimal(step), ROUND_HALF_UP):,}"

    assert mean_words(amount, people, "metres", "km", WORDS) == f"{oracle(1_000, '0.01')} km"
    assert mean_words(amount, people, "days", "km", WORDS) == f"{oracle(1, '0.1')} days"
    minutes = int(oracle(60, "1").replace(",", ""))
    assert mean_words(amount, people, "seconds", "km", WORDS) == amount_words(
        minutes * 60, "seconds", "km", WORDS
    )


def test_a_bar_goes_on_in_figures_beyond_the_target() -> None:
    assert bar_words(0, 500, WORDS) == "▱▱▱▱▱▱▱▱▱▱ 0%"
    assert bar_words(312, 500, WORDS) == "▰▰▰▰▰▰▱▱▱▱ 62%"
    assert bar_words(560, 500, WORDS) == "▰▰▰▰▰▰▰▰▰▰ 112%"


def counted(added: int, amount: int, target: int | None, title: str = "Fifty") -> Counted:
    return Counted(1, "together" if target is None else "distance", "metres", title, added, amount, target)


def test_a_run_s_card_says_what_it_brought_to_each_challenge() -> None:
    assert counted_lines([counted(5_000, 312_400, None)], "km", WORDS) == "🎯 Fifty: +5.00 km"
    assert counted_lines([counted(5_000, 12_400, 50_000)], "km", WORDS) == "🎯 Fifty: 12.40 of 50 km"
    assert counted_lines([counted(5_000, 54_999, 50_000)], "km", WORDS) == "🎯 Fifty: made it! 55.00 km"
    assert counted_lines([counted(5_000, 55_000, 50_000)], "km", WORDS) == "🎯 Fifty: 55.00 km ✅"
    assert counted_lines([], "km", WORDS) is None


def test_a_run_s_card_names_three_challenges_at_most() -> None:
    four = counted_lines(
        [counted(1, 1, None, title) for title in ("One", "Two", "Three", "Four")], "km", WORDS
    )
    five = counted_lines([counted(1, 1, None, "*")] * 5, "km", WORDS)
    assert four is not None
    assert five is not None
    assert "Three" in four
    assert "Four" not in four
    assert four.endswith("and 1 more challenge")
    assert five.endswith("and 2 more challenges")
    assert r"\*" in five
