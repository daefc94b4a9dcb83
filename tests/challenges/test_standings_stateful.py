"""Standings against a recomputation, over random histories: 80 runs of 50 steps here, 5,000 in `make standings`."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import pytest
from hypothesis import Phase

from bot.challenges import making
from bot.checkins import corrections, imports, loading, service
from tests.challenges.standings_machine import play
from tests.challenges.standings_world import World, open_world

RUNS = 20  # of each seed


@pytest.fixture
def world() -> Iterator[World]:
    with open_world() as opened:
        yield opened


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_every_standing_is_what_the_runs_come_to_whatever_happened(world: World, number: int) -> None:
    tally = play(world, RUNS, number)
    assert tally["standings compared"] > 2_000
    assert tally["results compared"] > 10


@pytest.mark.parametrize(
    ("module", "forgotten"),
    [
        (corrections, "recount"),
        (imports, "recount"),
        (service, "count_new"),
        (loading, "load_counted"),
        (making, "moved"),
    ],
)
def test_a_history_tells_where_somebody_forgot_to_count(
    world: World, monkeypatch: pytest.MonkeyPatch, module: ModuleType, forgotten: str
) -> None:
    async def nothing(*_args: object) -> tuple[()]:
        return ()

    monkeypatch.setattr(module, forgotten, nothing)
    with pytest.raises(AssertionError):
        play(world, RUNS, 1, phases=[Phase.generate])
