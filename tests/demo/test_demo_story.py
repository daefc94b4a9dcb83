"""The demo from its first moment: a check-in, and a demo that is kept."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from demo.history import history
from demo.people import ZONE
from demo.world import open_world
from tests.cogs.conftest import seen
from tests.demo.test_demo import SUNDAY, person, scalar


def test_history_is_the_same_every_time() -> None:
    until = datetime(2026, 11, 19, 16, 40, tzinfo=UTC)
    assert history(until, ZoneInfo(ZONE)) == history(until, ZoneInfo(ZONE))


async def test_it_opens_as_mira_and_one_check_in_makes_it_two_of_three(tmp_path: Path) -> None:
    async with open_world(tmp_path, SUNDAY) as world:
        state = world.stage.state()
        assert state["clock"] == "Thursday, 19 November, 17:40"
        assert (state["person"], state["channel"]) == ("mira", "runs")
        mira, runs = person(world, "mira"), world.stage.channel("runs")
        panel = await mira.slash(runs, "checkin")
        assert "1 of 3 this week" in seen(panel)
        await mira.click(panel.response, label="I ran")
        assert "2 of 3 this week" in seen(await mira.click(panel.response, label="Just count it"))
        assert "2 of 3 this week" in seen(runs.last_message)


async def test_a_kept_demo_goes_on_where_it_was_left(tmp_path: Path) -> None:
    async with open_world(tmp_path, SUNDAY) as first:
        await first.stage.actor("mira").slash(
            first.stage.channel("runs"), "run log", distance="5k", time="26:41"
        )
        runs = await scalar(first, "SELECT COUNT(*) FROM runs")
    async with open_world(tmp_path, SUNDAY) as again:
        assert await scalar(again, "SELECT COUNT(*) FROM runs") == runs
        listed = await again.stage.actor("mira").slash(again.stage.channel("runs"), "run history")
        assert "26:41" in seen(listed)
