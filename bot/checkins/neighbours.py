"""A new run among the runs around it. Rows have the near_ columns of the statement `figures`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from bot.checkins.plausibility import completes, near_twin, overlaps
from bot.checkins.reading import Reading
from bot.clock import moment
from bot.errors import Refusal
from bot.storage import Row

TWIN_WITHIN = timedelta(minutes=10)
ROUGHLY = timedelta(hours=1)  # how far off a typed start can be


def check_free(near: Iterable[Row], reading: Reading) -> None:
    """Raise Refusal where another run of the member takes the same time, both starts known to the minute."""
    taken = overlapping(near, reading.started_at, reading.seconds)
    if taken is not None:
        raise Refusal(
            "You have a run at that time already, on {day}. Type another time, or edit that one in /run history.",
            day=date.fromisoformat(taken["near_day"]),
        )


def overlapping(near: Iterable[Row], started_at: datetime | None, seconds: int | None) -> Row | None:
    """The run that takes the same time, where both starts are known to the minute; None where there is none."""
    if started_at is None:
        return None
    for row in near:
        if row["near_started_at"] is not None and overlaps(
            started_at, seconds, moment(row["near_started_at"]), row["near_seconds"]
        ):
            return row
    return None


def completed_by(row: Row, reading: Reading) -> bool:
    """Whether the file that was read is the full story of a typed run: not of one at another time of day."""
    typed_at = row["near_started_at"]
    if (
        typed_at is not None
        and reading.started_at is not None
        and abs(moment(typed_at) - reading.started_at) > ROUGHLY
    ):
        return False
    return (
        row["near_source"] == "typed"
        and row["near_activity"] == reading.activity
        and completes(reading.running_day, reading.metres, reading.seconds, *_numbers(row))
    )


def twin_just_entered(near: Iterable[Row], reading: Reading, now: datetime) -> bool:
    """Whether nearly the same was entered within ten minutes."""
    earliest, day = (now - TWIN_WITHIN).timestamp(), reading.running_day.isoformat()
    return any(
        row["near_day"] == day
        and row["near_created_at"] >= earliest
        and near_twin(reading.running_day, reading.metres, reading.seconds, *_numbers(row))
        for row in near
    )


def _numbers(row: Row) -> tuple[date, int | None, int | None]:
    return date.fromisoformat(row["near_day"]), row["near_metres"], row["near_seconds"]
