"""Looks into what a power cut left: what was answered is there, once; what was posted is known; the file is sound."""

from __future__ import annotations

import re
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from benchmarks.faults_power_polls import KINDS as POLLS
from benchmarks.faults_power_polls import look_at_polls
from benchmarks.faults_power_settle import KINDS as AFTERWARDS
from benchmarks.faults_power_trace import Trace
from benchmarks.faults_power_work import Felt, Logged, Spoken, Work
from bot.erasures.ledger import MEMBER, Ledger, Recorded
from bot.storage.migrations import known

LOST, DOUBLED, BACK = "answered and lost", "stored twice", "undone or erased and back again"
CHANGED, STRANGE = "answered and changed", "stored and never sent"
UNKNOWN, DAMAGED = "posted and not known of", "damaged files"
UNWRITTEN, HALF = "erased and not in the ledger", "half a migration"
NEVER = sys.maxsize
_CREATED = re.compile(r"^CREATE TABLE (\w+)", re.MULTILINE)
KINDS = tuple(
    dict.fromkeys(
        (LOST, DOUBLED, BACK, CHANGED, STRANGE, UNKNOWN, DAMAGED, UNWRITTEN, HALF, *POLLS, *AFTERWARDS)
    )
)


class Judge:
    """Compares states with what was answered before their cut.

    `found` counts by kind, `cases` says where (no more than a few).
    """

    def __init__(self, work: Work, trace: Trace, seed: int) -> None:
        self._work, self._trace, self._seed = work, trace, seed
        self._ids = {each.interaction for each in work.logged}
        self._felt = {each.interaction for each in work.felt}
        self._before = _typed_before(work)
        self._cut = 0
        self.backups = 0  # how many finished ones were opened
        self.found: Counter[str] = Counter(dict.fromkeys(KINDS, 0))
        self.cases: list[str] = []

    def told(self, kind: str, what: object) -> None:
        """Count what may not be."""
        self.found[kind] += 1
        self.cases.append(f"{kind}: {what}, seed {self._seed}, cut {self._cut}")

    def look(self, database: Path, cut: int) -> None:
        """One state, as SQLite opens it."""
        self._cut, told = cut, self.told
        told_by = {
            **self._trace.answered,
            **{one: self._trace.filled.get(one, NEVER) for one in self._work.deferred},
        }
        answered = {number for number, position in told_by.items() if position < cut}
        posted = {
            number for number, position in self._trace.posted.items() if position < cut
        } & self._work.accepted.keys()
        for backup in database.parent.glob("backups/*.db"):
            self.backups += 1
            self._sound(backup, told)
        if not database.exists():
            if answered & {each.interaction for each in self._work.logged}:
                told(LOST, "the whole database")
            return
        try:
            with closing(sqlite3.connect(database)) as raw:
                problems = [row[0] for row in raw.execute("PRAGMA integrity_check")]
                problems += [f"foreign key of {row[0]}" for row in raw.execute("PRAGMA foreign_key_check")]
                if problems != ["ok"]:
                    told(DAMAGED, problems[:2])
                    return
                self._rows(raw, answered, posted, _ledger(database), told)
        except sqlite3.DatabaseError as error:
            told(DAMAGED, error)

    def _sound(self, backup: Path, told: Callable[[str, object], None]) -> None:
        try:
            with closing(sqlite3.connect(f"file:{backup}?mode=ro&immutable=1", uri=True)) as raw:
                problems = [row[0] for row in raw.execute("PRAGMA integrity_check")]
        except sqlite3.DatabaseError as error:
            problems = [str(error)]
        if problems != ["ok"]:
            told(DAMAGED, f"a finished backup: {problems[:1]}")

    def _rows(
        self,
        raw: sqlite3.Connection,
        answered: set[int],
        posted: set[int],
        ledger: Recorded,
        told: Callable[[str, object], None],
    ) -> None:
        tables = {row[0] for row in raw.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        expected = {each.interaction: each for each in self._work.logged}
        if half := _half(raw, tables):
            told(HALF, half)
        if not {"schema_migrations", "runs", "deliveries"} <= tables:
            if answered & expected.keys():
                told(LOST, "tables")
            return
        stored: dict[int, list[tuple[int, int, int | None]]] = {}
        for interaction, metres, seconds, undone in raw.execute(
            "SELECT interaction_id, metres, seconds, undone_at FROM runs WHERE source = 'typed'"
        ):
            if interaction in self._ids:
                stored.setdefault(interaction, []).append((metres, seconds, undone))
            elif interaction not in self._before:
                told(STRANGE, interaction)
        for interaction, rows in stored.items():
            if len(rows) > 1:
                told(DOUBLED, interaction)
        for each in self._work.logged:
            self._run(each, stored.get(each.interaction, []), answered, ledger, told)
        self._moods(raw, answered, ledger, told)
        look_at_polls(raw, self._work.polls, answered, told)
        states = dict(raw.execute("SELECT delivery_id, state FROM deliveries").fetchall())
        for delivery in posted:
            gone = delivery not in states and self._gone_with(self._work.accepted[delivery], ledger)
            if not gone and states.get(delivery) not in ("sending", "sent", "skipped"):
                told(UNKNOWN, f"{delivery} is {states.get(delivery)}")

    def _gone_with(self, spoken: Spoken, ledger: Recorded) -> bool:
        """Whether it was for one person alone, whose erasure in that very group had begun: that is written first."""
        group_id, person_id = spoken.group_id, spoken.person_id
        if group_id is None or person_id is None or (group_id, person_id) not in self._work.erased:
            return False
        return ledger.moment(MEMBER, group_id, person_id) is not None

    def _run(
        self,
        each: Logged,
        rows: list[tuple[int, int, int | None]],
        answered: set[int],
        ledger: Recorded,
        told: Callable[[str, object], None],
    ) -> None:
        self._there(each, bool(rows), answered, ledger, told)
        undoing, edit = self._work.undone.get(each.interaction), self._work.edited.get(each.interaction)
        may_be = {each.metres} if edit is None else {each.metres, edit.metres}
        if edit is not None and edit.interaction in answered:
            may_be = {edit.metres}
        for metres, seconds, undone in rows:
            if metres not in may_be or seconds != each.seconds:
                told(CHANGED, each.interaction)
            if undoing in answered and undone is None:
                told(BACK, "an undone run")
            if undoing is None and undone is not None:
                told(CHANGED, "undone by nobody")

    def _there(
        self,
        each: Logged | Felt,
        stored: bool,
        answered: set[int],
        ledger: Recorded,
        told: Callable[[str, object], None],
    ) -> None:
        """What was answered is stored, unless its owner erased everything: then it is gone, and that is written."""
        erasure = self._work.erased.get((each.group_id, each.person_id))
        if erasure in answered:
            if stored:
                told(BACK, f"what an erased member entered: {type(each).__name__}")
            if ledger.moment(MEMBER, each.group_id, each.person_id) is None:
                told(UNWRITTEN, "an answered erasure")
        elif not stored and each.interaction in answered:
            if erasure is None:
                told(LOST, f"{type(each).__name__} {each.interaction}")
            elif ledger.moment(MEMBER, each.group_id, each.person_id) is None:
                told(UNWRITTEN, "an erasure that happened")

    def _moods(
        self,
        raw: sqlite3.Connection,
        answered: set[int],
        ledger: Recorded,
        told: Callable[[str, object], None],
    ) -> None:
        stored: dict[int, int] = {}
        if raw.execute("SELECT 1 FROM sqlite_schema WHERE name = 'moods'").fetchone() is not None:
            stored = dict(raw.execute("SELECT interaction_id, mood FROM moods").fetchall())
        for _ in stored.keys() - self._felt:
            told(STRANGE, "a mood")
        for each in self._work.felt:
            self._there(each, each.interaction in stored, answered, ledger, told)
            if stored.get(each.interaction, each.mood) != each.mood:
                told(CHANGED, "a mood")


def _half(raw: sqlite3.Connection, tables: set[str]) -> str:
    """What says that a migration was applied in part; nothing where each is there whole, or not at all."""
    versions: list[int] = []
    if "schema_migrations" in tables:
        versions = [row[0] for row in raw.execute("SELECT version FROM schema_migrations ORDER BY version")]
    if versions != list(range(1, len(versions) + 1)):
        return f"versions {versions}"
    for each in known():
        made = set(_CREATED.findall(each.sql))
        there = made & tables
        if there != (made if each.version in versions else set()):
            return f"{len(there)} of {len(made)} tables of {each.name}, versions {versions}"
    return ""


def _typed_before(work: Work) -> set[int]:
    """The interactions of the runs that stood in the file at the start."""
    found: set[int] = set()
    for path, content in work.before.items():
        if path.endswith(".db"):
            with closing(sqlite3.connect(":memory:")) as raw:
                raw.deserialize(_not_wal(content))
                found |= {
                    row[0] for row in raw.execute("SELECT interaction_id FROM runs WHERE source = 'typed'")
                }
    return found


def _not_wal(content: bytes) -> bytes:
    """A database in memory has no journal beside it: its header says so (bytes 18 and 19, sqlite.org/fileformat)."""
    return content[:18] + b"\x01\x01" + content[20:]


def _ledger(database: Path) -> Recorded:
    try:
        return Ledger(database.parent / "backups").read()
    except OSError:
        return Recorded()
