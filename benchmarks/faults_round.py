"""One round of a campaign: a file, a Discord, a dozen lives that end by SIGKILL, and a last one that settles it all."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sqlite3
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path

from aiohttp import web

from benchmarks.faults_found import Found, compare
from benchmarks.faults_steps import INSIDE, OUTSIDE
from benchmarks.faults_world import furnish
from benchmarks.forks import ForkServer, Life, Watch
from benchmarks.standin import Reply, StandIn
from benchmarks.standin_faults import Faults

TICK, REQUEST_SECONDS = "0.2", 0.6
LONGEST_LIFE, START_SECONDS, IDLE_SECONDS = 5.0, 1.5, 0.5
SETTLE_SECONDS = 40.0
GROUPS, PEOPLE = 8, 15
# Steps that come many times in a life; the others come once or twice.
_OFTEN = ("claim", "post", "sent", "sending")
_PATHS = {
    "sending": ("POST", "/messages"),
    "looking": ("GET", "/messages"),
    "opening": ("POST", "/users/@me/channels"),
}


class Round:
    """Kills `kills` times; `nonce_seconds` is how long Discord knows a nonce."""

    def __init__(
        self, folder: Path, forks: ForkServer, found: Found, *, kills: int, seed: int, nonce_seconds: float
    ) -> None:
        self._folder, self._forks, self._found = folder, forks, found
        self._kills = kills
        self._dice = random.Random(seed)
        self._faults = Faults(seed, slow_seconds=0.1, chosen=_delivers)
        self._watch = Watch(folder / "clock")
        self._database = folder / "second-wind.db"
        self._discord = StandIn(
            GROUPS,
            members=PEOPLE,
            nonce_seconds=nonce_seconds,
            now=self._watch.seconds,
            before_reply=self._door,
        )
        self._life: Life | None = None
        self._step: str | None = None
        self._left = 0
        self._under_way = 0
        self._last_request = 0.0
        self._struck = False
        self._delivering = asyncio.Event()

    async def run(self, template: Path) -> None:
        """Kill, settle, and add what was found."""
        self._watch.leap(self._dice.uniform(0, 7 * 86_400))
        async with self._discord as discord_:
            made = furnish(template, self._database, discord_, self._watch.now(), self._dice)
            for _ in range(self._kills):
                await self._live_and_die()
                self._let_time_go_by()
            self._faults.on = False
            before = self._watch.now()
            settled = await self._settle()
            now = self._watch.now()
            compare(self._found, self._database, discord_, made, settled or before, now)
        if settled is None:
            self._found.unsettled += 1
        self._found.faults.update(self._faults.injected)
        self._found.known_by_nonce += discord_.channels.taken_for_known
        self._found.read_log(self._folder / "bot.log")

    async def _live_and_die(self) -> None:
        step = self._dice.choice(("random", "random", *INSIDE, *OUTSIDE))
        at = self._dice.randint(1, 4) if step.split()[0] in _OFTEN else 1
        self._step, self._left, self._struck = (step, at, False) if step in OUTSIDE else (None, 0, False)
        life = await self._start(step if step in INSIDE else None, at)
        died = False
        if step == "random":
            died = await self._live_at_random(life)
        else:
            until = time.monotonic() + LONGEST_LIFE
            while not died and time.monotonic() < until:
                died = await life.ended(0.05)
                if time.monotonic() - self._last_request > IDLE_SECONDS:
                    break
        if died and not (step in INSIDE or self._struck):
            self._report_end(life, step)
        await life.kill()
        self._found.kills["random" if not died else step] += 1
        if not died and step != "random":  # there was too little to do
            self._watch.leap(240)
        await self._drain()

    async def _drain(self) -> None:
        """What was sent is taken or not before time goes on: no request takes a day because the clock leaps."""
        while self._under_way:  # noqa: ASYNC110
            await asyncio.sleep(0.005)

    async def _live_at_random(self, life: Life) -> bool:
        """Live for some time; in one of ten the clock goes on by days meanwhile. Whether it ended by itself."""
        leaps = self._dice.random() < 0.1
        if self._dice.random() < 0.8:  # or while it starts
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._delivering.wait(), START_SECONDS)
        died = await life.ended(self._dice.uniform(0.05, 1.0))
        if leaps and not died:
            await self._drain()
            self._watch.leap(86_400 * self._dice.randint(1, 3))
            died = await life.ended(self._dice.uniform(0.15, 1.1))
        return died

    async def _start(self, step: str | None = None, at: int = 1) -> Life:
        environment = {
            "SECONDWIND_DISCORD__TOKEN": self._discord.token,
            "SECONDWIND_DISCORD__API_BASE": self._discord.api_base,
            "SECONDWIND_STORAGE__URL": f"sqlite:///{self._database}",
            "SECONDWIND_LIMITS__ON": "false",
            "SECONDWIND_SCHEDULING__TICK": TICK,
        }
        self._last_request = time.monotonic() + START_SECONDS
        self._delivering.clear()
        self._life = await self._forks.start(
            self._folder, environment, clock=str(self._watch.path), step=step, at=at, patience=REQUEST_SECONDS
        )
        return self._life

    def _let_time_go_by(self) -> None:
        """Mostly a minute, so that a nonce of 300 s is still known; sometimes much more. Channels change meanwhile."""
        minutes = self._dice.choice(
            (*[0] * 12, 3, 6, 14, self._dice.choice((2, 2, 2, 30, 30, 30, 30, 36 * 60)))
        )
        self._watch.leap(66 + 60 * minutes)
        if self._dice.random() < 0.1:
            guild = self._dice.choice(self._discord.guilds)
            self._dice.choice((guild.removed, guild.hidden, guild.silent, guild.unreadable)).add(
                guild.channel_id
            )

    async def _settle(self) -> datetime | None:
        """Let a process run undisturbed until nothing is due; the moment by which that was so, None if it never was."""
        self._step = None
        life = await self._start()
        until = time.monotonic() + SETTLE_SECONDS
        try:
            while time.monotonic() < until:
                await asyncio.sleep(0.05)
                now = self._watch.now()
                wait = waiting(self._database, now.timestamp())
                if wait is None:
                    return now
                if wait > 1 and time.monotonic() - self._last_request > IDLE_SECONDS:
                    self._watch.leap(wait)
            return None
        finally:
            if life.status is not None:
                self._report_end(life, "settling")
            await life.kill()

    def _report_end(self, life: Life, step: str) -> None:
        lines = (self._folder / "bot.log").read_text(errors="replace").splitlines()
        self._found.ended_by_itself += 1
        self._found.cases.append(f"{step}, ended with {life.status}: {' | '.join(lines[-6:])}")

    async def _door(self, request: web.Request, reply: Reply) -> web.StreamResponse:
        if not _delivers(request):
            return await reply()
        self._last_request = time.monotonic()
        self._delivering.set()
        self._under_way += 1
        try:
            moment = self._reached(request)
            if moment is None:
                return await self._faults(request, reply)
            answer = await reply() if moment == "accepted" else web.Response(status=500)
            assert self._life is not None
            self._life.strike()
            self._struck = True
            return answer
        finally:
            self._under_way -= 1

    def _reached(self, request: web.Request) -> str | None:
        """Whether the life ends at this request: when it has arrived, or was accepted."""
        if self._step is None:
            return None
        name, moment = self._step.split()
        method, end = _PATHS[name]
        if request.method != method or not request.path.endswith(end):
            return None
        self._left -= 1
        return moment if self._left == 0 else None


def _delivers(request: web.Request) -> bool:
    return "/channels" in request.path or "/members/" in request.path


def waiting(database: Path, now: float) -> float | None:
    """Seconds until the next delivery is looked at (0: something is due); None where nothing waits."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as raw:
        [due] = raw.execute("SELECT COUNT(*) FROM schedules WHERE next_due_at <= ?", (int(now),)).fetchone()
        [next_try] = raw.execute("SELECT MIN(try_at) FROM deliveries").fetchone()
    if due:
        return 0.0
    return None if next_try is None else max(0.0, next_try - now + 1)
