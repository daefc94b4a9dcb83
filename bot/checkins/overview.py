"""What `/run stats` answers with: one member's totals, streak, records and year. Reads alone.

One's own statistics hold every check-in that was not undone, private and set-aside ones too; what is shown in the
channel holds those alone that the group can see.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from bot.checkins.loading import frame_of
from bot.checkins.overview_model import (
    ChartWeek,
    Mark,
    Overview,
    RecordBook,
    StreakOverview,
    StreakWeek,
    WeekState,
    YearOverview,
)
from bot.checkins.reading import Frame
from bot.checkins.statistics import (
    CHART_WEEKS,
    DaySum,
    StatsRange,
    compare,
    range_days,
    summarise,
    weekly,
)
from bot.checkins.streaks import Streak, WeekRecord, is_frozen, streak, week_records
from bot.days import DAY, week_start
from bot.storage import Connection, Database, Row, load_queries

CALENDAR_WEEKS: Final = 53
STREAK_WEEKS: Final = 12  # listed one by one
# Most streaks are seen whole within a year; a longer one is read from its beginning.
_WINDOW: Final = timedelta(weeks=53)
_WEEK: Final = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class _Plan:
    """A member's targets and pauses, as `week_records` takes them."""

    targets: list[tuple[date, int]]
    pauses: list[tuple[date, date | None]]

    def without_pauses(self) -> _Plan:
        """For what others see: that somebody paused is theirs to tell."""
        return _Plan(self.targets, [])

    def weeks(self, days: Iterable[DaySum], first: date, frame: Frame) -> list[WeekRecord]:
        """The weeks from the one of `first` to the current one."""
        return week_records(
            [each.day for each in days if each.on_time and each.day <= frame.today],
            targets=self.targets,
            pauses=self.pauses,
            first=frame.week_of(first),
            current=frame.week_of(frame.today),
            week_starts_on=frame.week_starts_on,
        )


class OverviewService:
    """Statistics of one person in one group. Ids are Discord's; `now` is an aware UTC moment."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queries = load_queries("bot.checkins", database.dialect)
        self._plans = load_queries("bot.plans", database.dialect)

    async def overview(
        self, group_id: int, person_id: int, chosen: StatsRange, now: datetime, *, shown: bool = False
    ) -> Overview:
        """The totals of a range with what stands beside them.

        `shown` makes it of the check-ins alone that the group can see, in the group's units and without the goals.
        """
        whose = {"group_id": group_id, "person_id": person_id}

        async def work(connection: Connection) -> Overview:
            row = await self._queries.overview_member(connection, **whose)
            frame, plan = frame_of(row, now), await self._plan(connection, whose)
            first, today = range_days(chosen, frame.today, frame.week_starts_on)
            since = None if shown or first is None else frame.week_of(min(first, today - _WINDOW))
            days = await self._days(connection, whose, since, shown=shown)
            began = _first_day(days) if shown else _day(row["first_day"])
            kept_since = _first_kept_day(days) if shown else _day(row["first_kept_day"])
            standing = _standing(plan, days, kept_since, since, frame)
            if standing is None and kept_since is not None:
                days = await self._days(connection, whose, None, shown=shown)
                standing = _standing(plan, days, kept_since, None, frame)
            return Overview(
                chosen=chosen,
                first=first,
                last=today,
                began=began,
                units=row["group_units"] if shown else frame.units,
                language=row["group_language"],
                summary=summarise(days, first, today),
                comparison=compare(_begun(days, began), chosen, today, frame.week_starts_on),
                streak=standing,
                chart=_chart(plan.without_pauses() if shown else plan, days, began, frame),
                weekly_metres=None if shown else row["weekly_metres"],
                weekly_minutes=None if shown else row["weekly_minutes"],
                nearly_not=0 if shown else await self._nearly_not(connection, whose, first, today),
            )

        return await self._database.read(work)

    async def streak(self, group_id: int, person_id: int, now: datetime) -> StreakOverview:
        """The streak over the whole history, and its latest weeks."""
        whose = {"group_id": group_id, "person_id": person_id}

        async def work(connection: Connection) -> StreakOverview:
            row = await self._queries.overview_member(connection, **whose)
            frame, plan = frame_of(row, now), await self._plan(connection, whose)
            begun = _day(row["first_kept_day"])
            if begun is None or begun > frame.today:
                return StreakOverview(None, ())
            weeks = plan.weeks(await self._days(connection, whose, begun), begun, frame)
            stands = streak(weeks, first_week=weeks[0].start, current=weeks[-1].start)
            return StreakOverview(stands, _streak_weeks(weeks, stands))

        return await self._database.read(work)

    async def records(self, group_id: int, person_id: int) -> RecordBook:
        """The bests of every run that was not undone; walks set none."""
        whose = {"group_id": group_id, "person_id": person_id}

        async def work(connection: Connection) -> RecordBook:
            row = await self._queries.overview_member(connection, **whose)
            bests = await self._queries.overview_bests(connection, **whose)
            days = await self._queries.overview_run_days(connection, **whose)
            return RecordBook(
                units=row["units"] or row["group_units"],
                fastest={
                    each["mark"]: Mark(
                        each["seconds"], date.fromisoformat(each["running_day"]), each["source"] != "file"
                    )
                    for each in bests
                },
                farthest=_most(days, "farthest"),
                longest=_most(days, "longest"),
                best_week=_best_week(days, row["week_starts_on"]),
            )

        return await self._database.read(work)

    async def year(self, group_id: int, person_id: int, now: datetime) -> YearOverview:
        """The days of the last 53 weeks."""
        whose = {"group_id": group_id, "person_id": person_id}

        async def work(connection: Connection) -> YearOverview:
            row = await self._queries.overview_member(connection, **whose)
            frame, plan = frame_of(row, now), await self._plan(connection, whose)
            today = frame.today
            first = frame.week_of(today) - (CALENDAR_WEEKS - 1) * _WEEK
            days = [day for day in await self._days(connection, whose, first) if day.day <= today]
            resting = await self._queries.overview_rest_days(
                connection, **whose, from_day=first.isoformat(), until_day=today.isoformat()
            )
            return YearOverview(
                today=today,
                week_starts_on=frame.week_starts_on,
                check_ins={day.day: day.check_ins for day in days},
                paused=frozenset(_paused(plan, first, today)),
                resting=frozenset(date.fromisoformat(each["rest_day"]) for each in resting),
                kept_weeks=frozenset(week.start for week in plan.weeks(days, first, frame) if week.kept),
            )

        return await self._database.read(work)

    async def _nearly_not(
        self, connection: Connection, whose: dict[str, int], first: date | None, last: date
    ) -> int:
        count: int = await self._queries.nearly_not_days(
            connection,
            **whose,
            from_day=(first or date.min).isoformat(),
            until_day=last.isoformat(),
        )
        return count

    async def _plan(self, connection: Connection, whose: dict[str, int]) -> _Plan:
        targets = await self._plans.targets(connection, **whose)
        pauses = await self._plans.pauses(connection, **whose)
        return _Plan(
            [(date.fromisoformat(each["from_day"]), each["days"]) for each in targets],
            [(date.fromisoformat(each["from_day"]), _day(each["until_day"])) for each in pauses],
        )

    async def _days(
        self, connection: Connection, whose: dict[str, int], since: date | None, *, shown: bool = False
    ) -> list[DaySum]:
        """The member's days from `since` on, None: all, in their order."""
        load = self._queries.overview_days_shown if shown else self._queries.overview_days
        rows = await load(connection, **whose, from_day=(since or date.min).isoformat())
        return [_day_sum(row) for row in rows]


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _day_sum(row: Row) -> DaySum:
    columns = {name: row[name] for name in DaySum.__slots__ if name != "day"}
    return DaySum(day=date.fromisoformat(row["running_day"]), **columns)


def _first_day(days: Sequence[DaySum]) -> date | None:
    return days[0].day if days else None


def _first_kept_day(days: Sequence[DaySum]) -> date | None:
    return next((each.day for each in days if each.on_time), None)


def _begun(days: list[DaySum], began: date | None) -> list[DaySum]:
    """The days with the very first one among them, which says from when on weeks can be compared."""
    if began is None or (days and days[0].day <= began):
        return days
    nothing = dict.fromkeys((name for name in DaySum.__slots__ if name != "day"), 0)
    return [DaySum(day=began, **nothing), *days]


def _standing(
    plan: _Plan, days: Sequence[DaySum], begun: date | None, since: date | None, frame: Frame
) -> Streak | None:
    """The streak, where the days from `since` on (None: all) show where it began; else None."""
    if begun is None or begun > frame.today:
        return None
    first = begun if since is None else max(begun, since)
    weeks = plan.weeks(days, first, frame)
    stands = streak(weeks, first_week=frame.week_of(begun), current=weeks[-1].start)
    whole = frame.week_of(first) == frame.week_of(begun)
    return stands if whole or stands.row_weeks <= len(weeks) - 2 else None


def _chart(plan: _Plan, days: Sequence[DaySum], began: date | None, frame: Frame) -> tuple[ChartWeek, ...]:
    """The last twelve weeks, without those before the first check-in."""
    if began is None:
        return ()
    sums = weekly(days, frame.today, frame.week_starts_on, CHART_WEEKS)
    records = plan.weeks(days, sums[0].week, frame)
    return tuple(
        ChartWeek(each, record)
        for each, record in zip(sums, records, strict=True)
        if each.week >= frame.week_of(began)
    )


def _streak_weeks(weeks: Sequence[WeekRecord], stands: Streak) -> tuple[StreakWeek, ...]:
    closed = len(weeks) if stands.current_kept else len(weeks) - 1
    row = range(closed - stands.row_weeks, closed)
    listed = []
    for at, week in enumerate(weeks):
        state: WeekState = "skip" if at in row else "missed"
        if week.kept:
            state = "kept"
        elif at == len(weeks) - 1 and not week.paused:
            state = "open"
        elif is_frozen(week, weeks[0].start):
            state = "frozen"
        listed.append(StreakWeek(week, state))
    return tuple(listed[-STREAK_WEEKS:])


def _most(days: Sequence[Row], column: str) -> Mark | None:
    """The most of a column; of equal days the earliest."""
    known = [(each[column], date.fromisoformat(each["running_day"])) for each in days if each[column]]
    return Mark(*max(known, key=lambda each: each[0])) if known else None


def _best_week(days: Sequence[Row], week_starts_on: int) -> Mark | None:
    """The week of most metres; of equal weeks the earliest."""
    weeks: dict[date, int] = {}
    for each in days:
        week = week_start(date.fromisoformat(each["running_day"]), week_starts_on)
        weeks[week] = weeks.get(week, 0) + (each["metres"] or 0)
    best = max(weeks, key=lambda week: weeks[week], default=None)
    return Mark(weeks[best], best) if best and weeks[best] else None


def _paused(plan: _Plan, first: date, last: date) -> Iterable[date]:
    """The paused days from `first` to `last`."""
    for begin, end in plan.pauses:
        day = max(begin, first)
        while day <= min(end or last, last):
            yield day
            day += DAY
