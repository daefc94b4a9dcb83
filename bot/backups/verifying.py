"""Whether a file is a sound backup of ours: looked at by opening it, never changed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from bot.backups.aside import Brake
from bot.backups.snapshot import ledger_of
from bot.errors import HostError
from bot.storage.database import COPYING
from bot.storage.migrations import known, missing

Why = Literal["damaged", "orphans", "foreign", "newer", "unfinished"]


class BadBackup(HostError):
    """A file that is damaged, of a newer program or of another one: it is not restored. `why` is for programs."""

    def __init__(self, message: str, why: Why = "damaged") -> None:
        super().__init__(message)
        self.why = why


@dataclass(frozen=True, slots=True)
class Verified:
    """What a sound backup holds: its migrations' numbers, how many rows each table has, and the name of the key that
    the ledger of erasures had (empty: not known)."""

    versions: frozenset[int]
    counts: dict[str, int]
    ledger: str = ""

    @property
    def rows(self) -> int:
        return sum(self.counts.values())


def verify(path: Path, brake: Brake | None = None, *, quick: bool = False) -> Verified:
    """Look through the whole file: every page, every index, every foreign key, every migration's name.

    Args:
        quick: leave out the indexes and the foreign keys, which take most of the time.

    Raises:
        BadBackup: saying what is wrong with it.
        Halted: where the brake was pulled.
    """
    if not path.is_file():
        raise BadBackup(f"{path} is not there, or is no file: `ls` its folder and name a backup.")
    uri = f"file:{quote(str(path.absolute()))}?mode=ro"
    try:
        with (
            closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as raw,
            (brake or Brake()).on(raw),
        ):
            raw.execute("PRAGMA trusted_schema=OFF")
            versions = _versions(raw, path)
            check = "quick_check" if quick else "integrity_check"
            if raw.execute(f"PRAGMA {check}(1)").fetchone()[0] != "ok":
                raise BadBackup(_DAMAGED.format(path=path))
            if not quick and raw.execute("PRAGMA foreign_key_check").fetchone() is not None:
                raise BadBackup(
                    f"{path} has rows whose owners are missing: restore an older backup, by its name.",
                    "orphans",
                )
            return Verified(versions, _counts(raw), ledger_of(raw))
    except sqlite3.Error as error:
        raise BadBackup(_refused(error).format(path=path)) from error


def _versions(raw: sqlite3.Connection, path: Path) -> frozenset[int]:
    """The numbers of the migrations. Raises BadBackup where they are not ours, or newer than the program's."""
    foreign = f"{path} belongs to another program: name a backup of Second Wind's."
    kinds = dict(raw.execute("SELECT name, type FROM sqlite_schema").fetchall())
    if kinds.get("schema_migrations") != "table" or {"trigger", "view"} & set(kinds.values()):
        raise BadBackup(foreign, "foreign")
    if COPYING in kinds:
        raise BadBackup(
            f"{path} is an unfinished copy: run the same `second-wind copy` again, or name another.",
            "unfinished",
        )
    applied = dict(raw.execute("SELECT version, name FROM schema_migrations").fetchall())
    try:
        missing(applied)
    except HostError as error:
        raise BadBackup(
            f"{path} is of a newer version ({max(applied)}) than this program: install that Second Wind, then restore.",
            "newer",
        ) from error
    ours = {migration.version: migration.name for migration in known()}
    if not applied or any(ours.get(version) != name for version, name in applied.items()):
        raise BadBackup(foreign, "foreign")
    return frozenset(applied)


def _counts(raw: sqlite3.Connection) -> dict[str, int]:
    tables = raw.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
    ).fetchall()
    return {name: raw.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0] for (name,) in tables}  # noqa: S608


_DAMAGED = "{path} is damaged: restore an older backup, by its name."


def _refused(error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return {
        sqlite3.SQLITE_NOTADB: "{path} is no SQLite file, so no backup: name one that is.",
        sqlite3.SQLITE_CANTOPEN: "{path} cannot be opened: give this user the right to read it, and its folder.",
        sqlite3.SQLITE_IOERR: "{path} cannot be read to its end: look at the disk, or restore an older backup.",
        sqlite3.SQLITE_BUSY: "{path} is being written to by another program: wait, then try again.",
        sqlite3.SQLITE_FULL: "The disk of {path} is full: make room.",
    }.get(code, _DAMAGED)
