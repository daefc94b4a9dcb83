"""A stand-in of Discord on a loopback port, with a Python API to be a person in it.

    async with StandIn(guilds=1) as discord_:
        ...start a bot with discord_.api_base and discord_.token, then `await discord_.wait_connected()`
        answer = await discord_.slash("run log", options={"distance": "5k", "time": "26:41"})
        answer = await discord_.click(answer.message, "cheer:", member=discord_.guilds[0].members[1])

It refuses what Discord refuses of interactions (twice: 40060, after 3 s: 10062), holds rate limits when it is given
them, and knows a message's enforced nonce for some time. What channels and people refuse is set on `guilds` and
`channels`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from benchmarks import standin_interactions as interactions
from benchmarks.standin_answer import Answer
from benchmarks.standin_channels import Channels
from benchmarks.standin_gateway import Gateway
from benchmarks.standin_limits import Limits
from benchmarks.standin_rest import Rest
from benchmarks.standin_world import Guild, Json, Member, make_guild, snowflake

Reply = Callable[[], Awaitable[web.StreamResponse]]
BeforeReply = Callable[[web.Request, Reply], Awaitable[web.StreamResponse]]
"""Is given each request and `reply`, which carries it out. To refuse before anything happened, return a response
without calling it; to lose an answer after it happened, call it and return another, or close the transport."""


@dataclass
class Upload:
    """A file that a person attaches."""

    name: str
    content: bytes
    content_type: str = "application/octet-stream"


class StandIn:
    """Discord, for one bot.

    Args:
        guilds: how many groups the bot is in (see `make_guild`).
        members: how many people of each are known by name; the first is an organiser.
        before_reply: see `BeforeReply`.
        limits: which rate limits hold; none unless given.
        nonce_seconds: how long an enforced nonce is known.
        now: seconds since 1970 for ids of messages.
    """

    def __init__(
        self,
        guilds: int = 1,
        *,
        members: int = 20,
        shards: int = 1,
        heartbeat_ms: int = 41_250,
        before_reply: BeforeReply | None = None,
        limits: Limits | None = None,
        nonce_seconds: float = 300.0,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.token = "c3RhbmQtaW4.stand-in.of-discord"
        self.guilds = [make_guild(number, members=members) for number in range(guilds)]
        self.by_id = {guild.id: guild for guild in self.guilds}
        self.commands: list[Json] = []
        self.registered = asyncio.Event()
        self.answers: dict[int, Answer] = {}
        self.channels = Channels(self.guilds, now=now, nonce_seconds=nonce_seconds)
        self.messages = self.channels.messages
        self.files: dict[int, tuple[str, bytes]] = {}
        self.unknown: list[str] = []
        self.requests = 0
        self.session_starts = {
            "total": 1000,
            "remaining": 999,
            "reset_after": 14_400_000,
            "max_concurrency": 1,
        }
        self.before_reply = before_reply
        self.limits = limits
        self.gateway = Gateway(self.by_id, token=self.token, heartbeat_ms=heartbeat_ms, shards=shards)
        self.gateway.on_change = self._connection_changed
        self._connected = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self.origin = ""

    async def __aenter__(self) -> Self:
        self._runner = web.AppRunner(Rest(self).application(), access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        port = self._runner.addresses[0][1]
        self.origin, self.gateway.url = f"http://127.0.0.1:{port}", f"ws://127.0.0.1:{port}/gateway"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.gateway.drop()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def api_base(self) -> str:
        """What the setting discord.api_base has to be."""
        return f"{self.origin}/api/v10"

    def _connection_changed(self) -> None:
        if self.gateway.connected:
            self._connected.set()
        else:
            self._connected.clear()

    async def wait_connected(self, *, patience: float = 60.0) -> None:
        """Wait until every shard has been sent READY and its groups."""
        async with asyncio.timeout(patience):
            await self._connected.wait()

    async def wait_commands(self, *, patience: float = 20.0) -> None:
        """Wait until the bot has registered its commands."""
        async with asyncio.timeout(patience):
            await self.registered.wait()

    # Being a person

    async def slash(
        self,
        name: str,
        *,
        guild: Guild | None = None,
        member: Member | None = None,
        options: dict[str, Any] | None = None,
        channel_id: int | None = None,
        direct: bool = False,
        wait: bool = True,
    ) -> Answer:
        """Use a registered command, "run log" for one with a parent. Options are checked as Discord's client does.

        Args:
            direct: in a direct message with the bot.
            wait: return at the first response; else as soon as the interaction is sent.
        """
        guild, member = self._who(guild, member)
        data = interactions.command_data(self.commands, name, options or {}, self._upload)
        return await self._send(
            interactions.COMMAND, data, guild, member, channel_id, direct=direct, wait=wait
        )

    async def click(
        self,
        message: Json | None,
        custom_id: str,
        *,
        guild: Guild | None = None,
        member: Member | None = None,
        values: list[str] | None = None,
        wait: bool = True,
    ) -> Answer:
        """Press the button, or choose `values` in the select, whose custom_id starts with `custom_id`."""
        guild, member = self._who(guild, member)
        assert message is not None, "there is no message to click on"
        data = interactions.component_data(message, custom_id, values)
        return await self._send(interactions.COMPONENT, data, guild, member, None, clicked=message, wait=wait)

    async def submit(
        self,
        modal: Answer,
        values: dict[str, Any],
        *,
        guild: Guild | None = None,
        member: Member | None = None,
        wait: bool = True,
    ) -> Answer:
        """Send the form that `modal` opened; `values` by the custom_id of each field, or what it starts with."""
        guild, member = self._who(guild, member)
        data = interactions.modal_data(modal.data, values, self._upload)
        return await self._send(
            interactions.MODAL, data, guild, member, None, clicked=modal.clicked, wait=wait
        )

    async def deliver_again(self, answer: Answer, *, patience: float = 10.0) -> None:
        """Send an interaction once more, as Discord may after a lost connection; returns when the bot has reacted.

        A process that has had it already does not react: TimeoutError after `patience` seconds.

        A second callback of one that was answered is refused as Discord refuses it (40060).
        """
        answer.sent_at, before = time.perf_counter(), answer.attempts
        await self._dispatch(answer)
        await answer.until(lambda a: a.attempts > before, patience=patience)

    def channel_messages(self, channel_id: int) -> list[Json]:
        """What everyone sees in a channel, oldest first."""
        return self.channels.seen(channel_id)

    # Beneath

    def _who(self, guild: Guild | None, member: Member | None) -> tuple[Guild, Member]:
        guild = guild or self.guilds[0]
        return guild, member or guild.members[0]

    async def _send(
        self,
        kind: int,
        data: Json,
        guild: Guild,
        member: Member,
        channel_id: int | None,
        *,
        wait: bool,
        direct: bool = False,
        clicked: Json | None = None,
    ) -> Answer:
        payload = interactions.payload(
            kind, data, None if direct else guild, member, channel_id or guild.channel_id, clicked
        )
        answer = self.answers[int(payload["id"])] = Answer(payload, clicked)
        await self._dispatch(answer)
        if wait:
            await answer.until(lambda a: a.callback is not None)
        return answer

    async def _dispatch(self, answer: Answer) -> None:
        guild_id = answer.interaction.get("guild_id")
        await self.gateway.dispatch(
            None if guild_id is None else int(guild_id), "INTERACTION_CREATE", answer.interaction
        )

    def _upload(self, upload: Upload) -> Json:
        return self.store(upload.name, upload.content, upload.content_type)

    def store(self, name: str, content: bytes, content_type: str) -> Json:
        """Keep a file on the stand-in's CDN; its attachment payload."""
        file_id = snowflake()
        self.files[file_id] = name, content
        url = f"{self.origin}/attachments/{self.guilds[0].channel_id if self.guilds else 1}/{file_id}/{name}"
        return {
            "id": str(file_id),
            "filename": name,
            "size": len(content),
            "url": url,
            "proxy_url": url,
            "content_type": content_type,
        }

    def by_token(self, token: str) -> Answer:
        """The interaction of a webhook's token. Raises LookupError."""
        return self.answers[int(token.rpartition("-")[2])]
