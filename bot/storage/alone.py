"""A database with nobody else on it: for tools that change it from the ground up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from bot.storage.database import Database
from bot.storage.open import open_database, present_on


@asynccontextmanager
async def alone_on(url: str) -> AsyncIterator[Database]:
    """Open the database of `url` while no bot runs on it: an SQLite file's own lock sees to that, on a server a lock of
    this session.

    Raises HostError where another Second Wind uses it.
    """
    async with AsyncExitStack() as stack:
        database = await open_database(url)
        stack.push_async_callback(database.close)
        presence = await present_on(url, None)
        if presence is not None:
            stack.push_async_callback(presence.close)
        yield database
