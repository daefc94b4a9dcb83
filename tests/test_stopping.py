"""A stop while Discord or the disk hangs: what is under way is cut short in order, and nobody is left without words."""

from __future__ import annotations

import asyncio
import logging
import shutil
from pathlib import Path

import discord
import pytest
from aiohttp import web
from discord import app_commands

from benchmarks.people import stored_runs
from benchmarks.process import BotProcess
from benchmarks.standin import Reply, StandIn
from tests.test_app import _discord_stays_where_it_is, running, settings_for

__all__ = ["_discord_stays_where_it_is"]


@pytest.mark.parametrize("hanging", ["/callback", "/channels/"])
async def test_an_answer_that_discord_does_not_take_is_cut_short_by_the_stop_and_is_no_bug(
    hanging: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.app.FINISH_SECONDS", 0.3)
    monkeypatch.setattr("bot.ui.first_answer.ACKNOWLEDGE_AFTER_SECONDS", 0.1)
    asked = asyncio.Event()

    async def stalled(request: web.Request, reply: Reply) -> web.StreamResponse:
        if hanging in request.path:
            asked.set()
            await asyncio.sleep(60)
        return await reply()

    async def slow(interaction: discord.Interaction) -> None:
        if hanging == "/channels/":
            channel = interaction.client.get_partial_messageable(int(interaction.channel_id or 0))
            await channel.send("Hello")
        await asyncio.sleep(60)

    async with StandIn(before_reply=stalled) as discord_:
        async with running(settings_for(discord_, tmp_path)) as app:
            await discord_.wait_commands()
            app.client.tree.add_command(app_commands.Command(name="slow", description="Slow", callback=slow))
            await app.client.tree.sync()
            await discord_.slash("slow", wait=False)
            await asyncio.wait_for(asked.wait(), 5)
            began = asyncio.get_running_loop().time()
            await app.close()
            assert asyncio.get_running_loop().time() - began < 3
        await asyncio.sleep(0.1)
    assert "stopped_with_work_under_way" in caplog.text
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize("hangs", [3.0, 60.0])
async def test_a_command_that_waits_for_the_disk_is_done_or_its_person_told_when_the_bot_is_stopped(
    hangs: float, tmp_path: Path
) -> None:
    """The disk hangs for so many seconds from the run on; the stop comes when Discord shows "is thinking"."""
    database = tmp_path / "second-wind.db"
    async with StandIn() as discord_:
        bot = await BotProcess.start(discord_, tmp_path)
        await discord_.wait_commands()
        strace = await _hang(bot, database, hangs)
        answer = await discord_.slash("run log", options={"distance": "5k", "time": "26:41"}, wait=False)
        await answer.until(lambda each: each.callback is not None)
        assert answer.callback is not None
        assert answer.callback["type"] == 5
        began = asyncio.get_running_loop().time()
        bot.process.terminate()
        while not _over(bot.process.pid) and asyncio.get_running_loop().time() - began < 20:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        seconds = asyncio.get_running_loop().time() - began
        if strace.returncode is None:  # it holds what is left of a process until its own wait is over
            strace.kill()
        await strace.wait()
        code = await asyncio.wait_for(bot.process.wait(), 10)
        # the file opens as ever, and takes the next run
        async with await BotProcess.start(discord_, tmp_path):
            await discord_.slash("run log", options={"distance": "6k"})
    assert seconds < 5, bot.log_end()
    stored = stored_runs(database).get(answer.id, 0)
    assert "Traceback" not in bot.log_end(1000)
    if hangs < 5:
        assert (code, stored) == (0, 1), bot.log_end()
        assert "That counts." in answer.text
    else:
        assert (code, stored <= 1) == (1, True), bot.log_end()
        assert "What you did may be stored" in answer.text


def _over(pid: int) -> bool:
    """Whether the process has ended, although nobody has asked how yet, or strace holds a thread of it."""
    try:
        return "State:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


async def _hang(bot: BotProcess, database: Path, seconds: float) -> asyncio.subprocess.Process:
    """The next sync of the database takes so long."""
    paths = [part for ending in ("", "-wal") for part in ("-P", f"{database}{ending}")]
    sync = "fdatasync,fsync"
    strace = await asyncio.create_subprocess_exec(
        *("strace", "-f", "-p", str(bot.process.pid), "-o", str(bot.folder / "trace"), "-e", "signal=none", *paths),
        *("-e", f"trace={sync}", "-e", f"inject={sync}:delay_enter={round(seconds * 1e6)}:when=1"),
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert strace.stderr is not None
    assert b"attached" in await asyncio.wait_for(strace.stderr.readline(), 10)
    return strace
