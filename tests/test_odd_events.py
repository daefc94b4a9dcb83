"""An event that cannot be read is left out; the connection and the next event go on."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import orjson
import pytest

from benchmarks.standin import StandIn
from bot.log import JSONFormatter
from tests.test_app import _discord_stays_where_it_is, running, settings_for

__all__ = ["_discord_stays_where_it_is"]
ODD: list[tuple[str, Any]] = [
    ("INTEGRATION_UPDATE", {"id": "1"}),
    ("GUILD_UPDATE", {"id": "{guild}", "roles": 7}),
    ("GUILD_CREATE", {"id": "not a number", "name": "Private Pavlov's Runners"}),
    ("CHANNEL_CREATE", []),
    ("INTERACTION_CREATE", {"id": "12", "type": 2}),
    ("INTERACTION_CREATE", None),
    ("GUILD_ROLE_UPDATE", {"guild_id": "{guild}", "role": "odd"}),
]


async def test_odd_events_are_left_out_and_people_are_served_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR, "bot.odd_events")
    async with StandIn() as discord_, running(settings_for(discord_, tmp_path)) as app:
        await discord_.wait_commands()
        guild = discord_.guilds[0]
        (session,) = discord_.gateway.by_shard.values()
        for name, data in ODD:
            if isinstance(data, dict):
                data = {key: str(guild.id) if value == "{guild}" else value for key, value in data.items()}
                data.setdefault("guild_id", str(guild.id))
            await session.dispatch(name, data)
        answer = await discord_.slash("help", guild=guild, member=guild.members[0])
        assert answer.callback is not None
        assert not app.client.is_closed()
        assert session in discord_.gateway.by_shard.values()
    told = [record for record in caplog.records if record.message == "event_not_read"]
    lines = [JSONFormatter().format(record) for record in told]
    assert "Pavlov" not in "".join(lines)
    facts = [orjson.loads(line) for line in lines]
    assert {fact["event"] for fact in facts} == {"event_not_read"}
    assert {fact["gateway_event"] for fact in facts} >= {
        "INTEGRATION_UPDATE",
        "GUILD_CREATE",
        "CHANNEL_CREATE",
        "INTERACTION_CREATE",
    }
