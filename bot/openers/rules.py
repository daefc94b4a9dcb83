"""What is true of plans for a week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

WEEK = timedelta(weeks=1)
LONGEST_WORDS = 100
MOST_LISTED = 40  # then "and n more"


def planned_week(opener_week: date | None, own_week: date) -> date:
    """The first day of the week that a member plans on an opener of `opener_week`, who lives in `own_week`.

    Where it is still the week before for them, it is the opener's all the same. On an opener of a week that is over
    for them, or without one, it is their own.
    """
    return own_week + WEEK if opener_week == own_week + WEEK else own_week


def room_for_words(lengths: Sequence[int], budget: int) -> list[bool]:
    """Which of the words, of so many characters each, are shown: the first that fit into `budget` together."""
    shown = []
    for length in lengths:
        fits = length <= budget
        shown.append(fits)
        budget -= length if fits else 0
    return shown
