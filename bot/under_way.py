"""What people and deliveries have begun: a stop waits for it, and not for ever."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

CUT_SHORT_SECONDS = 0.3
TOLD_IN = 0.2  # of the time that a stop waits


class UnderWay:
    """The tasks that are in the middle of something."""

    def __init__(self) -> None:
        self._tasks: dict[object, asyncio.Task[object]] = {}
        self._idle = asyncio.Event()
        self._idle.set()

    @contextlib.contextmanager
    def begun(self) -> Iterator[None]:
        """Around something that a stop waits for."""
        task, mark = asyncio.current_task(), object()
        assert task is not None
        self._tasks[mark] = task
        self._idle.clear()
        try:
            yield
        finally:
            del self._tasks[mark]
            if not self._tasks:
                self._idle.set()

    async def finish(self, seconds: float, tell: Callable[[], Coroutine[Any, Any, None]]) -> bool:
        """Wait until nothing is under way, at most `seconds`; whether that came.

        `tell` lets people know who still wait when most of that time is over. What is under way even then waits for
        Discord, and is cut short, or for a disk that hangs: a transaction runs to its end all the same.
        """
        telling_seconds = seconds * TOLD_IN
        if await self._ends(seconds - telling_seconds):
            return True
        telling = asyncio.create_task(tell())
        ended = await self._ends(telling_seconds)
        if ended:
            await asyncio.wait({telling}, timeout=CUT_SHORT_SECONDS)
        telling.cancel()
        if ended:
            return True
        for task in set(self._tasks.values()) - {asyncio.current_task()}:
            task.cancel()
        await self._ends(CUT_SHORT_SECONDS)
        return False

    async def _ends(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._idle.wait()
            return True
        return False
