"""What a disk may hold after a power cut: what was synced, and any part of what was not.

A disk may keep any of the sectors that were written since a file's last sync, in any order, and lose the others; a file
may come back at its old size. Names (made, renamed, removed) reach a folder in their order, up to the cut or to any
moment after the folder's last sync.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.faults_power_trace import AT_THE_END, Event

SECTOR = 512
# How much of what was not synced stays, by chance: of each write, and of each sector of one that is torn.
POLICIES = ("nothing", "everything", "some writes", "torn writes", "the last writes", "all but one")


@dataclass(eq=False)
class File:
    """Its content now, what of it is safe, and what was done since."""

    content: bytearray = field(default_factory=bytearray)
    safe: bytearray = field(default_factory=bytearray)
    pending: list[Event] = field(default_factory=list)

    def sync(self, since: int) -> None:
        """All that was done before `since` is safe now."""
        done = [event for event in self.pending if event.position < since]
        for event in done:
            apply(self.safe, event)
        self.pending = self.pending[len(done) :]


def apply(content: bytearray, event: Event) -> None:
    """Carry out a write or a truncation."""
    if event.kind == "truncate":
        if event.size <= len(content):
            del content[event.size :]
        else:
            content.extend(bytes(event.size - len(content)))
        return
    at = len(content) if event.offset == AT_THE_END else event.offset
    if at > len(content):
        content.extend(bytes(at - len(content)))
    content[at : at + len(event.data)] = event.data


class Disk:
    """Files by their paths as the trace goes on."""

    def __init__(self) -> None:
        self.names: dict[str, File] = {}
        self._safe_names: dict[str, File] = {}
        self._pending_names: list[tuple[Event, File | None]] = []

    def preset(self, path: str, file: File) -> None:
        """What was there before."""
        self.names[path] = self._safe_names[path] = file

    def take(self, event: Event) -> None:
        """Go on by one event."""
        if event.kind in ("write", "truncate"):
            file = self.names.setdefault(event.path, File())
            if event.kind == "write" and event.offset == AT_THE_END:
                event = Event("write", event.position, event.path, len(file.content), event.data)
            apply(file.content, event)
            file.pending.append(event)
        elif event.kind == "sync" and event.path in self.names:
            self.names[event.path].sync(event.since)
        elif event.kind == "sync":
            self._sync_folder(event.path, event.since)
        else:
            self._rename(event)

    def _rename(self, event: Event) -> None:
        if event.kind == "create":
            if event.path in self.names:
                if event.size == 0:
                    self.take(Event("truncate", event.position, event.path))
                return
            file = self.names[event.path] = File()
            self._pending_names.append((event, file))
        elif event.kind == "unlink":
            self.names.pop(event.path, None)
            self._pending_names.append((event, None))
        elif event.path in self.names:
            file = self.names[event.target] = self.names.pop(event.path)
            self._pending_names.append((event, file))

    def _sync_folder(self, folder: str, since: int) -> None:
        kept = []
        for event, file in self._pending_names:
            if str(Path(event.target or event.path).parent) == folder and event.position < since:
                _name(self._safe_names, event, file)
            else:
                kept.append((event, file))
        self._pending_names = kept

    def after_a_cut(self, dice: random.Random, injected: Counter[str]) -> dict[str, bytes]:
        """One of the states that a power cut now may leave; what was lost is counted."""
        names = dict(self._safe_names)
        reached = dice.choice((0, len(self._pending_names), dice.randint(0, len(self._pending_names))))
        for event, file in self._pending_names[:reached]:
            _name(names, event, file)
        injected["names that did not reach their folder"] += len(self._pending_names) - reached
        return {path: _torn(file, dice, injected) for path, file in names.items()}


def _name(names: dict[str, File], event: Event, file: File | None) -> None:
    if event.kind == "unlink":
        names.pop(event.path, None)
        return
    if event.kind == "rename":
        names.pop(event.path, None)
    assert file is not None
    names[event.target or event.path] = file


def _torn(file: File, dice: random.Random, injected: Counter[str]) -> bytes:
    if not file.pending:
        return bytes(file.safe)
    policy = dice.choice(POLICIES)
    content, last = bytearray(file.safe), len(file.pending) - 1
    odds, one = dice.random(), dice.randint(0, last)
    for number, event in enumerate(file.pending):
        keep = {
            "nothing": False,
            "everything": True,
            "some writes": dice.random() < odds,
            "torn writes": True,
            "the last writes": number >= one,
            "all but one": number != one,
        }[policy]
        if not keep:
            injected["writes dropped"] += 1
        elif policy == "torn writes" and event.kind == "write":
            injected["writes torn"] += _sectors(content, event, dice, odds)
        else:
            apply(content, event)
            injected["unsynced writes kept"] += 1
    return bytes(content)


def _sectors(content: bytearray, event: Event, dice: random.Random, odds: float) -> bool:
    """Carry out a part of a write, sector by sector of the disk; whether it was torn."""
    end, at, lost = event.offset + len(event.data), event.offset, 0
    while at < end:
        until = min(end, (at // SECTOR + 1) * SECTOR)
        if dice.random() < odds:
            apply(content, Event("write", 0, "", at, event.data[at - event.offset : until - event.offset]))
        else:
            lost += 1
        at = until
    return lost > 0
