"""How the client identifies: in the bucket of its shard, and when Discord lets it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from discord import AutoShardedClient

if TYPE_CHECKING:
    from tests.cogs.conftest import World


@pytest.fixture
def taken(world: World, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The shard and max_concurrency of each slot that the client takes, of a database that processes share."""
    slots: list[tuple[int, int]] = []

    async def take(shard_id: int, max_concurrency: int) -> float:
        slots.append((shard_id, max_concurrency))
        return 0

    async def gateway() -> Any:
        return 32, "wss://x", {"total": 9, "remaining": 9, "reset_after": 1, "max_concurrency": 16}

    monkeypatch.setattr(type(world.bot.identifies), "shared", True)
    monkeypatch.setattr(world.bot.identifies, "take", take)
    monkeypatch.setattr(world.bot.http, "get_bot_gateway", gateway)
    return slots


async def test_each_shard_takes_a_slot_of_its_bucket(world: World, taken: list[tuple[int, int]]) -> None:
    await world.bot.before_identify_hook(21, initial=False)
    await world.bot.before_identify_hook(None, initial=True)
    assert taken == [(21, 16), (0, 16)]


async def test_shards_are_launched_when_their_starts_are_there(
    world: World, taken: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[Any] = []

    async def make_sure(shards: int | None) -> None:
        order.append(shards)

    async def launched(_client: Any) -> None:
        order.append("launched")

    monkeypatch.setattr(world.bot.starts, "make_sure", make_sure)
    monkeypatch.setattr(AutoShardedClient, "launch_shards", launched)
    monkeypatch.setattr(world.bot, "shard_ids", [0, 4])
    await world.bot.launch_shards()
    monkeypatch.setattr(world.bot, "shard_ids", None)
    monkeypatch.setattr(world.bot, "shard_count", None)
    await world.bot.launch_shards()
    assert order == [2, "launched", None, "launched"]
