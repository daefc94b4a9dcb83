"""Brings polls to their channel, and keeps their messages as they stand in the database."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import discord

from bot.errors import StorageUnavailable
from bot.moodpolls.cards import poll_card
from bot.scheduling.posting import Letter
from bot.ui.first_answer import DISCORD_TROUBLE

if TYPE_CHECKING:
    from bot.client import SecondWind
    from bot.moodpolls.model import PollView
    from bot.scheduling.model import Delivery

log = logging.getLogger(__name__)


async def render(client: SecondWind, _delivery: Delivery, view: PollView) -> Letter:
    """The poll in the group's language."""
    return Letter(poll_card(client.catalogues.choose(view.language), view))


class PollUpkeep:
    """Closes polls whose time has come and edits their messages; what a crash left is found again."""

    def __init__(self, client: SecondWind) -> None:
        self._client = client
        self._task: asyncio.Task[None] | None = None
        self._again = False

    def soon(self) -> None:
        """Look now, in the background; asked meanwhile, it looks once more after."""
        self._again = True
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Begin nothing further; what is left waits in the database."""
        self._again = False
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        while self._again:
            self._again = False
            try:
                await self.tend()
            except StorageUnavailable as refused:
                log.warning("polls_postponed", extra={"reason": refused.reason})
            except Exception:
                log.exception("polls_bug")

    async def tend(self) -> None:
        """Close what is due, then show what is closed."""
        service = self._client.services.moodpolls
        closed = await service.close_due(self._client.clock.now())
        if closed:
            log.info("polls_closed", extra={"count": closed})
        if not await service.scrubbed():
            return
        for view in await service.to_redraw():
            if self._client.stopping:
                return
            with self._client.under_way():
                if await self._edited(view):
                    await service.redrawn(view.poll_id)

    async def _edited(self, view: PollView) -> bool:
        """Show a poll as it stands; False where it is worth another try."""
        if view.channel_id is None or view.message_id is None:
            return True
        words = self._client.catalogues.choose(view.language)
        channel = self._client.get_partial_messageable(view.channel_id, guild_id=view.group_id)
        await self._client.courier.pace.turn()
        try:
            await channel.get_partial_message(view.message_id).edit(view=poll_card(words, view))
        except (discord.NotFound, discord.Forbidden) as refused:
            log.info("poll_not_edited", extra={"poll": view.poll_id, "code": refused.code})
        except (TimeoutError, *DISCORD_TROUBLE) as trouble:
            log.info("poll_edit_postponed", extra={"poll": view.poll_id, "kind": type(trouble).__name__})
            return False
        return True
