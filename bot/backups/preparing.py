"""A backup made ready to serve, as a file of its own: copied, migrated, and erased again."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from bot.backups import snapshot
from bot.backups.aside import Brake, aside
from bot.backups.files import make_room
from bot.backups.verifying import BadBackup, Verified, verify
from bot.clock import epoch
from bot.erasures.again import ErasedAgain, erase_again
from bot.erasures.ledger import FILE_NAME, KEY_NAME, KeyDamaged, Ledger
from bot.errors import HostError, StorageUnavailable
from bot.storage import open_database

BESIDE = ("", "-wal", "-shm", "-journal", ".lock")


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was made ready: the backup's contents, the migrations applied since, what was erased again, and what the
    host has to know of the ledger ("": it is whole)."""

    holds: Verified
    migrations: tuple[str, ...]
    erased: ErasedAgain
    ledger_trouble: str


async def prepare(
    backup: Path, ready: Path, ledger: Ledger, now: datetime, *, without_ledger: bool = False
) -> Prepared:
    """Make `ready`, a database of this program's version, of `backup`; what a killed run left of it goes first.

    Raises HostError where the backup is not to be restored, or there is no room; and, unless `without_ledger`, where
    erasures cannot be repeated: whoever was erased since would be back, and a script would not notice.
    """
    holds = await aside(partial(_copied, backup, ready))
    trouble = ledger_trouble(ledger, holds.ledger)
    if trouble and not without_ledger:
        raise HostError(
            f"{trouble}, then restore again. Nothing was changed. Where that cannot be done any more, `second-wind "
            "restore --without-ledger` restores all the same: who was erased after the backup was made is back then."
        )
    try:
        database = await open_database(f"sqlite:///{ready}")
        try:
            migrations = await database.migrate(now=epoch(now))
            erased = await erase_again(database, ledger, now)
            await database.scrub()
        finally:
            await database.close()
    except StorageUnavailable as refused:
        raise HostError(f"{ready} could not be written ({refused}): look at the disk.") from refused
    await aside(partial(verify, ready))
    return Prepared(holds, tuple(migrations), erased, trouble)


def remove(ready: Path) -> None:
    """Take away a file that was made ready, or half of one, with all that lies beside it."""
    for ending in BESIDE:
        ready.with_name(ready.name + ending).unlink(missing_ok=True)


def ledger_trouble(ledger: Ledger, named: str) -> str:
    """Why erasures cannot be repeated, and what to mend, without a full stop; empty where all of them can.

    `named`: the key that the ledger had when the backup was made; empty where that is not known.
    """
    folder = ledger.folder
    lines, key = folder / FILE_NAME, folder / KEY_NAME
    try:
        name = ledger.name()
        recorded = ledger.read()
    except KeyDamaged:
        return f"{key} is damaged, so nobody can be erased again: put a copy of it back"
    except OSError as error:
        return f"{lines} cannot be read ({error.strerror}), so nobody can be erased again: mend that"
    if not name or (named and name != named):
        return (
            f"The ledger of erasures that belongs to this backup is not in {folder}, so nobody can be erased again: "
            f"put its files {FILE_NAME} and {KEY_NAME} there"
        )
    if recorded.key_alone:
        return f"{lines} is not there, so nobody can be erased again: put that file there"
    if recorded.foreign:
        return (
            f"{recorded.foreign} erasures were recorded with a key that is not in {folder}, so those cannot be "
            f"repeated: put that {KEY_NAME} there"
        )
    if recorded.damaged:
        return (
            f"{recorded.damaged} lines of {lines} are damaged, so those erasures cannot be repeated: put a copy of it "
            "back"
        )
    return ""


def _copied(backup: Path, ready: Path, brake: Brake) -> Verified:
    holds = verify(backup, brake)
    try:
        remove(ready)
        make_room(ready.parent, 2 * backup.stat().st_size)  # migrations and erasures write the file anew
        os.close(os.open(ready, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        snapshot.take(backup, ready, brake)
    except (OSError, sqlite3.Error) as error:
        with contextlib.suppress(OSError):
            remove(ready)
        if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
            raise BadBackup(f"{backup} is damaged: restore an older backup, by its name.") from error
        raise HostError(f"{backup} could not be copied to {ready} ({error}): look at the disk.") from error
    return holds
