"""Who waits for erasure, whether leaving is looked for, and whether a restored backup would be erased again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.clock import epoch, moment
from bot.doctor.findings import Finding, note, ok, problem
from bot.erasures.ledger import FILE_NAME, KEY_NAME, KeyDamaged, Ledger
from bot.storage import Connection, Queries

# Each member is asked about within a week; some days more, as the bot may have been away.
LONG_AGO = timedelta(days=10)


@dataclass(frozen=True, slots=True)
class Leaving:
    """How many members have left and wait for erasure, when one was last asked about (epoch seconds), and how many
    were not asked about for long."""

    waiting: int
    asked_at: int | None
    unasked: int


async def look_at_leaving(queries: Queries, connection: Connection, now: datetime) -> Leaving:
    """`queries` are those of bot.doctor."""
    row = await queries.leaving(connection, before=epoch(now - LONG_AGO))
    return Leaving(row["waiting"], row["asked_at"], row["unasked"])


def leaving_findings(leaving: Leaving) -> list[Finding]:
    """Findings in numbers alone; times in UTC."""
    last = (
        "never so far" if leaving.asked_at is None else f"last {moment(leaving.asked_at):%Y-%m-%d %H:%M} UTC"
    )
    findings = [
        ok(
            f"Members who left and wait for erasure, 30 days on: {leaving.waiting}. "
            f"Discord was asked who is still there: {last}."
        )
    ]
    if leaving.unasked:
        findings.append(
            note(
                f"{leaving.unasked} members were not asked about for {LONG_AGO.days} days: the bot was away, or its "
                "log says looked_for_leavers with fewer asked than due."
            )
        )
    return findings


def ledger_finding(folder: Path) -> Finding:
    """Whether the ledger in `folder` can be read."""
    try:
        recorded = Ledger(folder).read()
    except KeyDamaged:
        return problem(
            f"{folder / KEY_NAME} is damaged, so a restored backup would bring erased people back: put a copy of it "
            "back. Without one, remove it: the next start makes a new one, which cannot read the lines so far."
        )
    except OSError as error:
        return problem(
            f"{folder / FILE_NAME} cannot be read ({error.strerror}), so a restored backup would bring erased people "
            "back: give this user the right to read and write it."
        )
    if recorded.foreign:
        return problem(
            f"{recorded.foreign} erasures were recorded with a key that is not in {folder}: a backup from before them "
            f"would bring those people back. Put the {KEY_NAME} of that time back, or restore no older backup "
            "for 40 days."
        )
    if recorded.damaged:
        return note(
            f"{recorded.damaged} lines of {folder / FILE_NAME} are damaged: those erasures cannot be repeated."
        )
    if recorded.key_alone:
        return note(
            f"{folder / FILE_NAME} is not there, though its key is: where erasures were recorded, put that file back, "
            "or a restored backup brings those people back."
        )
    return ok(
        f"A restored backup is erased again: {len(recorded.moments)} erasures of the last 40 days are in {folder}."
    )
