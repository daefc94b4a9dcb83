"""Discord's bad days: a seeded choice of what goes wrong with a request, before it was accepted or after.

StandIn(before_reply=Faults(seed=1, odds={"500 before": 0.05, "reset after": 0.05}))
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from aiohttp import web

from benchmarks.standin_limits import too_many
from benchmarks.standin_rest import as_json, error

if TYPE_CHECKING:
    from benchmarks.standin import Reply

# "before": it was not accepted; "after": it was, and the answer does not say so. "slow": accepted, then answered later;
# "late": accepted later.
KINDS = (
    "500 before", "500 after", "502 before", "503 before", "503 after", "429", "429 global", "reset before",
    "reset after", "hang before", "hang after", "html after", "html 502", "broken json after", "slow", "late",
)  # fmt: skip
HTML = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>nginx</body></html>"
_LOOK_SECONDS = 0.02


def delivers(request: web.Request) -> bool:
    """Whether a request has to do with bringing a message: sending, looking for it, opening a conversation."""
    return request.path.startswith("/api/v10/channels/") or request.path.endswith("/users/@me/channels")


class Faults:
    """Spoils requests of which `chosen` says so. Give it to a `StandIn` as `before_reply`.

    Args:
        odds: the probability of each of `KINDS`, in all at most 1; every kind alike with 0.3 in all unless given.
    """

    def __init__(
        self,
        seed: int,
        odds: Mapping[str, float] | None = None,
        *,
        chosen: Callable[[web.Request], bool] = delivers,
        retry_after: float = 0.05,
        slow_seconds: float = 0.5,
        late_seconds: float = 1.0,
    ) -> None:
        self._dice = random.Random(seed)
        self.odds = dict(odds if odds is not None else dict.fromkeys(KINDS, 0.3 / len(KINDS)))
        if unknown := self.odds.keys() - set(KINDS):
            raise ValueError(f"there is no fault called {', '.join(sorted(unknown))}")
        self._chosen, self._retry_after = chosen, retry_after
        self._slow_seconds, self._late_seconds = slow_seconds, late_seconds
        self.on = True
        self.injected: Counter[str] = Counter()

    async def __call__(self, request: web.Request, reply: Reply) -> web.StreamResponse:
        kind = self._choose() if self.on and self._chosen(request) else None
        if kind is None:
            return await reply()
        self.injected[kind] += 1
        if kind == "late":
            return await self._late(request, reply)
        if kind == "slow" or kind.endswith(" after"):
            accepted = await reply()
            if kind == "slow":
                await asyncio.sleep(self._slow_seconds)
                return accepted
        return await self._spoil(kind, request)

    async def _late(self, request: web.Request, reply: Reply) -> web.StreamResponse:
        """On its way for long: carried out when whoever asked may be gone. What brings files is carried out at once."""
        if not request.content_type.startswith("multipart/"):
            await request.read()  # a body that has arrived is there, whatever becomes of the connection
            await asyncio.sleep(self._late_seconds)
        return await reply()

    def _choose(self) -> str | None:
        point = self._dice.random()
        for kind, odds in self.odds.items():
            point -= odds
            if point < 0:
                return kind
        return None

    async def _spoil(self, kind: str, request: web.Request) -> web.StreamResponse:
        what = kind.split()[0]
        if what == "429":
            return too_many("global" if kind == "429 global" else "shared", self._retry_after)
        if what == "html":
            return web.Response(
                status=502 if kind == "html 502" else 200, text=HTML, content_type="text/html"
            )
        if what == "broken":
            return web.Response(body=b'{"id": "1234', content_type="application/json")
        if what == "reset":
            reset(request)
            return web.Response()
        if what == "hang":
            while not (request.transport is None or request.transport.is_closing()):  # noqa: ASYNC110 - has no event
                await asyncio.sleep(_LOOK_SECONDS)
            return web.Response()
        if what == "500":
            return error(500, 0, "500: Internal Server Error")
        return as_json({"message": "upstream connect error", "code": 0}, int(what))


def reset(request: web.Request) -> None:
    """End the request's connection by RST, as a proxy that dies does."""
    if request.transport is None:
        return
    raw = request.transport.get_extra_info("socket")
    with contextlib.suppress(OSError):
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.transport.abort()
