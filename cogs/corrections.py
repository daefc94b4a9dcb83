"""⋯ on a run's card: its owner corrects it, others report it, organisers moderate. All of it is private."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.checkins.correction_cards import edit_form, more_card, report_form, reports_card, set_aside_form
from bot.checkins.corrections import CorrectionService, Wording
from bot.checkins.delivery import post_card, refresh_card
from bot.checkins.model import RunFigures
from bot.checkins.moderation import ModerationService, More
from bot.members.removals import CardRemovals
from bot.members.sweep import sweep
from bot.ui.doors import change, group_of, open_form, pressed_on_its_card, reply, words_of
from bot.ui.rights import is_organiser, require_organiser
from bot.ui.router import Press, on_press

if TYPE_CHECKING:
    from bot.client import SecondWind


class Corrections(commands.Cog):
    """Presses alone; every one asks the database again whose run it is."""

    def __init__(self, bot: SecondWind) -> None:
        self._bot = bot
        self._corrections = CorrectionService(bot.services.database)
        self._moderation = ModerationService(bot.services.database)
        self._removals = CardRemovals(bot.services.database)

    @on_press("run.more")
    async def more(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        run_id = press.number(0)
        more = await self._more(interaction, run_id)
        message = interaction.message
        if message is not None and pressed_on_its_card(interaction) and more.figures.run.message_id is None:
            # a crash can lose where a card stands; the card itself tells
            self._bot.services.checkins.places.put(run_id, message.channel.id, message.id)
        await reply(interaction, self._card(interaction, more))

    @on_press("run.edit")
    async def edit(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        run_id = press.number(0)
        wording = await self._corrections.wording(
            group_of(interaction), interaction.user.id, run_id, self._bot.clock.now()
        )
        await open_form(interaction, edit_form(run_id, wording, words_of(interaction)))

    @on_press("run.edited")
    async def edited(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        words, fields = words_of(interaction), press.fields
        wanted = Wording(
            distance=fields.get("distance", ""),
            time=fields.get("time", ""),
            when=fields.get("when", ""),
            note=fields.get("note", ""),
            activity="walk" if fields.get("activity") == "walk" else "run",
        )
        corrected = await self._corrections.edit(
            group_of(interaction),
            interaction.user.id,
            press.number(0),
            wanted,
            self._bot.clock.now(),
            language=words.language,
        )
        await self._show(interaction, press.number(0), words.say("Changed."))
        await self._refresh(corrected.figures)

    @on_press("run.undo")
    async def undo(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        corrected = await self._corrections.undo(
            group_of(interaction), interaction.user.id, press.number(0), self._bot.clock.now()
        )
        await self._show(interaction, press.number(0), None)
        await self._refresh(corrected.figures)

    @on_press("run.back")
    async def back(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        corrected = await self._corrections.take_back(
            group_of(interaction), interaction.user.id, press.number(0), self._bot.clock.now()
        )
        await self._show(interaction, press.number(0), words_of(interaction).say("It counts again."))
        await self._refresh(corrected.figures)

    @on_press("run.show")
    async def show(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        """Private: the card goes. For the group: a card is posted, unless one stands already."""
        words, group_id, private = words_of(interaction), group_of(interaction), press.text(1) == "private"
        corrected = await self._corrections.show_to(
            group_id,
            interaction.user.id,
            press.number(0),
            "private" if private else "group",
            self._bot.clock.now(),
        )
        self._bot.redraw_challenges()
        if private:
            await self._show(interaction, press.number(0), words.say("Private now: you alone see it."))
            await sweep(self._bot, self._removals, group_id)
            return
        await self._show(interaction, press.number(0), words.say("The group sees it now."))
        figures, channel_id = corrected.figures, corrected.runs_channel_id or interaction.channel_id
        if figures.run.message_id is not None or channel_id is None:
            return
        try:
            await post_card(self._bot, group_id, channel_id, figures)
        except discord.HTTPException:
            said = words.say(
                "The group may see it now, but Discord did not let me post its card. "
                "An organiser can look at my rights in {channel}.",
                channel=f"<#{channel_id}>",
            )
            await self._show(interaction, press.number(0), said)

    @on_press("run.report")
    async def report(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        await open_form(interaction, report_form(press.number(0), words_of(interaction)))

    @on_press("run.reported")
    async def reported(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        more = await self._moderation.report(
            group_of(interaction),
            interaction.user.id,
            press.number(0),
            press.fields.get("reason", ""),
            self._bot.clock.now(),
            organiser=await self._is_organiser(interaction),
        )
        await self._change(
            interaction, more, words_of(interaction).say("Thank you. The organisers see it now.")
        )

    @on_press("run.unreport")
    async def unreport(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        more = await self._moderation.take_report_back(
            group_of(interaction),
            interaction.user.id,
            press.number(0),
            organiser=await self._is_organiser(interaction),
        )
        await self._change(interaction, more, words_of(interaction).say("The report is taken back."))

    @on_press("run.note")
    async def note(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        await self._require_organiser(interaction)
        more = await self._moderation.hide_note(
            group_of(interaction), interaction.user.id, press.number(0), hidden=press.number(1) == 1
        )
        await self._change(interaction, more, None)
        await refresh_card(self._bot, more.figures)

    @on_press("run.aside")
    async def aside(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        await self._require_organiser(interaction)
        await open_form(interaction, set_aside_form(press.number(0), words_of(interaction)))

    @on_press("run.asided")
    async def asided(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        await self._require_organiser(interaction)
        more = await self._moderation.set_aside(
            group_of(interaction),
            interaction.user.id,
            press.number(0),
            press.fields.get("reason", ""),
            self._bot.clock.now(),
        )
        said = words_of(interaction).say("Set aside. The runner is told why, privately, when next here.")
        await self._change(interaction, more, said)
        await self._refresh(more.figures)

    @on_press("run.count")
    async def count(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        await self._require_organiser(interaction)
        more = await self._moderation.count_again(
            group_of(interaction), interaction.user.id, press.number(0), self._bot.clock.now()
        )
        await self._change(interaction, more, words_of(interaction).say("It counts again."))
        await self._refresh(more.figures)

    @on_press("run.nearly")
    async def nearly(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        """Nearly didn't go: for its owner's own statistics, seen by nobody else."""
        nearly, words = press.number(1) == 1, words_of(interaction)
        more = await self._moderation.mark_nearly_not(
            group_of(interaction),
            interaction.user.id,
            press.number(0),
            self._bot.clock.now(),
            nearly=nearly,
            organiser=await self._is_organiser(interaction),
        )
        said = (
            words.say("You went all the same. Kept for you alone: /run stats counts such days.")
            if nearly
            else words.say("Taken back.")
        )
        await self._change(interaction, more, said)

    @on_press("run.settle")
    async def settle(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        await self._require_organiser(interaction)
        more = await self._moderation.settle(
            group_of(interaction), interaction.user.id, press.number(0), self._bot.clock.now()
        )
        await self._change(interaction, more, words_of(interaction).say("Settled."))

    @on_press("run.reports")
    async def reports(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        await self._require_organiser(interaction)
        group_id = group_of(interaction)
        reported = await self._moderation.open_reports(group_id)
        await change(interaction, reports_card(group_id, reported, words_of(interaction)))

    @on_press("run.pick_report")
    async def pick_report(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        await self._require_organiser(interaction)
        chosen = Press(press.action, press.values).number(0)
        await self._show(interaction, chosen, None)

    async def _refresh(self, figures: RunFigures) -> None:
        """Show a corrected run on its card, and soon on those of the challenges that it counts for."""
        self._bot.redraw_challenges()
        await refresh_card(self._bot, figures)

    async def _show(
        self, interaction: discord.Interaction[SecondWind], run_id: int, said: str | None
    ) -> None:
        """Put the run as it is now in place of the private message that was pressed."""
        await self._change(interaction, await self._more(interaction, run_id), said)

    async def _change(
        self, interaction: discord.Interaction[SecondWind], more: More, said: str | None
    ) -> None:
        await change(interaction, self._card(interaction, more, said))

    def _card(
        self, interaction: discord.Interaction[SecondWind], more: More, said: str | None = None
    ) -> discord.ui.LayoutView:
        if interaction.guild_id is None:
            more = replace(more, feelings=False)  # they are refused in direct messages
        return more_card(more, words_of(interaction), self._bot.clock.now(), said)

    async def _more(self, interaction: discord.Interaction[SecondWind], run_id: int) -> More:
        return await self._moderation.more(
            group_of(interaction),
            interaction.user.id,
            run_id,
            organiser=await self._is_organiser(interaction),
        )

    async def _is_organiser(self, interaction: discord.Interaction[SecondWind]) -> bool:
        settings = await self._bot.services.groups.settings(group_of(interaction))
        return is_organiser(interaction, settings.organiser_role_id)

    async def _require_organiser(self, interaction: discord.Interaction[SecondWind]) -> None:
        settings = await self._bot.services.groups.settings(group_of(interaction))
        require_organiser(interaction, settings.organiser_role_id)


async def setup(bot: SecondWind) -> None:
    await bot.add_cog(Corrections(bot))
