"""The daily backup among the bot's jobs: not at the very start, and the stop does not wait for it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.backups import snapshot
from bot.backups.aside import Brake
from bot.backups.service import BackupService
from bot.clock import ManualClock
from bot.housekeeping.jobs import Housekeeping, Job
from bot.storage.sqlite import SQLiteDatabase

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)


async def test_a_job_can_leave_the_start_alone(sqlite_database: SQLiteDatabase) -> None:
    woken: list[str] = []
    at_once = asyncio.Event()

    async def now() -> None:
        woken.append("now")
        at_once.set()

    async def later() -> None:
        woken.append("later")

    jobs = Housekeeping(sqlite_database, ManualClock(NOW))
    jobs.start(Job("later", later, first_after=300), Job("now", now))
    await at_once.wait()
    rings = {
        (job.next_run_time - datetime.now(UTC)) > timedelta(seconds=290) for job in jobs._alarm.get_jobs()
    }
    assert woken == ["now"]
    assert True in rings
    await jobs.stop()


async def test_stopping_the_jobs_stops_a_backup_in_the_middle(
    sqlite_database: SQLiteDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, halted, loop = asyncio.Event(), asyncio.Event(), asyncio.get_running_loop()

    def for_ever(_source: Path, _target: Path, brake: Brake, **_: object) -> dict[str, int]:
        loop.call_soon_threadsafe(begun.set)
        try:
            while True:
                brake.check()
        finally:
            loop.call_soon_threadsafe(halted.set)

    monkeypatch.setattr(snapshot, "take", for_ever)
    backups = BackupService(f"sqlite:///{sqlite_database.path}", tmp_path / "backups")
    jobs = Housekeeping(sqlite_database, ManualClock(NOW))
    jobs.start(Job("backup", lambda: backups.daily(NOW), for_all=True))
    await begun.wait()
    await jobs.stop()
    await asyncio.wait_for(halted.wait(), 1)
    while list((tmp_path / "backups").glob("second-wind-*")):  # noqa: ASYNC110
        await asyncio.sleep(0)
