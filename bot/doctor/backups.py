"""How old and how sound the newest backup is, and whether the next one has room."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from bot.backups import into_server
from bot.backups.files import BackupFile, listed, make_room, unreadable
from bot.backups.restoring import KEPT, READY
from bot.backups.verifying import BadBackup, verify
from bot.doctor.findings import Finding, note, ok, problem
from bot.errors import HostError
from bot.storage.open import sqlite_path

# One a day, and half a day for a bot that was away for a night.
TOO_OLD = timedelta(hours=36)


def backup_findings(url: str, folder: Path, now: datetime) -> list[Finding]:
    """Findings about the backups in `folder` of the database of `url`. Reads the newest through; changes nothing."""
    if why := unreadable(folder):
        lacking = (
            f"{folder} cannot be read ({why}), so no backup is found or made: give this user the right to."
        )
        return [problem(lacking), *_kept_aside(url, folder)]
    files = sorted(
        listed(folder), key=lambda each: each.made_at > now
    )  # those of a clock ahead of ours come last
    findings = [_age(files[0], len(files), now), _soundness(files[0])] if files else [_none(folder)]
    if files and any(each.path.stat().st_mode & 0o077 for each in files):
        findings.append(note(f"Other users of this machine can read backups in {folder}: `chmod 600` them."))
    findings += _room(url, folder, files)
    findings += _kept_aside(url, folder)
    return findings


def _none(folder: Path) -> Finding:
    return note(
        f"There is no backup in {folder} yet: the bot makes one five minutes after its start and then every day; "
        "`second-wind backup` makes one now."
    )


def _age(newest: BackupFile, count: int, now: datetime) -> Finding:
    age = now - newest.made_at
    if age > TOO_OLD:
        return problem(
            f"The newest backup, {newest.path.name}, is {_told(age)} old: look for backup_failed in the log, or see if "
            "the bot is away; `second-wind backup` makes one now."
        )
    return ok(f"The newest of {count} backups, {newest.path.name}, is {_told(max(age, timedelta(0)))} old.")


def _told(age: timedelta) -> str:
    hours = age // timedelta(hours=1)
    return f"{hours} hour{'s' * (hours != 1)}" if hours < 48 else f"{age.days} days"


def _soundness(newest: BackupFile) -> Finding:
    try:
        holds = verify(newest.path, quick=True)
    except BadBackup as bad:
        return problem(f"{bad} `second-wind backup` makes a new one.")
    return ok(f"It is sound: {newest.size / 1e6:,.1f} MB, {holds.rows:,} rows.")


def _room(url: str, folder: Path, files: list[BackupFile]) -> list[Finding]:
    needed = sqlite_path(url).stat().st_size if url.startswith("sqlite:///") else 0
    needed = max(needed, files[0].size if files else 0)
    there = next(each for each in (folder.absolute(), *folder.absolute().parents) if each.exists())
    try:
        make_room(there, needed)
    except HostError as little:
        return [problem(str(little))]
    return []


def _kept_aside(url: str, folder: Path) -> list[Finding]:
    if not url.startswith("sqlite:///"):
        return _half(folder / into_server.READY, f", with the schema {into_server.SCHEMA} on the server")
    path = sqlite_path(url)
    if path.is_symlink():
        path = path.resolve()
    kept = [each for each in path.parent.glob(f"{path.name}{KEPT}*") if not each.name.endswith("-wal")]
    return [
        *_half(path.with_name(path.name + READY)),
        *(
            note(
                f"{each} is from before a restore, and erasures do not reach it: remove it once all is well."
            )
            for each in sorted(kept)
        ),
    ]


def schema_findings(schemas: Sequence[str], now: datetime) -> list[Finding]:
    """Findings about the schemas of PostgreSQL in which restores keep the old tables, or left half of the new ones."""
    findings = []
    for name in schemas:
        kept = into_server.kept_since(name)
        if kept is not None:
            findings.append(
                note(
                    f"The schema {name} is from before a restore, {_told(max(now - kept, timedelta(0)))} ago, and "
                    f"erasures do not reach it: once all is well, drop it in psql (DROP SCHEMA {name} CASCADE)."
                )
            )
        elif name == into_server.SCHEMA:
            findings.append(
                note(
                    f"The schema {name} was left by a restore that was cut short, and erasures do not reach it: "
                    f"restore again, or drop it in psql (DROP SCHEMA {name} CASCADE)."
                )
            )
    return findings


def _half(ready: Path, also: str = "") -> list[Finding]:
    if not ready.exists():
        return []
    return [
        note(
            f"{ready} was left by a restore that was cut short: restore again, or remove it{also}, as erasures do not "
            "reach it."
        )
    ]
