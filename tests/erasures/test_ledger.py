"""The ledger of erasures: durable lines that name nobody, and a key without which they say nothing."""

from __future__ import annotations

import logging
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import epoch
from bot.erasures.ledger import FEELINGS, KEPT, MEMBER, KeyDamaged, Ledger
from bot.errors import StorageUnavailable

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
GROUP, ANN = 1_180_591_620_717_411_303, 1_180_591_620_717_411_999


async def record(ledger: Ledger, now: datetime = NOW, person_id: int = ANN) -> None:
    async with ledger.recorded(MEMBER, GROUP, person_id, now):
        pass


async def test_an_erasure_is_found_by_group_person_and_kind_alone(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "backups")
    await record(ledger)
    recorded = ledger.read()
    assert recorded.moment(MEMBER, GROUP, ANN) == epoch(NOW)
    assert recorded.moment(FEELINGS, GROUP, ANN) is None
    assert recorded.moment(MEMBER, GROUP + 1, ANN) is None
    assert recorded.moment(MEMBER, GROUP, ANN + 1) is None


async def test_no_id_stands_in_the_ledger_and_both_files_are_the_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    await record(Ledger(folder))
    text = b"".join(each.read_bytes() for each in folder.iterdir())
    for number in (GROUP, ANN):
        assert str(number).encode() not in text
        assert number.to_bytes(8, "big") not in text
        assert f"{number:x}".encode() not in text
    for each in folder.iterdir():
        assert stat.S_IMODE(each.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


async def test_the_line_is_there_before_the_erasure(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    async with ledger.recorded(MEMBER, GROUP, ANN, NOW):
        assert ledger.read().moment(MEMBER, GROUP, ANN) == epoch(NOW)


async def test_an_erasure_that_did_not_happen_is_taken_back_and_an_earlier_one_stays(tmp_path: Path) -> None:
    ledger, later = Ledger(tmp_path), NOW + timedelta(hours=1)
    await record(ledger)
    with pytest.raises(ValueError, match="the disk is full"):
        async with ledger.recorded(MEMBER, GROUP, ANN, later):
            raise ValueError("the disk is full")
    async with ledger.recorded(MEMBER, GROUP, ANN, later) as entry:
        entry.happened = False
    assert ledger.read().moment(MEMBER, GROUP, ANN) == epoch(NOW)


@pytest.mark.parametrize(("reason", "stays"), [("in_doubt", True), ("unreachable", False)])
async def test_the_line_of_an_erasure_stays_where_nobody_knows_whether_it_happened(
    tmp_path: Path, reason: str, stays: bool
) -> None:
    ledger = Ledger(tmp_path)
    with pytest.raises(StorageUnavailable):
        async with ledger.recorded(MEMBER, GROUP, ANN, NOW):
            raise StorageUnavailable(reason)
    assert (ledger.read().moment(MEMBER, GROUP, ANN) == epoch(NOW)) is stays


async def test_the_latest_of_several_erasures_counts(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    for hours in (0, 2, 1):
        await record(ledger, NOW + timedelta(hours=hours))
    assert ledger.read().moment(MEMBER, GROUP, ANN) == epoch(NOW + timedelta(hours=2))


async def test_lines_are_dropped_after_forty_days_and_others_stay(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    await record(ledger, NOW - KEPT - timedelta(seconds=1))
    await record(ledger, NOW - KEPT, ANN + 1)
    assert ledger.drop_old(NOW) == 1
    assert ledger.drop_old(NOW) == 0
    assert ledger.read().moment(MEMBER, GROUP, ANN) is None
    assert ledger.read().moment(MEMBER, GROUP, ANN + 1) is not None


async def test_a_line_cut_short_spoils_itself_alone(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    await record(ledger)
    with (tmp_path / "erasures").open("ab") as file:
        file.write(b"0a1b2c3d 17\xff")
    await record(ledger, person_id=ANN + 1)
    recorded = ledger.read()
    assert recorded.damaged == 1
    assert recorded.moment(MEMBER, GROUP, ANN)
    assert recorded.moment(MEMBER, GROUP, ANN + 1)


async def test_lines_of_a_lost_key_are_counted_and_a_new_key_goes_on(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    await record(ledger)
    (tmp_path / "erasures.key").unlink()
    assert (ledger.read().foreign, ledger.read().moments) == (1, {})
    await record(ledger)
    recorded = ledger.read()
    assert (recorded.foreign, recorded.moment(MEMBER, GROUP, ANN)) == (1, epoch(NOW))


async def test_a_damaged_key_is_never_replaced_and_keeps_nobody_from_erasing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ledger = Ledger(tmp_path)
    await record(ledger)
    (tmp_path / "erasures.key").write_text("half a key")
    with pytest.raises(KeyDamaged):
        ledger.read()
    with caplog.at_level(logging.ERROR):
        await record(ledger)
    assert [each.message for each in caplog.records] == ["erasure_not_recorded"]
    assert (tmp_path / "erasures.key").read_text() == "half a key"


async def test_a_folder_that_cannot_be_written_keeps_nobody_from_erasing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "backups").write_text("a file")
    erased = False
    async with Ledger(tmp_path / "backups").recorded(MEMBER, GROUP, ANN, NOW):
        erased = True
    assert erased
    assert [each.message for each in caplog.records] == ["erasure_not_recorded"]


def test_where_nothing_was_erased_there_is_nothing_to_read(tmp_path: Path) -> None:
    assert Ledger(tmp_path / "none").read().moments == {}
