"""After the power is back: the real bot starts on what a cut left, and nobody gets anything twice."""

from __future__ import annotations

import asyncio
import math
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from benchmarks.faults_round import IDLE_SECONDS, SETTLE_SECONDS, waiting
from benchmarks.forks import ForkServer, Watch
from benchmarks.standin import StandIn

TWICE, UNSETTLED, BUGS = "posted twice", "files that never settled", "bugs in the log"
KINDS = (TWICE, UNSETTLED, BUGS)
_BUGS = ("delivery_bug", "housekeeping_bug", "delivery_rejected", "Traceback")


def forget(discord_: StandIn, deliveries: set[int]) -> None:
    """Take away the messages of these, as if the power had been cut before they left."""
    nonces = {f"sw{delivery}" for delivery in deliveries}
    for number, message in list(discord_.messages.items()):
        if message.get("nonce") in nonces:
            del discord_.messages[number]


async def settle(
    discord_: StandIn, watch: Watch, database: Path, told: Callable[[str, object], None]
) -> None:
    """Run the bot on `database` until no delivery waits, then count the messages of each delivery in Discord.

    `told` hears of what may not be: its kind, and where.
    """
    environment = {
        "SECONDWIND_DISCORD__TOKEN": discord_.token,
        "SECONDWIND_DISCORD__API_BASE": discord_.api_base,
        "SECONDWIND_STORAGE__URL": f"sqlite:///{database}",
        "SECONDWIND_LIMITS__ON": "false",
        "SECONDWIND_SCHEDULING__TICK": "0.2",
    }
    async with ForkServer() as forks:
        life = await forks.start(database.parent, environment, clock=str(watch.path))
        if not await _nothing_waits(discord_, watch, database):
            told(UNSETTLED, database)
        if life.status is not None:
            told(BUGS, f"it ended with {life.status}")
        await life.kill()
    nonces = Counter(str(message.get("nonce") or "") for message in discord_.messages.values())
    for nonce, messages in nonces.items():
        if nonce.startswith("sw") and messages > 1:
            told(TWICE, nonce)
    for line in (database.parent / "bot.log").read_text(errors="replace").splitlines():
        if any(word in line for word in _BUGS):
            told(BUGS, line[:200])


async def _nothing_waits(discord_: StandIn, watch: Watch, database: Path) -> bool:
    """Whether that came to be; time is made to go by where a delivery waits for it."""
    until, requests, changed_at = time.monotonic() + SETTLE_SECONDS, discord_.requests, math.inf
    while time.monotonic() < until:
        await asyncio.sleep(0.05)
        if discord_.requests != requests:
            requests, changed_at = discord_.requests, time.monotonic()
        try:
            wait = waiting(database, watch.seconds())
        except sqlite3.OperationalError:  # it has not been opened yet
            continue
        idle = time.monotonic() - changed_at > IDLE_SECONDS
        if wait is None and idle:
            return True
        if wait is not None and wait > 1 and idle:
            watch.leap(wait)
    return False
