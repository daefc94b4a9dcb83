"""Kills the bot again and again while runs are being logged: none that was answered is lost, none is there twice.

python -m benchmarks.kills --kills 100 --seed 1
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import signal
import sqlite3
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.forks import ForkServer, Life, Watch
from benchmarks.people import Runner, counted, everyone, stored_runs
from benchmarks.standin import StandIn
from benchmarks.standin_answer import Answer

WORKERS = 8
LONGEST_SECONDS = 0.4


@dataclass
class Campaign:
    """What was sent and what came of it. `lost` and `doubled` are interaction ids; both are to stay empty."""

    kills: int = 0
    answered: set[int] = field(default_factory=set)
    in_flight: int = 0
    in_flight_stored: int = 0
    delivered_again: int = 0
    lost: set[int] = field(default_factory=set)
    doubled: set[int] = field(default_factory=set)
    strange: set[int] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    integrity: str = "not looked at"

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.strange or self.refused) and self.integrity == "ok"

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {len(self.answered)} answered runs, {self.in_flight} in flight when killed "
            f"({self.in_flight_stored} of them already stored), {self.delivered_again} delivered again; lost "
            f"{len(self.lost)}, doubled {len(self.doubled)}, never sent {len(self.strange)}, "
            f"refused {len(self.refused)}; integrity check: {self.integrity}"
        )


async def campaign(folder: Path, *, kills: int, seed: int) -> Campaign:
    """Start, look, deliver again what was in flight, load, kill: `kills` times, then one start to look once more."""
    found, dice, database = Campaign(), random.Random(seed), folder / "second-wind.db"
    async with ForkServer() as forks, StandIn(guilds=4) as discord_:
        runners = everyone(discord_, seed=seed)
        in_flight: list[Answer] = []
        for number in range(kills + 1):
            bot = await _start(forks, folder, discord_)
            try:
                await discord_.wait_connected()
                await discord_.wait_commands()
                _look(found, database, discord_, in_flight)
                await _deliver_again(found, discord_, in_flight, dice)
                _look(found, database, discord_, [])
                if number < kills:
                    in_flight = await _load_and_kill(found, bot, runners, dice)
            finally:
                if number < kills:
                    await bot.kill()
                else:
                    os.kill(bot.pid, signal.SIGTERM)
                    if not await bot.ended():
                        found.refused.append("it outlived SIGTERM")
    found.integrity = _integrity(database)
    return found


async def _start(forks: ForkServer, folder: Path, discord_: StandIn) -> Life:
    environment = {
        "SECONDWIND_DISCORD__TOKEN": discord_.token,
        "SECONDWIND_DISCORD__API_BASE": discord_.api_base,
        "SECONDWIND_STORAGE__URL": f"sqlite:///{folder / 'second-wind.db'}",
        "SECONDWIND_LIMITS__ON": "false",
    }
    return await forks.start(folder, environment, clock=str(Watch(folder / "clock").path))


async def _load_and_kill(
    found: Campaign, bot: Life, runners: list[Runner], dice: random.Random
) -> list[Answer]:
    """Runs are logged by several people at once until the process is killed; those that got no answer."""
    sent: list[Answer] = []

    async def work(some: list[Runner]) -> None:
        while True:
            answer = await dice.choice(some).log_run(wait=False)
            sent.append(answer)
            await answer.until(lambda a: a.callback is not None, patience=10)

    workers = [asyncio.create_task(work(runners[n::WORKERS])) for n in range(WORKERS)]
    await asyncio.sleep(dice.uniform(0.02, LONGEST_SECONDS))
    await bot.kill()
    found.kills += 1
    await asyncio.sleep(0.02)  # what the process had sent before its end is read
    for worker in workers:
        worker.cancel()
        with contextlib.suppress(asyncio.CancelledError, TimeoutError, ConnectionError):
            await worker
    for answer in sent:
        _take(found, answer)
    return [answer for answer in sent if answer.callback is None]


async def _deliver_again(
    found: Campaign, discord_: StandIn, in_flight: list[Answer], dice: random.Random
) -> None:
    """Discord delivers what had no answer once more, and some of what had one."""
    answered = sorted(found.answered)
    again = in_flight + [discord_.answers[one] for one in dice.sample(answered, min(3, len(answered)))]
    for answer in again:
        await discord_.deliver_again(answer)
        _take(found, answer)
    found.delivered_again += len(again)


def _take(found: Campaign, answer: Answer) -> None:
    if counted(answer):
        found.answered.add(answer.id)
    elif answer.text:
        found.refused.append(answer.text)


def _look(found: Campaign, database: Path, discord_: StandIn, in_flight: list[Answer]) -> None:
    """Compare the file with what was answered."""
    rows = stored_runs(database)
    found.lost |= found.answered - rows.keys()
    found.doubled |= {interaction for interaction, count in rows.items() if count != 1}
    found.strange |= rows.keys() - discord_.answers.keys()
    found.in_flight += len(in_flight)
    found.in_flight_stored += sum(answer.id in rows for answer in in_flight)


def _integrity(database: Path) -> str:
    raw = sqlite3.connect(database)
    try:
        problems = [row[0] for row in raw.execute("PRAGMA integrity_check")]
        problems += [f"foreign key of {row[0]}" for row in raw.execute("PRAGMA foreign_key_check")]
    finally:
        raw.close()
    return "ok" if problems == ["ok"] else "; ".join(problems)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.kills", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--kills", type=int, default=100, help="how often (100)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments and of who logs (1)")
    options = parser.parse_args()
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="second-wind-kills-") as folder:
        found = asyncio.run(campaign(Path(folder), kills=options.kills, seed=options.seed))
    print(f"{found}; seed {options.seed}, {time.perf_counter() - started:.0f} s")
    for refusal in sorted(set(found.refused))[:5]:
        print("refused:", refusal)
    return 0 if found.clean else 1


if __name__ == "__main__":
    sys.exit(main())
