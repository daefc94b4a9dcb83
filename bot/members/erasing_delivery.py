"""Erasing a member with all that follows: their name goes from posts, their cards from the channels."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.checkins.delivery import refresh_card
from bot.errors import Refusal
from bot.members.lookup_delivery import NotAnswered, is_back
from bot.members.lookups import KEPT_AFTER_LEAVING
from bot.members.removals import CardRemovals
from bot.members.service import Erased
from bot.members.sweep import PACE_SECONDS, sweep
from bot.openers.upkeep import take_out

if TYPE_CHECKING:
    from bot.client import SecondWind

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Erasure:
    """What went, and where on Discord a name or a card has to go after it."""

    erased: Erased
    group_id: int
    openers: tuple[int, ...] = ()


async def erase_everything(client: SecondWind, group_id: int, person_id: int) -> Erasure:
    """Erase a member."""
    openers = await _about_to_erase(client, group_id, person_id)
    erased = await client.services.members.erase_everything(group_id, person_id, client.clock.now())
    client.languages = await client.services.members.chosen_languages()
    return Erasure(erased, group_id, openers)


async def erase_runs(client: SecondWind, group_id: int, person_id: int) -> Erasure:
    """Erase a member's check-ins; settings stay."""
    await client.services.checkins.places.flush()  # so that the newest cards are known
    erased = await client.services.members.erase_runs(group_id, person_id, client.clock.now())
    return Erasure(erased, group_id)


async def take_names_out(client: SecondWind, erasure: Erasure) -> None:
    """Show posts without the name of who was erased: boards and challenges soon, the others before this returns."""
    if erasure.erased.boards:
        client.redraw_boards()
    client.redraw_challenges()
    await take_out(client, erasure.openers)
    for number, run_id in enumerate(erasure.erased.cheered_runs):
        if number:
            await asyncio.sleep(PACE_SECONDS)
        try:
            await refresh_card(client, await client.services.checkins.card_of(erasure.group_id, run_id))
        except Refusal:
            continue  # undone or erased meanwhile


async def erase_leavers(client: SecondWind) -> None:
    """Every hour: erase who left 30 days ago, after a last look whether they are back."""
    now = client.clock.now()
    gone = []
    for each in await client.services.lookups.left_long_ago(now):
        if not each.at_once:
            if client.get_guild(each.group_id) is None:
                continue  # another process serves it
            try:
                if await is_back(client, each.group_id, each.person_id):
                    continue
            except NotAnswered as trouble:
                if trouble.everywhere:
                    break
                continue
        openers = await _about_to_erase(client, each.group_id, each.person_id)
        erased = await client.services.members.erase_left(
            each.group_id, each.person_id, now - KEPT_AFTER_LEAVING, now
        )
        if erased is not None:
            gone.append(Erasure(erased, each.group_id, openers))
    if gone:
        log.info("leavers_erased", extra={"members": len(gone)})
        client.languages = await client.services.members.chosen_languages()
        for erasure in gone:
            await take_names_out(client, erasure)
        await sweep(client, CardRemovals(client.services.database))


async def _about_to_erase(client: SecondWind, group_id: int, person_id: int) -> tuple[int, ...]:
    """The posted openers that name the member; the newest cards are known after it."""
    await client.services.checkins.places.flush()
    return await client.services.openers.naming(group_id, person_id)
