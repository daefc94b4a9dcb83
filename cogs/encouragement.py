"""The group's encouragement: its posts, where a fact comes from, and words that organisers add."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.encouragement import cards
from bot.encouragement.service import GroupWords, OwnWords
from bot.scheduling.delivery import Route
from bot.scheduling.group_schedules import ENCOURAGEMENT
from bot.scheduling.posting import Letter
from bot.ui.doors import open_form, reply, words_of
from bot.ui.private import show_private
from bot.ui.rights import organised
from bot.ui.router import Press, on_press
from bot.ui.text import plain

if TYPE_CHECKING:
    from bot.client import SecondWind
    from bot.scheduling.model import Delivery

# Words for noon are not for the evening.
LATENESS = timedelta(hours=6)


class Encouragement(commands.Cog):
    """Posts of a group's, and what their buttons answer."""

    def __init__(self, bot: SecondWind) -> None:
        self._bot = bot
        self._service = bot.services.encouragement

    @on_press("words.source")
    async def source(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        """Facts are everybody's: this works wherever the message stands."""
        await reply(interaction, cards.fact_card(words_of(interaction), self._service.fact(press.text(0))))

    @on_press("words.own")
    async def own(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        settings = await organised(interaction)
        page = press.number(0) if press.arguments else 0
        await self._show(interaction, await self._service.own(settings.group_id), page=page)

    @on_press("words.add")
    async def add(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        await organised(interaction)
        await open_form(interaction, cards.own_form(words_of(interaction)))

    @on_press("words.added")
    async def added(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        settings = await organised(interaction)
        own = await self._service.add_own(
            settings.group_id,
            press.fields.get("category", ""),
            press.fields.get("words", ""),
            self._bot.clock.now(),
        )
        await self._show(interaction, own, said=words_of(interaction).say("Added."))

    @on_press("words.remove")
    async def remove(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        settings = await organised(interaction)
        word_id = Press(press.action, press.values).number(0)
        gone = await self._service.remove_own(settings.group_id, word_id, self._bot.clock.now())
        said = words_of(interaction).say(
            "Removed: {words}. You can take that back for ten minutes.", words=plain(gone.words, 60)
        )
        own = await self._service.own(settings.group_id)
        await self._show(interaction, own, said=said, removed=gone.word_id)

    @on_press("words.restore")
    async def restore(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        settings = await organised(interaction)
        await self._service.restore_own(settings.group_id, press.number(0), self._bot.clock.now())
        own = await self._service.own(settings.group_id)
        await self._show(interaction, own, said=words_of(interaction).say("Back again."))

    async def _show(
        self,
        interaction: discord.Interaction[SecondWind],
        own: tuple[OwnWords, ...],
        *,
        page: int = 0,
        said: str | None = None,
        removed: int | None = None,
    ) -> None:
        await show_private(interaction, cards.own_panel(words_of(interaction), own, page, said, removed))


async def render(client: SecondWind, delivery: Delivery, letter: GroupWords) -> Letter:
    """The post as its channel sees it."""
    words = client.catalogues.choose(letter.language)
    return Letter(cards.group_words(words, letter, delivery.delivery_id))


async def setup(bot: SecondWind) -> None:
    """Called by discord.py when the cog is loaded."""
    await bot.add_cog(Encouragement(bot))
    bot.courier.register(
        ENCOURAGEMENT, Route(decide=bot.services.encouragement.decide, render=render, lateness=LATENESS)
    )
