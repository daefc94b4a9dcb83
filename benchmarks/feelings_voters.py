"""Who voted what, tried by somebody who holds the whole database file: `python -m benchmarks.feelings voters`."""

from __future__ import annotations

import asyncio
import random
import re
import tempfile
from collections.abc import Collection, Iterable
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
POLLS, VOTERS, OTHERS = 6, 40, 20_000
_HEX = re.compile(rb"[0-9a-f]{64}")


def figures() -> list[Figure]:
    """The figure of this part, from a fresh file in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        found, tried, while_open = asyncio.run(campaign(Path(folder), POLLS, VOTERS, OTHERS))
    return [
        Figure(
            f"voters found in closed polls by the whole file and {tried:,} ids (while open, by the same: {while_open})",
            str(found),
            "none",
            found == 0 and while_open > 0,
        )
    ]


async def campaign(folder: Path, polls: int, voters: int, others: int) -> tuple[int, int, int]:
    """Open polls, let people vote, attack the file; close the polls, attack again.

    Returns how many voters were found after closing, how many ids were tried, and how many were found while open.
    """
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
        suspects = [*people, *(chance.getrandbits(60) for _ in range(others))]
        while_open = found_in(held(folder), ids, people)
        if await service.close_due(NOW + timedelta(days=3)) != polls:
            raise RuntimeError("not every poll closed")
        return found_in(held(folder), ids, suspects), len(suspects), while_open
    finally:
        await database.close()


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


def found_in(data: bytes, polls: Iterable[int], suspects: Collection[int]) -> int:
    """How many votes can be traced to a person: every secret that the bytes could hold, tried with every id."""
    runs = set(_HEX.findall(data))
    if not runs:
        return 0
    text = {run.decode() for run in runs}
    return sum(
        voter_code(secret, poll_id, person_id) in text
        for secret in text
        for poll_id in polls
        for person_id in suspects
    )
