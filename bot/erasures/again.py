"""Erases again what a restored backup brought back: at every start, before anything is served."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bot.challenges.counting import forget_person, runs_erased
from bot.clock import epoch
from bot.consents.erasing import remove_votes
from bot.erasures.ledger import FEELINGS, FIGURE, GROUP, MEMBER, RUNS, Ledger, Recorded
from bot.groups.service import GroupService
from bot.leaderboards.service import take_out
from bot.members.service import MemberService
from bot.moodpolls.forgetting import forget_maker
from bot.storage import Connection, Database, Row, load_queries

log = logging.getLogger(__name__)
_PAGE = 1_000


@dataclass(slots=True)
class ErasedAgain:
    """How many erasures a restored backup had brought back."""

    groups: int = 0
    members: int = 0
    runs: int = 0
    feelings: int = 0

    @property
    def any(self) -> bool:
        return bool(self.groups or self.members or self.runs or self.feelings)


async def erase_again(database: Database, ledger: Ledger, now: datetime) -> ErasedAgain:
    """Erase whatever is older than its erasure in the ledger; what was stored after it stays.

    A ledger that cannot be read is told to the host, in the log and by `second-wind check`, and keeps nobody from
    starting. Raises StorageUnavailable.
    """
    try:
        ledger.prepare()
        ledger.drop_old(now)
        recorded = ledger.read()
    except OSError as error:
        log.warning("erasures_not_repeatable", extra={"detail": error.strerror or type(error).__name__})
        return ErasedAgain()
    if recorded.foreign or recorded.damaged:
        log.warning(
            "erasures_not_all_repeatable",
            extra={"of_another_key": recorded.foreign, "damaged": recorded.damaged},
        )
    if not recorded.moments:
        return ErasedAgain()
    result = await _Again(database, recorded, now).everything()
    if result.any:
        await database.scrub()
        log.warning(
            "erased_again",
            extra={
                "groups": result.groups,
                "members": result.members,
                "runs": result.runs,
                "feelings": result.feelings,
            },
        )
    return result


class _Again:
    def __init__(self, database: Database, recorded: Recorded, now: datetime) -> None:
        self._database = database
        self._recorded = recorded
        self._now = now
        self._result = ErasedAgain()
        self._queries = load_queries("bot.erasures", database.dialect)
        self._boards = load_queries("bot.leaderboards", database.dialect)
        self._challenges = load_queries("bot.challenges", database.dialect)
        self._consents = load_queries("bot.consents", database.dialect)
        self._polls = load_queries("bot.moodpolls", database.dialect)
        self._groups = GroupService(database)
        self._members = MemberService(database)

    async def everything(self) -> ErasedAgain:
        groups = await self._database.read(
            lambda connection: self._queries.groups_before(connection, before=epoch(self._now) + 1)
        )
        for row in groups:
            at = self._recorded.moment(GROUP, row["group_id"])
            if at is not None and row["created_at"] < at:
                await self._group(row["group_id"], at)
                self._result.groups += 1
        after = (-(2**62), 0)
        while rows := await self._page(after):
            for row in rows:
                await self._member(row["group_id"], row["person_id"], row["created_at"])
            after = (rows[-1]["group_id"], rows[-1]["person_id"])
        return self._result

    async def _page(self, after: tuple[int, int]) -> list[Row]:
        rows: list[Row] = await self._database.read(
            lambda connection: self._queries.members_after(
                connection, after_group=after[0], after_person=after[1], most=_PAGE
            )
        )
        return rows

    async def _member(self, group_id: int, person_id: int, created_at: int) -> None:
        at = self._recorded.moment(MEMBER, group_id, person_id)
        if at is not None and created_at < at:
            await self._everything_of(group_id, person_id, at)
            self._result.members += 1
            return
        at = self._recorded.moment(RUNS, group_id, person_id)
        if at is not None and created_at < at:
            self._result.runs += await self._database.write(
                partial(self._runs, group_id=group_id, person_id=person_id, at=at)
            )
        at = self._recorded.moment(FEELINGS, group_id, person_id)
        if at is not None and created_at < at:
            self._result.feelings += await self._database.write(
                partial(self._feelings, group_id=group_id, person_id=person_id, at=at)
            )
        at = self._recorded.moment(FIGURE, group_id, person_id)
        if at is not None and created_at < at:
            self._result.feelings += await self._database.write(
                partial(self._figure, group_id=group_id, person_id=person_id, at=at)
            )

    async def _group(self, group_id: int, at: int) -> None:
        """The whole of it, unless somebody stored something there since: then what is older, of each and of itself."""
        members = await self._database.read(
            lambda connection: self._queries.members_of(connection, group_id=group_id)
        )
        newer = [row for row in members if row["created_at"] >= at]
        if not newer:
            newer = [row for row in members if await self._has_newer(group_id, row["person_id"], at)]
        if not newer:
            await self._groups.erase(group_id, self._now)
            return
        for row in members:
            if row["created_at"] < at:
                await self._everything_of(group_id, row["person_id"], at)

        async def work(connection: Connection) -> None:
            older = {"group_id": group_id, "before": at}
            await self._queries.older_challenges(connection, **older)
            await self._queries.older_posts(connection, **older)
            await self._queries.older_group_words(connection, **older)
            await self._queries.older_group_notices(connection, **older)
            await self._queries.older_figures(connection, **older)
            await self._queries.older_poll_plans(connection, **older)
            await self._queries.group_is_from(connection, group_id=group_id, moment=at)

        await self._database.write(work)

    async def _has_newer(self, group_id: int, person_id: int, at: int) -> bool:
        return bool(
            await self._database.read(
                lambda connection: self._queries.has_newer(
                    connection, group_id=group_id, person_id=person_id, before=at
                )
            )
        )

    async def _everything_of(self, group_id: int, person_id: int, at: int) -> None:
        if not await self._has_newer(group_id, person_id, at):
            await self._members.erase_everything(group_id, person_id, self._now)
            return

        async def work(connection: Connection) -> None:
            older = {"group_id": group_id, "person_id": person_id, "before": at}
            await self._queries.older_cheers(connection, **older)
            await self._queries.older_reports(connection, **older)
            await self._queries.older_targets(connection, **older)
            await self._queries.older_pauses(connection, **older)
            await self._queries.older_rest_days(connection, **older)
            await self._queries.older_notices(connection, **older)
            await self._queries.older_schedules(connection, **older)
            await self._queries.older_week_plans(connection, **older)
            await self._queries.older_memberships(connection, **older)
            await forget_person(self._challenges, connection, group_id, person_id)
            await forget_maker(self._polls, connection, group_id, person_id, self._now)
            await self._runs(connection, group_id, person_id, at)
            await self._feelings(connection, group_id, person_id, at)
            await self._queries.forget_settings(connection, group_id=group_id, person_id=person_id, moment=at)

        await self._database.write(work)

    async def _runs(self, connection: Connection, group_id: int, person_id: int, at: int) -> int:
        older = {"group_id": group_id, "person_id": person_id, "before": at}
        await self._queries.queue_older_cards(connection, **older, now=epoch(self._now))
        if not await self._queries.older_runs(connection, **older):
            return 0
        await runs_erased(self._challenges, connection, group_id, person_id, self._now)
        await take_out(self._boards, connection, group_id, person_id)
        return 1

    async def _figure(self, connection: Connection, group_id: int, person_id: int, at: int) -> int:
        member = {"group_id": group_id, "person_id": person_id}
        gone = await self._queries.older_figure_consent(connection, **member, before=at)
        if gone:
            await self._queries.leave_figure(connection, **member)
        return int(bool(gone))

    async def _feelings(self, connection: Connection, group_id: int, person_id: int, at: int) -> int:
        member = {"group_id": group_id, "person_id": person_id}
        older = {**member, "before": at}
        gone = await self._queries.older_moods(connection, **older)
        gone += await self._queries.older_run_starts(connection, **older)
        gone += await self._queries.older_nearly_not(connection, **older)
        withdrawn = await self._queries.older_consents(connection, **older)
        if withdrawn:
            await self._queries.leave_figure(connection, **member)
            await remove_votes(self._consents, connection, group_id, person_id)
        if gone or withdrawn:
            await self._queries.forget_care_shown(connection, **member)
        return int(bool(gone or withdrawn))
