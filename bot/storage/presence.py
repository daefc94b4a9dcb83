"""Who is on a PostgreSQL database: locks of sessions, which go with the process that holds them, however it ends.

A process that serves all shards has the whole alone, as a tool does that changes it from the ground up. Processes that
share the shards have the whole together, and each of their shards alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from typing import Any

import asyncpg

from bot.errors import HostError

log = logging.getLogger(__name__)
# The first half of an advisory lock's key: any number that no other program's lock is likely to use.
LOCKS = 0x5EC0_0D32
WHOLE = 0
# A server sees that a process is gone when its connection ends: a restart may come sooner.
PATIENCE_SECONDS, EVERY_SECONDS = 6.0, 0.5
# Where a machine vanishes without a goodbye, its server lets go after about half a minute.
KEEPALIVES = {"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}


class Presence:
    """The locks of one process, on a connection of their own."""

    def __init__(self, url: str, where: str, shards: Sequence[int] | None) -> None:
        self._url, self._where, self._shards = url, where, shards
        self._raw: Any = None
        self._session: Any = None  # its process on the server
        self._gone = asyncio.Event()
        self._closing = False

    @classmethod
    async def take(
        cls, url: str, where: str, shards: Sequence[int] | None, *, patience: float | None = None
    ) -> Presence:
        """Take the locks for `shards` (None: all of them, or none at all and nobody else).

        Args:
            where: what may be shown of `url`.

        Raises:
            HostError: where another process has them after `patience` seconds (PATIENCE_SECONDS unless given).
        """
        presence = cls(url, where, shards)
        until = asyncio.get_running_loop().time() + (PATIENCE_SECONDS if patience is None else patience)
        while not await presence._locked():
            if asyncio.get_running_loop().time() > until:
                await presence.close()
                raise presence.refusal()
            await asyncio.sleep(EVERY_SECONDS)
        return presence

    def refusal(self) -> HostError:
        """In words, why this process may not be here."""
        if self._shards is None:
            return HostError(
                f"Another Second Wind is already using {self._where}: stop it first, or give each process its "
                "discord.shard_count and discord.shard_ids."
            )
        shards = ", ".join(map(str, self._shards))
        return HostError(
            f"Another Second Wind on {self._where} serves shard {shards} already, or all of them: "
            "stop it first, or give this one other discord.shard_ids."
        )

    async def lost(self) -> None:
        """Return only when another process has taken what this one had: it has to end."""
        while True:
            await self._gone.wait()
            self._gone.clear()
            log.warning("presence_interrupted")
            if not await self._again():
                return

    async def _again(self) -> bool:
        """Wait for the server and take the locks again; False where another process has them now."""
        while not self._closing:
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
                return await self._locked()
            await asyncio.sleep(EVERY_SECONDS)
        return True

    async def close(self) -> None:
        """Let go."""
        self._closing = True
        self._gone.set()
        await self._let_go()

    async def _let_go(self) -> None:
        raw, self._raw = self._raw, None
        if raw is not None:
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
                await raw.close(timeout=0.5)

    async def _end_last_session(self) -> None:
        """A connection that broke on its way may still stand at the server, with our locks: they are not another's."""
        session = await self._raw.fetchrow(
            "SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()"
        )
        if self._session not in (None, session):
            await self._raw.execute(
                "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE pid = $1 AND backend_start = $2",
                *self._session,
            )
        self._session = session

    async def _locked(self) -> bool:
        """Whether all locks are held now; none is where not."""
        if self._raw is None or self._raw.is_closed():
            raw = self._raw = await asyncpg.connect(self._url, timeout=10, server_settings=KEEPALIVES)
            raw.add_termination_listener(lambda _: self._gone.set())
        await self._end_last_session()
        if self._shards is None:
            return bool(await self._raw.fetchval("SELECT pg_try_advisory_lock($1, $2)", LOCKS, WHOLE))
        held = await self._raw.fetchval("SELECT pg_try_advisory_lock_shared($1, $2)", LOCKS, WHOLE)
        for shard in self._shards if held else ():
            held = held and await self._raw.fetchval("SELECT pg_try_advisory_lock($1, $2)", LOCKS, shard + 1)
        if not held:
            await self._raw.execute("SELECT pg_advisory_unlock_all()")
        return bool(held)
