"""Everything is copied, in both directions, and what differs is found."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.copying.catalogue import PASSING_TABLES, Table, queries_of, tables_of
from bot.copying.comparing import differing
from bot.copying.rows import insert, last_key, page
from bot.copying.service import Progress, copy
from bot.errors import HostError
from bot.storage import Database
from tests.copying.filled import big_run, held
from tests.members.lived import count, run


async def test_every_row_of_every_table_is_carried_over(source: Database, target: Database) -> None:
    copied = await copy(source, target, name="a", now=5)
    assert copied.differing == {}
    assert not copied.resumed
    before, after = await held(source), await held(target)
    assert [name for name, rows in before.items() if not rows] == [], "fill() has to fill a new table as well"
    assert after == before
    assert copied.counts == {name: len(rows) for name, rows in before.items()}
    for table in PASSING_TABLES:
        assert await count(source, table) == 1
        assert await count(target, table) == 0
    assert await count(target, "deliveries", "taken_by IS NULL AND taken_until IS NULL") == 1
    assert await target.migrate(now=6) == [], "it is whole: a bot may start on it"


async def test_owners_come_before_what_they_own(source: Database) -> None:
    names = [table.name for table in await tables_of(source)]
    for row in await source.read(queries_of(source).foreign_keys):
        assert names.index(row["refers_to"]) < names.index(row["table_name"])


async def test_a_copy_that_was_cut_short_goes_on_and_nobody_starts_on_it_meanwhile(
    source: Database, target: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.copying.rows.page.__defaults__", (3,))
    await run(source, *(big_run(number) for number in range(100, 117)))
    told: list[Progress] = []

    class Cut(Exception):
        pass

    def cut(progress: Progress) -> None:
        told.append(progress)
        if progress.table == "runs" and len([each for each in told if each.table == "runs"]) == 3:
            raise Cut

    with pytest.raises(Cut):
        await copy(source, target, name="a", now=5, on_progress=cut)
    assert await count(target, "runs") == 9
    with pytest.raises(HostError, match="cut short"):
        await target.migrate(now=6)
    with pytest.raises(HostError, match="another database"):
        await copy(source, target, name="b", now=6)
    with pytest.raises(HostError, match="itself an unfinished copy"):
        await copy(target, source, name="a", now=6)
    told.clear()
    copied = await copy(source, target, name="a", now=6, on_progress=told.append)
    assert copied.resumed
    assert copied.differing == {}
    assert await held(target) == await held(source)
    done = [each.done for each in told if each.doing == "copying"]
    assert done == sorted(done)
    assert {each.total for each in told} == {copied.rows}
    assert told[-1].done == told[-1].total


async def test_a_row_that_changed_meanwhile_is_found_and_keeps_the_copy_from_use(
    source: Database, target: Database
) -> None:
    class Cut(Exception):
        pass

    def cut(progress: Progress) -> None:
        if progress.doing == "comparing":
            raise Cut

    with pytest.raises(Cut):
        await copy(source, target, name="a", now=5, on_progress=cut)
    await run(source, "UPDATE runs SET metres = 5001 WHERE run_id = 1", "DELETE FROM cheers WHERE run_id = 3")
    copied = await copy(source, target, name="a", now=6)
    assert copied.differing == {"runs": 1, "cheers": 1}
    with pytest.raises(HostError, match="cut short"):
        await target.migrate(now=6)


async def test_rows_on_one_side_alone_are_counted_wherever_pages_end(
    source: Database, target: Database
) -> None:
    await run(source, *(big_run(number) for number in range(100, 120)))
    await copy(source, target, name="a", now=5)
    await run(source, "DELETE FROM runs WHERE run_id IN (1, 104, 105, 119)")
    await run(
        target, "DELETE FROM runs WHERE run_id IN (103, 118)", "UPDATE runs SET note = 'x' WHERE run_id = 110"
    )
    runs = next(table for table in await tables_of(source) if table.name == "runs")
    for most in (1, 2, 3, 5, 100):
        assert await differing(source, target, runs, lambda _rows: None, most) == 7
        assert await differing(target, source, runs, lambda _rows: None, most) == 7


async def test_a_target_that_is_not_empty_is_left_alone(source: Database, target: Database) -> None:
    await target.migrate(now=1)
    with pytest.raises(HostError, match="not empty"):
        await copy(source, target, name="a", now=5)
    assert await count(target, "runs") == 0


async def test_a_source_that_is_no_second_wind_is_refused(source: Database, target: Database) -> None:
    with pytest.raises(HostError, match="holds no Second Wind"):
        await copy(target, source, name="a", now=5)
    await run(source, "ALTER TABLE cheers ADD COLUMN extra BIGINT")
    with pytest.raises(HostError, match="cheers is not as"):
        await copy(source, target, name="a", now=5)


# Every character but NUL, which PostgreSQL has no room for, and halves of pairs, which are no text.
TEXTS = st.lists(
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), unique=True, max_size=30
)


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(texts=TEXTS)
async def test_texts_arrive_as_they_are_in_the_order_of_their_code_points(
    source: Database, target: Database, texts: list[str]
) -> None:
    for side in (source, target):
        if not await side.read(queries_of(side).columns):
            await side.migrate(now=0)
        if side.dialect == "postgresql":  # a server that sorts as dictionaries do
            await run(side, 'ALTER TABLE poll_votes ALTER COLUMN voter TYPE TEXT COLLATE "und-x-icu"')
        await run(
            side,
            "DELETE FROM poll_votes",
            "DELETE FROM polls",
            "DELETE FROM poll_plans",
            "DELETE FROM groups",
        )
        await run(
            side,
            "INSERT INTO groups (group_id, created_at) VALUES (1, 0)",
            "INSERT INTO poll_plans (plan_id, group_id, interaction_id, kind, minimum, open_seconds, weekly,"
            " channel_id, created_at) VALUES (1, 1, 1, 'pulse', 5, 60, 0, 1, 0)",
            "INSERT INTO polls (poll_id, plan_id, group_id, opened_at, closes_at) VALUES (1, 1, 1, 0, 1)",
        )
    votes = Table("poll_votes", ("poll_id", "voter"), ("poll_id", "voter"), frozenset({"voter"}))
    await insert(source, votes, [(1, text) for text in texts])
    moved: list[tuple[int, str]] = []
    while rows := await page(source, votes, moved[-1] if moved else None, 4):
        await insert(target, votes, rows)
        moved += rows
    assert moved == [(1, text) for text in sorted(texts)]
    assert await page(target, votes, None) == moved
    assert await differing(source, target, votes, lambda _rows: None, 4) == 0
    assert await last_key(target, votes) == (moved[-1] if moved else None)
