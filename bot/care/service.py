"""Use cases of support resources: reading them, confirming them, asking for them again; one transaction each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.care.rules import ASKED_EVERY, USUAL, Resources, resources_of, stored
from bot.clock import epoch, moment
from bot.errors import Refusal
from bot.ids import new_id
from bot.storage import Connection, Database, Row, load_queries

# An organiser who was told and did nothing is told again after so long.
TOLD_EVERY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class CarePage:
    """How feelings and resources stand in a group. `confirmed_at` is None while feelings are off; `own`: not the
    usual directory; `age` is 16 or 18."""

    resources: Resources
    own: bool
    confirmed_at: datetime | None
    age: int


class CareService:
    """Resources of groups. The door makes sure that organisers alone change them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queries = load_queries("bot.care", database.dialect)

    async def resources(self, group_id: int) -> Resources:
        """What /care shows: the group's own, else the usual directory."""
        return (await self.page(group_id)).resources

    async def page(self, group_id: int) -> CarePage:
        """How it stands; asking stores nothing."""
        row = await self._database.read(
            lambda connection: self._queries.resources(connection, group_id=group_id)
        )
        return _page(row)

    async def set_resources(self, group_id: int, resources: Resources, now: datetime) -> CarePage:
        """Put down the group's own resources. Where feelings are on, this confirms them too."""

        async def work(connection: Connection) -> CarePage:
            await self._queries.set_resources(
                connection, group_id=group_id, resources=stored(resources), now=epoch(now)
            )
            page = _page(await self._queries.resources(connection, group_id=group_id))
            if page.confirmed_at is None:
                return page
            return await self._confirmed(connection, group_id, now)

        return await self._database.write(work)

    async def use_usual(self, group_id: int, now: datetime) -> CarePage:
        """The usual directory, opened and confirmed: feelings are on."""

        async def work(connection: Connection) -> CarePage:
            await self._queries.set_resources(connection, group_id=group_id, resources=None, now=epoch(now))
            return await self._confirmed(connection, group_id, now)

        return await self._database.write(work)

    async def confirm(self, group_id: int, now: datetime) -> CarePage:
        """An organiser confirmed the resources that stand: feelings are on."""
        return await self._database.write(lambda connection: self._confirmed(connection, group_id, now))

    async def confirm_again(self, group_id: int, now: datetime) -> CarePage:
        """They still work. Where feelings were turned off meanwhile they stay off: the question may be an old one."""

        async def work(connection: Connection) -> CarePage:
            await self._queries.confirm_again(connection, group_id=group_id, now=epoch(now))
            await self._queries.forget_asking(connection, group_id=group_id)
            return _page(await self._queries.resources(connection, group_id=group_id))

        return await self._database.write(work)

    async def turn_off(self, group_id: int) -> CarePage:
        """Nothing new is kept and nobody is asked. What members keep stays theirs."""

        async def work(connection: Connection) -> CarePage:
            await self._queries.turn_off(connection, group_id=group_id)
            await self._queries.forget_asking(connection, group_id=group_id)
            return _page(await self._queries.resources(connection, group_id=group_id))

        return await self._database.write(work)

    async def set_age(self, group_id: int, age: int, now: datetime) -> CarePage:
        """How old one has to be: 16 or 18. Raising it asks everybody again. Raises Refusal for another."""
        if age not in (16, 18):
            raise Refusal("That button is from an older message. Use the command again for a fresh one.")

        async def work(connection: Connection) -> CarePage:
            await self._queries.set_age(connection, group_id=group_id, age=age, now=epoch(now))
            return _page(await self._queries.resources(connection, group_id=group_id))

        return await self._database.write(work)

    async def dismiss(self, group_id: int, person_id: int, *, dismissed: bool) -> None:
        """Whether the resources never come by themselves again for this member."""
        await self._database.write(
            lambda connection: self._queries.set_dismissed(
                connection, group_id=group_id, person_id=person_id, dismissed=int(dismissed)
            )
        )

    async def ask_organisers(self, now: datetime) -> int:
        """Tell organisers of groups whose resources were confirmed 90 days ago to look again; how many groups.

        Feelings stay on meanwhile: members' own logs do not stop because an organiser is slow.
        """
        before = {"confirmed_before": epoch(now - ASKED_EVERY), "asked_before": epoch(now - TOLD_EVERY)}

        async def look(connection: Connection) -> list[Row]:
            rows: list[Row] = await self._queries.groups_to_ask(connection, **before)
            return rows

        async def work(connection: Connection) -> int:
            rows = await look(connection)
            for row in rows:
                await self._queries.tell_organisers(
                    connection, notice_id=new_id(now), group_id=row["group_id"], now=epoch(now)
                )
                await self._queries.asked(connection, group_id=row["group_id"], now=epoch(now))
            return len(rows)

        return await self._database.write(work) if await self._database.read(look) else 0

    async def _confirmed(self, connection: Connection, group_id: int, now: datetime) -> CarePage:
        await self._queries.confirm(connection, group_id=group_id, now=epoch(now))
        await self._queries.forget_asking(connection, group_id=group_id)
        return _page(await self._queries.resources(connection, group_id=group_id))


def _page(row: Row | None) -> CarePage:
    if row is None:
        return CarePage(USUAL, own=False, confirmed_at=None, age=16)
    confirmed = row["feelings_confirmed_at"]
    return CarePage(
        resources=resources_of(row["resources"]),
        own=row["resources"] is not None,
        confirmed_at=None if confirmed is None else moment(confirmed),
        age=row["feelings_age"],
    )
