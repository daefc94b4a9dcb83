"""Which words are shown when: a rule for each category, and never one of the last thirty again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from bot.encouragement.library import Category, Message, library
from bot.encouragement.situation import Situation, bits, holding

KEPT_APART: Final = 30
BETWEEN_FACTS: Final = timedelta(days=7)

# For each category: what holds, one of which holds (0: nothing asked), what does not.
_MOVED: Final = bits(["run", "walk"])
_RULES: Final[Mapping[Category, tuple[int, int, int]]] = MappingProxyType(
    {
        "pre_run": (0, 0, _MOVED | bits(["group", "resting"])),
        "post_run": (0, _MOVED, bits(["group"])),
        "at_risk": (
            bits(["streak_begun", "short_of_target", "skips_known"]),
            0,
            _MOVED | bits(["group", "resting"]),
        ),
        "comeback": (bits(["back"]), _MOVED, bits(["group", "first_ever"])),
        "low_day": (bits(["low"]), 0, bits(["group"])),
        "rest_day": (bits(["resting"]), 0, _MOVED | bits(["group"])),
        "personal_best": (bits(["record", "run"]), 0, bits(["group"])),
        "milestone": (bits(["milestone"]), _MOVED, bits(["group"])),
        "group": (bits(["group"]), 0, 0),
        "weekly_opener": (bits(["group", "week_begins"]), 0, 0),
        "fact": (bits(["fact_allowed"]), 0, bits(["low"])),
    }
)
_AFTER: Final[tuple[Category, ...]] = ("comeback", "personal_best", "milestone", "post_run")
_WIDER: Final[Mapping[Category, tuple[Category, ...]]] = MappingProxyType(
    {
        "at_risk": ("pre_run",),
        "comeback": ("post_run",),
        "personal_best": ("post_run",),
        "milestone": ("post_run",),
        "low_day": ("post_run",),
        "weekly_opener": ("group",),
        "fact": ("group",),
    }
)
_FIRST_EVER: Final = bits(["first_ever"])


def fitting(situation: Situation, category: Category) -> tuple[Message, ...]:
    """The messages of a category that fit; none where the category itself does not."""
    return _fitting(category, holding(situation))


@lru_cache(maxsize=4_096)
def _fitting(category: Category, held: int) -> tuple[Message, ...]:
    every, one_of, none_of = _RULES[category]
    if every & ~held or (one_of and not one_of & held) or none_of & held:
        return ()
    fit = tuple(
        message
        for message in library().categories[category]
        if not message.needs & ~held and not message.rules_out & held
    )
    # A first check-in happens once: the words written for it come before all others.
    return tuple(message for message in fit if message.needs & _FIRST_EVER) or fit


def choose(messages: Sequence[Message], recent: Sequence[str], seed: int) -> Message | None:
    """One of the messages whose key is none of the last thirty of `recent` (the newest last); None for none.

    The same arguments give the same message.
    """
    shown = set(recent[-KEPT_APART:])
    fresh = [message for message in messages if message.key not in shown]
    return fresh[_scatter(seed) % len(fresh)] if fresh else None


def words_for(category: Category, situation: Situation, recent: Sequence[str], seed: int) -> Message | None:
    """A message of the category, or of a wider one where all that fit were shown lately; None for none."""
    return _first((category, *_WIDER.get(category, ())), situation, recent, seed)


def words_after(situation: Situation, recent: Sequence[str], seed: int) -> Message | None:
    """The words for a run's card: a comeback before a personal best before a milestone before the effort."""
    return _first(_AFTER, situation, recent, seed)


def _first(
    categories: Iterable[Category], situation: Situation, recent: Sequence[str], seed: int
) -> Message | None:
    held = holding(situation)
    for category in categories:
        messages = _fitting(category, held)
        if messages and (message := choose(messages, recent, seed)):
            return message
    return None


def remember(recent: Sequence[str], key: str) -> tuple[str, ...]:
    """`recent` with the key as its newest, no longer than the last thirty."""
    return (*recent, key)[-KEPT_APART:]


def may_fact(last_fact_day: date | None, today: date) -> bool:
    """Whether a fact may be shown: at most one in seven days. A last day that lies ahead counts as today."""
    return last_fact_day is None or today - last_fact_day >= BETWEEN_FACTS


def _scatter(seed: int) -> int:
    """Spreads neighbouring seeds (splitmix64's finish): ids that follow each other choose independently."""
    mixed = (seed + 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
    return mixed ^ (mixed >> 31)
