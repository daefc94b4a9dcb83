"""What a person entered, read in their own zone, units and language. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from bot.checkins.model import Entry, Kind, Visibility
from bot.checkins.plausibility import check_possible
from bot.checkins.records import typed_best
from bot.checkins.units import Units, parse_distance, parse_duration
from bot.days import running_day, week_start
from bot.errors import Refusal
from bot.ui.text import clean
from bot.when import When, parse_when

DAYS_BACK = 30  # typed entries; a file may be older, and then counts for records and statistics alone
LONGEST_NOTE = 200
# a watch's clock may run a little ahead of ours
CLOCK_SLACK = timedelta(minutes=5)


# asked several times for the same moment while one entry is read
_running_day = lru_cache(maxsize=256)(running_day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """How one member's words are read and days counted, at the moment `now` (aware UTC)."""

    now: datetime
    zone: ZoneInfo
    units: Units
    visibility: Visibility
    day_starts_minute: int
    week_starts_on: int

    @property
    def today(self) -> date:
        return self.day_of(self.now)

    def day_of(self, moment: datetime) -> date:
        """The running day of an aware moment."""
        return _running_day(moment, self.zone, self.day_starts_minute)

    def week_of(self, day: date) -> date:
        """The first day of the week that holds `day`."""
        return week_start(day, self.week_starts_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An entry once it is read: what would be stored. `bests` are seconds by record distance in metres.

    `visibility_said`: who sees it was said with this entry; else it is the member's usual choice.
    """

    activity: Kind
    running_day: date
    started_at: datetime | None
    metres: int | None
    seconds: int | None
    visibility: Visibility
    note: str | None
    source: Literal["tap", "typed", "file"]
    bests: Mapping[int, int]
    content_hash: str | None = None
    late: bool = False
    visibility_said: bool = False


@dataclass(frozen=True, slots=True)
class TwinAsked:
    """Nothing is stored yet: a run much like `reading` was entered some minutes ago. `units` are the member's."""

    reading: Reading
    units: Units


@dataclass(frozen=True, slots=True)
class Hints:
    """What autocomplete offers from: `distances` are the member's own latest ones in metres."""

    frame: Frame
    distances: tuple[int, ...] = ()


def read_entry(entry: Entry, frame: Frame) -> Reading:
    """What `entry` says. Raises Refusal for what means nothing, cannot be, or is still to come."""
    when = parse_when(
        entry.when,
        now=frame.now,
        zone=frame.zone,
        day_starts_minute=frame.day_starts_minute,
        language=entry.language,
    )
    metres = parse_distance(entry.distance, frame.units) if entry.distance else None
    seconds = parse_duration(entry.time) if entry.time else None
    note = clean(entry.note, LONGEST_NOTE) or None if entry.note else None
    visibility = entry.visibility or frame.visibility
    if entry.file is not None:
        return _read_file(entry, frame, when, metres, seconds, note, visibility)
    activity = entry.activity or "run"
    check_possible(activity, metres, seconds, typed_time=entry.time)
    return Reading(
        activity=activity,
        running_day=when.day,
        started_at=when.started_at,
        metres=metres,
        seconds=seconds,
        visibility=visibility,
        note=note,
        source="tap" if metres is None and seconds is None else "typed",
        bests=bests_of(activity, metres, seconds),
    )


def bests_of(activity: Kind, metres: int | None, seconds: int | None) -> dict[int, int]:
    """The records that typed numbers can hold, as seconds by mark."""
    return dict(typed_best(activity, metres, seconds)) if metres and seconds else {}


def check_moment(reading: Reading, frame: Frame) -> None:
    """Raise Refusal for a day or a start that is still to come, or a typed day too long ago."""
    slack = CLOCK_SLACK if reading.source == "file" else timedelta(0)
    if reading.running_day > frame.today or (
        reading.started_at is not None and reading.started_at > frame.now + slack
    ):
        raise Refusal("That is still to come. Log a run once it is done.")
    if reading.source != "file" and reading.running_day < frame.today - timedelta(days=DAYS_BACK):
        raise Refusal("That is more than {days} days back. Type a later day.", days=DAYS_BACK)


def _read_file(
    entry: Entry,
    frame: Frame,
    when: When,
    metres: int | None,
    seconds: int | None,
    note: str | None,
    visibility: Visibility,
) -> Reading:
    """A watch's file; what it does not say is taken from what was typed beside it."""
    file = entry.file
    assert file is not None
    if file.sport == "other":
        if file.sport_name:
            raise Refusal(
                "That file is of another sport ({sport}). Runs and walks count here; choose one of those.",
                sport=file.sport_name,
            )
        raise Refusal("That file is of another sport. Runs and walks count here; choose one of those.")
    activity = entry.activity or file.sport
    metres = file.metres or metres
    seconds = file.seconds or seconds
    if metres is None and seconds is None:
        raise Refusal("That file holds neither a distance nor a time. Type one of them beside it.")
    check_possible(activity, metres, seconds, typed_time=None)
    started_at = file.started_at or when.started_at
    day = frame.day_of(started_at) if started_at is not None else when.day
    # the running day of a watch that runs ahead may be tomorrow's: the start is judged, the day is today's
    day = min(day, frame.today) if started_at and started_at <= frame.now + CLOCK_SLACK else day
    bests = dict(file.bests) if activity == "run" else {}
    return Reading(
        activity=activity,
        running_day=day,
        started_at=started_at,
        metres=metres,
        seconds=seconds,
        visibility=visibility,
        note=note,
        source="file",
        bests=bests,
        content_hash=file.content_hash,
        late=day < frame.today - timedelta(days=DAYS_BACK),
        visibility_said=entry.visibility is not None,
    )
