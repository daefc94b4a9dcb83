"""A finding: one line for the host."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at and how it is: `ok`, `note` (good to know) or `problem` (to be mended first)."""

    level: Literal["ok", "note", "problem"]
    text: str


def ok(text: str) -> Finding:
    return Finding("ok", text)


def note(text: str) -> Finding:
    return Finding("note", text)


def problem(text: str) -> Finding:
    return Finding("problem", text)


def report(findings: Sequence[Finding], say: Callable[[str], None]) -> int:
    """Say one line a finding and a closing line; the exit code: 0 without problems, else 1."""
    for finding in findings:
        say(f"{finding.level:<8}{finding.text}")
    count = sum(finding.level == "problem" for finding in findings)
    if count == 0:
        say("Nothing stands in the way: `second-wind run` can serve.")
        return 0
    say(f"{count} problem{'s' if count > 1 else ''} to mend; then run `second-wind check` again.")
    return 1
