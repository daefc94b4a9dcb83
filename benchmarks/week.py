"""Wake-ups with nothing due, and a thousand deliveries due in the same minute under Discord's rate limit."""

from __future__ import annotations

import asyncio
import importlib
import sqlite3
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from benchmarks.figures import Figure, p50, p99
from benchmarks.people import everyone
from benchmarks.process import BotProcess
from benchmarks.standin import StandIn
from benchmarks.standin_limits import Limits
from benchmarks.standin_world import snowflake_time
from bot.attachments import CDNReader
from bot.checkins.files import FileReader
from bot.client import COGS, SecondWind, Services
from bot.clock import SystemClock, epoch
from bot.storage import open_database
from bot.words import Catalogues

GROUP_SIZE = 100
IDLE_SECONDS = 10.0
REQUESTS_A_SECOND = 50

_GROUP = "INSERT INTO groups (group_id, runs_channel_id, posts, created_at) VALUES (?, ?, 'daily', 0)"
_PERSON = "INSERT INTO people (person_id, zone, created_at) VALUES (?, 'Europe/Berlin', 0)"
_MEMBER = "INSERT INTO members (group_id, person_id, created_at) VALUES (?, ?, 0)"
_SCHEDULE = """INSERT INTO schedules (schedule_id, group_id, person_id, kind, minute, weekdays, since_at, next_due_at,
    created_at) VALUES (?, ?, ?, ?, ?, 127, ?, ?, 0)"""
_RUN = """INSERT INTO runs (run_id, group_id, person_id, interaction_id, activity, running_day, source, visibility,
    created_at) VALUES (?, ?, ?, ?, 'run', ?, 'tap', 'group', ?)"""


async def nothing_due(folder: Path, *, rounds: int, schedules: int) -> list[Figure]:
    """The time of a wake-up of the courier, and what the whole process uses while nothing is due."""
    path = folder / "second-wind.db"
    await _migrated(path)
    now = datetime.now(UTC)
    raw = sqlite3.connect(path)
    groups = max(1, schedules // GROUP_SIZE)
    raw.executemany(_GROUP, [(group, None) for group in range(groups)])
    raw.executemany(_PERSON, [(person,) for person in range(schedules)])
    raw.executemany(_MEMBER, [(person % groups, person) for person in range(schedules)])
    soon = epoch(now + timedelta(hours=1))
    raw.executemany(
        _SCHEDULE,
        [(n, n % groups, n, "reminder", n % 1440, epoch(now), soon + n % 86_400) for n in range(schedules)],
    )
    raw.commit()
    raw.close()
    took = await _wake(path, rounds)
    async with (
        StandIn(guilds=1) as discord_,
        await BotProcess.start(discord_, folder, SECONDWIND_SCHEDULING__TICK="1") as bot,
    ):
        await discord_.wait_commands()
        await asyncio.sleep(2)
        process = psutil.Process(bot.process.pid)
        before = process.cpu_times()
        await asyncio.sleep(IDLE_SECONDS)
        after = process.cpu_times()
    used = (after.user + after.system - before.user - before.system) / IDLE_SECONDS
    return [
        Figure(
            f"a wake-up with nothing due, {schedules:,} schedules, p50", p50(took) * 1000, "ms", at_most=5
        ),
        Figure(f"a wake-up with nothing due, {schedules:,} schedules, p99", p99(took) * 1000, "ms"),
        Figure("share of a core while nothing is due, a wake-up a second", used * 100, "%"),
    ]


async def _wake(path: Path, rounds: int) -> list[float]:
    database = await open_database(f"sqlite:///{path}")
    files, attachments = FileReader(), CDNReader(frozenset())
    services = Services.over(database, clock=SystemClock(), files=files, attachments=attachments)
    took = []
    async with SecondWind(services, Catalogues()) as client:
        for name in COGS:
            await importlib.import_module(name).setup(client)
        for _ in range(rounds):
            started = time.perf_counter()
            assert await client.courier.wake(client) == 0
            took.append(time.perf_counter() - started)
    await attachments.close()
    await files.close()
    await database.close()
    return took[1:]


async def due_together(folder: Path, *, deliveries: int) -> list[Figure]:
    """A post of encouragement in each of so many groups falls due at once, under 50 requests a second; people log runs
    meanwhile."""
    path = folder / "second-wind.db"
    await _migrated(path)
    now = datetime.now(UTC)
    firsts: list[float] = []
    limits = Limits(every_second=REQUESTS_A_SECOND)
    async with StandIn(guilds=deliveries, members=2, limits=limits) as discord_:
        _fall_due(path, discord_, now)
        people = everyone(discord_)
        async with await BotProcess.start(discord_, folder, SECONDWIND_SCHEDULING__TICK="1"):
            await discord_.wait_commands()
            turn = 0
            deadline = time.monotonic() + 30 + deliveries / 20
            while _open(path) and time.monotonic() < deadline:
                answer = await people[turn % len(people)].log_run()
                firsts.append(answer.first_response_seconds or 0.0)
                turn += 1
                await asyncio.sleep(0.05)
        posts = sorted(
            snowflake_time(int(message["id"]))
            for guild in discord_.guilds
            for message in discord_.channel_messages(guild.channel_id)
            if "interaction_metadata" not in message and _encourages(message)
        )
    if len(posts) != deliveries:
        raise RuntimeError(f"{len(posts)} of {deliveries} posts came")
    rate = (len(posts) - 1) / (posts[-1] - posts[0])
    return [
        Figure(
            f"{deliveries:,} deliveries due at once: what the limit allows, over what was used",
            REQUESTS_A_SECOND / rate,
            at_most=1 / 0.9,
        ),
        Figure("deliveries a second", rate, "/s"),
        Figure("requests refused with 429 meanwhile", sum(limits.refused.values())),
        Figure(f"slowest first answer meanwhile, of {len(firsts)}", max(firsts), "s", at_most=1),
    ]


def _fall_due(path: Path, discord_: StandIn, now: datetime) -> None:
    """Groups that ran yesterday, each with a post of encouragement due a minute ago."""
    raw = sqlite3.connect(path)
    minute_ago = now - timedelta(minutes=1)
    local = minute_ago.hour * 60 + minute_ago.minute
    yesterday = (now - timedelta(days=1)).date().isoformat()
    for number, guild in enumerate(discord_.guilds):
        person = guild.members[1].id
        raw.execute(_GROUP, (guild.id, guild.channel_id))
        # every day but the group's week begins tomorrow, so that today is none of the opener's
        raw.execute(
            "UPDATE groups SET week_starts_on = ? WHERE group_id = ?", ((now.weekday() + 2) % 7, guild.id)
        )
        raw.execute(_PERSON, (person,))
        raw.execute(_MEMBER, (guild.id, person))
        raw.execute(_RUN, (number + 1, guild.id, person, number + 1, yesterday, epoch(now)))
        raw.execute(
            _SCHEDULE,
            (
                number,
                guild.id,
                None,
                "encouragement",
                local,
                epoch(now - timedelta(minutes=5)),
                epoch(minute_ago),
            ),
        )
    raw.commit()
    raw.close()


def _open(path: Path) -> bool:
    raw = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        [(sent, waiting)] = raw.execute(
            "SELECT SUM(state = 'sent'), SUM(state IN ('due', 'sending')) FROM deliveries"
        ).fetchall()
    finally:
        raw.close()
    return not sent or bool(waiting)


def _encourages(message: dict[str, object]) -> bool:
    return "sw:plan.mine:" in str(message["components"])


async def _migrated(path: Path) -> None:
    database = await open_database(f"sqlite:///{path}")
    try:
        await database.migrate(now=0)
    finally:
        await database.close()
