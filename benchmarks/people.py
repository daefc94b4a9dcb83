"""People of the stand-in at work: each logs runs of which no two look alike."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.standin import StandIn
from benchmarks.standin_answer import Answer
from benchmarks.standin_world import Guild, Member

RUNS_A_DAY = 24
COUNTS = "That counts."


class Runner:
    """One member of one group."""

    def __init__(self, discord_: StandIn, guild: Guild, member: Member) -> None:
        self.discord_, self.guild, self.member = discord_, guild, member
        self.logged = 0

    async def use(self, name: str, options: dict[str, Any] | None = None, *, wait: bool = True) -> Answer:
        """Use a command."""
        return await self.discord_.slash(
            name, guild=self.guild, member=self.member, options=options, wait=wait
        )

    async def bare(self) -> Answer:
        return await self.use("bare")

    async def log_run(self, *, wait: bool = True, private: bool = False) -> Answer:
        """`/run log` with the next run."""
        self.logged += 1
        options = run_options(self.logged - 1)
        if private:
            options["visibility"] = "private"
        return await self.use("run log", options, wait=wait)


def run_options(number: int) -> dict[str, str]:
    """What run `number`, from 0, is logged with: 24 a day, each 9% farther than the one before, so none is another's
    twin."""
    back, turn = divmod(number, RUNS_A_DAY)
    metres = round(2_000 * 1.09**turn)
    minutes, seconds = divmod(metres * 345 // 1000, 60)
    options = {"distance": f"{metres} m", "time": f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"}
    if back:
        today = datetime.now(UTC) - timedelta(hours=4)  # a group's day turns at 04:00
        options["when"] = (today - timedelta(days=back)).date().isoformat()
    return options


def everyone(discord_: StandIn, *, seed: int = 1) -> list[Runner]:
    """All members of all groups, shuffled."""
    runners = [Runner(discord_, guild, member) for guild in discord_.guilds for member in guild.members]
    random.Random(seed).shuffle(runners)
    return runners


def counted(answer: Answer) -> bool:
    """Whether the answer to a `/run log` says that the run is stored.

    By a card that everybody sees; or, beyond so many cards a day or after an acknowledgement, by words for the runner.
    """
    return answer.callback is not None and (
        (answer.message is not None and not answer.ephemeral) or COUNTS in answer.text
    )


def stored(answer: Answer) -> Answer:
    """The answer to a `/run log`, made sure of. Raises RuntimeError where it says anything but that it is stored."""
    if not counted(answer):
        raise RuntimeError(f"/run log was answered by {answer.callback}: {answer.text}")
    return answer


async def seconds_of(work: Awaitable[Answer]) -> float:
    """How long it took until the whole answer stood there."""
    before = time.perf_counter()
    await (await work).settled(patience=30)
    return time.perf_counter() - before


async def at_once(jobs: list[Callable[[], Awaitable[Answer]]], width: int) -> tuple[float, list[Answer]]:
    """Run the jobs, `width` at a time; the seconds it took, and the answers."""
    queue = iter(jobs)
    answers: list[Answer] = []

    async def work() -> None:
        for job in queue:
            answer = await job()
            answers.append(answer)

    before = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(width):
            group.create_task(work())
    return time.perf_counter() - before, answers


def stored_runs(database: Path) -> dict[int, int]:
    """How many rows of runs each interaction has in the file."""
    raw = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return dict(
            raw.execute("SELECT interaction_id, count(*) FROM runs GROUP BY interaction_id").fetchall()
        )
    finally:
        raw.close()
