"""Somebody's script, a busy group, and everybody else meanwhile."""

from __future__ import annotations

import re
from pathlib import Path

import discord
import pytest

from bot.app import build
from bot.clock import ManualClock, epoch
from bot.limits.quotas import NO_QUOTAS, Quotas
from bot.limits.rules import HEAVY, Allowance, Limits
from bot.settings import Settings
from tests.cogs.conftest import WEDNESDAY_NOON, World, seen
from tests.cogs.test_tree import leaves, payload

TIME = re.compile(r"<t:(\d+):R>")


@pytest.fixture
def limited(world: World) -> World:
    """Three at once for a member, a group's four, and then a long wait."""
    world.bot.limits = Limits(
        member=Allowance(3, 60_000), group=Allowance(5, 60_000), typing=Allowance(1, 60_000)
    )
    return world


async def test_a_flood_gets_one_private_answer_that_says_when_it_works_again(limited: World) -> None:
    for number in range(3):
        await limited.slash_run(limited.alice, distance=f"{number + 3}k", when=f"{number} days ago")
    refused = await limited.slash_run(limited.alice, distance="9k")
    assert "quicker than I can follow" in seen(refused)
    assert refused.response.ephemeral
    [when] = TIME.findall(seen(refused))
    now = epoch(limited.clock.now())
    assert now + 60 <= int(when) <= now + 62
    silent = await limited.slash_run(limited.alice, distance="9k")
    assert seen(silent) == ""
    assert (await limited.rows("SELECT COUNT(*) AS n FROM runs"))[0]["n"] == 3


async def test_presses_and_forms_count_as_commands_do(limited: World) -> None:
    for _ in range(3):
        await limited.press(limited.alice, limited.runs, "sw:checkin.open")
    assert "quicker than I can follow" in seen(
        await limited.form(limited.alice, limited.runs, "sw:mood.save", {"mood": "1"})
    )


async def test_one_members_flood_leaves_the_others_alone(limited: World) -> None:
    for _ in range(20):
        await limited.press(limited.alice, limited.runs, "sw:checkin.open")
    assert "5" in seen(await limited.slash_run(limited.bob, distance="5k"))
    assert len(await limited.rows("SELECT run_id FROM runs")) == 1


async def test_a_group_that_is_busy_all_over_says_so(limited: World) -> None:
    for person in (limited.alice, limited.bob):
        for _ in range(3):
            last = await limited.press(person, limited.runs, "sw:checkin.open")
    assert "Your whole group is busy" in seen(last)
    assert TIME.search(seen(last))


async def test_a_refusal_touches_no_database(limited: World) -> None:
    for _ in range(3):
        await limited.press(limited.alice, limited.runs, "sw:checkin.open")
    await limited.database.close()
    assert "quicker than I can follow" in seen(await limited.slash_run(limited.alice, distance="5k"))


async def test_what_is_offered_while_typing_falls_silent_too(limited: World) -> None:
    assert await limited.alice.autocomplete(limited.runs, "run log", "when", "ye")
    again = await limited.alice.autocomplete(limited.runs, "run log", "when", "ye")
    assert not again


async def test_a_moment_later_it_works_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.bot.limits = Limits(member=Allowance(1, 2_000))
    now = 1_000
    monkeypatch.setattr("bot.limits.doorstep._milliseconds", lambda: now)
    await world.slash_run(world.alice, distance="5k")
    await world.slash_run(world.alice, distance="6k", when="yesterday")
    now += 2_000
    await world.slash_run(world.alice, distance="7k", when="2 days ago")
    assert [row["metres"] for row in await world.rows("SELECT metres FROM runs ORDER BY metres")] == [
        5000,
        7000,
    ]


async def test_what_costs_more_is_there_to_be_used(world: World) -> None:
    there = {name for name, _ in leaves(payload(world))} | world.bot.router.actions
    assert HEAVY.keys() <= there


async def test_a_full_day_says_privately_when_the_next_entry_works(world: World) -> None:
    world.bot.services.checkins._quotas = Quotas(runs_a_day=1)
    await world.slash_run(world.alice, distance="5k")
    refused = await world.slash_run(world.alice, distance="6k", when="yesterday")
    assert TIME.findall(seen(refused)) == [str(epoch(world.clock.now()) + 24 * 3600)]
    assert refused.response.ephemeral


async def test_the_hosts_bot_has_limits_and_quotas_unless_they_are_turned_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discord.http.Route, "BASE", discord.http.Route.BASE)
    for on in (True, False):
        settings = Settings.model_validate(
            {
                "discord": {"token": "t", "api_base": "http://127.0.0.1:9/api/v10"},
                "storage": {"url": f"sqlite:///{tmp_path}/{on}.db"},
                "limits": {"on": on},
            }
        )
        app = await build(settings, ManualClock(WEDNESDAY_NOON))
        try:
            assert (app.client.limits is not None) is on
            assert app.client.services.quotas == (Quotas() if on else NO_QUOTAS)
        finally:
            await app.close()
