"""`make feelings`: how feelings are held, in figures, each beside the bar that it has to reach.

python -m benchmarks.feelings [coverage] [isolation] [copies] [voters]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

from benchmarks.feelings_figure import Figure

# Each part is the function `figures` of benchmarks/feelings_<part>.py.
PARTS = ("coverage", "isolation", "copies", "voters")


def figures_of(part: str) -> list[Figure]:
    """What a part measures. Raises ImportError where there is none."""
    measure: Callable[[], list[Figure]] = import_module(f"benchmarks.feelings_{part}").figures
    return measure()


def table(figures: list[Figure]) -> str:
    """Rows of what, figure, bar and whether it is met; the longest cells widen their columns."""
    rows: list[tuple[Any, ...]] = [("what", "figure", "bar", "met")]
    rows += [(each.what, each.figure, each.bar, "yes" if each.met else "NO") for each in figures]
    widths = [max(len(str(row[column])) for row in rows) for column in range(4)]
    lines = [
        "  ".join(str(cell).ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(line.rstrip() for line in lines)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.feelings", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("parts", nargs="*", help=f"all of them unless named: {', '.join(PARTS)}")
    asked = parser.parse_args(arguments).parts or list(PARTS)
    unknown = [part for part in asked if part not in PARTS]
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)}")
    found: list[Figure] = []
    for part in asked:
        started = time.perf_counter()
        found += figures_of(part)
        print(f"{part}: {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
    print(table(found))
    return 0 if all(each.met for each in found) else 1


if __name__ == "__main__":
    sys.exit(main())
