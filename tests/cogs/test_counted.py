"""What a run counts for, on its card; and cards of challenges that are looked at after whatever moved an amount."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest

from bot.challenges.model import Plan
from demo import samples
from tests.cogs.conftest import WEDNESDAY_NOON, World, seen

PLAN = Plan(
    kind="together",
    measure="metres",
    title="*To* the sea",
    first_day=date(2026, 11, 16),
    last_day=date(2026, 11, 29),
    target=100_000,
)
COUNTS = r"\*To\* the sea"


class Challenged:
    """The world, and how often cards of challenges were looked at."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.looks = 0
        world.bot.redraw_challenges = self._look

    def _look(self) -> None:
        self.looks += 1

    def looked(self) -> bool:
        """Whether they were looked at since this was asked before."""
        looks, self.looks = self.looks, 0
        return looks > 0

    @property
    def card(self) -> str:
        """The newest run's card, as it stands in the channel."""
        return next(text for each in self.world.runs.history() if "Cheer" in (text := seen(each)))

    async def amount(self) -> int:
        (row,) = await self.world.rows("SELECT amount FROM challenge_members")
        return int(row["amount"])


@pytest.fixture
async def it(world: World) -> Challenged:
    """Alice takes part in a challenge that olive made."""
    now, olive, making = world.clock.now(), world.olive.id, world.bot.services.making
    view = await making.draft(world.group_id, olive, 5, PLAN, world.lounge.id, now, organiser=True)
    challenge_id = view.challenge.challenge_id
    await making.post(world.group_id, olive, challenge_id, now, organiser=True)
    await world.bot.services.challenges.join(world.group_id, world.alice.id, challenge_id, now)
    return Challenged(world)


def number(message: Any) -> str:
    """The id of the run that a card is of."""
    match = re.search(r"'sw:run.more:(\d+)'", str(message.components))
    assert match is not None
    return match[1]


async def test_a_runs_card_says_what_it_counts_for_and_goes_with_every_correction(it: Challenged) -> None:
    world, alice = it.world, it.world.alice
    logged = await world.slash_run(alice, distance="5k")
    assert it.looked()
    assert f"🎯 {COUNTS}: +5.00 km" in it.card
    run_id = number(logged.response)
    fields = {"distance": "6k", "time": "", "when": "", "note": "", "activity": "run"}
    await world.form(alice, world.runs, f"sw:run.edited:{run_id}", fields)
    assert it.looked()
    assert await it.amount() == 6_000
    assert f"🎯 {COUNTS}: +6.00 km" in it.card
    for action, amount in (("undo", 0), ("back", 6_000)):
        await world.press(alice, world.runs, f"sw:run.{action}:{run_id}")
        assert it.looked(), action
        assert await it.amount() == amount
    assert COUNTS in it.card


async def test_a_run_set_aside_or_private_names_no_challenge(it: Challenged) -> None:
    world = it.world
    run_id = number((await world.slash_run(world.alice, distance="5k")).response)
    it.looked()
    await world.form(world.olive, world.runs, f"sw:run.asided:{run_id}", {"reason": "twice"})
    assert it.looked()
    assert COUNTS not in it.card
    assert await it.amount() == 0
    await world.press(world.olive, world.runs, f"sw:run.count:{run_id}")
    assert it.looked()
    assert COUNTS in it.card
    hidden = await world.press(world.alice, world.runs, f"sw:run.show:{run_id}:private")
    assert it.looked()
    assert COUNTS not in seen(hidden)
    assert await it.amount() == 0


async def test_a_private_run_names_none_and_somebody_elses_counts_for_nothing(it: Challenged) -> None:
    world = it.world
    private = await world.slash_run(world.alice, distance="5k", visibility="private")
    other = await world.slash_run(world.bob, distance="7k")
    assert COUNTS not in seen(private) + seen(other)
    assert not it.looked()
    assert await it.amount() == 0


async def test_a_tap_and_a_file_and_an_import_are_counted_too(it: Challenged) -> None:
    world, alice = it.world, it.world.alice
    await world.press(alice, world.lounge, "sw:checkin.count:run:77")
    assert not it.looked()  # it brings no metres
    at = WEDNESDAY_NOON - timedelta(days=1, hours=5)
    steady = samples.steady(5_020, 1_600, step=5)
    brought = await alice.slash(
        world.runs, "run import", file=("a.gpx", samples.gpx(steady, started_at=at)), visibility="group"
    )
    assert it.looked()
    assert await it.amount() > 5_000
    match = re.search(r"'(sw:import.undo:[^']+)'", str(brought.response.components))
    assert match is not None
    await world.press(alice, world.runs, match[1])
    assert it.looked()
    assert await it.amount() == 0


async def test_an_erasure_is_seen_on_the_challenges_cards(it: Challenged) -> None:
    world = it.world
    await world.slash_run(world.alice, distance="5k")
    it.looked()
    await world.press(world.alice, world.lounge, "sw:privacy.erased:runs")
    assert it.looked()
    assert await it.amount() == 0
    await world.press(world.alice, world.lounge, "sw:privacy.erased:everything")
    assert it.looked()
    assert await world.rows("SELECT 1 FROM challenge_members") == []
