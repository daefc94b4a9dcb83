"""What a member's check-ins add up to: totals, pace, a comparison with the weeks before, weeks for the chart.

Everything is summed from one row a running day. A number that a check-in does not have is never filled in: each
total says on how many check-ins it rests.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from fractions import Fraction
from typing import Final, Literal

from bot.checkins.units import half_up
from bot.days import DAY, week_start, weeks_between

StatsRange = Literal["week", "month", "year", "all"]
Metric = Literal["days_kept", "metres", "seconds", "pace"]
WEEKS_BEFORE: Final = 4
CHART_WEEKS: Final = 12
# Fewer check-ins than this on one side of a comparison say little: the words beside it say so.
FEW: Final = 4
_WEEK: Final = timedelta(weeks=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySum:
    """One running day's check-ins, summed.

    `on_time` are those that count for days kept (all but files that were old when uploaded). `metres` and `seconds`
    are the sums of the `with_metres` and `with_seconds` check-ins that have them; the paced figures are those of
    runs (no walks) that have both.
    """

    day: date
    check_ins: int
    on_time: int
    runs: int
    walks: int
    metres: int
    seconds: int
    with_metres: int
    with_seconds: int
    paced_runs: int
    paced_metres: int
    paced_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The totals of some days; names as in DaySum. `days_kept` are days with a check-in that came on time."""

    check_ins: int = 0
    days_kept: int = 0
    runs: int = 0
    walks: int = 0
    metres: int = 0
    seconds: int = 0
    with_metres: int = 0
    with_seconds: int = 0
    paced_runs: int = 0
    paced_metres: int = 0
    paced_seconds: int = 0

    def rests_on(self, metric: Metric) -> int:
        """How many check-ins (for days_kept: all) a figure is made of."""
        return {
            "days_kept": self.check_ins,
            "metres": self.with_metres,
            "seconds": self.with_seconds,
            "pace": self.paced_runs,
        }[metric]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Totals now and before, each over `*_spans` spans of equal length, so that their means can be compared.

    For a week a span is its days so far, before it the same days of earlier weeks; else it is seven days.
    `span_days` is 1 to 7.
    """

    now: Summary
    now_spans: int
    before: Summary
    before_spans: int
    span_days: int

    def means(self, metric: Literal["days_kept", "metres", "seconds"]) -> tuple[Fraction, Fraction] | None:
        """(now, before): the mean of a span on each side; None where one side has no such number."""
        if metric != "days_kept" and not (self.now.rests_on(metric) and self.before.rests_on(metric)):
            return None
        return (
            Fraction(int(getattr(self.now, metric)), self.now_spans),
            Fraction(int(getattr(self.before, metric)), self.before_spans),
        )

    def paces(self) -> tuple[int, int] | None:
        """(now, before): whole seconds per kilometre over all runs that have both numbers; None without any."""
        sides = (self.now, self.before)
        if not all(side.paced_metres for side in sides):
            return None
        now, before = (half_up(Fraction(side.paced_seconds * 1000, side.paced_metres)) for side in sides)
        return now, before

    def is_small(self, metric: Metric) -> bool:
        """Whether the figures of either side rest on so few check-ins that it has to be said."""
        return min(self.now.rests_on(metric), self.before.rests_on(metric)) < FEW


@dataclass(frozen=True, slots=True)
class WeekSum:
    """One week of the chart: its first day and totals."""

    week: date
    summary: Summary

    @property
    def metres(self) -> int | None:
        """The week's metres; None where no check-in says any, which is not the same as 0."""
        return self.summary.metres if self.summary.with_metres else None

    @property
    def seconds(self) -> int | None:
        """The week's seconds; None where no check-in says any."""
        return self.summary.seconds if self.summary.with_seconds else None


def range_days(chosen: StatsRange, today: date, week_starts_on: int) -> tuple[date | None, date]:
    """The first and last running day of a range that ends today; the first is None for all."""
    first = {
        "week": week_start(today, week_starts_on),
        "month": today.replace(day=1),
        "year": today.replace(month=1, day=1),
        "all": None,
    }[chosen]
    return first, today


def summarise(days: Iterable[DaySum], first: date | None, last: date) -> Summary:
    """The totals of the days from `first` (None: from the beginning) to `last`."""
    chosen = [day for day in days if (first is None or first <= day.day) and day.day <= last]
    sums = {
        each.name: sum(getattr(day, each.name) for day in chosen)
        for each in fields(Summary)
        if each.name != "days_kept"
    }
    return Summary(**sums, days_kept=len({day.day for day in chosen if day.on_time}))


def compare(
    days: Sequence[DaySum], chosen: StatsRange, today: date, week_starts_on: int
) -> Comparison | None:
    """The comparison with the four weeks before; None while there is no whole week to compare with.

    This week so far stands against the same days of the four weeks before it; month, year and all stand as the last
    28 days against the 28 before. Weeks that began before the first check-in are left out.
    """
    begun = min((day.day for day in days if day.day <= today), default=None)
    if begun is None:
        return None
    if chosen == "week":
        start, now_spans = week_start(today, week_starts_on), 1
        span_days = (today - start).days + 1
    else:
        start, now_spans, span_days = today - WEEKS_BEFORE * _WEEK + DAY, WEEKS_BEFORE, 7
    earlier = [start - n * _WEEK for n in range(1, WEEKS_BEFORE + 1) if start - n * _WEEK >= begun]
    if not earlier:
        return None
    span = timedelta(days=span_days - 1)
    within = [day for day in days if any(first <= day.day <= first + span for first in earlier)]
    return Comparison(
        now=summarise(days, start, today),
        now_spans=now_spans,
        before=summarise(within, earlier[-1], today),
        before_spans=len(earlier),
        span_days=span_days,
    )


def weekly(
    days: Iterable[DaySum], today: date, week_starts_on: int, weeks: int = CHART_WEEKS
) -> list[WeekSum]:
    """The last `weeks` weeks with the current one last, for the chart; weeks without check-ins are there too."""
    current = week_start(today, week_starts_on)
    by_week: dict[date, list[DaySum]] = {}
    for day in days:
        if day.day <= today:
            by_week.setdefault(week_start(day.day, week_starts_on), []).append(day)
    return [
        WeekSum(week, summarise(by_week.get(week, ()), week, week + _WEEK - DAY))
        for week in weeks_between(current - (weeks - 1) * _WEEK, current)
    ]
