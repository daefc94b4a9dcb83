"""Makes backups: at a host's word, and one a day."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from bot.backups import snapshot
from bot.backups.aside import Brake, aside
from bot.backups.files import (
    BackupFile,
    BackupUnderWay,
    alone_in,
    appearing,
    drop_old,
    listed,
    make_room,
    name_at,
    newest,
)
from bot.backups.server_child import read_server
from bot.backups.verifying import BadBackup, Verified, Why, verify
from bot.clock import epoch
from bot.erasures.ledger import Ledger
from bot.errors import HostError
from bot.storage.open import sqlite_path

log = logging.getLogger(__name__)
# A little less than a day, so that the hour at which it comes does not wander through the day.
BETWEEN = timedelta(hours=23, minutes=30)


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made and looked through: the file, and what it holds."""

    file: BackupFile
    holds: Verified


class BackupService:
    """Backups of the database of `url`, kept in `folder`. `now` is an aware UTC moment everywhere."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url = url
        self.folder = folder

    async def make(self, now: datetime, to: Path | None = None) -> Made:
        """Make a backup beside a running bot, and look through it; it stands at `to`, else in the folder.

        Cancelled, it leaves nothing behind. Raises HostError, saying what to do.
        """
        return await aside(partial(self._make, now, to))

    async def daily(self, now: datetime) -> Made | None:
        """Every hour: make one where the newest is about a day old, and remove those older than 30 days.

        What goes wrong is logged: the next hour tries again, and `second-wind check` tells the newest one's age.
        """
        made = None
        before = await asyncio.to_thread(listed, self.folder)
        # a clock that was ahead for a while left one that says nothing of today
        last = next((each.made_at for each in before if each.made_at <= now), None)
        try:
            if last is None or last <= now - BETWEEN:
                made = await self.make(now)
                log.info("backed_up", extra={"bytes": made.file.size, "rows": made.holds.rows})
            await aside(partial(self._drop_old, now, made.file.path if made else None))
        except BackupUnderWay:
            return None
        except (HostError, OSError) as error:
            log.error("backup_failed", extra={"detail": str(error)})
        return made

    def _make(self, now: datetime, to: Path | None, brake: Brake) -> Made:
        try:
            if to is not None:
                return self._written(now, to, brake)
            with alone_in(self.folder):
                return self._written(now, self.folder / name_at(now), brake)
        except OSError as error:
            raise HostError(
                f"The backup could not be written to {to or self.folder} ({error.strerror}): look at the disk and "
                "at the folder's rights."
            ) from error

    def _written(self, now: datetime, target: Path, brake: Brake) -> Made:
        if not target.parent.is_dir():
            raise HostError(f"There is no folder {target.parent}: make it, or name another file.")
        fill = self._from_file if self._url.startswith("sqlite:") else self._from_server
        with appearing(target) as partial_file:
            counts = fill(now, partial_file, brake)
            try:
                holds = verify(partial_file, brake)
            except BadBackup as bad:  # the words are for who restores: here it is the database that is so
                raise HostError(_UNSOUND[bad.why].format(database=self._database(), target=target)) from bad
            if {name: counts.get(name, 0) for name in holds.counts} != holds.counts:
                raise BadBackup(f"{target} came out with other rows than the database: look at the disk.")
        return Made(BackupFile(target, now, target.stat().st_size), holds)

    def _from_file(self, _now: datetime, partial_file: Path, brake: Brake) -> dict[str, int]:
        source = sqlite_path(self._url)
        if not source.is_file():
            raise HostError(
                f"There is no database at {source} yet, so nothing to back up: look at storage.url."
            )
        make_room(
            partial_file.parent, source.stat().st_size * 3 // 2
        )  # its largest index is sorted beside it
        try:
            return snapshot.take(source, partial_file, brake, ledger=self._ledger())
        except sqlite3.Error as error:
            raise HostError(_refused(error, source, partial_file.parent)) from error

    def _from_server(self, now: datetime, partial_file: Path, brake: Brake) -> dict[str, int]:
        last = newest(self.folder)
        make_room(partial_file.parent, last.size if last else 0)
        counts = read_server(self._url, partial_file, epoch(now), brake)
        snapshot.remember_ledger(partial_file, self._ledger())
        return counts

    def _database(self) -> str:
        return str(sqlite_path(self._url)) if self._url.startswith("sqlite:") else "The database"

    def _ledger(self) -> str:
        ledger = Ledger(self.folder)
        try:
            ledger.prepare()  # a bot that never ran has none yet: every backup knows which one is its own
            return ledger.name()
        except OSError:  # `check` and the start tell of it
            return ""

    def _drop_old(self, now: datetime, made: Path | None, brake: Brake) -> int:
        def sound(path: Path) -> bool:
            if path == made:
                return True
            try:
                verify(path, brake)
            except BadBackup:
                return False
            return True

        return drop_old(self.folder, now, sound)


_UNSOUND: Final[dict[Why, str]] = {
    "damaged": "{target} came out damaged: look at the disk, then try again.",
    "orphans": "{database} has rows whose owners are missing, so no backup was made: stop the bot, keep a copy of the "
    "file, run `second-wind check --rebuild`, then try again.",
    "foreign": "{database} holds no Second Wind, so nothing to back up: look at storage.url.",
    "newer": "{database} is of a newer version than this program, so no backup was made: install that Second Wind.",
    "unfinished": "{database} is an unfinished copy, so no backup was made: run the same `second-wind copy` again.",
}


def _refused(error: sqlite3.Error, source: Path, folder: Path) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return {
        sqlite3.SQLITE_NOTADB: f"{source} is no SQLite database: look at storage.url.",
        sqlite3.SQLITE_CORRUPT: f"{source} is damaged, so no backup was made: stop the bot and restore the newest one.",
        sqlite3.SQLITE_FULL: f"The disk of {folder} is full, so no backup was made: make room.",
        sqlite3.SQLITE_BUSY: f"{source} is locked by another program: close whatever has it open.",
    }.get(code, f"No backup was made of {source} ({error}): run `second-wind check`.")
