"""A challenge's card and result stand among the group's own posts, and none of these takes the one for the other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.clock import ManualClock, epoch
from bot.groups.service import GroupService
from bot.housekeeping.jobs import Housekeeping
from bot.members.removals import CardRemovals
from bot.storage import Connection, Database
from tests.challenges.test_challenge_service import ALICE, CHANNEL, GROUP, NOW, OLIVE, House, plan

CARD, RESULT = "challenge_card", "challenge_result"
A_YEAR = timedelta(days=365)


@pytest.fixture
def house(database: Database) -> House:
    return House(database)


async def rows(house: House, sql: str) -> list[tuple[Any, ...]]:
    async def work(connection: Connection) -> list[tuple[Any, ...]]:
        return [tuple(row.values()) for row in map(dict, await connection.all(sql, ()))]

    return await house.database.read(work)


async def over(house: House) -> None:
    """A challenge that alice ran in, its card message 71 and its result message 72, both posted."""
    challenge_id = await house.posted(plan())
    await house.challenges.join(GROUP, ALICE, challenge_id, NOW)
    for kind, message_id, when in ((CARD, 71, NOW), (RESULT, 72, NOW + timedelta(days=20))):
        claimed = await house.claim(kind, when)
        assert claimed is not None
        await house.deliveries.sent(claimed.delivery.delivery_id, CHANNEL, message_id, when)


async def test_a_group_with_challenges_alone_still_gets_its_posts(house: House) -> None:
    await house.posted(plan())
    # as one of the first version that has a channel: nothing has aligned it yet
    await house.database.write(
        lambda connection: connection.run("UPDATE groups SET runs_channel_id = 77", ())
    )
    assert await house.deliveries.align_groups(NOW) == 1
    assert await house.deliveries.align_groups(NOW) == 0
    kinds = [kind for (kind,) in await rows(house, "SELECT kind FROM schedules ORDER BY kind")]
    assert kinds == [CARD, RESULT, "encouragement", "leaderboard", "opener"]


async def test_a_change_of_settings_leaves_what_a_challenge_delivers_as_it_was(house: House) -> None:
    groups = GroupService(house.database)
    await house.posted(plan())
    await house.posted(plan(title="To the hills"))
    stood = "SELECT * FROM schedules WHERE challenge_id IS NOT NULL ORDER BY schedule_id"
    before = await rows(house, stood)

    await groups.set_runs_channel(GROUP, 77, NOW)
    await groups.set_zone(GROUP, "Asia/Tokyo", NOW)
    await groups.set_post_times(GROUP, {"opener": 400, CARD: 400, RESULT: 400}, NOW)
    await groups.set_posts(GROUP, "off", NOW)
    await groups.set_posts(GROUP, "daily", NOW)
    await house.deliveries.plan(NOW + timedelta(days=8), {})

    assert await rows(house, stood) == before
    assert len(before) == 4


async def test_the_page_of_posts_knows_nothing_of_challenges(house: House) -> None:
    groups = GroupService(house.database)
    await groups.set_runs_channel(GROUP, 77, NOW)
    without = await groups.posts(GROUP, NOW)
    await house.posted(plan())
    assert await groups.posts(GROUP, NOW) == without
    assert without.stopped is None


async def test_the_messages_of_a_challenge_are_known_as_long_as_it_is(house: House) -> None:
    """A name may have to go from them at any time; a reminder's place is forgotten after 90 days."""
    await over(house)
    await house.deliveries.forget_old(NOW + A_YEAR)
    assert await rows(house, "SELECT message_id FROM deliveries ORDER BY message_id") == [(71,), (72,)]


async def test_erasing_the_group_takes_its_challenges_with_cards_and_results(house: House) -> None:
    await over(house)
    await GroupService(house.database).erase(GROUP, NOW + A_YEAR)
    waiting = {each.message_id for each in await CardRemovals(house.database).waiting(GROUP)}
    assert waiting == {71, 72}
    for table in ("challenges", "challenge_members", "schedules", "deliveries"):
        assert await rows(house, f"SELECT * FROM {table}") == [], table


async def test_the_tidying_takes_yesterdays_drafts(house: House) -> None:
    await house.making.draft(GROUP, OLIVE, house.interaction(), plan(), CHANNEL, NOW, organiser=True)
    await Housekeeping(house.database, ManualClock(NOW + timedelta(hours=23))).tidy()
    assert await rows(house, "SELECT created_at FROM challenges") == [(epoch(NOW),)]
    await Housekeeping(house.database, ManualClock(NOW + timedelta(hours=25))).tidy()
    assert await rows(house, "SELECT created_at FROM challenges") == []
