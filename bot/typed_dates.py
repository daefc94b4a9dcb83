"""Dates as people write them: 2026-11-20, 11/20/2026, 20.11., 20 Nov, November 20th 2026, 2026年11月20日."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date

from bot.day_words import DayWords
from bot.errors import Refusal

_FIGURES = re.compile(r"([0-9]{1,4})(?:([-/.]) ?([0-9]{1,2}))(?:\2 ?([0-9]{1,4}))?\.?", re.ASCII)
_ORDINAL = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th|er|º|ª|o)?", re.ASCII)
_EAST_ASIAN = re.compile("([0-9])[年월月년] ?")
_EAST_ASIAN_DAY = re.compile("([0-9])[日일]$")
_FIRST_YEAR, _LAST_YEAR = 1970, 2199


def add_months(day: date, months: int) -> date:
    """The same day of the month, `months` on (or back); the month's last where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def read_date(phrase: str, words: DayWords, today: date, back: int, ahead: int) -> date | None:
    """The date that plain text writes, or None where it writes none.

    Without a year it is the nearest such date between `back` days before today and `ahead` days after it, or the
    nearest of all where none lies there. Raises Refusal for a date that the calendar does not have.
    """
    phrase = _EAST_ASIAN_DAY.sub(r"\1", _EAST_ASIAN.sub(r"\1-", phrase))
    figures, weekday = _figures_or_words(phrase, words), None
    if figures is None:
        lead, _, rest = phrase.partition(" ")
        weekday = words.weekdays.get(lead.rstrip(".,"))
        figures = _figures_or_words(rest.strip(), words) if weekday is not None else None
    if figures is None:
        return None
    year, month, day = figures
    years = (year,) if year is not None else range(today.year - 4, today.year + 5)
    found = list(_existing(years, month, day))
    if not found:
        raise Refusal(
            "The calendar has no such date. Check the day and the month; 2026-11-20 is always understood."
        )
    best = min(found, key=lambda each: (not -back <= (each - today).days <= ahead, abs((each - today).days)))
    if weekday is not None and best.weekday() != weekday:
        raise Refusal("That date is another weekday. Type the date alone, or the weekday alone.")
    return best


def _existing(years: Iterable[int], month: int, day: int) -> Iterable[date]:
    for year in years:
        if _FIRST_YEAR <= year <= _LAST_YEAR and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]:
            yield date(year, month, day)


def _figures_or_words(phrase: str, words: DayWords) -> tuple[int | None, int, int] | None:
    return _in_figures(phrase, words) or _in_words(phrase, words)


def _in_figures(phrase: str, words: DayWords) -> tuple[int | None, int, int] | None:
    """(year or None, month, day) of figures parted by one sign, in the language's order.

    A first figure of four digits is a year in every language. Where only the other order makes a month
    (20/11 for somebody who writes 11/20), that is the one meant.
    """
    match = _FIGURES.fullmatch(phrase)
    if match is None:
        return None
    first, sign, second, third = match.groups()
    # nobody parts a date that begins with its month by points: "1.12." is the first of December in English too
    order = "dmy" if sign == "." and words.order == "mdy" else words.order
    if len(first) >= 3:
        return (int(first), int(second), int(third)) if len(first) == 4 and third and len(third) < 3 else None
    if third is None:
        month_first = order != "dmy"
        year = None
    elif order == "ymd" and len(third) < 3:
        return 2000 + int(first), int(second), int(third)
    else:
        month_first = order == "mdy"
        year = _year(third)
        if year is None:
            return None
    month, day = (int(first), int(second)) if month_first else (int(second), int(first))
    if month > 12 >= day:
        month, day = day, month
    return year, month, day


def _year(figures: str) -> int | None:
    """Two digits are of this century, four are a year, other lengths are none."""
    if len(figures) == 4:
        return int(figures)
    return 2000 + int(figures) if len(figures) == 2 else None


def _in_words(phrase: str, words: DayWords) -> tuple[int | None, int, int] | None:
    """(year or None, month, day) of a date with its month's name, before or after the day."""
    skipped = words.phrases.fillers | {"de", "del"}
    tokens = [each for each in re.split(r"[ ,.]+", phrase) if each and each not in skipped]
    year = None
    if len(tokens) == 3 and len(tokens[2]) == 4 and tokens[2].isdecimal():
        year = int(tokens.pop())
    if len(tokens) != 2:
        return None
    for name, figure in (tokens, tokens[::-1]):
        day = _ORDINAL.fullmatch(figure)
        if name in words.months and day:
            return year, words.months[name], int(day[1])
    return None
