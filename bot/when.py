"""Days and clock times as people type them: "yesterday 7am", "Sat 9:00", "20.11.2026", "in 2 weeks".

Two directions share one reader. Looking back (a run that was), a weekday is the latest one; looking ahead (a
challenge, a pause), the next one. A weekday's own name on that very day means that day, unless its clock time is on
the wrong side of now; with "last" and "next" before it never. A date without its year is the nearest one allowed.

"today", "yesterday", a weekday and "in 3 days" name running days: "yesterday 1:30" is the hour after midnight that
still belongs to yesterday. Where that moment is on the wrong side of now, the same words are read by the calendar.
A date with a time is that moment on the wall clock, and its running day follows from it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from bot.day_words import DayWords, day_words
from bot.days import DAY, at_local, running_day
from bot.errors import Refusal
from bot.locales import plain
from bot.typed_dates import add_months, read_date

Direction = Literal["back", "ahead"]
A_YEAR: Final = 366
_LONGEST_TYPED = 60


class UnreadableDay(Refusal):
    """The text names no day at all: who asked for one in a form of several can say which."""


@dataclass(frozen=True, slots=True)
class When:
    """A running day and, where a clock time was typed, the UTC moment."""

    day: date
    started_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Frame:
    """Whose calendar a text is read in, and how far to either side of today it may lie."""

    now: datetime
    zone: ZoneInfo
    day_starts_minute: int
    words: DayWords
    direction: Direction
    back: int
    ahead: int

    @property
    def today(self) -> date:
        return running_day(self.now, self.zone, self.day_starts_minute)

    def day_of(self, moment: datetime) -> date:
        return running_day(moment, self.zone, self.day_starts_minute)

    def fits(self, moment: datetime) -> bool:
        """Whether a moment is on the side of now that is looked at."""
        return moment <= self.now if self.direction == "back" else moment >= self.now


def parse_when(
    text: str | None,
    *,
    now: datetime,
    zone: ZoneInfo,
    day_starts_minute: int,
    language: str = "en",
    days_back: int = 30,
) -> When:
    """When a run was: at most `days_back` running days back, never after `now` (an aware datetime).

    None, empty and "now" are the present running day without a clock time. Raises Refusal in words.
    """
    frame = _Frame(now, zone, day_starts_minute, day_words(language), "back", days_back, 0)
    typed = _plain(text or "")
    if not typed or typed in frame.words.phrases.now:
        return When(frame.today, None)
    when = _read(typed, frame)
    if when.day > frame.today or (when.started_at and when.started_at > now):
        raise Refusal(
            "That is still to come. Type when it was, like yesterday 7:15, or leave it out for today."
        )
    _limit_back(when, frame)
    return when


def parse_ahead(
    text: str,
    *,
    now: datetime,
    zone: ZoneInfo,
    day_starts_minute: int,
    language: str = "en",
    back: int = 0,
    ahead: int = A_YEAR,
    prefer: Direction = "ahead",
) -> When:
    """When something begins or ends: from `back` running days before today to `ahead` days after it.

    `prefer` says which of two weekdays is meant. Without days back a clock time may not have passed either.
    Raises Refusal in words.
    """
    frame = _Frame(now, zone, day_starts_minute, day_words(language), prefer, back, ahead)
    typed = _plain(text)
    if typed in frame.words.phrases.now:
        return When(frame.today, None)
    when = _read(typed, frame)
    if when.started_at and when.started_at < now and back == 0:
        raise Refusal("That time has passed. Type one that is still to come, like tomorrow 9:00.")
    _limit_back(when, frame)
    if when.day > frame.today + timedelta(days=ahead):
        raise Refusal("That is more than {days} days ahead. Type a nearer day.", days=ahead)
    return when


def parse_day(
    text: str,
    *,
    now: datetime,
    zone: ZoneInfo,
    day_starts_minute: int,
    language: str = "en",
    back: int,
    ahead: int = A_YEAR,
    prefer: Direction = "ahead",
) -> date:
    """The running day alone of what `parse_ahead` reads: for pauses and the like."""
    return parse_ahead(
        text,
        now=now,
        zone=zone,
        day_starts_minute=day_starts_minute,
        language=language,
        back=back,
        ahead=ahead,
        prefer=prefer,
    ).day


def parse_clock(text: str) -> int:
    """A time of day in minutes after midnight (0 to 1439): "7:15", "7am", "6.30 pm", "18h30", "18h".

    Raises Refusal in words; a bare number is refused, as it could be morning or evening.
    """
    match = _CLOCK_ALONE.fullmatch(plain(text, _LONGEST_TYPED) or "")
    if match is None or not (match["minute"] or match["half"]):
        raise _no_clock_time()
    return _minutes(match)


def _limit_back(when: When, frame: _Frame) -> None:
    if when.day >= frame.today - timedelta(days=frame.back):
        return
    if frame.back == 0:
        raise Refusal("That day has passed. Type today, or a day that is still to come.")
    raise Refusal("That is more than {days} days back. Type a later day.", days=frame.back)


def _plain(text: str) -> str:
    typed = plain(text, _LONGEST_TYPED)
    if typed is None:
        raise _no_day()
    return typed


def _no_day() -> UnreadableDay:
    said = Refusal(
        "I can't read that day. Type it like today, Saturday or 2026-11-20, with a time like 7:15 if you wish."
    )
    return UnreadableDay(said.message)


def _no_clock_time() -> Refusal:
    return Refusal("That is not a time of day I can read. Type it like 7:15, 18:30 or 6:30 pm.")


_CLOCK = (
    r"(?P<hour>[0-9]{1,2})(?:(?P<sign>[:.h])(?P<minute>[0-9]{2})(?::[0-9]{2})?)?"
    r"(?: ?(?P<half>am|pm|a\.m\.?|p\.m\.?|h|uhr))?"
)
_CLOCK_ALONE = re.compile(_CLOCK, re.ASCII)
_CLOCK_LAST = re.compile(rf"(?:^|[ ,]|(?<=[0-9])t){_CLOCK}$", re.ASCII)
_CLOCK_FIRST = re.compile(rf"^{_CLOCK}[ ,]", re.ASCII)


def _minutes(clock: re.Match[str]) -> int:
    """Minutes after midnight of a matched clock time; raises Refusal for one that no clock shows."""
    hour, minute, half = int(clock["hour"]), int(clock["minute"] or 0), (clock["half"] or "")[:1]
    if half in ("a", "p"):
        if not 1 <= hour <= 12:
            raise _no_clock_time()
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 23 or minute > 59:
        raise _no_clock_time()
    return hour * 60 + minute


def _split_clock(typed: str, words: DayWords) -> tuple[str, int | None]:
    """The words of the day, and the clock time that stood after or before them."""
    for pattern in (_CLOCK_LAST, _CLOCK_FIRST):
        match = pattern.search(typed)
        # "20.11" is a date and "Nov 20" no hour: a clock time has a colon, an h, or its half of the day.
        if match and (match["half"] or match["sign"] in (":", "h")):
            rest = typed[: match.start()] if pattern is _CLOCK_LAST else typed[match.end() :]
            return _without_fillers(rest, words), _minutes(match)
    return _without_fillers(typed, words), None


def _without_fillers(typed: str, words: DayWords) -> str:
    """The text without commas at its ends and without words such as "at" and "on" at either end."""
    parts = typed.strip(" ,").split()
    while parts and parts[-1] in words.phrases.fillers:
        parts.pop()
    while parts and parts[0] in words.phrases.fillers:
        parts.pop(0)
    return " ".join(parts).strip(" ,")


def _read(typed: str, frame: _Frame) -> When:
    """What plain text says, before any limit on how far away it may be."""
    phrase, minute = _split_clock(typed, frame.words)
    if not phrase and minute is None:
        raise _no_day()
    days = _named_days(phrase, frame)
    by_running_day = bool(days)
    if not days:
        found = read_date(phrase, frame.words, _written_today(frame), frame.back, frame.ahead)
        if found is None:
            raise _no_day()
        days = [found]
    if minute is None:
        return When(days[0], None)
    moments = [
        moment for day in days for moment in _moments(day, minute, frame, by_running_day=by_running_day)
    ]
    moment = next((each for each in moments if frame.fits(each)), moments[0])
    return When(frame.day_of(moment), moment)


def _written_today(frame: _Frame) -> date:
    """Today as the calendar on the wall has it: what a typed date is compared with."""
    return frame.now.astimezone(frame.zone).date()


def _moments(day: date, minute: int, frame: _Frame, *, by_running_day: bool) -> list[datetime]:
    """What a clock time on a day can mean, the likelier first: within the running day, or on the calendar's date."""
    written = at_local(day, minute, frame.zone)
    if by_running_day and minute < frame.day_starts_minute:
        return [at_local(day + DAY, minute, frame.zone), written]
    if by_running_day and _written_today(frame) > frame.today:
        # After midnight, before the day turns: "today 18:30" can also mean the evening that is coming.
        return [written, at_local(day + DAY, minute, frame.zone)]
    return [written]


def _named_days(phrase: str, frame: _Frame) -> Sequence[date]:
    """The running days that words can mean, the likelier first; empty where they are none of these words."""
    phrases, today = frame.words.phrases, frame.today
    step = DAY if frame.direction == "ahead" else -DAY
    if not phrase:
        return [today, today + DAY] if frame.direction == "ahead" else [today]
    if phrase in phrases.today:
        return [today]
    if phrase in phrases.yesterday:
        return [today - DAY]
    if phrase in phrases.tomorrow:
        return [today + DAY]
    weekday = frame.words.weekdays.get(phrase.rstrip("."))
    if weekday is not None:
        first = _weekday(weekday, today, step)
        return [first, first + 7 * step]
    lead, _, rest = phrase.partition(" ")
    weekday = frame.words.weekdays.get(rest.rstrip("."))
    if weekday is not None and lead in phrases.last:
        return [_weekday(weekday, today - DAY, -DAY)]
    if weekday is not None and lead in phrases.next:
        return [_weekday(weekday, today + DAY, DAY)]
    span = _span(phrase, frame)
    return [] if span is None else [span]


def _weekday(weekday: int, start: date, step: timedelta) -> date:
    """The first day with that weekday, going from `start` (included) by `step`."""
    while start.weekday() != weekday:
        start += step
    return start


def _span(phrase: str, frame: _Frame) -> date | None:
    """The day of "in 2 weeks", "3 days ago", "in a month"; None for other words."""
    phrases = frame.words.phrases
    parts = phrase.split(" ")
    if parts[0] in phrases.ahead_before | phrases.back_before:
        sign, middle = (1 if parts[0] in phrases.ahead_before else -1), parts[1:]
    else:
        tail = " ".join(parts[2:])
        if tail not in phrases.ahead_after | phrases.back_after:
            return None
        sign, middle = (1 if tail in phrases.ahead_after else -1), parts[:2]
    if len(middle) != 2:
        return None
    number, unit = middle
    if number in phrases.one:
        n = sign
    elif number.isdecimal() and len(number) <= 3:
        n = sign * int(number)
    else:
        return None
    if unit in phrases.days:
        return frame.today + timedelta(days=n)
    if unit in phrases.weeks:
        return frame.today + timedelta(weeks=n)
    return add_months(frame.today, n) if unit in phrases.months else None
