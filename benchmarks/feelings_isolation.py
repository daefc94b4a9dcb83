"""5,000 runs of two groups in one database, each played in two worlds: `python -m benchmarks.feelings isolation`."""

from __future__ import annotations

import asyncio
import os
import secrets
import tempfile
from collections import Counter
from multiprocessing import Pool
from pathlib import Path

from benchmarks.feelings_figure import Figure
from tests.hostile.isolation_machine import STEPS_OF_A_RUN, Outcome, make_template, play

RUNS = 5_000
AT_A_TIME = 50
PROCESSES = 2 * (os.cpu_count() or 1)  # each waits for its database half of the time
MOST_SHOWN = 10


def play_some(first: int, runs: int) -> Outcome:
    """Runs from seed `first` on."""
    with tempfile.TemporaryDirectory() as folder:
        template = make_template(Path(folder))
        return asyncio.run(play(range(first, first + runs), template))


def figures(runs: int = RUNS, first: int | None = None) -> list[Figure]:
    """The figure of this part; whatever got through, and what was never tried, is printed before."""
    first = secrets.randbelow(1_000_000) if first is None else first
    tally, leaks, bugs = Counter[str](), list[str](), list[str]()
    with Pool(PROCESSES) as pool:
        parts = [
            pool.apply_async(play_some, (first + done, min(AT_A_TIME, runs - done)))
            for done in range(0, runs, AT_A_TIME)
        ]
        for part in parts:
            outcome = part.get()
            tally.update(outcome.tally)
            leaks += outcome.leaks
            bugs += outcome.bugs
    for each in (*leaks[:MOST_SHOWN], *bugs[:MOST_SHOWN]):
        print(each, flush=True)
    tried = {name: count for name, count in tally.items() if name.startswith("(")}
    untried = sorted(name for name, count in tried.items() if not count)
    print(f"never tried: {', '.join(untried) or 'nothing'}")
    print(
        f"{tally['runs']:,} runs of {STEPS_OF_A_RUN} steps from seed {first}: {tally['steps']:,} steps, "
        f"{sum(name.startswith('(action)') for name in tried)} actions and "
        f"{sum(name.startswith('(command)') for name in tried)} commands and suggestions, "
        f"{tally['answers compared']:,} answers of others compared, {len(bugs)} bugs met"
    )
    return [
        Figure(
            f"answers with something of another group or of another's feelings in them, in {tally['runs']:,} runs",
            f"{len(leaks)} of {tally['answers seen']:,}",
            "not a byte",
            not leaks and not untried and tally["runs"] == runs,
        )
    ]
