"""Migrations: each whole or not at all, recorded, once, and never backwards."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import pytest

from bot.errors import HostError
from bot.scheduling.service import DeliveryService
from bot.storage import Connection, Database, migrations, open_database
from bot.storage.migrations import Migration

TABLES = {
    "sqlite": "SELECT count(*) FROM sqlite_master WHERE name = 'half'",
    "postgresql": "SELECT count(*) FROM pg_tables WHERE tablename = 'half'",
}


OF_THE_FIRST_VERSION = (
    "INSERT INTO groups (group_id, zone, runs_channel_id, set_up_at, created_at) VALUES (1, 'Europe/Berlin', 9, 1, 1)",
    "INSERT INTO people (person_id, zone, created_at) VALUES (5, 'Europe/Rome', 1)",
    "INSERT INTO members (group_id, person_id, plan, created_at) VALUES (1, 5, 'after work', 1)",
    """INSERT INTO runs (run_id, group_id, person_id, interaction_id, activity, running_day, metres, source, visibility,
    note, created_at) VALUES (7, 1, 5, 7, 'run', '2026-11-20', 5000, 'typed', 'group', 'rain', 1)""",
)


async def _run(statement: str, connection: Connection) -> None:
    await connection.run(statement, ())


async def versions(database: Database) -> list[tuple[int, str, int]]:
    async def read(connection: Connection) -> list[tuple[int, str, int]]:
        rows = await connection.all(
            "SELECT version, name, applied_at FROM schema_migrations ORDER BY version", ()
        )
        return [(row["version"], row["name"], row["applied_at"]) for row in rows]

    return await database.read(read)


async def test_every_migration_is_applied_once_and_recorded(empty_database_url: str) -> None:
    database = await open_database(empty_database_url)
    try:
        names = [migration.name for migration in migrations.known()]
        assert await database.migrate(now=1_000) == names
        assert await database.migrate(now=2_000) == []
        assert await versions(database) == [(m.version, m.name, 1_000) for m in migrations.known()]
    finally:
        await database.close()


async def test_a_migration_that_breaks_in_the_middle_leaves_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await versions(database)
    broken = Migration(
        9_999, "9999_broken", "CREATE TABLE half (a BIGINT);\nINSERT INTO half VALUES (1);\nNONSENSE;"
    )
    monkeypatch.setattr(migrations, "known", lambda: [broken])
    with pytest.raises(Exception, match=r"(?i)syntax error"):
        await database.migrate(now=5)
    assert await versions(database) == before
    assert await database.read(lambda connection: connection.value(TABLES[database.dialect], ())) == 0

    mended = Migration(9_999, "9999_mended", "CREATE TABLE half (a BIGINT);\nINSERT INTO half VALUES (1);")
    monkeypatch.setattr(migrations, "known", lambda: [mended])
    assert await database.migrate(now=6) == ["9999_mended"]
    assert await database.read(lambda connection: connection.value("SELECT a FROM half", ())) == 1


async def test_a_newer_database_is_refused_and_left_alone(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = Migration(9_999, "9999_of_next_year", "CREATE TABLE half (a BIGINT);")
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "known", lambda: [newer])
        await database.migrate(now=5)
    before = await versions(database)
    with pytest.raises(HostError, match=r"newer version \(9999\)"):
        await database.migrate(now=6)
    assert await versions(database) == before


async def test_another_programs_database_is_refused_and_left_alone(
    empty_database_url: str,
) -> None:
    database = await open_database(empty_database_url)
    try:
        await database.write(partial(_run, "CREATE TABLE runs (ours BIGINT)"))
        with pytest.raises(HostError, match="belongs to another program") as refused:
            await database.migrate(now=5)
        assert refused.value.exit_code == 2
        await database.write(partial(_run, "DROP TABLE runs"))
        assert await database.migrate(now=6)
    finally:
        await database.close()


def test_a_file_is_cut_into_its_statements() -> None:
    text = (
        "-- a; comment\nCREATE TABLE a (b TEXT DEFAULT ';');\n"
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN\n  DELETE FROM a; END;\nSELECT 1"
    )
    statements = [statement.strip() for statement in Migration(1, "0001_x", text).statements()]
    assert [statement.splitlines()[0] for statement in statements] == [
        "-- a; comment",
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN",
        "SELECT 1",
    ]


def test_numbers_of_migrations_are_gapless_and_unique() -> None:
    assert [migration.version for migration in migrations.known()] == list(
        range(1, len(migrations.known()) + 1)
    )


async def test_a_group_of_the_first_version_survives_the_week(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """0002: old rows stay as they were, and the group's posts begin with the next housekeeping."""
    first, *_ = migrations.known()
    database = await open_database(empty_database_url)
    try:
        with monkeypatch.context() as patch:
            patch.setattr(migrations, "known", lambda: [first])
            await database.migrate(now=1)
        for statement in OF_THE_FIRST_VERSION:
            await database.write(partial(_run, statement))
        assert await database.migrate(now=2) == [each.name for each in migrations.known()[1:]]
        [row] = await database.read(
            lambda connection: connection.all(
                "SELECT g.zone, g.posts, g.cards_today, m.plan, m.listed, m.recent_words, r.note, r.metres, r.words_key"
                " FROM runs r JOIN members m ON m.person_id = r.person_id JOIN groups g ON g.group_id = r.group_id",
                (),
            )
        )
        assert dict(row) == {
            "zone": "Europe/Berlin",
            "posts": "weekly",
            "cards_today": 0,
            "plan": "after work",
            "listed": None,
            "recent_words": "",
            "note": "rain",
            "metres": 5000,
            "words_key": None,
        }
        assert await DeliveryService(database).align_groups(datetime(2026, 11, 20, tzinfo=UTC)) == 1
        assert await DeliveryService(database).align_groups(datetime(2026, 11, 20, tzinfo=UTC)) == 0
    finally:
        await database.close()


async def test_schedules_and_deliveries_of_the_week_survive_challenges(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """0003: a group has one opener still, and each challenge a card and a result of its own."""
    first, second, *_ = migrations.known()
    database = await open_database(empty_database_url)
    schedule = (
        "INSERT INTO schedules (schedule_id, group_id, kind, minute, weekdays, off_reason, since_at, created_at{more})"
        " VALUES ({number}, 1, '{kind}', 480, 1, 'posts_off', 0, 0{value})"
    )
    try:
        with monkeypatch.context() as patch:
            patch.setattr(migrations, "known", lambda: [first, second])
            await database.migrate(now=1)
        for statement in (
            *OF_THE_FIRST_VERSION,
            schedule.format(number=1, kind="opener", more="", value=""),
            """INSERT INTO deliveries (delivery_id, schedule_id, group_id, kind, occurrence_day, due_at, state,
            channel_id, message_id, ended_at, created_at)
            VALUES (5, 1, 1, 'opener', '2026-11-16', 0, 'sent', 7, 8, 1, 0)""",
        ):
            await database.write(partial(_run, statement))
        assert await database.migrate(now=2) == [each.name for each in migrations.known()[2:]]
        [row] = await database.read(
            lambda connection: connection.all(
                "SELECT d.message_id, s.kind, s.challenge_id, g.challenges_by FROM deliveries d"
                " JOIN schedules s ON s.schedule_id = d.schedule_id JOIN groups g ON g.group_id = s.group_id",
                (),
            )
        )
        assert dict(row) == {
            "message_id": 8,
            "kind": "opener",
            "challenge_id": None,
            "challenges_by": "organisers",
        }
        for number in (1, 2):
            await database.write(
                partial(
                    _run,
                    "INSERT INTO challenges (challenge_id, group_id, interaction_id, kind, measure, title, target,"
                    f" first_day, last_day, channel_id, created_at) VALUES ({number}, 1, {number}, 'together',"
                    " 'metres', 'x', 1, '2026-11-16', '2026-11-29', 7, 0)",
                )
            )
            for place, kind in enumerate(("challenge_card", "challenge_result")):
                made = schedule.format(
                    number=10 * number + place, kind=kind, more=", challenge_id", value=f", {number}"
                )
                await database.write(partial(_run, made))
        for again in (
            schedule.format(number=90, kind="opener", more="", value=""),
            schedule.format(number=91, kind="challenge_card", more=", challenge_id", value=", 1"),
        ):
            with pytest.raises(Exception, match=r"(?i)unique"):
                await database.write(partial(_run, again))
    finally:
        await database.close()


async def test_runs_schedules_and_settings_survive_feelings(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """0004: feelings are off everywhere, a group has one opener still, and each poll a schedule of its own."""
    first, second, third, *_ = migrations.known()
    database = await open_database(empty_database_url)
    opener = (
        "INSERT INTO schedules (schedule_id, group_id, kind, minute, weekdays, off_reason, since_at, created_at{more})"
        " VALUES ({number}, 1, 'opener', 480, 1, 'posts_off', 0, 0{value})"
    )
    try:
        with monkeypatch.context() as patch:
            patch.setattr(migrations, "known", lambda: [first, second, third])
            await database.migrate(now=1)
        for statement in (*OF_THE_FIRST_VERSION, opener.format(number=1, more="", value="")):
            await database.write(partial(_run, statement))
        assert await database.migrate(now=2) == [each.name for each in migrations.known()[3:]]
        [row] = await database.read(
            lambda connection: connection.all(
                "SELECT r.note, m.plan, s.kind, s.poll_plan_id, g.feelings_confirmed_at, g.feelings_age, g.resources"
                " FROM runs r JOIN members m ON m.group_id = r.group_id JOIN schedules s ON s.group_id = r.group_id"
                " JOIN groups g ON g.group_id = r.group_id",
                (),
            )
        )
        assert dict(row) == {
            "note": "rain",
            "plan": "after work",
            "kind": "opener",
            "poll_plan_id": None,
            "feelings_confirmed_at": None,
            "feelings_age": 16,
            "resources": None,
        }
        for number in (1, 2):
            plan = (
                "INSERT INTO poll_plans (plan_id, group_id, interaction_id, kind, minimum, open_seconds, weekly,"
                f" channel_id, created_at) VALUES ({number}, 1, {number}, 'pulse', 5, 3600, 1, 7, 0)"
            )
            await database.write(partial(_run, plan))
            made = opener.format(number=10 + number, more=", poll_plan_id", value=f", {number}")
            await database.write(partial(_run, made))
        for again in (
            opener.format(number=90, more="", value=""),
            opener.format(number=91, more=", poll_plan_id", value=", 1"),
        ):
            with pytest.raises(Exception, match=r"(?i)unique"):
                await database.write(partial(_run, again))
    finally:
        await database.close()
