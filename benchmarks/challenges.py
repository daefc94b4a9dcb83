"""Challenges: standings of 5,000 people beside a long history, and what 25 open ones add to a `/run log`."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from benchmarks.board import GROUP, LARGE, NOW, SMALL, group_with
from benchmarks.figures import Figure, p50
from benchmarks.fill import fill
from benchmarks.people import Runner, run_options, seconds_of, stored
from benchmarks.process import BotProcess
from benchmarks.standin import StandIn
from benchmarks.standin_answer import Answer
from bot.challenges.cards import challenge_card, standings_card
from bot.challenges.counting import recount_challenge
from bot.challenges.making import MakingService
from bot.challenges.model import KINDS, ChallengeView, Kind, Measure, Plan
from bot.challenges.pictures import challenge_picture
from bot.challenges.routes import routes
from bot.challenges.rules import MOST_OPEN
from bot.challenges.service import ChallengeService
from bot.checkins.model import Entry
from bot.checkins.service import CheckinService
from bot.clock import epoch
from bot.ids import new_id
from bot.storage import Database, load_queries, open_database
from bot.ui.pictures import Picture, Studio
from bot.words import Catalogues

PARTICIPANTS = 5_000
SHOWN: tuple[Kind, ...] = (
    "distance",
    "teams",
    "route",
)  # everyone on their own; means; a total with a picture
FIRST_DAY, LAST_DAY = date(2025, 11, 24), date(2026, 11, 24)  # of the year before NOW
TOGETHER = 40  # people of the group in which a run is logged
NONE, ALL = 0, MOST_OPEN  # challenges open in it
WORDS = Catalogues().choose("en")
_MEASURES: dict[Kind, Measure] = {"minutes": "seconds", "days": "days"}
_JOIN = """INSERT INTO challenge_members (challenge_id, group_id, person_id, team, joined_at) VALUES (?, ?, ?, ?, ?)"""
_RAN = """SELECT person_id, SUM(metres) FROM runs WHERE group_id = ? AND person_id <= ? AND running_day BETWEEN ? AND ?
    GROUP BY person_id"""

_COUNTED = """SELECT e.amount, CASE c.measure WHEN 'metres' THEN SUM(r.metres) WHEN 'seconds' THEN SUM(r.seconds)
    ELSE COUNT(DISTINCT r.running_day) END
    FROM challenge_members e JOIN challenges c ON c.challenge_id = e.challenge_id
    JOIN runs r ON r.group_id = c.group_id AND r.person_id = e.person_id
      AND r.running_day BETWEEN c.first_day AND c.last_day
    WHERE e.person_id = ? GROUP BY e.challenge_id"""


def _plan(kind: Kind, number: int, first_day: date, last_day: date) -> Plan:
    """Challenge `number` of that kind, with a target that those who run most reach."""
    route = list(routes().values())[number % len(routes())]
    target = {
        "distance": 900_000,
        "minutes": 300 * 3_600,
        "days": 20,
        "together": 500_000_000,
        "route": route.length,
    }
    pledge = kind == "pledge"
    return Plan(
        kind=kind,
        measure=_MEASURES.get(kind, "metres"),
        title=f"Challenge {number}: {kind}",
        first_day=first_day,
        last_day=last_day,
        target=target.get(kind),
        route_key=route.key if kind == "route" else None,
        currency="EUR" if pledge else None,
        per_km=25 if pledge else None,
        cap=500_000 if pledge else None,
        teams=("Herons", "Otters", "Kingfishers", "Swifts") if kind == "teams" else (),
    )


async def _opened(
    database: Database,
    group_id: int,
    channel_id: int,
    people: Sequence[int],
    plans: Iterable[Plan],
    now: datetime,
) -> list[int]:
    """Post the plans as the first of the people, and let all of them take part; the challenges' ids."""
    making, found = MakingService(database), []
    for number, plan in enumerate(plans):
        at = now + timedelta(milliseconds=number)
        drafted = await making.draft(group_id, people[0], new_id(at), plan, channel_id, at, organiser=True)
        challenge_id = drafted.challenge.challenge_id
        await making.post(group_id, people[0], challenge_id, at, organiser=True)
        teams = len(plan.teams)
        parts: list[tuple[object, ...]] = [
            (challenge_id, group_id, person_id, 1 + n % teams if teams else None, epoch(now))
            for n, person_id in enumerate(people)
        ]

        await _write_parts(database, parts)
        found.append(challenge_id)
    return found


async def _write_parts(database: Database, parts: list[tuple[object, ...]]) -> None:
    await database.write(lambda connection: connection.many(_JOIN, parts))


async def _recount(database: Database, challenge_id: int, now: datetime) -> None:
    queries = load_queries("bot.challenges", database.dialect)
    await database.write(lambda connection: recount_challenge(queries, connection, challenge_id, now))


async def standings_beside_history(histories: Path, *, rounds: int, large: int = LARGE) -> list[Figure]:
    """Standings, card and picture of large challenges over a year, from 10 thousand stored runs and from `large`."""
    sizes = (SMALL, large)
    took: dict[tuple[int, Kind], list[float]] = {(size, kind): [] for size in sizes for kind in SHOWN}
    looked: list[float] = []
    recounts: dict[int, float] = {}
    databases: dict[int, Database] = {}
    challenges: dict[tuple[int, Kind], int] = {}
    studio = Studio()
    try:
        for size in sizes:
            path = await asyncio.to_thread(group_with, histories, size)
            databases[size] = await open_database(f"sqlite:///{path}")
            plans = [_plan(kind, number, FIRST_DAY, LAST_DAY) for number, kind in enumerate(SHOWN)]
            people = range(1, PARTICIPANTS + 1)
            ids = await _opened(databases[size], GROUP, 0, people, plans, NOW)
            challenges |= {(size, kind): which for kind, which in zip(SHOWN, ids, strict=True)}
            recounts[size] = await _recounted(databases[size], ids)
            await _check_amounts(databases[size], path, ids)
        for turn in range(-1, rounds):
            for size in sizes[:: 1 if turn % 2 else -1]:
                for kind in SHOWN:
                    whole, view = await _shown(databases[size], studio, challenges[size, kind])
                    if turn >= 0:  # the first round warms the caches and loads the fonts
                        took[size, kind].append(whole)
                        looked.append(view)
    finally:
        studio.close()
        for database in databases.values():
            await database.close()
    what = f"standings of {PARTICIPANTS:,} people over a year"
    of_each = {
        size: p50([sum(three) for three in zip(*(took[size, kind] for kind in SHOWN), strict=True)])
        for size in sizes
    }
    return [
        Figure(
            f"{what}, {large:,} over {SMALL:,} stored runs, p50", of_each[large] / of_each[SMALL], at_most=1.5
        ),
        Figure(
            f"{what} with card and picture, {large:,} stored runs, p50",
            max(p50(took[large, kind]) for kind in SHOWN) * 1000,
            "ms",
            at_most=200,
        ),
        *(
            Figure(f"of these {kind}, {size:,} stored runs, p50", p50(took[size, kind]) * 1000, "ms")
            for kind in SHOWN
            for size in sizes
        ),
        Figure("of it read and ranked, p50", p50(looked) * 1000, "ms"),
        *(
            Figure(f"all amounts of one recounted, {size:,} stored runs", seconds, "s")
            for size, seconds in recounts.items()
        ),
    ]


async def _recounted(database: Database, challenge_ids: list[int]) -> float:
    """Make the amounts of all who take part anew; the seconds for one challenge."""
    seconds = []
    for challenge_id in challenge_ids:
        started = time.perf_counter()
        await _recount(database, challenge_id, NOW)
        seconds.append(time.perf_counter() - started)
    return max(seconds)


async def _check_amounts(database: Database, path: Path, challenge_ids: list[int]) -> None:
    """Raises RuntimeError where a standing is not what a sum over the file gives."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as raw:
        ran = dict(
            raw.execute(_RAN, (GROUP, PARTICIPANTS, FIRST_DAY.isoformat(), LAST_DAY.isoformat())).fetchall()
        )
    for challenge_id in challenge_ids:
        view = await ChallengeService(database).view(GROUP, 1, challenge_id, NOW)
        if {each.person_id: each.amount for each in view.entrants} != ran:
            raise RuntimeError("the standings are not what was run")


async def _shown(database: Database, studio: Studio, challenge_id: int) -> tuple[float, float]:
    """Seconds for reading a challenge and drawing its card, picture and standings; and of it for reading."""
    started = time.perf_counter()
    view = await ChallengeService(database).view(GROUP, 1, challenge_id, NOW)
    looked = time.perf_counter() - started
    picture = await studio.draw(challenge_picture, view, WORDS)
    await asyncio.to_thread(_laid_out, view, picture)
    return time.perf_counter() - started, looked


def _laid_out(view: ChallengeView, picture: Picture | None) -> None:
    challenge_card(view, WORDS, delivery_id=1, picture=picture)
    standings_card(view, WORDS)


async def log_beside_challenges(folder: Path, *, rounds: int) -> list[Figure]:
    """`/run log` of a member in 25 open challenges and of one in none, in files of equal size, taking turns."""
    alone: dict[int, list[float]] = {NONE: [], ALL: []}
    whole: dict[int, list[float]] = {NONE: [], ALL: []}
    async with StandIn(members=TOGETHER) as none, StandIn(members=TOGETHER) as all_:
        worlds = {NONE: none, ALL: all_}
        runners = {
            count: Runner(world, world.guilds[0], world.guilds[0].members[1])
            for count, world in worlds.items()
        }
        for count, runner in runners.items():
            (folder / str(count)).mkdir()
            await _furnish(folder / str(count) / "second-wind.db", runner, count)
        await _log_alone(folder, runners, alone, rounds)
        async with (
            await BotProcess.start(none, folder / str(NONE)),
            await BotProcess.start(all_, folder / str(ALL)),
        ):
            await none.wait_commands()
            await all_.wait_commands()
            await _wait_for_cards(folder / str(ALL) / "second-wind.db")
            for turn in range(-5, rounds):
                for count in (NONE, ALL)[:: 1 if turn % 2 else -1]:
                    spent = await seconds_of(_logged(runners[count]))
                    if turn >= 0:  # the first rounds warm the caches
                        whole[count].append(spent)
                    await asyncio.sleep(0.01)
    _check_counted(folder / str(ALL) / "second-wind.db", runners[ALL])
    return [
        Figure(
            f"/run log with {ALL} challenges open over none, p50",
            p50(whole[ALL]) / p50(whole[NONE]),
            at_most=1.25,
        ),
        *(
            Figure(f"/run log with {count} challenges open, p50", p50(whole[count]) * 1000, "ms")
            for count in whole
        ),
        Figure("the use case alone, over none, p50", p50(alone[ALL]) / p50(alone[NONE])),
        *(
            Figure(f"the use case alone with {count} challenges open, p50", p50(alone[count]) * 1000, "ms")
            for count in alone
        ),
    ]


async def _furnish(path: Path, runner: Runner, count: int) -> None:
    """A file in which everybody of the runner's group takes part in so many challenges of all kinds."""
    now = datetime.now(UTC)
    await asyncio.to_thread(fill, path, SMALL, runner.guild, runner.member, now=now)
    database = await open_database(f"sqlite:///{path}")
    try:
        people = [member.id for member in runner.guild.members]
        first_day, last_day = now.date() - timedelta(days=60), now.date() + timedelta(days=30)
        plans = [_plan(KINDS[number % len(KINDS)], number, first_day, last_day) for number in range(count)]
        ids = await _opened(database, runner.guild.id, runner.guild.channel_id, people, plans, now)
        for which in ids:
            await _recount(database, which, now)
    finally:
        await database.close()


async def _log_alone(
    folder: Path, runners: dict[int, Runner], took: dict[int, list[float]], rounds: int
) -> None:
    """What the service takes, with what runs in the process and on the disk, and nothing of Discord."""
    databases = {
        count: await open_database(f"sqlite:///{folder / str(count) / 'second-wind.db'}") for count in runners
    }
    try:
        for turn in range(-5, rounds):
            for count in (NONE, ALL)[:: 1 if turn % 2 else -1]:
                runner, service, now = runners[count], CheckinService(databases[count]), datetime.now(UTC)
                mate = runner.guild.members[2]  # whose runs are nobody's twin later
                options = run_options(turn + 5)
                entry = Entry(options["distance"], options["time"], options.get("when"))
                started = time.perf_counter()
                await service.log_run(runner.guild.id, mate.id, new_id(now), entry, now)
                if turn >= 0:
                    took[count].append(time.perf_counter() - started)
    finally:
        for database in databases.values():
            await database.close()


async def _wait_for_cards(path: Path, patience: float = 60.0) -> None:
    """Until the cards stand in the channel, so that what is measured is a run and not their posting."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as raw:
            query = "SELECT COUNT(*) FROM deliveries WHERE kind = 'challenge_card' AND state = 'sent'"
            [(sent,)] = raw.execute(query).fetchall()
        if sent == ALL:
            return
        await asyncio.sleep(0.2)
    raise RuntimeError(f"{sent} of {ALL} cards came")


def _check_counted(path: Path, runner: Runner) -> None:
    """Raises RuntimeError unless the runner's runs count in all challenges, each as the file's own sum says."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as raw:
        rows = raw.execute(_COUNTED, (runner.member.id,)).fetchall()
    if len(rows) != ALL or any(amount != summed for amount, summed in rows):
        raise RuntimeError("the challenges do not hold what was run")


async def _logged(runner: Runner) -> Answer:
    return stored(await runner.log_run())
