"""The group goes on: who is played by nobody checks in as their habit has it while the demo's clock moves on."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.client import Services
from bot.errors import Refusal
from bot.ids import new_id
from demo.history import CheckedIn, one_day

_LOOK_AHEAD = 8  # days: everybody's habit has a day in each week


class Life:
    """Enters what the group's people do, from the day after `since` (aware) on."""

    def __init__(
        self, services: Services, group_id: int, ids: dict[str, int], zone: ZoneInfo, since: datetime
    ) -> None:
        self._services = services
        self._group_id = group_id
        self._ids = ids
        self._zone = zone
        tomorrow = since.astimezone(zone).date() + timedelta(days=1)
        self._entered = datetime.combine(tomorrow, datetime.min.time(), zone)

    def next_at(self) -> datetime | None:
        """When somebody checks in next; None where nobody has a habit."""
        return next((each.at for each in self._coming()), None)

    async def go_on(self, now: datetime) -> None:
        """Enter all check-ins up to `now` (aware), each at its own moment."""
        for each in self._coming():
            if each.at > now:
                break
            with suppress(Refusal):  # whoever is played may have entered a run of that time
                await self._services.checkins.log_run(
                    self._group_id, self._ids[each.character.key], new_id(each.at), each.entry, each.at
                )
            self._entered = each.at

    def _coming(self) -> list[CheckedIn]:
        first = self._entered.date()
        days = (first + timedelta(days=number) for number in range(_LOOK_AHEAD))
        return [each for day in days for each in one_day(day, self._zone) if each.at > self._entered]
