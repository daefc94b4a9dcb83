"""Who is still in a group, as far as Discord said when it was asked: stored, so that leaving is seen."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.challenges.counting import comes_back, name_goes
from bot.clock import epoch
from bot.storage import Connection, Database, Row, load_queries

ASKED_AGAIN_AFTER = timedelta(days=7)
KEPT_AFTER_LEAVING = timedelta(days=30)
# Somebody whose last look-up Discord never answers does not stay for ever.
LATEST_AFTER_LEAVING = timedelta(days=37)
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Gone:
    """A member who left so long ago that they are erased.

    `at_once`: without a last look-up, where none can be had: the bot is in the group no more, or it never came.
    """

    group_id: int
    person_id: int
    at_once: bool


class LookupService:
    """What look-ups found. Ids are Discord's; `now` is an aware UTC moment."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queries = load_queries("bot.members", database.dialect)
        self._challenges = load_queries("bot.challenges", database.dialect)

    async def seen(self, group_id: int, there: Collection[int], gone: Collection[int], now: datetime) -> bool:
        """Store who is in the group and who is not any more; whether posted cards of challenges name one of those.

        Whoever is there again is kept; leaving counts from the first time that it was seen.
        """

        async def work(connection: Connection) -> bool:
            rows = [{"group_id": group_id, "person_id": each, "now": epoch(now)} for each in there]
            for person_id in there:
                await comes_back(self._challenges, connection, group_id, person_id)
            if rows:
                await self._queries.seen_there(connection, rows)
            named = False
            for person_id in gone:
                who = {"group_id": group_id, "person_id": person_id, "now": epoch(now)}
                await self._queries.asked_of(connection, **who)
                if await self._queries.seen_gone(connection, **who):
                    named |= await name_goes(self._challenges, connection, group_id, person_id)
            return named

        return bool(there or gone) and await self._database.write(work)

    async def due(self, ours: Callable[[int], bool], now: datetime) -> list[tuple[int, int]]:
        """Pairs of group and person that were not asked about for a week, the longest waiting first.

        Of the groups that are `ours`, and at most what spreads all members that are stored over a week of hours.
        """
        most = math.ceil(await self._database.read(self._queries.members_stored) / 150) + 10
        found: list[tuple[int, int]] = []
        after = {"after_at": -1, "after_group": 0, "after_person": 0}
        before = epoch(now - ASKED_AGAIN_AFTER)
        while len(found) < most:
            place = dict(after)

            async def page(connection: Connection, place: dict[str, int] = place) -> list[Row]:
                rows: list[Row] = await self._queries.to_look_up(
                    connection, before=before, **place, most=_PAGE
                )
                return rows

            rows = await self._database.read(page)
            found += [(row["group_id"], row["person_id"]) for row in rows if ours(row["group_id"])]
            if len(rows) < _PAGE:
                break
            last = rows[-1]
            after = {
                "after_at": last["seen_at"],
                "after_group": last["group_id"],
                "after_person": last["person_id"],
            }
        return found[:most]

    async def left_long_ago(self, now: datetime, most: int = 200) -> list[Gone]:
        """Members who left 30 days ago or longer, the earliest first."""
        rows = await self._database.read(
            lambda connection: self._queries.left_long_ago(
                connection, before=epoch(now - KEPT_AFTER_LEAVING), most=most
            )
        )
        overdue = epoch(now - LATEST_AFTER_LEAVING)
        return [
            Gone(
                row["group_id"],
                row["person_id"],
                row["group_left_at"] is not None or row["left_at"] <= overdue,
            )
            for row in rows
        ]
