"""Keeps deliveries under what Discord allows a bot in all, and leaves room for answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

# Discord allows 50 requests a second; interactions' answers do not count, cards and edits of theirs do.
REQUESTS_A_SECOND = 47.0


class Pace:
    """Lets requests through evenly: at most `rate` a second, and no burst.

    `clock` tells seconds that only grow (the event loop's).
    """

    def __init__(self, rate: float = REQUESTS_A_SECOND, *, clock: Callable[[], float] | None = None) -> None:
        self._step = 1 / rate
        self._clock = clock
        self._next = 0.0

    async def turn(self) -> None:
        """Wait until the next request may leave."""
        clock = self._clock or asyncio.get_running_loop().time
        now = clock()
        at = max(now, self._next)
        self._next = at + self._step
        if at > now:
            await asyncio.sleep(at - now)

    def hold(self, seconds: float) -> None:
        """Discord asked to wait: nothing leaves for so long."""
        now = (self._clock or asyncio.get_running_loop().time)()
        self._next = max(self._next, now + seconds)
