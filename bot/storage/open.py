"""Opens the database that an address names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import HostError
from bot.storage.database import Database

if TYPE_CHECKING:
    from bot.storage.presence import Presence


def sqlite_path(url: str) -> Path:
    """The file of sqlite:///relative/path, sqlite:////absolute/path or sqlite:///~/path/of/home."""
    path = url.removeprefix("sqlite:///")
    if path.startswith("~/"):
        return Path(path).expanduser()
    # SQLite takes two slashes at the beginning of a path for the name of another machine
    return Path(f"/{path.lstrip('/')}" if path.startswith("//") else path)


def backups_folder(url: str, folder: str = "") -> Path:
    """The folder of backups and of the ledger of erasures: `folder` where it is set, else beside the SQLite file."""
    if folder:
        return Path(folder)
    return sqlite_path(url).parent / "backups" if url.startswith("sqlite:///") else Path("data/backups")


async def present_on(url: str, shards: Sequence[int] | None) -> Presence | None:
    """Be the one process that serves `shards` (None: all of them) from the server of `url`; None for an SQLite file,
    which one process owns anyway.

    Raises HostError where another process does.
    """
    if url.startswith("sqlite:"):
        return None
    from bot.storage.postgresql import named
    from bot.storage.presence import Presence

    return await Presence.take(url, named(url), shards)


async def open_database(url: str, *, readers: int = 2) -> Database:
    """Open, without migrating, the database of sqlite:///path or postgresql://user@host/name.

    Args:
        readers: how many connections may read side by side (SQLite).

    Raises:
        HostError: with what to do, for an address or a file that cannot serve.
    """
    if url.startswith("sqlite:///") and len(url) > len("sqlite:///"):
        from bot.storage.sqlite import SQLiteDatabase

        return await SQLiteDatabase.open(sqlite_path(url), readers=readers)
    if url.startswith(("postgresql://", "postgres://")):
        try:
            from bot.storage.postgresql import PostgreSQLDatabase
        except ImportError as missing:
            raise HostError(
                "storage.url names PostgreSQL, but its driver is not installed: "
                "pip install 'second-wind[postgresql]'.",
                exit_code=2,
            ) from missing
        return await PostgreSQLDatabase.open(url)
    raise HostError(
        "storage.url has to start with sqlite:/// or postgresql:// (for example sqlite:///data/second-wind.db).",
        exit_code=2,
    )
