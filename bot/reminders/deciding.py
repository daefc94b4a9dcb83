"""Whether a reminder or a streak warning is sent, and what it says: decided in the claim's transaction."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.checkins.streaks import Streak, WeekRecord, is_frozen, streak, target_for, week_records
from bot.clock import moment
from bot.days import running_day, week_start
from bot.encouragement.library import Category
from bot.encouragement.rules import may_fact, remember, words_for
from bot.encouragement.situation import Situation
from bot.reminders.model import ReminderLetter
from bot.reminders.rules import LATENESS, Past, at_risk, offers_to_stop, quiet_until
from bot.scheduling.model import Channel, Decision, Delivery, Hold, Person, Send, Skip
from bot.storage import Connection, Database, Row, load_queries

# Most streaks are seen whole within a year; a longer one is read from its beginning.
_WINDOW = timedelta(weeks=53)


@dataclass(frozen=True, slots=True)
class _Recipient:
    """The member that a delivery is for, on the running day `today`, which is neither kept nor rested nor paused."""

    row: Row
    zone: ZoneInfo
    now: datetime
    today: date
    week_day: date
    sent_this_week: bool

    @property
    def whose(self) -> dict[str, int]:
        return {"group_id": self.row["group_id"], "person_id": self.row["person_id"]}


@dataclass(frozen=True, slots=True)
class _Week:
    """The present week, the streak (None before the first check-in), and the days kept lately."""

    record: WeekRecord
    frozen: bool
    streak: Streak | None
    kept: frozenset[date]


class Deciding:
    """Decides on deliveries to members."""

    def __init__(self, database: Database) -> None:
        self._queries = load_queries("bot.reminders", database.dialect)

    async def reminder(self, connection: Connection, delivery: Delivery, now: datetime) -> Decision:
        """Silent on a day that is kept, rested or paused, and in quiet hours; else with words that fit."""
        found = await self._recipient(connection, delivery, now)
        if not isinstance(found, _Recipient):
            return found
        in_channel = delivery.schedule_channel_id is not None
        week = await self._week(connection, found)
        situation = _situation(found, None if in_channel else week)
        chosen = delivery.content
        if chosen is None:
            key = None
            if not delivery.schedule_words:
                key = await self._choose(connection, found, "pre_run", situation, delivery.delivery_id)
            chosen = {"key": key, "offers": await self._offers(connection, delivery, found, week)}
        letter = ReminderLetter(
            group_id=delivery.group_id,
            person_id=found.row["person_id"],
            delivery_id=delivery.delivery_id,
            language=delivery.language,
            own_words=delivery.schedule_words,
            key=chosen["key"],
            situation=situation,
            plan=None if in_channel else found.row["plan"],
            in_channel=in_channel,
            offers=chosen["offers"],
        )
        channel_id = delivery.schedule_channel_id
        address = Person(letter.person_id) if channel_id is None else Channel(channel_id)
        return Send(address, letter, chosen)

    async def warning(self, connection: Connection, delivery: Delivery, now: datetime) -> Decision:
        """Sent on the last day on which the week's plan can still be kept without a skip, once a week at most."""
        found = await self._recipient(connection, delivery, now)
        if not isinstance(found, _Recipient):
            return found
        if found.sent_this_week:
            return Skip("warned_this_week")
        week = await self._week(connection, found)
        days_left = (found.week_day + timedelta(days=6) - found.today).days + 1
        record, stands = week.record, week.streak
        if (
            stands is None
            or week.frozen
            or not at_risk(
                streak=stands.length,
                kept_days=record.kept_days,
                target=record.target,
                days_left=days_left,
            )
        ):
            return Skip("not_at_risk")
        situation, chosen = _situation(found, week), delivery.content
        if chosen is None:
            key = await self._choose(connection, found, "at_risk", situation, delivery.delivery_id)
            chosen = {"key": key}
        letter = ReminderLetter(
            group_id=delivery.group_id,
            person_id=found.row["person_id"],
            delivery_id=delivery.delivery_id,
            language=delivery.language,
            own_words=None,
            key=chosen["key"],
            situation=situation,
            days_left=days_left,
        )
        return Send(Person(letter.person_id), letter, chosen)

    async def _recipient(
        self, connection: Connection, delivery: Delivery, now: datetime
    ) -> _Recipient | Skip | Hold:
        whose = {
            "group_id": delivery.group_id,
            "person_id": delivery.person_id,
            "schedule_id": delivery.schedule_id,
        }
        row = await self._queries.recipient(connection, **whose)
        if row is None:
            return Skip("member_gone")
        if row["off_reason"] is not None:
            return Skip("switched_off")
        if moment(row["since_at"]) > delivery.due_at:
            return Skip("changed")  # moved, skipped or snoozed since it was planned
        zone = ZoneInfo(row["zone"])
        today = running_day(now, zone, row["day_starts_minute"])
        week_day = week_start(today, row["week_starts_on"])
        stands = await self._queries.today(
            connection, **whose, today=today.isoformat(), week_day=week_day.isoformat()
        )
        for reason, column in (("paused", "paused"), ("resting", "resting"), ("day_kept", "kept")):
            if stands[column]:
                return Skip(reason)
        quiet = quiet_until(now, zone, row["quiet_from_minute"], row["quiet_until_minute"])
        if quiet is not None:
            return Skip("quiet_hours") if quiet - delivery.due_at > LATENESS else Hold(quiet)
        return _Recipient(row, zone, now, today, week_day, bool(stands["sent_this_week"]))

    async def _week(self, connection: Connection, found: _Recipient) -> _Week:
        whose = found.whose
        rows = await self._queries.targets(connection, **whose)
        targets = [(date.fromisoformat(row["from_day"]), row["days"]) for row in rows]
        first_day = found.row["first_kept_day"]
        begun = None if first_day is None else date.fromisoformat(first_day)
        if begun is None or begun > found.today:
            record = WeekRecord(found.week_day, 0, target_for(found.week_day, targets))
            return _Week(record, frozen=True, streak=None, kept=frozenset())
        pauses = [
            (
                date.fromisoformat(row["from_day"]),
                None if row["until_day"] is None else date.fromisoformat(row["until_day"]),
            )
            for row in await self._queries.pauses(connection, **whose)
        ]
        starts_on = found.row["week_starts_on"]
        first_week = week_start(begun, starts_on)
        window = max(first_week, found.week_day - _WINDOW)
        for first in dict.fromkeys((window, first_week)):
            days = await self._queries.kept_days(connection, **whose, from_day=first.isoformat())
            kept = frozenset(date.fromisoformat(row["running_day"]) for row in days)
            weeks = week_records(
                [day for day in kept if day <= found.today],
                targets=targets,
                pauses=pauses,
                first=first,
                current=found.week_day,
                week_starts_on=starts_on,
            )
            stands = streak(weeks, first_week=first_week, current=found.week_day)
            if stands.row_weeks <= len(weeks) - 2:
                break  # the row was seen to begin
        return _Week(weeks[-1], is_frozen(weeks[-1], first_week), stands, kept)

    async def _choose(
        self,
        connection: Connection,
        found: _Recipient,
        category: Category,
        situation: Situation,
        seed: int,
    ) -> str | None:
        """The key of a message that fits, remembered as shown; None where all that fit were shown lately."""
        recent = [key for key in found.row["recent_words"].split(",") if key]
        message = words_for(category, situation, recent, seed)
        if message is None:
            return None
        fact_day = found.today.isoformat() if message.fact else found.row["fact_day"]
        await self._queries.remember_words(
            connection,
            **found.whose,
            recent_words=",".join(remember(recent, message.key)),
            fact_day=fact_day,
        )
        return message.key

    async def _offers(
        self, connection: Connection, delivery: Delivery, found: _Recipient, week: _Week
    ) -> bool:
        rows = await self._queries.sent_before(connection, schedule_id=delivery.schedule_id)
        day_starts = found.row["day_starts_minute"]
        past = [
            Past(
                running_day(moment(row["due_at"]), found.zone, day_starts),
                row["answered_at"] is not None,
                bool(row["content"]) and bool(json.loads(row["content"]).get("offers")),
            )
            for row in rows
        ]
        return offers_to_stop(past, week.kept)


def _situation(found: _Recipient, week: _Week | None) -> Situation:
    """What may be spoken of: of the member alone where there is a `week`."""
    local = found.now.astimezone(found.zone)
    fact_day = found.row["fact_day"]
    last_fact = None if fact_day is None else date.fromisoformat(fact_day)
    stands = week.streak if week is not None and week.streak is not None and week.streak.length > 0 else None
    return Situation(
        hour=local.hour,
        day=found.today,
        kept=None if week is None else week.record.kept_days,
        target=None if week is None else week.record.target,
        streak=0 if stands is None else stands.length,
        skips_left=None if stands is None else stands.skips_left,
        week_begins=found.today == found.week_day,
        fact_allowed=may_fact(last_fact, found.today),
    )
