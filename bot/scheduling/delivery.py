"""The courier: takes what is due to Discord, once each, whatever happens on the way."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.errors import StorageUnavailable
from bot.monitoring.metrics import Metrics
from bot.scheduling.fairness import GROUPS_SHARE, in_turns
from bot.scheduling.model import LEASE, LONGEST_WAIT, MOST_TRIES, Claimed, Decide, Delivery, Person
from bot.scheduling.pace import Pace
from bot.scheduling.posting import Arrived, Final, Later, Letter, find, open_conversation, post

if TYPE_CHECKING:
    from bot.client import SecondWind
    from bot.clock import Clock
    from bot.scheduling.service import DeliveryService

log = logging.getLogger(__name__)
AT_ONCE = 64
# A message that left just before the process died may still be on its way into the channel.
IN_FLIGHT = timedelta(seconds=5)
# One wake-up brings everybody's: what hangs in one delivery is ended.
SCOUT_SECONDS, RENDER_SECONDS = 300.0, 60.0
SHORTEST_WAIT = timedelta(seconds=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """How one kind is delivered.

    `decide` runs in the claim's transaction; `render` draws the letter that it chose; `lateness` is how late it may
    still come (None: always, until nothing is tried any more); `scout` may ask Discord before the claim, once.
    """

    decide: Decide
    render: Callable[[SecondWind, Delivery, Any], Awaitable[Letter]]
    lateness: timedelta | None
    scout: Callable[[SecondWind, Delivery], Awaitable[object]] | None = None


class Courier:
    """Wakes up, plans what is due, and delivers it.

    A delivery is claimed in the database before anything leaves, and marked as sent after Discord said so. Whatever
    was cut short in between is looked for in the channel, by the delivery's id that its buttons carry, before it is
    tried again.
    """

    def __init__(
        self,
        service: DeliveryService,
        clock: Clock,
        *,
        pace: Pace | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        self._service = service
        self._clock = clock
        self._routes: dict[str, Route] = {}
        self.pace = pace or Pace()
        self._waking = asyncio.Lock()
        self._room = asyncio.Semaphore(AT_ONCE)
        self.in_flight = IN_FLIGHT
        self.metrics = metrics or Metrics()

    def register(self, kind: str, route: Route) -> None:
        """From now on deliveries of `kind` go this way. Raises ValueError for a second one."""
        if kind in self._routes:
            raise ValueError(f"two routes for {kind}")
        self._routes[kind] = route

    async def wake(self, client: SecondWind) -> int:
        """Plan and deliver all that is due now; how many deliveries were looked at.

        Returns when all of them are over or postponed. A second call waits for the first.
        """
        async with self._waking:
            now = self._clock.now()
            planned = await self._service.plan(
                now, {kind: route.lateness for kind, route in self._routes.items()}
            )
            if planned:
                log.info("deliveries_planned", extra={"count": planned})
            seen: set[int] = set()
            while not client.stopping:
                batch = [
                    each
                    for each in await self._service.due(self._clock.now())
                    if each.delivery_id not in seen and each.kind in self._routes
                ]
                await self._tell_due()
                if not batch:
                    break
                seen.update(each.delivery_id for each in batch)
                shares = {each.group_id: asyncio.Semaphore(GROUPS_SHARE) for each in batch}
                async with asyncio.TaskGroup() as group:
                    for each in in_turns(batch):
                        group.create_task(self._take(client, each, shares[each.group_id]))
            return len(seen)

    async def _tell_due(self) -> None:
        """Of everything, as a batch is a part of it; from here on each that is over counts down by itself."""
        with contextlib.suppress(StorageUnavailable):  # the next wake-up tells
            self.metrics.due(await self._service.count_due(self._clock.now()))

    async def _take(self, client: SecondWind, delivery: Delivery, share: asyncio.Semaphore) -> None:
        async with share, self._room:  # in this order: who waits for their group's share takes nobody's room
            if client.stopping:
                return
            with client.under_way():
                await self._deliver(client, delivery)

    async def _deliver(self, client: SecondWind, delivery: Delivery) -> None:
        claimed: Claimed | None = None
        try:
            claimed = await self._claim(client, delivery)
            if claimed is not None:
                await self._send(client, claimed, self._routes[delivery.kind])
        except StorageUnavailable as refused:
            log.warning("delivery_postponed", extra={"reason": refused.reason})
        except Exception:
            self.metrics.delivery(delivery.kind, "bug")
            log.exception("delivery_bug", extra={"delivery": delivery.delivery_id, "kind": delivery.kind})
            last = delivery if claimed is None else claimed.delivery
            with contextlib.suppress(StorageUnavailable):
                await self._again(last, Later(left=True), counts=claimed is None)

    async def _claim(self, client: SecondWind, delivery: Delivery) -> Claimed | None:
        """What may leave now; None where that is over, postponed, or another process's."""
        route = self._routes[delivery.kind]
        if delivery.tries > MOST_TRIES:  # the claim gives up before; this one did not even come to it
            reason = "unconfirmed" if delivery.state == "sending" else "gave_up"
            await self._service.refused(delivery.delivery_id, reason, self._clock.now(), tries=delivery.tries)
            return None
        if delivery.state == "sending" and not await self._is_absent(client, delivery):
            return None
        if route.scout is not None:
            with contextlib.suppress(TimeoutError):  # what it did not learn is unknown to the letter
                async with asyncio.timeout(SCOUT_SECONDS):
                    await route.scout(client, delivery)
        claimed = await self._service.claim(
            delivery.delivery_id, self._clock.now(), route.decide, route.lateness, tries=delivery.tries
        )
        if claimed is None:
            self.metrics.delivery(delivery.kind, "not_sent")
            log.info("delivery_not_sent", extra={"delivery": delivery.delivery_id, "kind": delivery.kind})
        return claimed

    async def _is_absent(self, client: SecondWind, delivery: Delivery) -> bool:
        """Whether a delivery that may have left is surely not there; what was found out is stored."""
        now = self._clock.now()
        since = delivery.sending_at or delivery.due_at
        if delivery.channel_id is None:  # no conversation had been opened: nothing left
            return True
        if now < since + self.in_flight:
            await self._service.postpone(
                delivery.delivery_id, since + self.in_flight, left=True, tries=delivery.tries
            )
            return False
        await self.pace.turn()
        found = await find(client, delivery.channel_id, delivery.delivery_id, since)
        if isinstance(found, Arrived):
            self.metrics.delivery(delivery.kind, "found")
            log.info("delivery_found", extra={"delivery": delivery.delivery_id, "kind": delivery.kind})
            await self._service.sent(
                delivery.delivery_id, delivery.channel_id, found.message_id, self._clock.now()
            )
        elif isinstance(found, Final):
            # nobody can say whether it arrived: better not at all than twice
            await self._service.refused(
                delivery.delivery_id, "unconfirmed", self._clock.now(), tries=delivery.tries
            )
        elif isinstance(found, Later):
            await self._again(delivery, found, counts=True)
        return found is None

    async def _send(self, client: SecondWind, claimed: Claimed, route: Route) -> None:
        delivery, address = claimed.delivery, claimed.send.address
        async with asyncio.timeout(RENDER_SECONDS):
            letter = await route.render(client, delivery, claimed.send.letter)
        channel_id: int | Final | Later | None = claimed.channel_id
        if channel_id is None and isinstance(address, Person):
            channel_id = await self._open(client, delivery, address.person_id)
        assert channel_id is not None
        if not isinstance(channel_id, int):
            await self._settle(delivery, 0, channel_id)
            return
        await self.pace.turn()
        if self._clock.now() - claimed.at > LEASE / 2:
            # This process stood still: another one may have taken over, and looks for what did not leave.
            log.warning(
                "delivery_left_alone", extra={"delivery": delivery.delivery_id, "kind": delivery.kind}
            )
            return
        await self._settle(
            delivery, channel_id, await post(client, channel_id, letter, nonce(delivery.delivery_id))
        )

    async def _open(self, client: SecondWind, delivery: Delivery, person_id: int) -> int | Final | Later:
        await self.pace.turn()
        opened = await open_conversation(client, person_id)
        if isinstance(opened, int):
            await self._service.goes_to(delivery.delivery_id, person_id, opened)
        return opened

    async def _settle(self, delivery: Delivery, channel_id: int, outcome: Arrived | Final | Later) -> None:
        now = self._clock.now()
        if isinstance(outcome, Arrived):
            await self._service.sent(delivery.delivery_id, channel_id, outcome.message_id, now)
            self.metrics.delivery(delivery.kind, "sent", (now - delivery.due_at).total_seconds())
            log.info("delivered", extra={"delivery": delivery.delivery_id, "kind": delivery.kind})
        elif isinstance(outcome, Final):
            await self._service.refused(delivery.delivery_id, outcome.reason, now, tries=delivery.tries)
            self.metrics.delivery(delivery.kind, "refused")
            log.info(
                "delivery_refused",
                extra={"delivery": delivery.delivery_id, "kind": delivery.kind, "reason": outcome.reason},
            )
        else:
            self.metrics.delivery(delivery.kind, "postponed")
            await self._again(delivery, outcome)

    async def _again(self, delivery: Delivery, later: Later, *, counts: bool = False) -> None:
        """`counts` where it was a try that no claim counted."""
        if later.after:
            self.pace.hold(later.after)
        wait = min(SHORTEST_WAIT * 2 ** max(0, min(delivery.tries - 1, 10)), LONGEST_WAIT)
        if later.left:  # from the end of the request on, not from the claim
            wait = max(wait, self.in_flight)
        until = self._clock.now() + max(wait, timedelta(seconds=later.after))
        await self._service.postpone(
            delivery.delivery_id, until, left=later.left, counts=counts, tries=delivery.tries
        )


def nonce(delivery_id: int) -> str:
    """At most 25 characters, always the same for one delivery."""
    return f"sw{delivery_id}"
