"""Attachments come from known hosts alone, in full, up to the limit, without redirects."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest
from aiohttp import web

from bot.attachments import DISCORD_CDN, CDNReader
from bot.errors import Refusal


def attachment(url: str, size: int = 5) -> discord.Attachment:
    data: Any = {"id": "1", "filename": "run.fit", "size": size, "url": url, "proxy_url": url}
    return discord.Attachment(data=data, state=cast("Any", SimpleNamespace(http=None)))


@pytest.fixture
async def cdn() -> AsyncIterator[str]:
    async def moved(_: web.Request) -> web.Response:
        raise web.HTTPFound("/file")

    async def file(_: web.Request) -> web.Response:
        return web.Response(body=b"12345")

    app = web.Application()
    app.router.add_get("/file", file)
    app.router.add_get("/moved", moved)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.fixture
async def reader(cdn: str) -> AsyncIterator[CDNReader]:
    made = CDNReader([*DISCORD_CDN, cdn], plain_http=True)
    yield made
    await made.close()


async def test_a_file_of_a_known_host_is_read_whole(reader: CDNReader, cdn: str) -> None:
    assert await reader.read(attachment(f"http://{cdn}/file"), limit=5) == b"12345"


async def test_another_host_is_never_asked(reader: CDNReader, cdn: str) -> None:
    for url in (
        "https://example.com/file",
        f"http://user@{cdn}/file",
        f"http://{cdn}.example.com/file",
        "file:///etc/passwd",
        "https://cdn.discordapp.com@example.com/x",
    ):
        with pytest.raises(Refusal, match="attached here"):
            await reader.read(attachment(url), limit=5)


async def test_a_redirect_is_not_followed(reader: CDNReader, cdn: str) -> None:
    with pytest.raises(Refusal, match="once more"):
        await reader.read(attachment(f"http://{cdn}/moved"), limit=5)


async def test_a_file_that_says_it_is_too_large_is_not_fetched(reader: CDNReader, cdn: str) -> None:
    with pytest.raises(Refusal, match="larger"):
        await reader.read(attachment(f"http://{cdn}/file", size=6), limit=5)


async def test_a_file_that_lies_about_its_size_is_cut_off(reader: CDNReader, cdn: str) -> None:
    with pytest.raises(Refusal, match="larger"):
        await reader.read(attachment(f"http://{cdn}/file", size=1), limit=4)


async def test_a_host_that_is_gone_is_said_so(reader: CDNReader) -> None:
    gone = CDNReader(["127.0.0.1:9"], plain_http=True)
    with pytest.raises(Refusal, match="once more"):
        await gone.read(attachment("http://127.0.0.1:9/file"), limit=5)
    await gone.close()


async def test_discords_own_cdn_is_asked_over_https_alone() -> None:
    with pytest.raises(Refusal, match="attached here"):
        await CDNReader().read(attachment("http://cdn.discordapp.com/file"), limit=5)
