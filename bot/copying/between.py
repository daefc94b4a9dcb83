"""From one address to another, with nobody else on either."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Callable
from contextlib import AsyncExitStack
from urllib.parse import parse_qs, unquote, urlsplit

from bot.copying.files import opened
from bot.copying.service import Copied, Progress, copy, require_empty, require_source, silent
from bot.errors import HostError, StorageUnavailable
from bot.storage.alone import alone_on
from bot.storage.open import sqlite_path


async def copy_between(
    source_url: str, target_url: str, *, now: int, on_progress: Callable[[Progress], None] = silent
) -> Copied:
    """Copy the database of one address into the empty one of another, as `copy` does; no bot may run on either.

    Raises HostError, saying what to do, and StorageUnavailable.
    """
    _require_two(source_url, target_url)
    for url, require in ((source_url, require_source), (target_url, require_empty)):
        if url.startswith("sqlite:///") and sqlite_path(url).is_file():
            # Another program's file is left as it is: opening it to serve from would change how it is journaled.
            with contextlib.suppress(sqlite3.Error):
                async with opened(sqlite_path(url), "ro") as file:
                    await require(file)
    async with AsyncExitStack() as stack:
        source = await stack.enter_async_context(alone_on(source_url))
        await require_source(source)
        target = await stack.enter_async_context(alone_on(target_url))
        try:
            return await copy(source, target, name=_name(source_url), now=now, on_progress=on_progress)
        except StorageUnavailable as refused:
            raise HostError(
                f"One of the two gave no answer ({refused}): look at their disks and servers, then run the same "
                "`second-wind copy` again: it goes on where it was."
            ) from refused


def _require_two(source_url: str, target_url: str) -> None:
    if source_url.startswith("sqlite:///") and not sqlite_path(source_url).is_file():
        raise HostError(
            f"There is no database at {sqlite_path(source_url)}: look at the first address.", exit_code=2
        )
    if _place(source_url) == _place(target_url):
        raise HostError("Both addresses name the same database: name two.", exit_code=2)


def _name(url: str) -> str:
    """What a cut-short copy remembers of its source: which it was, and nothing that anybody could read."""
    return hashlib.sha256("\n".join(_place(url)).encode()).hexdigest()[:32]


def _place(url: str) -> tuple[str, ...]:
    """Where a database is, without who asks for it."""
    if url.startswith("sqlite:///"):
        return ("sqlite", str(sqlite_path(url).resolve()))
    try:
        parts = urlsplit(url)
        asked = parse_qs(parts.query)
        host = asked.get("host", [parts.hostname or ""])[0]
        port = str(parts.port or asked.get("port", ["5432"])[0])
    except ValueError:
        return (url,)  # opening it says what is wrong
    return ("postgresql", host, port, unquote(parts.path))
