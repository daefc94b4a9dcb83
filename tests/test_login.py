"""Getting to Discord at the start, while it fails: tried again where that may help, else told in a line."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import discord
import pytest
from aiohttp import web

from benchmarks.standin import Reply, StandIn
from benchmarks.standin_faults import HTML, reset
from benchmarks.standin_rest import as_json, error
from bot.app import build
from bot.clock import ManualClock
from bot.errors import HostError
from bot.login import explained, log_in
from bot.settings import Settings
from tests.test_app import NOW, _discord_stays_where_it_is

__all__ = ["_discord_stays_where_it_is"]


def page(status: int) -> Callable[[], web.Response]:
    return lambda: web.Response(
        status=status, text=HTML, content_type="text/html", headers={"Retry-After": "90"}
    )


def body(text: str) -> Callable[[], web.Response]:
    return lambda: web.Response(text=text, content_type="application/json")


PASSING = {
    "503": lambda: as_json({"message": "upstream connect error", "code": 0}, 503),
    "520": page(520),
    "a page with 200": page(200),
    "half of a body": body('{"id": "12'),
    "nothing": body(""),
    "null": body("null"),
    "a list": body("[1]"),
    "a text": body('"fine"'),
    "reset": None,
}


class Failing:
    """Fails the first `times` requests for `path`."""

    def __init__(self, path: str, answer: Callable[[], web.Response] | None, times: int) -> None:
        self.path, self.answer, self.times = path, answer, times
        self.asked = 0

    async def __call__(self, request: web.Request, reply: Reply) -> web.StreamResponse:
        if not request.path.endswith(self.path):
            return await reply()
        self.asked += 1
        if self.asked > self.times:
            return await reply()
        if self.answer is None:
            reset(request)
            return web.Response()
        return self.answer()


async def started(folder: Path, failing: Failing) -> bool:
    """Log in as the bot does at its start, without the waits between; whether the setup was done."""
    async with StandIn(before_reply=failing) as discord_:
        settings = Settings.model_validate(
            {
                "discord": {"token": discord_.token, "api_base": discord_.api_base},
                "storage": {"url": f"sqlite:///{folder}/second-wind.db"},
            }
        )
        app = await build(settings, ManualClock(NOW), live=False)
        try:
            with explained("http://there"):
                await log_in(app.client, discord_.token, (0, 0, 0))
            return bool(app.client.cogs)
        finally:
            await app.close()


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("503", "/users/@me"),
        ("half of a body", "/users/@me"),
        *((kind, "/applications/@me") for kind in PASSING),
    ],
)
async def test_what_passes_is_waited_for(
    tmp_path: Path, kind: str, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "bot.login")
    failing = Failing(path, PASSING[kind], 2)
    assert await started(tmp_path, failing)
    assert failing.asked == 3
    told = [record.message for record in caplog.records if record.name == "bot.login"]
    # a connection that breaks is tried once more by aiohttp itself
    assert told == ["discord_not_ready"] * (1 if kind == "reset" else 2)


@pytest.mark.parametrize(
    ("kind", "answer", "says"),
    [
        ("503", PASSING["503"], "Discord could not be reached at http://there"),
        ("null", PASSING["null"], "What answered at http://there is not Discord"),
        ("reset", None, "Discord could not be reached at http://there"),
    ],
)
async def test_what_does_not_pass_is_one_line_for_the_host(
    tmp_path: Path, kind: str, answer: Callable[[], web.Response] | None, says: str
) -> None:
    with pytest.raises(HostError, match=says):
        await started(tmp_path, Failing("/applications/@me", answer, 1_000))


async def test_a_refusal_is_told_at_once(tmp_path: Path) -> None:
    failing = Failing("/users/@me", lambda: error(401, 0, "401: Unauthorized"), 1_000)
    with pytest.raises(HostError, match=r"does not know discord\.token"):
        await started(tmp_path, failing)
    assert failing.asked == 1


async def test_where_discord_asks_to_wait_nothing_is_sent_before(tmp_path: Path) -> None:
    failing = Failing("/users/@me", page(429), 1_000)
    with pytest.raises(HostError, match="asks to wait 90 seconds before the next start"):
        await started(tmp_path, failing)
    assert failing.asked == 1


async def test_a_fault_of_our_own_is_not_tried_again() -> None:
    class Broken(discord.Client):
        logins = 0

        async def login(self, token: str) -> None:
            Broken.logins += 1
            raise TypeError("ours")

    client = Broken(intents=discord.Intents.none())
    with pytest.raises(TypeError, match="ours"), explained("http://there"):
        await log_in(client, "x", (0, 0))
    assert Broken.logins == 1
