"""When a wall clock first shows each time of each date: by looking at the clock, never by turning local into UTC.

Nothing here asks zoneinfo for the UTC moment of a local time. The clock is read at every hour of UTC
(`datetime.fromtimestamp`); where it moved by anything but an hour, the second of the change is searched for by reading
it further. A time is due at the first second at which the clock shows it or a later one; the dates that exist are
those that the clock showed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

HOUR = 3_600
DAY_SECONDS = 86_400
# Wall-clock readings are counted in seconds as if they were UTC; the first of them all was a Thursday.
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Clocked = tuple[date, datetime]


@dataclass(frozen=True)
class Stretch:
    """UTC seconds from `start` up to `end` (left out) in which the clock runs `ahead` seconds before UTC."""

    start: int
    end: int
    ahead: int


def ahead(second: int, zone: ZoneInfo) -> int:
    """How far the wall clock's reading is before UTC's, in seconds, read off the two readings."""
    shown = datetime.fromtimestamp(second, zone).replace(tzinfo=UTC)
    return int((shown - EPOCH).total_seconds()) - second


def stretches(zone: ZoneInfo, start: int, end: int) -> Iterator[Stretch]:
    """The stretches of even time from `start` to `end`, found by reading the clock at every hour."""
    began, current = start, ahead(start, zone)
    for second in range(start + HOUR, end + HOUR, HOUR):
        if ahead(second, zone) == current:
            continue
        low, high = second - HOUR, second
        while high - low > 1:
            middle = (low + high) // 2
            if ahead(middle, zone) == current:
                low = middle
            else:
                high = middle
        yield Stretch(began, high, current)
        began, current = high, ahead(high, zone)
    yield Stretch(began, end, current)


def first_showings(
    zone: ZoneInfo, since: datetime, until: datetime, minutes: Sequence[int]
) -> dict[int, list[Clocked]]:
    """For each of `minutes` every (date, moment) with `since` < moment <= `until`, in order of dates."""
    start = int(since.timestamp()) - 3 * DAY_SECONDS
    found = list(stretches(zone, start, int(until.timestamp()) + DAY_SECONDS))
    shown = {
        day
        for each in found
        for day in range(
            (each.start + each.ahead) // DAY_SECONDS, (each.end - 1 + each.ahead) // DAY_SECONDS + 1
        )
    }
    dates = {day: (EPOCH + timedelta(days=day)).date() for day in shown}
    due: dict[int, list[Clocked]] = {minute: [] for minute in minutes}
    for minute in minutes:
        wanted = iter(sorted(shown))
        day = next(wanted, None)
        for each in found:
            while day is not None:
                # Where the clock jumped past the time, its very first second here is the first that has passed it.
                moment = max(each.start, day * DAY_SECONDS + minute * 60 - each.ahead)
                if moment >= each.end:
                    break
                due[minute].append((dates[day], EPOCH + timedelta(seconds=moment)))
                day = next(wanted, None)
    return {
        minute: [(day, moment) for day, moment in clocked if since < moment <= until]
        for minute, clocked in due.items()
    }


@dataclass
class Comparison:
    """What an implementation made of the same stretch of time: counts of occurrences."""

    compared: int = 0
    wrong: int = 0
    missing: int = 0
    twice: int = 0

    @property
    def clean(self) -> bool:
        return self.compared > 0 and not self.wrong and not self.missing and not self.twice

    def add(self, other: Comparison) -> None:
        self.compared += other.compared
        self.wrong += other.wrong
        self.missing += other.missing
        self.twice += other.twice


def compare(expected: Sequence[Clocked], made: Sequence[Clocked]) -> Comparison:
    """`wrong` counts moments that differ and dates that do not exist; `twice` dates made more than once."""
    if made == expected:
        return Comparison(compared=len(expected))
    first = dict(reversed(made))
    right = dict(expected)
    return Comparison(
        compared=len(expected),
        wrong=sum(right.get(day) != moment for day, moment in first.items()),
        missing=len(right.keys() - first.keys()),
        twice=len(made) - len(first),
    )
