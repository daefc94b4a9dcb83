"""The most metres of another week, as the database groups days, against the same counted in Python."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from bot.days import week_start
from bot.storage import Connection, Database, load_queries

GROUP, PERSON, RUNS = 7, 8, 300
NEWEST = date(2026, 11, 18)


def some_runs(dice: random.Random) -> list[dict[str, object]]:
    """Runs and walks of three years, of which a tenth were taken back, the newest in the present week."""
    return [
        {
            "run_id": number,
            "day": (NEWEST - timedelta(days=dice.choice((3, 60, 1_100)) * number // RUNS)).isoformat(),
            "metres": dice.choice((None, dice.randint(1, 30_000))),
            "activity": dice.choice(("run", "run", "run", "walk")),
            "undone_at": 1 if dice.random() < 0.1 else None,
        }
        for number in range(1, RUNS + 1)
    ]


async def store(connection: Connection, runs: list[dict[str, object]]) -> None:
    await connection.run(f"INSERT INTO groups (group_id, created_at) VALUES ({GROUP}, 0)", ())
    await connection.run(f"INSERT INTO people (person_id, created_at) VALUES ({PERSON}, 0)", ())
    await connection.run(
        f"INSERT INTO members (group_id, person_id, created_at) VALUES ({GROUP}, {PERSON}, 0)", ()
    )
    for run in runs:
        day, activity = run["day"], run["activity"]
        metres, undone_at = (
            run[name] if run[name] is not None else "NULL" for name in ("metres", "undone_at")
        )
        await connection.run(
            "INSERT INTO runs (run_id, group_id, person_id, interaction_id, activity, running_day, metres, source,"
            f" visibility, created_at, undone_at) VALUES ({run['run_id']}, {GROUP}, {PERSON}, {run['run_id']},"
            f" '{activity}', '{day}', {metres}, 'typed', 'group', 0, {undone_at})",
            (),
        )


def counted(
    runs: list[dict[str, object]], week: date, from_day: date, before: int, starts_on: int
) -> int | None:
    """The oracle: the days of each week added up one by one."""
    weeks: dict[date, int] = {}
    for run in runs:
        day = date.fromisoformat(str(run["day"]))
        counts = run["activity"] == "run" and run["undone_at"] is None and run["metres"] is not None
        if (
            counts
            and int(str(run["run_id"])) < before
            and day >= from_day
            and week_start(day, starts_on) != week
        ):
            first = week_start(day, starts_on)
            weeks[first] = weeks.get(first, 0) + int(str(run["metres"]))
    return max(weeks.values(), default=None)


@pytest.mark.parametrize("starts_on", range(7))
async def test_the_best_other_week_is_that_of_days_added_up_one_by_one(
    database: Database, starts_on: int
) -> None:
    dice = random.Random(starts_on)
    runs = some_runs(dice)
    queries = load_queries("bot.checkins", database.dialect)
    await database.write(lambda connection: store(connection, runs))
    found, expected = [], []
    for _ in range(40):
        week = week_start(NEWEST - timedelta(days=dice.choice((0, dice.randint(0, 1_100)))), starts_on)
        from_day = dice.choice((date.min, week - timedelta(weeks=8)))
        before = dice.randint(1, RUNS + 1)
        asked = {
            "group_id": GROUP,
            "person_id": PERSON,
            "run_id": before,
            "from_day": from_day.isoformat(),
            "week_day": week.isoformat(),
            "week_end": (week + timedelta(days=6)).isoformat(),
        }
        found.append(await database.read(lambda c, asked=asked: queries.other_weeks(c, **asked)))  # type: ignore[misc]
        expected.append(counted(runs, week, from_day, before, starts_on))
    assert found == expected
    assert len(set(expected)) > 10
