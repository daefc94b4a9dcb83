"""Two processes on one PostgreSQL in a round of troubles: people log runs, deliveries come due, all of it is judged."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from pathlib import Path

from aiohttp import web

from benchmarks.faults_found import compare
from benchmarks.faults_pair_found import PairFound, judge_runs, sound
from benchmarks.faults_pair_processes import SHARDS, Two, first_value
from benchmarks.faults_round import GROUPS, IDLE_SECONDS, PEOPLE
from benchmarks.faults_steps import INSIDE
from benchmarks.faults_world import Schedule, furnish
from benchmarks.forks import ForkServer, Watch
from benchmarks.people import Runner, counted, everyone, stored_runs
from benchmarks.standin import Reply, StandIn
from benchmarks.standin_answer import Answer
from benchmarks.standin_faults import Faults
from bot.copying.between import copy_between
from bot.scheduling.model import LEASE
from tests import postgresql

__all__ = ["Pair", "PairFound"]
LONGEST_LIFE, START_SECONDS, SETTLE_SECONDS = 4.0, 15.0, 180.0
LATE_SECONDS, DRAIN_SECONDS = 0.8, 3.0
NONCE_SECONDS = 300.0  # longer than anybody stands still
WORKERS, PAUSE_SECONDS, ANSWER_SECONDS = 6, 0.06, 4.0
END_SECONDS = 5.0
AGAIN = 10  # interactions of each sort that Discord delivers once more


class Pair:
    """One round on a database of its own, until `kills` processes were killed."""

    def __init__(
        self,
        folder: Path,
        forks: ForkServer,
        server: postgresql.Server,
        found: PairFound,
        *,
        kills: int,
        seed: int,
        groups: int = GROUPS,
        people: int = PEOPLE,
    ) -> None:
        self._folder, self._server, self._found = folder, server, found
        self._until = found.killed + kills
        self._dice = random.Random(seed)
        nonce_seconds = self._dice.choice((0.0, NONCE_SECONDS))
        self._faults = Faults(seed, slow_seconds=0.1, late_seconds=LATE_SECONDS, chosen=_delivers)
        self._watch = Watch(folder / "clock")
        self._discord = StandIn(
            groups,
            members=people,
            shards=len(SHARDS),
            nonce_seconds=nonce_seconds,
            now=self._watch.seconds,
            before_reply=self._door,
        )
        self._discord.session_starts["max_concurrency"] = len(SHARDS)
        self._name = server.create(empty=True)
        self._url = server.url(self._name)
        self._two = Two(folder, forks, self._discord, self._url, self._watch)
        self._lives = self._two.lives
        self._sent: list[Answer] = []
        self._last_request = 0.0
        self._in_flight, self._open = 0, asyncio.Event()
        self._open.set()
        troubles: dict[str, Callable[[int], Awaitable[None]]] = {
            "SIGKILL at a step of a delivery": self._kill_at_a_step,
            "SIGKILL at any time": self._kill_one,
            "SIGKILL of both": self._kill_both,
            "SIGSTOP for longer than a lease": self._freeze,
            "SIGTERM": self._stop,
            "sessions on the server ended": self._cut,
            "server restarted": self._restart,
            "server crashed": self._crash,
        }
        # Who stands still between the last look at the clock and the request, and goes on after a lease, posts what
        # another one has posted: Discord's nonce alone keeps the two apart.
        self._troubles = {name: one for name, one in troubles.items() if nonce_seconds or one != self._freeze}

    async def run(self, template: Path) -> None:
        """Trouble, settle, and add what was found."""
        self._watch.leap(self._dice.uniform(0, 7 * 86_400))
        async with self._discord:
            made, before = await self._furnish(template)
            await self._start_both()
            await self._discord.wait_commands()
            load = asyncio.create_task(self._load())
            while self._found.killed < self._until:
                await self._trouble()
            load.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await load
            self._faults.on = False
            await self._start_both()
            await self._deliver_again()
            settled = await self._settle()
            now = self._watch.now()
            for shard in SHARDS:
                await self._stop(shard)
            await self._judge(made, before, settled, now)
        self._server.drop(self._name)

    async def _furnish(self, template: Path) -> tuple[list[Schedule], set[int]]:
        """Groups, people and schedules in a file, and copied from there; what was logged before anything happens."""
        path = self._folder / "before.db"
        made = furnish(template, path, self._discord, self._watch.now(), self._dice)
        await copy_between(f"sqlite:///{path}", self._url, now=0)
        return made, set(stored_runs(path))

    async def _judge(
        self, made: list[Schedule], before: set[int], settled: datetime | None, now: datetime
    ) -> None:
        """Copy everything back into a file, which compares every row, and look at that."""
        path = self._folder / "after.db"
        if not await sound(self._folder, self._url):
            self._found.deliveries.damaged += 1
        await copy_between(self._url, f"sqlite:///{path}", now=0)
        compare(self._found.deliveries, path, self._discord, made, settled or now, now)
        if settled is None:
            self._found.deliveries.unsettled += 1
        judge_runs(self._found, path, self._sent, before)
        self._found.deliveries.faults.update(self._faults.injected)
        self._found.deliveries.known_by_nonce += self._discord.channels.taken_for_known
        for shard in SHARDS:
            self._found.deliveries.read_log(self._two.room(shard) / "bot.log")

    async def _start_both(self) -> None:
        """Start whichever is not there, and wait until Discord has both."""
        await self._two.start_missing()
        try:
            await self._discord.wait_connected(patience=START_SECONDS)
        except TimeoutError:
            self._report(f"a shard without a process: {[life.status for life in self._lives.values()]}")

    def _report(self, case: str) -> None:
        self._found.unserved += 1
        self._found.cases.append(f"{case}: {' | '.join(self._two.log_end(shard) for shard in SHARDS)}")

    async def _kill(self, *shards: int) -> None:
        for shard in shards:
            self._lives[shard].strike()
        for shard in shards:
            await self._lives[shard].kill()

    @contextlib.asynccontextmanager
    async def _standing_still(self) -> AsyncIterator[None]:
        """Nothing is on its way to Discord: a request does not take a minute because the clock goes on by one.

        What comes meanwhile waits at the door.
        """
        self._open.clear()
        try:
            until = time.monotonic() + DRAIN_SECONDS
            while self._in_flight and time.monotonic() < until:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
            yield
        finally:
            self._open.set()

    # Troubles

    async def _trouble(self) -> None:
        name = self._dice.choice(list(self._troubles))
        kills = name.startswith("SIGKILL")
        await self._two.start_missing()
        if not kills or self._dice.random() < 0.8:  # others die while they start
            await self._start_both()
        self._found.troubles[name] += 1
        await self._troubles[name](self._dice.choice(SHARDS))
        self._look_for_the_dead(name)
        async with self._standing_still():
            self._let_time_go_by()

    def _look_for_the_dead(self, name: str) -> None:
        for shard, life in self._lives.items():
            if life.status not in (None, 0, -signal.SIGKILL):
                self._found.deliveries.ended_by_itself += 1
                self._found.cases.append(f"{name}, ended with {life.status}: {self._two.log_end(shard)}")

    def _let_time_go_by(self) -> None:
        """Mostly a lease, so that what one had in its hands is another's; sometimes much more."""
        minutes = self._dice.choice((*[0] * 12, 3, 6, 14, self._dice.choice((2, 2, 2, 30, 30, 30, 12 * 60))))
        self._watch.leap(LEASE.total_seconds() + 6 + 60 * minutes)

    async def _kill_at_a_step(self, shard: int) -> None:
        step = self._dice.choice(INSIDE)
        often = step.split()[0] in ("claim", "post", "sent")
        await self._kill(shard)
        life = await self._two.start(shard, step=step, at=self._dice.randint(1, 4) if often else 1)
        self._last_request = time.monotonic() + LONGEST_LIFE / 2
        until, died = time.monotonic() + LONGEST_LIFE, False
        while not died and time.monotonic() < until:
            died = await life.ended(0.05)
            if time.monotonic() - self._last_request > IDLE_SECONDS:
                break
        await self._kill(shard)
        self._found.deliveries.kills[step if died else "random"] += 1
        self._found.deliveries.kills["random"] += 1  # the one before

    async def _kill_one(self, shard: int) -> None:
        await asyncio.sleep(self._dice.uniform(0.02, 0.8))
        await self._kill(shard)
        self._found.deliveries.kills["random"] += 1

    async def _kill_both(self, _shard: int) -> None:
        await asyncio.sleep(self._dice.uniform(0.02, 0.8))
        await self._kill(*SHARDS)
        self._found.deliveries.kills["random"] += 2

    async def _freeze(self, shard: int) -> None:
        await asyncio.sleep(self._dice.uniform(0.02, 0.4))
        pid = self._lives[shard].pid
        os.killpg(pid, signal.SIGSTOP)
        async with self._standing_still():
            self._watch.leap(LEASE.total_seconds() + self._dice.uniform(2, 90))
        await asyncio.sleep(self._dice.uniform(0.2, 1.2))
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGCONT)
        await asyncio.sleep(self._dice.uniform(0.1, 0.5))

    async def _stop(self, shard: int) -> None:
        await asyncio.sleep(self._dice.uniform(0.0, 0.4))
        life, began = self._lives[shard], time.monotonic()
        os.kill(life.pid, signal.SIGTERM)
        if (
            not await life.ended(4 * END_SECONDS)
            or life.status != 0
            or time.monotonic() - began > END_SECONDS
        ):
            self._found.outlived += 1
            self._found.cases.append(f"SIGTERM: {life.status} after {time.monotonic() - began:.1f} s")
            await life.kill()

    async def _cut(self, _shard: int) -> None:
        await asyncio.sleep(self._dice.uniform(0.02, 0.4))
        await first_value(
            self._url,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND random() < 0.5",
        )
        await asyncio.sleep(self._dice.uniform(0.1, 0.6))

    async def _restart(self, _shard: int) -> None:
        await self._away(crash=False)

    async def _crash(self, _shard: int) -> None:
        await self._away(crash=True)

    async def _away(self, *, crash: bool) -> None:
        await asyncio.sleep(self._dice.uniform(0.02, 0.4))
        away = self._dice.choice((0.0, self._dice.uniform(0.1, 2.0)))
        await asyncio.to_thread(self._server.restart, crash=crash, away=away)
        await asyncio.sleep(self._dice.uniform(0.3, 1.5))

    # People, Discord and the database

    async def _load(self) -> None:
        # Those who have no reminder, which a run would make needless.
        runners = [one for one in everyone(self._discord) if one.member is one.guild.members[0]]

        async def work(some: list[Runner]) -> None:
            turn = 0
            while True:
                runner = some[turn % len(some)]
                turn += 1
                with contextlib.suppress(
                    TimeoutError, ConnectionError
                ):  # its process is gone, or stands still
                    answer = await runner.log_run(wait=False)
                    self._sent.append(answer)
                    await answer.until(lambda one: one.callback is not None, patience=ANSWER_SECONDS)
                await asyncio.sleep(PAUSE_SECONDS)

        async with asyncio.TaskGroup() as group:
            for number in range(min(WORKERS, len(runners))):
                group.create_task(work(runners[number::WORKERS]))

    async def _deliver_again(self) -> None:
        """Discord delivers some of what had no answer, and some of what had one, once more."""

        async def again(answer: Answer) -> None:
            with contextlib.suppress(TimeoutError):  # a process that lived on has had it
                await self._discord.deliver_again(answer, patience=2.0)

        chosen: list[Answer] = []
        newest = self._sent[-200:]
        for some in ([one for one in newest if one.callback is None], [*filter(counted, newest)]):
            chosen += self._dice.sample(some, min(AGAIN, len(some)))
        await asyncio.gather(*map(again, chosen))
        self._found.delivered_again += len(chosen)

    async def _settle(self) -> datetime | None:
        """Let both run undisturbed until nothing is due; the moment by which that was so, None if it never was."""
        until = time.monotonic() + SETTLE_SECONDS
        self._last_request = time.monotonic()
        while time.monotonic() < until:
            await asyncio.sleep(0.1)
            now = self._watch.now()
            wait = await self._waiting(now.timestamp())
            if wait is None:
                return now
            if wait > 1 and time.monotonic() - self._last_request > IDLE_SECONDS:
                self._watch.leap(wait)
        return None

    async def _waiting(self, now: float) -> float | None:
        """As `benchmarks.faults_round.waiting`."""
        due = await first_value(self._url, "SELECT COUNT(*) FROM schedules WHERE next_due_at <= $1", int(now))
        if due:
            return 0.0
        next_try = await first_value(self._url, "SELECT MIN(try_at) FROM deliveries")
        return None if next_try is None else max(0.0, next_try - now + 1)

    async def _door(self, request: web.Request, reply: Reply) -> web.StreamResponse:
        if not _delivers(request):
            return await reply()
        self._last_request = time.monotonic()
        if not self._open.is_set():
            await self._open.wait()
            gone = request.transport is None or request.transport.is_closing()
            return web.Response() if gone else await reply()
        self._in_flight += 1
        try:
            return await self._faults(request, reply)
        finally:
            self._in_flight -= 1


def _delivers(request: web.Request) -> bool:
    return "/channels" in request.path or "/members/" in request.path
