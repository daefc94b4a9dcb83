"""Days of the week as typed, and as they are read back."""

from __future__ import annotations

from contextlib import suppress

import pytest
from babel import Locale
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import Refusal
from bot.scheduling.weekdays import (
    EVERY_DAY,
    WEEKDAYS,
    WEEKEND,
    parse_weekdays,
    weekday_mask,
    weekday_words,
    weekdays_of,
)
from bot.words import Catalogues

LANGUAGES = (
    "en",
    "de",
    "fr",
    "es-ES",
    "pt-BR",
    "it",
    "nl",
    "pl",
    "cs",
    "ru",
    "tr",
    "vi",
    "ja",
    "zh-CN",
    "ko",
    "hi",
)
WORDS = Catalogues().choose("en")


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("daily", [0, 1, 2, 3, 4, 5, 6]),
        ("Every day", [0, 1, 2, 3, 4, 5, 6]),
        ("weekdays", [0, 1, 2, 3, 4]),
        ("Weekend", [5, 6]),
        ("mon, wed", [0, 2]),
        ("Mon Wed Fri", [0, 2, 4]),
        ("fri,mon", [0, 4]),
        ("Tuesday and Thursday", [1, 3]),
        ("tues/thurs", [1, 3]),
        ("on Mondays", [0]),
        ("every sunday", [6]),
        ("  SAT  ", [5]),
        ("Mon.", [0]),
        ("Mon & Sun", [0, 6]),
        ("mon mon", [0]),
        ("mon-wed", [0, 1, 2]),
        ("Mon – Fri", [0, 1, 2, 3, 4]),
        ("fri to mon", [0, 4, 5, 6]),
        ("Mon-Wed, Sat", [0, 1, 2, 5]),
        ("weekend, wed", [2, 5, 6]),
        ("sun-sun", [6]),
    ],
)
def test_days_are_read_as_people_type_them(typed: str, days: list[int]) -> None:
    assert weekdays_of(parse_weekdays(typed, "en")) == days


@pytest.mark.parametrize(
    ("language", "typed", "days"),
    [
        ("de", "Mo, Mi, Fr", [0, 2, 4]),
        ("de", "Dienstag Donnerstag", [1, 3]),
        ("fr", "lundi, mer.", [0, 2]),
        ("pt-BR", "segunda-feira, sáb.", [0, 5]),
        ("pt-BR", "segunda-feira-quarta-feira", [0, 1, 2]),
        ("vi", "Thứ Hai, Thứ Tư", [0, 2]),
        ("ja", "月水金", [0, 2, 4]),
        ("ja", "月曜日、金曜日", [0, 4]),
        ("de", "Mon, Wed", [0, 2]),
    ],
)
def test_days_are_read_in_the_language_of_the_reader_and_in_english(
    language: str, typed: str, days: list[int]
) -> None:
    assert weekdays_of(parse_weekdays(typed, language)) == days


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "never",
        "monk",
        "m",
        "mon, blursday",
        "every second monday",
        "and",
        ",",
        "-",
        "mon-",
        "-mon",
        "mon-wed-fri",
        "weekdays-sun",
        "mon-weekend",
        "mon to",
        "0",
        "1,3,5",
        "<@&1>",
        "mon " * 60,
        "x" * 6_000,
    ],
)
def test_what_names_no_days_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(Refusal, match="names like Mon, Wed, Fri"):
        parse_weekdays(typed, "en")


@given(st.integers(1, 127))
def test_what_is_shown_can_be_typed_again(mask: int) -> None:
    assert parse_weekdays(weekday_words(mask, WORDS), "en") == mask


@settings(max_examples=150)
@given(st.sampled_from(LANGUAGES), st.integers(1, 127), st.sampled_from(("wide", "abbreviated")), st.data())
def test_every_languages_own_names_are_read(
    language: str, mask: int, width: str, data: st.DataObject
) -> None:
    names = Locale.parse(language, sep="-").days["stand-alone"][width]
    typed = [names[each] for each in data.draw(st.permutations(weekdays_of(mask)))]
    assert parse_weekdays(", ".join(typed), language) == mask


@given(st.text(max_size=40), st.sampled_from(LANGUAGES))
def test_any_text_is_read_or_refused(text: str, language: str) -> None:
    with suppress(Refusal):
        assert 1 <= parse_weekdays(text, language) <= EVERY_DAY


@pytest.mark.parametrize(
    ("mask", "shown"),
    [
        (EVERY_DAY, "every day"),
        (WEEKDAYS, "weekdays"),
        (WEEKEND, "weekend"),
        (weekday_mask(4, 0, 2), "Mon, Wed, Fri"),
        (weekday_mask(6), "Sun"),
    ],
)
def test_a_mask_is_shown_in_few_words(mask: int, shown: str) -> None:
    assert weekday_words(mask, WORDS) == shown
