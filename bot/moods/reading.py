"""What `/mood trend` reads: one's own entries and runs, in one look at the database. Stores nothing.

Reading needs no consent and no feelings to be on: what is kept is its owner's to see.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import fmean
from typing import Final
from zoneinfo import ZoneInfo

from bot.clock import moment
from bot.consents.service import load_consent
from bot.days import day_bounds, running_day
from bot.moods.beginnings import run_fact
from bot.moods.model import Mood
from bot.moods.pairing import pairs_of
from bot.moods.scales import SCALE_VERSION, SCALES
from bot.moods.service import mood_of
from bot.moods.statistics import Pair, lift_shown, run_and_rest, trend
from bot.moods.trend_model import DAYS_BACK, ITEM_FROM, EntryPage, ItemMean, Joined, Trend, TrendRange
from bot.storage import Connection, Database, load_queries

A_PAGE: Final = 10
# A typed run goes so far back: one that was entered since the first entry of feelings may have used up a start.
_TYPED_BACK: Final = timedelta(days=31)


class TrendService:
    """Feelings of one person in one group, to look at. Ids are Discord's; `now` is an aware UTC moment."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queries = load_queries("bot.moods", database.dialect)
        self._consents = load_queries("bot.consents", database.dialect)
        self._checkins = load_queries("bot.checkins", database.dialect)

    async def trend(self, group_id: int, person_id: int, chosen: TrendRange, now: datetime) -> Trend:
        """The entries of a range, and what all that is kept says of runs and mood."""
        member = {"group_id": group_id, "person_id": person_id}

        async def work(connection: Connection) -> Trend:
            state = await load_consent(self._consents, connection, **member)
            frame = await self._queries.frame(connection, **member)
            zone = ZoneInfo(frame["zone"] if frame else "UTC")
            day_starts, week_starts_on = (
                (frame["day_starts_minute"], frame["week_starts_on"]) if frame else (0, 0)
            )
            today = running_day(now, zone, day_starts)
            every = [mood_of(row) for row in await self._queries.all_moods(connection, **member)]
            moods = [mood for mood in every if mood.scale_version == SCALE_VERSION]
            began = min((mood.day for mood in moods), default=today)
            since = (began - _TYPED_BACK).isoformat()
            runs = [
                run_fact(row) for row in await self._queries.trend_runs(connection, **member, from_day=since)
            ]
            starts = [moment(row["pressed_at"]) for row in await self._queries.starts(connection, **member)]
            first = began if chosen == "all" else today - timedelta(days=DAYS_BACK[chosen] - 1)
            shown = [mood for mood in moods if first <= mood.day <= today]
            pairs = pairs_of(runs, starts, moods, lambda at: running_day(at, zone, day_starts))
            daily = [mood for mood in moods if mood.moment == "day"]
            run_days = {run.day for run in runs}
            return Trend(
                state=state,
                chosen=chosen,
                first=first,
                last=today,
                start=day_bounds(first, zone, day_starts)[0],
                end=day_bounds(today, zone, day_starts)[1],
                entries=tuple(shown),
                kept=len(moods),
                older=len(every) - len(moods),
                pairs=_joined(pairs, moods),
                lift=lift_shown(pairs, [mood.values.mood for mood in daily]),
                runs=sum(began <= run.day <= today for run in runs) if moods else 0,
                run_rest=run_and_rest(
                    [(mood.day, mood.values.mood) for mood in daily], run_days, week_starts_on
                ),
                segments=trend([(mood.entered_at, mood.values.mood) for mood in moods]),
                items=_items(shown),
                nearly_not=await self._checkins.nearly_not_days(
                    connection, **member, from_day=first.isoformat(), until_day=today.isoformat()
                ),
            )

        return await self._database.read(work)

    async def entries(self, group_id: int, person_id: int, page: int) -> EntryPage:
        """A page of one's entries of every version of the scales; the last one where `page` lies beyond it."""
        member = {"group_id": group_id, "person_id": person_id}

        async def work(connection: Connection) -> EntryPage:
            total = await self._consents.count_moods(connection, **member)
            pages = max(1, -(-total // A_PAGE))
            at = min(max(page, 0), pages - 1)
            rows = await self._queries.newest_moods(connection, **member, most=A_PAGE, skip=at * A_PAGE)
            return EntryPage(tuple(mood_of(row) for row in rows), at, pages, total)

        return await self._database.read(work)


def _joined(pairs: Sequence[Pair], moods: Sequence[Mood]) -> tuple[Joined, ...]:
    """The entries that each pair is made of: the run's own rating after, and the latest before it that it can be."""
    after = {mood.run_id: mood for mood in moods if mood.moment == "after"}
    before = [mood for mood in moods if mood.moment == "before" and not mood.recalled]
    found = []
    for pair in pairs:
        last = after[pair.run_id]
        earlier = before[: bisect_left(before, last.entered_at, key=lambda mood: mood.entered_at)]
        first = next(mood for mood in reversed(earlier) if mood.values.mood == pair.before)
        found.append(Joined(first, last))
    return tuple(found)


def _items(moods: Sequence[Mood]) -> tuple[ItemMean, ...]:
    """The optional items that enough of the entries hold."""
    found = []
    for item in SCALES:
        values = [value for mood in moods if (value := getattr(mood.values, item)) is not None]
        if item != "mood" and len(values) >= ITEM_FROM:
            found.append(ItemMean(item, len(values), fmean(values)))
    return tuple(found)
