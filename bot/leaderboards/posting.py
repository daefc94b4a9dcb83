"""Brings boards to their channel: whom to look up, the letter with its picture, and posted boards drawn anew."""

from __future__ import annotations

import asyncio
import io
import logging
from typing import TYPE_CHECKING

import discord

from bot.leaderboards.cards import board_of, draw_board, posted_card
from bot.leaderboards.rules import FEWEST
from bot.members.lookup_delivery import names_of
from bot.scheduling.posting import Letter
from bot.ui.first_answer import DISCORD_TROUBLE

if TYPE_CHECKING:
    from bot.client import SecondWind
    from bot.leaderboards.model import BoardView, Posted
    from bot.leaderboards.rules import Board
    from bot.scheduling.model import Delivery
    from bot.ui.pictures import Picture, Studio
    from bot.words import Words

log = logging.getLogger(__name__)
# People that a board may name, and so looked up before: the podium and the first 40 who kept their plan.
MOST_LOOKED_UP = 48
# Boards that are read at once to be drawn anew.
A_BATCH = 20
# So many are put in order within a millisecond; more of them in a thread.
FEW = 500


class BoardPost:
    """The week's board as a message."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio

    async def scout(self, client: SecondWind, delivery: Delivery) -> None:
        """Ask Discord who those are that the board will name, and who of them has left."""
        people = await client.services.leaderboards.to_be_named(delivery, MOST_LOOKED_UP)
        await names_of(client, delivery.group_id, people)

    async def render(self, client: SecondWind, delivery: Delivery, view: BoardView) -> Letter:
        """The card and its picture, in the group's language."""
        return await self.letter(client, view)

    async def letter(self, client: SecondWind, view: BoardView) -> Letter:
        words = client.catalogues.choose(view.language)
        names = await names_of(client, view.group_id, view.named, ask=False)
        shown, drawn = await self.drawn(client, view, names, words)
        files = () if drawn is None else (attachment(drawn),)
        return Letter(posted_card(view, shown, drawn, words), files)

    async def drawn(
        self, client: SecondWind, view: BoardView, names: dict[int, str | None], words: Words
    ) -> tuple[Board, Picture | None]:
        """Who is named where, and the picture of it; the words come even where it could not be drawn."""
        if len(view.ranked) <= FEW:
            shown = board_of(view, names)
        else:
            shown = await asyncio.to_thread(board_of, view, names)
        guild = client.get_guild(view.group_id)
        group = words.say("The group") if guild is None else guild.name
        try:
            return shown, await self._studio.draw(draw_board, view, shown, names, group, words)
        except Exception as error:
            log.error("picture_not_drawn", exc_info=error, extra={"kind": "board"})
            return shown, None

    async def redraw(self, client: SecondWind) -> int:
        """Take names out of posted boards; how many messages were changed. What Discord refuses now waits for the
        next time."""
        count = 0
        tried: set[int | None] = set()
        while batch := [
            each
            for each in await client.services.leaderboards.to_redraw(A_BATCH + len(tried))
            if each.view.board_id not in tried
        ]:
            for posted in batch:
                tried.add(posted.view.board_id)
                count += await self._redrawn(client, posted)
        return count

    async def _redrawn(self, client: SecondWind, posted: Posted) -> bool:
        view = posted.view
        if len(view.ranked) >= FEWEST:
            await names_of(client, view.group_id, view.named[:MOST_LOOKED_UP])
        letter = await self.letter(client, view)
        message = client.get_partial_messageable(
            posted.channel_id, guild_id=view.group_id
        ).get_partial_message(posted.message_id)
        await client.courier.pace.turn()
        changed = False
        try:
            await message.edit(view=letter.layout, attachments=list(letter.files))
            changed = True
        except (discord.NotFound, discord.Forbidden) as refused:
            log.info("board_not_redrawn", extra={"code": refused.code})
        except (TimeoutError, *DISCORD_TROUBLE) as trouble:
            log.info("board_redraw_postponed", extra={"kind": type(trouble).__name__})
            return False
        await client.services.leaderboards.redrawn(view)
        return changed


def attachment(drawn: Picture) -> discord.File:
    """The picture as a file of a message."""
    return discord.File(io.BytesIO(drawn.png), drawn.filename, description=drawn.alt)
