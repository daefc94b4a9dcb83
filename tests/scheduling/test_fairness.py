"""Groups take turns, whoever has how much to send."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.scheduling.fairness import in_turns
from bot.scheduling.service import DeliveryService
from bot.storage import Connection, Database


@dataclass(frozen=True)
class Waiting:
    number: int
    group_id: int


WAITING = st.lists(st.integers(0, 5), max_size=60).map(
    lambda groups: [Waiting(number, group) for number, group in enumerate(groups)]
)


@given(WAITING)
@settings(max_examples=150)
def test_nothing_is_lost_and_a_groups_own_stay_in_their_order(waiting: list[Waiting]) -> None:
    turns = in_turns(waiting)
    assert sorted(turns, key=lambda each: each.number) == waiting
    for group in range(6):
        own = [each.number for each in turns if each.group_id == group]
        assert own == sorted(own)


@given(WAITING)
@settings(max_examples=150)
def test_before_anybodys_nth_no_group_had_more_than_n(waiting: list[Waiting]) -> None:
    had = dict.fromkeys(range(6), 0)
    for each in in_turns(waiting):
        had[each.group_id] += 1
        assert max(had.values()) <= had[each.group_id]


async def test_thousands_of_one_group_leave_room_for_anothers_in_the_first_batch(database: Database) -> None:
    async def fill(connection: Connection) -> None:
        await connection.run("INSERT INTO groups (group_id, created_at) VALUES (1, 1), (2, 1)", ())
        for group_id in (1, 2):
            await connection.run(
                "INSERT INTO schedules (schedule_id, group_id, kind, minute, weekdays, off_reason, since_at,"
                f" created_at) VALUES ({group_id}, {group_id}, 'opener', 0, 1, 'once', 1, 1)",
                (),
            )
        rows = [(number, 1, 10) for number in range(1, 41)] + [(100, 2, 20)]
        for number, group_id, due in rows:
            await connection.run(
                "INSERT INTO deliveries (delivery_id, schedule_id, group_id, kind, occurrence_day, ordinal, due_at,"
                f" try_at, created_at) VALUES ({number}, {group_id}, {group_id}, 'opener', '2026-11-16', {number},"
                f" {due}, {due}, 1)",
                (),
            )

    await database.write(fill)
    batch = await DeliveryService(database).due(datetime(2026, 11, 18, tzinfo=UTC), most=3)
    assert [each.delivery_id for each in batch] == [1, 100, 2]
