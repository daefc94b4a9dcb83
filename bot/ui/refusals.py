"""Remembers for some minutes what Discord refused for good in a channel.

Every 401, 403 and 429 counts: with 10,000 of them in ten minutes Discord turns the whole address away. So what a
channel refuses is not asked of it again for every run that is logged there.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

REMEMBERED = timedelta(minutes=5)
MOST = 10_000
What = Literal["post", "thread"]


class Refusals:
    """By what was asked for and the channel's id; in memory, the oldest forgotten first."""

    def __init__(self) -> None:
        self._until: dict[tuple[What, int], datetime] = {}

    def remember(self, what: What, channel_id: int, now: datetime) -> None:
        """The channel refused this just now."""
        self._until.pop((what, channel_id), None)
        self._until[what, channel_id] = now + REMEMBERED
        if len(self._until) > MOST:
            del self._until[next(iter(self._until))]

    def hold(self, what: What, channel_id: int, now: datetime) -> bool:
        """Whether it did so in the last minutes."""
        until = self._until.get((what, channel_id))
        if until is None:
            return False
        if until <= now:
            del self._until[what, channel_id]
            return False
        return True
