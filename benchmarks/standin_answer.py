"""What came of one interaction: the first response, messages, follow-ups."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from benchmarks.standin_messages import EPHEMERAL, LOADING, apply_edit, new_message, text_of
from benchmarks.standin_world import Json

FIRST_RESPONSE_SECONDS = 3.0


@dataclass
class Answer:
    """What came of one interaction, growing as the bot goes on."""

    interaction: Json
    clicked: Json | None = None
    sent_at: float = field(default_factory=time.perf_counter)
    first_response_seconds: float | None = None
    attempts: int = 0  # callbacks that the bot sent, the refused ones included
    callback: Json | None = None
    message: Json | None = None
    followups: list[Json] = field(default_factory=list)
    _moved: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    @property
    def id(self) -> int:
        return int(self.interaction["id"])

    @property
    def too_late(self) -> bool:
        return self.callback is None and time.perf_counter() - self.sent_at > FIRST_RESPONSE_SECONDS

    @property
    def ephemeral(self) -> bool:
        """Whether the message is for the asker alone."""
        return self.message is not None and bool(self.message["flags"] & EPHEMERAL)

    @property
    def text(self) -> str:
        """All words of the answer's messages."""
        return "\n".join(text_of(one) for one in ([self.message] if self.message else []) + self.followups)

    @property
    def data(self) -> Json:
        """The callback's data: a modal's definition, choices of an autocomplete, a message as sent."""
        found: Json = (self.callback or {}).get("data") or {}
        return found

    def acknowledge(self, callback: Json, files: list[Json]) -> Json | None:
        """Take the first response; the message that it makes or changes, if any."""
        self.first_response_seconds = time.perf_counter() - self.sent_at
        self.callback = callback
        kind, data = callback["type"], callback.get("data") or {}
        if kind in (4, 5):
            channel = int(self.interaction["channel_id"])
            self.message = new_message(channel, data, files, about=self.interaction, loading=kind == 5)
            if kind == 5:
                self.message["flags"] |= LOADING
        elif kind in (6, 7) and self.clicked is not None:
            self.message = apply_edit(self.clicked, data, files) if kind == 7 else self.clicked
        self.changed()
        return self.message

    def follow_up(self, data: Json, files: list[Json]) -> Json:
        """A message after the first response; the first one takes the place of "is thinking"."""
        if self.message is not None and self.message["flags"] & LOADING:
            apply_edit(self.message, data, files)
            self.changed()
            return self.message
        self.followups.append(
            new_message(int(self.interaction["channel_id"]), data, files, about=self.interaction)
        )
        self.changed()
        return self.followups[-1]

    def changed(self) -> None:
        self._moved.set()

    async def until(self, true: Callable[[Answer], bool], *, patience: float = 10.0) -> Self:
        """Wait until `true(self)`. Raises TimeoutError with what there is."""
        try:
            async with asyncio.timeout(patience):
                while not true(self):
                    self._moved.clear()
                    await self._moved.wait()
        except TimeoutError:
            raise TimeoutError(f"interaction {self.id} got {self.callback} and {self.text!r}") from None
        return self

    async def settled(self, *, patience: float = 10.0) -> Self:
        """Wait for the words: the first response, or what replaces "is thinking"."""
        return await self.until(
            lambda a: a.callback is not None and not (a.message and a.message["flags"] & LOADING),
            patience=patience,
        )
