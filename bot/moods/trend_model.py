"""What `/mood trend` answers with: one member's entries, and what may be said of them beside their runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from bot.consents.rules import ConsentState
from bot.moods.model import Mood
from bot.moods.statistics import LiftShown, RunRest, TrendPoint

TrendRange = Literal["week", "month", "year", "all"]
RANGES: tuple[TrendRange, ...] = ("week", "month", "year", "all")
# The days that a range goes back to, today's included. "all" begins with the first entry.
DAYS_BACK = {"week": 7, "month": 30, "year": 365}
ITEM_FROM = 5  # values of an optional item from which on its mean is said
RATED_SHARE = 0.6  # of runs; under it the words warn


@dataclass(frozen=True, slots=True)
class Joined:
    """The two entries of one run that count for the comparison."""

    before: Mood
    after: Mood


@dataclass(frozen=True, slots=True)
class ItemMean:
    """An optional item over the entries of a range that hold it."""

    item: str
    n: int
    mean: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """One member's feelings over a range, and what their whole kept log says of runs.

    `first` and `last` are running days, `start` and `end` their bounds in UTC. `entries` are those of the range in the
    present version of the scales, in the order of time; `kept` counts all of that version, `older` those of others,
    which stand in no figure. `pairs` count for the lift, of whatever day; `runs` are those since the first entry.
    `nearly_not` are days of the range on which the member went although they nearly did not.
    """

    state: ConsentState
    chosen: TrendRange
    first: date
    last: date
    start: datetime
    end: datetime
    entries: tuple[Mood, ...]
    kept: int
    older: int
    pairs: tuple[Joined, ...]
    lift: LiftShown
    runs: int
    run_rest: RunRest | None
    segments: tuple[tuple[TrendPoint, ...], ...]
    items: tuple[ItemMean, ...]
    nearly_not: int

    @property
    def rated(self) -> int:
        """How many runs have both ratings that count."""
        return len(self.pairs)

    @property
    def sparse(self) -> bool:
        """Whether so many runs are without both ratings that the others may speak for few."""
        return self.rated < RATED_SHARE * self.runs

    @property
    def shown_pairs(self) -> tuple[Joined, ...]:
        """Those with both entries in the range."""
        shown = {mood.mood_id for mood in self.entries}
        return tuple(
            pair for pair in self.pairs if pair.before.mood_id in shown and pair.after.mood_id in shown
        )

    def line(self) -> list[list[tuple[datetime, float]]]:
        """The trend inside the range, in pieces of two points or more; of entries within half a day, the last.

        A piece that began before the range comes in at its edge.
        """
        pieces = []
        for segment in self.segments:
            piece: list[tuple[datetime, float]] = []
            for point, following in zip(segment, (*segment[1:], None), strict=True):
                if following is not None and following.at - point.at < timedelta(hours=12):
                    continue
                if piece and piece[-1][0] < self.start < point.at:
                    piece[-1] = (self.start, _between(piece[-1], point, self.start))
                elif piece and point.at <= self.start:
                    piece.clear()
                piece.append((point.at, point.value))
            piece = [each for each in piece if each[0] >= self.start]
            if len(piece) > 1:
                pieces.append(piece)
        return pieces


def _between(first: tuple[datetime, float], second: TrendPoint, at: datetime) -> float:
    share = (at - first[0]) / (second.at - first[0])
    return first[1] + share * (second.value - first[1])


@dataclass(frozen=True, slots=True)
class EntryPage:
    """A page of one's entries, the newest first; `page` counts from 0 to below `pages`, of `total` entries."""

    moods: tuple[Mood, ...]
    page: int
    pages: int
    total: int


def day_span(trend: Trend) -> int:
    """How many running days the range shows, at least one."""
    return max(1, (trend.last - trend.first) // timedelta(days=1) + 1)
