"""The door of `/mood trend`: one's own feelings over time and one's entries, answered to their owner alone."""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING, Any, TypeAlias

import discord
from discord import app_commands
from discord.app_commands import Choice, locale_str
from discord.ext import commands

from bot.errors import Refusal
from bot.moods.cards import entry_card
from bot.moods.pictures import trend_picture
from bot.moods.trend_cards import entries_card, trend_card, why_card
from bot.moods.trend_model import RANGES, TrendRange
from bot.ui.commands import mood_group
from bot.ui.doors import change, hold, words_of
from bot.ui.pictures import Picture, Studio
from bot.ui.private import show_private
from bot.ui.router import Press, on_press

if TYPE_CHECKING:
    from bot.client import SecondWind
    from bot.moods.trend_model import Trend
    from bot.words import Words

log = logging.getLogger(__name__)
Interaction: TypeAlias = "discord.Interaction[SecondWind]"
USUAL: TrendRange = "month"
ONE_SESSION = "F1"  # of the facts: what trials found of one session of exercise


class MoodTrends(commands.Cog):
    """Reads alone, whatever was agreed to: what is kept is its owner's to see. Every answer is private."""

    def __init__(self, bot: SecondWind) -> None:
        self._bot = bot
        self._trends = bot.services.trends
        self._figures = bot.services.group_figures
        self._studio = Studio()

    async def cog_load(self) -> None:
        mood_group(self._bot).add_command(_trend_command(self))

    async def cog_unload(self) -> None:
        mood_group(self._bot).remove_command("trend")
        self._studio.close()

    async def open(self, interaction: Interaction, chosen: TrendRange) -> None:
        """The trend of a range: acknowledged at once, as the picture takes a moment."""
        group_id, words = _group_of(interaction), words_of(interaction)
        await hold(interaction)
        trend = await self._trends.trend(group_id, interaction.user.id, chosen, self._bot.clock.now())
        drawn = await self._draw(interaction, trend, words) if trend.entries else None
        files = [discord.File(io.BytesIO(drawn.png), drawn.filename, description=drawn.alt)] if drawn else []
        state = trend.state
        group = (
            await self._figures.figures(group_id) if state.on and state.keep and state.group_figure else None
        )
        await change(interaction, trend_card(words, trend, drawn, group), files=files)

    @on_press("mood.trend")
    async def range(self, interaction: Interaction, press: Press) -> None:
        await self.open(interaction, range_of(press.text(0)) if press.arguments else USUAL)

    @on_press("mood.trend_why")
    async def why(self, interaction: Interaction, press: Press) -> None:
        """The rules behind the words. They are everybody's, and answered like everything of feelings."""
        chosen = range_of(press.text(0)) if press.arguments else USUAL
        _group_of(interaction)
        fact = self._bot.services.encouragement.fact(ONE_SESSION)
        await show_private(interaction, why_card(words_of(interaction), chosen, fact))

    @on_press("mood.entries")
    async def entries(self, interaction: Interaction, press: Press) -> None:
        page = press.number(0) if press.arguments else 0
        found = await self._trends.entries(_group_of(interaction), interaction.user.id, page)
        await show_private(interaction, entries_card(words_of(interaction), found))

    @on_press("mood.pick")
    async def pick(self, interaction: Interaction, press: Press) -> None:
        """One of one's entries, from the menu."""
        mood_id = Press(press.action, press.values).number(0)
        mood = await self._bot.services.moods.entry(_group_of(interaction), interaction.user.id, mood_id)
        await show_private(interaction, entry_card(words_of(interaction), mood))

    async def _draw(self, interaction: Interaction, trend: Trend, words: Words) -> Picture | None:
        """The picture, or None where drawing it went wrong: the words come all the same."""
        try:
            return await self._studio.draw(trend_picture, trend, words)
        except Exception as error:  # noqa: BLE001 - its message could hold a value of somebody's: its kind is logged
            log.error(
                "picture_not_drawn", extra={"interaction": interaction.id, "kind": type(error).__name__}
            )
            return None


def range_of(text: str) -> TrendRange:
    """The range of an option or a custom_id. Raises Refusal for anything else."""
    for each in RANGES:
        if text == each:
            return each
    raise Refusal("That button is from an older message. Use the command again for a fresh one.")


def _group_of(interaction: Interaction) -> int:
    """The group. Raises Refusal in a direct message: what is said of feelings there would stay there."""
    if interaction.guild_id is None:
        raise Refusal(
            "Feelings stay in the group, seen by you alone. Open your running group and try it there."
        )
    return interaction.guild_id


def _trend_command(cog: MoodTrends) -> app_commands.Command[Any, ..., None]:
    @app_commands.command(
        name=locale_str("trend"),
        description=locale_str("How you felt over time and what goes together with your runs, for you alone"),
    )
    @app_commands.rename(chosen=locale_str("range"))
    @app_commands.describe(chosen=locale_str("Which days the chart shows: 30 unless you say"))
    @app_commands.choices(
        chosen=[
            Choice(name=locale_str("week"), value="week"),
            Choice(name=locale_str("month"), value="month"),
            Choice(name=locale_str("year"), value="year"),
            Choice(name=locale_str("all"), value="all"),
        ]
    )
    async def trend(interaction: Interaction, chosen: str | None = None) -> None:
        await cog.open(interaction, USUAL if chosen is None else range_of(chosen))

    return trend


async def setup(bot: SecondWind) -> None:
    """Called by discord.py when the cog is loaded."""
    await bot.add_cog(MoodTrends(bot))
