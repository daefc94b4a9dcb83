"""Where a process of the bot kills itself: before, in the transaction of, or after each step of a delivery."""

from __future__ import annotations

import os
import signal
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any, NoReturn

from benchmarks.faults_world import REMINDER
from bot.scheduling import delivery as courier
from bot.scheduling import posting
from bot.scheduling.group_schedules import LEADERBOARD
from bot.scheduling.model import Channel, Delivery, Person, Send
from bot.scheduling.service import DeliveryService
from bot.storage import Connection, Database
from bot.ui.layout import Accent, button, card, row

# Within the bot: methods of the service (whose transaction can be cut short), and what asks Discord.
_STORES = ("plan", "claim", "goes_to", "sent", "postpone", "refused")
_ASKS = ("open_conversation", "post", "find")
INSIDE = (
    *(f"{name} {moment}" for name in _STORES for moment in ("before", "in", "after")),
    *(f"{name} {moment}" for name in _ASKS for moment in ("before", "after")),
)
# From outside, by Discord: when a request has come, and when it was carried out but not answered.
OUTSIDE = tuple(
    f"{name} {moment}" for name in ("sending", "looking", "opening") for moment in ("arrives", "accepted")
)
STEPS = ("random", *INSIDE, *OUTSIDE)

_in_the_transaction: ContextVar[bool] = ContextVar("in_the_transaction", default=False)
Work = Callable[..., Awaitable[Any]]


def die() -> NoReturn:
    """As by a power cut."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("outlived SIGKILL")


def prepare(step: str | None, at: int, patience: float | None) -> None:
    """Arrange that this process ends at the `at`-th time of `step`, one of `INSIDE` (None: it does not).

    `patience`: seconds that a request of a delivery may take; the bot's own unless given.
    """
    if patience is not None:
        posting.PATIENCE_SECONDS = patience
    _stand_in_for_features()
    if step is None:
        return
    name, moment = step.split()
    left = [at]

    def reached() -> None:
        left[0] -= 1
        if left[0] == 0:
            die()

    owner: Any = DeliveryService if name in _STORES else courier
    setattr(owner, name, _around(getattr(owner, name), moment, reached))
    if moment == "in":
        Database.write = _before_commit(Database.write, reached)  # type: ignore[method-assign]


def _around(work: Work, moment: str, reached: Callable[[], None]) -> Work:
    async def around(*arguments: Any, **named: Any) -> Any:
        if moment == "before":
            reached()
        token = _in_the_transaction.set(moment == "in")
        try:
            result = await work(*arguments, **named)
        finally:
            _in_the_transaction.reset(token)
        if moment == "after":
            reached()
        return result

    return around


def _before_commit(write: Work, reached: Callable[[], None]) -> Any:
    async def cut(self: Database, work: Work, **named: Any) -> Any:
        if not _in_the_transaction.get():
            return await write(self, work, **named)

        async def last(connection: Any) -> Any:
            result = await work(connection)
            reached()
            return result

        return await write(self, last, **named)

    return cut


def _stand_in_for_features() -> None:
    """Kinds that no feature has registered are delivered as the plainest card."""
    wake = courier.Courier.wake

    async def decide(connection: Connection, delivery: Delivery, _now: datetime) -> Send:
        if delivery.person_id is not None and delivery.schedule_channel_id is None:
            return Send(Person(delivery.person_id), None, {})
        group = {"group_id": delivery.group_id}
        found = await connection.one("SELECT runs_channel_id FROM groups WHERE group_id = :group_id", group)
        assert found is not None
        return Send(Channel(delivery.schedule_channel_id or found["runs_channel_id"]), None, {})

    async def render(_client: object, delivery: Delivery, _letter: object) -> posting.Letter:
        return posting.Letter(
            card(Accent.GROUP, "Here.", row(button("Well", "note.press", delivery.delivery_id)))
        )

    async def first(self: courier.Courier, client: Any) -> int:
        for kind in (REMINDER, LEADERBOARD):
            if kind not in self._routes:
                self.register(kind, courier.Route(decide=decide, render=render, lateness=timedelta(hours=2)))
        return await wake(self, client)

    courier.Courier.wake = first  # type: ignore[method-assign]
