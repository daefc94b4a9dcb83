"""Two groups in one database, and everything that each of their people is shown.

A run is played again in a second world in which something is different that others can not know of. Ids depend on
the step alone and never on what was stored before it, so that the answers of both worlds can be compared byte by byte.
"""

from __future__ import annotations

import contextlib
import copy
import itertools
import json
import logging
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import discord
import simcord
from simcord.backend import serializers
from simcord.interactions import base_payload

import bot.ids
from bot.checkins.files import FileReader
from bot.client import COGS, SecondWind, Services
from bot.clock import ManualClock
from bot.storage import Connection, open_database
from bot.words import Catalogues
from tests.cogs.conftest import WEDNESDAY_NOON, AtOnce, PlainReader
from tests.hostile.isolation_seen import (
    MARKS,
    MEMBERS,
    ORGANISERS,
    PEOPLE,
    Place,
    Seen,
    controls_of,
    readable,
    without_addresses,
)

NEVER_SAID = {"asctime", "args", "created", "msecs", "relativeCreated", "thread", "threadName", "process"}
FILE = 11  # Discord's type of an option that takes a file
GPX = b"""<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><type>running</type><trkseg>
<trkpt lat="52.50" lon="13.40"><time>2026-11-17T06:00:00Z</time></trkpt>
<trkpt lat="52.51" lon="13.40"><time>2026-11-17T06:06:00Z</time></trkpt>
<trkpt lat="52.52" lon="13.40"><time>2026-11-17T06:12:00Z</time></trkpt></trkseg></trk></gpx>"""
IDLE_SECONDS = 0.0005  # how often simcord looks whether all is quiet
_PLAIN = set(vars(logging.makeLogRecord({})))


class World:
    """The bot, and a pair of groups of which each run gets a new one."""

    def __init__(self, env: simcord.Env, bot_: SecondWind, services: Services, clock: ManualClock) -> None:
        self.env, self.bot, self.services, self.clock = env, bot_, services, clock
        self.backend: Any = env.backend
        self.guilds: dict[str, Any] = {}
        self.channels: dict[str, Any] = {}
        self.users: dict[str, Any] = {}
        self._owners: dict[int, str] = {}
        self._touched: dict[int, int] = {}
        self._logs: list[str] = []
        self._bugs: list[str] = []
        self._watch()

    # ids

    def begin_step(self, number: int) -> None:
        """From here on ids and the time are those of step `number` of all that this world plays."""
        first = itertools.count((number + 1) << 22)
        self.backend.snowflake = lambda: self._reserved(next(first))
        ours = itertools.count(number % 4096 * 128)
        bot.ids.secrets = SimpleNamespace(randbits=lambda _bits: next(ours))  # type: ignore[assignment,attr-defined]
        bot.ids._last = 0

    def _reserved(self, value: int) -> int:
        made: int = self.backend.reserve_id(value + FIRST_ID)
        return made

    # a new pair of groups

    async def begin_run(self, step: int) -> None:
        self.begin_step(step)
        self.backend.transcript.clear()
        self.backend.http_requests.clear()
        self.clock._now = WEDNESDAY_NOON
        for table in ("deliveries", "groups", "people"):  # and with them whatever hangs on them
            await self._put(f"DELETE FROM {table}")
        self.users = {name: self.env.create_user(name) for name in PEOPLE}
        for group, members in MEMBERS.items():
            guild = self.env.create_guild(f"Group {MARKS[group]}")
            channel = guild.create_text_channel("runs")
            staff = guild.create_role("Staff", permissions=discord.Permissions(manage_guild=True))
            for name in members:
                guild.add_member(self.users[name], roles=[staff] if name in ORGANISERS else [])
            self.guilds[group], self.channels[group] = guild, channel
        await self.env.settle(idle=IDLE_SECONDS)
        for guild in self.guilds.values():
            await self.services.groups.joined(guild.id, self.clock.now())
            await self._put(
                "UPDATE groups SET feelings_confirmed_at = 1, feelings_asked_at = :now WHERE group_id = :group_id",
                group_id=guild.id,
                now=int(self.clock.now().timestamp()),
            )
        self._collect()

    async def _put(self, sql: str, **values: Any) -> None:
        async def work(connection: Connection) -> None:
            await connection.run(sql, values)

        await self.services.database.write(work)

    # sending

    async def send(
        self, kind: int, who: str, place: Place, data: dict[str, Any], message_id: int | None = None
    ) -> Seen:
        """An interaction of any shape, as anybody with a program can send it; what it showed to whom."""
        user = self.users[who]
        if place.group is None:
            guild_id, channel_id = None, self.backend.get_dm_channel(user.id).id
        else:
            guild_id, channel_id = self.guilds[place.group].id, self.channels[place.group].id
        data = self._with_file(data, channel_id)
        record, payload = base_payload(
            self.backend, type=kind, channel_id=channel_id, guild_id=guild_id, user_id=user.id, data=data
        )
        message = self._message(message_id, channel_id, who)
        if message is not None:
            payload["message"] = dict(serializers.message_payload(self.backend, message))
            record.source_message_id = message.id
        self.backend.emit("INTERACTION_CREATE", payload)
        await self.env.settle(idle=IDLE_SECONDS)
        found = self._collect(who)
        if record.modal is not None:
            found.modal = record.modal
            found.private.setdefault(who, []).append(json.dumps(record.modal, sort_keys=True))
        if record.autocomplete_choices is not None:
            found.private.setdefault(who, []).append(json.dumps(record.autocomplete_choices))
        return found

    def _with_file(self, data: dict[str, Any], channel_id: int) -> dict[str, Any]:
        """A command's file, where it has one: a short run from a watch."""
        data = copy.deepcopy(data)
        waiting = list(data.get("options", ()))
        while waiting:
            option = waiting.pop()
            waiting += option.get("options", ())
            if option["type"] == FILE:
                (stored,) = self.backend.store_attachments(channel_id, [("run.gpx", GPX)])
                option["value"] = stored["id"]
                data["resolved"] = {"attachments": {stored["id"]: stored}}
        return data

    def _message(self, message_id: int | None, channel_id: int, who: str) -> Any:
        """The message that a press comes from: it is there, and they can see it."""
        found = self.backend.messages.get(channel_id, {}).get(message_id)
        return found if found is not None and self._owners.get(found.id, who) == who else None

    async def pass_time(self, seconds: int) -> Seen:
        """The clock moves on, and all that is due comes."""
        self.clock.advance(timedelta(seconds=seconds))
        await self.bot.courier.wake(self.bot)
        self.bot.tend_polls()
        self.bot.redraw_challenges()
        await self.env.settle(idle=IDLE_SECONDS)
        return self._collect()

    # watching

    def _watch(self) -> None:
        commit, edit = self.backend.commit_message, self.backend.edit_message

        def committed(message: Any, **options: Any) -> Any:
            self._touched[message.id] = message.channel_id
            return commit(message, **options)

        def edited(channel_id: int, message_id: int, fields: dict[str, Any]) -> Any:
            self._touched[message_id] = channel_id
            return edit(channel_id, message_id, fields)

        self.backend.commit_message, self.backend.edit_message = committed, edited

    def _collect(self, who: str | None = None) -> Seen:
        found = Seen(logs=self._logs[:], bugs=self._bugs[:])
        self._logs.clear()
        self._bugs.clear()
        for message_id, channel_id in sorted(self._touched.items()):
            message = self.backend.messages.get(channel_id, {}).get(message_id)
            if message is None:
                continue
            group = next((name for name, each in self.channels.items() if each.id == channel_id), None)
            owner = None if group is not None else self._recipient(channel_id)
            if message.is_ephemeral and who is not None:
                owner = self._owners.setdefault(message_id, who)
            shown = self._shown(message)
            if owner is not None:
                found.private.setdefault(owner, []).append(shown)
            elif group is not None:
                found.public.setdefault(group, []).append(shown)
            found.controls += controls_of(message.components, message_id, group, owner)
        self._touched.clear()
        return found

    def _recipient(self, channel_id: int) -> str | None:
        recipients = getattr(self.backend.channels.get(channel_id), "recipient_ids", ())
        return next((name for name, user in self.users.items() if user.id in recipients), None)

    def _shown(self, message: Any) -> str:
        """A message as Discord shows it: texts, controls, and the bytes of its files."""
        files = [
            (each["filename"], each.get("description"), readable(self.backend.cdn.get(each["url"]) or b""))
            for each in message.attachments
        ]
        return json.dumps(
            [message.id, message.content, message.embeds, without_addresses(message.components), files],
            sort_keys=True,
            ensure_ascii=False,
            default=str,
        )

    def heard(self, record: logging.LogRecord) -> None:
        """What was logged, by the code's own words and values."""
        extra = {
            name: value
            for name, value in vars(record).items()
            if name not in _PLAIN and name not in NEVER_SAID
        }
        self._logs.append(f"{record.name} {record.msg} {sorted(extra.items())}")
        if record.exc_info and record.exc_info[1] is not None and record.levelno >= logging.ERROR:
            self._bugs.append(logging.Formatter().formatException(record.exc_info))


FIRST_ID = (
    int((datetime(2026, 1, 2, tzinfo=UTC) - datetime(2015, 1, 1, tzinfo=UTC)).total_seconds() * 1000) << 22
)


class _Ears(logging.Handler):
    def __init__(self, world: World) -> None:
        super().__init__(logging.INFO)
        self._world = world

    def emit(self, record: logging.LogRecord) -> None:
        self._world.heard(record)


@contextlib.asynccontextmanager
async def open_world(template: Path, folder: Path) -> AsyncIterator[World]:
    """The real client over a copy of `template` in `folder`, in an in-memory Discord."""
    path = folder / "second-wind.db"
    for left in folder.iterdir():
        left.unlink()
    shutil.copy(template, path)
    kept, last = bot.ids.secrets, bot.ids._last  # type: ignore[attr-defined]
    async with contextlib.AsyncExitStack() as closing:
        # simcord waits for whatever is under way
        closing.enter_context(mock.patch("bot.checkins.places.PAUSE_S", 0.01))
        closing.enter_context(mock.patch("bot.openers.upkeep.BETWEEN_EDITS_S", 0.0))
        database = await open_database(f"sqlite:///{path}")
        closing.push_async_callback(database.close)
        files = FileReader()
        closing.push_async_callback(files.close)
        clock = ManualClock(WEDNESDAY_NOON)
        services = Services.over(database, clock=clock, files=files, attachments=PlainReader())
        client = SecondWind(services, Catalogues(), cogs=COGS, at_setup=(_sync,), shard_count=1)
        env = simcord.Env(client, check_errors=False)
        await env.start()
        closing.push_async_callback(env.shutdown)
        client.courier.pace = AtOnce()
        world = World(env, client, services, clock)
        ears, loggers = _Ears(world), [logging.getLogger(name) for name in ("bot", "cogs")]
        levels = [each.level for each in loggers]
        for each in loggers:
            each.addHandler(ears)
            each.setLevel(logging.INFO)
        try:
            yield world
        finally:
            for each, level in zip(loggers, levels, strict=True):
                each.removeHandler(ears)
                each.setLevel(level)
            bot.ids.secrets, bot.ids._last = kept, last  # type: ignore[attr-defined]


async def _sync(client: SecondWind) -> None:
    await client.tree.sync()
