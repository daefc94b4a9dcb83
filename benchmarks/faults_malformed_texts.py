"""Malformed words for every parser of what people type: each gives a value or a refusal in words, and soon."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, get_args
from zoneinfo import ZoneInfo

from bot.care.typed import read_resources
from bot.challenges.days_typed import read_first, read_last
from bot.challenges.forms import read_plan
from bot.challenges.loading import ChallengeFrame
from bot.challenges.model import Kind
from bot.challenges.money import read_money
from bot.challenges.targets import read_target
from bot.checkins.model import Entry
from bot.checkins.reading import Frame, read_entry
from bot.checkins.units import parse_distance, parse_duration
from bot.errors import Refusal
from bot.moodpolls.typed import read_duration
from bot.moodpolls.typed import read_plan as read_poll
from bot.scheduling.weekdays import parse_weekdays
from bot.ui.text import clean, plain
from bot.ui.zones import resolve
from bot.when import parse_ahead, parse_clock, parse_day, parse_when

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
WHEN: dict[str, Any] = {"now": NOW, "zone": BERLIN, "day_starts_minute": 240}
FRAME = Frame(now=NOW, zone=BERLIN, units="km", visibility="group", day_starts_minute=240, week_starts_on=0)
CHALLENGE = ChallengeFrame(
    now=NOW, zone=BERLIN, units="km", group_units="km", language="en", day_starts_minute=240, week_starts_on=0,
    open=0, open_own=0, members_make=True,
)  # fmt: skip
FIELDS = ("title", "target", "start", "end", "teams", "route", "places", "rate", "cap", "cause", "measure")
LANGUAGES = ("en", "de", "fr", "ar", "ja", "pt-BR", "xx")
LONGEST_S = 1.0
# What people really type: mutations begin here.
SEEDS = (
    "5k",
    "5.3 km",
    "3.1 mi",
    "10,5km",
    "half marathon",
    "26:41",
    "1:02:03",
    "45 min",
    "1h 5m",
    "5:30/km",
    "yesterday",
    "yesterday 7:15",
    "mon 18h30",
    "2026-11-17",
    "17 Nov",
    "last friday",
    "now",
    "7am",
    "18:30",
    "6.30 pm",
    "daily",
    "Mon Wed Fri",
    "Fri-Mon",
    "weekdays",
    "3 h",
    "2 days",
    "1w",
    "500 km",
    "100 hours",
    "20 days",
    "5 EUR",
    "$1.50",
    "€ 10",
    "0.50 per km",
    "Telefonseelsorge | 0800 111 0 111",
    "A | https://a.example/b",
    "Europe/Berlin",
    "berlin",
    "UTC+2",
    "Amérique",
    "Sunday",
    "next week",
    "in 3 weeks",
    "four, six",
    "Reds; Blues",
    "Rhine",
    "everybody",
    "١٢:٣٠",
    "五公里",
    "5 كم",
    "9**9**9",
    "5" * 40,
)
PIECES = (
    "",
    " ",
    "\t",
    "\n",
    "\0",
    "\u202e",
    "\u200d",
    "\ufeff",
    "\ud7ff",
    "\U0001f3c3",
    "@everyone",
    "<@&1>",
    "</run:1>",
    "-",
    "+",
    "--",
    "e",
    "E308",
    "1e999",
    "inf",
    "nan",
    "NaN",
    "-0",
    "00",
    ":",
    "::",
    ".",
    ",",
    "/",
    "%",
    "%s",
    "{0}",
    "{",
    "'",
    '"',
    ";",
    "\\",
    "|",
    "(",
    ")",
    "(" * 50,
    "9" * 30,
    "９",
    "²",
    "½",
    "Ⅻ",
    "௧",
    "k",
    "km",
    "mi",
    "h",
    "m",
    "s",
    "am",
    "pm",
    "null",
    "None",
    "True",
    "=1+1",
    "https://",
    "javascript:",
    "\r\n",
    "\u2028",
    "ı",
    "ß",
    "İ",
    "ﬁ",
    "a\u0300" * 20,
    "ﷺ" * 30,
)


def _entry(text: str) -> object:
    halves = text.partition("|")
    return read_entry(
        Entry(activity="run", distance=halves[0], time=halves[2] or None, when=halves[2] or None), FRAME
    )


def _form(text: str) -> object:
    kinds: tuple[Kind, ...] = get_args(Kind)
    return read_plan(kinds[len(text) % len(kinds)], dict.fromkeys(FIELDS, text), CHALLENGE, "en")


PARSERS: dict[str, Callable[[str], object]] = {
    "a distance": lambda text: parse_distance(text, "km"),
    "a distance in miles": lambda text: parse_distance(text, "mi"),
    "a duration": parse_duration,
    "when": lambda text: parse_when(text, **WHEN, language=LANGUAGES[len(text) % len(LANGUAGES)]),
    "when, ahead": lambda text: parse_ahead(text, **WHEN, back=30),
    "a day": lambda text: parse_day(text, **WHEN, back=30, language=LANGUAGES[len(text) % len(LANGUAGES)]),
    "a time of day": parse_clock,
    "weekdays": lambda text: parse_weekdays(text, LANGUAGES[len(text) % len(LANGUAGES)]),
    "a run": _entry,
    "a challenge's target": lambda text: read_target(text, "together", "km", "en"),
    "a challenge's first day": lambda text: read_first(text, CHALLENGE, "en"),
    "a challenge's last day": lambda text: read_last(text, NOW.date(), CHALLENGE, "de"),
    "a challenge": _form,
    "money": read_money,
    "how long a poll is open": read_duration,
    "a poll": lambda text: read_poll("question", text, text, text[:9] or None, "weekly", len(text)),
    "support resources": lambda text: read_resources(text, text),
    "a zone": resolve,
    "stored text": lambda text: clean(text, 200),
    "shown text": lambda text: plain(text, 200),
}


def malformed(dice: random.Random) -> str:
    """One text, from what people type to what nobody does."""
    text = dice.choice(SEEDS)
    for _ in range(dice.choice((1, 1, 2, 3, 5, 9))):
        at = dice.randint(0, len(text))
        how = dice.random()
        if how < 0.4:
            text = text[:at] + dice.choice(PIECES) + text[at:]
        elif how < 0.55:
            text = text[:at] + text[at + dice.randint(1, 4) :]
        elif how < 0.7:
            text = (
                text[:at]
                + chr(dice.choice((dice.randint(1, 127), dice.randint(128, 0xD7FF), 0x1F600)))
                + text[at + 1 :]
            )
        elif how < 0.8:
            text += dice.choice((" ", "|", ",", "-", "")) + dice.choice(SEEDS)
        elif how < 0.9:
            text = text.swapcase()[::-1] if dice.random() < 0.3 else text * dice.randint(1, 3)
        else:
            text = text.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    return text[: dice.choice((100, 100, 400, 4_000))]


def try_texts(seed: int, inputs: int) -> tuple[Counter[str], list[str], float]:
    """(tried by parser, crashes and slow ones in words, the slowest in seconds)."""
    dice, tried, wrong, slowest = random.Random(seed), Counter[str](), list[str](), 0.0
    names = list(PARSERS)
    for number in range(inputs):
        name, text = names[number % len(names)], malformed(dice)
        tried[name] += 1
        began = time.perf_counter()
        try:
            PARSERS[name](text)
        except Refusal:
            pass
        except Exception as error:  # noqa: BLE001 - anything else is what is looked for
            wrong.append(f"{name}: {type(error).__name__} at {text!r}"[:300])
        took = time.perf_counter() - began
        slowest = max(slowest, took)
        if took > LONGEST_S:
            wrong.append(f"{name}: {took:.1f} s for {text!r}"[:300])
    return tried, wrong, slowest
