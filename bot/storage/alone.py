"""A database with nobody else on it: for tools that change it from the ground up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.storage.database import Database
from bot.storage.open import open_database


@asynccontextmanager
async def alone_on(url: str) -> AsyncIterator[Database]:
    """Open the database of `url` while no bot runs on it: an SQLite file's own lock sees to that.

    Raises HostError where another Second Wind uses it.
    """
    database = await open_database(url)
    try:
        yield database
    finally:
        await database.close()
