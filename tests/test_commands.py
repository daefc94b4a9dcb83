"""The commands go to Discord when they changed, and only then."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiohttp
import discord
import pytest
from aiohttp import web
from discord import app_commands

from benchmarks.standin import Reply, StandIn
from benchmarks.standin_rest import as_json
from bot.clock import ManualClock
from bot.commands.service import CommandTreeService
from bot.commands.sync import advice, sync_commands, tree_hash
from bot.discord_address import use_api_base
from bot.storage import Database
from bot.storage.sqlite import SQLiteDatabase

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Refusing:
    """Lets the stand-in refuse the sync."""

    def __init__(self) -> None:
        self.answer: tuple[int, dict[str, object]] | None = None
        self.syncs = 0

    async def __call__(self, request: web.Request, reply: Reply) -> web.StreamResponse:
        if request.method == "PUT" and request.path.endswith("/commands"):
            self.syncs += 1
            if self.answer is not None:
                return as_json(self.answer[1], self.answer[0])
        return await reply()


class Translating(app_commands.Translator):
    """Hands on German descriptions."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        return "Lauf eintragen" if locale is discord.Locale.german and " " in string.message else None


@pytest.fixture
def door() -> Refusing:
    return Refusing()


@pytest.fixture
async def client(door: Refusing, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[discord.Client]:
    monkeypatch.setattr(discord.http.Route, "BASE", discord.http.Route.BASE)
    async with StandIn(before_reply=door) as discord_:
        use_api_base(discord_.api_base)
        async with discord.Client(intents=discord.Intents.none()) as client:
            await client.login(discord_.token)
            yield client


def a_tree(client: discord.Client, *descriptions: str) -> app_commands.CommandTree[discord.Client]:
    client._connection._command_tree = None
    tree = app_commands.CommandTree(client)
    for number, description in enumerate(descriptions):

        async def answer(_interaction: discord.Interaction) -> None: ...

        tree.add_command(app_commands.Command(name=f"run{number}", description=description, callback=answer))
    return tree


async def test_commands_are_sent_once_and_again_when_one_changed(
    client: discord.Client, door: Refusing, database: Database
) -> None:
    service, clock = CommandTreeService(database), ManualClock(NOW)
    tree = a_tree(client, "Log a run")
    assert await sync_commands(tree, service, clock) == "synced"
    assert await sync_commands(tree, service, clock) == "unchanged"
    assert await sync_commands(a_tree(client, "Log a run or a walk"), service, clock) == "synced"
    assert door.syncs == 2


async def test_force_sends_them_in_any_case(
    client: discord.Client, door: Refusing, sqlite_database: SQLiteDatabase
) -> None:
    service, tree = CommandTreeService(sqlite_database), a_tree(client, "Log a run")
    for _ in range(2):
        assert await sync_commands(tree, service, ManualClock(NOW), force=True) == "synced"
    assert door.syncs == 2


async def test_a_translation_counts_as_a_change_and_the_order_does_not(client: discord.Client) -> None:
    tree = a_tree(client, "Log a run", "Look back")
    before = await tree_hash(tree)
    first = tree.remove_command("run0")
    assert first is not None
    tree.add_command(first)
    assert await tree_hash(tree) == before
    await tree.set_translator(Translating())
    assert await tree_hash(tree) != before


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (
            400,
            {"code": 30034, "message": "Max number of daily application command creates"},
            "no more new commands",
        ),
        (
            400,
            {"code": 50035, "message": "Invalid Form Body", "errors": {}},
            "refused the commands (400, code 50035)",
        ),
        (403, {"code": 50001, "message": "Missing Access"}, "refuses this token"),
        (401, {"code": 0, "message": "401: Unauthorized"}, "refuses this token"),
        (404, {"code": 10002, "message": "Unknown Application"}, "404, code 10002"),
    ],
)
async def test_a_refusal_is_told_in_words_and_tried_again_at_the_next_start(
    status: int,
    body: dict[str, object],
    says: str,
    client: discord.Client,
    door: Refusing,
    sqlite_database: SQLiteDatabase,
    caplog: pytest.LogCaptureFixture,
) -> None:
    service, tree = CommandTreeService(sqlite_database), a_tree(client, "Log a run")
    door.answer = status, body
    with caplog.at_level(logging.ERROR, "bot"):
        assert await sync_commands(tree, service, ManualClock(NOW)) == "refused"
    assert says in caplog.text
    door.answer = None
    assert await sync_commands(tree, service, ManualClock(NOW)) == "synced"


async def test_each_application_has_its_own_hash(database: Database) -> None:
    service = CommandTreeService(database)
    await service.store(1, "a", NOW)
    await service.store(2, "b", NOW)
    await service.store(1, "c", NOW)
    assert [await service.known_hash(number) for number in (1, 2, 3)] == ["c", "b", None]


def test_trouble_with_the_network_says_so() -> None:
    assert "could not be reached" in advice(aiohttp.ClientOSError(111, "refused"))
