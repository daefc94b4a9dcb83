"""`/mood log`, About to run, How did it feel: feelings of whoever asks, answered to them alone."""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.consents.asking_delivery import own_group, show_consent
from bot.consents.rules import ConsentNeeded
from bot.errors import Refusal
from bot.moods import cards
from bot.moods.form_cards import log_form, more_form
from bot.moods.model import Kept, Moment
from bot.moods.scales import SCALES, Values, checked
from bot.ui.commands import mood_group
from bot.ui.doors import open_form, words_of
from bot.ui.private import show_private
from bot.ui.router import Press, on_press

if TYPE_CHECKING:
    from bot.client import SecondWind

log = logging.getLogger(__name__)
Interaction: TypeAlias = "discord.Interaction[SecondWind]"
T = TypeVar("T")


class Moods(commands.Cog):
    """Every answer is private; every query asks again whose entry it is."""

    def __init__(self, bot: SecondWind) -> None:
        self._bot = bot
        self._moods = bot.services.moods

    async def cog_load(self) -> None:
        mood_group(self._bot).add_command(_log_command(self))

    async def cog_unload(self) -> None:
        mood_group(self._bot).remove_command("log")

    # by itself

    async def open_form(self, interaction: Interaction) -> None:
        """The form, or the question that comes before it."""
        ask_sleep = await self._agreed(
            interaction,
            self._moods.asks_sleep(own_group(interaction), interaction.user.id, self._bot.clock.now()),
        )
        if ask_sleep is not None:
            await open_form(interaction, log_form(words_of(interaction), ask_sleep=ask_sleep))

    @on_press("mood.open")
    async def open(self, interaction: Interaction, _press: Press) -> None:
        await self.open_form(interaction)

    @on_press("mood.logged")
    async def logged(self, interaction: Interaction, press: Press) -> None:
        """The form of `/mood log` was filled in."""
        await self._keep(interaction, _values(press.fields), at="day")

    # around a run

    @on_press("mood.start")
    async def start(self, interaction: Interaction, _press: Press) -> None:
        """About to run."""
        start = await self._agreed(
            interaction,
            self._moods.about_to_run(
                own_group(interaction), interaction.user.id, interaction.id, self._bot.clock.now()
            ),
        )
        if start is not None:
            await show_private(interaction, cards.start_card(words_of(interaction), start))

    @on_press("mood.not_running")
    async def not_running(self, interaction: Interaction, press: Press) -> None:
        await self._moods.not_running(own_group(interaction), interaction.user.id, press.number(0))
        await show_private(interaction, cards.not_running_card(words_of(interaction)))

    @on_press("mood.before")
    async def before(self, interaction: Interaction, press: Press) -> None:
        """How it is, about to run."""
        await self._keep(interaction, _chosen(press), at="before", start_id=press.number(0))

    @on_press("mood.run")
    async def of_run(self, interaction: Interaction, press: Press) -> None:
        """How did it feel, from the run's own menu: its entry, or the question."""
        run_id, words = press.number(0), words_of(interaction)
        asked = await self._agreed(
            interaction, self._moods.of_run(own_group(interaction), interaction.user.id, run_id)
        )
        if asked is None:
            return
        if asked.mood is not None:
            await show_private(interaction, cards.entry_card(words, asked.mood))
        else:
            soon = asked.too_soon(self._bot.clock.now())
            await show_private(interaction, cards.ask_card(words, run_id, soon=soon))

    @on_press("mood.after")
    async def after(self, interaction: Interaction, press: Press) -> None:
        """How it is, after the run."""
        await self._keep(interaction, _chosen(press), at="after", run_id=press.number(0))

    @on_press("mood.recalling")
    async def recalling(self, interaction: Interaction, press: Press) -> None:
        await show_private(interaction, cards.recall_card(words_of(interaction), press.number(0)))

    @on_press("mood.recall")
    async def recall(self, interaction: Interaction, press: Press) -> None:
        """How it was before the run, from memory."""
        await self._keep(interaction, _chosen(press), at="before", run_id=press.number(0))

    # an entry of one's own

    @on_press("mood.show")
    async def show(self, interaction: Interaction, press: Press) -> None:
        mood = await self._moods.entry(own_group(interaction), interaction.user.id, press.number(0))
        await show_private(interaction, cards.entry_card(words_of(interaction), mood))

    @on_press("mood.more")
    async def more(self, interaction: Interaction, press: Press) -> None:
        """The form with everything but the mood."""
        group_id, person_id = own_group(interaction), interaction.user.id
        mood = await self._moods.entry(group_id, person_id, press.number(0))
        ask_sleep = await self._agreed(
            interaction, self._moods.asks_sleep(group_id, person_id, self._bot.clock.now())
        )
        if ask_sleep is not None:
            await open_form(interaction, more_form(words_of(interaction), mood, ask_sleep=ask_sleep))

    @on_press("mood.added")
    async def added(self, interaction: Interaction, press: Press) -> None:
        """That form was filled in: what it showed and was left empty is taken out."""
        found = checked(press.fields)
        values = {item: found.get(item) for item in SCALES if item != "mood" and item in press.fields}
        await self._change(interaction, press.number(0), values)

    @on_press("mood.change")
    async def change(self, interaction: Interaction, press: Press) -> None:
        mood = await self._moods.entry(own_group(interaction), interaction.user.id, press.number(0))
        await show_private(interaction, cards.change_card(words_of(interaction), mood))

    @on_press("mood.changed")
    async def changed(self, interaction: Interaction, press: Press) -> None:
        await self._change(interaction, press.number(0), {"mood": _chosen(press).mood})

    @on_press("mood.take_back")
    async def take_back(self, interaction: Interaction, press: Press) -> None:
        await self._moods.take_back(own_group(interaction), interaction.user.id, press.number(0))
        await show_private(interaction, cards.taken_back_card(words_of(interaction)))

    async def _keep(
        self,
        interaction: Interaction,
        values: Values,
        *,
        at: Moment,
        run_id: int | None = None,
        start_id: int | None = None,
    ) -> None:
        await self._answer(
            interaction,
            self._moods.keep(
                own_group(interaction),
                interaction.user.id,
                interaction.id,
                values,
                self._bot.clock.now(),
                at=at,
                run_id=run_id,
                start_id=start_id,
            ),
        )

    async def _change(self, interaction: Interaction, mood_id: int, values: dict[str, int | None]) -> None:
        await self._answer(
            interaction,
            self._moods.change(
                own_group(interaction), interaction.user.id, mood_id, values, self._bot.clock.now()
            ),
        )

    async def _answer(self, interaction: Interaction, keeping: Awaitable[Kept]) -> None:
        kept = await self._agreed(interaction, keeping)
        if kept is not None:
            log.info("mood_kept", extra={"interaction": interaction.id})
            await show_private(interaction, cards.kept_card(words_of(interaction), kept))

    async def _agreed(self, interaction: Interaction, work: Awaitable[T]) -> T | None:
        """What `work` gives; None where the member was asked for their consent instead."""
        try:
            return await work
        except ConsentNeeded as needed:
            await show_consent(interaction, needed.state)
            return None


def _chosen(press: Press) -> Values:
    """The mood of a menu. Raises Refusal for what is on no scale."""
    return _values({"mood": next(iter(press.values), "")})


def _values(fields: dict[str, str]) -> Values:
    found = checked(fields)
    if "mood" not in found:
        raise Refusal("Choose a mood first; everything else is up to you. /mood log asks again.")
    return Values(**found)


def _log_command(cog: Moods) -> app_commands.Command[Any, ..., None]:
    """/mood log: a subcommand of the group that two cogs add to."""

    @app_commands.command(
        name=locale_str("log"),
        description=locale_str("How you feel now, for you alone: a form, five seconds if you like"),
    )
    async def log_mood(interaction: Interaction) -> None:
        await cog.open_form(interaction)

    return log_mood


async def setup(bot: SecondWind) -> None:
    await bot.add_cog(Moods(bot))
