"""Places, the podium, who is named, and when a board may be posted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.days import running_day
from bot.leaderboards.rules import Standing, Totals, around, board, may_post_at, standings

CLOSED = date(2026, 11, 16)
WEEK = timedelta(weeks=1)
NONE_YET = Totals(0, 0, 0, 0, 0)


def ranked(*amounts: int, kept: bool = False) -> list[Standing]:
    """Members 1, 2, 3 and so on with these amounts."""
    return standings((at, amount, kept) for at, amount in enumerate(amounts, 1))


def podium(*amounts: int) -> dict[int, tuple[int | None, ...]]:
    return {step.place: step.people for step in board(ranked(*amounts), {}, NONE_YET).podium}


def test_equal_shares_share_a_place_and_the_next_ones_are_left_out() -> None:
    assert [each.place for each in ranked(100, 90, 100, 80, 90, 10)] == [1, 1, 3, 3, 5, 6]
    assert podium(100, 100, 90, 80, 70) == {1: (1, 2), 3: (3,)}


def test_three_share_the_first_place() -> None:
    assert podium(100, 100, 100, 90, 80) == {1: (1, 2, 3)}


def test_four_at_the_top_have_no_podium() -> None:
    assert podium(100, 100, 100, 100, 90) == {}


def test_two_or_three_share_the_third_place() -> None:
    assert podium(100, 90, 80, 80, 70) == {1: (1,), 2: (2,), 3: (3, 4)}
    assert podium(100, 100, 80, 80, 80) == {1: (1, 2), 3: (3, 4, 5)}


def test_a_place_that_four_share_is_left_out_and_those_above_stand() -> None:
    assert podium(100, 90, 90, 90, 90) == {1: (1,)}
    assert podium(100, 90, 80, 80, 80, 80) == {1: (1,), 2: (2,)}


def test_nobody_stands_on_the_podium_for_nothing() -> None:
    assert podium(100, 0, 0, 0, 0) == {1: (1,)}
    assert podium(100, 80, 0, 0, 0) == {1: (1,), 2: (2,)}
    assert podium(0, 0, 0, 0, 0, 0) == {}


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from((0, 50, 67, 75, 92, 100)), max_size=12))
def test_places_and_podium_agree_with_their_definition(amounts: list[int]) -> None:
    found = ranked(*amounts)
    for each in found:
        assert each.place == 1 + sum(amount > each.amount for amount in amounts)
    expected = {
        place: tuple(sharing)
        for place in (1, 2, 3)
        if (sharing := sorted(each.person_id or 0 for each in found if each.place == place))
        and len(sharing) <= 3
        and amounts[sharing[0] - 1] > 0
    }
    assert podium(*amounts) == (expected if len(amounts) >= 5 else {})


def test_under_five_with_a_place_nobody_is_named() -> None:
    found = board(ranked(100, 100, 90, 80, kept=True), {1: "Ann"}, NONE_YET)
    assert found.names_nobody
    assert (found.podium, found.kept, found.kept_more, found.ranked) == ((), (), 0, 4)
    assert around(ranked(100, 100, 90, 80), 1) == []
    assert not board(ranked(100, 100, 90, 80, 10), {}, NONE_YET).names_nobody


def test_who_kept_their_plan_is_named_alphabetically_with_those_on_the_podium() -> None:
    names = {1: "zoe", 2: "Émile", 3: "Ernst", 4: "eMil", 5: "Ödön", 6: None, 8: ""}
    found = board(ranked(100, 90, 80, 70, 60, 50, 40, 30, kept=True), names, NONE_YET)
    assert found.kept == (4, 2, 3, 5, 1, 6, 7, 8)
    assert found.podium[0].people == (1,)


def test_people_who_share_a_place_stand_in_alphabetical_order() -> None:
    names = {1: "Zoe", 2: "adam", 3: "Mia"}
    assert board(ranked(90, 90, 90, 10, 10), names, NONE_YET).podium[0].people == (2, 3, 1)


@pytest.mark.parametrize(("people", "named", "more"), [(40, 40, 0), (41, 40, 1), (63, 40, 23)])
def test_the_first_forty_are_named_and_the_others_counted(people: int, named: int, more: int) -> None:
    names: dict[int, str | None] = {at: f"name {people - at:03}" for at in range(1, people + 1)}
    found = board(ranked(*[100] * people, kept=True), names, NONE_YET)
    assert list(found.kept) == list(range(people, people - named, -1))
    assert found.kept_more == more


def test_who_did_not_keep_their_plan_is_not_among_those_who_did() -> None:
    scores = [(1, 100, True), (2, 90, False), (3, 80, True), (4, 70, False), (5, 60, True)]
    assert board(standings(scores), {}, NONE_YET).kept == (1, 3, 5)


def test_places_stand_where_a_name_was_taken_out() -> None:
    stored = [
        each._replace(person_id=None) if each.person_id == 2 else each
        for each in ranked(9, 8, 7, 6, 5, kept=True)
    ]
    found = board(stored, {}, NONE_YET)
    assert [(step.place, step.people) for step in found.podium] == [(1, (1,)), (2, (None,)), (3, (3,))]
    assert found.kept == (1, 3, 4, 5)


@pytest.mark.parametrize(
    ("person", "expected"),
    [(1, [1, 2, 3]), (2, [1, 2, 3, 4]), (4, [2, 3, 4, 5, 6]), (7, [5, 6, 7]), (9, [])],
)
def test_one_sees_oneself_between_two_neighbours_on_each_side(person: int, expected: list[int]) -> None:
    found = around(ranked(90, 80, 70, 60, 50, 40, 30), person)
    assert [each.person_id for each in found] == expected
    assert all(each.place == each.person_id for each in found)


@pytest.mark.parametrize(
    "zones",
    [
        ["Europe/Berlin"],
        ["Pacific/Kiritimati", "Pacific/Pago_Pago"],
        ["America/New_York", "Australia/Lord_Howe"],
        ["Pacific/Apia"],
        [],
    ],
)
def test_a_board_waits_until_each_listed_members_week_has_ended(zones: list[str]) -> None:
    for week in (date(2011, 12, 26), date(2026, 3, 2), date(2026, 10, 26), CLOSED):
        scheduled = datetime(week.year, week.month, week.day, 0, tzinfo=UTC) + timedelta(days=7, hours=3)
        listed = [ZoneInfo(zone) for zone in zones]
        at = may_post_at(scheduled, week, listed, 240)
        assert at >= scheduled
        assert all(running_day(at, zone, 240) >= week + WEEK for zone in listed)
        if at > scheduled:
            assert any(running_day(at - timedelta(seconds=1), zone, 240) < week + WEEK for zone in listed)


def test_a_board_comes_at_its_hour_where_all_weeks_have_ended_by_then() -> None:
    scheduled = datetime(2026, 11, 23, 18, tzinfo=UTC)
    assert may_post_at(scheduled, CLOSED, [ZoneInfo("Europe/Berlin")], 240) == scheduled
    west = ZoneInfo("Pacific/Honolulu")
    early = datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert may_post_at(early, CLOSED, [west], 240) == datetime(2026, 11, 23, 14, tzinfo=UTC)
