"""The bot as it may not be: SQLite is told to wait for no disk. For the campaign's own tests, which have to notice."""

from __future__ import annotations

import sys
from typing import Any

import aiosqlite

from bot.__main__ import main
from bot.storage import sqlite


def without_syncs() -> None:
    """From here on connections are opened with synchronous=OFF."""
    careful: Any = sqlite._pragmas

    async def careless(connection: aiosqlite.Connection, *pragmas: str) -> None:
        await careful(connection, *(each.replace("synchronous=FULL", "synchronous=OFF") for each in pragmas))

    sqlite._pragmas = careless


if __name__ == "__main__":
    without_syncs()
    sys.exit(main(["run"]))
