"""A server's database as a file, made beside those who use it, and back."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.copying import rows
from bot.copying.files import file_into_server, server_into_file
from bot.errors import HostError
from bot.storage import Database, open_database
from tests import postgresql
from tests.copying.filled import big_run, fill, held
from tests.members.lived import run

LEFT_OUT = {"poll_secrets", "poll_votes"}


@pytest.fixture
async def server(postgresql_server: postgresql.Server) -> AsyncIterator[Database]:
    name = postgresql_server.create()
    database = await open_database(postgresql_server.url(name))
    await fill(database)
    yield database
    await database.close()
    postgresql_server.drop(name)


async def test_a_file_holds_one_moment_of_a_database_that_is_written_to(
    server: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await held(server)
    file = tmp_path / "b.db"
    file.touch()
    real = server.read

    async def read(work: object) -> object:
        async def and_meanwhile(connection: object) -> object:
            await connection.value("SELECT COUNT(*) FROM runs", ())  # type: ignore[attr-defined]
            await run(server, big_run(500), "DELETE FROM moods", "UPDATE groups SET units = 'mi'")
            return await work(connection)  # type: ignore[operator]

        return await real(and_meanwhile)

    monkeypatch.setattr(server, "read", read)
    counts = await server_into_file(server, file, now=5, without=LEFT_OUT)
    assert counts == {name: 0 if name in LEFT_OUT else len(rows) for name, rows in before.items()}
    with closing(sqlite3.connect(file)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
        tables = {name for (name,) in raw.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        assert "copy_under_way" not in tables
    assert not list(tmp_path.glob("b.db-*"))
    opened = await open_database(f"sqlite:///{file}")
    assert await opened.migrate(now=6) == []
    assert await held(opened) == {name: [] if name in LEFT_OUT else rows for name, rows in before.items()}
    await opened.close()


async def test_a_file_goes_back_into_an_empty_database_and_into_no_other(
    server: Database, postgresql_server: postgresql.Server, tmp_path: Path
) -> None:
    file = tmp_path / "b.db"
    file.touch()
    await server_into_file(server, file, now=5)
    with pytest.raises(HostError, match="not empty"):
        await file_into_server(file, server, now=6)
    name = postgresql_server.create(empty=True)
    other = await open_database(postgresql_server.url(name))
    counts = await file_into_server(file, other, now=6)
    assert await held(other) == await held(server)
    assert sum(counts.values()) == sum(len(rows) for rows in (await held(server)).values())
    await other.close()
    postgresql_server.drop(name)


async def test_a_file_goes_into_a_schema_of_its_own_beside_the_one_in_use(
    server: Database, postgresql_server: postgresql.Server, tmp_path: Path
) -> None:
    file = tmp_path / "b.db"
    file.touch()
    await server_into_file(server, file, now=5)
    await run(server, "CREATE SCHEMA restoring")
    name = await server.read(lambda connection: connection.value("SELECT current_database()", ()))
    beside = await open_database(postgresql_server.url(name) + "&search_path=restoring")
    await file_into_server(file, beside, now=6)
    assert await held(beside) == await held(server)
    await run(server, "DELETE FROM runs")
    assert (await held(beside))["runs"] != []
    await beside.close()


async def test_who_is_cancelled_stops_within_a_page(
    server: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.copying.rows.page.__defaults__", (1,))
    file = tmp_path / "b.db"
    file.touch()
    begun = asyncio.Event()
    real = rows.insert

    async def insert(*given: object) -> None:
        begun.set()
        await real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr("bot.copying.service.insert", insert)
    task = asyncio.create_task(server_into_file(server, file, now=5))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with closing(sqlite3.connect(file)) as raw:
        marked = raw.execute("SELECT COUNT(*) FROM sqlite_schema WHERE name = 'copy_under_way'").fetchone()
    assert marked == (1,)
