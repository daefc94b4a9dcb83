"""A member's reminders as their rows say, and what keeps another from being set."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.clock import moment
from bot.errors import Refusal
from bot.reminders.model import Reminder, Reminders, ReminderSet
from bot.reminders.rules import MOST_REMINDERS, REMINDER
from bot.scheduling.occurrences import Recurrence, next_occurrence
from bot.storage import Connection, Queries, Row


async def load_reminders(
    queries: Queries, connection: Connection, group_id: int, person_id: int, now: datetime
) -> Reminders:
    """All of a member's reminders in one group, with when each comes next after `now`."""
    asked = {"group_id": group_id, "person_id": person_id}
    whose = await queries.whose(connection, **asked)
    zone = ZoneInfo(whose["zone"])
    rows = await queries.schedules_of(connection, **asked, kind=REMINDER)
    return Reminders(
        group_id=group_id,
        zone=zone,
        zone_chosen=whose["own_zone"] is not None,
        runs_channel_id=whose["runs_channel_id"],
        dm_channel_id=whose["dm_channel_id"],
        reminders=tuple(_reminder(row, zone, now) for row in rows),
    )


def _reminder(row: Row, zone: ZoneInfo, now: datetime) -> Reminder:
    since, last = moment(row["since_at"]), row["last_day"]
    next_at = None
    if row["off_reason"] is None:
        recurrence = Recurrence(row["minute"], row["weekdays"])
        last_day = None if last is None else date.fromisoformat(last)
        next_at = next_occurrence(recurrence, zone, last_day, max(since, now)).due_at
    return Reminder(
        schedule_id=row["schedule_id"],
        minute=row["minute"],
        weekdays=row["weekdays"],
        words=row["words"],
        channel_id=row["channel_id"],
        off_reason=row["off_reason"],
        next_at=next_at,
        waits=since > now,
    )


def found(stands: Reminders, schedule_id: int) -> Reminder:
    """The member's reminder of that id. Raises Refusal where there is none."""
    reminder = stands.find(schedule_id)
    if reminder is None:
        raise Refusal("That reminder is not there any more. Use /reminders to see those that are.")
    return reminder


def as_set(stands: Reminders, schedule_id: int) -> ReminderSet:
    """The reminder as it stands now. Raises Refusal where it is gone."""
    return ReminderSet(stands, found(stands, schedule_id))


def check_apart(stands: Reminders, minute: int, weekdays: int, own: int | None = None) -> None:
    """Raise Refusal for the same time on the same days; `own` is the id of the reminder that is looked at."""
    if any(
        (each.minute, each.weekdays) == (minute, weekdays) and each.schedule_id != own
        for each in stands.reminders
    ):
        raise Refusal("You have a reminder at that time on those days already. /reminders shows it.")


def check_room(stands: Reminders, own: int | None = None) -> None:
    """Raise Refusal where there are as many as there can be beside `own`."""
    if sum(each.schedule_id != own for each in stands.reminders) >= MOST_REMINDERS:
        raise Refusal(
            "You have {count} reminders here, and that is as many as there can be. "
            "Change or remove one in /reminders.",
            count=MOST_REMINDERS,
        )
