"""Long work on a thread of its own and of low priority, which a stopping process can stop at once."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final, TypeVar

T = TypeVar("T")
# Those whom the bot answers come first: 19 is the lowest priority that Linux knows.
NICENESS: Final = 15


class Halted(Exception):
    """The work was stopped because the process stops; what it had begun is taken away."""


class Brake:
    """Stops work on another thread, also in the middle of a statement."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._pulled = False
        self._stop: Callable[[], object] | None = None

    def pull(self) -> None:
        """From now on `check` raises, and what is under way is stopped. Called from any thread."""
        with self._guard:
            self._pulled = True
            if self._stop is not None:
                self._stop()

    def check(self) -> None:
        """Raises `Halted` once the brake was pulled."""
        if self._pulled:
            raise Halted

    @contextmanager
    def on(self, connection: sqlite3.Connection) -> Iterator[None]:
        """While inside, `pull` interrupts `connection`, and `Halted` is raised."""
        try:
            with self.stopped_by(connection.interrupt):
                yield
        except sqlite3.OperationalError:
            self.check()
            raise

    @contextmanager
    def stopped_by(self, stop: Callable[[], object]) -> Iterator[None]:
        """While inside, `pull` calls `stop` too. Raises `Halted` where it was pulled before."""
        with self._guard:
            self._stop = stop
        try:
            self.check()
            yield
        finally:
            with self._guard:
                self._stop = None


async def aside(work: Callable[[Brake], T]) -> T:
    """Run `work` on a thread of low priority; cancelling pulls its brake and waits until it has let go."""
    executor = ThreadPoolExecutor(1, thread_name_prefix="aside", initializer=_step_back)
    brake = Brake()
    future = asyncio.get_running_loop().run_in_executor(executor, work, brake)
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        brake.pull()
        while not future.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait({future})
        if not future.cancelled():
            future.exception()  # that it was halted is known
        raise
    finally:
        executor.shutdown(wait=False)


def _step_back() -> None:
    if sys.platform == "linux":  # elsewhere a thread has no priority of its own
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
