"""What a member set, takes along and erases, on both engines."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.errors import Refusal
from bot.members.export import packed
from bot.members.removals import CardRemovals
from bot.members.service import MemberService
from bot.moodpolls.rules import voter_code
from bot.plans.service import PlanService
from bot.storage import Connection, Database
from bot.storage.sqlite import SQLiteDatabase

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
GROUP, OTHER, ANNA, BEN = 10, 20, 100, 7_770_007
MARKER = "zq7-erased-marker-81f3"
SECRET = "5e" * 32
FEELINGS = ("consents", "moods", "run_starts", "nearly_not", "care_shown", "figure_people")


async def run(database: Database, *statements: str) -> None:
    async def work(connection: Connection) -> None:
        for statement in statements:
            await connection.run(statement, {})

    await database.write(work)


async def count(database: Database, table: str, where: str = "1 = 1") -> int:
    async def work(connection: Connection) -> int:
        return int(await connection.value(f"SELECT COUNT(*) FROM {table} WHERE {where}", {}))

    return await database.read(work)


def run_row(run_id: int, person: int, group: int = GROUP, note: str = "", message: int | None = None) -> str:
    place = f"{message}, 5" if message else "NULL, NULL"
    return (
        "INSERT INTO runs (run_id, group_id, person_id, interaction_id, activity, running_day, metres, seconds,"
        " source, visibility, note, created_at, message_id, channel_id) VALUES"
        f" ({run_id}, {group}, {person}, {run_id}, 'run', '2026-11-{10 + run_id}', 5000, 1500, 'typed', 'group',"
        f" '{note}', 1763460000, {place})"
    )


def feelings_of(person: int, run_id: int) -> list[str]:
    """Everything that a member who keeps feelings has stored: ids follow from the person's."""
    who = f"{GROUP}, {person}"
    return [
        "INSERT INTO consents (group_id, person_id, purpose, version, age, agreed_at)"
        f" VALUES ({who}, 'keep', 1, 16, 1763460000), ({who}, 'group_figure', 1, 16, 1763460060)",
        "INSERT INTO moods (mood_id, group_id, person_id, interaction_id, moment, recalled, run_id, entered_at,"
        " entered_day, scale_version, mood, stress, focus, energy, sleep, effort, words_key)"
        f" VALUES ({person}1, {who}, {person}1, 'before', 1, {run_id}, 1763460000, '2026-11-11', 1, -2, 4, 2, 3, NULL,"
        f" NULL, 'low-1'), ({person}2, {who}, {person}2, 'day', 0, NULL, 1763546400, '2026-11-12', 1, 3, NULL, NULL,"
        " NULL, 5, NULL, NULL)",
        "INSERT INTO run_starts (start_id, group_id, person_id, interaction_id, pressed_at)"
        f" VALUES ({person}1, {who}, {person}1, 1763460000)",
        f"INSERT INTO nearly_not (run_id, group_id, person_id, marked_at) VALUES ({run_id}, {who}, 1763460000)",
        f"INSERT INTO care_shown (group_id, person_id, shown_day, dismissed) VALUES ({who}, '2026-11-12', 1)",
        f"INSERT INTO figure_people (group_id, person_id) VALUES ({who})",
    ]


async def lived_in(database: Database) -> None:
    """Anna and Ben in one group; Anna in another too. Every table holds something of Anna's."""
    members, plans = MemberService(database), PlanService(database)
    await members.set_zone(GROUP, ANNA, "Europe/Berlin", NOW)
    await members.set_visibility(OTHER, ANNA, "private", NOW)
    await members.set_visibility(GROUP, BEN, "group", NOW)
    await plans.set_days(GROUP, ANNA, 4, NOW)
    await plans.set_wishes(GROUP, ANNA, "20 km", "90", f"after work {MARKER}", NOW)
    await plans.pause(GROUP, ANNA, start="", end="", reason=f"knee {MARKER}", interaction_id=900, now=NOW)
    await run(
        database,
        run_row(1, ANNA, note=f"rain {MARKER}", message=71),
        run_row(2, ANNA),
        run_row(3, BEN, message=73),
        run_row(4, ANNA, OTHER, message=74),
        f"INSERT INTO bests (run_id, group_id, person_id, mark, seconds) VALUES (1, {GROUP}, {ANNA}, 1000, 290)",
        f"INSERT INTO cheers (run_id, person_id, cheered_at) VALUES (1, {BEN}, 0), (3, {ANNA}, 0)",
        f"INSERT INTO reports (run_id, person_id, reason, reported_at) VALUES (3, {ANNA}, '{MARKER}', 0)",
        f"INSERT INTO rest_days (group_id, person_id, rest_day, created_at) VALUES ({GROUP}, {ANNA}, '2026-11-10', 0)",
        "INSERT INTO notices (notice_id, group_id, person_id, kind, run_id, detail, created_at)"
        f" VALUES (1, {GROUP}, {ANNA}, 'set_aside', 1, '{MARKER}', 0)",
        "INSERT INTO week_plans (group_id, person_id, week_day, days, words, planned_at)"
        f" VALUES ({GROUP}, {ANNA}, '2026-11-09', 3, '{MARKER}', 0)",
        "INSERT INTO schedules (schedule_id, group_id, person_id, kind, minute, weekdays, words, since_at, next_due_at,"
        f" created_at) VALUES (1, {GROUP}, {ANNA}, 'reminder', 420, 127, '{MARKER}', 0, 0, 0)",
        "INSERT INTO deliveries (delivery_id, schedule_id, group_id, person_id, kind, occurrence_day, due_at, try_at,"
        f" content, created_at) VALUES (1, 1, {GROUP}, {ANNA}, 'reminder', '2026-11-10', 0, 0, '{MARKER}', 0)",
        "INSERT INTO boards (board_id, group_id, week_day, listed, people, check_ins, days, metres, seconds,"
        f" created_at) VALUES (1, {GROUP}, '2026-11-02', 1, 1, 1, 1, 5000, 1500, 0)",
        "INSERT INTO board_entries (board_id, position, place, share, kept, person_id)"
        f" VALUES (1, 1, 1, 100, 1, {ANNA})",
        "INSERT INTO challenges (challenge_id, group_id, maker_id, interaction_id, kind, measure, title, line,"
        " first_day, last_day, channel_id, created_at, posted_at)"
        f" VALUES (1, {GROUP}, {ANNA}, 901, 'teams', 'metres', 'Owls {MARKER}', 'Any pace {MARKER}', '2025-11-01',"
        " '2025-11-30', 5, 0, 0)",
        "INSERT INTO challenge_teams (challenge_id, team, name) VALUES (1, 1, 'Owls'),"
        f" (1, 2, 'Larks {MARKER}')",
        "INSERT INTO challenge_members (challenge_id, group_id, person_id, team, amount, joined_at)"
        f" VALUES (1, {GROUP}, {ANNA}, 2, 5000, 0), (1, {GROUP}, {BEN}, 1, 5000, 0)",
        *feelings_of(ANNA, 1),
        *feelings_of(BEN, 3),
        "INSERT INTO poll_plans (plan_id, group_id, maker_id, interaction_id, kind, question, answers, minimum,"
        f" open_seconds, weekly, channel_id, created_at, posted_at) VALUES (1, {GROUP}, {ANNA}, 1, 'question',"
        f" '{MARKER}?', '[\"{MARKER}\", \"no\"]', 5, 86400, 0, 5, 0, 0), (2, {GROUP}, {ANNA}, 2, 'pulse', NULL, NULL,"
        " 5, 86400, 1, 5, 0, 0)",
        f"INSERT INTO polls (poll_id, plan_id, group_id, opened_at, closes_at) VALUES (2, 2, {GROUP}, 0, 86400)",
        f"INSERT INTO poll_secrets (poll_id, secret) VALUES (2, '{SECRET}')",
        *(
            f"INSERT INTO poll_votes (poll_id, voter, first, second) VALUES (2, '{voter_code(SECRET, 2, who)}', 4, 3)"
            for who in (ANNA, BEN)
        ),
    )


async def test_the_group_stands_in_until_the_member_chose(database: Database) -> None:
    members = MemberService(database)
    before = await members.settings(GROUP, ANNA)
    await run(
        database,
        f"INSERT INTO groups (group_id, zone, units, created_at) VALUES ({GROUP}, 'Asia/Tokyo', 'mi', 0)",
    )
    grouped = await members.settings(GROUP, ANNA)
    await members.set_zone(GROUP, ANNA, "Europe/Rome", NOW)
    own = await members.set_units(GROUP, ANNA, "km", NOW)
    back = await members.set_zone(GROUP, ANNA, None, NOW)

    assert (before.zone_name, before.units, before.visibility) == ("UTC", "km", "group")
    assert (grouped.zone_name, grouped.units) == ("Asia/Tokyo", "mi")
    assert (own.zone_name, own.units) == ("Europe/Rome", "km")
    assert (back.zone_name, back.units) == ("Asia/Tokyo", "km")


async def test_zone_and_units_follow_the_person_while_visibility_is_of_the_group(database: Database) -> None:
    members = MemberService(database)
    await members.set_zone(GROUP, ANNA, "Europe/Rome", NOW)
    await members.set_visibility(GROUP, ANNA, "private", NOW)

    elsewhere = await members.settings(OTHER, ANNA)

    assert (elsewhere.zone_name, elsewhere.visibility) == ("Europe/Rome", "group")
    assert (await members.settings(GROUP, BEN)).zone_name == "UTC"


async def test_values_that_no_button_sends_are_refused(database: Database) -> None:
    members = MemberService(database)

    with pytest.raises(Refusal):
        await members.set_units(GROUP, ANNA, "leagues", NOW)
    with pytest.raises(Refusal):
        await members.set_visibility(GROUP, ANNA, "everyone", NOW)
    with pytest.raises(Refusal):
        await members.set_language(GROUP, ANNA, "tlh", ("en", "de"), NOW)
    assert await count(database, "people") == 0


async def exported(
    database: Database, group_id: int, person_id: int
) -> tuple[dict[str, Any], zipfile.ZipFile]:
    data = packed(await MemberService(database).export(group_id, person_id), NOW)
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    return json.loads(archive.read("second-wind.json")), archive


async def test_the_export_holds_every_part_of_the_member_and_nothing_of_others(database: Database) -> None:
    await lived_in(database)

    document, archive = await exported(database, GROUP, ANNA)

    assert [each["run_id"] for each in document["runs"]] == ["1", "2"]
    first = document["runs"][0]
    assert first["note"] == f"rain {MARKER}"
    assert (first["cheers_received"], first["late"], first["created_at"]) == (
        1,
        False,
        "2025-11-18T10:00:00+00:00",
    )
    assert document["bests"] == [{"run_id": "1", "mark": 1000, "seconds": 290}]
    assert [each["run_id"] for each in document["cheers_given"]] == ["3"]
    assert [each["days"] for each in document["targets"]] == [4]
    assert document["pauses"][0]["reason"] == f"knee {MARKER}"
    assert document["rest_days"][0]["rest_day"] == "2026-11-10"
    assert document["reports_made"][0]["reason"] == MARKER
    assert document["notices"][0]["detail"] == MARKER
    assert document["person"][0]["zone"] == "Europe/Berlin"
    assert document["member"][0]["weekly_metres"] == 20_000
    assert [(each["title"], each["team"], each["amount"]) for each in document["challenges_joined"]] == [
        (f"Owls {MARKER}", f"Larks {MARKER}", 5_000)
    ]
    assert [each["line"] for each in document["challenges_made"]] == [f"Any pace {MARKER}"]
    assert [each["name"] for each in document["challenge_teams_named"]] == ["Owls", f"Larks {MARKER}"]
    assert str(BEN) not in json.dumps(document)
    names = set(archive.namelist())
    assert {"runs.csv", "bests.csv", "targets.csv", "pauses.csv", "member.csv"} <= names
    rows = list(csv.DictReader(io.StringIO(archive.read("runs.csv").decode("utf-8-sig"))))
    assert [row["metres"] for row in rows] == ["5000", "5000"]


async def test_every_column_that_is_stored_of_a_member_is_in_the_export(
    sqlite_database: SQLiteDatabase,
) -> None:
    """Whoever adds a column adds it to the export, or to the list of what is left out and why."""
    await lived_in(sqlite_database)
    document, _ = await exported(sqlite_database, GROUP, ANNA)
    keys = {"group_id", "person_id"}  # stand once, at the head of the document
    parts = {
        "people": "person",
        "members": "member",
        "runs": "runs",
        "bests": "bests",
        "targets": "targets",
        "pauses": "pauses",
        "rest_days": "rest_days",
        "reports": "reports_made",
        "cheers": "cheers_given",
        "notices": "notices",
        "week_plans": "week_plans",
        "schedules": "reminders",
        "deliveries": "deliveries",
        "board_entries": "boards",
        "challenge_members": "challenges_joined",
        "challenges": "challenges_made",
        "challenge_teams": "challenge_teams_named",
        "consents": "consents",
        "moods": "moods",
        "run_starts": "run_starts",
        "nearly_not": "nearly_not",
        "care_shown": "care_shown",
        "figure_people": "group_figure",
        "poll_plans": "polls_made",
    }
    own = {
        "ordinal",
        "pause_id",
        "notice_id",
        "schedule_id",
        "delivery_id",
        "board_id",
        "position",
        "maker_id",  # the member's own
        "challenge_id",  # of a group's schedule
        "poll_plan_id",
        "redraw",
        "redrawn_at",
        "turns_at",
        "final_total",  # the whole group's
        "final_people",
        "final_amount",
    }  # our bookkeeping, which says nothing of the member

    for table, part in parts.items():

        async def columns(connection: Connection, table: str = table) -> set[str]:
            return {row["name"] for row in await connection.all(f"PRAGMA table_info({table})", {})}

        stored = await sqlite_database.read(columns) - keys - own
        assert stored <= set(document[part][0]), table


async def test_a_note_that_a_spreadsheet_would_run_stays_text_in_the_tables(database: Database) -> None:
    await MemberService(database).set_visibility(GROUP, ANNA, "group", NOW)
    await run(database, run_row(1, ANNA, note="=HYPERLINK(0)"))

    document, archive = await exported(database, GROUP, ANNA)

    assert document["runs"][0]["note"] == "=HYPERLINK(0)"
    assert "'=HYPERLINK(0)" in archive.read("runs.csv").decode()


async def test_the_export_of_somebody_unknown_is_empty_and_whole(database: Database) -> None:
    document, archive = await exported(database, GROUP, ANNA)

    assert document["runs"] == []
    assert archive.namelist() == ["second-wind.json"]


async def test_erasing_check_ins_leaves_goals_and_settings(database: Database) -> None:
    await lived_in(database)
    members = MemberService(database)

    erased = await members.erase_runs(GROUP, ANNA, NOW)

    assert (erased.holdings.runs, erased.holdings.bests, erased.scrubbed) == (2, 1, True)
    assert await count(database, "runs", f"person_id = {ANNA} AND group_id = {GROUP}") == 0
    assert await count(database, "runs") == 2, "Ben's, and Anna's of the other group"
    assert await count(database, "bests") == 0
    assert await count(database, "cheers", "run_id = 1") == 0
    assert await count(database, "targets") == 1
    assert await count(database, "pauses") == 1
    assert [each.message_id for each in await CardRemovals(database).waiting()] == [71]


async def test_erasing_everything_takes_all_of_the_member_in_this_group(database: Database) -> None:
    await lived_in(database)
    members = MemberService(database)

    erased = await members.erase_everything(GROUP, ANNA, NOW)

    assert erased.cheered_runs == (3,), "Ben's card is drawn anew without her cheer"
    for table in ("targets", "pauses", "rest_days", "reports", "notices", "bests", "cheers"):
        assert await count(database, table) == 0, table
    assert await count(database, "members", f"person_id = {ANNA} AND group_id = {GROUP}") == 0
    assert (await members.settings(OTHER, ANNA)).zone_name == "Europe/Berlin", "another group knows her"
    assert await count(database, "runs", f"person_id = {ANNA}") == 1

    await members.erase_everything(OTHER, ANNA, NOW)
    assert await count(database, "people", f"person_id = {ANNA}") == 0
    assert await count(database, "people", f"person_id = {BEN}") == 1


async def test_erasing_where_nothing_is_stored_changes_nothing(database: Database) -> None:
    await lived_in(database)

    erased = await MemberService(database).erase_everything(GROUP, 999, NOW)

    assert erased.holdings.runs == 0
    assert await count(database, "runs") == 4


def copies(path: Path) -> int:
    files = [path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")]
    return sum(each.read_bytes().count(MARKER.encode()) for each in files if each.exists())


async def test_erasure_leaves_no_copy_in_the_database_s_files(sqlite_database: SQLiteDatabase) -> None:
    await lived_in(sqlite_database)
    assert copies(sqlite_database.path) > 0, "the marker has to be there for this test to mean anything"

    await MemberService(sqlite_database).erase_everything(GROUP, ANNA, NOW)

    assert copies(sqlite_database.path) == 0
