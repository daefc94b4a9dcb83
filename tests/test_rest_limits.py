"""Whoever was told to wait waits, and so do the others that it is meant for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import BaseTestServer, TestServer

from benchmarks.standin_faults import HTML
from benchmarks.standin_limits import too_many
from bot.rest_limits import RestLimits
from bot.scheduling.pace import REQUESTS_A_SECOND

CHANNEL, OTHER, CALLBACK = (
    "/api/v10/channels/5/messages",
    "/api/v10/channels/6",
    "/api/v10/interactions/1/t/callback",
)
WAIT = 0.25
EARLY = 0.02


@dataclass
class Place:
    """A server that answers the first requests as `answers` say, each at its moment, and a session that is watched."""

    session: aiohttp.ClientSession
    server: BaseTestServer
    over: asyncio.Event
    answers: list[web.Response]
    arrived: list[float]

    async def ask(self, path: str = CHANNEL, method: str = "POST") -> float:
        """Ask once; when the request arrived, in seconds."""
        async with self.session.request(method, self.server.make_url(path)) as answer:
            await answer.read()
        return self.arrived[-1]


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    over = asyncio.Event()

    answers: list[web.Response] = []
    arrived: list[float] = []

    async def reply(_request: web.Request) -> web.Response:
        arrived.append(asyncio.get_running_loop().time())
        return answers.pop(0) if answers else web.Response(text="{}")

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", reply)
    http: Callable[[], Any] = lambda: SimpleNamespace(_global_over=over)  # noqa: E731
    trace = RestLimits(http).watch(aiohttp.TraceConfig())
    async with TestServer(app) as server, aiohttp.ClientSession(trace_configs=[trace]) as session:
        yield Place(session, server, over, answers, arrived)


async def waited(ask: Awaitable[float]) -> float:
    """Seconds until the request arrived."""
    began = asyncio.get_running_loop().time()
    return await ask - began


async def test_all_wait_for_the_global_limit_but_for_answers_to_people(place: Place) -> None:
    place.answers[:] = [too_many("global", WAIT)]
    await place.ask()
    assert await waited(place.ask(CALLBACK)) < WAIT - EARLY
    assert await waited(place.ask(OTHER, "GET")) > WAIT / 2
    assert place.over.is_set()


async def test_of_two_global_limits_the_longer_one_counts(place: Place) -> None:
    place.answers[:] = [too_many("global", 2 * WAIT), too_many("global", WAIT)]
    began = asyncio.get_running_loop().time()
    await asyncio.gather(place.ask(), place.ask(OTHER))
    await asyncio.sleep(WAIT)  # the shorter one is over, and ends nothing
    assert not place.over.is_set()
    assert await place.ask() > began + 2 * WAIT - EARLY


async def test_who_waits_hears_of_a_longer_wait(place: Place) -> None:
    place.answers[:] = [too_many("global", WAIT)]
    await place.ask()
    held = asyncio.create_task(waited(place.ask(OTHER)))
    await asyncio.sleep(WAIT / 2)
    place.answers[:] = [too_many("global", 2 * WAIT)]
    # whatever Discord told another process's request, which was on its way: here by an address of its own
    await place.ask(CALLBACK)
    assert await held > 2 * WAIT


async def test_those_who_waited_do_not_leave_all_at_once(place: Place) -> None:
    place.answers[:] = [too_many("global", WAIT)]
    await place.ask()
    await asyncio.gather(*(place.ask(f"{OTHER}{number}") for number in range(6)))
    first, last = place.arrived[1], place.arrived[-1]
    assert last - first > 4 / REQUESTS_A_SECOND


@pytest.mark.parametrize(
    "answer",
    [
        lambda: too_many("user", WAIT),
        lambda: too_many("shared", WAIT),
        lambda: web.Response(
            status=429, text=HTML, content_type="text/html", headers={"Retry-After": str(WAIT)}
        ),
        lambda: web.Response(status=429, headers={"Retry-After": str(WAIT)}),
        lambda: web.Response(
            status=429, body=b"[1]", content_type="application/json", headers={"Retry-After": str(WAIT)}
        ),
    ],
    ids=["user", "shared", "an edge's page", "an edge's header", "odd body"],
)
async def test_the_others_of_an_address_wait_too(place: Place, answer: Callable[[], web.Response]) -> None:
    place.answers[:] = [answer()]
    await place.ask()
    assert await waited(place.ask(OTHER)) < WAIT - EARLY
    assert await waited(place.ask(CHANNEL, "GET")) < WAIT - EARLY
    assert await waited(place.ask()) > WAIT / 2
    assert await waited(place.ask()) < WAIT - EARLY


@pytest.mark.parametrize(
    "headers",
    [{}, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, {"Retry-After": "nan"}, {"Retry-After": "-3"}],
)
async def test_a_wait_that_nobody_can_read_holds_nothing_back(place: Place, headers: dict[str, str]) -> None:
    place.answers[:] = [web.Response(status=429, headers=headers)]
    await place.ask()
    assert await waited(place.ask()) < WAIT - EARLY


async def test_no_wait_is_longer_than_an_hour(place: Place) -> None:
    place.answers[:] = [web.Response(status=429, headers={"Retry-After": "inf"})]
    await place.ask()
    limits = place.session.trace_configs[0].on_request_start[0].__self__  # type: ignore[attr-defined]
    assert 3_590 < limits._wait("POST", CHANNEL) <= 3_600
