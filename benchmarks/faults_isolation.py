"""Nobody is shown a byte of another group, or of what another feels: `make feelings`' part, as one of the campaign."""

from __future__ import annotations

import argparse
import time
from collections import Counter
from multiprocessing import Pool

from benchmarks.faults_report import Report
from benchmarks.feelings_isolation import AT_A_TIME, PROCESSES, play_some


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--runs", type=int, default=1_000, help="random histories in all (1000)")
    parser.add_argument("--seed", type=int, default=1, help="of the histories (1)")


def run(options: argparse.Namespace) -> Report:
    """Random histories of two groups in one database, each played in two worlds that differ in one's feelings."""
    started = time.perf_counter()
    first, tally, leaks, bugs = options.seed * 1_000_000, Counter[str](), list[str](), list[str]()
    with Pool(PROCESSES) as pool:
        parts = [
            pool.apply_async(play_some, (first + done, min(AT_A_TIME, options.runs - done)))
            for done in range(0, options.runs, AT_A_TIME)
        ]
        for part in parts:
            outcome = part.get()
            tally.update(outcome.tally)
            leaks += outcome.leaks
            bugs += outcome.bugs
    return Report(
        "isolation",
        done={"histories": tally["runs"], "steps": tally["steps"], "answers seen": tally["answers seen"]},
        seeds=[first],
        found={"answers with another's data": len(leaks), "bugs": len(bugs)},
        bars={"histories": options.runs},
        notes=[each[:300] for each in (*leaks[:2], *bugs[:2])],
        seconds=time.perf_counter() - started,
    )
