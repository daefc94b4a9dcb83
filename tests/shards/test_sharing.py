"""Several processes on one server: each shard once, identifies in turn, deliveries by whoever is there."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from bot.checkins.model import Entry
from bot.checkins.service import CheckinService
from bot.clock import epoch
from bot.errors import HostError
from bot.scheduling.model import LEASE, Channel, Delivery, Send, Skip
from bot.scheduling.service import DeliveryService
from bot.shards.service import APART_MS, IdentifyService
from bot.storage import Connection, Database, open_database
from bot.storage.alone import alone_on
from bot.storage.open import present_on
from bot.storage.postgresql import named
from bot.storage.presence import Presence
from tests import postgresql

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)


@pytest.fixture
def url(postgresql_server: postgresql.Server) -> str:
    return postgresql_server.url(postgresql_server.create())


@pytest.fixture
async def server(url: str) -> AsyncIterator[Database]:
    database = await open_database(url)
    yield database
    await database.close()


async def present(url: str, *shards: int) -> Presence:
    return await Presence.take(url, named(url), shards or None, patience=0)


async def test_processes_with_other_shards_stand_beside_each_other(url: str) -> None:
    first, second = await present(url, 0, 2), await present(url, 1)
    await first.close()
    await second.close()


@pytest.mark.parametrize(("there", "coming"), [((0, 1), (1, 2)), ((), ()), ((), (0,)), ((0,), ())])
async def test_a_shard_is_served_once(url: str, there: tuple[int, ...], coming: tuple[int, ...]) -> None:
    first = await present(url, *there)
    with pytest.raises(HostError, match="Another Second Wind"):
        await present(url, *coming)
    await first.close()
    await (await present(url, *coming)).close()


async def test_a_refused_process_leaves_no_lock_behind(url: str) -> None:
    first = await present(url, 1)
    with pytest.raises(HostError, match="serves shard 0, 1 already"):
        await present(url, 0, 1)
    third = await present(url, 0)
    await first.close()
    await third.close()


async def test_a_restart_waits_for_what_the_server_has_not_noticed_yet(url: str) -> None:
    first = await present(url)
    second = asyncio.create_task(Presence.take(url, named(url), None, patience=5))
    await asyncio.sleep(0.1)
    await first.close()
    await (await second).close()


async def test_a_tool_has_the_database_alone(url: str) -> None:
    bot = await present(url, 0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.storage.presence.PATIENCE_SECONDS", 0)
        with pytest.raises(HostError, match="Another Second Wind"):
            async with alone_on(url):
                pytest.fail("beside a bot")
    await bot.close()
    async with alone_on(url) as database:
        with pytest.raises(HostError, match="Another Second Wind"):
            await present(url, 0)
        assert database.dialect == "postgresql"


async def test_an_sqlite_file_needs_no_further_lock() -> None:
    assert await present_on("sqlite:///somewhere.db", None) is None


async def end_sessions(url: str, of: Presence) -> None:
    raw = await asyncpg.connect(url)
    await raw.execute("SELECT pg_terminate_backend($1)", of._raw.get_server_pid())
    await raw.close()


async def test_a_lock_that_was_lost_is_taken_again_without_a_word(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = await present(url, 0)
    again, back = bot._again, asyncio.Event()

    async def noted() -> bool:
        held = await again()
        back.set()
        return held

    monkeypatch.setattr(bot, "_again", noted)
    losing = asyncio.create_task(bot.lost())
    await end_sessions(url, bot)
    async with asyncio.timeout(10):
        await back.wait()
    await asyncio.sleep(0)
    assert not losing.done()
    with pytest.raises(HostError):
        await present(url, 0)
    losing.cancel()
    await bot.close()


async def test_a_connection_that_broke_on_its_way_takes_the_locks_from_what_is_left_of_it(
    url: str, tmp_path: Path
) -> None:
    """What stands between drops the bot's side; the server goes on with its own, as it has heard of nothing."""
    behind: list[asyncio.StreamWriter] = []
    before: list[asyncio.StreamWriter] = []

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()

    async def between(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, on = await asyncio.open_unix_connection(f"{url.partition('host=')[2]}/.s.PGSQL.5432")
        before.append(writer)
        behind.append(on)
        gone = asyncio.create_task(pump(reader, on))  # of that the server hears nothing
        await pump(there, writer)
        writer.close()
        await gone

    through = url.partition("host=")[0] + f"host={tmp_path}"
    async with await asyncio.start_unix_server(between, tmp_path / ".s.PGSQL.5432"):
        bot = await present(through, 0)
        losing = asyncio.create_task(bot.lost())
        before[0].transport.abort()
        async with asyncio.timeout(10):
            while bot._session is None or len(before) < 2 or not await holds(url, bot):
                assert not losing.done(), "nobody else is there"
                await asyncio.sleep(0.02)
        losing.cancel()
        await bot.close()
        for writer in (*before, *behind):
            writer.transport.abort()


async def holds(url: str, bot: Presence) -> bool:
    raw = await asyncpg.connect(url)
    try:
        return bool(
            await raw.fetchval(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 1 AND pid = $1",
                bot._session["pid"],
            )
        )
    finally:
        await raw.close()


async def test_a_process_whose_shard_another_one_took_is_told_so(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = await present(url, 0)
    again = bot._again
    taken: list[Presence] = []

    async def after_another_one() -> bool:
        taken.append(await present(url, 0))
        return await again()

    monkeypatch.setattr(bot, "_again", after_another_one)
    losing = asyncio.create_task(bot.lost())
    await end_sessions(url, bot)
    await asyncio.wait_for(losing, 5)
    await taken[0].close()
    await bot.close()


async def test_identifies_are_kept_apart_in_each_bucket(server: Database) -> None:
    first, second = IdentifyService(server), IdentifyService(server)
    waits = [await first.take(0), await second.take(1), await first.take(2)]
    assert waits[0] == 0
    assert waits[1] == pytest.approx(APART_MS / 1000, abs=1)
    assert waits[2] == pytest.approx(2 * APART_MS / 1000, abs=1)
    assert await second.take(5, max_concurrency=4) == 0, "a bucket of its own"


async def test_a_slot_of_a_clock_that_was_wrong_stops_nobody(server: Database) -> None:
    async def far(connection: Connection) -> None:
        await connection.run("INSERT INTO identify_slots (bucket, free_at_ms) VALUES (0, 99999999999999)", ())

    await server.write(far)
    assert await IdentifyService(server).take(0) == 0


GROUPS = [number << 22 for number in (10, 11)]  # of shard 0 and shard 1, of two


async def two_due(database: Database) -> None:
    async def fill(connection: Connection) -> None:
        for number, group in enumerate(GROUPS):
            await connection.run(f"INSERT INTO groups (group_id, created_at) VALUES ({group}, 1)", ())
            await connection.run(
                "INSERT INTO schedules (schedule_id, group_id, kind, minute, weekdays, off_reason, since_at,"
                f" created_at) VALUES ({number}, {group}, 'opener', 0, 1, 'once', 1, 1)",
                (),
            )
            await connection.run(
                "INSERT INTO deliveries (delivery_id, schedule_id, group_id, kind, occurrence_day, due_at, try_at,"
                f" created_at) VALUES ({number}, {number}, {group}, 'opener', '2026-11-18', {epoch(NOW)},"
                f" {epoch(NOW)}, 1)",
                (),
            )

    await database.write(fill)


async def due(service: DeliveryService, after: timedelta) -> list[int]:
    return [each.delivery_id for each in await service.due(NOW + after)]


SECOND = timedelta(seconds=1)
_numbers = itertools.count(1)


def a_process(database: Database) -> DeliveryService:
    """What a process of its own would have."""
    service = DeliveryService(database)
    service.taker = next(_numbers)
    return service


async def test_each_process_takes_what_is_of_its_own_shards(server: Database) -> None:
    await two_due(server)
    first, second = a_process(server), a_process(server)
    first.serve(2, [0])
    second.serve(2, [1])
    assert await due(first, SECOND) == [0]
    assert await due(second, SECOND) == [1]
    assert await due(first, SECOND) == [0], "they stay its own"


async def test_what_is_due_is_counted_by_one_process_also_while_another_has_it_in_hand(
    server: Database,
) -> None:
    await two_due(server)
    alone, first, second = a_process(server), a_process(server), a_process(server)
    first.serve(2, [0])
    second.serve(2, [1])
    assert [await each.count_due(NOW - SECOND) for each in (alone, first, second)] == [0, 0, 0]
    assert await due(first, SECOND) == [0]
    assert [await each.count_due(NOW) for each in (alone, first, second)] == [2, 1, 1]
    await first.sent(0, 5, 6, NOW)
    assert [await each.count_due(NOW) for each in (alone, first, second)] == [1, 0, 1]
    await second.postpone(1, NOW + LEASE, left=False, counts=True)
    assert await second.count_due(NOW) == 1, "it was tried in vain"


async def test_what_is_taken_is_nobody_elses_until_the_lease_is_over(server: Database) -> None:
    await two_due(server)
    first, second = a_process(server), a_process(server)
    assert await due(first, SECOND) == [0, 1]
    assert await due(second, SECOND) == []
    assert await due(second, LEASE) == []
    assert await due(second, LEASE + 2 * SECOND) == [0, 1], "the first one died"
    assert await due(first, LEASE + 3 * SECOND) == []


async def test_others_take_over_what_waited_for_a_lease_and_was_not_taken(server: Database) -> None:
    await two_due(server)
    second = a_process(server)
    second.serve(2, [1])
    assert await due(second, LEASE - SECOND) == [1]
    assert sorted(await due(second, LEASE)) == [0, 1]


async def test_what_was_on_its_way_is_taken_over_after_one_lease_by_whoever_is_there(
    server: Database,
) -> None:
    await two_due(server)
    first, second = a_process(server), a_process(server)
    first.serve(2, [0])
    second.serve(2, [1])

    async def send(_connection: Connection, _delivery: Delivery, _now: datetime) -> Send:
        return Send(Channel(5), None, {})

    assert await due(first, SECOND) == [0]
    assert await first.claim(0, NOW + SECOND, send, None) is not None
    assert await due(second, SECOND) == [1]
    assert sorted(await due(second, LEASE)) == [1]
    assert sorted(await due(second, LEASE + 2 * SECOND)) == [0, 1]


async def test_what_another_one_took_over_can_not_be_claimed(server: Database) -> None:
    await two_due(server)
    first, second = a_process(server), a_process(server)

    async def skip(_connection: Connection, _delivery: Delivery, _now: datetime) -> Skip:
        return Skip("no_fresh_words")

    assert await due(first, SECOND) == [0, 1]
    later = LEASE + 2 * SECOND
    assert await due(second, later) == [0, 1]
    assert await first.claim(0, NOW + later, skip, None) is None
    [row] = await server.read(lambda c: c.all("SELECT state FROM deliveries WHERE delivery_id = 0", ()))
    assert row["state"] == "due", "the first one's claim changed nothing"
    await second.claim(0, NOW + later, skip, None)
    [row] = await server.read(lambda c: c.all("SELECT state FROM deliveries WHERE delivery_id = 0", ()))
    assert row["state"] == "skipped"


async def test_two_processes_that_look_at_once_take_nothing_twice(server: Database) -> None:
    await two_due(server)
    services = [a_process(server) for _ in range(6)]
    taken = await asyncio.gather(*(due(service, SECOND) for service in services))
    assert sorted(number for each in taken for number in each) == [0, 1]


async def test_with_one_process_nothing_is_taken_from_anybody(database: Database) -> None:
    if database.dialect == "postgresql":
        pytest.skip("a server is shared")
    await two_due(database)
    first, second = a_process(database), a_process(database)
    assert await due(first, SECOND) == [0, 1] == await due(second, SECOND)


async def test_who_logs_a_run_looks_at_no_index_where_everybody_adds_theirs(
    server: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL would take it for a meeting of each with each, and run most writes twice."""
    looked = """SELECT relation::regclass::text AS name FROM pg_locks
                WHERE mode = 'SIReadLock' AND pid = pg_backend_pid()"""
    seen: set[str] = set()
    write = server.write

    async def observed(work: Any, *, ahead: Any = None) -> Any:
        async def and_look(connection: Connection) -> Any:
            outcome = await work(connection)
            seen.update(row["name"] for row in await connection.all(looked, ()))
            return outcome

        return await write(and_look, ahead=ahead)

    monkeypatch.setattr(server, "write", observed)
    service = CheckinService(server)
    for number in range(3):
        await service.log_run(1, 10, number, Entry(distance=f"{3 + number}k"), NOW)
    assert "runs_by_day" in seen  # the member's own days
    assert "runs_interaction_id_ordinal_key" not in seen
