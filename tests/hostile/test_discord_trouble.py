"""What Discord refuses, loses or garbles: what was stored stays stored, the person is told, and nothing is a bug."""

from __future__ import annotations

import json
import logging
from typing import Any

import aiohttp
import pytest
from discord import app_commands

from tests.cogs.conftest import World, seen
from tests.hostile.sending import answers, send_command

PAGE = "<html><title>502 Bad Gateway</title></html>"


async def stored(world: World) -> int:
    (row,) = await world.rows("SELECT COUNT(*) AS n FROM runs")
    return int(row["n"])


def bugs(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.getMessage() == "bug"]


@pytest.mark.parametrize("trouble", ["page", "broken", "reset"])
@pytest.mark.parametrize("door", ["card elsewhere", "card changed", "card removed"])
async def test_a_garbled_answer_about_a_card_loses_no_run(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, door: str, trouble: str
) -> None:
    await world.bot.services.groups.set_runs_channel(world.group_id, world.runs.id, world.clock.now())

    async def garbled(*_: Any, **__: Any) -> Any:
        if trouble == "reset":
            raise aiohttp.ServerDisconnectedError
        return PAGE if trouble == "page" else json.loads('{"id": "1')

    if door != "card elsewhere":
        await world.alice.slash(world.runs, "run log", distance="5k")
        await world.bot.services.checkins.places.flush()
    name = {
        "card elsewhere": "send_message",
        "card changed": "edit_message",
        "card removed": "delete_message",
    }[door]
    monkeypatch.setattr(world.bot.http, name, garbled)

    if door == "card elsewhere":
        shown = await world.alice.slash(world.lounge, "run log", distance="5k")
        assert "could not post the card" in seen(shown)
    else:
        (run,) = await world.rows("SELECT run_id FROM runs")
        action = (
            f"sw:run.undo:{run['run_id']}"
            if door == "card changed"
            else f"sw:run.show:{run['run_id']}:private"
        )
        shown = await world.press(world.alice, world.runs, action)
        assert "reference" not in seen(shown)
    assert await stored(world) == 1
    assert not bugs(caplog)


@pytest.mark.parametrize(
    ("status", "code"),
    [(500, 0), (503, 0), (404, 10062), (400, 40060), (403, 50013), (401, 50027), (404, 10015)],
)
@pytest.mark.parametrize("path", ["/interactions/*/*/callback", "/webhooks/*/*"])
async def test_an_answer_that_discord_does_not_take_is_no_bug(
    world: World, caplog: pytest.LogCaptureFixture, path: str, status: int, code: int
) -> None:
    caplog.set_level(logging.WARNING)
    world.env.inject_error("POST", path, status=status, code=code)
    await world.alice.slash(world.lounge, "run log", distance="5k")
    world.env.inject_error("POST", path, status=status, code=code)
    await world.alice.slash(world.lounge, "run stats")
    world.env.inject_error("POST", path, status=status, code=code)
    await world.alice.slash(world.lounge, "privacy")
    assert world.env.errors  # looked at
    assert await stored(world) == 1
    assert not bugs(caplog)


async def test_a_panel_that_was_dismissed_meanwhile_is_no_bug(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.env.inject_error("PATCH", "/webhooks/*/*/messages/*", status=404, code=10008, times=None)
    shown = await world.alice.slash(world.lounge, "run stats")
    assert "reference" not in seen(shown)
    assert world.env.errors  # looked at
    assert not bugs(caplog)


async def test_autocomplete_that_raises_gives_nothing_and_tells_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: Any, **__: Any) -> Any:
        raise ValueError("secretmarker")

    for service in (world.bot.services.checkins, world.bot.services.plans):
        for name in ("hints", "state"):
            if hasattr(service, name):
                monkeypatch.setattr(service, name, broken)
    for command, option in (
        ("run log", "distance"),
        ("run log", "when"),
        ("pause", "from"),
        ("pause", "until"),
    ):
        assert await world.alice.autocomplete(world.lounge, command, option, "5") == []
    assert len(bugs(caplog)) == 4


@pytest.mark.parametrize("topic", ["made up", "", "9" * 4_000, "\u202e"])
async def test_a_choice_that_was_never_offered_is_refused_in_words(world: World, topic: str) -> None:
    result = send_command(world, world.alice, world.lounge, "help", topic=topic)
    await world.env.settle()
    [answer] = answers(result)
    assert answer.ephemeral
    assert "not one of the choices" in seen(answer)
    assert "reference" not in seen(answer)
    assert all(
        isinstance(error.__cause__ or error, app_commands.TransformerError) for error in world.env.errors
    )
