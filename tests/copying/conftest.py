"""Pairs of databases: one in which every table holds something, and the address of an empty one."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.storage import Database, open_database
from tests import postgresql
from tests.copying.filled import fill

WAYS = ["sqlite-postgresql", "postgresql-sqlite"]


@pytest.fixture(params=WAYS)
def addresses(
    request: pytest.FixtureRequest, migrated_file: Path, tmp_path: Path
) -> Iterator[tuple[str, str]]:
    """A migrated database's address and an empty one's, of different engines, in both directions."""
    server: postgresql.Server = request.getfixturevalue("postgresql_server")
    to_server = request.param == "sqlite-postgresql"
    name = server.create(empty=to_server)
    file = tmp_path / "a" / "second-wind.db"
    file.parent.mkdir()
    if to_server:
        shutil.copy(migrated_file, file)
    sqlite, served = f"sqlite:///{file}", server.url(name)
    yield (sqlite, served) if to_server else (served, sqlite)
    server.drop(name)


@pytest.fixture
async def source(addresses: tuple[str, str]) -> AsyncIterator[Database]:
    """The first of them, filled and open."""
    opened = await open_database(addresses[0])
    await fill(opened)
    yield opened
    await opened.close()


@pytest.fixture
async def target(addresses: tuple[str, str]) -> AsyncIterator[Database]:
    """The second of them, empty and open."""
    opened = await open_database(addresses[1])
    yield opened
    await opened.close()
