"""The one place where something leaves for Discord by itself: what became of it, told apart.

discord.py sends a request again after some server errors, with the same nonce; Discord forgets a nonce after some
minutes, so a second one may stand beside the first. Within `post` an error of the server ends the request instead, and
whoever delivers looks into the channel before trying again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING

import aiohttp
import discord
from discord import ui

from bot.rest_limits import asked_in_header
from bot.ui.first_answer import DISCORD_TROUBLE
from bot.ui.layout import PREFIX

if TYPE_CHECKING:
    from bot.client import SecondWind

log = logging.getLogger(__name__)
# What Discord means for good: unknown channel, user or guild; no access, no permission; direct messages closed.
FINAL = {
    10003: "channel_gone",
    10004: "group_gone",
    10013: "person_gone",
    50001: "no_access",
    50013: "no_permission",
    50007: "messages_closed",
    50278: "messages_closed",
    160002: "no_permission",
    50024: "channel_unfit",
    50008: "channel_unfit",
}
PATIENCE_SECONDS = 20.0
# Discord's clock and ours may differ by so much.
CLOCKS_APART = timedelta(minutes=10)
MOST_LOOKED_THROUGH = 500
# What else may come around an answer: also where its body is not what discord.py takes it for.
NO_ANSWER = (
    discord.RateLimited,
    discord.InvalidData,
    TimeoutError,
    KeyError,
    AttributeError,
    *DISCORD_TROUBLE,
)
_one_try: ContextVar[bool] = ContextVar("one_try", default=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent: the layout, its files, and whom it may ping (nobody, unless said)."""

    layout: ui.LayoutView
    files: tuple[discord.File, ...] = ()
    mentions: discord.AllowedMentions = field(default_factory=discord.AllowedMentions.none)


@dataclass(frozen=True, slots=True)
class Arrived:
    """The message is there."""

    message_id: int


@dataclass(frozen=True, slots=True)
class Final:
    """Discord will not take it there, now or later."""

    reason: str


@dataclass(frozen=True, slots=True)
class Later:
    """Not this time. `left`: it may have arrived all the same; `after`: seconds that Discord asked to wait."""

    left: bool
    after: float = 0.0


class _ServerError(Exception):
    """The server's answer says nothing about whether the message arrived."""


def once_only(trace: aiohttp.TraceConfig) -> aiohttp.TraceConfig:
    """For discord.py's session: `trace`, which from now on ends a request of `post` at a server's error, before it is
    sent again."""

    async def ended(
        _session: aiohttp.ClientSession, _context: SimpleNamespace, end: aiohttp.TraceRequestEndParams
    ) -> None:
        if _one_try.get() and end.response.status >= 500:
            end.response.close()
            raise _ServerError(end.response.status)

    trace.on_request_end.append(ended)
    return trace


@contextmanager
def _trying_once() -> Iterator[None]:
    token = _one_try.set(True)
    try:
        yield
    finally:
        _one_try.reset(token)


async def post(client: SecondWind, channel_id: int, letter: Letter, nonce: str) -> Arrived | Final | Later:
    """Send `letter` once; what became of it."""
    channel = client.get_partial_messageable(channel_id)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            with _trying_once():
                message = await channel.send(
                    view=letter.layout,
                    files=list(letter.files),
                    nonce=nonce,
                    allowed_mentions=letter.mentions,
                )
    except (_ServerError, TimeoutError) as unsure:
        log.info("delivery_unsure", extra={"kind": type(unsure).__name__})
        return Later(left=True)
    except discord.HTTPException as refused:
        return _meant(refused)
    except discord.RateLimited as limited:
        return Later(left=False, after=limited.retry_after)
    except DISCORD_TROUBLE as trouble:
        log.info("delivery_unsure", extra={"kind": type(trouble).__name__})
        return Later(left=not isinstance(trouble, aiohttp.ClientConnectorError))
    return Arrived(message.id)


async def open_conversation(client: SecondWind, person_id: int) -> int | Final | Later:
    """The id of the channel for direct messages with a person."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            channel = await client.create_dm(discord.Object(person_id))
    except discord.HTTPException as refused:
        meant = _meant(refused)
        return meant if isinstance(meant, Final) else Later(left=False, after=meant.after)
    except NO_ANSWER:
        return Later(left=False)
    return channel.id


async def find(
    client: SecondWind, channel_id: int, delivery_id: int, since: datetime
) -> Arrived | Final | Later | None:
    """Look for a delivery among the bot's messages of the channel from `since` on; None where it is not there.

    Final means that nobody can say: the channel cannot be read, or is too busy to be looked through.
    """
    channel = client.get_partial_messageable(channel_id)
    after = discord.Object(discord.utils.time_snowflake(since - CLOCKS_APART))
    seen, last = 0, None
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            async for message in channel.history(limit=MOST_LOOKED_THROUGH, after=after, oldest_first=True):
                if client.user in (None, message.author) and carries(message, delivery_id):
                    return Arrived(message.id)
                seen, last = seen + 1, message
            if last is None and await _has_messages(client, channel_id, after.id):
                async for _ in channel.history(limit=1, after=after):
                    return Later(left=True)  # something came just now
                return Final("no_history")
    except discord.HTTPException as refused:
        meant = _meant(refused)  # of the look: what it was to find may be there as before
        return replace(meant, left=True) if isinstance(meant, Later) else meant
    except NO_ANSWER:
        return Later(left=True)
    if last is not None and seen == MOST_LOOKED_THROUGH and last.created_at < since + CLOCKS_APART:
        return Final("too_busy")
    return None


async def _has_messages(client: SecondWind, channel_id: int, after: int) -> bool:
    """Whether anything was posted after `after` in a channel whose history is empty since then.

    Without the permission to read a channel's history Discord returns none of it, and no error.
    """
    channel = await client.fetch_channel(channel_id)
    last = getattr(channel, "last_message_id", None)  # direct messages have none, and can always be read
    return last is not None and last > after


def carries(message: discord.Message, delivery_id: int) -> bool:
    """Whether one of the message's buttons has the delivery's id."""
    wanted = f":{delivery_id}"
    waiting = list(message.components)
    while waiting:
        component = waiting.pop()
        custom_id = getattr(component, "custom_id", None)
        if custom_id and custom_id.startswith(f"{PREFIX}:") and custom_id.endswith(wanted):
            return True
        waiting.extend(getattr(component, "children", ()))
        accessory = getattr(component, "accessory", None)
        if accessory is not None:
            waiting.append(accessory)
    return False


def _meant(refused: discord.HTTPException) -> Final | Later:
    if refused.status >= 500 or refused.status == 408:  # 408: a proxy's, which waited for Discord in vain
        return Later(left=True)
    if refused.status in (401, 429) or refused.code == 40003:  # ours to wait for
        # by the header: discord.py itself waits only where Discord answered, not the edge before it
        return Later(left=False, after=asked_in_header(getattr(refused.response, "headers", {})))
    if refused.status == 403 and refused.code == 0:  # a firewall's page before Discord, which gives a code
        return Later(left=False)
    if refused.code not in FINAL:
        log.error("delivery_rejected", extra={"status": refused.status, "code": refused.code})
    return Final(FINAL.get(refused.code, "rejected"))
