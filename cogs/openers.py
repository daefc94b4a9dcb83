"""The week's opener, and "My plan" behind it and behind the permanent card."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.errors import Refusal
from bot.openers import cards
from bot.openers.model import OpenerLetter, PlanSet
from bot.openers.upkeep import OpenerUpkeep
from bot.scheduling.delivery import Route
from bot.scheduling.group_schedules import OPENER
from bot.scheduling.posting import Letter
from bot.ui.doors import group_of, open_form, words_of
from bot.ui.private import show_private
from bot.ui.router import Press, on_press

if TYPE_CHECKING:
    from bot.client import SecondWind
    from bot.scheduling.model import Delivery

LATENESS = timedelta(hours=24)


class Openers(commands.Cog):
    """Plans of who presses, in the group where they press; the panel is private, the plan is not."""

    def __init__(self, bot: SecondWind) -> None:
        self._bot = bot
        self._service = bot.services.openers
        self.upkeep = OpenerUpkeep(bot, self._service)

    async def cog_unload(self) -> None:
        await self.upkeep.close()

    @on_press("plan.week")
    async def week(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        """The button of an opener."""
        await self._show(interaction, press.number(0))

    @on_press("plan.mine")
    async def mine(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        """The button of the permanent card and of other posts: the present week's plan."""
        await self._show(interaction, None)

    @on_press("plan.days")
    async def days(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        chosen = Press(press.action, press.values).number(0)
        await self._plan(interaction, _week(press), chosen, None)

    @on_press("plan.form")
    async def form(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        panel = await self._service.panel_of_week(
            group_of(interaction), interaction.user.id, _week(press), self._bot.clock.now()
        )
        await open_form(interaction, cards.plan_form(words_of(interaction), panel))

    @on_press("plan.save")
    async def save(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        chosen = Press(press.action, (press.fields.get("days", ""),)).number(0)
        await self._plan(interaction, _week(press), chosen, press.fields.get("words", ""))

    @on_press("plan.back")
    async def back(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        result = await self._service.take_back(
            group_of(interaction), interaction.user.id, _week(press), self._bot.clock.now()
        )
        words = words_of(interaction)
        await show_private(
            interaction, cards.plan_panel(words, result.panel, cards.taken_said(words, result))
        )
        self._changed(result.opener_id)

    async def _plan(
        self, interaction: discord.Interaction[SecondWind], week: date, days: int, typed: str | None
    ) -> None:
        result: PlanSet = await self._service.plan(
            group_of(interaction), interaction.user.id, week, days, typed, self._bot.clock.now()
        )
        words = words_of(interaction)
        await show_private(interaction, cards.plan_panel(words, result.panel, cards.plan_said(words, result)))
        self._changed(result.opener_id)

    def _changed(self, opener_id: int | None) -> None:
        if opener_id is not None:
            self.upkeep.changed(opener_id)

    async def _show(self, interaction: discord.Interaction[SecondWind], delivery_id: int | None) -> None:
        panel = await self._service.panel(
            group_of(interaction), interaction.user.id, self._bot.clock.now(), delivery_id
        )
        await show_private(interaction, cards.plan_panel(words_of(interaction), panel))


def _week(press: Press) -> date:
    """The first day of the week that a panel was for. Raises Refusal for anything else."""
    try:
        return date.fromisoformat(press.text(0))
    except ValueError:
        raise Refusal(
            "That button is from an older message. Use the command again for a fresh one."
        ) from None


async def render(client: SecondWind, delivery: Delivery, letter: OpenerLetter) -> Letter:
    """The post as its channel sees it."""
    words = client.catalogues.choose(letter.language)
    return Letter(cards.opener_card(words, letter, delivery.delivery_id))


async def setup(bot: SecondWind) -> None:
    """Called by discord.py when the cog is loaded."""
    await bot.add_cog(Openers(bot))
    bot.courier.register(OPENER, Route(decide=bot.services.openers.decide, render=render, lateness=LATENESS))
