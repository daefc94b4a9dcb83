"""The day's thread: where a busy day's further cards go, so that the runs channel stays readable."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import discord
from babel.dates import format_skeleton

from bot.checkins.model import CardDay
from bot.ui.first_answer import DISCORD_TROUBLE

if TYPE_CHECKING:
    from datetime import date

    from bot.client import SecondWind

log = logging.getLogger(__name__)
_one_at_a_time: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()


async def day_thread(
    client: SecondWind, group_id: int, channel_id: int, today: CardDay, *, gone: int | None = None
) -> int | None:
    """The thread of the group's day in its runs channel, made where there is none yet.

    None where Discord does not let the bot make one: the card then goes into the channel as always. `gone` is a
    thread that somebody deleted meanwhile.
    """
    if today.thread_id not in (None, gone):
        return today.thread_id
    lock = _one_at_a_time.setdefault(group_id, asyncio.Lock())
    async with lock:
        found = await client.services.checkins.places.thread_of(group_id, today.day)
        if found not in (None, gone):
            return found
        if client.refusals.hold("thread", channel_id, client.clock.now()):
            return None
        settings = await client.services.groups.settings(group_id)
        try:
            made = await client.http.start_thread_without_message(
                channel_id,
                name=_name(client, settings.language, today.day),
                auto_archive_duration=1440,
                type=discord.ChannelType.public_thread.value,
            )
            thread_id = int(made["id"])
        except DISCORD_TROUBLE as refused:
            log.warning("thread_not_made", extra={"code": getattr(refused, "code", 0)})
            if isinstance(refused, discord.Forbidden):
                client.refusals.remember("thread", channel_id, client.clock.now())
            return None
        await client.services.checkins.places.keep_thread(group_id, today.day, thread_id)
        return thread_id


def _name(client: SecondWind, language: str, day: date) -> str:
    words = client.catalogues.choose(language)
    return words.say("Runs of {day}", day=format_skeleton("MMMEd", day, locale=words.locale))[:100]
