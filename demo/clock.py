"""The demo's clock: the bundled Discord's own, so that messages and runs agree about the time."""

from __future__ import annotations

from datetime import UTC, datetime

from simcord import Env


class DemoClock:
    """Tells what the bundled Discord tells, once it is there."""

    def __init__(self, before: datetime) -> None:
        self._before = before
        self._env: Env | None = None

    def follow(self, env: Env) -> None:
        self._env = env

    def now(self) -> datetime:
        return self._before if self._env is None else self._env.now().astimezone(UTC)
