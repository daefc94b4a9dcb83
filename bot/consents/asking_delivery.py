"""Shows somebody, privately and in the group, what they would agree to: in place of whatever needed their yes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.consents.cards import consent_card
from bot.errors import Refusal
from bot.ui.doors import words_of
from bot.ui.private import show_private

if TYPE_CHECKING:
    import discord

    from bot.client import SecondWind
    from bot.consents.rules import ConsentState


def own_group(interaction: discord.Interaction[SecondWind]) -> int:
    """The group. Raises Refusal in a direct message, also where a press there brings its group.

    What is said of feelings in a direct message would stay there.
    """
    if interaction.guild_id is None:
        raise Refusal("That works in a group's channel. Open your running group and try it there.")
    return interaction.guild_id


async def show_consent(interaction: discord.Interaction[SecondWind], state: ConsentState) -> None:
    """Ask, in place of the private panel that was pressed, or in a new private answer.

    Raises Refusal in a direct message.
    """
    own_group(interaction)
    policy = interaction.client.services.host.policy_url
    await show_private(interaction, consent_card(words_of(interaction), state, policy_url=policy))
