"""What goes on while the power is about to fail: runs logged, edited and undone, moods, members erasing everything,
posts."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import re
import shutil
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.faults_power_polls import Poll, hold_polls
from benchmarks.faults_power_trace import STRACE
from benchmarks.faults_world import empty_database, furnish
from benchmarks.forks import Watch
from benchmarks.people import Runner, counted, everyone, run_options
from benchmarks.process import ROOT
from benchmarks.standin import StandIn
from benchmarks.standin_answer import Answer
from benchmarks.standin_messages import text_of
from benchmarks.standin_world import Json
from bot.consents.rules import KEEP, VERSIONS

BOT = ("-m", "bot", "run")
# A backup is made in the middle of it all, not minutes after the start.
BOT_BACKING_UP = ("-m", "benchmarks.bot_backing_up", "0.3")
WORKERS = 6
CHANGED, KEPT = "Changed.", "Kept"


@dataclass(frozen=True, slots=True)
class Logged:
    """A run that somebody sent: what it has to be where it was answered."""

    interaction: int
    group_id: int
    person_id: int
    metres: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Felt:
    """A mood that somebody entered, from -5 to 5."""

    interaction: int
    group_id: int
    person_id: int
    mood: int


@dataclass(frozen=True, slots=True)
class Edited:
    """A change of a run's distance."""

    interaction: int
    metres: int


@dataclass(frozen=True, slots=True)
class Spoken:
    """Whose a message is: in a group, to the one person whom it is for (None: to several, or to all)."""

    group_id: int | None
    person_id: int | None


@dataclass
class Work:
    """All that was sent, by the ids of interactions; `undone`, `edited` and `erased` say with which interaction."""

    logged: list[Logged] = field(default_factory=list)
    felt: list[Felt] = field(default_factory=list)
    edited: dict[int, Edited] = field(default_factory=dict)
    undone: dict[int, int] = field(default_factory=dict)
    erased: dict[tuple[int, int], int] = field(default_factory=dict)
    deferred: set[int] = field(default_factory=set)  # whose first answer said nothing yet
    before: dict[str, bytes] = field(default_factory=dict)
    polls: list[Poll] = field(default_factory=list)
    accepted: dict[int, Spoken] = field(default_factory=dict)  # by delivery
    refused: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """How much of each was sent."""
        return {
            "runs logged": len(self.logged),
            "edited": len(self.edited),
            "undone": len(self.undone),
            "moods": len(self.felt),
            "members erased": len(self.erased),
            "polls posted": sum(each.poll_id is not None for each in self.polls),
            "polls closed": sum(each.closing is not None for each in self.polls),
            "votes": sum(len(each.votes) for each in self.polls),
        }

    def metres_of(self, interaction: int) -> int:
        """How far the run of that interaction was said to be."""
        return next(each.metres for each in self.logged if each.interaction == interaction)


async def traced(
    folder: Path,
    *,
    seed: int,
    runs: int,
    furnished: bool,
    program: tuple[str, ...] = BOT,
    then: Callable[[StandIn, Work, Watch], Awaitable[None]] | None = None,
) -> Work:
    """Run the bot under strace (the trace is `folder`/trace, its files are in `folder`/data) and work with it.

    In the end it is killed in the middle of its work. `furnished`: on a file in which posts and reminders are due.
    `then` goes on with the same Discord afterwards. Whether Discord knows a message's nonce again differs by seed.
    """
    work, dice, data = Work(), random.Random(seed), folder / "data"
    data.mkdir(parents=True)
    watch = Watch(folder / "clock")
    nonce_seconds = dice.choice((0.0, 300.0))
    async with StandIn(guilds=4, members=12, now=watch.seconds, nonce_seconds=nonce_seconds) as discord_:
        if furnished:
            await empty_database(folder / "empty.db")
            furnish(folder / "empty.db", data / "second-wind.db", discord_, datetime.now(UTC), dice)
            _agree(data / "second-wind.db")
            with contextlib.suppress(FileNotFoundError):
                (data / "second-wind.db-wal").unlink()
            work.before = {str(each): each.read_bytes() for each in data.iterdir() if each.is_file()}
        with (folder / "bot.log").open("ab") as log:
            bot = await asyncio.create_subprocess_exec(
                *STRACE, "-o", str(folder / "trace"), sys.executable, *program,
                cwd=folder, env=_environment(discord_, data), stdout=log, stderr=log,
            )  # fmt: skip
        try:
            await discord_.wait_connected(patience=60)
            await discord_.wait_commands()
            await _be_people(discord_, work, dice, runs, feeling=furnished)
        finally:
            with contextlib.suppress(ProcessLookupError):
                bot.kill()
            await bot.wait()
        await _written(folder / "trace")
        work.accepted = {
            int(nonce.removeprefix("sw")): _meant(discord_, message)
            for message in discord_.messages.values()
            if str(nonce := message.get("nonce") or "").startswith("sw")
        }
        if then is not None:
            await then(discord_, work, watch)
    return work


def _meant(discord_: StandIn, message: Json) -> Spoken:
    """The other one of a direct message, or the only person named in a channel; and the group that it is about."""
    channel = discord_.channels.payload(int(message["channel_id"]))
    people = {int(person["id"]) for person in channel.get("recipients", ())}
    if not people:
        people = {int(number) for number in re.findall(r"<@(\d+)>", text_of(message))}
    groups = {guild.id for guild in discord_.guilds if people & {member.id for member in guild.members}}
    if "guild_id" in channel:
        groups = {int(channel["guild_id"])}
    return Spoken(
        groups.pop() if len(groups) == 1 else None,
        people.pop() if len(people) == 1 else None,
    )


def _environment(discord_: StandIn, data: Path) -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith("SECONDWIND_")} | {
        "PYTHONPATH": str(ROOT),
        "SECONDWIND_DISCORD__TOKEN": discord_.token,
        "SECONDWIND_DISCORD__API_BASE": discord_.api_base,
        "SECONDWIND_STORAGE__URL": f"sqlite:///{data}/second-wind.db",
        "SECONDWIND_LIMITS__ON": "false",
        "SECONDWIND_SCHEDULING__TICK": "0.2",
    }


async def _written(trace: Path) -> None:
    """strace ends by itself soon after the process; wait until its file no longer grows."""
    size = -1
    while size != (size := os.stat(trace).st_size):  # noqa: ASYNC110, PTH116 - no event tells
        await asyncio.sleep(0.2)


def _agree(database: Path) -> None:
    """Every group has feelings turned on, and every member has agreed to keep theirs."""
    with closing(sqlite3.connect(database)) as raw, raw:
        raw.execute("UPDATE groups SET feelings_confirmed_at = created_at")
        raw.execute(
            "INSERT INTO consents (group_id, person_id, purpose, version, age, agreed_at)"
            " SELECT group_id, person_id, ?, ?, 18, created_at FROM members",
            (KEEP, VERSIONS[KEEP]),
        )
        raw.commit()
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


async def _be_people(discord_: StandIn, work: Work, dice: random.Random, runs: int, *, feeling: bool) -> None:
    """Several people at once; the last of it is under way when the power fails. `feeling`: they have agreed to it."""
    runners = everyone(discord_, seed=dice.randrange(2**30))
    leaving = dice.sample(runners, 4)
    leavers = {id(runner) for runner in leaving}
    left = [runs]

    async def person(some: list[Runner]) -> None:
        while left[0] > 0:
            left[0] -= 1
            runner = dice.choice(some)
            key = (runner.guild.id, runner.member.id)
            if key in work.erased:
                continue
            await _log(work, runner, then=dice.choice((None, None, None, _undo, _edit)))
            if feeling and dice.random() < 0.3:
                await _feel(work, runner, dice.randint(-5, 5))
            if id(runner) in leavers and runner.logged > 1 and key not in work.erased:
                await _erase(work, runner)

    async def settled(answer: Answer, words: str) -> None:
        await _settled(work, answer)
        if words not in str(answer.message) + answer.text:
            work.refused.append(answer.text)

    async with asyncio.TaskGroup() as group:
        if feeling:
            votes, gone = random.Random(dice.randrange(2**30)), {runner.member.id for runner in leaving}
            group.create_task(hold_polls(discord_, work.polls, votes, settled, gone))
        for number in range(WORKERS):
            group.create_task(person(runners[number::WORKERS]))
    for runner in dice.sample(
        [one for one in runners if (one.guild.id, one.member.id) not in work.erased], 4
    ):
        await _log(work, runner, wait=False)
    await asyncio.sleep(dice.uniform(0, 0.01))


async def _log(
    work: Work,
    runner: Runner,
    *,
    then: Callable[[Work, Runner, Answer], Awaitable[None]] | None = None,
    wait: bool = True,
) -> None:
    options = run_options(runner.logged)
    answer = await runner.log_run(wait=False)
    hours, minutes, seconds = map(int, options["time"].split(":"))
    work.logged.append(
        Logged(
            answer.id,
            runner.guild.id,
            runner.member.id,
            int(options["distance"].removesuffix(" m")),
            hours * 3600 + minutes * 60 + seconds,
        )
    )
    if not wait:
        return
    await _settled(work, answer)
    if not counted(answer):
        work.refused.append(answer.text)
    elif then is not None and not answer.ephemeral:
        await then(work, runner, answer)


async def _undo(work: Work, runner: Runner, logged: Answer) -> None:
    own: dict[str, Any] = {"guild": runner.guild, "member": runner.member}
    discord_ = runner.discord_
    more = await discord_.click(logged.message, "sw:run.more", **own)
    answer = await discord_.click((await more.settled()).message, "sw:run.undo", wait=False, **own)
    work.undone[logged.id] = answer.id
    await _settled(work, answer)


async def _edit(work: Work, runner: Runner, logged: Answer) -> None:
    """The run was a little shorter."""
    own: dict[str, Any] = {"guild": runner.guild, "member": runner.member}
    discord_, metres = runner.discord_, work.metres_of(logged.id) - 37
    more = await discord_.click(logged.message, "sw:run.more", **own)
    form = await discord_.click((await more.settled()).message, "sw:run.edit", **own)
    answer = await discord_.submit(form, {"distance": f"{metres} m"}, wait=False, **own)
    work.edited[logged.id] = Edited(answer.id, metres)
    await _settled(work, answer)
    if CHANGED not in answer.text:
        work.refused.append(answer.text)


async def _feel(work: Work, runner: Runner, mood: int) -> None:
    own: dict[str, Any] = {"guild": runner.guild, "member": runner.member}
    form = await runner.use("mood log")
    answer = await runner.discord_.submit(form, {"mood": [str(mood)]}, wait=False, **own)
    work.felt.append(Felt(answer.id, runner.guild.id, runner.member.id, mood))
    await _settled(work, answer)
    if KEPT not in answer.text:
        work.refused.append(answer.text)


async def _erase(work: Work, runner: Runner) -> None:
    own: dict[str, Any] = {"guild": runner.guild, "member": runner.member}
    discord_ = runner.discord_
    page = await (await runner.use("privacy")).settled()
    asked = await discord_.click(page.message, "sw:privacy.erase:everything", **own)
    sure = await discord_.click(
        (await asked.settled()).message, "sw:privacy.erased:everything", wait=False, **own
    )
    work.erased[runner.guild.id, runner.member.id] = sure.id
    await _settled(work, sure)


async def _settled(work: Work, answer: Answer) -> None:
    await answer.until(lambda a: a.callback is not None)
    if answer.callback is not None and answer.callback["type"] in (5, 6):
        work.deferred.add(answer.id)
    await answer.settled()


def put_back(files: dict[str, bytes], data: Path, folder: Path) -> Path:
    """Write a state of the disk into `folder`, as if it were `data`; the database's path."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "backups").mkdir(parents=True)
    for path, content in files.items():
        place = folder / Path(path).relative_to(data)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return folder / "second-wind.db"
