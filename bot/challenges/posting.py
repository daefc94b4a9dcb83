"""Brings a challenge's card and its result to their channel: whom to look up, and the letters with their pictures."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.challenges.cards import challenge_card
from bot.challenges.pictures import challenge_picture
from bot.challenges.result_cards import result_card
from bot.leaderboards.posting import attachment
from bot.members.lookup_delivery import names_of
from bot.scheduling.posting import Letter

if TYPE_CHECKING:
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

    async def drawn(self, view: ChallengeView, words: Words) -> Picture | None:
        """The picture of how far it is; the words come even where it could not be drawn."""
        try:
            return await self._studio.draw(challenge_picture, view, words)
        except Exception as error:
            log.error("picture_not_drawn", exc_info=error, extra={"kind": "challenge"})
            return None
