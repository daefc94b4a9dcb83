"""Feelings in the demo: logs of four lengths, a pulse that shows and one that does not, and a first yes to ask for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any

import pytest
import pytest_asyncio

from demo.world import World, open_world
from tests.cogs.conftest import seen
from tests.demo.test_demo import SUNDAY, person

pytestmark = pytest.mark.asyncio(loop_scope="module")
RATED = {"nour": 6, "priya": 9, "sakura": 14, "jonas": 40}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with open_world(tmp_path_factory.mktemp("feelings"), SUNDAY) as made:
        await made.stage.start()
        yield made


def ids(world: World, key: str) -> tuple[int, int]:
    actor = person(world, key)
    return int(actor.guild.id), int(actor.id)


@pytest.mark.parametrize("key", RATED)
async def test_four_people_have_logs_of_four_lengths(world: World, key: str) -> None:
    services = world.bot.services
    trend = await services.trends.trend(*ids(world, key), "year", services.clock.now())
    assert trend.rated == RATED[key]


async def test_a_trend_is_a_private_picture_with_words(world: World) -> None:
    answer = await person(world, "jonas").slash(world.stage.channel("runs"), "mood trend")
    assert answer.response.ephemeral
    assert len(answer.response.attachments) == 1
    assert "proof" in seen(answer)


async def test_somebody_was_away_for_some_weeks(world: World) -> None:
    services = world.bot.services
    trend = await services.trends.trend(*ids(world, "sakura"), "year", services.clock.now())
    days = [mood.day for mood in trend.entries]
    assert max((later - day).days for day, later in pairwise(days)) >= 28


async def test_mira_is_asked_for_her_yes_first(world: World) -> None:
    answer = await person(world, "mira").slash(world.stage.channel("runs"), "mood log")
    assert answer.modal is None
    assert "for you alone" in seen(answer)


async def test_seven_votes_show_four_do_not_and_one_poll_is_open(world: World) -> None:
    pulses: list[Any] = world.stage.channel("pulse").history()
    shown, withheld, open_ = (seen(each) for each in pulses)
    assert "(5 to 9 people)" in shown
    assert "▰" in shown
    assert "closed" in withheld
    assert "▰" not in withheld
    assert "people)" not in withheld
    assert "▰" not in open_
    voting = [any(each.startswith("sw:moodpoll.vote") for each in _buttons(message)) for message in pulses]
    assert voting == [False, False, True]


def _buttons(message: Any) -> list[str]:
    waiting, found = list(message.components), []
    while waiting:
        part = waiting.pop()
        waiting.extend(getattr(part, "children", ()))
        if getattr(part, "custom_id", None):
            found.append(str(part.custom_id))
    return found
