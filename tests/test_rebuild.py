"""`second-wind check --rebuild`: what differs is found and made anew, and what is as it has to be stays."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.errors import HostError
from bot.rebuilding.service import RULES, RebuildService
from bot.storage import Database, open_database
from bot.storage.sqlite import SQLiteDatabase
from tests.challenges.test_challenge_service import ALICE, GROUP
from tests.challenges.test_challenge_service import NOW as HOUSE_NOW
from tests.challenges.test_counting import Counting
from tests.copying.filled import fill, held
from tests.members.lived import ANNA, BEN, NOW, OTHER, run

RESULT = "SELECT due_at, state, occurrence_day FROM deliveries WHERE kind = 'challenge_result'"


async def wrong(database: Database, now: Any = NOW) -> dict[str, int]:
    """What a rebuild finds, by its words."""
    parts = await RebuildService(database).rebuild(now, lambda *_: None)
    return {part.meaning: part.wrong for part in parts if part.wrong}


async def without_keys(database: Database, *statements: str) -> None:
    """Run statements that foreign keys would refuse: what a damaged or hand-edited database may hold."""
    if isinstance(database, SQLiteDatabase):
        with closing(sqlite3.connect(database.path)) as raw:
            for statement in statements:
                raw.execute(statement)
            raw.commit()
        return
    await run(database, "SET LOCAL session_replication_role = replica", *statements)


async def test_a_database_that_its_services_filled_is_as_it_has_to_be(database: Database) -> None:
    house = Counting(database)
    await house.begin(target=6_000)
    await house.begin("days", target=3)
    await house.run(ALICE, "6 km", time="30:00")
    half = (
        await house.run(ALICE, "half marathon", time="2:00:00", now=HOUSE_NOW + timedelta(minutes=20))
    ).figures.run
    await house.moderation.set_aside(GROUP, ALICE, half.run_id, "a bike", HOUSE_NOW)
    before = await held(database)
    assert await wrong(database, HOUSE_NOW + timedelta(hours=1)) == {}
    assert await held(database) == before


async def test_whatever_is_derived_is_made_anew(database: Database) -> None:
    house = Counting(database)
    challenge_id = await house.begin(target=5_000)
    run_id = (await house.run(ALICE, "10 km", time="1:00:00")).figures.run.run_id
    await house.draw(HOUSE_NOW + timedelta(hours=1))
    before, due = await held(database), await house.stored(RESULT)
    await run(
        database,
        f"UPDATE challenge_members SET amount = 7, finished_at = NULL WHERE person_id = {ALICE}",
        f"UPDATE bests SET seconds = 5 WHERE run_id = {run_id}",
        "UPDATE challenges SET turns_at = turns_at + 86400",
        "DELETE FROM schedules WHERE kind = 'challenge_result'",
    )
    assert await wrong(database, HOUSE_NOW) == {
        "sums of challenges other than their runs say": 1,
        "records other than their typed runs say": 1,
        "cards of challenges that would turn too late": 1,
        "challenges under way without a result to come": 1,
    }
    after = await held(database)
    assert after["bests"] == before["bests"]
    assert await house.amount(challenge_id) == 10_000
    assert await house.draw(HOUSE_NOW + timedelta(hours=2)) == [challenge_id]
    assert await house.stored(RESULT) == due
    assert await wrong(database, HOUSE_NOW) == {}


async def test_every_rule_finds_what_breaks_it_and_mends_that_alone(database: Database) -> None:
    await fill(database)
    await wrong(database)
    before = await held(database)
    await run(
        database,
        f"UPDATE bests SET person_id = {BEN} WHERE run_id = 1",
        f"UPDATE nearly_not SET person_id = {BEN} WHERE run_id = 1",
        f"UPDATE moods SET run_id = 3, moment = 'after' WHERE mood_id = {ANNA}1",
        f"UPDATE challenge_members SET group_id = {OTHER} WHERE person_id = {ANNA}",
        f"UPDATE schedules SET group_id = {OTHER} WHERE challenge_id = 1",
        "INSERT INTO schedules (schedule_id, group_id, poll_plan_id, kind, minute, weekdays, off_reason, since_at,"
        f" created_at) VALUES (9, {OTHER}, 2, 'moodpoll', 0, 127, 'once', 0, 0)",
        f"UPDATE deliveries SET person_id = {BEN} WHERE delivery_id = 1",
        f"UPDATE polls SET group_id = {OTHER}, closed_at = 5, result = '{{}}'",
        f"DELETE FROM consents WHERE person_id = {BEN}",
        "INSERT INTO people (person_id, created_at) VALUES (5, 0)",
        "UPDATE schedules SET next_due_at = 1900000000 WHERE schedule_id = 1",
    )
    found = await wrong(database)
    assert found.pop("schedules that would be looked at too late") == 1
    assert {name: found[meaning] for name, meaning in RULES.items()} == dict.fromkeys(RULES, 1) | {
        "votes_of_closed_polls": 2,
        "moods_without_consent": 2,
    }
    assert set(found) <= set(RULES.values())
    after = await held(database)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {
        *("nearly_not", "moods", "challenge_members", "schedules", "polls", "poll_votes", "poll_secrets"),
        *("consents", "run_starts", "figure_people"),
    }
    assert [row for row in after["polls"] if OTHER in row] == []
    assert await wrong(database) == {}


async def test_rows_without_owners_go_with_what_they_own_or_lose_the_name(database: Database) -> None:
    await fill(database)
    await wrong(database)
    before = await held(database)
    await without_keys(
        database,
        "INSERT INTO cheers (run_id, person_id, cheered_at) VALUES (999, 5, 0)",
        "UPDATE board_entries SET person_id = 999",
        f"INSERT INTO members (group_id, person_id, created_at) VALUES (999, {ANNA}, 0)",
        f"INSERT INTO targets (group_id, person_id, from_day, days, set_at) VALUES (999, {ANNA}, '2026-01-05', 3, 0)",
    )
    assert await wrong(database) == {"rows whose owners are missing": 3}
    after = await held(database)
    assert {name for name in before if before[name] != after[name]} == {"board_entries"}
    assert len(after["board_entries"]) == len(before["board_entries"])
    assert await wrong(database) == {}


async def test_an_index_that_lost_an_entry_is_built_anew(sqlite_database: SQLiteDatabase) -> None:
    await fill(sqlite_database)
    await wrong(sqlite_database)
    path = sqlite_database.path
    await sqlite_database.close()
    with closing(sqlite3.connect(path)) as raw:
        index = raw.execute("SELECT * FROM sqlite_schema WHERE name = 'cheers_by_person'").fetchone()
        raw.execute("PRAGMA writable_schema = ON")
        raw.execute("DELETE FROM sqlite_schema WHERE name = 'cheers_by_person'")
        raw.commit()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("INSERT INTO cheers (run_id, person_id, cheered_at) VALUES (2, 77, 0)")
        raw.execute("PRAGMA writable_schema = ON")
        raw.execute("INSERT INTO sqlite_schema VALUES (?, ?, ?, ?, ?)", index)
        raw.commit()
    database = await open_database(f"sqlite:///{path}")
    found = await wrong(database)
    assert found.keys() == {"entries of indexes that do not fit their tables"}
    assert await wrong(database) == {}
    await database.close()


async def test_a_damaged_page_asks_for_a_backup(sqlite_database: SQLiteDatabase) -> None:
    await fill(sqlite_database)
    await sqlite_database.scrub()
    path = sqlite_database.path
    await sqlite_database.close()
    with closing(sqlite3.connect(path)) as raw:
        page = raw.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'runs'").fetchone()[0]
        size = raw.execute("PRAGMA page_size").fetchone()[0]
    with path.open("r+b") as file:
        file.seek((page - 1) * size + 200)
        file.write(b"\xff" * (size - 300))
    database = await open_database(f"sqlite:///{path}")
    with pytest.raises(HostError, match="damaged: stop the bot and restore a backup"):
        await wrong(database)
    await database.close()


async def test_a_database_of_another_version_is_left_alone(sqlite_database: SQLiteDatabase) -> None:
    await run(sqlite_database, "DELETE FROM schema_migrations WHERE version = 5")
    with pytest.raises(HostError, match="second-wind migrate"):
        await wrong(sqlite_database)
    await run(sqlite_database, "CREATE TABLE copy_under_way (source TEXT)")
    with pytest.raises(HostError, match="second-wind copy"):
        await wrong(sqlite_database)


def test_the_command_says_what_it_mended_and_refuses_a_bot_that_runs(
    migrated_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("bot.__main__.set_up_logging", lambda *_: None)
    assert main(["check", "--rebuild"]) == 1
    assert "There is no database at data/second-wind.db" in capsys.readouterr().err
    path = tmp_path / "data" / "second-wind.db"
    path.parent.mkdir()
    path.write_bytes(migrated_file.read_bytes())

    async def fill_in() -> int:
        database = await open_database(f"sqlite:///{path}")
        await run(database, "INSERT INTO people (person_id, created_at) VALUES (5, 0), (6, 0)")
        try:
            return await asyncio.to_thread(main, ["check", "--rebuild"])
        finally:
            await database.close()

    assert asyncio.run(fill_in()) == 1
    assert "Another Second Wind is already using" in capsys.readouterr().err
    assert main(["check", "--rebuild"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "note    Mended: 2 people whom no group knows." in lines
    assert "ok      No rows whose owners are missing." in lines
    assert Counter(line.split()[0] for line in lines)["note"] == 1
    assert main(["check", "--rebuild"]) == 0
    assert "note" not in capsys.readouterr().out
