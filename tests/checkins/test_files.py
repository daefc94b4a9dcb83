"""Files from watches as the bot sees them: read in another process, one by one, whatever happens to it."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.checkins.files import Activity, FileReader, Limits, Read, Unreadable
from bot.errors import Refusal
from demo import samples
from demo.samples import Session

START = datetime(2026, 3, 1, 7, 0, tzinfo=UTC)
STEADY = samples.steady(2_000, 600, step=5)
RUN = samples.gpx(STEADY, started_at=START)
SLOW = samples.gpx(samples.steady(40_000, 12_000), started_at=START)  # 12,000 points, some 0.2 s


def worker_pid(reader: FileReader) -> int:
    pid = reader._workers[0].pid
    assert pid is not None
    return pid


@pytest.fixture
async def reader() -> AsyncIterator[FileReader]:
    made = FileReader()
    yield made
    await made.close()


async def all_of(reader: FileReader, data: bytes) -> list[Read]:
    return [read async for read in reader.read_archive("export.zip", data)]


async def refused(reader: FileReader, data: bytes) -> str:
    with pytest.raises(Refusal) as caught:
        await reader.read("run.fit", data)
    return caught.value.message.format(**caught.value.values)


async def test_a_file_is_read_by_its_content_whatever_its_name_says(reader: FileReader) -> None:
    fit = samples.fit(Session(STEADY, metres=2_000, seconds=600), started_at=START)
    tcx = samples.tcx((STEADY, 600, 2_000), started_at=START)
    for data in (fit, RUN, tcx, samples.gzipped(fit)):
        activity = await reader.read("photo.jpg", data)
        assert (activity.sport, activity.metres, activity.seconds) == ("run", 2_000, 600)
        assert activity.started_at == START
        assert activity.bests[1_000] == pytest.approx(300, abs=1)


async def test_each_kind_of_trouble_has_words_that_say_what_to_do(reader: FileReader) -> None:
    reader.limits = Limits()
    assert await refused(reader, b"") == "That file is empty: export it again from the watch's app."
    assert (await refused(reader, b"hello")).startswith("That is no file from a watch: send")
    assert (await refused(reader, RUN[:-400])).startswith(
        "That file is damaged or was cut short: export it again"
    )
    assert (await refused(reader, samples.zipped({"a.gpx": RUN}))).startswith(
        "That is an archive of many files"
    )
    assert (await refused(reader, b"\x00" * (11 << 20))).startswith(
        "That file is too large: 10 MiB is the most, 64 MiB"
    )
    assert (await refused(reader, samples.gzipped(b"\x00" * (65 << 20)))).startswith("That file is too large")
    assert "recorded run" in await refused(reader, b'<gpx><wpt lat="1" lon="2"/></gpx>')
    assert "can't be right" in await refused(reader, RUN.replace(b"2026-", b"1970-"))
    assert "no watch writes" in await refused(reader, b'<!DOCTYPE gpx [<!ENTITY a "b">]><gpx>&a;</gpx>')


async def test_an_archive_is_read_file_by_file_with_progress(reader: FileReader) -> None:
    ride = samples.fit(Session(STEADY, samples.CYCLING), started_at=START)
    later = samples.gpx(STEADY, started_at=START + timedelta(days=1))
    reads = await all_of(
        reader,
        samples.zipped(
            {"a/1.gpx": RUN, "a/2.fit": ride, "a/3.gpx.gz": samples.gzipped(RUN), "a/4.tcx": b"", "a/5.GPX": later,
             "profile.csv": b"name", "a/": b""}
        ),
    )  # fmt: skip
    assert [(read.index, read.total, read.others) for read in reads] == [(n, 5, 1) for n in range(1, 6)]
    assert [read.name for read in reads] == ["1.gpx", "2.fit", "3.gpx.gz", "4.tcx", "5.GPX"]
    first, second, third, fourth, fifth = (read.outcome for read in reads)
    assert isinstance(first, Activity)
    assert first.metres == 2_000
    assert isinstance(second, Activity)
    assert second.sport == "other"
    assert third == first  # the same content: the hash tells that it was sent twice
    assert fourth == Unreadable("empty")
    assert isinstance(fifth, Activity)
    assert fifth.content_hash != first.content_hash


async def test_a_single_file_counts_as_an_archive_of_one(reader: FileReader) -> None:
    (read,) = await all_of(reader, RUN)
    assert (read.index, read.total) == (1, 1)
    assert isinstance(read.outcome, Activity)


async def test_an_archive_that_cannot_be_taken_is_refused_before_anything_is_read() -> None:
    reader = FileReader(limits=Limits(members=3, archive_bytes=100_000))
    many = samples.zipped({f"{n}.gpx": b"" for n in range(4)})
    for data, words in (
        (many, "holds 4 files from watches, and 3 at once is the most"),
        (samples.zipped({"notes.txt": b"x"}), "holds no FIT, GPX or TCX file"),
        (samples.zipped({}), "holds no FIT, GPX or TCX file"),
        (many[:-10], "archive is damaged"),
        (many + b"\x00" * 100_000, "too large"),
    ):
        with pytest.raises(Refusal) as caught:
            await all_of(reader, data)
        assert words in caught.value.message.format(**caught.value.values)
    await reader.close()


async def test_what_an_archive_unpacks_to_is_limited_in_all_and_the_rest_left_out() -> None:
    size = len(RUN)
    reader = FileReader(limits=Limits(unpacked_bytes_in_all=size * 2 + 10))
    reads = await all_of(reader, samples.zipped({f"{n}.gpx": RUN for n in range(4)}))
    assert [isinstance(read.outcome, Activity) for read in reads] == [True, True, False, False]
    assert reads[3].outcome == Unreadable("too_large")
    await reader.close()


async def test_a_worker_killed_in_the_middle_of_an_archive_costs_one_file_at_most(reader: FileReader) -> None:
    archive = samples.zipped({f"{n}.gpx": SLOW for n in range(5)})
    outcomes = []
    async for read in reader.read_archive("export.zip", archive):
        outcomes.append(read.outcome)
        if read.index == 2:
            asyncio.get_running_loop().call_later(0.02, os.kill, worker_pid(reader), signal.SIGKILL)
    assert len(outcomes) == 5
    assert outcomes[2] == Unreadable("crashed")
    assert all(isinstance(outcome, Activity) for outcome in outcomes[:2] + outcomes[3:])


async def test_a_file_that_takes_too_long_is_given_up_and_the_next_is_read() -> None:
    reader = FileReader(limits=Limits(seconds_per_file=0.5))
    huge = samples.gpx(samples.steady(160_000, 90_000), started_at=START)  # 90,000 points, some 2 s
    reads = await all_of(reader, samples.zipped({"1.gpx": huge, "2.gpx": RUN}))
    assert reads[0].outcome == Unreadable("too_slow")
    assert isinstance(reads[1].outcome, Activity)
    assert "takes too long" in await refused(reader, huge)
    assert (await reader.read("a", RUN)).metres == 2_000
    await reader.close()


async def test_a_file_that_needs_too_much_memory_is_refused_and_the_next_is_read() -> None:
    reader = FileReader(limits=Limits(unpacked_bytes=400 << 20, seconds_per_file=20))
    assert "too large" in await refused(reader, samples.gzipped(b"\x01" * (300 << 20)))
    assert (await reader.read("a", RUN)).metres == 2_000
    await reader.close()


async def test_somebodys_single_run_does_not_wait_for_all_of_an_archive(reader: FileReader) -> None:
    archive = samples.zipped({f"{n}.gpx": SLOW for n in range(6)})
    order: list[str] = []

    async def import_all() -> None:
        async for read in reader.read_archive("export.zip", archive):
            order.append(f"archive {read.index}")  # noqa: PERF401 - one by one is what is looked at

    async def one() -> None:
        while "archive 2" not in order:  # noqa: ASYNC110 - nothing else tells how far the other task is
            await asyncio.sleep(0.005)
        assert (await reader.read("a", RUN)).metres == 2_000
        order.append("single")

    await asyncio.gather(import_all(), one())
    assert order.index("single") < order.index("archive 5")
    assert len(order) == 7


async def test_stopping_to_take_ends_the_worker_with_its_archive(reader: FileReader) -> None:
    reads = reader.read_archive("export.zip", samples.zipped({f"{n}.gpx": RUN for n in range(5)}))
    assert (await anext(reads)).index == 1
    pid = worker_pid(reader)
    await reads.aclose()  # type: ignore[attr-defined] # it is a generator
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_cancelled_read_does_not_leave_its_answer_to_the_next(reader: FileReader) -> None:
    await reader.read("a", RUN)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.read("slow.gpx", SLOW), 0.02)
    assert (await reader.read("a", RUN)).metres == 2_000


async def test_the_token_of_the_bot_does_not_reach_the_worker(
    reader: FileReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECONDWIND_DISCORD__TOKEN", "very-secret")
    await reader.read("a", RUN)
    assert b"very-secret" not in Path(f"/proc/{worker_pid(reader)}/environ").read_bytes()


async def test_the_loop_stays_free_while_a_large_file_is_read(reader: FileReader) -> None:
    data = samples.gpx(samples.steady(60_000, 30_000), started_at=START, hearts=True)
    task = asyncio.create_task(reader.read("a", data))
    lags = []
    while not task.done():
        before = time.perf_counter()
        await asyncio.sleep(0.005)
        lags.append(time.perf_counter() - before - 0.005)
    assert (await task).metres == pytest.approx(60_000, abs=5)
    lags.sort()
    assert lags[int(len(lags) * 0.99)] < 0.05
