"""A public card stays what it is, whatever is pressed on it and by whom; what is hidden stays hidden."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cogs.conftest import World, seen
from tests.hostile.sending import answers

FORGED = (
    "history.newest",
    "history.page:older:2026-11-18:0",
    "checkin.back:1",
    "checkin.activity:run:1",
    "checkin.count:run:77",
    "checkin.rest:1:1",
    "checkin.zone:UTC",
    "run.same",
    "run.second:78:r:2026-11-18::5000:1601:p",
    "run.undo:{mine}",
    "run.show:{mine}:private",
    "run.reports",
    "stats.back:month",
    "stats.records:month",
    "stats.streak:month",
    "stats.calendar",
    "stats.share:month",
    "setup.post",
    "privacy.erase:runs",
    "privacy.export",
    "import.look:1",
    "run.cheer:{other}",
)


async def two_cards(world: World) -> tuple[Any, dict[str, int]]:
    """The public card of a run of alice's, and the ids of a run of bob's and another of alice's."""
    await world.bot.services.groups.set_runs_channel(world.group_id, world.lounge.id, world.clock.now())
    await world.alice.slash(world.lounge, "run log", distance="5k", time="26:41")
    (card,) = world.lounge.history()
    await world.bob.slash(world.lounge, "run log", distance="10k", visibility="private", note="secretmarker")
    await world.alice.slash(world.lounge, "run log", distance="12k", when="yesterday")
    rows = await world.rows("SELECT run_id FROM runs ORDER BY run_id")
    return card, {"mine": rows[1]["run_id"], "other": rows[2]["run_id"]}


@pytest.mark.parametrize("forged", FORGED)
async def test_a_forged_press_on_a_public_card_leaves_it_and_answers_privately(
    world: World, forged: str
) -> None:
    card, ids = await two_cards(world)
    before = seen(next(each for each in world.lounge.history() if each.id == card.id))
    presser = world.olive if forged.startswith(("setup", "run.reports")) else world.bob

    result = await world.press_on(presser, card, "sw:" + forged.format(**ids))

    still = next(each for each in world.lounge.history() if each.id == card.id)
    assert seen(still) == before
    told = [each for each in answers(result) if each.id != card.id]
    assert told
    assert all(each.ephemeral for each in told)
    assert not any("reference" in seen(each) for each in told)


async def test_a_press_from_elsewhere_does_not_move_a_card(world: World) -> None:
    card, ids = await two_cards(world)
    await world.bot.services.checkins.places.flush()
    await world.put(
        "UPDATE runs SET channel_id = NULL, message_id = NULL WHERE run_id = :run_id", run_id=ids["other"]
    )
    await world.press_on(world.bob, card, f"sw:run.cheer:{ids['other']}")
    await world.press_on(world.bob, card, f"sw:run.more:{ids['other']}")
    await world.bot.services.checkins.places.flush()
    (run,) = await world.rows("SELECT message_id FROM runs WHERE run_id = :run_id", run_id=ids["other"])
    assert run["message_id"] is None


async def test_a_hidden_note_is_shown_to_its_owner_and_organisers_alone(world: World) -> None:
    await world.alice.slash(world.runs, "run log", distance="5k", note="secretmarker")
    (run,) = await world.rows("SELECT run_id FROM runs")
    await world.press(world.olive, world.runs, f"sw:run.note:{run['run_id']}:1")

    for_bob = await world.press(world.bob, world.runs, f"sw:run.more:{run['run_id']}")
    picked = await world.press(world.bob, world.runs, "sw:history.pick", str(run["run_id"]))

    assert "secretmarker" not in seen(for_bob) + seen(picked)
    for who in (world.alice, world.olive):
        assert "secretmarker" in seen(await world.press(who, world.runs, f"sw:run.more:{run['run_id']}"))
