"""Which rating before and which after belong to a run: worked out when read, from what is stored of runs and moods."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, TypeAlias

from bot.moods.model import RATED_FROM, RATED_UNTIL, Mood
from bot.moods.statistics import Pair

# A run without a clock time began when "About to run" was pressed, if it was entered so soon afterwards.
ENTERED_WITHIN: Final = timedelta(hours=4)
# A rating before counts if it was given at most so long before the start.
BEFORE_WITHIN: Final = timedelta(minutes=60)
DayOf: TypeAlias = Callable[[datetime], date]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFact:
    """What of a run the pairing needs. `started_at` is None where the day alone is known, `seconds` its time."""

    run_id: int
    day: date
    started_at: datetime | None
    seconds: int | None
    created_at: datetime


def begun_at(
    runs: Sequence[RunFact], starts: Iterable[datetime], day_of: DayOf | None = None
) -> dict[int, datetime]:
    """When runs began, by id: their clock time, else the latest press of "About to run" in the four hours before they
    were entered that no other run has used. Runs with neither are left out.

    `day_of` gives the owner's running day of a moment: a run that is entered for another day than the press's did not
    begin with it.
    """
    free = sorted(starts)
    begun: dict[int, datetime] = {}
    for run in sorted(runs, key=lambda each: (each.created_at, each.run_id)):
        if run.started_at is not None:
            begun[run.run_id] = run.started_at
            continue
        latest = bisect_right(free, run.created_at) - 1
        while latest >= 0 and day_of is not None and day_of(free[latest]) > run.day:
            latest -= 1
        if latest < 0 or run.created_at - free[latest] > ENTERED_WITHIN:
            continue
        if day_of is None or day_of(free[latest]) == run.day:
            begun[run.run_id] = free.pop(latest)
    return begun


def pairs_of(
    runs: Sequence[RunFact],
    starts: Iterable[datetime],
    moods: Sequence[Mood],
    day_of: DayOf | None = None,
) -> list[Pair]:
    """The pairs that count for the lift, in the order in which the runs began.

    The rating before is the latest in the hour up to the start that was not recalled, and counts once; the one after is
    the run's own, given 5 to 60 minutes after its end. `moods` are of one version of the scales; `day_of` is that of
    `begun_at`.
    """
    begun = begun_at(runs, starts, day_of)
    before = sorted(
        (mood for mood in moods if mood.moment == "before" and not mood.recalled),
        key=lambda mood: (mood.entered_at, mood.mood_id),
    )
    after = {mood.run_id: mood for mood in moods if mood.moment == "after" and mood.run_id is not None}
    pairs = []
    for run in sorted((run for run in runs if run.run_id in begun), key=lambda run: begun[run.run_id]):
        start, rated = begun[run.run_id], after.get(run.run_id)
        latest = bisect_right(before, start, key=lambda mood: mood.entered_at) - 1
        if latest < 0 or start - before[latest].entered_at > BEFORE_WITHIN:
            continue
        # it belongs to the run that it came before, whether or not that was rated after
        first = before.pop(latest)
        if rated is None or run.seconds is None:
            continue
        since_end = rated.entered_at - start - timedelta(seconds=run.seconds)
        if RATED_FROM <= since_end <= RATED_UNTIL:
            pairs.append(Pair(run.run_id, run.day, first.values.mood, rated.values.mood))
    return pairs
