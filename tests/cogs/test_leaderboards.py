"""`/leaderboard`, being on it, and the week's post."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.clock import epoch
from bot.leaderboards import posting
from tests.cogs.conftest import World, seen

MONDAY_1900 = datetime(2026, 11, 23, 19, tzinfo=UTC)  # the world stands on Wednesday, the 18th, at noon UTC
DAYS = ("2026-11-16", "2026-11-17", "2026-11-18")


async def crowd(
    world: World, kept: dict[str, int], *, private: str = "", zone: str = "UTC"
) -> dict[str, Any]:
    """People of the group who said yes to the boards, each with so many days of this week, and weeks before."""
    await world.bot.services.groups.set_runs_channel(world.group_id, world.runs.id, world.clock.now())
    people = {}
    for number, (name, days) in enumerate(kept.items()):
        actor = world.guild.add_member(world.env.create_user(name, global_name=name.title()))
        people[name] = actor
        service = world.bot.services.leaderboards
        await service.set_listed(world.group_id, actor.id, True, world.clock.now())
        await world.bot.services.members.set_zone(world.group_id, actor.id, zone, world.clock.now())
        entered = [*DAYS[:days], "2026-11-02"]
        for at, day in enumerate(entered):
            await world.put(
                "INSERT INTO runs (run_id, group_id, person_id, interaction_id, activity, running_day, metres, seconds,"
                " source, visibility, created_at) VALUES (:run, :group_id, :person, :run, 'run', :day, 5000, 1600,"
                " 'typed', :visibility, :now)",
                run=number * 10 + at + 1,
                group_id=world.group_id,
                person=actor.id,
                day=day,
                visibility="private" if name == private else "group",
                now=epoch(world.clock.now()),
            )
    return people


FIVE = {"ada": 3, "bea": 3, "cem": 2, "dan": 1, "eva": 0}


async def posted(world: World, at: datetime = MONDAY_1900) -> list[Any]:
    """The boards that stand in #runs once the courier woke at `at`."""
    world.clock.advance(at - world.clock.now())
    await world.bot.courier.wake(world.bot)
    return [message for message in world.runs.history() if "board.me" in str(message.components)]


async def test_one_is_asked_once_after_the_first_check_in(world: World) -> None:
    first = await world.slash_run(world.alice, distance="5k")
    asked = "\n".join(seen(each) for each in first.followups)
    assert "Would you like to be on this group's boards?" in asked
    again = await world.slash_run(world.alice, distance="6k")
    assert "boards" not in "\n".join(seen(each) for each in again.followups)
    [row] = await world.rows("SELECT listed FROM members")
    assert row["listed"] is None


async def test_the_answer_is_stored_and_can_be_changed(world: World) -> None:
    await world.slash_run(world.alice, distance="5k")
    yes = await world.press(world.alice, world.runs, "sw:listing.set:yes")
    assert "You are on the boards" in seen(yes)
    assert yes.response.ephemeral
    no = await world.press(world.alice, world.runs, "sw:listing.set:no")
    assert "leave you out" in seen(no)
    [row] = await world.rows("SELECT listed FROM members")
    assert row["listed"] == 0


async def test_the_weeks_board_comes_on_monday_evening_once(world: World) -> None:
    people = await crowd(world, FIVE)
    assert await posted(world, MONDAY_1900 - timedelta(minutes=1)) == []
    [board] = await posted(world)
    text = seen(board)
    assert "Nov 16" in text
    assert "2 kept their plan" in text
    assert f"<@{people['ada'].id}>" in text
    assert "a member" not in text
    assert [each.filename for each in board.attachments] == ["board.png"]
    assert "Ada" in (board.attachments[0].description or "")
    assert await posted(world, MONDAY_1900 + timedelta(hours=3)) == [board]
    rows = await world.rows("SELECT COUNT(*) AS n FROM board_entries")
    assert rows[0]["n"] == 5


async def test_under_five_the_total_stands_alone(world: World) -> None:
    people = await crowd(world, {"ada": 3, "bea": 3, "cem": 2, "dan": 1})
    [board] = await posted(world)
    text = seen(board)
    assert "Together: 9 check-ins" in text
    assert not any(f"<@{each.id}>" in text for each in people.values())


async def test_a_week_without_a_check_in_has_no_board_and_a_reason(world: World) -> None:
    await crowd(world, dict.fromkeys(FIVE, 0))
    assert await posted(world) == []
    rows = await world.rows("SELECT state, reason FROM deliveries WHERE kind = 'leaderboard'")
    assert [(row["state"], row["reason"]) for row in rows] == [("skipped", "nothing_entered")]


async def test_the_board_waits_for_the_week_of_whoever_is_farthest_west(world: World) -> None:
    people = await crowd(world, FIVE)
    await world.bot.services.members.set_zone(
        world.group_id, people["eva"].id, "Pacific/Pago_Pago", world.clock.now()
    )
    await world.put("UPDATE groups SET zone = 'Pacific/Kiritimati'")
    await world.put(
        "UPDATE schedules SET next_due_at = :now WHERE off_reason IS NULL", now=epoch(world.clock.now())
    )
    # 19:00 in Kiritimati is 05:00 UTC; in Pago Pago the week ends at 04:00, which is 15:00 UTC
    assert await posted(world, datetime(2026, 11, 23, 5, tzinfo=UTC)) == []
    assert await posted(world, datetime(2026, 11, 23, 14, 59, tzinfo=UTC)) == []
    assert len(await posted(world, datetime(2026, 11, 23, 15, tzinfo=UTC))) == 1


async def test_private_days_count_for_showing_up_and_not_for_totals(world: World) -> None:
    people = await crowd(world, FIVE, private="ada")
    [board] = await posted(world)
    assert f"<@{people['ada'].id}>" in seen(board)
    assert "Together: 6 check-ins" in seen(board)


async def test_a_run_set_aside_counts_for_no_board(world: World) -> None:
    people = await crowd(world, FIVE)
    await world.put("UPDATE runs SET set_aside_at = 1 WHERE person_id = :person", person=people["ada"].id)
    [board] = await posted(world)
    assert "1 kept their plan" in seen(board)
    assert "Together: 6 check-ins" in seen(board)


async def test_who_is_paused_is_not_ranked(world: World) -> None:
    people = await crowd(world, {**FIVE, "fay": 1})
    await world.bot.services.plans.pause(
        world.group_id,
        people["fay"].id,
        start="",
        end="",
        reason=None,
        interaction_id=1,
        now=world.clock.now(),
    )
    [board] = await posted(world)
    assert f"<@{people['fay'].id}>" not in seen(board)
    where = await people["fay"].click(board, custom_id=board_button(board))
    assert "no place on this one" in seen(where)


def board_button(board: Any) -> str:
    """The custom_id of "Where am I?"."""
    return next(
        str(child.custom_id)
        for part in board.components[0].children
        for child in getattr(part, "children", ())
        if str(getattr(child, "custom_id", "")).startswith("sw:board.me:")
    )


async def test_where_one_stands_is_told_privately_with_two_neighbours(world: World) -> None:
    people = await crowd(world, {"a": 3, "b": 3, "c": 3, "d": 2, "e": 1, "f": 0, "g": 0})
    [board] = await posted(world)
    answer = await people["d"].click(board, custom_id=board_button(board))
    assert answer.response.ephemeral
    text = seen(answer)
    assert text.count("<@") == 5
    assert "(you)" in text
    stranger = await world.bob.click(board, custom_id=board_button(board))
    assert "not on this group's boards" in seen(stranger)


async def test_a_late_entry_changes_no_posted_board(world: World) -> None:
    people = await crowd(world, FIVE)
    [board] = await posted(world)
    before = seen(board)
    await people["dan"].slash(world.runs, "run log", distance="5k", when="2026-11-19")
    await people["dan"].slash(world.runs, "run log", distance="5k", when="2026-11-20")
    [after] = await posted(world, MONDAY_1900 + timedelta(hours=2))
    assert seen(after) == before
    now = await world.alice.slash(world.lounge, "leaderboard")
    assert "3 kept their plan" in seen(now)


async def redrawn(world: World) -> None:
    """Wait until posted boards show what is stored."""
    for _ in range(200):
        [row] = await world.rows("SELECT SUM(redraw) AS n FROM boards")
        if not row["n"]:
            return
        await asyncio.sleep(0.02)
    pytest.fail("a board was not drawn anew")


async def test_a_name_is_taken_out_of_posted_boards_and_the_place_stands(world: World) -> None:
    people = await crowd(world, FIVE)
    [board] = await posted(world)
    await world.press(people["ada"], world.lounge, "sw:listing.set:no")
    await redrawn(world)
    [after] = await posted(world)
    assert after.id == board.id
    assert f"<@{people['ada'].id}>" not in seen(after)
    assert "a member" in seen(after)
    assert "Ada" not in (after.attachments[0].description or "")
    assert f"<@{people['bea'].id}>" in seen(after)


async def test_a_name_goes_from_every_posted_board_however_many_there_are(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "A_BATCH", 1)
    people = await crowd(world, FIVE)
    await posted(world)
    await people["bea"].slash(world.runs, "run log", distance="5k")
    assert len(await posted(world, MONDAY_1900 + timedelta(days=7))) == 2
    await world.press(people["ada"], world.lounge, "sw:listing.set:no")
    await redrawn(world)
    for board in await posted(world, MONDAY_1900 + timedelta(days=7)):
        assert f"<@{people['ada'].id}>" not in seen(board)


async def test_who_erases_everything_goes_from_stored_and_posted_boards(world: World) -> None:
    people = await crowd(world, FIVE)
    await posted(world)
    await world.press(people["ada"], world.lounge, "sw:privacy.erased:everything")
    await redrawn(world)
    [after] = await posted(world)
    assert f"<@{people['ada'].id}>" not in seen(after)
    rows = await world.rows("SELECT person_id FROM board_entries ORDER BY position")
    assert len(rows) == 5
    assert [row["person_id"] for row in rows].count(None) == 1


async def test_who_has_left_is_not_named(world: World) -> None:
    people = await crowd(world, {**FIVE, "fay": 3})
    world.env.backend.remove_member(world.guild.id, people["fay"].id)
    [board] = await posted(world)
    assert f"<@{people['fay'].id}>" not in seen(board)
    [row] = await world.rows(f"SELECT left_at FROM members WHERE person_id = {people['fay'].id}")
    assert row["left_at"] is not None


async def test_the_command_answers_privately_and_shows_in_the_channel_once(world: World) -> None:
    people = await crowd(world, {**FIVE, "eva": 1})
    shown = await people["ada"].slash(world.lounge, "leaderboard", metric="distance", range="this_week")
    assert shown.response.ephemeral
    assert "15.00 km" in seen(shown)
    await people["ada"].click(shown.response, custom_id="sw:board.share:distance:this_week")
    again = await people["ada"].click(shown.response, custom_id="sw:board.share:distance:this_week")
    public = [each for each in world.lounge.history() if "Together" in seen(each)]
    assert len(public) == 1
    assert "in the channel already" in seen(again.followups[-1] if again.followups else again)


@pytest.mark.parametrize("metric", ["showing_up", "minutes", "distance"])
@pytest.mark.parametrize("chosen", ["this_week", "last_week", "month"])
async def test_every_board_can_be_asked_for(world: World, metric: str, chosen: str) -> None:
    await crowd(world, FIVE)
    shown = await world.alice.slash(world.lounge, "leaderboard", metric=metric, range=chosen)
    assert "Together" in seen(shown)


@pytest.mark.parametrize(
    "custom_id",
    [
        "sw:board.me:1",
        "sw:board.me:x",
        "sw:board.where:pace:month",
        "sw:board.share:minutes",
        "sw:listing.set:maybe",
    ],
)
async def test_what_is_not_there_is_refused_privately(world: World, custom_id: str) -> None:
    answer = await world.press(world.alice, world.lounge, custom_id)
    assert answer.response.ephemeral
    assert "older message" in seen(answer) or "not here any more" in seen(answer)


async def test_a_late_board_says_so(world: World) -> None:
    await crowd(world, FIVE)
    [board] = await posted(world, MONDAY_1900 + timedelta(days=2))
    assert "I was away" in seen(board)
