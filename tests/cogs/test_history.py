"""`/run history`: one's own check-ins, a page at a time, for oneself alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.cogs.conftest import World, seen


async def check_ins(world: World, how_many: int) -> None:
    """One check-in a day for `how_many` days, the last one today."""
    for _ in range(how_many):
        world.clock.advance(timedelta(days=1))
        await world.alice.slash(world.runs, "run log", distance="5k", time="26:41", note="again")


async def test_nothing_yet_says_how_to_begin(world: World) -> None:
    shown = await world.alice.slash(world.runs, "run history")
    assert shown.response.ephemeral
    assert "/checkin" in seen(shown)


async def test_pages_lead_through_all_check_ins_and_back(world: World) -> None:
    await check_ins(world, 23)
    shown = await world.alice.slash(world.runs, "run history")
    pages = [seen(shown)]
    while not button(shown, "Older")["disabled"]:
        shown = await world.alice.click(shown.response, label="Older")
        pages.append(seen(shown))
    assert [page.count("26:41") // 2 for page in pages] == [10, 10, 3]
    back = []
    while not button(shown, "Newer")["disabled"]:
        shown = await world.alice.click(shown.response, label="Newer")
        back.append(seen(shown))
    assert back == pages[-2::-1]


async def test_a_chosen_check_in_opens_privately_with_all_that_one_can_do(world: World) -> None:
    await check_ins(world, 1)
    shown = await world.alice.slash(world.runs, "run history")
    (row,) = await world.rows("SELECT run_id FROM runs")
    picked = await world.alice.select(shown.response, [str(row["run_id"])])
    assert picked.response.ephemeral
    for words in ("Edit", "Undo", "Make private"):
        assert words in seen(picked)


async def test_an_undone_check_in_stays_listed_while_it_can_be_brought_back(world: World) -> None:
    await check_ins(world, 2)
    (row, _) = await world.rows("SELECT run_id FROM runs ORDER BY run_id DESC")
    await world.press(world.alice, world.runs, f"sw:run.undo:{row['run_id']}")
    assert "taken back" in seen(await world.alice.slash(world.runs, "run history"))
    world.clock.advance(timedelta(minutes=11))
    assert "taken back" not in seen(await world.alice.slash(world.runs, "run history"))


async def test_nobody_elses_check_ins_are_shown(world: World) -> None:
    await check_ins(world, 3)
    assert "26:41" not in seen(await world.bob.slash(world.runs, "run history"))


async def test_a_tampered_page_is_refused_in_words(world: World) -> None:
    for position in ("older:not-a-day:1", "older:2026-11-18:x", "newer", "older:2026-99-99:1"):
        refused = await world.press(world.alice, world.runs, f"sw:history.page:{position}")
        assert "older message" in seen(refused)


def button(result: Any, label: str) -> dict[str, Any]:
    """A button of the answer, by its label."""
    for part in result.response.components[0]["components"]:
        for child in part.get("components", ()):
            if child.get("label") == label:
                return {"disabled": False, **child}
    raise AssertionError(f"no button {label}")
