"""The campaign that kills the bot while it delivers: a short one is clean, and what is wrong is counted."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from benchmarks.faults_deliveries import campaign
from benchmarks.faults_found import Found, compare
from benchmarks.faults_world import REMINDER, Schedule, empty_database, expected, furnish
from benchmarks.standin import StandIn
from bot.clock import epoch

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)


async def test_six_kills_while_delivering_double_and_lose_nothing(tmp_path: Path) -> None:
    found = await campaign(tmp_path, kills=6, seed=11)
    assert found.clean, found.cases
    assert found.kills.total() == 6
    assert found.faults.total() > 5
    assert found.occurrences == found.deliveries == found.sent.total() + found.skipped.total()
    assert found.sent["reminder"] > 20


@pytest.mark.parametrize(
    ("zone", "minute", "first"),
    [
        ("Asia/Kolkata", 17 * 60 + 30, 18),  # now, to the minute
        ("Asia/Kolkata", 17 * 60 + 35, 17),
        ("Pacific/Auckland", 60, 19),  # tomorrow's date there
    ],
)
def test_the_oracle_reads_dates_off_the_wall_clock(zone: str, minute: int, first: int) -> None:
    since = NOW - timedelta(hours=24)
    schedule = Schedule(1, 2, 3, REMINDER, zone, minute, 127, since, None)
    assert {day.day for day in expected(schedule, NOW)} == {first}


class Case:
    """A file with one reminder due an hour ago, and what came of it."""

    def __init__(self, folder: Path, discord_: StandIn, schedule: Schedule) -> None:
        self.path, self.discord_, self.schedule = folder / "a.db", discord_, schedule

    def store(self, *, state: str = "sent", reason: str | None = None, days_later: int = 0) -> None:
        zone, due = ZoneInfo(self.schedule.zone), NOW + timedelta(days=days_later)
        with closing(sqlite3.connect(self.path)) as raw, raw:
            raw.execute(
                "INSERT INTO deliveries (delivery_id, schedule_id, group_id, person_id, kind, occurrence_day, due_at,"
                " state, reason, message_id, ended_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    77 + days_later, 9, self.schedule.group_id, self.schedule.person_id, REMINDER,
                    due.astimezone(zone).date().isoformat(), epoch(due - timedelta(hours=1)), state, reason,
                    (self.message or 5) if state == "sent" else None, epoch(due), 0,
                ),
            )  # fmt: skip

    message: int | None = None

    def post(self) -> None:
        assert self.schedule.person_id is not None
        channel = int(self.discord_.channels.open(self.schedule.person_id)["id"])
        button = {"type": 2, "style": 2, "label": "Well", "custom_id": "sw:remind.rest:77"}
        message = {"components": [{"type": 1, "components": [button]}], "nonce": "sw77"}
        sent = self.discord_.channels.send(channel, message, [])
        self.message = int(sent["id"])

    def judge(self) -> Found:
        found = Found()
        compare(found, self.path, self.discord_, [self.schedule], NOW, NOW)
        return found


@pytest.fixture
async def case(tmp_path: Path) -> Case:
    discord_ = StandIn(guilds=1, members=3)
    await empty_database(tmp_path / "empty.db")
    furnish(tmp_path / "empty.db", tmp_path / "a.db", discord_, NOW, random.Random(1))
    guild = discord_.guilds[0]
    due = NOW - timedelta(hours=1)
    minute, weekday = due.hour * 60 + due.minute, 1 << due.weekday()
    person = guild.members[0].id  # who gets direct messages
    schedule = Schedule(9, guild.id, person, REMINDER, "UTC", minute, weekday, NOW - timedelta(days=1), None)
    with closing(sqlite3.connect(tmp_path / "a.db")) as raw, raw:
        raw.execute("DELETE FROM deliveries")
        raw.execute("DELETE FROM schedules")
        raw.execute(
            "INSERT INTO schedules (schedule_id, group_id, person_id, kind, minute, weekdays, since_at, next_due_at,"
            " created_at) VALUES (9, ?, ?, 'reminder', ?, ?, 0, 0, 0)",
            (guild.id, person, minute, weekday),
        )
    return Case(tmp_path, discord_, schedule)


async def test_what_is_sent_and_there_once_is_clean(case: Case) -> None:
    case.post()
    case.store()
    found = case.judge()
    assert found.clean, found.cases
    assert found.sent == {"reminder": 1}


async def test_a_message_that_stands_there_twice_is_counted(case: Case) -> None:
    case.post()
    case.post()
    case.store()
    assert case.judge().duplicates == 1


async def test_an_occurrence_without_a_row_is_lost(case: Case) -> None:
    assert case.judge().lost == 1


async def test_a_row_that_says_sent_without_a_message_is_a_lie(case: Case) -> None:
    case.store()
    assert case.judge().lies == 1


async def test_a_message_whose_row_says_skipped_is_a_lie(case: Case) -> None:
    case.post()
    case.store(state="skipped", reason="late")
    assert case.judge().lies == 1


@pytest.mark.parametrize("reason", ["messages_closed", "late", "channel_gone", "gave_up"])
async def test_a_reason_that_does_not_hold_is_counted(case: Case, reason: str) -> None:
    case.store(state="skipped", reason=reason)
    assert case.judge().unexplained == 1


async def test_a_row_of_a_day_that_was_not_due_is_strange(case: Case) -> None:
    case.post()
    case.store()
    case.store(state="skipped", reason="late", days_later=1)
    assert case.judge().strange == 1


async def test_a_message_of_no_delivery_is_strange(case: Case) -> None:
    case.post()
    found = case.judge()
    assert (found.strange, found.lost) == (1, 1)
