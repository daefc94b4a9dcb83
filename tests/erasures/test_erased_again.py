"""A restored backup is erased again before anybody is served from it."""

from __future__ import annotations

import logging
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from benchmarks.feelings_planted import AT, Planted, copies, files_under, plant, plant_group
from bot.app import build
from bot.clock import ManualClock
from bot.consents.rules import GROUP_FIGURE, KEEP
from bot.consents.service import ConsentService
from bot.erasures.again import ErasedAgain, erase_again
from bot.erasures.ledger import FEELINGS, FIGURE, GROUP, MEMBER, RUNS, Ledger, What
from bot.groups.service import GroupService
from bot.members.service import MemberService
from bot.settings import Settings
from bot.storage import Connection, Database, open_database
from bot.storage.sqlite import SQLiteDatabase

LATER = AT + timedelta(days=1)
NEWER = AT + timedelta(days=2)
START = AT + timedelta(days=3)
ANN, BEN = Planted(1), Planted(2)


async def filled(database: Database) -> None:
    async def work(connection: Connection) -> None:
        await plant_group(connection, ANN.group_id)
        for each in (ANN, BEN):
            await plant(connection, each)

    await database.write(work)


async def count(database: Database, table: str, who: Planted = ANN) -> int:
    sql = f"SELECT 1 FROM {table} WHERE group_id = {who.group_id} AND person_id = {who.person_id}"
    return len(await database.read(lambda connection: connection.all(sql, ())))


async def recorded(ledger: Ledger, what: What, now: datetime = LATER) -> None:
    person_id = 0 if what == GROUP else ANN.person_id
    async with ledger.recorded(what, ANN.group_id, person_id, now):
        pass


async def newer_run(connection: Connection) -> None:
    await connection.run(
        "INSERT INTO runs (run_id, group_id, person_id, interaction_id, activity, running_day, source, visibility,"
        f" created_at) VALUES (5, {ANN.group_id}, {ANN.person_id}, 5, 'run', '2026-11-24', 'tap', 'group',"
        f" {int(NEWER.timestamp())})",
        (),
    )


async def newer_mood(connection: Connection) -> None:
    await connection.run(
        "INSERT INTO moods (mood_id, group_id, person_id, interaction_id, moment, entered_at, entered_day,"
        f" scale_version, mood) VALUES (6, {ANN.group_id}, {ANN.person_id}, 6, 'day', {int(NEWER.timestamp())},"
        " '2026-11-24', 1, 2)",
        (),
    )


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger")


async def test_a_member_goes_again_and_others_stay(database: Database, ledger: Ledger) -> None:
    await filled(database)
    await recorded(ledger, MEMBER)
    assert await erase_again(database, ledger, START) == ErasedAgain(members=1)
    assert (await count(database, "members"), await count(database, "runs")) == (0, 0)
    assert (await count(database, "members", BEN), await count(database, "moods", BEN)) == (1, 1)
    assert not (await erase_again(database, ledger, START)).any


async def test_runs_go_again_and_newer_ones_and_feelings_stay(database: Database, ledger: Ledger) -> None:
    await filled(database)
    await database.write(newer_run)
    await recorded(ledger, RUNS)
    assert await erase_again(database, ledger, START) == ErasedAgain(runs=1)
    assert (await count(database, "runs"), await count(database, "moods")) == (1, 1)


async def test_feelings_go_again_and_newer_ones_and_runs_stay(database: Database, ledger: Ledger) -> None:
    await filled(database)
    await database.write(newer_mood)
    await recorded(ledger, FEELINGS)
    assert await erase_again(database, ledger, START) == ErasedAgain(feelings=1)
    for table, left in {"moods": 1, "run_starts": 0, "consents": 0, "care_shown": 0, "runs": 1}.items():
        assert await count(database, table) == left, table


async def test_of_somebody_who_came_back_what_is_newer_stays(database: Database, ledger: Ledger) -> None:
    await filled(database)
    await database.write(newer_run)
    await database.write(newer_mood)
    await recorded(ledger, MEMBER)
    assert await erase_again(database, ledger, START) == ErasedAgain(members=1)
    left = {"members": 1, "runs": 1, "moods": 1, "pauses": 0, "targets": 0, "schedules": 0, "week_plans": 0}
    for table, expected in left.items():
        assert await count(database, table) == expected, table
    assert not (await erase_again(database, ledger, START)).any


async def test_a_member_of_a_newer_backup_stays_whole(database: Database, ledger: Ledger) -> None:
    await filled(database)
    await recorded(ledger, MEMBER, AT - timedelta(days=1))
    await recorded(ledger, GROUP, AT - timedelta(days=1))
    assert not (await erase_again(database, ledger, START)).any
    assert (await count(database, "members"), await count(database, "runs")) == (1, 1)


async def test_a_group_goes_again(database: Database, ledger: Ledger) -> None:
    await filled(database)
    await recorded(ledger, GROUP)
    assert await erase_again(database, ledger, START) == ErasedAgain(groups=1)
    assert (await count(database, "members"), await count(database, "members", BEN)) == (0, 0)
    assert not (await erase_again(database, ledger, START)).any


async def test_of_a_group_that_began_anew_what_is_newer_stays(database: Database, ledger: Ledger) -> None:
    await filled(database)
    await database.write(newer_run)
    await recorded(ledger, GROUP)
    assert (await erase_again(database, ledger, START)).groups == 1
    assert (await count(database, "runs"), await count(database, "members", BEN)) == (1, 0)
    assert not (await erase_again(database, ledger, START)).any


async def test_every_erasure_writes_its_line(database: Database, ledger: Ledger) -> None:
    await filled(database)
    members, consents = MemberService(database, ledger), ConsentService(database, ledger)
    await members.erase_runs(ANN.group_id, ANN.person_id, LATER)
    await consents.withdraw(ANN.group_id, ANN.person_id, GROUP_FIGURE, LATER)
    await consents.withdraw(ANN.group_id, ANN.person_id, KEEP, LATER)
    await members.erase_everything(ANN.group_id, ANN.person_id, LATER)
    await GroupService(database, ledger).erase(ANN.group_id, LATER)
    found = ledger.read()
    every: tuple[What, ...] = (RUNS, FIGURE, FEELINGS, MEMBER)
    for what in every:
        assert found.moment(what, ANN.group_id, ANN.person_id) is not None, what
    assert found.moment(GROUP, ANN.group_id) is not None


async def test_without_its_key_the_start_goes_on_and_says_so(
    database: Database, ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    await filled(database)
    await recorded(ledger, MEMBER)
    (ledger.folder / "erasures.key").write_text("?")
    assert not (await erase_again(database, ledger, START)).any
    (ledger.folder / "erasures.key").unlink()
    assert not (await erase_again(database, ledger, START)).any
    assert [each.message for each in caplog.records if each.levelno >= logging.WARNING] == [
        "erasures_not_repeatable",
        "erasures_not_all_repeatable",
    ]


async def test_a_copy_of_the_file_put_back_is_erased_at_the_start_without_a_trace(
    sqlite_database: SQLiteDatabase,
) -> None:
    path = sqlite_database.path
    backup = path.parent / "kept elsewhere"
    await filled(sqlite_database)
    with sqlite3.connect(path) as source, sqlite3.connect(backup) as target:
        source.backup(target)
    source.close()
    target.close()
    ledger = Ledger(path.parent / "backups")
    await MemberService(sqlite_database, ledger).erase_everything(ANN.group_id, ANN.person_id, LATER)
    await sqlite_database.close()
    backup.replace(path)
    assert copies([path], ANN.traces()) > 0, "the backup brings everything back"

    settings = Settings.model_validate({"storage": {"url": f"sqlite:///{path}"}})
    app = await build(settings, ManualClock(START), live=False)
    await app.close()

    assert copies(files_under(path.parent), ANN.traces()) == 0
    again = await open_database(f"sqlite:///{path}")
    left = await count(again, "runs", BEN)
    await again.close()
    assert left == 1
