"""The SQLite file: may it be used, does somebody use it, and is it one of ours? It is looked at, never changed."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import quote

import aiosqlite

from bot.doctor.findings import Finding, note, ok, problem
from bot.doctor.leaving import Leaving, look_at_leaving
from bot.doctor.week import Week, look_at_week
from bot.storage import Connection, Queries, load_queries
from bot.storage.database import COPYING
from bot.storage.sqlite import transaction

# sqlite.org/wal.html, "The WAL-reset bug": two connections that checkpoint at the same moment.
WAL_BUG_FIRST, WAL_BUG_LAST = (3, 7, 0), (3, 51, 2)
NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre"}
NETWORK |= {f"fuse.{kind}" for kind in ("sshfs", "rclone", "s3fs", "glusterfs", "ceph", "davfs2")}
PATIENCE_SECONDS = 5.0
MOUNTS = Path("/proc/mounts")
LITTLE_BYTES, TOO_LITTLE_BYTES = 500 * 2**20, 20 * 2**20


def library(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> Finding:
    """The version of the SQLite library that this Python brings."""
    name = ".".join(map(str, version))
    if WAL_BUG_FIRST <= version <= WAL_BUG_LAST:
        return note(
            f"SQLite {name} has the WAL-reset bug. Second Wind checkpoints from one connection alone, so it cannot "
            "strike here; let no other program write to the file. 3.51.3 mends it."
        )
    return ok(f"SQLite {name}.")


def file_system(path: Path) -> Finding:
    """Whether the file lies on a disk of this machine: WAL shares memory, which a network cannot."""
    target = path.absolute()
    best, kind = -1, ""
    try:
        lines = MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return note("Which file system the database is on cannot be seen here. Keep it on a local disk.")
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = Path(fields[1].encode("latin-1", "replace").decode("unicode_escape"))  # "\040" is a space
        if target.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), fields[2]
    if kind in NETWORK:
        return problem(
            f"{path} is on a network file system ({kind}), where SQLite loses data: "
            "move it to a disk of this machine, or use PostgreSQL."
        )
    return ok(f"The database is on a local file system ({kind or 'unknown'}).")


def in_use(path: Path) -> bool:
    """Whether a Second Wind holds the file's lock."""
    try:
        descriptor = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def folder(path: Path) -> list[Finding]:
    """The folder: there, writable, with room."""
    parent = path.absolute().parent
    there = next(each for each in (parent, *parent.parents) if each.exists())
    if not there.is_dir():
        return [problem(f"{there} is a file, not a folder: change storage.url.")]
    if not os.access(there, os.W_OK | os.X_OK) or os.statvfs(there).f_flag & os.ST_RDONLY:
        return [problem(f"{there} cannot be written to: give this user the right to, or change storage.url.")]
    free = shutil.disk_usage(there).free
    if free < LITTLE_BYTES:
        found = problem if free < TOO_LITTLE_BYTES else note
        return [found(f"The disk of {path} has {free // 2**20} MB left: make room.")]
    return [ok(f"The folder {parent} can be written to.")]


@dataclass(frozen=True)
class Contents:
    """What a database holds: numbers of its migrations (None: not ours, or unreadable), its runs channels, its week,
    who left; whether a copy into it was cut short."""

    versions: set[int] | None = None
    channels: list[tuple[int, int]] = field(default_factory=list)
    week: Week | None = None
    leaving: Leaving | None = None
    copying: bool = False


async def look_inside(
    queries: Queries, schedules: Queries, now: datetime, connection: Connection
) -> Contents:
    """The migrations, the runs channels as pairs of a group's id and its channel's, and what is due.

    `queries` are those of bot.doctor, `schedules` those of bot.scheduling.
    """
    if await queries.has_table(connection, name=COPYING):
        return Contents(copying=True)
    if not await queries.has_table(connection, name="schema_migrations"):
        return Contents(set())
    versions = {row["version"] for row in await queries.versions_applied(connection)}
    if not await queries.has_table(connection, name="groups"):
        return Contents(versions)
    rows = await queries.runs_channels(connection)
    channels = [(row["group_id"], row["runs_channel_id"]) for row in rows]
    if not await queries.has_table(connection, name="deliveries"):
        return Contents(versions, channels)
    week = await look_at_week(schedules, connection, now)
    return Contents(versions, channels, week, await look_at_leaving(queries, connection, now))


async def contents(path: Path, now: datetime) -> tuple[list[Finding], Contents]:
    """What is in the file, and findings about it."""
    findings, running = _from_outside(path)
    if running is None:
        return findings, Contents()
    queries = load_queries("bot.doctor", "sqlite")
    uri = "file:" + quote(str(path)) + "?mode=rw"
    try:
        async with aiosqlite.connect(uri, uri=True, timeout=PATIENCE_SECONDS, isolation_level=None) as raw:
            raw.row_factory = sqlite3.Row
            if not running:  # learns what the first write would
                await raw.execute("BEGIN IMMEDIATE")
                await raw.execute("ROLLBACK")
            look = partial(look_inside, queries, load_queries("bot.scheduling", "sqlite"), now)
            inside = await transaction(raw, look, "BEGIN", commit=False)
            tables = await transaction(raw, queries.table_count, "BEGIN", commit=False)
            if not inside.versions and not inside.copying and tables:
                return [
                    *findings,
                    problem(f"{path} belongs to another program: change storage.url."),
                ], Contents()
    except sqlite3.Error as error:
        return [*findings, problem(_refused(error, path))], Contents()
    return findings, inside


def _from_outside(path: Path) -> tuple[list[Finding], bool | None]:
    """Findings, and whether a Second Wind is running on it; None: there is nothing to look into."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return [note(f"{path} is not there yet: the first `second-wind run` makes it.")], None
    except OSError as error:
        return [problem(f"{path} cannot be looked at ({error.strerror}): give this user the right to.")], None
    if not path.is_file():
        return [problem(f"{path} is not a file: change storage.url.")], None
    findings = []
    if path.stat().st_mode & 0o077:
        findings.append(note(f"Other users of this machine can read {path}: run `chmod 600 {path}`."))
    running = in_use(path)
    if running:
        findings.append(ok(f"A Second Wind is running on {path}; a second one is refused."))
    return findings, running


def _refused(error: sqlite3.Error, path: Path) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return {
        sqlite3.SQLITE_NOTADB: "{path} is not an SQLite database: change storage.url, or restore a backup.",
        sqlite3.SQLITE_CORRUPT: "{path} is damaged: stop the bot and restore a backup.",
        sqlite3.SQLITE_READONLY: "{path} is read-only: give this user the right to write it and its folder.",
        sqlite3.SQLITE_CANTOPEN: "{path} cannot be opened: look at its owner and rights.",
        sqlite3.SQLITE_BUSY: "{path} is locked by another program: close whatever has it open.",
        sqlite3.SQLITE_FULL: "The disk of {path} is full: make room.",
    }.get(code, "{path} cannot be read ({error}): look at the disk, or restore a backup.").format(
        path=path, error=error
    )
