"""Days of the week as people type them ("daily", "Mon, Wed", "fri-sun") and as they read them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bot.day_words import day_words
from bot.errors import Refusal
from bot.locales import plain

if TYPE_CHECKING:
    from bot.words import Words

EVERY_DAY: Final = 0b1111111
WEEKDAYS: Final = 0b0011111
WEEKEND: Final = 0b1100000
_LONGEST_TYPED = 120
_ALL_WORDS: Final = {
    "daily": EVERY_DAY,
    "every day": EVERY_DAY,
    "everyday": EVERY_DAY,
    "all days": EVERY_DAY,
    "weekday": WEEKDAYS,
    "weekdays": WEEKDAYS,
    "workday": WEEKDAYS,
    "workdays": WEEKDAYS,
    "working days": WEEKDAYS,
    "weekend": WEEKEND,
    "weekends": WEEKEND,
}
_BETWEEN: Final = frozenset({"and", "on", "every", "each", "the"})
_TO: Final = re.compile(r" ?(?:-|to\b|through\b) ?")
_PARTING: Final = re.compile(r"[ ,;+&/.、，]+")
_WORD: Final = re.compile(r"[a-z]+")


def weekday_mask(*weekdays: int) -> int:
    """The bit mask of weekdays, each 0 (Monday) to 6 (Sunday)."""
    mask = 0
    for each in weekdays:
        mask |= 1 << each % 7
    return mask


def weekdays_of(mask: int) -> list[int]:
    """The weekdays of a mask, 0 (Monday) to 6, in order."""
    return [each for each in range(7) if mask >> each & 1]


def parse_weekdays(text: str, language: str) -> int:
    """The mask (1 to 127, bit 0 is Monday) of the days that `text` names.

    Reads daily, weekdays and weekend, and names of days in English and in `language` (a BCP 47 tag), long or short,
    parted by commas, spaces or "and"; "Fri-Mon" is all four. Raises Refusal for everything else.
    """
    typed = plain(text, _LONGEST_TYPED)
    mask = _read(typed, language) if typed else None
    if not mask:
        raise Refusal(
            "I couldn't read those days. Type daily, weekdays, weekend, or names like Mon, Wed, Fri."
        )
    return mask


def weekday_words(mask: int, words: Words) -> str:
    """A mask in the reader's words: "every day", "weekdays", "weekend", or short names from Monday on."""
    if mask == EVERY_DAY:
        return words.say("every day")
    if mask == WEEKDAYS:
        return words.say("weekdays")
    if mask == WEEKEND:
        return words.say("weekend")
    names = words.locale.days["stand-alone"]["abbreviated"]
    return ", ".join(str(names[each]) for each in weekdays_of(mask))


def _read(typed: str, language: str) -> int | None:
    """The mask of a plain text; None where a part of it is no day."""
    names, mask, at = _names(language), 0, 0
    last: int | None = None  # the day just read, where a span may begin
    while at < len(typed):
        span = _TO.match(typed, at) if last is not None else None
        found = _name_at(typed, span.end() if span else at, names)
        if span and found:
            name, days = found
            first, at = last, span.end() + len(name)
            last = _one_day(days)
            if first is None or last is None:
                return None
            mask |= weekday_mask(*range(first, first + (last - first) % 7 + 1))
            last = None  # "Mon-Wed-Fri" is no span
        elif found:
            name, days = found
            mask, at, last = mask | days, at + len(name), _one_day(days)
        elif parting := _PARTING.match(typed, at):
            at = parting.end()
            last = last if _TO.match(typed, at) else None
        elif (word := _WORD.match(typed, at)) and word[0] in _BETWEEN:
            at, last = word.end(), None
        else:
            return None
    return mask


def _one_day(days: int) -> int | None:
    single = weekdays_of(days)
    return single[0] if len(single) == 1 else None


def _name_at(typed: str, at: int, names: tuple[tuple[str, int], ...]) -> tuple[str, int] | None:
    """The longest name that stands at `at`, and its mask."""
    for name, days in names:
        if typed.startswith(name, at) and _ends_word(typed, at + len(name)):
            return name, days
    return None


def _ends_word(typed: str, end: int) -> bool:
    """Whether a word may end there: scripts of East Asia write one name right after the other ("月水金")."""
    return end == len(typed) or not typed[end].isalnum() or typed[end - 1] >= "\u2e80"


@lru_cache(maxsize=64)
def _names(language: str) -> tuple[tuple[str, int], ...]:
    """All names that are read in a language with their masks, the longest first ("segunda-feira" before "segunda")."""
    single = day_words(language).weekdays
    plural = {f"{name}s": day for name, day in day_words("en").weekdays.items() if name.endswith("day")}
    names = {name: weekday_mask(day) for name, day in {**plural, **single}.items()}
    return tuple(sorted({**names, **_ALL_WORDS}.items(), key=lambda each: -len(each[0])))
