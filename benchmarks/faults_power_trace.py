"""What a process did to its files and said to Discord, in order: recorded by strace, read back.

Positions are line numbers of the trace. What was written stands in the file from the end of its call, what was synced
is safe from the end of the sync, and what was said may have arrived from the beginning of its call.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

CALLS = (
    "openat,close,write,writev,pwrite64,ftruncate,fallocate,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,"
    "mkdir,sendto,sendmsg"
)
# -D: the traced process stays the child of whoever started it; -y: paths beside descriptors; -xx: every byte is told.
STRACE = (
    "strace",
    "-D",
    "-f",
    "-y",
    "-xx",
    "-s",
    "4000000",
    "--seccomp-bpf",
    "-e",
    f"trace={CALLS}",
    "-e",
    "signal=none",
)
_LINE = re.compile(r"(\d+) +(.*)")
_CALL = re.compile(r"(\w+)\((.*)")
_RESUMED = re.compile(r"<\.\.\. (\w+) resumed>(.*)")
_RESULT = re.compile(r"\) += (-?\d+|\?)(.*)$")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_DESCRIPTOR = re.compile(r"(-?\w+)<((?:\\x[0-9a-f]{2})*|[^>]*)>")
_ANSWERED = re.compile(rb"POST /api/v10/interactions/(\d+)/")
_FILLED = re.compile(rb"PATCH /api/v10/webhooks/\d+/[^/ ]*-(\d+)/messages/@original")
_POSTED = re.compile(rb'"nonce": ?"sw(\d+)"')


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that was done.

    `kind` is write, truncate, sync (of a file or a folder), create, rename or unlink. `position` is where it stands in
    the trace; of a sync, `since` is where it began: what was done up to there is safe. A write at `AT_THE_END` goes on
    where the file ends.
    """

    kind: str
    position: int
    path: str = ""
    offset: int = 0
    data: bytes = b""
    size: int = 0
    target: str = ""
    since: int = 0


@dataclass
class Trace:
    """The events beneath a folder, in order; and where answers and messages left, by interactions' and deliveries' ids.

    `answered` is an interaction's first answer, `filled` the words that took the place of a first answer without any.
    """

    events: list[Event] = field(default_factory=list)
    answered: dict[int, int] = field(default_factory=dict)
    filled: dict[int, int] = field(default_factory=dict)
    posted: dict[int, int] = field(default_factory=dict)

    @property
    def end(self) -> int:
        return self.events[-1].position + 1 if self.events else 0


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def _path(text: str) -> str:
    return _bytes(text).decode(errors="replace") if text.startswith("\\x") else text


def calls(lines: Iterator[str]) -> Iterator[tuple[int, int, str, str, int]]:
    """(where it began, where it ended, name, arguments, result) of every call that succeeded, by its end.

    A call that another thread's came between is told in two lines.
    """
    begun: dict[str, tuple[int, str, str]] = {}
    for position, line in enumerate(lines):
        found = _LINE.match(line)
        if found is None:
            continue
        thread, rest = found.groups()
        if resumed := _RESUMED.match(rest):
            if thread not in begun:
                continue
            since, name, arguments = begun.pop(thread)
            rest = f"{name}({arguments}{resumed[2]}"
        else:
            since = position
        call = _CALL.match(rest)
        if call is None:
            continue
        if rest.endswith("<unfinished ...>"):
            begun[thread] = (since, call[1], call[2].removesuffix("<unfinished ...>").rstrip(" "))
            if call[1] in _SAYS:  # what is said may have arrived before the call comes back, if ever it does
                yield since, since, "said", call[2], 0
            continue
        result = _RESULT.search(call[2])
        if result is None or not result[1].lstrip("-").isdigit() or int(result[1]) < 0:
            continue
        yield since, position, call[1], call[2][: result.start()], int(result[1])


AT_THE_END = -1
_SAYS = ("write", "writev", "sendto", "sendmsg")


def read(path: Path, folder: Path) -> Trace:
    """The trace in `path`, of what happened beneath `folder`; shared memory (-shm) and logs are left out."""
    trace = Trace()
    with path.open(encoding="ascii", errors="replace") as file:
        for since, position, name, arguments, result in calls(iter(file)):
            for event in _events(trace, folder, since, position, name, arguments, result):
                trace.events.append(event)
    return trace


def _ours(folder: Path, path: str) -> bool:
    return path.startswith(f"{folder}/") and not path.endswith(("-shm", ".log", ".lock", "(deleted)"))


def _events(
    trace: Trace, folder: Path, since: int, position: int, name: str, arguments: str, result: int
) -> Iterator[Event]:  # fmt: skip
    if name in ("said", *_SAYS):
        described = _DESCRIPTOR.match(arguments)
        place = _path(described[2]) if described else ""
        if name == "said" or not _ours(folder, place):
            if "socket" in place or place.startswith("TCP"):
                _heard(trace, since, b"".join(_bytes(text) for text in _TEXT.findall(arguments)))
            return
        data = _bytes(_TEXT.findall(arguments)[-1] if name == "write" else "".join(_TEXT.findall(arguments)))[
            :result
        ]
        yield Event("write", position, place, AT_THE_END, data)
        return
    if name in ("fsync", "fdatasync"):
        described = _DESCRIPTOR.match(arguments)
        if described is None:
            return
        place = _path(described[2])
        if place == str(folder) or _ours(folder, place):
            yield Event("sync", position, place, since=since)
        return
    yield from _changes(folder, position, name, arguments, result)


def _changes(folder: Path, position: int, name: str, arguments: str, result: int) -> Iterator[Event]:
    if name in ("pwrite64", "ftruncate"):
        described = _DESCRIPTOR.match(arguments)
        if described is None or not _ours(folder, place := _path(described[2])):
            return
        if name == "ftruncate":
            yield Event("truncate", position, place, size=int(arguments.rpartition(",")[2]))
        else:
            data = _bytes(_TEXT.findall(arguments)[-1])[:result]
            yield Event("write", position, place, int(arguments.rpartition(",")[2]), data)
        return
    names = [_path(text) for text in _TEXT.findall(arguments)]
    if name == "openat" and "O_CREAT" in arguments and names:
        if _ours(folder, names[-1]):
            yield Event("create", position, names[-1], size=0 if "O_TRUNC" in arguments else -1)
    elif name.startswith("rename") and len(names) == 2:
        if _ours(folder, names[1]):
            yield Event("rename", position, names[0], target=names[1])
    elif name.startswith("unlink") and names and _ours(folder, names[-1]):
        yield Event("unlink", position, names[-1])


def _heard(trace: Trace, since: int, said: bytes) -> None:
    for number in _ANSWERED.findall(said):
        trace.answered.setdefault(int(number), since)
    for number in _FILLED.findall(said):
        trace.filled.setdefault(int(number), since)
    for number in _POSTED.findall(said):
        trace.posted.setdefault(int(number), since)
