"""What is true of challenges, against the same said another way."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.challenges.model import Plan, TeamStanding
from bot.challenges.rules import (
    MOST_OPEN,
    Part,
    contribution,
    final_from,
    metres_for,
    pledged,
    ranked,
    ranked_teams,
    state_of,
    team_to_join,
)
from bot.days import running_day

FIRST, LAST = date(2026, 11, 16), date(2026, 11, 29)
PLAN = Plan(kind="together", measure="metres", title="To the sea", first_day=FIRST, last_day=LAST, target=1)
parts = st.lists(
    st.builds(
        Part,
        person_id=st.integers(1, 30),
        amount=st.integers(0, 9),
        joined_at=st.integers(0, 5),
        finished_at=st.none() | st.integers(1, 5),
    ),
    max_size=12,
    unique_by=lambda each: each.person_id,
)
teams = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 60)), min_size=2, max_size=8).map(
    lambda found: [
        TeamStanding(number, f"Team {number}", people, amount if people else 0, None)
        for number, (people, amount) in enumerate(found, start=1)
    ]
)


@given(parts)
def test_nobody_has_a_place_above_somebody_who_did_more(found: list[Part]) -> None:
    entrants = ranked(found)
    assert {each.person_id for each in entrants} == {each.person_id for each in found}
    for one in entrants:
        assert one.place == 1 + sum(other.amount > one.amount for other in found)


@given(parts)
def test_finishers_come_first_in_the_order_they_finished_and_the_others_by_what_they_did(
    found: list[Part],
) -> None:
    stored = {each.person_id: each for each in found}
    entrants = ranked(found)
    done = [each for each in entrants if each.finished]
    assert entrants[: len(done)] == tuple(done)
    moments = [stored[each.person_id].finished_at or 0 for each in done]
    assert moments == sorted(moments)
    amounts = [each.amount for each in entrants[len(done) :]]
    assert amounts == sorted(amounts, reverse=True)


@given(teams)
def test_teams_stand_by_the_exact_mean_of_their_members(found: list[TeamStanding]) -> None:
    standing = ranked_teams(found)
    means = {each.team: Fraction(each.amount, each.people) for each in found if each.people}
    for each in standing:
        if each.people:
            assert each.place == 1 + sum(mean > means[each.team] for mean in means.values())
        else:
            assert each.place is None
    places = [each.place for each in standing]
    assert places == sorted(places, key=lambda place: (place is None, place or 0))


@given(teams, st.integers(1, 40))
def test_whoever_joins_one_after_another_leaves_teams_at_most_one_apart(
    found: list[TeamStanding], many: int
) -> None:
    people = {each.team: each.people for each in found}
    spread = max(people.values()) - min(people.values())
    for _ in range(many):
        now = [TeamStanding(each.team, each.name, people[each.team], each.amount, None) for each in found]
        people[team_to_join(now)] += 1
        after = max(people.values()) - min(people.values())
        assert after <= max(spread, 1)
        spread = after


@given(st.integers(0, 10**9), st.integers(1, 10**6), st.integers(1, 10**9))
def test_what_is_pledged_is_exact_rounded_down_once_and_never_above_the_cap(
    metres: int, per_km: int, cap: int
) -> None:
    exact = (Decimal(metres) / 1000 * per_km).to_integral_value(ROUND_FLOOR)
    assert pledged(metres, per_km, cap) == min(cap, int(exact))


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_the_cap_is_reached_at_that_metre_and_not_before(per_km: int, cap: int) -> None:
    metres = metres_for(cap, per_km)
    assert pledged(metres, per_km, cap) == cap
    assert pledged(metres - 1, per_km, cap) < cap


def test_two_runs_of_a_day_are_one_day() -> None:
    assert contribution("days", 5_000, None, new_day=True) == 1
    assert contribution("days", 5_000, None, new_day=False) == 0
    assert contribution("metres", 5_000, None, new_day=False) == 5_000
    assert contribution("seconds", 5_000, None, new_day=True) == 0


@given(
    st.sampled_from(["UTC", "Pacific/Kiritimati", "Pacific/Honolulu", "Europe/Berlin", "America/New_York"]),
    st.integers(0, 720),
    st.dates(date(2026, 1, 1), date(2030, 12, 31)),
)
def test_the_result_waits_48_hours_after_the_last_running_day(zone: str, day_starts: int, last: date) -> None:
    over = final_from(last, [ZoneInfo(zone), ZoneInfo("UTC")], day_starts) - timedelta(hours=48)
    for each in ("UTC", zone):
        assert running_day(over, ZoneInfo(each), day_starts) > last
    just_before = over - timedelta(seconds=1)
    assert any(running_day(just_before, ZoneInfo(each), day_starts) <= last for each in ("UTC", zone))


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (FIRST - timedelta(days=1), "coming"),
        (FIRST, "open"),
        (LAST, "open"),
        (LAST + timedelta(days=1), "closing"),
    ],
)
def test_a_challenge_runs_from_its_first_to_its_last_day(today: date, state: str) -> None:
    assert state_of(PLAN, today, posted=True) == state
    assert state_of(PLAN, today, posted=False) == "draft"
    assert state_of(PLAN, today, posted=True, final=True) == "final"
    assert state_of(PLAN, today, posted=True, removed=True) == "removed"


def test_the_list_of_a_group_fits_into_one_menu() -> None:
    assert MOST_OPEN <= 25
