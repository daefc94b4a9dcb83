"""Everything that is watched of one process, from its start to its end."""

from __future__ import annotations

import asyncio
import contextlib
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.backups.files import newest
from bot.clock import Clock
from bot.monitoring.health import Health
from bot.monitoring.hooks import measure_lag, silence_of
from bot.monitoring.metrics import Metrics
from bot.monitoring.server import MonitoringServer

if TYPE_CHECKING:
    from bot.client import SecondWind
    from bot.storage import Database


class Watching:
    """Metrics and health of a process; a server for them where a port is given."""

    def __init__(self, tick: float) -> None:
        self.metrics = Metrics()
        self.health = Health(time.monotonic, tick)
        self._server = MonitoringServer(self.health, self.metrics)
        self._lag: asyncio.Task[None] | None = None

    async def start(self, address: str, port: int) -> None:
        """Listen, unless `port` is 0. Raises HostError where the port cannot be had."""
        self._lag = asyncio.create_task(measure_lag(self.metrics))
        if port:
            await self._server.start(address, port)

    async def close(self) -> None:
        if self._lag is not None:
            self._lag.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._lag
        await self._server.close()

    def database(self, database: Database) -> None:
        """From now on its reads and writes are timed."""
        database.observe = self.metrics.transaction

    def client(self, client: SecondWind, backups: Path, clock: Clock) -> None:
        """What is looked up when somebody asks: of the connection, and of the newest backup."""
        self.health.ready = lambda: client.is_ready() and not client.is_closed()
        self.health.gateway = partial(silence_of, client)
        self.metrics.gauge("groups", "Groups that this process serves", lambda: len(client.guilds))
        self.metrics.gauge(
            "gateway_latency_seconds",
            "The slowest shard's last heartbeat, until it was answered",
            lambda: max((latency for _, latency in client.latencies), default=float("nan")),
        )
        self.metrics.gauge(
            "newest_backup_age_seconds", "NaN: there is none", partial(_age_of_newest, backups, clock)
        )
        self.metrics.gauge("healthy", "1 where /healthz says so", lambda: float(self.health.report()[0]))


def _age_of_newest(folder: Path, clock: Clock) -> float:
    try:
        found = newest(folder)
    except OSError:
        return float("nan")
    return float("nan") if found is None else (clock.now() - found.made_at).total_seconds()
