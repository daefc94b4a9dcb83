"""Personal bests and milestones: what a run is celebrated for, against its own runner alone.

Only runs set records; walks count for milestones.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Literal

from bot.checkins.units import HALF_MARATHON, MARATHON

MARKS: Final = (1_000, 5_000, 10_000, HALF_MARATHON, MARATHON)
RecordKind = Literal["farthest", "longest", "best_week", "fastest"]
MilestoneKind = Literal["check_ins", "metres"]
_FIRST_COUNTS: Final = (1, 10, 25, 50, 100)
_FIRST_TOTALS: Final = (100_000, 250_000, 500_000, 1_000_000)


def typed_best(activity: Literal["run", "walk"], metres: int, seconds: int) -> dict[int, int]:
    """Seconds by mark that a typed run stands for: its time x mark / distance, rounded half up.

    The run has to be of the mark's distance to 5% more. Up to 0.3% less passes too, as what people type is rounded:
    "3.1 mi" is 4,989 m. The marks are far apart, so at most one fits. Walks have none.
    """
    if activity != "run":
        return {}
    return {
        mark: max(1, (2 * seconds * mark + metres) // (2 * metres))
        for mark in MARKS
        if mark * 997 <= metres * 1000 and metres * 100 <= mark * 105
    }


def best_stretch(points: Sequence[tuple[float, float]], mark: int) -> int | None:
    """The fewest whole seconds (half up) in which a track covers `mark` metres; None where it never does.

    `points` are (seconds, metres so far), neither ever falling; between two points the pace is even. The fastest
    stretch then begins or ends at a point, so two passes with two pointers find it in linear time.
    Raises ValueError for points that fall or are not finite.
    """
    if not points:
        return None
    times, gone = [seconds for seconds, _ in points], [metres for _, metres in points]
    for line in (times, gone):
        if not (math.isfinite(line[0]) and math.isfinite(line[-1])):
            raise ValueError("a track holds finite numbers")
        if not all(before <= after for before, after in pairwise(line)):  # NaN compares as False
            raise ValueError("a track never goes back")
    # Running the track backwards turns "ends at a point" into "begins at a point".
    backwards = [-seconds for seconds in reversed(times)], [-metres for metres in reversed(gone)]
    best = min(_from_points(times, gone, mark), _from_points(*backwards, mark))
    return max(1, math.floor(best + 0.5)) if best < math.inf else None


def _from_points(times: list[float], gone: list[float], mark: int) -> float:
    """The fewest seconds from any point of the track until `mark` metres further on; infinity for none."""
    best, end, last = math.inf, 0, gone[-1]
    for start, begun in zip(times, gone, strict=True):
        target = begun + mark
        if target > last:
            break
        while gone[end] < target:
            end += 1
        before, short = times[end - 1], gone[end - 1]
        taken = before + (times[end] - before) * (target - short) / (gone[end] - short) - start
        if taken < best:
            best = taken
    return best


@dataclass(frozen=True, slots=True)
class Bests:
    """A runner's bests before a run; None where there is none. `other_weeks` is the most metres in any other week."""

    farthest: int | None = None
    longest: int | None = None
    other_weeks: int | None = None
    marks: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewRun:
    """A run to judge: its numbers, its seconds by mark, and the metres of its week before it.

    `typed` says that its marks come from typed numbers.
    """

    activity: Literal["run", "walk"]
    metres: int | None
    seconds: int | None
    marks: Mapping[int, int] = field(default_factory=dict)
    week_metres_before: int = 0
    typed: bool = True


@dataclass(frozen=True, slots=True)
class Record:
    """One best: metres for farthest and best_week, seconds for longest and fastest.

    `mark` is the distance of a fastest; `previous` the best before, None for a first ("your first 5 km").
    """

    kind: RecordKind
    value: int
    previous: int | None
    mark: int | None = None
    typed: bool = False

    @property
    def first(self) -> bool:
        """Whether there was nothing to compare with: a first, no record."""
        return self.previous is None


def new_records(before: Bests, run: NewRun) -> tuple[Record, ...]:
    """What a run is celebrated for, against its runner's own past: strictly better than before.

    Farthest, longest and best week need something to be better than. The week is celebrated by the run that carries
    it past all others, once. Reaching a mark for the first time is a first: the longest such mark alone, and only
    where no longer one was reached before.
    """
    if run.activity != "run":
        return ()
    found: list[Record] = []
    if run.metres is not None and before.farthest is not None and run.metres > before.farthest:
        found.append(Record("farthest", run.metres, before.farthest))
    if run.seconds is not None and before.longest is not None and run.seconds > before.longest:
        found.append(Record("longest", run.seconds, before.longest))
    week = run.week_metres_before + (run.metres or 0)
    if before.other_weeks and run.week_metres_before <= before.other_weeks < week:
        found.append(Record("best_week", week, before.other_weeks))
    longest_before = max(before.marks, default=0)
    firsts = [mark for mark in run.marks if mark > longest_before]
    for mark in sorted(run.marks, reverse=True):
        previous, seconds = before.marks.get(mark), run.marks[mark]
        if (previous is None and mark == max(firsts, default=None)) or (
            previous is not None and seconds < previous
        ):
            found.append(Record("fastest", seconds, previous, mark, run.typed))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Milestone:
    """A round figure that was reached: check-ins, or metres in total."""

    kind: MilestoneKind
    value: int


def milestones(
    count_before: int, count_after: int, metres_before: int, metres_after: int
) -> tuple[Milestone, ...]:
    """The round figures that were passed, the highest of each kind.

    The 1st, 10th, 25th, 50th and 100th check-in and each 100th after it; 100, 250, 500 and 1,000 km in total
    and each 1,000 after it.
    """
    count = _highest(count_after, _FIRST_COUNTS)
    total = _highest(metres_after, _FIRST_TOTALS)
    reached: list[Milestone] = []
    if count > count_before:
        reached.append(Milestone("check_ins", count))
    if total > metres_before:
        reached.append(Milestone("metres", total))
    return tuple(reached)


def _highest(value: int, firsts: tuple[int, ...]) -> int:
    """The highest round figure up to `value`, 0 for none; from the last of `firsts` on, each multiple of it."""
    step = firsts[-1]
    return (
        value // step * step if value >= step else max((each for each in firsts if each <= value), default=0)
    )
