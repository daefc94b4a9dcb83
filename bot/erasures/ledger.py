"""The ledger of erasures: a file to which each erasure adds a line, and the key without which a line says nothing.

A line is `key moment what hash`: eight letters that tell one key from another, epoch seconds, what was erased, and
HMAC-SHA-256 over "what:group:person". It is on the disk before the erasure is. Where the erasure then does not happen,
a second line with `not-` before what it names takes the first one back.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import hashlib
import hmac
import logging
import os
import re
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Literal

from bot.clock import epoch
from bot.errors import StorageUnavailable

log = logging.getLogger(__name__)
What = Literal["member", "runs", "feelings", "figure", "group"]
MEMBER: Final = "member"
RUNS: Final = "runs"
FEELINGS: Final = "feelings"
FIGURE: Final = "figure"  # counting in the group's mood: a consent alone
GROUP: Final = "group"
FILE_NAME, KEY_NAME = "erasures", "erasures.key"
# Backups are removed after 30 days: an older line has nothing to erase again.
KEPT = timedelta(days=40)
_KEY = re.compile(r"[0-9a-f]{64}")
_LINE = re.compile(r"([0-9a-f]{8}) (\d{1,12}) (not-)?(member|runs|feelings|figure|group) ([0-9a-f]{64})")


class KeyDamaged(OSError):
    """There is a key, and it is none."""


@dataclass(slots=True)
class Entry:
    """An erasure that has been written down and is about to happen."""

    happened: bool = True


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the ledger says: by what was erased and its hash, the latest moment (epoch seconds).

    `foreign` lines were made with another key, `damaged` ones are no lines; `key_alone`: the lines are not there,
    though they are made before the key is.
    """

    key: bytes = b""
    moments: dict[tuple[str, str], int] = field(default_factory=dict)
    foreign: int = 0
    damaged: int = 0
    key_alone: bool = False

    def moment(self, what: What, group_id: int, person_id: int = 0) -> int | None:
        """When this was last erased; None: never, as far as the ledger goes back."""
        if not self.moments:
            return None
        return self.moments.get((what, _hash(self.key, what, group_id, person_id)))


class NoLedger:
    """Remembers nothing: for databases that are never backed up."""

    @asynccontextmanager
    async def recorded(
        self, what: What, group_id: int, person_id: int, now: datetime
    ) -> AsyncIterator[Entry]:
        """Around the transaction that erases; set `happened` to False on the entry where it erased nothing."""
        yield Entry()


class Ledger(NoLedger):
    """The ledger in a folder, which is made with the first line. Processes that share the folder share it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @asynccontextmanager
    async def recorded(
        self, what: What, group_id: int, person_id: int, now: datetime
    ) -> AsyncIterator[Entry]:
        """Write the line down, durably, before what is inside runs; take it back where that raises or did not happen.
        Where nobody can say whether it happened the line stays: to erase once more harms nobody.

        An erasure goes on where the ledger cannot be written: who asks for one gets it, and the log tells the host.
        """
        add = (what, group_id, person_id, epoch(now))
        written = await asyncio.to_thread(self._tried, *add)
        entry = Entry()
        try:
            yield entry
        except Exception as error:
            entry.happened = isinstance(error, StorageUnavailable) and error.reason == "in_doubt"
            raise
        finally:
            if written and not entry.happened:
                await asyncio.to_thread(self._tried, *add, taken_back=True)

    def read(self) -> Recorded:
        """All lines; nothing where there is no ledger. Raises OSError, `KeyDamaged` included."""
        path = self.folder / FILE_NAME
        if not path.exists():
            return Recorded(key_alone=bool(self.name()))
        key = self._stored_key() or b""
        lines = path.read_text(encoding="ascii", errors="replace").splitlines()
        moments: dict[tuple[str, str], list[int]] = {}
        foreign = damaged = 0
        for line in filter(None, lines):
            found = _LINE.fullmatch(line)
            if found is None:
                damaged += 1
            elif found[1] != _name(key):
                foreign += not found[3]
            else:
                at, when = (found[4], found[5]), int(found[2])
                if not found[3]:
                    moments.setdefault(at, []).append(when)
                elif when in moments.get(at, ()):
                    moments[at].remove(when)
        return Recorded(key, {at: max(all_) for at, all_ in moments.items() if all_}, foreign, damaged)

    def name(self) -> str:
        """Eight letters that tell this ledger's key from another; empty where there is none. Raises OSError."""
        return _name(self._stored_key() or b"")

    def drop_old(self, now: datetime) -> int:
        """Drop lines for which no backup can be left any more; how many. Raises OSError."""
        path, before = self.folder / FILE_NAME, epoch(now - KEPT)
        if not path.exists():
            return 0
        with self._locked():
            lines = path.read_text(encoding="ascii", errors="replace").splitlines()
            old = [line for line in lines if (found := _LINE.fullmatch(line)) and int(found[2]) < before]
            if old:
                gone = set(old)
                _replace(path, "".join(f"{line}\n" for line in lines if line not in gone))
        return len(old)

    def prepare(self) -> None:
        """Make folder and key where they are missing. Raises OSError, `KeyDamaged` included."""
        with self._locked():
            self._key()

    def _tried(
        self, what: What, group_id: int, person_id: int, moment: int, *, taken_back: bool = False
    ) -> bool:
        try:
            with self._locked():
                key = self._key()
                hashed = _hash(key, what, group_id, person_id)
                named = f"not-{what}" if taken_back else what
                _append(self.folder / FILE_NAME, f"{_name(key)} {moment} {named} {hashed}\n")
        except OSError as error:
            log.error("erasure_not_recorded", extra={"detail": error.strerror or type(error).__name__})
            return False
        return True

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One at a time, also among processes."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self.folder / f"{FILE_NAME}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _key(self) -> bytes:
        key = self._stored_key()
        if key is None:
            key = secrets.token_bytes(32)
            if not (self.folder / FILE_NAME).exists():  # so that a key without one tells that it was lost
                _replace(self.folder / FILE_NAME, "")
            _replace(self.folder / KEY_NAME, key.hex() + "\n")
        return key

    def _stored_key(self) -> bytes | None:
        try:
            text = (self.folder / KEY_NAME).read_text(encoding="ascii", errors="replace").strip()
        except FileNotFoundError:
            return None
        if not _KEY.fullmatch(text):
            raise KeyDamaged(None, "the key is damaged")
        return bytes.fromhex(text)


def _hash(key: bytes, what: str, group_id: int, person_id: int) -> str:
    return hmac.new(key, f"{what}:{group_id}:{person_id}".encode(), hashlib.sha256).hexdigest()


def _name(key: bytes) -> str:
    """Tells one key from another and nothing of either; empty for none."""
    return hashlib.sha256(b"second-wind erasures:" + key).hexdigest()[:8] if key else ""


def _append(path: Path, line: str) -> None:
    new = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            line = "\n" + line  # a power cut in the middle of a line spoils that one alone
        os.write(descriptor, line.encode("ascii"))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if new:
        _sync_folder(path.parent)


def _replace(path: Path, text: str) -> None:
    beside = path.with_name(path.name + ".new")
    with contextlib.suppress(FileNotFoundError):
        beside.unlink()
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii", errors="replace") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
