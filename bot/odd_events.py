"""One event that discord.py stumbles over is left out; it does not end the process with everybody else's."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any

import discord

log = logging.getLogger(__name__)
# Without these there is no session to serve: the connection ends, and is made anew.
_NEEDED = frozenset({"READY", "RESUMED"})


def bear_odd_events(client: discord.Client) -> None:
    """Log an event of the gateway that cannot be read, and go on with the next.

    The library lets what its own reading of an event raises end the whole client. Call it once, before connecting.
    """
    state = client._connection
    state.parsers = {
        name: parse if name in _NEEDED else _borne(name, parse) for name, parse in state.parsers.items()
    }


def _borne(name: str, parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
    @functools.wraps(parse)
    def borne(data: Any) -> Any:
        try:
            return parse(data)
        except Exception:
            log.exception("event_not_read", extra={"gateway_event": name})
            return None

    return borne
