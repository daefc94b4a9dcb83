"""Plants faults of the bot's own, one at a time, in a copy of the tree: each has to be noticed by its part.

python -m benchmarks.faults mutants

The tree as it is has to be clean in each of those parts first, with the same seeds: a part that finds something there
proves nothing. A mutant is caught where its part finds what it never finds without it; to do less than was asked for,
or to end in another way, is not to notice.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from benchmarks.faults_report import Report
from benchmarks.mutants import MUTANTS, Mutant
from benchmarks.process import ROOT

SECONDS = 300
TIMED = ("malformed",)  # by how long the loop is held up
SEEDS = (1, 2)  # a fault that needs luck to show may have it twice
COPIED = ("bot", "cogs", "benchmarks", "tests", "demo", "pyproject.toml")
CAUGHT, SURVIVED, STRANGE = "caught", "not noticed", "ended in another way"
UNCLEAN = "found without a mutant, too"


Job = TypeVar("Job")
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a part said: the kinds of what it found (None where it gave no report); `told` is the end of its words."""

    code: int
    kinds: frozenset[str] | None
    told: str
    seconds: float


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", default="", help="of those whose name has this in it")
    parser.add_argument("--at-once", type=int, default=2, help="so many beside each other (2)")


def copy_tree(to: Path) -> None:
    """The tree as it stands here, without what tools left behind."""
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, to / name)


def plant(mutant: Mutant, tree: Path) -> None:
    """Change the copy. Raises ValueError where a text does not stand there exactly once: the mutant is out of date."""
    for name, old, new in mutant.edits:
        path = tree / name
        text = path.read_text("utf-8")
        if text.count(old) != 1:
            raise ValueError(f"{mutant.name}: {name} has the text {text.count(old)} times: {old[:60]!r}")
        path.write_text(text.replace(old, new), "utf-8")


def campaign(tree: Path, part: Sequence[str], seed: int) -> Outcome:
    """Run one part of the campaign in that tree."""
    started, into = time.perf_counter(), tree / "report.json"
    into.unlink(missing_ok=True)
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "benchmarks.faults", *part, "--seed", str(seed), "--into", str(into)],
            cwd=tree,
            env=os.environ | {"PYTHONPATH": str(tree)},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        code, told = ran.returncode, ran.stderr[-10_000:] + ran.stdout[-10_000:]
    except subprocess.TimeoutExpired:
        code, told = -1, f"no end after {SECONDS} s"
    kinds = None
    if code >= 0 and into.is_file():
        (report,) = json.loads(into.read_text("utf-8"))
        kinds = frozenset(kind for kind, count in report["found"].items() if count)
    return Outcome(code, kinds, told, time.perf_counter() - started)


def try_plain(part: Sequence[str]) -> list[Outcome]:
    """The part without a mutant, with every seed that the mutants may have."""
    with _copy() as tree:
        return [campaign(tree, part, seed) for seed in SEEDS]


def try_one(mutant: Mutant) -> Outcome:
    """The part with this mutant, with another seed where the first has not shown it."""
    with _copy() as tree:
        plant(mutant, tree)
        for seed in SEEDS:
            outcome = campaign(tree, mutant.part, seed)
            if outcome.kinds:
                break
        return outcome


@contextlib.contextmanager
def _copy() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="second-wind-mutant-") as folder:
        copy_tree(Path(folder))
        yield Path(folder)


def _each(
    work: Callable[[Job], Found], jobs: Sequence[Job], parts: Sequence[Sequence[str]], at_once: int
) -> list[Found]:
    """`work` of every job, side by side; what is judged by milliseconds has the machine to itself afterwards."""
    found: dict[int, Found] = {}
    timed = [number for number, part in enumerate(parts) if part[0] in TIMED]
    others = [number for number in range(len(jobs)) if number not in timed]
    with ThreadPoolExecutor(at_once) as pool:
        found |= zip(others, pool.map(work, [jobs[number] for number in others]), strict=True)
    found |= {number: work(jobs[number]) for number in timed}
    return [found[number] for number in range(len(jobs))]


def verdict(outcome: Outcome, plain: Sequence[Outcome]) -> str:
    """`CAUGHT`, `SURVIVED`, `STRANGE` or, where the part without a mutant found the same, `UNCLEAN`."""
    if outcome.kinds is None:
        return STRANGE
    if not outcome.kinds:
        return SURVIVED
    before = frozenset[str]().union(*(one.kinds or () for one in plain))
    return CAUGHT if outcome.kinds - before else UNCLEAN


def run(options: argparse.Namespace) -> Report:
    """First every part without a mutant, then every mutant."""
    started = time.perf_counter()
    chosen = [mutant for mutant in MUTANTS if options.only in mutant.name]
    parts = list(dict.fromkeys(mutant.part for mutant in chosen))
    plain = dict(zip(parts, _each(try_plain, parts, parts, options.at_once), strict=True))
    outcomes = _each(try_one, chosen, [mutant.part for mutant in chosen], options.at_once)
    verdicts = [verdict(one, plain[mutant.part]) for mutant, one in zip(chosen, outcomes, strict=True)]
    report = Report("mutants", bars={CAUGHT: len(chosen)}, seeds=list(SEEDS))
    report.found = {
        UNCLEAN: sum(one.code != 0 for each in plain.values() for one in each) + verdicts.count(UNCLEAN),
        SURVIVED: verdicts.count(SURVIVED),
        STRANGE: verdicts.count(STRANGE),
    }
    report.done = {"planted": len(chosen), CAUGHT: verdicts.count(CAUGHT)}
    for part, each in plain.items():
        for one in each:
            if one.code:
                kinds = ", ".join(sorted(one.kinds or ())) or _end(one.told)
                report.notes.append(f"without a mutant {' '.join(part)} said {one.code}: {kinds}")
    for mutant, one, said in zip(chosen, outcomes, verdicts, strict=True):
        by = f"{mutant.part[0]}, {one.seconds:.0f} s: {', '.join(sorted(one.kinds or ())) or _end(one.told)}"
        report.notes.append(f"{said}: {mutant.name} ({by})")
    report.seconds = time.perf_counter() - started
    return report


def _end(told: str) -> str:
    return " | ".join(told.strip().splitlines()[-3:])[-300:]
