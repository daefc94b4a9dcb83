"""Use cases of a group's weekly mood: working it out once the week is over, and reading it as it stands."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from bot.clock import epoch
from bot.consents.rules import GROUP_FIGURE, KEEP, VERSIONS
from bot.days import DAY
from bot.groupmoods.rules import WEEK, GroupFigure, LastShown, band, decide, week_worked_out
from bot.moods.scales import SCALE_VERSION
from bot.storage import Connection, Database, load_queries


class GroupFigureService:
    """A respondent is a member who agreed to it, has not left, and entered a mood in that week."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queries = load_queries("bot.groupmoods", database.dialect)

    async def compute_due(self, now: datetime) -> int:
        """Work out the latest week that is over, of each group that has no figure of it; of how many groups.

        May be run at any time, any number of times: a stored figure is never worked out again, and a figure that
        shows nothing is stored as well. A week that passed while the bot was away for longer than the next one lasted
        has none.
        """

        async def find(connection: Connection) -> list[tuple[int, int]]:
            return [
                (row["group_id"], starts_on)
                for starts_on in range(7)
                for row in await self._queries.groups_due(connection, **_week(now, starts_on))
            ]

        count = 0
        for group_id, starts_on in await self._database.read(find):
            count += await self._compute(group_id, starts_on, now)
        return count

    async def _compute(self, group_id: int, starts_on: int, now: datetime) -> bool:
        group = {"group_id": group_id}

        async def work(connection: Connection) -> bool:
            # asked again within the transaction: feelings may have been turned off, or the week moved
            if not await self._queries.is_due(connection, **group, **_week(now, starts_on)):
                return False
            first = week_worked_out(now, starts_on)
            rows = await self._queries.respondents(
                connection,
                **group,
                first_day=first.isoformat(),
                last_day=(first + WEEK - DAY).isoformat(),
                entered_from=epoch(datetime.combine(first - DAY, time(), UTC)),
                scale_version=SCALE_VERSION,
                keep_version=VERSIONS[KEEP],
                figure_version=VERSIONS[GROUP_FIGURE],
            )
            decided = decide(
                {row["person_id"]: (int(row["total"]), row["entries"]) for row in rows},
                await self._last_shown(connection, group_id),
            )
            await self._queries.add_figure(
                connection,
                **group,
                week_day=first.isoformat(),
                half_points=decided.half_points,
                respondents=len(decided.people),
                now=epoch(now),
            )
            if decided.half_points is not None:
                await self._queries.forget_people(connection, **group)
                await self._queries.add_person(
                    connection, [{**group, "person_id": each} for each in sorted(decided.people)]
                )
            return True

        return await self._database.write(work)

    async def _last_shown(self, connection: Connection, group_id: int) -> LastShown | None:
        row = await self._queries.last_shown(connection, group_id=group_id)
        if row is None:
            return None
        people = await self._queries.people_shown(connection, group_id=group_id)
        return LastShown(
            respondents=row["respondents"], people=frozenset(each["person_id"] for each in people)
        )

    async def figures(self, group_id: int, weeks: int = 8) -> list[GroupFigure]:
        """The last weeks that were worked out, at most `weeks`, in the order of time. Names nobody."""
        rows = await self._database.read(
            lambda connection: self._queries.latest(connection, group_id=group_id, most=weeks)
        )
        return [
            GroupFigure(
                week_day=date.fromisoformat(row["week_day"]),
                half_points=row["half_points"],
                band=None if row["half_points"] is None else band(row["respondents"]),
            )
            for row in reversed(rows)
        ]


def _week(now: datetime, starts_on: int) -> dict[str, int | str]:
    """How the queries name the week that is due."""
    return {
        "week_starts_on": starts_on,
        "overlaps_after": (week_worked_out(now, starts_on) - WEEK).isoformat(),
    }
