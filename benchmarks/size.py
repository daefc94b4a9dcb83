"""What a host pays: memory for each group, and the time from start to the first answer."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.process import MIB, BotProcess
from benchmarks.standin import StandIn

SETTLING_SECONDS = 3.0


async def memory_and_start(folder: Path, *, groups: int) -> list[Figure]:
    """Resident memory with no group and with `groups`; start to the first answer with one group and with `groups`."""
    for each in ("none", "one", "many"):
        (folder / each).mkdir()
    empty, _ = await _measure(folder / "none", 0)
    _, one = await _measure(folder / "one", 1)
    full, many = await _measure(folder / "many", groups)
    return [
        Figure(f"memory per group at {groups:,} groups", (full - empty) / groups / 1024, "KB", at_most=32),
        Figure(f"memory in all with {groups:,} groups", full / MIB, "MB", at_most=200),
        Figure("memory with no group", empty / MIB, "MB"),
        Figure("start to first answer, 1 group", one, "s"),
        Figure(f"start to first answer, {groups:,} groups", many, "s"),
    ]


async def _measure(folder: Path, groups: int) -> tuple[int, float]:
    """Resident bytes once all is quiet, and seconds from the start of the process to the answer of a command."""
    async with StandIn(guilds=groups) as discord_, await BotProcess.start(discord_, folder) as bot:
        ready = 0.0
        if groups:
            await discord_.wait_commands()
            await discord_.slash("help", guild=discord_.guilds[-1], member=discord_.guilds[-1].members[1])
            ready = time.perf_counter() - bot.started_at
        await asyncio.sleep(SETTLING_SECONDS)
        return bot.resident_bytes(), ready
