"""Feelings around a run over time: which ratings make a pair, restarts, second deliveries, forged and late presses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.cogs.conftest import World, seen
from tests.cogs.test_challenge_upkeep import restarted
from tests.cogs.test_moods import ids, moods, ready
from tests.cogs.test_reminders import THURSDAY, button_in, button_of, letters, remind, wake
from tests.hostile.sending import answers, send_form, send_press

# what asks, stores or shows; each with an id that is 7
PRESSES = ("start", "open", "run:7", "more:7")
CHOICES = ("before:7", "after:7", "recall:7", "changed:7")


async def asked_after(world: World, **options: Any) -> Any:
    """The private question that follows a run of alice's."""
    logged = await world.slash_run(world.alice, **options)
    [asked] = [each for each in logged.followups if "feeling inside" in seen(each)]
    return asked


async def pairs(world: World) -> list[tuple[int, int]]:
    trend = await world.bot.services.trends.trend(world.group_id, world.alice.id, "all", world.clock.now())
    return [(pair.before.values.mood, pair.after.values.mood) for pair in trend.pairs]


@pytest.mark.parametrize(("minutes", "counts"), [(3, False), (6, True), (60, True), (62, False)])
async def test_a_press_a_run_and_a_rating_in_time_make_a_pair(
    world: World, minutes: int, counts: bool
) -> None:
    await ready(world, world.alice)
    start = await world.press(world.alice, world.runs, "sw:mood.start")
    await world.press(world.alice, world.runs, ids(start.response, "mood.before")[0], "-1")
    world.clock.advance(timedelta(minutes=31))
    asked = await asked_after(world, distance="5k", time="30:00")
    assert "from five minutes after" in seen(asked)
    world.clock.advance(timedelta(minutes=minutes - 1))
    await world.press(world.alice, world.runs, ids(asked, "mood.after")[0], "3")
    assert await pairs(world) == ([(-1, 3)] if counts else [])


async def test_a_run_that_ended_a_while_ago_is_asked_about_without_a_word_of_waiting(world: World) -> None:
    await ready(world, world.alice)
    asked = await asked_after(world, distance="5k", time="26:41", when="2026-11-18 10:00")
    assert "five minutes after" not in seen(asked)


async def test_a_before_from_memory_is_kept_and_makes_no_pair(world: World) -> None:
    await ready(world, world.alice)
    asked = await asked_after(world, distance="5k", time="26:41", when="2026-11-18 11:20")
    kept = await world.press(world.alice, world.runs, ids(asked, "mood.after")[0], "3")
    recalling = await world.press(world.alice, world.runs, ids(kept.response, "mood.recalling")[0])
    assert "left out of the comparison" in seen(recalling)
    await world.press(world.alice, world.runs, ids(recalling.response, "mood.recall")[0], "-2")
    assert [(each["moment"], each["recalled"]) for each in await moods(world)] == [
        ("after", 0),
        ("before", 1),
    ]
    assert await pairs(world) == []


async def test_a_run_that_was_undone_is_rated_no_more(world: World) -> None:
    await ready(world, world.alice)
    asked = await asked_after(world, distance="5k", time="26:41")
    [run] = await world.rows("SELECT run_id FROM runs")
    await world.press(world.alice, world.runs, f"sw:run.undo:{run['run_id']}")
    assert (await world.rows("SELECT undone_at FROM runs"))[0]["undone_at"] is not None
    for press in (ids(asked, "mood.after")[0], f"sw:mood.recall:{run['run_id']}"):
        assert "gone" in seen(await world.press(world.alice, world.runs, press, "3"))
    assert "gone" in seen(await world.press(world.alice, world.runs, f"sw:mood.run:{run['run_id']}"))
    refused = await world.press(world.alice, world.runs, f"sw:run.nearly:{run['run_id']}:1")
    assert "not here any more" in seen(refused)
    assert not await moods(world)
    assert not await world.rows("SELECT * FROM nearly_not")


async def test_a_private_run_is_asked_about_as_well(world: World) -> None:
    await ready(world, world.alice)
    asked = await asked_after(world, distance="5k", time="26:41", visibility="private")
    assert asked.ephemeral


@pytest.mark.parametrize("feelings", ["off", "never_agreed"])
async def test_nothing_is_opened_or_kept_where_feelings_are_off_or_nobody_agreed(
    world: World, feelings: str
) -> None:
    await ready(world)
    if feelings == "off":
        await world.put("UPDATE groups SET feelings_confirmed_at = NULL")
    said = "Feelings are off" if feelings == "off" else "keep mine"
    for press in PRESSES[:3]:
        answer = await world.press(world.alice, world.runs, f"sw:mood.{press}")
        assert answer.modal is None
        assert answer.response.ephemeral
        assert said in seen(answer), press
    for choice in CHOICES:
        answer = await world.press(world.alice, world.runs, f"sw:mood.{choice}", "3")
        assert said in seen(answer), choice
    for form in ("logged", "added:7"):
        answer = await world.form(world.alice, world.runs, f"sw:mood.{form}", {"mood": "3", "stress": "2"})
        assert said in seen(answer), form
    logged = await world.slash_run(world.alice, distance="5k", time="26:41")
    assert not [each for each in logged.followups if "feeling inside" in seen(each)]
    assert not await moods(world)
    assert not await world.rows("SELECT * FROM run_starts")


async def test_what_was_kept_is_shown_and_taken_back_after_feelings_were_turned_off(world: World) -> None:
    await ready(world, world.alice)
    await world.form(world.alice, world.runs, "sw:mood.logged", {"mood": "3"})
    await world.put("UPDATE groups SET feelings_confirmed_at = NULL")
    [mood] = await moods(world)
    assert "bright" in seen(await world.press(world.alice, world.runs, f"sw:mood.show:{mood['mood_id']}"))
    await world.press(world.alice, world.runs, f"sw:mood.take_back:{mood['mood_id']}")
    assert not await moods(world)


async def test_presses_of_before_a_restart_are_kept_after_it(world: World) -> None:
    await ready(world, world.alice)
    start = await world.press(world.alice, world.runs, "sw:mood.start")
    asked = await asked_after(world, distance="5k", time="26:41")
    await restarted(world)
    await world.press(world.alice, world.runs, ids(start.response, "mood.before")[0], "0")
    await world.press(world.alice, world.runs, ids(asked, "mood.after")[0], "4")
    assert [(each["moment"], each["mood"]) for each in await moods(world)] == [("before", 0), ("after", 4)]


async def test_what_is_delivered_twice_is_kept_once(world: World) -> None:
    await ready(world, world.alice)
    await world.slash_run(world.alice, distance="5k", time="26:41")
    [run] = await world.rows("SELECT run_id FROM runs")
    who, runs = world.alice, world.runs
    send_press(world, who, runs, "sw:mood.start", times=2)
    send_press(world, who, runs, f"sw:mood.after:{run['run_id']}", "4", times=2)
    send_press(world, who, runs, f"sw:run.nearly:{run['run_id']}:1", times=2)
    send_form(world, who, runs, "sw:mood.logged", {"mood": "1"}, times=2)
    await world.env.settle()
    assert sorted(each["moment"] for each in await moods(world)) == ["after", "day"]
    assert len(await world.rows("SELECT * FROM run_starts")) == 1
    assert len(await world.rows("SELECT * FROM nearly_not")) == 1


@pytest.mark.parametrize("value", ["99", "-6", "abc", "٣", "", "1" * 200, "4; DROP TABLE moods"])
async def test_a_choice_that_is_on_no_scale_keeps_and_changes_nothing(world: World, value: str) -> None:
    await ready(world, world.alice)
    await world.form(world.alice, world.runs, "sw:mood.logged", {"mood": "2", "stress": "3"})
    before = await moods(world)
    mood_id = before[0]["mood_id"]
    sent = [send_press(world, world.alice, world.runs, f"sw:mood.changed:{mood_id}", value)]
    sent += [
        send_form(world, world.alice, world.runs, f"sw:mood.added:{mood_id}", {"focus": value or "0"})
        for _ in range(2)
    ]
    await world.env.settle()
    for result in sent:
        for answer in answers(result):
            assert answer.ephemeral
            assert "scale" in seen(answer) or "Choose a mood" in seen(answer)
    assert await moods(world) == before


async def test_a_direct_message_is_refused_kindly_and_offers_nothing_of_it(world: World) -> None:
    await ready(world, world.alice)
    await world.bot.services.groups.set_runs_channel(world.group_id, world.runs.id, world.clock.now())
    await remind(world)
    await wake(world, THURSDAY)
    letter, alice = letters(world)[-1], world.alice.user
    panel = await alice.click(letter, custom_id=button_of(letter, "remind.log"))
    counted = await alice.click(panel.response, custom_id=button_in(panel, "checkin.count:run"))
    assert not [each for each in counted.followups if "feeling inside" in seen(each)]
    more = await alice.click(panel.response, custom_id=button_in(panel, "run.more"))
    assert "Nearly didn't go" in seen(more)
    assert "How did it feel" not in seen(more)
    [run] = await world.rows("SELECT run_id FROM runs")
    for press in ("start", "open", f"run:{run['run_id']}"):
        refused = await world.press(alice, alice.dm_channel, f"sw:mood.{press}:@{world.group_id}")
        assert "Open your running group" in seen(refused)
    assert not await world.rows("SELECT * FROM run_starts")


async def test_a_public_card_is_never_replaced_by_what_a_forged_press_opens(world: World) -> None:
    await ready(world, world.alice)
    await world.slash_run(world.alice, distance="5k", time="26:41")
    card = world.runs.history()[-1]
    [run] = await world.rows("SELECT run_id FROM runs")
    await world.press(world.alice, world.runs, f"sw:mood.after:{run['run_id']}", "-5")
    before = seen(card)
    for press in ("mood.start", f"mood.run:{run['run_id']}", f"run.nearly:{run['run_id']}:1"):
        answer = await world.press_on(world.alice, card, f"sw:{press}")
        assert answer.response.ephemeral, press
    shown = "\n".join(seen(each) for each in world.runs.history())
    assert before in shown
    assert "awful" not in shown
    assert "early" not in shown
