"""The one place that says where Discord is: its REST interface, its gateway, and where attachments may come from."""

from __future__ import annotations

from urllib.parse import urlsplit

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.attachments import DISCORD_CDN

DISCORD_API = "https://discord.com/api/v10"


def use_api_base(api_base: str) -> None:
    """Send every REST call of this process to `api_base`, an address without a slash at its end."""
    Route.BASE = api_base


async def follow_gateway(client: discord.AutoShardedClient, api_base: str) -> None:
    """Connect to the gateway that `api_base` names; call it between login and connect.

    discord.py asks /gateway/bot by itself, but not when it was given a shard_count, and not when it identifies anew
    because its session is over: it goes to Discord's own address then. Raises what a REST call may raise.
    """
    if api_base != DISCORD_API:
        _, address, _ = await client.http.get_bot_gateway()
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(address)


def attachment_hosts(api_base: str) -> frozenset[str]:
    """Hosts (as `host` or `host:port`) that an attachment may be fetched from.

    Discord's own, and where `api_base` was moved, that one's: a proxy hands on Discord's addresses, a stand-in
    brings its own.
    """
    return DISCORD_CDN if api_base == DISCORD_API else DISCORD_CDN | {urlsplit(api_base).netloc}
