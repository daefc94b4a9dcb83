"""Puts a backup in the database's place: all of it or nothing, wherever it is cut short."""

from __future__ import annotations

import itertools
import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.backups.files import listed, sync, unreadable
from bot.backups.into_server import into_server
from bot.backups.preparing import Prepared, prepare, remove
from bot.erasures.ledger import Ledger
from bot.errors import HostError
from bot.storage.file_lock import lock
from bot.storage.open import sqlite_path

READY, KEPT = ".restoring", ".before-"
SKEW = timedelta(minutes=5)  # so far may the clocks of two machines be apart


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored from where, and where the old database is kept (None: there was none)."""

    backup: Path
    prepared: Prepared
    kept_aside: str | None


async def restore(
    url: str, ledger: Ledger, now: datetime, backup: Path | None = None, *, without_ledger: bool = False
) -> Restored:
    """Put `backup`, or the newest in the ledger's folder, in the place of the database of `url`.

    Until the very last step the old database stands as it was; from then on the new one does.
    Raises HostError, saying what to do, where a bot runs on it or the backup is not to be restored; also where the
    ledger cannot erase again whoever was erased since, unless `without_ledger` says that this is known.
    """
    chosen = backup or _newest(ledger.folder, now)
    if url.startswith("sqlite:"):
        return await _into_file(sqlite_path(url), chosen, ledger, now, without_ledger=without_ledger)
    prepared, schema = await into_server(url, chosen, ledger, now, without_ledger=without_ledger)
    return Restored(chosen, prepared, f"in the schema {schema}" if schema else None)


def _newest(folder: Path, now: datetime) -> Path:
    if why := unreadable(folder):
        raise HostError(f"{folder} cannot be read ({why}): give this user the right to, or name a backup.")
    found = listed(folder)
    if not found:
        raise HostError(
            f"There is no backup in {folder}: name one, or set storage.backups to where they are."
        )
    if len(found) > 1 and found[0].made_at > now + SKEW:
        raise HostError(
            f"{found[0].path.name} is of a moment that is yet to come: look at this machine's clock, and name the "
            "backup that you mean."
        )
    return found[0].path


async def _into_file(
    path: Path, backup: Path, ledger: Ledger, now: datetime, *, without_ledger: bool
) -> Restored:
    held = lock(path)
    path = _behind_links(path)
    ready = path.with_name(path.name + READY)
    try:
        _look_around(path, backup)
        try:
            prepared = await prepare(backup, ready, ledger, now, without_ledger=without_ledger)
            kept = _swap(path, ready, now)
        finally:
            remove(ready)
    except OSError as error:
        raise HostError(
            f"{backup} could not be put in the place of {path} ({error.strerror}): look at the disk and the rights."
        ) from error
    finally:
        os.close(held)
    return Restored(backup, prepared, str(kept) if kept else None)


def _behind_links(path: Path) -> Path:
    """The file that changes places, on its own disk; what leads to it stays."""
    return path.resolve() if path.is_symlink() else path


def _look_around(path: Path, backup: Path) -> None:
    """Refuse the database as its own backup; forget second names of it, left by a run that was killed too early."""
    if not path.exists():
        return
    if backup.exists() and backup.samefile(path):
        raise HostError(f"{backup} is the database itself: name a backup.")
    for kept in path.parent.glob(f"{path.name}{KEPT}*Z*"):
        if not kept.name.endswith("-wal") and kept.samefile(path):
            _forget(kept)


def _swap(path: Path, ready: Path, now: datetime) -> Path | None:
    """The one moment at which the new takes the old's place is a rename: there is never none."""
    sync(ready)
    kept = None
    if path.exists() and path.stat().st_size:
        kept = _keep(path, now)
        try:
            folded = _fold_log(path)
        except HostError:
            _forget(kept)
            raise
        if folded and kept.samefile(path):  # the file alone is the whole of it now
            kept.with_name(kept.name + "-wal").unlink(missing_ok=True)
    for ending in ("-wal", "-shm"):  # the old one's: they would be taken for the new one's
        path.with_name(path.name + ending).unlink(missing_ok=True)
    sync(path.parent)
    ready.rename(path)
    sync(path.parent)
    return kept


def _fold_log(path: Path) -> bool:
    """Bring the old database's log into its file; False where it is too damaged for that.

    Raises HostError where another program has it open.
    """
    with closing(sqlite3.connect(path, timeout=5, isolation_level=None)) as raw:
        try:
            raw.execute("PRAGMA journal_mode=DELETE").fetchall()
        except sqlite3.DatabaseError as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise HostError(f"Another program has {path} open: close it, then restore again.") from error
            if code == sqlite3.SQLITE_FULL:
                raise HostError(f"The disk of {path} is full: make room, then restore again.") from error
            return False
    return True


def _keep(path: Path, now: datetime) -> Path:
    """Give the old database, with its log where one is left, a second name that stays with it."""
    name = f"{path.name}{KEPT}{now.astimezone(UTC):%Y%m%dT%H%M%S}Z"
    names = (name if number == 1 else f"{name}-{number}" for number in itertools.count(1))
    kept = next(each for each in map(path.with_name, names) if not each.exists())
    for ending in ("", "-wal"):
        old, second = path.with_name(path.name + ending), kept.with_name(kept.name + ending)
        if old.exists():
            try:
                os.link(old, second)
            except OSError:  # not every file system knows second names
                shutil.copyfile(old, second)
                second.chmod(0o600)
                sync(second)
    sync(path.parent)
    return kept


def _forget(kept: Path) -> None:
    for ending in ("", "-wal"):
        kept.with_name(kept.name + ending).unlink(missing_ok=True)
