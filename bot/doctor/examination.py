"""The whole examination, from what was set to what Discord allows."""

from __future__ import annotations

import asyncio
import zoneinfo
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bot.doctor.backups import backup_findings, schema_findings
from bot.doctor.channels import discord_side
from bot.doctor.findings import Finding, note, ok, problem
from bot.doctor.leaving import leaving_findings, ledger_finding
from bot.doctor.sqlite_file import Contents, contents, file_system, folder, library, look_inside
from bot.doctor.week import week_findings
from bot.errors import HostError, StorageUnavailable
from bot.storage import load_queries, open_database
from bot.storage.migrations import missing
from bot.storage.open import backups_folder, sqlite_path


@dataclass(frozen=True, kw_only=True)
class Installation:
    """What was set, as far as the examination needs it."""

    token: str | None
    api_base: str
    storage_url: str
    config_readable_by_others: bool = False
    backups: str = ""


async def examine(installation: Installation, now: datetime) -> list[Finding]:
    """Everything that was found, the most basic first. Changes nothing; works without a network."""
    findings = _configuration(installation)
    stored, inside = await _storage(installation.storage_url, now)
    findings += stored
    if inside.week is not None:
        findings += week_findings(inside.week)
    if inside.leaving is not None:
        findings += leaving_findings(inside.leaving)
        findings.append(ledger_finding(backups_folder(installation.storage_url, installation.backups)))
    if inside.versions:
        folder = backups_folder(installation.storage_url, installation.backups)
        findings += await asyncio.to_thread(backup_findings, installation.storage_url, folder, now)
    if installation.token is not None:
        findings += await discord_side(installation.token, installation.api_base, inside.channels)
    return findings


def _configuration(installation: Installation) -> list[Finding]:
    findings = []
    if installation.token is None:
        findings.append(
            problem(
                "discord.token is missing: put the bot's token (Developer Portal, your application, Bot) into "
                "SECONDWIND_DISCORD__TOKEN, or into the configuration file under [discord]."
            )
        )
    if installation.config_readable_by_others:
        findings.append(
            problem(
                "Other users of this machine can read the configuration file with the token: `chmod 600` it."
            )
        )
    try:
        zoneinfo.ZoneInfo("America/New_York")
    except zoneinfo.ZoneInfoNotFoundError:
        findings.append(problem("There is no time zone data: run `pip install tzdata`."))
    return findings or [ok("The settings are complete.")]


async def _storage(url: str, now: datetime) -> tuple[list[Finding], Contents]:
    if url.startswith("sqlite:"):
        path = sqlite_path(url)
        findings = [library(), file_system(path), *folder(path)]
        found, inside = await contents(path, now)
        findings += found
    else:
        findings, inside = await _postgresql(url, now)
    if inside.versions is not None:
        findings.append(_migrations(inside.versions))
    if inside.copying:
        findings.append(
            problem(
                "A copy into this database was cut short: run the same `second-wind copy` again, or empty it."
            )
        )
    return findings, inside


async def _postgresql(url: str, now: datetime) -> tuple[list[Finding], Contents]:
    try:
        database = await open_database(url)
    except HostError as error:
        return [problem(str(error))], Contents()
    queries = load_queries("bot.doctor", database.dialect)
    try:
        schedules = load_queries("bot.scheduling", database.dialect)
        inside = await database.read(partial(look_inside, queries, schedules, now))
        kept = [row["name"] for row in await database.read(queries.schemas_of_restores)]
    except StorageUnavailable as error:
        return [problem(f"PostgreSQL gave no answer ({error.reason}): look at the server.")], Contents()
    finally:
        await database.close()
    return [ok("PostgreSQL answers."), *schema_findings(kept, now)], inside


def _migrations(versions: set[int]) -> Finding:
    try:
        waiting = missing(versions)
    except HostError as error:
        return problem(str(error))
    if waiting:
        return note(
            f"{len(waiting)} migration(s) wait: the next `second-wind run` or `migrate` applies them."
        )
    return ok("The database is of this version.")
