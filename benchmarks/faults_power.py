"""Cuts the power: the bot's every write is recorded, and what a disk may hold after a cut is opened and looked through.

python -m benchmarks.faults power --cuts 5000 --seed 1
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from benchmarks.faults_power_judge import KINDS, Judge
from benchmarks.faults_power_settle import forget, settle
from benchmarks.faults_power_states import Disk, File
from benchmarks.faults_power_trace import Trace, read
from benchmarks.faults_power_work import BOT, BOT_BACKING_UP, Work, put_back, traced
from benchmarks.faults_report import Report
from benchmarks.forks import Watch
from benchmarks.standin import StandIn

CUTS_A_TRACE = 100
RUNS = 120
# States are built in memory where there is such a place: nothing of them has to last.
SHARED_MEMORY = Path("/dev/shm")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--cuts", type=int, default=5_000, help="how often in all (5000)")
    parser.add_argument("--seed", type=int, default=1, help="of the work, the moments and what is lost (1)")
    parser.add_argument("--at-once", type=int, default=2, help="traces beside each other (2)")
    parser.add_argument("--runs", type=int, default=RUNS, help=f"logged a trace ({RUNS})")


def one_trace(
    seed: int, cuts: int, runs: int = RUNS, program: tuple[str, ...] | None = None, *, settling: bool = False
) -> Report:
    """Record one life of the bot, and cut it `cuts` times.

    Half of the lives begin with a file in which posts are due, and make a backup; the others with no file at all.
    `program` is another one than the bot's own. With `settling` the bot starts again on a file that was cut right after
    a post had left, and settles it.
    """
    report, furnished = Report("power", seeds=[seed]), seed % 2 == 0
    dice, settled = random.Random(seed), 0
    judges: list[Judge] = []
    traces: list[Trace] = []
    with tempfile.TemporaryDirectory(prefix="second-wind-power-") as name, _room() as room:
        folder = Path(name)
        data = folder / "data"

        async def cut_and_settle(discord_: StandIn, work: Work, watch: Watch) -> None:
            nonlocal settled
            trace = read(folder / "trace", data)
            judge = Judge(work, trace, seed)
            traces.append(trace)
            judges.append(judge)
            posts = sorted(trace.posted[each] for each in trace.posted.keys() & work.accepted.keys())
            after_a_post = dice.choice(posts) + 1 if posts else trace.end
            for state, cut in _cuts(trace, work, dice, cuts, after_a_post, report.injected):
                judge.look(put_back(state, data, room / "state"), cut)
                if cut == after_a_post:
                    left = state
            if settling and furnished:
                settled = 1
                database = put_back(left, data, room / "state")
                forget(discord_, {number for number, at in trace.posted.items() if at >= after_a_post})
                await settle(discord_, watch, database, judge.told)
                judge.look(database, after_a_post)

        work = asyncio.run(
            traced(
                folder,
                seed=seed,
                runs=runs,
                furnished=furnished,
                program=program or (BOT_BACKING_UP if furnished else BOT),
                then=cut_and_settle,
            )
        )
    [trace], [judge] = traces, judges
    report.done = {
        "power cuts": cuts,
        "finished backups looked through": judge.backups,
        "settled by the bot": settled,
        **work.counts(),
        "messages posted": len(trace.posted.keys() & work.accepted.keys()),
        "writes and syncs recorded": len(trace.events),
    }
    report.found = dict(judge.found) | {"refused without reason": len(work.refused)}
    report.notes = judge.cases[:5] + work.refused[:2]
    return report


@contextlib.contextmanager
def _room() -> Iterator[Path]:
    """A folder for the states of a disk, in memory where that is possible."""
    with tempfile.TemporaryDirectory(
        prefix="second-wind-cut-", dir=SHARED_MEMORY if SHARED_MEMORY.is_dir() else None
    ) as name:
        yield Path(name)


def _cuts(
    trace: Trace, work: Work, dice: random.Random, cuts: int, one: int, injected: Counter[str]
) -> Iterator[tuple[dict[str, bytes], int]]:
    """States of the disk and where they were cut, in order; `one` of them is given."""
    disk = Disk()
    for path, content in work.before.items():
        disk.preset(path, File(bytearray(content), bytearray(content)))
    # a third of the moments stand anywhere, a sixth before the first answer (where a new file is migrated); the others
    # right where something was answered or left
    said = sorted({*trace.answered.values(), *trace.posted.values()})
    moments = [dice.randrange(trace.end) for _ in range(cuts // 3)]
    moments += [dice.randrange(said[0]) for _ in range(cuts // 6)]
    moments += [dice.choice(said) + 1 for _ in range(cuts - len(moments) - 1)]
    events = iter(trace.events)
    event = next(events, None)
    for cut in sorted([*moments, one]):
        while event is not None and event.position < cut:
            disk.take(event)
            event = next(events, None)
        yield disk.after_a_cut(dice, injected), cut


def run(options: argparse.Namespace) -> Report:
    """As many traces as it takes, each with a seed of its own."""
    if shutil.which("strace") is None:
        raise SystemExit("the power is cut with strace's help: install it (apt-get install strace)")
    started = time.perf_counter()
    total = Report("power", done=Counter(), found=dict.fromkeys(KINDS, 0), bars={"power cuts": options.cuts})
    left, seed, jobs = options.cuts, options.seed * 1_000, []
    with ProcessPoolExecutor(options.at_once, mp_context=get_context("spawn")) as pool:
        while left > 0:
            jobs.append(pool.submit(one_trace, seed, min(left, CUTS_A_TRACE), options.runs, settling=True))
            left, seed = left - CUTS_A_TRACE, seed + 1
        for job in jobs:
            one = job.result()
            total.done = dict(Counter(total.done) + Counter(one.done))
            total.found = {kind: total.found.get(kind, 0) + count for kind, count in one.found.items()}
            total.injected += one.injected
            total.seeds += one.seeds
            total.notes += one.notes
    total.seconds = time.perf_counter() - started
    return total
