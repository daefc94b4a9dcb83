"""The campaign: whatever is done to the bot, it loses nothing and doubles nothing.

python -m benchmarks.faults                        every part, as much of each as its bar asks for
python -m benchmarks.faults power --cuts 100       one part, and what is to be different about it

A part is a module benchmarks.faults_<part> with `add_arguments(parser)` and `run(options) -> Report`. The exit code is
1 where anything was found that may not be, or less was done than was asked for.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.faults_report import Report, table

PARTS = {
    "kills": "SIGKILL while runs are logged",
    "deliveries": "SIGKILL at every step of a delivery, while Discord fails",
    "processes": "two processes on one PostgreSQL: killed, frozen, cut off, and the server ended under them",
    "power": "power cuts: unsynced writes dropped, torn, reordered",
    "disk": "failing, slow and full disks",
    "rest": "every fault of Discord's interface",
    "gateway": "lost connections, events twice and in another order, clocks that jump, a frozen process",
    "isolation": "one group's data, and one member's feelings, in another's answers",
    "malformed": "malformed texts, options, forms, presses and files",
    "mutants": "planted faults of the bot's own, which the other parts have to catch",
}


def _module(part: str) -> Any:
    return importlib.import_module(f"benchmarks.faults_{part}")


def main(arguments: Sequence[str] | None = None) -> int:
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.faults",
        description=(__doc__ or "").splitlines()[0],
        epilog="; ".join(f"{part}: {meaning}" for part, meaning in PARTS.items()),
    )
    parser.add_argument("part", nargs="?", choices=PARTS, help="one part; every part unless named")
    asked = parser.parse_args(given[:1]).part
    reports: list[Report] = []
    for part in [asked] if asked else PARTS:
        own = argparse.ArgumentParser(prog=f"python -m benchmarks.faults {part}", description=PARTS[part])
        _module(part).add_arguments(own)
        own.add_argument("--into", type=Path, help="a file for the reports, as JSON")
        options = own.parse_args(given[1:])
        reports.append(_module(part).run(options))
        if options.into is not None:
            options.into.write_text(json.dumps([report.as_json() for report in reports]), "utf-8")
        print(reports[-1], end="\n\n", flush=True)
    print(table(reports))
    return 0 if all(report.clean for report in reports) else 1


if __name__ == "__main__":
    sys.exit(main())
