"""The demo opens as promised: a lived-in group, one address, people to be, a clock to move."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from bot.storage import Connection
from demo.hub import Hub
from demo.people import PEOPLE
from demo.world import World, open_world
from tests.cogs.conftest import seen

SUNDAY = date(2026, 11, 22)


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """One demo for the whole file, as half a year takes two seconds; nobody here counts on being the first."""
    async with open_world(tmp_path_factory.mktemp("demo"), SUNDAY) as made:
        await made.stage.start()
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def hub(world: World) -> AsyncIterator[Hub]:
    made = Hub(world.stage, 0)
    await made.start()
    yield made
    await made.close()


@pytest_asyncio.fixture(loop_scope="module")
async def browser(hub: Hub) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(hub.address) as made:
        yield made


async def scalar(world: World, sql: str) -> Any:
    async def work(connection: Connection) -> Any:
        return await connection.value(sql, ())

    return await world.bot.services.database.read(work)


def person(world: World, key: str) -> Any:
    return world.stage.actor(key)


async def test_the_channel_shows_the_permanent_card_and_three_run_cards(world: World) -> None:
    texts = [seen(message) for message in world.stage.channel("runs").history()]
    assert sum("Cheer" in text for text in texts) == 3
    assert "Check in" in texts[-1]


async def test_a_dozen_people_have_half_a_year_behind_them(world: World) -> None:
    assert len(PEOPLE) >= 12
    assert await scalar(world, "SELECT COUNT(*) FROM runs") > 500
    assert await scalar(world, "SELECT COUNT(DISTINCT person_id) FROM runs") == len(PEOPLE) - 1
    assert await scalar(world, "SELECT MIN(running_day) FROM runs") < "2026-06-01"


async def test_the_page_and_the_channel_within_it_are_served(browser: aiohttp.ClientSession) -> None:
    page = await (await browser.get("/")).text()
    assert "Second Wind" in page
    for path in re.findall(r'(?:href|src)="(/demo/[^"]+)"', page):
        assert (await browser.get(path)).status == 200, path
    inner = await browser.get("/discord/")
    assert "discord.css" in await inner.text()
    assert "frame-ancestors 'self'" in inner.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in inner.headers
    assert (await browser.get("/app.js")).status == 200


async def test_the_channel_answers_through_the_page(browser: aiohttp.ClientSession) -> None:
    state = await (await browser.get("/demo/state")).json()
    opened = await browser.post("/api/pages", json={}, headers={"X-Simcord-Capability": state["capability"]})
    assert opened.status == 200
    assert "Ran today?" in json.dumps(await opened.json())
    assert (
        await browser.post("/api/pages", json={}, headers={"X-Simcord-Capability": "guess"})
    ).status == 401


async def test_a_picture_that_meets_an_opening_channel_waits_for_it(
    world: World, browser: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("demo.hub.PAUSE_S", 0.0)
    origins = iter([None, "http://127.0.0.1:1", world.stage.preview_origin])
    monkeypatch.setattr(type(world.stage), "preview_origin", property(lambda _: next(origins)))
    assert (await browser.get("/app.js")).status == 200
    monkeypatch.setattr(type(world.stage), "preview_origin", None)
    assert (await browser.get("/app.js")).status == 503


async def test_one_can_be_somebody_else_somewhere_else(browser: aiohttp.ClientSession) -> None:
    before = await (await browser.get("/demo/state")).json()
    answer = await browser.post("/demo/view", json={"person": "olive", "channel": "general"})
    after = await answer.json()
    assert (after["person"], after["channel"]) == ("olive", "general")
    assert after["capability"] != before["capability"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/demo/view", {"person": "nobody", "channel": "runs"}),
        ("/demo/view", {"person": "mira", "channel": "secret"}),
        ("/demo/clock", {"to": "yesterday"}),
    ],
)
async def test_what_is_not_there_is_refused(
    browser: aiohttp.ClientSession, path: str, body: dict[str, str]
) -> None:
    assert (await browser.post(path, json=body)).status == 400


async def test_another_sites_page_reaches_nothing(browser: aiohttp.ClientSession) -> None:
    for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
        assert (await browser.get("/demo/state", headers=headers)).status == 403


async def test_there_are_files_of_a_watch_to_upload_and_the_bot_takes_them(
    world: World, browser: aiohttp.ClientSession
) -> None:
    state = await (await browser.get("/demo/state")).json()
    answer = await browser.get(f"/demo/files/{state['files'][0]}")
    assert answer.status == 200
    told = await person(world, "ming").slash(
        world.stage.channel("runs"), "run log", file=(state["files"][0], await answer.read())
    )
    assert "7.24 km" in "".join(
        seen(each) for each in [told, *told.followups, world.stage.channel("runs").last_message]
    )
    assert (await browser.get("/demo/files/secrets.txt")).status == 404
