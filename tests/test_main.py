"""The command line: what it says and what it exits with."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import COMMANDS, main

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("SECONDWIND_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("bot.__main__.set_up_logging", lambda *_: None)  # pytest listens already


def second_wind(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as a process of its own, in `folder`."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("command", ["run", "sync"])
def test_a_missing_token_is_one_line_and_exit_code_2(command: str, tmp_path: Path) -> None:
    ended = second_wind(tmp_path, command)
    assert ended.returncode == 2
    assert ended.stderr.startswith("second-wind: discord.token is missing: put the bot's token")
    assert ended.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["run", "check", "sync", "migrate"])
@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("[discord", "is not valid TOML"),
        ('[discord]\ntoken = "x"\napi_base = "nowhere"', "discord.api_base is not right"),
        ('[discord]\ntoken = "x"\nsharks = 3', "discord.sharks is not a setting"),
        (None, "does not exist"),
    ],
)
def test_a_wrong_configuration_is_one_line_and_exit_code_2(
    command: str, content: str | None, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "some.toml"
    if content is not None:
        path.write_text(content)
    assert main([command, "--config", str(path)]) == 2
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1


def test_a_wrong_variable_is_one_line_without_a_traceback(tmp_path: Path) -> None:
    ended = second_wind(tmp_path, "run", SECONDWIND_DISCORD__SHARD_COUNT="many")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == (
        "second-wind: discord.shard_count is not right: it has to be a whole number from 1 to 10000.\n"
    )


def test_an_unknown_command_is_told_with_exit_code_2(tmp_path: Path) -> None:
    ended = second_wind(tmp_path, "fly")
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert all(name in said for name in COMMANDS)


def test_migrate_makes_the_database_and_then_finds_nothing_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["migrate"]) == 0
    assert "Applied: 0001_check_ins" in capsys.readouterr().out
    assert (tmp_path / "data" / "second-wind.db").exists()
    assert main(["migrate"]) == 0
    assert capsys.readouterr().out == "The database is up to date.\n"


def broken(folder: Path, migrated: Path, how: str) -> Path:
    """A database that cannot serve, in one way or another."""
    path = folder / "data" / "second-wind.db"
    if how == "the folder is a file":
        (folder / "data").write_text("")
        return path
    (folder / "data").mkdir()
    if how == "not a database":
        path.write_bytes(b"This is a shopping list. " * 300)
    elif how == "newer":
        shutil.copy(migrated, path)
        with sqlite3.connect(path) as connection:
            connection.execute("INSERT INTO schema_migrations VALUES (9999, '9999_future', 0)")
        connection.close()
    elif how == "a folder":
        path.mkdir()
    return path


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("the folder is a file", "data"),
        ("not a database", "no sound SQLite database"),
        ("newer", "newer version (9999)"),
        ("a folder", "second-wind.db"),
    ],
)
@pytest.mark.parametrize("command", ["run", "migrate"])
def test_a_database_that_cannot_serve_is_one_line_and_stays_as_it_was(
    command: str,
    how: str,
    says: str,
    tmp_path: Path,
    migrated_file: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SECONDWIND_DISCORD__TOKEN", "x")
    path = broken(tmp_path, migrated_file, how)
    before = path.read_bytes() if path.is_file() else None
    assert main([command]) in {1, 2}
    said = capsys.readouterr().err
    assert "second-wind: " in said
    assert says in said
    assert "Traceback" not in said
    assert before is None or path.read_bytes() == before


def test_an_unreachable_discord_is_one_line_and_exit_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECONDWIND_DISCORD__TOKEN", "x")
    monkeypatch.setenv("SECONDWIND_DISCORD__API_BASE", "http://127.0.0.1:9/api/v10")
    ended = second_wind(tmp_path, "run")
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].startswith(
        "second-wind: Discord could not be reached at http://127.0.0.1:9"
    )
    assert "Traceback" not in ended.stderr


def test_the_demo_without_its_packages_says_how_to_get_them(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "demo.__main__", None)
    monkeypatch.setitem(sys.modules, "demo", None)
    assert main(["demo"]) == 1
    assert "make demo" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["migrate"], ["restore", "some.db"]])
def test_an_address_that_names_no_file_ends_with_2(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SECONDWIND_STORAGE__URL", "sqlite:///.")
    assert main(command) == 2
    assert "storage.url has to name one" in capsys.readouterr().err


def test_a_slash_too_many_leads_to_the_same_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SECONDWIND_STORAGE__URL", f"sqlite:////{tmp_path}/second-wind.db")
    assert main(["migrate"]) == 0
    assert main(["backup"]) == 0
    assert main(["restore"]) == 0
    assert "looked through and sound" in capsys.readouterr().out


@pytest.mark.parametrize(
    "command", [["check"], ["check", "--rebuild"], ["copy", "sqlite:///a/x.db", "sqlite:///b.db"]]
)
def test_a_folder_of_somebody_elses_is_said_in_words(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(path: Path, **given: Any) -> os.stat_result:
        if path.name == "x.db":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return really(path, **given)

    really = Path.stat
    monkeypatch.setenv("SECONDWIND_STORAGE__URL", "sqlite:///a/x.db")
    monkeypatch.setattr(Path, "stat", refuse)  # root, who may run the tests, is refused nothing
    assert main(command) == 1
    said = capsys.readouterr()
    assert "a/x.db cannot be looked at" in said.out + said.err


def test_a_server_that_refuses_a_right_is_said_in_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class InsufficientPrivilege(Exception):
        sqlstate = "42501"

    def refused(*_: object) -> int:
        raise InsufficientPrivilege

    monkeypatch.setattr("bot.__main__._migrate", refused)
    assert main(["migrate"]) == 1
    assert "make it the owner of the database" in capsys.readouterr().err
