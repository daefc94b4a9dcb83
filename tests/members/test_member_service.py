"""What a member set, takes along and erases, on both engines."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from bot.errors import Refusal
from bot.members.removals import CardRemovals
from bot.members.service import MemberService
from bot.storage import Connection, Database
from bot.storage.sqlite import SQLiteDatabase
from tests.members.lived import ANNA, BEN, GROUP, MARKER, NOW, OTHER, count, exported, lived_in, run, run_row


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
        "taken_by",  # of processes
        "taken_until",
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
