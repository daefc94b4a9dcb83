"""PostgreSQL: what the server refuses, in one clear line at the start and as a reason while running."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from bot.errors import HostError, StorageUnavailable
from bot.storage import Connection, migrations, open_database
from tests.postgresql import Server

asyncpg = pytest.importorskip("asyncpg")
from bot.storage import postgresql as engine  # noqa: E402  needs the driver
from bot.storage.postgresql import PostgreSQLDatabase  # noqa: E402


@pytest.fixture
def name(postgresql_server: Server) -> Iterator[str]:
    name = postgresql_server.create()
    yield name
    postgresql_server.drop(name)


@pytest.fixture
async def server_database(postgresql_server: Server, name: str) -> AsyncIterator[PostgreSQLDatabase]:
    database = await open_database(postgresql_server.url(name))
    assert isinstance(database, PostgreSQLDatabase)
    yield database
    await database.close()


async def add(connection: Connection, group_id: int = 1) -> None:
    await connection.run("INSERT INTO groups (group_id, created_at) VALUES ($1, 0)", (group_id,))


async def count(database: PostgreSQLDatabase) -> int:
    return int(await database.read(lambda connection: connection.value("SELECT count(*) FROM groups", ())))


async def test_writes_are_serializable_and_reads_are_one_snapshot(
    server_database: PostgreSQLDatabase,
) -> None:
    async def level(connection: Connection) -> tuple[str, str]:
        return (
            await connection.value("SHOW transaction_isolation", ()),
            await connection.value("SHOW transaction_read_only", ()),
        )

    assert await server_database.write(level) == ("serializable", "off")
    assert await server_database.read(level) == ("repeatable read", "on")


async def test_write_skew_cannot_happen(server_database: PostgreSQLDatabase) -> None:
    # Each of two sees the other's absence and inserts: at most one may, whatever the order.
    async def unless_any(connection: Connection, group_id: int) -> bool:
        if await connection.value("SELECT count(*) FROM groups", ()):
            return False
        await asyncio.sleep(0.02)
        await add(connection, group_id)
        return True

    stored = await asyncio.gather(
        *(server_database.write(lambda c, n=n: unless_any(c, n)) for n in range(5))  # type: ignore[misc]
    )
    assert sorted(stored) == [False, False, False, False, True]
    assert await count(server_database) == 1


@pytest.mark.parametrize("error", ["SerializationError", "DeadlockDetectedError"])
async def test_a_transaction_that_meets_another_is_run_again_a_bounded_number_of_times(
    server_database: PostgreSQLDatabase, monkeypatch: pytest.MonkeyPatch, error: str
) -> None:
    monkeypatch.setattr(engine, "ATTEMPTS", 4)
    runs = []

    async def meets(connection: Connection, times: int) -> None:
        runs.append(1)
        await add(connection, times)
        if len(runs) <= times:
            raise getattr(asyncpg, error)("as the server says it")

    await server_database.write(lambda connection: meets(connection, 3))
    assert (len(runs), await count(server_database)) == (4, 1)
    runs.clear()
    with pytest.raises(StorageUnavailable) as refused:
        await server_database.write(lambda connection: meets(connection, 99))
    assert (refused.value.reason, len(runs), await count(server_database)) == ("busy", 4, 1)


async def test_a_key_stored_twice_by_mistake_is_told_after_one_more_try(
    server_database: PostgreSQLDatabase,
) -> None:
    runs = []

    async def twice(connection: Connection) -> None:
        runs.append(1)
        await add(connection)
        await add(connection)

    with pytest.raises(asyncpg.UniqueViolationError):
        await server_database.write(twice)
    assert (len(runs), await count(server_database)) == (2, 0)


async def test_a_lost_connection_stores_nothing_and_the_next_write_has_a_new_one(
    server_database: PostgreSQLDatabase, postgresql_server: Server, name: str
) -> None:
    async def lost(connection: Connection) -> None:
        await add(connection)
        await asyncio.to_thread(
            postgresql_server.execute,
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
        )
        await add(connection, 2)

    with pytest.raises(StorageUnavailable) as refused:
        await server_database.write(lost)
    assert refused.value.reason == "unreachable"
    assert await count(server_database) == 0
    await server_database.write(add)
    assert await count(server_database) == 1


async def test_a_connection_that_breaks_off_at_the_commit_leaves_it_in_doubt(
    server_database: PostgreSQLDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = asyncpg.transaction.Transaction.commit

    async def then_broken(self: Any) -> None:
        await commit(self)
        self._connection.terminate()
        raise asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")

    monkeypatch.setattr(asyncpg.transaction.Transaction, "commit", then_broken)
    with pytest.raises(StorageUnavailable) as refused:
        await server_database.write(add)
    assert refused.value.reason == "in_doubt"
    monkeypatch.undo()
    assert await count(server_database) == 1


async def test_what_met_another_at_the_commit_is_not_in_doubt_but_run_again(
    server_database: PostgreSQLDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit, left = asyncpg.transaction.Transaction.commit, [1]

    async def meets(self: Any) -> None:
        if left and left.pop():
            await self.rollback()
            raise asyncpg.SerializationError("could not serialize access")
        await commit(self)

    monkeypatch.setattr(asyncpg.transaction.Transaction, "commit", meets)
    await server_database.write(add)
    assert (left, await count(server_database)) == ([], 1)


@pytest.mark.parametrize("broken", ["InternalClientError", "ConnectionDoesNotExistError", "InterfaceError"])
async def test_what_was_committed_stays_so_where_its_connection_does_not_come_back(
    server_database: PostgreSQLDatabase, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    async def gone(self: Any, **_: Any) -> None:
        raise getattr(asyncpg, broken)("got result for unknown protocol state 3")

    monkeypatch.setattr(asyncpg.Connection, "reset", gone)
    await server_database.write(add)
    monkeypatch.undo()
    assert await count(server_database) == 1


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("DiskFullError", "full"),
        ("ReadOnlySQLTransactionError", "read_only"),
        ("TooManyConnectionsError", "busy"),
        ("LockNotAvailableError", "busy"),
        ("QueryCanceledError", "busy"),
        ("AdminShutdownError", "unreachable"),
        ("ConnectionDoesNotExistError", "unreachable"),
        ("DataCorruptedError", "damaged"),
    ],
)
async def test_what_the_server_refuses_has_a_reason_and_rolls_back(
    server_database: PostgreSQLDatabase, error: str, reason: str
) -> None:
    async def refused_half_way(connection: Connection) -> None:
        await add(connection)
        raise getattr(asyncpg, error)("as the server says it")

    with pytest.raises(StorageUnavailable) as refused:
        await server_database.write(refused_half_way)
    assert refused.value.reason == reason
    assert await count(server_database) == 0


async def test_a_statement_that_takes_too_long_is_busy(server_database: PostgreSQLDatabase) -> None:
    server_database._patience = 0.05
    with pytest.raises(StorageUnavailable) as refused:
        await server_database.write(lambda connection: connection.value("SELECT pg_sleep(5)", ()))
    assert refused.value.reason == "busy"
    await server_database.write(add)


@pytest.mark.parametrize(
    ("statement", "parameters"), [("SELECT nonsense", ()), ("SELECT $1::bigint", ("no number",))]
)
async def test_a_mistake_of_ours_is_no_trouble_of_the_server(
    server_database: PostgreSQLDatabase, statement: str, parameters: tuple[str, ...]
) -> None:
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
        await server_database.write(lambda connection: connection.value(statement, parameters))


async def refusal_of(url: str) -> tuple[str, int]:
    with pytest.raises(HostError) as refused:
        await open_database(url)
    line = str(refused.value)
    assert "\n" not in line
    assert "hunter2" not in line
    return line, refused.value.exit_code


async def test_a_server_that_is_not_there_is_one_line() -> None:
    line, code = await refusal_of("postgresql://runner:hunter2@127.0.0.1:1/second_wind")
    assert line.startswith("PostgreSQL at 127.0.0.1:1/second_wind cannot be reached")
    assert code == 1


@pytest.mark.parametrize(
    "url", ["postgresql://runner:hunter2@host:port/x", "postgresql://runner:hunter2@[::1/x"]
)
async def test_an_address_that_cannot_be_read_is_one_line(url: str) -> None:
    line, code = await refusal_of(url)
    assert line.startswith("storage.url cannot be read")
    assert code == 2


async def test_a_wrong_password_is_one_line_without_it(postgresql_server: Server) -> None:
    postgresql_server.execute("CREATE ROLE locked LOGIN PASSWORD 'correct'")
    url = postgresql_server.url("postgres", user="locked:hunter2")
    line, code = await refusal_of(url)
    assert "does not let this user in" in line
    assert code == 2


async def test_a_missing_database_is_one_line(postgresql_server: Server) -> None:
    line, code = await refusal_of(postgresql_server.url("nowhere", user="postgres:hunter2"))
    assert line.startswith("There is no database the local socket:5432/nowhere")
    assert code == 2


async def test_a_server_without_a_free_connection_is_one_line(postgresql_server: Server) -> None:
    postgresql_server.execute("CREATE ROLE crowded LOGIN CONNECTION LIMIT 0")
    line, code = await refusal_of(postgresql_server.url("postgres", user="crowded"))
    assert "has no connection free" in line
    assert code == 1


async def test_a_read_only_server_is_one_line(postgresql_server: Server, name: str) -> None:
    postgresql_server.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    line, _code = await refusal_of(postgresql_server.url(name))
    assert "takes no writes" in line


async def test_a_database_that_cannot_hold_every_name_is_one_line(postgresql_server: Server) -> None:
    postgresql_server.execute("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
    line, code = await refusal_of(postgresql_server.url("latin"))
    assert "stores LATIN1" in line
    assert code == 2


async def test_a_server_that_is_too_old_is_one_line(
    postgresql_server: Server, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "OLDEST_SERVER", 99)
    line, code = await refusal_of(postgresql_server.url(name))
    assert "99 or newer is needed" in line
    assert code == 2


async def test_a_user_that_may_not_create_tables_is_one_line(postgresql_server: Server) -> None:
    postgresql_server.execute("CREATE ROLE guest LOGIN")
    empty = postgresql_server.create(empty=True)
    database = await open_database(postgresql_server.url(empty, user="guest"))
    with pytest.raises(HostError, match="may not create tables"):
        await database.migrate(now=0)
    await database.close()
    postgresql_server.drop(empty)


async def test_processes_that_start_together_migrate_once(postgresql_server: Server) -> None:
    empty = postgresql_server.create(empty=True)
    databases = [await open_database(postgresql_server.url(empty)) for _ in range(3)]
    applied = await asyncio.gather(*(database.migrate(now=1) for database in databases))
    assert sorted(map(len, applied)) == [0, 0, len(migrations.known())]
    for database in databases:
        await database.close()
    postgresql_server.drop(empty)


async def test_a_crowd_waits_for_its_turn_instead_of_meeting_in_the_server(
    server_database: PostgreSQLDatabase,
) -> None:
    """Each reads what every other one changes, so that no two of them can be stored side by side."""
    inside = most = 0

    async def one(connection: Connection, number: int) -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        try:
            before = await connection.value("SELECT count(*) FROM groups", ())
            await add(connection, 1_000 * number + before)
        finally:
            inside -= 1

    await asyncio.gather(
        *(server_database.write(lambda c, number=number: one(c, number)) for number in range(40))  # type: ignore[misc]
    )
    assert await count(server_database) == 40
    assert most <= engine.WRITERS


async def test_what_met_another_is_run_again_alone(
    server_database: PostgreSQLDatabase, postgresql_server: Server, name: str
) -> None:
    """Two processes, and 48 writes at once of which each reads what every other one changes: no third attempt."""
    other = await open_database(postgresql_server.url(name))
    attempts = [0] * 48

    async def one(connection: Connection, number: int) -> None:
        attempts[number] += 1
        before = await connection.value("SELECT count(*) FROM groups", ())
        await add(connection, 1_000 * number + before)

    await asyncio.gather(
        *(
            (server_database, other)[number % 2].write(lambda c, number=number: one(c, number))  # type: ignore[misc]
            for number in range(48)
        )
    )
    await other.close()
    assert await count(server_database) == 48
    assert max(attempts) == 2


async def test_a_write_leaves_no_lock_behind(server_database: PostgreSQLDatabase) -> None:
    held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
    runs = []

    async def meets(connection: Connection) -> int:
        runs.append(await connection.value(held + " AND mode = 'ExclusiveLock'", ()))
        if len(runs) == 1:
            raise asyncpg.SerializationError("as the server says it")
        return int(await connection.value(held, ()))

    assert await server_database.write(meets) == 1
    assert runs == [0, 1]
    assert await server_database.read(lambda connection: connection.value(held, ())) == 0


@pytest.mark.parametrize(
    "within", ["SELECT 1", "BEGIN", "BEGIN; INSERT INTO groups (group_id, created_at) VALUES (1, 0)"]
)
async def test_a_process_that_stands_still_in_a_write_holds_nobody_up_for_long(
    server_database: PostgreSQLDatabase,
    postgresql_server: Server,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    within: str,
) -> None:
    monkeypatch.setattr(engine, "FROZEN_MS", 100)
    frozen = await asyncpg.connect(postgresql_server.url(name))
    await frozen.execute(engine._turn(engine._BESIDE_OTHERS))
    await frozen.execute(within)
    runs = []

    async def meets(connection: Connection) -> None:
        runs.append(1)
        if len(runs) == 1:
            raise asyncpg.SerializationError("as the server says it")
        await add(connection)

    await server_database.write(meets)
    assert (len(runs), await count(server_database)) == (2, 1)
    await asyncio.sleep(0.2)
    await server_database.write(lambda connection: add(connection, 2))  # who only rests is not cut off
