"""What is told of the bot's health, what is counted, and that nobody's values are in it."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from benchmarks.standin import StandIn
from bot.app import App, build
from bot.clock import SystemClock
from bot.errors import HostError, StorageUnavailable
from bot.monitoring.health import GATEWAY_SECONDS, WRITER_SECONDS, Health
from bot.monitoring.metrics import REMEMBERED, Metrics
from bot.monitoring.server import MonitoringServer
from bot.settings import Settings
from bot.storage import Database
from bot.storage.sqlite import SQLiteDatabase
from tests.test_app import running, until


class Moment:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Moment:
    return Moment()


@pytest.fixture
def health(clock: Moment) -> Health:
    made = Health(clock, tick=30)
    made.ready, made.gateway = (lambda: True), (lambda: 0.0)
    made.wrote()
    made.ticked()
    return made


def test_all_is_well_while_every_part_is(health: Health) -> None:
    well, told = health.report()
    assert well
    assert told["well"]
    assert set(told) == {"well", "ready", "gateway", "writer", "last_tick"}


@pytest.mark.parametrize("silence", [None, GATEWAY_SECONDS])
def test_a_gateway_that_is_gone_or_silent_is_not_well(health: Health, silence: float | None) -> None:
    health.gateway = lambda: silence
    assert not health.report()[0]


def test_before_it_is_ready_it_is_not_well(health: Health) -> None:
    health.ready = lambda: False
    assert not health.report()[0]


def test_a_writer_that_writes_no_more_is_not_well(health: Health, clock: Moment) -> None:
    clock.seconds += WRITER_SECONDS
    health.ticked()
    well, told = health.report()
    assert not well
    assert told["writer"] == {"well": False, "seconds_ago": WRITER_SECONDS}
    assert told["last_tick"]["well"]


def test_a_courier_that_looks_no_more_is_not_well(health: Health, clock: Moment) -> None:
    clock.seconds += 149
    health.wrote()
    assert health.report()[0]
    clock.seconds += 1
    health.wrote()
    assert not health.report()[0]


def test_a_process_that_has_just_begun_is_not_well_yet(clock: Moment) -> None:
    assert not Health(clock, tick=30).report()[0]


async def test_only_a_write_that_went_through_is_a_sign_of_life(
    sqlite_database: SQLiteDatabase, clock: Moment, monkeypatch: pytest.MonkeyPatch
) -> None:
    health = Health(clock, tick=30)

    async def full(_work: object) -> None:
        raise StorageUnavailable("full")

    with monkeypatch.context() as patched:
        patched.setattr(sqlite_database, "write", full)
        with pytest.raises(StorageUnavailable):
            await health.beat(sqlite_database)
    assert not health.parts()["writer"].well
    await health.beat(sqlite_database)
    assert health.parts()["writer"].well


async def test_a_beat_writes_a_row_always_the_same_as_a_full_disk_takes_empty_transactions(
    database: Database,
) -> None:
    health = Health(lambda: 0.0, tick=30)
    for _ in range(3):
        await health.beat(database)
    rows = await database.read(lambda connection: connection.all("SELECT job, next_at FROM turns", ()))
    assert [(row["job"], row["next_at"]) for row in rows] == [("beat", 2)]


def value(metrics: Metrics, sample: str, /, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(sample, labels)


def test_an_interactions_first_answer_is_timed_once() -> None:
    metrics = Metrics()
    metrics.arrived(7, "command", "run log")
    for _ in range(2):
        metrics.answered(7)
    metrics.answered(8)
    assert value(metrics, "secondwind_first_answer_seconds_count", kind="command", name="run log") == 1


def test_interactions_that_are_never_answered_take_no_memory() -> None:
    metrics = Metrics()
    for number in range(REMEMBERED + 10):
        metrics.arrived(number, "command", "run log")
    metrics.answered(5)
    assert value(metrics, "secondwind_first_answer_seconds_count", kind="command", name="run log") is None
    assert len(metrics._arrived) == REMEMBERED


@pytest.mark.parametrize(
    ("status", "answer"),
    [(200, "2xx"), (204, "2xx"), (404, "4xx"), (429, "429"), (503, "5xx"), (None, "none")],
)
def test_answers_of_discords_are_counted_by_class(status: int | None, answer: str) -> None:
    metrics = Metrics()
    metrics.rest(status)
    assert value(metrics, "secondwind_rest_requests_total", answer=answer) == 1


async def test_reads_and_writes_are_timed_from_their_asking(sqlite_database: SQLiteDatabase) -> None:
    seen: list[tuple[str, float, float]] = []
    sqlite_database.observe = lambda *told: seen.append(told)

    async def work(connection: Any) -> int:
        return int(await connection.value("SELECT 5", ()))

    assert await sqlite_database.read(work) == 5
    assert await sqlite_database.write(work) == 5
    assert [operation for operation, _, _ in seen] == ["read", "write"]
    assert all(waited >= 0 and took > 0 for _, waited, took in seen)


async def test_a_port_that_is_taken_is_one_line(health: Health) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(HostError, match=r"monitoring\.port \d+ on 127\.0\.0\.1 cannot be had"):
            await MonitoringServer(health, Metrics()).start("127.0.0.1", taken.getsockname()[1])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def ask(port: int, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as answer:
        return answer.status, await answer.text()


@asynccontextmanager
async def watched(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[StandIn, App, int]]:
    monkeypatch.setattr("bot.app.BEAT_SECONDS", 0.1)
    port = free_port()
    async with StandIn() as discord_:
        settings = Settings.model_validate(
            {
                "discord": {"token": discord_.token, "api_base": discord_.api_base},
                "storage": {"url": f"sqlite:///{folder}/second-wind.db"},
                "monitoring": {"port": port},
            }
        )
        async with running(settings) as app:
            await discord_.wait_commands()
            yield discord_, app, port


async def test_it_is_healthy_when_connected_not_when_the_gateway_is_gone_and_again_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with watched(tmp_path, monkeypatch) as (discord_, _, port):
        await until(lambda: discord_.gateway.connected)

        async def healthy() -> bool:
            return (await ask(port, "/healthz"))[0] == 200

        await wait_for(healthy)

        async def no_session(*_: Any) -> None:
            return None

        with monkeypatch.context() as away:
            away.setattr(discord_.gateway, "_resume", no_session)
            away.setattr(discord_.gateway, "_identify", no_session)
            await discord_.gateway.drop()
            await wait_for(healthy, wanted=False)
        await discord_.gateway.drop()
        await wait_for(healthy)


async def test_it_is_not_healthy_while_the_writer_is_stuck_and_is_again_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.monitoring.health.WRITER_SECONDS", 0.4)
    async with watched(tmp_path, monkeypatch) as (discord_, _, port):
        await until(lambda: discord_.gateway.connected)

        async def writer() -> bool:
            told = json.loads((await ask(port, "/healthz"))[1])
            assert told["gateway"]["well"]
            return bool(told["writer"]["well"])

        async def healthy() -> bool:
            return (await ask(port, "/healthz"))[0] == 200

        await wait_for(healthy)
        other = sqlite3.connect(tmp_path / "second-wind.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")  # the writer waits for it, and says so after its own patience
        await wait_for(writer, wanted=False)
        assert not await healthy()
        other.execute("ROLLBACK")
        other.close()
        await wait_for(healthy)


async def test_metrics_hold_names_out_of_the_program_and_nobodys_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with watched(tmp_path, monkeypatch) as (discord_, app, port):
        guild, member = discord_.guilds[0], discord_.guilds[0].members[1]
        marks = {"note": "secretmarker", "distance": "7.77 km", "time": "44:44"}
        card = await discord_.slash("run log", member=member, options=marks)
        await (await discord_.click(card.message, "sw:run.more", member=member)).settled()
        await discord_.slash("run log", member=member, options={"distance": "gibberishmarker"})
        status, text = await ask(port, "/metrics")
    assert status == 200
    assert 'secondwind_interactions_total{kind="command",name="run log",outcome="ok"} 1.0' in text
    assert 'secondwind_interactions_total{kind="command",name="run log",outcome="refused"} 1.0' in text
    assert 'secondwind_interactions_total{kind="press",name="run.more",outcome="ok"} 1.0' in text
    assert re.search(r'secondwind_first_answer_seconds_count\{kind="command",name="run log"\} 2.0', text)
    assert re.search(r'secondwind_database_seconds_count\{operation="write",phase="wait"\} [1-9]', text)
    assert "secondwind_groups 1.0" in text
    for value_ in (guild.id, guild.channel_id, member.id, member.name, "marker", "7770", "7.77", "44:44"):
        # seconds and bytes of the process may have any digits
        assert [line for line in text.splitlines() if str(value_) in line.rpartition(" ")[0]] == []
    figures = {float(line.rpartition(" ")[2]) for line in text.splitlines() if not line.startswith("#")}
    assert not figures & {7770.0, 7.77, 2684.0, float(guild.id), float(guild.channel_id), float(member.id)}
    assert app.client.is_closed()


async def test_a_made_up_action_is_counted_as_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with watched(tmp_path, monkeypatch) as (discord_, _, port):
        card = await discord_.slash("run log", options={"distance": "5k"})
        button = {"type": 2, "style": 2, "label": "x", "custom_id": "sw:marker.made_up:1"}
        assert card.message is not None
        forged = card.message | {"components": [{"type": 1, "id": 1, "components": [button | {"id": 2}]}]}
        await discord_.click(forged, "sw:marker")
        _, text = await ask(port, "/metrics")
    assert 'kind="press",name="other",outcome="refused"' in text
    assert "marker" not in text


async def test_without_a_port_nothing_listens(tmp_path: Path) -> None:
    async with StandIn() as discord_:
        settings = Settings.model_validate(
            {
                "discord": {"token": discord_.token, "api_base": discord_.api_base},
                "storage": {"url": f"sqlite:///{tmp_path}/second-wind.db"},
            }
        )
        app = await build(settings, SystemClock())
        assert not app.client.metrics.text().count(b"secondwind_groups 1")
        await app.close()


async def wait_for(true: Any, *, wanted: bool = True) -> None:
    async with asyncio.timeout(15):
        while await true() is not wanted:  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0.05)
