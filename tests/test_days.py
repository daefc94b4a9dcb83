"""Running days, weeks and zones, checked against a walk over the clock, hour by hour and zone by zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.days import (
    DAY,
    at_local,
    day_bounds,
    running_day,
    week_start,
    weeks_between,
    zone,
    zone_choices,
)
from bot.errors import Refusal

ALL_ZONES = sorted(available_timezones() - {"Factory", "localtime", "posixrules"})
ZONES = st.sampled_from(ALL_ZONES).map(ZoneInfo)
MINUTES = st.integers(0, 720)
MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")


def first_showing(day: date, minute: int, where: ZoneInfo) -> datetime:
    """The oracle: walk over UTC minutes and take the first whose wall clock has reached that time."""
    wanted = datetime.combine(day, time(minute // 60, minute % 60))
    moment = wanted.replace(tzinfo=UTC) - timedelta(hours=26)
    for step in (timedelta(hours=1), timedelta(minutes=1)):
        while moment.astimezone(where).replace(tzinfo=None) < wanted:
            moment += step
        if step > timedelta(minutes=1):
            # An overlap can hide the first showing within the last hours: go back far enough to see it.
            moment -= timedelta(hours=3)
    return moment


def transitions(where: ZoneInfo, year: int) -> list[datetime]:
    """The whole hours of a year within which the zone's offset changes."""
    start = datetime(year, 1, 1, tzinfo=UTC)
    days = [start + timedelta(days=n) for n in range(366)]
    return [
        first + timedelta(hours=hour)
        for first in days
        if first.astimezone(where).utcoffset() != (first + DAY).astimezone(where).utcoffset()
        for hour in range(24)
        if (first + timedelta(hours=hour)).astimezone(where).utcoffset()
        != (first + timedelta(hours=hour + 1)).astimezone(where).utcoffset()
    ]


@pytest.mark.parametrize("year", [2026, 2027])
def test_every_zone_has_seamless_running_days_around_its_clock_changes(year: int) -> None:
    seen = 0
    for name in ALL_ZONES:
        where = ZoneInfo(name)
        for change in transitions(where, year):
            day = change.astimezone(where).date()
            for minute in (0, 60, 90, 120, 150, 180, 240):
                start, end = day_bounds(day, where, minute)
                assert start < end
                assert running_day(start, where, minute) == day
                assert running_day(start - timedelta(seconds=1), where, minute) == day - DAY
                assert running_day(end - timedelta(seconds=1), where, minute) == day
                assert running_day(end, where, minute) == day + DAY
                seen += 1
    assert seen > 1000


@settings(max_examples=150, deadline=None)
@given(ZONES, MOMENTS, MINUTES)
def test_a_moment_lies_within_the_bounds_of_its_running_day(
    where: ZoneInfo, moment: datetime, minute: int
) -> None:
    start, end = day_bounds(running_day(moment, where, minute), where, minute)
    assert start <= moment < end


@settings(max_examples=150, deadline=None)
@given(ZONES, MOMENTS, st.integers(0, 1439))
def test_a_wall_clock_time_is_the_first_moment_that_shows_it(
    where: ZoneInfo, moment: datetime, minute: int
) -> None:
    day = moment.date()
    assert at_local(day, minute, where) == first_showing(day, minute, where)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Havana")), st.data()
)
def test_the_first_showing_holds_through_the_very_hours_of_a_change(name: str, data: st.DataObject) -> None:
    where = ZoneInfo(name)
    change = data.draw(st.sampled_from(transitions(where, 2026)))
    local = change.astimezone(where).replace(tzinfo=None) + timedelta(
        minutes=data.draw(st.integers(-150, 150))
    )
    minute = local.hour * 60 + local.minute
    assert at_local(local.date(), minute, where) == first_showing(local.date(), minute, where)


def test_the_day_turns_at_four_unless_the_group_says_otherwise() -> None:
    late = datetime(2026, 11, 21, 1, 30, tzinfo=BERLIN)
    assert running_day(late, BERLIN, 240) == date(2026, 11, 20)
    assert running_day(late, BERLIN, 0) == date(2026, 11, 21)
    assert running_day(late.replace(hour=4, minute=0), BERLIN, 240) == date(2026, 11, 21)


def test_a_time_in_the_spring_gap_moves_to_the_first_moment_that_exists() -> None:
    assert at_local(date(2026, 3, 29), 150, BERLIN) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert at_local(date(2026, 3, 8), 150, NEW_YORK) == datetime(2026, 3, 8, 7, 0, tzinfo=UTC)


def test_a_time_in_the_autumn_overlap_is_the_first_of_the_two() -> None:
    assert at_local(date(2026, 10, 25), 150, BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_day_that_turns_within_the_overlap_turns_once() -> None:
    start, _ = day_bounds(date(2026, 10, 25), BERLIN, 150)
    hours = [start + timedelta(minutes=10 * n) for n in range(12)]
    assert {running_day(moment, BERLIN, 150) for moment in hours} == {date(2026, 10, 25)}


def test_a_date_that_a_zone_skipped_holds_no_moment() -> None:
    apia = ZoneInfo("Pacific/Apia")
    start, end = day_bounds(date(2011, 12, 30), apia, 0)
    assert start == end == at_local(date(2011, 12, 31), 0, apia)
    assert running_day(end, apia, 0) == date(2011, 12, 31)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 6))
def test_a_week_begins_on_its_day_at_most_six_days_back(day: date, starts_on: int) -> None:
    start = week_start(day, starts_on)
    assert start.weekday() == starts_on
    assert 0 <= (day - start).days <= 6


def test_weeks_between_holds_both_ends() -> None:
    assert weeks_between(date(2026, 11, 2), date(2026, 11, 16)) == [
        date(2026, 11, 2),
        date(2026, 11, 9),
        date(2026, 11, 16),
    ]
    assert weeks_between(date(2026, 11, 9), date(2026, 11, 2)) == []


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        (" America/new york ", "America/New_York"),
        ("Berlin", "Europe/Berlin"),
        ("são paulo", "America/Sao_Paulo"),
        ("Mumbai", "Asia/Kolkata"),
        ("utc", "UTC"),
        ("Etc/GMT+5", "Etc/GMT+5"),
        ("Etc/GMT-5", "Etc/GMT-5"),
    ],
)
def test_a_zone_is_known_by_its_name_or_its_city(typed: str, name: str) -> None:
    assert zone(typed).key == name


@pytest.mark.parametrize("name", ALL_ZONES)
def test_every_zone_that_can_be_chosen_loads_again_by_its_name(name: str) -> None:
    if "/" in name or name == "UTC":
        assert zone(name).key == name


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "/",
        ".",
        "..",
        "../../etc/passwd",
        "Europe/../Europe/Berlin",
        "/usr/share/zoneinfo/Europe/Berlin",
        "Local",
        "localtime",
        "Factory",
        "posixrules",
        "EST",
        "CEST",
        "Mars/Olympus",
        "+02:00",
        "Europe",
        "B" * 10_000,
        "\u202eniLreB",
        "tzdata.zi",
    ],
)
def test_a_zone_that_does_not_exist_is_refused_in_words(typed: str) -> None:
    with pytest.raises(Refusal, match="nearest large city"):
        zone(typed)


def test_choices_of_zones_begin_with_common_ones() -> None:
    assert zone_choices("")[0] == "Europe/London"
    assert len(zone_choices("")) == 25
    assert zone_choices("new y")[0] == "America/New_York"
    assert zone_choices("NEW_YORK")[0] == "America/New_York"
    assert zone_choices("berl")[0] == "Europe/Berlin"
    assert zone_choices("zürich")[0] == "Europe/Zurich"
    assert zone_choices("munich") == ["Europe/Berlin"]
    assert zone_choices("São P")[0] == "America/Sao_Paulo"
    assert zone_choices("europe/")[0] == "Europe/London"
    assert zone_choices("xyzzy") == []
    assert zone_choices("@" * 10_000) == zone_choices("")


@given(st.text(max_size=40), st.integers(1, 25))
def test_every_choice_offered_is_a_zone_and_none_comes_twice(text: str, limit: int) -> None:
    choices = zone_choices(text, limit)
    assert len(choices) == len(set(choices)) <= limit
    assert all(zone(name).key == name for name in choices)
