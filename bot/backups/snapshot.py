"""One unchanging picture of an SQLite database as a file of its own, made beside a writer that never waits for it."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Final
from urllib.parse import quote

from bot.backups.aside import Brake

# Votes of open polls and the key that leads from a member to theirs. They never enter the file at all: a poll that
# comes back without its key is closed without a result.
LEFT_OUT: Final = frozenset({"poll_secrets", "poll_votes"})
PATIENCE_SECONDS = 30.0
# What is written is taken to the disk piece by piece, so that nobody's own small write waits behind a large one.
PIECE_BYTES, STEPS = 4 * 2**20, 5_000
LONGEST_PAUSE_SECONDS = 0.25
_OURS = """SELECT type, name, sql FROM source.sqlite_schema
WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY type <> 'table', rowid"""


def take(source: Path, target: Path, brake: Brake, *, ledger: str = "") -> dict[str, int]:
    """Copy everything of `source` but `LEFT_OUT` into the empty file `target`; how many rows each table has there.

    `ledger` names the key of the ledger of erasures (eight hexadecimal digits), which `target` then remembers.
    A reader's transaction of its own: the writer goes on, and its log grows meanwhile. The source is opened read-only
    and never checkpointed. Raises sqlite3.Error, Halted.
    """
    # The target needs no journal: it is thrown away unless it was finished.
    with closing(sqlite3.connect(_uri(target, "rw"), uri=True, isolation_level=None)) as raw, brake.on(raw):
        for pragma in ("journal_mode=OFF", "synchronous=OFF", f"busy_timeout={PATIENCE_SECONDS * 1000:.0f}"):
            raw.execute(f"PRAGMA {pragma}")
        raw.execute("ATTACH ? AS source", (_uri(source, "ro"),))
        descriptor = os.open(target, os.O_RDWR | os.O_CLOEXEC)
        try:
            raw.set_progress_handler(_Piecewise(descriptor), STEPS)
            raw.execute("BEGIN")
            counts = _copied(raw)
            raw.execute(f"PRAGMA main.user_version={_signed(ledger)}")
            raw.execute("COMMIT")
            raw.set_progress_handler(None, 0)
        finally:
            os.close(descriptor)
    return counts


def _copied(raw: sqlite3.Connection) -> dict[str, int]:
    parts = raw.execute(_OURS).fetchall()
    tables = {name: sql for kind, name, sql in parts if kind == "table"}
    for sql in tables.values():
        raw.execute(sql)
    for name in tables.keys() - LEFT_OUT:
        raw.execute(f'INSERT INTO main."{name}" SELECT * FROM source."{name}"')  # noqa: S608
    for kind, _, sql in parts:
        if kind != "table":  # an index is made faster of all its rows than row by row
            raw.execute(sql)
    if raw.execute("SELECT 1 FROM source.sqlite_schema WHERE name = 'sqlite_stat1'").fetchone():
        raw.execute("ANALYZE main.schema_migrations")  # makes the table of what the planner knows
        raw.execute("DELETE FROM main.sqlite_stat1")
        raw.execute("INSERT INTO main.sqlite_stat1 SELECT * FROM source.sqlite_stat1")
    return {
        name: 0 if name in LEFT_OUT else raw.execute(f'SELECT COUNT(*) FROM source."{name}"').fetchone()[0]  # noqa: S608
        for name in tables
    }


def ledger_of(raw: sqlite3.Connection) -> str:
    """The name of the ledger's key that the file remembers; empty where it remembers none."""
    number = raw.execute("PRAGMA main.user_version").fetchone()[0]
    # 0 and 1 are what the bot itself writes into the file that it serves from
    return "" if number in (0, 1) else number.to_bytes(4, "big", signed=True).hex()


def remember_ledger(path: Path, ledger: str) -> None:
    """Write the name of the ledger's key into a file that was made without it."""
    with closing(sqlite3.connect(_uri(path, "rw"), uri=True)) as raw:
        raw.execute(f"PRAGMA user_version={_signed(ledger)}")


def _signed(ledger: str) -> int:
    return int.from_bytes(bytes.fromhex(ledger), "big", signed=True) if ledger else 0


class _Piecewise:
    """Called every some thousand steps of SQLite: takes to the disk what has come since, and leaves it to others for as
    long as that took."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._synced = 0

    def __call__(self) -> int:
        size = os.fstat(self._descriptor).st_size
        if size - self._synced >= PIECE_BYTES:
            began = time.monotonic()
            os.fdatasync(self._descriptor)
            self._synced = size
            time.sleep(min(time.monotonic() - began, LONGEST_PAUSE_SECONDS))
        return 0


def _uri(path: Path, mode: str) -> str:
    return f"file:{quote(str(path.absolute()))}?mode={mode}"
