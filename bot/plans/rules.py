"""What is true of targets and pauses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.days import DAY
from bot.errors import Refusal

USUAL_TARGET = 3  # days a week, until a member chose
LONG_PAUSE_DAYS = 14  # after so many paused days the return offers a smaller target
_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Target:
    """The days a week (1 to 7) that a member means to keep from the week that begins on `from_day` on.

    `set_on` is the running day on which it was chosen.
    """

    from_day: date
    days: int
    set_on: date


@dataclass(frozen=True, slots=True)
class Pause:
    """Paused running days, both ends included; `until_day` None: until the member says so."""

    pause_id: int
    from_day: date
    until_day: date | None
    reason: str | None = None

    def over(self, today: date) -> bool:
        return self.until_day is not None and self.until_day < today

    def covers(self, day: date) -> bool:
        return self.from_day <= day and (self.until_day is None or day <= self.until_day)


@dataclass(frozen=True, slots=True)
class Merged:
    """A new pause made one with those that it meets; `absorbed` are their ids."""

    from_day: date
    until_day: date | None
    reason: str | None
    absorbed: tuple[int, ...]


def target_for(targets: Sequence[Target], week_day: date) -> int:
    """The target of the week that begins on `week_day`; the earliest one counts back as well."""
    ordered = sorted(targets, key=lambda target: target.from_day)
    held = [target for target in ordered if target.from_day <= week_day] or ordered[:1]
    return held[-1].days if held else USUAL_TARGET


def starts_on(week_day: date, *, chosen_before: bool, entered: bool) -> date:
    """The first day of the week from which a target that is set now holds.

    It is this week (`week_day`) while nothing of it was entered, and for a member's first target, which counts back;
    else the next.
    """
    return week_day + _WEEK if chosen_before and entered else week_day


def checked_days(days: int) -> int:
    """`days` where a week can be kept with them. Raises Refusal outside 1 to 7."""
    if not 1 <= days <= 7:
        raise Refusal("A week has one to seven days to keep. Choose one of these numbers.")
    return days


def merged(
    from_day: date, until_day: date | None, reason: str | None, pauses: Sequence[Pause], today: date
) -> Merged:
    """The one pause that a new one and those it meets (overlapping, or on neighbouring days) become.

    A new end that is still to come replaces the old one, as that is what somebody who changes a pause means; one in
    the past only ever adds days.
    """
    absorbed: list[Pause] = []
    first, last = from_day, until_day
    while met := [each for each in pauses if each not in absorbed and _meets(each, first, last)]:
        for each in met:
            absorbed.append(each)
            first = min(first, each.from_day)
            if until_day is not None and (until_day < today or each.over(today)):
                last = _later(last, each.until_day)
    reasons = [each.reason for each in sorted(absorbed, key=lambda each: each.from_day) if each.reason]
    words = reason or (reasons[-1] if reasons else None)
    return Merged(first, last, words, tuple(each.pause_id for each in absorbed))


def _meets(pause: Pause, first: date, last: date | None) -> bool:
    begins_in_time = last is None or pause.from_day <= last + DAY
    return begins_in_time and (pause.until_day is None or pause.until_day >= first - DAY)


def _later(one: date | None, other: date | None) -> date | None:
    return None if one is None or other is None else max(one, other)


def checked_pause(
    from_day: date,
    until_day: date | None,
    today: date,
    last_check_in: date | None,
    changed: Pause | None = None,
) -> tuple[date, date | None]:
    """The days of a pause as asked for. Raises Refusal for an end before the start, or a start before a check-in.

    A pause may begin in the past, back to the last check-in; without one, at most 30 days back. One that is
    `changed` may begin where it began, whatever was run since.
    """
    if until_day is not None and until_day < from_day:
        raise Refusal(
            "That pause would end before it starts. Type a later day for its end, or leave the end empty."
        )
    if changed is not None and changed.from_day <= from_day <= today:
        return from_day, until_day
    if last_check_in is not None and from_day < min(last_check_in, today):
        raise Refusal(
            "You checked in on {day}, so a pause can start on that day or later. Type such a day.",
            day=last_check_in,
        )
    if last_check_in is None and from_day < today - timedelta(days=30):
        raise Refusal("A pause can start at most {days} days back. Type a later day.", days=30)
    return from_day, until_day


def last_day_when_back(pause: Pause, today: date) -> date | None:
    """The last paused day of somebody who is back today: yesterday; None where not even one day is left."""
    last = today - DAY
    return last if last >= pause.from_day else None


def smaller_targets(
    pauses: Sequence[Pause], targets: Sequence[Target], target: int, today: date
) -> tuple[int, ...]:
    """What to offer who comes back: one or two smaller targets, or nothing.

    Offered for 14 days after a pause of 14 days or more, until a target is chosen.
    """
    ended = [each for each in pauses if each.over(today)]
    if not ended or any(each.covers(today) for each in pauses):
        return ()
    latest = max(ended, key=lambda each: each.until_day or date.min)
    until = latest.until_day or today
    long_enough = (until - latest.from_day).days + 1 >= LONG_PAUSE_DAYS
    fresh = (today - until).days <= 14
    chosen_since = any(each.set_on > until for each in targets)
    if not long_enough or not fresh or chosen_since:
        return ()
    return tuple(range(max(1, target - 2), target))
