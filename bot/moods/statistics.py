"""What one's own log can say of running and mood, and how sure one can be. Pure arithmetic, nothing filled in.

Differences of ratings are on the mood's scale (-5 to 5); days are running days. Nothing here speaks of a cause.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import fmean, stdev
from typing import Final, Literal

from bot.days import week_start
from bot.moods.t_quantiles import Confidence, t_quantile

Stage = Literal["entries", "count", "early", "claim"]
Interval = tuple[float, float]

COUNT_FROM: Final = 5
EARLY_FROM: Final = 8
CLAIM_FROM: Final = 12
# A claim is made at these numbers of pairs alone: whoever looks after every run finds something in chance in the end.
LOOKS: Final = (12, 20, 30, 50, 100, 200, 300, 500, 1_000, 2_000, 3_000, 5_000)
SMALLEST_SD: Final = 0.5  # ratings are whole numbers: a few equal differences are no certainty
LARGEST_AUTOCORRELATION: Final = 0.6
# So many of its standard errors (1 / sqrt n) a claim adds to the autocorrelation: in short series it is easily
# underestimated, and a claim stands for a long time.
CAUTION: Final = 0.75
FEWEST_DEGREES: Final = 2.0
ADJUSTED_FROM_PAIRS: Final = 20
ADJUSTED_FROM_DAILY: Final = 14
RUN_REST_WEEKS: Final = 8
TREND_ENTRIES: Final = 8
TREND_SPAN: Final = timedelta(weeks=3)
TREND_GAP: Final = timedelta(days=21)
TREND_TIME_CONSTANT: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Pair:
    """The moods before and after one run."""

    run_id: int
    day: date
    before: int
    after: int

    @property
    def change(self) -> int:
        return self.after - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift:
    """The differences after minus before of `n` runs: their mean, and after how many it was higher, lower, the same.

    `effective_n` is what n comes to where neighbouring runs are alike. The intervals are None for a single pair.
    """

    n: int
    mean: float
    higher: int
    lower: int
    same: int
    effective_n: float
    interval95: Interval | None
    interval99: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftShown:
    """How much may be said.

    `stage`: "entries" under 5 pairs, "count" to 7, "early" to 11, then "claim". `claim` is what the last look said:
    "rise", "fall", or None for "can't tell yet"; `look` is how many pairs it looked at, `next_look` when the next one
    is. `adjusted` is the lift without regression to the mean, where there are enough pairs and daily entries.
    """

    stage: Stage
    lift: Lift | None
    claim: Literal["rise", "fall"] | None
    look: int | None
    next_look: int | None
    adjusted: float | None
    daily: int


@dataclass(frozen=True, slots=True)
class RunRest:
    """Mood on run days minus mood on rest days, over weeks that have both; positive: higher on run days."""

    weeks: int
    mean: float
    interval95: Interval


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """The weighted mean of the moods up to `at`."""

    at: datetime
    value: float


def lift(pairs: Sequence[Pair]) -> Lift | None:
    """Mean difference with its intervals; None without pairs. `pairs` are in the order of time.

    The lag-1 autocorrelation r1 of the differences is corrected for its bias in short series (Kendall 1954, Biometrika
    41:403), the number of pairs brought down to n (1 - r) / (1 + r) (Bayley and Hammersley 1946, Supplement to the
    Journal of the Royal Statistical Society 8:184), and t taken at that number less one: at n less one, 8 to 12 runs
    that are alike (r of 0.4 to 0.6) were covered too rarely (`make feelings`). The 99% interval, on which claims rest,
    adds `CAUTION` to r.
    """
    changes = [pair.change for pair in pairs]
    if not changes:
        return None
    n, mean = len(changes), fmean(changes)
    return Lift(
        n=n,
        mean=mean,
        higher=sum(change > 0 for change in changes),
        lower=sum(change < 0 for change in changes),
        same=sum(change == 0 for change in changes),
        effective_n=effective_number(changes),
        interval95=_interval(changes, effective_number(changes), 95),
        interval99=_interval(changes, effective_number(changes, caution=CAUTION), 99),
    )


def effective_number(values: Sequence[float], *, caution: float = 0.0) -> float:
    """How many independent values these, in the order of time, are worth: n (1 - r) / (1 + r), r between 0 and 0.6.

    `caution` is added to r in units of its standard error.
    """
    n = len(values)
    r1 = autocorrelation(values)
    r = min(LARGEST_AUTOCORRELATION, max(0.0, r1 + (1 + 3 * r1) / n + caution / math.sqrt(n)))
    return n * (1 - r) / (1 + r)


def autocorrelation(values: Sequence[float]) -> float:
    """At lag 1, between -1 and 1; 0 where all are equal."""
    mean = fmean(values)
    apart = [value - mean for value in values]
    total = math.fsum(each * each for each in apart)
    if total == 0:
        return 0.0
    return math.fsum(one * next_one for one, next_one in pairwise(apart)) / total


def _interval(values: Sequence[float], effective: float, confidence: Confidence) -> Interval | None:
    if len(values) < 2:
        return None
    mean, degrees = fmean(values), max(FEWEST_DEGREES, effective - 1)
    reach = t_quantile(min(degrees, len(values) - 1), confidence)
    reach *= max(SMALLEST_SD, stdev(values)) / math.sqrt(effective)
    return mean - reach, mean + reach


def lift_shown(pairs: Sequence[Pair], daily_moods: Sequence[int]) -> LiftShown:
    """How much of the lift may be said. `pairs` are in the order of time, `daily_moods` entries tied to no run."""
    found, n = lift(pairs), len(pairs)
    stage: Stage = "claim"
    if n < COUNT_FROM:
        stage = "entries"
    elif n < EARLY_FROM:
        stage = "count"
    elif n < CLAIM_FROM:
        stage = "early"
    looks = [look for look in LOOKS if look <= n]
    return LiftShown(
        stage=stage,
        lift=found,
        claim=_claim(pairs[: looks[-1]]) if looks else None,
        look=looks[-1] if looks else None,
        next_look=next((look for look in LOOKS if look > n), None),
        adjusted=adjusted_lift(pairs, daily_moods),
        daily=len(daily_moods),
    )


def _claim(pairs: Sequence[Pair]) -> Literal["rise", "fall"] | None:
    found = lift(pairs)
    if found is None or found.interval99 is None:
        return None
    low, high = found.interval99
    if low > 0:
        return "rise"
    return "fall" if high < 0 else None


def adjusted_lift(pairs: Sequence[Pair], daily_moods: Sequence[int]) -> float | None:
    """The lift from one's usual mood, M: mean(after) + b (M - mean(before)) - M, M the mean of the daily entries.

    Whoever runs when low is higher afterwards by chance alone; b, the slope of after on before between 0 and 1, takes
    that out (an analysis of covariance at M). None under 20 pairs or 14 daily entries.
    """
    if len(pairs) < ADJUSTED_FROM_PAIRS or len(daily_moods) < ADJUSTED_FROM_DAILY:
        return None
    before = [pair.before for pair in pairs]
    after = [pair.after for pair in pairs]
    usual, mean_before, mean_after = fmean(daily_moods), fmean(before), fmean(after)
    spread = math.fsum((each - mean_before) ** 2 for each in before)
    together = math.fsum(
        (one - mean_before) * (other - mean_after) for one, other in zip(before, after, strict=True)
    )
    slope = min(1.0, max(0.0, together / spread)) if spread else 0.0
    return mean_after + slope * (usual - mean_before) - usual


def run_and_rest(
    daily: Sequence[tuple[date, int]], run_days: Collection[date], week_starts_on: int
) -> RunRest | None:
    """Mood on run days against rest days; None under eight weeks that have both.

    Args:
        daily: running day and mood of entries tied to no run.
        run_days: running days with a check-in.
    """
    weeks: dict[date, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    ran = set(run_days)
    for day, mood in daily:
        weeks[week_start(day, week_starts_on)][0 if day in ran else 1].append(mood)
    apart = [fmean(on) - fmean(off) for _, (on, off) in sorted(weeks.items()) if on and off]
    if len(apart) < RUN_REST_WEEKS:
        return None
    interval = _interval(apart, len(apart), 95)
    assert interval is not None
    return RunRest(len(apart), fmean(apart), interval)


def trend(points: Sequence[tuple[datetime, int]]) -> tuple[tuple[TrendPoint, ...], ...]:
    """Exponentially weighted means with a time constant of 14 days, in pieces that no gap of over 21 days parts.

    Empty under eight entries, or where they span less than three weeks. Each piece begins anew.
    """
    ordered = sorted(points, key=lambda point: point[0])
    if len(ordered) < TREND_ENTRIES or ordered[-1][0] - ordered[0][0] < TREND_SPAN:
        return ()
    pieces: list[list[TrendPoint]] = []
    weight, total, last = 0.0, 0.0, None
    for at, mood in ordered:
        if last is None or at - last > TREND_GAP:
            pieces.append([])
            weight, total = 0.0, 0.0
        else:
            fade = math.exp(-((at - last) / TREND_TIME_CONSTANT))
            weight, total = weight * fade, total * fade
        weight, total, last = weight + 1, total + mood, at
        pieces[-1].append(TrendPoint(at, total / weight))
    return tuple(tuple(piece) for piece in pieces)
