"""What a feature does wrong ends for its own delivery, and holds up no other."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from bot.scheduling.delivery import Courier, Route
from bot.scheduling.posting import Letter
from tests.scheduling.conftest import PostOffice, render

HOUR = timedelta(hours=1)
TODAY = date(2026, 11, 16)


async def test_a_scout_that_stumbles_for_ever_is_given_up_in_the_end(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.scheduling.delivery.MOST_TRIES", 3)

    async def stumble(_client: Any, _delivery: Any) -> None:
        raise KeyError("a value of somebody's")

    courier = Courier(office.client.services.deliveries, office.clock)
    courier.register("note", Route(decide=office.decide, render=render, lateness=None, scout=stumble))
    office.client.courier = courier
    await office.schedule(13 * 60)
    await office.wake(HOUR)
    for _ in range(5):
        await office.wake(timedelta(minutes=20))
    assert await office.states() == [(TODAY, "skipped", "gave_up")]


async def test_a_render_that_hangs_holds_up_nobody_for_long(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.scheduling.delivery.RENDER_SECONDS", 0.05)

    async def hang(_client: Any, _delivery: Any, _letter: Any) -> Letter:
        await asyncio.Event().wait()
        raise AssertionError

    courier = Courier(office.client.services.deliveries, office.clock)
    courier.register("note", Route(decide=office.decide, render=hang, lateness=None))
    office.client.courier = courier
    await office.schedule(13 * 60)
    async with asyncio.timeout(1.5):
        await office.wake(HOUR)
    assert [state for _, state, _ in await office.states()] == ["sending"]
