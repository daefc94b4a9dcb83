"""Brings a challenge's card and its result to their channel, and shows it to one person, each with its picture."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.challenges.cards import challenge_card, detail_card, preview_card
from bot.challenges.pictures import challenge_picture
from bot.challenges.result_cards import result_card
from bot.leaderboards.posting import attachment
from bot.members.lookup_delivery import names_of
from bot.scheduling.posting import Letter
from bot.ui.doors import hold, words_of
from bot.ui.private import show_private

if TYPE_CHECKING:
    import discord

    from bot.challenges.model import ChallengeView
    from bot.client import SecondWind
    from bot.scheduling.model import Delivery
    from bot.ui.pictures import Picture, Studio
    from bot.words import Words

log = logging.getLogger(__name__)
# People that a result may name, and so looked up before: beyond these nobody waits for it.
MOST_LOOKED_UP = 48


class ChallengePost:
    """A challenge's messages, drawn in `studio`."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio

    async def scout(self, client: SecondWind, delivery: Delivery) -> None:
        """Ask Discord who those are that the result will name, and who of them has left."""
        people = await client.services.challenges.to_be_named(delivery, MOST_LOOKED_UP, client.clock.now())
        await names_of(client, delivery.group_id, people)

    async def render_card(self, client: SecondWind, delivery: Delivery, view: ChallengeView) -> Letter:
        """The challenge's own card, in the group's language."""
        return await self.card(client, view, delivery.delivery_id)

    async def render_result(self, client: SecondWind, delivery: Delivery, view: ChallengeView) -> Letter:
        """The result, in the group's language."""
        return await self.result(client, view, delivery.delivery_id)

    async def card(self, client: SecondWind, view: ChallengeView, delivery_id: int | None) -> Letter:
        """The card as it is to stand in the channel."""
        words = client.catalogues.choose(view.language)
        drawn = await self.drawn(view, words)
        files = () if drawn is None else (attachment(drawn),)
        return Letter(challenge_card(view, words, delivery_id=delivery_id, picture=drawn), files)

    async def result(self, client: SecondWind, view: ChallengeView, delivery_id: int | None) -> Letter:
        """The result as it is to stand in the channel."""
        words = client.catalogues.choose(view.language)
        drawn = await self.drawn(view, words)
        files = () if drawn is None else (attachment(drawn),)
        return Letter(result_card(view, words, delivery_id=delivery_id, picture=drawn), files)

    async def detail(
        self, interaction: discord.Interaction[SecondWind], view: ChallengeView, *, mine: bool
    ) -> None:
        """Show a challenge to whoever asked; `mine`: they may change it. Held first, as the picture takes a moment."""
        await hold(interaction)
        words = words_of(interaction)
        drawn = await self.drawn(view, words)
        files = () if drawn is None else (attachment(drawn),)
        await show_private(interaction, detail_card(view, words, mine=mine, picture=drawn), files=files)

    async def preview(self, interaction: discord.Interaction[SecondWind], view: ChallengeView) -> None:
        """Show a draft to its maker, held at once too."""
        await hold(interaction)
        words = words_of(interaction)
        drawn = await self.drawn(view, words)
        made = preview_card(view, words, picture=drawn, channel_id=view.card_channel_id)
        await show_private(interaction, made, files=() if drawn is None else (attachment(drawn),))

    async def drawn(self, view: ChallengeView, words: Words) -> Picture | None:
        """The picture of how far it is; the words come even where it could not be drawn."""
        try:
            return await self._studio.draw(challenge_picture, view, words)
        except Exception as error:
            log.error("picture_not_drawn", exc_info=error, extra={"kind": "challenge"})
            return None
