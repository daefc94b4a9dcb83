"""Waits that Discord asks for, kept by every request they are meant for.

Discord shuts a bot out that asks too often where it was told to wait
(https://discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from types import SimpleNamespace

import aiohttp
import discord

from bot.scheduling.pace import Pace

LONGEST_SECONDS = 3_600.0
CLOCK_SECONDS = 0.001  # a loop calls as early as its clock is exact
# Discord's global limit is not theirs.
_FREE = ("/interactions/", "/webhooks/")


class RestLimits:
    """Holds requests back until the wait is over that Discord, or an edge before it, has answered 429 with.

    discord.py lets the one request wait that was told. Others of the same address go on; those that wait for a place in
    their bucket do not look at the global limit; of two global limits the first that is over ends both; and where
    the one that was told is cancelled meanwhile (a delivery that has waited long enough), none goes on any more.
    """

    def __init__(self, http: Callable[[], discord.http.HTTPClient]) -> None:
        self._http = http
        self._pace = Pace()
        self._until = 0.0  # the loop's time; of all requests
        self._until_by_address: dict[tuple[str, str], float] = {}

    def watch(self, trace: aiohttp.TraceConfig) -> aiohttp.TraceConfig:
        """`trace`, which from now on holds requests back."""
        trace.on_request_start.append(self._start)
        trace.on_request_end.append(self._ended)
        return trace

    async def _start(
        self,
        _session: aiohttp.ClientSession,
        _context: SimpleNamespace,
        start: aiohttp.TraceRequestStartParams,
    ) -> None:
        while (wait := self._wait(start.method, start.url.raw_path)) > 0:
            await asyncio.sleep(wait)
            await self._pace.turn()  # all at once would be too many at once again

    def _wait(self, method: str, path: str) -> float:
        """Seconds until a request may leave."""
        free = any(part in path for part in _FREE)
        until = max(0.0 if free else self._until, self._until_by_address.get((method, path), 0.0))
        return until - asyncio.get_running_loop().time()

    async def _ended(
        self, _session: aiohttp.ClientSession, _context: SimpleNamespace, end: aiohttp.TraceRequestEndParams
    ) -> None:
        if end.response.status != 429:
            return
        loop = asyncio.get_running_loop()
        until = loop.time() + await _asked_to_wait(end.response)
        if end.response.headers.get("X-RateLimit-Scope") == "global":
            self._until = max(self._until, until)
            loop.call_at(self._until, self._over)
        else:
            address = (end.method, end.url.raw_path)
            self._until_by_address = {
                each: over for each, over in self._until_by_address.items() if over > loop.time()
            } | {address: until}

    def _over(self) -> None:
        # another wait may have begun meanwhile: it has an end of its own
        if asyncio.get_running_loop().time() >= self._until - CLOCK_SECONDS:
            over: object = getattr(self._http(), "_global_over", None)
            if isinstance(over, asyncio.Event):  # before the login there is none
                over.set()


def asked_in_header(headers: Mapping[str, str]) -> float:
    """Seconds by Retry-After, at most an hour; 0 where it is missing, a date, or no number."""
    try:
        return _bounded(headers.get("Retry-After", 0))
    except ValueError:
        return 0.0


def _bounded(seconds: float | str) -> float:
    return max(0.0, min(float(seconds), LONGEST_SECONDS))


async def _asked_to_wait(response: aiohttp.ClientResponse) -> float:
    """Seconds: Discord's body tells them exactly, the header, which an edge sends too, in whole ones."""
    try:
        return _bounded((await response.json())["retry_after"])
    except (aiohttp.ClientError, TimeoutError, ValueError, TypeError, LookupError):
        return asked_in_header(response.headers)
