"""What a campaign of two processes found of runs, beside what `faults_found` says of deliveries."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from pathlib import Path

from benchmarks.faults_found import Found
from benchmarks.faults_report import Report
from benchmarks.people import counted, stored_runs
from benchmarks.process import ROOT
from benchmarks.standin_answer import Answer

_WRONG = {
    "lost": "acknowledged and lost",
    "doubled": "stored twice",
    "strange": "stored and never sent",
    "denied": "said not to be stored, and stored",
    "unserved": "shards that nobody served again",
    "outlived": "SIGTERM without an end in order within 5 s",
}
# What the bot says where it knows that nothing was stored.
_NOT_STORED = ("Nothing was stored", "nothing was changed")


@dataclass
class PairFound:
    """Counts of a campaign. The last block is to stay zero, as is that of `deliveries`."""

    deliveries: Found = field(default_factory=Found)
    troubles: Counter[str] = field(default_factory=Counter)
    answered: int = 0
    unanswered: int = 0
    unanswered_stored: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    delivered_again: int = 0

    lost: int = 0
    doubled: int = 0
    strange: int = 0
    denied: int = 0
    unserved: int = 0
    outlived: int = 0

    @property
    def killed(self) -> int:
        return self.deliveries.kills.total()

    @property
    def cases(self) -> list[str]:
        """What was found, in words."""
        return self.deliveries.cases

    @property
    def clean(self) -> bool:
        return self.deliveries.clean and not any(getattr(self, name) for name in _WRONG)

    def add(self, other: PairFound) -> None:
        """Take over the counts of another campaign."""
        for each in fields(self):
            mine, theirs = getattr(self, each.name), getattr(other, each.name)
            if isinstance(mine, Found):
                mine.add(theirs)
            elif isinstance(mine, Counter):
                mine.update(theirs)
            else:
                setattr(self, each.name, mine + theirs)

    def report(self, seeds: list[int], kills: int, seconds: float) -> Report:
        """All figures; `kills` is how many there had to be."""
        report = self.deliveries.report(seeds, kills, seconds)
        report.part = "processes"
        report.done |= {
            "answered runs": self.answered,
            "without an answer": self.unanswered,
            "delivered again": self.delivered_again,
        }
        report.injected = report.injected + self.troubles
        report.found |= {meaning: getattr(self, name) for name, meaning in _WRONG.items()}
        report.notes += [
            f"refused in words: {count} {words}" for words, count in sorted(self.refused.items())
        ]
        report.notes.append(f"without an answer and stored: {self.unanswered_stored}")
        return report


def judge_runs(found: PairFound, path: Path, sent: Iterable[Answer], before: set[int]) -> None:
    """Compare the file with what people were told. `before`: what stood there at the beginning."""
    rows = {key: count for key, count in stored_runs(path).items() if key not in before}
    known = set[int]()
    for answer in sent:
        known.add(answer.id)
        if counted(answer):
            found.answered += 1
            if answer.id not in rows:
                found.lost += 1
                found.cases.append(f"lost: {answer.id}: {answer.text[:200]!r}")
        elif answer.text:
            found.refused[answer.text[:60]] += 1
            if answer.id in rows and any(words in answer.text for words in _NOT_STORED):
                found.denied += 1
                found.cases.append(f"stored, but: {answer.text!r}")
        else:
            found.unanswered += 1
            found.unanswered_stored += answer.id in rows
    found.doubled += sum(count != 1 for count in rows.values())
    found.strange += len(rows.keys() - known)


async def sound(folder: Path, url: str) -> bool:
    """Whether `second-wind check --rebuild` finds nothing; what it says stands in check.log of `folder`."""
    variables = {key: value for key, value in os.environ.items() if not key.startswith("SECONDWIND_")} | {
        "PYTHONPATH": str(ROOT),
        "SECONDWIND_STORAGE__URL": url,
        "SECONDWIND_STORAGE__BACKUPS": str(folder / "backups"),
    }
    with (folder / "check.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            "check",
            "--rebuild",
            cwd=folder,
            env=variables,
            stdout=log,
            stderr=log,
        )
        return await process.wait() == 0
