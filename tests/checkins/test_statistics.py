"""Totals, comparisons and weeks, against sums over single check-ins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.checkins.statistics import (
    DaySum,
    StatsRange,
    Summary,
    compare,
    range_days,
    summarise,
    weekly,
)

TODAY = date(2026, 11, 19)  # a Thursday
MONDAY = date(2026, 11, 16)


@dataclass(frozen=True)
class CheckIn:
    day: date
    activity: Literal["run", "walk"] = "run"
    metres: int | None = None
    seconds: int | None = None
    late: bool = False


def by_day(check_ins: list[CheckIn]) -> list[DaySum]:
    """One row a day, as the database sums them."""
    rows = []
    for day in sorted({each.day for each in check_ins}):
        those = [each for each in check_ins if each.day == day]
        paced = [each for each in those if each.activity == "run" and each.metres and each.seconds]
        rows.append(
            DaySum(
                day=day,
                check_ins=len(those),
                on_time=sum(not each.late for each in those),
                runs=sum(each.activity == "run" for each in those),
                walks=sum(each.activity == "walk" for each in those),
                metres=sum(each.metres or 0 for each in those),
                seconds=sum(each.seconds or 0 for each in those),
                with_metres=sum(each.metres is not None for each in those),
                with_seconds=sum(each.seconds is not None for each in those),
                paced_runs=len(paced),
                paced_metres=sum(each.metres or 0 for each in paced),
                paced_seconds=sum(each.seconds or 0 for each in paced),
            )
        )
    return rows


CHECK_INS = st.lists(
    st.builds(
        CheckIn,
        day=st.integers(0, 90).map(lambda n: TODAY - timedelta(days=n)),
        activity=st.sampled_from(("run", "walk")),
        metres=st.none() | st.integers(1, 20_000),
        seconds=st.none() | st.integers(1, 7200),
        late=st.booleans(),
    ),
    max_size=25,
)
RANGES: st.SearchStrategy[StatsRange] = st.sampled_from(("week", "month", "year", "all"))


def exactly(now: Fraction | int, before: Fraction | int) -> tuple[Fraction, Fraction]:
    return Fraction(now), Fraction(before)


@pytest.mark.parametrize(
    ("chosen", "starts_on", "first"),
    [
        ("week", 0, date(2026, 11, 16)),
        ("week", 6, date(2026, 11, 15)),
        ("week", 3, TODAY),
        ("month", 0, date(2026, 11, 1)),
        ("year", 0, date(2026, 1, 1)),
        ("all", 0, None),
    ],
)
def test_a_range_ends_today(chosen: StatsRange, starts_on: int, first: date | None) -> None:
    assert range_days(chosen, TODAY, starts_on) == (first, TODAY)


@settings(max_examples=100, deadline=None)
@given(CHECK_INS, RANGES, st.integers(0, 6))
def test_totals_are_those_of_the_single_check_ins(
    check_ins: list[CheckIn], chosen: StatsRange, starts_on: int
) -> None:
    first, last = range_days(chosen, TODAY, starts_on)
    found = summarise(by_day(check_ins), first, last)
    those = [each for each in check_ins if first is None or each.day >= first]
    paced = [each for each in those if each.activity == "run" and each.metres and each.seconds]
    assert found.check_ins == len(those) == found.runs + found.walks
    assert found.days_kept == len({each.day for each in those if not each.late})
    assert found.metres == sum(each.metres for each in those if each.metres)
    assert found.rests_on("metres") == sum(each.metres is not None for each in those)
    assert found.rests_on("seconds") == sum(each.seconds is not None for each in those)
    assert found.rests_on("pace") == len(paced)
    assert found.rests_on("days_kept") == len(those)
    assert found.paced_metres == sum(each.metres or 0 for each in paced)


def test_a_pace_rests_on_runs_with_both_numbers_alone() -> None:
    days = by_day(
        [
            CheckIn(TODAY, metres=5000, seconds=1600),
            CheckIn(TODAY, metres=20_000),
            CheckIn(TODAY, seconds=6000),
            CheckIn(TODAY, "walk", 5000, 3600),
        ]
    )
    found = summarise(days, None, TODAY)
    assert (found.paced_metres, found.paced_seconds, found.paced_runs) == (5000, 1600, 1)


def test_this_week_so_far_stands_against_the_same_days_of_the_weeks_before() -> None:
    days = by_day(
        [
            CheckIn(MONDAY - timedelta(weeks=4), metres=4000),
            CheckIn(MONDAY - timedelta(weeks=2), metres=4000),
            CheckIn(MONDAY - timedelta(days=1), metres=50_000),  # a Sunday: this week has not come to it yet
            CheckIn(MONDAY, metres=5000),
            CheckIn(TODAY, metres=5000),
        ]
    )
    found = compare(days, "week", TODAY, 0)
    assert found is not None
    assert (found.now_spans, found.before_spans, found.span_days) == (1, 4, 4)
    assert found.means("metres") == exactly(10_000, 2000)
    assert found.means("days_kept") == exactly(2, Fraction(1, 2))
    assert found.is_small("metres")


def test_longer_ranges_compare_the_last_four_weeks_with_the_four_before() -> None:
    days = by_day([CheckIn(TODAY - timedelta(days=n), metres=1000, seconds=n + 300) for n in range(56)])
    for chosen in ("month", "year", "all"):
        found = compare(days, chosen, TODAY, 0)
        assert found is not None
        assert (found.now_spans, found.before_spans, found.span_days) == (4, 4, 7)
        assert found.means("metres") == exactly(7000, 7000)
        assert found.paces() == (314, 342)
        assert not found.is_small("pace")


def test_weeks_before_the_first_check_in_are_not_held_against_anybody() -> None:
    started = MONDAY - timedelta(weeks=2)
    found = compare(by_day([CheckIn(started, metres=3000), CheckIn(MONDAY, metres=3000)]), "week", TODAY, 0)
    assert found is not None
    assert found.before_spans == 2
    assert found.means("metres") == exactly(3000, 1500)


@pytest.mark.parametrize("chosen", ["week", "month", "year", "all"])
def test_without_a_whole_week_before_there_is_no_comparison(chosen: StatsRange) -> None:
    assert compare([], chosen, TODAY, 0) is None
    assert compare(by_day([CheckIn(MONDAY - timedelta(days=3)), CheckIn(TODAY)]), chosen, TODAY, 0) is None


def test_numbers_that_are_missing_are_not_compared() -> None:
    days = by_day([CheckIn(MONDAY - timedelta(weeks=1)), CheckIn(TODAY, metres=5000, seconds=1600)])
    found = compare(days, "week", TODAY, 0)
    assert found is not None
    assert found.means("metres") is None
    assert found.means("seconds") is None
    assert found.paces() is None
    assert found.means("days_kept") == exactly(1, 1)


@settings(max_examples=100, deadline=None)
@given(CHECK_INS, RANGES, st.integers(0, 6))
def test_a_comparison_holds_exactly_its_days(
    check_ins: list[CheckIn], chosen: StatsRange, starts_on: int
) -> None:
    found = compare(by_day(check_ins), chosen, TODAY, starts_on)
    if found is None:
        return
    start = TODAY - timedelta(days=found.span_days - 1 if chosen == "week" else 27)
    begun = min(each.day for each in check_ins)
    spans = [start - timedelta(weeks=n) for n in (1, 2, 3, 4) if start - timedelta(weeks=n) >= begun]
    assert found.before_spans == len(spans)
    assert found.now.check_ins == sum(start <= each.day for each in check_ins)
    assert found.before.check_ins == sum(
        0 <= (each.day - span).days < found.span_days for each in check_ins for span in spans
    )


@settings(max_examples=100, deadline=None)
@given(CHECK_INS, st.integers(0, 6))
def test_the_weeks_of_the_chart_follow_each_other_to_this_one(
    check_ins: list[CheckIn], starts_on: int
) -> None:
    weeks = weekly(by_day(check_ins), TODAY, starts_on)
    assert len(weeks) == 12
    assert weeks[-1].week <= TODAY < weeks[-1].week + timedelta(weeks=1)
    for at, week in enumerate(weeks):
        assert week.week == weeks[0].week + timedelta(weeks=at)
        those = [each for each in check_ins if 0 <= (each.day - week.week).days < 7]
        metres = [each.metres for each in those if each.metres is not None]
        seconds = [each.seconds for each in those if each.seconds is not None]
        assert week.metres == (sum(metres) if metres else None)
        assert week.seconds == (sum(seconds) if seconds else None)
        assert week.summary.days_kept == len({each.day for each in those if not each.late})


def test_a_week_without_check_ins_is_empty_and_not_missing() -> None:
    assert [week.summary for week in weekly([], TODAY, 0, weeks=2)] == [Summary(), Summary()]
