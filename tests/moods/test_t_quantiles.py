"""Quantiles of t, against an integration of its density."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.moods.t_quantiles import Confidence, t_quantile


def inside(quantile: float, df: float) -> float:
    """The probability between -quantile and quantile, by Simpson's rule on the density with t = sqrt(df) tan(angle)."""

    def area(until: float, steps: int = 2_000) -> float:
        width = until / steps
        heights: list[float] = [max(0.0, math.cos(width * step)) ** (df - 1) for step in range(steps + 1)]
        return (heights[0] + heights[-1] + 4 * sum(heights[1:-1:2]) + 2 * sum(heights[2:-1:2])) * width / 3

    share: float = area(math.atan(quantile / math.sqrt(df))) / area(math.pi / 2)
    return share


@pytest.mark.parametrize("df", [*range(1, 31), 35, 40, 47, 60, 75, 99, 120, 200, 999, 4_999])
@pytest.mark.parametrize("confidence", [95, 99])
def test_quantiles_leave_out_5_and_1_per_cent(df: int, confidence: Confidence) -> None:
    assert inside(t_quantile(df, confidence), df) == pytest.approx(confidence / 100, abs=5e-5)


@pytest.mark.parametrize("df", [2.2, 2.5, 2.9, 3.5, 4.3, 6.5, 7.7, 11.4, 21.5, 33.3])
@pytest.mark.parametrize("confidence", [95, 99])
def test_quantiles_between_the_rows_are_nearly_right(df: float, confidence: Confidence) -> None:
    assert inside(t_quantile(df, confidence), df) == pytest.approx(confidence / 100, abs=3e-3)


@given(st.floats(1, 1e6), st.floats(1, 1e6))
@settings(max_examples=100)
def test_more_degrees_of_freedom_never_reach_farther(one: float, other: float) -> None:
    few, many = sorted((one, other))
    assert t_quantile(few, 95) >= t_quantile(many, 95) >= 1.96
    assert t_quantile(few, 99) > t_quantile(few, 95)


@pytest.mark.parametrize("df", [0.99, 0, -3])
def test_there_is_no_quantile_below_one_degree_of_freedom(df: float) -> None:
    with pytest.raises(ValueError, match="at least one degree"):
        t_quantile(df, 95)
