"""The end of a wait that Discord asks all requests for, also where whoever was told of it has gone away."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from types import SimpleNamespace

import aiohttp
import discord

LONGEST_SECONDS = 3_600.0
CLOCK_SECONDS = 0.001  # a loop calls as early as its clock is exact


class GlobalLimit:
    """Lets requests go again when Discord's global limit is over.

    discord.py holds all of them back, and lets them go from within the request that was told. Where that one is
    cancelled meanwhile (a delivery that has waited long enough), nobody would, and no request would leave any more.
    """

    def __init__(self, http: Callable[[], discord.http.HTTPClient]) -> None:
        self._http = http
        self._until = 0.0  # the loop's time

    def watch(self, trace: aiohttp.TraceConfig) -> aiohttp.TraceConfig:
        """`trace`, which from now on hears of the limit too."""
        trace.on_request_end.append(self._ended)
        return trace

    async def _ended(
        self, _session: aiohttp.ClientSession, _context: SimpleNamespace, end: aiohttp.TraceRequestEndParams
    ) -> None:
        if end.response.status != 429 or end.response.headers.get("X-RateLimit-Scope") != "global":
            return
        loop = asyncio.get_running_loop()
        with contextlib.suppress(KeyError, ValueError):  # whole seconds, rounded up
            after = min(float(end.response.headers["Retry-After"]), LONGEST_SECONDS)
            self._until = max(self._until, loop.time() + after)
            loop.call_at(self._until, self._over)

    def _over(self) -> None:
        # another wait may have begun meanwhile: it has an end of its own
        if asyncio.get_running_loop().time() >= self._until - CLOCK_SECONDS:
            over: object = getattr(self._http(), "_global_over", None)
            if isinstance(over, asyncio.Event):  # before the login there is none
                over.set()
