"""Databases for every test that wants one: fresh, migrated, on both engines."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import settings

from bot.storage import Database, open_database
from bot.storage.sqlite import SQLiteDatabase
from tests import postgresql
from tests.simcord_in_haste import hasten

SHARED_MEMORY = Path("/dev/shm")
ENOUGH_BYTES = 1 << 30  # a whole session takes less than half of that at any time
# In turn one that computes and one that waits for processes and sockets.
LONGEST = (
    "test_presses",
    "test_app",
    "test_standings_stateful",
    "test_faults",
    "test_demo_week",
    "test_process",
    "test_isolation",
    "test_storage_trouble",
    "test_texts_and_logs",
    "test_backups_of_servers",
    "test_hostile_files",
    "test_files",
)


# A machine that is busy with something else takes longer than a fifth of a second for the first example of some.
if settings().deadline is not None:
    settings.register_profile("patient", settings(), deadline=timedelta(seconds=2))
    settings.load_profile("patient")


def pytest_configure() -> None:
    """Keep temporary files in memory where the machine has a folder there: nobody pulls the plug in a test.

    And keep what is compiled, whatever the environment says: else every process of the tests, and every bot that they
    start, compiles all of it again, which takes longer than what most of them do.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    # aiohttp reads the machine's certificates twice when it is imported, a fifth of a bot's start; no test leaves
    # this machine, so the processes of the tests have none to read.
    os.environ["SSL_CERT_FILE"] = os.devnull
    gc.disable()  # until all is imported and collected: it would look for garbage where there is none
    if "TMPDIR" not in os.environ and _has_room(
        SHARED_MEMORY
    ):  # workers have it from the process that began them
        os.environ["TMPDIR"] = tempfile.tempdir = str(SHARED_MEMORY)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that no worker is left alone with one; files stay whole."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(places)))


def pytest_collection_finish() -> None:
    """Look no more for garbage among what was imported and collected: it stays, and is most of what there is."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()
    if "simcord" in sys.modules:
        hasten()


def _has_room(folder: Path) -> bool:
    try:
        found = os.statvfs(folder)
    except OSError:
        return False
    roomy = found.f_bavail * found.f_frsize >= ENOUGH_BYTES
    return roomy and not found.f_flag & (os.ST_NOEXEC | os.ST_RDONLY) and os.access(folder, os.W_OK)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[postgresql.Server]:
    """The throw-away server of this test process; skips where none is installed."""
    programs = postgresql.binaries()
    if programs is None:
        pytest.skip(postgresql.MISSING)
    pytest.importorskip("asyncpg")
    server = postgresql.Server(programs)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy from."""
    path = tmp_path_factory.mktemp("template") / "second-wind.db"

    async def make() -> None:
        database = await open_database(f"sqlite:///{path}")
        await database.migrate(now=0)
        await database.close()

    with asyncio.Runner() as runner:
        runner.run(make())
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with nothing in it, on each engine in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/second-wind.db"
        return
    server: postgresql.Server = request.getfixturevalue("postgresql_server")
    name = server.create(empty=True)
    yield server.url(name)
    server.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database of the newest schema without rows, on each engine in turn."""
    if request.param == "sqlite":
        path = tmp_path / "second-wind.db"
        shutil.copy(request.getfixturevalue("migrated_file"), path)
        yield f"sqlite:///{path}"
        return
    server: postgresql.Server = request.getfixturevalue("postgresql_server")
    name = server.create()
    yield server.url(name)
    server.drop(name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open database of the newest schema without rows, on each engine in turn."""
    opened = await open_database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def sqlite_database(migrated_file: Path, tmp_path: Path) -> AsyncIterator[SQLiteDatabase]:
    """The same on SQLite alone, for what is about the file."""
    path = tmp_path / "second-wind.db"
    shutil.copy(migrated_file, path)
    opened = await open_database(f"sqlite:///{path}")
    assert isinstance(opened, SQLiteDatabase)
    yield opened
    await opened.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say, in the closing lines, that half of the storage was not tested where no server is installed."""
    skipped = terminalreporter.stats.get("skipped", [])
    if any(postgresql.MISSING in str(report.longrepr) for report in skipped):
        terminalreporter.write_line(postgresql.MISSING, yellow=True)
