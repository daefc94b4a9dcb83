"""One use case is one transaction, on both engines, whatever happens to its caller."""

from __future__ import annotations

import asyncio
import threading

import pytest

from bot.errors import StorageUnavailable
from bot.storage import Connection, Database

STEPS = 4


async def take_a_while(connection: Connection, rows: int = 5_000) -> None:
    """Some milliseconds in the engine itself; a million `rows` take it a good part of a second."""
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})"
    assert await connection.value(f"{numbers} SELECT count(*) FROM n", ()) == rows


async def add_groups(connection: Connection, first: int, count: int = STEPS) -> None:
    for group_id in range(first, first + count):
        # Numbers that tests write themselves, so that one text serves both engines.
        await connection.run(f"INSERT INTO groups (group_id, created_at) VALUES ({group_id}, 0)", ())


async def count_groups(database: Database) -> int:
    async def count(connection: Connection) -> int:
        return int(await connection.value("SELECT count(*) FROM groups", ()))

    return await database.read(count)


async def test_a_write_that_raises_leaves_nothing(database: Database) -> None:
    async def half_way(connection: Connection) -> None:
        await add_groups(connection, 1)
        raise LookupError("a rule said no")

    with pytest.raises(LookupError):
        await database.write(half_way)
    assert await count_groups(database) == 0
    await database.write(lambda connection: add_groups(connection, 1))
    assert await count_groups(database) == STEPS


async def test_a_write_cancelled_at_any_await_is_whole_and_the_next_one_works(database: Database) -> None:
    begun: list[int] = []
    whole: list[int] = []
    for step in range(60):

        async def work(connection: Connection, first: int = step * 100) -> None:
            begun.append(first)
            await add_groups(connection, first)
            whole.append(first)

        task = asyncio.create_task(database.write(work))
        for _ in range(step % 30):
            await asyncio.sleep(0 if step < 30 else 0.0002)
        task.cancel()
        if step:
            task.cancel()
        await asyncio.wait({task})
        assert task.cancelled() or task.exception() is None
    # What has begun runs to its end, so the next write meets no transaction left open.
    assert set(begun) == set(whole)
    assert 20 < len(set(whole)) <= 60
    assert await count_groups(database) == STEPS * len(set(whole))
    await database.write(lambda connection: add_groups(connection, 1_000_000))
    assert await count_groups(database) == STEPS * (len(set(whole)) + 1)


async def test_a_timeout_around_a_write_ends_it_whole_too(database: Database) -> None:
    async def slow(connection: Connection) -> None:
        await add_groups(connection, 1)
        await take_a_while(connection, 1_000_000)
        await add_groups(connection, 100)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await database.write(slow)
    assert await count_groups(database) == 2 * STEPS


async def test_writers_side_by_side_lose_no_update(database: Database) -> None:
    await database.write(lambda connection: add_groups(connection, 1, 1))

    async def increase(connection: Connection) -> None:
        before = await connection.value("SELECT week_starts_on FROM groups", ())
        await take_a_while(connection)
        await connection.run(f"UPDATE groups SET week_starts_on = {before + 1}", ())

    await asyncio.gather(*(database.write(increase) for _ in range(6)))
    assert await database.read(lambda c: c.value("SELECT week_starts_on FROM groups", ())) == 6


async def test_two_that_insert_the_same_key_at_once_store_it_once(database: Database) -> None:
    async def insert_unless_there(connection: Connection) -> bool:
        if await connection.one("SELECT 1 FROM groups WHERE group_id = 7", ()):
            return False
        await take_a_while(connection)
        await add_groups(connection, 7, 1)
        return True

    stored = await asyncio.gather(*(database.write(insert_unless_there) for _ in range(4)))
    assert sorted(stored) == [False, False, False, True]


async def test_a_read_sees_one_picture_while_others_write(database: Database) -> None:
    begun, written = threading.Event(), threading.Event()  # a transaction may run in a thread of its own

    async def twice(connection: Connection) -> tuple[int, int]:
        before = await connection.value("SELECT count(*) FROM groups", ())
        begun.set()
        while not written.is_set():
            await take_a_while(connection)
        return before, await connection.value("SELECT count(*) FROM groups", ())

    picture = asyncio.create_task(database.read(twice))
    assert await asyncio.to_thread(begun.wait, 10)
    await database.write(lambda connection: add_groups(connection, 1))
    assert not picture.done()
    written.set()
    assert await picture == (0, 0)
    assert await count_groups(database) == STEPS


async def test_a_read_cannot_write(database: Database) -> None:
    with pytest.raises(StorageUnavailable) as refused:
        await database.read(lambda connection: add_groups(connection, 1))
    assert refused.value.reason == "read_only"
    assert await count_groups(database) == 0


async def test_more_reads_than_readers_take_turns(database: Database) -> None:
    assert await asyncio.gather(*(count_groups(database) for _ in range(30))) == [0] * 30


async def test_rows_counts_and_sums_are_the_same_on_both_engines(database: Database) -> None:
    async def work(connection: Connection) -> tuple[object, ...]:
        await add_groups(connection, 1)
        touched = await connection.run("UPDATE groups SET created_at = group_id WHERE group_id > 1", ())
        row = await connection.one("SELECT sum(created_at) AS total, avg(created_at) AS mean FROM groups", ())
        assert row is not None
        nothing = await connection.one("SELECT group_id FROM groups WHERE group_id = 99", ())
        empty = await connection.value("SELECT group_id FROM groups WHERE group_id = 99", ())
        rows = await connection.all("SELECT group_id FROM groups ORDER BY group_id", ())
        return (
            touched,
            row["total"],
            row["mean"],
            list(row.keys()),
            nothing,
            empty,
            [r["group_id"] for r in rows],
        )

    result = await database.write(work)
    assert result == (3, 9, 2.25, ["total", "mean"], None, None, [1, 2, 3, 4])
    assert (type(result[1]), type(result[2])) == (int, float)


async def test_others_go_on_while_a_transaction_keeps_the_engine_busy(database: Database) -> None:
    busy = asyncio.create_task(database.write(lambda connection: take_a_while(connection, 1_000_000)))
    turns = 0
    while not busy.done():
        await asyncio.sleep(0.001)
        turns += 1
    await busy
    assert turns > 10


async def test_closing_waits_for_what_is_under_way_and_refuses_what_comes_after(database: Database) -> None:
    begun = threading.Event()
    done = []

    async def slow(connection: Connection) -> None:
        begun.set()
        await add_groups(connection, 1)
        await take_a_while(connection, 200_000)
        await add_groups(connection, 100)
        done.append(True)

    writing = asyncio.create_task(database.write(slow))
    assert await asyncio.to_thread(begun.wait, 10)
    assert not done
    await database.close()
    assert done
    await writing
    with pytest.raises(StorageUnavailable) as refused:
        await count_groups(database)
    assert refused.value.reason == "unreachable"
    await database.close()
