"""The first answer of an interaction: one, and within Discord's three seconds, however long the work takes."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING, Any

import aiohttp
import discord

if TYPE_CHECKING:
    from bot.client import SecondWind

log = logging.getLogger(__name__)
# After three seconds Discord shows "The application did not respond" and takes no answer any more: a disk that is slow
# for a while would look to people like a run that was not stored.
ACKNOWLEDGE_AFTER_SECONDS = 2.0
_FIRST = "first_answer"  # of an interaction's extras
# What discord.py lets through around a call to Discord: TypeError where a proxy's page came instead of JSON.
DISCORD_TROUBLE = (discord.HTTPException, aiohttp.ClientError, OSError, TypeError, json.JSONDecodeError)


class FirstAnswer:
    """Around one interaction: acknowledges it where nothing was answered for two seconds.

    Whoever sends a first answer holds `turn` for as long as that takes, so an acknowledgement and an answer never
    cross: whichever comes second sees what the first one did. A press is acknowledged without a trace; a command gets
    Discord's "is thinking", for the person alone, which the answer fills, or which goes where there is none.
    """

    def __init__(self, interaction: discord.Interaction[SecondWind]) -> None:
        self.turn = asyncio.Lock()
        self.follow_up: discord.WebhookMessage | None = (
            None  # the person's own answer to an acknowledged press
        )
        self._interaction = interaction
        self._thinking = False
        self._acknowledging: asyncio.Task[None] | None = None
        interaction.extras[_FIRST] = self

    async def __aenter__(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(ACKNOWLEDGE_AFTER_SECONDS, self._due)

    async def __aexit__(self, *_: object) -> None:
        self._timer.cancel()
        if self._acknowledging is not None:
            await self._acknowledging
        if self._thinking:
            await self._clear()

    def filled(self) -> None:
        """An answer took the place of "is thinking"."""
        self._thinking = False

    def _due(self) -> None:
        if not self.turn.locked() and not self._interaction.response.is_done():
            self._acknowledging = asyncio.create_task(self._acknowledge())

    async def _acknowledge(self) -> None:
        try:
            async with self.turn:
                if self._interaction.response.is_done():
                    return
                if self._interaction.message is not None:
                    await self._interaction.response.defer()
                    return
                await self._interaction.response.defer(ephemeral=True, thinking=True)
                self._thinking = True
        except DISCORD_TROUBLE as refused:
            self._trouble("not_acknowledged", refused)

    async def _clear(self) -> None:
        """Nothing was said, and nothing will be: "is thinking" would stay for a quarter of an hour."""
        try:
            await self._interaction.delete_original_response()
        except DISCORD_TROUBLE as refused:
            self._trouble("thinking_not_cleared", refused)

    def _trouble(self, event: str, refused: Exception) -> None:
        log.warning(event, extra={"interaction": self._interaction.id, "kind": type(refused).__name__})


def first_answer_of(interaction: discord.Interaction[Any]) -> FirstAnswer:
    """That of an interaction that came through the client's doors; one without a timer for any other."""
    first: FirstAnswer | None = interaction.extras.get(_FIRST)
    return FirstAnswer(interaction) if first is None else first
