"""The words in which people name days, language by language.

Names of weekdays and months, and the order of a date's figures, come from Babel for every language. The other words
stand in the table below; a language that is not in it reads the English ones. English is read everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from babel import Locale

from bot.locales import locale_of, plain

Order = Literal["dmy", "mdy", "ymd"]


@dataclass(frozen=True, slots=True)
class Phrases:
    """One language's words beside the names of weekdays and months, all in lower case.

    A span such as "in 2 weeks" or "2 weeks ago" is a figure and a word of `days`, `weeks` or `months` after a word
    of `ahead_before` or `back_before`, or before one of `ahead_after` or `back_after`.
    """

    now: frozenset[str]
    today: frozenset[str]
    yesterday: frozenset[str]
    tomorrow: frozenset[str]
    last: frozenset[str]
    next: frozenset[str]
    one: frozenset[str]
    days: frozenset[str]
    weeks: frozenset[str]
    months: frozenset[str]
    ahead_before: frozenset[str]
    ahead_after: frozenset[str]
    back_before: frozenset[str]
    back_after: frozenset[str]
    fillers: frozenset[str]
    also_weekdays: Mapping[str, int]
    also_months: Mapping[str, int]


_ENGLISH: Final = Phrases(
    now=frozenset({"now", "just now"}),
    today=frozenset({"today"}),
    yesterday=frozenset({"yesterday"}),
    tomorrow=frozenset({"tomorrow"}),
    last=frozenset({"last"}),
    next=frozenset({"next"}),
    one=frozenset({"a", "an", "one"}),
    days=frozenset({"day", "days"}),
    weeks=frozenset({"week", "weeks"}),
    months=frozenset({"month", "months"}),
    ahead_before=frozenset({"in"}),
    ahead_after=frozenset({"from now", "from today"}),
    back_before=frozenset(),
    back_after=frozenset({"ago", "back"}),
    fillers=frozenset({"at", "on", "the", "of", "this"}),
    also_weekdays={"tues": 1, "weds": 2, "thur": 3, "thurs": 3},
    also_months={"sept": 9},
)
PHRASES: Final[Mapping[str, Phrases]] = {"en": _ENGLISH}


@dataclass(frozen=True, slots=True)
class DayWords:
    """Everything needed to read a day in one language: weekdays are 0 for Monday, months 1 to 12."""

    phrases: Phrases
    weekdays: Mapping[str, int]
    months: Mapping[str, int]
    order: Order


def is_complete(language: str) -> bool:
    """Whether the table has this language's own words, so that it can be offered."""
    return language.split("-", 1)[0] in PHRASES


@lru_cache(maxsize=64)
def day_words(language: str) -> DayWords:
    """The words of a BCP 47 tag, its names of weekdays and months together with the English ones."""
    locale = locale_of(language)
    phrases = PHRASES.get(language.split("-", 1)[0], _ENGLISH)
    english = locale_of("en")
    return DayWords(
        phrases=phrases,
        weekdays={**_names(english, "days"), **phrases.also_weekdays, **_names(locale, "days")},
        months={**_names(english, "months"), **phrases.also_months, **_names(locale, "months")},
        order=_order(locale),
    )


def _names(locale: Locale, kind: Literal["days", "months"]) -> dict[str, int]:
    """Wide and abbreviated names, as they stand in a sentence or alone, without the point of an abbreviation."""
    contexts = locale.days if kind == "days" else locale.months
    return {
        name: number
        for context in ("stand-alone", "format")
        for width in ("wide", "abbreviated")
        for number, shown in contexts[context][width].items()
        for name in _spellings(shown)
    }


def _spellings(shown: str) -> Iterator[str]:
    name = plain(shown, 60)
    if name:
        yield name.rstrip(".")


def _order(locale: Locale) -> Order:
    """The order of day, month and year in the language's short date."""
    pattern = locale.date_formats["short"].pattern.lower()
    places = sorted("dmy", key=lambda letter: pattern.find(letter))
    joined = "".join(places)
    if joined == "mdy":
        return "mdy"
    return "ymd" if joined == "ymd" else "dmy"
