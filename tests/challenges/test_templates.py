"""Templates: one press makes a plan that can be posted, wherever its maker is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.challenges.forms import read_plan, wording_of
from bot.challenges.loading import ChallengeFrame
from bot.challenges.routes import route_of
from bot.challenges.rules import LONGEST_LINE, LONGEST_TITLE, check_plan
from bot.challenges.templates import TEMPLATES, plan_of
from bot.errors import Refusal
from bot.words import Catalogues

ENGLISH = Catalogues().choose("en")
WEDNESDAY = date(2026, 11, 18)
FRAME = ChallengeFrame(
    now=datetime(2026, 11, 18, 12, 0, tzinfo=UTC),
    zone=ZoneInfo("Europe/Berlin"),
    units="km",
    group_units="km",
    language="en",
    day_starts_minute=240,
    week_starts_on=0,
    open=0,
    open_own=0,
    members_make=True,
)
zones = st.sampled_from(
    ["UTC", "Pacific/Kiritimati", "America/Los_Angeles", "Asia/Kolkata", "Asia/Tokyo", "Africa/Lagos"]
)


@pytest.mark.parametrize("key", TEMPLATES)
@given(st.integers(0, 10_000), zones, st.integers(0, 6), st.sampled_from(["en", "de", "pt-BR", "ja"]))
def test_a_template_is_a_plan_at_any_hour_anywhere(
    key: str, hours: int, zone: str, week_starts_on: int, language: str
) -> None:
    now = FRAME.now + timedelta(hours=hours)
    frame = replace(FRAME, now=now, zone=ZoneInfo(zone), week_starts_on=week_starts_on, language=language)
    plan = plan_of(key, frame, ENGLISH)
    check_plan(plan)
    assert plan.kind == TEMPLATES[key].kind
    assert frame.today <= plan.first_day < frame.today + timedelta(days=7)
    assert len(plan.title) <= LONGEST_TITLE
    assert len(plan.line or "") <= LONGEST_LINE
    assert read_plan(plan.kind, wording_of(plan, frame, "en"), frame, "en") == plan


@pytest.mark.parametrize(("key", "target", "days"), [("first_5k", 24, 56), ("three_a_week", 12, 28)])
def test_what_counts_days_by_the_week_lasts_whole_weeks_of_the_group(
    key: str, target: int, days: int
) -> None:
    plan = plan_of(key, FRAME, ENGLISH)
    assert plan.target == target
    assert plan.first_day == date(2026, 11, 23)  # the coming Monday
    assert plan.last_day == plan.first_day + timedelta(days=days - 1)
    sunday = plan_of(key, replace(FRAME, week_starts_on=6), ENGLISH)
    assert sunday.first_day == date(2026, 11, 22)
    assert plan_of(key, replace(FRAME, week_starts_on=2), ENGLISH).first_day == WEDNESDAY


def test_the_river_is_as_long_as_its_route_and_begins_today() -> None:
    plan = plan_of("river", FRAME, ENGLISH)
    route = route_of(plan.route_key)
    assert route is not None
    assert plan.target == route.length
    assert plan.first_day == WEDNESDAY


@pytest.mark.parametrize(
    ("zone", "language", "currency", "per_km", "cap"),
    [
        ("Europe/Berlin", "en", "EUR", 10, 10_000),
        ("Europe/London", "en", "GBP", 10, 10_000),
        ("Asia/Tokyo", "en", "JPY", 10, 10_000),
        ("Europe/Stockholm", "en", "SEK", 100, 100_000),
        ("UTC", "pt-BR", "BRL", 50, 50_000),
        ("UTC", "en", "EUR", 10, 10_000),
        ("Asia/Tehran", "en", "EUR", 10, 10_000),
    ],
)
def test_the_charity_month_is_in_a_currency_that_its_maker_knows(
    zone: str, language: str, currency: str, per_km: int, cap: int
) -> None:
    plan = plan_of("charity_month", replace(FRAME, zone=ZoneInfo(zone), language=language), ENGLISH)
    assert (plan.currency, plan.per_km, plan.cap) == (currency, per_km, cap)
    assert plan.last_day == WEDNESDAY + timedelta(days=29)


@pytest.mark.parametrize("key", ["", "first_10k", "FIRST_5K"])
def test_a_template_that_does_not_exist_is_refused(key: str) -> None:
    with pytest.raises(Refusal, match="don't know that template"):
        plan_of(key, FRAME, ENGLISH)
