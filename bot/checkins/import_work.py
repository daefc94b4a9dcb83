"""One import under way: reads files as they come, stores them in batches, tells how far it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from typing import cast

from bot.checkins.files import Read, Unreadable
from bot.checkins.import_batch import Found, Key
from bot.checkins.import_tally import Tally
from bot.checkins.imports import ImportService
from bot.checkins.model import Visibility
from bot.clock import Clock

BATCH = 50  # files in one transaction at most
BATCH_SECONDS = 1.0  # what was read so long ago is stored, however little it is


class ImportWork:
    """`read` of `total` files are read, `others` were no watch files; `tally` counts what is stored or left out."""

    def __init__(self, service: ImportService, key: Key, visibility: Visibility, clock: Clock) -> None:
        self.key = key
        self.read = 0
        self.total = 0
        self.others = 0
        self.tally = Tally()
        self.stop = False  # set it, and the work ends after the file at hand
        self._service = service
        self._visibility = visibility
        self._clock = clock
        self._waiting: list[Found] = []

    @property
    def complete(self) -> bool:
        """Whether every file was read."""
        return self.total > 0 and self.read == self.total

    async def run(self, reads: AsyncIterator[Read], stopping: Callable[[], bool]) -> None:
        """Take every file, until `stop` is set or `stopping` says so. What was read is stored whatever comes.

        Raises Refusal for an archive that can't be taken, StorageUnavailable where nothing can be stored.
        """
        loop = asyncio.get_running_loop()
        stored_at = loop.time()
        # closed at once, so that the process that reads lets go of the archive
        async with aclosing(cast("AsyncGenerator[Read]", reads)) as files:
            try:
                async for each in files:
                    self._take(each)
                    if len(self._waiting) >= BATCH or loop.time() - stored_at >= BATCH_SECONDS:
                        await self._store()
                        stored_at = loop.time()
                    if self.stop or stopping():
                        break
            finally:
                await self._store()

    def _take(self, each: Read) -> None:
        self.read, self.total, self.others = each.index, each.total, each.others
        if isinstance(each.outcome, Unreadable):
            self.tally.left[each.outcome.reason] += 1
        elif each.outcome.sport == "other":
            self.tally.sports[each.outcome.sport_name] += 1
        else:
            self._waiting.append(Found(each.index, each.outcome))

    async def _store(self) -> None:
        files, self._waiting = self._waiting, []
        if files:
            self.tally.add(await self._service.store(self.key, files, self._visibility, self._clock.now()))
