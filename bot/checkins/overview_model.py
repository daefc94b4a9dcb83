"""What the answers of `/run stats` hold: one member's totals, streak, records and year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.checkins.statistics import Comparison, StatsRange, Summary, WeekSum
from bot.checkins.streaks import Streak, WeekRecord
from bot.checkins.units import Units

WeekState = Literal["kept", "frozen", "skip", "open", "missed"]


@dataclass(frozen=True, slots=True)
class ChartWeek:
    """One week of the chart: what was gone in it, and how it stands with the target."""

    sums: WeekSum
    record: WeekRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The statistics of a range that ends on the running day `last`; `first` is None for all time.

    `began` is the day of the first check-in, None without any. `streak` is None until a check-in came on time.
    `chart` has up to twelve weeks, the current one last. `weekly_metres` and `weekly_minutes` are goals.
    `language` is the group's. `nearly_not` are days of the range on which the member went although they nearly did
    not: for their own eyes.
    """

    chosen: StatsRange
    first: date | None
    last: date
    began: date | None
    units: Units
    language: str
    summary: Summary
    comparison: Comparison | None
    streak: Streak | None
    chart: tuple[ChartWeek, ...]
    weekly_metres: int | None
    weekly_minutes: int | None
    nearly_not: int = 0


@dataclass(frozen=True, slots=True)
class StreakWeek:
    """One week as the streak sees it; `missing` days are the skips that a week of state "skip" took."""

    record: WeekRecord
    state: WeekState

    @property
    def missing(self) -> int:
        return max(0, self.record.target - self.record.kept_days)


@dataclass(frozen=True, slots=True)
class StreakOverview:
    """The streak, None until a check-in came on time, and up to twelve weeks, the current one last."""

    streak: Streak | None
    weeks: tuple[StreakWeek, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """One best: metres or seconds, and its running day (of the best week the first one)."""

    value: int
    day: date
    typed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordBook:
    """A member's bests so far; None where there is none. `fastest` are seconds by mark in metres."""

    units: Units
    fastest: dict[int, Mark]
    farthest: Mark | None
    longest: Mark | None
    best_week: Mark | None


@dataclass(frozen=True, slots=True, kw_only=True)
class YearOverview:
    """The 53 weeks that end with the one of `today`: check-ins by day, paused and resting days, weeks kept."""

    today: date
    week_starts_on: int
    check_ins: dict[date, int]
    paused: frozenset[date]
    resting: frozenset[date]
    kept_weeks: frozenset[date]
