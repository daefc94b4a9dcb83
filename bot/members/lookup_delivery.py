"""Asks Discord who somebody is in a group: before a post names them, and once a week whether they are still there.

Names are never stored.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import discord

from bot.ui.first_answer import DISCORD_TROUBLE
from bot.ui.text import clean

if TYPE_CHECKING:
    from bot.client import SecondWind

log = logging.getLogger(__name__)
KNOWN_FOR = timedelta(hours=24)
REMEMBERED = 20_000
LONGEST_NAME = 32
# One look-up; those before a post; those of an hour.
ONE_SECONDS, ALL_SECONDS, HOURLY_SECONDS = 10.0, 30.0, 900.0
MOST_MISSES = 3
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


class NotAnswered(Exception):
    """Discord did not say whether somebody is in a group.

    `everywhere`: it may be in trouble, so nothing else is asked of it now; else it is about this group alone.
    """

    def __init__(self, *, everywhere: bool) -> None:
        super().__init__()
        self.everywhere = everywhere


async def names_of(
    client: SecondWind, group_id: int, people: Collection[int], *, ask: bool = True
) -> dict[int, str | None]:
    """Names by person; None for who has left the group (which is stored), nothing for who could not be looked up.

    Without `ask` what is known is all there is. Look-ups keep to the courier's pace, take at most `ALL_SECONDS` in
    all, and end where Discord gives no answer again and again.
    """
    now = client.clock.now()
    found: dict[int, str | None] = {}
    there, gone = [], []
    time_is_up, misses = _in(ALL_SECONDS), 0
    for person_id in people:
        known = client.names.get(group_id, person_id, now)
        if known is not None:
            found[person_id] = known
        elif ask and not time_is_up():
            try:
                name = await look_up(client, group_id, person_id)
            except NotAnswered:
                misses += 1
                ask = misses < MOST_MISSES
                continue
            if name is None:
                gone.append(person_id)
                found[person_id] = None
            else:
                there.append(person_id)
                if name:
                    found[person_id] = name
                    client.names.put(group_id, person_id, name, now)
    await _store(client, group_id, there, gone)
    return found


async def look_up(client: SecondWind, group_id: int, person_id: int) -> str | None:
    """The name, empty where it cannot be shown; None for who is not in the group. Raises NotAnswered."""
    await client.courier.pace.turn()
    try:
        async with asyncio.timeout(ONE_SECONDS):
            member = await client.http.get_member(group_id, person_id)
        user = member["user"]
        name = member.get("nick") or user.get("global_name") or user["username"]
        return clean(name, LONGEST_NAME) or ""
    except discord.NotFound as missing:
        if missing.code in (_UNKNOWN_MEMBER, _UNKNOWN_PERSON):
            return None
        raise NotAnswered(everywhere=False) from missing
    except discord.Forbidden as refused:
        raise NotAnswered(everywhere=False) from refused
    except (KeyError, AttributeError, TimeoutError, *DISCORD_TROUBLE) as trouble:
        log.info("name_not_looked_up", extra={"kind": type(trouble).__name__})
        raise NotAnswered(everywhere=True) from trouble


async def look_for_leavers(client: SecondWind) -> None:
    """Every hour: ask after those of this process's groups who were not asked about for a week, a share at a time."""
    lookups, now = client.services.lookups, client.clock.now()
    due = await lookups.due(lambda group_id: client.get_guild(group_id) is not None, now)
    time_is_up = _in(HOURLY_SECONDS)
    by_group: dict[int, list[int]] = {}
    for group_id, person_id in due:
        by_group.setdefault(group_id, []).append(person_id)
    asked = left = 0
    for group_id, people in by_group.items():
        there: list[int] = []
        gone: list[int] = []
        goes_on = True
        for person_id in people:
            if time_is_up():
                goes_on = False
                break
            try:
                name = await look_up(client, group_id, person_id)
            except NotAnswered as trouble:
                goes_on = not trouble.everywhere
                break
            (gone if name is None else there).append(person_id)
        await _store(client, group_id, there, gone)
        asked, left = asked + len(there) + len(gone), left + len(gone)
        if not goes_on:
            break
    if due:
        log.info("looked_for_leavers", extra={"due": len(due), "asked": asked, "gone": left})


async def is_back(client: SecondWind, group_id: int, person_id: int) -> bool:
    """Whether somebody who was seen to have left is in the group, which is stored. Raises NotAnswered."""
    there = await look_up(client, group_id, person_id) is not None
    if there:
        await _store(client, group_id, [person_id], [])
    return there


async def _store(client: SecondWind, group_id: int, there: list[int], gone: list[int]) -> None:
    if await client.services.lookups.seen(group_id, there, gone, client.clock.now()):
        client.redraw_challenges()


def _in(seconds: float) -> Callable[[], bool]:
    """Says whether so many seconds have passed."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    return lambda: loop.time() >= end
