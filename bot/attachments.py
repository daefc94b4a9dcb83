"""Fetches what a person attached: from Discord's CDN alone, without redirects, up to a limit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol
from urllib.parse import urlsplit

import aiohttp
import discord

from bot.errors import Refusal

DISCORD_CDN = frozenset({"cdn.discordapp.com", "media.discordapp.net"})
_SECONDS = 30
_CHUNK = 64 * 1024


class AttachmentReader(Protocol):
    """Gives the bytes of an attachment of at most `limit` bytes. Raises Refusal with what to do."""

    async def read(self, attachment: discord.Attachment, limit: int) -> bytes: ...


class CDNReader:
    """Reads over HTTPS from hosts that are known: an interaction's data are untrusted, its addresses too.

    Args:
        hosts: what addresses may name; `host` or `host:port`.
    """

    def __init__(self, hosts: Iterable[str] = DISCORD_CDN, *, plain_http: bool = False) -> None:
        self._hosts = frozenset(hosts)
        self._schemes = ("https", "http") if plain_http else ("https",)
        self._session: aiohttp.ClientSession | None = None

    async def read(self, attachment: discord.Attachment, limit: int) -> bytes:
        address = urlsplit(attachment.url)
        if address.netloc not in self._hosts or address.scheme not in self._schemes:
            raise Refusal("That file is not one that was attached here. Attach it to the command itself.")
        _check_size(attachment.size, limit)
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_SECONDS))
        content = bytearray()
        try:
            async with self._session.get(attachment.url, allow_redirects=False) as response:
                if response.status != 200:
                    raise Refusal("Discord did not hand the file over. Attach it once more.")
                async for chunk in response.content.iter_chunked(_CHUNK):
                    content += chunk
                    _check_size(len(content), limit)
        except (TimeoutError, aiohttp.ClientError) as error:
            raise Refusal("Discord did not hand the file over. Attach it once more.") from error
        return bytes(content)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise Refusal(
            "That file is larger than {limit} MB. Send fewer activities at once, or a single file of a run.",
            limit=limit // (1024 * 1024),
        )
