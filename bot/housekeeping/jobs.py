"""Wakes the housekeeping. What is due stands in the database; APScheduler is only the alarm clock."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.care.service import CareService
from bot.challenges.service import ChallengeService
from bot.clock import Clock, SystemClock
from bot.encouragement.service import EncouragementService
from bot.erasures.ledger import NoLedger
from bot.errors import StorageUnavailable
from bot.groupmoods.service import GroupFigureService
from bot.housekeeping.feelings import FeelingsRetention
from bot.housekeeping.service import HousekeepingService
from bot.housekeeping.turns import TurnService
from bot.moodpolls.service import MoodPollService
from bot.scheduling.service import DeliveryService
from bot.storage import Database

log = logging.getLogger(__name__)
HOUR = 3600


@dataclass(frozen=True, slots=True)
class Job:
    """What is woken at once and then every `seconds` (an hour unless given).

    `for_all`: where several processes share the database, one of them does it for all, whoever comes first.
    `first_after`: seconds to leave the start alone, which is the busiest time.
    """

    name: str
    work: Callable[[], Awaitable[object]]
    seconds: float = field(default_factory=lambda: HOUR)
    for_all: bool = False
    first_after: float = 0.0


class Housekeeping:
    """The jobs of one process: started once, stopped once."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        ledger: NoLedger | None = None,
    ) -> None:
        self._service = HousekeepingService(database, ledger)
        self._feelings = FeelingsRetention(database, ledger)
        self._group_figures = GroupFigureService(database)
        self._deliveries = DeliveryService(database)
        self._encouragement = EncouragementService(database)
        self._challenges = ChallengeService(database)
        self._care = CareService(database)
        self._polls = MoodPollService(database)
        self._turns = TurnService(database)
        self._database = database
        self._clock = clock
        self._alarm = AsyncIOScheduler(timezone="UTC")

    def start(self, *jobs: Job) -> None:
        """Wake the tidying and every other job at once, and then at its interval."""
        for job in (Job("tidy", self.tidy, for_all=True), *jobs):
            self._wake(job)
        self._alarm.start()

    def _wake(self, job: Job) -> None:
        async def run() -> None:
            try:
                if job.for_all and not await self._turns.take(job.name, job.seconds, self._clock.now()):
                    return
                await job.work()
            except StorageUnavailable as refused:
                log.warning("housekeeping_postponed", extra={"job": job.name, "reason": refused.reason})
            except asyncio.CancelledError:  # the stop; the alarm would tell it as an error
                log.info("housekeeping_cut_short", extra={"job": job.name})
            except Exception:
                log.exception("housekeeping_bug", extra={"job": job.name})

        self._alarm.add_job(
            run,
            "interval",
            seconds=job.seconds,
            # the alarm rings by the machine's clock, whatever ours says
            next_run_time=SystemClock().now() + timedelta(seconds=job.first_after),
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )

    async def tidy(self) -> None:
        """Erase what was kept long enough, and work out the groups' weekly moods."""
        now = self._clock.now()
        runs = await self._service.remove_undone_runs(now)
        groups = await self._service.erase_left_groups(now)
        words = await self._encouragement.forget_removed(now)
        reminders = await self._deliveries.forget_old(now)
        challenges = await self._challenges.forget(now)
        feelings = await self._feelings.forget_old(now)
        silent = await self._feelings.erase_silent(now)
        await self._group_figures.compute_due(now)
        await self._deliveries.align_groups(now)
        await self._care.ask_organisers(now)
        await self._polls.forget_drafts(now)
        if runs or groups or words or reminders or challenges:
            # what was erased leaves no copy in SQLite's log either
            await self._database.scrub()
            log.info("tidied", extra={"undone_runs": runs, "groups": groups})
        await self._database.rewrite()
        if feelings or silent:
            log.info("feelings_forgotten", extra={"rows": feelings, "silent_members": silent})

    async def stop(self) -> None:
        """Ring no more. A transaction under way runs to its end, which closing the database waits for."""
        if self._alarm.running:
            self._alarm.shutdown(wait=False)
