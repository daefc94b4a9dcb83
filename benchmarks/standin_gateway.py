"""The gateway of the stand-in: HELLO, IDENTIFY, READY, GUILD_CREATE, heartbeats, RESUME and dispatches, zlib-stream."""

from __future__ import annotations

import zlib
from collections import deque
from typing import Any

import orjson
from aiohttp import WSMsgType, web

from benchmarks.standin_world import APPLICATION_ID, BOT_USER, Guild, Json, snowflake

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 0, 1, 2, 6, 9, 10, 11
REPLAYED = 1_000


class Session:
    """One shard's session: it outlives its sockets, so that a RESUME gets what was missed."""

    def __init__(self, shard: int, shard_count: int) -> None:
        self.id = f"{snowflake():x}"
        self.shard, self.shard_count = shard, shard_count
        self.sequence = 0
        self.sent: deque[tuple[int, bytes]] = deque(maxlen=REPLAYED)
        self.socket: Socket | None = None

    async def dispatch(self, event: str, data: Json, *, keep: bool = True) -> None:
        """Send an event, or keep it for the RESUME where no socket is open."""
        self.sequence += 1
        payload = orjson.dumps({"op": DISPATCH, "s": self.sequence, "t": event, "d": data})
        if keep:
            self.sent.append((self.sequence, payload))
        if self.socket is not None:
            await self.socket.send(payload)


class Socket:
    """A websocket with the compression that the client asked for."""

    def __init__(self, raw: web.WebSocketResponse, *, compress: str | None) -> None:
        if compress not in (None, "zlib-stream"):
            raise web.HTTPBadRequest(text=f"the stand-in does not speak {compress}")
        self.raw = raw
        self._compressor = zlib.compressobj(level=1) if compress else None

    async def send(self, payload: bytes) -> None:
        if self.raw.closed:
            return
        try:
            if self._compressor is None:
                await self.raw.send_str(payload.decode())
            else:
                await self.raw.send_bytes(
                    self._compressor.compress(payload) + self._compressor.flush(zlib.Z_SYNC_FLUSH)
                )
        except ConnectionError:
            pass  # the process was killed: its next one asks again


class Gateway:
    """Every session of every shard.

    Args:
        guilds: the groups by id; each shard is told of its own.
        token: what IDENTIFY has to bring, else 4004.
    """

    def __init__(self, guilds: dict[int, Guild], *, token: str, heartbeat_ms: int, shards: int) -> None:
        self.guilds, self.token, self.heartbeat_ms, self.shards = guilds, token, heartbeat_ms, shards
        self.url = ""  # known when the port is
        self.sessions: dict[str, Session] = {}
        self.by_shard: dict[int, Session] = {}
        self.identifies: list[Json] = []
        self.on_change: Any = lambda: None

    @property
    def connected(self) -> bool:
        """Whether every shard has an open socket and knows its groups."""
        return len(self.by_shard) == self.shards and all(session.socket for session in self.by_shard.values())

    async def dispatch(self, guild_id: int | None, event: str, data: Json) -> None:
        """Send an event to the shard of a group, or to shard 0 for a direct message."""
        shard = 0 if guild_id is None else (guild_id >> 22) % self.shards
        if shard not in self.by_shard:
            raise ConnectionError(f"no session of shard {shard} is open")
        await self.by_shard[shard].dispatch(event, data)

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        raw = web.WebSocketResponse(compress=False, max_msg_size=4_096 * 4)
        socket = Socket(raw, compress=request.query.get("compress"))
        try:
            await raw.prepare(request)
        except ConnectionError:  # whoever connected was killed meanwhile
            return raw
        await socket.send(
            orjson.dumps({"op": HELLO, "d": {"heartbeat_interval": self.heartbeat_ms, "_trace": []}})
        )
        session: Session | None = None
        try:
            async for message in raw:
                if message.type is WSMsgType.ERROR:
                    break
                payload = orjson.loads(message.data)
                if payload["op"] == HEARTBEAT:
                    await socket.send(orjson.dumps({"op": HEARTBEAT_ACK, "d": None}))
                elif payload["op"] == IDENTIFY:
                    session = await self._identify(socket, payload["d"])
                elif payload["op"] == RESUME:
                    session = await self._resume(socket, payload["d"])
        finally:
            if session is not None and session.socket is socket:
                session.socket = None
                self.on_change()
        return raw

    async def _identify(self, socket: Socket, data: Json) -> Session | None:
        self.identifies.append(data)
        if data["token"] != self.token:
            await socket.raw.close(code=4004, message=b"Authentication failed.")
            return None
        shard, count = data.get("shard", [0, 1])
        session = Session(shard, count)
        self.sessions[session.id] = session
        guilds = [guild for guild in self.guilds.values() if (guild.id >> 22) % count == shard]
        session.socket = socket
        await session.dispatch(
            "READY",
            {
                "v": 10,
                "user": BOT_USER,
                "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
                "session_id": session.id,
                "session_type": "normal",
                "resume_gateway_url": self.url,
                "shard": [shard, count],
                "application": {"id": str(APPLICATION_ID), "flags": 0},
                "private_channels": [],
                "relationships": [],
                "user_settings": {},
                "_trace": [],
            },
            keep=False,
        )
        for guild in guilds:
            await session.dispatch("GUILD_CREATE", guild.create_payload(), keep=False)
        self.by_shard[shard] = session
        self.on_change()
        return session

    async def _resume(self, socket: Socket, data: Json) -> Session | None:
        session = self.sessions.get(data["session_id"])
        if session is None or data["token"] != self.token:
            await socket.send(orjson.dumps({"op": INVALID_SESSION, "d": False}))
            return None
        session.socket = socket
        for sequence, payload in session.sent:
            if sequence > data["seq"]:
                await socket.send(payload)
        await session.dispatch("RESUMED", {"_trace": []}, keep=False)
        self.by_shard[session.shard] = session
        self.on_change()
        return session

    async def drop(self) -> None:
        """Close every open socket, as Discord does now and then; sessions can be resumed."""
        for session in list(self.sessions.values()):
            if session.socket is not None:
                raw, session.socket = session.socket.raw, None
                self.on_change()
                await raw.close(code=4000, message=b"Reconnect")
