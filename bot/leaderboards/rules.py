"""Who stands where on a board, and who is named on it.

Showing-up is the mean of min(1, d/T) over the last four closed weeks that were not frozen (bot.checkins.streaks says
when a week is), since the week of the first check-in, as a whole per cent. So a frozen week is passed over for an
earlier one, and a first week counts where it was kept. Who was frozen in the last closed week is not ranked.
As shares are of one to seven days, no share but 1 rounds to 100%, and none but 0 to 0%.

What a range of /leaderboard means:

| range | showing-up | minutes, distance, totals | kept their plan |
| --- | --- | --- | --- |
| last_week | as above: what the weekly post says | the last closed week | in that week |
| this_week | the open week alone, so far | that week so far | already |
| month | the closed weeks whose last day lies in this calendar month | this month so far | in each such week |

Minutes and distance rank those who have any. All arithmetic is on whole numbers, rounded once, half up.
"""

from __future__ import annotations

import heapq
import unicodedata
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from bot.checkins.streaks import WeekRecord, is_frozen, target_for
from bot.checkins.units import rounded
from bot.days import DAY, at_local, week_start

Metric = Literal["showing_up", "minutes", "distance"]
Range = Literal["this_week", "last_week", "month"]
Targets = Sequence[tuple[date, int]]
Pauses = Sequence[tuple[date, date | None]]

WEEKS: Final = 4
FEWEST: Final = 5  # ranked members; below it nobody is named
MOST_NAMES: Final = 40
LAST_PLACE: Final = 3
WIDEST_TIE: Final = 3
REACH: Final = 2
_WEEK: Final = timedelta(weeks=1)
_WHOLE: Final = 420  # divides by every target from 1 to 7


class Showing(NamedTuple):
    """A member's showing-up in whole per cent (0 to 100), and whether they kept the newest of its weeks."""

    share: int
    kept: bool


class Standing(NamedTuple):
    """A member's place (from 1; equals share one) with the figure it follows from, and whether they kept their plan.

    `amount` is whole per cent, seconds or metres. `person_id` is None where the name was taken out later.
    """

    place: int
    amount: int
    kept: bool
    person_id: int | None


@dataclass(frozen=True, slots=True)
class Step:
    """One place of the podium: 1, 2 or 3, its figure, and those who share it, alphabetically (one to three)."""

    place: int
    amount: int
    people: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """What the whole group did, listed or not, in runs that show in the group (neither private nor set aside).

    `people` checked in `check_ins` times; `days` are the days kept by each, added up.
    """

    people: int
    check_ins: int
    days: int
    metres: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Board:
    """All that a board shows. `kept` are the first 40 who kept their plan, alphabetically, `kept_more` the others'
    number. `ranked` is how many have a place; below five, nobody is named."""

    podium: tuple[Step, ...]
    kept: tuple[int, ...]
    kept_more: int
    ranked: int
    totals: Totals

    @property
    def names_nobody(self) -> bool:
        return self.ranked < FEWEST


@dataclass(frozen=True, slots=True)
class Period:
    """A range, from the group's running day: the days that are summed, both ends included, and the weeks looked at.

    An open week or month is summed to its end, as members further east are a day ahead of the group.
    `newest` begins the newest week that showing-up looks at, None where there is none yet (a month of which no week
    has closed); `weeks` is how many weeks count at most. With `further`, an earlier week takes a frozen one's part.
    """

    first: date
    last: date
    newest: date | None
    weeks: int
    further: bool


def period(chosen: Range, today: date, week_starts_on: int) -> Period:
    """What `chosen` means on the group's running day `today`."""
    current = week_start(today, week_starts_on)
    if chosen == "this_week":
        return Period(current, current + 6 * DAY, current, 1, further=False)
    closed = current - _WEEK
    if chosen == "last_week":
        return Period(closed, current - DAY, closed, WEEKS, further=True)
    month = today.replace(day=1)
    ended = max(-((month - current).days // 7), 0)
    end = (month + 31 * DAY).replace(day=1) - DAY
    return Period(month, end, closed if ended else None, ended, further=False)


def weeks_to_read(chosen: Period, pauses: Pauses) -> int:
    """How many weeks, `newest` and those before it, `showing_up` needs of a member with these pauses."""
    if chosen.newest is None or not chosen.further:
        return chosen.weeks
    read = unpaused = 0
    oldest = min((begin for begin, _ in pauses), default=date.max)
    while unpaused < chosen.weeks:
        week = chosen.newest - read * _WEEK
        if week < oldest - _WEEK:
            return read + chosen.weeks - unpaused
        unpaused += not _paused(week, pauses)
        read += 1
    return read


def showing_up(
    days_kept: Iterable[int],
    chosen: Period,
    *,
    first_week: date,
    targets: Targets = (),
    pauses: Pauses = (),
) -> Showing | None:
    """A member's showing-up, or None where they are not ranked: frozen in the newest week, or not there yet.

    `days_kept` are the days (0 to 7) of the week that begins on `chosen.newest` and of those before it, private
    check-ins included, as many weeks as `weeks_to_read` says; more do no harm. `first_week` begins the week of the
    first check-in. `targets` and `pauses` are as in bot.checkins.streaks.week_records.
    """
    newest = chosen.newest
    if newest is None:
        return None
    score = counted = 0
    kept = False
    begun = (newest - first_week).days // 7  # weeks ago
    target = target_for(newest, targets)
    for ago, days in enumerate(days_kept):
        if ago > begun or (counted if chosen.further else ago) == chosen.weeks:
            break
        if len(targets) > 1 and (week := newest - ago * _WEEK) < targets[-1][0]:
            target = target_for(week, targets)
        if days >= target:
            score += _WHOLE
            counted += 1
            kept = kept or ago == 0
        elif (pauses or ago == begun) and _frozen(newest - ago * _WEEK, days, target, pauses, first_week):
            if ago == 0:
                return None
        else:
            score += days * (_WHOLE // target)
            counted += 1
    return Showing(rounded(100 * score, _WHOLE * counted), kept) if counted else None


def kept_plan(chosen: Range, showing: Showing | None) -> bool:
    """Whether a member kept their plan, as the board of that range says it."""
    if showing is None:
        return False
    return showing.share == 100 if chosen == "month" else showing.kept


def standings(scores: Iterable[tuple[int, int, bool]]) -> list[Standing]:
    """Places of listed members from (person's id, amount, kept their plan), the first place first.

    Equal amounts share a place and the next ones are left out (1, 1, 3); among equals the order is that of ids.
    """
    ordered = sorted(scores, key=lambda score: (-score[1], score[0]))
    found: list[Standing] = []
    place, before = 0, None
    for position, (person_id, amount, kept) in enumerate(ordered, 1):
        if amount != before:
            place, before = position, amount
        found.append(Standing(place, amount, kept, person_id))
    return found


def board(ranked: Sequence[Standing], names: Mapping[int, str | None], totals: Totals) -> Board:
    """What is shown of `ranked` (in the order of places): `names` order those who are named.

    Under five ranked members nobody is named; listed ones who have no place (frozen, nothing entered) don't count,
    as few names would then tell as much about the others.
    """
    if len(ranked) < FEWEST:
        return Board((), (), 0, len(ranked), totals)
    kept = [each.person_id for each in ranked if each.kept and each.person_id is not None]
    first = heapq.nsmallest(MOST_NAMES, kept, key=lambda person_id: _alphabetical(person_id, names))
    return Board(_podium(ranked, names), tuple(first), len(kept) - len(first), len(ranked), totals)


def around(ranked: Sequence[Standing], person_id: int) -> list[Standing]:
    """The member with the two neighbours on each side; nobody where they have no place or nobody is to be named."""
    at = next((at for at, each in enumerate(ranked) if each.person_id == person_id), None)
    if at is None or len(ranked) < FEWEST:
        return []
    return list(ranked[max(at - REACH, 0) : at + REACH + 1])


def may_post_at(
    scheduled: datetime, week: date, listed_zones: Collection[ZoneInfo], day_starts_minute: int
) -> datetime:
    """When the board of the week that begins on `week` may be posted, in UTC.

    The scheduled moment, or, where that is later, the end of the week of the listed member farthest west.
    """
    ends = (at_local(week + _WEEK, day_starts_minute, zone) for zone in set(listed_zones))
    return max((scheduled, *ends))


def _podium(ranked: Sequence[Standing], names: Mapping[int, str | None]) -> tuple[Step, ...]:
    """The places 1 to 3, each with all who share it.

    A place that more than three share is left out, and nobody stands there for nothing. So it holds five people at
    most (1, 2, 3, 3, 3 or 1, 1, 3, 3, 3), and with four at the top there is none.
    """
    end = bisect_left(ranked, LAST_PLACE + 1, key=lambda each: each.place)
    steps = []
    for (place, amount), group in groupby(ranked[:end], key=lambda each: (each.place, each.amount)):
        people = [each.person_id for each in group]
        if amount > 0 and len(people) <= WIDEST_TIE:
            people.sort(key=lambda person_id: _alphabetical(person_id, names))
            steps.append(Step(place, amount, tuple(people)))
    return tuple(steps)


def _alphabetical(person_id: int | None, names: Mapping[int, str | None]) -> tuple[bool, str, str, int]:
    """Without regard to case and accents first; who has no name known comes last, in the order of ids."""
    if person_id is None:
        return True, "", "", 0
    name = names.get(person_id)
    if not name:
        return True, "", "", person_id
    exact = name.casefold()
    if exact.isascii():
        return False, exact, exact, person_id
    bare = "".join(c for c in unicodedata.normalize("NFKD", exact) if not unicodedata.combining(c))
    return False, bare, exact, person_id


def _frozen(week: date, days: int, target: int, pauses: Pauses, first_week: date) -> bool:
    return is_frozen(WeekRecord(week, days, target, _paused(week, pauses)), first_week)


def _paused(week: date, pauses: Pauses) -> bool:
    """Whether at least one day of the week that begins then was paused."""
    last = week + 6 * DAY
    return any(begin <= last and (end is None or end >= week) for begin, end in pauses)
