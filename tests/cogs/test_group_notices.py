"""What went wrong with a group's posts is told to an organiser, privately and once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cogs.conftest import World, seen


def told(result: Any) -> str:
    return "\n".join(seen(each) for each in result.followups)


async def wait(world: World, kind: str, detail: str) -> None:
    """A notice for the group."""
    await world.bot.services.groups.set_units(world.group_id, "km", world.clock.now())
    await world.put(
        "INSERT INTO group_notices (notice_id, group_id, kind, detail, created_at)"
        " VALUES (1, :group_id, :kind, :detail, 0)",
        group_id=world.group_id,
        kind=kind,
        detail=detail,
    )


@pytest.mark.parametrize(
    ("kind", "detail", "said"),
    [
        (
            "leaderboard_failed",
            "no_permission",
            "The week's board could not be posted (I may not write in its channel)",
        ),
        ("opener_off", "channel_gone", "The week's opener is off now"),
        (
            "encouragement_failed",
            "rejected",
            "A few words for the group could not be posted (Discord refused it)",
        ),
        ("challenge_result_failed", "no_permission", "A challenge's result could not be posted"),
        ("challenge_card_off", "channel_gone", "post it again"),
    ],
)
async def test_an_organiser_is_told_once_and_nobody_else(
    world: World, kind: str, detail: str, said: str
) -> None:
    await wait(world, kind, detail)
    assert told(await world.alice.slash(world.lounge, "reminders")) == ""
    first = await world.olive.slash(world.lounge, "reminders")
    assert said in told(first)
    assert all(each.ephemeral for each in first.followups)
    assert told(await world.olive.slash(world.lounge, "reminders")) == ""
