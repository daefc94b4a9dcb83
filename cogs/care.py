"""`/care` for everybody, and the page of `/setup` on which organisers turn feelings on."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.care import cards, page_cards
from bot.care.typed import read_resources
from bot.ui.doors import group_of, open_form, words_of
from bot.ui.private import show_private
from bot.ui.rights import organised
from bot.ui.router import Press, on_press

if TYPE_CHECKING:
    from bot.care.service import CarePage
    from bot.client import SecondWind

Interaction: TypeAlias = "discord.Interaction[SecondWind]"


class Care(commands.Cog):
    """Nobody is told who looked, and no line of the log says it."""

    def __init__(self, bot: SecondWind) -> None:
        self._bot = bot
        self._care = bot.services.care

    @app_commands.command(
        name=locale_str("care"),
        description=locale_str("Somebody to talk to: this group's support resources (private)"),
    )
    @app_commands.guild_only()
    async def care(self, interaction: Interaction) -> None:
        await self._resources(interaction)

    @on_press("care.open")
    async def open(self, interaction: Interaction, _press: Press) -> None:
        await self._resources(interaction)

    @on_press("care.dismiss")
    async def dismiss(self, interaction: Interaction, _press: Press) -> None:
        await self._care.dismiss(group_of(interaction), interaction.user.id, dismissed=True)
        await show_private(interaction, cards.dismissed_card(words_of(interaction)))

    @on_press("care.allow")
    async def allow(self, interaction: Interaction, _press: Press) -> None:
        await self._care.dismiss(group_of(interaction), interaction.user.id, dismissed=False)
        await show_private(interaction, cards.allowed_card(words_of(interaction)))

    # organisers

    @on_press("care.page")
    async def page(self, interaction: Interaction, _press: Press) -> None:
        settings = await organised(interaction)
        await self._page(interaction, await self._care.page(settings.group_id))

    @on_press("care.usual")
    async def use_usual(self, interaction: Interaction, _press: Press) -> None:
        settings = await organised(interaction)
        page = await self._care.use_usual(settings.group_id, self._bot.clock.now())
        await self._page(interaction, page, words_of(interaction).say("Done. Feelings are on here."))

    @on_press("care.confirm")
    async def confirm(self, interaction: Interaction, _press: Press) -> None:
        settings = await organised(interaction)
        page = await self._care.confirm(settings.group_id, self._bot.clock.now())
        await self._page(interaction, page, words_of(interaction).say("Done. Feelings are on here."))

    @on_press("care.still")
    async def still(self, interaction: Interaction, _press: Press) -> None:
        settings, words = await organised(interaction), words_of(interaction)
        page = await self._care.confirm_again(settings.group_id, self._bot.clock.now())
        said = (
            words.say("Feelings were turned off meanwhile. Nothing changed.")
            if page.confirmed_at is None
            else words.say("Thank you. Confirmed today; you are asked again after 90 days.")
        )
        await self._page(interaction, page, said)

    @on_press("care.own")
    async def own(self, interaction: Interaction, _press: Press) -> None:
        settings = await organised(interaction)
        page = await self._care.page(settings.group_id)
        await open_form(interaction, page_cards.resources_form(words_of(interaction), page))

    @on_press("care.written")
    async def written(self, interaction: Interaction, press: Press) -> None:
        """The form: what stands now, to be confirmed where feelings are off."""
        settings = await organised(interaction)
        resources = read_resources(press.fields.get("places", ""), press.fields.get("words", ""))
        page = await self._care.set_resources(settings.group_id, resources, self._bot.clock.now())
        said = words_of(interaction).say("Kept. This is what members see; open each one once.")
        await self._page(interaction, page, said)

    @on_press("care.age")
    async def age(self, interaction: Interaction, press: Press) -> None:
        settings = await organised(interaction)
        page = await self._care.set_age(settings.group_id, press.number(0), self._bot.clock.now())
        words = words_of(interaction)
        said = (
            words.say("Done. Members who said yes to a lower age are asked again.")
            if page.age == 18
            else words.say("Done. Every yes stands.")
        )
        await self._page(interaction, page, said)

    @on_press("care.off")
    async def ask_off(self, interaction: Interaction, _press: Press) -> None:
        await organised(interaction)
        await show_private(interaction, page_cards.ask_off_card(words_of(interaction)))

    @on_press("care.off_sure")
    async def turn_off(self, interaction: Interaction, _press: Press) -> None:
        settings = await organised(interaction)
        page = await self._care.turn_off(settings.group_id)
        await self._page(interaction, page, words_of(interaction).say("Done. Feelings are off here."))

    async def _resources(self, interaction: Interaction) -> None:
        resources = await self._care.resources(group_of(interaction))
        await show_private(interaction, cards.care_card(words_of(interaction), resources))

    async def _page(self, interaction: Interaction, page: CarePage, said: str | None = None) -> None:
        policy = self._bot.services.host.policy_url
        await show_private(
            interaction, page_cards.care_page(words_of(interaction), page, said, policy_url=policy)
        )


async def setup(bot: SecondWind) -> None:
    await bot.add_cog(Care(bot))
