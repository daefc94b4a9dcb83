"""Showing-up, against its definition word by word, and what the ranges mean."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.checkins.streaks import WeekRecord
from bot.days import week_start
from bot.leaderboards.rules import (
    Range,
    Showing,
    kept_plan,
    period,
    showing_up,
    weeks_to_read,
)

TODAY = date(2026, 11, 23)  # a Monday
CLOSED = date(2026, 11, 16)
WEEK = timedelta(weeks=1)
LONG_AGO = date(2026, 1, 5)
LAST_WEEK = period("last_week", TODAY, 0)


def target_of(days: int) -> list[tuple[date, int]]:
    return [(LONG_AGO, days)]


def paused(*weeks_ago: int) -> list[tuple[date, date | None]]:
    """One paused Wednesday in each of the weeks that are so many before the last closed one."""
    days = [CLOSED - ago * WEEK + timedelta(days=2) for ago in weeks_ago]
    return [(day, day) for day in days]


def share(
    *days: int, target: int = 3, first_week: date = LONG_AGO, pauses: tuple[int, ...] = ()
) -> int | None:
    """Showing-up of a member who kept so many days in the last closed week and in those before it."""
    found = showing_up(
        days, LAST_WEEK, first_week=first_week, targets=target_of(target), pauses=paused(*pauses)
    )
    return found.share if found else None


def test_showing_up_is_the_mean_of_four_weeks_in_whole_per_cent() -> None:
    assert share(3, 3, 3, 3) == 100
    assert share(3, 0, 3, 3) == 75
    assert share(2, 3, 3, 3) == 92  # 11/12 = 91.67
    assert share(0, 0, 0, 0) == 0


def test_a_half_per_cent_goes_up() -> None:
    assert share(1, 0, 0, 0, target=4) == 6  # 6.25
    assert share(1, 1, 0, 0, target=4) == 13  # 12.5


def test_more_days_than_the_target_count_no_more_than_it() -> None:
    assert share(7, 7, 7, 0) == 75


def test_a_fifth_week_back_does_not_count() -> None:
    assert share(3, 3, 3, 3, 0) == 100


def test_a_newcomer_counts_from_the_week_of_the_first_check_in() -> None:
    assert share(3, 3, 0, 0, first_week=CLOSED - WEEK) == 100


def test_a_first_week_that_was_kept_counts() -> None:
    assert share(3, first_week=CLOSED) == 100
    assert share(0, 3, first_week=CLOSED - WEEK) == 50


def test_a_first_week_that_was_not_kept_is_left_out() -> None:
    assert share(3, 1, first_week=CLOSED - WEEK) == 100


def test_who_began_last_week_and_did_not_keep_it_is_not_ranked() -> None:
    assert share(2, first_week=CLOSED) is None


def test_who_begins_this_week_is_not_ranked() -> None:
    assert share(0, 0, 0, 0, first_week=TODAY) is None


def test_who_was_frozen_in_the_last_week_is_not_ranked() -> None:
    assert share(2, 3, 3, 3, pauses=(0,)) is None


def test_a_paused_week_that_was_kept_counts() -> None:
    assert share(3, 0, 3, 3, pauses=(0,)) == 75


def test_an_earlier_week_takes_the_part_of_a_frozen_one() -> None:
    assert share(3, 0, 3, 3, 0, pauses=(1,)) == 75
    assert share(3, 0, 0, 0, 0, 3, 3, 0, 3, pauses=(1, 2, 3, 4)) == 75


def test_a_week_so_far_ranks_by_the_open_week_alone() -> None:
    open_week = period("this_week", TODAY + timedelta(days=2), 0)
    assert showing_up([1, 0, 0, 0], open_week, first_week=LONG_AGO) == Showing(33, kept=False)
    assert showing_up([3, 0, 0, 0], open_week, first_week=LONG_AGO) == Showing(100, kept=True)
    assert showing_up([1, 3, 3, 3], open_week, first_week=LONG_AGO, pauses=[(TODAY, None)]) is None
    assert showing_up([1], open_week, first_week=TODAY) is None


def test_the_target_of_each_week_is_the_one_set_before_it() -> None:
    targets = [(LONG_AGO, 5), (CLOSED, 2)]
    assert showing_up([2, 2, 5, 5], LAST_WEEK, first_week=LONG_AGO, targets=targets) == Showing(85, kept=True)


def test_without_a_target_three_days_are_meant() -> None:
    assert showing_up([2, 2, 2, 2], LAST_WEEK, first_week=LONG_AGO) == Showing(67, kept=False)


@pytest.mark.parametrize(
    ("today", "first", "newest", "weeks"),
    [
        (date(2026, 11, 23), date(2026, 11, 1), date(2026, 11, 16), 4),  # ended on 1, 8, 15 and 22 November
        (date(2026, 11, 1), date(2026, 11, 1), None, 0),  # a Sunday: its week is still open
        (date(2026, 11, 2), date(2026, 11, 1), date(2026, 10, 26), 1),
        (date(2026, 6, 1), date(2026, 6, 1), None, 0),  # a Monday: the week ended in May
        (date(2026, 3, 31), date(2026, 3, 1), date(2026, 3, 23), 5),
    ],
)
def test_a_month_holds_the_closed_weeks_that_ended_in_it(
    today: date, first: date, newest: date | None, weeks: int
) -> None:
    month = period("month", today, 0)
    assert (month.first, month.newest, month.weeks) == (first, newest, weeks)
    assert month.last.month == today.month != (month.last + timedelta(days=1)).month


def test_a_month_of_which_no_week_has_closed_ranks_nobody() -> None:
    assert showing_up([3, 3], period("month", date(2026, 6, 1), 0), first_week=LONG_AGO) is None


def test_a_month_looks_at_no_week_before_it() -> None:
    month = period("month", date(2026, 11, 9), 0)
    pauses = [(date(2026, 10, 27), date(2026, 10, 27))]
    assert showing_up([3, 0, 0], month, first_week=LONG_AGO, pauses=pauses) == Showing(100, kept=True)


def test_the_plan_of_a_month_is_kept_where_each_of_its_weeks_was() -> None:
    assert kept_plan("month", Showing(100, kept=True))
    assert not kept_plan("month", Showing(92, kept=True))
    assert kept_plan("last_week", Showing(92, kept=True))
    assert not kept_plan("last_week", None)


def test_last_week_is_the_seven_days_that_closed_whatever_day_it_is() -> None:
    for days in range(7):
        chosen = period("last_week", TODAY + timedelta(days=days), 0)
        assert (chosen.first, chosen.last) == (CLOSED, TODAY - timedelta(days=1))
    assert period("this_week", TODAY, 6).first == date(2026, 11, 22)


weeks_of_days = st.lists(st.integers(0, 7), min_size=1, max_size=14)
pause_spans = st.lists(
    st.tuples(st.integers(-5, 100), st.one_of(st.none(), st.integers(0, 20))), max_size=3
).map(
    lambda spans: [
        (
            TODAY - timedelta(days=ago),
            None if length is None else TODAY - timedelta(days=ago) + timedelta(days=length),
        )
        for ago, length in spans
    ]
)
changing_targets = st.lists(st.tuples(st.integers(0, 15), st.integers(1, 7)), max_size=3).map(
    lambda changes: sorted({CLOSED - ago * WEEK: days for ago, days in changes}.items())
)
ranges = st.sampled_from(("this_week", "last_week", "month"))


def by_definition(
    chosen: Range,
    today: date,
    days_of: dict[date, int],
    first_week: date,
    targets: list[tuple[date, int]],
    pauses: list[tuple[date, date | None]],
) -> Showing | None:
    current = week_start(today, 0)
    records = []
    week = current if chosen == "this_week" else current - WEEK
    while week >= first_week:
        before = (
            [days for start, days in targets if start <= week] or [days for _, days in targets[:1]] or [3]
        )
        rested = any(
            begin <= day and (end is None or day <= end)
            for begin, end in pauses
            for day in (week + timedelta(days=n) for n in range(7))
        )
        records.append(WeekRecord(week, days_of.get(week, 0), before[-1], rested))
        week -= WEEK
    if chosen == "this_week":
        records = records[:1]
    if chosen == "month":
        month = (today.year, today.month)
        ends = ((each, each.start + timedelta(days=6)) for each in records)
        records = [each for each, end in ends if (end.year, end.month) == month]
    frozen = [
        each for each in records if each.kept_days < each.target and (each.paused or each.start == first_week)
    ]
    counting = [each for each in records if each not in frozen]
    if chosen == "last_week":
        counting = counting[:4]
    if not counting or records[0] in frozen:
        return None
    parts = [min(Fraction(1), Fraction(each.kept_days, each.target)) for each in counting]
    mean = sum(parts, Fraction(0)) / len(parts)
    return Showing(floor(mean * 100 + Fraction(1, 2)), records[0].kept)


@settings(max_examples=200, deadline=None)
@given(ranges, st.integers(0, 40), weeks_of_days, st.integers(0, 14), changing_targets, pause_spans)
def test_showing_up_agrees_with_its_definition(
    chosen: Range,
    later: int,
    days: list[int],
    weeks_ago: int,
    targets: list[tuple[date, int]],
    pauses: list[tuple[date, date | None]],
) -> None:
    today = TODAY + timedelta(days=later)
    looked_at = period(chosen, today, 0)
    first_week = week_start(today, 0) - weeks_ago * WEEK
    newest = looked_at.newest or CLOSED
    days_of = {newest - n * WEEK: each for n, each in enumerate(days)}
    read = [days_of.get(newest - n * WEEK, 0) for n in range(weeks_to_read(looked_at, pauses))]
    for given_weeks in (read, [*read, 7, 0, 7]):
        found = showing_up(given_weeks, looked_at, first_week=first_week, targets=targets, pauses=pauses)
        longer = {newest - n * WEEK: each for n, each in enumerate(given_weeks)}
        assert found == by_definition(chosen, today, {**days_of, **longer}, first_week, targets, pauses)
        if found:
            assert (found.share == 100) == (found.share > 96)


def test_four_weeks_are_read_where_nobody_paused_and_more_where_one_did() -> None:
    assert weeks_to_read(LAST_WEEK, []) == 4
    assert weeks_to_read(LAST_WEEK, paused(40)) == 4
    assert weeks_to_read(LAST_WEEK, paused(1)) == 5
    assert weeks_to_read(LAST_WEEK, [(CLOSED - 9 * WEEK, CLOSED)]) == 14
    assert weeks_to_read(period("this_week", TODAY, 0), paused(0)) == 1
