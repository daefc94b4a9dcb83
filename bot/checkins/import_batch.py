"""What is to become of each file of a batch, decided before anything is written. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from bot.checkins.import_tally import LeftOut, Tally
from bot.checkins.model import Entry, Visibility
from bot.checkins.neighbours import check_free, completed_by
from bot.checkins.reading import Frame, Reading, check_moment, read_entry
from bot.checkins.track import Activity
from bot.clock import epoch
from bot.days import DAY
from bot.errors import Refusal
from bot.ids import new_id
from bot.storage import Row


class Key(NamedTuple):
    """Whose import it is, and which: the interaction that brought the archive."""

    group_id: int
    person_id: int
    import_id: int


@dataclass(frozen=True, slots=True)
class Found:
    """One file that tells a run or a walk; `ordinal` is its place in the archive, from 1 on."""

    ordinal: int
    activity: Activity


class Batch:
    """`new`: files that become runs, with the ids of those; `completing`: typed runs that a file completes.

    `hashes` are those of the files that are here; give them before anything is read.
    """

    def __init__(self, key: Key, frame: Frame, visibility: Visibility) -> None:
        self.key = key
        self.hashes: set[str] = set()
        self.tally = Tally()
        self.new: list[tuple[Found, int, Reading]] = []
        self.completing: list[tuple[int, Reading]] = []
        self._frame = frame
        self._visibility = visibility

    def read(self, files: Sequence[Found]) -> Iterator[tuple[Found, Reading]]:
        """The files that are new and can be a run of today or before; the others are counted."""
        for found in files:
            file = found.activity
            if file.content_hash in self.hashes:
                self.tally.already += 1
                continue
            reading = self._reading(file)
            if isinstance(reading, Reading):
                yield found, reading
            else:
                self.tally.left[reading] += 1

    def _reading(self, file: Activity) -> Reading | LeftOut:
        if file.started_at is None:
            return "no_date"
        if file.metres is None and file.seconds is None:
            return "no_numbers"
        try:
            reading = read_entry(Entry(file=file, visibility=self._visibility), self._frame)
        except Refusal:
            return "impossible"
        try:
            check_moment(reading, self._frame)
        except Refusal:
            return "future"
        return reading

    def place(self, readings: Iterable[tuple[Found, Reading]], near: Iterable[Row]) -> None:
        """Judge each file against the runs around it, those of the same batch included."""
        by_day: defaultdict[str, list[Any]] = defaultdict(list)
        for row in near:
            by_day[row["near_day"]].append(row)
        for found, reading in readings:
            content_hash, day = found.activity.content_hash, reading.running_day
            if content_hash in self.hashes:
                self.tally.already += 1
                continue
            around = [row for step in (-1, 0, 1) for row in by_day[(day + step * DAY).isoformat()]]
            typed = next((row for row in around if completed_by(row, reading)), None)
            try:
                check_free((row for row in around if row is not typed), reading)
            except Refusal:
                self.tally.left["overlap"] += 1
                continue
            if typed is not None:
                run_id = typed["near_id"]
                by_day[typed["near_day"]].remove(typed)
                self.completing.append((run_id, reading))
            else:
                run_id = new_id(self._frame.now)
                self.new.append((found, run_id, reading))
            self.hashes.add(content_hash)
            by_day[day.isoformat()].append(_near_row(run_id, reading))

    def row(self, found: Found, run_id: int, reading: Reading) -> dict[str, object]:
        """The parameters of `import_run`."""
        return {
            **self.completed_row(run_id, reading),
            "interaction_id": self.key.import_id,
            "ordinal": found.ordinal,
            "activity": reading.activity,
            "running_day": reading.running_day.isoformat(),
            "late": int(reading.late),
            "visibility": reading.visibility,
            "now": epoch(self._frame.now),
        }

    def completed_row(self, run_id: int, reading: Reading) -> dict[str, object]:
        """The parameters of `import_complete`."""
        return {
            "run_id": run_id,
            "group_id": self.key.group_id,
            "person_id": self.key.person_id,
            "started_at": None if reading.started_at is None else epoch(reading.started_at),
            "metres": reading.metres,
            "seconds": reading.seconds,
            "content_hash": reading.content_hash,
        }

    def count(self, stored: set[int]) -> None:
        """What was written, once it is; another import of the same files may have been first."""
        for _, run_id, reading in self.new:
            if run_id in stored:
                self.tally.take(reading)
            else:
                self.tally.already += 1
        self.tally.completed += [run_id for run_id, _ in self.completing]


def _near_row(run_id: int, reading: Reading) -> dict[str, object]:
    return {
        "near_id": run_id,
        "near_day": reading.running_day.isoformat(),
        "near_started_at": None if reading.started_at is None else epoch(reading.started_at),
        "near_metres": reading.metres,
        "near_seconds": reading.seconds,
        "near_activity": reading.activity,
        "near_source": "file",
    }
