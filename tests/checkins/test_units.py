"""Distances and times as typed and as shown."""

from __future__ import annotations

import re
from contextlib import suppress
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.checkins.units import (
    HALF_MARATHON,
    MARATHON,
    MAX_METRES,
    MAX_SECONDS,
    Units,
    format_distance,
    format_duration,
    format_pace,
    pace_seconds,
    parse_distance,
    parse_duration,
)
from bot.errors import Refusal

UNITS = st.sampled_from(("km", "mi"))


@pytest.mark.parametrize(
    ("typed", "metres"),
    [
        ("5k", 5000),
        ("5K", 5000),
        (" 5 km ", 5000),
        ("5\u00a0km", 5000),
        ("5\u202fkm.", 5000),
        ("5.", 5000),
        (",5", 500),
        ("5,2 km", 5200),
        ("5.2km", 5200),
        ("5,200", 5200),
        ("5,200 km", 5200),
        ("5,200 m", 5200),
        ("5,200m", 5200),
        ("5 200 m", 5200),
        ("123,456 metres", 123_456),
        ("12,5200 m", 13),
        ("5000 m", 5000),
        ("400 meters", 400),
        ("10 kilometres", 10_000),
        ("10 kilometers", 10_000),
        ("3.1 mi", 4989),
        ("1 mile", 1609),
        ("26.2 MILES", 42_165),
        ("half marathon", HALF_MARATHON),
        ("Half-Marathon", HALF_MARATHON),
        ("half", 21_098),
        ("Marathon", MARATHON),
        ("full marathon", 42_195),
        ("٥ km", 5000),
        ("५.२ km", 5200),
        ("٥٫٢ km", 5200),
        ("５ km", 5000),
        ("\u200e5 km\u200f", 5000),
        ("400 km", 400_000),
        ("0.001", 1),
        ("0.0005 km", 1),
    ],
)
def test_a_distance_reads_as_people_write_it(typed: str, metres: int) -> None:
    assert parse_distance(typed, "km") == metres


def test_a_bare_number_is_in_the_members_unit() -> None:
    assert parse_distance("5", "km") == 5000
    assert parse_distance("5", "mi") == 8047
    assert parse_distance("5k", "mi") == 5000


NONSENSE = [
    "",
    "   ",
    "fast",
    "inf",
    "nan",
    "infinity km",
    "1e3",
    "1e999",
    "9**9**9",
    "0x10",
    "5²",
    "½",
    "⑤ km",
    "5 6",
    "5.2.1 km",
    "5,200.5 m",
    "1_000",
    "+5",
    "5 km 5",
    "5 parsecs",
    "km",
    ".",
    "@everyone",
    "\u202e5\n6",
    "1" * 10_000,
    " " * 10_000 + "5k",
    "5" + "," * 10_000,
    "٬",
]


@pytest.mark.parametrize(
    "typed", [*NONSENSE, "-5 km", "−5", "0", "0 km", "0.0004 km", "400.001 km", "999999999", "5.200 m"]
)
def test_a_distance_that_means_nothing_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_distance(typed, "km")
    assert re.search(r"\d|unit", refused.value.message)
    assert all(len(str(value)) < 12 for value in refused.value.values.values())


def test_metres_typed_without_a_unit_are_recognised() -> None:
    with pytest.raises(Refusal, match="Did you mean") as refused:
        parse_distance("5000", "km")
    assert refused.value.values == {"typed": "5000"}


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [
        ("26:41", 1601),
        ("1:02:03", 3723),
        ("75:30", 4530),
        ("26:41.5", 1602),
        ("31 min", 1860),
        ("31m", 1860),
        ("31 minutes", 1860),
        ("1h 2m", 3720),
        ("1h02", 3720),
        ("1 h 2", 3720),
        ("1h", 3600),
        ("1.5h", 5400),
        ("1,5 hours", 5400),
        ("1:30 h", 5400),
        ("1:30h", 5400),
        ("26:41 min", 1601),
        ("1:02:03 h", 3723),
        ("90", 5400),
        ("31.5", 1890),
        ("45s", 45),
        ("45 sec", 45),
        ("1 hour 5 minutes", 3900),
        ("1 hour and 5 minutes", 3900),
        ("1 hour, 5 min, 3 seconds", 3903),
        ("26m41s", 1601),
        ("26m41", 1601),
        ("26 min 41 sec", 1601),
        ("26'41\"", 1601),
        ("26′41″", 1601),
        ("26’41”", 1601),
        ("1h 30s", 3630),
        ("٢٦:٤١", 1601),
        ("２６：４１", 1601),
        ("24:00:00", 86_400),
        ("24h", 86_400),
    ],
)
def test_a_time_reads_as_people_write_it(typed: str, seconds: int) -> None:
    assert parse_duration(typed) == seconds


@pytest.mark.parametrize(
    "typed",
    [
        *NONSENSE,
        "-26:41",
        "0",
        "0:00",
        "24:00:01",
        "1441",
        "999999",
        "26:4",
        "26:",
        ":41",
        "26:60",
        "1:60:00",
        "1:00:60",
        "1:2:3:4",
        "26:41 km",
        "26:41 s",
        "5m 1h",
        "1h 2h",
        "1h 30 20s",
        "1h 2 3",
        "5 and",
        "31 parsecs",
        "5:20 /km",
    ],
)
def test_a_time_that_means_nothing_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_duration(typed)
    assert re.search(r"\d", refused.value.message)
    assert all(len(str(value)) < 12 for value in refused.value.values.values())


def test_a_point_for_a_colon_is_asked_about_rather_than_guessed() -> None:
    with pytest.raises(Refusal) as refused:
        parse_duration("26.41")
    assert refused.value.message.format(**refused.value.values).startswith("Did you mean 26:41?")


@given(st.text(max_size=60), UNITS)
def test_any_text_is_read_or_refused_never_worse(text: str, units: Units) -> None:
    with suppress(Refusal):
        assert 1 <= parse_distance(text, units) <= MAX_METRES
    with suppress(Refusal):
        assert 1 <= parse_duration(text) <= MAX_SECONDS


@given(st.integers(1, 40_000), st.sampled_from((".", ",")), st.sampled_from(("km", " km", " k", "")))
def test_every_hundredth_of_a_kilometre_reads_exactly(hundredths: int, mark: str, unit: str) -> None:
    assert parse_distance(f"{hundredths // 100}{mark}{hundredths % 100:02}{unit}", "km") == hundredths * 10


@given(st.integers(1, 24_000))
def test_every_hundredth_of_a_mile_reads_as_decimal_arithmetic_says(hundredths: int) -> None:
    exact = Decimal(hundredths) / 100 * Decimal("1609.344")
    expected = int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    assert parse_distance(f"{hundredths / 100:.2f} mi", "km") == expected


@given(st.integers(1, MAX_SECONDS))
def test_a_shown_time_reads_back_as_itself(seconds: int) -> None:
    assert parse_duration(format_duration(seconds)) == seconds


@given(st.integers(20, MAX_METRES))
def test_a_shown_distance_reads_back_to_within_its_last_figure(metres: int) -> None:
    assert abs(parse_distance(format_distance(metres, "km"), "mi") - metres) <= 5
    if metres <= MAX_METRES - 10:
        assert abs(parse_distance(format_distance(metres, "mi"), "km") - metres) <= 9


@pytest.mark.parametrize(
    ("metres", "units", "language", "shown"),
    [
        (5000, "km", "en", "5.00 km"),
        (5000, "mi", "en", "3.11 mi"),
        (5005, "km", "en", "5.01 km"),
        (5004, "km", "en", "5.00 km"),
        (5000, "km", "de", "5,00 km"),
        (1_234_560, "km", "en-US", "1,234.56 km"),
        (1_234_560, "km", "de", "1.234,56 km"),
        (5000, "km", "tlh", "5.00 km"),
        (0, "km", "en", "0.00 km"),
    ],
)
def test_a_distance_shows_two_decimals_in_the_readers_language(
    metres: int, units: Units, language: str, shown: str
) -> None:
    assert format_distance(metres, units, language) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"), [(1601, "26:41"), (3723, "1:02:03"), (45, "0:45"), (360_000, "100:00:00")]
)
def test_a_time_shows_hours_only_where_there_are_any(seconds: int, shown: str) -> None:
    assert format_duration(seconds) == shown


def test_a_pace_is_rounded_once_and_never_shows_sixty_seconds() -> None:
    assert format_pace(5000, 1600, "km") == "5:20 /km"
    assert format_pace(5000, 1601, "mi") == "8:35 /mi"
    assert format_pace(10_000, 3596, "km") == "6:00 /km"
    with pytest.raises(ValueError):
        pace_seconds(0, 10, "km")


@given(st.integers(1, MAX_METRES), st.integers(1, MAX_SECONDS), UNITS)
def test_a_pace_is_the_nearest_whole_second(metres: int, seconds: int, units: Units) -> None:
    exact = Decimal(seconds) * (Decimal(1000) if units == "km" else Decimal("1609.344")) / metres
    shown = format_pace(metres, seconds, units)
    assert abs(Fraction(pace_seconds(metres, seconds, units)) - Fraction(exact)) <= Fraction(1, 2) + Fraction(
        1, 10**9
    )
    assert ":60" not in shown
