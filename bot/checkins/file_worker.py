"""The process that opens watch files, apart from the bot: `python -m bot.checkins.file_worker LIMITS`.

What it reads comes from strangers, so it has a limit on memory, writes no file, knows no token, gives way to the
bot (nice) and ends by itself when one file takes too long or the bot is gone. The bot asks over stdin, the
answers go to stdout: frames of four bytes of length (big-endian) and JSON. A question whose `size` is not 0 is followed
by that many bytes, the file.

    {"op": "file", "name", "size", "allowance"}      the activity of one file
    {"op": "open", "name", "size"}                   {"names": [...], "others": n} of an archive, kept open
    {"op": "member", "index", "allowance"}           the activity of one file of the open archive
    {"op": "close"}                                  {} and the archive is forgotten

An activity's answer is {"name", "unpacked", "activity": {...}} or {"name", "unpacked", "reason": "damaged"};
`allowance` is how many bytes may be unpacked, `unpacked` how many were.
"""

from __future__ import annotations

import dataclasses
import gc
import io
import json
import os
import signal
import sys
import zipfile
from typing import Any, BinaryIO

from bot.checkins.file_formats import clean_name, read_watch_file, unpacked
from bot.checkins.track import BadFile

PIECE = 1 << 20  # bytes of a member unpacked at once
WATCH_FILES = (".fit", ".gpx", ".tcx", ".fit.gz", ".gpx.gz", ".tcx.gz")


class Archive:
    """A zip whose members are read one by one, into memory alone: their names are never used as paths.

    Raises BadFile where it is none. `watch_files` are the members that by their names come from a watch, zips
    inside the zip among them (each refused when read); `others` counts all other files, directories not.
    """

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except MemoryError:
            raise
        except Exception as error:  # zipfile raises struct.error, UnicodeDecodeError and more on garbage
            raise BadFile("damaged") from error
        files = [info for info in self._zip.infolist() if not info.is_dir()]
        files = [info for info in files if not info.filename.startswith("__MACOSX/")]
        self.watch_files = [info for info in files if info.filename.lower().endswith((*WATCH_FILES, ".zip"))]
        self.others = len(files) - len(self.watch_files)

    def read(self, index: int, allowance: int) -> bytes:
        """The bytes of a member, still gzipped where it is. Raises BadFile before more than `allowance`."""
        info = self.watch_files[index]
        if info.flag_bits & 0x1:
            raise BadFile("encrypted")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise BadFile("unsupported")  # the others unpack without a limit that could be set
        if info.filename.lower().endswith(".zip"):
            raise BadFile("archive")
        parts = []
        try:
            with self._zip.open(info) as member:
                while piece := member.read(min(PIECE, allowance + 1)):
                    parts.append(piece)
                    allowance -= len(piece)
                    if allowance < 0:
                        raise BadFile("too_large")
        except (BadFile, MemoryError):
            raise
        except Exception as error:
            raise BadFile("damaged") from error
        return b"".join(parts)


class Worker:
    """Answers one question after the other. `limits` as the bot gave them: memory, points, seconds, members."""

    def __init__(self, limits: dict[str, Any]) -> None:
        self.limits = limits
        self.archive: Archive | None = None

    def answer(self, question: dict[str, Any], data: bytes) -> dict[str, Any]:
        """The answer to one question; `data` is the file that came with it."""
        match question["op"]:
            case "file":
                return self._told(clean_name(question["name"]), data, question["allowance"])
            case "open":
                return self._open(data)
            case "member":
                return self._member(question["index"], question["allowance"])
            case _:
                self.archive = None
                return {}

    def _open(self, data: bytes) -> dict[str, Any]:
        self.archive = None
        try:
            self.archive = Archive(data)
        except BadFile as bad:
            return {"reason": bad.reason}
        names = [clean_name(info.filename) for info in self.archive.watch_files[: self.limits["members"] + 1]]
        return {"names": names, "count": len(self.archive.watch_files), "others": self.archive.others}

    def _member(self, index: int, allowance: int) -> dict[str, Any]:
        if self.archive is None:
            raise RuntimeError("no archive is open")
        name = clean_name(self.archive.watch_files[index].filename)
        try:
            data = self.archive.read(index, allowance)
        except BadFile as bad:
            spent = allowance if bad.reason == "too_large" else 0
            return {"name": name, "unpacked": spent, "reason": bad.reason}
        return self._told(name, data, allowance)

    def _told(self, name: str, data: bytes, allowance: int) -> dict[str, Any]:
        spent = len(data)
        try:
            data = unpacked(data, allowance)
            spent = len(data)
            activity = read_watch_file(data, max_points=self.limits["points"])
        except BadFile as bad:
            return {
                "name": name,
                "unpacked": allowance if bad.reason == "too_large" else spent,
                "reason": bad.reason,
            }
        told = dataclasses.asdict(activity)
        told["started_at"] = activity.started_at and int(activity.started_at.timestamp())
        told["bests"] = list(activity.bests.items())
        return {"name": name, "unpacked": spent, "activity": told}


def confine(memory_bytes: int) -> None:
    """Give way to the bot, and hold this process to `memory_bytes` of address space and to writing nothing."""
    if sys.platform != "win32":
        import resource

        os.nice(10)
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def say(stream: BinaryIO, answer: dict[str, Any]) -> None:
    """Write one frame."""
    body = json.dumps(answer).encode()
    stream.write(len(body).to_bytes(4, "big") + body)
    stream.flush()


def serve(stdin: BinaryIO, stdout: BinaryIO, limits: dict[str, Any]) -> None:
    """Answer until the bot closes stdin. A question that the memory does not suffice for ends the process."""
    worker = Worker(limits)
    say(stdout, {"ready": True})
    while len(head := stdin.read(4)) == 4:
        question = json.loads(stdin.read(int.from_bytes(head, "big")))
        if sys.platform != "win32":  # the bot stops waiting sooner; this is for when the bot is gone
            signal.alarm(int(limits["seconds"]) + 30)
        try:
            data = stdin.read(question["size"]) if question.get("size") else b""
            answer = worker.answer(question, data)
        except MemoryError:
            worker.archive = None
            gc.collect()
            say(stdout, {"reason": "too_large", "ending": True})
            return
        say(stdout, answer)
        if sys.platform != "win32":
            signal.alarm(0)


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    confine(given["memory"])
    serve(sys.stdin.buffer, sys.stdout.buffer, given)
