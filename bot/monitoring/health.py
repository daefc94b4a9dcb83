"""Whether the bot is well: connected, its database takes writes, and it looks whether something is due."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.storage import Database, load_queries

BEAT_SECONDS = 15.0
# A write that was due four times and did not come through; a gateway as long without a sign of life as makes
# discord.py itself connect anew.
WRITER_SECONDS, GATEWAY_SECONDS = 4 * BEAT_SECONDS, 75.0
LATEST_TICKS, SHORTEST_TICK_SECONDS = 5, 60.0


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that has to be well. `seconds` since its last sign of life; None: there was none yet."""

    well: bool
    seconds: float | None = None


class Health:
    """What is known of the process's parts.

    Args:
        now: seconds by a clock that only grows.
        tick: seconds between two looks whether something is due.
    """

    def __init__(self, now: Callable[[], float], tick: float) -> None:
        self._now = now
        self._tick_allowed = max(LATEST_TICKS * tick, SHORTEST_TICK_SECONDS)
        self._wrote_at: float | None = None
        self._ticked_at: float | None = None
        self.ready: Callable[[], bool] = lambda: False
        self.gateway: Callable[[], float | None] = lambda: None

    def wrote(self) -> None:
        """A write went through."""
        self._wrote_at = self._now()

    def ticked(self) -> None:
        """It was looked whether something is due."""
        self._ticked_at = self._now()

    async def beat(self, database: Database) -> None:
        """Write a row, as proof that it can be done: a full disk takes empty transactions.

        Raises StorageUnavailable.
        """
        await database.write(load_queries("bot.monitoring", database.dialect).beat)
        self.wrote()

    def parts(self) -> dict[str, Part]:
        """Each part by its name."""
        silent = self.gateway()
        return {
            "ready": Part(self.ready()),
            "gateway": Part(silent is not None and silent < GATEWAY_SECONDS, silent),
            "writer": self._since(self._wrote_at, WRITER_SECONDS),
            "last_tick": self._since(self._ticked_at, self._tick_allowed),
        }

    def _since(self, moment: float | None, allowed: float) -> Part:
        if moment is None:
            return Part(well=False)
        seconds = self._now() - moment
        return Part(seconds < allowed, seconds)

    def report(self) -> tuple[bool, dict[str, Any]]:
        """Whether all is well, and what is said of each part."""
        parts = self.parts()
        told = {
            name: {"well": part.well}
            | ({} if part.seconds is None else {"seconds_ago": round(part.seconds, 1)})
            for name, part in parts.items()
        }
        well = all(part.well for part in parts.values())
        return well, {"well": well, **told}
