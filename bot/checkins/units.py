"""Distances and times as people type and read them; inside they are whole metres and whole seconds.

All arithmetic is exact, on whole numbers (of millimetres, of milliseconds), and rounds once, half up.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from typing import Final, Literal

from babel import numbers

from bot.errors import Refusal
from bot.locales import locale_of, plain

Units = Literal["km", "mi"]

MILLIMETRES_PER_MILE: Final = 1_609_344
MILLIMETRES_PER_KM: Final = 1_000_000
HALF_MARATHON: Final = 21_098
MARATHON: Final = 42_195
MAX_METRES: Final = 400_000
MAX_SECONDS: Final = 24 * 3600

_LONGEST_TYPED = 40

NAMED_DISTANCES: Final = {
    "half": HALF_MARATHON,
    "half marathon": HALF_MARATHON,
    "half-marathon": HALF_MARATHON,
    "marathon": MARATHON,
    "full": MARATHON,
    "full marathon": MARATHON,
}
_METRE_WORDS: Final = frozenset({"m", "metre", "metres", "meter", "meters"})
UNIT_WORDS: Final = {
    **dict.fromkeys(_METRE_WORDS, 1_000),
    **dict.fromkeys(
        ("k", "km", "kms", "kilometre", "kilometres", "kilometer", "kilometers"), MILLIMETRES_PER_KM
    ),
    **dict.fromkeys(("mi", "mile", "miles"), MILLIMETRES_PER_MILE),
}
_DISTANCE = re.compile(r"([0-9]{1,9}(?:[.,][0-9]{0,9})?|[.,][0-9]{1,9}) ?([a-z]{0,10})\.?", re.ASCII)
_GROUPED_METRES = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?: [0-9]{3})+) ?([a-z]{1,6})", re.ASCII)
_DOTTED_METRES = re.compile(r"[0-9]{1,3}\.[0-9]{3} ?m(?:et(?:re|er)s?)?", re.ASCII)


def unit_millimetres(units: Units) -> int:
    """The millimetres in one kilometre or one mile, exactly."""
    return MILLIMETRES_PER_KM if units == "km" else MILLIMETRES_PER_MILE


def half_up(value: Fraction) -> int:
    """The nearest whole number; a half goes up."""
    return rounded(value.numerator, value.denominator)


def rounded(numerator: int, denominator: int) -> int:
    """The whole number nearest to numerator / denominator (more than 0); a half goes up."""
    return (2 * numerator + denominator) // (2 * denominator)


def parse_distance(text: str, units: Units) -> int:
    """What a person typed as a distance, in whole metres (1 to 400,000).

    Reads "5k", "5 km", "3.1 mi", "5000 m", "5,2 km", "5,200 m" (5200: the one comma that is no decimal one),
    "half marathon", "marathon", or a bare number in the member's unit. Digits of any script are read.
    Raises Refusal in words for everything else.
    """
    typed = plain(text, _LONGEST_TYPED)
    if typed in NAMED_DISTANCES:
        return NAMED_DISTANCES[typed]
    if typed and typed.startswith("-"):
        raise Refusal("A distance is more than zero. Type it like 5k, 5.2 km or 3.1 mi.")
    metres = _read_metres(typed, units) if typed else None
    if metres is None:
        raise Refusal("That is not a distance I can read. Type it like 5k, 5.2 km or 3.1 mi.")
    whole = rounded(*metres)
    if whole < 1:
        raise Refusal("A distance is more than zero. Type it like 5k, 5.2 km or 3.1 mi.")
    if whole > MAX_METRES:
        bare = typed or ""
        if bare.isdecimal() and int(bare) <= MAX_METRES:
            raise Refusal("That is more than 400 km. Did you mean {typed} m?", typed=bare)
        raise Refusal(
            "That is more than 400 km, the most that one run can have. Check the distance and its unit."
        )
    return whole


def _read_metres(typed: str, units: Units) -> tuple[int, int] | None:
    """The exact metres of plain text, as numerator and denominator, or None where it is no distance."""
    grouped = _GROUPED_METRES.fullmatch(typed)
    if grouped and grouped[2] in _METRE_WORDS:
        return int(grouped[1].replace(",", "").replace(" ", "")), 1
    if _DOTTED_METRES.fullmatch(typed):
        raise Refusal("I can't tell metres from kilometres there. Type it like 5200 m or 5.2 km.")
    match = _DISTANCE.fullmatch(typed)
    if match is None:
        return None
    millimetres = UNIT_WORDS.get(match[2]) if match[2] else unit_millimetres(units)
    if millimetres is None:
        return None
    digits, scale = _decimal(match[1])
    return digits * millimetres, scale * 1_000


def _decimal(typed: str) -> tuple[int, int]:
    """Digits with at most one decimal sign, at either end too ("5.", ",5"), as a number over a power of ten."""
    whole, _, part = typed.replace(",", ".").partition(".")
    return int(whole + part), 10 ** len(part)


HOUR_WORDS: Final = frozenset({"h", "hr", "hrs", "hour", "hours"})
MINUTE_WORDS: Final = frozenset({"m", "min", "mins", "minute", "minutes", "'"})
SECOND_WORDS: Final = frozenset({"s", "sec", "secs", "second", "seconds", '"', "''"})
_SCALE_WORDS: Final = (HOUR_WORDS, MINUTE_WORDS, SECOND_WORDS)
_COLONS = re.compile(
    r"([0-9]{1,4}):([0-9]{2})(?::([0-9]{2}))?(?:[.,]([0-9]{1,3}))? ?([a-z]{0,7})\.?", re.ASCII
)
_BARE_MINUTES = re.compile(r"[0-9]{1,6}(?:[.,][0-9])?", re.ASCII)
_DOTTED_MINUTES = re.compile(r"([0-9]{1,3})[.,]([0-5][0-9])", re.ASCII)
_PART = re.compile(r"([0-9]{1,6}(?:[.,][0-9]{1,3})?) ?([a-z]{1,7}|''|['\"])?\.?(?: and |, ?| )?", re.ASCII)


def parse_duration(text: str) -> int:
    """What a person typed as a time, in whole seconds (1 to 86,400).

    Reads "26:41" (minutes and seconds), "1:02:03", "31 min", "1h 2m", "1h02", "26'41\\"", "45s", "1:30 h", and a
    bare number as minutes. Raises Refusal in words for everything else.
    """
    typed = plain(text, _LONGEST_TYPED)
    if typed and typed.startswith("-"):
        raise Refusal("A time is more than zero. Type it like 26:41, 1:02:03 or 31 min.")
    milliseconds = _read_milliseconds(typed) if typed else None
    if milliseconds is None:
        raise Refusal("That is not a time I can read. Type it like 26:41, 1:02:03 or 31 min.")
    whole = rounded(milliseconds, 1_000)
    if whole < 1:
        raise Refusal("A time is more than zero. Type it like 26:41, 1:02:03 or 31 min.")
    if whole > MAX_SECONDS:
        raise Refusal(
            "That is more than 24 hours, the most that one run can have. Type it like 26:41, 1:02:03 or 31 min."
        )
    return whole


def _read_milliseconds(typed: str) -> int | None:
    """The milliseconds of plain text, or None where it is no time."""
    colons = _COLONS.fullmatch(typed)
    if colons:
        return _clocklike(colons)
    if _BARE_MINUTES.fullmatch(typed):
        return _in_milliseconds(typed, 60)
    dotted = _DOTTED_MINUTES.fullmatch(typed)
    if dotted:
        raise Refusal(
            "Did you mean {minutes}:{seconds}? Type a time with a colon, or like 31 min.",
            minutes=dotted[1],
            seconds=dotted[2],
        )
    return _worded(typed)


def _in_milliseconds(number: str, seconds: int) -> int:
    """`number` (at most three decimals) times `seconds`, exactly."""
    digits, scale = _decimal(number)
    return digits * seconds * (1_000 // scale)


def _worded(typed: str) -> int | None:
    """The milliseconds of "1h 2m 3s" and its shorter forms: each unit once, hours before minutes before seconds.

    The last part can go without its unit ("1h02", "26m41"), being the next smaller one; the first can't.
    """
    scales = (3600, 60, 1)
    total, at, next_scale = 0, 0, 0
    while at < len(typed):
        part = _PART.match(typed, at)
        if part is None:
            return None
        number, word = part.groups()
        at = part.end()
        if word is None:
            scale = next_scale if 0 < next_scale < len(scales) and at == len(typed) else None
        else:
            scale = next((i for i, words in enumerate(_SCALE_WORDS) if word in words), None)
        if scale is None or scale < next_scale:
            return None
        total += _in_milliseconds(number, scales[scale])
        next_scale = scale + 1
    return total


def _clocklike(match: re.Match[str]) -> int | None:
    """The milliseconds of m:ss, h:mm:ss, or h:mm with the word for hours."""
    first, second, third, fraction, word = match.groups()
    if int(second) > 59 or (third and int(third) > 59):
        raise Refusal("After a colon come two digits up to 59. Type a time like 26:41 or 1:02:03.")
    if third is not None:
        if word and word not in HOUR_WORDS:
            return None
        whole = int(first) * 3600 + int(second) * 60 + int(third)
    elif word in HOUR_WORDS:
        if fraction:
            return None
        whole = int(first) * 3600 + int(second) * 60
    elif not word or word in MINUTE_WORDS:
        whole = int(first) * 60 + int(second)
    else:
        return None
    return whole * 1_000 + int((fraction or "").ljust(3, "0"))


def format_distance(metres: int, units: Units, language: str = "en") -> str:
    """Whole metres with two decimals in the reader's unit and language: "5.00 km", "3.11 mi", "5,00 km"."""
    whole, rest = divmod(rounded(metres * 100_000, unit_millimetres(units)), 100)
    group, decimal = _number_signs(language)
    grouped = f"{whole:,}".replace(",", group)
    return f"{grouped}{decimal}{rest:02} {units}"


@lru_cache(maxsize=64)
def _number_signs(language: str) -> tuple[str, str]:
    """What a language writes between thousands, and before decimals."""
    locale = locale_of(language)
    return numbers.get_group_symbol(locale), numbers.get_decimal_symbol(locale)


def format_duration(seconds: int) -> str:
    """Whole seconds as 26:41, or 1:02:03 from an hour on (hours go past 24 in totals)."""
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def pace_seconds(metres: int, seconds: int, units: Units) -> int:
    """Whole seconds for one kilometre or mile, rounded once; needs a distance of at least a metre."""
    if metres < 1:
        raise ValueError("a pace needs a distance")
    return rounded(seconds * unit_millimetres(units), metres * 1_000)


def format_pace(metres: int, seconds: int, units: Units) -> str:
    """The pace as "5:20 /km"; a minute is carried over, so never "5:60"."""
    return f"{format_duration(pace_seconds(metres, seconds, units))} /{units}"
