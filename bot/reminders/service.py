"""Use cases of `/remindme` and `/reminders`, and the switch of the streak warning."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.challenges.counting import comes_back
from bot.clock import epoch
from bot.ids import new_id
from bot.reminders.loading import as_set, check_apart, check_room, found, load_reminders
from bot.reminders.model import Reminder, Reminders, ReminderSet
from bot.reminders.rules import (
    A_WEEK,
    EVERY_DAY,
    REMINDER,
    REMOVAL_CAN_BE_TAKEN_BACK,
    STREAK_WARNING,
    WARNING_MINUTE,
    checked_minute,
    checked_weekdays,
)
from bot.storage import Connection, Database, load_queries


class ReminderService:
    """Reminders of one person in one group. Ids are Discord's; `now` is an aware UTC moment.

    `minute` is minutes after midnight, `weekdays` a mask (bit 0 is Monday), `words` are cleaned already.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queries = load_queries("bot.reminders", database.dialect)
        self._challenges = load_queries("bot.challenges", database.dialect)

    async def is_member(self, group_id: int, person_id: int) -> bool:
        """Whether the person is known in the group: for presses that come from a direct message."""
        found = await self._database.read(
            lambda connection: self._queries.is_member(connection, group_id=group_id, person_id=person_id)
        )
        return found is not None

    async def reminders(self, group_id: int, person_id: int, now: datetime) -> Reminders:
        """The member's reminders; asking stores nothing."""
        return await self._database.read(
            lambda connection: self._reminders(connection, group_id, person_id, now)
        )

    async def add(
        self,
        group_id: int,
        person_id: int,
        interaction_id: int,
        minute: int,
        weekdays: int,
        words: str | None,
        now: datetime,
    ) -> ReminderSet:
        """Set a reminder: one for each interaction, as its id becomes that of the schedule.

        Raises Refusal for an eleventh one, and for a second one at the same time on the same days.
        """
        checked_minute(minute)
        checked_weekdays(weekdays)

        async def work(connection: Connection) -> ReminderSet:
            whose = {"group_id": group_id, "person_id": person_id}
            await self._ensure(connection, group_id, person_id, now)
            before = await self._reminders(connection, group_id, person_id, now)
            stored = before.find(interaction_id)
            if stored is not None:
                return ReminderSet(before, stored, fresh=False)
            check_apart(before, minute, weekdays)
            check_room(before)
            await self._queries.add_schedule(
                connection,
                **whose,
                schedule_id=interaction_id,
                kind=REMINDER,
                minute=minute,
                weekdays=weekdays,
                words=words or None,
                now=epoch(now),
            )
            return as_set(await self._reminders(connection, group_id, person_id, now), interaction_id)

        return await self._database.write(work)

    async def change(
        self,
        group_id: int,
        person_id: int,
        schedule_id: int,
        minute: int,
        weekdays: int,
        words: str | None,
        now: datetime,
    ) -> ReminderSet:
        """Another time, other days, other words. Raises Refusal as `add` does, and where it is gone."""
        checked_minute(minute)
        checked_weekdays(weekdays)

        async def act(connection: Connection, stands: Reminders, _reminder: Reminder) -> None:
            check_apart(stands, minute, weekdays, schedule_id)
            await self._queries.change_reminder(
                connection,
                schedule_id=schedule_id,
                group_id=group_id,
                person_id=person_id,
                minute=minute,
                weekdays=weekdays,
                words=words or None,
                now=epoch(now),
            )

        return await self._act(group_id, person_id, schedule_id, now, act)

    async def skip_next(self, group_id: int, person_id: int, schedule_id: int, now: datetime) -> ReminderSet:
        """Leave the next one out. What was left out before stays so."""

        async def act(connection: Connection, _stands: Reminders, reminder: Reminder) -> None:
            if reminder.next_at is not None:
                await self._wait(connection, group_id, person_id, schedule_id, reminder.next_at, now)

        return await self._act(group_id, person_id, schedule_id, now, act)

    async def snooze_week(
        self, group_id: int, person_id: int, schedule_id: int, now: datetime
    ) -> ReminderSet:
        """None for a week from now on."""

        async def act(connection: Connection, _stands: Reminders, _reminder: Reminder) -> None:
            await self._wait(connection, group_id, person_id, schedule_id, now + A_WEEK, now)

        return await self._act(group_id, person_id, schedule_id, now, act)

    async def wait_no_more(
        self, group_id: int, person_id: int, schedule_id: int, now: datetime
    ) -> ReminderSet:
        """Skip and snooze are taken back."""

        async def act(connection: Connection, _stands: Reminders, _reminder: Reminder) -> None:
            await self._wait(connection, group_id, person_id, schedule_id, now, now)

        return await self._act(group_id, person_id, schedule_id, now, act)

    async def turn(
        self, group_id: int, person_id: int, schedule_id: int, now: datetime, *, on: bool
    ) -> ReminderSet:
        """On or off; turned on, nothing of the time before comes."""

        async def act(connection: Connection, _stands: Reminders, _reminder: Reminder) -> None:
            whose = {"schedule_id": schedule_id, "group_id": group_id, "person_id": person_id}
            if on:
                await self._queries.turn_on(connection, **whose, now=epoch(now))
            else:
                await self._queries.turn_off(connection, **whose)

        return await self._act(group_id, person_id, schedule_id, now, act)

    async def send_to(
        self, group_id: int, person_id: int, schedule_id: int, channel_id: int | None, now: datetime
    ) -> ReminderSet:
        """To a channel of the group, or (None) by direct message; one that is off is turned on by that."""

        async def act(connection: Connection, _stands: Reminders, _reminder: Reminder) -> None:
            whose = {"schedule_id": schedule_id, "group_id": group_id, "person_id": person_id}
            await self._queries.send_to(connection, **whose, channel_id=channel_id)
            await self._queries.turn_on(connection, **whose, now=epoch(now))

        return await self._act(group_id, person_id, schedule_id, now, act)

    async def remove(self, group_id: int, person_id: int, schedule_id: int, now: datetime) -> Reminder:
        """Remove a reminder, and what of it has not left yet; for ten minutes it can be brought back."""

        async def work(connection: Connection) -> Reminder:
            removed = found(await self._reminders(connection, group_id, person_id, now), schedule_id)
            await self._queries.remove_reminder(
                connection, schedule_id=schedule_id, group_id=group_id, person_id=person_id, now=epoch(now)
            )
            await self._queries.drop_waiting(connection, schedule_id=schedule_id, now=epoch(now))
            return removed

        return await self._database.write(work)

    async def bring_back(self, group_id: int, person_id: int, schedule_id: int, now: datetime) -> ReminderSet:
        """A removed reminder as it was. Raises Refusal after ten minutes, and as `add` does."""

        async def work(connection: Connection) -> ReminderSet:
            await self._queries.bring_back(
                connection,
                schedule_id=schedule_id,
                group_id=group_id,
                person_id=person_id,
                since=epoch(now - REMOVAL_CAN_BE_TAKEN_BACK),
                now=epoch(now),
            )
            back = as_set(await self._reminders(connection, group_id, person_id, now), schedule_id)
            check_apart(back.stands, back.reminder.minute, back.reminder.weekdays, schedule_id)
            check_room(back.stands, schedule_id)
            return back

        return await self._database.write(work)

    async def dm_opened(self, person_id: int, channel_id: int) -> None:
        """Keep the conversation's id, so that the next message needs no look-up."""
        await self._database.write(
            lambda connection: self._queries.set_dm_channel(
                connection, person_id=person_id, channel_id=channel_id
            )
        )

    async def streak_warning(self, group_id: int, person_id: int) -> bool:
        """Whether the member is warned when a streak is at risk."""
        rows = await self._database.read(
            lambda connection: self._queries.schedules_of(
                connection, group_id=group_id, person_id=person_id, kind=STREAK_WARNING
            )
        )
        return any(row["off_reason"] is None for row in rows)

    async def set_streak_warning(self, group_id: int, person_id: int, on: bool, now: datetime) -> bool:
        """Ask for the warning (at 17:00 of one's own clock), or for no more; how it stands now."""

        async def work(connection: Connection) -> bool:
            whose = {"group_id": group_id, "person_id": person_id}
            rows = await self._queries.schedules_of(connection, **whose, kind=STREAK_WARNING)
            for row in rows:
                if on:
                    await self._queries.turn_on(
                        connection, **whose, schedule_id=row["schedule_id"], now=epoch(now)
                    )
                else:
                    await self._queries.turn_off(connection, **whose, schedule_id=row["schedule_id"])
            if on and not rows:
                await self._ensure(connection, group_id, person_id, now)
                await self._queries.add_schedule(
                    connection,
                    **whose,
                    schedule_id=new_id(now),
                    kind=STREAK_WARNING,
                    minute=WARNING_MINUTE,
                    weekdays=EVERY_DAY,
                    words=None,
                    now=epoch(now),
                )
            return on

        return await self._database.write(work)

    # What the methods above are made of.

    async def _ensure(self, connection: Connection, group_id: int, person_id: int, now: datetime) -> None:
        await self._queries.ensure_group(connection, group_id=group_id, now=epoch(now))
        await self._queries.ensure_person(connection, person_id=person_id, now=epoch(now))
        await comes_back(self._challenges, connection, group_id, person_id)
        await self._queries.ensure_member(connection, group_id=group_id, person_id=person_id, now=epoch(now))

    async def _act(
        self,
        group_id: int,
        person_id: int,
        schedule_id: int,
        now: datetime,
        act: Callable[[Connection, Reminders, Reminder], Awaitable[None]],
    ) -> ReminderSet:
        async def work(connection: Connection) -> ReminderSet:
            stands = await self._reminders(connection, group_id, person_id, now)
            await act(connection, stands, found(stands, schedule_id))
            return as_set(await self._reminders(connection, group_id, person_id, now), schedule_id)

        return await self._database.write(work)

    async def _wait(
        self,
        connection: Connection,
        group_id: int,
        person_id: int,
        schedule_id: int,
        since: datetime,
        now: datetime,
    ) -> None:
        await self._queries.wait_until(
            connection,
            schedule_id=schedule_id,
            group_id=group_id,
            person_id=person_id,
            since=epoch(since),
            now=epoch(now),
        )

    async def _reminders(
        self, connection: Connection, group_id: int, person_id: int, now: datetime
    ) -> Reminders:
        return await load_reminders(self._queries, connection, group_id, person_id, now)
