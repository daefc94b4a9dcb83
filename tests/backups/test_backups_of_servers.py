"""Backups of PostgreSQL are SQLite files: they restore into both engines, in one step."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.backups import into_server
from bot.backups.files import listed
from bot.backups.restoring import restore
from bot.backups.service import BackupService
from bot.doctor import Installation, examine
from bot.erasures.ledger import KEY_NAME, Ledger
from bot.errors import HostError
from bot.members.service import MemberService
from bot.storage import Connection, Database, open_database
from tests import postgresql
from tests.members.lived import ANNA, GROUP, SECRET, count, lived_in

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
SCHEMAS = "SELECT nspname AS name FROM pg_namespace WHERE nspname LIKE 'second_wind%' ORDER BY 1"


@pytest.fixture
def server_url(postgresql_server: postgresql.Server) -> Iterator[str]:
    name = postgresql_server.create()
    yield postgresql_server.url(name)
    postgresql_server.drop(name)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    made = Ledger(tmp_path / "backups")
    made.prepare()
    return made


async def in_it(url: str, what: Any) -> Any:
    database = await open_database(url)
    try:
        return await what(database)
    finally:
        await database.close()


async def names(url: str, statement: str = SCHEMAS) -> list[str]:
    async def look(connection: Connection) -> list[str]:
        return [row["name"] for row in await connection.all(statement, ())]

    found: list[str] = await in_it(url, lambda database: database.read(look))
    return found


async def rows(url: str) -> dict[str, int]:
    async def look(database: Database) -> dict[str, int]:
        tables = (
            "runs",
            "moods",
            "cheers",
            "deliveries",
            "challenge_members",
            "polls",
            "poll_votes",
            "members",
        )
        return {table: await count(database, table) for table in tables}

    found: dict[str, int] = await in_it(url, look)
    return found


async def test_a_backup_of_a_server_is_a_file_without_votes(server_url: str, ledger: Ledger) -> None:
    await in_it(server_url, lived_in)
    made = await BackupService(server_url, ledger.folder).make(NOW)
    assert made.holds.counts.items() >= (await rows(server_url) | {"poll_votes": 0}).items()
    assert made.holds.counts["poll_secrets"] == 0
    assert made.holds.ledger == ledger.name()
    assert SECRET.encode() not in made.file.path.read_bytes()
    assert [each.path for each in listed(ledger.folder)] == [made.file.path]


@pytest.mark.parametrize("into", ["sqlite", "postgresql"])
async def test_it_restores_into_both_engines(
    into: str, server_url: str, ledger: Ledger, tmp_path: Path
) -> None:
    await in_it(server_url, lived_in)
    before = await rows(server_url)
    await BackupService(server_url, ledger.folder).make(NOW)
    await in_it(server_url, lambda d: d.write(lambda c: c.run("DELETE FROM runs", ())))
    url = server_url if into == "postgresql" else f"sqlite:///{tmp_path}/second-wind.db"
    restored = await restore(url, ledger, NOW + timedelta(days=1))
    assert await rows(url) == before | {"poll_votes": 0}
    assert restored.prepared.ledger_trouble == ""
    await in_it(url, lambda database: database.migrate(now=0))  # a bot can start on it


async def test_a_file_restores_into_a_server_and_the_old_tables_are_kept(
    server_url: str, ledger: Ledger, tmp_path: Path, migrated_file: Path
) -> None:
    file_url = f"sqlite:///{migrated_file}"
    await in_it(server_url, lived_in)
    await BackupService(file_url, ledger.folder).make(NOW)
    restored = await restore(server_url, ledger, NOW)
    assert restored.kept_aside == "in the schema second_wind_before_20261118t120000z"
    assert await names(server_url) == ["second_wind_before_20261118t120000z"]
    assert (await rows(server_url))["runs"] == 0
    kept = "SELECT CAST(run_id AS TEXT) AS name FROM second_wind_before_20261118t120000z.runs"
    assert len(await names(server_url, kept)) == 4


async def test_another_programs_tables_stay_where_they_are(
    server_url: str, ledger: Ledger, migrated_file: Path
) -> None:
    async def theirs(connection: Connection) -> None:
        await connection.run("CREATE TABLE theirs (x INTEGER)", ())

    await in_it(server_url, lambda database: database.write(theirs))
    await BackupService(f"sqlite:///{migrated_file}", ledger.folder).make(NOW)
    await restore(server_url, ledger, NOW)
    there = "SELECT schemaname AS name FROM pg_tables WHERE tablename = 'theirs'"
    assert await names(server_url, there) == ["public"]


async def test_a_newer_versions_tables_go_aside_together(
    server_url: str, ledger: Ledger, migrated_file: Path
) -> None:
    async def newer(connection: Connection) -> None:
        await connection.run("CREATE TABLE of_tomorrow (x INTEGER)", ())
        await connection.run("INSERT INTO schema_migrations VALUES (9999, 'tomorrow', 0)", ())

    await in_it(server_url, lambda database: database.write(newer))
    await BackupService(f"sqlite:///{migrated_file}", ledger.folder).make(NOW)
    await restore(server_url, ledger, NOW)
    there = "SELECT schemaname AS name FROM pg_tables WHERE tablename = 'of_tomorrow'"
    assert await names(server_url, there) == ["second_wind_before_20261118t120000z"]


async def test_a_database_whose_tables_only_have_names_of_ours_is_refused(
    postgresql_server: postgresql.Server, ledger: Ledger, migrated_file: Path
) -> None:
    name = postgresql_server.create(empty=True)
    url = postgresql_server.url(name)

    async def theirs(connection: Connection) -> None:
        await connection.run("CREATE TABLE groups (x INTEGER)", ())

    await in_it(url, lambda database: database.write(theirs))
    await BackupService(f"sqlite:///{migrated_file}", ledger.folder).make(NOW)
    with pytest.raises(HostError, match=r"another program's tables \(groups\)"):
        await restore(url, ledger, NOW)
    assert await names(url, "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'") == [
        "groups"
    ]
    postgresql_server.drop(name)


async def test_whoever_was_erased_since_is_erased_again_on_a_server(server_url: str, ledger: Ledger) -> None:
    await in_it(server_url, lived_in)
    await BackupService(server_url, ledger.folder).make(NOW)
    await in_it(
        server_url,
        lambda database: MemberService(database, ledger).erase_everything(
            GROUP, ANNA, NOW + timedelta(hours=1)
        ),
    )
    restored = await restore(server_url, ledger, NOW + timedelta(hours=2))
    assert restored.prepared.erased.members == 1
    assert (
        await names(
            server_url, f"SELECT 'x' AS name FROM members WHERE person_id = {ANNA} AND group_id = {GROUP}"
        )
        == []
    )


async def test_without_its_ledger_a_server_stays_as_it_was_unless_that_is_said_to_be_known(
    server_url: str, ledger: Ledger
) -> None:
    await in_it(server_url, lived_in)
    await BackupService(server_url, ledger.folder).make(NOW)
    (ledger.folder / KEY_NAME).unlink()
    before = await rows(server_url)
    with pytest.raises(HostError, match="--without-ledger"):
        await restore(server_url, ledger, NOW)
    assert (await rows(server_url), await names(server_url)) == (before, [])
    restored = await restore(server_url, ledger, NOW, without_ledger=True)
    assert "is not in" in restored.prepared.ledger_trouble
    assert restored.kept_aside == "in the schema second_wind_before_20261118t120000z"


async def test_check_lists_what_restores_kept_on_a_server_and_how_to_drop_it(
    server_url: str, ledger: Ledger
) -> None:
    await in_it(server_url, lived_in)
    await BackupService(server_url, ledger.folder).make(NOW)
    await restore(server_url, ledger, NOW)

    async def beside_it(connection: Connection) -> None:
        for schema in (
            "second_wind_restoring",
            "second_wind_before_the_flood",
            '"second_wind_before_20261118t12"',
        ):
            await connection.run(f"CREATE SCHEMA {schema}", ())

    async def notes(after: timedelta) -> list[str]:
        installation = Installation(
            token=None, api_base="http://127.0.0.1:9", storage_url=server_url, backups=str(ledger.folder)
        )
        found = await examine(installation, NOW + after)
        return [each.text for each in found if each.level == "note" and "schema" in each.text]

    kept = "second_wind_before_20261118t120000z"
    [told] = await notes(timedelta(days=12))
    assert told.startswith(f"The schema {kept} is from before a restore, 12 days ago")
    assert f"(DROP SCHEMA {kept} CASCADE)" in told
    await in_it(server_url, lambda database: database.write(beside_it))
    first, half = await notes(timedelta(hours=1))
    assert ("1 hour ago" in first, "left by a restore that was cut short" in half) == (True, True)
    for each in (first, half):
        [drop] = re.findall(r"DROP SCHEMA \w+ CASCADE", each)

        async def dropped(connection: Connection, statement: str = drop) -> None:
            await connection.run(statement, ())

        await in_it(server_url, lambda database, work=dropped: database.write(work))
    assert await notes(timedelta(0)) == []


async def test_cut_short_before_the_last_step_the_old_tables_stand(
    server_url: str, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    await in_it(server_url, lived_in)
    before = await rows(server_url)
    await BackupService(server_url, ledger.folder).make(NOW)

    async def cut(now: datetime, connection: Connection) -> str | None:
        await real(now, connection)
        raise asyncio.CancelledError

    real = into_server._change_places
    with monkeypatch.context() as cutting:
        cutting.setattr(into_server, "_change_places", cut)
        with pytest.raises(asyncio.CancelledError):
            await restore(server_url, ledger, NOW)
    assert await rows(server_url) == before
    assert await names(server_url) == []  # half of a restored database is nobody's to keep
    await restore(server_url, ledger, NOW)
    assert await rows(server_url) == before | {"poll_votes": 0}
    assert await names(server_url) == ["second_wind_before_20261118t120000z"]


async def test_a_damaged_backup_leaves_a_server_as_it_was(
    server_url: str, ledger: Ledger, tmp_path: Path
) -> None:
    await in_it(server_url, lived_in)
    before = await rows(server_url)
    (tmp_path / "bad.db").write_bytes(b"SQLite format 3\0 and no more")
    with pytest.raises(HostError):
        await restore(server_url, ledger, NOW, tmp_path / "bad.db")
    assert await rows(server_url) == before
    assert await names(server_url) == []


async def test_stopping_a_backup_of_a_server_leaves_nothing(server_url: str, ledger: Ledger) -> None:
    await in_it(server_url, lived_in)
    making = asyncio.create_task(BackupService(server_url, ledger.folder).make(NOW))
    while not list(ledger.folder.glob("*.partial")):  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    making.cancel()
    with pytest.raises(asyncio.CancelledError):
        await making
    assert list(ledger.folder.glob("second-wind-*")) == []


def test_the_process_that_reads_ends_with_its_parent(server_url: str, tmp_path: Path) -> None:
    file = tmp_path / "some.db"
    file.touch()
    child = subprocess.Popen(
        [sys.executable, "-m", "bot.backups.server_child", str(file), "0"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    said, _ = child.communicate(
        server_url.encode() + b"\n"
    )  # which closes its standard input, as a dead parent does
    assert (child.returncode, said) == (1, b"")


async def test_without_its_server_there_is_no_backup_and_a_line(ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(HostError, match="PostgreSQL"):
        await BackupService(f"postgresql://x@/y?host={tmp_path}", ledger.folder).make(NOW)
    assert listed(ledger.folder) == []
