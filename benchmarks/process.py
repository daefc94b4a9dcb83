"""The real bot as a process of its own against the stand-in: started, measured, stopped, killed."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from pathlib import Path
from typing import Self

import psutil  # type: ignore[import-untyped]

from benchmarks.standin import StandIn

ROOT = Path(__file__).resolve().parent.parent
BOT = ("-m", "bot", "run")
BOT_WITH_BARE = ("-m", "benchmarks.bot_with_bare")
MIB = 2**20


class BotProcess:
    """One run of the bot. Its folder holds the database (second-wind.db) and the log (bot.log)."""

    def __init__(
        self, discord_: StandIn, folder: Path, process: asyncio.subprocess.Process, started_at: float
    ) -> None:
        self.discord_, self.folder, self.process = discord_, folder, process
        self.started_at = started_at

    @classmethod
    async def start(
        cls,
        discord_: StandIn,
        folder: Path,
        *,
        database: Path | None = None,
        program: tuple[str, ...] = BOT,
        patience: float = 60.0,
        **environment: str,
    ) -> Self:
        """Start and wait until the bot has connected and been told its groups.

        Args:
            database: the SQLite file; `folder`/second-wind.db unless named.
            program: arguments of the interpreter.
            environment: settings beside those that are needed, by the names of their variables.

        Raises:
            RuntimeError: with the end of the log, when the process ends before it has connected.
        """
        variables = {key: value for key, value in os.environ.items() if not key.startswith("SECONDWIND_")} | {
            "PYTHONPATH": str(ROOT),
            "SECONDWIND_DISCORD__TOKEN": discord_.token,
            "SECONDWIND_DISCORD__API_BASE": discord_.api_base,
            "SECONDWIND_STORAGE__URL": f"sqlite:///{database or folder / 'second-wind.db'}",
            "SECONDWIND_LIMITS__ON": "false",  # a few people of the stand-in do what thousands would
            **environment,
        }
        started_at = time.perf_counter()
        with (folder / "bot.log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *program,
                cwd=folder,
                env=variables,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        bot = cls(discord_, folder, process, started_at)
        connected = asyncio.ensure_future(discord_.wait_connected(patience=patience))
        ended = asyncio.ensure_future(process.wait())
        try:
            await asyncio.wait({connected, ended}, return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                raise RuntimeError(f"the bot ended with {ended.result()}:\n{bot.log_end()}")
            await connected
        except BaseException:
            await bot.kill()
            raise
        finally:
            connected.cancel()
            ended.cancel()
        return bot

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.process.returncode is None:
            code, seconds = await self.stop()
            if code != 0:
                raise RuntimeError(f"the bot ended with {code} after {seconds:.1f} s:\n{self.log_end()}")

    async def stop(self, *, patience: float = 15.0) -> tuple[int, float]:
        """SIGTERM; the exit code, and the seconds until the end. Killed after `patience`, which gives -9."""
        asked_at = time.perf_counter()
        self.process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(patience):
                code = await self.process.wait()
        except TimeoutError:
            await self.kill()
            code = -signal.SIGKILL
        return code, time.perf_counter() - asked_at

    async def kill(self) -> None:
        """SIGKILL, as a power cut would, and wait until the operating system has taken it away."""
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    def resident_bytes(self) -> int:
        """Resident memory of the process and of its workers."""
        main = psutil.Process(self.process.pid)
        return sum(one.memory_info().rss for one in (main, *main.children(recursive=True)))

    def log_end(self, lines: int = 30) -> str:
        """The last lines of the log."""
        return "\n".join((self.folder / "bot.log").read_text(errors="replace").splitlines()[-lines:])
