"""Cuts the power: the bot's every write is recorded, and what a disk may hold after a cut is opened and looked through.

python -m benchmarks.faults power --cuts 5000 --seed 1
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from benchmarks.faults_power_judge import KINDS, Judge
from benchmarks.faults_power_states import Disk, File
from benchmarks.faults_power_trace import read
from benchmarks.faults_power_work import BOT, put_back, traced
from benchmarks.faults_report import Report

CUTS_A_TRACE = 100
RUNS = 120
# States are built in memory where there is such a place: nothing of them has to last.
SHARED_MEMORY = Path("/dev/shm")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--cuts", type=int, default=5_000, help="how often in all (5000)")
    parser.add_argument("--seed", type=int, default=1, help="of the work, the moments and what is lost (1)")
    parser.add_argument("--at-once", type=int, default=2, help="traces beside each other (2)")
    parser.add_argument("--runs", type=int, default=RUNS, help=f"logged a trace ({RUNS})")


def one_trace(seed: int, cuts: int, runs: int = RUNS, program: tuple[str, ...] = BOT) -> Report:
    """Record one life of the bot, and cut it `cuts` times."""
    report = Report("power", seeds=[seed])
    with tempfile.TemporaryDirectory(prefix="second-wind-power-") as name:
        folder = Path(name)
        work = asyncio.run(traced(folder, seed=seed, runs=runs, furnished=seed % 2 == 0, program=program))
        data = folder / "data"
        trace = read(folder / "trace", data)
        dice, judge = random.Random(seed), Judge(work, trace, seed)
        disk = Disk()
        for path, content in work.before.items():
            disk.preset(path, File(bytearray(content), bytearray(content)))
        room = Path(
            tempfile.mkdtemp(prefix="second-wind-cut-", dir=SHARED_MEMORY if SHARED_MEMORY.is_dir() else None)
        )
        try:
            # half of the moments stand anywhere; the others right where something was answered or left
            said = sorted({*trace.answered.values(), *trace.posted.values()})
            moments = [dice.randrange(trace.end) for _ in range(cuts // 2)]
            moments += [dice.choice(said) + 1 for _ in range(cuts - len(moments))]
            events = iter(trace.events)
            event = next(events, None)
            for cut in sorted(moments):
                while event is not None and event.position < cut:
                    disk.take(event)
                    event = next(events, None)
                judge.look(put_back(disk.after_a_cut(dice, report.injected), data, room / "state"), cut)
        finally:
            shutil.rmtree(room)
    report.done = {
        "power cuts": cuts,
        "runs logged": len(work.logged),
        "undone": len(work.undone),
        "members erased": len(work.erased),
        "messages posted": len(trace.posted.keys() & work.accepted),
        "writes and syncs recorded": len(trace.events),
    }
    report.found = dict(judge.found) | {"refused without reason": len(work.refused)}
    report.notes = judge.cases[:5] + work.refused[:2]
    return report


def run(options: argparse.Namespace) -> Report:
    """As many traces as it takes, each with a seed of its own."""
    if shutil.which("strace") is None:
        raise SystemExit("the power is cut with strace's help: install it (apt-get install strace)")
    started = time.perf_counter()
    total = Report("power", done=Counter(), found=dict.fromkeys(KINDS, 0), bars={"power cuts": options.cuts})
    left, seed, jobs = options.cuts, options.seed * 1_000, []
    with ProcessPoolExecutor(options.at_once, mp_context=get_context("spawn")) as pool:
        while left > 0:
            jobs.append(pool.submit(one_trace, seed, min(left, CUTS_A_TRACE), options.runs))
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
