"""A group in an in-memory Discord, served by the real client over a real SQLite file."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import discord
import orjson
import pytest
import simcord
from simcord.actors import _component_interaction, _dispatch_actor_interaction
from simcord.enums import InteractionType

from bot.checkins.files import FileReader
from bot.client import COGS, SecondWind, Services
from bot.clock import ManualClock
from bot.errors import Refusal
from bot.scheduling.pace import Pace
from bot.storage import Connection, Database, Row, open_database
from bot.words import Catalogues

WEDNESDAY_NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)


class PlainReader:
    """Reads attachments from the in-memory Discord, which has no address to fetch them from."""

    async def read(self, attachment: discord.Attachment, limit: int) -> bytes:
        return (await attachment.read())[:limit]


class AtOnce(Pace):
    """Nobody waits: simcord's clock goes back and forth between what a test does and what the bot does."""

    async def turn(self) -> None:
        return


@dataclass
class World:
    """Everything that a test presses and looks at. `runs` and `lounge` are channels."""

    env: simcord.Env
    bot: SecondWind
    clock: ManualClock
    database: Database
    guild: Any
    runs: Any
    lounge: Any
    alice: Any
    bob: Any
    olive: Any

    @property
    def group_id(self) -> int:
        return int(self.guild.id)

    async def rows(self, sql: str, **values: Any) -> list[Row]:
        """What stands in the database."""

        async def work(connection: Connection) -> list[Row]:
            return await connection.all(sql, values)

        return await self.database.read(work)

    async def put(self, sql: str, **values: Any) -> None:
        """Store something that no command stores as the test needs it."""

        async def work(connection: Connection) -> None:
            await connection.run(sql, values)

        await self.database.write(work)

    async def press(self, person: Any, channel: Any, custom_id: str, *values: str) -> Any:
        """Send a press of any custom_id, as anybody with a program can."""
        data: dict[str, Any] = {"custom_id": custom_id, "component_type": 3 if values else 2}
        if values:
            data["values"] = list(values)
        return await _dispatch_actor_interaction(person, InteractionType.MESSAGE_COMPONENT, channel, data)

    async def press_on(self, person: Any, message: Any, custom_id: str) -> Any:
        """The same, on a message that has no such button."""
        stored = self.env.backend.get_message(message.channel.id, message.id)
        return await _component_interaction(person, stored, {"custom_id": custom_id, "component_type": 2})

    async def form(self, person: Any, channel: Any, custom_id: str, fields: dict[str, str]) -> Any:
        """Send a filled form of any custom_id with any texts, past every limit that Discord's own form has."""
        components = [
            {"type": 18, "component": {"type": 4, "custom_id": name, "value": value}}
            for name, value in fields.items()
        ]
        data = {"custom_id": custom_id, "components": components}
        return await _dispatch_actor_interaction(person, InteractionType.MODAL_SUBMIT, channel, data)

    async def slash_run(self, person: Any, **options: Any) -> Any:
        """`/run log` in #runs."""
        return await person.slash(self.runs, "run log", **options)


def seen(message: Any) -> str:
    """All text of a message (or of a result's answer): what is written, and what buttons and menus say."""
    if message is None:
        return ""
    response = getattr(message, "response", message)
    if response is None:
        return ""
    components = response.components
    return "\n".join(_texts(components if isinstance(components, list) else [components]))


def _texts(components: list[Any]) -> Iterator[str]:
    for component in components:
        raw = component if isinstance(component, dict) else component.to_dict()
        for name in ("content", "label", "placeholder", "description"):
            if raw.get(name):
                yield str(raw[name])
        for option in raw.get("options") or ():
            yield str(option["label"])
        for item in raw.get("items") or ():
            yield str(item.get("description") or "")
        yield from _texts(raw.get("components") or [])
        if raw.get("component"):
            yield from _texts([raw["component"]])


@contextlib.asynccontextmanager
async def serving(migrated_file: Path, folder: Path) -> AsyncIterator[Services]:
    """What the cogs call, over a file of its own and a clock that stands still until it is moved."""
    path = folder / "second-wind.db"
    shutil.copy(migrated_file, path)
    async with contextlib.AsyncExitStack() as closing:
        patch = closing.enter_context(pytest.MonkeyPatch.context())
        patch.setattr("bot.checkins.places.PAUSE_S", 0.01)  # simcord waits for whatever is under way
        patch.setattr("bot.openers.upkeep.BETWEEN_EDITS_S", 0.0)
        patch.setattr("bot.ui.pictures.canvas._SMOOTH", 1)  # nobody looks at the edges of shapes here
        database = await open_database(f"sqlite:///{path}")
        closing.push_async_callback(database.close)
        files = FileReader()
        closing.push_async_callback(files.close)
        yield Services.over(
            database, clock=ManualClock(WEDNESDAY_NOON), files=files, attachments=PlainReader()
        )


@contextlib.asynccontextmanager
async def connected(services: Services) -> AsyncIterator[simcord.Env]:
    """The in-memory Discord with the bot connected; an error that no test looked at ends the test."""
    bot = SecondWind(services, Catalogues(), cogs=COGS, at_setup=(_sync,), shard_count=1)
    env = simcord.Env(bot)
    await env.start()
    try:
        yield env
    finally:
        await env.shutdown()
        check_for_bugs(env)


def check_for_bugs(env: simcord.Env) -> None:
    """Raises what went wrong in the bot and no test looked at."""
    bugs = [error for error in env.errors_since(env._errors_acknowledged) if not _told(error)]
    if bugs:
        raise BaseExceptionGroup("errors that no test looked at", bugs)


async def found_group(env: simcord.Env, services: Services) -> World:
    """A group with #runs and #lounge; alice and bob run, olive organises. It is WEDNESDAY_NOON."""
    guild = env.create_guild("Morning Miles")
    runs, lounge = guild.create_text_channel("runs"), guild.create_text_channel("lounge")
    staff = guild.create_role("Staff", permissions=discord.Permissions(manage_guild=True))
    alice, bob = guild.add_member(env.create_user("alice")), guild.add_member(env.create_user("bob"))
    olive = guild.add_member(env.create_user("olive"), roles=[staff])
    await env.settle()
    assert isinstance(services.clock, ManualClock)
    assert isinstance(env.bot, SecondWind)
    env.bot.courier.pace = AtOnce()
    return World(env, env.bot, services.clock, services.database, guild, runs, lounge, alice, bob, olive)


@pytest.fixture
async def services(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Services]:
    """What the cogs call, over a file of this test's."""
    async with serving(migrated_file, tmp_path) as made:
        yield made


@pytest.fixture
async def env(services: Services) -> AsyncIterator[simcord.Env]:
    """The in-memory Discord with the bot connected."""
    async with connected(services) as made:
        yield made


@pytest.fixture
async def world(env: simcord.Env, services: Services) -> World:
    """The group of `found_group`."""
    return await found_group(env, services)


def _told(error: BaseException) -> bool:
    """Whether the error is one that the person was told of in words."""
    return isinstance(error, Refusal) or isinstance(error.__cause__, Refusal)


_synced: list[bytes] = []  # what the first world sent: the others have the same commands, translated once


async def _sync(client: SecondWind) -> None:
    upsert: Any = client.http.bulk_upsert_global_commands
    if _synced:
        await upsert(client.application_id, payload=orjson.loads(_synced[0]))
        return

    async def kept(application_id: int, payload: list[dict[str, Any]]) -> Any:
        _synced.append(orjson.dumps(payload))
        return await upsert(application_id, payload=payload)

    client.http.bulk_upsert_global_commands = kept  # type: ignore[assignment]
    await client.tree.sync()
