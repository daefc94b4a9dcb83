"""Use cases of a member's own settings, export and erasure."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from bot.challenges.counting import comes_back, forget_person, runs_erased
from bot.clock import epoch
from bot.consents.erasing import erase_feelings, remove_votes
from bot.erasures.ledger import FEELINGS, MEMBER, RUNS, NoLedger
from bot.errors import Refusal
from bot.groups.rules import checked_units
from bot.leaderboards.service import take_out
from bot.members.export import TABLES, Export
from bot.members.rules import Holdings, MemberSettings, checked_quiet, checked_visibility
from bot.moodpolls.forgetting import forget_maker
from bot.storage import Connection, Database, Row, load_queries


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure took, the runs of others whose cards still name the member who cheered, and whether posted boards
    have to be drawn anew."""

    holdings: Holdings
    cheered_runs: tuple[int, ...] = ()
    scrubbed: bool = True
    boards: bool = False


class MemberService:
    """What belongs to one person in one group. Ids are Discord's; `now` is an aware UTC moment."""

    def __init__(self, database: Database, ledger: NoLedger | None = None) -> None:
        self._database = database
        self._ledger = ledger or NoLedger()
        self._queries = load_queries("bot.members", database.dialect)
        self._consents = load_queries("bot.consents", database.dialect)
        self._challenges = load_queries("bot.challenges", database.dialect)
        self._boards = load_queries("bot.leaderboards", database.dialect)
        self._polls = load_queries("bot.moodpolls", database.dialect)
        self._schedules = load_queries("bot.scheduling", database.dialect)

    async def settings(self, group_id: int, person_id: int) -> MemberSettings:
        """What the person chose; asking stores nothing."""
        row = await self._database.read(
            lambda connection: self._queries.settings(connection, group_id=group_id, person_id=person_id)
        )
        return _settings(row)

    async def set_zone(
        self, group_id: int, person_id: int, zone: str | None, now: datetime
    ) -> MemberSettings:
        """`zone` is an IANA name that bot.days has resolved, None the group's; it follows the person everywhere.

        Running days that are stored stay as they are.
        """

        async def change(connection: Connection) -> int:
            await self._schedules.look_again_for_person(connection, person_id=person_id, now=epoch(now))
            count: int = await self._queries.set_zone(connection, person_id=person_id, zone=zone)
            return count

        return await self._set(group_id, person_id, now, change)

    async def set_units(
        self, group_id: int, person_id: int, units: str | None, now: datetime
    ) -> MemberSettings:
        """`units` are km or mi, None the group's; they follow the person everywhere. Raises Refusal."""
        checked = None if units is None else checked_units(units)
        change = partial(self._queries.set_units, person_id=person_id, units=checked)
        return await self._set(group_id, person_id, now, change)

    async def set_language(
        self, group_id: int, person_id: int, language: str | None, offered: tuple[str, ...], now: datetime
    ) -> MemberSettings:
        """None is the language of the person's Discord. Raises Refusal for one that is not `offered`."""
        if language is not None and language not in offered:
            raise Refusal("That language is not on offer here yet. Choose one from the menu.")
        change = partial(self._queries.set_language, person_id=person_id, language=language)
        return await self._set(group_id, person_id, now, change)

    async def chosen_languages(self) -> dict[int, str]:
        """Who chose a language of their own, and which: by Discord's id of the person."""
        rows = await self._database.read(lambda connection: self._queries.chosen_languages(connection))
        return {row["person_id"]: row["language"] for row in rows}

    async def set_visibility(
        self, group_id: int, person_id: int, visibility: str, now: datetime
    ) -> MemberSettings:
        """Who sees new check-ins in this group: "group" or "private". Raises Refusal."""
        change = partial(
            self._queries.set_visibility,
            group_id=group_id,
            person_id=person_id,
            visibility=checked_visibility(visibility),
        )
        return await self._set(group_id, person_id, now, change)

    async def set_quiet(
        self, group_id: int, person_id: int, quiet: tuple[int, int] | None, now: datetime
    ) -> MemberSettings:
        """Hours (minutes after midnight, from and until) in which reminders wait, in every group. Raises Refusal."""
        start, end = (None, None) if quiet is None else checked_quiet(*quiet)
        change = partial(self._queries.set_quiet, person_id=person_id, start=start, end=end)
        return await self._set(group_id, person_id, now, change)

    async def holdings(self, group_id: int, person_id: int) -> Holdings:
        """How much is stored of the member in this group."""
        row = await self._database.read(
            lambda connection: self._queries.holdings(connection, group_id=group_id, person_id=person_id)
        )
        return _holdings(row)

    async def export(self, group_id: int, person_id: int) -> Export:
        """All that is stored of the member in this group."""

        async def work(connection: Connection) -> Export:
            tables = {}
            for table, query in TABLES.items():
                names = {"group_id": group_id, "person_id": person_id}
                if table == "person":
                    del names["group_id"]
                tables[table] = [
                    dict(row) for row in await getattr(self._queries, query)(connection, **names)
                ]
            return Export(group_id, person_id, tables)

        return await self._database.read(work)

    async def erase_runs(self, group_id: int, person_id: int, now: datetime) -> Erased:
        """Erase the member's check-ins with their bests, notes and cheers; goals, pauses and settings stay.

        Posted boards and results of challenges rest on check-ins, so the name goes from them too. The cards are
        queued for removal (bot.members.removals). No copy is left in the database's files.
        """

        async def work(connection: Connection) -> Erased:
            member = {"group_id": group_id, "person_id": person_id}
            holdings = _holdings(await self._queries.holdings(connection, **member))
            await self._queries.queue_cards_of_member(connection, **member, now=epoch(now))
            await self._queries.erase_runs(connection, **member)
            await runs_erased(self._challenges, connection, group_id, person_id, now)
            redraw = await take_out(self._boards, connection, group_id, person_id)
            return Erased(holdings, boards=redraw)

        async with self._ledger.recorded(RUNS, group_id, person_id, now):
            erased = await self._database.write(work)
        return await self._scrubbed(erased)

    async def erase_feelings(self, group_id: int, person_id: int, now: datetime) -> Erased:
        """Erase the member's feelings, their consents and their votes in open polls; check-ins stay.

        What a closed poll or a weekly figure came to stays as it is: nobody is in it. No copy is left.
        """

        async def work(connection: Connection) -> Erased:
            holdings = _holdings(
                await self._queries.holdings(connection, group_id=group_id, person_id=person_id)
            )
            await erase_feelings(self._consents, connection, group_id, person_id)
            return Erased(holdings)

        async with self._ledger.recorded(FEELINGS, group_id, person_id, now):
            erased = await self._database.write(work)
        return await self._scrubbed(erased)

    async def erase_everything(self, group_id: int, person_id: int, now: datetime) -> Erased:
        """Erase all of the member in this group, cheers and reports they gave included.

        What follows the person into every group (zone, units) goes with the last group that knows them.
        """

        async def work(connection: Connection) -> Erased:
            return await self._erase(connection, group_id, person_id, now)

        async with self._ledger.recorded(MEMBER, group_id, person_id, now):
            erased = await self._database.write(work)
        return await self._scrubbed(erased)

    async def erase_left(
        self, group_id: int, person_id: int, before: datetime, now: datetime
    ) -> Erased | None:
        """The same for who left the group before a moment; None, with nothing erased, where they are back."""

        async def work(connection: Connection) -> Erased | None:
            if not await self._queries.left_before(
                connection, group_id=group_id, person_id=person_id, before=epoch(before)
            ):
                return None
            return await self._erase(connection, group_id, person_id, now)

        async with self._ledger.recorded(MEMBER, group_id, person_id, now) as entry:
            erased = await self._database.write(work)
            entry.happened = erased is not None
        return None if erased is None else await self._scrubbed(erased)

    async def _erase(self, connection: Connection, group_id: int, person_id: int, now: datetime) -> Erased:
        member = {"group_id": group_id, "person_id": person_id}
        holdings = _holdings(await self._queries.holdings(connection, **member))
        cheered = [row["run_id"] for row in await self._queries.cards_cheered(connection, **member)]
        await self._queries.queue_cards_of_member(connection, **member, now=epoch(now))
        await self._queries.erase_cheers(connection, **member)
        await self._queries.erase_reports(connection, **member)
        redraw = await take_out(self._boards, connection, group_id, person_id)
        await forget_person(self._challenges, connection, group_id, person_id)
        await remove_votes(self._consents, connection, group_id, person_id)
        await forget_maker(self._polls, connection, group_id, person_id, now)
        await self._queries.leave_polls(connection, **member)
        await self._queries.erase_member(connection, **member)
        await self._queries.erase_person_without_groups(connection, person_id=person_id)
        return Erased(holdings, tuple(cheered), boards=redraw)

    async def _scrubbed(self, erased: Erased) -> Erased:
        done = await self._database.scrub()
        return erased if done else replace(erased, scrubbed=False)

    async def _set(
        self,
        group_id: int,
        person_id: int,
        now: datetime,
        change: Callable[[Connection], Awaitable[int]],
    ) -> MemberSettings:
        async def work(connection: Connection) -> MemberSettings:
            await self._queries.ensure_group(connection, group_id=group_id, now=epoch(now))
            await self._queries.ensure_person(connection, person_id=person_id, now=epoch(now))
            await comes_back(self._challenges, connection, group_id, person_id)
            await self._queries.ensure_member(
                connection, group_id=group_id, person_id=person_id, now=epoch(now)
            )
            await change(connection)
            return _settings(await self._queries.settings(connection, group_id=group_id, person_id=person_id))

        return await self._database.write(work)


def _settings(row: Row) -> MemberSettings:
    return MemberSettings(
        group_zone=row["group_zone"],
        group_units=row["group_units"],
        day_starts_minute=row["day_starts_minute"],
        week_starts_on=row["week_starts_on"],
        own_zone=row["zone"],
        own_units=row["units"],
        own_language=row["language"],
        visibility=row["visibility"],
        quiet=None
        if row["quiet_from_minute"] is None
        else (row["quiet_from_minute"], row["quiet_until_minute"]),
        listed=None if row["listed"] is None else bool(row["listed"]),
        streak_warning=bool(row["streak_warnings"]),
    )


def _holdings(row: Row) -> Holdings:
    return Holdings(**{name: row[name] for name in Holdings.__dataclass_fields__})
