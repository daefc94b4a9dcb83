"""The demo's one address: a page that lists channels and people, with the bundled Discord inside it.

simcord serves one preview of one channel at a time on a port of its own, and forbids being framed. The hub opens the
preview that was asked for and hands its pages through, so that one address and one window are enough. Both listen on
loopback alone, and the hub answers to loopback names alone.
"""

from __future__ import annotations

import asyncio
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp import web

from demo.files import watch_file

if TYPE_CHECKING:
    from demo.stage import Stage

PAGE = Path(__file__).with_name("page")
FONTS = Path(
    str(resources.files("bot.ui") / "fonts")
)  # the pictures' own: names of any script show on the page too
TRIES, PAUSE_S = 8, 0.25
_PASSED_ON = ("Content-Type", "X-Simcord-Capability", "X-Simcord-Context", "Range")
_HANDED_BACK = ("Content-Type", "Content-Range", "Accept-Ranges", "Content-Disposition")
_OWN_POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; connect-src 'self' blob:; media-src 'self' blob:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'self'"
)


class Hub:
    """Serves the page, and the preview through it."""

    def __init__(self, stage: Stage, port: int) -> None:
        self._stage = stage
        self._port = port
        self._runner: web.AppRunner | None = None
        self._client: aiohttp.ClientSession | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}/"

    async def start(self) -> None:
        """Listen; takes a free port where the wanted one is in use."""
        app = web.Application(middlewares=[self._loopback_names_alone], client_max_size=64 * 1024 * 1024)
        app.router.add_get("/", self._page)
        app.router.add_get("/demo/state", self._state)
        app.router.add_post("/demo/view", self._view)
        app.router.add_post("/demo/clock", self._clock)
        app.router.add_get("/demo/files/{name}", self._file)
        app.router.add_static("/demo/page", PAGE)
        app.router.add_static("/demo/fonts", FONTS)
        app.router.add_get("/discord/", self._discord)
        app.router.add_route("*", "/{path:.*}", self._hand_through)
        self._client = aiohttp.ClientSession(auto_decompress=False)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        except OSError:
            await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._port = self._runner.addresses[0][1]

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        if self._client is not None:
            await self._client.close()

    @web.middleware
    async def _loopback_names_alone(self, request: web.Request, handler: Any) -> web.StreamResponse:
        # A page elsewhere could point its own name at this machine; it would come with that name.
        names = {f"127.0.0.1:{self._port}", f"localhost:{self._port}"}
        origin = request.headers.get("Origin")
        if request.host not in names or (origin and origin.removeprefix("http://") not in names):
            raise web.HTTPForbidden(text="The demo answers on this machine alone.")
        response: web.StreamResponse = await handler(request)
        response.headers.setdefault("Content-Security-Policy", _OWN_POLICY)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    async def _page(self, _: web.Request) -> web.StreamResponse:
        return web.FileResponse(PAGE / "index.html")

    async def _state(self, _: web.Request) -> web.Response:
        return web.json_response(self._stage.state())

    async def _view(self, request: web.Request) -> web.Response:
        wanted = await request.json()
        try:
            await self._stage.show(
                person=str(wanted.get("person", "")), channel=str(wanted.get("channel", ""))
            )
        except LookupError as missing:
            raise web.HTTPBadRequest(text=str(missing)) from missing
        return web.json_response(self._stage.state())

    async def _clock(self, request: web.Request) -> web.Response:
        wanted = await request.json()
        try:
            await self._stage.move_clock(str(wanted.get("to", "")))
        except LookupError as missing:
            raise web.HTTPBadRequest(text=str(missing)) from missing
        return web.json_response(self._stage.state())

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        try:
            content = watch_file(name, self._stage.now())
        except LookupError as missing:
            raise web.HTTPNotFound(text=str(missing)) from missing
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return web.Response(body=content, content_type="application/octet-stream", headers=headers)

    async def _discord(self, request: web.Request) -> web.Response:
        response = await self._fetch(request, "/")
        styled = (response.body if isinstance(response.body, bytes) else b"").replace(
            b"</head>", b'<link rel="stylesheet" href="/demo/page/discord.css"></head>'
        )
        return web.Response(body=styled, content_type="text/html", charset="utf-8")

    async def _hand_through(self, request: web.Request) -> web.StreamResponse:
        if request.method == "GET":
            return await self._fetch(request, request.rel_url.raw_path_qs)
        async with self._stage.alone():
            return await self._fetch(request, request.rel_url.raw_path_qs)

    async def _fetch(self, request: web.Request, path: str) -> web.Response:
        """Ask the open preview; what only reads is asked again where a channel is being opened right then."""
        body = await request.read() if request.can_read_body else None
        for _ in range(TRIES if request.method == "GET" else 1):
            try:
                return await self._ask_preview(request, path, body)
            except aiohttp.ClientError:
                await asyncio.sleep(PAUSE_S)
        raise web.HTTPServiceUnavailable(text="The channel is just being opened.")

    async def _ask_preview(self, request: web.Request, path: str, body: bytes | None) -> web.Response:
        origin = self._stage.preview_origin
        if origin is None or self._client is None:
            raise aiohttp.ClientConnectionError("no channel is open")
        headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
        headers["Origin"] = origin
        async with self._client.request(request.method, origin + path, headers=headers, data=body) as answer:
            back = {name: answer.headers[name] for name in _HANDED_BACK if name in answer.headers}
            content = self._stage.name_channels(await answer.read())
            return web.Response(status=answer.status, body=content, headers=back)
