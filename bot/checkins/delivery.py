"""Brings what was stored to those who are to see it: the private answer, the card in its channel."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import date
from typing import TYPE_CHECKING, TypeAlias
from weakref import WeakValueDictionary

import discord
from discord import ui

from bot.care.page_cards import look_again_card
from bot.care.rules import RESOURCES_DUE
from bot.checkins.checkin_cards import (
    counted_card,
    group_notice_card,
    link_card,
    not_posted_card,
    notice_card,
    zone_question,
)
from bot.checkins.day_thread_delivery import day_thread
from bot.checkins.model import RunFigures, RunLogged
from bot.checkins.reading import TwinAsked
from bot.checkins.run_cards import run_card
from bot.leaderboards.cards import listing_question
from bot.moods.cards import ask_card
from bot.moods.model import too_soon
from bot.ui.doors import change, group_of, reply, reply_in_public, words_of
from bot.ui.first_answer import DISCORD_TROUBLE
from bot.ui.rights import is_organiser

if TYPE_CHECKING:
    from bot.client import SecondWind

log = logging.getLogger(__name__)
Interaction: TypeAlias = "discord.Interaction[SecondWind]"
Show = Callable[[ui.LayoutView], Awaitable[object]]
_one_at_a_time: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()


class CardAhead:
    """Makes the card of a run that is to answer in public, while the run is still on its way to the disk."""

    def __init__(self, client: SecondWind) -> None:
        self._client = client
        self._made: tuple[RunFigures, ui.LayoutView] | None = None

    def __call__(self, outcome: RunLogged | TwinAsked) -> None:
        if isinstance(outcome, RunLogged) and outcome.figures.run.public:
            self._made = outcome.figures, public_card(self._client, outcome.figures)

    def card(self, figures: RunFigures) -> ui.LayoutView:
        """The card of these very figures, made now where it was not made before."""
        if self._made is not None and self._made[0] is figures:
            return self._made[1]
        return public_card(self._client, figures)


async def answer_in_public(interaction: Interaction, logged: RunLogged, ahead: CardAhead) -> bool:
    """Answer with the card itself, where it belongs into the channel of the command; whether that was so."""
    figures = logged.figures
    at_home = logged.runs_channel_id in (None, interaction.channel_id)
    at_home = at_home and not (logged.runs_channel_id is not None and logged.card_day.crowded)
    if not figures.run.public or not at_home:
        return False
    response = await reply_in_public(interaction, ahead.card(figures))
    if response is None:
        return False
    message = response.resource
    if isinstance(message, discord.InteractionMessage) and interaction.channel_id is not None:
        interaction.client.services.checkins.places.put(
            figures.run.run_id, interaction.channel_id, message.id, counts=_counts(logged)
        )
    await add_news(interaction, logged)
    return True


async def answer_in_private(interaction: Interaction, logged: RunLogged, show: Show) -> None:
    """Answer the person alone by `show`, then post the card in the runs channel, or in this one."""
    figures, words = logged.figures, words_of(interaction)
    here = None if interaction.guild_id is None else interaction.channel_id  # no card into a direct message
    channel_id = logged.runs_channel_id or here
    if not figures.run.public or channel_id is None:
        await show(run_card(figures, words))
    elif logged.completed and await refresh_card(interaction.client, figures):
        await show(counted_card(figures, words))
    else:
        elsewhere = None if channel_id == interaction.channel_id else channel_id
        await show(counted_card(figures, words, elsewhere=elsewhere))
        if logged.fresh:
            await _post(interaction, logged, channel_id)
    await add_news(interaction, logged)


def _counts(logged: RunLogged) -> tuple[int, date] | None:
    """Whose count of a day's cards this one adds to: that of a group with a runs channel."""
    return None if logged.runs_channel_id is None else (logged.figures.run.group_id, logged.card_day.day)


async def _post(interaction: Interaction, logged: RunLogged, channel_id: int) -> None:
    """Post the card and tell its owner privately where it stands, or why it does not.

    One at a time into a channel: a refusal is known before the next one is tried.
    """
    async with _one_at_a_time.setdefault(channel_id, asyncio.Lock()):
        await _post_now(interaction, logged, channel_id)


async def _post_now(interaction: Interaction, logged: RunLogged, channel_id: int) -> None:
    words, figures, client = words_of(interaction), logged.figures, interaction.client
    if client.refusals.hold("post", channel_id, client.clock.now()):
        await change(interaction, not_posted_card(figures, channel_id, words, gone=False))
        return
    try:
        message = await _post_where_there_is_room(interaction, logged, channel_id)
    except discord.NotFound:
        await change(interaction, not_posted_card(figures, channel_id, words, gone=True))
    except DISCORD_TROUBLE as refused:
        if isinstance(refused, discord.Forbidden):
            client.refusals.remember("post", channel_id, client.clock.now())
        log.warning("card_not_posted", extra={"interaction": interaction.id, "kind": type(refused).__name__})
        await change(interaction, not_posted_card(figures, channel_id, words, gone=False))
    else:
        if message.channel.id != interaction.channel_id:
            await change(interaction, link_card(figures, message.jump_url, message.channel.id, words))


async def _post_where_there_is_room(
    interaction: Interaction, logged: RunLogged, channel_id: int
) -> discord.Message:
    """In the channel, or on a busy day in that day's thread. Raises what discord.py raises."""
    client, group_id, counts = interaction.client, group_of(interaction), _counts(logged)
    gone: int | None = None
    while counts is not None and logged.card_day.crowded:
        thread_id = await day_thread(client, group_id, channel_id, logged.card_day, gone=gone)
        if thread_id is None:
            break
        try:
            return await post_card(client, group_id, thread_id, logged.figures, counts=counts)
        except discord.NotFound:
            if gone is not None:
                break
            gone = thread_id
    return await post_card(client, group_id, channel_id, logged.figures, counts=counts)


async def post_card(
    client: SecondWind,
    group_id: int,
    channel_id: int,
    figures: RunFigures,
    *,
    counts: tuple[int, date] | None = None,
) -> discord.Message:
    """Post a run's card as a message of the channel. Raises what discord.py raises."""
    channel = client.get_partial_messageable(channel_id, guild_id=group_id)
    message = await channel.send(view=public_card(client, figures))
    client.services.checkins.places.put(figures.run.run_id, channel_id, message.id, counts=counts)
    return message


async def refresh_card(client: SecondWind, figures: RunFigures) -> bool:
    """Show the run as it is now on the card that was posted; whether there is one and it could be changed."""
    run = figures.run
    if run.channel_id is None or run.message_id is None:
        return False
    channel = client.get_partial_messageable(run.channel_id, guild_id=run.group_id)
    layout = public_card(client, figures)
    try:
        await channel.get_partial_message(run.message_id).edit(view=layout)
    except DISCORD_TROUBLE as refused:
        log.warning("card_not_changed", extra={"run": run.run_id, "kind": type(refused).__name__})
        return False
    return True


def public_card(client: SecondWind, figures: RunFigures) -> ui.LayoutView:
    """The card in the group's own language."""
    return run_card(figures, client.catalogues.choose(figures.language))


async def tell_notices(interaction: Interaction) -> None:
    """After the answer to whatever a member opened: news that waits for them, or for an organiser, privately and
    once."""
    group_id, client, words = group_of(interaction), interaction.client, words_of(interaction)
    own, of_group = await client.services.checkins.news_waits(group_id, interaction.user.id)
    if own:
        notices = await client.services.checkins.take_notices(group_id, interaction.user.id)
        if notices:
            await reply(interaction, notice_card(notices, words))
    if of_group:
        settings = await client.services.groups.settings(group_id)
        if is_organiser(interaction, settings.organiser_role_id):
            notices = await client.services.checkins.take_group_notices(group_id)
            posts = [notice for notice in notices if notice.kind != RESOURCES_DUE]
            if posts:
                await reply(interaction, group_notice_card(posts, words))
            if len(posts) < len(notices):
                await reply(interaction, look_again_card(words))


async def add_news(interaction: Interaction, logged: RunLogged) -> None:
    """After the answer: news that waits for the member, and once the question about their zone.

    Cards of challenges that the run counts for are looked at soon.
    """
    words, now = words_of(interaction), interaction.client.clock.now()
    if logged.figures.counted or logged.completed:
        interaction.client.redraw_challenges()
    if logged.notices:
        await tell_notices(interaction)
    if logged.ask_zone is not None:
        await reply(interaction, zone_question(logged.ask_zone, now, words))
    if logged.ask_listing:
        await reply(interaction, listing_question(words))
    if logged.ask_feeling and interaction.guild_id is not None:
        run = logged.figures.run
        ended_at = await interaction.client.services.moods.ended_at(run.group_id, run.person_id, run.run_id)
        await reply(interaction, ask_card(words, run.run_id, soon=too_soon(ended_at, now)))
