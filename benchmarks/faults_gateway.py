"""The gateway's bad days, clocks that jump, a process that is frozen, a second one on the same file; people go on.

python -m benchmarks.faults gateway --rounds 120 --seed 1
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import signal
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

import orjson

from benchmarks.faults_report import Report
from benchmarks.faults_world import empty_database, furnish
from benchmarks.forks import ForkServer, Life, Watch
from benchmarks.people import Runner, counted, everyone
from benchmarks.standin import StandIn
from benchmarks.standin_answer import Answer
from benchmarks.standin_gateway import DISPATCH, INVALID_SESSION, Session

GROUPS, PEOPLE, WORKERS = 4, 12, 4
RECONNECT_OP = 7
BACK_WITHIN_SECONDS, AFTERWARDS_SECONDS, LONGEST_SECONDS = 30.0, 0.6, 4.0
DAY = 86_400.0
_BUGS = (" bug ", "housekeeping_bug", "delivery_bug", "Traceback", "never retrieved", "exception in")
LOST, DOUBLED, BUGS, POSTED = "answered and lost", "stored twice", "bugs in the log", "posted twice"
AWAY, ENDED, DAMAGED = "not connected again", "processes that ended by themselves", "damaged files"
SERVED = "second processes that the file let in"
KINDS = (LOST, DOUBLED, POSTED, BUGS, AWAY, ENDED, DAMAGED, SERVED)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rounds", type=int, default=120, help="how many troubles in all (120)")
    parser.add_argument("--seed", type=int, default=1, help="of what comes when (1)")
    parser.add_argument("--at-once", type=int, default=2, help="campaigns beside each other (2)")


@dataclass
class Campaign:
    """One process of the bot, troubled again and again."""

    seed: int
    injected: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    cases: list[str] = field(default_factory=list)
    logged: list[Answer] = field(default_factory=list)
    longest: float = 0.0

    def told(self, kind: str, what: object) -> None:
        self.found[kind] += 1
        self.cases.append(f"{kind}: {str(what)[:300]}, seed {self.seed}")


class Troubles:
    """What may happen to a connection, to time, and to the process."""

    def __init__(
        self,
        discord_: StandIn,
        watch: Watch,
        life: Life,
        dice: random.Random,
        another: Callable[[], Awaitable[None]],
    ) -> None:
        self._discord, self._watch, self._life, self._dice = discord_, watch, life, dice
        self.ways: dict[str, Callable[[], Awaitable[None]]] = {
            "dropped, to be resumed": self._discord.gateway.drop,
            "dropped twice": self._twice,
            "told to connect again": self._reconnect,
            "session not valid any more": self._invalid,
            "READY twice more": self._ready_again,
            "events in another order": self._reordered,
            "a group away and back": self._group_away,
            "a day ahead": self._ahead,
            "an hour back": self._back,
            "frozen": self._frozen,
            "another process on the same file": another,
        }

    def _session(self) -> Session:
        return next(iter(self._discord.gateway.by_shard.values()))

    async def _twice(self) -> None:
        await self._discord.gateway.drop()
        await asyncio.sleep(self._dice.uniform(0.0, 1.5))
        await self._discord.gateway.drop()

    async def _reconnect(self) -> None:
        await self._raw({"op": RECONNECT_OP, "d": None})

    async def _invalid(self) -> None:
        await self._raw({"op": INVALID_SESSION, "d": self._dice.random() < 0.5})

    async def _raw(self, payload: dict[str, object]) -> None:
        socket = self._session().socket
        if socket is not None:
            await socket.send(orjson.dumps(payload))

    async def _ready_again(self) -> None:
        gateway, session = self._discord.gateway, self._session()
        guilds = [{"id": str(guild.id), "unavailable": True} for guild in gateway.guilds.values()]
        application = {"id": self._discord.commands[0]["application_id"], "flags": 0}
        for _ in range(2):
            ready = {"v": 10, "user": {"id": application["id"], "username": "Second Wind", "discriminator": "0000",
                                       "avatar": None, "bot": True},
                     "guilds": guilds, "session_id": session.id, "session_type": "normal",
                     "resume_gateway_url": gateway.url, "shard": [0, 1], "application": application}  # fmt: skip
            await session.dispatch("READY", ready, keep=False)
            for guild in gateway.guilds.values():
                await session.dispatch("GUILD_CREATE", guild.create_payload(), keep=False)

    async def _reordered(self) -> None:
        """The next events come with the later number first, and one of them once more."""
        session, guild = self._session(), self._discord.guilds[0]
        payloads = []
        for _ in range(3):
            session.sequence += 1
            payloads.append(
                {"op": DISPATCH, "s": session.sequence, "t": "GUILD_UPDATE", "d": guild.create_payload()}
            )
        for payload in (payloads[2], payloads[0], payloads[1], payloads[0]):
            await self._raw(payload)

    async def _group_away(self) -> None:
        guild = self._dice.choice(self._discord.guilds)
        for _ in range(3):
            await self._session().dispatch("GUILD_DELETE", {"id": str(guild.id), "unavailable": True})
            await self._session().dispatch("GUILD_CREATE", guild.create_payload())

    async def _ahead(self) -> None:
        self._watch.leap(DAY)

    async def _back(self) -> None:
        self._watch.leap(-3_600)
        await asyncio.sleep(1.0)
        self._watch.leap(3_600)

    async def _frozen(self) -> None:
        """Stopped for some seconds, in which Discord goes on."""
        os.kill(self._life.pid, signal.SIGSTOP)
        await asyncio.sleep(self._dice.uniform(1.0, LONGEST_SECONDS))
        os.kill(self._life.pid, signal.SIGCONT)


async def campaign(folder: Path, found: Campaign, rounds: int) -> Campaign:
    """Trouble after trouble while people go on; after each it has to be back."""
    dice, watch = random.Random(found.seed), Watch(folder / "clock")
    database = folder / "second-wind.db"
    await empty_database(folder / "empty.db")
    async with ForkServer() as forks, StandIn(GROUPS, members=PEOPLE, now=watch.seconds) as discord_:
        furnish(folder / "empty.db", database, discord_, watch.now(), dice)
        environment = _environment(discord_, database)
        life = await forks.start(folder, environment, clock=str(watch.path))

        async def another() -> None:
            await _second_process(found, forks, folder / "second", environment, watch)

        await discord_.wait_connected()
        await discord_.wait_commands()
        runners = everyone(discord_, seed=found.seed)
        troubles = Troubles(discord_, watch, life, dice, another)
        people = [asyncio.create_task(_person(found, runners[n::WORKERS], dice)) for n in range(WORKERS)]
        deck: list[str] = []
        for _ in range(rounds):
            deck = deck or dice.sample(list(troubles.ways), len(troubles.ways))
            what = deck.pop()
            with contextlib.suppress(ConnectionError, StopIteration):
                await troubles.ways[what]()
            found.injected[what] += 1
            await _is_back(found, discord_, runners, what)
            if life.status is not None:
                found.told(ENDED, f"after {what}, with {life.status}")
                break
            await asyncio.sleep(AFTERWARDS_SECONDS)
        for task in people:
            task.cancel()
        await asyncio.wait(people)
        await asyncio.sleep(1)
        await life.kill()
        _compare(found, database, discord_)
    for line in (folder / "bot.log").read_text(errors="replace").splitlines():
        if any(word in line for word in _BUGS):
            found.told(BUGS, line)
    return found


async def _second_process(
    found: Campaign, forks: ForkServer, folder: Path, environment: dict[str, str], watch: Watch
) -> None:
    """Somebody starts the bot once more on the same file: it has to end by itself, with words."""
    await asyncio.to_thread(folder.mkdir, exist_ok=True)
    second = await forks.start(folder, environment, clock=str(watch.path))
    if not await second.ended(BACK_WITHIN_SECONDS):
        found.told(SERVED, "it went on")
        await second.kill()
    elif "is already using" not in (folder / "bot.log").read_text(errors="replace"):
        found.told(SERVED, f"ended with {second.status}, without the words")


def _environment(discord_: StandIn, database: Path) -> dict[str, str]:
    return {
        "SECONDWIND_DISCORD__TOKEN": discord_.token,
        "SECONDWIND_DISCORD__API_BASE": discord_.api_base,
        "SECONDWIND_STORAGE__URL": f"sqlite:///{database}",
        "SECONDWIND_SCHEDULING__TICK": "0.5",
        "SECONDWIND_LIMITS__ON": "false",
    }


async def _person(found: Campaign, some: list[Runner], dice: random.Random) -> None:
    """Log runs; one in five is delivered twice at once, and who gets no answer goes on."""
    turn = 0
    while True:
        runner = some[turn % len(some)]
        turn += 1
        try:
            answer = await runner.log_run(wait=False)
            found.logged.append(answer)
            if dice.random() < 0.2:
                await runner.discord_._dispatch(answer)
                found.done["delivered twice"] += 1
            await answer.until(lambda a: a.callback is not None, patience=3)
        except (TimeoutError, ConnectionError):
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.02)


async def _is_back(found: Campaign, discord_: StandIn, runners: list[Runner], what: str) -> None:
    """Somebody's command is answered again."""
    began = time.monotonic()
    while time.monotonic() - began < BACK_WITHIN_SECONDS:
        with contextlib.suppress(TimeoutError, ConnectionError):
            await discord_.wait_connected(patience=2)
            answer = await runners[0].use("help", wait=False)
            await answer.until(lambda a: a.callback is not None, patience=1)
            found.longest = max(found.longest, time.monotonic() - began)
            return
    found.told(AWAY, what)


def _compare(found: Campaign, database: Path, discord_: StandIn) -> None:
    with closing(sqlite3.connect(database)) as raw:
        problems = [row[0] for row in raw.execute("PRAGMA integrity_check")]
        rows = Counter(row[0] for row in raw.execute("SELECT interaction_id FROM runs"))
    if problems != ["ok"]:
        found.told(DAMAGED, problems[:2])
    for answer in found.logged:
        told = counted(answer)
        found.done["runs answered"] += told
        if told and not rows[answer.id]:
            found.told(LOST, answer.id)
        if rows[answer.id] > 1:
            found.told(DOUBLED, answer.id)
    nonces = Counter(
        message["nonce"]
        for message in discord_.messages.values()
        if str(message.get("nonce") or "").startswith("sw")
    )
    found.done["messages posted"] = len(nonces)
    for nonce, count in nonces.items():
        if count > 1:
            found.told(POSTED, nonce)
    found.logged = []


def _one(seed: int, rounds: int) -> Campaign:
    with tempfile.TemporaryDirectory(prefix="second-wind-gateway-") as folder:
        return asyncio.run(campaign(Path(folder), Campaign(seed), rounds))


def run(options: argparse.Namespace) -> Report:
    """As many campaigns as go at once, each with a bot and a Discord of its own."""
    started = time.perf_counter()
    seeds = [options.seed * 1_000 + number for number in range(options.at_once)]
    rounds = -(-options.rounds // options.at_once)
    with ProcessPoolExecutor(options.at_once, mp_context=get_context("spawn")) as pool:
        every = list(pool.map(_one, seeds, [rounds] * options.at_once))
    injected, done = Counter[str](), Counter[str]()
    for one in every:
        injected += one.injected
        done += one.done
    return Report(
        "gateway",
        done={"troubles": injected.total(), **done},
        seeds=seeds,
        injected=injected,
        found={kind: sum(one.found[kind] for one in every) for kind in KINDS},
        bars={"troubles": options.rounds},
        notes=[
            *(case for one in every for case in one.cases[:4]),
            f"longest until somebody was answered again: {max(one.longest for one in every):.1f} s",
        ],
        seconds=time.perf_counter() - started,
    )
