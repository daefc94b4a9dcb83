"""Two processes over one on PostgreSQL: how many runs a second are logged, and what each part of it costs.

python -m benchmarks.processes --seconds 8 --rounds 3

The bot, the server, the stand-in of Discord and the load share the machine: with two cores the ratio says what of it
the bot's own work is. So the processor's seconds of each part are printed beside it, and from them what two processes
come to where each has a core of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from benchmarks.figures import p50
from benchmarks.people import Runner, everyone, stored
from benchmarks.process import BotProcess
from benchmarks.standin import StandIn
from tests import postgresql

GROUPS, AT_ONCE = 60, 48
ACKNOWLEDGED = 5  # the type of a first response whose words follow
# Durable, as a host's server is; no parallel workers, whose start would be measured too.
SERVER = {"listen_addresses": "", "max_connections": "60", "shared_buffers": "128MB", "jit": "off"}


@dataclass(frozen=True, slots=True)
class Load:
    """What a number of processes did in some seconds; processor seconds are per thousand runs.

    `slowest_ms` counts from the first run on a fresh database, warm-up included; so does `acknowledged`, the answers
    that came after two seconds and were acknowledged until then.
    """

    processes: int
    runs_a_second: float
    latency_ms: float
    slowest_ms: float
    acknowledged: int
    bot: float
    server: float
    rest: float


async def measure(server: postgresql.Server, folder: Path, *, processes: int, seconds: float) -> Load:
    """Start so many processes, each with its share of two shards; log runs for `seconds`, after as long a warm-up."""
    name = server.create()
    async with StandIn(GROUPS, members=10, shards=2) as discord_:
        shares = ["0,1"] if processes == 1 else ["0", "1"]
        bots = await asyncio.gather(
            *(_start(discord_, folder / f"{name}-{share}", server.url(name), share) for share in shares)
        )
        try:
            await discord_.wait_commands()
            runners = everyone(discord_)
            warm_up = await _work(runners, min(seconds, 3.0))
            before, began = _processor(bots, server), time.perf_counter()
            load = await _work(runners, seconds)
            passed, after = time.perf_counter() - began, _processor(bots, server)
        finally:
            for bot in bots:
                await bot.stop()
    every = warm_up + load
    if (rows := await _runs(server.url(name))) != len(every):
        raise RuntimeError(f"{len(every)} runs were answered, {rows} are stored")
    used = [(later - earlier) / len(load) * 1000 for earlier, later in zip(before, after, strict=True)]
    return Load(
        processes,
        len(load) / passed,
        p50([took for took, _ in load]) * 1000,
        max(took for took, _ in every) * 1000,
        sum(acknowledged for _, acknowledged in every),
        *used,
    )


async def _start(discord_: StandIn, folder: Path, url: str, share: str) -> BotProcess:
    folder.mkdir()  # noqa: ASYNC240
    return await BotProcess.start(
        discord_,
        folder,
        SECONDWIND_STORAGE__URL=url,
        SECONDWIND_STORAGE__BACKUPS=str(folder / "backups"),
        SECONDWIND_DISCORD__SHARD_COUNT="2",
        SECONDWIND_DISCORD__SHARD_IDS=share,
    )


async def _runs(url: str) -> int:
    """How many are stored."""
    import asyncpg

    raw = await asyncpg.connect(url)
    try:
        return int(await raw.fetchval("SELECT count(DISTINCT interaction_id) FROM runs"))
    finally:
        await raw.close()


async def _work(runners: list[Runner], seconds: float) -> list[tuple[float, bool]]:
    """Seconds of each answer, and whether it was acknowledged first."""
    until, taken = time.perf_counter() + seconds, list[tuple[float, bool]]()

    async def person(some: list[Runner]) -> None:
        turn = 0
        while time.perf_counter() < until:
            asked = time.perf_counter()
            answer = await some[turn % len(some)].log_run()
            acknowledged = answer.callback is not None and answer.callback["type"] == ACKNOWLEDGED
            if acknowledged:
                await answer.settled(patience=30)
            else:
                stored(answer)
            taken.append((time.perf_counter() - asked, acknowledged))
            turn += 1

    async with asyncio.TaskGroup() as group:
        for number in range(AT_ONCE):
            group.create_task(person(runners[number::AT_ONCE]))
    return taken


def _processor(bots: list[BotProcess], server: postgresql.Server) -> tuple[float, float, float]:
    """Processor seconds so far: of the bots, of the server, of this process (the stand-in and the load)."""
    return (
        sum(_used(psutil.Process(bot.process.pid)) for bot in bots),
        _used(psutil.Process(server.pid)),
        _used(psutil.Process()),
    )


def _used(process: psutil.Process) -> float:
    times = process.cpu_times()
    own = times.user + times.system + times.children_user + times.children_system
    for child in process.children(recursive=True) if process.pid != psutil.Process().pid else ():
        try:
            child_times = child.cpu_times()
        except psutil.NoSuchProcess:
            continue
        own += child_times.user + child_times.system
    return float(own)


def table(rounds: list[tuple[Load, Load]]) -> str:
    """The figures of the best round of each, and what two come to over one: the median of the rounds, as the machine's
    speed is not the same from one round to the next."""
    one, two = (_best([loads[place] for loads in rounds]) for place in (0, 1))
    rows = [("", "one process", "two processes")]
    rows += [
        ("runs logged a second", f"{one.runs_a_second:.0f}", f"{two.runs_a_second:.0f}"),
        ("answer, p50, ms", f"{one.latency_ms:.0f}", f"{two.latency_ms:.0f}"),
        ("slowest answer of every round, ms", f"{one.slowest_ms:.0f}", f"{two.slowest_ms:.0f}"),
        ("answers acknowledged first, after 2 s", f"{one.acknowledged}", f"{two.acknowledged}"),
        ("bot, processor s per 1,000 runs", f"{one.bot:.2f}", f"{two.bot:.2f}"),
        ("PostgreSQL, s per 1,000 runs", f"{one.server:.2f}", f"{two.server:.2f}"),
        ("stand-in and load, s per 1,000 runs", f"{one.rest:.2f}", f"{two.rest:.2f}"),
    ]
    lines = [f"{what:<38}{first:>14}{second:>16}" for what, first, second in rows]
    here = p50([two.runs_a_second / one.runs_a_second for one, two in rounds])
    own = p50([2 * one.bot / two.bot for one, two in rounds])
    busy = (one.bot + one.server + one.rest) * one.runs_a_second / 1000
    lines += [
        f"with one process {busy:.1f} of {psutil.cpu_count()} cores are busy; two over one on this machine: {here:.2f}",
        f"two over one where each process has a core of its own (by processor seconds): {own:.2f}",
    ]
    return "\n".join(lines)


def _best(loads: list[Load]) -> Load:
    """What else runs on the machine only slows down. The slowest answer is that of all of them."""
    return replace(
        max(loads, key=lambda load: load.runs_a_second),
        slowest_ms=max(load.slowest_ms for load in loads),
        acknowledged=sum(load.acknowledged for load in loads),
    )


async def measured(folder: Path, *, seconds: float, rounds: int) -> list[tuple[Load, Load]]:
    """So many rounds of one process and two."""
    programs = postgresql.binaries()
    if programs is None:
        raise SystemExit(postgresql.MISSING)
    server = postgresql.Server(programs, SERVER)
    try:
        found = []
        for number in range(rounds):
            loads = []
            for processes in (1, 2):
                room = folder / f"{number}-{processes}"
                room.mkdir()
                loads.append(await measure(server, room, processes=processes, seconds=seconds))
            found.append((loads[0], loads[1]))
        return found
    finally:
        await asyncio.to_thread(server.stop)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.processes", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--seconds", type=float, default=8.0, help="of load, each time (8)")
    parser.add_argument("--rounds", type=int, default=3, help="of one and two in turn (3)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="second-wind-processes-") as folder:
        rounds = asyncio.run(measured(Path(folder), seconds=options.seconds, rounds=options.rounds))
    print(table(rounds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
