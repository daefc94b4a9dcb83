"""Goals and pauses as they are stored, on both engines."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.errors import Refusal
from bot.groups.service import GroupService
from bot.members.service import MemberService
from bot.plans.service import PlanService
from bot.storage import Connection, Database

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)  # a Wednesday
MONDAY, TODAY = date(2026, 11, 16), date(2026, 11, 18)
GROUP, ANNA, BEN = 10, 100, 200


async def check_in(
    database: Database, day: str, *, metres: int = 5000, seconds: int = 1500, person: int = ANNA
) -> None:
    async def work(connection: Connection) -> None:
        number = await connection.value("SELECT COUNT(*) FROM runs", {}) + 1
        await connection.run(
            "INSERT INTO runs (run_id, group_id, person_id, interaction_id, activity, running_day, metres, seconds,"
            " source, visibility, created_at) VALUES"
            f" ({number}, {GROUP}, {person}, {number}, 'run', '{day}', {metres}, {seconds}, 'typed', 'private', 0)",
            {},
        )

    await database.write(work)


async def test_who_never_chose_has_the_usual_target_and_nothing_is_stored_by_asking(
    database: Database,
) -> None:
    state = await PlanService(database).state(GROUP, ANNA, NOW)

    assert (state.target, state.chosen, state.kept_days, state.pause) == (3, False, 0, None)
    assert (state.today, state.week_day) == (TODAY, MONDAY)

    async def count(connection: Connection) -> object:
        return await connection.value("SELECT COUNT(*) FROM people", {})

    assert await database.read(count) == 0


async def test_a_first_target_counts_at_once_even_after_a_check_in(database: Database) -> None:
    plans = PlanService(database)
    await MemberService(database).set_visibility(GROUP, ANNA, "group", NOW)
    await check_in(database, "2026-11-17")

    result = await plans.set_days(GROUP, ANNA, 5, NOW)

    assert (result.this_week, result.state.target, result.state.kept_days) == (True, 5, 1)


async def test_a_changed_target_waits_for_the_next_week_once_this_one_has_a_check_in(
    database: Database,
) -> None:
    plans = PlanService(database)
    await plans.set_days(GROUP, ANNA, 3, NOW - timedelta(weeks=2))
    empty = await plans.set_days(GROUP, ANNA, 4, NOW)
    await check_in(database, "2026-11-18")
    entered = await plans.set_days(GROUP, ANNA, 2, NOW)

    assert (empty.this_week, empty.state.target) == (True, 4)
    assert (entered.this_week, entered.state.target, entered.state.next_target) == (False, 4, 2)
    later = await plans.state(GROUP, ANNA, NOW + timedelta(weeks=1))
    assert (later.target, later.next_target) == (2, None)


async def test_the_last_word_on_a_target_stands(database: Database) -> None:
    plans = PlanService(database)
    await plans.set_days(GROUP, ANNA, 3, NOW - timedelta(weeks=2))
    await check_in(database, "2026-11-18")
    await plans.set_days(GROUP, ANNA, 6, NOW)

    async def undo(connection: Connection) -> None:
        await connection.run("UPDATE runs SET undone_at = 1", {})

    await database.write(undo)
    after = await plans.set_days(GROUP, ANNA, 4, NOW)

    assert (after.state.target, after.state.next_target) == (4, None), "the six of next week are gone"


async def test_this_week_sums_what_was_run_in_it(database: Database) -> None:
    plans = PlanService(database)
    await plans.set_wishes(GROUP, ANNA, "20 km", "2h", "when the kettle boils, I run", NOW)
    for each in ("2026-11-15", "2026-11-16", "2026-11-16", "2026-11-18"):
        await check_in(database, each)

    state = await plans.state(GROUP, ANNA, NOW)

    assert (state.kept_days, state.metres, state.seconds) == (2, 15_000, 4_500)
    assert (state.weekly_metres, state.weekly_minutes) == (20_000, 120)
    assert state.plan == "when the kettle boils, I run"


async def test_a_bare_distance_reads_in_the_member_s_unit(database: Database) -> None:
    await MemberService(database).set_units(GROUP, ANNA, "mi", NOW)

    state = await PlanService(database).set_wishes(GROUP, ANNA, "10", "", None, NOW)

    assert (state.weekly_metres, state.weekly_minutes) == (16_093, None)


@pytest.mark.parametrize(
    ("distance", "time"), [("lots", ""), ("", "soon"), ("-5 km", ""), ("", "0"), ("9**9", "")]
)
async def test_wishes_that_mean_nothing_are_refused_and_change_nothing(
    database: Database, distance: str, time: str
) -> None:
    plans = PlanService(database)
    await plans.set_wishes(GROUP, ANNA, "20 km", "90", "plan", NOW)

    with pytest.raises(Refusal):
        await plans.set_wishes(GROUP, ANNA, distance, time, "another", NOW)

    state = await plans.state(GROUP, ANNA, NOW)
    assert (state.weekly_metres, state.weekly_minutes, state.plan) == (20_000, 90, "plan")


async def test_clearing_goes_back_to_three_days(database: Database) -> None:
    plans = PlanService(database)
    await plans.set_days(GROUP, ANNA, 6, NOW)
    await plans.set_wishes(GROUP, ANNA, "20 km", "90", "plan", NOW)

    state = (await plans.clear(GROUP, ANNA, NOW)).state

    assert (state.target, state.weekly_metres, state.weekly_minutes, state.plan) == (3, None, None, None)


async def test_the_group_s_week_start_and_the_member_s_zone_say_what_this_week_is(database: Database) -> None:
    await GroupService(database).set_week_start(GROUP, "6", NOW)
    await MemberService(database).set_zone(GROUP, ANNA, "Pacific/Auckland", NOW)

    state = await PlanService(database).state(GROUP, ANNA, datetime(2026, 11, 21, 18, tzinfo=UTC))

    assert (state.today, state.week_day) == (date(2026, 11, 22), date(2026, 11, 22))


async def pause(database: Database, start: str = "", end: str = "", *, number: int = 1, now: datetime = NOW):  # type: ignore[no-untyped-def]
    return await PlanService(database).pause(
        GROUP, ANNA, start=start, end=end, reason="knee", interaction_id=number, now=now
    )


async def test_a_pause_starts_today_and_lasts_until_ended(database: Database) -> None:
    result = await pause(database)

    assert (result.pause.from_day, result.pause.until_day, result.pause.reason) == (TODAY, None, "knee")
    assert result.state.pause == result.pause


async def test_an_interaction_delivered_twice_pauses_once(database: Database) -> None:
    first = await pause(database, "today", "in 2 weeks")
    second = await pause(database, "today", "in 2 weeks")

    assert first.pause == second.pause
    assert len(second.state.pauses) == 1


async def test_a_pause_in_the_past_back_to_the_last_check_in(database: Database) -> None:
    await MemberService(database).set_visibility(GROUP, ANNA, "group", NOW)
    await check_in(database, "2026-10-01")

    result = await pause(database, "2026-10-01", "2026-11-10")
    assert result.pause.over(result.state.today)
    with pytest.raises(Refusal):
        await pause(database, "2026-09-30", "2026-11-10", number=2)
    assert len((await PlanService(database).state(GROUP, ANNA, NOW)).pauses) == 1


async def test_pauses_that_meet_become_one(database: Database) -> None:
    await pause(database, "today", "tomorrow")
    result = await pause(database, "2026-11-20", "2026-11-25", number=2)

    assert result.joined
    assert [(each.from_day, each.until_day) for each in result.state.pauses] == [(TODAY, date(2026, 11, 25))]


@pytest.mark.parametrize("start", ["2026-02-30", "whenever", "0000-00-00", "in 9 years", "٣", "x" * 10_000])
async def test_a_day_that_does_not_exist_pauses_nothing(database: Database, start: str) -> None:
    with pytest.raises(Refusal):
        await pause(database, start)

    assert (await PlanService(database).state(GROUP, ANNA, NOW)).pauses == ()


async def test_who_is_back_has_yesterday_as_the_last_paused_day(database: Database) -> None:
    plans = PlanService(database)
    made = await pause(database, "2026-11-01")
    ended = await plans.end_pause(GROUP, ANNA, made.pause.pause_id, NOW)
    again = await plans.end_pause(GROUP, ANNA, made.pause.pause_id, NOW)

    assert not ended.cancelled
    assert ended.state.pause is None
    assert again.state.pauses == ended.state.pauses
    assert ended.state.pauses[0].until_day == date(2026, 11, 17)
    assert ended.state.smaller == (1, 2), "seventeen days were paused"


async def test_a_pause_ended_on_its_first_day_leaves_nothing(database: Database) -> None:
    made = await pause(database)
    ended = await PlanService(database).end_pause(GROUP, ANNA, made.pause.pause_id, NOW)

    assert ended.cancelled
    assert ended.state.pauses == ()


async def test_nobody_ends_a_pause_of_somebody_else_s(database: Database) -> None:
    plans = PlanService(database)
    made = await pause(database)

    for group_id, person_id in ((GROUP, BEN), (GROUP + 1, ANNA)):
        with pytest.raises(Refusal):
            await plans.end_pause(group_id, person_id, made.pause.pause_id, NOW)
    assert (await plans.state(GROUP, ANNA, NOW)).pause == made.pause
    assert (await plans.state(GROUP, BEN, NOW)).pauses == ()
