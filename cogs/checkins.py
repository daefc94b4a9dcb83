"""The door of checking in: /checkin, /run log, cheers."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import discord
from discord import app_commands
from discord.app_commands import Choice, locale_str
from discord.ext import commands

from bot.checkins import suggestions
from bot.checkins.checkin_cards import (
    detail_choice,
    detail_form,
    fields_in,
    form_again,
    panel_card,
    same_card,
    twin_question,
    zone_kept,
)
from bot.checkins.choices import kind_of, second_reading, visibility_of
from bot.checkins.delivery import CardAhead, answer_in_private, answer_in_public, public_card, tell_notices
from bot.checkins.model import Entry
from bot.checkins.reading import TwinAsked
from bot.checkins.track import Activity
from bot.errors import Refusal
from bot.members.removals import CardRemovals
from bot.members.sweep import sweep
from bot.plans.cards import return_offer
from bot.ui.commands import run_group
from bot.ui.doors import (
    change,
    change_pressed,
    group_of,
    hold,
    open_form,
    pressed_on_its_card,
    reply,
    sentence_of,
    suggests,
    think,
    words_of,
)
from bot.ui.router import Press, on_press

if TYPE_CHECKING:
    from bot.client import SecondWind

Interaction: TypeAlias = "discord.Interaction[SecondWind]"


class Checkins(commands.Cog):
    """Checking in."""

    def __init__(self, bot: SecondWind) -> None:
        self.bot = bot
        self.service = bot.services.checkins

    async def cog_load(self) -> None:
        run_group(self.bot).add_command(_log_command(self))

    async def cog_unload(self) -> None:
        run_group(self.bot).remove_command("log")
        await self.service.places.close()

    # /run log

    async def log(self, interaction: Interaction, entry: Entry, file: discord.Attachment | None) -> None:
        """Store a run that was given as options, and answer with its card."""
        group_id = group_of(interaction)
        if file is None and not entry.distance and not entry.time:
            raise Refusal(
                "Type a distance, a time or both, or attach a file. To just count a run, use /checkin."
            )
        if file is not None:
            await think(interaction)
            entry = _with_file(entry, await self._read(file))
        ahead = CardAhead(self.bot)
        outcome = await self.service.log_run(
            group_id,
            interaction.user.id,
            interaction.id,
            entry,
            self.bot.clock.now(),
            ahead=ahead if file is None else None,
        )
        if isinstance(outcome, TwinAsked):
            await reply(interaction, twin_question(outcome, interaction.id, words_of(interaction)))
            return
        if not await answer_in_public(interaction, outcome, ahead):
            await answer_in_private(interaction, outcome, partial(reply, interaction))
        if outcome.completed and not outcome.figures.run.public:
            await sweep(self.bot, CardRemovals(self.bot.services.database), group_id)

    @on_press("run.second")
    async def second(self, interaction: Interaction, press: Press) -> None:
        """Yes, it was a second run."""
        reading = second_reading(press, interaction.message)
        logged = await self.service.log_second(
            group_of(interaction), interaction.user.id, press.number(0), reading, self.bot.clock.now()
        )
        await answer_in_private(interaction, logged, partial(change, interaction))

    @on_press("run.same")
    async def same(self, interaction: Interaction, _press: Press) -> None:
        """No, it was the same one."""
        await change(interaction, same_card(words_of(interaction)))

    @on_press("run.cheer")
    async def cheer(self, interaction: Interaction, press: Press) -> None:
        """Cheer, or take the cheer back."""
        figures = await self.service.cheer(
            group_of(interaction), press.number(0), interaction.user.id, self.bot.clock.now()
        )
        layout = public_card(self.bot, figures)
        if not pressed_on_its_card(interaction):
            await reply(interaction, layout)
            return
        await change_pressed(interaction, layout)
        if figures.run.message_id is None and interaction.message and interaction.channel_id:
            self.service.places.put(figures.run.run_id, interaction.channel_id, interaction.message.id)

    # /checkin

    @app_commands.command(
        name=locale_str("checkin"),
        description=locale_str("Check in with one tap: I ran, I walked, resting"),
    )
    @app_commands.guild_only()
    async def checkin(self, interaction: Interaction) -> None:
        """Open the private panel."""
        await self._open(interaction)

    @on_press("checkin.open")
    async def open(self, interaction: Interaction, _press: Press) -> None:
        """The group's permanent card opens the same panel."""
        await self._open(interaction)

    @on_press("checkin.back")
    async def back(self, interaction: Interaction, press: Press) -> None:
        """From the question about details back to the panel."""
        panel = await self.service.panel(group_of(interaction), interaction.user.id, self.bot.clock.now())
        await change(interaction, panel_card(panel, press.number(0), words_of(interaction)))

    @on_press("checkin.activity")
    async def activity(self, interaction: Interaction, press: Press) -> None:
        """I ran, or I walked: just count it, or add details."""
        await change(
            interaction, detail_choice(kind_of(press.text(0)), press.number(1), words_of(interaction))
        )

    @on_press("checkin.count")
    async def count(self, interaction: Interaction, press: Press) -> None:
        """Just count it."""
        await self._check_in(interaction, Entry(activity=kind_of(press.text(0))), press.number(1))

    @on_press("checkin.details")
    async def details(self, interaction: Interaction, press: Press) -> None:
        """Open the form."""
        made = detail_form(kind_of(press.text(0)), press.number(1), words_of(interaction))
        await open_form(interaction, made)

    @on_press("checkin.typed")
    async def typed(self, interaction: Interaction, press: Press) -> None:
        """The form was filled in."""
        fields = press.fields
        entry = Entry(
            distance=fields.get("distance", "").strip() or None,
            time=fields.get("time", "").strip() or None,
            when=fields.get("when", "").strip() or None,
            note=fields.get("note") or None,
            activity=kind_of(press.text(0)),
            language=words_of(interaction).language,
        )
        files, opened_by = press.files.get("file"), press.number(1)
        try:
            if files:
                await hold(interaction)
                entry = _with_file(entry, await self._read(files[0]))
            await self._check_in(interaction, entry, opened_by)
        except Refusal as refusal:
            # a form that is not taken gives back what was typed
            words = words_of(interaction)
            kind = kind_of(press.text(0))
            again = form_again(sentence_of(refusal, words), fields, kind, opened_by, words)
            await change(interaction, again)

    @on_press("checkin.again")
    async def again(self, interaction: Interaction, press: Press) -> None:
        """Open the form with what stood in it before."""
        kind, typed = kind_of(press.text(0)), fields_in(interaction.message)
        await open_form(interaction, detail_form(kind, press.number(1), words_of(interaction), typed))

    @on_press("checkin.rest")
    async def rest(self, interaction: Interaction, press: Press) -> None:
        """Resting today, or not after all."""
        panel = await self.service.rest(
            group_of(interaction), interaction.user.id, self.bot.clock.now(), resting=press.number(0) == 1
        )
        await change(interaction, panel_card(panel, press.number(1), words_of(interaction)))

    @on_press("checkin.zone")
    async def zone(self, interaction: Interaction, press: Press) -> None:
        """Yes, it is that late where I am."""
        await self.service.confirm_zone(
            group_of(interaction), interaction.user.id, press.text(0), self.bot.clock.now()
        )
        await change(interaction, zone_kept(words_of(interaction)))

    async def _open(self, interaction: Interaction) -> None:
        panel = await self.service.panel(group_of(interaction), interaction.user.id, self.bot.clock.now())
        await reply(interaction, panel_card(panel, interaction.id, words_of(interaction)))
        await tell_notices(interaction)
        await self._welcome_back(interaction)

    async def _welcome_back(self, interaction: Interaction) -> None:
        """A pause that ended on its day has no "I'm back": who comes after it is offered a smaller goal here."""
        plan = await self.bot.services.plans.state(
            group_of(interaction), interaction.user.id, self.bot.clock.now()
        )
        offer = return_offer(words_of(interaction), plan)
        if offer is not None:
            await reply(interaction, offer)

    async def _check_in(self, interaction: Interaction, entry: Entry, opened_by: int) -> None:
        """Store what the panel that `opened_by` opened was pressed for: one panel stores one run."""
        outcome = await self.service.log_run(
            group_of(interaction), interaction.user.id, opened_by, entry, self.bot.clock.now()
        )
        show = partial(change, interaction)
        if isinstance(outcome, TwinAsked):
            await show(twin_question(outcome, opened_by, words_of(interaction)))
        else:
            await answer_in_private(interaction, outcome, show)

    async def _read(self, file: discord.Attachment) -> Activity:
        services = self.bot.services
        data = await services.attachments.read(file, services.files.limits.file_bytes)
        return await services.files.read(file.filename, data)

    # autocomplete: private to the member, and never an error

    @suggests
    async def suggest_distance(self, interaction: Interaction, current: str) -> list[Choice[str]]:
        """The latest distances of the member, and the usual ones."""
        hints = await self.service.hints(group_of(interaction), interaction.user.id, self.bot.clock.now())
        return _choices(suggestions.distances(current, hints, words_of(interaction)))

    @suggests
    async def suggest_when(self, interaction: Interaction, current: str) -> list[Choice[str]]:
        """Today and the days before."""
        hints = await self.service.hints(group_of(interaction), interaction.user.id, self.bot.clock.now())
        return _choices(suggestions.days(current, hints.frame, words_of(interaction)))


def _log_command(cog: Checkins) -> app_commands.Command[Any, ..., None]:
    """/run log: a subcommand of the group that several cogs add to."""

    @app_commands.command(
        name=locale_str("log"),
        description=locale_str("Log a run: a distance, a time, or both, or a file from your watch"),
    )
    @app_commands.rename(
        distance=locale_str("distance"),
        time=locale_str("time"),
        when=locale_str("when"),
        note=locale_str("note"),
        activity=locale_str("activity"),
        file=locale_str("file"),
        visibility=locale_str("visibility"),
    )
    @app_commands.describe(
        distance=locale_str("Like 5k, 5.2 km, 3.1 mi or half marathon"),
        time=locale_str("Like 26:41, 1:02:03 or 31 min"),
        when=locale_str("Today unless you say: yesterday, Saturday, 2026-11-20 07:15"),
        note=locale_str("A few words; they show on your card"),
        activity=locale_str("A run unless you say"),
        file=locale_str("FIT, GPX or TCX from your watch"),
        visibility=locale_str("Your usual one unless you say"),
    )
    @app_commands.choices(
        activity=[
            Choice(name=locale_str("run"), value="run"),
            Choice(name=locale_str("walk"), value="walk"),
        ],
        visibility=[
            Choice(name=locale_str("group"), value="group"),
            Choice(name=locale_str("private"), value="private"),
        ],
    )
    async def log(
        interaction: Interaction,
        distance: str | None = None,
        time: str | None = None,
        when: str | None = None,
        note: str | None = None,
        activity: str | None = None,
        file: discord.Attachment | None = None,
        visibility: str | None = None,
    ) -> None:
        language = words_of(interaction).language
        entry = Entry(
            distance=distance,
            time=time,
            when=when,
            note=note,
            activity=None if activity is None else kind_of(activity),
            visibility=None if visibility is None else visibility_of(visibility),
            language=language,
        )
        await cog.log(interaction, entry, file)

    log.autocomplete("distance")(cog.suggest_distance)
    log.autocomplete("when")(cog.suggest_when)
    return log


def _with_file(entry: Entry, activity: Activity) -> Entry:
    return replace(entry, file=activity)


def _choices(pairs: list[tuple[str, str]]) -> list[Choice[str]]:
    return [Choice(name=shown[:100], value=value) for shown, value in pairs]


async def setup(bot: SecondWind) -> None:
    """Add the cog."""
    await bot.add_cog(Checkins(bot))
