"""The first and the last day of a challenge as makers type them: "from Monday", "until 31 Dec", "for 4 weeks". Pure."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from bot.challenges.rules import LONGEST_DAYS
from bot.day_words import day_words
from bot.days import DAY
from bot.errors import Refusal
from bot.locales import plain
from bot.typed_dates import add_months
from bot.when import UnreadableDay, parse_day

if TYPE_CHECKING:
    from bot.challenges.loading import ChallengeFrame

DAYS_BACK: Final = 30  # that a challenge may start before today
_LONGEST_TYPED: Final = 60
_LENGTH = re.compile(r"([0-9]{1,6}|[^\W\d]+) ?([^\W\d]+)")
# What people say before a day or a length and what changes nothing of it.
_BEFORE_FIRST = re.compile(r"^(?:from|starting|beginning) (?:on )?")
_BEFORE_LAST = re.compile(r"^(?:for|until|till|to|by|through) ")
_YEARS: Final = frozenset({"year", "years"})


def read_first(typed: str, frame: ChallengeFrame, language: str) -> date:
    """The first day; nothing typed is today. Raises Refusal in words."""
    text = _BEFORE_FIRST.sub("", _plain(typed))
    if not typed:
        return frame.today
    try:
        return _day(text, frame, language, ahead=LONGEST_DAYS)
    except UnreadableDay:
        raise Refusal("I can't read that first day. Type it like today, Monday or 2026-12-01.") from None


def read_last(typed: str, first: date, frame: ChallengeFrame, language: str) -> date:
    """The last day, both ends included: a day of its own, or so long after `first` ("4 weeks", "2 months").

    A weekday is the first of that name on which it can end. Raises Refusal in words.
    """
    if not typed:
        raise Refusal("Say when it ends: a day like 31 Dec, or a length like 4 weeks.")
    text = _BEFORE_LAST.sub("", _plain(typed))
    last = _after(text, first, language)
    if last is not None:
        return last
    try:
        last = _day(text, frame, language, ahead=2 * LONGEST_DAYS)
    except UnreadableDay:
        raise Refusal(
            "I can't read that last day. Type a day like Sunday or 31 Dec, or a length like 4 weeks."
        ) from None
    if last < first and _is_weekday(text, language):
        last += -((last - first).days // 7) * timedelta(weeks=1)
    return last


def _plain(typed: str) -> str:
    """Too long a text stays as it is: no reader takes it."""
    return plain(typed, _LONGEST_TYPED) or typed


def _is_weekday(text: str, language: str) -> bool:
    """Whether a text is the name of a coming weekday and nothing else."""
    words = day_words(language)
    said = [each for each in text.split() if each not in words.phrases.fillers | words.phrases.next]
    return len(said) == 1 and said[0].rstrip(".,") in words.weekdays


def _after(text: str, first: date, language: str) -> date | None:
    """The last day of a length from the first; None where the text is no length."""
    match = _LENGTH.fullmatch(text)
    if match is None:
        return None
    phrases = (day_words(language).phrases, day_words("en").phrases)
    number, unit = match.groups()
    if any(number in each.one for each in phrases):
        count = 1
    elif number.isdecimal():
        count = min(int(number), LONGEST_DAYS + 1)  # more is refused as too long
    else:
        return None
    if unit in _YEARS:
        end = add_months(first, 12 * min(count, 2))
    elif any(unit in each.months for each in phrases):
        end = add_months(first, min(count, 24))
    elif any(unit in each.weeks for each in phrases):
        end = first + timedelta(weeks=count)
    elif any(unit in each.days for each in phrases):
        end = first + timedelta(days=count)
    else:
        return None
    if not count:
        raise Refusal("A challenge lasts a day at least. Type its end like 31 Dec, or a length like 4 weeks.")
    return end - DAY


def _day(text: str, frame: ChallengeFrame, language: str, *, ahead: int) -> date:
    return parse_day(
        text,
        now=frame.now,
        zone=frame.zone,
        day_starts_minute=frame.day_starts_minute,
        language=language,
        back=DAYS_BACK,
        ahead=ahead,
    )
