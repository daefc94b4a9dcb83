"""What organisers set is stored; joining, leaving and erasing a group do what they say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import Refusal
from bot.groups.rules import GroupSettings
from bot.groups.service import GroupService
from bot.members.removals import CardRemovals
from bot.members.service import MemberService
from bot.scheduling.service import DeliveryService
from bot.storage import Connection, Database

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
GROUP, OTHER, ANNA, BEN = 10, 20, 100, 200


async def value(database: Database, sql: str) -> object:
    async def work(connection: Connection) -> object:
        return await connection.value(sql, {})

    return await database.read(work)


async def put(database: Database, *statements: str) -> None:
    async def work(connection: Connection) -> None:
        for statement in statements:
            await connection.run(statement, {})

    await database.write(work)


async def test_a_group_nobody_set_up_works_in_utc_and_english(database: Database) -> None:
    assert await GroupService(database).settings(GROUP) == GroupSettings(
        group_id=GROUP, zone="UTC", language="en", units="km", week_starts_on=0, day_starts_minute=240
    )


async def test_each_setting_is_stored_on_its_own(database: Database) -> None:
    groups = GroupService(database)
    await groups.set_zone(GROUP, "Asia/Kolkata", NOW)
    await groups.set_units(GROUP, "mi", NOW)
    await groups.set_language(GROUP, "en", ("en",), NOW)
    await groups.set_week_start(GROUP, "6", NOW)
    await groups.set_day_start(GROUP, 0, NOW)
    await groups.set_organiser_role(GROUP, 77, NOW)
    last = await groups.set_runs_channel(GROUP, 88, NOW)

    assert last == await groups.settings(GROUP)
    assert last == GroupSettings(
        group_id=GROUP,
        zone="Asia/Kolkata",
        units="mi",
        week_starts_on=6,
        day_starts_minute=0,
        organiser_role_id=77,
        runs_channel_id=88,
    )
    assert (await groups.set_organiser_role(GROUP, None, NOW)).organiser_role_id is None
    assert await groups.settings(OTHER) == GroupSettings(group_id=OTHER)


async def test_a_language_that_is_not_offered_is_refused(database: Database) -> None:
    with pytest.raises(Refusal):
        await GroupService(database).set_language(GROUP, "tlh", ("en",), NOW)


async def test_posting_the_card_ends_setup_and_names_the_card_before(database: Database) -> None:
    groups = GroupService(database)

    first = await groups.panel_posted(GROUP, 1, 2, NOW)
    again = await groups.panel_posted(GROUP, 1, 2, NOW)
    moved = await groups.panel_posted(GROUP, 3, 4, NOW)

    assert (first.old, again.old, moved.old) == (None, None, (1, 2))
    assert moved.settings.set_up
    assert moved.settings.panel == (3, 4)


async def test_the_organiser_is_told_once_and_not_after_setup(database: Database) -> None:
    groups = GroupService(database)

    assert [await groups.nudge(GROUP, NOW), await groups.nudge(GROUP, NOW)] == [True, False]
    await groups.panel_posted(OTHER, 1, 2, NOW)
    assert not await groups.nudge(OTHER, NOW)


async def test_coming_back_keeps_what_was_stored(database: Database) -> None:
    groups = GroupService(database)
    await groups.set_zone(GROUP, "Europe/Berlin", NOW)

    await groups.left(GROUP, NOW)
    await groups.left(GROUP, NOW + timedelta(days=5))
    left_at = await value(database, "SELECT left_at FROM groups")
    await groups.joined(GROUP, NOW + timedelta(days=6))

    assert left_at == int(NOW.timestamp()), "the thirty days run from the first word of it"
    assert await value(database, "SELECT left_at FROM groups") is None
    assert (await groups.settings(GROUP)).zone == "Europe/Berlin"


async def test_erasing_a_group_takes_all_of_it_and_nothing_of_another(database: Database) -> None:
    groups, members = GroupService(database), MemberService(database)
    await members.set_zone(GROUP, ANNA, "Europe/Berlin", NOW)
    await members.set_zone(GROUP, BEN, "Europe/Rome", NOW)
    await members.set_visibility(OTHER, BEN, "private", NOW)
    await groups.panel_posted(GROUP, 5, 6, NOW)
    await put(
        database,
        *(
            "INSERT INTO runs (run_id, group_id, person_id, interaction_id, activity, running_day, source, visibility,"
            f" created_at, channel_id, message_id) VALUES ({run}, {group}, {person}, {run}, 'run', '2026-11-18',"
            f" 'tap', 'group', 0, 5, {run})"
            for run, group, person in ((1, GROUP, ANNA), (2, GROUP, BEN), (3, OTHER, BEN))
        ),
        "INSERT INTO cheers (run_id, person_id, cheered_at) VALUES (1, 200, 0)",
        "INSERT INTO bests (run_id, group_id, person_id, mark, seconds) VALUES (1, 10, 100, 1000, 300)",
    )
    assert await groups.holdings(GROUP) == await groups.erase(GROUP, NOW)

    assert await value(database, "SELECT COUNT(*) FROM runs") == 1
    assert await value(database, "SELECT COUNT(*) FROM cheers") == 0
    assert await value(database, "SELECT COUNT(*) FROM bests") == 0
    assert await value(database, "SELECT COUNT(*) FROM people") == 1, "Ben runs elsewhere too"
    assert (await members.settings(OTHER, BEN)).zone_name == "Europe/Rome"
    assert (await members.settings(OTHER, BEN)).visibility == "private"
    assert await groups.settings(GROUP) == GroupSettings(group_id=GROUP)
    waiting = {each.message_id for each in await CardRemovals(database).waiting(GROUP)}
    assert waiting == {1, 2, 6}, "both runs' cards and the permanent one"


async def test_a_card_that_discord_does_not_let_go_is_tried_three_times_and_after_all_others(
    database: Database,
) -> None:
    removals = CardRemovals(database)
    await removals.add(GROUP, 1, 11, NOW)
    await removals.add(GROUP, 1, 12, NOW + timedelta(seconds=1))
    await removals.add(OTHER, 1, 13, NOW)

    await removals.refused(11)
    assert [each.message_id for each in await removals.waiting(GROUP)] == [12, 11]
    await removals.done(12)
    await removals.refused(11)
    await removals.refused(11)

    assert await removals.waiting(GROUP) == []
    assert [each.message_id for each in await removals.waiting()] == [13]


async def test_posts_are_steered_and_what_comes_next_is_told(database: Database) -> None:
    groups = GroupService(database)
    assert (await groups.posts(GROUP, NOW)).coming == (), "no channel yet"
    await groups.set_runs_channel(GROUP, 77, NOW)
    await groups.set_posts(GROUP, "three", NOW)
    await groups.set_posts_channel(GROUP, 78, NOW)
    await groups.set_post_times(GROUP, {"opener": 400, "encouragement": 1000}, NOW)

    posts = await groups.posts(GROUP, NOW)

    assert (posts.settings.posts, posts.settings.channel_for_posts) == ("three", 78)
    assert posts.minutes == {"opener": 400, "leaderboard": 1140, "encouragement": 1000}
    assert [(each.kind, each.due_at.strftime("%a %H:%M")) for each in posts.coming] == [
        ("encouragement", "Wed 16:40"),
        ("opener", "Mon 06:40"),
        ("leaderboard", "Mon 19:00"),
    ]
    assert posts.stopped is None
    await groups.set_posts_channel(GROUP, None, NOW)
    assert (await groups.settings(GROUP)).channel_for_posts == 77


async def test_a_change_of_the_week_s_start_moves_the_posts_and_keeps_their_times(database: Database) -> None:
    groups = GroupService(database)
    await groups.set_runs_channel(GROUP, 77, NOW)
    await groups.set_post_times(GROUP, {"opener": 400}, NOW)
    await groups.set_zone(GROUP, "Pacific/Auckland", NOW)
    await groups.set_week_start(GROUP, "5", NOW)

    opener = (await groups.posts(GROUP, NOW)).coming[0]

    assert opener.due_at == datetime(2026, 11, 20, 17, 40, tzinfo=UTC), "Saturday 06:40 in Auckland"


async def test_a_post_moved_to_an_hour_that_has_passed_comes_at_once_and_none_comes_twice(
    database: Database,
) -> None:
    groups, deliveries = GroupService(database), DeliveryService(database)
    await groups.set_runs_channel(GROUP, 77, NOW)
    monday = datetime(2026, 11, 23, 12, tzinfo=UTC)
    await deliveries.plan(monday, {})  # the opener's, at 08:00

    await groups.set_post_times(GROUP, {"opener": 600, "leaderboard": 600}, monday)
    await deliveries.plan(monday, {})
    await deliveries.plan(monday + timedelta(days=1), {})

    made = await deliveries.due(monday)
    assert sorted((each.kind, each.due_at.hour) for each in made) == [("leaderboard", 10), ("opener", 8)]


async def test_switched_off_posts_have_nothing_to_come_and_refused_ones_say_why(database: Database) -> None:
    groups = GroupService(database)
    await groups.set_runs_channel(GROUP, 77, NOW)
    await put(
        database, "UPDATE schedules SET off_reason = 'no_access', next_due_at = NULL WHERE kind = 'opener'"
    )
    refused = await groups.posts(GROUP, NOW)
    assert (refused.stopped, [each.kind for each in refused.coming]) == ("no_access", ["leaderboard"])

    await groups.set_posts(GROUP, "off", NOW)

    off = await groups.posts(GROUP, NOW)
    assert (off.stopped, off.coming) == (None, ())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("measure", ["", "hourly", "Daily", "off "])
async def test_posts_come_in_one_of_four_measures(database: Database, measure: str) -> None:
    with pytest.raises(Refusal):
        await GroupService(database).set_posts(GROUP, measure, NOW)
