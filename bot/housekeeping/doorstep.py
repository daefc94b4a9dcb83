"""Groups that the bot is invited to and removed from."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from typing import TYPE_CHECKING, TypeVar

import discord
from discord.ext import commands

from bot.errors import StorageUnavailable
from bot.housekeeping.service import HousekeepingService

if TYPE_CHECKING:
    from bot.client import SecondWind

log = logging.getLogger(__name__)
T = TypeVar("T")
AGAIN_SECONDS = 5.0


class Doorstep(commands.Cog):
    """Leaves groups that the host did not allow; remembers when a group was left, for its erasure 30 days on."""

    def __init__(
        self, client: SecondWind, service: HousekeepingService, *, allowed: Collection[int], contact: str
    ) -> None:
        self._client = client
        self._service = service
        self._allowed = frozenset(allowed)
        self._contact = contact
        # READY tells who is there now: a farewell that comes while that is compared is written after it, not before
        self._in_order = asyncio.Lock()

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        if not self._welcome(guild):
            await self._turn_away(guild)
            return
        await self._stored(lambda: self._client.services.groups.joined(guild.id, self._client.clock.now()))

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        await self._stored(lambda: self._client.services.groups.left(guild.id, self._client.clock.now()))

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Compare the stored groups with those that are there; READY may come again, which changes nothing."""

        async def compare() -> dict[str, int]:
            present = {guild.id for guild in self._client.guilds}
            back, left = await self._service.compare_groups(present, self._ours, self._client.clock.now())
            return {"groups": len(present), "back": back, "left": left}

        log.info("ready", extra=await self._stored(compare))
        for guild in list(self._client.guilds):
            if not self._welcome(guild):
                await self._turn_away(guild)

    async def _stored(self, store: Callable[[], Awaitable[T]]) -> T:
        """Store in turn, and again until the database takes it: Discord does not tell it a second time."""
        async with self._in_order:
            while True:
                try:
                    return await store()
                except StorageUnavailable as refused:
                    log.warning("groups_not_stored_yet", extra={"reason": refused.reason})
                    await asyncio.sleep(AGAIN_SECONDS)

    def _welcome(self, guild: discord.Guild) -> bool:
        return not self._allowed or guild.id in self._allowed

    def _ours(self, group_id: int) -> bool:
        count = self._client.shard_count or 1
        return self._client.shard_ids is None or (group_id >> 22) % count in self._client.shard_ids

    async def _turn_away(self, guild: discord.Guild) -> None:
        words = self._client.catalogues.choose(guild.preferred_locale)
        line = words.say(
            "Thank you for inviting me. My host has me in a few chosen groups, and this one is not among them, "
            "so I am leaving again. Anyone can host a Second Wind of their own."
        )
        if self._contact:
            line += " " + words.say("To ask my host: {contact}", contact=self._contact)
        channel = _where_to_speak(guild)
        try:
            if channel is not None:
                await channel.send(line)
        except (discord.HTTPException, OSError):
            log.info("goodbye_not_delivered")
        try:
            await guild.leave()
        except (discord.HTTPException, OSError) as error:
            log.warning("group_not_left", extra={"error": type(error).__name__})
        else:
            log.info("group_not_allowed_left")


def _where_to_speak(guild: discord.Guild) -> discord.TextChannel | None:
    """The system channel, else the first in which the bot may write."""
    for channel in (guild.system_channel, *guild.text_channels):
        if channel is not None:
            may = channel.permissions_for(guild.me)
            if may.view_channel and may.send_messages:
                return channel
    return None
