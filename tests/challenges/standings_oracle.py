"""What challenges come to, from a dump of the runs and nothing else: plain Python, no statement of the program's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

Rows = Sequence[dict[str, Any]]
EACH_HAS_A_TARGET = ("distance", "minutes", "days")


@dataclass(frozen=True)
class Dump:
    """Rows as they are stored: all of one group."""

    runs: Rows
    challenges: Rows
    parts: Rows
    members: Rows

    @property
    def away(self) -> set[int]:
        """Who was seen to have left the group."""
        return {row["person_id"] for row in self.members if row["left_at"] is not None}

    def parts_of(self, challenge_id: int) -> dict[int, dict[str, Any]]:
        return {row["person_id"]: row for row in self.parts if row["challenge_id"] == challenge_id}


def seen_by_the_group(run: dict[str, Any]) -> bool:
    """Whether a run counts for challenges: shown, on time, there, and not set aside."""
    return (
        run["visibility"] == "group"
        and not run["late"]
        and run["undone_at"] is None
        and run["set_aside_at"] is None
    )


def amount_of(challenge: dict[str, Any], person_id: int, runs: Iterable[dict[str, Any]]) -> int:
    """What a person's runs come to in the challenge's measure."""
    days, metres, seconds = set(), 0, 0
    for run in runs:
        if run["person_id"] != person_id or not seen_by_the_group(run):
            continue
        if challenge["first_day"] <= run["running_day"] <= challenge["last_day"]:
            days.add(run["running_day"])
            metres += run["metres"] or 0
            seconds += run["seconds"] or 0
    return {"metres": metres, "seconds": seconds, "days": len(days)}[challenge["measure"]]


def at_the_target(challenge: dict[str, Any], amount: int) -> bool:
    """Whether somebody with this amount has finished, where each has a target."""
    return challenge["kind"] in EACH_HAS_A_TARGET and amount >= challenge["target"]


def brought(challenge: dict[str, Any], run_id: int, runs: Rows) -> tuple[int, int]:
    """What one run adds to its member's amount, and that amount with it."""
    run = next(each for each in runs if each["run_id"] == run_id)
    whole = amount_of(challenge, run["person_id"], runs)
    without = amount_of(challenge, run["person_id"], (each for each in runs if each["run_id"] != run_id))
    return whole - without, whole
