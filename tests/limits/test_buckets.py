"""Buckets against an oracle that counts tokens one by one, and what they cost in memory."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.limits.rules import GROUP, HEAVY, MEMBER, MOST, Allowance, Buckets, Limits, cost

STEPS = st.lists(st.tuples(st.integers(0, 5_000), st.integers(1, 3)), max_size=60)
SMALL = st.builds(Allowance, at_once=st.integers(3, 10), every_ms=st.integers(1, 3_000))


class Counted:
    """A bucket that is filled every millisecond, in parts of a token."""

    def __init__(self, allowance: Allowance) -> None:
        self.allowance = allowance
        self.parts = allowance.holds_ms

    def pass_time(self, ms: int) -> None:
        for _ in range(ms):
            if self.parts < self.allowance.holds_ms:
                self.parts += 1

    def take(self, tokens: int) -> bool:
        parts = tokens * self.allowance.every_ms
        if self.parts < parts:
            return False
        self.parts -= parts
        return True


@given(SMALL, STEPS)
@settings(max_examples=60)
def test_a_bucket_gives_what_one_that_is_filled_drop_by_drop_gives(
    allowance: Allowance, steps: list[tuple[int, int]]
) -> None:
    buckets, counted, now = Buckets(allowance), Counted(allowance), 0
    for later, tokens in steps:
        now += later
        counted.pass_time(later)
        there = not buckets.wait(7, tokens, now)
        assert there == counted.take(tokens)
        if there:
            buckets.take(7, tokens, now)


@given(SMALL, STEPS, st.integers(1, 3))
@settings(max_examples=100)
def test_the_wait_that_is_told_is_the_shortest_that_helps(
    allowance: Allowance, steps: list[tuple[int, int]], tokens: int
) -> None:
    buckets, now = Buckets(allowance), 0
    for later, each in steps:
        now += later
        if not buckets.wait(7, each, now):
            buckets.take(7, each, now)
    wait = buckets.wait(7, tokens, now)
    assert buckets.wait(7, tokens, now + wait) == 0
    if wait:
        assert buckets.wait(7, tokens, now + wait - 1) == 1


@given(SMALL, STEPS)
@settings(max_examples=100)
def test_nobody_gets_more_than_the_bucket_and_what_fills_it(
    allowance: Allowance, steps: list[tuple[int, int]]
) -> None:
    buckets, now, taken = Buckets(allowance), 0, 0
    for later, tokens in steps:
        now += later
        if not buckets.wait(7, tokens, now):
            buckets.take(7, tokens, now)
            taken += tokens
    assert taken * allowance.every_ms <= allowance.holds_ms + now


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 300)), max_size=200), st.integers(1, 12))
@settings(max_examples=100)
def test_there_are_never_more_buckets_than_fit_and_the_one_just_used_stays(
    takes: list[tuple[int, int]], most: int
) -> None:
    buckets, now = Buckets(Allowance(5, 1_000), most), 0
    for key, later in takes:
        now += later
        if not buckets.wait(key, 5, now):
            buckets.take(key, 5, now)
            assert buckets.wait(key, 5, now) > 0
        assert len(buckets) <= most


def test_a_million_people_one_after_the_other_leave_few_buckets() -> None:
    buckets = Buckets(Allowance(5, 1_000), most=1_000)
    for key in range(100_000):
        buckets.take(key, 1, key)
    assert len(buckets) <= 1_000


@pytest.mark.parametrize("tokens", [0, -1, 31])
def test_what_a_bucket_never_holds_is_a_mistake_of_the_caller(tokens: int) -> None:
    with pytest.raises(ValueError, match="never holds"):
        Buckets(Allowance(30, 1_000)).wait(1, tokens, 0)


@pytest.mark.parametrize(("at_once", "every_ms"), [(0, 1), (1, 0), (-1, 5)])
def test_an_allowance_of_nothing_is_none(at_once: int, every_ms: int) -> None:
    with pytest.raises(ValueError, match="holds a token"):
        Allowance(at_once, every_ms)


def test_whatever_is_asked_for_fits_into_a_full_bucket() -> None:
    for name in (*HEAVY, "", "no.such"):
        for files in range(12):
            assert 1 <= cost(name, files) <= MOST <= min(MEMBER.at_once, GROUP.at_once)
    assert cost("run log") == 1 < cost("run log", 1) < cost("run import", 1)


def test_a_member_who_has_to_wait_leaves_the_groups_bucket_alone() -> None:
    limits = Limits(member=Allowance(1, 1_000), group=Allowance(3, 1_000))
    assert limits.take(1, 9, 1, 0) is None
    for _ in range(10):
        assert limits.take(1, 9, 1, 0) is not None
    assert limits.take(2, 9, 1, 0) is None
    assert limits.take(3, 9, 1, 0) is None
    refused = limits.take(4, 9, 1, 0)
    assert refused is not None
    assert (refused.wait_ms, refused.whole_group) == (1_000, True)
    assert limits.take(4, 8, 1, 0) is None  # it cost nothing of its own: another group has room


def test_a_press_in_a_direct_message_takes_from_no_group() -> None:
    limits = Limits(member=Allowance(1, 1_000), group=Allowance(1, 1_000))
    assert limits.take(1, None, 1, 0) is None
    assert limits.take(2, None, 1, 0) is None
    assert limits.take(3, 9, 1, 0) is None


def test_a_flood_is_told_once_in_ten_seconds() -> None:
    limits = Limits(member=Allowance(1, 60_000))
    assert limits.take(1, 9, 1, 0) is None
    refusals = [limits.take(1, 9, 1, ms) for ms in range(1, 30_000, 100)]
    assert sum(each is not None and each.tell for each in refusals) == 3
    assert all(each is not None for each in refusals)


def test_what_is_offered_while_typing_has_a_bucket_of_its_own() -> None:
    limits = Limits(member=Allowance(1, 1_000), typing=Allowance(2, 1_000))
    assert [limits.offers(1, 0) for _ in range(4)] == [True, True, False, False]
    assert limits.offers(2, 0)
    assert limits.take(1, 9, 1, 0) is None
