"""Days and clock times as typed, looking back and ahead."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_date
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.day_words import is_complete
from bot.days import at_local, running_day
from bot.errors import Refusal
from bot.when import When, parse_ahead, parse_clock, parse_day, parse_when

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
FOUR = 240
TODAY = date(2026, 11, 21)  # a Saturday
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=BERLIN)
NIGHT = datetime(2026, 11, 22, 1, 0, tzinfo=BERLIN)  # still the running day of the 21st
LANGUAGES = (
    "en",
    "en-US",
    "en-GB",
    "de",
    "fr",
    "es-ES",
    "pt-BR",
    "it",
    "nl",
    "sv-SE",
    "pl",
    "cs",
    "ja",
    "zh-CN",
    "ko",
    "hi",
)


def back(text: str | None, *, now: datetime = NOON, language: str = "en", days_back: int = 30) -> When:
    return parse_when(
        text, now=now, zone=BERLIN, day_starts_minute=FOUR, language=language, days_back=days_back
    )


def ahead(text: str, *, now: datetime = NOON, language: str = "en", days_back: int = 0) -> When:
    return parse_ahead(text, now=now, zone=BERLIN, day_starts_minute=FOUR, language=language, back=days_back)


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        (None, 21),
        ("", 21),
        ("  ", 21),
        ("now", 21),
        ("today", 21),
        ("Today", 21),
        ("yesterday", 20),
        ("YESTERDAY ", 20),
        ("Saturday", 21),
        ("sat", 21),
        ("last saturday", 14),
        ("Friday", 20),
        ("fri.", 20),
        ("on Thursday", 19),
        ("thurs", 19),
        ("sunday", 15),
        ("last monday", 16),
        ("3 days ago", 18),
        ("a week ago", 14),
        ("2 weeks ago", 7),
        ("2026-11-20", 20),
        ("2026/11/20", 20),
        ("2026.11.20", 20),
        ("20 Nov", 20),
        ("Nov 20", 20),
        ("nov. 20", 20),
        ("20th of November", 20),
        ("November 20th, 2026", 20),
        ("20 November 2026", 20),
        ("Fri, Nov 20", 20),
        ("fri 20 nov 2026", 20),
        ("11/20/2026", 20),
        ("11/20", 20),
        ("20/11/2026", 20),
        ("11/20/26", 20),
        ("٢٠٢٦-١١-٢٠", 20),
        ("2026‑11‑20", 20),
    ],
)
def test_a_day_reads_as_people_write_it(typed: str | None, day: int) -> None:
    assert back(typed) == When(date(2026, 11, day), None)


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("2026-11-20 07:15", at(20, 7, 15)),
        ("2026-11-20T07:15", at(20, 7, 15)),
        ("2026-11-20 07:15:30", at(20, 7, 15)),
        ("2026-11-20, 7:15", at(20, 7, 15)),
        ("yesterday 7am", at(20, 7)),
        ("yesterday at 7 am", at(20, 7)),
        ("7am yesterday", at(20, 7)),
        ("7:15 yesterday", at(20, 7, 15)),
        ("yesterday 18h30", at(20, 18, 30)),
        ("yesterday 18h", at(20, 18)),
        ("yesterday 6.30 pm", at(20, 18, 30)),
        ("yesterday 6:30 p.m.", at(20, 18, 30)),
        ("yesterday 12am", at(21, 0)),
        ("yesterday 12pm", at(20, 12)),
        ("today 7:15", at(21, 7, 15)),
        ("7:15", at(21, 7, 15)),
        ("at 7:15", at(21, 7, 15)),
        ("Fri 7:15", at(20, 7, 15)),
        ("Sat 7:15", at(21, 7, 15)),
        ("Sat 18:30", at(14, 18, 30)),
        ("Nov 20 7:15", at(20, 7, 15)),
        ("20 Nov 7pm", at(20, 19)),
        ("11/20/2026 7:15", at(20, 7, 15)),
        ("3 days ago 7:15", at(18, 7, 15)),
    ],
)
def test_a_day_with_a_clock_time_is_that_moment(typed: str, moment: datetime) -> None:
    when = back(typed)
    assert when.started_at == moment
    assert when.started_at is not None
    assert when.started_at.tzinfo is UTC
    assert when.day == running_day(moment, BERLIN, FOUR)


@pytest.mark.parametrize(
    ("language", "typed", "day"),
    [
        ("en-US", "11/12/2026", date(2026, 11, 12)),
        ("en-GB", "11/12/2025", date(2025, 12, 11)),
        ("en-GB", "12/11/2026", date(2026, 11, 12)),
        ("de", "12.11.2026", date(2026, 11, 12)),
        ("de", "12.11.", date(2026, 11, 12)),
        ("de", "12.11.26", date(2026, 11, 12)),
        ("de", "12. November", date(2026, 11, 12)),
        ("de", "Donnerstag", date(2026, 11, 19)),
        ("de", "Do", date(2026, 11, 19)),
        ("de", "yesterday", date(2026, 11, 20)),
        ("fr", "12 novembre 2026", date(2026, 11, 12)),
        ("es-ES", "12 de noviembre de 2026", date(2026, 11, 12)),
        ("sv-SE", "2026-11-12", date(2026, 11, 12)),
        ("ja", "2026年11月12日", date(2026, 11, 12)),
        ("zh-CN", "11月12日", date(2026, 11, 12)),
        ("ko", "11월 12일", date(2026, 11, 12)),
        ("ja", "木曜日", date(2026, 11, 19)),
        ("xx", "Nov 12", date(2026, 11, 12)),
    ],
)
def test_a_date_reads_as_the_members_language_writes_it(language: str, typed: str, day: date) -> None:
    assert back(typed, language=language, days_back=400).day == day


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(LANGUAGES),
    st.dates(TODAY - timedelta(days=1000), TODAY),
    st.sampled_from(("short", "medium", "long", "yyyy-MM-dd")),
)
def test_a_date_that_babel_writes_reads_back(language: str, day: date, style: str) -> None:
    typed = format_date(day, style, locale=language.replace("-", "_"))
    assert back(typed, language=language, days_back=1000).day == day


@pytest.mark.parametrize(
    "typed",
    [
        "soon",
        "2026-02-30",
        "2026-13-01",
        "2026-11-31",
        "2026-00-10",
        "2026-11-00",
        "Feb 30",
        "31.11.",
        "0000-01-01",
        "9999-12-31 23:59",
        "0001-01-01 00:00",
        "20261120",
        "2026-11",
        "1e9",
        "25:00",
        "today 24:00",
        "today 7:60",
        "13pm",
        "0am",
        "Thu, Nov 20",
        "yesterday yesterday",
        "in",
        "ago",
        "7",
        "at",
        ",",
        "½ days ago",
        "9**9 days ago",
        "-3 days ago",
        "today\x00",
        "@everyone",
        "x" * 10_000,
        "1 " * 5_000,
    ],
)
def test_a_day_that_means_nothing_is_refused(typed: str) -> None:
    with pytest.raises(Refusal):
        back(typed)
    with pytest.raises(Refusal):
        ahead(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "tomorrow",
        "next friday",
        "today 18:30",
        "18:30",
        "2026-11-22",
        "Nov 21 12:01",
        "in 2 weeks",
        "2027-01-01",
    ],
)
def test_a_run_to_come_is_refused(typed: str) -> None:
    with pytest.raises(Refusal, match="still to come"):
        back(typed)


def test_a_typed_run_goes_thirty_days_back_and_no_further() -> None:
    assert back("2026-10-22").day == TODAY - timedelta(days=30)
    assert back("30 days ago").day == TODAY - timedelta(days=30)
    for typed in ("2026-10-21", "31 days ago", "5 weeks ago", "2 months ago", "2020-01-01 7:15"):
        with pytest.raises(Refusal, match="days back") as refused:
            back(typed)
        assert refused.value.values == {"days": 30}


def test_after_midnight_today_is_still_the_running_day() -> None:
    assert back("today", now=NIGHT).day == TODAY
    assert back(None, now=NIGHT).day == TODAY
    assert back("yesterday", now=NIGHT).day == date(2026, 11, 20)
    assert back("today 18:30", now=NIGHT) == When(TODAY, at(21, 18, 30))
    assert back("23:30", now=NIGHT) == When(TODAY, at(21, 23, 30))
    assert back("0:30", now=NIGHT) == When(TODAY, at(22, 0, 30))
    assert back("Nov 22 0:30", now=NIGHT) == When(TODAY, at(22, 0, 30))


def test_the_small_hours_belong_to_the_running_day_before() -> None:
    assert back("2026-11-20 01:30") == When(date(2026, 11, 19), at(20, 1, 30))
    assert back("yesterday 1:30") == When(date(2026, 11, 20), at(21, 1, 30))
    assert back("today 1:30") == When(date(2026, 11, 20), at(21, 1, 30))


def test_a_time_in_the_gap_moves_on_and_one_in_the_overlap_is_the_first() -> None:
    spring = datetime(2026, 3, 30, 12, tzinfo=BERLIN)
    assert back("2026-03-29 02:30", now=spring).started_at == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    autumn = datetime(2026, 10, 26, 12, tzinfo=BERLIN)
    assert back("2026-10-25 02:30", now=autumn).started_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("now", date(2026, 11, 21)),
        ("today", date(2026, 11, 21)),
        ("tomorrow", date(2026, 11, 22)),
        ("Sunday", date(2026, 11, 22)),
        ("Saturday", date(2026, 11, 21)),
        ("next Saturday", date(2026, 11, 28)),
        ("in 2 weeks", date(2026, 12, 5)),
        ("in 3 days", date(2026, 11, 24)),
        ("in a month", date(2026, 12, 21)),
        ("3 days from now", date(2026, 11, 24)),
        ("Nov 20 2027", date(2027, 11, 20)),
        ("Jan 5", date(2027, 1, 5)),
        ("Nov 20", date(2027, 11, 20)),
        ("2027-11-22", date(2027, 11, 22)),
    ],
)
def test_ahead_reads_days_to_come(typed: str, day: date) -> None:
    assert ahead(typed) == When(day, None)


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("Sat 9:00", at(28, 9)),
        ("Sat 13:00", at(21, 13)),
        ("sun 9:00", at(22, 9)),
        ("tomorrow 9:00", at(22, 9)),
        ("9:00", at(22, 9)),
        ("13:00", at(21, 13)),
        ("in 2 weeks 9am", at(5, 9, month=12)),
    ],
)
def test_ahead_a_clock_time_is_the_next_one(typed: str, moment: datetime) -> None:
    assert ahead(typed).started_at == moment


def test_ahead_after_midnight_the_evening_of_today_is_the_one_to_come() -> None:
    assert ahead("today 18:30", now=NIGHT) == When(date(2026, 11, 22), at(22, 18, 30))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("yesterday", "has passed"),
        ("2026-11-20", "has passed"),
        ("today 11:59", "has passed"),
        ("2027-11-23", "days ahead"),
        ("in 53 weeks", "days ahead"),
        ("in 13 months", "days ahead"),
        ("in 999 months", "days ahead"),
        ("in 1000 months", "can't read"),
    ],
)
def test_ahead_refuses_what_has_passed_and_what_is_over_a_year_away(typed: str, words: str) -> None:
    with pytest.raises(Refusal, match=words):
        ahead(typed)


def test_a_pause_can_begin_in_the_past() -> None:
    def day(text: str, **options: object) -> date:
        return parse_day(text, now=NOON, zone=BERLIN, day_starts_minute=FOUR, back=20, **options)  # type: ignore[arg-type]

    assert day("Nov 18") == date(2026, 11, 18)
    assert day("Nov 25") == date(2026, 11, 25)
    assert day("yesterday") == date(2026, 11, 20)
    assert day("Monday") == date(2026, 11, 23)
    assert day("Monday", prefer="back") == date(2026, 11, 16)
    assert day("yesterday 9:00") == date(2026, 11, 20)
    with pytest.raises(Refusal, match="days back"):
        day("2026-10-31")


@pytest.mark.parametrize(
    ("typed", "minute"),
    [
        ("7:15", 435),
        ("07:15", 435),
        ("7am", 420),
        ("12am", 0),
        ("12 pm", 720),
        ("6.30 pm", 1110),
        ("18h30", 1110),
        ("18h", 1080),
        ("18.30 Uhr", 1110),
        ("6:30 P.M.", 1110),
        ("٧:١٥", 435),
        ("23:59", 1439),
        ("0:00", 0),
        ("18.30", 1110),
    ],
)
def test_a_clock_time_reads_as_people_write_it(typed: str, minute: int) -> None:
    assert parse_clock(typed) == minute


@pytest.mark.parametrize(
    "typed",
    ["", "7", "24:00", "7:60", "13pm", "0am", "-7:15", "7:1", "seven", "7:15 tomorrow", "1" * 10_000, "²:15"],
)
def test_a_clock_time_that_means_nothing_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(Refusal, match="7:15"):
        parse_clock(typed)


@given(st.integers(0, 1439))
def test_every_minute_of_the_day_reads_in_both_styles(minute: int) -> None:
    hour, rest = divmod(minute, 60)
    assert parse_clock(f"{hour}:{rest:02}") == minute
    assert parse_clock(f"{(hour - 1) % 12 + 1}:{rest:02} {'am' if hour < 12 else 'pm'}") == minute


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from((BERLIN, NEW_YORK, ZoneInfo("Asia/Kolkata"), ZoneInfo("Pacific/Apia"))),
    st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(0, 29),
    st.integers(0, 1439),
)
def test_a_full_date_and_time_is_that_wall_clock_time(
    zone: ZoneInfo, now: datetime, days: int, minute: int
) -> None:
    day = now.astimezone(zone).date() - timedelta(days=days)
    typed = f"{day.isoformat()} {minute // 60:02}:{minute % 60:02}"
    moment = at_local(day, minute, zone)
    if moment <= now:
        when = parse_when(typed, now=now, zone=zone, day_starts_minute=FOUR)
        assert when == When(running_day(moment, zone, FOUR), moment)
    else:
        with pytest.raises(Refusal):
            parse_when(typed, now=now, zone=zone, day_starts_minute=FOUR)


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(max_size=70),
        st.lists(
            st.sampled_from(
                [
                    "today",
                    "last",
                    "mon",
                    "in",
                    "2",
                    "weeks",
                    "ago",
                    "7:15",
                    "pm",
                    "nov",
                    "20",
                    ".",
                    "/",
                    "2026",
                    "h",
                    ",",
                ]
            ),
            max_size=6,
        ).map(" ".join),
    ),
    st.sampled_from(LANGUAGES),
)
def test_any_text_is_read_within_its_limits_or_refused(text: str, language: str) -> None:
    with suppress(Refusal):
        when = back(text, language=language)
        assert TODAY - timedelta(days=30) <= when.day <= TODAY
        assert when.started_at is None or when.started_at <= NOON
    with suppress(Refusal):
        when = ahead(text, language=language)
        assert TODAY <= when.day <= TODAY + timedelta(days=366)


def test_only_a_language_with_its_own_words_counts_as_complete() -> None:
    assert is_complete("en-GB")
    assert not is_complete("tlh")
