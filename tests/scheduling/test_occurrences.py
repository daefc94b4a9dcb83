"""What comes at a time of the wall clock comes on each date once: checked by reading clocks, zone by zone."""

from __future__ import annotations

import random
import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from bot.scheduling.occurrences import Occurrence, Recurrence, next_occurrence, occurrences
from tests.scheduling.occurrence_oracle import Clocked, Comparison, compare, first_showings

HALF_HOURS = range(0, 1_440, 30)
EVERY_DAY = 127
MONDAY = 1
ALL_ZONES = sorted(available_timezones())


def utc(*figures: int) -> datetime:
    return datetime(*figures, tzinfo=UTC)  # type: ignore[arg-type, misc]


def against_the_oracle(name: str, since: datetime, until: datetime) -> Comparison:
    zone, total = ZoneInfo(name), Comparison()
    for minute, expected in first_showings(zone, since, until, HALF_HOURS).items():
        made = occurrences(Recurrence(minute, EVERY_DAY), zone, None, since, until)
        total.add(compare(expected, [(each.day, each.due_at) for each in made]))
    return total


def due(name: str, minute: int, day: date) -> datetime | None:
    """The moment at which the bot makes `day`'s occurrence, None where it makes none."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    around = occurrences(
        Recurrence(minute, EVERY_DAY),
        ZoneInfo(name),
        None,
        noon - timedelta(days=3),
        noon + timedelta(days=3),
    )
    return {each.day: each.due_at for each in around}.get(day)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("America/New_York", date(2026, 3, 8)),
        ("America/New_York", date(2026, 11, 1)),
        ("Europe/Berlin", date(2026, 3, 29)),
        ("Europe/Berlin", date(2026, 10, 25)),
        ("Australia/Lord_Howe", date(2026, 4, 5)),
        ("Australia/Lord_Howe", date(2026, 10, 4)),
        ("Pacific/Apia", date(2011, 12, 30)),
        ("Pacific/Apia", date(2021, 4, 4)),
        ("Pacific/Apia", date(2021, 9, 26)),
        ("America/Nuuk", date(2026, 3, 28)),
        ("America/Nuuk", date(2026, 10, 24)),
    ],
)
def test_the_week_of_a_clock_change_has_every_date_once(name: str, change: date) -> None:
    middle = datetime(change.year, change.month, change.day, tzinfo=UTC)
    found = against_the_oracle(name, middle - timedelta(days=4), middle + timedelta(days=4))
    assert found.clean, found
    assert found.compared >= 48 * 7


def test_new_york_moves_a_skipped_time_on_and_takes_a_doubled_one_first() -> None:
    assert due("America/New_York", 150, date(2026, 3, 8)) == utc(2026, 3, 8, 7)
    assert due("America/New_York", 90, date(2026, 11, 1)) == utc(2026, 11, 1, 5, 30)


def test_berlin_moves_a_skipped_time_on_and_takes_a_doubled_one_first() -> None:
    assert due("Europe/Berlin", 150, date(2026, 3, 29)) == utc(2026, 3, 29, 1)
    assert due("Europe/Berlin", 150, date(2026, 10, 25)) == utc(2026, 10, 25, 0, 30)


def test_lord_howe_changes_by_half_an_hour() -> None:
    assert due("Australia/Lord_Howe", 135, date(2026, 10, 4)) == utc(2026, 10, 3, 15, 30)
    assert due("Australia/Lord_Howe", 105, date(2026, 4, 5)) == utc(2026, 4, 4, 14, 45)


@pytest.mark.parametrize("minute", [0, 480, 1_439])
def test_apia_had_no_30th_of_december_in_2011(minute: int) -> None:
    assert due("Pacific/Apia", minute, date(2011, 12, 30)) is None
    before, after = (due("Pacific/Apia", minute, date(2011, 12, day)) for day in (29, 31))
    assert before is not None
    assert after is not None
    assert after - before == timedelta(days=1)


def test_apia_has_no_summer_time_since_2021() -> None:
    assert due("Pacific/Apia", 210, date(2021, 4, 4)) == utc(2021, 4, 3, 13, 30)
    assert due("Pacific/Apia", 180, date(2021, 9, 26)) == utc(2021, 9, 25, 14)


def test_a_gap_that_reaches_midnight_takes_no_date_its_occurrence() -> None:
    """Nuuk's clock goes from Saturday 23:00 to Sunday 00:00, and Saturday's 23:30 is due then."""
    assert due("America/Nuuk", 1_410, date(2026, 3, 28)) == utc(2026, 3, 29, 1)
    assert due("America/Nuuk", 1_410, date(2026, 3, 29)) == utc(2026, 3, 30, 0, 30)


def test_any_zone_and_year_agrees_with_the_oracle() -> None:
    dice, total = random.Random(3), Comparison()
    for name in dice.sample(ALL_ZONES, 36):
        # Clocks change in spring and in autumn: half a year from midwinter on holds one of them.
        since = datetime(dice.randrange(2024, 2036), dice.choice((1, 7)), 1, tzinfo=UTC)
        zone, minute = ZoneInfo(name), dice.choice(HALF_HOURS)
        until = since + timedelta(days=180)
        expected = first_showings(zone, since, until, [minute])[minute]
        made = occurrences(Recurrence(minute, EVERY_DAY), zone, None, since, until)
        total.add(compare(expected, [(each.day, each.due_at) for each in made]))
    assert total.clean, total
    assert total.compared >= 36 * 179


def test_one_after_the_other_makes_the_same_as_all_at_once() -> None:
    zone, mask = ZoneInfo("Europe/Berlin"), 0b0100101
    recurrence, since, until = Recurrence(150, mask), utc(2026, 1, 1), utc(2027, 1, 1)
    made: list[Clocked] = []
    day, moment = None, since
    while (each := next_occurrence(recurrence, zone, day, moment)).due_at <= until:
        made.append((each.day, each.due_at))
        day, moment = each.day, each.due_at
    expected = [one for one in first_showings(zone, since, until, [150])[150] if mask >> one[0].weekday() & 1]
    assert made == expected
    assert made == [(one.day, one.due_at) for one in occurrences(recurrence, zone, None, since, until)]


def naive(minute: int, zone: ZoneInfo, since: datetime, until: datetime) -> list[Clocked]:
    """The planted fault: the first occurrence rightly, then 24 hours on and on."""
    local = since.astimezone(zone).replace(hour=minute // 60, minute=minute % 60)
    moment = local.astimezone(UTC)
    while moment <= since:
        moment += timedelta(days=1)
    made = []
    while moment <= until:
        made.append((moment.astimezone(zone).date(), moment))
        moment += timedelta(days=1)
    return made


def test_the_oracle_finds_steps_of_24_hours_wrong() -> None:
    zone, since, until = ZoneInfo("America/New_York"), utc(2026, 1, 1), utc(2027, 1, 1)
    found = compare(first_showings(zone, since, until, [0])[0], naive(0, zone, since, until))
    assert found.wrong == (date(2026, 11, 1) - date(2026, 3, 8)).days  # every midnight of the summer
    late = compare(first_showings(zone, since, until, [1_410])[1_410], naive(1_410, zone, since, until))
    assert late.missing == 1  # 8 March has none: 23:30 and 24 hours is 00:30 of the 9th
    assert late.twice == 1  # and 31 October, whose own 23:30 was 00:30 until then, gets a second in the night
    assert not found.clean
    assert not late.clean


def test_the_oracle_finds_a_date_made_that_does_not_exist() -> None:
    zone, since, until = ZoneInfo("Pacific/Apia"), utc(2011, 12, 25), utc(2012, 1, 5)
    expected = first_showings(zone, since, until, [480])[480]
    invented = sorted([*expected, (date(2011, 12, 30), utc(2011, 12, 30, 10))])
    assert compare(expected, invented).wrong == 1
    assert compare(expected, expected[1:]).missing == 1
    assert compare(expected, [*expected, expected[-1]]).twice == 1


def test_nothing_comes_twice_for_a_date_even_where_the_zone_was_changed() -> None:
    """Somebody moved from Auckland to Los Angeles: the 18th was had, though in the new zone it is still the 17th."""
    had = next_occurrence(
        Recurrence(480, EVERY_DAY), ZoneInfo("Pacific/Auckland"), None, utc(2026, 11, 17, 12)
    )
    assert had.day == date(2026, 11, 18)
    moved = next_occurrence(Recurrence(480, EVERY_DAY), ZoneInfo("America/Los_Angeles"), had.day, had.due_at)
    assert moved.day == date(2026, 11, 19)


def test_since_is_left_out_and_until_is_kept() -> None:
    zone, recurrence = ZoneInfo("UTC"), Recurrence(480, EVERY_DAY)
    made = occurrences(recurrence, zone, None, utc(2026, 11, 16, 8), utc(2026, 11, 18, 8))
    assert made == [
        Occurrence(date(2026, 11, 17), utc(2026, 11, 17, 8)),
        Occurrence(date(2026, 11, 18), utc(2026, 11, 18, 8)),
    ]
    assert occurrences(recurrence, zone, date(2026, 11, 18), utc(2026, 11, 16), utc(2026, 11, 18, 8)) == []


@pytest.mark.parametrize(("minute", "weekdays"), [(-1, 127), (1_440, 127), (480, 0), (480, 128), (480, -1)])
def test_what_never_comes_is_no_recurrence(minute: int, weekdays: int) -> None:
    with pytest.raises(ValueError, match="no such recurrence"):
        Recurrence(minute, weekdays)


def test_a_thousand_schedules_are_planned_in_well_under_a_tenth_of_a_second() -> None:
    dice = random.Random(1)
    zones = [ZoneInfo(name) for name in dice.sample(ALL_ZONES, 100)]
    batch = [(Recurrence(n % 1_440, dice.randrange(1, 128)), zones[n % 100]) for n in range(1_000)]
    now = utc(2026, 11, 18, 12)
    # The processor's time, the best of three: others work on the machine too. No date is at hand from before.
    best = min(_planning(batch, now + timedelta(weeks=52 * n)) for n in range(3))
    assert best < 0.05


def _planning(batch: list[tuple[Recurrence, ZoneInfo]], now: datetime) -> float:
    started = time.process_time()
    for recurrence, zone in batch:
        next_occurrence(recurrence, zone, None, now)
    return time.process_time() - started
