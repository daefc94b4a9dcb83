"""Use cases of boards: the one asked for, the week's, who is on them, and taking a name out again."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.challenges.counting import comes_back
from bot.clock import epoch
from bot.days import running_day, week_start
from bot.errors import Refusal
from bot.leaderboards.loading import Asked, load_standings, load_totals
from bot.leaderboards.model import BoardView, Neighbours, Posted
from bot.leaderboards.rules import (
    FEWEST,
    Metric,
    Range,
    Standing,
    Totals,
    around,
    may_post_at,
    period,
)
from bot.scheduling.model import Channel, Decision, Delivery, Hold, Send, Skip
from bot.storage import Connection, Database, Queries, Row, load_queries

_WEEK = timedelta(weeks=1)
# A board that comes so much later than planned says which week it is of in words of its own.
LATE_AFTER = timedelta(hours=12)


class LeaderboardService:
    """Ids are Discord's; `now` is an aware UTC moment."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queries = load_queries("bot.leaderboards", database.dialect)
        self._challenges = load_queries("bot.challenges", database.dialect)

    async def view(self, group_id: int, metric: Metric, chosen: Range, now: datetime) -> BoardView:
        """The board as it is now."""

        async def work(connection: Connection) -> BoardView:
            return await self._view(connection, group_id, metric, chosen, now)

        return await self._database.read(work)

    async def whereabouts(
        self, group_id: int, person_id: int, metric: Metric, chosen: Range, now: datetime
    ) -> Neighbours:
        """Where a member stands now, with two neighbours on each side."""

        async def work(connection: Connection) -> Neighbours:
            view = await self._view(connection, group_id, metric, chosen, now)
            return await self._neighbours(connection, view, person_id)

        return await self._database.read(work)

    async def whereabouts_on(self, group_id: int, person_id: int, board_id: int) -> Neighbours:
        """Where a member stands on a board that was posted. Raises Refusal for one that the group has not."""

        async def work(connection: Connection) -> Neighbours:
            row = await self._queries.board_by_id(connection, board_id=board_id, group_id=group_id)
            if row is None:
                raise Refusal("That board is not here any more. Use /leaderboard to see how it stands.")
            view = await self._stored(connection, row)
            return await self._neighbours(connection, view, person_id)

        return await self._database.read(work)

    async def to_be_named(self, delivery: Delivery, most: int) -> tuple[int, ...]:
        """Whom the board of a delivery would name by what is stored now: those to look up before."""

        async def work(connection: Connection) -> tuple[int, ...]:
            group = await self._queries.board_group(connection, group_id=delivery.group_id)
            if group is None or group["channel_id"] is None:
                return ()
            view = await self._week(connection, group, delivery)
            return view.named[:most] if len(view.ranked) >= FEWEST else ()

        return await self._database.read(work)

    async def decide(self, connection: Connection, delivery: Delivery, now: datetime) -> Decision:
        """The week's board, stored as it is posted; a second try posts the stored one."""
        group = await self._queries.board_group(connection, group_id=delivery.group_id)
        if group is None or group["channel_id"] is None:
            return Skip("no_channel")
        if group["posts"] == "off":
            return Skip("posts_off")
        address = Channel(group["channel_id"])
        stored = await self._queries.board_by_id(
            connection, board_id=delivery.delivery_id, group_id=delivery.group_id
        )
        if stored is not None:
            view = await self._stored(connection, stored)
            return Send(address, view, {"late": view.late})
        week = _closed_week(group, delivery)
        if await self._queries.board_of_week(
            connection, group_id=delivery.group_id, week_day=week.isoformat()
        ):
            return Skip("board_exists")
        rows = await self._queries.listed_zones(connection, group_id=delivery.group_id)
        # the group's own week, too: organisers can set an hour before the day turns
        zones = {delivery.zone, *(ZoneInfo(row["zone"]) for row in rows)}
        until = may_post_at(delivery.due_at, week, zones, group["day_starts_minute"])
        if now < until:
            return Hold(until)
        days = {"first_day": week.isoformat(), "last_day": (week + timedelta(days=6)).isoformat()}
        if await self._queries.any_check_in(connection, group_id=delivery.group_id, **days) is None:
            return Skip("nothing_entered")
        view = await self._week(connection, group, delivery, late=now - until > LATE_AFTER)
        if len(view.ranked) < FEWEST and not view.totals.check_ins:
            return Skip("nothing_entered")  # nothing but private check-ins: "0 together" would not be true
        await self._store(connection, view, delivery.delivery_id, week, now)
        return Send(address, view, {"late": view.late})

    # Listing.

    async def listing(self, group_id: int, person_id: int) -> bool | None:
        """Whether a member is on the boards; None where they never answered."""
        found = await self._database.read(
            lambda connection: self._queries.listing(connection, group_id=group_id, person_id=person_id)
        )
        return None if found is None else bool(found)

    async def set_listed(self, group_id: int, person_id: int, listed: bool, now: datetime) -> bool:
        """Put a member on the boards from the next one on, or off them, and off those posted; whether any has to be
        drawn anew."""

        async def work(connection: Connection) -> bool:
            await self._queries.ensure_group(connection, group_id=group_id, now=epoch(now))
            await self._queries.ensure_person(connection, person_id=person_id, now=epoch(now))
            await comes_back(self._challenges, connection, group_id, person_id)
            await self._queries.set_listed(
                connection, group_id=group_id, person_id=person_id, listed=int(listed), now=epoch(now)
            )
            return not listed and await take_out(self._queries, connection, group_id, person_id)

        return await self._database.write(work)

    # Posted boards from which a name was taken out.

    async def to_redraw(self, most: int = 20) -> list[Posted]:
        """Posted boards that still show a name that was taken out, the newest first."""

        async def work(connection: Connection) -> list[Posted]:
            found = []
            for each in await self._queries.to_redraw(connection, most=most):
                row = await self._queries.board_by_id(
                    connection, board_id=each["board_id"], group_id=each["group_id"]
                )
                if row is not None and row["message_id"] is not None:
                    view = await self._stored(connection, row)
                    found.append(Posted(view, row["channel_id"], row["message_id"]))
            return found

        return await self._database.read(work)

    async def redrawn(self, shown: BoardView) -> None:
        """The posted board looks as `shown` does now, or is gone. It waits on where another name went meanwhile."""
        taken_out = sum(each.person_id is None for each in shown.ranked)
        await self._database.write(
            lambda connection: self._queries.redrawn(connection, board_id=shown.board_id, taken_out=taken_out)
        )

    # What the methods above are made of.

    async def _view(
        self, connection: Connection, group_id: int, metric: Metric, chosen: Range, now: datetime
    ) -> BoardView:
        group = await self._queries.board_group(connection, group_id=group_id)
        if group is None:
            group = {
                "zone": "UTC",
                "units": "km",
                "language": "en",
                "week_starts_on": 0,
                "day_starts_minute": 240,
            }
        today = running_day(now, ZoneInfo(group["zone"]), group["day_starts_minute"])
        span = period(chosen, today, group["week_starts_on"])
        asked = Asked(group_id, metric, chosen, span, group["week_starts_on"])
        return BoardView(
            group_id=group_id,
            metric=metric,
            chosen=chosen,
            first=span.first,
            last=min(span.last, today),
            ranked=tuple(await load_standings(self._queries, connection, asked)),
            totals=await load_totals(self._queries, connection, group_id, span),
            units=group["units"],
            language=group["language"],
        )

    async def _week(
        self, connection: Connection, group: Row, delivery: Delivery, *, late: bool = False
    ) -> BoardView:
        week = _closed_week(group, delivery)
        span = period("last_week", week + _WEEK, group["week_starts_on"])
        asked = Asked(delivery.group_id, "showing_up", "last_week", span, group["week_starts_on"])
        return BoardView(
            group_id=delivery.group_id,
            metric="showing_up",
            chosen="last_week",
            first=span.first,
            last=span.last,
            ranked=tuple(await load_standings(self._queries, connection, asked)),
            totals=await load_totals(self._queries, connection, delivery.group_id, span),
            units=group["units"],
            language=group["language"],
            board_id=delivery.delivery_id,
            late=late,
        )

    async def _store(
        self, connection: Connection, view: BoardView, board_id: int, week: date, now: datetime
    ) -> None:
        totals = view.totals
        await self._queries.add_board(
            connection,
            board_id=board_id,
            group_id=view.group_id,
            week_day=week.isoformat(),
            listed=len(view.ranked),
            people=totals.people,
            check_ins=totals.check_ins,
            days=totals.days,
            metres=totals.metres,
            seconds=totals.seconds,
            now=epoch(now),
        )
        entries = [
            {
                "board_id": board_id,
                "position": position,
                "place": each.place,
                "share": each.amount,
                "kept": int(each.kept),
                "person_id": each.person_id,
            }
            for position, each in enumerate(view.ranked, start=1)
        ]
        if entries:
            await self._queries.add_entry(connection, entries)

    async def _stored(self, connection: Connection, row: Row) -> BoardView:
        """A board as it was posted."""
        first = date.fromisoformat(row["week_day"])
        entries = await self._queries.entries(connection, board_id=row["board_id"])
        return BoardView(
            group_id=row["group_id"],
            metric="showing_up",
            chosen="last_week",
            first=first,
            last=first + timedelta(days=6),
            ranked=tuple(
                Standing(each["place"], each["share"], bool(each["kept"]), each["person_id"])
                for each in entries
            ),
            totals=Totals(row["people"], row["check_ins"], row["days"], row["metres"], row["seconds"]),
            units=row["units"],
            language=row["language"],
            board_id=row["board_id"],
            late=bool(json.loads(row["content"] or "{}").get("late")),
        )

    async def _neighbours(self, connection: Connection, view: BoardView, person_id: int) -> Neighbours:
        found = await self._queries.listing(connection, group_id=view.group_id, person_id=person_id)
        return Neighbours(
            tuple(around(view.ranked, person_id)),
            len(view.ranked),
            None if found is None else bool(found),
            view.units,
        )


async def take_out(queries: Queries, connection: Connection, group_id: int, person_id: int) -> bool:
    """Take a name out of the boards that were posted in the group, in the caller's transaction; whether one had it.

    `queries` are those of bot.leaderboards. The places stand, and the messages wait to be drawn anew.
    """
    marked = await queries.mark_redraw(connection, group_id=group_id, person_id=person_id)
    await queries.take_out(connection, group_id=group_id, person_id=person_id)
    return bool(marked)


def _closed_week(group: Row, delivery: Delivery) -> date:
    """The first day of the week that had ended when the delivery was planned for."""
    return week_start(delivery.day, group["week_starts_on"]) - _WEEK
