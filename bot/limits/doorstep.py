"""Who may come in: asked at both doors of the client, before anything is read or stored."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import discord

from bot.clock import epoch
from bot.limits.rules import Refused, cost
from bot.monitoring.hooks import became
from bot.ui.doors import reply, words_of
from bot.ui.first_answer import DISCORD_TROUBLE
from bot.ui.layout import Accent, card

if TYPE_CHECKING:
    from bot.client import SecondWind

log = logging.getLogger(__name__)


async def admitted(interaction: discord.Interaction[SecondWind]) -> bool:
    """Whether an interaction is within what its member and its group can use; who is refused is told, now and then.

    Reads and stores nothing. Never raises.
    """
    limits = interaction.client.limits
    if limits is None:
        return True
    now = _milliseconds()
    if interaction.type is discord.InteractionType.autocomplete:
        return limits.offers(interaction.user.id, now)
    data: dict[str, Any] = dict(interaction.data or {})
    files = len((data.get("resolved") or {}).get("attachments") or ())
    refused = limits.take(
        interaction.user.id, interaction.guild_id, cost(_name(interaction, data), files), now
    )
    if refused is None:
        return True
    became(interaction, "limited")
    if refused.tell:
        log.info("limit_reached", extra={"interaction": interaction.id, "whole_group": refused.whole_group})
        with contextlib.suppress(*DISCORD_TROUBLE, discord.InteractionResponded):
            await _tell(interaction, refused)
    return False


def _milliseconds() -> int:
    """Of the loop's clock, which never goes back, as the one on the wall can."""
    return int(asyncio.get_running_loop().time() * 1_000)


def _name(interaction: discord.Interaction[SecondWind], data: dict[str, Any]) -> str:
    if interaction.type is discord.InteractionType.application_command:
        return interaction.command.qualified_name if interaction.command is not None else ""
    return ":".join(str(data.get("custom_id", "")).split(":")[1:2])


async def _tell(interaction: discord.Interaction[SecondWind], refused: Refused) -> None:
    words = words_of(interaction)
    # a second more than needed: Discord's "in 3 seconds" counts whole ones
    at = interaction.client.clock.now() + timedelta(milliseconds=refused.wait_ms + 1_999)
    when = f"<t:{epoch(at)}:R>"
    if refused.whole_group:
        said = words.say(
            "Your whole group is busy with me just now, so this one was not taken and nothing of it was stored. "
            "It works again {when}.",
            when=when,
        )
    else:
        said = words.say(
            "That was quicker than I can follow, so this one was not taken and nothing of it was stored. "
            "It works again {when}.",
            when=when,
        )
    await reply(interaction, card(Accent.TROUBLE, said))
