"""What every private panel has in common: nothing in direct messages, nothing private in public."""

from __future__ import annotations

import pytest

from tests.cogs.conftest import World, seen

PRESSES = [
    "goal.open",
    "goal.days:3",
    "goal.clear",
    "goal.form",
    "pause.today",
    "pause.open",
    "pause.end:1",
    "settings.open",
    "settings.units:km",
    "settings.visibility:private",
    "privacy.open",
    "privacy.export",
    "privacy.erase:runs",
    "privacy.erased:everything",
    "setup.panel",
    "setup.post",
    "setup.erased",
]


async def test_no_command_is_offered_in_direct_messages(world: World) -> None:
    stranger = world.env.create_user("dana")

    assert stranger.available_commands() == ()


@pytest.mark.parametrize("action", PRESSES)
async def test_a_press_in_a_direct_message_is_told_where_it_works(world: World, action: str) -> None:
    stranger = world.env.create_user("dana")
    await world.env.settle()

    answer = await world.press(stranger, stranger.dm_channel, f"sw:{action}")

    told = seen(answer) + "".join(seen(each) for each in answer.followups)
    assert "works in a group's channel" in told
    assert await world.rows("SELECT 1 FROM people") == []


@pytest.mark.parametrize("action", ["goal.open", "pause.panel", "settings.open", "privacy.open", "help.open"])
async def test_a_press_on_a_public_card_answers_privately_and_leaves_the_card(
    world: World, action: str
) -> None:
    await world.bot.services.groups.set_runs_channel(world.group_id, world.runs.id, world.clock.now())
    await world.press(world.olive, world.lounge, "sw:setup.post")
    (posted,) = world.runs.history()
    before = seen(posted)

    answer = await world.press_on(world.alice, posted, f"sw:{action}")

    assert answer.response.ephemeral
    assert answer.response.id != posted.id
    (still,) = world.runs.history()
    assert seen(still) == before
