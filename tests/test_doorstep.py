"""Groups that come and go are remembered, in their order, also where the database is away for a moment."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from bot.clock import ManualClock
from bot.errors import StorageUnavailable
from bot.groups.service import GroupService
from bot.housekeeping.doorstep import Doorstep
from bot.housekeeping.service import HousekeepingService
from bot.storage import Database

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)


def client_of(groups: GroupService, *guilds: Any) -> Any:
    return SimpleNamespace(
        guilds=list(guilds),
        services=SimpleNamespace(groups=groups),
        clock=ManualClock(NOW),
        shard_count=None,
        shard_ids=None,
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_farewell_while_ready_is_compared_stays(database: Database) -> None:
    groups = GroupService(database)
    await groups.joined(7, NOW)
    guild: Any = SimpleNamespace(id=7)
    client = client_of(groups, guild)
    under_way, go_on = asyncio.Event(), asyncio.Event()

    class Slow(HousekeepingService):
        async def compare_groups(self, present: Any, *args: Any) -> tuple[int, int]:
            under_way.set()
            await go_on.wait()
            return await super().compare_groups(present, *args)

    doorstep = Doorstep(client, Slow(database), allowed=(), contact="")
    ready = asyncio.create_task(doorstep.on_ready())
    await under_way.wait()
    client.guilds = []
    farewell = asyncio.create_task(doorstep.on_guild_remove(guild))
    await asyncio.sleep(0.05)
    go_on.set()
    await asyncio.gather(ready, farewell)
    left = await database.read(lambda c: c.value("SELECT left_at FROM groups WHERE group_id = 7", ()))
    assert left == int(NOW.timestamp())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_the_database_did_not_take_is_stored_when_it_is_back(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.housekeeping.doorstep.AGAIN_SECONDS", 0.01)
    away = 3

    def look() -> None:
        nonlocal away
        away -= 1
        if away >= 0:
            raise StorageUnavailable("unreachable", "gone")

    class Away(HousekeepingService):
        async def compare_groups(self, *args: Any) -> tuple[int, int]:
            look()
            return await super().compare_groups(*args)

    class AwayGroups(GroupService):
        async def joined(self, *args: Any) -> None:
            look()
            await super().joined(*args)

        async def left(self, *args: Any) -> None:
            look()
            await super().left(*args)

    groups = AwayGroups(database)
    guild: Any = SimpleNamespace(id=7)
    client = client_of(groups)
    doorstep = Doorstep(client, Away(database), allowed=(), contact="")

    async def left_at() -> Any:
        return await database.read(lambda c: c.value("SELECT left_at FROM groups WHERE group_id = 7", ()))

    await doorstep.on_guild_join(guild)
    assert await left_at() is None
    away = 2
    await doorstep.on_ready()  # nobody is there
    assert await left_at() == int(NOW.timestamp())
    client.guilds = [guild]
    away = 2
    await doorstep.on_ready()
    assert await left_at() is None
    away = 2
    await doorstep.on_guild_remove(guild)
    assert await left_at() == int(NOW.timestamp())
