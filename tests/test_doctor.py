"""`second-wind check`: each thing that can be wrong, said in words that say what to do."""

from __future__ import annotations

import fcntl
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import discord
import pytest
from aiohttp import web

from benchmarks.standin import Reply, StandIn
from benchmarks.standin_rest import as_json, error
from bot.clock import epoch
from bot.doctor import Installation, examine, report
from bot.doctor.findings import Finding
from bot.doctor.sqlite_file import file_system, folder, library
from bot.storage import open_database
from bot.storage.sqlite import SQLiteDatabase

NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)
NOWHERE = "http://127.0.0.1:9/api/v10"


@pytest.fixture(autouse=True)
def _discord_stays_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discord.http.Route, "BASE", discord.http.Route.BASE)


async def found(url: str, token: str | None = None, api_base: str = NOWHERE, **facts: Any) -> list[Finding]:
    return await examine(Installation(token=token, api_base=api_base, storage_url=url, **facts), NOW)


def problems(findings: list[Finding]) -> list[str]:
    return [each.text for each in findings if each.level == "problem"]


def notes(findings: list[Finding]) -> str:
    return "\n".join(each.text for each in findings if each.level == "note")


@pytest.fixture
def path(tmp_path: Path, migrated_file: Path) -> Path:
    """A sound database."""
    path = tmp_path / "data" / "second-wind.db"
    path.parent.mkdir()
    shutil.copy(migrated_file, path)
    path.chmod(0o600)
    return path


async def test_a_sound_installation_has_no_problem_even_without_a_network(path: Path) -> None:
    findings = await found(f"sqlite:///{path}", "x")
    assert problems(findings) == []
    assert "Discord could not be reached" in notes(findings)
    assert report(findings, lambda _: None) == 0


async def test_a_missing_token_and_a_readable_file_are_problems(path: Path) -> None:
    findings = await found(f"sqlite:///{path}", config_readable_by_others=True)
    token, mode = problems(findings)
    assert "SECONDWIND_DISCORD__TOKEN" in token
    assert "chmod 600" in mode
    said: list[str] = []
    assert report(findings, said.append) == 1
    assert len(said) == len(findings) + 1
    assert said[-1].startswith("2 problems to mend")


async def test_a_first_start_is_only_noted_and_nothing_is_made(tmp_path: Path) -> None:
    findings = await found(f"sqlite:///{tmp_path}/data/second-wind.db", "x")
    assert problems(findings) == []
    assert "is not there yet" in notes(findings)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("version", "level"),
    [((3, 51, 2), "note"), ((3, 7, 0), "note"), ((3, 51, 3), "ok"), ((3, 6, 23), "ok"), ((4, 0, 0), "ok")],
)
def test_the_wal_bug_is_noted_where_the_library_has_it(version: tuple[int, ...], level: str) -> None:
    assert library(version).level == level


@pytest.mark.parametrize(
    ("kind", "level"),
    [("ext4", "ok"), ("nfs4", "problem"), ("cifs", "problem"), ("fuse.sshfs", "problem"), ("9p", "problem"),
     ("overlay", "ok")],
)  # fmt: skip
def test_a_network_file_system_is_a_problem(
    kind: str, level: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mounts"
    monkeypatch.setattr("bot.doctor.sqlite_file.MOUNTS", mounts)
    mounts.write_text(f"/dev/sda / ext4 rw 0 0\nserver:/x {tmp_path}/my\\040data {kind} rw 0 0\n")
    assert file_system(tmp_path / "my data" / "second-wind.db").level == level
    assert file_system(tmp_path / "elsewhere.db").level == "ok"


def test_a_later_mount_on_the_same_place_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mounts"
    monkeypatch.setattr("bot.doctor.sqlite_file.MOUNTS", mounts)
    mounts.write_text("/dev/sda / ext4 rw 0 0\nserver:/x / nfs rw 0 0\n")
    assert file_system(tmp_path / "x.db").level == "problem"


def test_where_mounts_cannot_be_read_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.doctor.sqlite_file.MOUNTS", tmp_path / "none")
    assert file_system(tmp_path / "x.db").level == "note"


@pytest.mark.parametrize(("free", "level"), [(2**20, "problem"), (100 * 2**20, "note"), (2**40, "ok")])
def test_a_full_disk_is_told(free: int, level: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert [each.level for each in folder(tmp_path / "x.db")] == [level]


def test_a_folder_that_cannot_be_written_to_is_a_problem() -> None:
    [finding] = folder(Path("/proc/second-wind.db"))
    assert finding.level == "problem"


async def test_a_file_in_the_folders_place_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    assert "is a file, not a folder" in problems(await found(f"sqlite:///{tmp_path}/data/x.db", "x"))[0]


async def test_a_database_of_a_newer_version_is_a_problem(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO schema_migrations VALUES (9999, 'future', 0)")
    connection.close()
    assert "newer version (9999)" in problems(await found(f"sqlite:///{path}", "x"))[0]


async def test_migrations_that_wait_are_noted_and_not_applied(tmp_path: Path) -> None:
    path = tmp_path / "older.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE schema_migrations (version BIGINT, name TEXT, applied_at BIGINT)")
    connection.close()
    findings = await found(f"sqlite:///{path}", "x")
    assert problems(findings) == []
    assert "migration(s) wait" in notes(findings)
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM schema_migrations").fetchone() == (0,)
    connection.close()


async def test_what_is_no_database_or_another_programs_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "list.db").write_bytes(b"This is a shopping list. " * 300)
    assert "is not an SQLite database" in problems(await found(f"sqlite:///{tmp_path}/list.db", "x"))[0]
    with sqlite3.connect(tmp_path / "other.db") as connection:
        connection.execute("CREATE TABLE birds (name TEXT)")
    connection.close()
    assert "another program" in problems(await found(f"sqlite:///{tmp_path}/other.db", "x"))[0]
    (tmp_path / "folder.db").mkdir()
    assert "is not a file" in problems(await found(f"sqlite:///{tmp_path}/folder.db", "x"))[0]


async def test_a_database_that_another_program_locks_is_a_problem(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.doctor.sqlite_file.PATIENCE_SECONDS", 0.1)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        assert "locked by another program" in problems(await found(f"sqlite:///{path}", "x"))[0]
    finally:
        other.close()


async def test_a_file_that_others_can_read_is_noted(path: Path) -> None:
    path.chmod(0o644)
    assert f"chmod 600 {path}" in notes(await found(f"sqlite:///{path}", "x"))


async def test_a_running_bot_is_told_and_left_alone(sqlite_database: SQLiteDatabase) -> None:
    findings = await found(f"sqlite:///{sqlite_database.path}", "x")
    assert problems(findings) == []
    assert any("is running" in each.text for each in findings)


async def test_looking_does_not_keep_a_bot_from_starting(path: Path) -> None:
    lock = path.with_name(path.name + ".lock")
    lock.touch()
    await found(f"sqlite:///{path}", "x")
    with lock.open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


async def test_both_engines_are_looked_into(database_url: str) -> None:
    findings = await found(database_url, "x")
    assert problems(findings) == []
    assert any(each.text == "The database is of this version." for each in findings)


async def test_an_empty_database_waits_for_its_migrations(empty_database_url: str) -> None:
    findings = await found(empty_database_url, "x")
    assert problems(findings) == []


async def test_a_server_that_is_not_there_is_a_problem() -> None:
    pytest.importorskip("asyncpg")
    assert len(problems(await found("postgresql://nobody@127.0.0.1:9/nothing", "x"))) == 1


# Discord


class Limiting:
    """Lets the stand-in answer some paths otherwise."""

    def __init__(self, part: str, answer: web.Response) -> None:
        self.part, self.answer = part, answer

    async def __call__(self, request: web.Request, reply: Reply) -> web.StreamResponse:
        return self.answer if self.part in request.path else await reply()


async def with_channel(path: Path, discord_: StandIn) -> str:
    url = f"sqlite:///{path}"
    database = await open_database(url)
    guild = discord_.guilds[0]
    await database.write(
        lambda connection: connection.run(
            "INSERT INTO groups (group_id, runs_channel_id, created_at) VALUES (:g, :c, :now)",
            {"g": guild.id, "c": guild.channel_id, "now": epoch(discord.utils.snowflake_time(guild.id))},
        )
    )
    await database.close()
    return url


async def test_a_channel_with_all_permissions_is_fine(path: Path) -> None:
    async with StandIn() as discord_:
        findings = await found(await with_channel(path, discord_), discord_.token, discord_.api_base)
    assert problems(findings) == []
    assert any("may do all it needs" in each.text for each in findings)


async def test_missing_permissions_are_named(path: Path) -> None:
    async with StandIn() as discord_:
        guild = discord_.guilds[0]
        channel = guild.channel(guild.channel_id)
        deny = discord.Permissions(attach_files=True, read_message_history=True).value
        channel["permission_overwrites"] = [{"id": str(guild.id), "type": 0, "allow": "0", "deny": str(deny)}]
        discord_.before_reply = Limiting(f"/channels/{guild.channel_id}", as_json(channel))
        [line] = problems(await found(await with_channel(path, discord_), discord_.token, discord_.api_base))
    assert line.endswith("give the bot Attach Files, Read Message History there.")


@pytest.mark.parametrize(
    ("part", "status", "code", "level", "says"),
    [
        ("/channels/", 404, 10003, "problem", "the channel is gone"),
        ("/channels/", 403, 50001, "problem", "may not see it"),
        ("/guilds/", 404, 10004, "note", "not in that server any more"),
        ("/channels/", 418, 0, "note", "could not be reached"),
    ],
)
async def test_what_discord_says_of_a_channel_becomes_advice(
    part: str, status: int, code: int, level: str, says: str, path: Path
) -> None:
    async with StandIn() as discord_:
        discord_.before_reply = Limiting(part, error(status, code, "no"))
        findings = await found(await with_channel(path, discord_), discord_.token, discord_.api_base)
    assert [each.level for each in findings if says in each.text] == [level]


async def test_a_token_that_discord_does_not_know_is_a_problem(path: Path) -> None:
    async with StandIn() as discord_:
        [line] = problems(await found(f"sqlite:///{path}", "wrong", discord_.api_base))
    assert "copy it again" in line


async def test_it_says_what_is_due_next_and_what_did_not_come_and_why(path: Path) -> None:
    soon, ago = epoch(NOW + timedelta(hours=7)), epoch(NOW - timedelta(hours=3))
    raw = sqlite3.connect(path)
    raw.execute("INSERT INTO groups (group_id, created_at) VALUES (1, 0)")
    schedules = [(1, "leaderboard", None, soon), (2, "opener", "channel_gone", None)]
    for schedule_id, kind, off, due in schedules:
        raw.execute(
            "INSERT INTO schedules (schedule_id, group_id, kind, minute, weekdays, off_reason, since_at, next_due_at,"
            " created_at) VALUES (?, 1, ?, 0, 1, ?, 0, ?, 0)",
            (schedule_id, kind, off, due),
        )
    deliveries = [(1, "2026-11-15", "skipped", "late", None, ago), (2, "2026-11-16", "due", None, ago, None)]
    for delivery_id, day, state, reason, due, ended in deliveries:
        raw.execute(
            "INSERT INTO deliveries (delivery_id, schedule_id, group_id, kind, occurrence_day, due_at, state, reason,"
            " try_at, ended_at, created_at) VALUES (?, 1, 1, 'leaderboard', ?, 0, ?, ?, ?, ?, 0)",
            (delivery_id, day, state, reason, due, ended),
        )
    raw.commit()
    raw.close()
    findings = await found(f"sqlite:///{path}", "x")
    said = "\n".join(each.text for each in findings)
    assert "Due next (UTC): leaderboard 2026-11-16 19:00." in said
    assert "1 x leaderboard, too late to be of use, as the bot was away." in said
    assert "Switched off after three refusals: 1 x opener, the channel is gone." in said
    assert ["1 posts or reminders wait since 2026-11-16 09:00" in each for each in problems(findings)] == [
        True
    ]


async def test_a_bot_that_was_away_is_not_told_that_nothing_is_due(path: Path) -> None:
    ago = epoch(NOW - timedelta(hours=3))
    raw = sqlite3.connect(path)
    for group_id in range(1, 8):
        raw.execute("INSERT INTO groups (group_id, created_at) VALUES (?, 0)", (group_id,))
        raw.execute(
            "INSERT INTO schedules (schedule_id, group_id, kind, minute, weekdays, since_at, next_due_at, created_at)"
            " VALUES (?, ?, 'opener', 0, 1, 0, ?, 0)",
            (group_id, group_id, ago),
        )
    raw.commit()
    raw.close()
    findings = await found(f"sqlite:///{path}", "x")
    assert "Nothing is due" not in "\n".join(each.text for each in findings)
    assert ["7 posts or reminders wait since 2026-11-16 09:00" in each for each in problems(findings)] == [
        True
    ]


async def test_challenges_are_told_of_by_what_they_deliver_and_are_never_switched_off(path: Path) -> None:
    soon, ago = epoch(NOW + timedelta(hours=7)), epoch(NOW - timedelta(hours=3))
    raw = sqlite3.connect(path)
    raw.execute("INSERT INTO groups (group_id, created_at) VALUES (1, 0)")
    for number, (state, reason, due, ended) in enumerate(
        (
            ("due", None, soon, None),
            ("skipped", "called_off", None, ago),
            ("skipped", "nobody_joined", None, ago),
        )
    ):
        raw.execute(
            "INSERT INTO challenges (challenge_id, group_id, interaction_id, kind, measure, title, target, first_day,"
            " last_day, channel_id, created_at, posted_at)"
            " VALUES (?, 1, ?, 'together', 'metres', 'x', 1, '2026-11-01', '2026-11-14', 5, 0, 0)",
            (number, number),
        )
        raw.execute(
            "INSERT INTO schedules (schedule_id, group_id, challenge_id, kind, minute, weekdays, off_reason, since_at,"
            " created_at) VALUES (?, 1, ?, 'challenge_result', 0, 127, 'once', 0, 0)",
            (number, number),
        )
        raw.execute(
            "INSERT INTO deliveries (delivery_id, schedule_id, group_id, kind, occurrence_day, due_at, state, reason,"
            " try_at, ended_at, created_at) VALUES (?, ?, 1, 'challenge_result', '2026-11-14', 0, ?, ?, ?, ?, 0)",
            (number, number, state, reason, due, ended),
        )
    raw.commit()
    raw.close()
    said = "\n".join(each.text for each in await found(f"sqlite:///{path}", "x"))
    assert "Due next (UTC): challenge result 2026-11-16 19:00." in said
    assert "1 x challenge result, the challenge was called off." in said
    assert "1 x challenge result, nobody took part in the challenge." in said
    assert "Switched off" not in said
    assert "Nothing is due" not in said
