"""The courier with the real discord.py, over a real socket, on a real file; Discord is the stand-in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import discord
import pytest
from aiohttp import web

from benchmarks.standin import Reply, StandIn
from benchmarks.standin_messages import walk
from bot.attachments import CDNReader
from bot.checkins.files import FileReader
from bot.client import SecondWind, Services
from bot.clock import ManualClock, epoch
from bot.discord_address import use_api_base
from bot.scheduling.delivery import Courier, Route
from bot.scheduling.model import Channel, Decision, Delivery, Person, Send
from bot.scheduling.pace import Pace
from bot.scheduling.posting import Letter
from bot.storage import Connection, Database, Row
from bot.ui.layout import Accent, button, card, row
from bot.words import Catalogues

MONDAY = datetime(2026, 11, 16, 12, tzinfo=UTC)
Door = Callable[[web.Request, Reply], Any]


@dataclass
class PostOffice:
    """Everything that a test of deliveries looks at. `door` may refuse or lose what the bot sends."""

    discord_: StandIn
    client: SecondWind
    clock: ManualClock
    database: Database
    doors: list[Door] = field(default_factory=list)
    decided: list[Delivery] = field(default_factory=list)
    decision: Callable[[Delivery], Decision] | None = None

    @property
    def group_id(self) -> int:
        return self.discord_.guilds[0].id

    @property
    def channel_id(self) -> int:
        return self.discord_.guilds[0].channel_id

    async def decide(self, _connection: Connection, delivery: Delivery, _now: datetime) -> Decision:
        self.decided.append(delivery)
        if self.decision is not None:
            return self.decision(delivery)
        chosen = delivery.content or {"number": len(self.decided)}
        address = Channel(self.channel_id) if delivery.person_id is None else Person(delivery.person_id)
        return Send(address, chosen["number"], chosen)

    async def wake(self, after: timedelta = timedelta(0)) -> int:
        """Let time go by, and wake the courier."""
        self.clock.advance(after)
        return await self.client.courier.wake(self.client)

    def restart(self, lateness: timedelta | None = timedelta(hours=2)) -> None:
        """A new courier on the same file, as a new process has it."""
        courier = Courier(self.client.services.deliveries, self.clock, pace=Pace(10_000))
        courier.register("note", Route(decide=self.decide, render=render, lateness=lateness))
        self.client.courier = courier

    async def schedule(
        self, minute: int, *, person_id: int | None = None, weekdays: int = 127, zone: str = "UTC"
    ) -> int:
        """A schedule of the kind "note" from now on."""
        now = epoch(self.clock.now())
        schedule_id = len(await self.rows("SELECT schedule_id FROM schedules")) + 1
        await self.put(
            f"INSERT INTO groups (group_id, zone, created_at) VALUES ({self.group_id}, '{zone}', 0)"
            " ON CONFLICT (group_id) DO NOTHING"
        )
        if person_id is not None:
            await self.put(
                f"INSERT INTO people (person_id, created_at) VALUES ({person_id}, 0) ON CONFLICT DO NOTHING"
            )
            await self.put(
                "INSERT INTO members (group_id, person_id, created_at)"
                f" VALUES ({self.group_id}, {person_id}, 0) ON CONFLICT DO NOTHING"
            )
        # a schedule of a group has one row a kind: the kind is the same for all, so others borrow the null
        await self.put(
            "INSERT INTO schedules (schedule_id, group_id, person_id, kind, minute, weekdays, since_at, next_due_at,"
            f" created_at) VALUES ({schedule_id}, {self.group_id}, {person_id or 'NULL'}, 'note', {minute}, {weekdays},"
            f" {now}, {now}, {now})"
        )
        return schedule_id

    async def rows(self, sql: str) -> list[Row]:
        """What stands in the database."""
        return await self.database.read(lambda connection: connection.all(sql, {}))

    async def put(self, sql: str) -> None:
        """Store something."""
        await self.database.write(lambda connection: connection.run(sql, {}))

    async def states(self) -> list[tuple[date, str, str | None]]:
        """Day, state and reason of every delivery, in order."""
        rows = await self.rows(
            "SELECT occurrence_day, state, reason FROM deliveries ORDER BY due_at, delivery_id"
        )
        return [(date.fromisoformat(r["occurrence_day"]), r["state"], r["reason"]) for r in rows]

    def posted(self, channel_id: int | None = None) -> list[int]:
        """The delivery ids that stand in a channel (the group's), in order."""
        return [
            int(component["custom_id"].rpartition(":")[2])
            for message in self.discord_.channel_messages(channel_id or self.channel_id)
            for component in walk(message["components"])
            if component.get("custom_id")
        ]


async def render(_client: SecondWind, delivery: Delivery, letter: Any) -> Letter:
    """The simplest card that can be found again."""
    return Letter(
        card(Accent.GROUP, f"note {letter}", row(button("Well", "note.press", delivery.delivery_id)))
    )


@pytest.fixture
async def office(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> AsyncIterator[PostOffice]:
    """The post office on a Monday at noon, UTC."""
    monkeypatch.setattr(discord.http.Route, "BASE", discord.http.Route.BASE)
    doors: list[Door] = []

    async def before_reply(request: web.Request, reply: Reply) -> web.StreamResponse:
        for door in doors:
            answer = await door(request, reply)
            if answer is not None:
                assert isinstance(answer, web.StreamResponse)
                return answer
        return await reply()

    clock = ManualClock(MONDAY)
    async with StandIn(before_reply=before_reply) as discord_:
        use_api_base(discord_.api_base)
        attachments, files = CDNReader(frozenset()), FileReader()
        services = Services.over(sqlite_database, clock=clock, files=files, attachments=attachments)
        async with SecondWind(services, Catalogues(), cogs=()) as client:
            await client.login(discord_.token)
            office = PostOffice(discord_, client, clock, sqlite_database, doors)
            office.restart()
            yield office
        await attachments.close()
        await files.close()


def lose_connection(request: web.Request) -> None:
    """The connection ends without an answer."""
    if request.transport is not None:
        request.transport.close()
