"""Statistics as they are read, against sums over the stored rows, on both engines."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.checkins.overview import CALENDAR_WEEKS, OverviewService
from bot.checkins.overview_cards import draw_chart, overview_card, shared_card
from bot.checkins.overview_page_cards import records_card, streak_card
from bot.checkins.pictures.year import WEEKS_OF_YEAR
from bot.checkins.statistics import StatsRange
from bot.storage import Connection, Database
from bot.words import Catalogues

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)  # a Wednesday
TODAY, MONDAY = date(2026, 11, 18), date(2026, 11, 16)
GROUP, OTHER_GROUP, ANNA, BEN = 10, 20, 100, 200
WORDS = Catalogues().choose("en")
_ids = itertools.count(1)


@dataclass(frozen=True, kw_only=True)
class Run:
    """A row of runs; days are counted back from TODAY."""

    back: int
    activity: str = "run"
    metres: int | None = 5000
    seconds: int | None = 1500
    source: str = "typed"
    late: bool = False
    visibility: str = "group"
    undone: bool = False
    set_aside: bool = False
    group: int = GROUP
    person: int = ANNA

    @property
    def day(self) -> date:
        return TODAY - timedelta(days=self.back)


async def store(database: Database, *runs: Run, marks: dict[int, int] | None = None) -> None:
    async def work(connection: Connection) -> None:
        for group in (GROUP, OTHER_GROUP):
            await run_sql(
                connection,
                "INSERT INTO groups (group_id, created_at) VALUES (:g, 0) ON CONFLICT (group_id) DO NOTHING",
                {"g": group},
            )
        for person, group in itertools.product((ANNA, BEN), (GROUP, OTHER_GROUP)):
            await run_sql(
                connection,
                "INSERT INTO people (person_id, created_at) VALUES (:p, 0) ON CONFLICT (person_id) DO NOTHING",
                {"p": person},
            )
            await run_sql(
                connection,
                "INSERT INTO members (group_id, person_id, created_at) VALUES (:g, :p, 0)"
                " ON CONFLICT (group_id, person_id) DO NOTHING",
                {"g": group, "p": person},
            )
        for run in runs:
            number = next(_ids)
            await run_sql(
                connection,
                "INSERT INTO runs (run_id, group_id, person_id, interaction_id, activity, running_day, metres,"
                " seconds, source, late, visibility, created_at, undone_at, set_aside_at) VALUES"
                " (:id, :g, :p, :id, :activity, :day, :metres, :seconds, :source, :late, :visibility, 0,"
                " :undone, :aside)",
                {
                    "id": number,
                    "g": run.group,
                    "p": run.person,
                    "activity": run.activity,
                    "day": run.day.isoformat(),
                    "metres": run.metres,
                    "seconds": run.seconds,
                    "source": run.source,
                    "late": int(run.late),
                    "visibility": run.visibility,
                    "undone": 1 if run.undone else None,
                    "aside": 1 if run.set_aside else None,
                },
            )
            for mark, seconds in (marks or {}).items():
                await run_sql(
                    connection,
                    "INSERT INTO bests (run_id, group_id, person_id, mark, seconds) VALUES (:id, :g, :p, :m, :s)",
                    {"id": number, "g": run.group, "p": run.person, "m": mark, "s": seconds},
                )

    await database.write(work)


async def put(database: Database, sql: str, **values: Any) -> None:
    async def work(connection: Connection) -> None:
        await run_sql(connection, sql, values)

    await database.write(work)


async def run_sql(connection: Connection, sql: str, values: dict[str, Any]) -> None:
    """A statement with its values written into it, as the engines mark places differently."""
    written = {name: "NULL" if value is None else repr(value) for name, value in values.items()}
    await connection.run(re.sub(r":(\w+)", lambda place: written[place[1]], sql), {})


def text_of(layout: Any) -> str:
    return "\n".join(
        str(item.content) for item in layout.walk_children() if getattr(item, "content", None) is not None
    )


RUNS = st.builds(
    Run,
    back=st.integers(-1, 420),
    activity=st.sampled_from(["run", "walk"]),
    metres=st.none() | st.integers(1, 42_000),
    seconds=st.none() | st.integers(1, 20_000),
    late=st.booleans(),
    visibility=st.sampled_from(["group", "private"]),
    undone=st.booleans(),
    set_aside=st.booleans(),
    group=st.sampled_from([GROUP, GROUP, OTHER_GROUP]),
    person=st.sampled_from([ANNA, ANNA, BEN]),
)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(RUNS, max_size=12), st.sampled_from(["week", "month", "year", "all"]), st.booleans())
def test_totals_are_those_of_the_rows(
    migrated_file: Any, tmp_path_factory: Any, runs: list[Run], chosen: StatsRange, shown: bool
) -> None:
    """Hypothesis calls this many times, each with a file of its own; both engines are below."""
    import asyncio
    import shutil

    from bot.storage import open_database

    async def look() -> None:
        path = tmp_path_factory.mktemp("totals") / "second-wind.db"
        shutil.copy(migrated_file, path)
        database = await open_database(f"sqlite:///{path}")
        try:
            await check_totals(database, runs, chosen, shown)
        finally:
            await database.close()

    asyncio.run(look())


async def check_totals(database: Database, runs: Sequence[Run], chosen: StatsRange, shown: bool) -> None:
    """What is told against what the rows add up to, by other means."""
    await store(database, *runs)
    told = await OverviewService(database).overview(GROUP, ANNA, chosen, NOW, shown=shown)
    first = {
        "week": MONDAY,
        "month": date(2026, 11, 1),
        "year": date(2026, 1, 1),
        "all": date.min,
    }[chosen]
    mine = [
        run
        for run in runs
        if (run.group, run.person) == (GROUP, ANNA)
        and not run.undone
        and (not shown or run.visibility == "group")
    ]
    those = [run for run in mine if first <= run.day <= TODAY]
    both = [run for run in those if run.activity == "run" and run.metres and run.seconds]
    totals = told.summary
    assert totals.check_ins == len(those)
    assert totals.days_kept == len({run.day for run in those if not run.late})
    assert (totals.runs, totals.walks) == (
        sum(run.activity == "run" for run in those),
        sum(run.activity == "walk" for run in those),
    )
    assert totals.metres == sum(run.metres or 0 for run in those)
    assert totals.seconds == sum(run.seconds or 0 for run in those)
    assert totals.with_metres == sum(run.metres is not None for run in those)
    assert totals.with_seconds == sum(run.seconds is not None for run in those)
    assert totals.paced_runs == len(both)
    assert totals.paced_metres == sum(run.metres or 0 for run in both)
    assert totals.paced_seconds == sum(run.seconds or 0 for run in both)
    assert told.began == min((run.day for run in mine), default=None)
    for week in told.chart:
        of_week = [run for run in mine if 0 <= (run.day - week.sums.week).days < 7 and run.day <= TODAY]
        assert week.record.kept_days == len({run.day for run in of_week if not run.late})
        assert (week.sums.metres or 0) == sum(run.metres or 0 for run in of_week)


@pytest.mark.parametrize("shown", [False, True])
@pytest.mark.parametrize("chosen", ["week", "month", "year", "all"])
async def test_totals_are_the_same_on_both_engines(
    database: Database, chosen: StatsRange, shown: bool
) -> None:
    dice = random.Random(7)
    runs = [
        Run(
            back=dice.randint(-1, 420),
            activity=dice.choice(["run", "walk"]),
            metres=dice.choice([None, 3_000, 5_210]),
            seconds=dice.choice([None, 1_201, 1_999]),
            late=dice.random() < 0.2,
            visibility=dice.choice(["group", "private"]),
            undone=dice.random() < 0.2,
            set_aside=dice.random() < 0.2,
            group=dice.choice([GROUP, GROUP, OTHER_GROUP]),
            person=dice.choice([ANNA, ANNA, BEN]),
        )
        for _ in range(60)
    ]
    await check_totals(database, runs, chosen, shown)


async def test_who_is_unknown_gets_an_empty_answer_and_nothing_is_stored(database: Database) -> None:
    service = OverviewService(database)
    told = await service.overview(GROUP, ANNA, "month", NOW)
    assert (told.began, told.streak, told.chart, told.summary.check_ins) == (None, None, (), 0)
    assert (await service.streak(GROUP, ANNA, NOW)).streak is None
    book = await service.records(GROUP, ANNA)
    assert (book.fastest, book.farthest, book.longest, book.best_week) == ({}, None, None, None)
    assert (await service.year(GROUP, ANNA, NOW)).check_ins == {}

    async def people(connection: Connection) -> object:
        return await connection.value("SELECT COUNT(*) FROM people", {})

    assert await database.read(people) == 0


async def test_a_short_range_tells_the_same_streak_as_the_whole_history(database: Database) -> None:
    """Weeks are read from a year back; a longer streak is read to its beginning."""
    service = OverviewService(database)
    dice = random.Random(3)
    for weeks in (3, 40, 54, 70):
        kept = [
            Run(back=2 + 7 * week + day, metres=None, seconds=None)
            for week in range(weeks)
            for day in (1, 3, 5)
            if dice.random() < 0.97
        ]
        await put(database, "DELETE FROM runs")
        await store(database, *kept, Run(back=800), Run(back=3, late=True))
        whole = await service.streak(GROUP, ANNA, NOW)
        for chosen in ("week", "month", "year", "all"):
            told = (await service.overview(GROUP, ANNA, chosen, NOW)).streak
            assert whole.streak is not None
            assert told is not None
            assert (told.length, told.skips_left, told.kept_of_last_12, told.of_last) == (
                whole.streak.length,
                whole.streak.skips_left,
                whole.streak.kept_of_last_12,
                whole.streak.of_last,
            )
        assert whole.streak is not None


async def test_a_comparison_knows_the_first_check_in_however_far_back(database: Database) -> None:
    await store(database, Run(back=700), Run(back=1), Run(back=8))
    told = await OverviewService(database).overview(GROUP, ANNA, "month", NOW)
    assert told.comparison is not None
    assert (told.comparison.before_spans, told.comparison.before.check_ins) == (4, 0)
    assert told.comparison.now.check_ins == 2


async def test_weeks_and_days_begin_where_the_group_says(database: Database) -> None:
    """Sunday, and four in the morning: at 2:00 on Sunday it is still last week's Saturday."""
    await store(database, Run(back=3), Run(back=4))  # Sunday the 15th and Saturday the 14th
    await put(database, "UPDATE groups SET week_starts_on = 6")
    service = OverviewService(database)
    week = await service.overview(GROUP, ANNA, "week", NOW)
    assert (week.first, week.summary.check_ins) == (date(2026, 11, 15), 1)
    night = await service.overview(GROUP, ANNA, "week", datetime(2026, 11, 15, 2, tzinfo=UTC))
    assert (night.first, night.last, night.summary.check_ins) == (date(2026, 11, 8), date(2026, 11, 14), 1)
    morning = await service.overview(GROUP, ANNA, "week", datetime(2026, 11, 15, 4, tzinfo=UTC))
    assert (morning.first, morning.summary.check_ins) == (date(2026, 11, 15), 1)


async def test_targets_and_pauses_stand_in_the_streak(database: Database) -> None:
    runs = [Run(back=2 + 7 * week + day) for week in (1, 2, 4, 5) for day in (1, 3, 5)]
    await store(database, *runs)
    monday = MONDAY - timedelta(weeks=4)
    await put(
        database,
        "INSERT INTO pauses (pause_id, group_id, person_id, from_day, until_day, interaction_id, created_at)"
        " VALUES (1, 10, 100, :day, :day, 1, 0)",
        day=monday.isoformat(),
    )
    told = await OverviewService(database).streak(GROUP, ANNA, NOW)
    assert [week.state for week in told.weeks] == [
        "kept",
        "kept",
        "frozen",
        "kept",
        "kept",
        "missed",
        "open",
    ]
    states = {week.record.start: week.state for week in told.weeks}
    assert states[monday] == "frozen"
    assert states[MONDAY] == "open"
    await put(
        database,
        "INSERT INTO targets (group_id, person_id, from_day, days, set_at) VALUES (10, 100, '2026-01-01', 7, 0)",
    )
    harder = await OverviewService(database).streak(GROUP, ANNA, NOW)
    assert all(week.record.target == 7 for week in harder.weeks)
    assert harder.streak is not None
    assert harder.streak.length == 0


async def test_records_are_of_runs_that_stand_old_files_and_private_ones_too(database: Database) -> None:
    await store(database, Run(back=50, metres=10_000, seconds=3_300), marks={1_000: 300, 5_000: 1_600})
    await store(
        database,
        Run(back=400, metres=12_000, seconds=4_000, source="file", late=True, visibility="private"),
        marks={5_000: 1_500},
    )
    await store(database, Run(back=3, undone=True, metres=30_000, seconds=9_000), marks={5_000: 900})
    await store(database, Run(back=3, person=BEN, metres=31_000), marks={5_000: 901})
    await store(database, Run(back=3, group=OTHER_GROUP, metres=32_000), marks={5_000: 902})
    await store(database, Run(back=2, activity="walk", metres=20_000, seconds=14_000))
    await store(database, Run(back=49, metres=6_000, seconds=2_000, set_aside=True))

    book = await OverviewService(database).records(GROUP, ANNA)

    assert {mark: (best.value, best.typed) for mark, best in book.fastest.items()} == {
        1_000: (300, True),
        5_000: (1_500, False),
    }
    assert book.farthest is not None
    assert book.longest is not None
    assert book.best_week is not None
    assert (book.farthest.value, book.farthest.day) == (12_000, TODAY - timedelta(days=400))
    assert book.longest.value == 4_000
    assert (book.best_week.value, book.best_week.day) == (16_000, date(2026, 9, 28))
    told = text_of(records_card(book, "month", WORDS))
    assert "Fastest 5 km: **25:00** · Oct 14, 2025" in told
    assert "Fastest 1 km: **5:00** · Sep 29, 2026 · typed" in told
    assert "Best week: **16.00 km**" in told


async def test_the_year_holds_check_ins_rest_and_pauses_of_its_weeks(database: Database) -> None:
    assert CALENDAR_WEEKS == WEEKS_OF_YEAR
    await store(database, Run(back=1), Run(back=1), Run(back=364, late=True), Run(back=500))
    await put(
        database,
        "INSERT INTO rest_days (group_id, person_id, rest_day, created_at) VALUES (10, 100, '2026-11-16', 0)",
    )
    await put(
        database,
        "INSERT INTO pauses (pause_id, group_id, person_id, from_day, until_day, interaction_id, created_at)"
        " VALUES (1, 10, 100, '2026-11-18', NULL, 1, 0)",
    )
    year = await OverviewService(database).year(GROUP, ANNA, NOW)
    assert year.check_ins == {TODAY - timedelta(days=1): 2, TODAY - timedelta(days=364): 1}
    assert year.resting == {date(2026, 11, 16)}
    assert year.paused == {TODAY}, "a pause without an end is drawn up to today"


async def test_each_answer_takes_few_statements_however_long_the_history(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store(database, *(Run(back=day) for day in range(0, 300, 2)))
    service = OverviewService(database)
    counted: list[str] = []
    real = type(database)._read

    async def read(self: Database, work: Callable[[Connection], Awaitable[Any]]) -> Any:
        async def counting(connection: Connection) -> Any:
            return await work(_Counting(connection, counted))

        return await real(self, counting)

    monkeypatch.setattr(type(database), "_read", read)
    most = {"overview": 5, "streak": 4, "records": 3, "year": 5}
    took = {}
    await service.overview(GROUP, ANNA, "month", NOW)
    took["overview"], counted[:] = len(counted), []
    await service.streak(GROUP, ANNA, NOW)
    took["streak"], counted[:] = len(counted), []
    await service.records(GROUP, ANNA)
    took["records"], counted[:] = len(counted), []
    await service.year(GROUP, ANNA, NOW)
    took["year"] = len(counted)
    assert all(0 < took[each] <= most[each] for each in most), took


class _Counting:
    """A connection that notes each statement."""

    def __init__(self, connection: Connection, counted: list[str]) -> None:
        self._connection, self._counted = connection, counted

    def __getattr__(self, name: str) -> Any:
        if name in ("all", "one", "value", "run", "many"):
            self._counted.append(name)
        return getattr(self._connection, name)


async def test_sums_by_day_come_out_of_the_index_alone(sqlite_database: Database) -> None:
    await store(sqlite_database, *(Run(back=day) for day in range(50)))
    queries = OverviewService(sqlite_database)._queries

    async def plan(connection: Connection) -> list[Any]:
        sql = queries.overview_days.sql
        values = {"group_id": GROUP, "person_id": ANNA, "from_day": "2026-01-01"}
        return await connection.all(f"EXPLAIN QUERY PLAN {sql}", values)

    details = " ".join(row["detail"] for row in await sqlite_database.read(plan))
    assert "COVERING INDEX runs_by_day" in details
    assert "TEMP B-TREE" not in details


async def test_what_is_shown_holds_no_private_number_no_goal_and_no_pause(database: Database) -> None:
    await store(database, Run(back=0, metres=3_000, seconds=900))
    await store(database, Run(back=1, metres=7_777, seconds=2_222, visibility="private"))
    await put(database, "UPDATE members SET weekly_metres = 20000")
    await put(database, "UPDATE people SET units = 'mi'")
    await put(
        database,
        "INSERT INTO pauses (pause_id, group_id, person_id, from_day, until_day, interaction_id, created_at)"
        " VALUES (1, 10, 100, '2026-11-16', '2026-11-16', 1, 0)",
    )
    service = OverviewService(database)
    own = await service.overview(GROUP, ANNA, "month", NOW)
    shown = await service.overview(GROUP, ANNA, "month", NOW, shown=True)
    assert (own.summary.metres, own.units, own.weekly_metres) == (10_777, "mi", 20_000)
    assert (shown.summary.metres, shown.units, shown.weekly_metres) == (3_000, "km", None)
    assert not any(week.record.paused for week in shown.chart)
    told = text_of(shared_card(shown, ANNA, None, WORDS)) + draw_chart(shown, WORDS).alt
    assert "3.00 km" in told
    assert "paused" not in told
    for number in ("10.78", "7.78", "6.70", "52:02"):
        assert number not in told


async def test_the_picture_s_description_has_the_card_s_figures(database: Database) -> None:
    await store(database, Run(back=0, metres=5_000), Run(back=1, metres=4_200), Run(back=2, metres=None))
    told = await OverviewService(database).overview(GROUP, ANNA, "week", NOW)
    alt = draw_chart(told, WORDS).alt
    card = text_of(overview_card(told, None, WORDS))
    assert "9.2" in alt
    assert "3 days" in alt
    assert "**9.20 km** (from 2 of 3 check-ins)" in card
    assert "3 days kept" in card


async def test_miles_are_shown_to_who_chose_them(database: Database) -> None:
    await store(database, Run(back=0, metres=16_093, seconds=5_400))
    await put(database, "UPDATE people SET units = 'mi'")
    told = await OverviewService(database).overview(GROUP, ANNA, "week", NOW)
    card = text_of(overview_card(told, None, WORDS))
    assert "**10.00 mi**" in card
    assert "9:00 /mi" in card
    assert "Miles a week" in draw_chart(told, WORDS).alt


async def test_small_samples_are_called_small_and_numbers_say_what_they_rest_on(database: Database) -> None:
    numbers = [Run(back=day, metres=None if day % 3 == 0 else 5_000) for day in range(0, 56, 2)]
    await store(database, *numbers, Run(back=90))
    service = OverviewService(database)
    many = text_of(overview_card(await service.overview(GROUP, ANNA, "month", NOW), None, WORDS))
    assert "small sample" not in many
    assert "from 9 of 14 now, 9 of 14 before" in many
    await put(database, "DELETE FROM runs WHERE metres IS NULL OR running_day < '2026-11-10'")
    await store(database, Run(back=40), Run(back=90))
    few = text_of(overview_card(await service.overview(GROUP, ANNA, "month", NOW), None, WORDS))
    assert "small sample: 3 now, 1 before" in few


async def test_without_a_week_before_the_comparison_waits(database: Database) -> None:
    await store(database, Run(back=1))
    told = await OverviewService(database).overview(GROUP, ANNA, "week", NOW)
    assert "once there is a whole week" in text_of(overview_card(told, None, WORDS))


@pytest.mark.parametrize(
    ("days", "says"),
    [
        ((), "With 2 skips left, your streak holds from 1 day on."),
        ((0,), "With 2 skips left, your streak holds already."),
        ((0, 1, 2), "This week is kept."),
    ],
)
async def test_the_streak_says_what_this_week_asks_for(
    database: Database, days: tuple[int, ...], says: str
) -> None:
    earlier = [Run(back=2 + 7 * week + day) for week in range(3) for day in (1, 3, 5)]
    await store(database, *earlier, *(Run(back=day) for day in days))
    told = await OverviewService(database).streak(GROUP, ANNA, NOW)
    card = text_of(streak_card(told, "month", WORDS))
    assert says in card
    assert "kept 3 of the last 3 weeks" in card or "kept 4 of the last 4 weeks" in card


async def test_a_streak_without_skips_left_needs_the_whole_week(database: Database) -> None:
    weeks = {1: (1, 3, 5), 2: (1,), 3: (1, 3, 5), 4: (1, 3, 5)}
    await store(database, *(Run(back=-5 + 7 * week + day) for week, days in weeks.items() for day in days))
    told = await OverviewService(database).streak(GROUP, ANNA, NOW)
    assert [week.state for week in told.weeks] == ["kept", "kept", "skip", "kept", "open"]
    card = text_of(streak_card(told, "month", WORDS))
    assert "No skip is left: your streak holds from 3 days on." in card
    assert "1 of 3 days · 2 skips" in card
    assert "**3 weeks** · 0 skips left · kept 3 of the last 4 weeks · best: 3 weeks" in card
