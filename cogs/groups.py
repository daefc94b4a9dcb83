"""`/setup`: organisers give the group its zone and channel in three presses, and the rest at leisure."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.care.page_cards import care_page
from bot.encouragement.cards import own_panel
from bot.errors import Refusal
from bot.groups import cards, choices
from bot.groups.choices import LEISURE, QUICK
from bot.groups.posts_cards import posts_page
from bot.groups.rules import GroupSettings, likely_zones
from bot.members.removals import CardRemovals
from bot.members.sweep import sweep, tell_swept
from bot.ui.doors import hold, open_form, reply, report_error, words_of
from bot.ui.private import show_private
from bot.ui.rights import is_organiser, missing_where_chosen, organised
from bot.ui.router import Press, on_press
from bot.ui.zones import ANOTHER, FIELD, resolve, zone_form

if TYPE_CHECKING:
    from bot.client import SecondWind

log = logging.getLogger(__name__)


class Groups(commands.Cog):
    """What organisers do. Every door asks again who it is that presses."""

    def __init__(self, bot: SecondWind) -> None:
        self._bot = bot
        self._groups = bot.services.groups
        self._told: set[int] = set()  # groups whose organisers need no word about setup any more

    @app_commands.command(
        name=locale_str("setup"),
        description=locale_str("For organisers: time zone, runs channel, and how this group counts"),
    )
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    async def setup(self, interaction: discord.Interaction[SecondWind]) -> None:
        settings = await organised(interaction)
        self._told.add(settings.group_id)
        await reply(interaction, self._opening(interaction, settings))

    def _opening(
        self, interaction: discord.Interaction[SecondWind], settings: GroupSettings
    ) -> discord.ui.LayoutView:
        words, now = words_of(interaction), self._bot.clock.now()
        if settings.set_up:
            return cards.panel(words, settings, self._bot.catalogues.languages, now)
        return cards.quick_zone(words, likely_zones(str(interaction.guild_locale)), now)

    @on_press("setup.quick")
    async def quick(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        await organised(interaction)
        zones = likely_zones(str(interaction.guild_locale))
        await show_private(interaction, cards.quick_zone(words_of(interaction), zones, self._bot.clock.now()))

    @on_press("setup.panel")
    async def panel(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        await self._show(interaction, await organised(interaction))

    @on_press("setup.zone")
    async def zone(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        """A zone from the menu, or a city from the form; `quick` or `leisure` says what comes next."""
        settings = await organised(interaction)
        words, now, way = words_of(interaction), self._bot.clock.now(), _way(press)
        if press.values == (ANOTHER,):
            await open_form(interaction, zone_form(words, "setup.zone", way))
            return
        typed = press.fields.get(FIELD) or next(iter(press.values), "")
        meant = resolve(typed)
        if meant.zone is None:
            said = words.say("Several places come near. Which one is it?")
            await show_private(interaction, choices.choose_zone(words, meant.nearest, now, way, said))
            return
        settings = await self._groups.set_zone(settings.group_id, meant.zone, now)
        if way == QUICK:
            await show_private(interaction, cards.quick_channel(words, settings))
        else:
            said = words.say(
                "Done. Check-ins from now on use that zone; days already counted stay as they were."
            )
            await self._show(interaction, settings, said)

    @on_press("setup.channel")
    async def channel(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        settings = await organised(interaction)
        words, way = words_of(interaction), _way(press)
        channel_id = _chosen_id(press)
        missing = await missing_where_chosen(interaction, channel_id)
        if missing:
            said = cards.cannot_post(words, channel_id, missing)
            shown = (
                cards.quick_channel(words, settings, said)
                if way == QUICK
                else choices.choose_channel(words, said)
            )
            await show_private(interaction, shown)
            return
        settings = await self._groups.set_runs_channel(settings.group_id, channel_id, self._bot.clock.now())
        if way == QUICK:
            await show_private(interaction, cards.quick_done(words, settings))
        else:
            await self._show(interaction, settings, words.say("Done. Run cards go there from now on."))

    @on_press("setup.post")
    async def post(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        """Post the permanent card; where it stood before, the old one goes."""
        settings = await organised(interaction)
        words = words_of(interaction)
        channel_id = settings.runs_channel_id
        if channel_id is None:
            raise Refusal("Choose the runs channel first: the card goes there.")
        missing = await missing_where_chosen(interaction, channel_id)
        if missing:
            said = cards.cannot_post(words, channel_id, missing)
            await show_private(interaction, cards.quick_channel(words, settings, said))
            return
        await hold(interaction)
        channel = self._bot.get_partial_messageable(channel_id, guild_id=settings.group_id)
        public = self._bot.catalogues.choose(settings.language)
        message = await channel.send(view=cards.permanent_card(public))
        moved = await self._groups.panel_posted(
            settings.group_id, channel_id, message.id, self._bot.clock.now()
        )
        await self._show(interaction, moved.settings, cards.posted(words, moved.settings))
        if moved.old is not None:
            await self._remove(*moved.old)

    @on_press("setup.choose")
    async def choose(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        settings = await organised(interaction)
        words = words_of(interaction)
        match press.values:
            case ("zone",):
                zones = likely_zones(str(interaction.guild_locale))
                shown = choices.choose_zone(words, zones, self._bot.clock.now(), LEISURE)
            case ("channel",):
                shown = choices.choose_channel(words)
            case ("posts",):
                posts = await self._groups.posts(settings.group_id, self._bot.clock.now())
                shown = posts_page(words, posts)
            case ("words",):
                shown = own_panel(words, await self._bot.services.encouragement.own(settings.group_id))
            case ("units",):
                shown = choices.choose_units(words)
            case ("week",):
                shown = choices.choose_week_start(words)
            case ("day",):
                shown = choices.choose_day_start(words)
            case ("role",):
                shown = choices.choose_role(words)
            case ("makers",):
                shown = choices.choose_makers(words)
            case ("feelings",):
                page = await self._bot.services.care.page(settings.group_id)
                shown = care_page(words, page, policy_url=self._bot.services.host.policy_url)
            case ("language",):
                shown = choices.choose_language(words, self._bot.catalogues.languages)
            case ("erase",):
                shown = cards.ask_erase(words, await self._groups.holdings(settings.group_id))
            case _:
                raise Refusal("That menu is from an older message. Use /setup again for a fresh one.")
        await show_private(interaction, shown)

    @on_press("setup.units")
    async def units(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        settings = await organised(interaction)
        settings = await self._groups.set_units(settings.group_id, press.text(0), self._bot.clock.now())
        await self._show(interaction, settings, words_of(interaction).say("Done. New cards use these units."))

    @on_press("setup.week")
    async def week(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        settings = await organised(interaction)
        weekday = next(iter(press.values), "")
        settings = await self._groups.set_week_start(settings.group_id, weekday, self._bot.clock.now())
        said = words_of(interaction).say(
            "Done. Check-ins keep their days; weeks are cut at that day from here."
        )
        await self._show(interaction, settings, said)

    @on_press("setup.day")
    async def day(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        settings = await organised(interaction)
        chosen = next(iter(press.values), "")
        minute = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) <= 4 else -1
        settings = await self._groups.set_day_start(settings.group_id, minute, self._bot.clock.now())
        said = words_of(interaction).say(
            "Done. Check-ins from now on use it; days already counted stay as they were."
        )
        await self._show(interaction, settings, said)

    @on_press("setup.role")
    async def role(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        settings = await organised(interaction)
        role_id = _chosen_id(press) if press.values else None
        if role_id == settings.group_id:
            raise Refusal("That role is everyone here. Choose a role that organisers alone have.")
        settings = await self._groups.set_organiser_role(settings.group_id, role_id, self._bot.clock.now())
        await self._show(interaction, settings, words_of(interaction).say("Done."))

    @on_press("setup.makers")
    async def makers(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        settings = await organised(interaction)
        settings = await self._groups.set_makers(settings.group_id, press.text(0), self._bot.clock.now())
        await self._show(interaction, settings, words_of(interaction).say("Done."))

    @on_press("setup.language")
    async def language(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        settings = await organised(interaction)
        settings = await self._groups.set_language(
            settings.group_id,
            next(iter(press.values), ""),
            self._bot.catalogues.languages,
            self._bot.clock.now(),
        )
        await self._show(interaction, settings, words_of(interaction).say("Done. New cards speak it."))

    @on_press("setup.erase")
    async def erase(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        await organised(interaction)
        await open_form(interaction, cards.erase_form(words_of(interaction)))

    @on_press("setup.erased")
    async def erased(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        settings = await organised(interaction)
        words = words_of(interaction)
        if press.fields.get("word", "").strip().casefold() != cards.erase_word(words).casefold():
            raise Refusal(
                "Nothing was erased, as the word was another one. Press the button again to try anew."
            )
        await hold(interaction)
        gone = await self._groups.erase(settings.group_id, self._bot.clock.now())
        log.info("group_erased", extra={"interaction": interaction.id})
        await show_private(interaction, cards.erased(words, gone))
        result = await sweep(self._bot, CardRemovals(self._bot.services.database), settings.group_id)
        await tell_swept(interaction, result)

    @commands.Cog.listener()
    async def on_app_command_completion(
        self, interaction: discord.Interaction[SecondWind], command: Any
    ) -> None:
        """Tell an organiser, once a group and privately, that everything works and setup waits."""
        group_id = interaction.guild_id
        if group_id is None or group_id in self._told or not is_organiser(interaction, None):
            return
        if self._bot.stopping:
            return
        if interaction.response.type is discord.InteractionResponseType.modal:
            return  # nothing can follow a form; the next command will do
        self._told.add(group_id)
        with self._bot.under_way():  # the command itself is over: a stop would not wait for this
            try:
                if await self._groups.nudge(group_id, self._bot.clock.now()):
                    await reply(interaction, cards.nudge(words_of(interaction)))
            except Exception as error:  # noqa: BLE001 - a listener's errors would vanish
                await report_error(interaction, error)

    async def _show(
        self, interaction: discord.Interaction[SecondWind], settings: GroupSettings, said: str | None = None
    ) -> None:
        languages = self._bot.catalogues.languages
        await show_private(
            interaction, cards.panel(words_of(interaction), settings, languages, self._bot.clock.now(), said)
        )

    async def _remove(self, channel_id: int, message_id: int) -> None:
        """Delete an older permanent card; where Discord does not allow that it stays, and works."""
        channel = self._bot.get_partial_messageable(channel_id)
        try:
            await channel.get_partial_message(message_id).delete()
        except discord.HTTPException as error:
            log.info("old_panel_stays", extra={"code": error.code})


def _way(press: Press) -> str:
    return QUICK if press.text(0) == QUICK else LEISURE


def _chosen_id(press: Press) -> int:
    """The id chosen in a menu of channels or roles. Raises Refusal for anything else."""
    return Press(press.action, press.values).number(0)


async def setup(bot: SecondWind) -> None:
    """Called by discord.py when the cog is loaded."""
    await bot.add_cog(Groups(bot))
