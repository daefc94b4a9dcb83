"""Asks Discord who somebody is in a group, before a post names them; names are never stored."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import discord

from bot.ui.doors import DISCORD_TROUBLE
from bot.ui.text import clean

if TYPE_CHECKING:
    from bot.client import SecondWind

log = logging.getLogger(__name__)
KNOWN_FOR = timedelta(hours=24)
REMEMBERED = 20_000
LONGEST_NAME = 32
_UNKNOWN_MEMBER, _UNKNOWN_PERSON = 10007, 10013


class Names:
    """Display names by group and person, in memory alone, for a day."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[int, int], tuple[str, datetime]] = OrderedDict()

    def get(self, group_id: int, person_id: int, now: datetime) -> str | None:
        """The name that Discord told within the last day."""
        found = self._known.get((group_id, person_id))
        return None if found is None or now - found[1] > KNOWN_FOR else found[0]

    def put(self, group_id: int, person_id: int, name: str, now: datetime) -> None:
        self._known[group_id, person_id] = (name, now)
        self._known.move_to_end((group_id, person_id))
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)


async def names_of(
    client: SecondWind, group_id: int, people: Collection[int], *, ask: bool = True
) -> dict[int, str | None]:
    """Names by person; None for who has left the group (which is stored), nothing for who could not be looked up.

    Without `ask` what is known is all there is. Look-ups keep to the courier's pace.
    """
    now = client.clock.now()
    found: dict[int, str | None] = {}
    there, gone = [], []
    for person_id in people:
        known = client.names.get(group_id, person_id, now)
        if known is not None:
            found[person_id] = known
        elif ask:
            name = await _look_up(client, group_id, person_id)
            if name is None:
                gone.append(person_id)
                found[person_id] = None
            elif name:
                there.append(person_id)
                found[person_id] = name
                client.names.put(group_id, person_id, name, now)
    if await client.services.leaderboards.looked_up(group_id, there, gone, now):
        client.redraw_challenges()
    return found


async def _look_up(client: SecondWind, group_id: int, person_id: int) -> str | None:
    """The name; None for who is not in the group, empty where Discord gave no answer."""
    await client.courier.pace.turn()
    try:
        member = await client.http.get_member(group_id, person_id)
        user = member["user"]
        name = member.get("nick") or user.get("global_name") or user["username"]
        return clean(name, LONGEST_NAME) or ""
    except discord.NotFound as missing:
        return None if missing.code in (_UNKNOWN_MEMBER, _UNKNOWN_PERSON) else ""
    except (KeyError, AttributeError, TimeoutError, *DISCORD_TROUBLE) as trouble:
        log.info("name_not_looked_up", extra={"kind": type(trouble).__name__})
        return ""
