"""Fails the disk under the running bot: errors, a full disk, slow syncs, one at a time and in bursts.

python -m benchmarks.faults disk --failures 200 --seed 1

strace is attached to the process while people log runs, and lets calls on the database's files fail; then it is taken
away, and everybody logs once more. What was answered is stored, what was refused is not, and the bot goes on.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from benchmarks.faults_power_work import Logged
from benchmarks.faults_report import Report
from benchmarks.people import Runner, counted, everyone, run_options
from benchmarks.process import BotProcess
from benchmarks.standin import StandIn
from benchmarks.standin_answer import Answer

# What is failed and how; {when} is which of the calls: every so many, a burst, or one.
FAILURES = {
    "fdatasync: input/output error": "fdatasync,fsync:error=EIO",
    "fdatasync: no space left": "fdatasync,fsync:error=ENOSPC",
    "write: no space left": "pwrite64,ftruncate,fallocate:error=ENOSPC",
    "write: input/output error": "pwrite64:error=EIO",
    "write: quota used up": "pwrite64:error=EDQUOT",
    "read: input/output error": "pread64:error=EIO",
    "slow sync": "fdatasync,fsync:delay_enter={microseconds}",
}
FULL = "a full disk"  # a real one, in memory, where this may be mounted
TIMES_A_ROUND = 3
WORKERS, UNDER_FAILURES_SECONDS, LONGEST_SECONDS = 4, 0.8, 20.0
SLOW_SYNC_SECONDS = (0.2, 2.9)  # for all of it Discord waits three seconds
SMALL_DISK, BALLAST = 6 * 2**20, 2 * 2**20
REFUSED_AND_STORED, LOST, DOUBLED = "refused and stored all the same", "answered and lost", "stored twice"
CHANGED, DAMAGED, GONE = "answered and changed", "damaged files", "did not come back"
SILENT, WORDLESS = "never answered, or after three seconds", "a bug's reference instead of words"
KINDS = (LOST, DOUBLED, CHANGED, REFUSED_AND_STORED, SILENT, WORDLESS, GONE, DAMAGED)
_BUGS = ('"bug"', " bug ", "housekeeping_bug", "delivery_bug", "Traceback")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--failures", type=int, default=200, help="how often at least (200)")
    parser.add_argument("--seed", type=int, default=1, help="of what fails when (1)")


@dataclass
class Sent:
    """A run that somebody sent, and what came of it."""

    run: Logged
    answer: Answer


@dataclass
class Round:
    """One process of the bot, failed several times in a row."""

    seed: int
    injected: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    cases: list[str] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    slowest: float = 0.0
    episodes: int = 0
    runs: int = 0
    refused: int = 0

    def told(self, kind: str, what: object) -> None:
        self.found[kind] += 1
        self.cases.append(f"{kind}: {what}, seed {self.seed}")


async def one_round(folder: Path, seed: int, kinds: list[str]) -> Round:
    """Start, fail the disk in each of these ways, look; then stop and compare the file with the answers."""
    round_, dice = Round(seed), random.Random(seed)
    database = folder / "second-wind.db"
    async with StandIn(guilds=2, members=12) as discord_:
        bot = await BotProcess.start(discord_, folder)
        await discord_.wait_commands()
        runners = everyone(discord_, seed=seed)
        for kind in kinds:
            under = [asyncio.create_task(_work(round_, runners[n::WORKERS])) for n in range(WORKERS)]
            await _fail(round_, bot, database, kind, dice)
            await _until_over(under)
            if bot.process.returncode is not None:
                break
        if bot.process.returncode is None:
            await _comes_back(round_, runners)
            code, _ = await bot.stop()
            if code != 0:
                round_.told(GONE, f"it ended with {code}")
        else:
            round_.told(GONE, f"it ended with {bot.process.returncode}: {bot.log_end(3)}")
        for line in (folder / "bot.log").read_text(errors="replace").splitlines():
            if any(word in line for word in _BUGS):
                round_.told(WORDLESS, line[:300])
    _compare(round_, database)
    return round_


async def on_a_full_disk(folder: Path, seed: int) -> Round:
    """Log runs until there is no room, make room, and log again. `folder` is on a small disk of its own."""
    round_ = Round(seed)
    ballast = folder / "ballast"
    ballast.write_bytes(bytes(BALLAST))
    async with StandIn(guilds=2, members=12) as discord_:
        bot = await BotProcess.start(discord_, folder)
        await discord_.wait_commands()
        runners = everyone(discord_, seed=seed)
        until, refused = time.monotonic() + 60, 0
        while refused < 10 and time.monotonic() < until:
            answer = await _log(round_, runners[len(round_.sent) % len(runners)])
            refused += not counted(answer)
        round_.injected[FULL] = refused
        round_.episodes = int(refused > 0)
        ballast.unlink()
        await _comes_back(round_, runners)
        code, _ = await bot.stop()
        if code != 0:
            round_.told(GONE, f"it ended with {code}")
    _compare(round_, folder / "second-wind.db")
    return round_


async def _fail(round_: Round, bot: BotProcess, database: Path, kind: str, dice: random.Random) -> None:
    """Let calls of one kind fail for a while."""
    when = dice.choice(("1", "2..4", "3+2", "1+1", "2+5", "1..30"))
    delay = dice.uniform(*SLOW_SYNC_SECONDS) if "delay" in FAILURES[kind] else 0.0
    how = FAILURES[kind].format(microseconds=round(delay * 1e6))
    paths = [part for name in ("", "-wal", "-journal") for part in ("-P", f"{database}{name}")]
    names = how.partition(":")[0]
    trace = bot.folder / "failures"
    strace = await asyncio.create_subprocess_exec(
        *("strace", "-f", "-p", str(bot.process.pid), "-o", str(trace), "-e", "signal=none", "-e", f"trace={names}"),
        *paths, "-e", f"inject={how}:when={when}",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    await asyncio.sleep(UNDER_FAILURES_SECONDS + 2 * delay)
    with contextlib.suppress(ProcessLookupError):
        strace.send_signal(signal.SIGINT)
    await strace.wait()
    count = len(re.findall(r"\((?:INJECTED|DELAYED)\)", trace.read_text(errors="replace")))
    round_.injected[kind] += count
    round_.episodes += count > 0


async def _work(round_: Round, some: list[Runner]) -> None:
    turn = 0
    while True:
        await _log(round_, some[turn % len(some)])
        turn += 1


async def _log(round_: Round, runner: Runner) -> Answer:
    options = run_options(runner.logged)
    answer = await runner.log_run(wait=False)
    hours, minutes, seconds = map(int, options["time"].split(":"))
    metres, took = int(options["distance"].removesuffix(" m")), hours * 3600 + minutes * 60 + seconds
    run = Logged(answer.id, runner.guild.id, runner.member.id, metres, took)
    round_.sent.append(Sent(run, answer))
    with contextlib.suppress(TimeoutError):
        await answer.settled(patience=LONGEST_SECONDS)
    if answer.first_response_seconds is not None:
        round_.slowest = max(round_.slowest, answer.first_response_seconds)
    return answer


async def _until_over(under: list[asyncio.Task[None]]) -> None:
    await asyncio.sleep(0.1)
    for task in under:
        task.cancel()
    await asyncio.wait(under)


async def _comes_back(round_: Round, runners: list[Runner]) -> None:
    """The disk is well again: within some seconds everybody's runs are stored as ever."""
    until = time.monotonic() + LONGEST_SECONDS
    for runner in runners[:WORKERS]:
        while not counted(await _log(round_, runner)):
            if time.monotonic() > until:
                round_.told(GONE, "no run was stored after the failures were over")
                return
            await asyncio.sleep(0.1)


def _compare(round_: Round, database: Path) -> None:
    with closing(sqlite3.connect(database)) as raw:
        problems = [row[0] for row in raw.execute("PRAGMA integrity_check")]
        problems += [f"foreign key of {row[0]}" for row in raw.execute("PRAGMA foreign_key_check")]
        rows: dict[int, list[tuple[int, int]]] = {}
        for interaction, metres, seconds in raw.execute("SELECT interaction_id, metres, seconds FROM runs"):
            rows.setdefault(interaction, []).append((metres, seconds))
    if problems != ["ok"]:
        round_.told(DAMAGED, problems[:2])
    for sent in round_.sent:
        stored = rows.get(sent.run.interaction, [])
        if len(stored) > 1:
            round_.told(DOUBLED, sent.run.interaction)
        if counted(sent.answer):
            if not stored:
                round_.told(LOST, sent.run.interaction)
            elif stored[0] != (sent.run.metres, sent.run.seconds):
                round_.told(CHANGED, sent.run.interaction)
        elif sent.answer.text:
            if stored:
                round_.told(REFUSED_AND_STORED, sent.answer.text)
            if "reference" in sent.answer.text:
                round_.told(WORDLESS, sent.answer.text)
            round_.refused += 1
        else:
            round_.told(SILENT, sent.run.interaction)
    round_.runs, round_.sent = len(round_.sent), []


def _round(seed: int) -> Round:
    dice = random.Random(seed)
    kinds = [kind for _ in range(TIMES_A_ROUND) for kind in dice.sample(list(FAILURES), len(FAILURES))]
    with tempfile.TemporaryDirectory(prefix="second-wind-disk-") as folder:
        return asyncio.run(one_round(Path(folder), seed, kinds))


def _full_round(seed: int) -> Round | None:
    """None where a disk of its own cannot be mounted."""
    with tempfile.TemporaryDirectory(prefix="second-wind-full-") as folder:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK}", "tmpfs", folder],
            capture_output=True,
            check=False,
        )
        if mounted.returncode:
            return None
        try:
            return asyncio.run(on_a_full_disk(Path(folder), seed))
        finally:
            subprocess.run(["umount", "--lazy", folder], check=False)


def run(options: argparse.Namespace) -> Report:
    """Rounds until there were failures enough, every kind in turn, two at a time; and one on a full disk."""
    if shutil.which("strace") is None:
        raise SystemExit("the disk is failed with strace's help: install it (apt-get install strace)")
    started = time.perf_counter()
    report = Report("disk", found=dict.fromkeys(KINDS, 0), bars={"failures": options.failures})
    first = options.seed * 1_000
    rounds = -(-options.failures // (len(FAILURES) * TIMES_A_ROUND - 4))  # now and then one meets no call
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        full = pool.submit(_full_round, first)
        every = list(pool.map(_round, range(first, first + rounds)))
    if (one := full.result()) is None:
        report.notes.append("no disk could be filled here: mounting one needs root")
    else:
        every.append(one)
    report.done = {
        "failures": sum(one.episodes for one in every),
        "calls failed": sum(one.injected.total() for one in every),
        "runs sent": sum(one.runs for one in every),
        "refused in words": sum(one.refused for one in every),
    }
    for one in every:
        report.seeds.append(one.seed)
        report.injected += one.injected
        report.found = {kind: count + one.found[kind] for kind, count in report.found.items()}
        report.notes += one.cases[:4]
    report.notes.append(f"slowest first answer: {max(one.slowest for one in every):.1f} s")
    report.seconds = time.perf_counter() - started
    return report
