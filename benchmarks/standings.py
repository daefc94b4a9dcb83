"""`make standings`: 5,000 random histories of 50 steps; every standing against a recomputation after each.

python -m benchmarks.standings [--runs 5000] [--seed 1]
"""

from __future__ import annotations

import argparse
import secrets
import sys
import time
from collections import Counter
from multiprocessing import Pool

from tests.challenges.standings_machine import STEPS_OF_A_RUN, play
from tests.challenges.standings_world import open_world

AT_A_TIME = 100  # runs of one seed


def play_some(runs: int, seed: int) -> tuple[int, Counter[str], str]:
    """Runs of one seed: what was done in them, and the history that breaks a standing, empty for none."""
    with open_world() as world:
        try:
            return seed, play(world, runs, seed), ""
        except Exception as broken:  # noqa: BLE001 - whatever a history ends in is a finding
            notes = "\n".join(getattr(broken, "__notes__", ()))
            return seed, Counter(), f"{type(broken).__name__}: {broken}\n{notes}"


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.standings", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--runs", type=int, default=5_000, help="histories (5000)")
    parser.add_argument("--seed", type=int, default=None, help="of the first hundred (a new one each time)")
    parser.add_argument("--processes", type=int, default=2, help="at a time (2)")
    options = parser.parse_args()
    first = secrets.randbelow(1_000_000) if options.seed is None else options.seed
    parts = [
        (min(AT_A_TIME, options.runs - done), first + number)
        for number, done in enumerate(range(0, options.runs, AT_A_TIME))
    ]
    started, total, broken = time.perf_counter(), Counter[str](), 0
    with Pool(options.processes) as pool:
        for outcome in [pool.apply_async(play_some, part) for part in parts]:
            seed, tally, history = outcome.get()
            total += tally
            if history:
                broken += 1
                print(f"seed {seed}:\n{history}", flush=True)
    for name, count in sorted(total.items()):
        print(f"{count:>10,}  {name}")
    print(
        f"{options.runs:,} runs of {STEPS_OF_A_RUN} steps from seed {first}: "
        f"{total['standings compared']:,} standings and {total['results compared']:,} results compared, "
        f"{broken} of {len(parts)} seeds broke one; {time.perf_counter() - started:.0f} s"
    )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
