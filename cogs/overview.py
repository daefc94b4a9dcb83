"""The door of `/run stats`: one's own statistics, privately, and shown in the channel on request."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import discord
from discord import app_commands
from discord.app_commands import Choice, locale_str
from discord.ext import commands

from bot.checkins.delivery import tell_notices
from bot.checkins.overview import OverviewService
from bot.checkins.overview_cards import RANGES, draw_chart, has_chart, overview_card, shared_card
from bot.checkins.overview_page_cards import calendar_card, draw_year, records_card, streak_card
from bot.checkins.statistics import StatsRange
from bot.errors import Refusal
from bot.ui.commands import run_group
from bot.ui.doors import acknowledge, change, group_of, hold, words_of
from bot.ui.pictures import Picture, Studio
from bot.ui.private import show_private
from bot.ui.router import Press, on_press

if TYPE_CHECKING:
    from bot.checkins.overview_model import Overview
    from bot.client import SecondWind
    from bot.words import Words

log = logging.getLogger(__name__)
Interaction: TypeAlias = "discord.Interaction[SecondWind]"
Shown = TypeVar("Shown")
USUAL: StatsRange = "month"
REMEMBERED = 500  # panels whose statistics were shown in the channel


class Overviews(commands.Cog):
    """Totals, records, calendar and streak of whoever asks."""

    def __init__(self, bot: SecondWind) -> None:
        self._bot = bot
        self._service = OverviewService(bot.services.database)
        self._studio = Studio()
        self._shared: dict[tuple[int, StatsRange], None] = {}

    async def cog_load(self) -> None:
        run_group(self._bot).add_command(_stats_command(self))

    async def cog_unload(self) -> None:
        run_group(self._bot).remove_command("stats")
        self._studio.close()

    async def open(self, interaction: Interaction, chosen: StatsRange) -> None:
        """The statistics of a range: acknowledged at once, as the picture takes a moment."""
        group_id, words = group_of(interaction), words_of(interaction)
        await hold(interaction)
        overview = await self._service.overview(group_id, interaction.user.id, chosen, self._bot.clock.now())
        chart = await self._chart(interaction, overview, words)
        await change(interaction, overview_card(overview, chart, words), files=_files(chart))

    @on_press("stats.range")
    async def range(self, interaction: Interaction, press: Press) -> None:
        await self.open(interaction, range_of(press.values[0] if press.values else ""))

    @on_press("stats.back")
    async def back(self, interaction: Interaction, press: Press) -> None:
        await self.open(interaction, range_of(press.text(0)))

    @on_press("stats.records")
    async def records(self, interaction: Interaction, press: Press) -> None:
        chosen = range_of(press.text(0))
        book = await self._service.records(group_of(interaction), interaction.user.id)
        await show_private(interaction, records_card(book, chosen, words_of(interaction)))

    @on_press("stats.streak")
    async def streak(self, interaction: Interaction, press: Press) -> None:
        chosen = range_of(press.text(0))
        overview = await self._service.streak(
            group_of(interaction), interaction.user.id, self._bot.clock.now()
        )
        await show_private(interaction, streak_card(overview, chosen, words_of(interaction)))

    @on_press("stats.calendar")
    async def calendar(self, interaction: Interaction, press: Press) -> None:
        """The year's heatmap; `/run history` opens it too, without a range to go back to."""
        chosen = range_of(press.text(0)) if press.arguments else USUAL
        group_id, words = group_of(interaction), words_of(interaction)
        await hold(interaction)
        year = await self._service.year(group_id, interaction.user.id, self._bot.clock.now())
        drawn = await self._draw(interaction, draw_year, year, words)
        await change(interaction, calendar_card(year, drawn, chosen, words), files=_files(drawn))

    @on_press("stats.share")
    async def share(self, interaction: Interaction, press: Press) -> None:
        """Post one's own statistics in the channel, once from each panel and range."""
        chosen, group_id = range_of(press.text(0)), group_of(interaction)
        if interaction.message is None or not interaction.message.flags.ephemeral:
            raise Refusal("That button is from an older message. Use the command again for a fresh one.")
        panel = (interaction.message.id, chosen)
        if panel in self._shared:
            raise Refusal("That is in the channel already.")
        self._remember(panel)
        try:
            await self._post(interaction, group_id, chosen)
        except BaseException:
            self._shared.pop(panel, None)
            raise

    async def _post(self, interaction: Interaction, group_id: int, chosen: StatsRange) -> None:
        await acknowledge(interaction)
        person_id = interaction.user.id
        overview = await self._service.overview(
            group_id, person_id, chosen, self._bot.clock.now(), shown=True
        )
        if not overview.summary.check_ins:
            raise Refusal(
                "The group can see none of your check-ins of that time, so there is nothing to show. "
                "/run history makes one public."
            )
        words = self._bot.catalogues.choose(overview.language)
        chart = await self._chart(interaction, overview, words)
        await interaction.followup.send(
            view=shared_card(overview, person_id, chart, words),
            files=_files(chart),
            ephemeral=False,
            wait=True,
        )

    def _remember(self, panel: tuple[int, StatsRange]) -> None:
        self._shared[panel] = None
        while len(self._shared) > REMEMBERED:
            del self._shared[next(iter(self._shared))]

    async def _chart(self, interaction: Interaction, overview: Overview, words: Words) -> Picture | None:
        if not has_chart(overview):
            return None
        return await self._draw(interaction, draw_chart, overview, words)

    async def _draw(
        self,
        interaction: Interaction,
        drawing: Callable[[Shown, Words], Picture],
        shown: Shown,
        words: Words,
    ) -> Picture | None:
        """The picture, or None where drawing it went wrong: the words come all the same."""
        try:
            return await self._studio.draw(drawing, shown, words)
        except Exception as error:
            log.error("picture_not_drawn", exc_info=error, extra={"interaction": interaction.id})
            return None


def _files(drawn: Picture | None) -> list[discord.File]:
    if drawn is None:
        return []
    return [discord.File(io.BytesIO(drawn.png), drawn.filename, description=drawn.alt)]


def range_of(text: str) -> StatsRange:
    """The range of an option or a custom_id. Raises Refusal for anything else."""
    for each in RANGES:
        if text == each:
            return each
    raise Refusal("That button is from an older message. Use the command again for a fresh one.")


def _stats_command(cog: Overviews) -> app_commands.Command[Any, ..., None]:
    @app_commands.command(
        name=locale_str("stats"),
        description=locale_str("Your totals, pace, streak and a chart, for you alone"),
    )
    @app_commands.rename(chosen=locale_str("range"))
    @app_commands.describe(chosen=locale_str("Which time: this month unless you say"))
    @app_commands.choices(
        chosen=[
            Choice(name=locale_str("week"), value="week"),
            Choice(name=locale_str("month"), value="month"),
            Choice(name=locale_str("year"), value="year"),
            Choice(name=locale_str("all"), value="all"),
        ]
    )
    async def stats(interaction: Interaction, chosen: str | None = None) -> None:
        await cog.open(interaction, USUAL if chosen is None else range_of(chosen))
        await tell_notices(interaction)

    return stats


async def setup(bot: SecondWind) -> None:
    """Add the cog."""
    await bot.add_cog(Overviews(bot))
