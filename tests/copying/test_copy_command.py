"""`second-wind copy`: what it says, what it ends with, and that a kill in its middle costs nothing."""

from __future__ import annotations

import asyncio
import io
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.copying.service import Progress
from bot.copying.telling import Bar
from bot.errors import StorageUnavailable
from bot.storage import open_database
from bot.storage.open import present_on
from bot.storage.presence import Presence
from tests import postgresql
from tests.copying.filled import big_run, fill, held
from tests.members.lived import run

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("SECONDWIND_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("bot.__main__.set_up_logging", lambda *_: None)


@pytest.fixture
def filled_file(migrated_file: Path, tmp_path: Path) -> str:
    """The address of a file in which every table holds something."""
    path = tmp_path / "old" / "second-wind.db"
    path.parent.mkdir()
    shutil.copy(migrated_file, path)
    url = f"sqlite:///{path}"

    async def work() -> None:
        database = await open_database(url)
        await fill(database)
        await run(database, *(big_run(number) for number in range(100, 160)))
        await database.close()

    asyncio.run(work())
    return url


def equal(one: str, other: str) -> bool:
    """Whether two databases hold the same."""

    async def work() -> bool:
        first, second = await open_database(one), await open_database(other)
        try:
            return await held(first) == await held(second)
        finally:
            await first.close()
            await second.close()

    return asyncio.run(work())


def test_a_copy_that_is_killed_in_its_middle_goes_on_with_the_next_call(
    filled_file: str, postgresql_server: postgresql.Server, capsys: pytest.CaptureFixture[str]
) -> None:
    name = postgresql_server.create(empty=True)
    target = postgresql_server.url(name)
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.copying.copy_child", filled_file, target],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdout is not None
    while not child.stdout.readline().startswith("copying 6"):
        assert child.poll() is None
    child.kill()
    child.communicate()
    assert main(["copy", filled_file, target]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("The copy that was cut short was carried on.\nCopied ")
    assert "compared every one: both hold the same." in said.out
    assert said.err == "", "no bar where nobody looks"
    assert equal(filled_file, target)
    postgresql_server.drop(name)


def test_a_copy_of_a_file_says_where_the_ledger_stays(
    filled_file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "old" / "backups").mkdir()
    target = f"sqlite:///{tmp_path}/new/second-wind.db"
    assert main(["copy", filled_file, target]) == 0
    assert f"stay in {tmp_path}/old/backups: set storage.backups" in capsys.readouterr().out
    assert equal(filled_file, target)
    assert main(["copy", filled_file, target]) == 1
    assert capsys.readouterr().err == (
        "second-wind: The target is not empty: name a new file, or a database without tables.\n"
    )


def test_a_difference_is_told_by_table_and_ends_with_1(
    filled_file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    target = f"sqlite:///{tmp_path}/new.db"

    def stop(_bar: Bar, progress: Progress) -> None:
        if progress.doing == "comparing":
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Bar, "show", stop)
        assert main(["copy", filled_file, target]) == 130

    async def change() -> None:
        database = await open_database(filled_file)
        await run(database, "UPDATE runs SET note = 'a secret' WHERE run_id IN (1, 2)")
        await database.close()

    asyncio.run(change())
    assert main(["copy", filled_file, target]) == 1
    said = capsys.readouterr().out
    assert "Rows differ in: runs (2)." in said
    assert "secret" not in said
    monkeypatch.setenv("SECONDWIND_STORAGE__URL", target)
    assert main(["migrate"]) == 1
    assert "cut short" in capsys.readouterr().err
    assert main(["check"]) == 1
    assert "problem A copy into this database was cut short: run the same" in capsys.readouterr().out


def test_a_database_in_use_is_not_copied(
    filled_file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def meanwhile() -> int:
        database = await open_database(filled_file)
        try:
            return await asyncio.to_thread(main, ["copy", filled_file, f"sqlite:///{tmp_path}/new.db"])
        finally:
            await database.close()

    assert asyncio.run(meanwhile()) == 1
    assert "Another Second Wind is already using" in capsys.readouterr().err
    assert not (tmp_path / "new.db").exists()


def test_a_server_in_use_is_neither_copied_nor_rebuilt(
    filled_file: str,
    postgresql_server: postgresql.Server,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(vars(Presence)["take"].__func__.__kwdefaults__, "patience", 0.0)
    name = postgresql_server.create(empty=True)
    target = postgresql_server.url(name)
    monkeypatch.setenv("SECONDWIND_STORAGE__URL", target)

    async def meanwhile() -> list[int]:
        presence = await present_on(target, [0])  # one of several processes
        assert presence is not None
        try:
            commands = (["copy", filled_file, target], ["check", "--rebuild"])
            return [await asyncio.to_thread(main, command) for command in commands]
        finally:
            await presence.close()

    assert asyncio.run(meanwhile()) == [1, 1]
    assert capsys.readouterr().err.count("Another Second Wind is already using") == 2
    assert main(["copy", filled_file, target]) == 0
    postgresql_server.drop(name)


@pytest.mark.parametrize(
    ("source", "target", "says"),
    [
        ("mysql://x/y", "sqlite:///b.db", "storage.url has to start with"),
        ("sqlite:///none.db", "sqlite:///b.db", "There is no database at none.db"),
        ("sqlite:///a.db", "sqlite:///./a.db", "the same database"),
        ("postgresql://a:x@h/n", "postgresql://b@h:5432/n", "the same database"),
    ],
)
def test_addresses_that_cannot_be_end_with_2(
    source: str, target: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.db").touch()
    assert main(["copy", source, target]) == 2
    said = capsys.readouterr().err
    assert says in said
    assert not (tmp_path / "b.db").exists()


def test_a_terminal_sees_one_line_that_goes_again() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    with Bar(terminal) as bar:
        bar.show(Progress("copying", "runs", 500_000, 1_000_000))
        bar.show(Progress("comparing", "moods", 1_000_000, 1_000_000))
    shown = terminal.getvalue().split("\r")
    assert shown[1] == "[###############...............]  50% 500,000 of 1,000,000 rows copied: runs"
    assert shown[2].startswith(
        "[##############################] 100% 1,000,000 of 1,000,000 rows compared: moods"
    )
    assert shown[3].strip() == ""
    assert shown[4] == ""
    assert "\n" not in terminal.getvalue()


def test_another_programs_file_is_left_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "recipes.db"
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE soups (name TEXT)")
    before = path.read_bytes()
    assert main(["copy", f"sqlite:///{path}", f"sqlite:///{tmp_path}/new.db"]) == 1
    assert "The source holds no Second Wind" in capsys.readouterr().err
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["recipes.db"]


def test_a_server_that_lets_nobody_make_tables_is_told_with_what_to_do(
    filled_file: str, postgresql_server: postgresql.Server, capsys: pytest.CaptureFixture[str]
) -> None:
    name = postgresql_server.create(empty=True)
    postgresql_server.execute("CREATE ROLE onlooker LOGIN")
    assert main(["copy", filled_file, postgresql_server.url(name, user="onlooker")]) == 1
    assert "make this user the owner of the database" in capsys.readouterr().err
    postgresql_server.drop(name)
    postgresql_server.execute("DROP ROLE onlooker")


def test_another_programs_file_is_no_target_and_left_as_it_is(
    filled_file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "recipes.db"
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE soups (name TEXT)")
    before = path.read_bytes()
    assert main(["copy", filled_file, f"sqlite:///{path}"]) == 1
    assert "The target is not empty" in capsys.readouterr().err
    assert path.read_bytes() == before
    assert not path.with_name("recipes.db.lock").exists()


def test_a_side_that_gives_no_answer_is_said_with_what_to_do(
    filled_file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def full(*_: object) -> None:
        raise StorageUnavailable("full", "database or disk is full")

    monkeypatch.setattr("bot.copying.service.insert", full)
    assert main(["copy", filled_file, f"sqlite:///{tmp_path}/new.db"]) == 1
    said = capsys.readouterr().err
    assert "(full: database or disk is full)" in said
    assert "run the same `second-wind copy` again" in said
