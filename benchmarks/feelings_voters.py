"""Who voted what, tried by somebody who holds the whole database file: `python -m benchmarks.feelings voters`.

The attack knows how codes are made. It takes every 64 hexadecimal digits in a row, wherever they begin, for a secret,
and looks for the code of every id under each of them, and for any quarter of a code, as half a page may be left.
After closing it is played once more by somebody stronger, who wrote every secret down while the polls were open.
"""

from __future__ import annotations

import asyncio
import random
import re
import tempfile
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.feelings_figure import Figure
from bot.moodpolls.model import PollPlan
from bot.moodpolls.rules import voter_code
from bot.moodpolls.service import MoodPollService
from bot.scheduling.service import DeliveryService
from bot.storage import Connection, Database, open_database

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
GROUP, MAKER = 1_188_000_000_000_000_001, 1_188_000_000_000_000_002
POLLS, VOTERS, OTHERS = 3, 40, 100_000
QUARTER = 16  # digits of a code: by chance one is met once in 2**64
_RUNS = re.compile(rb"[0-9a-f]{16,}")


@dataclass(frozen=True, slots=True)
class Found:
    """How many votes were traced to a person, and how many ids were tried."""

    while_open: int
    closed: int
    closed_with_secrets: int
    tried: int


def figures() -> list[Figure]:
    """The figure of this part, from a fresh file in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(campaign(Path(folder), POLLS, VOTERS, OTHERS))
    everybody = POLLS * VOTERS
    return [
        Figure(
            f"voters found in closed polls by the whole file and {found.tried:,} ids "
            f"(while open: {found.while_open} of {everybody}; "
            f"closed, by who noted the secrets while open: {found.closed_with_secrets})",
            str(found.closed),
            "none",
            found.closed == found.closed_with_secrets == 0 and found.while_open == everybody,
        )
    ]


async def campaign(folder: Path, polls: int, voters: int, others: int) -> Found:
    """Open polls, let people vote, attack the file; close the polls, attack again."""
    chance = random.Random(5)
    people = [1_188_000_000_000_000_100 + number * 4_194_304 for number in range(voters)]
    database = await open_database(f"sqlite:///{folder}/polls.db")
    try:
        await database.migrate(now=0)
        service = MoodPollService(database)
        ids = [await _opened(database, service, number) for number in range(polls)]
        for poll_id in ids:
            for person_id in people:
                for question in (1, 2):
                    await service.vote(GROUP, person_id, poll_id, question, chance.randint(1, 5), NOW)
        noted = await database.read(_secrets)
        while_open = found_in(held(folder), ids, people)
        if await service.close_due(NOW + timedelta(days=3)) != polls:
            raise RuntimeError("not every poll closed")
        suspects, data = [*people, *(chance.getrandbits(60) for _ in range(others))], held(folder)
        return Found(
            while_open, found_in(data, ids, suspects), found_in(data, ids, suspects, noted), len(suspects)
        )
    finally:
        await database.close()


async def _secrets(connection: Connection) -> list[str]:
    return [row["secret"] for row in await connection.all("SELECT secret FROM poll_secrets", {})]


async def _opened(database: Database, service: MoodPollService, number: int) -> int:
    """A poll that is out, as the courier brings it; its id."""

    async def confirmed(connection: Connection) -> None:
        await connection.run(
            "INSERT INTO groups (group_id, feelings_confirmed_at, created_at) VALUES (:group_id, 1, 1)"
            " ON CONFLICT (group_id) DO NOTHING",
            {"group_id": GROUP},
        )

    await database.write(confirmed)
    draft = await service.draft(GROUP, MAKER, 100 + number, PollPlan(), 7, NOW)
    await service.post(GROUP, MAKER, draft.plan_id, NOW)
    deliveries = DeliveryService(database)
    [due] = await deliveries.due(NOW)
    await deliveries.claim(due.delivery_id, NOW, service.decide, None)
    await deliveries.sent(due.delivery_id, 7, due.delivery_id, NOW)
    return due.delivery_id


def held(folder: Path) -> bytes:
    """Every byte of the database: its file, its log, its index of the log."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def found_in(
    data: bytes, polls: Iterable[int], suspects: Collection[int], noted: Collection[str] = ()
) -> int:
    """How many votes can be traced to a person: every secret that the bytes could hold, tried with every id.

    Args:
        noted: secrets that are known from elsewhere.
    """
    runs = {run.decode() for run in _RUNS.findall(data)}
    quarters = {run[at : at + QUARTER] for run in runs for at in range(len(run) - QUARTER + 1)}
    secrets = {run[at : at + 64] for run in runs for at in range(len(run) - 63)} | set(noted)
    return sum(
        any(code[at : at + QUARTER] in quarters for at in range(0, 64, QUARTER))
        for secret in secrets
        for poll_id in polls
        for code in (voter_code(secret, poll_id, person_id) for person_id in suspects)
    )
