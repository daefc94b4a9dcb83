"""What is true of support resources and of low moods."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

# Of the last five entries within 14 days, at least three days held one that was low.
ENTRIES: Final = 5
WITHIN: Final = timedelta(days=14)
LOW_DAYS: Final = 3
# Shown at most once in so many days.
SHOWN_EVERY: Final = timedelta(days=14)
# The kind of the notice by which they are asked.
RESOURCES_DUE: Final = "resources_due"
# Organisers are asked to look at the resources again after so many days.
ASKED_EVERY: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Resource:
    """One place to turn to: its name, and a web address, a number, or words of how to reach it."""

    name: str
    contact: str


@dataclass(frozen=True, slots=True)
class Resources:
    """What a group's organisers confirmed; `words` are their own, empty for none."""

    places: tuple[Resource, ...]
    words: str = ""


# A directory of helplines in most countries, for a group that has nothing nearer.
USUAL: Final = Resources((Resource("Find A Helpline", "https://findahelpline.com"),))


def stored(resources: Resources) -> str:
    """As kept in the group's row."""
    return json.dumps(
        {"places": [[each.name, each.contact] for each in resources.places], "words": resources.words},
        ensure_ascii=False,
    )


def resources_of(text: str | None) -> Resources:
    """From the group's row; the usual directory where nothing is stored."""
    if text is None:
        return USUAL
    found = json.loads(text)
    return Resources(tuple(Resource(name, contact) for name, contact in found["places"]), found["words"])


def low_of_late(entries: Sequence[tuple[datetime, date, bool]], now: datetime) -> bool:
    """Whether the latest entries of a member call for a kind word.

    Args:
        entries: moment, running day and whether it was low, of the latest entries, in any order.
    """
    latest = sorted(entries, key=lambda each: each[0], reverse=True)[:ENTRIES]
    low = {day for entered_at, day, low in latest if low and now - entered_at <= WITHIN}
    return len(low) >= LOW_DAYS


def may_show(shown: date | None, dismissed: bool, today: date) -> bool:
    """Whether the resources may be offered unasked: not within 14 days of the last time, nor once dismissed."""
    return not dismissed and (shown is None or today - shown >= SHOWN_EVERY)
