"""The worker process: what an archive may do to it, and that it stays within its limits."""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.checkins.file_worker import Archive, Worker
from bot.checkins.track import BadFile
from demo import samples

START = datetime(2026, 3, 1, 7, 0, tzinfo=UTC)
RUN = samples.gpx(samples.steady(2_000, 600, step=5), started_at=START)
LIMITS = {"memory": 256 << 20, "points": 400_000, "members": 2_000, "seconds": 5}


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    """A worker as the bot starts it, asked over its pipes."""
    command = [sys.executable, "-m", "bot.checkins.file_worker", json.dumps(LIMITS)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as started:
        assert heard(started) == {"ready": True}
        yield started
        started.kill()


def heard(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    assert process.stdout is not None
    answer: dict[str, Any] = json.loads(process.stdout.read(struct.unpack(">I", process.stdout.read(4))[0]))
    return answer


def asked(process: subprocess.Popen[bytes], question: dict[str, Any], data: bytes = b"") -> dict[str, Any]:
    assert process.stdin is not None
    head = json.dumps({**question, "size": len(data)}).encode()
    process.stdin.write(struct.pack(">I", len(head)) + head + data)
    process.stdin.flush()
    return heard(process)


def why(archive: bytes, allowance: int = 1 << 26) -> str:
    with pytest.raises(BadFile) as caught:
        Archive(archive).read(0, allowance)
    return caught.value.reason


def test_names_that_climb_are_read_and_only_shown() -> None:
    worker = Worker(LIMITS)
    archive = samples.zipped({"../../etc/passwd.gpx": RUN, "/root/a.gpx": RUN, "C:\\x\\..\\b.gpx": RUN})
    opened = worker.answer({"op": "open"}, archive)
    assert opened["names"] == ["passwd.gpx", "a.gpx", "b.gpx"]
    for index, name in enumerate(opened["names"]):
        told = worker.answer({"op": "member", "index": index, "allowance": 1 << 26}, b"")
        assert (told["name"], told["activity"]["metres"]) == (name, 2_000)


def test_other_files_of_an_export_are_counted_and_not_opened() -> None:
    archive = Archive(
        samples.zipped({"activities/1.fit.gz": b"", "profile.csv": b"a", "p/1.jpg": b"", "media/": b"",
                        "__MACOSX/._1.fit": b""})
    )  # fmt: skip
    assert [info.filename for info in archive.watch_files] == ["activities/1.fit.gz"]
    assert archive.others == 2


def test_a_zip_inside_a_zip_is_left_out() -> None:
    assert why(samples.zipped({"part-1.zip": samples.zipped({"a.gpx": RUN})})) == "archive"


def test_a_zip_bomb_stops_at_the_allowance() -> None:
    bomb = samples.zipped({"a.gpx": b"\x00" * 30_000_000})
    assert len(bomb) < 50_000
    assert why(bomb, 1_000_000) == "too_large"


def test_a_member_that_lies_about_its_size_is_not_believed() -> None:
    bomb = bytearray(samples.zipped({"a.gpx": b"\x00" * 3_000_000}))
    size = struct.pack("<I", 3_000_000)
    lie = bytes(bomb).replace(size, struct.pack("<I", 10))
    assert lie.count(struct.pack("<I", 10)) >= 2
    assert why(lie) == "damaged"


def test_an_encrypted_member_and_a_rare_way_of_zipping_are_left_out() -> None:
    made = bytearray(samples.zipped({"a.gpx": RUN}))
    directory = made.rindex(b"PK\x01\x02")
    made[directory + 8] |= 1
    assert why(bytes(made)) == "encrypted"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("a.gpx", RUN)
    assert why(packed.getvalue()) == "unsupported"


def test_a_broken_archive_is_damaged() -> None:
    whole = samples.zipped({"a.gpx": RUN})
    for broken in (whole[:-30], whole[:10], b"PK\x03\x04" + b"\x00" * 100, b"PK\x05\x06" + b"\xff" * 18):
        with pytest.raises(BadFile) as caught:
            Archive(broken)
        assert caught.value.reason == "damaged"
    hurt = bytearray(whole)
    hurt[60] ^= 0xFF
    assert why(bytes(hurt)) == "damaged"


def test_the_worker_knows_nothing_of_discord_and_of_the_bots_settings(
    process: subprocess.Popen[bytes],
) -> None:
    code = "import sys, bot.checkins.file_worker; print([m for m in sys.modules if 'discord' in m or 'settings' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_million_points_are_refused_within_the_memory(process: subprocess.Popen[bytes]) -> None:
    point = b'<trkpt lat="52.0" lon="13.0"/>'
    told = asked(
        process,
        {"op": "file", "name": "a.gpx", "allowance": 1 << 26},
        b"<gpx><trk><trkseg>" + point * 1_000_000,
    )
    assert told["reason"] == "too_many_points"
    assert (
        asked(process, {"op": "file", "name": "a.gpx", "allowance": 1 << 26}, RUN)["activity"]["metres"]
        == 2_000
    )


@pytest.mark.skipif(sys.platform != "linux", reason="the limit on memory is Linux's")
def test_what_does_not_fit_the_memory_is_refused_and_ends_the_worker(
    process: subprocess.Popen[bytes],
) -> None:
    bomb = samples.gzipped(b"\x01" * (300 << 20))
    told = asked(process, {"op": "file", "name": "a.gpx", "allowance": 1 << 30}, bomb)
    assert told == {"reason": "too_large", "ending": True}
    assert process.wait(timeout=10) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="the limit on files is POSIX's")
def test_the_worker_ends_when_the_bot_goes_away(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(timeout=10) == 0
