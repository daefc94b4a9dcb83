"""Keeps posted challenge cards up to date, with at most one edit a minute of each."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

import discord

from bot.challenges.service import BETWEEN_EDITS
from bot.errors import StorageUnavailable
from bot.ui.first_answer import DISCORD_TROUBLE

if TYPE_CHECKING:
    from bot.challenges.model import ChallengeView
    from bot.challenges.posting import ChallengePost
    from bot.client import SecondWind
    from bot.scheduling.posting import Letter

log = logging.getLogger(__name__)


class ChallengeUpkeep:
    """Edits the cards that the database says are out of date: whatever a crash left is found again."""

    def __init__(self, client: SecondWind, post: ChallengePost) -> None:
        self._client = client
        self._post = post
        self._task: asyncio.Task[None] | None = None
        self._again = False

    def soon(self) -> None:
        """Some cards may be out of date: look now, in the background; asked meanwhile, it looks once more after."""
        self._again = True
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Begin no further edit; what is out of date waits in the database."""
        self._again = False
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        while self._again:
            self._again = False
            try:
                await self.redraw()
            except StorageUnavailable as refused:
                log.warning("challenge_cards_postponed", extra={"reason": refused.reason})
            except Exception:
                log.exception("challenge_cards_bug")

    async def redraw(self, between: timedelta = BETWEEN_EDITS) -> int:
        """Edit every card that may be edited now; how many were looked at."""
        service, count = self._client.services.challenges, 0
        while not self._client.stopping:
            views = await service.take_out_of_date(self._client.clock.now(), between=between)
            if not views:
                break
            count += len(views)
            for view in views:
                with self._client.under_way():
                    if not self._client.stopping and await self._shown(view):
                        await service.redrawn([view.challenge.challenge_id], self._client.clock.now())
                    else:
                        await service.not_redrawn(view.challenge.challenge_id)
            if between <= timedelta(0):
                break
        return count

    async def _shown(self, view: ChallengeView) -> bool:
        """Whether a challenge is shown as it stands; a bug in one card keeps no other from being shown."""
        try:
            return await self._edited(view)
        except StorageUnavailable:
            raise
        except Exception:
            log.exception("challenge_card_bug", extra={"challenge": view.challenge.challenge_id})
            return False

    async def _edited(self, view: ChallengeView) -> bool:
        """Edit the card, and the result where it is out; False where that is worth another try."""
        done = True
        if view.channel_id is not None and view.message_id is not None:
            letter = await self._post.card(self._client, view, view.card_id)
            done = await self._edit(view, view.channel_id, view.message_id, letter)
        if view.result_stale and view.result_channel_id is not None and view.result_message_id is not None:
            letter = await self._post.result(self._client, view, view.result_id)
            done = await self._edit(view, view.result_channel_id, view.result_message_id, letter) and done
        return done

    async def _edit(self, view: ChallengeView, channel_id: int, message_id: int, letter: Letter) -> bool:
        group_id = view.challenge.group_id
        channel = self._client.get_partial_messageable(channel_id, guild_id=group_id)
        message = channel.get_partial_message(message_id)
        await self._client.courier.pace.turn()
        which = {"challenge": view.challenge.challenge_id}
        try:
            await message.edit(view=letter.layout, attachments=list(letter.files))
        except (discord.NotFound, discord.Forbidden) as refused:
            log.info("challenge_card_not_edited", extra={**which, "code": refused.code})
        except (TimeoutError, *DISCORD_TROUBLE) as trouble:
            log.info("challenge_edit_postponed", extra={**which, "kind": type(trouble).__name__})
            return False
        return True
