"""What a campaign found: every occurrence against what stands in Discord."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

from benchmarks.faults_report import Report
from benchmarks.faults_world import Schedule, expected
from benchmarks.standin import StandIn
from benchmarks.standin_messages import walk

_OF_CHANNELS = {"channel_gone", "no_access", "no_permission", "unconfirmed"}
# Why something may not come although Discord would take it, by kind: rules of the features.
_OF_RULES: dict[str, set[str]] = {
    "opener": {"late"},
    "leaderboard": {"late"},
    "encouragement": {"late", "post_today", "no_fresh_words"},
    "reminder": {"late"},
    "challenge_card": set(),
    "challenge_result": set(),
}
LATENESS_SECONDS = 2 * 3600
_OF_NO_DELIVERY = ("sw:challenge.join:", "sw:challenge.leave:")  # they say which challenge, and no more
_BUGS = ("delivery_bug", "housekeeping_bug", "delivery_rejected", "Traceback")


@dataclass
class Found:
    """Counts of a campaign. The last block is to stay zero."""

    kills: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    sent: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    occurrences: int = 0
    deliveries: int = 0
    found_again: int = 0
    known_by_nonce: int = 0
    unconfirmed_there: int = 0
    rounds: int = 0

    duplicates: int = 0
    lost: int = 0
    lies: int = 0
    strange: int = 0
    unexplained: int = 0
    unsettled: int = 0
    bugs: int = 0
    damaged: int = 0
    ended_by_itself: int = 0
    cases: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not any(getattr(self, name) for name in _WRONG)

    def add(self, other: Found) -> None:
        """Take over the counts of another campaign."""
        for each in fields(self):
            mine, theirs = getattr(self, each.name), getattr(other, each.name)
            if isinstance(mine, Counter):
                mine.update(theirs)
            else:
                setattr(self, each.name, mine + theirs)

    def read_log(self, path: Path) -> None:
        """Count what the bot itself took for a bug, and how often it found its message."""
        for line in path.read_text(errors="replace").splitlines():
            self.found_again += "delivery_found" in line
            if any(word in line for word in _BUGS):
                self.bugs += 1
                self.cases.append(f"log: {line[:200]}")

    def report(self, seeds: list[int], kills: int, seconds: float) -> Report:
        """All figures; `kills` is how many there had to be."""
        notes = [f"killed {step}: {count}" for step, count in sorted(self.kills.items())]
        notes += [f"sent {kind}: {count}" for kind, count in sorted(self.sent.items())]
        notes += [f"skipped {reason}: {count}" for reason, count in sorted(self.skipped.items())]
        notes += [
            f"found again in a channel's history: {self.found_again}",
            f"taken for known by Discord's nonce: {self.known_by_nonce}",
            f"skipped as unconfirmed that did arrive: {self.unconfirmed_there}",
        ]
        return Report(
            "deliveries",
            done={
                "kills": self.kills.total(),
                "rounds": self.rounds,
                "occurrences by the oracle": self.occurrences,
                "deliveries stored": self.deliveries,
                "messages sent": self.sent.total(),
            },
            seeds=seeds,
            injected=self.faults,
            found={meaning: getattr(self, name) for name, meaning in _WRONG.items()},
            bars={"kills": kills},
            notes=notes,
            seconds=seconds,
        )


_WRONG = {
    "duplicates": "posted twice",
    "lost": "due, and no row says why it did not come",
    "lies": "said to be sent and not there, or the other way round",
    "strange": "rows that the oracle does not know",
    "unexplained": "skipped for a reason that does not hold",
    "unsettled": "rounds that never settled",
    "bugs": "bugs in the log",
    "damaged": "damaged files",
    "ended_by_itself": "processes that ended by themselves",
}


def compare(
    found: Found,
    database: Path,
    discord_: StandIn,
    schedules: Iterable[Schedule],
    settled: datetime,
    now: datetime,
) -> None:
    """Compare the file and the messages with what was due.

    Args:
        settled: all that was due by then is over.
        now: nothing that is due later may be there.
    """
    with closing(sqlite3.connect(database)) as raw:
        raw.row_factory = sqlite3.Row
        rows = [dict(row) for row in raw.execute("SELECT * FROM deliveries")]
        off = dict(
            raw.execute("SELECT schedule_id, last_day FROM schedules WHERE off_reason IS NOT NULL").fetchall()
        )
        problems = [row[0] for row in raw.execute("PRAGMA integrity_check")]
        problems += [f"foreign key of {row[0]}" for row in raw.execute("PRAGMA foreign_key_check")]
    if problems != ["ok"]:
        found.damaged += 1
        found.cases += problems
    there = _in_discord(discord_)
    by_schedule: dict[int, dict[date, dict[str, Any]]] = {}
    for row in rows:
        day = date.fromisoformat(row["occurrence_day"])
        by_schedule.setdefault(row["schedule_id"], {})[day] = row
    found.rounds += 1
    found.deliveries += len(rows)
    for schedule in schedules:
        stored = by_schedule.pop(schedule.schedule_id, {})
        _compare_days(found, schedule, stored, off.get(schedule.schedule_id), settled, now)
        for row in stored.values():
            _compare_row(found, discord_, schedule, row, there)
    strangers = sum(len(days) for days in by_schedule.values()) + len(
        there.keys() - {r["delivery_id"] for r in rows}
    )
    found.strange += strangers


def _compare_days(
    found: Found,
    schedule: Schedule,
    stored: dict[date, dict[str, Any]],
    off_since: str | None,
    settled: datetime,
    now: datetime,
) -> None:
    due = expected(schedule, settled)
    allowed = expected(schedule, now) if now > settled else due
    if off_since is not None:  # switched off: nothing came after its last refusal
        due = {day for day in due if day.isoformat() <= off_since}
    found.occurrences += len(due)
    found.lost += len(due - stored.keys())
    found.strange += len(stored.keys() - allowed)
    found.cases += [f"lost: {schedule} {day}" for day in due - stored.keys()]
    found.cases += [f"strange: {schedule} {day}" for day in stored.keys() - allowed]


def _compare_row(
    found: Found, discord_: StandIn, schedule: Schedule, row: dict[str, Any], there: dict[int, list[int]]
) -> None:
    messages = there.get(row["delivery_id"], [])
    case = f"{schedule.kind} {row} in Discord: {messages}"
    if len(messages) > 1:
        found.duplicates += 1
        found.cases.append(f"twice: {case}")
    if row["state"] == "sent":
        found.sent[schedule.kind] += 1
        if row["message_id"] not in messages:
            found.lies += 1
            found.cases.append(f"lie: {case}")
    elif row["state"] == "skipped":
        found.skipped[f"{schedule.kind}: {row['reason']}"] += 1
        if messages and row["reason"] == "unconfirmed":
            found.unconfirmed_there += 1
        elif messages:
            found.lies += 1
            found.cases.append(f"lie: {case}")
        if not _holds(discord_, schedule, row):
            found.unexplained += 1
            found.cases.append(f"unexplained: {case}")


def _holds(discord_: StandIn, schedule: Schedule, row: dict[str, Any]) -> bool:
    """Whether a reason is one that this delivery can have."""
    reason = row["reason"]
    if reason == "late":  # whole seconds are stored
        return int(row["ended_at"]) - int(row["due_at"]) >= LATENESS_SECONDS
    if schedule.channel_id is None:
        return reason == "messages_closed" and schedule.person_id in discord_.channels.closed
    guild = discord_.by_id[schedule.group_id]
    trouble = any(
        schedule.channel_id in each for each in (guild.removed, guild.hidden, guild.silent, guild.unreadable)
    )
    return reason in _OF_RULES[schedule.kind] or (trouble and reason in _OF_CHANNELS)


def _in_discord(discord_: StandIn) -> dict[int, list[int]]:
    """The messages that carry each delivery's id in a button."""
    found: dict[int, set[int]] = {}
    for message_id, message in discord_.messages.items():
        if not str(message.get("nonce") or "").startswith("sw"):  # no delivery: buttons of a card name a run
            continue
        for component in walk(message["components"]):
            custom_id = component.get("custom_id", "")
            last = custom_id.rpartition(":")[2]
            if custom_id.startswith(_OF_NO_DELIVERY):
                continue
            if custom_id.startswith("sw:") and last.isdigit():
                found.setdefault(int(last), set()).add(message_id)
    return {delivery: sorted(messages) for delivery, messages in found.items()}
