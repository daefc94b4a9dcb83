"""Beyond twenty cards a day the runs channel gets a thread for the rest of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aiohttp
import pytest

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
