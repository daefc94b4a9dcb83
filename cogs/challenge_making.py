"""`/challenge create`, and what its maker changes later: a form or a template, a preview, then the card."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

import discord
from discord import app_commands
from discord.app_commands import Choice, locale_str
from discord.ext import commands

from bot.challenges import cards
from bot.challenges.form_cards import chooser_card, making_form
from bot.challenges.forms import read_plan, wording_of
from bot.challenges.model import KINDS, Kind
from bot.challenges.posting import ChallengePost
from bot.challenges.templates import plan_of
from bot.challenges.typed import Typed
from bot.checkins.delivery import tell_notices
from bot.errors import Refusal, StorageUnavailable
from bot.members.removals import CardRemovals
from bot.members.sweep import sweep
from bot.ui.commands import challenge_group
from bot.ui.doors import group_of, open_form, reply, sentence_of, words_of
from bot.ui.pictures import Studio
from bot.ui.private import show_private
from bot.ui.rights import is_organiser, missing_in_channel
from bot.ui.router import Press, on_press

if TYPE_CHECKING:
    from bot.challenges.loading import ChallengeFrame
    from bot.challenges.model import ChallengeView
    from bot.client import SecondWind

log = logging.getLogger(__name__)
Interaction: TypeAlias = "discord.Interaction[SecondWind]"


class ChallengeMaking(commands.Cog):
    """A form of at most five fields, or one press of a template; then a preview, and the card."""

    def __init__(self, bot: SecondWind) -> None:
        self._bot = bot
        self._service = bot.services.challenges
        self._making = bot.services.making
        self._studio = Studio()
        self._post = ChallengePost(self._studio)
        self._typed = Typed()
        self._waking: set[asyncio.Task[None]] = set()

    async def cog_load(self) -> None:
        @app_commands.command(
            name=locale_str("create"),
            description=locale_str("Make a challenge: choose a kind for its form, or a ready template"),
        )
        @app_commands.describe(
            kind=locale_str("What to run for"),
            template=locale_str("A ready challenge: one press posts it"),
        )
        @app_commands.choices(
            kind=[
                Choice(name=locale_str("distance: as many km or miles for each"), value="distance"),
                Choice(name=locale_str("minutes: as much time for each"), value="minutes"),
                Choice(name=locale_str("days: as many days for each"), value="days"),
                Choice(name=locale_str("together: one total for all"), value="together"),
                Choice(name=locale_str("teams: compared by their mean"), value="teams"),
                Choice(name=locale_str("route: along a named way"), value="route"),
                Choice(name=locale_str("pledge: money for a cause, by the km"), value="pledge"),
            ],
            template=[
                Choice(name=locale_str("first 5K in eight weeks"), value="first_5k"),
                Choice(name=locale_str("three days a week for a month"), value="three_a_week"),
                Choice(name=locale_str("the length of a river, together"), value="river"),
                Choice(name=locale_str("a charity month"), value="charity_month"),
            ],
        )
        async def create(
            interaction: Interaction, kind: str | None = None, template: str | None = None
        ) -> None:
            await self._create(interaction, kind, template)

        challenge_group(self._bot).add_command(create)

    async def cog_unload(self) -> None:
        challenge_group(self._bot).remove_command("create")
        for task in self._waking:
            task.cancel()
        self._studio.close()

    async def _create(self, interaction: Interaction, kind: str | None, template: str | None) -> None:
        if kind is not None and template is not None:
            raise Refusal("Choose a kind for its form, or a template: one of the two.")
        if template is not None:
            await self._draft_template(interaction, template)
        elif kind is not None:
            await self._open(interaction, kind)
            return  # a form is no message that news could follow
        else:
            await self._making.check_may(
                group_of(interaction),
                interaction.user.id,
                self._now(),
                organiser=await self._organiser(interaction),
            )
            await reply(interaction, chooser_card(words_of(interaction)))
        await tell_notices(interaction)

    @on_press("challenge.new")
    async def new(self, interaction: Interaction, press: Press) -> None:
        await show_private(interaction, chooser_card(words_of(interaction)))

    @on_press("challenge.kind")
    async def choose_kind(self, interaction: Interaction, press: Press) -> None:
        await self._open(interaction, press.values[0] if press.values else press.text(0))

    @on_press("challenge.template")
    async def choose_template(self, interaction: Interaction, press: Press) -> None:
        await self._draft_template(interaction, press.values[0] if press.values else press.text(0))

    @on_press("challenge.form")
    async def submitted(self, interaction: Interaction, press: Press) -> None:
        """The form of a new challenge."""
        kind = _kind(press.text(0))
        frame = await self._frame(interaction)
        try:
            plan = read_plan(kind, press.fields, frame, words_of(interaction).language)
            view = await self._making.draft(
                group_of(interaction),
                interaction.user.id,
                interaction.id,
                plan,
                _channel(interaction),
                self._now(),
                organiser=await self._organiser(interaction),
            )
        except Refusal as refusal:
            await self._refused(interaction, press, refusal, ("kind", kind))
            return
        self._typed.drop((group_of(interaction), interaction.user.id, f"kind:{kind}"))
        await self._post.preview(interaction, view)

    # The preview.

    @on_press("challenge.post")
    async def post(self, interaction: Interaction, press: Press) -> None:
        """Post it; where the bot may not write there its maker is told at once, and the preview stays."""
        settings = await self._bot.services.groups.settings(group_of(interaction))
        channel_id, words = settings.runs_channel_id or _channel(interaction), words_of(interaction)
        missing = _missing(interaction, channel_id)
        if missing:
            await reply(interaction, cards.cannot_post_card(words, channel_id, missing))
            return
        view = await self._making.post(
            group_of(interaction),
            interaction.user.id,
            press.number(0),
            self._now(),
            organiser=await self._organiser(interaction),
        )
        await show_private(interaction, cards.posted_card(view, words))
        self._wake()

    @on_press("challenge.discard")
    async def discard(self, interaction: Interaction, press: Press) -> None:
        if not await self._making.discard(group_of(interaction), interaction.user.id, press.number(0)):
            raise Refusal("There is no such preview any more. What was posted is in /challenge list.")
        await show_private(interaction, cards.discarded_card(words_of(interaction)))

    # Changes, of a preview and of a posted one.

    @on_press("challenge.change")
    async def change(self, interaction: Interaction, press: Press) -> None:
        await self._reopen(interaction, press.number(0), "change")

    @on_press("challenge.edit")
    async def edit(self, interaction: Interaction, press: Press) -> None:
        await self._reopen(interaction, press.number(0), "edit")

    @on_press("challenge.changed")
    async def changed(self, interaction: Interaction, press: Press) -> None:
        await self._store(interaction, press, "change")

    @on_press("challenge.edited")
    async def edited(self, interaction: Interaction, press: Press) -> None:
        await self._store(interaction, press, "edit")

    @on_press("challenge.again")
    async def post_again(self, interaction: Interaction, press: Press) -> None:
        view = await self._making.post_again(
            group_of(interaction),
            interaction.user.id,
            press.number(0),
            self._now(),
            organiser=await self._organiser(interaction),
        )
        words, final = words_of(interaction), view.challenge.state == "final"
        told = cards.result_again_card(view, words) if final else cards.posted_card(view, words)
        await show_private(interaction, told)
        self._wake(group_of(interaction))

    # What the methods above are made of.

    def _now(self) -> datetime:
        return self._bot.clock.now()

    async def _organiser(self, interaction: Interaction) -> bool:
        settings = await self._bot.services.groups.settings(group_of(interaction))
        return is_organiser(interaction, settings.organiser_role_id)

    async def _frame(self, interaction: Interaction) -> ChallengeFrame:
        return await self._service.frame(group_of(interaction), interaction.user.id, self._now())

    async def _open(self, interaction: Interaction, chosen: str) -> None:
        """The form of a kind, filled as it was left where it was just refused."""
        kind, whose = _kind(chosen), (group_of(interaction), interaction.user.id)
        await self._making.check_may(*whose, self._now(), organiser=await self._organiser(interaction))
        filled = self._typed.look((*whose, f"kind:{kind}"), self._now())
        frame = await self._frame(interaction)
        await open_form(interaction, making_form(kind, words_of(interaction), frame, filled=filled))

    async def _reopen(self, interaction: Interaction, challenge_id: int, action: str) -> None:
        """The form of a challenge as it stands, or as it was left where it was just refused."""
        whose, words = (group_of(interaction), interaction.user.id), words_of(interaction)
        view = await self._to_change(interaction, challenge_id)
        frame = await self._frame(interaction)
        plan = view.challenge.plan
        kept = self._typed.look((*whose, f"{action}:{challenge_id}"), self._now())
        await open_form(
            interaction,
            making_form(
                plan.kind,
                words,
                frame,
                filled=kept or wording_of(plan, frame, words.language),
                challenge_id=challenge_id,
                posted=view.challenge.state != "draft",
            ),
        )

    async def _store(self, interaction: Interaction, press: Press, action: str) -> None:
        """Make a challenge what its form says, and show it; where that is refused, say why."""
        whose, challenge_id = (group_of(interaction), interaction.user.id), press.number(0)
        view = await self._to_change(interaction, challenge_id)
        before = view.challenge.plan
        try:
            frame = await self._frame(interaction)
            plan = read_plan(before.kind, press.fields, frame, words_of(interaction).language, before=before)
            view = await self._making.change(
                *whose, challenge_id, plan, self._now(), organiser=await self._organiser(interaction)
            )
        except Refusal as refusal:
            await self._refused(interaction, press, refusal, (action, challenge_id))
            return
        self._typed.drop((*whose, f"{action}:{challenge_id}"))
        if view.challenge.state == "draft":
            await self._post.preview(interaction, view)
        else:  # also where the preview was posted while its form was open
            self._bot.redraw_challenges()
            await self._post.detail(interaction, view, mine=True)

    async def _to_change(self, interaction: Interaction, challenge_id: int) -> ChallengeView:
        return await self._making.to_change(
            group_of(interaction),
            interaction.user.id,
            challenge_id,
            self._now(),
            organiser=await self._organiser(interaction),
        )

    async def _refused(
        self, interaction: Interaction, press: Press, refusal: Refusal, again: tuple[str, object]
    ) -> None:
        """Say why, with a button that opens the form again as it was filled in: `again` is its action and argument."""
        whose, words = (group_of(interaction), interaction.user.id), words_of(interaction)
        self._typed.keep((*whose, f"{again[0]}:{again[1]}"), press.fields, self._now())
        await reply(interaction, cards.refused_card(sentence_of(refusal, words), words, *again))

    async def _draft_template(self, interaction: Interaction, key: str) -> None:
        plan = plan_of(key, await self._frame(interaction), words_of(interaction))
        view = await self._making.draft(
            group_of(interaction),
            interaction.user.id,
            interaction.id,
            plan,
            _channel(interaction),
            self._now(),
            organiser=await self._organiser(interaction),
        )
        await self._post.preview(interaction, view)

    def _wake(self, tidy: int | None = None) -> None:
        """Let the card leave now, in the background: the next tick would bring it too. Then what it took the place of
        goes, in the group `tidy`."""
        task = asyncio.create_task(self._deliver(tidy))
        self._waking.add(task)
        task.add_done_callback(self._waking.discard)

    async def _deliver(self, tidy: int | None) -> None:
        try:
            await self._bot.courier.wake(self._bot)
            if tidy is not None:
                await sweep(self._bot, CardRemovals(self._bot.services.database), tidy)
        except StorageUnavailable as refused:
            log.warning("challenge_card_postponed", extra={"reason": refused.reason})
        except Exception:
            log.exception("challenge_card_bug")


def _kind(text: str) -> Kind:
    """Raises Refusal for what is no kind: a custom_id says whatever its sender likes."""
    if text not in KINDS:
        raise Refusal("That button is from an older message. Use the command again for a fresh one.")
    return text


def _channel(interaction: Interaction) -> int:
    channel_id = interaction.channel_id
    if channel_id is None:
        raise Refusal("That works in a group's channel. Open your running group and try it there.")
    return channel_id


def _missing(interaction: Interaction, channel_id: int) -> list[str]:
    """The names of rights that the bot lacks in a channel, as far as it knows the channel."""
    guild = interaction.guild
    channel = None if guild is None else guild.get_channel(channel_id)
    if guild is None or channel is None:
        return []  # a thread, or one that is gone: posting will tell
    return missing_in_channel(channel.permissions_for(guild.me), words_of(interaction))


async def setup(bot: SecondWind) -> None:
    await bot.add_cog(ChallengeMaking(bot))
