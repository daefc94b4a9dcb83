"""Files from watches, read by a process of its own: the bot's side of bot.checkins.file_worker.

Nothing of a file is opened, unpacked or hashed in the bot's process. A worker that takes too long for one file,
or dies of it, costs that file alone: it is replaced, and in the middle of an archive the next one goes on.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.checkins.file_refusals import Limits, refuse
from bot.checkins.track import Activity, BadFile, Reason
from bot.errors import Refusal

__all__ = ["Activity", "FileReader", "Limits", "Read", "Reason", "Unreadable"]

CHUNK = 1 << 16  # bytes given to the worker at once, so that other work comes in between
START_SECONDS = 20.0  # for a new worker to be ready, on a machine that is busy
SEND_SECONDS = 20.0  # for the worker to take a whole archive
ENDING_SECONDS = 1.0  # for a worker that ends by itself to be gone
IDLE_SECONDS = 60.0  # a worker that nobody needed for so long is ended, for its memory
ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file of an archive that was left out, and why."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Read:
    """One file of an archive. `index` counts from 1 to `total`; `name` is cleaned, at most 60 characters.

    `others`: how many files of the archive do not come from a watch and were not opened (tables, pictures).
    """

    index: int
    total: int
    name: str
    outcome: Activity | Unreadable
    others: int = 0


class _Worker:
    """One process. Asking starts it where it does not run; whatever goes wrong ends it."""

    def __init__(self, limits: Limits, idle_seconds: float) -> None:
        self._limits = limits
        self._idle_seconds = idle_seconds
        self._process: asyncio.subprocess.Process | None = None
        self._idle: asyncio.TimerHandle | None = None
        self.archive: object | None = None  # whose archive it has open
        self.busy = False

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def ask(self, question: dict[str, Any], data: bytes = b"") -> dict[str, Any]:
        """The worker's answer. Raises BadFile: too_slow where it took too long, crashed where it died of it."""
        if self._idle:
            self._idle.cancel()
        self.busy = True
        try:
            return await self._ask(self._process or await self._start(), question, data)
        finally:
            self.busy = False

    async def _ask(
        self, process: asyncio.subprocess.Process, question: dict[str, Any], data: bytes
    ) -> dict[str, Any]:
        assert process.stdin is not None
        try:
            async with asyncio.timeout(SEND_SECONDS):
                head = json.dumps({**question, "size": len(data)}).encode()
                process.stdin.write(len(head).to_bytes(4, "big") + head)
                view = memoryview(data)
                for start in range(0, len(data), CHUNK):
                    process.stdin.write(view[start : start + CHUNK])
                    await process.stdin.drain()
            answer = await self._hear(process, self._limits.seconds_per_file)
        except TimeoutError as error:
            await self.stop()
            raise BadFile("too_slow") from error
        except (ConnectionError, asyncio.IncompleteReadError) as error:
            await self.stop(ending=True)
            raise BadFile("crashed") from error
        except BaseException:  # cancelled in the middle: what comes next would be the answer to this question
            self._kill()
            raise
        if answer.get("ending"):
            await self.stop(ending=True)
        else:
            self._idle = asyncio.get_running_loop().call_later(self._idle_seconds, self._kill)
        return answer

    async def _start(self) -> asyncio.subprocess.Process:
        limits = {
            "memory": self._limits.memory_bytes,
            "points": self._limits.points,
            "members": self._limits.members,
            "seconds": self._limits.seconds_per_file,
        }
        self._process = process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-B", "-m", "bot.checkins.file_worker", json.dumps(limits)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={"PYTHONPATH": str(Path(__file__).parents[2])},  # not the bot's own: it holds the token
            start_new_session=True,  # Ctrl-C is for the bot, which then ends its workers
        )
        try:
            await self._hear(process, START_SECONDS)
        except (TimeoutError, asyncio.IncompleteReadError) as error:
            await self.stop()
            raise RuntimeError("the process that reads watch files does not start") from error
        except BaseException:
            self._kill()
            raise
        return process

    @staticmethod
    async def _hear(process: asyncio.subprocess.Process, seconds: float) -> dict[str, Any]:
        assert process.stdout is not None
        async with asyncio.timeout(seconds):
            size = int.from_bytes(await process.stdout.readexactly(4), "big")
            answer: dict[str, Any] = json.loads(await process.stdout.readexactly(size))
        return answer

    def _kill(self) -> None:
        process, self._process, self.archive = self._process, None, None
        if self._idle:
            self._idle.cancel()
        if process and process.returncode is None:
            process.kill()

    async def stop(self, *, ending: bool = False) -> None:
        """End the process, if it runs, and wait until it has; with `ending` it gets a moment to end by itself."""
        process = self._process
        if process and ending:
            with suppress(TimeoutError):
                async with asyncio.timeout(ENDING_SECONDS):
                    await process.wait()
        self._kill()
        if process:
            await process.wait()


class FileReader:
    """Reads watch files in at most `processes` workers, started when first needed; more wait for their turn.

    An archive takes its turn file by file, so that somebody else's single run does not wait for all of it.
    """

    def __init__(
        self, *, limits: Limits | None = None, processes: int = 1, idle_seconds: float = IDLE_SECONDS
    ) -> None:
        self.limits = limits or Limits()
        self._workers = [_Worker(self.limits, idle_seconds) for _ in range(processes)]
        self._free = list(self._workers)
        self._turns = asyncio.Semaphore(processes)  # first come, first served, which a queue is not

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[_Worker]:
        async with self._turns:
            worker = self._free.pop()
            try:
                yield worker
            finally:
                self._free.append(worker)

    async def read(self, name: str, data: bytes) -> Activity:
        """What one FIT, GPX or TCX file, gzipped or not, tells. Raises Refusal in words for each kind of trouble."""
        outcome = (await self._read_one(name, data)).outcome
        if isinstance(outcome, Unreadable):
            refuse(outcome.reason, self.limits)
        return outcome

    async def _read_one(self, name: str, data: bytes) -> Read:
        outcome: Activity | Unreadable
        try:
            if not data:
                raise BadFile("empty")
            if len(data) > self.limits.file_bytes:
                raise BadFile("too_large")
            async with self._turn() as worker:
                question = {"op": "file", "name": name[:1000], "allowance": self.limits.unpacked_bytes}
                answer = await worker.ask(question, data)
            name, outcome = answer.get("name", ""), _outcome(answer)
        except BadFile as bad:
            name, outcome = "", Unreadable(bad.reason)
        return Read(1, 1, name, outcome)

    async def read_archive(self, name: str, data: bytes) -> AsyncIterator[Read]:
        """Every watch file of a zip, each as soon as it is read; a single file counts as an archive of one.

        What `data` is, is told by its content, never by `name`. Stop taking and nothing more is read (close the
        iterator). Raises Refusal before the first where the archive itself can't be taken.
        """
        if not data.startswith(ZIP):
            read = await self._read_one(name, data)
            if isinstance(read.outcome, Unreadable):
                refuse(read.outcome.reason, self.limits)
            yield read
            return
        if len(data) > self.limits.archive_bytes:
            refuse("too_large", self.limits, archive=True)
        token = object()
        try:
            async with self._turn() as worker:
                contents = await self._open(worker, token, data)
            left = self.limits.unpacked_bytes_in_all
            for index, member in enumerate(contents["names"]):
                allowance = min(left, self.limits.unpacked_bytes)
                outcome, spent = await self._read_member(token, data, index, allowance)
                left -= spent
                yield Read(index + 1, len(contents["names"]), member, outcome, contents["others"])
        finally:
            for worker in self._workers:
                if worker.archive is token and not worker.busy:
                    await worker.stop()  # an archive is large, and its memory is wanted back

    async def _open(self, worker: _Worker, token: object, data: bytes) -> dict[str, Any]:
        """Have `worker` open an archive. Raises Refusal."""
        try:
            contents = await worker.ask({"op": "open"}, data)
        except BadFile as bad:
            refuse("hostile" if bad.reason == "too_slow" else bad.reason, self.limits, archive=True)
        if reason := contents.get("reason"):
            refuse(reason, self.limits, archive=True)
        if contents["count"] > self.limits.members:
            raise Refusal(
                "That archive holds {count} files from watches, and {most} at once is the most: split it, and send"
                " the parts.",
                count=contents["count"],
                most=self.limits.members,
            )
        if not contents["names"]:
            raise Refusal(
                "That archive holds no FIT, GPX or TCX file: send the zip that your watch's service exports, or"
                " single files."
            )
        worker.archive = token
        return contents

    async def _read_member(
        self, token: object, data: bytes, index: int, allowance: int
    ) -> tuple[Activity | Unreadable, int]:
        """One file of an archive, and how many bytes were unpacked for it. The worker may be new or had another's."""
        if allowance <= 0:
            return Unreadable("too_large"), 0
        async with self._turn() as worker:
            if worker.archive is not token:
                await self._open(worker, token, data)
            try:
                answer = await worker.ask({"op": "member", "index": index, "allowance": allowance})
            except BadFile as bad:
                return Unreadable(bad.reason), allowance
        return _outcome(answer), answer.get("unpacked", allowance)

    async def close(self) -> None:
        """End the workers, at once: what they were reading is refused as crashed."""
        for worker in self._workers:
            await worker.stop()


def _outcome(answer: dict[str, Any]) -> Activity | Unreadable:
    """What a worker's answer says."""
    if "reason" in answer:
        return Unreadable(answer["reason"])
    told = answer["activity"]
    started = told["started_at"]
    return Activity(
        **{
            **told,
            "started_at": None if started is None else datetime.fromtimestamp(started, UTC),
            "bests": dict(told["bests"]),
        }
    )
