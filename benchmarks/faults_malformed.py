"""Malformed texts, files, options, forms and presses: 100,000 of them, of which none is a bug.

python -m benchmarks.faults malformed --inputs 100000 --seed 1
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from benchmarks.faults_malformed_doors import MOST_LAG_S, Tried, try_doors
from benchmarks.faults_malformed_files import try_files
from benchmarks.faults_malformed_texts import try_texts
from benchmarks.faults_report import Report

# Shares of the inputs: texts cost next to nothing, interactions two milliseconds, files fifteen.
OF_DOORS, OF_FILES, AT_MOST_UPLOADED = 0.2, 0.04, 150


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--inputs", type=int, default=100_000, help="how many in all (100000)")
    parser.add_argument("--seed", type=int, default=1, help="of all of them (1)")


def _files(seed: int, inputs: int) -> tuple[Counter[str], list[str], float, int]:
    return asyncio.run(try_files(seed, inputs))


def _doors(seed: int, inputs: int, files: int) -> Tried:
    with tempfile.TemporaryDirectory(prefix="second-wind-malformed-") as folder:
        return asyncio.run(try_doors(Path(folder), seed, inputs, files))


def run(options: argparse.Namespace) -> Report:
    """Interactions beside nothing else, as the loop's lag is measured; then texts and files side by side."""
    started = time.perf_counter()
    at_doors, in_files = int(options.inputs * OF_DOORS), int(options.inputs * OF_FILES)
    uploaded = min(AT_MOST_UPLOADED, max(20, in_files // 10))
    tried = _doors(options.seed, at_doors, uploaded)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        texts = pool.submit(try_texts, options.seed, options.inputs - at_doors - in_files)
        files = pool.submit(_files, options.seed, in_files)
        of_texts, wrong_texts, slowest_text = texts.result()
        of_files, wrong_files, slowest_file, memory = files.result()
    done = {
        "texts": of_texts.total(),
        "files": of_files.total() + tried.kinds["files"],
        "interactions": tried.kinds.total() - tried.kinds["files"],
    }
    told = (
        f"slowest text {slowest_text * 1000:.0f} ms, slowest file {slowest_file:.1f} s, most memory of a worker "
        f"{memory / 2**20:.0f} MiB, loop lag p99 {tried.lag_p99 * 1000:.0f} ms"
    )
    return Report(
        "malformed",
        done={"inputs": sum(done.values()), **done},
        seeds=[options.seed],
        injected=of_texts + of_files + tried.kinds,
        found={
            "texts that crash or hold up": len(wrong_texts),
            "files that crash, or take too long or too much": len(wrong_files),
            "interactions that are a bug, or get no answer": len(tried.wrong),
            "loop lag of more than 50 ms at p99": int(tried.lag_p99 > MOST_LAG_S),
        },
        bars={"inputs": options.inputs},
        notes=[
            *wrong_texts[:3], *wrong_files[:3], *tried.wrong[:5],
            told,
        ],
        seconds=time.perf_counter() - started,
    )  # fmt: skip
