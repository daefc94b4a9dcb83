"""The page of `/setup` for the group's own posts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.groups import cards
from bot.groups.posts_cards import TIME_FIELDS, posts_page, times_form
from bot.ui.doors import open_form, words_of
from bot.ui.private import show_private
from bot.ui.rights import missing_where_chosen, organised
from bot.ui.router import Press, on_press
from bot.when import parse_clock

if TYPE_CHECKING:
    from bot.client import SecondWind


class Posts(commands.Cog):
    """How often, where and when a group's own posts come; for organisers."""

    def __init__(self, bot: SecondWind) -> None:
        self._bot = bot
        self._groups = bot.services.groups

    @on_press("posts.page")
    async def page(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        settings = await organised(interaction)
        await self._show(interaction, settings.group_id)

    @on_press("posts.measure")
    async def measure(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        settings = await organised(interaction)
        chosen = next(iter(press.values), "")
        await self._groups.set_posts(settings.group_id, chosen, self._bot.clock.now())
        await self._show(interaction, settings.group_id, words_of(interaction).say("Done."))

    @on_press("posts.channel")
    async def channel(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        settings = await organised(interaction)
        words = words_of(interaction)
        channel_id = Press(press.action, press.values).number(0)
        missing = await missing_where_chosen(interaction, channel_id)
        if missing:
            await self._show(interaction, settings.group_id, cards.cannot_post(words, channel_id, missing))
            return
        await self._groups.set_posts_channel(settings.group_id, channel_id, self._bot.clock.now())
        await self._show(interaction, settings.group_id, words.say("Done. Posts go there from now on."))

    @on_press("posts.same")
    async def same(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        settings = await organised(interaction)
        await self._groups.set_posts_channel(settings.group_id, None, self._bot.clock.now())
        said = words_of(interaction).say("Done. Posts go to the runs channel from now on.")
        await self._show(interaction, settings.group_id, said)

    @on_press("posts.times")
    async def times(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        settings = await organised(interaction)
        posts = await self._groups.posts(settings.group_id, self._bot.clock.now())
        await open_form(interaction, times_form(words_of(interaction), posts))

    @on_press("posts.timed")
    async def timed(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        settings = await organised(interaction)
        minutes = {kind: parse_clock(press.fields.get(kind, "")) for kind in TIME_FIELDS}
        await self._groups.set_post_times(settings.group_id, minutes, self._bot.clock.now())
        await self._show(interaction, settings.group_id, words_of(interaction).say("Done."))

    async def _show(
        self, interaction: discord.Interaction[SecondWind], group_id: int, said: str | None = None
    ) -> None:
        posts = await self._groups.posts(group_id, self._bot.clock.now())
        await show_private(interaction, posts_page(words_of(interaction), posts, said))


async def setup(bot: SecondWind) -> None:
    """Called by discord.py when the cog is loaded."""
    await bot.add_cog(Posts(bot))
