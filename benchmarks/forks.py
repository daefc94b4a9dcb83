"""The real bot started again and again at little cost: one process imports everything once and forks the others.

    async with ForkServer() as forks:
        life = await forks.start(folder, environment, clock=watch.path, step="claim after", at=3)
        await life.ended()

Each life is a process of its own in a process group of its own; SIGKILL ends it and whatever it had started.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import json
import mmap
import os
import signal
import struct
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn, Self

from benchmarks.process import ROOT
from bot.client import COGS

_AHEAD = struct.Struct("d")
_alive: set[int] = set()  # what this process has forked, where it is the server


class Watch:
    """A clock that several processes share: the machine's, and some seconds ahead of it that one of them sets."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.exists():
            path.write_bytes(_AHEAD.pack(0.0))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), _AHEAD.size)

    @property
    def ahead(self) -> float:
        seconds: float = _AHEAD.unpack(self._shared[: _AHEAD.size])[0]
        return seconds

    def leap(self, seconds: float) -> None:
        """Go ahead by some more seconds, at once for everyone."""
        self._shared[: _AHEAD.size] = _AHEAD.pack(self.ahead + seconds)

    def seconds(self) -> float:
        """Since 1970."""
        return time.time() + self.ahead

    def now(self) -> datetime:
        """As the bot's clock tells it."""
        return datetime.fromtimestamp(self.seconds(), UTC)


class Life:
    """One process of the bot, from its start to its end."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.status: int | None = None
        self._over = asyncio.Event()

    def over(self, status: int) -> None:
        """Told by the fork server when the process is gone."""
        self.status = status
        self._over.set()

    async def ended(self, patience: float = 20.0) -> bool:
        """Wait for the end, at most `patience` seconds; whether it came."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._over.wait()
        return self._over.is_set()

    async def kill(self) -> None:
        """SIGKILL for it and all that it started; returns when it is gone."""
        self.strike()
        if not await self.ended():
            raise RuntimeError(f"process {self.pid} outlived SIGKILL")

    def strike(self) -> None:
        """SIGKILL, without waiting. One that is gone is left alone: its number may be somebody else's by now."""
        if self._over.is_set():
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)


class ForkServer:
    """The process that forks. Leave it to end all that it forked."""

    def __init__(self) -> None:
        self._lives: dict[int, Life] = {}
        self._started: asyncio.Queue[int] = asyncio.Queue()

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "benchmarks.forks",
            cwd=ROOT,
            env={key: value for key, value in os.environ.items() if not key.startswith("SECONDWIND_")},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        self._listening = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_: object) -> None:
        for life in list(self._lives.values()):
            await life.kill()
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()
        await self._listening

    async def start(self, folder: Path, environment: dict[str, str], **orders: Any) -> Life:
        """Fork a bot with these settings. Its log is appended to bot.log in `folder`; `orders` as of `be_the_bot`."""
        assert self._process.stdin is not None
        self._process.stdin.write(
            json.dumps({"folder": str(folder), "environment": environment, **orders}).encode() + b"\n"
        )
        return self._lives[await self._started.get()]

    async def _listen(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            what, pid, *status = line.split()
            if what == b"started":
                self._lives[int(pid)] = Life(int(pid))
                self._started.put_nowait(int(pid))
            else:
                self._lives.pop(int(pid)).over(int(status[0]))


def be_the_bot(
    folder: str,
    environment: dict[str, str],
    *,
    clock: str,
    step: str | None = None,
    at: int = 1,
    by: int = signal.SIGKILL,
    patience: float | None = None,
) -> NoReturn:
    """In the child: serve until the end.

    Args:
        clock: the path of the `Watch`.
        step, at, by: where the process ends or freezes itself, see `benchmarks.faults_steps`.
        patience: seconds for a request of a delivery, the bot's own unless given.
    """
    from benchmarks import faults_steps
    from bot.app import serve
    from bot.log import set_up_logging
    from bot.settings import load_settings

    os.environ.update(environment)
    settings = load_settings()
    set_up_logging(settings.log.level, settings.log.format)
    faults_steps.prepare(step, at, patience, signal.Signals(by))
    asyncio.run(serve(settings, Watch(Path(clock))))
    os._exit(0)


def _child(orders: dict[str, Any]) -> NoReturn:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.chdir(orders["folder"])
    log = os.open("bot.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    null = os.open(os.devnull, os.O_RDONLY)
    for old, new in ((null, 0), (log, 1), (log, 2)):
        os.dup2(old, new)
    try:
        be_the_bot(**orders)
    except BaseException:  # noqa: BLE001 - the child never goes back into the server's loop
        sys.excepthook(*sys.exc_info())
        sys.stderr.flush()
        os._exit(70)


def _tell(*words: object) -> None:
    os.write(1, " ".join(map(str, words)).encode() + b"\n")


def _bury(*_: object) -> None:
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            _alive.discard(pid)
            with contextlib.suppress(BrokenPipeError):
                _tell("ended", pid, os.waitstatus_to_exitcode(status))


def main() -> int:
    """Fork a bot for each line of orders."""
    for name in ("benchmarks.faults_steps", "bot.app", "bot.log", "bot.settings", *COGS):
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # a child does not copy what it only inherits
    for line in sys.stdin.buffer:
        orders = json.loads(line)
        with _children_wait():
            pid = os.fork()
            if pid:
                with contextlib.suppress(PermissionError, ProcessLookupError):
                    os.setpgid(pid, pid)
                _alive.add(pid)
                _tell("started", pid)
        if not pid:
            with contextlib.suppress(PermissionError):
                os.setpgid(0, 0)
            _child(orders)
    for pid in list(_alive):  # whoever gave the orders is gone, perhaps without a goodbye
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
    return 0


@contextlib.contextmanager
def _children_wait() -> Any:
    """A child's end is told after its start, however fast it is."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    try:
        yield
    finally:
        signal.signal(signal.SIGCHLD, _bury)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})


if __name__ == "__main__":
    sys.exit(main())
