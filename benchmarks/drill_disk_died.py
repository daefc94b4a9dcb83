"""The drill of docs/hosting.md, "the disk died: restore yesterday's backup on a new machine", as it is run.

An old machine serves two members and keeps copies elsewhere; its disk dies; a new machine gets the program from
nothing and the copies, and serves the same members. Prints each command with what it printed, and checks what members
see. Needs what `make run` needs (the registry, for the new machine's packages).

python -m benchmarks.drill_disk_died
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.people import Runner, stored
from benchmarks.process import ROOT
from benchmarks.standin import StandIn
from benchmarks.standin_answer import Answer


class Machine:
    """A folder in which commands run, and the bot."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder = name, folder
        self.bot: asyncio.subprocess.Process | None = None

    async def run(self, command: str) -> str:
        """Run a line of shell; print it and what it printed. Raises RuntimeError where it ends badly."""
        print(f"{self.name}$ {command}")
        began = time.perf_counter()
        process = await asyncio.create_subprocess_shell(
            command, cwd=self.folder, env=self._environment(),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        said = (await process.communicate())[0].decode()
        print(said, end="" if said.endswith("\n") or not said else "\n")
        print(f"   ({time.perf_counter() - began:.1f} s, exit code {process.returncode})")
        if process.returncode != 0:
            raise RuntimeError(f"{command} ended with {process.returncode}")
        return said

    async def start(self, discord_: StandIn) -> None:
        """`second-wind run`, until it is connected."""
        print(f"{self.name}$ .venv/bin/second-wind run &")
        began = time.perf_counter()
        with (self.folder / "bot.log").open("ab") as log:
            self.bot = await asyncio.create_subprocess_exec(
                ".venv/bin/second-wind", "run", cwd=self.folder, env=self._environment(),
                stdout=log, stderr=log,
            )  # fmt: skip
        await discord_.wait_connected()
        await discord_.wait_commands()
        print(f"   (connected after {time.perf_counter() - began:.1f} s)")

    async def end(self, sent: signal.Signals) -> None:
        assert self.bot is not None
        self.bot.send_signal(sent)
        await self.bot.wait()

    def configure(self, discord_: StandIn) -> None:
        path = self.folder / "config.toml"
        path.write_text(f'[discord]\ntoken = "{discord_.token}"\napi_base = "{discord_.api_base}"\n')
        path.chmod(0o600)

    def _environment(self) -> dict[str, str]:
        return {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("SECONDWIND_", "PYTHONPATH"))
        }


def expect(true: bool, what: str) -> None:
    """Print that it is so. Raises RuntimeError where it is not."""
    if not true:
        raise RuntimeError(f"not so: {what}")
    print(f"   - {what}")


async def erase_everything(discord_: StandIn, runner: Runner) -> None:
    """What a member presses in `/privacy`."""
    page = await (await runner.use("privacy")).settled()
    asked = await discord_.click(
        page.message, "sw:privacy.erase:everything", guild=runner.guild, member=runner.member
    )
    sure = (await asked.settled()).message
    done = await discord_.click(
        sure, "sw:privacy.erased:everything", guild=runner.guild, member=runner.member
    )
    await done.until(lambda answer: "These go for good" not in answer.text, patience=30)


async def drill(folder: Path) -> None:
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    (folder / "old").mkdir()
    (folder / "old" / ".venv").symlink_to(Path(sys.prefix))
    async with StandIn(guilds=1) as discord_:
        alice, bob = (
            Runner(discord_, discord_.guilds[0], member) for member in discord_.guilds[0].members[1:3]
        )
        old = Machine("old", folder / "old")
        old.configure(discord_)
        await old.start(discord_)
        for _ in range(10):
            stored(await alice.log_run())
            stored(await bob.log_run())
        await old.run(".venv/bin/second-wind backup")
        await old.run(f"cp -a data/backups/. {elsewhere}/  # every night, to another machine")
        await asyncio.sleep(2)  # the day after: moments are kept in seconds
        lost = [stored(await alice.log_run()) for _ in range(3)]
        await erase_everything(discord_, bob)
        await old.run(
            f"cp -a data/backups/erasures* {elsewhere}/  # every hour: the ledger of erasures and its key"
        )
        await old.end(signal.SIGKILL)
        shutil.rmtree(old.folder)
        print("-- the disk died --")
        await on_a_new_machine(folder, elsewhere, alice, bob, lost[-1])


async def on_a_new_machine(folder: Path, elsewhere: Path, alice: Runner, bob: Runner, lost: Answer) -> None:
    discord_ = alice.discord_
    began = time.perf_counter()
    await Machine("new", folder).run(f"git clone --quiet {ROOT} second-wind")
    home = folder / "second-wind"
    new = Machine("new", home)
    await new.run("make --silent .venv/.run")
    new.configure(discord_)
    await new.run(f"mkdir -m 700 data && cp -a {elsewhere} data/backups")
    said = await new.run(".venv/bin/second-wind restore")
    expect("1 member," in said, "the restore says that one member was erased again")
    await new.start(discord_)
    await new.run(".venv/bin/second-wind check || true")
    print("What members see:")
    history = (await (await alice.use("run history")).settled()).text
    expect(
        history.count(" km**") == 10,
        "Alice's ten runs of before the backup are there; the three after it are lost",
    )
    nothing = (await (await bob.use("run history")).settled()).text
    expect("None here yet" in nothing, "Bob, who erased everything after the backup, is not back")
    pressed = await discord_.click(lost.message, "sw:run.cheer", guild=bob.guild, member=bob.member)
    print(f"   - pressing Cheer on a card of a lost run is answered: {(await pressed.settled()).text!r}")
    stored(await alice.log_run())
    expect(True, "Alice's next run is stored, and its card is posted")
    print(f"From the clone to the first run: {time.perf_counter() - began:.0f} s")
    await new.end(signal.SIGTERM)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="second-wind-drill-") as folder:
        asyncio.run(drill(Path(folder)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
