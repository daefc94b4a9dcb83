"""The two processes of a campaign on PostgreSQL, each with a shard, a folder and a log of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import asyncpg

from benchmarks.faults_round import REQUEST_SECONDS, TICK
from benchmarks.forks import ForkServer, Life, Watch
from benchmarks.standin import StandIn

SHARDS = (0, 1)


class Two:
    """Starts them, again and again. `lives`: the newest of each shard."""

    def __init__(self, folder: Path, forks: ForkServer, discord_: StandIn, url: str, watch: Watch) -> None:
        self._folder, self._forks, self._discord = folder, forks, discord_
        self._url, self._watch = url, watch
        self.lives: dict[int, Life] = {}

    def room(self, shard: int) -> Path:
        """Where it runs; its log is bot.log there."""
        return self._folder / f"process-{shard}"

    async def start(self, shard: int, **orders: Any) -> Life:
        """Start the process of a shard; `orders` as of `benchmarks.forks.be_the_bot`."""
        self.room(shard).mkdir(exist_ok=True)
        # Discord's five seconds between two starts would be most of the campaign's time; they have tests of their own.
        await first_value(self._url, "DELETE FROM identify_slots")
        environment = {
            "SECONDWIND_DISCORD__TOKEN": self._discord.token,
            "SECONDWIND_DISCORD__API_BASE": self._discord.api_base,
            "SECONDWIND_DISCORD__SHARD_COUNT": str(len(SHARDS)),
            "SECONDWIND_DISCORD__SHARD_IDS": str(shard),
            "SECONDWIND_STORAGE__URL": self._url,
            "SECONDWIND_STORAGE__BACKUPS": str(self._folder / "backups"),
            "SECONDWIND_LIMITS__ON": "false",
            "SECONDWIND_SCHEDULING__TICK": TICK,
        }
        clock = str(self._watch.path)
        self.lives[shard] = await self._forks.start(
            self.room(shard), environment, clock=clock, patience=REQUEST_SECONDS, **orders
        )
        return self.lives[shard]

    async def start_missing(self) -> None:
        """Start those that are not there."""
        for shard in SHARDS:
            if shard not in self.lives or self.lives[shard].status is not None:
                await self.start(shard)

    def log_end(self, shard: int) -> str:
        """The last lines of its log."""
        log = self.room(shard) / "bot.log"
        return " / ".join(log.read_text(errors="replace").splitlines()[-6:]) if log.exists() else "no log"


async def first_value(url: str, statement: str, *parameters: object) -> Any:
    """The first value of what a statement says, on a connection of its own."""
    raw = await asyncpg.connect(url)
    try:
        return await raw.fetchval(statement, *parameters)
    finally:
        await raw.close()
