"""Targets and pauses by the letter of the contract, against slow and plain ways of saying the same."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refusal
from bot.plans.rules import (
    Pause,
    Target,
    checked_days,
    checked_pause,
    last_day_when_back,
    merged,
    smaller_targets,
    starts_on,
    target_for,
)

MONDAY = date(2026, 11, 16)
TODAY = date(2026, 11, 18)
HORIZON = TODAY + timedelta(days=500)


def day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


def pause(first: int, last: int | None, pause_id: int = 1, reason: str | None = None) -> Pause:
    return Pause(pause_id, day(first), None if last is None else day(last), reason)


def days_of(first: date, last: date | None) -> set[date]:
    end = HORIZON if last is None else last
    return {first + timedelta(days=n) for n in range((end - first).days + 1)}


def test_without_a_target_three_days_are_usual() -> None:
    assert target_for([], MONDAY) == 3


def test_the_first_target_counts_back_and_later_ones_from_their_week_on() -> None:
    targets = [Target(MONDAY, 2, MONDAY), Target(MONDAY + timedelta(weeks=2), 5, MONDAY)]

    weeks = [target_for(targets, MONDAY + timedelta(weeks=n)) for n in (-9, 0, 1, 2, 3)]

    assert weeks == [2, 2, 2, 5, 5]


@pytest.mark.parametrize(
    ("chosen_before", "entered", "this_week"),
    [(False, False, True), (False, True, True), (True, False, True), (True, True, False)],
)
def test_a_target_holds_this_week_while_nothing_of_it_was_entered(
    chosen_before: bool, entered: bool, this_week: bool
) -> None:
    expected = MONDAY if this_week else MONDAY + timedelta(weeks=1)

    assert starts_on(MONDAY, chosen_before=chosen_before, entered=entered) == expected


@pytest.mark.parametrize("days", [0, 8, -1, 10**18])
def test_a_week_can_not_be_kept_with_other_than_one_to_seven_days(days: int) -> None:
    with pytest.raises(Refusal):
        checked_days(days)


def test_a_pause_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(Refusal, match="end before it starts"):
        checked_pause(day(0), day(-1), TODAY, None)


def test_a_pause_may_start_back_to_the_last_check_in_and_no_earlier() -> None:
    assert checked_pause(day(-60), None, TODAY, day(-60)) == (day(-60), None)
    with pytest.raises(Refusal, match="You checked in on"):
        checked_pause(day(-61), None, TODAY, day(-60))


def test_without_check_ins_a_pause_starts_at_most_thirty_days_back() -> None:
    assert checked_pause(day(-30), None, TODAY, None)[0] == day(-30)
    with pytest.raises(Refusal, match="at most"):
        checked_pause(day(-31), None, TODAY, None)


def test_a_check_in_ahead_of_today_does_not_forbid_pausing_today() -> None:
    """Somebody who flew west has a check-in of "tomorrow"."""
    assert checked_pause(day(0), None, TODAY, day(1)) == (day(0), None)


def test_a_new_end_still_to_come_replaces_that_of_the_present_pause() -> None:
    whole = merged(day(0), day(3), None, [pause(-5, None, reason="ill")], TODAY)

    assert (whole.from_day, whole.until_day, whole.reason, whole.absorbed) == (day(-5), day(3), "ill", (1,))


def test_a_pause_on_the_day_after_another_goes_on_with_it() -> None:
    whole = merged(day(0), None, "knee", [pause(-5, -1, reason="ill")], TODAY)

    assert (whole.from_day, whole.until_day, whole.reason) == (day(-5), None, "knee")


def test_pauses_that_do_not_meet_stay_apart() -> None:
    assert merged(day(0), day(5), None, [pause(-9, -2), pause(7, 9, 2)], TODAY).absorbed == ()


def test_a_pause_within_an_older_one_takes_no_day_away() -> None:
    whole = merged(day(-8), day(-7), None, [pause(-10, -3)], TODAY)

    assert (whole.from_day, whole.until_day) == (day(-10), day(-3))


spans = st.tuples(st.integers(-40, 40), st.integers(0, 20)).map(lambda s: (s[0], s[0] + s[1]))


@given(st.lists(spans, max_size=5), spans)
def test_merging_loses_no_past_day_and_leaves_nothing_that_meets(
    older: list[tuple[int, int]], new: tuple[int, int]
) -> None:
    pauses = [pause(first, last, number) for number, (first, last) in enumerate(older)]

    whole = merged(day(new[0]), day(new[1]), None, pauses, TODAY)

    after = days_of(whole.from_day, whole.until_day)
    absorbed = [each for each in pauses if each.pause_id in whole.absorbed]
    past = {d for each in absorbed for d in days_of(each.from_day, each.until_day) if d < TODAY}
    assert days_of(day(new[0]), day(new[1])) <= after
    assert past <= after
    # what stays apart leaves at least one free day between
    rest = [each for each in pauses if each not in absorbed]
    wide = {d + timedelta(days=n) for d in after for n in (-1, 0, 1)}
    assert not any(days_of(each.from_day, each.until_day) & wide for each in rest)


def test_yesterday_was_the_last_paused_day_of_who_is_back() -> None:
    assert last_day_when_back(pause(-3, None), TODAY) == day(-1)
    assert last_day_when_back(pause(0, None), TODAY) is None
    assert last_day_when_back(pause(4, 9), TODAY) is None


@pytest.mark.parametrize(
    ("pauses", "target", "offered"),
    [
        ([pause(-14, -1)], 3, (1, 2)),
        ([pause(-14, -1)], 5, (3, 4)),
        ([pause(-14, -1)], 2, (1,)),
        ([pause(-14, -1)], 1, ()),
        ([pause(-13, -1)], 3, ()),  # thirteen days
        ([pause(-40, -15)], 3, ()),  # back for more than two weeks
        ([pause(-40, -14)], 3, (1, 2)),
        ([pause(-20, None)], 3, ()),  # not back yet
        ([pause(-40, -10), pause(-2, 5, 2)], 3, ()),  # paused again
        ([], 3, ()),
    ],
)
def test_a_smaller_target_is_offered_after_fourteen_paused_days(
    pauses: list[Pause], target: int, offered: tuple[int, ...]
) -> None:
    assert smaller_targets(pauses, [], target, TODAY) == offered


def test_the_offer_ends_when_a_target_is_chosen() -> None:
    assert smaller_targets([pause(-14, -1)], [Target(MONDAY, 2, TODAY)], 2, TODAY) == ()
    assert smaller_targets([pause(-14, -1)], [Target(MONDAY, 2, day(-20))], 2, TODAY) == (1,)
