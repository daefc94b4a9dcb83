"""Messages of the bot's that are to go because what they showed was erased."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.clock import epoch
from bot.storage import Database, load_queries

MOST_TRIES = 3  # after that a message stays: nothing is retried for ever


@dataclass(frozen=True, slots=True)
class CardRemoval:
    """One message that is to go."""

    message_id: int
    channel_id: int


class CardRemovals:
    """The messages that wait for their removal; they are stored, so a restart forgets none."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queries = load_queries("bot.members", database.dialect)

    async def add(self, group_id: int, channel_id: int, message_id: int, now: datetime) -> None:
        """Let a message wait; one that waits already stays as it is."""
        await self._database.write(
            lambda connection: self._queries.queue_card(
                connection, group_id=group_id, channel_id=channel_id, message_id=message_id, now=epoch(now)
            )
        )

    async def waiting(self, group_id: int | None = None, limit: int = 100) -> list[CardRemoval]:
        """The next messages to remove, the earliest asked for first: of one group, or of all."""
        rows = await self._database.read(
            lambda connection: self._queries.cards_waiting(connection, group_id=group_id, most=limit)
        )
        return [CardRemoval(row["message_id"], row["channel_id"]) for row in rows]

    async def done(self, message_id: int) -> None:
        """The message is gone."""
        await self._database.write(
            lambda connection: self._queries.forget_card(connection, message_id=message_id)
        )

    async def refused(self, message_id: int) -> None:
        """Discord did not allow it this time; after the third time it is forgotten."""
        await self._database.write(
            lambda connection: self._queries.card_refused(connection, message_id=message_id)
        )
        await self._database.write(
            lambda connection: self._queries.forget_refused_cards(connection, most=MOST_TRIES)
        )
