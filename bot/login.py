"""Getting to Discord at the start: patience for its bad minutes, and its refusals as one line for the host."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import traceback
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path

import aiohttp
import discord

from bot.errors import HostError

log = logging.getLogger(__name__)
# Between one try and the next. Half a minute in all; whoever starts the process anew after that waits longer by itself.
WAITS_SECONDS: tuple[float, ...] = (1, 2, 4, 8, 15)
_CLOSED = {
    4004: "Discord no longer takes discord.token: copy it again from the Developer Portal (Bot, Reset Token).",
    4010: "Discord does not know these shards: look at discord.shard_count and discord.shard_ids.",
    4011: "The bot is in so many groups that it needs more shards: raise discord.shard_count, or leave it out.",
}


async def log_in(client: discord.Client, token: str, waits: Sequence[float] = WAITS_SECONDS) -> None:
    """Log in and set up; where Discord has a bad minute, again after each of `waits` (seconds).

    Raises what the last try raised; a refusal, an address where nobody answers and a fault of the setup itself at once.
    """

    async def once() -> None:
        await client.http.close()  # what an earlier try left open
        client.http.clear()
        client.http.connector = discord.utils.MISSING
        await client.login(token)

    await patiently(once, waits, worth=lambda: client.application is None)


async def patiently(
    call: Callable[[], Awaitable[object]],
    waits: Sequence[float] = WAITS_SECONDS,
    *,
    worth: Callable[[], bool] = lambda: True,
) -> None:
    """Make a call, and make it again while it fails for reasons that pass and it is still `worth` trying."""
    for wait in waits:
        try:
            await call()
        except Exception as error:
            if not worth() or not passes(error):
                raise
            log.warning("discord_not_ready", extra={"kind": type(error).__name__, "seconds": wait})
            await asyncio.sleep(wait)
        else:
            return
    await call()


def passes(error: Exception) -> bool:
    """Whether a call to Discord failed for a reason that goes away by itself within a minute.

    Not where it asks to wait (429): what is sent before that is over counts against the host's address.
    """
    if isinstance(error, discord.GatewayNotFound):
        return True
    if isinstance(error, discord.HTTPException):
        return error.status >= 500
    if isinstance(error, aiohttp.ClientConnectorError):  # the address or the network is wrong: say so at once
        return False
    return isinstance(error, (aiohttp.ClientError, OSError)) or is_garbled(error)


def is_garbled(error: BaseException) -> bool:
    """Whether discord.py stumbled over an answer that is not what Discord writes: a proxy's page, half of a body."""
    if isinstance(error, json.JSONDecodeError):
        return True
    frames = traceback.extract_tb(error.__traceback__)
    inside = str(Path(discord.__file__).parent)
    odd = isinstance(error, (TypeError, KeyError, AttributeError, ValueError))
    return odd and bool(frames) and frames[-1].filename.startswith(inside)


@contextlib.contextmanager
def explained(api_base: str) -> Iterator[None]:
    """Discord's refusals at the start, as one line for the host."""
    try:
        yield
    except discord.LoginFailure as error:
        raise HostError(
            "Discord does not know discord.token: copy it again from the Developer Portal (Bot, Reset Token).",
            exit_code=2,
        ) from error
    except (aiohttp.ClientError, discord.GatewayNotFound, discord.DiscordServerError, OSError) as error:
        raise HostError(
            f"Discord could not be reached at {api_base}: look at the network, or wait a minute; then start again."
        ) from error
    except discord.ConnectionClosed as error:
        raise HostError(
            _CLOSED.get(error.code, f"Discord closed the connection for good ({error.code}).")
        ) from error
    except discord.HTTPException as error:
        if error.status == 429:
            raise HostError(f"Discord asks to wait {_wait_of(error)} before the next start.") from error
        raise HostError(f"Discord refused the start ({error.status}, code {error.code}).") from error
    except (TypeError, KeyError, AttributeError, ValueError) as error:
        if not is_garbled(error):
            raise
        raise HostError(
            f"What answered at {api_base} is not Discord: look at discord.api_base and at what stands in between."
        ) from error


def _wait_of(error: discord.HTTPException) -> str:
    with contextlib.suppress(TypeError, ValueError):
        seconds = float(error.response.headers["Retry-After"])
        return f"{seconds:.0f} seconds" if seconds < 120 else f"{seconds / 60:.0f} minutes"
    return "some minutes"
