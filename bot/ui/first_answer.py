"""The first answer of an interaction: one, and within Discord's three seconds, however long the work takes."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Self, TypeGuard, TypeVar

import aiohttp
import discord

if TYPE_CHECKING:
    from bot.client import SecondWind

log = logging.getLogger(__name__)
Response = TypeVar("Response")
# After three seconds Discord shows "The application did not respond" and takes no answer any more: a disk that is slow
# for a while would look to people like a run that was not stored.
ACKNOWLEDGE_AFTER_SECONDS = 2.0
ACKNOWLEDGED = 40060
# What Discord says where an answer comes too late or a second time: there is nobody to tell any more.
_TOO_LATE = {
    10062: "unknown interaction",
    ACKNOWLEDGED: "acknowledged",
    10015: "unknown webhook",
    50027: "its token is over",
}
_WORDLESS = (
    None,
    discord.InteractionResponseType.deferred_channel_message,
    discord.InteractionResponseType.deferred_message_update,
)
_FIRST = "first_answer"  # of an interaction's extras
# What discord.py lets through around a call to Discord: TypeError where a proxy's page came instead of JSON.
DISCORD_TROUBLE = (discord.HTTPException, aiohttp.ClientError, OSError, TypeError, json.JSONDecodeError)


class FirstAnswer:
    """Around one interaction: acknowledges it where nothing was answered for two seconds.

    Every first answer is sent by `give`, one at a time, so an acknowledgement and an answer never cross: whichever
    comes second sees what the first one did. A press is acknowledged without a trace; a command gets Discord's "is
    thinking", for the person alone, which the answer fills, or which goes where there is none.
    """

    def __init__(self, interaction: discord.Interaction[SecondWind]) -> None:
        self.follow_up: discord.WebhookMessage | None = (
            None  # the person's own answer to an acknowledged press
        )
        self._interaction = interaction
        self._turn = asyncio.Lock()
        self._thinking = self._unsure = self._said = False
        self._refused: discord.HTTPException | None = None
        self._acknowledging: asyncio.Task[None] | None = None
        interaction.extras[_FIRST] = self

    @property
    def interaction(self) -> discord.Interaction[SecondWind]:
        return self._interaction

    @property
    def silent(self) -> bool:
        """Whether the person has been told nothing in words so far."""
        return not self._said and self._interaction.response.type in _WORDLESS

    async def __aenter__(self) -> Self:
        self._timer = asyncio.get_running_loop().call_later(ACKNOWLEDGE_AFTER_SECONDS, self._due)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._timer.cancel()
        if kind is asyncio.CancelledError:  # by a stop that has waited for Discord long enough
            if self._acknowledging is not None:
                self._acknowledging.cancel()
            return
        if self._acknowledging is not None:
            await self._acknowledging
        if self._thinking:
            await self._clear()

    async def give(self, send: Callable[[], Awaitable[Response | None]]) -> Response | None:
        """Send the first answer by `send`; None, and nothing is sent, where there was one.

        Raises what Discord said for good to an earlier try: it is not asked again.
        """
        async with self._turn:
            if self._refused is not None:
                raise self._refused
            if self._interaction.response.is_done():
                return None
            try:
                return await send()
            except discord.HTTPException as error:
                if self._unsure and error.code == ACKNOWLEDGED:
                    self._had_arrived()
                    return None
                if is_final(error):
                    self._refused = error
                raise

    def filled(self) -> None:
        """An answer took the place of "is thinking"."""
        self._thinking, self._said = False, True

    def promised(self) -> None:
        """An answer will take the place of "is thinking"."""
        self._thinking = False

    def _due(self) -> None:
        if not self._turn.locked() and not self._interaction.response.is_done():
            self._acknowledging = asyncio.create_task(self._acknowledge())

    async def _acknowledge(self) -> None:
        async with self._turn:
            response, pressed = self._interaction.response, self._interaction.message is not None
            if response.is_done() or self._refused is not None:
                return
            try:
                await (response.defer() if pressed else response.defer(ephemeral=True, thinking=True))
            except DISCORD_TROUBLE as refused:
                self._trouble("not_acknowledged", refused)
                if is_final(refused):
                    self._refused = refused
                else:
                    self._unsure = True
            else:
                self._thinking = not pressed

    def _had_arrived(self) -> None:
        """The acknowledgement of which Discord did not say that it came: the library does not know, and goes on."""
        kind, self._thinking = discord.InteractionResponseType.deferred_message_update, False
        if self._interaction.message is None:
            kind, self._thinking = discord.InteractionResponseType.deferred_channel_message, True
        self._interaction.response._response_type = kind

    async def _clear(self) -> None:
        """Nothing was said, and nothing will be: "is thinking" would stay for a quarter of an hour."""
        try:
            await self._interaction.delete_original_response()
        except DISCORD_TROUBLE as refused:
            self._trouble("thinking_not_cleared", refused)

    def _trouble(self, event: str, refused: Exception) -> None:
        log.warning(event, extra={"interaction": self._interaction.id, "kind": type(refused).__name__})


def is_final(error: BaseException) -> TypeGuard[discord.HTTPException]:
    """Whether an answer came too late, for good.

    Also where Discord asks to wait: what is sent before that counts against us, and the person is gone after it.
    """
    return isinstance(error, discord.HTTPException) and (error.code in _TOO_LATE or error.status == 429)


def first_answer_of(interaction: discord.Interaction[Any]) -> FirstAnswer:
    """That of an interaction that came through the client's doors; one without a timer for any other."""
    first: FirstAnswer | None = interaction.extras.get(_FIRST)
    return FirstAnswer(interaction) if first is None else first
