"""Plants faults of the bot's own, one at a time, in a copy of the tree: each has to be noticed by its part.

python -m benchmarks.faults mutants

The tree as it is has to be clean in each of those parts first: a part that finds something there proves nothing.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults_report import Report
from benchmarks.mutants import MUTANTS, Mutant
from benchmarks.process import ROOT

SECONDS = 300
TIMES = 2  # a fault that needs luck to show may have it twice
COPIED = ("bot", "cogs", "benchmarks", "tests", "demo", "pyproject.toml")
SURVIVED, STRANGE, UNCLEAN = (
    "not noticed",
    "ended in another way",
    "parts that find something without a mutant",
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a part said: 0 nothing found, 1 something; `told` is the end of its words."""

    code: int
    told: str
    seconds: float

    @property
    def noticed(self) -> bool:
        return self.code == 1 and "NOT CLEAN" in self.told


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
    started = time.perf_counter()
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "benchmarks.faults", *part, "--seed", str(seed)],
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
    return Outcome(code, told, time.perf_counter() - started)


def try_one(mutant: Mutant | None, part: Sequence[str]) -> Outcome:
    """A copy of its own, with the fault (None: without any)."""
    with tempfile.TemporaryDirectory(prefix="second-wind-mutant-") as folder:
        tree = Path(folder)
        copy_tree(tree)
        if mutant is not None:
            plant(mutant, tree)
        outcome = campaign(tree, part, 1)
        for seed in range(2, TIMES + 1 if mutant is not None else 0):
            if outcome.noticed:
                break
            outcome = campaign(tree, part, seed)
        return outcome


def run(options: argparse.Namespace) -> Report:
    """First every part without a mutant, then every mutant."""
    started = time.perf_counter()
    chosen = [mutant for mutant in MUTANTS if options.only in mutant.name]
    parts = list(dict.fromkeys(mutant.part for mutant in chosen))
    with ThreadPoolExecutor(options.at_once) as pool:
        plain = list(pool.map(lambda part: try_one(None, part), parts))
        outcomes = list(pool.map(lambda mutant: try_one(mutant, mutant.part), chosen))
    report = Report("mutants", bars={"planted": min(12, len(chosen))}, seeds=[1])
    report.found = {
        UNCLEAN: sum(one.code != 0 for one in plain),
        SURVIVED: sum(one.code == 0 for one in outcomes),
        STRANGE: sum(one.code != 0 and not one.noticed for one in outcomes),
    }
    report.done = {"planted": len(chosen), "caught": sum(one.noticed for one in outcomes)}
    for part, one in zip(parts, plain, strict=True):
        if one.code:
            report.notes.append(f"without a mutant {' '.join(part)} said {one.code}: {_end(one.told)}")
    for mutant, one in zip(chosen, outcomes, strict=True):
        verdict = "caught" if one.noticed else "NOT NOTICED" if one.code == 0 else f"ended with {one.code}"
        by = f"{mutant.part[0]}, {one.seconds:.0f} s"
        report.notes.append(f"{verdict}: {mutant.name} ({by}){'' if one.noticed else ': ' + _end(one.told)}")
    report.seconds = time.perf_counter() - started
    return report


def _end(told: str) -> str:
    return " | ".join(told.strip().splitlines()[-3:])[-300:]
