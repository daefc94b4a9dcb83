"""Plans what is due, and takes each delivery from due over sending to sent or skipped; one method, one transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.clock import epoch, moment
from bot.ids import new_id
from bot.scheduling.group_schedules import align
from bot.scheduling.model import (
    LEASE,
    LONGEST_WAIT,
    MOST_FAILURES,
    MOST_TRIES,
    Channel,
    Claimed,
    Decide,
    Delivery,
    Hold,
    Person,
    Send,
    Skip,
    Upcoming,
)
from bot.scheduling.occurrences import Recurrence, next_occurrence, occurrences
from bot.scheduling.rows import new_row, to_delivery, turn
from bot.storage import Connection, Database, Row, load_queries

BATCH = 500
KEPT = timedelta(days=90)
REMOVED_FOR = timedelta(minutes=10)  # so long a removed schedule can be brought back
Lateness = Mapping[str, timedelta | None]


class DeliveryService:
    """Schedules and deliveries of every kind. `now` is an aware UTC moment everywhere.

    `tries`, wherever it may be given, is how often a delivery had been tried when the caller had it in hand last. Where
    it was tried since, another process has taken it over, and nothing is changed: what the caller knows is of an
    earlier try. None: however often it was tried.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queries = load_queries("bot.scheduling", database.dialect)
        self.taker = database.process_id
        self._share: dict[str, Any] = {"shard_count": 1, "shards": [0]}

    def serve(self, shard_count: int, shard_ids: Sequence[int]) -> None:
        """From now on, of a database that several processes share, take first what is of these shards' groups."""
        self._share = {"shard_count": shard_count, "shards": list(shard_ids)}

    async def plan(self, now: datetime, lateness: Lateness) -> int:
        """Make a delivery of every occurrence that is due by `now`, also of those that fell into downtime; how many.

        One that is later than its kind's `lateness` (None: never too late) is stored as skipped at once.
        With nothing due this is one look into an index.
        """

        async def look(connection: Connection) -> list[Row]:
            rows: list[Row] = await self._queries.schedules_due(connection, now=epoch(now), most=BATCH)
            return rows

        async def work(connection: Connection) -> tuple[int, bool]:
            schedules = await look(connection)
            made: list[dict[str, Any]] = []
            planned = []
            for row in schedules:
                recurrence, zone = Recurrence(row["minute"], row["weekdays"]), ZoneInfo(row["zone"])
                last = None if row["last_day"] is None else date.fromisoformat(row["last_day"])
                since = moment(row["since_at"])
                for each in occurrences(recurrence, zone, last, since, now):
                    last = each.day
                    made.append(new_row(row, each.day, each.due_at, now, lateness.get(row["kind"])))
                following = next_occurrence(recurrence, zone, last, max(since, now))
                planned.append(
                    {
                        "schedule_id": row["schedule_id"],
                        "last_day": None if last is None else last.isoformat(),
                        "next_due_at": epoch(following.due_at),
                    }
                )
            if made:
                await self._queries.add_delivery(connection, made)
            if planned:
                await self._queries.schedule_planned(connection, planned)
            return len(made), len(schedules) == BATCH

        if not await self._database.read(look):
            return 0
        total, more = 0, True
        while more:
            count, more = await self._database.write(work)
            total += count
        return total

    async def due(self, now: datetime, most: int = BATCH) -> list[Delivery]:
        """Deliveries that wait to leave, or to be looked for after a crash: the longest waiting of each group, then the
        second of each.

        Where processes share the database, they are this one's for the length of a lease. Others take what is of their
        own shards, and after a lease what nobody has done.
        """
        if self._database.dialect == "sqlite":  # one process: nothing has to be taken from anybody
            rows: list[Row] = await self._database.read(
                lambda connection: self._queries.take_due(connection, now=epoch(now), most=most)
            )
            return [to_delivery(row) for row in rows]
        free = {"now": epoch(now), "taker": self.taker, "orphaned": epoch(now - LEASE), **self._share}
        if not await self._database.read(lambda connection: self._queries.any_due(connection, **free)):
            return []
        rows = await self._database.write(
            lambda connection: self._queries.take_due(connection, **free, most=most, until=epoch(now + LEASE))
        )
        return [to_delivery(row) for row in sorted(rows, key=turn)]

    async def count_due(self, now: datetime) -> int:
        """How many are due and neither sent nor given up, of this process's share: a look at the index of open ones."""
        asked = {"now": epoch(now), "soon": epoch(now + LONGEST_WAIT)}
        if self._database.dialect == "postgresql":
            asked |= self._share
        counted: int = await self._database.read(
            lambda connection: self._queries.count_due(connection, **asked)
        )
        return counted

    async def claim(
        self,
        delivery_id: int,
        now: datetime,
        decide: Decide,
        lateness: timedelta | None,
        *,
        tries: int | None = None,
    ) -> Claimed | None:
        """Put a delivery on its way, if it is due, still wanted and not too late; None where it is not.

        `decide` runs in the same transaction. What it chose is stored before anything leaves. The one that is returned
        has this try counted.
        """

        async def work(connection: Connection) -> Claimed | None:
            row = await self._queries.delivery_to_claim(
                connection, delivery_id=delivery_id, now=epoch(now), taker=self.taker
            )
            if row is None or tries not in (None, row["tries"]):
                return None
            delivery = to_delivery(row)
            decision = _refused(row, delivery, now, lateness) or await decide(connection, delivery, now)
            if isinstance(decision, Skip):
                await self._queries.set_skipped(
                    connection,
                    delivery_id=delivery_id,
                    reason=decision.reason,
                    now=epoch(now),
                    tries=delivery.tries,
                )
                return None
            if isinstance(decision, Hold):
                await self._queries.set_due(
                    connection,
                    delivery_id=delivery_id,
                    try_at=max(epoch(decision.until), epoch(now) + 1),
                    tries=delivery.tries,
                )
                return None
            channel_id = _known_channel(decision, row)
            await self._queries.set_sending(
                connection,
                delivery_id=delivery_id,
                now=epoch(now),
                try_at=epoch(now + LEASE),
                channel_id=channel_id,
                content=json.dumps(dict(decision.content), ensure_ascii=False),
            )
            return Claimed(replace(delivery, tries=delivery.tries + 1), decision, channel_id, now)

        return await self._database.write(work)

    async def goes_to(self, delivery_id: int, person_id: int, channel_id: int) -> None:
        """A conversation was opened: the delivery is about to leave for it."""

        async def work(connection: Connection) -> None:
            await self._queries.set_dm_channel(connection, person_id=person_id, channel_id=channel_id)
            await self._queries.set_place(connection, delivery_id=delivery_id, channel_id=channel_id)

        await self._database.write(work)

    async def sent(self, delivery_id: int, channel_id: int, message_id: int, now: datetime) -> None:
        """It is there."""

        async def work(connection: Connection) -> None:
            await self._queries.set_sent(
                connection,
                delivery_id=delivery_id,
                channel_id=channel_id,
                message_id=message_id,
                now=epoch(now),
            )
            await self._queries.went_well(connection, delivery_id=delivery_id)

        await self._database.write(work)

    async def refused(
        self, delivery_id: int, reason: str, now: datetime, *, tries: int | None = None
    ) -> None:
        """Discord said a final no: its owner is told, and after the third in a row the schedule is off."""

        async def work(connection: Connection) -> None:
            if not await self._queries.set_skipped(
                connection, delivery_id=delivery_id, reason=reason, now=epoch(now), tries=tries
            ):
                return
            row = await self._queries.went_wrong(connection, delivery_id=delivery_id)
            # one that is off already (a challenge's has nothing to repeat) keeps the reason it is off for
            off = row["failures"] >= MOST_FAILURES and row["off_reason"] is None
            if off:
                await self._queries.switch_off(connection, schedule_id=row["schedule_id"], reason=reason)
            told = {
                "notice_id": new_id(now),
                "group_id": row["group_id"],
                "kind": f"{row['kind']}_{'off' if off else 'failed'}",
                "detail": reason,
                "now": epoch(now),
            }
            if row["person_id"] is None:
                await self._queries.tell_organisers(connection, **told)
            else:
                await self._queries.tell_member(connection, **told, person_id=row["person_id"])

        await self._database.write(work)

    async def postpone(
        self,
        delivery_id: int,
        until: datetime,
        *,
        left: bool,
        counts: bool = False,
        tries: int | None = None,
    ) -> None:
        """Try again at `until`; `left` where it may have arrived, so that it is looked for first.

        `counts` where this was a try that no claim has counted, so that it cannot go on for ever.
        """
        query = self._queries.set_try_at if left else self._queries.set_due

        async def work(connection: Connection) -> None:
            changed = await query(connection, delivery_id=delivery_id, try_at=epoch(until), tries=tries)
            if counts and changed:
                await self._queries.count_try(connection, delivery_id=delivery_id)

        await self._database.write(work)

    async def upcoming(self, most: int = 5) -> list[Upcoming]:
        """What is due next, the earliest first: planned deliveries and schedules' next occurrences."""

        async def work(connection: Connection) -> list[Row]:
            planned = await self._queries.next_deliveries(connection, most=most)
            return [*planned, *await self._queries.next_schedules(connection, most=most)]

        rows = await self._database.read(work)
        found = [Upcoming(row["kind"], row["group_id"], moment(row["due_at"])) for row in rows]
        return sorted(found, key=lambda each: each.due_at)[:most]

    async def align_groups(self, now: datetime) -> int:
        """Give their schedules to groups that have a channel and none yet (from before there were any); how many."""

        async def work(connection: Connection) -> int:
            rows = await self._queries.groups_without_schedules(connection)
            for row in rows:
                await align(self._queries, connection, row["group_id"], now)
            return len(rows)

        return await self._database.write(work)

    async def forget_old(self, now: datetime) -> int:
        """Remove deliveries that ended 90 days ago, but for boards' and openers', and schedules that were removed ten
        minutes ago; how many of these."""

        async def work(connection: Connection) -> int:
            await self._queries.forget_deliveries(connection, before=epoch(now - KEPT))
            removed: int = await self._queries.forget_removed_schedules(
                connection, before=epoch(now - REMOVED_FOR)
            )
            return removed

        return await self._database.write(work)


def _refused(row: Row, delivery: Delivery, now: datetime, lateness: timedelta | None) -> Skip | None:
    """What stops a delivery of any kind."""
    if row["group_left_at"] is not None:
        return Skip("group_left")
    if row["member_left_at"] is not None:
        return Skip("member_left")
    if lateness is not None and now - delivery.due_at > lateness:
        return Skip("late")
    return Skip("gave_up") if delivery.tries >= MOST_TRIES else None


def _known_channel(send: Send, row: Row) -> int | None:
    if isinstance(send.address, Channel):
        return send.address.channel_id
    assert isinstance(send.address, Person)
    known: int | None = row["dm_channel_id"]
    return known
