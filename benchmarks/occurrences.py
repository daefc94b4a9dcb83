"""`make occurrences`: every occurrence of every zone against an oracle that reads the clock and nothing else.

python -m benchmarks.occurrences [--from 2024] [--to 2035] [--zones Europe/Berlin ...]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing import Pool
from zoneinfo import ZoneInfo, available_timezones

from bot.scheduling.occurrences import Recurrence, occurrences
from tests.scheduling.occurrence_oracle import Comparison, compare, first_showings

HALF_HOURS = range(0, 1_440, 30)
EVERY_DAY = 127


def compare_zone(name: str, first_year: int, last_year: int) -> tuple[str, Comparison]:
    """All half-hours of one zone, over every local date of the years (and a day or two to either side)."""
    zone, total = ZoneInfo(name), Comparison()
    since = datetime(first_year, 1, 1, tzinfo=UTC) - timedelta(days=1)
    until = datetime(last_year + 1, 1, 1, tzinfo=UTC) + timedelta(days=1)
    for minute, expected in first_showings(zone, since, until, HALF_HOURS).items():
        made = occurrences(Recurrence(minute, EVERY_DAY), zone, None, since, until)
        total.add(compare(expected, [(each.day, each.due_at) for each in made]))
    return name, total


def compare_all(names: Sequence[str], first_year: int, last_year: int, processes: int) -> Comparison:
    """All zones; those that differ are printed by name."""
    total = Comparison()
    one = partial(compare_zone, first_year=first_year, last_year=last_year)
    with Pool(processes) as pool:
        for name, found in pool.imap_unordered(one, names):
            total.add(found)
            if not found.clean:
                print(f"{name}: {found}", flush=True)
    return total


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.occurrences", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--from", dest="first", type=int, default=2024, help="first year (2024)")
    parser.add_argument("--to", dest="last", type=int, default=2035, help="last year (2035)")
    parser.add_argument("--zones", nargs="+", default=[], help="IANA names (all of tzdata)")
    parser.add_argument("--processes", type=int, default=2, help="at a time (2)")
    options = parser.parse_args()
    names = options.zones or sorted(available_timezones())
    started = time.perf_counter()
    total = compare_all(names, options.first, options.last, options.processes)
    print(
        f"{len(names)} zones x {len(HALF_HOURS)} half-hours x {options.first} to {options.last}: "
        f"{total.compared:,} occurrences compared, {total.wrong} wrong, {total.missing} missing, "
        f"{total.twice} twice; {time.perf_counter() - started:.0f} s"
    )
    return 0 if total.clean else 1


if __name__ == "__main__":
    sys.exit(main())
