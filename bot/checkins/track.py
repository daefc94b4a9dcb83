"""What a watch's samples say once summed up: a distance, a time, a start, the best stretches. Pure functions.

Samples are judged one by one, because NaN, a first fix a thousand kilometres away and clocks set to 1970 pass
every parser: what no runner can have done is left out, and a file where that is most of it is refused whole.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from bot.checkins.records import MARKS, best_stretch

Sport = Literal["run", "walk", "other"]
Reason = Literal[
    "empty", "too_large", "not_a_watch_file", "no_activity", "damaged", "hostile", "too_slow",
    "too_many_points", "implausible", "encrypted", "unsupported", "archive", "crashed",
]  # fmt: skip
"""Why a file is not taken: `no_activity` is a watch file without a recording (a course, settings), `archive` one
zip inside another, `unsupported` a rare way of zipping, `crashed` a reader that ended in the middle of it."""

MAX_SPEED = 12.5  # m/s; the fastest anybody ran, 12.4 m/s, was for a few metres
SLACK = 30.0  # metres that a fix may be off
SURE_AFTER = 5  # so many samples in a row that agree with one another are believed, whatever came before
MAX_GAP = 86_400.0  # s; the longest run is 24 h
EARTH_RADIUS = 6_371_009.0  # m, mean
FIRST_TIME = datetime(2000, 1, 1, tzinfo=UTC).timestamp()
LAST_TIME = datetime(2100, 1, 1, tzinfo=UTC).timestamp()
MAX_TOTAL = 10_000_000  # metres or seconds; beyond this a total is garbage, below it the rules of runs decide
WALKING_SPEED = 2.0  # m/s (8:20 min/km); a file that names no sport and is slower on the whole was a walk


class BadFile(Exception):
    """A file that is not taken; `reason` says why. Never shown to a person as it is."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


@dataclass(frozen=True, slots=True)
class Activity:
    """What one watch file tells, and all that is kept of it: no track, no heart rate.

    `metres`, `seconds`: whole, above 0, None where the file does not say; seconds are the timer's. `started_at`:
    aware, UTC, whole seconds. `bests`: for a run the fastest seconds by mark in metres, on a clock that does not
    stop in pauses, as in a race; {} for a walk. `content_hash`: SHA-256 of the unpacked content in hex.
    `sport_name`: what the file calls it, cleaned, at most 40 characters, "" where it does not say.
    For `other` everything but the hash and the name is left out.
    """

    sport: Sport
    metres: int | None
    seconds: int | None
    started_at: datetime | None
    bests: Mapping[int, int]
    content_hash: str
    sport_name: str


@dataclass(slots=True)
class Samples:
    """The samples of one recording in the order of the file; NaN where a sample does not say.

    `at`: Unix seconds. `latitude`, `longitude`: degrees. `device`: the watch's own metres since its start.
    `cuts`: indexes of samples before which the recording was paused. `wrong`: samples that hold what cannot be.
    """

    at: array[float] = field(default_factory=lambda: array("d"))
    latitude: array[float] = field(default_factory=lambda: array("d"))
    longitude: array[float] = field(default_factory=lambda: array("d"))
    device: array[float] = field(default_factory=lambda: array("d"))
    cuts: set[int] = field(default_factory=set)
    wrong: int = 0

    def __len__(self) -> int:
        return len(self.at)

    def add(self, at: float, latitude: float, longitude: float, device: float) -> None:
        """Take one sample, NaN for what it does not say. What cannot be becomes NaN too, and is counted as wrong."""
        timed = FIRST_TIME <= at < LAST_TIME
        placed = -90 <= latitude <= 90 and -180 <= longitude <= 180
        measured = 0 <= device < MAX_TOTAL
        if (
            not (timed or math.isnan(at))
            or not (placed or math.isnan(latitude) or math.isnan(longitude))
            or not (measured or math.isnan(device))
        ):
            self.wrong += 1
        self.at.append(at if timed else math.nan)
        self.latitude.append(latitude if placed else math.nan)
        self.longitude.append(longitude if placed else math.nan)
        self.device.append(device if measured else math.nan)

    def cut(self) -> None:
        """The recording pauses here."""
        if len(self):
            self.cuts.add(len(self))

    def between(self, first: float, last: float) -> Samples:
        """The samples from `first` to `last`, Unix seconds, both included; those without a time are left out."""
        part = Samples()
        for index, at in enumerate(self.at):
            if first <= at <= last:
                if index in self.cuts:
                    part.cut()
                part.add(at, self.latitude[index], self.longitude[index], self.device[index])
        return part


@dataclass(frozen=True, slots=True)
class Leg:
    """One stretch of one sport in a file. `sport` None where the file does not say.

    `metres`, `seconds`: what the device's own summary says, None without one. `started_at`: Unix seconds.
    `dated` False: the device knew how much time passed, but not the date.
    """

    sport: Sport | None
    samples: Samples
    metres: float | None = None
    seconds: float | None = None
    started_at: float | None = None
    dated: bool = True


@dataclass(slots=True)
class _Line:
    """The samples that are believed, joined up. `clock`: (Unix seconds, metres so far) of those with a time."""

    metres: float = 0.0
    timer: float = 0.0
    believed: int = 0
    doubted: int = 0
    clock: list[tuple[float, float]] = field(default_factory=list)


def _haversine(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Metres between two places in degrees, on a sphere."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half = math.sin((phi2 - phi1) / 2) ** 2
    half += math.cos(phi1) * math.cos(phi2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS * math.asin(min(1.0, math.sqrt(half)))


def _moved(samples: Samples, before: int, now: int, by_device: bool) -> float | None:
    """Metres from one sample to a later one; None where nobody on foot can have moved so."""
    if by_device:
        metres = samples.device[now] - samples.device[before]
    else:
        metres = _haversine(
            samples.latitude[before], samples.longitude[before], samples.latitude[now], samples.longitude[now]
        )
    passed = samples.at[now] - samples.at[before]
    if math.isnan(passed):  # a track without times: nothing to measure speed by
        untimed = math.isnan(samples.at[now]) and math.isnan(samples.at[before])
        return metres if untimed and metres >= 0 else None
    return metres if 0 < passed <= MAX_GAP and 0 <= metres <= MAX_SPEED * passed + SLACK else None


def _join(samples: Samples) -> _Line:
    """Join up the samples that can be believed, by the device's distance where it gives one, else by places.

    Across a pause the way is counted only where the device counted it, the time never.
    """
    by_device = any(not math.isnan(metres) for metres in samples.device)
    sizes = samples.device if by_device else samples.latitude
    line = _Line(doubted=samples.wrong)
    last, doubtful, agreeing = -1, -1, 0
    cut = False
    for index, size in enumerate(sizes):
        cut = cut or index in samples.cuts
        at = samples.at[index]
        if math.isnan(size) or (last >= 0 and at == samples.at[last]):
            continue  # no fix yet, or written twice in one second, as many watches do
        if last >= 0:
            moved = _moved(samples, last, index, by_device)
            if cut and not by_device and not at <= samples.at[last]:
                moved = 0.0
            elif moved is None:
                agrees = agreeing and _moved(samples, doubtful, index, by_device) is not None
                doubtful, agreeing = index, agreeing + 1 if agrees else 1
                line.doubted += 1
                if agreeing < SURE_AFTER or at <= samples.at[last]:
                    continue
                moved, cut = 0.0, True  # whoever was in the wrong place, the jump itself was never run
            line.metres += moved
            if not cut and at > samples.at[last]:
                line.timer += at - samples.at[last]
        last, agreeing, cut = index, 0, False
        line.believed += 1
        if not math.isnan(at):
            line.clock.append((at, line.metres))
    return line


def _total(value: float | None) -> int | None:
    """A total as a whole number above 0; None for none. Raises BadFile where it means nothing."""
    if value is None:
        return None
    if not 0 <= value < MAX_TOTAL:  # NaN too
        raise BadFile("implausible")
    return round(value) or None


_Told = tuple[int | None, int | None, float | None, Sequence[tuple[float, float]]]


def _told(leg: Leg) -> _Told:
    """Metres, seconds, start and clock of one leg: the device's own totals first, else from its samples."""
    line = _join(leg.samples)
    if line.doubted and line.doubted >= line.believed:
        if leg.metres is None or leg.seconds is None or leg.started_at is None:
            raise BadFile("implausible")
        line.clock = []  # the device's summary may be right where its samples are not
    metres = _total(leg.metres if leg.metres is not None else line.metres)
    seconds = _total(leg.seconds if leg.seconds is not None else line.timer)
    start = leg.started_at
    if start is None or not FIRST_TIME <= start < LAST_TIME:
        if start is not None and not line.clock:
            raise BadFile("implausible")
        start = line.clock[0][0] if line.clock else None
    return metres, seconds, start if leg.dated else None, line.clock


def _bests(clock: Sequence[tuple[float, float]]) -> dict[int, int]:
    """The fastest stretch for each mark that the samples cover, in whole seconds."""
    if not clock:
        return {}
    first = clock[0][0]
    points = [(at - first, metres) for at, metres in clock]
    found = {mark: best_stretch(points, mark) for mark in MARKS}
    return {mark: seconds for mark, seconds in found.items() if seconds is not None}


def summarise(legs: Sequence[Leg], *, content_hash: str, sport_name: str) -> Activity:
    """One activity out of a file's legs: its runs together, else its walks together, else `other`.

    A duathlon so counts its two runs; distance and time are sums, the start is the first one's, and a best
    stretch never spans two legs. Raises BadFile.
    """
    runs: list[_Told] = []
    walks: list[_Told] = []
    for leg in legs:
        if leg.sport != "other":
            metres, seconds, start, clock = _told(leg)
            slow = bool(metres and seconds and metres / seconds < WALKING_SPEED)
            walked = leg.sport == "walk" or (leg.sport is None and slow)
            (walks if walked else runs).append((metres, seconds, start, clock))
    taken = [leg for leg in (runs or walks) if leg[0] or leg[1]]
    if not taken:
        if any(leg.sport == "other" for leg in legs):
            return Activity("other", None, None, None, {}, content_hash, sport_name)
        raise BadFile("no_activity")
    bests: dict[int, int] = {}
    for _, _, _, clock in taken if runs else []:
        for mark, best in _bests(clock).items():
            bests[mark] = min(best, bests.get(mark, best))
    starts = [start for _, _, start, _ in taken if start is not None]
    return Activity(
        sport="run" if runs else "walk",
        metres=sum(metres or 0 for metres, _, _, _ in taken) or None,
        seconds=sum(seconds or 0 for _, seconds, _, _ in taken) or None,
        started_at=datetime.fromtimestamp(int(min(starts)), UTC) if starts else None,
        bests=bests,
        content_hash=content_hash,
        sport_name=sport_name,
    )
