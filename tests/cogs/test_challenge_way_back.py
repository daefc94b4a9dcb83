"""The way back from what was pressed: a challenge called off or ended, a preview that is no preview any more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.challenges.deciding import RESULT
from tests.cogs.conftest import World, seen
from tests.cogs.test_challenge_making import preview, settled
from tests.cogs.test_challenges import RESULT_DUE, button, challenge_of, plan, posted


async def press(world: World, person: Any, action: str, which: object) -> str:
    return seen(await world.press(person, world.runs, f"sw:challenge.{action}:{which}"))


async def test_for_ten_minutes_the_list_holds_what_was_called_off(world: World) -> None:
    which = challenge_of(await posted(world, plan()))
    await press(world, world.olive, "off_sure", which)
    told = await press(world, world.olive, "off", which)
    assert "In the first ten minutes /challenge list brings it back" in told
    listed = seen(await world.olive.slash(world.runs, "challenge list"))
    assert listed.index("Called off") < listed.index("To the sea")
    opened = await world.press(world.olive, world.runs, "sw:challenge.pick", str(which))
    assert "Bring it back" in seen(opened)
    theirs = await world.press(world.bob, world.runs, "sw:challenge.pick", str(which))
    assert "Bring it back" not in seen(theirs)
    world.clock.advance(timedelta(minutes=11))
    assert "To the sea" not in seen(await world.olive.slash(world.runs, "challenge list"))


async def test_bringing_back_twice_shows_it_as_it_stands(world: World) -> None:
    which = challenge_of(await posted(world, plan()))
    await press(world, world.olive, "off_sure", which)
    await press(world, world.olive, "back", which)
    again = await press(world, world.olive, "back", which)
    assert "over" not in again
    assert "To the sea" in again


async def test_an_early_end_says_what_comes_and_how_to_go_on(world: World) -> None:
    which = challenge_of(await posted(world, plan()))
    ended = await press(world, world.olive, "end_sure", which)
    assert "Today is the last day of **To the sea**" in ended
    assert "Edit" in ended
    shown = await press(world, world.olive, "show", which)
    assert "Today is the last day" in shown
    assert "End it today" not in shown
    twice = await press(world, world.olive, "end_sure", which)
    assert "Today is the last day" in twice


async def test_a_preview_that_was_posted_is_not_said_to_be_gone_unseen(world: World) -> None:
    shown = await preview(world, world.olive, "together")
    which = button(shown.response, "post").split(":")[2]
    await world.olive.click(shown.response, custom_id=button(shown.response, "post"))
    await settled(world)
    told = await press(world, world.olive, "discard", which)
    assert "nobody saw it" not in told
    assert "/challenge list" in told
    await press(world, world.olive, "off_sure", which)
    assert "was called off" in await press(world, world.olive, "post", which)


async def test_whoever_took_part_is_not_said_to_take_part_in_what_is_over(world: World) -> None:
    which = challenge_of(await posted(world, plan()))
    await press(world, world.alice, "join", which)
    assert "1 person takes part" in await press(world, world.bob, "show", which)
    await press(world, world.olive, "end_sure", which)
    world.clock.advance(timedelta(days=1))
    assert "1 person took part" in await press(world, world.bob, "show", which)
    await press(world, world.olive, "off_sure", which)
    assert "part" not in await press(world, world.bob, "show", which)


async def test_a_result_that_discord_refused_is_posted_again_from_the_list(world: World) -> None:
    message = await posted(world, plan("together"))
    await world.alice.click(message, custom_id=button(message, "join"))
    await world.alice.slash(world.runs, "run log", distance="9k")
    world.clock.advance(RESULT_DUE - world.clock.now())
    services, now = world.bot.services, world.clock.now()
    for delivery in await services.deliveries.due(now):
        if delivery.kind == RESULT:
            assert await services.deliveries.claim(
                delivery.delivery_id, now, services.challenges.decide_result, None
            )
            await services.deliveries.refused(delivery.delivery_id, "no_access", now)
    which = challenge_of(message)
    opened = await world.press(world.olive, world.runs, "sw:challenge.pick", str(which))
    assert "Post the result again" in seen(opened)
    theirs = await world.press(world.bob, world.runs, "sw:challenge.pick", str(which))
    assert "Post the result again" not in seen(theirs)
    assert "is on its way" in await press(world, world.olive, "again", which)
    await settled(world)
    assert len([each for each in world.runs.history() if "the result" in seen(each)]) == 1
    assert "its result is out" in await press(world, world.olive, "again", which)
    opened = await world.press(world.olive, world.runs, "sw:challenge.pick", str(which))
    assert "Post the result again" not in seen(opened)
