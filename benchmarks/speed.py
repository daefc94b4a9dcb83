"""How long people wait: a durable `/run log` beside a bare command, and beside a hundred times as many stored runs."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from benchmarks.figures import Figure, p50, p99
from benchmarks.fill import fill
from benchmarks.people import Runner, at_once, everyone, seconds_of, stored, stored_runs
from benchmarks.process import BOT_WITH_BARE, BotProcess
from benchmarks.standin import StandIn
from benchmarks.standin_answer import Answer

WIDTH = 32
SMALL, LARGE = 10_000, 1_000_000
FEW_OWN, MANY_OWN = 10, 1_000

Job = Callable[[], Awaitable[Answer]]


def disk_waits(folder: Path, *, times: int = 5) -> list[float]:
    """Seconds that the disk itself takes for what a small commit asks of it; no program can answer durably sooner."""
    with (folder / "disk").open("wb", buffering=0) as file:
        file.truncate(64 * 1024)
        os.fsync(file.fileno())
        waits = []
        for turn in range(times):
            file.seek(turn * 8192)
            file.write(bytes(8192))
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            waits.append(time.perf_counter() - began)
    return waits


async def log_beside_bare(folder: Path, *, rounds: int) -> list[Figure]:
    """`/run log` and `/bare` in the same process, in blocks that take turns so that drift hits both alike."""
    jobs: dict[str, Callable[[Runner], Job]] = {"run log": lambda r: r.log_run, "bare": lambda r: r.bare}
    blocks = {1: 20, WIDTH: 4 * WIDTH}  # how many at once: how many in a block
    answers: dict[tuple[str, int], list[Answer]] = {(kind, width): [] for kind in jobs for width in blocks}
    seconds = dict.fromkeys(answers, 0.0)
    disk: list[float] = []
    async with (
        StandIn(guilds=200) as discord_,  # 2,000 people: nobody runs more often on a day than people do
        await BotProcess.start(discord_, folder, program=BOT_WITH_BARE),
    ):
        await discord_.wait_commands()
        runners = everyone(discord_)
        _, before = await at_once(
            [runner.log_run for runner in runners], 8
        )  # nobody's measured run is a first one
        for turn in range(rounds):
            for width, block in blocks.items():
                some = [runners[(turn * block + n) % len(runners)] for n in range(block)]
                for kind in list(jobs)[:: 1 if turn % 2 else -1]:
                    took, got = await at_once([jobs[kind](runner) for runner in some], width)
                    seconds[kind, width] += took
                    answers[kind, width] += got
                    await asyncio.sleep(0.02)  # what still goes on is its own, not the next one's
            disk += await asyncio.to_thread(disk_waits, folder)
    logged = [*before, *answers["run log", 1], *answers["run log", WIDTH]]
    if stored_runs(folder / "second-wind.db") != dict.fromkeys((stored(answer).id for answer in logged), 1):
        raise RuntimeError("the file does not hold each answered run once")
    waits = {key: [answer.first_response_seconds or 0.0 for answer in got] for key, got in answers.items()}
    figures = [
        Figure(
            f"durable /run log over /bare, {width} at once, p50",
            p50(waits["run log", width]) / p50(waits["bare", width]),
            at_most=2.0 if width == 1 else None,
        )
        for width in blocks
    ]
    figures += [
        Figure("the disk alone: 8 KiB written and synced, p50", p50(disk) * 1000, "ms"),
        Figure(
            "/run log over /bare, 1 at once, p50, without that wait",
            (p50(waits["run log", 1]) - p50(disk)) / p50(waits["bare", 1]),
        ),
    ]
    for (kind, width), values in waits.items():
        figures += [
            Figure(f"/{kind}, {width} at once, p50", p50(values) * 1000, "ms"),
            Figure(f"/{kind}, {width} at once, p99", p99(values) * 1000, "ms"),
            Figure(f"/{kind}, {width} at once", len(values) / seconds[kind, width], "a second"),
        ]
    return figures


async def large_beside_small(folder: Path, *, rounds: int, large: int = LARGE) -> list[Figure]:
    """The same member's commands with 10 thousand and with 1 million runs in the file, taking turns."""
    sizes = (SMALL, large)
    kinds = ("run log", "run stats", "run history")
    took: dict[tuple[str, int], list[float]] = {(kind, size): [] for kind in kinds for size in sizes}
    folders = {size: folder / str(size) for size in sizes}
    async with StandIn() as one, StandIn() as other:
        worlds = dict(zip(sizes, (one, other), strict=True))
        runners = {
            size: Runner(world, world.guilds[0], world.guilds[0].members[1]) for size, world in worlds.items()
        }
        now = datetime.now(UTC)
        for size in sizes:
            folders[size].mkdir()
            await asyncio.to_thread(
                fill,
                folders[size] / "second-wind.db",
                size,
                worlds[size].guilds[0],
                runners[size].member,
                now=now,
            )
        async with (
            await BotProcess.start(worlds[SMALL], folders[SMALL]),
            await BotProcess.start(worlds[large], folders[large]),
        ):
            await one.wait_commands()
            await other.wait_commands()
            for turn in range(-5, rounds):
                for kind in kinds:
                    for size in sizes[:: 1 if turn % 2 else -1]:
                        runner = runners[size]
                        spent = await seconds_of(_logged(runner) if kind == "run log" else runner.use(kind))
                        if turn >= 0:  # the first rounds warm the caches
                            took[kind, size].append(spent)
                        await asyncio.sleep(0.01)
    figures = []
    for kind in kinds:
        ratio = p50(took[kind, large]) / p50(took[kind, SMALL])
        figures.append(Figure(f"/{kind}, {large:,} over {SMALL:,} stored runs, p50", ratio, at_most=1.5))
    for kind in kinds:
        figures += [
            Figure(f"/{kind} with {size:,}, p50", p50(took[kind, size]) * 1000, "ms") for size in sizes
        ]
    return figures


async def long_beside_short(folder: Path, *, rounds: int) -> list[Figure]:
    """`/run log` of a member with 10 runs and of one with 1,000, in files of equal size, taking turns."""
    sizes = (FEW_OWN, MANY_OWN)
    took: dict[int, list[float]] = {own: [] for own in sizes}
    async with StandIn() as few, StandIn() as many:
        worlds = dict(zip(sizes, (few, many), strict=True))
        runners = {
            own: Runner(world, world.guilds[0], world.guilds[0].members[1]) for own, world in worlds.items()
        }
        for own, runner in runners.items():
            (folder / str(own)).mkdir()
            file = folder / str(own) / "second-wind.db"
            filling = partial(fill, file, SMALL, runner.guild, runner.member, now=datetime.now(UTC), own=own)
            await asyncio.to_thread(filling)
        async with (
            await BotProcess.start(few, folder / str(FEW_OWN)),
            await BotProcess.start(many, folder / str(MANY_OWN)),
        ):
            await few.wait_commands()
            await many.wait_commands()
            for turn in range(-3, rounds):
                for own in sizes[:: 1 if turn % 2 else -1]:
                    answer = stored(await runners[own].log_run())
                    if turn >= 0:
                        took[own].append(answer.first_response_seconds or 0.0)
                    await asyncio.sleep(0.01)
    ratio = p50(took[MANY_OWN]) / p50(took[FEW_OWN])
    return [
        Figure(f"/run log, {MANY_OWN:,} over {FEW_OWN} own runs, p50", ratio),
        *(Figure(f"/run log with {own:,} own runs, p50", p50(took[own]) * 1000, "ms") for own in sizes),
    ]


async def _logged(runner: Runner) -> Answer:
    return stored(await runner.log_run())
