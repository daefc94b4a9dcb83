"""Presses of consent: yes, no, how it stands, and taking it back."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.consents import cards
from bot.consents.asking_delivery import own_group, show_consent
from bot.consents.rules import GROUP_FIGURE, KEEP, VERSIONS
from bot.errors import Refusal
from bot.ui.doors import words_of
from bot.ui.private import show_private
from bot.ui.router import Press, on_press

if TYPE_CHECKING:
    from bot.client import SecondWind

log = logging.getLogger(__name__)


class Consents(commands.Cog):
    """Everything here is between the bot and the one who pressed."""

    def __init__(self, bot: SecondWind) -> None:
        self._bot = bot
        self._consents = bot.services.consents

    @on_press("consent.open")
    async def open(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        """How it stands: the question, or what was agreed to."""
        await self._show(interaction)

    @on_press("consent.agree")
    async def agree(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        """A yes to one purpose, at the age and in the words that stood beside the button."""
        words = words_of(interaction)
        purpose, age = press.text(0), press.number(1)
        if press.number(2) != VERSIONS.get(purpose):
            raise Refusal("What you would agree to has changed since. Use /mood log again to read it.")
        state = await self._consents.agree(
            own_group(interaction), interaction.user.id, purpose, age, self._bot.clock.now()
        )
        log.info("consent_given", extra={"interaction": interaction.id})
        said = (
            words.say("Thank you. From next week's figure on you count in.")
            if purpose == GROUP_FIGURE
            else words.say("Thank you. From now on your feelings can be kept, for you.")
        )
        policy = self._bot.services.host.policy_url
        await show_private(interaction, cards.agreed_card(words, state, said=said, policy_url=policy))

    @on_press("consent.no")
    async def no(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        """A no: nothing new is kept; what was kept before stays its owner's."""
        entries = await self._consents.entries(own_group(interaction), interaction.user.id)
        await show_private(interaction, cards.declined_card(words_of(interaction), entries=entries))

    @on_press("consent.withdraw")
    async def withdraw(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        """The group's figure at once; keeping one's feelings after a second button, as it erases."""
        words, group_id, person_id = words_of(interaction), own_group(interaction), interaction.user.id
        if press.text(0) == KEEP:
            entries = await self._consents.entries(group_id, person_id)
            await show_private(interaction, cards.ask_withdraw_card(words, entries))
            return
        await self._consents.withdraw(group_id, person_id, press.text(0), self._bot.clock.now())
        log.info("consent_withdrawn", extra={"interaction": interaction.id})
        await self._show(
            interaction,
            words.say("Done. You are in no figure from now on. What you keep for yourself stays."),
        )

    @on_press("consent.withdrawn")
    async def withdrawn(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        words = words_of(interaction)
        entries = await self._consents.withdraw(
            own_group(interaction), interaction.user.id, press.text(0), self._bot.clock.now()
        )
        log.info("consent_withdrawn", extra={"interaction": interaction.id})
        await show_private(interaction, cards.withdrawn_card(words, entries))

    async def _show(self, interaction: discord.Interaction[SecondWind], said: str | None = None) -> None:
        words, group_id, person_id = words_of(interaction), own_group(interaction), interaction.user.id
        state = await self._consents.state(group_id, person_id)
        if not state.on:
            entries = await self._consents.entries(group_id, person_id)
            await show_private(interaction, cards.off_card(words, state, entries=entries))
        elif state.keep:
            policy = self._bot.services.host.policy_url
            await show_private(interaction, cards.agreed_card(words, state, said=said, policy_url=policy))
        else:
            await show_consent(interaction, state)


async def setup(bot: SecondWind) -> None:
    await bot.add_cog(Consents(bot))
