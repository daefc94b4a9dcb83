"""`/remindme` and `/reminders`, and the buttons of what comes."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

import discord
from discord import app_commands
from discord.app_commands import Choice, locale_str
from discord.ext import commands

from bot.checkins.delivery import tell_notices
from bot.errors import Refusal
from bot.reminders import cards, panel_cards, suggestions
from bot.reminders.answers import ReminderAnswers
from bot.reminders.deciding import Deciding
from bot.reminders.model import ReminderSet
from bot.reminders.panel_cards import ANOTHER
from bot.reminders.posting import render_reminder, render_warning, send_test
from bot.reminders.rules import BY_OWNER, LATENESS, LONGEST_WORDS, REMINDER, STREAK_WARNING
from bot.scheduling.delivery import Route
from bot.scheduling.weekdays import parse_weekdays
from bot.ui.doors import group_of, hold, open_form, reply, speaks_of, suggests, words_of
from bot.ui.first_answer import DISCORD_TROUBLE
from bot.ui.private import show_private
from bot.ui.router import Press, on_press
from bot.ui.text import clean
from bot.when import parse_clock

if TYPE_CHECKING:
    from bot.client import SecondWind
    from bot.reminders.model import Pressed

log = logging.getLogger(__name__)
Interaction: TypeAlias = "discord.Interaction[SecondWind]"
_CLOSED = (50007, 50278)


class RemindersCog(commands.Cog, name="Reminders"):
    """Reminders of who asks, in the group where they ask; what comes works in direct messages."""

    def __init__(self, bot: SecondWind) -> None:
        self._bot = bot
        self._service = bot.services.reminders
        self._answers = ReminderAnswers(bot.services.database)
        deciding = Deciding(bot.services.database)
        bot.courier.register(
            REMINDER, Route(decide=deciding.reminder, render=render_reminder, lateness=LATENESS)
        )
        bot.courier.register(
            STREAK_WARNING, Route(decide=deciding.warning, render=render_warning, lateness=LATENESS)
        )

    @app_commands.command(
        name=locale_str("remindme"),
        description=locale_str("A reminder by direct message, at the time you choose (private)"),
    )
    @app_commands.rename(time=locale_str("time"), days=locale_str("days"), own=locale_str("words"))
    @app_commands.describe(
        time=locale_str("Like 7:15, 18:30 or 6:30 pm"),
        days=locale_str("daily, weekdays, weekend, or names like Mon Wed Fri"),
        own=locale_str("Your own words; without any a fitting message comes"),
    )
    @app_commands.guild_only()
    async def remindme(self, interaction: Interaction, time: str, days: str, own: str | None = None) -> None:
        await self._set(interaction, time, days, own)
        await tell_notices(interaction)

    @remindme.autocomplete("time")
    @suggests
    async def suggest_time(self, interaction: Interaction, current: str) -> list[Choice[str]]:
        return [Choice(name=n, value=v) for n, v in suggestions.times(current, words_of(interaction))]

    @remindme.autocomplete("days")
    @suggests
    async def suggest_days(self, interaction: Interaction, current: str) -> list[Choice[str]]:
        return [Choice(name=n, value=v) for n, v in suggestions.days(current, words_of(interaction))]

    @app_commands.command(
        name=locale_str("reminders"),
        description=locale_str("Your reminders: change, snooze, remove (private)"),
    )
    @app_commands.guild_only()
    async def reminders(self, interaction: Interaction) -> None:
        await self._list(interaction)
        await tell_notices(interaction)

    # The list and what it opens.

    @on_press("remind.open")
    async def open(self, interaction: Interaction, press: Press) -> None:
        await self._list(interaction)

    @on_press("remind.usual")
    async def usual(self, interaction: Interaction, press: Press) -> None:
        """One of the usual times, or the form for another."""
        chosen = press.values[0] if press.values else ANOTHER
        if chosen == ANOTHER:
            await open_form(interaction, panel_cards.reminder_form(words_of(interaction)))
            return
        usual = Press("", tuple(chosen.split("-")))
        await self._store(interaction, usual.number(0), usual.number(1), None)

    @on_press("remind.new")
    async def new(self, interaction: Interaction, press: Press) -> None:
        await open_form(interaction, panel_cards.reminder_form(words_of(interaction)))

    @on_press("remind.one")
    async def one(self, interaction: Interaction, press: Press) -> None:
        await self._show(interaction, Press("", press.values).number(0))

    @on_press("remind.change")
    async def change(self, interaction: Interaction, press: Press) -> None:
        stands = await self._service.reminders(
            group_of(interaction), interaction.user.id, self._bot.clock.now()
        )
        found = stands.find(press.number(0))
        if found is None:
            raise Refusal("That reminder is not there any more. Use /reminders to see those that are.")
        await open_form(interaction, panel_cards.reminder_form(words_of(interaction), found))

    @on_press("remind.typed")
    async def typed(self, interaction: Interaction, press: Press) -> None:
        """The form: of a new one, or of one that is changed."""
        fields, words = press.fields, words_of(interaction)
        if not press.arguments:
            await self._set(interaction, fields.get("time", ""), fields.get("days", ""), fields.get("words"))
            return
        result = await self._service.change(
            group_of(interaction),
            interaction.user.id,
            press.number(0),
            parse_clock(fields.get("time", "")),
            parse_weekdays(fields.get("days", ""), words.language),
            clean(fields.get("words", ""), LONGEST_WORDS) or None,
            self._bot.clock.now(),
        )
        await self._answer(interaction, result, words.say("Done."))

    @on_press("remind.skip")
    async def skip(self, interaction: Interaction, press: Press) -> None:
        result = await self._service.skip_next(*self._which(interaction, press))
        await self._answer(interaction, result, words_of(interaction).say("The next one is left out."))

    @on_press("remind.week")
    async def week(self, interaction: Interaction, press: Press) -> None:
        result = await self._service.snooze_week(*self._which(interaction, press))
        await self._answer(interaction, result, words_of(interaction).say("None comes for a week."))

    @on_press("remind.unskip")
    async def unskip(self, interaction: Interaction, press: Press) -> None:
        result = await self._service.wait_no_more(*self._which(interaction, press))
        await self._answer(interaction, result, words_of(interaction).say("None is left out."))

    @on_press("remind.turn")
    async def turn(self, interaction: Interaction, press: Press) -> None:
        on, words = press.text(1) == "on", words_of(interaction)
        result = await self._service.turn(*self._which(interaction, press), on=on)
        await self._answer(interaction, result, words.say("It is on.") if on else words.say("It is off."))

    @on_press("remind.remove")
    async def remove(self, interaction: Interaction, press: Press) -> None:
        removed = await self._service.remove(*self._which(interaction, press))
        await show_private(interaction, panel_cards.removed_card(removed, words_of(interaction)))

    @on_press("remind.back")
    async def back(self, interaction: Interaction, press: Press) -> None:
        result = await self._service.bring_back(*self._which(interaction, press))
        await self._answer(interaction, result, words_of(interaction).say("It is back."))

    @on_press("remind.test")
    async def test(self, interaction: Interaction, press: Press) -> None:
        """Send the test of a reminder again; one that is off because it could not be sent gets another chance."""
        group_id, person_id, schedule_id, now = self._which(interaction, press)
        stands = await self._service.reminders(group_id, person_id, now)
        found = stands.find(schedule_id)
        if found is None:
            raise Refusal("That reminder is not there any more. Use /reminders to see those that are.")
        result = ReminderSet(stands, found)
        if found.off_reason not in (None, BY_OWNER):
            result = await self._service.turn(group_id, person_id, schedule_id, now, on=True)
        await self._test(interaction, result)

    @on_press("remind.channel")
    async def channel(self, interaction: Interaction, press: Press) -> None:
        """In the runs channel instead of direct messages."""
        group_id, person_id, schedule_id, now = self._which(interaction, press)
        stands = await self._service.reminders(group_id, person_id, now)
        if stands.runs_channel_id is None:
            raise Refusal("This group has no runs channel. An organiser chooses one with /setup.")
        result = await self._service.send_to(group_id, person_id, schedule_id, stands.runs_channel_id, now)
        await show_private(interaction, panel_cards.channel_card(result, words_of(interaction)))

    @on_press("remind.direct")
    async def direct(self, interaction: Interaction, press: Press) -> None:
        group_id, person_id, schedule_id, now = self._which(interaction, press)
        await self._test(
            interaction, await self._service.send_to(group_id, person_id, schedule_id, None, now)
        )

    # What comes.

    @on_press("remind.log")
    async def log(self, interaction: Interaction, press: Press) -> None:
        """Check in right here, for the group that the reminder is of."""
        pressed, words = await self._pressed(interaction, press), words_of(interaction)
        made = cards.over_card(pressed.kind, words) if pressed.over else cards.log_card(interaction.id, words)
        await reply(interaction, made)

    @on_press("remind.rest")
    async def rest(self, interaction: Interaction, press: Press) -> None:
        """Not today: that day's other reminders stay silent too."""
        pressed = await self._answers.not_today(*self._whose(interaction, press), self._bot.clock.now())
        words = words_of(interaction)
        made = cards.over_card(pressed.kind, words) if pressed.over else cards.rest_card(words)
        await reply(interaction, made)

    @on_press("remind.snooze")
    async def snooze(self, interaction: Interaction, press: Press) -> None:
        snoozed = await self._answers.snooze(*self._whose(interaction, press), self._bot.clock.now())
        words = words_of(interaction)
        made = cards.over_card(REMINDER, words) if snoozed.over else cards.snoozed_card(snoozed, words)
        await reply(interaction, made)

    @on_press("remind.stop")
    async def stop(self, interaction: Interaction, press: Press) -> None:
        pressed = await self._answers.stop(*self._whose(interaction, press), self._bot.clock.now())
        await reply(interaction, cards.stopped_card(pressed, words_of(interaction)))

    @on_press("remind.keep")
    async def keep(self, interaction: Interaction, press: Press) -> None:
        await self._pressed(interaction, press)
        await reply(interaction, cards.kept_card(words_of(interaction)))

    async def _pressed(self, interaction: Interaction, press: Press) -> Pressed:
        pressed = await self._answers.pressed(*self._whose(interaction, press), self._bot.clock.now())
        if interaction.guild_id is None:
            speaks_of(interaction, press.number(0))  # it was sent to this person for this group
        return pressed

    def _whose(self, interaction: Interaction, press: Press) -> tuple[int, int, int]:
        """Group, person and delivery. In a channel the group is the channel's, whatever the button says."""
        group_id = press.number(0) if interaction.guild_id is None else group_of(interaction)
        return group_id, interaction.user.id, press.number(1)

    # What the methods above are made of.

    def _which(self, interaction: Interaction, press: Press) -> tuple[int, int, int, datetime]:
        """Group, person, schedule and the present moment."""
        return group_of(interaction), interaction.user.id, press.number(0), self._bot.clock.now()

    async def _set(self, interaction: Interaction, time: str, days: str, own: str | None) -> None:
        minute, language = parse_clock(time), words_of(interaction).language
        await self._store(
            interaction, minute, parse_weekdays(days, language), clean(own or "", LONGEST_WORDS) or None
        )

    async def _store(self, interaction: Interaction, minute: int, days: int, own: str | None) -> None:
        result = await self._service.add(
            group_of(interaction),
            interaction.user.id,
            interaction.id,
            minute,
            days,
            own,
            self._bot.clock.now(),
        )
        await self._test(interaction, result)

    async def _test(self, interaction: Interaction, result: ReminderSet) -> None:
        """Send the test, and say what was set; Discord is asked first, so the answer is held."""
        words, person_id = words_of(interaction), interaction.user.id
        if result.reminder.channel_id is not None or not result.fresh:
            await show_private(interaction, panel_cards.set_card(result, words))
            return
        await hold(interaction)
        state = await self._bot.services.plans.state(group_of(interaction), person_id, self._bot.clock.now())
        try:
            message = await send_test(self._bot, person_id, result, state, words)
        except discord.Forbidden as refused:
            if refused.code not in _CLOSED:
                raise
            await show_private(interaction, panel_cards.closed_card(result, words))
        except DISCORD_TROUBLE as trouble:
            log.warning("test_not_sent", extra={"kind": type(trouble).__name__})
            await show_private(interaction, panel_cards.set_card(result, words, tested=False))
        else:
            await show_private(interaction, panel_cards.set_card(result, words, message.jump_url))

    async def _list(self, interaction: Interaction) -> None:
        stands = await self._service.reminders(
            group_of(interaction), interaction.user.id, self._bot.clock.now()
        )
        await show_private(interaction, panel_cards.list_card(stands, words_of(interaction)))

    async def _show(self, interaction: Interaction, schedule_id: int) -> None:
        words = words_of(interaction)
        stands = await self._service.reminders(
            group_of(interaction), interaction.user.id, self._bot.clock.now()
        )
        found = stands.find(schedule_id)
        if found is None:
            raise Refusal("That reminder is not there any more. Use /reminders to see those that are.")
        await show_private(interaction, panel_cards.one_card(stands, found, words))

    async def _answer(self, interaction: Interaction, result: ReminderSet, said: str) -> None:
        await show_private(
            interaction, panel_cards.one_card(result.stands, result.reminder, words_of(interaction), said)
        )


async def setup(bot: SecondWind) -> None:
    """Add the cog."""
    await bot.add_cog(RemindersCog(bot))
