"""The door of `/run history`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, TypeAlias

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.checkins.correction_cards import more_card
from bot.checkins.delivery import tell_notices
from bot.checkins.history import HistoryService, Position
from bot.checkins.history_cards import history_card
from bot.checkins.moderation import ModerationService
from bot.errors import Refusal
from bot.ui.commands import run_group
from bot.ui.doors import change, group_of, reply, words_of
from bot.ui.rights import is_organiser
from bot.ui.router import Press, on_press

if TYPE_CHECKING:
    from bot.client import SecondWind

Interaction: TypeAlias = "discord.Interaction[SecondWind]"


class History(commands.Cog):
    """One's own check-ins, privately."""

    def __init__(self, bot: SecondWind) -> None:
        self._bot = bot
        self._history = HistoryService(bot.services.database)
        self._moderation = ModerationService(bot.services.database)

    async def cog_load(self) -> None:
        @app_commands.command(
            name=locale_str("history"),
            description=locale_str("Your check-ins: look back, edit, undo, show or hide"),
        )
        async def history(interaction: Interaction) -> None:
            await self._open(interaction)

        run_group(self._bot).add_command(history)

    async def cog_unload(self) -> None:
        run_group(self._bot).remove_command("history")

    async def _open(self, interaction: Interaction) -> None:
        page = await self._history.page(group_of(interaction), interaction.user.id, self._bot.clock.now())
        await reply(interaction, history_card(page, words_of(interaction)))
        await tell_notices(interaction)

    @on_press("history.newest")
    async def newest(self, interaction: Interaction, press: Press) -> None:
        page = await self._history.page(group_of(interaction), interaction.user.id, self._bot.clock.now())
        await change(interaction, history_card(page, words_of(interaction)))

    @on_press("history.page")
    async def page(self, interaction: Interaction, press: Press) -> None:
        page = await self._history.page(
            group_of(interaction),
            interaction.user.id,
            self._bot.clock.now(),
            start=Position(_day(press.text(1)), press.number(2)),
            towards="newer" if press.text(0) == "newer" else "older",
        )
        await change(interaction, history_card(page, words_of(interaction)))

    @on_press("history.pick")
    async def pick(self, interaction: Interaction, press: Press) -> None:
        """A check-in was chosen: what ⋯ on its card would open."""
        group_id = group_of(interaction)
        settings = await self._bot.services.groups.settings(group_id)
        more = await self._moderation.more(
            group_id,
            interaction.user.id,
            Press(press.action, press.values).number(0),
            organiser=is_organiser(interaction, settings.organiser_role_id),
        )
        await reply(interaction, more_card(more, words_of(interaction), self._bot.clock.now()))


def _day(text: str) -> str:
    """An ISO day from a custom_id. Raises Refusal for anything else."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Refusal(
            "That button is from an older message. Use the command again for a fresh one."
        ) from None


async def setup(bot: SecondWind) -> None:
    await bot.add_cog(History(bot))
