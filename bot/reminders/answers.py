"""What the buttons of a reminder do. They come from direct messages: group, person and delivery are all checked."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.clock import epoch, moment
from bot.days import running_day
from bot.errors import Refusal
from bot.ids import new_id
from bot.reminders.model import Pressed, Snoozed
from bot.reminders.rules import MOST_SNOOZES, SNOOZE
from bot.storage import Connection, Database, Row, load_queries


class ReminderAnswers:
    """Presses on what was sent to a member; each marks it as answered. `now` is an aware UTC moment.

    Every method raises Refusal where nothing of the kind was sent to this person for this group, or all of it was
    erased.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queries = load_queries("bot.reminders", database.dialect)

    async def pressed(self, group_id: int, person_id: int, delivery_id: int, now: datetime) -> Pressed:
        """Mark it as answered, and say whether its day is over."""

        async def work(connection: Connection) -> Pressed:
            return (await self._pressed(connection, group_id, person_id, delivery_id, now))[0]

        return await self._database.write(work)

    async def not_today(self, group_id: int, person_id: int, delivery_id: int, now: datetime) -> Pressed:
        """Let the day be one of rest, unless it is over."""

        async def work(connection: Connection) -> Pressed:
            pressed, _row, _zone = await self._pressed(connection, group_id, person_id, delivery_id, now)
            if not pressed.over:
                await self._queries.rest(
                    connection,
                    group_id=group_id,
                    person_id=person_id,
                    rest_day=pressed.day.isoformat(),
                    now=epoch(now),
                )
            return pressed

        return await self._database.write(work)

    async def snooze(self, group_id: int, person_id: int, delivery_id: int, now: datetime) -> Snoozed:
        """Let it come again in an hour, on the same day, three times at most; pressed twice it comes once."""

        async def work(connection: Connection) -> Snoozed:
            pressed, row, zone = await self._pressed(connection, group_id, person_id, delivery_id, now)
            if pressed.over:
                return Snoozed(None, zone, over=True)
            occurrence = {"schedule_id": row["schedule_id"], "occurrence_day": row["occurrence_day"]}
            earlier = await self._queries.snoozes(connection, **occurrence)
            for each in earlier:
                if each["state"] in ("due", "sending"):
                    return Snoozed(moment(each["due_at"]), zone)
            if len(earlier) >= MOST_SNOOZES:
                return Snoozed(None, zone, too_often=True)
            due_at = now + SNOOZE
            if running_day(due_at, zone, row["day_starts_minute"]) != pressed.day:
                return Snoozed(None, zone)
            await self._queries.add_snooze(
                connection,
                **occurrence,
                delivery_id=new_id(now),
                group_id=group_id,
                person_id=person_id,
                kind=row["kind"],
                ordinal=max((each["ordinal"] for each in earlier), default=0) + 1,
                due_at=epoch(due_at),
                now=epoch(now),
            )
            return Snoozed(due_at, zone)

        return await self._database.write(work)

    async def stop(self, group_id: int, person_id: int, delivery_id: int, now: datetime) -> Pressed:
        """Switch off what it came from."""

        async def work(connection: Connection) -> Pressed:
            pressed, _row, _zone = await self._pressed(connection, group_id, person_id, delivery_id, now)
            await self._queries.turn_off(
                connection, schedule_id=pressed.schedule_id, group_id=group_id, person_id=person_id
            )
            return pressed

        return await self._database.write(work)

    async def _pressed(
        self, connection: Connection, group_id: int, person_id: int, delivery_id: int, now: datetime
    ) -> tuple[Pressed, Row, ZoneInfo]:
        row = await self._queries.pressed(
            connection, delivery_id=delivery_id, group_id=group_id, person_id=person_id, now=epoch(now)
        )
        if row is None:
            raise Refusal(
                "That reminder is not yours, or not there any more. /reminders in your group shows those that are."
            )
        zone = ZoneInfo(row["zone"])
        day = running_day(moment(row["due_at"]), zone, row["day_starts_minute"])
        over = running_day(now, zone, row["day_starts_minute"]) != day
        return Pressed(row["schedule_id"], row["kind"], day, over), row, zone
