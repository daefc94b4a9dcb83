"""A stop while Discord does not answer: what is under way is cut short in order, and nobody calls it a bug."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import discord
import pytest
from aiohttp import web
from discord import app_commands

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
