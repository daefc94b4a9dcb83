"""Discord's rate limits, as far as a bot meets them: all requests together, and messages of one channel."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from benchmarks.standin_rest import as_json


@dataclass
class Window:
    """So many requests in so many seconds, counted from the first of them."""

    most: int
    seconds: float
    _ends: float = 0.0
    _used: int = 0

    def take(self, now: float) -> bool:
        """Whether one more fits."""
        if now >= self._ends:
            self._ends, self._used = now + self.seconds, 0
        if self._used >= self.most:
            return False
        self._used += 1
        return True

    def left(self) -> int:
        return self.most - self._used

    def reset_after(self, now: float) -> float:
        """Seconds until it begins anew."""
        return max(0.0, self._ends - now)


@dataclass
class Limits:
    """What is refused with 429. A zero turns a limit off.

    Args:
        every_second: requests of all kinds; interactions' answers and webhooks do not count, as with Discord.
        messages, seconds: so many messages a channel in so many seconds.
    """

    every_second: int = 50
    messages: int = 5
    seconds: float = 5.0
    clock: Callable[[], float] = time.monotonic
    refused: dict[str, int] = field(default_factory=lambda: {"global": 0, "user": 0})
    counted: int = 0
    _all: Window = field(init=False)
    _channels: dict[str, Window] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._all = Window(self.every_second, 1.0)

    def refusal(self, request: web.Request) -> web.Response | None:
        """The 429 that this request gets; None where it fits."""
        if any(
            part in request.path for part in ("/interactions/", "/webhooks/", "/attachments/", "/gateway")
        ):
            return None
        now = self.clock()
        window = self._window_of(request)
        if self.every_second and not self._all.take(now):
            return self._too_many("global", self._all.reset_after(now), {})
        if window is not None and not window.take(now):
            return self._too_many("user", window.reset_after(now), self.headers(request))
        self.counted += 1
        return None

    def headers(self, request: web.Request) -> dict[str, str]:
        """The X-RateLimit headers of an answer to this request."""
        window = self._window_of(request)
        if window is None:
            return {}
        after = window.reset_after(self.clock())
        return {
            "X-RateLimit-Limit": str(window.most),
            "X-RateLimit-Remaining": str(window.left()),
            "X-RateLimit-Reset": f"{time.time() + after:.3f}",
            "X-RateLimit-Reset-After": f"{after:.3f}",
            "X-RateLimit-Bucket": "80c17d2f203122d936070c88c8d10f33",
        }

    def _window_of(self, request: web.Request) -> Window | None:
        if not self.messages or request.method != "POST" or not request.path.endswith("/messages"):
            return None
        channel = request.path.split("/")[-2]
        return self._channels.setdefault(channel, Window(self.messages, self.seconds))

    def _too_many(self, scope: str, after: float, headers: dict[str, str]) -> web.Response:
        self.refused[scope] += 1
        return too_many(scope, after, headers)


def too_many(scope: str, after: float, headers: dict[str, str] | None = None) -> web.Response:
    """429 as Discord writes it; `scope` is global, user or shared, `after` the seconds to wait."""
    every = scope == "global"
    body = {"message": "You are being rate limited.", "retry_after": round(after, 3), "global": every}
    response = as_json(body, 429)
    response.headers.update(headers or {})
    response.headers.update({"Via": "1.1 google", "Retry-After": str(math.ceil(after))})
    response.headers["X-RateLimit-Scope"] = scope
    if every:
        response.headers["X-RateLimit-Global"] = "true"
    return response
