"""The real bot as its own process against the stand-in of Discord, over real sockets."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.kills import campaign
from benchmarks.people import Runner, stored_runs
from benchmarks.process import ROOT, BotProcess
from benchmarks.standin import StandIn

PRIVILEGED_INTENTS = 1 << 1 | 1 << 8 | 1 << 15


async def test_the_process_connects_serves_a_check_in_and_ends_on_sigterm_within_five_seconds(
    tmp_path: Path,
) -> None:
    async with StandIn() as discord_:
        bot = await BotProcess.start(discord_, tmp_path)
        await discord_.wait_commands()
        answer = await discord_.slash("run log", options={"distance": "5k", "time": "26:41"})
        code, seconds = await bot.stop()
    assert not answer.ephemeral
    assert "5.00" in answer.text
    assert "26:41" in answer.text
    assert stored_runs(tmp_path / "second-wind.db") == {answer.id: 1}
    assert (code, seconds < 5) == (0, True), bot.log_end()
    assert discord_.unknown == []


async def test_it_asks_for_no_privileged_intent(tmp_path: Path) -> None:
    async with StandIn() as discord_, await BotProcess.start(discord_, tmp_path):
        [identify] = discord_.gateway.identifies
    assert identify["intents"] & PRIVILEGED_INTENTS == 0


async def test_what_was_begun_is_finished_before_the_end(tmp_path: Path) -> None:
    async with StandIn() as discord_:
        bot = await BotProcess.start(discord_, tmp_path)
        await discord_.wait_commands()
        runners = [Runner(discord_, discord_.guilds[0], member) for member in discord_.guilds[0].members]
        for runner in runners:
            await runner.log_run()
        sent = [await runner.log_run(wait=False) for runner in runners]
        await sent[0].until(lambda answer: answer.callback is not None)
        code, _ = await bot.stop()
    answered = {answer.id for answer in sent if answer.callback is not None}
    rows = stored_runs(tmp_path / "second-wind.db")
    assert code == 0
    assert answered <= rows.keys()
    assert set(rows.values()) == {1}


async def test_a_lost_connection_is_resumed_and_what_was_missed_is_answered(tmp_path: Path) -> None:
    async with StandIn() as discord_, await BotProcess.start(discord_, tmp_path):
        await discord_.wait_commands()
        await discord_.gateway.drop()
        await discord_.wait_connected()
        answer = await discord_.slash("run log", options={"distance": "5k"})
    assert len(discord_.gateway.identifies) == 1
    assert stored_runs(tmp_path / "second-wind.db") == {answer.id: 1}


async def test_commands_are_not_sent_again_when_nothing_changed(tmp_path: Path) -> None:
    async with StandIn() as discord_:
        async with await BotProcess.start(discord_, tmp_path):
            await discord_.wait_commands()
        first = discord_.commands
        async with await BotProcess.start(discord_, tmp_path):
            await discord_.slash("help")
    assert discord_.commands is first


async def test_five_kills_under_load_lose_and_double_nothing(tmp_path: Path) -> None:
    found = await campaign(tmp_path, kills=5, seed=7)
    assert found.clean, str(found)
    assert found.answered
    assert found.in_flight


async def test_a_wrong_token_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    async with StandIn() as discord_:
        with pytest.raises(RuntimeError, match="ended with 2"):
            await BotProcess.start(discord_, tmp_path, SECONDWIND_DISCORD__TOKEN="not-the-token")
    assert "Traceback" not in (tmp_path / "bot.log").read_text()


def test_a_missing_token_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "bot", "run"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ended.returncode == 2
    assert len(ended.stderr.strip().splitlines()) == 1
    assert "token" in ended.stderr
