"""One setting moves everything that says where Discord is."""

from __future__ import annotations

import discord
import pytest
from discord.gateway import DiscordWebSocket

from benchmarks.standin import StandIn
from bot.discord_address import DISCORD_API, attachment_hosts, follow_gateway, use_api_base


@pytest.fixture(autouse=True)
def _discord_stays_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discord.http.Route, "BASE", discord.http.Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)


def test_ours_is_the_address_that_the_library_has() -> None:
    assert discord.http.Route.BASE == DISCORD_API


@pytest.mark.parametrize("shard_count", [None, 1])
async def test_the_gateway_follows_over_a_real_socket_with_and_without_a_shard_count(
    shard_count: int | None,
) -> None:
    async with StandIn() as discord_:
        use_api_base(discord_.api_base)
        async with discord.AutoShardedClient(
            intents=discord.Intents(guilds=True), shard_count=shard_count
        ) as client:
            await client.login(discord_.token)
            await follow_gateway(client, discord_.api_base)
            connecting = client.loop.create_task(client.connect())
            await discord_.wait_connected(patience=10)
            # where the library goes by itself, 5 s after a session that Discord does not know any more
            assert str(DiscordWebSocket.DEFAULT_GATEWAY) == discord_.gateway.url
            await client.close()
            await connecting
        assert discord_.unknown == []


def test_attachments_come_from_discord_and_from_where_the_address_was_moved() -> None:
    ours = attachment_hosts(DISCORD_API)
    assert "cdn.discordapp.com" in ours
    assert attachment_hosts("http://127.0.0.1:8080/api/v10") - ours == {"127.0.0.1:8080"}
