"""Keeps posted openers up to date with who planned, with few edits."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

import discord

from bot.errors import StorageUnavailable
from bot.members.sweep import PACE_SECONDS
from bot.openers.cards import opener_card
from bot.ui.first_answer import DISCORD_TROUBLE

if TYPE_CHECKING:
    from bot.client import SecondWind
    from bot.openers.model import OpenerPlace
    from bot.openers.service import OpenerService

log = logging.getLogger(__name__)
# Discord allows about five edits in five seconds in a channel; most are left to run cards.
BETWEEN_EDITS_S = 3.0
MOST_TRIES = 5


class OpenerUpkeep:
    """Edits an opener soon after its list changed: at once, then at most every few seconds, with what is stored then.

    An edit that Discord does not take now is tried again a few times; one that it will not take at all (the message was
    deleted, the channel closed) waits for the next change.
    """

    def __init__(self, client: SecondWind, service: OpenerService) -> None:
        self._client = client
        self._service = service
        self._edited_at: dict[int, float] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._changed: set[int] = set()

    def changed(self, delivery_id: int) -> None:
        """The list of this opener is another one now."""
        self._changed.add(delivery_id)
        task = self._tasks.get(delivery_id)
        if task is None or task.done():
            self._tasks[delivery_id] = asyncio.create_task(self._soon(delivery_id))

    async def close(self) -> None:
        """Show what has not been shown yet; nothing runs on afterwards."""
        tasks = [task for task in self._tasks.values() if not task.done()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        for delivery_id in sorted(self._changed):
            await self._edit(delivery_id)

    async def _soon(self, delivery_id: int) -> None:
        loop, tries = asyncio.get_running_loop(), 0
        while delivery_id in self._changed and tries < MOST_TRIES:
            wait = self._edited_at.get(delivery_id, 0.0) + BETWEEN_EDITS_S * 2**tries - loop.time()
            if delivery_id in self._edited_at and wait > 0:
                await asyncio.sleep(wait)
            self._edited_at[delivery_id] = loop.time()
            with self._client.under_way():
                tries = 0 if await self._edit(delivery_id) else tries + 1
        self._changed.discard(delivery_id)
        self._forget(loop.time() - BETWEEN_EDITS_S)

    def _forget(self, before: float) -> None:
        """Openers of which nothing has to be remembered any more."""
        for delivery_id, edited_at in list(self._edited_at.items()):
            if edited_at < before and delivery_id not in self._changed:
                del self._edited_at[delivery_id]
                self._tasks.pop(delivery_id, None)

    async def _edit(self, delivery_id: int) -> bool:
        """Show what is stored now; False where it is worth another try."""
        self._changed.discard(delivery_id)
        try:
            place = await self._service.place(delivery_id, self._client.clock.now())
            done = place is None or await _show(self._client, place)
        except asyncio.CancelledError:
            self._changed.add(delivery_id)
            raise
        except StorageUnavailable:
            done = False
        if not done:
            self._changed.add(delivery_id)
        return done


async def take_out(client: SecondWind, openers: Sequence[int]) -> None:
    """Show posted openers as they are after somebody was erased, those of weeks that are over too."""
    for number, delivery_id in enumerate(openers):
        if number:
            await asyncio.sleep(PACE_SECONDS)
        place = await client.services.openers.place(delivery_id, None)
        if place is not None:
            await _show(client, place)


async def _show(client: SecondWind, place: OpenerPlace) -> bool:
    """Edit the message; False where it is worth another try."""
    if place.message_id is None:
        return False
    words = client.catalogues.choose(place.letter.language)
    channel = client.get_partial_messageable(place.channel_id)
    try:
        await channel.get_partial_message(place.message_id).edit(
            view=opener_card(words, place.letter, place.delivery_id)
        )
    except (discord.NotFound, discord.Forbidden) as refused:
        log.info("opener_not_edited", extra={"delivery": place.delivery_id, "code": refused.code})
    except (TimeoutError, *DISCORD_TROUBLE) as trouble:
        log.info(
            "opener_edit_postponed", extra={"delivery": place.delivery_id, "kind": type(trouble).__name__}
        )
        return False
    return True
