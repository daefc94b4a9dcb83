"""`/settings` and `/privacy`: what belongs to one member, shown to nobody else."""

from __future__ import annotations

import asyncio
import io
import logging
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.consents.asking_delivery import own_group
from bot.errors import Refusal, StorageUnavailable
from bot.members import cards, erasure_cards
from bot.members.cards import EVERYTHING, EXPORT_NAME, FEELINGS, RUNS
from bot.members.erasing_delivery import erase_everything, erase_runs, take_names_out
from bot.members.export import packed
from bot.members.removals import CardRemovals
from bot.members.rules import MemberSettings
from bot.members.sweep import sweep, tell_swept
from bot.ui.doors import group_of, hold, open_form, reply, think, words_of
from bot.ui.private import show_private
from bot.ui.router import Press, on_press
from bot.ui.zones import ANOTHER, FIELD, resolve, zone_form
from bot.when import parse_clock

if TYPE_CHECKING:
    from bot.client import SecondWind

log = logging.getLogger(__name__)


class Members(commands.Cog):
    """Settings, export and erasure of who asks, in the group where they ask."""

    def __init__(self, bot: SecondWind) -> None:
        self._bot = bot
        self._members = bot.services.members
        self._removals = CardRemovals(bot.services.database)
        self._left_over: asyncio.Task[None] | None = None

    async def cog_load(self) -> None:
        self._left_over = asyncio.create_task(self._sweep_left_over())

    async def cog_unload(self) -> None:
        if self._left_over is not None:
            self._left_over.cancel()

    async def _sweep_left_over(self) -> None:
        """Go on with cards whose removal a stop interrupted."""
        try:
            await sweep(self._bot, self._removals)
        except StorageUnavailable as refused:
            log.warning("cards_wait_for_the_next_start", extra={"reason": refused.reason})
        except Exception:
            log.exception("cards_not_swept")

    @app_commands.command(
        name=locale_str("settings"),
        description=locale_str("Your time zone, units, quiet hours, and who sees what (private)"),
    )
    @app_commands.guild_only()
    async def settings(self, interaction: discord.Interaction[SecondWind]) -> None:
        await self._show(interaction, await self._own(interaction))

    @on_press("settings.open")
    async def open_settings(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        await self._show(interaction, await self._own(interaction))

    @on_press("settings.zone")
    async def zone(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        """The button asks for a city, the form and the menu bring one."""
        words, now = words_of(interaction), self._bot.clock.now()
        typed = press.fields.get(FIELD) or next(iter(press.values), ANOTHER)
        if typed == ANOTHER and interaction.type is discord.InteractionType.component:
            own = (await self._own(interaction)).own_zone
            await open_form(interaction, zone_form(words, "settings.zone", value=own))
            return
        meant = resolve(typed)
        if meant.zone is None:
            await show_private(interaction, cards.choose_zone(words, meant.nearest, now))
            return
        settings = await self._members.set_zone(group_of(interaction), interaction.user.id, meant.zone, now)
        await self._show(interaction, settings, cards.zone_said(words))

    @on_press("settings.group_zone")
    async def group_zone(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        settings = await self._members.set_zone(
            group_of(interaction), interaction.user.id, None, self._bot.clock.now()
        )
        await self._show(interaction, settings, cards.zone_said(words_of(interaction)))

    @on_press("settings.units")
    async def units(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        chosen = press.text(0)
        settings = await self._members.set_units(
            group_of(interaction),
            interaction.user.id,
            None if chosen == "group" else chosen,
            self._bot.clock.now(),
        )
        await self._show(
            interaction, settings, words_of(interaction).say("Done. A bare number now reads so, too.")
        )

    @on_press("settings.visibility")
    async def visibility(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        settings = await self._members.set_visibility(
            group_of(interaction), interaction.user.id, press.text(0), self._bot.clock.now()
        )
        words = words_of(interaction)
        await self._show(
            interaction, settings, words.say("Done. Check-ins that you made before stay as they are.")
        )

    @on_press("settings.quiet")
    async def quiet(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        """The button asks for two times, the form brings them."""
        words = words_of(interaction)
        if interaction.type is discord.InteractionType.component:
            own = await self._own(interaction)
            await open_form(interaction, cards.quiet_form(words, own))
            return
        start, end = (press.fields.get(name, "").strip() for name in ("from", "until"))
        quiet = (parse_clock(start), parse_clock(end)) if start or end else None
        settings = await self._members.set_quiet(
            group_of(interaction), interaction.user.id, quiet, self._bot.clock.now()
        )
        await self._show(interaction, settings, words.say("Done."))

    @on_press("settings.warning")
    async def warning(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        """The streak warning: a direct message on the last day on which the week's plan can still be kept."""
        on, words = press.text(0) == "on", words_of(interaction)
        await self._bot.services.reminders.set_streak_warning(
            group_of(interaction), interaction.user.id, on, self._bot.clock.now()
        )
        said = (
            words.say(
                "Done. When a streak is at risk, one direct message at 17:00 says so, with the skips you have left."
            )
            if on
            else words.say("Done. No warning comes any more.")
        )
        await self._show(interaction, await self._own(interaction), said)

    @on_press("settings.listed")
    async def listed(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        on, words = press.text(0) == "yes", words_of(interaction)
        redraw = await self._bot.services.leaderboards.set_listed(
            group_of(interaction), interaction.user.id, on, self._bot.clock.now()
        )
        if redraw:
            self._bot.redraw_boards()
        said = (
            words.say("Done. You are on the boards from the next one on.")
            if on
            else words.say("Done. Boards leave you out, and your name is taken out of those already posted.")
        )
        await self._show(interaction, await self._own(interaction), said)

    @on_press("settings.language")
    async def language(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        chosen = next(iter(press.values), "")
        settings = await self._members.set_language(
            group_of(interaction),
            interaction.user.id,
            None if chosen == "discord" else chosen,
            self._bot.catalogues.languages,
            self._bot.clock.now(),
        )
        self._bot.languages = await self._members.chosen_languages()
        await self._show(interaction, settings, words_of(interaction).say("Done."))

    @app_commands.command(
        name=locale_str("privacy"),
        description=locale_str("What is stored of you and why; take it along or erase it (private)"),
    )
    @app_commands.guild_only()
    async def privacy(self, interaction: discord.Interaction[SecondWind]) -> None:
        await self._show_privacy(interaction)

    @on_press("privacy.open")
    async def open_privacy(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        await self._show_privacy(interaction)

    @on_press("privacy.export")
    async def export(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        """A zip as a private attachment; the panel stays where it is."""
        group_id = own_group(interaction)
        await think(interaction)
        await self._bot.services.checkins.places.flush()
        export = await self._members.export(group_id, interaction.user.id)
        data = await asyncio.to_thread(packed, export, self._bot.clock.now())
        file = discord.File(io.BytesIO(data), EXPORT_NAME)
        await reply(interaction, cards.export_card(words_of(interaction)), files=[file])

    @on_press("privacy.erase")
    async def ask_erase(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        holdings = await self._members.holdings(own_group(interaction), interaction.user.id)
        await show_private(
            interaction, erasure_cards.ask_erase(words_of(interaction), _what(press), holdings)
        )

    @on_press("privacy.erased")
    async def erase(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        """Erase, answer, take the name out of posts, and then let the cards go one by one."""
        what, group_id, person_id = _what(press), own_group(interaction), interaction.user.id
        await hold(interaction)
        if what == FEELINGS:
            gone = await self._members.erase_feelings(group_id, person_id, self._bot.clock.now())
            log.info("erased", extra={"interaction": interaction.id, "what": what})
            await show_private(interaction, erasure_cards.erased(words_of(interaction), what, gone))
            return
        erase = erase_everything if what == EVERYTHING else erase_runs
        erasure = await erase(self._bot, group_id, person_id)
        log.info("erased", extra={"interaction": interaction.id, "what": what})
        await show_private(interaction, erasure_cards.erased(words_of(interaction), what, erasure.erased))
        # names first: hundreds of cards take minutes, and only those wait on after a stop
        await take_names_out(self._bot, erasure)
        await tell_swept(interaction, await sweep(self._bot, self._removals, group_id))

    async def _own(self, interaction: discord.Interaction[SecondWind]) -> MemberSettings:
        return await self._members.settings(group_of(interaction), interaction.user.id)

    async def _show(
        self, interaction: discord.Interaction[SecondWind], settings: MemberSettings, said: str | None = None
    ) -> None:
        languages, now = self._bot.catalogues.languages, self._bot.clock.now()
        await show_private(
            interaction, cards.settings_panel(words_of(interaction), settings, languages, now, said)
        )

    async def _show_privacy(self, interaction: discord.Interaction[SecondWind]) -> None:
        group_id, person_id = own_group(interaction), interaction.user.id
        panel = cards.privacy_panel(
            words_of(interaction),
            await self._members.holdings(group_id, person_id),
            await self._own(interaction),
            feelings_on=(await self._bot.services.consents.state(group_id, person_id)).on,
            policy_url=self._bot.services.host.policy_url,
        )
        await show_private(interaction, panel)


def _what(press: Press) -> str:
    """What is to be erased. Raises Refusal for anything but those that are offered."""
    what = press.text(0)
    if what not in (RUNS, FEELINGS, EVERYTHING):
        raise Refusal("That button is from an older message. Use the command again for a fresh one.")
    return what


async def setup(bot: SecondWind) -> None:
    """Called by discord.py when the cog is loaded."""
    await bot.add_cog(Members(bot))
