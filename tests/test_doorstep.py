"""A farewell that comes while READY's groups are compared is not undone by that."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from bot.clock import ManualClock
from bot.groups.service import GroupService
from bot.housekeeping.doorstep import Doorstep
from bot.housekeeping.service import HousekeepingService
from bot.storage import Database

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_farewell_while_ready_is_compared_stays(database: Database) -> None:
    groups = GroupService(database)
    await groups.joined(7, NOW)
    guild: Any = SimpleNamespace(id=7)
    client: Any = SimpleNamespace(
        guilds=[guild],
        services=SimpleNamespace(groups=groups),
        clock=ManualClock(NOW),
        shard_count=None,
        shard_ids=None,
    )
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
