"""`/leaderboard`, the week's board, and whether one is on them."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, TypeAlias

import discord
from discord import app_commands
from discord.app_commands import Choice, locale_str
from discord.ext import commands

from bot.checkins.delivery import tell_notices
from bot.errors import Refusal, StorageUnavailable
from bot.leaderboards import cards
from bot.leaderboards.cards import METRICS, RANGES, USUAL_METRIC, USUAL_RANGE
from bot.leaderboards.posting import BoardPost, attachment
from bot.leaderboards.rules import FEWEST, Metric, Range
from bot.members.lookup_delivery import names_of
from bot.scheduling.delivery import Route
from bot.scheduling.group_schedules import LEADERBOARD
from bot.ui.doors import acknowledge, change, group_of, hold, words_of
from bot.ui.pictures import Studio
from bot.ui.private import show_private
from bot.ui.router import Press, on_press

if TYPE_CHECKING:
    from bot.client import SecondWind
    from bot.leaderboards.model import BoardView
    from bot.leaderboards.rules import Board
    from bot.ui.pictures import Picture
    from bot.words import Words

log = logging.getLogger(__name__)
Interaction: TypeAlias = "discord.Interaction[SecondWind]"
REMEMBERED = 500  # panels whose board was shown in the channel


class Leaderboards(commands.Cog):
    """Boards of those who said yes to being on them."""

    def __init__(self, bot: SecondWind) -> None:
        self._bot = bot
        self._service = bot.services.leaderboards
        self._studio = Studio()
        self._post = BoardPost(self._studio)
        self._shared: dict[tuple[int, Metric, Range], None] = {}
        self._redrawing: set[asyncio.Task[None]] = set()
        bot.redraw_boards = self.redraw_soon
        bot.courier.register(
            LEADERBOARD,
            Route(
                decide=self._service.decide,
                render=self._post.render,
                lateness=None,
                scout=self._post.scout,
            ),
        )

    async def cog_load(self) -> None:
        self.redraw_soon()

    async def cog_unload(self) -> None:
        for task in self._redrawing:
            task.cancel()
        self._studio.close()

    def redraw_soon(self) -> None:
        """A name was taken out of posted boards: show them without it, in the background."""
        task = asyncio.create_task(self._redraw())
        self._redrawing.add(task)
        task.add_done_callback(self._redrawing.discard)

    async def _redraw(self) -> None:
        try:
            await self._post.redraw(self._bot)
        except StorageUnavailable as refused:
            log.warning("board_redraw_postponed", extra={"kind": refused.reason})
        except Exception:
            log.exception("boards_not_redrawn")

    @app_commands.command(
        name=locale_str("leaderboard"),
        description=locale_str("Who kept their plan: the group's board, for you alone until you show it"),
    )
    @app_commands.rename(chosen=locale_str("range"))
    @app_commands.describe(
        metric=locale_str("What counts: showing up unless you say"),
        chosen=locale_str("Which time: last week unless you say"),
    )
    @app_commands.choices(
        metric=[
            Choice(name=locale_str("showing up"), value="showing_up"),
            Choice(name=locale_str("minutes"), value="minutes"),
            Choice(name=locale_str("distance"), value="distance"),
        ],
        chosen=[
            Choice(name=locale_str("this week"), value="this_week"),
            Choice(name=locale_str("last week"), value="last_week"),
            Choice(name=locale_str("month"), value="month"),
        ],
    )
    @app_commands.guild_only()
    async def leaderboard(
        self, interaction: Interaction, metric: str | None = None, chosen: str | None = None
    ) -> None:
        await self._show(interaction, metric_of(metric or USUAL_METRIC), range_of(chosen or USUAL_RANGE))
        await tell_notices(interaction)

    @on_press("board.metric")
    async def choose_metric(self, interaction: Interaction, press: Press) -> None:
        chosen = press.values[0] if press.values else ""
        await self._show(interaction, metric_of(chosen), range_of(press.text(0)))

    @on_press("board.range")
    async def choose_range(self, interaction: Interaction, press: Press) -> None:
        chosen = press.values[0] if press.values else ""
        await self._show(interaction, metric_of(press.text(0)), range_of(chosen))

    async def _show(self, interaction: Interaction, metric: Metric, chosen: Range) -> None:
        """Acknowledged at once, as the picture takes a moment."""
        group_id, words = group_of(interaction), words_of(interaction)
        await hold(interaction)
        view = await self._service.view(group_id, metric, chosen, self._bot.clock.now())
        shown, drawn = await self._drawn(view, words)
        files = [] if drawn is None else [attachment(drawn)]
        await change(interaction, cards.asked_card(view, shown, drawn, words), files=files)

    async def _drawn(self, view: BoardView, words: Words) -> tuple[Board, Picture | None]:
        named = view.named if len(view.ranked) >= FEWEST else ()
        names = await names_of(self._bot, view.group_id, named[:8])
        names |= await names_of(self._bot, view.group_id, named[8:], ask=False)
        return await self._post.drawn(self._bot, view, names, words)

    @on_press("board.share")
    async def share(self, interaction: Interaction, press: Press) -> None:
        """Post the board in the channel, once from each panel."""
        metric, chosen = metric_of(press.text(0)), range_of(press.text(1))
        if interaction.message is None or not interaction.message.flags.ephemeral:
            raise Refusal("That button is from an older message. Use the command again for a fresh one.")
        panel = (interaction.message.id, metric, chosen)
        if panel in self._shared:
            raise Refusal("That is in the channel already.")
        self._remember(panel)
        try:
            await acknowledge(interaction)
            view = await self._service.view(group_of(interaction), metric, chosen, self._bot.clock.now())
            words = self._bot.catalogues.choose(view.language)
            shown, drawn = await self._drawn(view, words)
            await interaction.followup.send(
                view=cards.shared_card(view, shown, drawn, words),
                files=[] if drawn is None else [attachment(drawn)],
                ephemeral=False,
                wait=True,
            )
        except BaseException:
            self._shared.pop(panel, None)
            raise

    def _remember(self, panel: tuple[int, Metric, Range]) -> None:
        self._shared[panel] = None
        while len(self._shared) > REMEMBERED:
            del self._shared[next(iter(self._shared))]

    @on_press("board.where")
    async def where(self, interaction: Interaction, press: Press) -> None:
        """Where one stands on the board as it is now."""
        metric, chosen = metric_of(press.text(0)), range_of(press.text(1))
        group_id, person_id, now = group_of(interaction), interaction.user.id, self._bot.clock.now()
        found = await self._service.whereabouts(group_id, person_id, metric, chosen, now)
        await show_private(interaction, cards.where_card(found, person_id, metric, words_of(interaction)))

    @on_press("board.me")
    async def me(self, interaction: Interaction, press: Press) -> None:
        """Where one stands on a board as it was posted."""
        found = await self._service.whereabouts_on(
            group_of(interaction), interaction.user.id, press.number(0)
        )
        await show_private(
            interaction, cards.where_card(found, interaction.user.id, "showing_up", words_of(interaction))
        )

    @on_press("listing.join")
    async def join(self, interaction: Interaction, press: Press) -> None:
        """The button on a posted board: it asks first, as yes means that one is named."""
        listed = await self._service.listing(group_of(interaction), interaction.user.id)
        words = words_of(interaction)
        await show_private(
            interaction, cards.listed_card(True, words) if listed else cards.listing_question(words)
        )

    @on_press("listing.set")
    async def set_listed(self, interaction: Interaction, press: Press) -> None:
        answer = press.text(0)
        if answer not in ("yes", "no"):
            raise Refusal("That button is from an older message. Use the command again for a fresh one.")
        redraw = await self._service.set_listed(
            group_of(interaction), interaction.user.id, answer == "yes", self._bot.clock.now()
        )
        await show_private(interaction, cards.listed_card(answer == "yes", words_of(interaction)))
        if redraw:
            self.redraw_soon()


def metric_of(text: str) -> Metric:
    """The metric of an option or a custom_id. Raises Refusal for anything else."""
    for each in METRICS:
        if text == each:
            return each
    raise Refusal("That button is from an older message. Use the command again for a fresh one.")


def range_of(text: str) -> Range:
    """The range of an option or a custom_id. Raises Refusal for anything else."""
    for each in RANGES:
        if text == each:
            return each
    raise Refusal("That button is from an older message. Use the command again for a fresh one.")


async def setup(bot: SecondWind) -> None:
    """Add the cog."""
    await bot.add_cog(Leaderboards(bot))
