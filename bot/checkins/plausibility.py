"""What a run can be: the world's best times as a limit, overlapping runs, the same run entered twice."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final, Literal

from bot.checkins.units import HALF_MARATHON, MARATHON, MAX_METRES, MAX_SECONDS
from bot.errors import Refusal
from bot.locales import plain

# (metres, seconds) of the world's best times, men's, track or road.
WORLD_BESTS: Final = (
    (100, 9.58),
    (400, 43.03),
    (1_000, 131.96),
    (5_000, 755.36),
    (10_000, 1_571.0),
    (HALF_MARATHON, 3_402.0),
    (MARATHON, 7_235.0),
    (100_000, 21_935.0),
)
# A little faster than the world's best is refused, not the best itself: watches and courses measure with an error.
_MARGIN: Final = 0.97
_ONE_COLON = re.compile(r"([0-9]{1,2}):([0-9]{2})", re.ASCII)
# Typed starts are known to the minute, so runs that share no more than a minute may follow each other.
_SHARED: Final = timedelta(seconds=60)
_UNKNOWN_LENGTH: Final = timedelta(seconds=61)


def world_best(metres: int) -> float:
    """The world's best seconds over `metres`: a straight line between known points in logarithms of both.

    Below 100 m and beyond 100 km it is the pace of the nearest known point, which is lenient at both ends.
    """
    for (near, near_seconds), (far, far_seconds) in pairwise(WORLD_BESTS):
        if near <= metres <= far:
            share = math.log(metres / near) / math.log(far / near)
            return near_seconds * math.exp(share * math.log(far_seconds / near_seconds))
    end_metres, end_seconds = WORLD_BESTS[0] if metres < WORLD_BESTS[0][0] else WORLD_BESTS[-1]
    return end_seconds * metres / end_metres


def too_fast(metres: int, seconds: int) -> bool:
    """Whether nobody could have run that: faster than 0.97 of the world's best time."""
    return seconds < _MARGIN * world_best(metres)


def check_possible(
    activity: Literal["run", "walk"],
    metres: int | None,
    seconds: int | None,
    *,
    typed_time: str | None = None,
) -> None:
    """Raise Refusal for more than 400 km or 24 hours, or a run faster than anyone can.

    `typed_time` is the time as it was typed: "1:30" for 15 km asks whether 1h30 was meant.
    """
    if metres is not None and metres > MAX_METRES:
        raise Refusal("That is more than 400 km, the most that one run can have. Check the distance.")
    if seconds is not None and seconds > MAX_SECONDS:
        raise Refusal("That is more than 24 hours, the most that one run can have. Check the time.")
    if activity != "run" or metres is None or seconds is None or not too_fast(metres, seconds):
        return
    guess = _hours_meant(metres, typed_time)
    if guess is not None:
        raise Refusal(
            "That is faster than the world's best over that distance. Did you mean {time}?", time=guess
        )
    raise Refusal("That is faster than the world's best over that distance. Check the distance and the time.")


def _hours_meant(metres: int, typed_time: str | None) -> str | None:
    """ "1h30" where "1:30" was typed and a run of that many hours and minutes is possible."""
    match = _ONE_COLON.fullmatch(plain(typed_time or "", 40) or "")
    if match is None:
        return None
    seconds = int(match[1]) * 3600 + int(match[2]) * 60
    if seconds > MAX_SECONDS or int(match[2]) > 59 or too_fast(metres, seconds):
        return None
    return f"{int(match[1])}h{match[2]}"


def overlaps(a_start: datetime, a_seconds: int | None, b_start: datetime, b_seconds: int | None) -> bool:
    """Whether two runs of one person, both starts known, can't both be: they share more than a minute.

    The whole of a shorter run within another counts as well. A run of unknown length is taken to last a little
    over a minute.
    """
    a_length = _UNKNOWN_LENGTH if a_seconds is None else timedelta(seconds=a_seconds)
    b_length = _UNKNOWN_LENGTH if b_seconds is None else timedelta(seconds=b_seconds)
    shared = min(a_start + a_length, b_start + b_length) - max(a_start, b_start)
    return shared > min(_SHARED, min(a_length, b_length) - timedelta(microseconds=1))


def near_twin(
    a_day: date,
    a_metres: int | None,
    a_seconds: int | None,
    b_day: date,
    b_metres: int | None,
    b_seconds: int | None,
) -> bool:
    """Whether two entries look like one run: same running day, same numbers known, each within 5%.

    Check-ins without numbers are never twins: two taps a day are two walks with the dog.
    """
    if (
        a_day != b_day
        or (a_metres is None) != (b_metres is None)
        or (a_seconds is None) != (b_seconds is None)
    ):
        return False
    return _known_numbers_agree(a_metres, a_seconds, b_metres, b_seconds)


def completes(
    file_day: date,
    file_metres: int | None,
    file_seconds: int | None,
    typed_day: date,
    typed_metres: int | None,
    typed_seconds: int | None,
) -> bool:
    """Whether a file is the full story of a typed run: same running day, and what was typed is within 5% of it.

    Unlike for twins the typed run may lack a number that the file has; it needs at least one.
    """
    if file_day != typed_day:
        return False
    if (typed_metres is not None and file_metres is None) or (
        typed_seconds is not None and file_seconds is None
    ):
        return False
    return _known_numbers_agree(file_metres, file_seconds, typed_metres, typed_seconds)


def _known_numbers_agree(
    a_metres: int | None, a_seconds: int | None, b_metres: int | None, b_seconds: int | None
) -> bool:
    """Whether every number that both have is within 5%, of at least one."""
    known = False  # a plain loop: this is asked of every run of the day while its runner waits
    for a, b in ((a_metres, b_metres), (a_seconds, b_seconds)):
        if a is not None and b is not None:
            if abs(a - b) * 20 > max(a, b):
                return False
            known = True
    return known
