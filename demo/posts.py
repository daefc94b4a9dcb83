"""The bot's posts and reminders, as the stage asks for them."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.client import SecondWind
from bot.openers import upkeep
from bot.scheduling.pace import Pace
from bot.storage import Connection
from demo.life import Life
from demo.stage import Arrived


class AtOnce(Pace):
    """Nobody waits: the bundled Discord has no limits, and its timers stand still between two presses."""

    async def turn(self) -> None:
        return


class DemoPosts:
    """What comes in the demo when the stage says so: deliveries, and check-ins of the group's people."""

    def __init__(self, bot: SecondWind) -> None:
        self._bot = bot
        self._life: Life | None = None
        bot.courier.pace = AtOnce()
        upkeep.BETWEEN_EDITS_S = 0.0
        cards: Any = bot.get_cog("Challenges")
        cards.upkeep.redraw = partial(cards.upkeep.redraw, timedelta(0))

    def begin(self, life: Life) -> None:
        """From now on the group's people go on by themselves."""
        self._life = life

    async def wake(self) -> None:
        """Enter what people did by now, and deliver all that is due."""
        if self._life is not None:
            await self._life.go_on(self._bot.clock.now())
        await self._bot.courier.wake(self._bot)
        await self._bot.services.group_figures.compute_due(self._bot.clock.now())
        polls: Any = self._bot.get_cog("MoodPolls")
        await polls.upkeep.tend()

    async def show_plans(self) -> None:
        """Let the posted openers list who planned."""
        cog: Any = self._bot.get_cog("Openers")
        for delivery_id in await self._openers():
            cog.upkeep.changed(delivery_id)

    async def show_challenges(self) -> None:
        """Let the cards of challenges show what has been run by now."""
        cog: Any = self._bot.get_cog("Challenges")
        await cog.upkeep.redraw()

    async def _openers(self) -> list[int]:
        async def work(connection: Connection) -> list[int]:
            rows = await connection.all(
                "SELECT delivery_id FROM deliveries WHERE kind = 'opener' AND state = 'sent'", ()
            )
            return [row["delivery_id"] for row in rows]

        return await self._bot.services.database.read(work)

    async def next_stop(self) -> datetime | None:
        """When something is due or somebody checks in next."""
        now, due = self._bot.clock.now(), await self.next_due()
        lived = None if self._life is None else self._life.next_at()
        return min((each for each in (due, lived) if each is not None and each > now), default=None)

    async def next_due(self) -> datetime | None:
        """When something is due next; None where nothing is."""
        now = self._bot.clock.now()
        coming = [each.due_at for each in await self._bot.services.deliveries.upcoming(most=50)]
        return min((due for due in coming if due > now), default=None)

    async def latest(self) -> Arrived | None:
        """The delivery that arrived last."""

        async def work(connection: Connection) -> Arrived | None:
            row = await connection.one(
                "SELECT d.delivery_id, d.channel_id,"
                " CASE WHEN s.channel_id IS NULL THEN d.person_id END AS person_id"
                " FROM deliveries d JOIN schedules s ON s.schedule_id = d.schedule_id"
                " WHERE d.state = 'sent' ORDER BY d.ended_at DESC, d.delivery_id DESC LIMIT 1",
                (),
            )
            return None if row is None else Arrived(row["delivery_id"], row["channel_id"], row["person_id"])

        return await self._bot.services.database.read(work)
