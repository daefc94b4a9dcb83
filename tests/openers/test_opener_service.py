"""The opener and the plans said on it, as they are stored. Both engines."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.errors import Refusal
from bot.groups.service import GroupService
from bot.members.service import MemberService
from bot.openers.model import OpenerLetter
from bot.openers.service import OpenerService
from bot.plans.service import PlanService
from bot.scheduling.model import Channel, Claimed, Delivery
from bot.scheduling.service import DeliveryService
from bot.storage import Connection, Database

FRIDAY = datetime(2026, 11, 20, 12, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
WEEK, BEFORE, AFTER = date(2026, 11, 23), date(2026, 11, 16), date(2026, 11, 30)
GROUP, OTHER, ANNA, BEN, RUNS = 10, 20, 100, 200, 77
DAY = timedelta(days=1)
LATENESS = timedelta(hours=24)
on_one_engine = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def run(database: Database, sql: str) -> None:
    async def work(connection: Connection) -> None:
        await connection.run(sql, {})

    await database.write(work)


async def rows(database: Database, sql: str) -> list[Any]:
    async def work(connection: Connection) -> list[Any]:
        return [tuple(row) for row in await connection.all(sql, {})]  # type: ignore[arg-type]

    return await database.read(work)


async def check_in(database: Database, day: date, person: int = ANNA) -> None:
    number = (await rows(database, "SELECT COUNT(*) FROM runs"))[0][0] + 1
    await run(
        database,
        "INSERT INTO runs (run_id, group_id, person_id, interaction_id, activity, running_day, source, visibility,"
        f" created_at) VALUES ({number}, {GROUP}, {person}, {number}, 'run', '{day}', 'typed', 'private', 0)",
    )


@pytest.fixture
async def openers(database: Database) -> OpenerService:
    """A group with a runs channel, weeks from Monday; Anna and Ben are members, Ben ran last Tuesday."""
    await GroupService(database).set_runs_channel(GROUP, RUNS, FRIDAY)
    for person in (ANNA, BEN):
        await MemberService(database).set_visibility(GROUP, person, "group", FRIDAY)
    await check_in(database, date(2026, 11, 17), BEN)
    return OpenerService(database)


async def due(database: Database, now: datetime = MONDAY) -> Delivery | None:
    deliveries = DeliveryService(database)
    await deliveries.plan(now, {"opener": LATENESS})
    return next((each for each in await deliveries.due(now) if each.kind == "opener"), None)


async def claim(database: Database, openers: OpenerService, now: datetime = MONDAY) -> Claimed | None:
    delivery = await due(database, now)
    assert delivery is not None
    return await DeliveryService(database).claim(delivery.delivery_id, now, openers.decide, LATENESS)


async def posted(database: Database, openers: OpenerService, now: datetime = MONDAY) -> int:
    """The id of the opener, which stands in the channel."""
    claimed = await claim(database, openers, now)
    assert claimed is not None
    number = claimed.delivery.delivery_id
    await DeliveryService(database).sent(number, RUNS, 555, now)
    return number


async def days_of(database: Database, now: datetime = MONDAY) -> tuple[int, int | None]:
    state = await PlanService(database).state(GROUP, ANNA, now)
    return state.target, state.next_target


async def test_the_opener_comes_with_words_and_who_planned_already(
    database: Database, openers: OpenerService
) -> None:
    early = MONDAY - timedelta(hours=2)
    await openers.plan(GROUP, ANNA, WEEK, 4, "by the river", early)

    claimed = await claim(database, openers)

    assert claimed is not None
    assert claimed.send.address == Channel(RUNS)
    letter = claimed.send.letter
    assert isinstance(letter, OpenerLetter)
    assert [(each.person_id, each.days, each.words) for each in letter.planned] == [(ANNA, 4, "by the river")]
    assert (letter.week_day, letter.more) == (WEEK, 0)
    assert letter.message is not None
    assert letter.message.category == "weekly_opener"
    assert await rows(database, "SELECT recent_words FROM groups") == [(letter.message.key,)]


@on_one_engine
async def test_a_plan_made_while_the_opener_is_on_its_way_is_to_be_listed_on_it(
    database: Database, openers: OpenerService
) -> None:
    claimed = await claim(database, openers)
    assert claimed is not None

    result = await openers.plan(GROUP, ANNA, WEEK, 4, None, MONDAY)

    assert result.opener_id == claimed.delivery.delivery_id
    place = await openers.place(result.opener_id, MONDAY)
    assert place is not None
    assert place.message_id is None
    assert [each.person_id for each in place.letter.planned] == [ANNA]


async def test_a_second_try_says_the_same_words(database: Database, openers: OpenerService) -> None:
    first = await claim(database, openers)
    assert first is not None
    later = MONDAY + timedelta(minutes=2)
    await DeliveryService(database).postpone(first.delivery.delivery_id, later, left=True)

    second = await DeliveryService(database).claim(
        first.delivery.delivery_id, later, openers.decide, LATENESS
    )

    assert second is not None
    assert second.send.letter == first.send.letter


@on_one_engine
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("UPDATE groups SET runs_channel_id = NULL", "no_channel"),
        ("UPDATE groups SET posts = 'off'", "posts_off"),
        ("UPDATE runs SET running_day = '2026-10-25'", "nobody_active"),
    ],
)
async def test_what_keeps_the_opener_from_coming_is_written_down(
    database: Database, openers: OpenerService, change: str, expected: str
) -> None:
    await due(database)
    await run(database, change)

    assert await claim(database, openers) is None
    assert await rows(database, "SELECT state, reason FROM deliveries WHERE kind = 'opener'") == [
        ("skipped", expected)
    ]


@on_one_engine
async def test_a_group_that_was_just_set_up_has_its_first_opener_before_anybody_checked_in(
    database: Database, openers: OpenerService
) -> None:
    await run(database, "DELETE FROM runs")
    await GroupService(database).panel_posted(GROUP, RUNS, 9, FRIDAY)

    assert await claim(database, openers) is not None


@on_one_engine
async def test_an_opener_comes_up_to_24_hours_late_and_not_later(
    database: Database, openers: OpenerService
) -> None:
    assert await due(database, MONDAY + LATENESS) is not None
    await run(database, "DELETE FROM deliveries")
    await run(database, "UPDATE schedules SET last_day = NULL, next_due_at = 0 WHERE kind = 'opener'")

    assert await due(database, MONDAY + LATENESS + timedelta(seconds=1)) is None
    assert await rows(database, "SELECT reason FROM deliveries WHERE kind = 'opener'") == [("late",)]


@on_one_engine
async def test_weeks_that_start_on_another_day_and_change_their_clock_have_their_opener(
    database: Database, openers: OpenerService
) -> None:
    groups = GroupService(database)
    await groups.set_zone(GROUP, "America/New_York", FRIDAY)
    sunday = datetime(
        2027, 3, 14, 12, tzinfo=UTC
    )  # 08:00 summer time, in the night of which the clock went on
    await groups.set_week_start(GROUP, "6", sunday - timedelta(days=2))
    await check_in(database, date(2027, 3, 10), BEN)

    delivery = await due(database, sunday)

    assert delivery is not None
    assert (delivery.day, delivery.due_at) == (date(2027, 3, 14), sunday)
    claimed = await DeliveryService(database).claim(delivery.delivery_id, sunday, openers.decide, LATENESS)
    assert claimed is not None
    assert claimed.send.letter.week_day == date(2027, 3, 14)


async def test_a_plan_sets_the_target_of_the_week_while_nothing_of_it_was_entered(
    database: Database, openers: OpenerService
) -> None:
    number = await posted(database, openers)

    result = await openers.plan(GROUP, ANNA, WEEK, 5, "  early\n", MONDAY)

    assert (result.at_once, result.opener_id) == (True, number)
    assert (result.panel.days, result.panel.words, result.panel.posted) == (5, "early", True)
    assert await days_of(database) == (5, None)
    place = await openers.place(number, MONDAY)
    assert place is not None
    assert (place.channel_id, place.message_id) == (RUNS, 555)
    assert [each.person_id for each in place.letter.planned] == [ANNA]


async def test_a_plan_after_a_check_in_moves_the_target_of_the_next_week(
    database: Database, openers: OpenerService
) -> None:
    plans = PlanService(database)
    await plans.set_days(GROUP, ANNA, 2, FRIDAY)
    await check_in(database, WEEK)

    result = await openers.plan(GROUP, ANNA, WEEK, 6, None, MONDAY)

    assert not result.at_once
    assert await days_of(database) == (2, 6)
    assert result.panel.days == 6, "the plan itself is of this week all the same"


async def test_words_added_after_a_check_in_leave_the_target_where_it_is(
    database: Database, openers: OpenerService
) -> None:
    await openers.plan(GROUP, ANNA, WEEK, 4, None, MONDAY)
    await check_in(database, WEEK)
    await PlanService(database).set_days(GROUP, ANNA, 7, MONDAY)

    result = await openers.plan(GROUP, ANNA, WEEK, 4, "with the dog", MONDAY + DAY)

    assert result.at_once
    assert result.panel.words == "with the dog"
    assert await days_of(database) == (4, 7)


async def test_days_from_the_menu_keep_the_words_and_an_empty_form_takes_them_away(
    database: Database, openers: OpenerService
) -> None:
    await openers.plan(GROUP, ANNA, WEEK, 4, "by the river", MONDAY)

    assert (await openers.plan(GROUP, ANNA, WEEK, 3, None, MONDAY)).panel.words == "by the river"
    assert (await openers.plan(GROUP, ANNA, WEEK, 3, " ", MONDAY)).panel.words is None


async def test_taking_a_plan_back_brings_the_days_before(database: Database, openers: OpenerService) -> None:
    plans = PlanService(database)
    await plans.set_days(GROUP, ANNA, 2, MONDAY)  # this very week's, which the plan replaces
    await openers.plan(GROUP, ANNA, WEEK, 6, None, MONDAY)
    await openers.plan(GROUP, ANNA, WEEK, 7, "more", MONDAY)

    result = await openers.take_back(GROUP, ANNA, WEEK, MONDAY)

    assert (result.target_back, result.panel.days) == (True, None)
    assert await days_of(database) == (2, None)
    assert await rows(database, "SELECT 1 FROM week_plans") == []
    again = await openers.take_back(GROUP, ANNA, WEEK, MONDAY)
    assert not again.target_back


async def test_taking_a_first_plan_back_leaves_the_usual_days(
    database: Database, openers: OpenerService
) -> None:
    await openers.plan(GROUP, ANNA, WEEK, 6, None, MONDAY)

    await openers.take_back(GROUP, ANNA, WEEK, MONDAY)

    assert not (await PlanService(database).state(GROUP, ANNA, MONDAY)).chosen


@on_one_engine
async def test_a_target_does_not_move_back_once_something_of_the_week_was_entered(
    database: Database, openers: OpenerService
) -> None:
    await openers.plan(GROUP, ANNA, WEEK, 6, None, MONDAY)
    await check_in(database, WEEK)

    result = await openers.take_back(GROUP, ANNA, WEEK, MONDAY)

    assert not result.target_back
    assert await days_of(database) == (6, None)


@on_one_engine
async def test_a_goal_chosen_since_stays_when_the_plan_is_taken_back(
    database: Database, openers: OpenerService
) -> None:
    await openers.plan(GROUP, ANNA, WEEK, 6, None, MONDAY)
    await PlanService(database).set_days(GROUP, ANNA, 1, MONDAY)

    assert not (await openers.take_back(GROUP, ANNA, WEEK, MONDAY)).target_back
    assert await days_of(database) == (1, None)


@on_one_engine
async def test_where_it_is_still_the_week_before_the_opener_s_week_is_planned(
    database: Database, openers: OpenerService
) -> None:
    await MemberService(database).set_zone(GROUP, ANNA, "Pacific/Honolulu", FRIDAY)
    await PlanService(database).set_days(GROUP, ANNA, 2, FRIDAY)
    await check_in(database, date(2026, 11, 18))
    number = await posted(database, openers)

    panel = await openers.panel(GROUP, ANNA, MONDAY, number)
    assert (panel.week_day, panel.ahead, panel.over) == (WEEK, True, False)
    result = await openers.plan(GROUP, ANNA, WEEK, 5, None, MONDAY)

    assert (result.at_once, result.opener_id) == (True, number)
    assert await days_of(database) == (2, 5)
    assert (await openers.panel(GROUP, ANNA, MONDAY)).week_day == BEFORE, "their own week, elsewhere"


@on_one_engine
async def test_the_button_of_an_old_opener_plans_the_present_week(
    database: Database, openers: OpenerService
) -> None:
    number = await posted(database, openers)
    later = MONDAY + 7 * DAY - timedelta(hours=1)

    panel = await openers.panel(GROUP, ANNA, later, number)
    result = await openers.plan(GROUP, ANNA, WEEK, 5, None, later)

    assert (panel.week_day, panel.over) == (AFTER, True)
    assert (result.panel.week_day, result.panel.over, result.opener_id) == (AFTER, True, None)
    assert await openers.place(number, later) is None, "an old post is not edited"


@on_one_engine
@pytest.mark.parametrize("week", [date(2020, 1, 6), date(2026, 11, 25), date.max, date.min, AFTER])
async def test_any_other_week_stands_for_the_present_one(
    database: Database, openers: OpenerService, week: date
) -> None:
    await posted(database, openers)

    result = await openers.plan(GROUP, ANNA, week, 5, None, MONDAY)

    assert result.panel.week_day == WEEK


@on_one_engine
@pytest.mark.parametrize("days", [0, 8, 2**62])
async def test_a_plan_has_one_to_seven_days(database: Database, openers: OpenerService, days: int) -> None:
    with pytest.raises(Refusal):
        await openers.plan(GROUP, ANNA, WEEK, days, None, MONDAY)
    assert await rows(database, "SELECT 1 FROM week_plans") == []


async def test_the_list_is_in_the_order_of_planning_and_ends_after_forty(
    database: Database, openers: OpenerService
) -> None:
    async def many(connection: Connection) -> None:
        for person in range(1_000, 1_042):
            plan = f"({GROUP}, {person}, '{WEEK}', 3, {2_000_000_000 - person})"
            for sql in (
                f"INSERT INTO people (person_id, created_at) VALUES ({person}, 0)",
                f"INSERT INTO members (group_id, person_id, created_at) VALUES ({GROUP}, {person}, 0)",
                f"INSERT INTO week_plans (group_id, person_id, week_day, days, planned_at) VALUES {plan}",
            ):
                await connection.run(sql, {})

    await database.write(many)
    await run(database, "UPDATE members SET left_at = 1 WHERE person_id = 1041")
    number = await posted(database, openers)

    place = await openers.place(number, MONDAY)

    assert place is not None
    assert [each.person_id for each in place.letter.planned] == list(range(1_040, 1_000, -1))
    assert place.letter.more == 1


@on_one_engine
async def test_another_group_s_opener_lists_nothing_here(database: Database, openers: OpenerService) -> None:
    number = await posted(database, openers)

    panel = await openers.panel(OTHER, ANNA, MONDAY, number)
    result = await openers.plan(OTHER, ANNA, WEEK, 5, None, MONDAY)

    assert (panel.over, panel.posted, result.opener_id) == (True, False, None)
    place = await openers.place(number, MONDAY)
    assert place is not None
    assert place.letter.planned == ()


async def test_openers_that_name_a_member_are_found_before_an_erasure(
    database: Database, openers: OpenerService
) -> None:
    number = await posted(database, openers)
    await openers.plan(GROUP, ANNA, WEEK, 5, None, MONDAY)

    assert await openers.naming(GROUP, ANNA) == (number,)
    assert await openers.naming(GROUP, BEN) == ()
    assert await openers.naming(OTHER, ANNA) == ()
    place = await openers.place(number, None)
    assert place is not None
    assert await openers.place(number, MONDAY + 7 * DAY) is None
    await DeliveryService(database).forget_old(MONDAY + 200 * DAY)
    assert await openers.naming(GROUP, ANNA) == (number,), "names can be taken out years later"
