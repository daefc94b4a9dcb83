"""`make bench`: every figure in one run, each beside its bar where it has one.

python -m benchmarks [--quick | --largest]
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from benchmarks.board import LARGE as LARGE_HISTORY
from benchmarks.board import LARGEST, board_beside_history
from benchmarks.challenges import log_beside_challenges, standings_beside_history
from benchmarks.figures import Figure, table
from benchmarks.kills import campaign
from benchmarks.load import import_beside_commands
from benchmarks.size import memory_and_start
from benchmarks.speed import LARGE, large_beside_small, log_beside_bare, long_beside_short
from benchmarks.week import due_together, nothing_due

HISTORIES = "histories"  # files with many runs, which more than one part measures
Part = Callable[[Path], Awaitable[list[Figure]]]


def parts(*, quick: bool, largest: bool = False) -> dict[str, Part]:
    """What is measured, by name; `quick` does little of each, to see that it works; `largest` takes 10 million runs."""
    return {
        "log": lambda folder: log_beside_bare(folder, rounds=3 if quick else 40),
        "own": lambda folder: long_beside_short(folder, rounds=3 if quick else 40),
        "runs": lambda folder: large_beside_small(
            folder, rounds=3 if quick else 60, large=20_000 if quick else LARGE
        ),
        "groups": lambda folder: memory_and_start(folder, groups=50 if quick else 2_500),
        "import": lambda folder: import_beside_commands(folder, rounds=1 if quick else 6),
        "idle": lambda folder: nothing_due(
            folder, rounds=20 if quick else 200, schedules=2_000 if quick else 100_000
        ),
        "due": lambda folder: due_together(folder, deliveries=60 if quick else 1_000),
        "board": lambda folder: board_beside_history(
            folder.parent / HISTORIES,
            rounds=1 if quick else 15,
            large=20_000 if quick else LARGEST if largest else LARGE_HISTORY,
        ),
        "standings": lambda folder: standings_beside_history(
            folder.parent / HISTORIES,
            rounds=1 if quick else 15,
            large=20_000 if quick else LARGEST if largest else LARGE_HISTORY,
        ),
        "challenges": lambda folder: log_beside_challenges(folder, rounds=3 if quick else 200),
        "kills": lambda folder: _kills(folder, 2 if quick else 10),
    }


async def _kills(folder: Path, kills: int) -> list[Figure]:
    found = await campaign(folder, kills=kills, seed=1)
    print(f"   {found}")
    wrong = len(found.lost | found.doubled | found.strange) + len(found.refused) + (found.integrity != "ok")
    return [
        Figure(f"answered runs lost or doubled in {kills} kills, of {len(found.answered)}", wrong, at_most=0),
    ]


async def measure(chosen: dict[str, Part]) -> list[Figure]:
    """Run the parts one after the other, each in a folder of its own beside the histories that some share."""
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="second-wind-bench-") as whole:
        for name, part in chosen.items():
            started = time.perf_counter()
            folder = Path(whole, name)
            await asyncio.to_thread(folder.mkdir)
            figures += await part(folder)
            await asyncio.to_thread(shutil.rmtree, folder)
            print(f"-- {name}: {time.perf_counter() - started:.0f} s", flush=True)
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").splitlines()[0])
    every = parts(quick=False)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"any of {', '.join(every)} (all)")
    parser.add_argument("--quick", action="store_true", help="little of each: the figures mean nothing")
    parser.add_argument(
        "--largest",
        action="store_true",
        help="board and standings with 10 million runs: some minutes and 5 GB of disk",
    )
    options = parser.parse_args()
    if unknown := set(options.parts) - every.keys():
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    chosen = {
        name: part
        for name, part in parts(quick=options.quick, largest=options.largest).items()
        if name in (options.parts or every)
    }
    figures = asyncio.run(measure(chosen))
    print(table(figures))
    missed = [figure for figure in figures if not figure.met]
    print(
        f"{sum(figure.at_most is not None for figure in figures) - len(missed)} bars met, {len(missed)} not met"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
