"""The command /demo, which exists in the demo alone."""

from __future__ import annotations

from collections.abc import Callable

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.client import SecondWind
from bot.ui.doors import reply, words_of
from bot.ui.layout import Accent, card
from demo.stage import MOVES


class Demo(commands.Cog):
    """Moves the demo's clock on."""

    def __init__(self, ask_to_move: Callable[[str], None]) -> None:
        self._ask_to_move = ask_to_move

    @app_commands.command(name=locale_str("demo"), description=locale_str("Demo: move the clock on"))
    @app_commands.rename(to=locale_str("to"))
    @app_commands.describe(to=locale_str("How far to move the clock"))
    @app_commands.choices(to=[app_commands.Choice(name=label, value=key) for key, label in MOVES.items()])
    @app_commands.guild_only()
    async def demo(self, interaction: discord.Interaction[SecondWind], to: str = "next") -> None:
        words = words_of(interaction)
        await reply(
            interaction, card(Accent.HELP, words.say("The clock moves on: watch it at the top of the page."))
        )
        self._ask_to_move(to)
