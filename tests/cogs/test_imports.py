"""`/run import`: one file or an archive of many, with progress, a stop, and a way back."""

from __future__ import annotations

import asyncio
import copy
import re
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from datetime import timedelta
from typing import Any, cast

import pytest

from bot.checkins.file_refusals import Limits
from bot.checkins.files import FileReader, Read
from demo import samples
from demo.samples import Session
from tests.cogs.conftest import WEDNESDAY_NOON, World, seen

STEADY = samples.steady(5_020, 1_600, step=5)


def gpx(days_ago: int) -> bytes:
    return samples.gpx(STEADY, started_at=WEDNESDAY_NOON - timedelta(days=days_ago, hours=5))


def fit(days_ago: int, sport: int = samples.RUNNING) -> bytes:
    return samples.fit(
        Session(STEADY, sport, metres=5_020, seconds=1_600),
        started_at=WEDNESDAY_NOON - timedelta(days=days_ago, hours=5),
    )


def tcx(days_ago: int) -> bytes:
    started_at = WEDNESDAY_NOON - timedelta(days=days_ago, hours=5)
    return samples.tcx((STEADY, 1_600, 5_020), started_at=started_at)


async def bring(world: World, data: bytes, name: str = "export.zip", **options: Any) -> Any:
    return await world.alice.slash(world.runs, "run import", file=(name, data), **options)


async def stored(world: World) -> list[Any]:
    return await world.rows("SELECT * FROM runs ORDER BY ordinal, run_id")


def custom_id(message: Any, action: str) -> str:
    match = re.search(rf"'(sw:{action}:[^']+)'", str(message.components))
    assert match is not None, action
    return match[1]


async def test_an_archive_of_all_formats_is_taken_and_every_file_accounted_for(world: World) -> None:
    archive = samples.zipped(
        {
            "activities/1.fit.gz": samples.gzipped(fit(1)),
            "activities/2.gpx": gpx(2),
            "activities/3.tcx": tcx(3),
            "activities/4.fit": fit(4, samples.WALKING),
            "activities/5.fit": fit(5, samples.CYCLING),
            "activities/6.fit": b"",
            "activities/7.gpx": gpx(2),
            "activities/8.gpx": gpx(2)[:-300],
            "activities/9.gpx": b'<!DOCTYPE gpx [<!ENTITY a "b">]><gpx>&a;</gpx>',
            "activities/10.gpx": gpx(400),
            "profile.csv": b"name",
        }
    )
    shown = await bring(world, archive)

    assert shown.response.ephemeral
    card = seen(shown)
    assert "Your import is done" in card
    assert "Taken: 4 runs, 1 walk" in card
    assert "Oct 14, 2025 to Nov 17, 2026 · 25.10 km" in card
    assert "1 was here already" in card
    assert "4 files were left out" in card
    assert "1 of another sport (cycling 1)" in card
    for reason in ("1 was empty", "1 was damaged", "1 held what no watch writes"):
        assert reason in card
    assert "1 other file in the archive was not opened" in card
    assert "1 is more than 30 days old" in card
    assert "First 5 km" in card
    assert "group's clock (UTC)" in card
    runs = await stored(world)
    assert [(run["ordinal"], run["activity"], run["late"], run["visibility"]) for run in runs] == [
        (1, "run", 0, "private"),
        (2, "run", 0, "private"),
        (3, "run", 0, "private"),
        (4, "walk", 0, "private"),
        (10, "run", 1, "private"),
    ]
    assert world.runs.history() == []


async def test_a_single_file_is_taken_whatever_it_is_called(world: World) -> None:
    card = seen(await bring(world, fit(1), "photo.jpg"))
    assert "Taken: 1 run" in card
    assert len(await stored(world)) == 1


async def test_the_same_archive_again_adds_nothing(world: World) -> None:
    archive = samples.zipped({f"{day}.gpx": gpx(day) for day in (1, 2)})
    await bring(world, archive)
    card = seen(await bring(world, archive))
    assert "Nothing new was taken" in card
    assert "2 were here already" in card
    assert "Take this import back" not in card
    assert len(await stored(world)) == 2


async def test_an_interaction_that_is_delivered_twice_imports_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend, emit = world.env.backend, world.env.backend.emit

    def twice(event: str, payload: Any, **options: Any) -> Any:
        if event == "INTERACTION_CREATE":
            emit(event, copy.deepcopy(payload), **options)
        return emit(event, payload, **options)

    monkeypatch.setattr(backend, "emit", twice)
    shown = await bring(world, samples.zipped({f"{day}.gpx": gpx(day) for day in (1, 2)}))
    assert "Taken: 2 runs" in seen(shown)
    assert shown.followups == []
    assert len(await stored(world)) == 2


async def test_shown_to_the_group_it_still_posts_no_cards(world: World) -> None:
    card = seen(await bring(world, gpx(1), visibility="group"))
    assert "posts no cards" in card
    assert [run["visibility"] for run in await stored(world)] == ["group"]
    assert world.runs.history() == []


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"not a watch's file", "no file from a watch"),
        (fit(1)[:60], "damaged"),
        (samples.zipped({"notes.txt": b"x"}), "no FIT, GPX or TCX"),
        (samples.zipped({"1.gpx": gpx(1)})[:-20], "damaged"),
        (b'<!DOCTYPE gpx [<!ENTITY a "b">]><gpx>&a;</gpx>', "no watch writes"),
        (b"\0" * (11 << 20), "too large"),
    ],
)
async def test_what_cannot_be_opened_is_refused_in_words_and_nothing_is_stored(
    world: World, data: bytes, words: str
) -> None:
    shown = await bring(world, data, "run.fit")
    assert shown.response.ephemeral
    assert words in seen(shown)
    assert await stored(world) == []


async def test_an_archive_over_the_limits_is_refused(world: World) -> None:
    world.bot.services.files.limits = Limits(members=1)
    card = seen(await bring(world, samples.zipped({f"{day}.gpx": gpx(day) for day in (1, 2)})))
    assert "2 files from watches, and 1 at once is the most" in card
    world.bot.services.files.limits = Limits(archive_bytes=1_000)
    assert await stored(world) == []
    # the reader of attachments hands over no more than an archive may have
    assert seen(await bring(world, samples.zipped({"1.gpx": gpx(1)}))) != ""
    assert await stored(world) == []


async def test_a_name_of_a_sport_is_shown_as_it_was_written(world: World) -> None:
    odd = tcx(1).replace(b'Sport="Running"', b'Sport="@everyone **x**"')
    card = seen(await bring(world, samples.zipped({"1.tcx": odd, "2.gpx": gpx(2)})))
    assert "@everyone" not in card
    assert "**x**" not in card


async def test_the_card_of_a_typed_run_shows_the_numbers_of_its_file(world: World) -> None:
    await world.alice.slash(world.runs, "run log", distance="5k", time="26:41", when="yesterday")
    await world.bot.services.checkins.places.flush()
    shown = await bring(world, gpx(1))
    assert "1 run that you had typed has its file's numbers now" in seen(shown)
    (card,) = world.runs.history()
    assert "5.02 km" in seen(card)
    assert len(await stored(world)) == 1


async def test_a_wrong_archive_is_taken_back_and_brought_back(world: World) -> None:
    await world.alice.slash(world.runs, "run log", distance="3k", time="20:00")
    shown = await bring(world, samples.zipped({f"{day}.gpx": gpx(day) for day in (1, 2)}))
    back = await world.alice.click(shown.response, label="Take this import back")
    assert "2 runs and walks are out of everything" in seen(back)
    assert len(await world.rows("SELECT * FROM runs WHERE undone_at IS NULL")) == 1

    again = await world.alice.click(back.response, label="Bring it back")
    assert "2 runs and walks count again" in seen(again)
    assert len(await world.rows("SELECT * FROM runs WHERE undone_at IS NULL")) == 3


async def test_bringing_back_ends_after_ten_minutes(world: World) -> None:
    shown = await bring(world, gpx(1))
    back = await world.alice.click(shown.response, label="Take this import back")
    world.clock.advance(timedelta(minutes=11))
    assert "ten minutes" in seen(await world.alice.click(back.response, label="Bring it back"))


async def test_somebody_elses_import_and_nonsense_reach_nothing(world: World) -> None:
    shown = await bring(world, gpx(1))
    before = [tuple(run) for run in await stored(world)]
    undo = custom_id(shown.response, "import.undo")
    assert "Nothing of that import" in seen(await world.press(world.bob, world.runs, undo))
    number = undo.rsplit(":", 1)[1]
    assert "ten minutes" in seen(await world.press(world.bob, world.runs, f"sw:import.back:{number}:5"))
    stop = await world.press(world.bob, world.runs, f"sw:import.stop:{number}")
    assert "no longer running" in seen(stop)
    for nonsense in ("", ":x", ":-1", ":" + "9" * 30):
        for action in ("stop", "look", "undo", "back"):
            assert seen(await world.press(world.bob, world.runs, f"sw:import.{action}{nonsense}"))
    assert [tuple(run) for run in await stored(world)] == before


async def test_after_a_restart_a_stop_says_that_it_is_no_longer_running(world: World) -> None:
    shown = await world.press(world.alice, world.runs, "sw:import.stop:12345")
    assert shown.response.ephemeral
    assert "no longer running" in seen(shown)
    assert "send the same file again" in seen(shown)


class Held(FileReader):
    """Reads as ever, but waits before the second file until it is let go."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._env = world.env
        self.go = asyncio.Event()
        self.after: Callable[[], None] = lambda: None

    async def read_archive(self, name: str, data: bytes) -> AsyncIterator[Read]:
        async with aclosing(cast("AsyncGenerator[Read]", super().read_archive(name, data))) as reads:
            async for read in reads:
                if read.index == 2:
                    await self._env.external_wait(self.go.wait(), reason="the test holds the archive")
                    self.after()
                yield read


@pytest.fixture
async def held(world: World, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Held]:
    """An import that stands still after its first file."""
    # the module that the bot loaded is not the one that an import here would give
    monkeypatch.setattr(sys.modules["cogs.imports"], "EDIT_SECONDS", 600.0)
    reader = Held(world)
    object.__setattr__(world.bot.services, "files", reader)
    yield reader
    reader.go.set()
    await reader.close()


ARCHIVE = samples.zipped({f"{day}.gpx": gpx(day) for day in (1, 2, 3)})


async def test_others_are_answered_while_an_import_runs(world: World, held: Held) -> None:
    shown = await bring(world, ARCHIVE)
    logged = await world.bob.slash(world.runs, "run log", distance="5k", time="26:41")
    assert "1 of 3 this week" in seen(logged)
    await world.alice.slash(world.runs, "run log", distance="3k", time="20:00")
    held.go.set()
    await world.env.settle()
    assert "Taken: 3 runs" in seen(shown)


async def test_progress_is_shown_and_a_stop_keeps_what_was_taken(world: World, held: Held) -> None:
    shown = await bring(world, ARCHIVE)
    await world.env.advance_time(601)
    assert "▰▰▰▱▱▱▱▱▱▱ 1 of 3" in seen(shown)

    stopping = await world.alice.click(shown.response, label="Stop")
    assert "Stopping" in seen(stopping)
    held.go.set()
    await world.env.settle()

    card = seen(shown)
    assert "Stopped, as you asked" in card
    assert "2 of 3 files were read" in card
    assert "Taken: 2 runs" in card
    assert len(await stored(world)) == 2
    held.after = lambda: None
    assert "Taken: 1 run" in seen(await bring(world, ARCHIVE))
    assert len(await stored(world)) == 3


async def test_a_second_import_waits_for_the_first(world: World, held: Held) -> None:
    first = await bring(world, ARCHIVE)
    refused = await bring(world, gpx(9))
    assert refused.response.ephemeral
    assert "still running" in seen(refused)
    held.go.set()
    await world.env.settle()
    assert "Taken: 3 runs" in seen(first)
    assert "Taken: 1 run" in seen(await bring(world, gpx(9)))


async def test_an_import_stores_nothing_after_an_erasure(world: World, held: Held) -> None:
    shown = await bring(world, ARCHIVE)
    panel = await world.alice.slash(world.lounge, "privacy")
    await world.alice.click(panel.response, label="Erase everything…")
    await world.alice.click(panel.response, label="Erase everything")
    held.go.set()
    await world.env.settle()

    assert await stored(world) == []
    assert await world.rows("SELECT * FROM members") == []
    assert "erased" in "".join(seen(each) for each in shown.followups)


async def test_an_import_that_runs_is_not_taken_back_before_it_is_stopped(world: World, held: Held) -> None:
    shown = await bring(world, ARCHIVE)
    await world.env.advance_time(601)
    number = custom_id(shown.response, "import.stop").rsplit(":", 1)[1]
    refused = await world.press(world.alice, world.runs, f"sw:import.undo:{number}")
    assert "Stop it first" in seen(refused)


async def test_the_bots_stop_ends_an_import_and_tells_how_far_it_came(world: World, held: Held) -> None:
    shown = await bring(world, ARCHIVE)

    def stopping() -> None:
        world.bot.stopping = True

    held.after = stopping
    held.go.set()
    await world.env.settle()
    world.bot.stopping = False
    card = seen(shown)
    assert "being restarted" in card
    assert "2 of 3 files were read" in card
    assert len(await stored(world)) == 2


async def test_trouble_in_the_middle_keeps_what_was_taken_and_says_so(world: World, held: Held) -> None:
    shown = await bring(world, ARCHIVE)

    def trouble() -> None:
        raise RuntimeError("the process that reads watch files does not start")

    held.after = trouble
    held.go.set()
    await world.env.settle()
    assert "interrupted" in seen(shown)
    assert "1 of 3 files were read" in seen(shown)
    assert any("reference" in seen(each) for each in shown.followups)
    assert len(await stored(world)) == 1
    (error,) = world.env.errors
    assert "does not start" in str(error)


async def test_beyond_what_discord_lets_change_it_goes_on_and_tells_when_asked(
    world: World, held: Held
) -> None:
    shown = await bring(world, ARCHIVE)
    world.clock.advance(timedelta(minutes=14))
    await world.env.advance_time(601)
    assert "goes on by itself" in seen(shown)

    asked = await world.alice.click(shown.response, label="How far is it?")
    assert "1 of 3" in seen(asked)
    held.go.set()
    await world.env.settle()
    assert "Taken: 3 runs" in seen(asked)
