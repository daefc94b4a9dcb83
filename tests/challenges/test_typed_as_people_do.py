"""What makers type without having read the examples: read as meant, or refused with words for that very field."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.challenges.forms import read_plan
from bot.challenges.loading import ChallengeFrame
from bot.challenges.model import Kind, Measure, Plan
from bot.challenges.money import Money, read_money
from bot.challenges.targets import read_target
from bot.errors import Refusal
from bot.ui.doors import sentence_of
from bot.words import Catalogues

ENGLISH = Catalogues().choose("en")
TODAY = date(2026, 11, 18)  # a Wednesday
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


def read(start: str, end: str, frame: ChallengeFrame = FRAME) -> Plan:
    fields = {"title": "Fifty each", "target": "50 km", "start": start, "end": end, "line": ""}
    return read_plan("distance", fields, frame, "en")


def refused(start: str, end: str) -> str:
    with pytest.raises(Refusal) as refusal:
        read(start, end)
    return sentence_of(refusal.value, ENGLISH)


def names(typed: str) -> tuple[str, ...]:
    fields = {"title": "Us", "teams": typed, "measure": "distance", "start": "", "end": "4 weeks"}
    return read_plan("teams", fields, FRAME, "en").teams


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        ("Monday", "Sunday", date(2026, 11, 23), date(2026, 11, 29)),
        ("next Monday", "next Sunday", date(2026, 11, 23), date(2026, 11, 29)),
        ("in 2 weeks", "on Friday", date(2026, 12, 2), date(2026, 12, 4)),
        ("Saturday", "Saturday", date(2026, 11, 21), date(2026, 11, 21)),
        ("2027-01-01", "Fri", date(2027, 1, 1), date(2027, 1, 1)),
        ("yesterday", "Tuesday", date(2026, 11, 17), date(2026, 11, 24)),
    ],
)
def test_a_weekday_as_the_end_is_the_first_that_can_be_meant(
    start: str, end: str, first: date, last: date
) -> None:
    plan = read(start, end)
    assert (plan.first_day, plan.last_day) == (first, last)


def test_a_past_weekday_stays_past() -> None:
    assert "It ends before it starts" in refused("", "last Sunday")


def test_a_date_with_points_begins_with_its_day() -> None:
    plan = read("1.12.", "31.12.")
    assert (plan.first_day, plan.last_day) == (date(2026, 12, 1), date(2026, 12, 31))
    assert read("1.12.2026", "5.12.26").last_day == date(2026, 12, 5)


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        ("from Monday", "for 4 weeks", date(2026, 11, 23), date(2026, 12, 20)),
        ("starting tomorrow", "until 31 Dec", date(2026, 11, 19), date(2026, 12, 31)),
        ("", "till Sunday", TODAY, date(2026, 11, 22)),
        ("", "a year", TODAY, date(2027, 11, 17)),
        ("", "1 year", TODAY, date(2027, 11, 17)),
    ],
)
def test_small_words_before_a_day_are_read_over(start: str, end: str, first: date, last: date) -> None:
    plan = read(start, end)
    assert (plan.first_day, plan.last_day) == (first, last)


def test_an_unreadable_day_says_which_of_the_two_and_what_fits_there() -> None:
    first, last = refused("next month", "4 weeks"), refused("", "end of the month")
    assert first == "I can't read that first day. Type it like today, Monday or 2026-12-01."
    assert last == "I can't read that last day. Type a day like Sunday or 31 Dec, or a length like 4 weeks."


@pytest.mark.parametrize(
    ("kind", "typed", "measure", "target"),
    [
        ("distance", "50km each", "metres", 50_000),
        ("distance", "50 km per person", "metres", 50_000),
        ("distance", "50 each", "metres", 50_000),
        ("distance", "half marathon", "metres", 21_098),
        ("distance", "a marathon", "metres", 42_195),
        ("minutes", "10 hours each", "seconds", 36_000),
        ("minutes", "10 h 30 min each", "seconds", 37_800),
        ("days", "12 days each", "days", 12),
        ("together", "500 km together", "metres", 500_000),
        ("together", "50 h in total", "seconds", 180_000),
    ],
)
def test_a_target_may_say_whose_it_is(kind: Kind, typed: str, measure: Measure, target: int) -> None:
    assert read_target(typed, kind, "km", "en") == (measure, target)


@pytest.mark.parametrize("typed", ["each", "per person", "500 km each each", "marathon marathon"])
def test_words_alone_are_no_target(typed: str) -> None:
    with pytest.raises(Refusal):
        read_target(typed, "distance", "km", "en")


@pytest.mark.parametrize(
    ("typed", "minor", "currency"),
    [
        ("€0.50/km", 50, "EUR"),
        ("0.50 €/km", 50, "EUR"),
        ("1 Euro per km", 100, "EUR"),
        ("0.5 GBP a kilometre", 50, "GBP"),
        ("50 cents", 50, "EUR"),
        ("50 ct / km", 50, "EUR"),
        ("50p", 50, "GBP"),
        ("1 pound", 100, "GBP"),
        ("CHF 1.-", 100, "CHF"),
        ("5,- €", 500, "EUR"),
        ("up to 500 EUR", 50_000, "EUR"),
        ("500 EUR max", 50_000, "EUR"),
    ],
)
def test_an_amount_is_read_with_what_people_say_around_it(typed: str, minor: int, currency: str) -> None:
    assert read_money(typed, default_currency="EUR") == Money(minor, currency)


def test_cents_are_of_the_currency_that_is_usual_here() -> None:
    assert read_money("50 cents", default_currency="USD") == Money(50, "USD")
    for default in (None, "JPY"):
        with pytest.raises(Refusal, match="Say the currency too"):
            read_money("50 cents", default_currency=default)


@pytest.mark.parametrize("typed", ["0.50 EUR/mi", "$1 per mile", "1 GBP a mile"])
def test_an_amount_by_the_mile_is_never_taken_for_one_by_the_kilometre(typed: str) -> None:
    with pytest.raises(Refusal, match=r"^Pledges go by the kilometre"):
        read_money(typed, default_currency="USD")


@pytest.mark.parametrize("typed", ["0.5 cents", "50 cents EUR cents", "-50 cents", "0 cents"])
def test_cents_that_cannot_be_are_refused(typed: str) -> None:
    with pytest.raises(Refusal):
        read_money(typed, default_currency="EUR")


def test_a_list_of_teams_loses_its_marks() -> None:
    for typed in (
        "1. Owls\n2. Larks",
        "- Owls\n- Larks",
        "* Owls\n• Larks",
        "1) Owls, 2) Larks",
        "Owls | Larks",
    ):
        assert names(typed) == ("Owls", "Larks")
    assert names("1.FC Owls, 24 Larks") == ("1.FC Owls", "24 Larks")


def test_a_bare_target_and_a_mark_of_miles_stay_in_the_groups_unit() -> None:
    miles = replace(FRAME, group_units="mi")
    fields = {"title": "Ten", "target": "10 each", "start": "", "end": "4 weeks", "line": ""}
    assert read_plan("distance", fields, miles, "en").target == 16_093


@pytest.mark.parametrize(
    ("kind", "typed", "says"),
    [
        ("distance", "26 m", "less than a kilometre. Type kilometres as km and miles as mi"),
        ("together", "500 m", "less than a kilometre"),
        ("minutes", "45 s", "less than a minute"),
        ("together", "30 seconds", "less than a minute"),
    ],
)
def test_a_target_too_small_to_show_is_a_slip_of_the_unit(kind: Kind, typed: str, says: str) -> None:
    fields = {"title": "Us", "target": typed, "start": "", "end": "4 weeks", "line": ""}
    with pytest.raises(Refusal, match=says):
        read_plan(kind, fields, FRAME, "en")
    assert read_plan(
        kind, {**fields, "target": "1000 m" if kind != "minutes" else "60 s"}, FRAME, "en"
    ).target
