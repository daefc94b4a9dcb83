"""/care for everybody, turning feelings on in /setup, and the low-mood answer, as people press them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.care.service import CareService
from bot.consents.rules import KEEP
from tests.cogs.conftest import World, seen


async def choose(world: World, person: Any) -> Any:
    return await world.press(person, world.runs, "sw:setup.choose", "feelings")


async def agreed(world: World, person: Any) -> None:
    """Feelings are on, and this person said yes."""
    await world.press(world.olive, world.runs, "sw:care.usual")
    await world.bot.services.consents.agree(world.group_id, person.id, KEEP, 16, world.clock.now())


async def test_care_is_there_for_everybody_always(world: World) -> None:
    answer = await world.alice.slash(world.runs, "care")
    assert answer.response.ephemeral
    assert "Find A Helpline" in seen(answer)
    assert "emergency number" in seen(answer)


async def test_an_organiser_turns_feelings_on_by_confirming_the_directory(world: World) -> None:
    off = await choose(world, world.olive)
    assert "Feelings and care: off" in seen(off)
    on = await world.press(world.olive, world.runs, "sw:care.usual")
    assert "Feelings and care: on" in seen(on)
    assert (await world.bot.services.groups.settings(world.group_id)).feelings_on


async def test_own_resources_show_before_they_are_confirmed(world: World) -> None:
    fields = {
        "places": "Village doctor | 555 12 34\nChat | https://example.org/chat",
        "words": "Ring any time.",
    }
    kept = await world.form(world.olive, world.runs, "sw:care.written", fields)
    assert "not confirmed yet" in seen(kept)
    assert not (await world.bot.services.groups.settings(world.group_id)).feelings_on
    await world.press(world.olive, world.runs, "sw:care.still")
    assert (await world.bot.services.groups.settings(world.group_id)).feelings_on
    answer = await world.bob.slash(world.runs, "care")
    for said in ("Village doctor", "555 12 34", "Chat", "Ring any time."):
        assert said in seen(answer)


async def test_members_turn_nothing_on_or_off(world: World) -> None:
    await world.press(world.olive, world.runs, "sw:care.usual")
    before = await world.rows("SELECT * FROM groups")
    for action in ("page", "still", "own", "age:18", "off", "off_sure", "usual"):
        refused = await world.press(world.alice, world.runs, f"sw:care.{action}")
        assert "Manage Server" in seen(refused)
    await world.form(world.alice, world.runs, "sw:care.written", {"places": "a | 1", "words": ""})
    assert await world.rows("SELECT * FROM groups") == before


async def test_turning_off_takes_two_presses_and_keeps_what_is_members_own(world: World) -> None:
    await agreed(world, world.alice)
    await world.form(world.alice, world.runs, "sw:mood.logged", {"mood": "2"})
    await world.press(world.olive, world.runs, "sw:care.off")
    assert (await world.bot.services.groups.settings(world.group_id)).feelings_on
    await world.press(world.olive, world.runs, "sw:care.off_sure")
    refused = await world.form(world.alice, world.runs, "sw:mood.logged", {"mood": "3"})
    assert "Feelings are off" in seen(refused)
    assert [row["mood"] for row in await world.rows("SELECT mood FROM moods")] == [2]


async def test_organisers_are_asked_again_after_90_days(world: World) -> None:
    await world.press(world.olive, world.runs, "sw:care.usual")
    care = CareService(world.database)
    world.clock.advance(timedelta(days=89))
    assert await care.ask_organisers(world.clock.now()) == 0
    world.clock.advance(timedelta(days=1))
    assert await care.ask_organisers(world.clock.now()) == 1
    assert await care.ask_organisers(world.clock.now()) == 0
    told = await world.olive.slash(world.runs, "checkin")
    assert any("90 days" in seen(each) for each in told.followups)
    again = await world.olive.slash(world.runs, "checkin")
    assert not any("90 days" in seen(each) for each in again.followups)
    world.clock.advance(timedelta(days=7))
    assert await care.ask_organisers(world.clock.now()) == 1
    await world.press(world.olive, world.runs, "sw:care.still")
    assert not await world.rows("SELECT * FROM group_notices WHERE kind = 'resources_due'")
    world.clock.advance(timedelta(days=80))
    assert await care.ask_organisers(world.clock.now()) == 0


async def test_the_third_low_day_carries_the_resources_once(world: World) -> None:
    await agreed(world, world.alice)
    shown = []
    for _ in range(5):
        kept = await world.form(world.alice, world.runs, "sw:mood.logged", {"mood": "-3"})
        assert kept.response.ephemeral
        shown.append("Find A Helpline" in seen(kept))
        world.clock.advance(timedelta(days=1))
    assert shown == [False, False, True, False, False]
    [row] = await world.rows("SELECT * FROM care_shown")
    assert set(dict(row)) == {"group_id", "person_id", "shown_day", "dismissed"}


async def test_dismissed_once_it_never_comes_by_itself_until_it_is_allowed_again(world: World) -> None:
    await agreed(world, world.alice)

    async def low_days(number: int) -> bool:
        found = False
        for _ in range(number):
            kept = await world.form(world.alice, world.runs, "sw:mood.logged", {"mood": "-4"})
            found = found or "Find A Helpline" in seen(kept)
            world.clock.advance(timedelta(days=1))
        return found

    assert await low_days(3)
    await world.press(world.alice, world.runs, "sw:care.dismiss")
    assert not await low_days(40)
    await world.press(world.alice, world.runs, "sw:care.allow")
    assert await low_days(3)
    assert "Find A Helpline" in seen(await world.alice.slash(world.runs, "care"))
