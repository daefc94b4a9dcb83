"""The database refuses, at run time and at the start: a clear answer, nothing half stored, and on it goes."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.storage.sqlite import SQLiteDatabase
from tests.cogs.conftest import World, seen
from tests.hostile.sending import answers

STORING: dict[str, Callable[[World], Awaitable[Any]]] = {
    "run log": lambda world: world.alice.slash(world.runs, "run log", distance="9k"),
    "tap": lambda world: world.press(world.alice, world.runs, "sw:checkin.count:run:77"),
    "form": lambda world: world.form(world.alice, world.runs, "sw:checkin.typed:run:78", {"distance": "9k"}),
    "rest": lambda world: world.press(world.alice, world.runs, "sw:checkin.rest:1:5"),
    "goal": lambda world: world.press(world.alice, world.runs, "sw:goal.days:5"),
    "pause": lambda world: world.alice.slash(world.runs, "pause", until="Friday"),
    "settings": lambda world: world.press(world.alice, world.runs, "sw:settings.units:mi"),
    "erase": lambda world: world.press(world.alice, world.runs, "sw:privacy.erased:everything"),
    "setup": lambda world: world.press(world.olive, world.runs, "sw:setup.units:mi"),
    "import": lambda world: world.alice.slash(world.runs, "run import", file=("a.gpx", b"<gpx/>")),
}
TABLES = ("groups", "people", "members", "targets", "pauses", "rest_days", "runs")


async def everything(world: World) -> dict[str, list[tuple[Any, ...]]]:
    found = {}
    for table in TABLES:
        rows: list[Any] = await world.rows(f"SELECT * FROM {table}")
        found[table] = [tuple(row) for row in rows]
    return found


async def pragma(world: World, text: str) -> None:
    assert isinstance(world.database, SQLiteDatabase)
    await world.database._writer.execute_fetchall(f"PRAGMA {text}")


@pytest.mark.parametrize("trouble", ["busy", "read_only"])
@pytest.mark.parametrize("door", STORING)
async def test_nothing_is_stored_the_person_is_told_and_it_works_again(
    world: World, door: str, trouble: str
) -> None:
    await world.alice.slash(world.runs, "run log", distance="5k", time="26:41")
    await world.bot.services.checkins.places.flush()
    before = await everything(world)
    assert isinstance(world.database, SQLiteDatabase)
    other = sqlite3.connect(world.database.path, isolation_level=None)
    try:
        if trouble == "busy":
            await pragma(world, "busy_timeout=10")
            other.execute("BEGIN IMMEDIATE")
        else:
            await pragma(world, "query_only=ON")
        result = await STORING[door](world)
    finally:
        other.close()
    told = "".join(seen(each) for each in answers(result))
    assert "Nothing" in told
    assert "reference" not in told
    assert all(each.ephemeral for each in answers(result))
    assert await everything(world) == before

    await pragma(world, "query_only=OFF")
    await STORING[door](world)
    await world.bob.slash(world.runs, "run log", distance="7k")
    assert await world.rows("SELECT 1 FROM runs WHERE metres = 7000")
    assert world.env.errors is not None  # looked at


async def test_on_a_full_disk_what_was_answered_is_stored_and_what_was_refused_is_not(world: World) -> None:
    await world.alice.slash(world.runs, "run log", distance="1k", visibility="private")
    pages = (await world.rows("PRAGMA page_count"))[0][0]  # type: ignore[index]
    await pragma(world, f"max_page_count={pages}")
    refused = 0
    for number in range(2, 40):
        result = await world.alice.slash(
            world.runs, "run log", distance=f"{number}k", visibility="private", note="n" * 200
        )
        told = "".join(seen(each) for each in answers(result))
        metres = {row["metres"] for row in await world.rows("SELECT metres FROM runs")}
        if "Nothing could be stored" in told:
            assert number * 1_000 not in metres
            refused += 1
            if refused == 2:
                break
        else:
            assert number * 1_000 in metres
    assert refused == 2
    await pragma(world, "max_page_count=1073741823")
    await world.alice.slash(world.runs, "run log", distance="41k", visibility="private")
    assert await world.rows("SELECT 1 FROM runs WHERE metres = 41000")
    assert world.env.errors


async def test_a_database_that_is_closed_is_told_in_words(world: World) -> None:
    world.database._closing = True
    result = await world.alice.slash(world.runs, "run log", distance="5k")
    world.database._closing = False
    assert "Nothing could be stored" in seen(result)
    assert await world.rows("SELECT 1 FROM runs") == []
    assert world.env.errors


def start(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", "run"],
        env={
            **os.environ,
            "SECONDWIND_STORAGE__URL": f"sqlite:///{path}",
            "SECONDWIND_DISCORD__TOKEN": "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcDe." + "a" * 38,
            "SECONDWIND_DISCORD__API_BASE": "http://127.0.0.1:9/api/v10",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=Path(__file__).parents[2],
    )


def _garbage(path: Path) -> None:
    path.write_bytes(b"this is no database at all" * 1_000)


def _directory(path: Path) -> None:
    path.mkdir()


def _newer(path: Path) -> None:
    connection = sqlite3.connect(path)
    newest = "(SELECT MAX(version) FROM schema_migrations)"
    connection.executescript(f"UPDATE schema_migrations SET version = 9000 WHERE version = {newest};")
    connection.close()


def _cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5_000])


@pytest.mark.parametrize("spoil", [_garbage, _directory, _newer, _cut_short], ids=lambda each: each.__name__)
def test_a_database_that_cannot_serve_is_one_line_at_the_start(
    tmp_path: Path, migrated_file: Path, spoil: Callable[[Path], None]
) -> None:
    path = tmp_path / "second-wind.db"
    if spoil in (_newer, _cut_short):
        path.write_bytes(migrated_file.read_bytes())
    spoil(path)
    ended = start(path)
    assert ended.returncode in (1, 2), ended.stderr
    assert "Traceback" not in ended.stderr
    assert [line.startswith("second-wind: ") for line in ended.stderr.splitlines()] == [True], ended.stderr


def test_a_database_that_another_program_has_locked_is_one_line_at_the_start(
    tmp_path: Path, migrated_file: Path
) -> None:
    path = tmp_path / "second-wind.db"
    path.write_bytes(migrated_file.read_bytes())
    other = sqlite3.connect(path, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        ended = start(path)
    finally:
        other.close()
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert "is locked by another program" in ended.stderr
