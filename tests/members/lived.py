"""A database in which two people lived for a while."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

from bot.members.export import packed
from bot.members.service import MemberService
from bot.moodpolls.rules import voter_code
from bot.plans.service import PlanService
from bot.storage import Connection, Database

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
        (
            "INSERT INTO consents (group_id, person_id, purpose, version, age, agreed_at)"
            f" VALUES ({who}, 'keep', 1, 16, 1763460000), ({who}, 'group_figure', 1, 16, 1763460060)"
        ),
        (
            "INSERT INTO moods (mood_id, group_id, person_id, interaction_id, moment, recalled, run_id, entered_at,"
            " entered_day, scale_version, mood, stress, focus, energy, sleep, effort, words_key)"
            f" VALUES ({person}1, {who}, {person}1, 'before', 1, {run_id}, 1763460000, '2026-11-11', 1, -2, 4, 2, 3,"
            f" NULL, NULL, 'low-1'), ({person}2, {who}, {person}2, 'day', 0, NULL, 1763546400, '2026-11-12', 1, 3,"
            " NULL, NULL, NULL, 5, NULL, NULL)"
        ),
        (
            "INSERT INTO run_starts (start_id, group_id, person_id, interaction_id, pressed_at)"
            f" VALUES ({person}1, {who}, {person}1, 1763460000)"
        ),
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


async def exported(
    database: Database, group_id: int, person_id: int
) -> tuple[dict[str, Any], zipfile.ZipFile]:
    data = packed(await MemberService(database).export(group_id, person_id), NOW)
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    return json.loads(archive.read("second-wind.json")), archive
