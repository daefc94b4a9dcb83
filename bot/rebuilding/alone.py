"""Rebuilds the database of an address, with nobody else on it."""

from __future__ import annotations

from datetime import datetime

from bot.errors import HostError
from bot.rebuilding.parts import Part, Told
from bot.rebuilding.service import RebuildService
from bot.storage.alone import alone_on
from bot.storage.open import sqlite_path


async def rebuild(url: str, now: datetime, told: Told) -> list[Part]:
    """As `RebuildService.rebuild`. Raises HostError also where there is no database, or a bot runs on it."""
    if url.startswith("sqlite:///") and not sqlite_path(url).is_file():
        raise HostError(f"There is no database at {sqlite_path(url)}: look at storage.url.")
    async with alone_on(url) as database:
        return await RebuildService(database).rebuild(now, told)
