"""What is due next, and what did not come and why: for the host."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import epoch, moment
from bot.doctor.findings import Finding, note, ok, problem
from bot.storage import Connection, Queries, Row

LOOKED_BACK = timedelta(days=7)
OVERDUE = timedelta(minutes=15)
NEXT = 5
# Reasons that a host may wonder about; the others are said as they are stored.
_WHY = {
    "late": "too late to be of use, as the bot was away",
    "unconfirmed": "it may have arrived, and the channel could not be read to see",
    "gave_up": "Discord never took it",
    "messages_closed": "the person's direct messages are closed",
    "channel_gone": "the channel is gone",
    "no_access": "the bot may not see the channel",
    "no_permission": "the bot may not write there",
    "no_channel": "no channel is set",
    "group_left": "the bot was removed from the group",
    "member_left": "the person left the group",
    "posts_off": "the group turned its posts off",
    "nobody_active": "nobody checked in for four weeks",
    "nothing_entered": "nobody checked in that week",
    "post_today": "the group had its post of the day",
    "quiet_hours": "the person's quiet hours last longer",
    "day_kept": "the day was kept already",
    "resting": "the person rests that day",
    "paused": "the person is paused",
    "not_at_risk": "the streak was not at risk",
    "called_off": "the challenge was called off",
    "nobody_joined": "nobody took part in the challenge",
    "rejected": "Discord refused its contents: please report it",
}


@dataclass(frozen=True, slots=True)
class Week:
    """Next due moments, how many wait overdue since when, and what was skipped or switched off, as rows."""

    upcoming: list[Row]
    overdue: list[Row]
    skipped: list[Row]
    off: list[Row]


async def look_at_week(queries: Queries, connection: Connection, now: datetime) -> Week:
    """`queries` are those of bot.scheduling."""
    planned = await queries.next_deliveries(connection, most=500)
    waiting = [*planned, *await queries.next_schedules(connection, most=500)]
    waiting.sort(key=lambda row: int(row["due_at"]))
    since = epoch(now - OVERDUE)
    return Week(
        upcoming=[row for row in waiting if row["due_at"] >= since][:NEXT],
        overdue=[row for row in waiting if row["due_at"] < since],
        skipped=await queries.skipped_since(connection, since=epoch(now - LOOKED_BACK)),
        off=await queries.switched_off(connection),
    )


def week_findings(week: Week) -> list[Finding]:
    """Findings about schedules and deliveries; times in UTC."""
    findings = []
    if week.upcoming:
        listed = ", ".join(
            f"{_name(row['kind'])} {moment(row['due_at']):%Y-%m-%d %H:%M}" for row in week.upcoming
        )
        findings.append(ok(f"Due next (UTC): {listed}."))
    elif not week.overdue:
        findings.append(
            ok("Nothing is due: no group has posts on or a challenge under way, and nobody a reminder.")
        )
    if week.overdue:
        first = moment(week.overdue[0]["due_at"])
        findings.append(
            problem(
                f"{len(week.overdue)} posts or reminders wait since {first:%Y-%m-%d %H:%M} UTC: start the bot, or look "
                "into its log for delivery_postponed and delivery_unsure."
            )
        )
    for row in week.skipped:
        why = _WHY.get(row["reason"], str(row["reason"]).replace("_", " "))
        findings.append(ok(f"Did not come in the last 7 days: {row['count']} x {_name(row['kind'])}, {why}."))
    for row in week.off:
        why = _WHY.get(row["reason"], str(row["reason"]).replace("_", " "))
        findings.append(
            note(
                f"Switched off after three refusals: {row['count']} x {_name(row['kind'])}, {why}. Its owner was told."
            )
        )
    return findings


def _name(kind: str) -> str:
    return kind.replace("_", " ")
