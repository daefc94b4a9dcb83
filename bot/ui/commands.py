"""Slash-command groups that more than one cog adds to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands
from discord.app_commands import locale_str

if TYPE_CHECKING:
    from bot.client import SecondWind


def run_group(bot: SecondWind) -> app_commands.Group:
    """The group `/run` of this bot, made when it is first asked for."""
    existing = bot.tree.get_command("run")
    if isinstance(existing, app_commands.Group):
        return existing
    group = app_commands.Group(
        name=locale_str("run"),
        description=locale_str("Log a run, look back, read your statistics, bring in files"),
        guild_only=True,
    )
    bot.tree.add_command(group)
    return group


def challenge_group(bot: SecondWind) -> app_commands.Group:
    """The group `/challenge` of this bot, made when it is first asked for."""
    existing = bot.tree.get_command("challenge")
    if isinstance(existing, app_commands.Group):
        return existing
    group = app_commands.Group(
        name=locale_str("challenge"),
        description=locale_str("Run for something together: make a challenge, take part, look how it stands"),
        guild_only=True,
    )
    bot.tree.add_command(group)
    return group


def mood_group(bot: SecondWind) -> app_commands.Group:
    """The group `/mood` of this bot, made when it is first asked for."""
    existing = bot.tree.get_command("mood")
    if isinstance(existing, app_commands.Group):
        return existing
    group = app_commands.Group(
        name=locale_str("mood"),
        description=locale_str("How you feel, for you alone, and what running goes together with"),
        guild_only=True,
    )
    bot.tree.add_command(group)
    return group
