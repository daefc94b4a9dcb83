"""A Discord that answers badly: a short campaign is clean, and what may not be is counted."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer, make_mocked_request

from benchmarks.faults_rest import Campaign, campaign
from benchmarks.faults_rest_door import PASSING, RETRY_AFTER, WEIGHTS, Door, kind_of


async def test_two_hundred_faults_are_no_bug_and_lose_nothing(tmp_path: Path) -> None:
    found = await campaign(tmp_path, Campaign(200, 5))
    assert not found.found, found.cases
    assert found.injected.total() >= 200
    assert len(found.injected) > 20
    assert found.done["interactions"] > 100
    # what the bot says by itself is a small part of all that it says: a campaign has to cause it, and to spoil it more
    assert found.by_kind["message"] >= 5
    assert found.by_kind["edit"] >= 1


class OneFault(Door):
    """Spoils the first request in a given way, and none after it."""

    def __init__(self, fault: str) -> None:
        super().__init__(1, 1.0, lambda: 0.0)
        self._fault = fault

    async def _spoil(self, fault: str, request: web.Request, reply: Any, kind: str) -> web.StreamResponse:
        self.odds = 0.0
        return await super()._spoil(self._fault, request, reply, kind)

    def _finally(self, request: web.Request, kind: str, body: bytes) -> web.StreamResponse:
        self.odds = 0.0
        return super()._finally(request, kind, body)


async def client_of(door: Door, status: int = 200) -> TestClient[Any, Any]:
    @web.middleware
    async def around(request: web.Request, handler: Any) -> web.StreamResponse:
        return await door(request, lambda: handler(request))

    async def fine(_request: web.Request) -> web.Response:
        return web.json_response({"id": "1"}, status=status)

    app = web.Application(middlewares=[around])
    app.router.add_route("*", "/{rest:.*}", fine)
    client: TestClient[Any, Any] = TestClient(TestServer(app))
    await client.start_server()
    return client


CALLBACK = "/api/v10/interactions/1/t/callback"


async def test_a_request_before_the_end_of_a_wait_is_counted() -> None:
    door = OneFault("429")
    door._dice.random = lambda: 0.5  # type: ignore[method-assign]  # not for good
    async with await client_of(door) as client:
        await client.post(CALLBACK)
        await client.post(CALLBACK)
        assert [kind for _, kind in door.too_early] == ["callback"]
        await asyncio.sleep(RETRY_AFTER)
        await client.post(CALLBACK)
        assert len(door.too_early) == 1


async def test_what_was_refused_for_good_and_comes_again_is_counted() -> None:
    door = OneFault("none")
    door._dice.random = lambda: 0.1  # type: ignore[method-assign]  # for good
    async with await client_of(door) as client:
        await client.post(CALLBACK)
        await client.post(CALLBACK)
        await client.post(CALLBACK.replace("/1/", "/2/"))
    assert door.retried_final == ["callback: POST"]


async def test_an_invalid_request_of_the_bots_own_is_counted() -> None:
    door = Door(1, 0.0, lambda: 5.0)
    async with await client_of(door, status=403) as client:
        await client.post(CALLBACK)
    assert door.refused == [(5.0, "callback 403")]


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("POST", "/api/v10/interactions/1/t/callback", "callback"),
        ("PATCH", "/api/v10/webhooks/1/t/messages/@original", "webhook"),
        ("POST", "/api/v10/channels/5/messages", "message"),
        ("GET", "/api/v10/channels/5/messages", "look"),
        ("PATCH", "/api/v10/channels/5/messages/6", "edit"),
        ("DELETE", "/api/v10/channels/5/messages/6", "delete"),
        ("POST", "/api/v10/users/@me/channels", "other"),
        ("GET", "/api/v10/gateway/bot", "start"),
    ],
)
def test_what_a_request_is_about_is_told_by_its_address(method: str, path: str, kind: str) -> None:
    assert kind_of(make_mocked_request(method, path)) == kind
    assert WEIGHTS["message"] == WEIGHTS["edit"] == 2 * WEIGHTS["callback"]


def test_every_fault_that_passes_is_told_from_the_others() -> None:
    assert len(set(PASSING)) == len(PASSING) > 20
