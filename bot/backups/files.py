"""Backups as files in a folder: their names, which is the newest, and which are old enough to go."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.errors import HostError

KEPT = timedelta(days=30)
PARTIAL = ".partial"
LOCK_NAME = "backups.lock"
# So much stays free for the bot, whose own writes come first.
LEFT_FREE = 64 * 2**20
_NAME = re.compile(r"second-wind-(\d{8}T\d{6})Z\.db")


class BackupUnderWay(HostError):
    """Another process makes a backup in this very folder."""


@dataclass(frozen=True, slots=True)
class BackupFile:
    """A finished backup: where it is, when what it holds was so (aware UTC), and its size in bytes."""

    path: Path
    made_at: datetime
    size: int


def name_at(now: datetime) -> str:
    """The name of a backup of that moment."""
    return f"second-wind-{now.astimezone(UTC):%Y%m%dT%H%M%S}Z.db"


def listed(folder: Path) -> list[BackupFile]:
    """The finished backups of a folder, the newest first; none where it cannot be read."""
    found = []
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            matched = _NAME.fullmatch(path.name)
            if matched is None or not path.is_file():
                continue
            with contextlib.suppress(ValueError, FileNotFoundError):
                made_at = datetime.strptime(matched[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
                found.append(BackupFile(path, made_at, path.stat().st_size))
    return sorted(found, key=lambda each: each.made_at, reverse=True)


def unreadable(folder: Path) -> str:
    """Why a folder cannot be looked into; empty where it can, or is not there."""
    try:
        next(folder.iterdir(), None)
    except FileNotFoundError:
        pass
    except OSError as error:
        return error.strerror or type(error).__name__
    return ""


def newest(folder: Path) -> BackupFile | None:
    """The newest finished backup of a folder."""
    return next(iter(listed(folder)), None)


def drop_old(folder: Path, now: datetime, sound: Callable[[Path], bool]) -> int:
    """Remove backups that are older than 30 days; how many. The newest one that is `sound` stays whatever its age.

    `sound` is asked from the newest on, until it says yes, and not at all where nothing is old. Raises OSError.
    """
    files = listed(folder)
    old = [each for each in files if each.made_at < now - KEPT]
    if not old:
        return 0
    kept = next((each.path for each in files if sound(each.path)), None)
    gone = [each for each in old if each.path != kept]
    for each in gone:
        each.path.unlink(missing_ok=True)
    return len(gone)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """One maker in a folder at a time; what a maker that died has left there is taken away.

    Raises BackupUnderWay, HostError where the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise HostError(
            f"{folder} cannot be written to ({error.strerror}): give this user the right to, or change "
            "storage.backups."
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupUnderWay(
                f"A backup is being made in {folder} right now: wait for it, or name another file."
            ) from error
        with _nobody_making(folder):  # a file that the host named may be under way here
            for left in folder.glob(f"second-wind-*{PARTIAL}*"):
                if not left.is_dir():
                    left.unlink(missing_ok=True)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def appearing(target: Path) -> Iterator[Path]:
    """A path beside `target`, for its owner alone, to write to: what stands there at the end is `target`, durably.

    Nothing of it is left where what is inside raises. Raises HostError where there is such a file already,
    BackupUnderWay, OSError.
    """
    with _nobody_making(target.parent):
        if target.exists():
            raise HostError(f"{target} is there already: name a file that is not.")
        with _partial(target) as partial:
            yield partial
        sync(target.parent)


@contextmanager
def _partial(target: Path) -> Iterator[Path]:
    partial = target.with_name(target.name + PARTIAL)
    try:
        with contextlib.suppress(FileNotFoundError):
            partial.unlink()
        os.close(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        yield partial
        sync(partial)
        partial.rename(target)
    except BaseException:
        for path in (partial, *(partial.with_name(partial.name + ending) for ending in ("-journal", "-wal"))):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        raise


@contextmanager
def _nobody_making(folder: Path) -> Iterator[None]:
    """One maker at a time in any folder, whatever its file's name: two of one name would take each other's away.

    Raises BackupUnderWay. Leaves no file behind; does nothing where folders cannot be locked (network file systems).
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with contextlib.suppress(OSError):
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise BackupUnderWay(
                    f"A backup is being made in {folder} right now: wait for it, or name a file elsewhere."
                ) from error
        yield
    finally:
        os.close(descriptor)


def sync(path: Path) -> None:
    """Wait until a file or a folder is on the disk. Never of a database that is open: closing the descriptor would
    take SQLite's locks away."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_room(folder: Path, size: int) -> None:
    """Raises HostError where the disk of `folder` has no room for `size` bytes, and some to spare."""
    free = shutil.disk_usage(folder).free
    if free < size + LEFT_FREE:
        raise HostError(
            f"The disk of {folder} has {free // 2**20} MB left, and a backup may need {size // 2**20 + 1} MB with "
            f"{LEFT_FREE // 2**20} MB to spare: make room, or change storage.backups."
        )
