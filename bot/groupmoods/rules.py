"""When a group's weekly mood is worked out, what it comes to, and when it is withheld. Pure arithmetic.

A figure says little on purpose: the mean of members' means, in halves, and a band of how many. It is worked out once,
after the week, from the entries that are there then, and stays as it is whatever is erased later.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Final, Literal

from bot.days import week_start

Band = Literal["5-9", "10-19", "20+"]

FEWEST: Final = 5  # respondents; below it there is no figure
MANY: Final = 10  # respondents from whom on one or two make little difference, and a trend may be shown
FEW_CHANGED: Final = (1, 2)  # so many who joined or left are told apart by two figures beside each other
FARTHEST: Final = 4  # on the mood's scale: 4/5 of the way from its middle to its end
# After the turn of the week in UTC. The last running day ends 24 hours later (in a zone 12 hours behind, with a day
# that turns at noon); the rest is time to correct an entry.
WORKED_OUT_AFTER: Final = timedelta(hours=36)
WEEK: Final = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Decided:
    """What is stored of a week: the mean in halves and who is in it; None and nobody where it is withheld."""

    half_points: int | None
    people: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class LastShown:
    """The last figure that was shown: of how many, and who of them is still known (erasing takes people out)."""

    respondents: int
    people: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFigure:
    """One week, by its first day. Both None: too few answered, or it was withheld; which of them is not told."""

    week_day: date
    half_points: int | None
    band: Band | None

    @property
    def mood(self) -> float | None:
        """On the mood's scale, in steps of 0.5."""
        return None if self.half_points is None else self.half_points / 2

    @property
    def for_trend(self) -> bool:
        """Whether it has the 10 respondents that each figure of a trend needs."""
        return self.band in ("10-19", "20+")


def week_worked_out(now: datetime, week_starts_on: int) -> date:
    """The first day of the latest week that is over for everybody, wherever they are, and half a day longer."""
    return week_start((now.astimezone(UTC) - WORKED_OUT_AFTER).date(), week_starts_on) - WEEK


def decide(entries: Mapping[int, tuple[int, int]], last: LastShown | None) -> Decided:
    """A week's figure.

    Args:
        entries: by respondent, the sum of their moods of that week and how many there are (at least one).
        last: the last figure that was shown, None where there is none.
    """
    people = frozenset(entries)
    if len(people) < FEWEST:
        return Decided(None)
    means = [Fraction(total, count) for total, count in entries.values()]
    mean = sum(means, Fraction()) / len(means)
    alike = len({round(2 * each) for each in means}) == 1
    if alike or abs(mean) > FARTHEST or tells_apart(people, last):
        return Decided(None)
    return Decided(round(2 * mean), people)


def tells_apart(people: Collection[int], last: LastShown | None) -> bool:
    """Whether so few changed since the last figure that the two together say something of one or two people.

    Who was in it and has been erased since counts as changed. It matters where either of the two has under 10.
    """
    if last is None or min(len(people), last.respondents) >= MANY:
        return False
    erased = last.respondents - len(last.people)
    return erased + len(last.people.symmetric_difference(people)) in FEW_CHANGED


def band(respondents: int) -> Band | None:
    """How many answered, as it is told; None below five."""
    if respondents < FEWEST:
        return None
    if respondents < MANY:
        return "5-9"
    return "10-19" if respondents < 2 * MANY else "20+"
