"""Whose delivery is next: groups take turns, so that one with thousands of reminders holds up nobody's board."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest
from typing import Protocol, TypeVar

# Of the deliveries that are under way at once, at most so many are one group's.
GROUPS_SHARE = 32


class OfGroup(Protocol):
    """What belongs to a group."""

    @property
    def group_id(self) -> int: ...


Each = TypeVar("Each", bound=OfGroup)


def in_turns(waiting: Iterable[Each]) -> list[Each]:
    """One of each group, then a second of each, and so on: the groups, and what is of one group, in the order given.

    Nobody waits behind more of another group's than there are of their own group's before it, and one.
    """
    by_group: dict[int, list[Each]] = {}
    for each in waiting:
        by_group.setdefault(each.group_id, []).append(each)
    return [each for turn in zip_longest(*by_group.values()) for each in turn if each is not None]
