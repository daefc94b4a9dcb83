"""The whole process: built, connected over real sockets, stopped in order."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import discord
import pytest
from aiohttp import web
from discord import app_commands
from discord.gateway import DiscordWebSocket

from benchmarks.process import BotProcess
from benchmarks.standin import Reply, StandIn
from benchmarks.standin_rest import error
from bot.app import App, build, require_token
from bot.client import SecondWind
from bot.clock import ManualClock
from bot.errors import HostError
from bot.settings import Challenges, Settings

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _discord_stays_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discord.http.Route, "BASE", discord.http.Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)


def settings_for(discord_: StandIn, folder: Path, **host: Any) -> Settings:
    return Settings.model_validate(
        {
            "discord": {"token": discord_.token, "api_base": discord_.api_base},
            "storage": {"url": f"sqlite:///{folder}/second-wind.db"},
            "host": host,
        }
    )


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[App]:
    """The bot within this process, connected and ready."""
    app = await build(settings, ManualClock(NOW))
    task = asyncio.create_task(app.run())
    try:
        ready = asyncio.create_task(app.client.wait_for("ready", timeout=20))
        await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
        yield app
    finally:
        await app.close()
        await task


class Recorder:
    """Notes what the bot asked of Discord, and lets it leave groups."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def __call__(self, request: web.Request, reply: Reply) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path.partition('/v10')[2]}")
        if request.method == "DELETE" and "/guilds/" in request.path:
            return web.Response(status=204)
        return await reply()


async def until(condition: Any, seconds: float = 10) -> None:
    for _ in range(int(seconds / 0.02)):
        found = condition()
        if await found if asyncio.iscoroutine(found) else found:
            return
        await asyncio.sleep(0.02)
    pytest.fail("it never came")


async def left_at(client: SecondWind, group_id: int) -> int | None:
    row = await client.services.database.read(
        lambda connection: connection.one(f"SELECT left_at FROM groups WHERE group_id = {group_id}", ())
    )
    return -1 if row is None else row["left_at"]


async def test_the_client_is_lean_and_asks_for_no_privileged_intent(tmp_path: Path) -> None:
    async with StandIn() as discord_:
        app = await build(settings_for(discord_, tmp_path), ManualClock(NOW))
        client = app.client
        assert client.intents == discord.Intents(guilds=True)
        assert client._connection.member_cache_flags == discord.MemberCacheFlags.none()
        assert client._connection._messages is None
        assert not client._connection._chunk_guilds
        assert client.allowed_mentions is not None
        assert client.allowed_mentions.to_dict() == discord.AllowedMentions.none().to_dict()
        await app.close()


async def test_it_starts_sends_its_commands_and_closes_twice_as_once(tmp_path: Path) -> None:
    async with StandIn() as discord_:
        async with running(settings_for(discord_, tmp_path)) as app:
            await discord_.wait_commands()
            assert app.client.is_ready()
        await app.close()
        assert app.client.is_closed()
        assert discord_.unknown == []


async def test_a_second_start_on_the_same_file_refuses_and_leaves_the_first_alone(tmp_path: Path) -> None:
    async with StandIn() as discord_, running(settings_for(discord_, tmp_path)) as app:
        with pytest.raises(HostError, match="Another Second Wind is already using"):
            await build(settings_for(discord_, tmp_path), ManualClock(NOW))
        assert await left_at(app.client, 1) == -1


async def test_a_file_on_a_network_is_refused_before_it_is_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text("server:/x / nfs4 rw 0 0\n")
    monkeypatch.setattr("bot.doctor.sqlite_file.MOUNTS", mounts)
    async with StandIn() as discord_:
        with pytest.raises(HostError, match=r"network file system \(nfs4\)"):
            await build(settings_for(discord_, tmp_path), ManualClock(NOW))
    assert [each.name for each in tmp_path.iterdir()] == ["mounts"]


async def test_a_folder_of_routes_that_is_wrong_stops_the_start_before_anything_is_touched(
    tmp_path: Path,
) -> None:
    routes_folder = tmp_path / "routes"
    routes_folder.mkdir()
    (routes_folder / "mine.toml").write_text('key = "mine"')
    async with StandIn() as discord_:
        settings = settings_for(discord_, tmp_path).model_copy(
            update={"challenges": Challenges(routes_folder=str(routes_folder))}
        )
        with pytest.raises(HostError, match=r"routes/mine\.toml: the route has no line: add it") as refused:
            await build(settings, ManualClock(NOW))
    assert refused.value.exit_code == 2
    assert [each.name for each in tmp_path.iterdir()] == ["routes"]


async def test_commands_that_discord_refused_go_through_by_themselves_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.housekeeping.jobs.HOUR", 0.3)
    refused = 0

    async def refusing(request: web.Request, reply: Reply) -> web.StreamResponse:
        nonlocal refused
        if request.method == "PUT" and request.path.endswith("/commands") and not refused:
            refused += 1
            return error(400, 30034, "Max number of daily application command creates has been reached (200)")
        return await reply()

    async with StandIn(before_reply=refusing) as discord_, running(settings_for(discord_, tmp_path)):
        await discord_.wait_commands()
    assert refused == 1


async def test_a_wrong_token_is_told_with_exit_code_2(tmp_path: Path) -> None:
    async with StandIn() as discord_:
        settings = settings_for(discord_, tmp_path)
        discord_.token = "another"
        app = await build(settings, ManualClock(NOW))
        with pytest.raises(HostError, match=r"does not know discord\.token") as refused:
            await app.run()
        await app.close()
    assert refused.value.exit_code == 2


def test_a_missing_token_is_told_with_exit_code_2() -> None:
    with pytest.raises(HostError, match=r"discord\.token is missing") as refused:
        require_token(Settings())
    assert refused.value.exit_code == 2


async def test_a_group_that_is_not_allowed_gets_one_line_and_is_left(tmp_path: Path) -> None:
    recorder = Recorder()
    async with StandIn(guilds=2, before_reply=recorder) as discord_:
        ours, other = discord_.guilds
        settings = settings_for(discord_, tmp_path, allowed_groups=[ours.id], contact="host@example.org")
        async with running(settings):
            await until(lambda: f"DELETE /users/@me/guilds/{other.id}" in recorder.asked)
        [goodbye] = discord_.channel_messages(other.channel_id)
        assert "host@example.org" in goodbye["content"]
        assert discord_.channel_messages(ours.channel_id) == []
        assert f"DELETE /users/@me/guilds/{ours.id}" not in recorder.asked


async def test_a_group_that_removes_the_bot_is_remembered_and_one_that_takes_it_back_too(
    tmp_path: Path,
) -> None:
    async with StandIn(guilds=1) as discord_, running(settings_for(discord_, tmp_path)) as app:
        guild = discord_.guilds[0]
        join: Mapping[str, Any] = {k: v for k, v in guild.create_payload().items() if k != "unavailable"}
        await app.client.services.groups.joined(guild.id, NOW)
        await discord_.gateway.dispatch(guild.id, "GUILD_DELETE", {"id": str(guild.id)})

        async def left() -> bool:
            return await left_at(app.client, guild.id) == int(NOW.timestamp())

        async def back() -> bool:
            return await left_at(app.client, guild.id) is None

        await until(left)
        await discord_.gateway.dispatch(guild.id, "GUILD_CREATE", dict(join))
        await until(back)


async def test_an_outage_of_a_group_is_no_farewell(tmp_path: Path) -> None:
    async with StandIn(guilds=1) as discord_, running(settings_for(discord_, tmp_path)) as app:
        guild = discord_.guilds[0]
        await app.client.services.groups.joined(guild.id, NOW)
        away = asyncio.create_task(app.client.wait_for("guild_unavailable", timeout=10))
        await asyncio.sleep(0)
        await discord_.gateway.dispatch(guild.id, "GUILD_DELETE", {"id": str(guild.id), "unavailable": True})
        await away
        assert await left_at(app.client, guild.id) is None


async def test_what_a_person_began_is_finished_and_nothing_new_is_begun(tmp_path: Path) -> None:
    began, go_on = asyncio.Event(), asyncio.Event()
    finished: list[str] = []

    async def slow(interaction: discord.Interaction) -> None:
        began.set()
        await go_on.wait()
        await interaction.response.send_message("done", ephemeral=True)
        finished.append("slow")

    async with StandIn() as discord_:
        async with running(settings_for(discord_, tmp_path)) as app:
            await discord_.wait_commands()
            app.client.tree.add_command(app_commands.Command(name="slow", description="Slow", callback=slow))
            await app.client.tree.sync()
            first = asyncio.create_task(discord_.slash("slow"))
            await began.wait()
            closing = asyncio.create_task(app.close())
            await asyncio.sleep(0)
            began.clear()
            second = asyncio.create_task(discord_.slash("slow"))
            await asyncio.sleep(0.2)
            assert not began.is_set()
            go_on.set()
            await closing
        assert finished == ["slow"]
        assert "done" in (await first).text
        second.cancel()


async def test_work_that_never_ends_does_not_keep_it_from_stopping(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.app.FINISH_SECONDS", 0.1)
    async with StandIn() as discord_:
        app = await build(settings_for(discord_, tmp_path), ManualClock(NOW))
        with app.client.under_way(), caplog.at_level(logging.WARNING, "bot"):
            await app.close()
    assert "stopped_with_work_under_way" in caplog.text


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_the_process_in_order_within_five_seconds(
    ending: signal.Signals, tmp_path: Path
) -> None:
    async with StandIn() as discord_:
        bot = await BotProcess.start(discord_, tmp_path)
        await discord_.wait_commands()
        bot.process.send_signal(ending)
        async with asyncio.timeout(5):
            code = await bot.process.wait()
        assert code == 0, bot.log_end()
        assert "stopped" in bot.log_end()
        assert not (tmp_path / "second-wind.db-wal").exists()


async def test_a_signal_while_discord_does_not_answer_ends_it_too(tmp_path: Path) -> None:
    reached = asyncio.Event()

    async def silent(_request: web.Request, _reply: Reply) -> web.StreamResponse:
        reached.set()
        await asyncio.sleep(60)
        return web.Response()

    async with StandIn(before_reply=silent) as discord_:
        starting = asyncio.create_task(BotProcess.start(discord_, tmp_path, patience=60))
        await asyncio.wait_for(reached.wait(), 20)
        import psutil  # type: ignore[import-untyped]

        [child] = [
            each for each in psutil.Process().children() if str(tmp_path) == each.cwd() and each.is_running()
        ]
        child.terminate()
        with pytest.raises(RuntimeError, match="the bot ended with 0"):
            await asyncio.wait_for(starting, 5)


async def test_a_second_signal_ends_the_process_at_once(tmp_path: Path) -> None:
    answering = asyncio.Event()

    async def stalled(request: web.Request, reply: Reply) -> web.StreamResponse:
        if "/interactions/" in request.path:
            answering.set()
            await asyncio.sleep(60)
        return await reply()

    async with StandIn(before_reply=stalled) as discord_:
        bot = await BotProcess.start(discord_, tmp_path)
        await discord_.wait_commands()
        asking = asyncio.create_task(discord_.slash("checkin"))
        await asyncio.wait_for(answering.wait(), 10)
        bot.process.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.5)
        assert bot.process.returncode is None, "an answer is under way"
        bot.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(1):
            assert await bot.process.wait() == -signal.SIGTERM
        asking.cancel()
