"""Taking part in challenges, as people press: the card, the list, standings, leaving, the result."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.challenges.model import Plan
from tests.cogs.conftest import World, seen

FIRST, LAST = date(2026, 11, 16), date(2026, 11, 29)
RESULT_DUE = datetime(2026, 12, 2, 4, tzinfo=UTC)


def plan(kind: str = "together", **changes: Any) -> Plan:
    shapes: dict[str, dict[str, Any]] = {
        "distance": {"measure": "metres", "target": 20_000},
        "together": {"measure": "metres", "target": 100_000},
        "teams": {"measure": "metres", "teams": ("Foxes", "Herons")},
        "pledge": {"measure": "metres", "currency": "EUR", "per_km": 50, "cap": 10_000},
    }
    return Plan(
        **{
            "kind": kind,
            "title": "To the sea",
            "first_day": FIRST,
            "last_day": LAST,
            **shapes[kind],
            **changes,
        }
    )


async def posted(world: World, wanted: Plan) -> Any:
    """The card of a challenge that olive made, in #runs."""
    now, olive = world.clock.now(), world.olive.id
    making = world.bot.services.making
    number = int(now.timestamp()) + len(world.runs.history())
    view = await making.draft(world.group_id, olive, number, wanted, world.runs.id, now, organiser=True)
    await making.post(world.group_id, olive, view.challenge.challenge_id, now, organiser=True)
    await world.bot.courier.wake(world.bot)
    await world.env.settle()
    return card(world, wanted.title)


def card(world: World, title: str) -> Any:
    return next(each for each in world.runs.history() if title in seen(each) and "Standings" in seen(each))


def button(message: Any, action: str) -> str:
    waiting = [part if isinstance(part, dict) else part.to_dict() for part in message.components]
    while waiting:
        part = waiting.pop(0)
        waiting.extend(part.get("components") or ())
        if str(part.get("custom_id", "")).startswith(f"sw:challenge.{action}:"):
            return str(part["custom_id"])
    raise AssertionError(f"no button {action}")


def challenge_of(message: Any) -> int:
    return int(button(message, "join").split(":")[2])


async def edited(world: World) -> None:
    """The edits that are under way are over."""
    cog: Any = world.bot.get_cog("Challenges")
    if cog.upkeep._task is not None:
        await cog.upkeep._task
    await world.env.settle()


async def upkeep(world: World) -> None:
    """What the tick does a minute later."""
    await edited(world)
    world.clock.advance(timedelta(minutes=1))
    world.bot.redraw_challenges()
    await edited(world)


async def test_one_joins_from_the_card_and_the_next_run_says_what_it_counted_for(world: World) -> None:
    message = await posted(world, plan())
    await world.alice.slash(world.runs, "run log", distance="4k", when="Monday")
    joined = await world.alice.click(message, custom_id=button(message, "join"))
    assert joined.response.ephemeral
    assert "4.00 km" in seen(joined)
    logged = await world.alice.slash(world.runs, "run log", distance="5k")
    assert "To the sea" in seen(logged)
    await upkeep(world)
    shown = seen(card(world, "To the sea"))
    assert "9.00" in shown
    assert "100" in shown


async def test_joining_twice_says_that_one_is_in(world: World) -> None:
    message = await posted(world, plan())
    await world.alice.click(message, custom_id=button(message, "join"))
    again = await world.alice.click(message, custom_id=button(message, "join"))
    assert again.response.ephemeral
    assert "already" in seen(again)
    rows = await world.rows("SELECT person_id FROM challenge_members")
    assert len(rows) == 1


async def test_a_card_is_edited_at_most_once_a_minute_however_much_happens(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = await posted(world, plan())
    edits: list[int] = []
    edit = type(world.bot.get_partial_messageable(1).get_partial_message(1)).edit

    async def counted(self: Any, **more: Any) -> Any:
        edits.append(self.id)
        return await edit(self, **more)

    monkeypatch.setattr("discord.PartialMessage.edit", counted)
    await world.alice.click(message, custom_id=button(message, "join"))
    await world.bob.click(message, custom_id=button(message, "join"))
    for _ in range(3):
        await world.alice.click(message, custom_id=button(message, "leave"))
        await world.alice.click(message, custom_id=button(message, "join"))
    await edited(world)
    assert edits.count(message.id) == 1
    await upkeep(world)
    assert edits.count(message.id) == 2
    await upkeep(world)
    assert edits.count(message.id) == 2


async def test_leaving_asks_whether_the_share_may_stay_and_only_then(world: World) -> None:
    message = await posted(world, plan())
    for person in (world.alice, world.bob):
        await person.click(message, custom_id=button(message, "join"))
        await person.slash(world.runs, "run log", distance="10k")
    asked = await world.alice.click(message, custom_id=button(message, "leave"))
    assert asked.response.ephemeral
    which = challenge_of(message)
    await world.alice.click(asked.response, custom_id=f"sw:challenge.leave_share:{which}")
    view = await world.bot.services.challenges.view(world.group_id, None, which, world.clock.now())
    assert (view.total, view.people) == (20_000, 1)
    asked = await world.bob.click(message, custom_id=button(message, "leave"))
    await world.bob.click(asked.response, custom_id=f"sw:challenge.leave_with:{which}")
    view = await world.bot.services.challenges.view(world.group_id, None, which, world.clock.now())
    assert (view.total, view.people) == (10_000, 0)


async def test_standings_are_private_and_show_ones_own_first(world: World) -> None:
    message = await posted(world, plan("distance"))
    for person, distance in ((world.alice, "12k"), (world.bob, "21k")):
        await person.click(message, custom_id=button(message, "join"))
        await person.slash(world.runs, "run log", distance=distance)
    standings = await world.alice.click(message, custom_id=button(message, "standings"))
    assert standings.response.ephemeral
    text = seen(standings)
    assert text.index("12.00") < text.index(f"<@{world.bob.id}>")


async def test_the_list_opens_a_challenge_with_what_one_may_do(world: World) -> None:
    message = await posted(world, plan())
    which = challenge_of(message)
    listed = await world.alice.slash(world.lounge, "challenge list")
    assert listed.response.ephemeral
    assert "To the sea" in seen(listed)
    mine = await world.olive.slash(world.lounge, "challenge list")
    shown = await world.olive.select(mine.response, [str(which)], custom_id="sw:challenge.pick")
    assert "Call it off" in seen(shown)
    theirs = await world.alice.select(listed.response, [str(which)], custom_id="sw:challenge.pick")
    assert "Call it off" not in seen(theirs)


async def test_calling_off_can_be_taken_back_and_the_card_says_so(world: World) -> None:
    message = await posted(world, plan())
    which = challenge_of(message)
    gone = await world.press(world.alice, world.runs, f"sw:challenge.off_sure:{which}")
    assert "organisers can" in seen(gone)
    off = await world.press(world.olive, world.runs, f"sw:challenge.off_sure:{which}")
    assert "Bring it back" in seen(off)
    await upkeep(world)
    assert not [each for each in world.runs.history() if "To the sea" in seen(each) and "Join" in seen(each)]
    refused = await world.press(world.alice, world.runs, f"sw:challenge.join:{which}")
    assert "called off" in seen(refused)
    await world.press(world.olive, world.runs, f"sw:challenge.back:{which}")
    await upkeep(world)
    assert card(world, "To the sea")


async def test_the_result_comes_once_and_names_every_finisher(world: World) -> None:
    message = await posted(world, plan("distance"))
    for person, distance in ((world.alice, "12k"), (world.bob, "21k")):
        await person.click(message, custom_id=button(message, "join"))
        await person.slash(world.runs, "run log", distance=distance)
    world.clock.advance(RESULT_DUE - world.clock.now())
    before = len(world.runs.history())
    for _ in range(2):
        await world.bot.courier.wake(world.bot)
        await world.env.settle()
    after = world.runs.history()
    assert len(after) == before + 1
    result = next(each for each in after if f"<@{world.bob.id}>" in seen(each) and each.id != message.id)
    assert f"<@{world.alice.id}>" not in seen(result)
    assert "To the sea" in seen(result)
    await upkeep(world)
    refused = await world.press(world.alice, world.runs, f"sw:challenge.join:{challenge_of(message)}")
    assert "result is out" in seen(refused)


@pytest.mark.parametrize(
    "action",
    ["join", "leave", "show", "standings", "page", "end_sure", "off_sure", "back", "again", "edit", "post"],
)
async def test_a_challenge_that_there_is_not_is_said_to_be_gone(world: World, action: str) -> None:
    answer = await world.press(world.alice, world.runs, f"sw:challenge.{action}:12345:0")
    assert answer.response.ephemeral
    assert "not here any more" in seen(answer) or "preview is gone" in seen(answer)  # of a draft


async def test_titles_of_markup_show_as_they_were_typed(world: World) -> None:
    message = await posted(world, plan(title="**free** <@&1> @everyone [x](http://y)"))
    heading = seen(message).splitlines()[0]
    assert "\\*\\*free\\*\\*" in heading
    assert "@everyone" not in heading
