"""Support resources and the low-mood answer, on both engines: when they come, when never, and what is stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.care.rules import USUAL, Resource, Resources
from bot.care.service import CareService
from bot.consents.rules import KEEP
from bot.consents.service import ConsentService
from bot.errors import Refusal
from bot.moods.scales import Values
from bot.moods.service import MoodService
from bot.storage import Connection, Database, Row

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
GROUP, ANN, BOB = 1, 5, 6
OWN = Resources((Resource("Village doctor", "555 12 34"),), "Ring any time.")


async def rows(database: Database, sql: str) -> list[dict[str, Any]]:
    async def work(connection: Connection) -> list[Row]:
        return await connection.all(sql, ())

    return [dict(row) for row in await database.read(work)]


class Log:
    """Entries of one member after another; says whether each answer carried the resources."""

    def __init__(self, database: Database) -> None:
        self.moods, self.consents = MoodService(database), ConsentService(database)
        self.care, self._number = CareService(database), 0

    async def begin(self) -> Log:
        await self.care.use_usual(GROUP, NOW)
        for person_id in (ANN, BOB):
            await self.consents.agree(GROUP, person_id, KEEP, 16, NOW)
        return self

    async def shown(self, day: float, mood: int = -3, person_id: int = ANN) -> bool:
        """Enter a mood `day` days after NOW."""
        self._number += 1
        kept = await self.moods.keep(GROUP, person_id, self._number, Values(mood=mood), NOW + day * DAY)
        return kept.care is not None


async def begun(database: Database) -> Log:
    return await Log(database).begin()


@pytest.mark.parametrize(
    ("entries", "shown"),
    [
        ([(0, -3), (1, -3), (2, -3)], [2]),
        ([(0, -5), (1, -2), (2, -5), (3, -2)], []),
        ([(0, -3), (1, -3), (2, 4), (3, 5), (4, -3)], [4]),
        ([(0, -3), (1, 1), (2, 1), (3, 1), (4, -3), (5, -3)], []),
        ([(0, -5), (0.1, -5), (0.2, -5), (1, -5), (1.1, -5)], []),
        ([(0, -4), (1, -4), (15, -4), (16, -4), (17, -4)], [4]),
        ([(0, -4), (1, -4), (14, -4)], [2]),
        ([(0, -4), (1, -4), (2, 3), (3, -4)], [3]),
        ([(0, -4), (1, -4), (2, -4), (3, -4), (9, -4), (15.5, -4)], [2]),
        ([(0, -4), (1, -4), (2, -4), (7, -4), (12, -4), (16, -4), (17, -4)], [2, 5]),
    ],
    ids=[
        "three low days",
        "a bit low is not low",
        "two higher ones between",
        "three higher ones between",
        "one day counts once",
        "older than 14 days",
        "14 days are within",
        "a higher one between",
        "not again within 14 days",
        "again after 14 days",
    ],
)
async def test_the_resources_come_with_the_entry_that_calls_for_them_and_with_no_other(
    database: Database, entries: list[tuple[float, int]], shown: list[int]
) -> None:
    log = await begun(database)
    assert [number for number, entry in enumerate(entries) if await log.shown(*entry)] == shown


async def test_the_date_alone_is_stored_of_what_was_shown(database: Database) -> None:
    log = await begun(database)
    for day in range(3):
        await log.shown(day)
    assert await rows(database, "SELECT * FROM care_shown") == [
        {"group_id": GROUP, "person_id": ANN, "shown_day": "2026-11-20", "dismissed": 0}
    ]
    assert await rows(database, "SELECT * FROM group_notices") == []
    assert await rows(database, "SELECT * FROM notices") == []


async def test_the_low_days_of_one_never_show_it_to_another(database: Database) -> None:
    log = await begun(database)
    assert not any([await log.shown(day, person_id=(ANN, BOB)[day % 2]) for day in range(4)])
    assert await log.shown(4)


async def test_once_dismissed_it_stays_away_until_it_is_allowed(database: Database) -> None:
    log = await begun(database)
    assert [await log.shown(day) for day in range(3)][-1]
    await log.care.dismiss(GROUP, ANN, dismissed=True)
    assert not any([await log.shown(20 + day) for day in range(20)])
    await log.care.dismiss(GROUP, ANN, dismissed=False)
    assert await log.shown(40)


async def test_who_withdrew_and_begins_anew_begins_with_nothing(database: Database) -> None:
    log = await begun(database)
    for day in range(3):
        await log.shown(day)
    await log.care.dismiss(GROUP, ANN, dismissed=True)
    await log.consents.withdraw(GROUP, ANN, KEEP, NOW + 3 * DAY)
    assert await rows(database, "SELECT * FROM care_shown") == []
    await log.consents.agree(GROUP, ANN, KEEP, 16, NOW + 3 * DAY)
    assert [await log.shown(4 + day) for day in range(3)] == [False, False, True]


async def test_dismissing_what_never_came_stores_nothing(database: Database) -> None:
    log = await begun(database)
    await log.care.dismiss(GROUP, ANN, dismissed=True)
    assert await rows(database, "SELECT * FROM care_shown") == []


async def test_a_group_that_set_nothing_has_the_usual_directory(database: Database) -> None:
    care = CareService(database)
    assert await care.resources(GROUP) == USUAL
    page = await care.page(GROUP)
    assert (page.own, page.confirmed_at, page.age) == (False, None, 16)
    assert await rows(database, "SELECT * FROM groups") == []


async def test_own_resources_turn_nothing_on_until_they_are_confirmed(database: Database) -> None:
    care = CareService(database)
    assert (await care.set_resources(GROUP, OWN, NOW)).confirmed_at is None
    page = await care.confirm(GROUP, NOW)
    assert (page.resources, page.own, page.confirmed_at) == (OWN, True, NOW)


async def test_changing_them_while_feelings_are_on_confirms_them(database: Database) -> None:
    care = CareService(database)
    await care.use_usual(GROUP, NOW)
    page = await care.set_resources(GROUP, OWN, NOW + DAY)
    assert (page.resources, page.confirmed_at) == (OWN, NOW + DAY)


async def test_an_old_question_turns_nothing_on_again(database: Database) -> None:
    care = CareService(database)
    await care.use_usual(GROUP, NOW)
    assert (await care.confirm_again(GROUP, NOW + DAY)).confirmed_at == NOW + DAY
    await care.turn_off(GROUP)
    assert (await care.confirm_again(GROUP, NOW + 2 * DAY)).confirmed_at is None
    assert (await care.confirm_again(2, NOW)).confirmed_at is None
    assert [row["group_id"] for row in await rows(database, "SELECT group_id FROM groups")] == [GROUP]


@pytest.mark.parametrize("age", [0, 15, 17, 19, 2**62])
async def test_another_age_than_16_or_18_is_refused(database: Database, age: int) -> None:
    with pytest.raises(Refusal):
        await CareService(database).set_age(GROUP, age, NOW)


async def test_a_raised_age_asks_members_again_and_a_lowered_one_does_not(database: Database) -> None:
    log = await begun(database)
    await log.care.set_age(GROUP, 18, NOW)
    assert not (await log.consents.state(GROUP, ANN)).keep
    await log.consents.agree(GROUP, ANN, KEEP, 18, NOW)
    await log.care.set_age(GROUP, 16, NOW)
    assert (await log.consents.state(GROUP, ANN)).keep
    assert (await log.consents.state(GROUP, BOB)).keep


async def test_organisers_are_asked_after_90_days_and_weekly_from_then_on(database: Database) -> None:
    care = CareService(database)
    await care.use_usual(GROUP, NOW)
    await care.use_usual(2, NOW + DAY)
    asked = [day for day in range(120) if await care.ask_organisers(NOW + day * DAY)]
    assert asked == [90, 91, 97, 98, 104, 105, 111, 112, 118, 119]
    notices = await rows(database, "SELECT group_id, detail FROM group_notices ORDER BY group_id")
    assert notices == [{"group_id": GROUP, "detail": ""}, {"group_id": 2, "detail": ""}]
    assert (await care.page(GROUP)).confirmed_at == NOW
    await care.confirm_again(GROUP, NOW + 120 * DAY)
    await care.turn_off(2)
    assert await rows(database, "SELECT * FROM group_notices") == []
    assert [day for day in range(120, 211) if await care.ask_organisers(NOW + day * DAY)] == [210]


async def test_a_group_that_the_bot_left_is_not_asked(database: Database) -> None:
    care = CareService(database)
    await care.use_usual(GROUP, NOW)

    async def leave(connection: Connection) -> None:
        await connection.run("UPDATE groups SET left_at = 1", ())

    await database.write(leave)
    assert await care.ask_organisers(NOW + 100 * DAY) == 0
