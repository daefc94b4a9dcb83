"""The drill of docs/hosting.md, "move from SQLite to PostgreSQL with two processes", as it is run.

One process serves from an SQLite file; it stops, everything is copied to a PostgreSQL server of the drill's own, and
two processes serve from there; a third one is refused, one is killed and started again. Prints each command with what
it printed, and checks what members see. Needs PostgreSQL's programs.

python -m benchmarks.drill_two_processes
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.people import Runner, stored
from benchmarks.process import ROOT, BotProcess
from benchmarks.processes import SERVER
from benchmarks.standin import StandIn
from tests import postgresql


class Drill:
    """A folder in which commands run, against one Discord."""

    def __init__(self, folder: Path, discord_: StandIn, server: str) -> None:
        self.folder, self.discord_, self.server = folder, discord_, server

    async def shell(self, shown: str, arguments: list[str], **settings: str) -> str:
        """Run a command of ours; print what is `shown` of it, and what it printed."""
        print(f"$ {shown}")
        began = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *arguments,
            cwd=self.folder, env=self._environment(settings),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        said = (await process.communicate())[0].decode().replace(self.server, "$SERVER")
        print(said.strip())
        print(f"   ({time.perf_counter() - began:.1f} s, exit code {process.returncode})")
        return said

    def _environment(self, settings: dict[str, str]) -> dict[str, str]:
        return os.environ | {
            "PYTHONPATH": str(ROOT),
            "SECONDWIND_DISCORD__TOKEN": self.discord_.token,
            "SECONDWIND_DISCORD__API_BASE": self.discord_.api_base,
            **settings,
        }

    async def start(self, shards: str, **settings: str) -> BotProcess:
        """`second-wind run` with these shards, until Discord has told it its groups."""
        room = self.folder / f"process-{shards}"
        room.mkdir(exist_ok=True)
        return await BotProcess.start(
            self.discord_,
            room,
            SECONDWIND_DISCORD__SHARD_COUNT="2",
            SECONDWIND_DISCORD__SHARD_IDS=shards,
            SECONDWIND_STORAGE__BACKUPS=str(self.folder / "data/backups"),
            **settings,  # type: ignore[arg-type]
        )


async def drill(folder: Path, server: postgresql.Server) -> None:
    """From the file to the server, and what members see of it."""
    name = server.create(empty=True)
    url = server.url(name)
    async with StandIn(4, shards=2) as discord_:
        steps = Drill(folder, discord_, url)
        people = [Runner(discord_, guild, guild.members[1]) for guild in discord_.guilds]
        database = f"sqlite:///{folder}/data/second-wind.db"
        print(
            "$ second-wind run &                                      # one process, both shards, an SQLite file"
        )
        bot = await steps.start("0,1", SECONDWIND_STORAGE__URL=database)
        await discord_.wait_commands()
        for _ in range(5):
            for person in people:
                stored(await person.log_run())
        print(f"   (20 runs logged in 4 groups; SIGTERM: ended with {(await bot.stop())[0]})")
        await steps.shell('second-wind copy sqlite:///data/second-wind.db "$SERVER"', ["copy", database, url])
        both = {"SECONDWIND_STORAGE__URL": url}
        print('$ export SECONDWIND_STORAGE__URL="$SERVER" SECONDWIND_DISCORD__SHARD_COUNT=2')
        print("$ SECONDWIND_DISCORD__SHARD_IDS=0 second-wind run &      # on one machine")
        print("$ SECONDWIND_DISCORD__SHARD_IDS=1 second-wind run &      # on the other")
        began = time.perf_counter()
        first, second = await asyncio.gather(steps.start("0", **both), steps.start("1", **both))
        print(f"   (both connected after {time.perf_counter() - began:.1f} s: identifies are 5 s apart)")
        for person in people:
            history = (await (await person.use("run history")).settled()).text
            print(
                f"   group {discord_.guilds.index(person.guild)}: {history.count(' km') and 'the history is there'}"
            )
            stored(await person.log_run())
        await steps.shell(
            "SECONDWIND_DISCORD__SHARD_IDS=1 second-wind run          # once more, by mistake",
            ["run"],
            SECONDWIND_DISCORD__SHARD_COUNT="2",
            SECONDWIND_DISCORD__SHARD_IDS="1",
            **both,
        )
        await second.kill()
        began = time.perf_counter()
        second = await steps.start("1", **both)
        print(
            f"$ kill -9 of the second, and started again: connected after {time.perf_counter() - began:.1f} s"
        )
        for person in people:
            stored(await person.log_run())
        await steps.shell("second-wind check", ["check"], **both)
        for one in (first, second):
            await one.stop()
        [row] = await asyncio.to_thread(_counted, server, name)
        print(f"   (28 runs answered, {row} stored)")
        if row != 28:
            raise RuntimeError("a run is missing, or there twice")


def _counted(server: postgresql.Server, name: str) -> list[int]:
    import asyncpg

    async def count() -> list[int]:
        raw = await asyncpg.connect(server.url(name))
        try:
            return [await raw.fetchval("SELECT count(DISTINCT interaction_id) FROM runs")]
        finally:
            await raw.close()

    return asyncio.run(count())


def main() -> int:
    programs = postgresql.binaries()
    if programs is None:
        raise SystemExit(postgresql.MISSING)
    server = postgresql.Server(programs, SERVER)
    try:
        with tempfile.TemporaryDirectory(prefix="second-wind-drill-") as folder:
            (Path(folder) / "data").mkdir()
            asyncio.run(drill(Path(folder), server))
    finally:
        server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
