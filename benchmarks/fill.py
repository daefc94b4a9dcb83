"""Fills a database file with many stored runs, by SQL, seeded: the asking member's are the same in every file."""

from __future__ import annotations

import asyncio
import heapq
import random
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.standin_world import Guild, Member
from bot.clock import epoch
from bot.storage.open import open_database

ASKER_RUNS = 400
ASKER_DAYS = 1_000
IN_THE_SAME_GROUP = 0.1
PEOPLE_OF_A_GROUP = 40
RUNS_OF_A_PERSON = 50
MARKS = (1_000, 5_000, 10_000, 21_098, 42_195)

Run = tuple[int, int, int]  # created_at, group_id, person_id

_RUN = """INSERT INTO runs (run_id, group_id, person_id, interaction_id, activity, running_day, started_at, metres,
    seconds, source, content_hash, visibility, created_at) VALUES (?, ?, ?, ?, 'run', ?, ?, ?, ?, ?, ?, 'group', ?)"""
_BEST = "INSERT INTO bests (run_id, group_id, person_id, mark, seconds) VALUES (?, ?, ?, ?, ?)"


def fill(
    path: Path,
    runs: int,
    guild: Guild,
    asker: Member,
    *,
    now: datetime,
    seed: int = 1,
    own: int = ASKER_RUNS,
) -> None:
    """Make `path` with the schema of the bot and `runs` runs of three years, `own` of them the asker's.

    A tenth of the others are of the asker's own group; the rest of groups of 40 people with 50 runs each.
    """
    asyncio.run(migrated(path, epoch(now)))
    others = _others(runs - own, guild, asker, now=now, seed=seed)
    mine = _of_asker(guild, asker, now=now, own=own)
    raw = sqlite3.connect(path, isolation_level=None)
    try:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-200000"):
            raw.execute(f"PRAGMA {pragma}")
        indexes = raw.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        ).fetchall()
        raw.execute("BEGIN")
        for name, _ in indexes:
            raw.execute(f"DROP INDEX {name}")
        _store(raw, heapq.merge(others, mine), now=now)
        for _, sql in indexes:
            raw.execute(sql)
        raw.execute("COMMIT")
        raw.execute("PRAGMA journal_mode=WAL")
    finally:
        raw.close()


async def migrated(path: Path, now: int) -> None:
    """Make `path` with the schema of the bot and nothing in it."""
    database = await open_database(f"sqlite:///{path}")
    try:
        await database.migrate(now=now)
    finally:
        await database.close()


def _of_asker(guild: Guild, asker: Member, *, now: datetime, own: int) -> Iterator[Run]:
    """The asker's runs, evenly over `ASKER_DAYS`: 400 are one every two and a half days."""
    for number in range(own, 0, -1):
        moment = now - timedelta(days=2 + ASKER_DAYS * number / own)
        yield epoch(moment), guild.id, asker.id


def _others(count: int, guild: Guild, asker: Member, *, now: datetime, seed: int) -> Iterator[Run]:
    """Other people's runs, evenly over three years, in the order of time."""
    dice = random.Random(seed)
    mates = [member.id for member in guild.members if member.id != asker.id]
    groups = max(1, count // (PEOPLE_OF_A_GROUP * RUNS_OF_A_PERSON))
    start, length = epoch(now) - 1_096 * 86_400, 1_094 * 86_400
    for number in range(count):
        created_at = start + length * number // count
        if dice.random() < IN_THE_SAME_GROUP:
            yield created_at, guild.id, dice.choice(mates)
        else:
            group = dice.randrange(groups)
            person = 810_000_000_000_000_000 + group * 1_000 + dice.randrange(PEOPLE_OF_A_GROUP)
            yield created_at, 910_000_000_000_000_000 + group, person


def _store(raw: sqlite3.Connection, runs: Iterable[Run], *, now: datetime) -> None:
    """Write runs with figures that follow from group, person and time alone, a fifth of them from files with bests."""
    members: set[tuple[int, int]] = set()
    rows: list[tuple[object, ...]] = []
    bests: list[tuple[int, int, int, int, int]] = []
    for created_at, group_id, person_id in runs:
        dice = created_at * 2_654_435_761 + person_id
        metres = 2_000 + dice % 11_000
        pace = 290 + dice // 7 % 150  # seconds a kilometre
        from_file = dice // 11 % 5 == 0
        run_id = created_at * 1000 << 20 | dice % (1 << 20)
        day = datetime.fromtimestamp(created_at, UTC).date().isoformat()
        rows.append(
            (
                run_id, group_id, person_id, run_id + 7, day, created_at - 7_200 if from_file else None,
                metres, metres * pace // 1000, "file" if from_file else "typed",
                f"{run_id:064x}" if from_file else None, created_at,
            )
        )  # fmt: skip
        if from_file:
            bests += [(run_id, group_id, person_id, m, m * pace // 1010) for m in MARKS if m <= metres]
        members.add((group_id, person_id))
        if len(rows) == 20_000:
            raw.executemany(_RUN, rows)
            raw.executemany(_BEST, bests)
            rows, bests = [], []
    raw.executemany(_RUN, rows)
    raw.executemany(_BEST, bests)
    _store_members(raw, members, epoch(now))


def _store_members(raw: sqlite3.Connection, members: set[tuple[int, int]], now: int) -> None:
    long_ago = now - 1_100 * 86_400
    first_day = datetime.fromtimestamp(long_ago, UTC).date().isoformat()
    raw.executemany(
        "INSERT INTO groups (group_id, set_up_at, created_at) VALUES (?, ?, ?)",
        [(group_id, long_ago, long_ago) for group_id in sorted({group for group, _ in members})],
    )
    raw.executemany(
        "INSERT INTO people (person_id, zone, created_at) VALUES (?, 'UTC', ?)",
        [(person_id, long_ago) for person_id in sorted({person for _, person in members})],
    )
    raw.executemany(
        "INSERT INTO members (group_id, person_id, zone_asked_at, listing_asked_at, created_at) VALUES (?, ?, ?, ?, ?)",
        [(*member, long_ago, long_ago, long_ago) for member in sorted(members)],
    )
    raw.executemany(
        "INSERT INTO targets (group_id, person_id, from_day, days, set_at) VALUES (?, ?, ?, 3, ?)",
        [(*member, first_day, long_ago) for member in sorted(members)],
    )
