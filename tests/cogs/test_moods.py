"""Feelings as people press them: about to run, how it felt, /mood log; everything to their owner alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.consents.rules import KEEP
from tests.cogs.conftest import World, seen


async def ready(world: World, *people: Any) -> None:
    """Feelings are on, and these people said yes."""
    await world.press(world.olive, world.runs, "sw:care.usual")
    for person in people:
        await world.bot.services.consents.agree(world.group_id, person.id, KEEP, 16, world.clock.now())


def raw(message: Any) -> list[dict[str, Any]]:
    """Every component of a message, nested ones too."""
    waiting = [part if isinstance(part, dict) else part.to_dict() for part in message.components]
    found = []
    while waiting:
        part = waiting.pop(0)
        found.append(part)
        waiting.extend(part.get("components") or ())
    return found


def ids(message: Any, action: str) -> list[str]:
    return [
        str(part["custom_id"])
        for part in raw(message)
        if str(part.get("custom_id", "")).split(":")[1:2] == [action]
    ]


async def moods(world: World) -> list[dict[str, Any]]:
    return [dict(row) for row in await world.rows("SELECT * FROM moods ORDER BY mood_id")]


async def test_the_first_time_asks_for_a_yes_and_keeps_nothing_before(world: World) -> None:
    await ready(world)
    asked = await world.alice.slash(world.runs, "mood log")
    assert asked.response.ephemeral
    assert asked.modal is None
    assert "for you alone" in seen(asked)
    [agree] = ids(asked.response, "consent.agree")
    await world.press(world.alice, world.runs, agree)
    opened = await world.alice.slash(world.runs, "mood log")
    assert opened.modal is not None
    kept = await world.alice.submit_modal(opened, {"mood": ["3"], "stress": ["2"]})
    assert kept.response.ephemeral
    assert "+3 bright" in seen(kept)
    [mood] = await moods(world)
    assert (mood["moment"], mood["mood"], mood["stress"], mood["sleep"]) == ("day", 3, 2, None)


async def test_sleep_is_asked_once_a_day(world: World) -> None:
    await ready(world, world.alice)
    first = await world.alice.slash(world.runs, "mood log")
    await world.alice.submit_modal(first, {"mood": ["0"], "sleep": ["4"]})
    second = await world.alice.slash(world.runs, "mood log")
    assert "last night" not in str(second.modal)
    world.clock.advance(timedelta(days=1))
    third = await world.alice.slash(world.runs, "mood log")
    assert "last night" in str(third.modal)


async def test_about_to_run_takes_a_press_and_a_choice(world: World) -> None:
    await ready(world, world.alice)
    panel = await world.alice.slash(world.runs, "checkin")
    assert "About to run" in seen(panel)
    start = await world.press(world.alice, world.runs, ids(panel.response, "mood.start")[0])
    assert start.response.ephemeral
    [choice] = ids(start.response, "mood.before")
    kept = await world.press(world.alice, world.runs, choice, "-1")
    assert "Have a good one" in seen(kept)
    [mood] = await moods(world)
    assert (mood["moment"], mood["mood"], mood["recalled"]) == ("before", -1, 0)


async def test_not_running_after_all_takes_the_start_back(world: World) -> None:
    await ready(world, world.alice)
    start = await world.press(world.alice, world.runs, "sw:mood.start")
    await world.press(world.alice, world.runs, ids(start.response, "mood.not_running")[0])
    assert not await world.rows("SELECT * FROM run_starts")


async def test_the_panel_has_no_such_button_where_feelings_are_off(world: World) -> None:
    panel = await world.alice.slash(world.runs, "checkin")
    assert "About to run" not in seen(panel)
    forged = await world.press(world.alice, world.runs, "sw:mood.start")
    assert "Feelings are off" in seen(forged)


async def test_after_a_run_who_agreed_is_asked_privately_and_others_are_not(world: World) -> None:
    await ready(world, world.alice)
    logged = await world.slash_run(world.alice, distance="5k", time="26:41")
    [asked] = [each for each in logged.followups if "feeling inside" in seen(each)]
    assert asked.ephemeral
    other = await world.slash_run(world.bob, distance="5k", time="27:41")
    assert not [each for each in other.followups if "feeling inside" in seen(each)]
    [choice] = ids(asked, "mood.after")
    kept = await world.press(world.alice, world.runs, choice, "2")
    assert ids(kept.response, "mood.recalling")
    [mood] = await moods(world)
    assert (mood["moment"], mood["mood"], mood["run_id"] is not None) == ("after", 2, True)


async def test_who_rated_before_the_run_is_not_asked_for_it_from_memory(world: World) -> None:
    await ready(world, world.alice)
    start = await world.press(world.alice, world.runs, "sw:mood.start")
    await world.press(world.alice, world.runs, ids(start.response, "mood.before")[0], "-1")
    world.clock.advance(timedelta(hours=1))
    logged = await world.slash_run(world.alice, distance="5k", time="26:41")
    [asked] = [each for each in logged.followups if "feeling inside" in seen(each)]
    kept = await world.press(world.alice, world.runs, ids(asked, "mood.after")[0], "2")
    assert not ids(kept.response, "mood.recalling")


async def test_a_run_of_the_day_before_yesterday_asks_nothing(world: World) -> None:
    await ready(world, world.alice)
    logged = await world.slash_run(world.alice, distance="5k", when="2026-11-16")
    assert not [each for each in logged.followups if "feeling inside" in seen(each)]


async def test_more_is_added_changed_and_taken_out_of_an_entry(world: World) -> None:
    await ready(world, world.alice)
    kept = await world.form(world.alice, world.runs, "sw:mood.logged", {"mood": "1"})
    [mood] = await moods(world)
    mood_id = mood["mood_id"]
    form = await world.press(world.alice, world.runs, ids(kept.response, "mood.more")[0])
    assert form.modal is not None
    await world.alice.submit_modal(form, {"stress": ["5"], "focus": ["1"]})
    assert [(each["stress"], each["focus"]) for each in await moods(world)] == [(5, 1)]
    await world.form(world.alice, world.runs, f"sw:mood.added:{mood_id}", {"stress": "", "focus": "2"})
    assert [(each["stress"], each["focus"]) for each in await moods(world)] == [(None, 2)]
    await world.press(world.alice, world.runs, f"sw:mood.changed:{mood_id}", "-2")
    assert [each["mood"] for each in await moods(world)] == [-2]
    await world.press(world.alice, world.runs, f"sw:mood.take_back:{mood_id}")
    assert not await moods(world)


@pytest.mark.parametrize("value", ["99", "-6", "abc", "٣", "", "1" * 200, "1.5", "None"])
async def test_a_value_that_is_on_no_scale_keeps_nothing(world: World, value: str) -> None:
    await ready(world, world.alice)
    refused = await world.form(world.alice, world.runs, "sw:mood.logged", {"mood": value})
    assert refused.response.ephemeral
    assert not await moods(world)


async def test_no_custom_id_and_no_public_message_holds_a_feeling(world: World) -> None:
    await ready(world, world.alice)
    await world.slash_run(world.alice, distance="5k", time="26:41")
    [run] = await world.rows("SELECT run_id FROM runs")
    kept = await world.press(world.alice, world.runs, f"sw:mood.after:{run['run_id']}", "-5")
    [mood] = await moods(world)
    known = {str(mood["mood_id"]), str(run["run_id"])}
    for part in raw(kept.response):
        arguments = str(part.get("custom_id", "sw:x")).split(":")[2:]
        assert set(arguments) <= known, part
    for message in world.runs.history():
        assert "awful" not in seen(message)
        assert not ids(message, "mood.more")


async def test_another_member_opens_changes_and_rates_nothing(world: World) -> None:
    await ready(world, world.alice, world.bob)
    await world.slash_run(world.alice, distance="5k", time="26:41")
    [run] = await world.rows("SELECT run_id FROM runs")
    await world.press(world.alice, world.runs, f"sw:mood.after:{run['run_id']}", "-5")
    before = await moods(world)
    mood_id = before[0]["mood_id"]
    for action in ("show", "more", "change", "take_back"):
        answer = await world.press(world.bob, world.runs, f"sw:mood.{action}:{mood_id}")
        assert "awful" not in seen(answer)
    for action, number in (("changed", mood_id), ("after", run["run_id"]), ("recall", run["run_id"])):
        answer = await world.press(world.bob, world.runs, f"sw:mood.{action}:{number}", "4")
        assert "awful" not in seen(answer)
    assert "awful" not in seen(await world.press(world.bob, world.runs, f"sw:mood.run:{run['run_id']}"))
    assert await moods(world) == before


async def test_how_did_it_feel_opens_from_ones_own_run(world: World) -> None:
    await ready(world, world.alice)
    await world.slash_run(world.alice, distance="5k", time="26:41")
    [run] = await world.rows("SELECT run_id FROM runs")
    more = await world.press(world.alice, world.runs, f"sw:run.more:{run['run_id']}")
    assert "How did it feel" in seen(more)
    asked = await world.press(world.alice, world.runs, ids(more.response, "mood.run")[0])
    await world.press(world.alice, world.runs, ids(asked.response, "mood.after")[0], "4")
    again = await world.press(world.alice, world.runs, f"sw:mood.run:{run['run_id']}")
    assert "+4" in seen(again)
    others = await world.press(world.bob, world.runs, f"sw:run.more:{run['run_id']}")
    assert "How did it feel" not in seen(others)
    assert "Nearly" not in seen(others)


async def test_nearly_did_not_go_is_the_owners_alone(world: World) -> None:
    await world.slash_run(world.alice, distance="5k", time="26:41")
    [run] = await world.rows("SELECT run_id FROM runs")
    marked = await world.press(world.alice, world.runs, f"sw:run.nearly:{run['run_id']}:1")
    assert "You went all the same" in seen(marked)
    stats = await world.alice.slash(world.runs, "run stats", range="month")
    assert "although you nearly didn't" in seen(stats)
    for person in (world.bob, world.olive):
        answer = await world.press(person, world.runs, f"sw:run.nearly:{run['run_id']}:0")
        assert "✓" not in seen(answer)
        assert "Nearly" not in seen(await world.press(person, world.runs, f"sw:run.more:{run['run_id']}"))
    assert len(await world.rows("SELECT * FROM nearly_not")) == 1
    await world.press(world.alice, world.runs, f"sw:run.nearly:{run['run_id']}:0")
    assert not await world.rows("SELECT * FROM nearly_not")


async def test_a_low_mood_is_answered_with_a_kind_word_and_leaves_no_other_trace(world: World) -> None:
    await ready(world, world.alice)
    kept = await world.form(world.alice, world.runs, "sw:mood.logged", {"mood": "-3"})
    [mood] = await moods(world)
    assert mood["words_key"].startswith("low-")
    assert len(seen(kept).splitlines()) > 2
    [member] = await world.rows("SELECT recent_words FROM members WHERE person_id = :id", id=world.alice.id)
    assert member["recent_words"] == ""
