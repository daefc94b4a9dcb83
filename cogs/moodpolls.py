"""`/moodpoll`: organisers ask, everybody answers, nobody can tell who said what."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias

import discord
from discord import app_commands
from discord.app_commands import Choice, locale_str
from discord.ext import commands

from bot.checkins.delivery import tell_notices
from bot.consents.asking_delivery import own_group
from bot.errors import Refusal
from bot.moodpolls import cards
from bot.moodpolls.deciding import MOODPOLL
from bot.moodpolls.posting import PollUpkeep, render
from bot.moodpolls.typed import read_plan
from bot.scheduling.delivery import Route
from bot.ui.doors import group_of, reply, suggests, words_of
from bot.ui.first_answer import DISCORD_TROUBLE
from bot.ui.private import show_private
from bot.ui.rights import is_organiser, missing_where_chosen, organised
from bot.ui.router import Press, on_press

if TYPE_CHECKING:
    from bot.client import SecondWind

log = logging.getLogger(__name__)
Interaction: TypeAlias = "discord.Interaction[SecondWind]"
# A weekly poll that the bot slept through is not asked on another day.
LATENESS = timedelta(hours=24)
COUNT_SECONDS = 1.0  # the preview comes within three seconds, counted or not
DURATIONS = ("24 h", "2 days", "3 days", "1 week")


class MoodPolls(commands.Cog):
    """Every press is asked again: whose group it is, and for plans and closing whether an organiser presses."""

    def __init__(self, bot: SecondWind) -> None:
        self._bot = bot
        self._polls = bot.services.moodpolls
        self._waking: set[asyncio.Task[int]] = set()
        self.upkeep = PollUpkeep(bot)
        bot.tend_polls = self.upkeep.soon
        bot.courier.register(MOODPOLL, Route(decide=self._polls.decide, render=render, lateness=LATENESS))

    async def cog_load(self) -> None:
        self.upkeep.soon()  # what a stop left

    async def cog_unload(self) -> None:
        for task in self._waking:
            task.cancel()
        await self.upkeep.close()

    @app_commands.command(
        name=locale_str("moodpoll"),
        description=locale_str(
            "Ask the group, anonymously: the week's pulse, or a question of yours (organisers)"
        ),
    )
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.rename(
        kind=locale_str("kind"),
        question=locale_str("question"),
        answers=locale_str("answers"),
        duration=locale_str("duration"),
        repeat=locale_str("repeat"),
        minimum=locale_str("minimum"),
    )
    @app_commands.describe(
        kind=locale_str("The week's pulse unless you say"),
        question=locale_str("Your own question"),
        answers=locale_str("Two to five answers, parted by |"),
        duration=locale_str("How long it is open, like 48 h or 2 days"),
        repeat=locale_str("Whether it comes again every week"),
        minimum=locale_str("Votes from which on a result shows: 5 or more"),
    )
    @app_commands.choices(
        kind=[
            Choice(name=locale_str("pulse: two questions about the week"), value="pulse"),
            Choice(name=locale_str("question: one of your own"), value="question"),
        ],
        repeat=[
            Choice(name=locale_str("none"), value="none"),
            Choice(name=locale_str("weekly"), value="weekly"),
        ],
    )
    async def moodpoll(
        self,
        interaction: Interaction,
        kind: str | None = None,
        question: str | None = None,
        answers: str | None = None,
        duration: str | None = None,
        repeat: str | None = None,
        minimum: int | None = None,
    ) -> None:
        await organised(interaction)
        group_id = group_of(interaction)
        await self._polls.check_on(group_id)
        plan = read_plan(kind, question, answers, duration, repeat, minimum)
        channel_id = interaction.channel_id
        if channel_id is None:
            raise Refusal("That works in a channel of the group. Try it there.")
        view = await self._polls.draft(
            group_id, interaction.user.id, interaction.id, plan, channel_id, self._bot.clock.now()
        )
        await reply(
            interaction, cards.preview_card(words_of(interaction), view, await self._could_vote(group_id))
        )
        await tell_notices(interaction)

    async def _could_vote(self, group_id: int) -> int | None:
        """The people of the group, but for this bot; None where Discord does not say (soon)."""
        try:
            async with asyncio.timeout(COUNT_SECONDS):
                group = await self._bot.fetch_guild(group_id, with_counts=True)
        except (TimeoutError, *DISCORD_TROUBLE):
            return None
        count = group.approximate_member_count
        return None if count is None else max(0, count - 1)

    @moodpoll.autocomplete("duration")
    @suggests
    async def suggest_duration(self, _interaction: Interaction, current: str) -> list[Choice[str]]:
        return [Choice(name=each, value=each) for each in DURATIONS if each.startswith(current.strip())]

    @moodpoll.autocomplete("answers")
    @suggests
    async def suggest_answers(self, interaction: Interaction, current: str) -> list[Choice[str]]:
        """Ready sets of answers, where nothing is typed yet."""
        words = words_of(interaction)
        ready = (
            words.say("Yes | No | Not sure"),
            words.say("Fine | Tough | Not there"),
            words.say("Morning | Noon | Evening"),
            words.say("1 | 2 | 3 | 4 | 5"),
        )
        typed = current.strip()
        return [
            Choice(name=each[:100], value=each[:100]) for each in ready if not typed or each.startswith(typed)
        ]

    @on_press("moodpoll.post")
    async def post(self, interaction: Interaction, press: Press) -> None:
        await organised(interaction)
        words, group_id = words_of(interaction), group_of(interaction)
        draft = await self._polls.plan(group_id, press.number(0))
        missing = await missing_where_chosen(interaction, draft.channel_id)
        if missing:
            raise Refusal(
                "In {channel} I am missing: {missing}. Open that channel's settings, then Permissions, add my role and "
                "allow these. Then press Post it again.",
                channel=_Mention(draft.channel_id),
                missing=", ".join(missing),
            )
        view = await self._polls.post(group_id, interaction.user.id, press.number(0), self._bot.clock.now())
        await show_private(interaction, cards.posted_card(words, view))
        task = asyncio.create_task(self._bot.courier.wake(self._bot))
        self._waking.add(task)
        task.add_done_callback(self._waking.discard)

    @on_press("moodpoll.discard")
    async def discard(self, interaction: Interaction, press: Press) -> None:
        await self._polls.discard(group_of(interaction), interaction.user.id, press.number(0))
        await show_private(interaction, cards.discarded_card(words_of(interaction)))

    @on_press("moodpoll.stop")
    async def stop(self, interaction: Interaction, press: Press) -> None:
        await organised(interaction)
        view = await self._polls.stop(group_of(interaction), press.number(0), self._bot.clock.now())
        await show_private(interaction, cards.stopped_card(words_of(interaction), view))

    @on_press("moodpoll.go_on")
    async def go_on(self, interaction: Interaction, press: Press) -> None:
        await organised(interaction)
        view = await self._polls.go_on(group_of(interaction), press.number(0), self._bot.clock.now())
        await show_private(interaction, cards.stopped_card(words_of(interaction), view))

    @on_press("moodpoll.vote")
    async def vote(self, interaction: Interaction, press: Press) -> None:
        """Anybody: the press is the consent to this one vote, as the line beneath says."""
        voted = await self._polls.vote(
            own_group(interaction),
            interaction.user.id,
            press.number(2),
            press.number(0),
            press.number(1),
            self._bot.clock.now(),
        )
        await show_private(interaction, cards.voted_card(words_of(interaction), voted))

    @on_press("moodpoll.unvote")
    async def unvote(self, interaction: Interaction, press: Press) -> None:
        await self._polls.unvote(
            own_group(interaction), interaction.user.id, press.number(0), self._bot.clock.now()
        )
        await show_private(interaction, cards.unvoted_card(words_of(interaction)))

    @on_press("moodpoll.results")
    async def results(self, interaction: Interaction, press: Press) -> None:
        view = await self._polls.poll(group_of(interaction), press.number(0))
        settings = await self._bot.services.groups.settings(group_of(interaction))
        organiser = is_organiser(interaction, settings.organiser_role_id)
        await show_private(interaction, cards.results_card(words_of(interaction), view, organiser=organiser))

    @on_press("moodpoll.close")
    async def ask_close(self, interaction: Interaction, press: Press) -> None:
        await organised(interaction)
        words, view = words_of(interaction), await self._polls.poll(group_of(interaction), press.number(0))
        if view.closed:
            await show_private(interaction, cards.results_card(words, view, organiser=True))
        else:
            await show_private(interaction, cards.ask_close_card(words, view))

    @on_press("moodpoll.close_sure")
    async def close(self, interaction: Interaction, press: Press) -> None:
        await organised(interaction)
        view = await self._polls.close(group_of(interaction), press.number(0), self._bot.clock.now())
        self._bot.tend_polls()
        await show_private(interaction, cards.closed_card(words_of(interaction), view))


class _Mention:
    """A channel as a refusal shows it: a mention of ours, nothing that anybody typed."""

    def __init__(self, channel_id: int) -> None:
        self._channel_id = channel_id

    def __str__(self) -> str:
        return f"<#{self._channel_id}>"


async def setup(bot: SecondWind) -> None:
    await bot.add_cog(MoodPolls(bot))
