"""Two real processes on one PostgreSQL: one freezes or dies with a delivery in its hands, and it comes once."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from benchmarks.forks import ForkServer, Life, Watch
from benchmarks.standin import StandIn
from bot.clock import epoch
from bot.scheduling.model import LEASE
from bot.storage import Connection, Database, open_database
from tests import postgresql

AFTER_THE_LEASE = LEASE.total_seconds() + 2
PATIENCE_SECONDS = 20.0
NONCE_SECONDS = 20.0  # less than a lease: what is posted a second time stands there twice


@dataclass
class Pair:
    """Two processes, each with a shard of its own; a reminder of shard 0's group comes due."""

    folder: Path
    discord_: StandIn
    watch: Watch
    database: Database
    forks: ForkServer
    url: str
    lives: list[Life] = field(default_factory=list)

    async def start(self, shard: int, **orders: object) -> Life:
        room = self.folder / f"process-{shard}"
        room.mkdir()
        environment = {
            "SECONDWIND_DISCORD__TOKEN": self.discord_.token,
            "SECONDWIND_DISCORD__API_BASE": self.discord_.api_base,
            "SECONDWIND_DISCORD__SHARD_COUNT": "2",
            "SECONDWIND_DISCORD__SHARD_IDS": str(shard),
            "SECONDWIND_STORAGE__URL": self.url,
            "SECONDWIND_STORAGE__BACKUPS": str(self.folder / "backups"),
            "SECONDWIND_SCHEDULING__TICK": "0.1",
        }
        life = await self.forks.start(room, environment, clock=str(self.watch.path), **orders)
        self.lives.append(life)
        return life

    def log(self, shard: int) -> str:
        return (self.folder / f"process-{shard}" / "bot.log").read_text(errors="replace")

    async def delivery(self) -> tuple[str, int]:
        """Its state, and whose it is."""
        [row] = await self.database.read(lambda c: c.all("SELECT state, taken_by FROM deliveries", ()))
        return row["state"], row["taken_by"]

    async def sent(self) -> int:
        """Wait until it is marked as sent; whose it was."""
        began = time.monotonic()
        while (found := await self.delivery())[0] != "sent":
            assert time.monotonic() - began < PATIENCE_SECONDS, "nobody marked it as sent"
            await asyncio.sleep(0.01)
        return found[1]

    def posted(self) -> list[int]:
        return [
            number
            for number, message in self.discord_.messages.items()
            if str(message.get("nonce") or "").startswith("sw")
        ]


@pytest.fixture
async def pair(postgresql_server: postgresql.Server, tmp_path: Path) -> AsyncIterator[Pair]:
    watch, url = Watch(tmp_path / "clock"), postgresql_server.url(postgresql_server.create())
    database = await open_database(url)
    async with (
        ForkServer() as forks,
        StandIn(2, members=3, shards=2, now=watch.seconds, nonce_seconds=NONCE_SECONDS) as discord_,
    ):
        discord_.session_starts["max_concurrency"] = 2  # a bucket each: none waits for the other to identify
        await database.write(lambda connection: due_now(connection, discord_, watch))
        yield Pair(tmp_path, discord_, watch, database, forks, url)
    await database.close()


async def due_now(connection: Connection, discord_: StandIn, watch: Watch) -> None:
    """A reminder, every day at the minute that it is now, for somebody of shard 0's group."""
    watch.leap(60 - watch.now().second)  # the minute has just begun: none of the processes is late
    now = watch.now()
    at, long_ago = epoch(now), epoch(now - timedelta(hours=1))
    guild = next(guild for guild in discord_.guilds if (guild.id >> 22) % 2 == 0)
    person = guild.members[1].id
    minute = now.hour * 60 + now.minute
    schedule = (
        "INSERT INTO schedules (schedule_id, group_id, person_id, kind, minute, weekdays, since_at, next_due_at,"
        f" created_at) VALUES (1, {guild.id}, {person}, 'reminder', {minute}, 127, {long_ago}, {at}, {long_ago})"
    )
    for statement in (
        f"INSERT INTO groups (group_id, created_at) VALUES ({guild.id}, {long_ago})",
        f"INSERT INTO people (person_id, created_at) VALUES ({person}, {long_ago})",
        f"INSERT INTO members (group_id, person_id, created_at) VALUES ({guild.id}, {person}, {long_ago})",
        schedule,
    ):
        await connection.run(statement, ())


async def until(true: Callable[[], bool], what: str) -> None:
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < PATIENCE_SECONDS, what
        await asyncio.sleep(0.01)


def is_frozen(life: Life) -> bool:
    return bool(psutil.Process(life.pid).status() == psutil.STATUS_STOPPED)


async def test_what_a_frozen_process_had_claimed_comes_from_another_and_not_again_when_it_goes_on(
    pair: Pair,
) -> None:
    await pair.start(1)
    first = await pair.start(0, step="claim after", by=signal.SIGSTOP)
    await until(lambda: is_frozen(first), "the first did not come to its claim")
    await pair.discord_.wait_connected()
    state, frozen = await pair.delivery()
    assert (state, pair.posted()) == ("sending", [])
    pair.watch.leap(AFTER_THE_LEASE)
    assert await pair.sent() != frozen
    psutil.Process(first.pid).send_signal(signal.SIGCONT)
    await until(lambda: "delivery_left_alone" in pair.log(0), "the frozen one did not see how late it is")
    assert (await pair.delivery())[0] == "sent"
    assert len(pair.posted()) == 1


@pytest.mark.parametrize("step", ["claim after", "post after"])
async def test_what_a_killed_process_had_claimed_or_posted_comes_once(pair: Pair, step: str) -> None:
    await pair.start(1)
    first = await pair.start(0, step=step, by=signal.SIGKILL)
    assert await first.ended(PATIENCE_SECONDS), "the first did not come to its step"
    state, killed = await pair.delivery()
    assert (state, len(pair.posted())) == ("sending", int(step == "post after"))
    pair.watch.leap(AFTER_THE_LEASE)
    assert await pair.sent() != killed
    assert len(pair.posted()) == 1
