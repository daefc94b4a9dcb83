"""The items that feelings are asked with: our own, short ones. No norms are claimed; nothing is screened or diagnosed.

Their shape follows the single-item Feeling Scale (Hardy and Rejeski 1989, Journal of Sport and Exercise Psychology
11:304): one question, a scale with anchors in words. What each is called is in bot/moods/wording.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.errors import Refusal

# Stored with every entry. Raise it when an item's question, anchors or range change: values of different versions are
# never put into one statistic.
SCALE_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Scale:
    """An item's whole numbers, from `least` to `most`; `item` is its id and its column."""

    item: str
    least: int
    most: int

    @property
    def values(self) -> range:
        return range(self.least, self.most + 1)


MOOD = Scale("mood", -5, 5)
STRESS = Scale("stress", 1, 5)
FOCUS = Scale("focus", 1, 5)
ENERGY = Scale("energy", 1, 5)
SLEEP = Scale("sleep", 1, 5)
EFFORT = Scale("effort", 0, 10)
SCALES: Mapping[str, Scale] = {scale.item: scale for scale in (MOOD, STRESS, FOCUS, ENERGY, SLEEP, EFFORT)}
LOW: Final = -3  # the mood that is called low


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """What somebody chose, item by item; None was left out, and is never filled in."""

    mood: int
    stress: int | None = None
    focus: int | None = None
    energy: int | None = None
    sleep: int | None = None
    effort: int | None = None

    @property
    def low(self) -> bool:
        return self.mood <= LOW


def checked(values: Mapping[str, str]) -> dict[str, int]:
    """The items of a form or a menu as numbers; what was left empty is left out.

    Raises Refusal for anything that is not on the item's scale: whoever sends it did not choose it from our menus.
    """
    found = {}
    for item, scale in SCALES.items():
        text = (values.get(item) or "").strip()
        if not text:
            continue
        try:
            number = int(text) if len(text) <= 3 and text.isascii() else None
        except ValueError:
            number = None
        if number is None or number not in scale.values:
            raise Refusal("That is not on the scale. Choose one of the menu's answers.")
        found[item] = number
    return found
