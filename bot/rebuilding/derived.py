"""What is stored although it follows from other rows: computed anew, compared, and written where it differs."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from bot.challenges.counting import recount_challenge
from bot.challenges.deciding import RESULT
from bot.challenges.loading import challenge_of, today_of, turns_at
from bot.challenges.model import ALONE
from bot.challenges.storing import deliver, final_from_of
from bot.checkins.reading import bests_of
from bot.clock import epoch, moment
from bot.rebuilding.parts import Part, Told
from bot.scheduling.occurrences import Recurrence, next_occurrence
from bot.storage import Connection, Database, Queries, Row, load_queries

PAGE = 4_000


async def check_typed_bests(queries: Queries, database: Database, told: Told) -> Part:
    """The records that typed numbers stand for. Those of files came from tracks that nobody keeps; walks have none."""
    total = await database.read(queries.run_count)
    checkins = load_queries("bot.checkins", database.dialect)
    after, done, wrong = -(2**63), 0, 0
    while True:
        runs, bests = await database.read(partial(_page, queries, after=after))
        if not runs:
            return Part("records other than their typed runs say", wrong)
        astray = [(row, want) for row in runs if (want := _wanted(row, bests[row["run_id"]])) is not None]
        if astray:
            await database.write(partial(_write_bests, checkins, rows=astray))
        after, done, wrong = runs[-1]["run_id"], done + len(runs), wrong + len(astray)
        told("runs and their records", done, total)


async def _page(
    queries: Queries, connection: Connection, after: int
) -> tuple[list[Row], dict[int, dict[int, int]]]:
    runs = await queries.runs_after(connection, after=after, most=PAGE)
    bests: dict[int, dict[int, int]] = defaultdict(dict)
    if runs:
        for row in await queries.bests_between(connection, after=after, until=runs[-1]["run_id"]):
            bests[row["run_id"]][row["mark"]] = row["seconds"]
    return runs, bests


def _wanted(run: Row, stored: dict[int, int]) -> dict[int, int] | None:
    """The records that the run has to have, where it has others; None where all is well."""
    if run["source"] == "file" and run["activity"] == "run":
        return None
    wanted = bests_of(run["activity"], run["metres"], run["seconds"])
    return None if wanted == stored else wanted


async def _write_bests(
    checkins: Queries, connection: Connection, rows: list[tuple[Row, dict[int, int]]]
) -> None:
    for run, wanted in rows:
        await checkins.remove_bests(connection, run_id=run["run_id"])
        whose = {name: run[name] for name in ("run_id", "group_id", "person_id")}
        if wanted:
            await checkins.add_best(
                connection, [{**whose, "mark": mark, "seconds": best} for mark, best in wanted.items()]
            )


async def check_challenges(queries: Queries, database: Database, now: datetime, told: Told) -> list[Part]:
    """What runs come to in every challenge that is not final, when its card turns, and that its result will come."""
    challenges = load_queries("bot.challenges", database.dialect)
    rows = await database.read(queries.challenges_under_way)
    sums = cards = results = 0
    for number, row in enumerate(rows, 1):
        which = {"challenge_id": row["challenge_id"]}

        async def look(
            connection: Connection, row: Row = row, which: dict[str, Any] = which
        ) -> tuple[int, Row]:
            stored = await challenges.sums_of_challenge(connection, **which, from_day=None, until_day=None)
            whole = await challenges.challenge(connection, **which, group_id=row["group_id"])
            return sum(map(_astray, stored)), whole

        astray, whole = await database.read(look)
        turn = turns_at(whole, now)
        late = turn is not None and row["redraw"] == 0 and _later(row["stored_turns_at"], turn)
        lacks = whole["removed_at"] is None and not row["has_result"]

        async def mend(
            connection: Connection,
            which: dict[str, Any] = which,
            whole: Row = whole,
            astray: int = astray,
            late: bool = late,
            lacks: bool = lacks,
        ) -> None:
            if astray:
                await recount_challenge(challenges, connection, which["challenge_id"], now)
            if late:
                await challenges.mark(connection, **which)  # drawn anew, it learns when it turns
            if lacks:
                await queries.remove_result_schedule(connection, **which)
                plan = challenge_of(whole, today_of(whole, now)).plan
                await deliver(challenges, connection, whole, RESULT, final_from_of(whole, plan), now)

        if astray or late or lacks:
            await database.write(mend)
        sums, cards, results = sums + astray, cards + late, results + lacks
        told("challenges", number, len(rows))
    return [
        Part("sums of challenges other than their runs say", sums),
        Part("cards of challenges that would turn too late", cards),
        Part("challenges under way without a result to come", results),
    ]


def _astray(row: Row) -> int:
    """1 where a member's sum is another one, or where they are at the target and not seen there, or the other way."""
    there = row["kind"] in ALONE and row["left_at"] is None and row["fresh"] >= row["target"]
    return int(row["amount"] != row["fresh"] or (row["finished_at"] is not None) != there)


def _later(stored: int | None, right: int) -> bool:
    return stored is None or stored > right


async def check_schedules(queries: Queries, database: Database, now: datetime, told: Told) -> Part:
    """No schedule is looked at later than its next occurrence: whatever comes too early is only looked at twice."""
    rows = await database.read(queries.schedules_on)
    late = []
    for number, row in enumerate(rows, 1):
        last = None if row["last_day"] is None else date.fromisoformat(row["last_day"])
        recurrence, zone = Recurrence(row["minute"], row["weekdays"]), ZoneInfo(row["zone"])
        right = next_occurrence(recurrence, zone, last, moment(row["since_at"]))
        if row["next_due_at"] > max(epoch(right.due_at), epoch(now)):
            late.append({"schedule_id": row["schedule_id"], "now": epoch(now)})
        if number % PAGE == 0 or number == len(rows):
            told("schedules", number, len(rows))
    if late:
        await database.write(lambda connection: queries.look_again(connection, late))
    return Part("schedules that would be looked at too late", len(late))
