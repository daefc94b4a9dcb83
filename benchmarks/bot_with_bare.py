"""`python -m bot run` with two more commands: `/bare` answers a constant, `/lag` tells how late the loop was."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

import bot.__main__
import bot.app
from benchmarks.figures import p50, p99

STEP_SECONDS = 0.01


class Bare(commands.Cog):
    """What the bot's own commands are measured against."""

    def __init__(self) -> None:
        self.late: list[float] = []
        self._watch: asyncio.Task[None] | None = None

    async def cog_load(self) -> None:
        self._watch = asyncio.create_task(self._sleep_and_look())

    async def cog_unload(self) -> None:
        if self._watch is not None:
            self._watch.cancel()

    async def _sleep_and_look(self) -> None:
        while True:
            due = time.perf_counter() + STEP_SECONDS
            await asyncio.sleep(STEP_SECONDS)
            self.late.append(max(0.0, time.perf_counter() - due))

    @app_commands.command(description="Answer a constant.")
    async def bare(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message("Here.")

    @app_commands.command(description="Tell how late the loop was since this was last asked, in seconds.")
    async def lag(self, interaction: discord.Interaction) -> None:
        late, self.late = self.late or [0.0], []
        figures = {"count": len(late), "p50": p50(late), "p99": p99(late), "max": max(late)}
        await interaction.response.send_message(json.dumps(figures), ephemeral=True)


def main() -> int:
    """Run the bot as its own command line does, the cog added before it connects."""
    build = bot.app.build

    async def build_with_bare(*arguments: Any, **named: Any) -> bot.app.App:
        app = await build(*arguments, **named)
        await app.client.add_cog(Bare())
        return app

    bot.app.build = build_with_bare
    return bot.__main__.main(["run"])


if __name__ == "__main__":
    sys.exit(main())
