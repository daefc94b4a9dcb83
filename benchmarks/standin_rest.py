"""The REST of the stand-in: what a bot asks Discord for, answered from memory."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import orjson
from aiohttp import web

from benchmarks.standin_channels import Refused
from benchmarks.standin_messages import EPHEMERAL, apply_edit, stored
from benchmarks.standin_world import APPLICATION_ID, BOT_USER, JOINED_AT, Json, Member, snowflake

if TYPE_CHECKING:
    from benchmarks.standin import StandIn

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def as_json(data: object, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(data), status=status, content_type="application/json")


def error(status: int, code: int, message: str) -> web.Response:
    """An error as Discord writes it."""
    return as_json({"code": code, "message": message}, status)


class Rest:
    """Handlers of the routes; the state is the stand-in's."""

    def __init__(self, world: StandIn) -> None:
        self.world = world

    def application(self) -> web.Application:
        app = web.Application(middlewares=[self._around], client_max_size=32 * 2**20)
        api = "/api/v10"
        webhook, channel = api + "/webhooks/{app}/{token}", api + "/channels/{channel}"
        commands = api + "/applications/{app}/commands"
        app.add_routes(
            [
                web.get("/gateway", self.world.gateway.handle),
                web.get("/attachments/{channel}/{id}/{name}", self._file),
                web.get(api + "/gateway", self._gateway),
                web.get(api + "/gateway/bot", self._gateway),
                web.get(api + "/users/@me", self._me),
                web.post(api + "/users/@me/channels", self._open_dm),
                web.get(api + "/oauth2/applications/@me", self._application),
                web.get(api + "/applications/@me", self._application),
                web.put(commands, self._put_commands),
                web.get(commands, self._get_commands),
                web.post(api + "/interactions/{id}/{token}/callback", self._callback),
                web.post(webhook, self._follow_up),
                web.route("*", webhook + "/messages/{message}", self._webhook_message),
                web.get(channel, self._channel),
                web.post(channel + "/messages", self._send),
                web.get(channel + "/messages", self._messages),
                web.post(channel + "/threads", self._start_thread),
                web.post(channel + "/messages/{message}/threads", self._start_thread),
                web.route("*", channel + "/messages/{message}", self._message),
                web.get(api + "/guilds/{guild}", self._guild),
                web.get(api + "/guilds/{guild}/channels", self._guild_channels),
                web.get(api + "/guilds/{guild}/members/{user}", self._member),
            ]
        )
        return app

    @web.middleware
    async def _around(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Count, refuse strangers, and let `before_reply` spoil what it wants to."""
        world = self.world
        world.requests += 1
        by_token = any(part in request.path for part in ("/interactions/", "/webhooks/", "/attachments/"))
        if (
            request.path.startswith("/api")
            and not by_token
            and request.headers.get("Authorization") != f"Bot {world.token}"
        ):
            return error(401, 0, "401: Unauthorized")

        async def reply() -> web.StreamResponse:
            try:
                return await handler(request)
            except web.HTTPNotFound:
                world.unknown.append(f"{request.method} {request.path}")
                return error(404, 0, "404: Not Found")
            except Refused as refused:
                return error(refused.status, refused.code, refused.message)
            except LookupError:
                return error(404, 10_003, "Unknown")

        async def within_limits() -> web.StreamResponse:
            if world.limits is None:
                return await reply()
            refusal = world.limits.refusal(request)
            if refusal is not None:
                return refusal
            answer = await reply()
            answer.headers.update(world.limits.headers(request))
            return answer

        return await (
            within_limits() if world.before_reply is None else world.before_reply(request, within_limits)
        )

    # Who and what

    async def _gateway(self, request: web.Request) -> web.Response:
        gateway, limit = self.world.gateway, self.world.session_starts
        return as_json({"url": gateway.url, "shards": gateway.shards, "session_start_limit": limit})

    async def _me(self, request: web.Request) -> web.Response:
        return as_json(BOT_USER)

    async def _application(self, request: web.Request) -> web.Response:
        owner = Member(700_000_000_000_000_001, "Host").user()
        described = {
            "name": "Second Wind",
            "description": "",
            "icon": None,
            "bot_public": True,
            "bot_require_code_grant": False,
        }
        return as_json(
            {
                "id": str(APPLICATION_ID),
                **described,
                "verify_key": "0" * 64,
                "owner": owner,
                "team": None,
                "flags": 0,
            }
        )

    async def _put_commands(self, request: web.Request) -> web.Response:
        self.world.commands = [
            {
                "type": 1,
                **command,
                "id": str(snowflake()),
                "application_id": str(APPLICATION_ID),
                "version": str(snowflake()),
            }
            for command in await request.json()
        ]
        self.world.registered.set()
        return as_json(self.world.commands)

    async def _get_commands(self, request: web.Request) -> web.Response:
        return as_json(self.world.commands)

    async def _guild(self, request: web.Request) -> web.Response:
        return as_json(self.world.by_id[int(request.match_info["guild"])].create_payload())

    async def _guild_channels(self, request: web.Request) -> web.Response:
        return as_json(self.world.by_id[int(request.match_info["guild"])].create_payload()["channels"])

    async def _member(self, request: web.Request) -> web.Response:
        guild, user = self.world.by_id[int(request.match_info["guild"])], int(request.match_info["user"])
        if user == APPLICATION_ID:
            bot = Member(APPLICATION_ID, "Second Wind", roles=(guild.id + 1,)).payload(with_permissions=False)
            return as_json(bot | {"user": BOT_USER, "joined_at": JOINED_AT})
        for member in guild.members:
            if member.id == user:
                return as_json(member.payload(with_permissions=False))
        return error(404, 10_007, "Unknown Member")

    # Interactions

    async def _callback(self, request: web.Request) -> web.Response:
        data, files = await self._body(request)
        interaction = int(request.match_info["id"])
        answer = self.world.answers.get(interaction)
        if answer is None or answer.interaction["token"] != request.match_info["token"] or answer.too_late:
            return error(404, 10_062, "Unknown interaction")
        answer.attempts += 1
        answer.changed()
        if answer.callback is not None:
            return error(400, 40_060, "Interaction has already been acknowledged.")
        message = answer.acknowledge(data, files)
        if message is not None:
            self.world.channels.keep(message)
        if request.query.get("with_response", "").lower() not in ("1", "true"):
            return web.Response(status=204)
        described: Json = {"id": str(interaction), "type": answer.interaction["type"]}
        resource: Json = {"type": data["type"]}
        if message is not None:
            resource["message"] = message
            described |= {
                "response_message_id": message["id"],
                "response_message_loading": data["type"] == 5,
                "response_message_ephemeral": bool(message["flags"] & EPHEMERAL),
            }
        return as_json({"interaction": described, "resource": resource})

    async def _follow_up(self, request: web.Request) -> web.Response:
        data, files = await self._body(request)
        message = self.world.by_token(request.match_info["token"]).follow_up(data, files)
        self.world.channels.keep(message)
        return as_json(message)

    async def _webhook_message(self, request: web.Request) -> web.Response:
        answer = self.world.by_token(request.match_info["token"])
        wanted = request.match_info["message"]
        message = answer.message if wanted == "@original" else self.world.messages.get(int(wanted))
        if message is None:
            return error(404, 10_008, "Unknown Message")
        if request.method == "PATCH":
            apply_edit(message, *await self._body(request))
            answer.changed()
        return self._serve(request, message)

    # Channels

    async def _open_dm(self, request: web.Request) -> web.Response:
        return as_json(self.world.channels.open(int((await request.json())["recipient_id"])))

    async def _channel(self, request: web.Request) -> web.Response:
        return as_json(self.world.channels.payload(int(request.match_info["channel"])))

    async def _start_thread(self, request: web.Request) -> web.Response:
        message = request.match_info.get("message")
        thread = self.world.channels.start_thread(
            int(request.match_info["channel"]),
            await request.json(),
            None if message is None else int(message),
        )
        with contextlib.suppress(ConnectionError):  # nobody has to listen
            await self.world.gateway.dispatch(
                int(thread["guild_id"]), "THREAD_CREATE", thread | {"newly_created": True}
            )
        return as_json(thread, 201)

    async def _send(self, request: web.Request) -> web.Response:
        return as_json(
            self.world.channels.send(int(request.match_info["channel"]), *await self._body(request))
        )

    async def _messages(self, request: web.Request) -> web.Response:
        asked = {
            key: int(value)
            for key, value in request.query.items()
            if key in ("limit", "before", "after", "around")
        }
        found = self.world.channels.history(int(request.match_info["channel"]), **asked)
        return as_json([stored(message) for message in found])

    async def _message(self, request: web.Request) -> web.Response:
        message = self.world.messages.get(int(request.match_info["message"]))
        if message is None:
            return error(404, 10_008, "Unknown Message")
        if request.method == "PATCH":
            apply_edit(message, *await self._body(request))
        return self._serve(request, message)

    def _serve(self, request: web.Request, message: Json) -> web.Response:
        if request.method == "DELETE":
            del self.world.messages[int(message["id"])]
            return web.Response(status=204)
        return as_json(stored(message))

    # Bodies and files

    async def _body(self, request: web.Request) -> tuple[Json, list[Json]]:
        """What was sent, and the files with it, already stored."""
        if not request.content_type.startswith("multipart/"):
            return orjson.loads(await request.read()), []
        form = await request.post()
        files = [
            self.world.store(part.filename, part.file.read(), part.content_type)
            for part in form.values()
            if isinstance(part, web.FileField)
        ]
        return orjson.loads(str(form["payload_json"])), files

    async def _file(self, request: web.Request) -> web.Response:
        name, content = self.world.files[int(request.match_info["id"])]
        return web.Response(body=content, headers={"Content-Disposition": f"attachment; filename={name}"})
