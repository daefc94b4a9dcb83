"""After a file was read the demo is free at once for whatever comes next."""

from __future__ import annotations

import asyncio
from pathlib import Path

from demo.files import EXPORT, RUN, watch_file
from demo.world import open_world
from tests.cogs.conftest import seen
from tests.demo.test_demo import SUNDAY


async def test_an_upload_does_not_keep_the_next_one_waiting(tmp_path: Path) -> None:
    async with open_world(tmp_path, SUNDAY) as world:
        await world.stage.start()
        jonas, runs = world.stage.actor("jonas"), world.stage.channel("runs")
        async with asyncio.timeout(20):  # a minute where simcord waits for the idle timer
            logged = await jonas.slash(runs, "run log", file=(RUN, watch_file(RUN, world.env.now())))
            assert "That counts" in seen(logged)
            await asyncio.sleep(1.5)  # long enough for the page to have been refreshed in the meantime
            async with asyncio.timeout(5), world.stage.alone():
                pass
            imported = await jonas.slash(
                runs, "run import", file=(EXPORT, watch_file(EXPORT, world.env.now()))
            )
            assert "Taken: 18 runs" in seen(imported)
