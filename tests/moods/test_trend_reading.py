"""What one's own log says, read from both engines: as much as so many runs allow, each time with what it rests on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

from bot.consents.rules import KEEP
from bot.consents.service import ConsentService
from bot.moods.reading import TrendService
from bot.moods.trend_model import RANGES, Trend
from bot.moods.trend_wording import beside_words, entries_words, lift_words, older_words
from bot.storage import Connection, Database
from bot.words import Catalogues

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
GROUP, ANN, BOB, CAT = 1, 5, 6, 7
WORDS = Catalogues().choose("en")
UPS = (2, 0, 1, 3, 1, -1, 2, 1, 2, 0)  # after minus before, run after run, again and again
_ids = count(1000)


async def opened(database: Database) -> TrendService:
    async def work(connection: Connection) -> None:
        await connection.run(
            "INSERT INTO groups (group_id, feelings_confirmed_at, created_at) VALUES (1, 1, 1)", ()
        )
        for person in (ANN, BOB, CAT):
            await connection.run(f"INSERT INTO people (person_id, created_at) VALUES ({person}, 1)", ())
            await connection.run(
                f"INSERT INTO members (group_id, person_id, created_at) VALUES (1, {person}, 1)", ()
            )

    await database.write(work)
    await ConsentService(database).agree(GROUP, ANN, KEEP, 16, NOW)
    return TrendService(database)


async def put_mood(
    connection: Connection, person: int, moment: str, at: datetime, mood: int, **also: object
) -> int:
    number = next(_ids)
    given = {"run_id": "NULL", "recalled": 0, "scale_version": 1, "stress": "NULL", **also}
    await connection.run(
        "INSERT INTO moods (mood_id, group_id, person_id, interaction_id, moment, recalled, run_id, entered_at,"
        f" entered_day, scale_version, mood, stress) VALUES ({number}, 1, {person}, {number}, '{moment}',"
        f" {given['recalled']}, {given['run_id']}, {int(at.timestamp())}, '{at.date()}', {given['scale_version']},"
        f" {mood}, {given['stress']})",
        (),
    )
    return number


async def put_run(
    connection: Connection, person: int, start: datetime, *, seconds: int = 1800, also: str = ""
) -> int:
    number = next(_ids)
    await connection.run(
        "INSERT INTO runs (run_id, group_id, person_id, interaction_id, activity, running_day, started_at, seconds,"
        f" source, visibility, created_at{', ' + also if also else ''}) VALUES ({number}, 1, {person}, {number}, 'run',"
        f" '{start.date()}', {int(start.timestamp())}, {seconds}, 'typed', 'group',"
        f" {int(start.timestamp()) + seconds}{', 1' if also else ''})",
        (),
    )
    return number


async def rated_runs(
    database: Database, person: int, changes: Sequence[int], *, first: int = 0, after: int = 20
) -> None:
    """A run every third day, up to yesterday or later; rated `after` minutes after its end."""

    async def work(connection: Connection) -> None:
        for number, change in enumerate(changes, first):
            start = NOW - timedelta(days=3 * (60 - number), hours=1)
            run_id = await put_run(connection, person, start)
            await put_mood(connection, person, "before", start - timedelta(minutes=10), 0)
            rated = start + timedelta(minutes=30 + after)
            await put_mood(connection, person, "after", rated, change, run_id=run_id)

    await database.write(work)


async def said(service: TrendService, person: int = ANN) -> tuple[Trend, str]:
    trend = await service.trend(GROUP, person, "all", NOW)
    return trend, lift_words(WORDS, trend)


async def test_words_say_no_more_than_so_many_runs_allow(database: Database) -> None:
    service = await opened(database)
    told: dict[int, str] = {}
    there = 0
    for n in (0, 4, 5, 7, 8, 11, 12, 19, 20, 40):
        changes = [UPS[number % len(UPS)] for number in range(there, n)]
        await rated_runs(database, ANN, changes, first=there)
        there = n
        trend, told[n] = await said(service)
        assert trend.rated == n
    assert "No run has both ratings yet" in told[0]
    assert "4 runs have both ratings so far" in told[4]
    for n in (0, 4):
        assert "at most 60 minutes before" in told[n]
        assert "5 to 60 minutes after" in told[n]
    assert "**higher after 4 of 5 runs**, the same after 1." in told[5]
    assert "**higher after 5 of 7 runs**, lower after 1, the same after 1." in told[7]
    for n in (8, 11):
        assert "An early picture" in told[n]
        assert f"over {n} runs (95% interval" in told[n]
    for n, look, following in ((12, 12, 20), (19, 12, 20), (20, 20, 30), (40, 30, 50)):
        assert f"looked at after {look} runs" in told[n]
        assert f"next look is after {following} runs" in told[n]
        assert f"over {n} runs (95% interval" in told[n]
    assert "**Your log shows a lift**" in told[40]
    for n, words in told.items():
        assert "no effect" not in words
        assert ("interval" in words) == (n >= 8)
        assert ("looked at" in words) == (n >= 12)
        assert ("not proof of cause" in words) == (n >= 5)
        assert (f"Rests on {n} runs" in words) == (n >= 5)
        assert "Measured from your usual mood" not in words, "there is no daily entry"


async def test_a_fall_is_said_as_plainly_as_a_rise_and_neither_where_nobody_can_tell(
    database: Database,
) -> None:
    service = await opened(database)
    await rated_runs(database, ANN, [-change for change in UPS * 2])
    await rated_runs(database, BOB, [2, -2, 1, -1] * 3)
    _, fall = await said(service)
    assert "**Your log shows a fall**, looked at after 20 runs" in fall
    assert "**−1.1** on average over 20 runs" in fall
    _, unclear = await said(service, BOB)
    assert "**Can't tell yet**, looked at after 12 runs. The next look is after 20 runs." in unclear


async def test_the_same_and_lower_come_first_where_they_are_more(database: Database) -> None:
    service = await opened(database)
    await rated_runs(database, ANN, [0] * 6)
    await rated_runs(database, BOB, [-1, -2, -1, 1, 0, -1])
    assert "The same after all 6 runs." in (await said(service))[1]
    assert "**lower after 4 of 6 runs**, higher after 1, the same after 1." in (await said(service, BOB))[1]


async def test_ratings_that_came_at_another_time_are_left_out_and_said_to_be_missing(
    database: Database,
) -> None:
    service = await opened(database)
    await rated_runs(database, ANN, [1] * 5)
    await rated_runs(database, ANN, [1] * 3, first=10, after=61)
    await rated_runs(database, ANN, [1], first=20, after=4)
    trend, words = await said(service)
    assert (trend.rated, trend.runs) == (5, 9)
    assert "5 of 9 runs rated before and after since your first entry. ⚠ That is under 60%" in words


async def test_undone_and_late_runs_are_not_counted_at_all(database: Database) -> None:
    service = await opened(database)
    await rated_runs(database, ANN, [1] * 5)

    async def work(connection: Connection) -> None:
        for also in ("undone_at", "late"):
            start = NOW - timedelta(days=1)
            run_id = await put_run(connection, ANN, start, also=also)
            await put_mood(connection, ANN, "after", start + timedelta(minutes=50), 1, run_id=run_id)

    await database.write(work)
    trend, words = await said(service)
    assert (trend.rated, trend.runs) == (5, 5)
    assert "⚠" not in words


async def test_a_run_without_clock_time_begins_with_the_press_before_it(database: Database) -> None:
    service = await opened(database)

    async def work(connection: Connection) -> None:
        start = NOW - timedelta(hours=2)
        run_id = await put_run(connection, ANN, start)
        await connection.run(f"UPDATE runs SET started_at = NULL WHERE run_id = {run_id}", ())
        await put_mood(connection, ANN, "before", start, -1)
        await connection.run(
            f"INSERT INTO run_starts VALUES (1, 1, {ANN}, 1, {int(start.timestamp())})",
            (),
        )
        await put_mood(connection, ANN, "after", start + timedelta(minutes=40), 2, run_id=run_id)

    await database.write(work)
    trend, _ = await said(service)
    assert [(pair.before.values.mood, pair.after.values.mood) for pair in trend.pairs] == [(-1, 2)]


async def test_daily_entries_take_chance_out_and_stand_beside_run_days(database: Database) -> None:
    service = await opened(database)
    await rated_runs(database, ANN, UPS * 2)

    async def work(connection: Connection) -> None:
        for days in range(130, 180):
            at = NOW - timedelta(days=days)
            await put_mood(connection, ANN, "day", at, 1 if days % 3 == 0 else -1, stress=2)

    await database.write(work)
    trend, words = await said(service)
    assert trend.lift.daily == 50
    assert "Measured from your usual mood: **" in words
    assert "(rests on 20 runs and 50 entries of other moments)" in words
    assert trend.run_rest is None, "no week holds entries of run days and of rest days yet"

    async def more(connection: Connection) -> None:
        for days in range(100, 130):
            await put_mood(connection, ANN, "day", NOW - timedelta(days=days), 1 if days % 3 == 0 else -1)
            if days % 3 == 0:
                await put_run(connection, ANN, NOW - timedelta(days=days, hours=5))

    await database.write(more)
    beside = beside_words(WORDS, (await said(service))[0])
    assert beside is not None
    assert "**Run days and a higher mood go together** in your log: +2.0 on run days" in beside
    assert re.search(r"over \d+ weeks that have entries of both", beside)
    assert "Means, with how many entries said them: Stress 2.0 (50)." in entries_words(
        WORDS, (await said(service))[0]
    )


async def test_the_range_chooses_the_entries_and_leaves_the_comparison_as_it_is(database: Database) -> None:
    service = await opened(database)
    await rated_runs(database, ANN, [1] * 6)

    async def work(connection: Connection) -> None:
        for days in (0, 6, 7, 29, 30, 364, 365):
            await put_mood(connection, ANN, "day", NOW - timedelta(days=days), 1)
        await connection.run(
            "INSERT INTO nearly_not SELECT run_id, group_id, person_id, 1 FROM runs WHERE person_id = 5", ()
        )

    await database.write(work)
    trends = {chosen: await service.trend(GROUP, ANN, chosen, NOW) for chosen in RANGES}
    assert {chosen: len(trend.entries) for chosen, trend in trends.items()} == {
        "week": 2,
        "month": 4,
        "year": 18,
        "all": 19,
    }
    assert len({lift_words(WORDS, trend) for trend in trends.values()}) == 1
    assert (trends["week"].nearly_not, trends["all"].nearly_not) == (0, 6)
    assert "You went on 6 days when you nearly didn't." in (beside_words(WORDS, trends["year"]) or "")


async def test_entries_of_an_earlier_wording_stand_in_no_figure_and_are_said(database: Database) -> None:
    service = await opened(database)
    await rated_runs(database, ANN, [2] * 6)

    async def work(connection: Connection) -> None:
        await connection.run("UPDATE moods SET scale_version = 2 WHERE mood = 0", ())

    await database.write(work)
    trend, _ = await said(service)
    assert (trend.rated, trend.kept, trend.older, len(trend.entries)) == (0, 6, 6, 6)
    assert "6 entries answered an earlier wording" in (older_words(WORDS, trend) or "")
    page = await service.entries(GROUP, ANN, 0)
    assert page.total == 12, "they can still be looked at and taken back"


async def test_nobody_elses_entries_runs_or_starts_are_read(database: Database) -> None:
    service = await opened(database)
    await rated_runs(database, ANN, [1] * 12)
    for group_id, person_id in ((GROUP, CAT), (2, ANN), (GROUP, 99)):
        trend = await service.trend(group_id, person_id, "all", NOW)
        assert (trend.entries, trend.kept, trend.pairs, trend.runs) == ((), 0, (), 0)
        assert (await service.entries(group_id, person_id, 0)).total == 0


async def test_pages_of_entries_come_newest_first_and_end_at_the_last(database: Database) -> None:
    service = await opened(database)

    async def work(connection: Connection) -> None:
        for days in range(23):
            await put_mood(connection, ANN, "day", NOW - timedelta(days=days), 0)

    await database.write(work)
    pages = [await service.entries(GROUP, ANN, page) for page in (0, 1, 2, 99)]
    assert [len(page.moods) for page in pages] == [10, 10, 3, 3]
    assert [page.page for page in pages] == [0, 1, 2, 2]
    days = [mood.day for page in pages[:3] for mood in page.moods]
    assert days == sorted(days, reverse=True)


async def test_what_is_kept_is_read_where_feelings_were_turned_off_again(database: Database) -> None:
    service = await opened(database)
    await rated_runs(database, ANN, [1] * 5)

    async def work(connection: Connection) -> None:
        await connection.run("UPDATE groups SET feelings_confirmed_at = NULL", ())

    await database.write(work)
    trend, words = await said(service)
    assert not trend.state.on
    assert trend.kept == 10
    assert "higher after 5 of 5" in words
