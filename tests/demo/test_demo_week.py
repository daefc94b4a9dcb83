"""The week goes by in the demo: posts and reminders come at their times, and one sees where."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from bot.challenges.model import KINDS
from demo.challenges import ARRANGED
from demo.stage import DIRECT, MOVES, NOTHING_PLANNED
from demo.world import World, open_world
from tests.cogs.conftest import seen
from tests.demo.test_demo import SUNDAY, person, scalar

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """One story: each test goes on where the one before it ended."""
    async with open_world(tmp_path_factory.mktemp("week"), SUNDAY) as made:
        await made.stage.start()
        yield made


async def move(world: World, to: str) -> dict[str, Any]:
    await world.stage.move_clock(to)
    return world.stage.state()


def posts(world: World, beginning: str) -> list[Any]:
    return [m for m in world.stage.channel("runs").history() if seen(m).startswith(beginning)]


def unread_people(state: dict[str, Any]) -> set[str]:
    return {each["key"] for each in state["people"] if each["unread"]}


async def test_the_week_began_with_its_opener_and_the_board_of_the_week_before(world: World) -> None:
    opener, board = posts(world, "## A new week")[0], posts(world, "## The week of")[0]
    assert "3 days · One of them along the canal" in seen(opener)
    assert "Nov 9" in seen(board)
    assert "kept their plan" in seen(board)
    assert board.created_at - opener.created_at == timedelta(hours=11)
    assert (
        await scalar(world, "SELECT COUNT(*) FROM deliveries WHERE state = 'skipped' AND reason = 'late'")
        == 0
    )


async def test_a_challenge_of_each_kind_is_under_way_and_one_is_coming(world: World) -> None:
    cards = world.stage.channel("challenges").history()
    assert len(cards) == len(ARRANGED)
    assert {each.kind for each in ARRANGED if each.starts <= 0} == set(KINDS)
    assert [
        seen(card).startswith(f"## {each.title}") for card, each in zip(cards, ARRANGED, strict=True)
    ] == [True] * len(ARRANGED)
    assert "Starts on" in seen(cards[-1])


async def test_a_run_moves_the_cards_that_it_counts_for(world: World) -> None:
    together = world.stage.channel("challenges").history()[1]
    assert "330.70 of 350 km" in seen(together)
    await person(world, "mira").slash(world.stage.channel("runs"), "run log", distance="5k", time="26:41")
    assert "335.70 of 350 km" in seen(world.stage.channel("challenges").history()[1])


async def test_the_next_reminder_opens_as_a_direct_message_that_answers(world: World) -> None:
    state = await move(world, "next")
    assert state["channel"] == DIRECT
    assert "a reminder for" in state["note"]
    owner = person(world, state["person"])
    (reminder,) = [m for m in owner.user.dm_channel.history() if m.created_at == world.env.now()]
    answer = await owner.user.click(reminder, label="Not today")
    assert seen(answer)
    assert await scalar(world, "SELECT COUNT(*) FROM deliveries WHERE answered_at IS NOT NULL") == 1


async def test_what_is_new_is_marked_until_one_has_looked(world: World) -> None:
    await world.stage.show(person="mira", channel="general")
    state = await move(world, "monday")
    assert {"runs", DIRECT} <= set(state["unread"])
    assert {"mira", "jonas"} == unread_people(state)
    for place in ("runs", "pulse", DIRECT):
        await world.stage.show(person="mira", channel=place)
    assert world.stage.state()["unread"] == []
    assert unread_people(world.stage.state()) == {"jonas"}


async def test_four_weeks_leave_an_opener_and_a_board_a_week_each_at_its_time(world: World) -> None:
    start = world.env.now()
    await move(world, "month")
    assert world.env.now() - start == timedelta(weeks=4)
    for beginning, hour in (("## A new week", 7), ("## The week of", 18)):  # 08:00 and 19:00 in Berlin
        at = [m.created_at for m in posts(world, beginning) if m.created_at > start]
        assert len(at) == 4
        assert {(each.weekday(), each.hour, each.minute) for each in at} == {(0, hour, 0)}


async def test_a_challenge_that_is_over_brings_its_result_two_days_later(world: World) -> None:
    (result,) = posts(world, "## 🏁 350 km")
    assert "of 350 km" in seen(result)
    assert (result.created_at.weekday(), result.created_at.hour) == (2, 3)  # Wednesday, 04:00 in Berlin
    started = world.stage.channel("challenges").history()[-1]
    assert "Starts on" not in seen(started)


async def test_the_next_post_is_opened_in_its_channel(world: World) -> None:
    for _ in range(20):
        state = await move(world, "next")
        if state["channel"] == "runs":
            break
    assert "a post for the group" in state["note"]
    last = world.stage.channel("runs").last_message
    assert last is not None
    assert last.created_at == world.env.now()


async def test_the_others_go_on_running_while_those_who_wait_do_not(world: World) -> None:
    since = int(world.env.now().timestamp())
    await move(world, "month")
    ran = f"SELECT COUNT(DISTINCT person_id) FROM runs WHERE created_at > {since}"
    assert await scalar(world, ran) >= 8
    for key in ("mira", "lukasz", "ben"):
        assert await scalar(world, f"{ran} AND person_id = {person(world, key).id}") == 0


async def test_the_clock_moves_on_by_the_page_and_by_the_command(world: World) -> None:
    for to in MOVES:
        before = world.env.now()
        state = await move(world, to)
        assert world.env.now() > before
        assert world.bot.clock.now() == world.env.now()
        if to == "monday":
            assert state["clock"].startswith("Monday,")
            assert state["clock"].endswith("19:00")
    before = world.env.now()
    told = await person(world, "mira").slash(world.stage.channel("runs"), "demo", to="hour")
    assert "clock" in seen(told)
    await world.stage.moved()
    assert world.env.now() - before >= timedelta(hours=1)


async def test_channels_have_their_names_in_direct_messages_too(world: World) -> None:
    mention = b"Your card is in <#%d>." % world.stage.channel("runs").id
    await world.stage.show(person="mira", channel="runs")
    assert world.stage.name_channels(mention) == mention  # there simcord names it
    await world.stage.show(person="mira", channel=DIRECT)
    assert world.stage.name_channels(mention) == b"Your card is in #runs."


async def test_where_nothing_is_planned_it_says_so(world: World) -> None:
    database, now = world.bot.services.database, world.env.now()
    await database.write(
        lambda connection: connection.run(
            "UPDATE schedules SET off_reason = 'by_owner', next_due_at = NULL", ()
        )
    )
    assert (await move(world, "next"))["note"] == NOTHING_PLANNED
    assert world.env.now() == now
    await world.stage.show(person="mira", channel="runs")
    assert world.stage.state()["note"] == ""
