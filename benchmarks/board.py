"""The week's board of a group of 10,000 listed members, with a short history and with a long one.

In both files every member has one run within the four weeks that the board looks at; in the large one nearly a
thousand more before, of the same group: the hardest case, as nothing but the index keeps them apart.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from benchmarks.figures import Figure, p50, p99
from benchmarks.fill import migrated
from bot.clock import epoch
from bot.leaderboards.cards import board_of, draw_board
from bot.leaderboards.model import BoardView
from bot.leaderboards.posting import MOST_LOOKED_UP
from bot.leaderboards.service import LeaderboardService
from bot.scheduling.service import DeliveryService
from bot.storage import Database
from bot.storage.open import open_database
from bot.ui.pictures import Studio
from bot.words import Catalogues

MEMBERS = 10_000
SMALL, LARGE, LARGEST = 10_000, 1_000_000, 10_000_000
GROUP, CHANNEL, SCHEDULE, DELIVERY = 1, 2, 3, 4
NOW = datetime(2026, 11, 23, 19, tzinfo=UTC)  # a Monday: the week that closed began on the 16th
WEEK = date(2026, 11, 16)
WORDS = Catalogues().choose("en")
_LAG_EVERY = 0.005  # seconds: seldom enough not to compete with what is measured

# Numbers 0, 1, 2, ... up to a limit, as rows.
_COUNT = "WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n + 1 < :count) "
_SETUP = (
    "INSERT INTO groups (group_id, runs_channel_id, created_at) VALUES (:group, :channel, 0)",
    _COUNT + "INSERT INTO people (person_id, created_at) SELECT n + 1, 0 FROM c",
    _COUNT
    + "INSERT INTO members (group_id, person_id, listed, created_at) SELECT :group, n + 1, 1, 0 FROM c",
    # a quarter means to run once a week, the others three times
    _COUNT + "INSERT INTO targets (group_id, person_id, from_day, days, set_at) "
    "SELECT :group, n + 1, '2020-01-06', CASE n % 4 WHEN 0 THEN 1 ELSE 3 END, 0 FROM c",
    """INSERT INTO schedules (schedule_id, group_id, kind, minute, weekdays, since_at, next_due_at, created_at)
    VALUES (:schedule, :group, 'leaderboard', 1140, 1, 0, :now + 86400, 0)""",
    """INSERT INTO deliveries (delivery_id, schedule_id, group_id, kind, occurrence_day, due_at, try_at, created_at)
    VALUES (:delivery, :schedule, :group, 'leaderboard', '2026-11-23', :now, :now, 0)""",
)
_RUN = (
    "INSERT INTO runs (run_id, group_id, person_id, interaction_id, activity, running_day, metres, seconds, source, "
    "visibility, created_at) "
)
# Day after day all members, so that the file has them in the order of time; the last day ends before the four weeks.
_LONG_AGO = (
    _COUNT + _RUN + "SELECT n, :group, n % :members + 1, n, 'run', "
    "date(:first, (n / :members - (:count - 1) / :members - 1) || ' days'), 5000 + n % 3000, 1500 + n % 900, 'typed', "
    "'group', 0 FROM c"
)
# Who means to run once did so in the week that closed, the others in one of the three before.
_LATELY = (
    _COUNT + _RUN + "SELECT :before + n, :group, n + 1, :before + n, 'run', "
    "date(:first, ((CASE n % 4 WHEN 0 THEN 3 ELSE n % 4 - 1 END) * 7 + n % 7) || ' days'), 5000 + n % 3000, "
    "1500 + n % 900, 'typed', 'group', 0 FROM c"
)
_AGAIN = (
    "DELETE FROM board_entries",
    "DELETE FROM boards",
    "UPDATE deliveries SET state = 'due', try_at = due_at, content = NULL, channel_id = NULL, tries = 0",
)


@dataclass
class Took:
    """Seconds of each round, by what was done."""

    posted: list[float] = field(default_factory=list)
    held: list[float] = field(default_factory=list)
    asked: list[float] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)


def group_with(histories: Path, runs: int) -> Path:
    """The file in `histories` of the group with `runs` runs and its week's board due, filled where it is not there.

    What is measured of one file after the other leaves the runs as they are.
    """
    path = histories / f"{runs}.db"
    if not path.exists():
        histories.mkdir(exist_ok=True)
        _fill_group(path, runs)
    return path


def _fill_group(path: Path, runs: int) -> None:
    asyncio.run(migrated(path, 0))
    raw = sqlite3.connect(path, isolation_level=None)
    values = {
        "group": GROUP,
        "channel": CHANNEL,
        "schedule": SCHEDULE,
        "delivery": DELIVERY,
        "now": epoch(NOW),
    }
    values |= {"count": MEMBERS, "members": MEMBERS}
    first = (WEEK - timedelta(weeks=3)).isoformat()
    try:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-200000"):
            raw.execute(f"PRAGMA {pragma}")
        indexes = raw.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'runs' AND sql IS NOT NULL"
        ).fetchall()
        raw.execute("BEGIN")
        for name, _ in indexes:
            raw.execute(f"DROP INDEX {name}")
        for statement in _SETUP:
            raw.execute(statement, values)
        before = runs - MEMBERS
        if before:
            raw.execute(_LONG_AGO, {**values, "count": before, "first": first})
        raw.execute(_LATELY, {**values, "before": before, "first": first})
        for _, sql in indexes:
            raw.execute(sql)
        raw.execute("COMMIT")
        raw.execute("PRAGMA journal_mode=WAL")
    finally:
        raw.close()


async def board_beside_history(histories: Path, *, rounds: int, large: int = LARGE) -> list[Figure]:
    """The week's board, claimed, stored and drawn, from 10 thousand stored runs and from `large`, taking turns."""
    sizes = (SMALL, large)
    took = {size: Took() for size in sizes}
    databases: dict[int, Database] = {}
    studio = Studio()
    try:
        for size in sizes:
            path = await asyncio.to_thread(group_with, histories, size)
            databases[size] = await open_database(f"sqlite:///{path}")
        for turn in range(-1, rounds):
            for size in sizes[:: 1 if turn % 2 else -1]:
                await _again(histories / f"{size}.db")
                found = await _round(databases[size], studio)
                if turn >= 0:  # the first round warms the caches and loads the fonts
                    for name in ("posted", "held", "asked", "lags"):
                        getattr(took[size], name).extend(getattr(found, name))
    finally:
        studio.close()
        for database in databases.values():
            await database.close()
    posted = {size: p50(took[size].posted) for size in sizes}
    whole = f"the week's board of {MEMBERS:,} members with its picture"
    return [
        Figure(
            f"{whole}, {large:,} over {SMALL:,} stored runs, p50", posted[large] / posted[SMALL], at_most=1.5
        ),
        Figure(f"{whole}, {large:,} stored runs, p50", posted[large] * 1000, "ms", at_most=250),
        Figure(f"{whole}, {SMALL:,} stored runs, p50", posted[SMALL] * 1000, "ms"),
        Figure("of it the writer is held, p50", p50(took[large].held) * 1000, "ms"),
        Figure("the event loop lags meanwhile, p99", p99(took[large].lags) * 1000, "ms"),
        Figure("the event loop lags meanwhile at most", max(took[large].lags) * 1000, "ms"),
        Figure(
            f"/leaderboard with its picture, {large:,} stored runs, p50", p50(took[large].asked) * 1000, "ms"
        ),
    ]


async def _round(database: Database, studio: Studio) -> Took:
    service, deliveries = LeaderboardService(database), DeliveryService(database)
    took = Took()
    watching = asyncio.create_task(_watch(took.lags))
    await asyncio.sleep(0.01)
    started = time.perf_counter()
    claimed = await deliveries.claim(DELIVERY, NOW, service.decide, None)
    took.held.append(time.perf_counter() - started)
    if claimed is None:
        raise RuntimeError("there was no board to post")
    await _drawn(studio, claimed.send.letter)
    took.posted.append(time.perf_counter() - started)
    if len(claimed.send.letter.ranked) != MEMBERS:
        raise RuntimeError("not all members are on the board")
    started = time.perf_counter()
    await _drawn(studio, await service.view(GROUP, "showing_up", "last_week", NOW))
    took.asked.append(time.perf_counter() - started)
    watching.cancel()
    return took


async def _drawn(studio: Studio, view: BoardView) -> None:
    names: dict[int, str | None] = {person: f"Member {person}" for person in view.named[:MOST_LOOKED_UP]}
    shown = await asyncio.to_thread(board_of, view, names)
    await studio.draw(draw_board, view, shown, names, "Ten Thousand Runners", WORDS)


async def _watch(lags: list[float]) -> None:
    """How much later than asked the loop comes back."""
    while True:
        asked = time.perf_counter()
        await asyncio.sleep(_LAG_EVERY)
        lags.append(time.perf_counter() - asked - _LAG_EVERY)


async def _again(path: Path) -> None:
    """The board was not posted yet."""

    def forget() -> None:
        raw = sqlite3.connect(path, isolation_level=None, timeout=30)
        for statement in _AGAIN:
            raw.execute(statement)
        raw.close()

    await asyncio.to_thread(forget)
