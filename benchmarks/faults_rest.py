"""Discord's interface answers badly, again and again, on every kind of request, while people and deliveries go on.

python -m benchmarks.faults rest --faults 20000 --seed 1

The seed says what each person asks for and the row of faults; which request meets which is decided by the sockets.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import sqlite3
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.faults_report import Report
from benchmarks.faults_rest_door import Door
from benchmarks.faults_world import empty_database, furnish
from benchmarks.forks import ForkServer, Life, Watch
from benchmarks.people import Runner, counted, everyone
from benchmarks.standin import StandIn
from benchmarks.standin_answer import Answer
from benchmarks.standin_messages import walk

GROUPS, PEOPLE, WORKERS, ODDS = 8, 15, 16, 0.4
# So many of each group log nothing: whoever ran today is not reminded, and a campaign needs messages to post.
SLEEPERS = 7
# Of the runs, so many are taken back and brought back (two edits of a card), so many are private and shown (a post).
CORRECTED, SHOWN = 0.15, 0.5
REQUEST_SECONDS, PATIENCE_SECONDS, LEAP_SECONDS = 0.6, 2.0, 6.0
WINDOW_SECONDS, MOST_INVALID = 600.0, 100
# The first answers of people who ask for this and that, beside those who log runs.
COMMANDS = (
    "run history",
    "run stats",
    "checkin",
    "settings",
    "privacy",
    "help",
    "goal",
    "care",
    "challenge list",
)
_BUGS = ('bug"', " bug ", "housekeeping_bug", "delivery_bug", "Traceback", "never retrieved", "exception in")
LOST, DOUBLED, BUGS = "answered and lost", "stored twice", "bugs in the log"
RETRIED, INVALID, POSTED = (
    "final refusals tried again",
    "windows of 10 minutes with 100 invalid requests",
    "posted twice",
)
ENDED, DAMAGED, STALLED = (
    "processes that ended by themselves",
    "damaged files",
    "half minutes without any request",
)
KINDS = (BUGS, INVALID, RETRIED, LOST, DOUBLED, POSTED, ENDED, DAMAGED, STALLED)
STALL_SECONDS = 30.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--faults", type=int, default=20_000, help="how many in all (20000)")
    parser.add_argument("--seed", type=int, default=1, help="of what fails when (1)")
    parser.add_argument("--at-once", type=int, default=2, help="campaigns beside each other (2)")


@dataclass
class Campaign:
    """One process of the bot under faults."""

    faults: int
    seed: int
    injected: Counter[str] = field(default_factory=Counter)
    by_kind: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    cases: list[str] = field(default_factory=list)
    most_invalid: int = 0
    invalid: Counter[str] = field(default_factory=Counter)

    def told(self, kind: str, what: object) -> None:
        self.found[kind] += 1
        self.cases.append(f"{kind}: {str(what)[:400]}, seed {self.seed}")


async def campaign(folder: Path, campaign_: Campaign) -> Campaign:
    """Spoil requests until there were faults enough; let it settle; compare."""
    dice, watch = random.Random(campaign_.seed), Watch(folder / "clock")
    door = Door(campaign_.seed, 0.0, watch.seconds)
    database, logged = folder / "second-wind.db", list[Answer]()
    await empty_database(folder / "empty.db")
    async with (
        ForkServer() as forks,
        StandIn(GROUPS, members=PEOPLE, before_reply=door, now=watch.seconds) as discord_,
    ):
        furnish(folder / "empty.db", database, discord_, datetime.now(UTC), dice)
        asleep = _sleep(database, discord_)
        life = await _start(forks, folder, discord_, watch)
        await discord_.wait_connected()
        runners = [one for one in everyone(discord_, seed=campaign_.seed) if one.member.id not in asleep]
        await discord_.wait_commands()  # a start under faults has tests of its own
        door.odds = ODDS
        people = [
            asyncio.create_task(
                _person(
                    runners[n % len(runners)],
                    logged,
                    campaign_,
                    random.Random(f"{campaign_.seed} person {n}"),
                )
            )
            for n in range(WORKERS)
        ]
        leapt = moved = time.monotonic()
        requests = 0
        while door.injected.total() < campaign_.faults and life.status is None:
            await asyncio.sleep(0.2)
            if door.requests > requests:
                requests, moved = door.requests, time.monotonic()
            elif time.monotonic() - moved > STALL_SECONDS:
                campaign_.told(STALLED, f"after {requests} requests")
                break
            if time.monotonic() - leapt > LEAP_SECONDS:
                watch.leap(86_400)
                leapt = time.monotonic()
        door.odds = 0.0
        for task in people:
            task.cancel()
        await asyncio.wait(people)
        await asyncio.sleep(3)
        if life.status is not None:
            campaign_.told(ENDED, f"with {life.status}")
        await life.kill()
        _compare(campaign_, database, discord_, logged)
    _read_door(campaign_, door)
    for line in (folder / "bot.log").read_text(errors="replace").splitlines():
        if any(word in line for word in _BUGS):
            campaign_.told(BUGS, line)
    return campaign_


def _sleep(database: Path, discord_: StandIn) -> set[int]:
    """The last of each group are reminded every day at a minute that is due at each leap of a day, and log nothing."""
    asleep = {member.id for guild in discord_.guilds for member in guild.members[-SLEEPERS:]}
    due = datetime.now(UTC) - timedelta(minutes=30)
    with closing(sqlite3.connect(database)) as raw, raw:
        for schedule, person, zone in raw.execute(
            "SELECT s.schedule_id, s.person_id, g.zone FROM schedules s JOIN groups g ON g.group_id = s.group_id"
            " WHERE s.kind = 'reminder'"
        ).fetchall():
            if person in asleep:
                local = due.astimezone(ZoneInfo(zone))
                raw.execute(
                    "UPDATE schedules SET minute = ?, channel_id = NULL WHERE schedule_id = ?",
                    (local.hour * 60 + local.minute, schedule),
                )
    return asleep


async def _start(forks: ForkServer, folder: Path, discord_: StandIn, watch: Watch) -> Life:
    environment = {
        "SECONDWIND_DISCORD__TOKEN": discord_.token,
        "SECONDWIND_DISCORD__API_BASE": discord_.api_base,
        "SECONDWIND_STORAGE__URL": f"sqlite:///{folder / 'second-wind.db'}",
        "SECONDWIND_LIMITS__ON": "false",
        "SECONDWIND_SCHEDULING__TICK": "0.5",
    }
    return await forks.start(folder, environment, clock=str(watch.path), patience=REQUEST_SECONDS)


async def _person(runner: Runner, logged: list[Answer], campaign_: Campaign, dice: random.Random) -> None:
    """Log a run, or ask for something, again and again; whoever gets no answer goes on."""
    card: Answer | None = None  # of an earlier run: where it stands is known by now
    while True:
        with contextlib.suppress(TimeoutError, ConnectionError):
            chance = dice.random()
            if chance < 0.6:
                answer = await runner.log_run(wait=False, private=chance < 0.6 * SHOWN)
                logged.append(answer)
            else:
                answer = await runner.use(dice.choice(COMMANDS), wait=False)
            campaign_.done["interactions"] += 1
            await answer.until(lambda a: a.callback is not None, patience=PATIENCE_SECONDS)
            if chance < 0.6 * SHOWN:
                await _correct(runner, answer, campaign_, "show:{run}:group")
            elif card is not None and dice.random() < CORRECTED:
                await _correct(runner, card, campaign_, "undo:{run}", "back:{run}")
            if answer.message is not None and not answer.ephemeral:
                card = answer
                if dice.random() < 0.2:
                    await _cheer(runner, answer, dice)
                    campaign_.done["interactions"] += 1
        await asyncio.sleep(0)


async def _correct(runner: Runner, card: Answer, campaign_: Campaign, *actions: str) -> None:
    """What its owner presses under ⋯, one after the other; the card itself bears none of these buttons."""
    message = card.message or {"components": []}
    found = [str(each.get("custom_id", "")) for each in walk(message["components"])]
    run = next((each.split(":")[2] for each in found if each.startswith("sw:run.")), None)
    if run is None:
        return
    for action in actions:
        custom_id = f"sw:run.{action}".format(run=run)
        button = {"type": 2, "id": 1, "custom_id": custom_id}
        pressed = {**message, "components": [{"type": 1, "id": 2, "components": [button]}]}
        answer = await runner.discord_.click(
            pressed, custom_id, guild=runner.guild, member=runner.member, wait=False
        )
        campaign_.done["interactions"] += 1
        await answer.until(lambda a: a.callback is not None, patience=PATIENCE_SECONDS)


async def _cheer(runner: Runner, answer: Answer, dice: random.Random) -> None:
    friend = dice.choice(runner.guild.members)
    with contextlib.suppress(AssertionError, LookupError):  # some cards have no such button
        await runner.discord_.click(
            answer.message, "sw:run.cheer", guild=runner.guild, member=friend, wait=False
        )


def _read_door(campaign_: Campaign, door: Door) -> None:
    campaign_.injected, campaign_.by_kind = door.injected, door.by_kind
    campaign_.done["requests"] = door.requests
    for each in door.retried_final:
        campaign_.told(RETRIED, each)
    own = [(moment, f"{kind} before a wait was over") for moment, kind in door.too_early] + door.refused
    campaign_.invalid.update(kind for _, kind in own)
    invalid = sorted(moment for moment, _ in own)
    for number, moment in enumerate(invalid):
        within = sum(1 for other in invalid[number:] if other < moment + WINDOW_SECONDS)
        campaign_.most_invalid = max(campaign_.most_invalid, within)
        if within >= MOST_INVALID:
            campaign_.told(INVALID, within)
            break


def _compare(campaign_: Campaign, database: Path, discord_: StandIn, logged: list[Answer]) -> None:
    with closing(sqlite3.connect(database)) as raw:
        problems = [row[0] for row in raw.execute("PRAGMA integrity_check")]
        rows = Counter(row[0] for row in raw.execute("SELECT interaction_id FROM runs"))
    if problems != ["ok"]:
        campaign_.told(DAMAGED, problems[:2])
    for answer in logged:
        told = counted(answer)
        if told and not rows[answer.id]:
            campaign_.told(LOST, answer.text)
        if rows[answer.id] > 1:
            campaign_.told(DOUBLED, answer.id)
        campaign_.done["runs answered"] += told
    nonces = Counter(
        message["nonce"]
        for message in discord_.messages.values()
        if str(message.get("nonce") or "").startswith("sw")
    )
    campaign_.done["messages posted"] = len(nonces)
    for nonce, count in nonces.items():
        if count > 1:
            campaign_.told(POSTED, nonce)


def _one(faults: int, seed: int) -> Campaign:
    with tempfile.TemporaryDirectory(prefix="second-wind-rest-") as folder:
        return asyncio.run(campaign(Path(folder), Campaign(faults, seed)))


def run(options: argparse.Namespace) -> Report:
    """As many campaigns as go at once, each with a bot and a Discord of its own."""
    started = time.perf_counter()
    seeds = [options.seed * 1_000 + number for number in range(options.at_once)]
    with ProcessPoolExecutor(options.at_once, mp_context=get_context("spawn")) as pool:
        shares = [options.faults // options.at_once + 1] * options.at_once
        every = list(pool.map(_one, shares, seeds))
    injected, done, by_kind = Counter[str](), Counter[str](), Counter[str]()
    for one in every:
        injected += one.injected
        done += one.done
        by_kind += one.by_kind
    return Report(
        "rest",
        done={"faults": injected.total(), **done},
        seeds=seeds,
        injected=injected,
        found={kind: sum(one.found[kind] for one in every) for kind in KINDS},
        bars={"faults": options.faults},
        notes=[
            *(case for one in every for case in one.cases[:4]),
            *(f"on {kind}: {count:,}" for kind, count in sorted(by_kind.items())),
            *(f"invalid, {kind}: {count}" for one in every for kind, count in one.invalid.items()),
            f"most invalid requests of the bot's own in 10 minutes: {max(one.most_invalid for one in every)}",
        ],
        seconds=time.perf_counter() - started,
    )
