"""Who is an organiser, and what the bot itself may do in a channel: looked at when it matters, not trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot.errors import Refusal
from bot.ui.doors import group_of, words_of

if TYPE_CHECKING:
    from bot.client import SecondWind
    from bot.groups.rules import GroupSettings
    from bot.words import Words


def is_organiser(interaction: discord.Interaction[SecondWind], organiser_role_id: int | None) -> bool:
    """Whether the person may manage the group: by Manage Server, or by the role that `/setup` names."""
    if interaction.permissions.manage_guild:
        return True
    member = interaction.user
    return (
        organiser_role_id is not None
        and isinstance(member, discord.Member)
        and member.get_role(organiser_role_id) is not None
    )


def require_organiser(interaction: discord.Interaction[SecondWind], organiser_role_id: int | None) -> None:
    """Raises Refusal, naming what is missing, for anybody who is no organiser."""
    if is_organiser(interaction, organiser_role_id):
        return
    if organiser_role_id is None:
        raise Refusal(
            "That is for organisers: it takes the right Manage Server here. Ask somebody who has it."
        )
    raise Refusal(
        "That is for organisers: it takes the right Manage Server or this group's organiser role. "
        "Ask somebody who has one of them."
    )


def missing_in_channel(granted: discord.Permissions, words: Words) -> list[str]:
    """The names, as Discord shows them, of what the bot needs for its cards in a channel and lacks."""
    needed = (
        (granted.view_channel, words.say("View Channel")),
        (granted.send_messages, words.say("Send Messages")),
        (granted.attach_files, words.say("Attach Files")),
        (granted.read_message_history, words.say("Read Message History")),
        (granted.send_messages_in_threads, words.say("Send Messages in Threads")),
    )
    return [name for there, name in needed if not there]


async def organised(interaction: discord.Interaction[SecondWind]) -> GroupSettings:
    """The settings of the group, for an organiser of it. Raises Refusal for anybody else."""
    settings = await interaction.client.services.groups.settings(group_of(interaction))
    require_organiser(interaction, settings.organiser_role_id)
    return settings


async def missing_where_chosen(interaction: discord.Interaction[SecondWind], channel_id: int) -> list[str]:
    """What the bot lacks in a channel of this group. Raises Refusal for one that is not there."""
    words, guild = words_of(interaction), interaction.guild
    if guild is None:
        raise Refusal("That works in a group's channel. Open your running group and try it there.")
    channel = guild.get_channel(channel_id)
    if channel is None:
        try:
            fetched = await guild.fetch_channel(channel_id)
        except discord.Forbidden:
            return missing_in_channel(discord.Permissions.none(), words)[:2]
        except (discord.NotFound, discord.InvalidData):
            fetched = None
        channel = fetched if isinstance(fetched, discord.abc.GuildChannel) else None
    if not isinstance(channel, discord.TextChannel):
        raise Refusal("That channel is not here any more, or holds no messages. Choose a text channel.")
    return missing_in_channel(channel.permissions_for(guild.me), words)
