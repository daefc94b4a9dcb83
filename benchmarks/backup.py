"""`make backups`: a backup of a million runs while 50 people a second check in, and how long those wait.

A file is filled, the real bot serves from it over a real socket, and 50 `/run log` a second arrive whatever becomes of
those before. Meanwhile the bot makes its daily backup, and then `second-wind backup` makes one from outside. Each
backup has to hold what was answered before it began. Then the newest is restored.

python -m benchmarks.backup [--runs 1000000] [--rate 50] [--server postgresql://...]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.figures import Figure, p50, p99, table
from benchmarks.fill import fill
from benchmarks.people import Runner, everyone, stored, stored_runs
from benchmarks.process import ROOT, BotProcess
from benchmarks.standin import StandIn
from benchmarks.standin_answer import Answer
from bot.backups.files import BackupFile, newest

BAR_SECONDS = 1.0
WARM_SECONDS, CALM_SECONDS, PATIENCE_SECONDS = 5.0, 15.0, 600.0


class Crowd:
    """People who check in at a steady rate, whatever becomes of those before: `answers` grows by `rate` a second."""

    def __init__(self, runners: list[Runner], rate: float) -> None:
        self._runners, self._rate = runners, rate
        self.answers: list[Answer] = []
        self.unanswered = 0
        self._under_way: set[asyncio.Task[None]] = set()
        self._task = asyncio.create_task(self._go_on())

    async def _go_on(self) -> None:
        began = time.perf_counter()
        number = 0
        while True:
            await asyncio.sleep(max(0.0, began + number / self._rate - time.perf_counter()))
            task = asyncio.create_task(self._one(self._runners[number % len(self._runners)]))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
            number += 1

    async def _one(self, runner: Runner) -> None:
        try:
            self.answers.append(stored(await runner.log_run()))
        except TimeoutError:
            self.unanswered += 1

    async def waits(self, work: Awaitable[object]) -> list[float]:
        """Seconds to the first answer of those who checked in while `work` went on."""
        first = len(self.answers)
        await work
        return [answer.first_response_seconds or 0.0 for answer in self.answers[first:]]

    async def stop(self) -> None:
        """Send nobody any more. Raises RuntimeError where anybody was not answered."""
        self._task.cancel()
        await asyncio.gather(*self._under_way)
        if self.unanswered:
            raise RuntimeError(f"{self.unanswered} check-ins were not answered in time")


async def until(true: Callable[[], bool]) -> float:
    """Wait for it; the seconds it took."""
    began = time.perf_counter()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not true():  # noqa: ASYNC110 - another process does it
            await asyncio.sleep(0.02)
    return time.perf_counter() - began


async def second_wind(folder: Path, url: str, *arguments: str) -> float:
    """Run a command of the bot's on the database of `url`; seconds. Raises RuntimeError where it ends badly."""
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments, cwd=folder,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        env={
            **os.environ, "PYTHONPATH": str(ROOT), "SECONDWIND_STORAGE__URL": url,
            "SECONDWIND_STORAGE__BACKUPS": str(folder / "backups"),
        },
    )  # fmt: skip
    _, said = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"second-wind {arguments[0]} ended with {process.returncode}: {said.decode()}")
    return time.perf_counter() - began


def holds(backup: Path, answers: list[Answer]) -> int:
    """How many runs the backup holds. Raises RuntimeError where one of the answers is not in it exactly once."""
    rows = stored_runs(backup)
    if missing := [answer.id for answer in answers if rows.get(answer.id) != 1]:
        raise RuntimeError(f"{len(missing)} acknowledged runs are not in {backup}")
    return sum(rows.values())


async def measure(folder: Path, *, runs: int, rate: float, server: str | None) -> list[Figure]:
    """Everything, in `folder`, which needs room for the file six times.

    Args:
        server: address of an empty PostgreSQL database to serve from instead of the file.
    """
    filled, backups = folder / "second-wind.db", folder / "backups"
    url = server or f"sqlite:///{filled}"
    async with StandIn(guilds=200) as discord_:
        first, *runners = everyone(discord_)
        await asyncio.to_thread(fill, filled, runs, first.guild, first.member, now=datetime.now(UTC))
        figures = [Figure("the file that it was filled from", filled.stat().st_size / 1e6, "MB")]
        if server:
            copying = await second_wind(folder, server, "copy", f"sqlite:///{filled}", server)
            figures.append(Figure("second-wind copy of it into the server", copying, "s"))
        program = ("-m", "benchmarks.bot_backing_up", str(WARM_SECONDS + CALM_SECONDS + 5))
        async with await BotProcess.start(
            discord_,
            folder,
            program=program,
            SECONDWIND_STORAGE__URL=url,
            SECONDWIND_STORAGE__BACKUPS=str(backups),
        ):
            await discord_.wait_commands()
            crowd = Crowd(runners, rate)
            figures += await _served(crowd, folder, url)
    held = holds(_newest(backups).path, [])
    figures.append(
        Figure(
            "second-wind backup with nobody served", await second_wind(folder, url, "backup", "all.db"), "s"
        )
    )
    holds(folder / "all.db", crowd.answers)
    figures.append(
        Figure(
            "second-wind restore, looked through before and after",
            await second_wind(folder, url, "restore"),
            "s",
        )
    )
    await second_wind(folder, url, "backup", "restored.db")
    if holds(folder / "restored.db", []) != held:
        raise RuntimeError("the restored database holds other runs than the backup")
    return figures


async def _served(crowd: Crowd, folder: Path, url: str) -> list[Figure]:
    """A calm while, then the bot's own backup, then one from outside, while the crowd checks in."""
    backups = folder / "backups"
    await asyncio.sleep(WARM_SECONDS)
    calm = await crowd.waits(asyncio.sleep(CALM_SECONDS))
    earlier, took = list(crowd.answers), []

    async def daily() -> None:
        took.append(await until(lambda: newest(backups) is not None))

    async def command() -> None:
        took.append(await second_wind(folder, url, "backup"))

    await until(lambda: any(backups.glob("*.partial")))
    inside = await crowd.waits(daily())
    first, then = _newest(backups).path, list(crowd.answers)
    outside = await crowd.waits(command())
    await crowd.stop()  # looking into a backup takes a second, in which this process would not take answers
    return [
        Figure("the backup", _newest(backups).size / 1e6, "MB"),
        Figure("runs in the first backup", holds(first, earlier)),
        Figure("runs in the second", holds(_newest(backups).path, then)),
        Figure("the daily backup, made and looked through", took[0], "s"),
        Figure("second-wind backup, its start included", took[1], "s"),
        *_rows("calm", calm),
        *_rows("the daily backup", inside),
        *_rows("second-wind backup", outside),
    ]


def _rows(name: str, waits: list[float]) -> list[Figure]:
    bar = None if name == "calm" else BAR_SECONDS * 1000
    return [
        Figure(f"{name}: check-ins answered meanwhile", len(waits)),
        Figure(f"{name}: answer, p50", p50(waits) * 1000, "ms"),
        Figure(f"{name}: answer, p99", p99(waits) * 1000, "ms"),
        Figure(f"{name}: answer, latest", max(waits) * 1000, "ms", at_most=bar),
    ]


def _newest(folder: Path) -> BackupFile:
    found = newest(folder)
    if found is None:
        raise RuntimeError(f"no backup in {folder}")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.backup", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--runs", type=int, default=1_000_000, help="runs in the file (1000000)")
    parser.add_argument("--rate", type=float, default=50, help="check-ins a second (50)")
    parser.add_argument("--server", help="serve from this empty PostgreSQL database: postgresql://...")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="second-wind-backups-") as folder:
        figures = asyncio.run(
            measure(Path(folder), runs=options.runs, rate=options.rate, server=options.server)
        )
    print(table(figures))
    return 0 if all(figure.met for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
