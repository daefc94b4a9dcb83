"""Where a process of the bot ends or freezes: before, in the transaction of, or after each step of a delivery."""

from __future__ import annotations

import os
import signal
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

from bot.scheduling import delivery as courier
from bot.scheduling import posting
from bot.scheduling.service import DeliveryService
from bot.storage import Database

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


def prepare(step: str | None, at: int, patience: float | None, by: signal.Signals = signal.SIGKILL) -> None:
    """Arrange that this process ends at the `at`-th time of `step`, one of `INSIDE` (None: it does not).

    `patience`: seconds that a request of a delivery may take; the bot's own unless given. `by`: SIGKILL as by a power
    cut, SIGSTOP to stand still until somebody lets it go on.
    """
    if patience is not None:
        posting.PATIENCE_SECONDS = patience
    if step is None:
        return
    name, moment = step.split()
    left = [at]

    def reached() -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), by)

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
