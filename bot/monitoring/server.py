"""/healthz and /metrics on a port of this machine."""

from __future__ import annotations

import logging

import orjson
from aiohttp import web

from bot.errors import HostError
from bot.monitoring.health import Health
from bot.monitoring.metrics import Metrics

log = logging.getLogger(__name__)
CLOSING_SECONDS = 0.5


class MonitoringServer:
    """Answers two addresses, and nothing else."""

    def __init__(self, health: Health, metrics: Metrics) -> None:
        self._health, self._metrics = health, metrics
        self._runner: web.AppRunner | None = None

    async def start(self, address: str, port: int) -> None:
        """Listen. Raises HostError where the port cannot be had."""
        application = web.Application()
        application.add_routes([web.get("/healthz", self._healthz), web.get("/metrics", self._show)])
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=CLOSING_SECONDS)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, address, port).start()
        except OSError as error:
            await self.close()
            raise HostError(
                f"monitoring.port {port} on {address} cannot be had ({error.strerror}): "
                "choose another one, or 0 for none.",
                exit_code=2,
            ) from error
        log.info("monitoring", extra={"address": address, "port": port})

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _healthz(self, _request: web.Request) -> web.Response:
        well, told = self._health.report()
        return web.Response(
            body=orjson.dumps(told), status=200 if well else 503, content_type="application/json"
        )

    async def _show(self, _request: web.Request) -> web.Response:
        return web.Response(
            body=self._metrics.text(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
        )
