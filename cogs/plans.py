"""`/goal` and `/pause`: what a member means to keep, and when life has other plans. All of it private."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.app_commands import Choice, locale_str
from discord.ext import commands

from bot.plans import cards, suggestions
from bot.ui.doors import group_of, open_form, suggests, words_of
from bot.ui.private import show_private
from bot.ui.router import Press, on_press
from bot.ui.text import clean

if TYPE_CHECKING:
    from bot.client import SecondWind


class Plans(commands.Cog):
    """Goal and pause of who asks, in the group where they ask."""

    def __init__(self, bot: SecondWind) -> None:
        self._bot = bot
        self._plans = bot.services.plans

    @app_commands.command(
        name=locale_str("goal"),
        description=locale_str("How many days a week you mean to run, and how this week stands (private)"),
    )
    @app_commands.guild_only()
    async def goal(self, interaction: discord.Interaction[SecondWind]) -> None:
        await self._show_goal(interaction)

    @on_press("goal.open")
    async def open_goal(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        await self._show_goal(interaction)

    @on_press("goal.days")
    async def days(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        """The days from the menu, or from a button after a long pause."""
        days = Press(press.action, press.values or press.arguments).number(0)
        result = await self._plans.set_days(
            group_of(interaction), interaction.user.id, days, self._bot.clock.now()
        )
        words = words_of(interaction)
        await show_private(
            interaction, cards.goal_panel(words, result.state, cards.target_said(words, result))
        )

    @on_press("goal.form")
    async def wishes_form(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        state = await self._plans.state(group_of(interaction), interaction.user.id, self._bot.clock.now())
        await open_form(interaction, cards.wishes_form(words_of(interaction), state))

    @on_press("goal.wishes")
    async def wishes(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        state = await self._plans.set_wishes(
            group_of(interaction),
            interaction.user.id,
            press.fields.get("distance", ""),
            press.fields.get("time", ""),
            clean(press.fields.get("plan", ""), cards.LONGEST_PLAN),
            self._bot.clock.now(),
        )
        words = words_of(interaction)
        await show_private(interaction, cards.goal_panel(words, state, words.say("Saved.")))

    @on_press("goal.clear")
    async def clear(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        result = await self._plans.clear(group_of(interaction), interaction.user.id, self._bot.clock.now())
        words = words_of(interaction)
        said = words.say(
            "Cleared: distance, minutes and plan. The goal goes back to the usual three days a week."
        )
        await show_private(interaction, cards.goal_panel(words, result.state, said))

    async def _show_goal(self, interaction: discord.Interaction[SecondWind]) -> None:
        state = await self._plans.state(group_of(interaction), interaction.user.id, self._bot.clock.now())
        await show_private(interaction, cards.goal_panel(words_of(interaction), state))

    @app_commands.command(
        name=locale_str("pause"),
        description=locale_str("Ill, injured or away? Freeze streak and goal for some days (private)"),
    )
    @app_commands.rename(start=locale_str("from"), end=locale_str("until"), reason=locale_str("reason"))
    @app_commands.describe(
        start=locale_str("The first paused day: today, yesterday, a date (today unless you say)"),
        end=locale_str("The last paused day, if you know it: Friday, in 2 weeks, a date"),
        reason=locale_str("Kept private: ill, injured, away, or your own words"),
    )
    @app_commands.guild_only()
    async def pause(
        self,
        interaction: discord.Interaction[SecondWind],
        start: app_commands.Range[str, 1, 60] | None = None,
        end: app_commands.Range[str, 1, 60] | None = None,
        reason: app_commands.Range[str, 1, 200] | None = None,
    ) -> None:
        if start is None and end is None and reason is None:
            await self._show_pause(interaction)
        else:
            await self._pause(interaction, start or "", end or "", reason or "")

    @pause.autocomplete("start")
    @suggests
    async def start_choices(
        self, interaction: discord.Interaction[SecondWind], current: str
    ) -> list[Choice[str]]:
        now = self._bot.clock.now()
        state = await self._plans.state(group_of(interaction), interaction.user.id, now)
        pairs = suggestions.starts(current, state, now, words_of(interaction))
        return [Choice(name=shown[:100], value=value) for shown, value in pairs]

    @pause.autocomplete("end")
    @suggests
    async def end_choices(
        self, interaction: discord.Interaction[SecondWind], current: str
    ) -> list[Choice[str]]:
        now = self._bot.clock.now()
        state = await self._plans.state(group_of(interaction), interaction.user.id, now)
        pairs = suggestions.ends(current, state, now, words_of(interaction))
        return [Choice(name=shown[:100], value=value) for shown, value in pairs]

    @pause.autocomplete("reason")
    @suggests
    async def reason_choices(
        self, interaction: discord.Interaction[SecondWind], current: str
    ) -> list[Choice[str]]:
        words = words_of(interaction)
        return [Choice(name=each, value=each) for each in suggestions.reasons(current, words)]

    @on_press("pause.panel")
    async def pause_panel(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        await self._show_pause(interaction)

    @on_press("pause.open")
    async def pause_form(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        state = await self._plans.state(group_of(interaction), interaction.user.id, self._bot.clock.now())
        await open_form(interaction, cards.pause_form(words_of(interaction), state))

    @on_press("pause.today")
    async def pause_today(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        await self._pause(interaction, "", "", "")

    @on_press("pause.save")
    async def save(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        fields = press.fields
        await self._pause(
            interaction,
            fields.get("from", ""),
            fields.get("until", ""),
            fields.get("reason", ""),
            changed=press.number(0) if press.arguments else None,
        )

    @on_press("pause.end")
    async def end(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        result = await self._plans.end_pause(
            group_of(interaction), interaction.user.id, press.number(0), self._bot.clock.now()
        )
        words = words_of(interaction)
        await show_private(
            interaction, cards.pause_panel(words, result.state, cards.back_said(words, result))
        )

    async def _pause(
        self,
        interaction: discord.Interaction[SecondWind],
        start: str,
        end: str,
        reason: str,
        changed: int | None = None,
    ) -> None:
        words = words_of(interaction)
        result = await self._plans.pause(
            group_of(interaction),
            interaction.user.id,
            start=start,
            end=end,
            reason=clean(reason, cards.LONGEST_REASON),
            changed=changed,
            interaction_id=interaction.id,
            now=self._bot.clock.now(),
            language=words.language,
        )
        await show_private(
            interaction, cards.pause_panel(words, result.state, cards.pause_said(words, result))
        )

    async def _show_pause(self, interaction: discord.Interaction[SecondWind]) -> None:
        state = await self._plans.state(group_of(interaction), interaction.user.id, self._bot.clock.now())
        await show_private(interaction, cards.pause_panel(words_of(interaction), state))


async def setup(bot: SecondWind) -> None:
    """Called by discord.py when the cog is loaded."""
    await bot.add_cog(Plans(bot))
