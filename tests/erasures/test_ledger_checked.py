"""What `second-wind check` says of leaving and of the ledger: numbers, and what to do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.doctor.leaving import Leaving, leaving_findings, ledger_finding, look_at_leaving
from bot.erasures.ledger import MEMBER, Ledger
from bot.storage import Connection, Database, load_queries

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def one_line(folder: Path) -> None:
    async with Ledger(folder).recorded(MEMBER, 1, 2, NOW):
        pass


async def test_leaving_is_told_in_numbers_alone(database: Database) -> None:
    now = int(NOW.timestamp())

    async def fill(connection: Connection) -> None:
        await connection.run("INSERT INTO groups (group_id, created_at) VALUES (1, 0)", ())
        await connection.run("INSERT INTO people (person_id, created_at) VALUES (5, 0), (6, 0)", ())
        await connection.run(
            "INSERT INTO members (group_id, person_id, created_at, left_at, looked_up_at)"
            f" VALUES (1, 5, 0, {now}, {now}), (1, 6, 0, NULL, NULL)",
            (),
        )

    await database.write(fill)
    queries = load_queries("bot.doctor", database.dialect)
    leaving = await database.read(lambda connection: look_at_leaving(queries, connection, NOW))
    assert leaving == Leaving(waiting=1, asked_at=now, unasked=1)
    told = " ".join(each.text for each in leaving_findings(leaving))
    assert "erasure, 30 days on: 1." in told
    assert "last 2026-11-22 12:00 UTC" in told
    assert "1 members were not asked about" in told
    assert [each.level for each in leaving_findings(Leaving(0, None, 0))] == ["ok"]


async def test_a_sound_ledger_is_fine_and_so_is_none(tmp_path: Path) -> None:
    assert ledger_finding(tmp_path).level == "ok"
    await one_line(tmp_path)
    found = ledger_finding(tmp_path)
    assert (found.level, "1 erasures" in found.text) == ("ok", True)


async def test_a_lost_or_damaged_key_and_damaged_lines_are_told(tmp_path: Path) -> None:
    await one_line(tmp_path)
    (tmp_path / "erasures").open("a").write("half a li\n")
    assert ledger_finding(tmp_path).level == "note"
    (tmp_path / "erasures.key").write_text("no key")
    assert "erasures.key is damaged" in ledger_finding(tmp_path).text
    (tmp_path / "erasures.key").unlink()
    assert "with a key that is not in" in ledger_finding(tmp_path).text
    assert ledger_finding(tmp_path).level == "problem"


async def test_a_ledger_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await one_line(tmp_path)

    def refused(*_args: object, **_options: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", refused)
    found = ledger_finding(tmp_path)
    assert found.level == "problem"
    assert "Permission denied" in found.text


def test_long_away_is_told() -> None:
    assert leaving_findings(Leaving(0, int((NOW - timedelta(days=20)).timestamp()), 7))[1].level == "note"


def test_a_key_without_its_lines_is_noted(tmp_path: Path) -> None:
    Ledger(tmp_path).prepare()
    assert ledger_finding(tmp_path).level == "ok"
    (tmp_path / "erasures").unlink()
    found = ledger_finding(tmp_path)
    assert (found.level, "is not there, though its key is" in found.text) == ("note", True)
