"""Where metrics meet discord.py: its requests, its gateway, and the event loop under it."""

from __future__ import annotations

import asyncio
import re
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import aiohttp
import discord

from bot.monitoring.metrics import OTHER, Metrics, Outcome

if TYPE_CHECKING:
    from bot.client import SecondWind

OUTCOME = "outcome"  # of an interaction's extras, where it was not ok
LAG_EVERY_SECONDS = 0.5
_INTERACTION = re.compile(r"/interactions/(\d+)/")


def request_trace(metrics: Metrics) -> aiohttp.TraceConfig:
    """For discord.py's session: every answer is counted, and the first answer of an interaction timed."""

    async def ended(
        _session: aiohttp.ClientSession, _context: SimpleNamespace, end: aiohttp.TraceRequestEndParams
    ) -> None:
        metrics.rest(end.response.status)
        found = _INTERACTION.search(end.url.raw_path)
        if found is not None and end.response.status < 400:
            metrics.answered(int(found[1]))

    async def failed(
        _session: aiohttp.ClientSession, _context: SimpleNamespace, _end: aiohttp.TraceRequestExceptionParams
    ) -> None:
        metrics.rest(None)

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(ended)
    trace.on_request_exception.append(failed)
    return trace


def named(client: SecondWind, interaction: discord.Interaction[Any]) -> tuple[str, str]:
    """(kind, name) of an interaction: names come out of the program, whatever somebody sent."""
    if interaction.type is discord.InteractionType.application_command:
        return "command", _command(interaction)
    if interaction.type is discord.InteractionType.autocomplete:
        return "autocomplete", _command(interaction)
    kind = "form" if interaction.type is discord.InteractionType.modal_submit else "press"
    data: dict[str, Any] = dict(interaction.data or {})
    parts = str(data.get("custom_id", "")).split(":")
    action = parts[1] if len(parts) > 1 else ""
    return kind, action if action in client.router.actions else OTHER


def _command(interaction: discord.Interaction[Any]) -> str:
    return OTHER if interaction.command is None else interaction.command.qualified_name


class Watched:
    """Around one interaction: when it came, and what became of it."""

    def __init__(self, client: SecondWind, interaction: discord.Interaction[Any]) -> None:
        self._metrics, self._interaction = client.metrics, interaction
        self._kind, self._name = named(client, interaction)

    def __enter__(self) -> None:
        self._metrics.arrived(self._interaction.id, self._kind, self._name)

    def __exit__(self, *_: object) -> None:
        outcome: Outcome = self._interaction.extras.get(OUTCOME, "ok")
        self._metrics.ended(self._kind, self._name, outcome)


def became(interaction: discord.Interaction[Any], outcome: Outcome) -> None:
    """Said by whoever knows that it was not ok."""
    interaction.extras[OUTCOME] = outcome


def silence_of(client: SecondWind) -> float | None:
    """Seconds since the gateway last answered a heartbeat, of the shard for which that is longest ago.

    None where a shard is not connected. A connection that has had no heartbeat yet is as old as its first beat.
    """
    longest = 0.0
    if not client.shards:
        return None
    for shard in client.shards.values():
        socket: Any = getattr(getattr(shard, "_parent", None), "ws", None)
        beating: Any = getattr(socket, "_keep_alive", None)
        if socket is None or beating is None or not socket.open:
            return None
        longest = max(longest, time.perf_counter() - beating._last_ack)
    # heartbeats are some 41 s apart: it is the silence beyond them that counts
    return max(0.0, longest - _interval(client))


def _interval(client: SecondWind) -> float:
    intervals = [
        getattr(getattr(getattr(shard, "_parent", None), "ws", None), "_keep_alive", None)
        for shard in client.shards.values()
    ]
    return max((float(each.interval) for each in intervals if each is not None), default=0.0)


async def measure_lag(metrics: Metrics) -> None:
    """Until cancelled: how late the event loop comes back to whoever sleeps."""
    while True:
        before = time.perf_counter()
        await asyncio.sleep(LAG_EVERY_SECONDS)
        metrics.lag(time.perf_counter() - before - LAG_EVERY_SECONDS)
