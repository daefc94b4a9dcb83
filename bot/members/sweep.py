"""Removes cards of erased runs from their channels, one after the other."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import discord
from discord import ui

from bot.members.removals import CardRemovals
from bot.ui.doors import reply, words_of
from bot.ui.first_answer import DISCORD_TROUBLE
from bot.ui.layout import Accent, card

if TYPE_CHECKING:
    from bot.client import SecondWind
    from bot.words import Words

log = logging.getLogger(__name__)
PACE_SECONDS = 0.4  # well under what Discord allows for deletions in a channel


@dataclass(frozen=True, slots=True)
class Swept:
    """How many messages are gone, and how many Discord would not let go."""

    removed: int = 0
    refused: int = 0

    @property
    def any(self) -> bool:
        return bool(self.removed or self.refused)


async def sweep(bot: SecondWind, removals: CardRemovals, group_id: int | None = None) -> Swept:
    """Remove what waits, of one group or of all; each message is tried once in a sweep."""
    removed = refused = 0
    tried: set[int] = set()
    while True:
        batch = [each for each in await removals.waiting(group_id) if each.message_id not in tried]
        if not batch:
            break
        for each in batch:
            if tried:
                await asyncio.sleep(PACE_SECONDS)
            tried.add(each.message_id)
            if await _delete(bot, each.channel_id, each.message_id):
                await removals.done(each.message_id)
                removed += 1
            else:
                await removals.refused(each.message_id)
                refused += 1
    if tried:
        log.info("cards_swept", extra={"removed": removed, "refused": refused})
    return Swept(removed, refused)


async def _delete(bot: SecondWind, channel_id: int, message_id: int) -> bool:
    try:
        await bot.get_partial_messageable(channel_id).get_partial_message(message_id).delete()
    except discord.NotFound:
        return True  # somebody was quicker, or the channel is gone
    except DISCORD_TROUBLE as error:
        log.info("card_not_removed", extra={"code": getattr(error, "code", 0)})
        return False
    return True


async def tell_swept(interaction: discord.Interaction[SecondWind], result: Swept) -> None:
    """Tell who erased, privately, what became of the cards; nothing where there were none.

    With thousands of cards Discord's 15 minutes for an answer are over by then; the cards are gone all the same.
    """
    if not result.any:
        return
    with contextlib.suppress(*DISCORD_TROUBLE):
        await reply(interaction, swept(words_of(interaction), result))


def swept(words: Words, result: Swept) -> ui.LayoutView:
    """What became of the cards, for who erased."""
    removed = words.count("{n} card is removed.", "{n} cards are removed.", result.removed)
    if not result.refused:
        return card(Accent.MEMBER, removed)
    stays = words.count(
        "{n} card could not be removed: Discord did not let me. An organiser can delete it by hand.",
        "{n} cards could not be removed: Discord did not let me. An organiser can delete them by hand.",
        result.refused,
    )
    return card(Accent.TROUBLE, f"{removed}\n{stays}")
