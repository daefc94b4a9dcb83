"""One group over a real file, all services that touch a standing, and what is stored and shown of it after each."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from bot.challenges.deciding import RESULT
from bot.challenges.loading import load_row, load_view
from bot.challenges.making import MakingService
from bot.challenges.model import ChallengeView
from bot.challenges.service import ChallengeService
from bot.checkins.corrections import CorrectionService
from bot.checkins.imports import ImportService
from bot.checkins.moderation import ModerationService
from bot.checkins.service import CheckinService
from bot.leaderboards.service import LeaderboardService
from bot.members.lookups import LookupService
from bot.members.service import MemberService
from bot.plans.service import PlanService
from bot.scheduling.service import DeliveryService
from bot.storage import Connection, Database, load_queries, open_database
from tests.challenges.standings_oracle import Dump

T = TypeVar("T")
GROUP, CHANNEL, OLIVE = 1, 50, 10
PEOPLE = (11, 12, 13, 14)
SHARED_MEMORY = Path("/dev/shm")


@dataclass(frozen=True)
class Picture:
    """What is stored, and each posted challenge as it is shown, at one moment."""

    dump: Dump
    views: dict[int, ChallengeView]


class World:
    """The services, and a loop that runs one call after the other."""

    def __init__(self, database: Database, runner: asyncio.Runner) -> None:
        self._database = database
        self._loop = runner.get_loop()  # its own `run` handles signals anew at each call: a third of all time
        self._queries = load_queries("bot.challenges", database.dialect)
        self._interaction = 1_000
        self._tried: set[int] = set()
        self.challenges = ChallengeService(database)
        self.making = MakingService(database)
        self.checkins = CheckinService(database)
        self.corrections = CorrectionService(database)
        self.moderation = ModerationService(database)
        self.imports = ImportService(database)
        self.members = MemberService(database)
        self.plans = PlanService(database)
        self.boards = LeaderboardService(database)
        self.lookups = LookupService(database)
        self.deliveries = DeliveryService(database)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(work)

    def interaction(self) -> int:
        self._interaction += 1
        return self._interaction

    def picture(self, now: datetime) -> Picture:
        """All of the group, in one snapshot."""

        async def rows(connection: Connection, sql: str) -> list[dict[str, Any]]:
            return [dict(row) for row in await connection.all(sql, {})]

        async def work(connection: Connection) -> Picture:
            dump = Dump(
                await rows(connection, f"SELECT * FROM runs WHERE group_id = {GROUP}"),
                await rows(connection, f"SELECT * FROM challenges WHERE group_id = {GROUP}"),
                await rows(connection, f"SELECT * FROM challenge_members WHERE group_id = {GROUP}"),
                await rows(connection, f"SELECT person_id, left_at FROM members WHERE group_id = {GROUP}"),
            )
            views = {}
            for challenge in dump.challenges:
                if challenge["posted_at"] is not None:
                    row = await load_row(self._queries, connection, GROUP, challenge["challenge_id"])
                    views[row["challenge_id"]] = await load_view(self._queries, connection, row, now)
            return Picture(dump, views)

        return self.run(self._database.read(work))

    def bring_results(self, now: datetime) -> None:
        """Every result that is due is decided, as the courier would; each arrives at the second try."""

        async def work() -> None:
            for delivery in await self.deliveries.due(now):
                if delivery.kind != RESULT:
                    continue
                which = delivery.delivery_id
                if await self.deliveries.claim(which, now, self.challenges.decide_result, None) is None:
                    continue
                if which in self._tried:
                    await self.deliveries.sent(which, CHANNEL, which, now)
                self._tried.add(which)

        self.run(work())

    def clear(self) -> None:
        """Leave nothing: the next history begins with an empty group."""

        async def work(connection: Connection) -> None:
            await connection.run("DELETE FROM groups", {})
            await connection.run("DELETE FROM people", {})

        self.run(self._database.write(work))


@contextmanager
def open_world() -> Iterator[World]:
    """A world over a new file, in memory where the machine has a folder there: histories are many, and short."""
    parent = SHARED_MEMORY if SHARED_MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="standings-", dir=parent) as folder, asyncio.Runner() as runner:
        database = runner.run(open_database(f"sqlite:///{folder}/second-wind.db"))
        try:
            runner.run(database.migrate(now=0))
            yield World(database, runner)
        finally:
            runner.run(database.close())
