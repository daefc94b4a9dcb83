"""Session starts: Discord lets a bot identify so many times a day, and takes its token away where it goes on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

log = logging.getLogger(__name__)
ASK_SECONDS = 10.0  # the gateway waits meanwhile
LONGEST_MS = 86_400_000  # the count begins anew every day


@dataclass(frozen=True, slots=True)
class StartLimit:
    """What Discord says about the starts of all processes of the bot; `reset_after` is in seconds."""

    total: int
    remaining: int
    reset_after: float
    max_concurrency: int

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> Self:
        """Read `session_start_limit`. Raises KeyError, TypeError or ValueError for what is none."""
        total, remaining, reset_after = (int(found[key]) for key in ("total", "remaining", "reset_after"))
        return cls(
            total=max(total, 1),
            remaining=max(remaining, 0),
            reset_after=min(max(reset_after, 1_000), LONGEST_MS) / 1000,
            max_concurrency=max(int(found["max_concurrency"]), 1),
        )


class SessionStarts:
    """The starts of one process. Where too few are left it waits until the count begins anew.

    It waits and does not end, since whatever starts it again would do so at once, and again: a process that waits asks
    once and is there by itself when Discord takes it.
    """

    def __init__(self, ask: Callable[[], Awaitable[tuple[int, str, Mapping[str, Any]]]]) -> None:
        """`ask` calls GET /gateway/bot: the shards that Discord recommends, its address, and `session_start_limit`."""
        self._ask = ask
        self._sure_of = 0
        self.max_concurrency = 1

    async def make_sure(self, shards: int | None) -> None:
        """Return when Discord lets the bot start so many sessions (None: as many as it recommends).

        Where its answer cannot be had or read, return at once: it refuses by itself what it does not take.
        """
        while True:
            try:
                async with asyncio.timeout(ASK_SECONDS):
                    recommended, _, found = await self._ask()
                limit = StartLimit.of(found)
            except Exception as error:  # noqa: BLE001 - whatever keeps us from asking keeps nobody from connecting
                log.warning("session_starts_unknown", extra={"kind": type(error).__name__})
                return
            needed = shards or recommended
            self.max_concurrency = limit.max_concurrency
            facts = {
                "needed": needed,
                "remaining": limit.remaining,
                "total": limit.total,
                "reset_after_seconds": limit.reset_after,
                "max_concurrency": limit.max_concurrency,
            }
            if limit.remaining >= min(needed, limit.total):
                log.info("session_starts", extra=facts)
                self._sure_of = needed
                return
            log.warning("session_starts_used_up_waiting", extra=facts)
            await asyncio.sleep(limit.reset_after)

    async def take(self) -> None:
        """Before each identify: use one that `make_sure` was told of, or ask for one more."""
        if not self._sure_of:
            await self.make_sure(1)
        self._sure_of = max(self._sure_of - 1, 0)
