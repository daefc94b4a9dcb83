"""Discord may deliver an interaction twice, people press twice, and fifty come at once: each thing is stored once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.challenges.model import Plan
from tests.cogs.conftest import World
from tests.hostile.sending import answers, send_command, send_form, send_press


async def count(world: World, table: str, where: str = "1 = 1") -> int:
    (row,) = await world.rows(f"SELECT COUNT(*) AS n FROM {table} WHERE {where}")
    return int(row["n"])


async def one_run(world: World) -> int:
    await world.alice.slash(world.runs, "run log", distance="5k", time="26:41")
    (run,) = await world.rows("SELECT run_id FROM runs")
    return int(run["run_id"])


CASES: dict[str, tuple[str, dict[str, str], str, str, int]] = {
    # what is sent, its fields, the table, which rows, how many
    "tap": ("checkin.count:run:77", {}, "runs", "source = 'tap'", 1),
    "form": ("checkin.typed:run:77", {"distance": "9k"}, "runs", "metres = 9000", 1),
    "second": ("run.second:77:r:2026-11-18::5000:1601:p", {}, "runs", "1 = 1", 2),
    "edit": ("run.edited:{run}", {"distance": "6k"}, "runs", "metres = 6000", 1),
    "undo": ("run.undo:{run}", {}, "runs", "undone_at IS NOT NULL", 1),
    "cheer": ("run.cheer:{run}", {}, "cheers", "1 = 1", 1),
    "report": ("run.reported:{run}", {"reason": "x"}, "reports", "1 = 1", 1),
    "goal": ("goal.days:5", {}, "targets", "days = 5", 1),
    "wishes": (
        "goal.wishes",
        {"distance": "30 km", "time": "", "plan": "p"},
        "members",
        "weekly_metres = 30000",
        1,
    ),
    "pause": ("pause.save", {"from": "today", "until": "", "reason": "ill"}, "pauses", "1 = 1", 1),
    "rest": ("checkin.rest:1:77", {}, "rest_days", "1 = 1", 1),
    "units": ("settings.units:mi", {}, "people", "units = 'mi'", 1),
    "aside": ("run.asided:{run}", {"reason": "x"}, "notices", "1 = 1", 1),
    "post": ("challenge.post:{draft}", {}, "deliveries", "kind IN ('challenge_card', 'challenge_result')", 4),
    "join": ("challenge.join:{challenge}", {}, "challenge_members", "team IS NOT NULL", 1),
    "erase": ("privacy.erased:everything", {}, "runs", "1 = 1", 0),
}
BY = {"cheer": "bob", "report": "bob", "aside": "olive", "post": "olive"}


async def challenges(world: World) -> dict[str, int]:
    """One with teams that olive posted, and a draft of hers."""
    making, now, found = world.bot.services.making, world.clock.now(), []
    for number in range(2):
        plan = Plan(
            kind="teams",
            measure="metres",
            title="Owls and larks",
            first_day=date(2026, 11, 16),
            last_day=date(2026, 11, 29),
            teams=("Owls", "Larks"),
        )
        view = await making.draft(
            world.group_id, world.olive.id, 70 + number, plan, world.runs.id, now, organiser=True
        )
        found.append(view.challenge.challenge_id)
        if not number:
            await making.post(world.group_id, world.olive.id, found[0], now, organiser=True)
    return {"challenge": found[0], "draft": found[1]}


@pytest.mark.parametrize("case", CASES)
async def test_what_is_delivered_twice_is_stored_once(world: World, case: str) -> None:
    custom_id, fields, table, where, expected = CASES[case]
    run, made = await one_run(world), await challenges(world)
    sent, who = "sw:" + custom_id.format(run=run, **made), getattr(world, BY.get(case, "alice"))
    if fields:
        send_form(world, who, world.lounge, sent, fields, times=2)
    else:
        send_press(world, who, world.lounge, sent, times=2)
    await world.env.settle()
    assert await count(world, table, where) == expected
    world.env.raise_errors()


@pytest.mark.parametrize("options", [{"distance": "9k"}, {"distance": "9k", "visibility": "private"}])
async def test_a_command_delivered_twice_is_stored_once(world: World, options: dict[str, str]) -> None:
    result = send_command(world, world.alice, world.runs, "run log", times=2, **options)
    send_command(world, world.bob, world.runs, "pause", times=2, until="Friday")
    await world.env.settle()
    assert (await count(world, "runs"), await count(world, "pauses")) == (1, 1)
    assert answers(result)
    world.env.raise_errors()


async def test_a_panel_pressed_twice_at_once_counts_once(world: World) -> None:
    send_press(world, world.alice, world.runs, "sw:checkin.count:run:77")
    send_press(world, world.alice, world.runs, "sw:checkin.count:run:77")
    await world.env.settle()
    assert await count(world, "runs") == 1


async def test_two_members_fill_in_the_same_form_each_for_themselves(world: World) -> None:
    for who, metres in ((world.alice, "5k"), (world.bob, "7k")):
        send_form(world, who, world.runs, f"sw:checkin.typed:run:{who.id}", {"distance": metres})
    await world.env.settle()
    rows = await world.rows("SELECT person_id, metres FROM runs")
    assert {row["person_id"]: row["metres"] for row in rows} == {world.alice.id: 5_000, world.bob.id: 7_000}


async def test_fifty_commands_at_once_are_all_answered_and_stored(world: World) -> None:
    people: list[Any] = [world.guild.add_member(world.env.create_user(f"runner{n}")) for n in range(50)]
    results = [send_command(world, who, world.runs, "run log", distance="5k", time="30:00") for who in people]
    await world.env.settle()
    assert all(answers(result) for result in results)
    assert await count(world, "runs") == 50
    assert await count(world, "runs", "metres = 5000 AND seconds = 1800") == 50
    world.env.raise_errors()
