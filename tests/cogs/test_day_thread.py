"""Beyond twenty cards a day the runs channel gets a thread for the rest of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import discord
import pytest

from bot.ui.refusals import MOST, REMEMBERED, Refusals
from tests.cogs.conftest import World, seen

TODAY = "2026-11-18"


async def busy(world: World, cards: int, day: str = TODAY) -> None:
    """A group whose runs channel holds so many cards of `day`."""
    await world.bot.services.groups.set_runs_channel(world.group_id, world.runs.id, world.clock.now())
    await world.put(
        "UPDATE groups SET cards_day = :day, cards_today = :cards WHERE group_id = :group_id",
        day=day,
        cards=cards,
        group_id=world.group_id,
    )


async def places(world: World) -> list[int]:
    """The channels in which cards stand, in the order of the runs."""
    await world.bot.services.checkins.places.flush()
    return [row["channel_id"] for row in await world.rows("SELECT channel_id FROM runs ORDER BY run_id")]


async def test_the_twentieth_card_stands_in_the_channel_and_the_next_in_one_thread(world: World) -> None:
    await busy(world, 19)
    first = await world.slash_run(world.alice, distance="5k")
    await world.bot.services.checkins.places.flush()
    second = await world.slash_run(world.bob, distance="6k")
    third = await world.slash_run(world.olive, distance="7k")
    channel, *threads = await places(world)
    assert channel == world.runs.id
    assert not first.response.ephemeral
    assert second.response.ephemeral
    assert third.response.ephemeral
    [thread] = set(threads)
    assert thread != world.runs.id
    [row] = await world.rows("SELECT thread_id, cards_today FROM groups")
    assert (row["thread_id"], row["cards_today"]) == (thread, 22)
    assert world.bot.get_channel(thread).name == "Runs of Wed, Nov 18"  # type: ignore[union-attr]


async def test_its_owner_is_told_where_the_card_stands(world: World) -> None:
    await busy(world, 20)
    answer = await world.slash_run(world.alice, distance="5k")
    [thread] = await places(world)
    assert f"<#{thread}>" in seen(answer) or str(thread) in str(answer.response.components)


async def test_the_next_day_begins_in_the_channel_again(world: World) -> None:
    await busy(world, 20)
    world.clock.advance(timedelta(days=1))
    await world.slash_run(world.alice, distance="5k")
    assert await places(world) == [world.runs.id]
    [row] = await world.rows("SELECT cards_day, cards_today, thread_id FROM groups")
    assert (row["cards_day"], row["cards_today"], row["thread_id"]) == ("2026-11-19", 1, None)


async def test_a_thread_that_was_deleted_is_made_anew(world: World) -> None:
    await busy(world, 20)
    await world.put("UPDATE groups SET thread_id = 42")
    await world.slash_run(world.alice, distance="5k")
    [thread] = await places(world)
    assert thread not in (42, world.runs.id, None)


async def test_where_no_thread_can_be_made_the_card_stands_in_the_channel(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(*_: Any, **__: Any) -> Any:
        raise aiohttp.ServerDisconnectedError

    monkeypatch.setattr(world.bot.http, "start_thread_without_message", refused)
    await busy(world, 20)
    await world.slash_run(world.alice, distance="5k")
    assert await places(world) == [world.runs.id]


async def test_a_group_without_a_runs_channel_has_no_threads(world: World) -> None:
    await world.put(
        "INSERT INTO groups (group_id, cards_day, cards_today, created_at) VALUES (:group_id, :day, 50, 0)"
        " ON CONFLICT (group_id) DO UPDATE SET cards_day = :day, cards_today = 50",
        group_id=world.group_id,
        day=TODAY,
    )
    answer = await world.slash_run(world.alice, distance="5k")
    assert not answer.response.ephemeral
    assert await places(world) == [world.runs.id]


async def test_a_channel_that_allows_no_threads_is_not_asked_again_for_every_run(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    async def refused(channel_id: int, **_: Any) -> Any:
        asked.append(channel_id)
        raise forbidden()

    monkeypatch.setattr(world.bot.http, "start_thread_without_message", refused)
    await busy(world, 20)
    for kilometres in range(5, 9):
        await world.slash_run(world.alice, distance=f"{kilometres}k")
    assert len(asked) == 1
    assert await places(world) == [world.runs.id] * 4
    world.clock.advance(REMEMBERED + timedelta(seconds=1))
    await world.slash_run(world.alice, distance="9k")
    assert len(asked) == 2, "the organiser may have given the permission meanwhile"


async def test_a_channel_in_which_the_bot_may_not_write_is_not_tried_again_for_every_run(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    async def refused(channel_id: int, **_: Any) -> Any:
        asked.append(channel_id)
        raise forbidden()

    await world.bot.services.groups.set_runs_channel(world.group_id, world.runs.id, world.clock.now())
    monkeypatch.setattr(world.bot.http, "send_message", refused)
    told = [await world.alice.slash(world.lounge, "run log", distance=f"{km}k") for km in (5, 6, 7)]
    assert asked == [world.runs.id]
    assert all(f"<#{world.runs.id}>" in seen(each) for each in told), "each is told where no card stands"
    assert len(await world.rows("SELECT run_id FROM runs")) == 3


def test_what_was_refused_is_remembered_for_some_minutes_and_not_for_all_channels() -> None:
    refusals, now = Refusals(), datetime(2026, 11, 18, 12, tzinfo=UTC)
    refusals.remember("post", 1, now)
    assert refusals.hold("post", 1, now + REMEMBERED - timedelta(seconds=1))
    assert not refusals.hold("thread", 1, now)
    assert not refusals.hold("post", 2, now)
    assert not refusals.hold("post", 1, now + REMEMBERED)


def test_no_more_is_remembered_than_fits() -> None:
    refusals, now = Refusals(), datetime(2026, 11, 18, 12, tzinfo=UTC)
    for channel in range(MOST + 5):
        refusals.remember("post", channel, now)
    assert not refusals.hold("post", 4, now)
    assert refusals.hold("post", 5, now)
    assert refusals.hold("post", MOST + 4, now)


def forbidden() -> discord.Forbidden:
    class Answer:
        status, reason = 403, "Forbidden"

    return discord.Forbidden(Answer(), {"code": 50013, "message": "Missing Permissions"})
