"""Every way in which Discord's interface can answer badly, on every kind of request; and what the bot does next."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from aiohttp import web

from benchmarks.standin_faults import HTML, reset
from benchmarks.standin_limits import too_many
from benchmarks.standin_rest import as_json, error

if TYPE_CHECKING:
    from benchmarks.standin import Reply

# By the kind of request: what Discord says for good there.
FINAL = {
    "callback": ((404, 10_062, "Unknown interaction"), (400, 40_060, "Interaction has already been acknowledged.")),
    "webhook": (
        (404, 10_015, "Unknown Webhook"), (401, 50_027, "Invalid Webhook Token"), (404, 10_008, "Unknown Message"),
    ),
    "message": (
        (403, 50_001, "Missing Access"), (403, 50_013, "Missing Permissions"), (404, 10_003, "Unknown Channel"),
    ),
    "edit": ((404, 10_008, "Unknown Message"), (403, 50_005, "Cannot edit a message authored by another user")),
    "delete": ((404, 10_008, "Unknown Message"), (403, 50_013, "Missing Permissions")),
    "look": ((403, 50_001, "Missing Access"), (404, 10_003, "Unknown Channel")),
    "other": ((403, 50_001, "Missing Access"), (404, 10_013, "Unknown User")),
}  # fmt: skip
# "before": not accepted; "after": accepted, and the answer does not say so.
PASSING = (
    "500 before", "500 after", "502 before", "503 before", "503 after", "504 after", "520 before", "html 502 before",
    "html 200 after", "429", "429 global", "429 of a page", "429 without a body", "reset before", "reset after",
    "truncated after", "broken json after", "null after", "list after", "text after", "nothing after", "slow after",
)  # fmt: skip
# How much more often than first answers the others are spoiled: of those there are more than of all others together.
WEIGHTS = {"callback": 1.0, "message": 2.0, "edit": 2.0, "delete": 0.5}
OTHERS_WEIGHT = 1.5
RETRY_AFTER, SLOW_SECONDS = 0.3, 0.4
_NONCE = re.compile(rb'"nonce": ?"(sw\d+)"')
_EARLY = 0.02  # clocks are read twice


def kind_of(request: web.Request) -> str:
    """What a request is about."""
    path, method = request.path, request.method
    if path.endswith("/callback"):
        return "callback"
    if "/webhooks/" in path:
        return "webhook"
    if path.endswith("/messages"):
        return "message" if method == "POST" else "look"
    if "/messages/" in path:
        return "edit" if method == "PATCH" else "delete"
    return "other" if path.startswith("/api/v10/") and path.count("/") > 4 else "start"


class Door:
    """Spoils requests, and watches what comes after. Give it to a `StandIn` as `before_reply`.

    Args:
        odds: the share of first answers that are spoiled; of what is rarer more, by `WEIGHTS`.
        clock: seconds by the bot's clock, for the windows in which invalid requests are counted.
    """

    def __init__(self, seed: int, odds: float, clock: Callable[[], float]) -> None:
        self._dice = random.Random(seed)
        self._clock = clock
        self.odds = odds
        self.injected: Counter[str] = Counter()
        self.by_kind: Counter[str] = Counter()
        self.requests = 0
        self.retried_final: list[str] = []
        self.too_early: list[tuple[float, str]] = []  # moments of requests before the end of a wait
        self.refused: list[
            tuple[float, str]
        ] = []  # moments of answers of 401, 403 and 429 that nobody injected
        self._final: set[tuple[str, str, bytes]] = set()
        self._not_before: dict[tuple[str, str], float] = {}
        self._all_not_before = 0.0

    async def __call__(self, request: web.Request, reply: Reply) -> web.StreamResponse:
        kind = kind_of(request)
        if kind == "start":
            return await reply()
        self.requests += 1
        # a form with files is read once, by whom it is for
        body = b"" if request.content_type.startswith("multipart/") else await request.read()
        now = time.monotonic()
        self._watch(request, kind, body, now)
        if self._dice.random() >= self.odds * WEIGHTS.get(kind, OTHERS_WEIGHT):
            answer = await reply()
            if answer.status in (401, 403, 429):
                self.refused.append((self._clock(), f"{kind} {answer.status}"))
            return answer
        self.by_kind[kind] += 1
        if self._dice.random() < 0.15:
            return self._finally(request, kind, body)
        fault = self._dice.choice(PASSING)
        self.injected[fault] += 1
        return await self._spoil(fault, request, reply, kind)

    def _watch(self, request: web.Request, kind: str, body: bytes, now: float) -> None:
        key = self._key(request, body)
        if key in self._final:
            self.retried_final.append(f"{kind}: {request.method}")
        waits = kind not in ("callback", "webhook") and now < self._all_not_before - _EARLY
        if waits or now < self._not_before.get((request.method, request.path), 0.0) - _EARLY:
            self.too_early.append((self._clock(), kind))

    def _key(self, request: web.Request, body: bytes) -> tuple[str, str, bytes]:
        """What makes a request the same one again: for a message its nonce, for a look or an edit all it says."""
        if request.path.endswith("/callback"):  # there is one answer, whatever it says
            return request.method, request.path, b""
        found = _NONCE.search(body)
        return request.method, request.path_qs, found[1] if found else body

    def _finally(self, request: web.Request, kind: str, body: bytes) -> web.StreamResponse:
        status, code, message = self._dice.choice(FINAL[kind])
        self.injected[f"{status} {code}"] += 1
        # who has given up waiting meanwhile does not hear of it, and may ask again
        heard = request.transport is not None and not request.transport.is_closing()
        # an edit or a look may be wanted again for another reason, with the same words; these are never
        if heard and (kind == "callback" or (kind == "message" and _NONCE.search(body))):
            self._final.add(self._key(request, body))
        return error(status, code, message)

    async def _spoil(self, fault: str, request: web.Request, reply: Reply, kind: str) -> web.StreamResponse:
        if fault.endswith(" after"):
            accepted = await reply()
            if fault == "slow after":
                await asyncio.sleep(SLOW_SECONDS)
                return accepted
            if accepted.status >= 400:
                return accepted
        if fault.startswith("429"):
            return self._too_many(fault, request, kind)
        what = fault.split()[0]
        if what == "reset":
            reset(request)
            return web.Response()
        if what == "truncated":
            return await _cut_short(request)
        if what == "html":
            return web.Response(status=int(fault.split()[1]), text=HTML, content_type="text/html")
        if what.isdigit():
            return as_json({"message": "upstream connect error", "code": 0}, int(what))
        odd = {"broken": b'{"id": "12', "null": b"null", "list": b"[1, 2]", "text": b'"fine"', "nothing": b""}
        return web.Response(body=odd[what], content_type="application/json")

    def _too_many(self, fault: str, request: web.Request, kind: str) -> web.StreamResponse:
        until = time.monotonic() + RETRY_AFTER
        if fault == "429 global" and kind not in ("callback", "webhook"):
            self._all_not_before = until
            return too_many("global", RETRY_AFTER)
        self._not_before[request.method, request.path] = until
        if fault == "429 of a page":  # as the edge in front of Discord writes it
            return web.Response(
                status=429, text=HTML, content_type="text/html", headers={"Retry-After": str(RETRY_AFTER)}
            )
        if fault == "429 without a body":
            return web.Response(status=429, headers={"Retry-After": str(RETRY_AFTER)})
        return too_many("shared", RETRY_AFTER)


async def _cut_short(request: web.Request) -> web.StreamResponse:
    """Half of a body, then nothing more."""
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "4096"})
    await response.prepare(request)
    await response.write(b'{"id": "1234", ')
    reset(request)
    return response
