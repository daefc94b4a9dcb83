"""Shows somebody, privately, what they would agree to: in place of whatever needed their yes."""

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


async def show_consent(interaction: discord.Interaction[SecondWind], state: ConsentState) -> None:
    """Ask, in place of the private panel that was pressed, or in a new private answer.

    Raises Refusal in a direct message: what is said of feelings there would stay there.
    """
    if interaction.guild_id is None:
        raise Refusal(
            "Feelings stay in the group, seen by you alone. Open your running group and try it there."
        )
    policy = interaction.client.services.host.policy_url
    await show_private(interaction, consent_card(words_of(interaction), state, policy_url=policy))
