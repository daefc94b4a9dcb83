"""`/help`: what one can do, by task."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.app_commands import Choice, locale_str
from discord.ext import commands

from bot.help.cards import FIRST, help_card
from bot.ui.doors import words_of
from bot.ui.private import show_private
from bot.ui.router import Press, on_press

if TYPE_CHECKING:
    from bot.client import SecondWind


class Help(commands.Cog):
    """Answers by task, to who asks."""

    def __init__(self, bot: SecondWind) -> None:
        self._bot = bot

    @app_commands.command(
        name=locale_str("help"), description=locale_str("What you can do here, by task (private)")
    )
    @app_commands.rename(topic=locale_str("topic"))
    @app_commands.describe(topic=locale_str("What you would like to do"))
    @app_commands.choices(
        topic=[
            Choice(name=locale_str("First check-in"), value="first"),
            Choice(name=locale_str("Log a run with numbers"), value="numbers"),
            Choice(name=locale_str("Files from a watch"), value="files"),
            Choice(name=locale_str("Your goal and streak"), value="goal"),
            Choice(name=locale_str("Pausing"), value="pause"),
            Choice(name=locale_str("Reminders"), value="reminders"),
            Choice(name=locale_str("Leaderboard"), value="boards"),
            Choice(name=locale_str("Challenges"), value="challenges"),
            Choice(name=locale_str("How running feels"), value="feelings"),
            Choice(name=locale_str("Private runs and your data"), value="private"),
            Choice(name=locale_str("For organisers"), value="organisers"),
        ]
    )
    @app_commands.guild_only()
    async def help(
        self, interaction: discord.Interaction[SecondWind], topic: Choice[str] | None = None
    ) -> None:
        await self._show(interaction, FIRST if topic is None else topic.value)

    @on_press("help.open")
    async def open_help(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        await self._show(interaction, FIRST)

    @on_press("help.topic")
    async def topic(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        await self._show(interaction, next(iter(press.values), FIRST))

    async def _show(self, interaction: discord.Interaction[SecondWind], topic: str) -> None:
        host = self._bot.services.host
        words = words_of(interaction)
        await show_private(interaction, help_card(words, topic, host.policy_url, host.contact))


async def setup(bot: SecondWind) -> None:
    """Called by discord.py when the cog is loaded."""
    await bot.add_cog(Help(bot))
