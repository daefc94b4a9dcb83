"""What happens by itself: erasing in time, catching up with groups, a sign of life."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.clock import ManualClock, epoch
from bot.erasures.ledger import Ledger
from bot.errors import StorageUnavailable
from bot.housekeeping.feelings import FeelingsRetention
from bot.housekeeping.jobs import Housekeeping, Job
from bot.housekeeping.service import HousekeepingService
from bot.housekeeping.turns import TurnService
from bot.storage import Connection, Database
from bot.storage.sqlite import SQLiteDatabase

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MONTH = timedelta(days=30)
SECOND = timedelta(seconds=1)
YEAR = timedelta(days=365)


async def fill(database: Database, *statements: str) -> None:
    async def work(connection: Connection) -> None:
        for statement in statements:
            await connection.run(statement, ())

    await database.write(work)


async def column(database: Database, statement: str) -> list[Any]:
    async def work(connection: Connection) -> list[Any]:
        return [row["found"] for row in await connection.all(statement, ())]

    return await database.read(work)


def group(group_id: int, left: datetime | None = None) -> str:
    left_at = epoch(left) if left else "NULL"
    return f"INSERT INTO groups (group_id, created_at, left_at) VALUES ({group_id}, 0, {left_at})"


def member(group_id: int, person_id: int) -> tuple[str, str]:
    return (
        f"INSERT INTO people (person_id, created_at) VALUES ({person_id}, 0) ON CONFLICT DO NOTHING",
        f"INSERT INTO members (group_id, person_id, created_at) VALUES ({group_id}, {person_id}, 0)",
    )


def run(run_id: int, group_id: int, person_id: int, undone: datetime | None = None) -> str:
    return (
        "INSERT INTO runs (run_id, group_id, person_id, interaction_id, activity, running_day, source, visibility, "
        f"created_at, undone_at) VALUES ({run_id}, {group_id}, {person_id}, {run_id}, 'run', '2026-11-20', 'tap', "
        f"'group', 0, {epoch(undone) if undone else 'NULL'})"
    )


async def test_an_undone_run_goes_when_it_can_no_longer_be_taken_back(database: Database) -> None:
    ten = timedelta(minutes=10)
    await fill(
        database,
        group(1),
        *member(1, 5),
        run(1, 1, 5, NOW - ten),
        run(2, 1, 5, NOW - ten + SECOND),
        run(3, 1, 5),
    )
    assert await HousekeepingService(database).remove_undone_runs(NOW) == 1
    assert await column(database, "SELECT run_id AS found FROM runs ORDER BY run_id") == [2, 3]


async def test_a_group_goes_thirty_days_after_the_bot_was_removed_with_who_was_there_alone(
    database: Database,
) -> None:
    await fill(
        database,
        *(group(1, NOW - MONTH), group(2, NOW - MONTH + SECOND), group(3)),
        *(*member(1, 5), *member(1, 6), *member(2, 7), *member(3, 6)),
        *(run(1, 1, 5), run(2, 1, 6), run(3, 2, 7), run(4, 3, 6)),
        "INSERT INTO card_removals (message_id, channel_id, group_id, requested_at) VALUES (1, 1, 1, 0), (2, 1, 3, 0)",
    )
    assert await HousekeepingService(database).erase_left_groups(NOW) == 1
    assert await column(database, "SELECT group_id AS found FROM groups ORDER BY group_id") == [2, 3]
    assert await column(database, "SELECT person_id AS found FROM people ORDER BY person_id") == [6, 7]
    assert await column(database, "SELECT run_id AS found FROM runs ORDER BY run_id") == [3, 4]
    assert await column(database, "SELECT message_id AS found FROM card_removals") == [2]
    assert await HousekeepingService(database).erase_left_groups(NOW) == 0


async def test_nothing_of_an_erased_group_is_left_in_the_files(sqlite_database: SQLiteDatabase) -> None:
    await fill(
        sqlite_database,
        group(1, NOW - MONTH),
        *member(1, 5),
        "UPDATE members SET plan = 'when-the-owl-calls'",
    )
    await HousekeepingService(sqlite_database).erase_left_groups(NOW)
    path = sqlite_database.path
    files = [path, path.with_name(path.name + "-wal")]
    assert not any(b"when-the-owl-calls" in each.read_bytes() for each in files if each.exists())


async def test_groups_joined_and_left_while_away_are_caught_up_with(database: Database) -> None:
    before = NOW - timedelta(days=3)
    await fill(database, group(1), group(2), group(3, before), group(4, before), group(5))
    service = HousekeepingService(database)
    assert await service.compare_groups({1, 3}, lambda group_id: group_id != 5, NOW) == (1, 1)
    left = await column(database, "SELECT COALESCE(left_at, 0) AS found FROM groups ORDER BY group_id")
    assert left == [0, epoch(NOW), 0, epoch(before), 0]
    assert await service.compare_groups({1, 3}, lambda group_id: group_id != 5, NOW + MONTH) == (0, 0)


def agreed(group_id: int, person_id: int, at: datetime) -> str:
    return (
        "INSERT INTO consents (group_id, person_id, purpose, version, age, agreed_at) "
        f"VALUES ({group_id}, {person_id}, 'keep', 1, 16, {epoch(at)})"
    )


def mood(mood_id: int, group_id: int, person_id: int, at: datetime) -> tuple[str, str]:
    return (
        (
            "INSERT INTO moods (mood_id, group_id, person_id, interaction_id, moment, entered_at, entered_day, "
            f"scale_version, mood) VALUES ({mood_id}, {group_id}, {person_id}, {mood_id}, 'day', {epoch(at)}, "
            "'2026-01-01', 1, 2)"
        ),
        (
            "INSERT INTO run_starts (start_id, group_id, person_id, interaction_id, pressed_at) "
            f"VALUES ({mood_id}, {group_id}, {person_id}, {mood_id}, {epoch(at)})"
        ),
    )


async def test_feelings_go_after_a_year_and_figures_after_two(database: Database) -> None:
    await fill(
        database,
        *(group(1), *member(1, 5), agreed(1, 5, NOW - 2 * YEAR)),
        *(*mood(1, 1, 5, NOW - YEAR), *mood(2, 1, 5, NOW - YEAR + SECOND), *mood(3, 1, 5, NOW)),
        "INSERT INTO group_figures (group_id, week_day, respondents, computed_at) "
        "VALUES (1, '2024-11-18', 5, 0), (1, '2024-11-25', 5, 0)",
    )
    retention = FeelingsRetention(database)
    assert await retention.forget_old(NOW) == 3
    assert await column(database, "SELECT mood_id AS found FROM moods ORDER BY mood_id") == [2, 3]
    assert await column(database, "SELECT start_id AS found FROM run_starts ORDER BY start_id") == [2, 3]
    assert await column(database, "SELECT week_day AS found FROM group_figures") == ["2024-11-25"]
    assert await retention.forget_old(NOW) == 0


async def test_old_feelings_go_in_batches(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.housekeeping.feelings.BATCH", 2)
    old = [each for number in range(5) for each in mood(number, 1, 5, NOW - YEAR)]
    await fill(database, group(1), *member(1, 5), *old)
    written: list[int] = []
    write = database.write

    async def counted(work: Any) -> Any:
        written.append(result := await write(work))
        return result

    monkeypatch.setattr(database, "write", counted)
    assert await FeelingsRetention(database).forget_old(NOW) == 10
    assert max(written) == 2


async def test_after_half_a_year_of_silence_all_feelings_of_a_member_go(
    database: Database, tmp_path: Path
) -> None:
    silence = timedelta(days=183)
    await fill(
        database,
        group(1),
        *(statement for person in (5, 6, 7, 8) for statement in member(1, person)),
        *(agreed(1, 5, NOW - YEAR), *mood(5, 1, 5, NOW - silence)),  # silent since
        *(agreed(1, 6, NOW - YEAR), *mood(6, 1, 6, NOW - silence + SECOND)),
        agreed(1, 7, NOW - silence),  # never entered anything
        agreed(1, 8, NOW - silence + SECOND),
        "INSERT INTO care_shown (group_id, person_id, shown_day) VALUES (1, 5, '2026-01-01')",
        run(1, 1, 5),
    )
    ledger = Ledger(tmp_path / "backups")
    retention = FeelingsRetention(database, ledger)
    assert await retention.erase_silent(NOW) == 2
    assert await column(database, "SELECT person_id AS found FROM consents ORDER BY person_id") == [6, 8]
    assert await column(database, "SELECT person_id AS found FROM moods") == [6]
    assert await column(database, "SELECT person_id AS found FROM care_shown") == []
    assert await column(database, "SELECT run_id AS found FROM runs") == [1]
    assert len(ledger.read().moments) == 2
    assert await retention.erase_silent(NOW) == 0


async def test_the_hourly_tidying_forgets_feelings_without_a_copy(sqlite_database: SQLiteDatabase) -> None:
    rare = 1_180_591_620_717_411_303
    await fill(sqlite_database, group(1), *member(1, 5), *mood(rare, 1, 5, NOW - YEAR))
    await Housekeeping(sqlite_database, ManualClock(NOW)).tidy()
    path = sqlite_database.path
    files = [path, path.with_name(path.name + "-wal")]
    assert not any(rare.to_bytes(8, "big") in each.read_bytes() for each in files if each.exists())


async def nothing() -> None:
    """Nothing is due."""


async def test_the_first_tidying_comes_with_the_start(sqlite_database: SQLiteDatabase) -> None:
    await fill(sqlite_database, group(1), *member(1, 5), run(1, 1, 5, NOW - timedelta(hours=1)))
    housekeeping = Housekeeping(sqlite_database, ManualClock(NOW))
    housekeeping.start(Job("deliver", nothing, 30))
    try:
        for _ in range(500):
            if not await column(sqlite_database, "SELECT run_id AS found FROM runs"):
                return
            await asyncio.sleep(0.02)
        pytest.fail("nothing was tidied")
    finally:
        await housekeeping.stop()


async def test_a_job_that_goes_wrong_is_logged_and_rings_again(
    sqlite_database: SQLiteDatabase, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    housekeeping = Housekeeping(sqlite_database, ManualClock(NOW))
    rung, thrice = 0, asyncio.Event()

    async def stumble() -> None:
        nonlocal rung
        rung += 1
        if rung == 3:
            thrice.set()
        raise StorageUnavailable("busy") if rung == 1 else KeyError("x")

    with caplog.at_level(logging.WARNING, "bot"):
        housekeeping.start(Job("deliver", stumble, 0.05))
        try:
            await asyncio.wait_for(thrice.wait(), 10)
        finally:
            await housekeeping.stop()
    assert "housekeeping_postponed" in caplog.text
    assert "housekeeping_bug" in caplog.text


async def test_one_of_several_processes_does_what_one_does_for_all(database: Database) -> None:
    turns = TurnService(database)
    taken = [await turns.take("tidy", 3600, NOW), await turns.take("tidy", 3600, NOW + timedelta(minutes=30))]
    assert taken == ([True, False] if database.dialect == "postgresql" else [True, True])
    assert await turns.take("tidy", 3600, NOW + timedelta(minutes=55)), "a little early is in time"
    assert await turns.take("other", 3600, NOW)


@pytest.mark.parametrize("behind", [1, 30])
async def test_a_process_whose_clock_is_behind_does_not_do_what_was_just_done(
    database: Database, behind: int
) -> None:
    turns = TurnService(database)
    assert await turns.take("tidy", 3600, NOW)
    again = await turns.take("tidy", 3600, NOW - timedelta(seconds=behind))
    assert again == (database.dialect == "sqlite")


async def test_a_clock_that_was_set_back_stops_no_job(database: Database) -> None:
    turns = TurnService(database)
    assert await turns.take("tidy", 3600, NOW + timedelta(days=400))
    assert await turns.take("tidy", 3600, NOW)


async def test_a_stop_in_the_middle_of_a_job_is_no_error(
    sqlite_database: SQLiteDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    begun = asyncio.Event()

    async def for_ever() -> None:
        begun.set()
        await asyncio.Event().wait()

    housekeeping = Housekeeping(sqlite_database, ManualClock(NOW))
    housekeeping.start(Job("leaving", for_ever))
    await begun.wait()
    await housekeeping.stop()
    await asyncio.sleep(0.01)
    assert "housekeeping_cut_short" in caplog.text
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
