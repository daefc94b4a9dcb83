"""What organisers and other members do about a run: report it, hide its note, set it aside."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime

from bot.challenges.counting import recount
from bot.checkins.corrections import TAKE_BACK_WITHIN
from bot.checkins.loading import load_card
from bot.checkins.model import Run, RunFigures
from bot.clock import epoch, moment
from bot.errors import Refusal
from bot.ids import new_id
from bot.storage import Connection, Database, Row, load_queries
from bot.ui.text import clean

LONGEST_REASON = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class More:
    """What ⋯ opens: the run, what the person is to it, and what stands about it.

    `until` is the last moment at which an undone run can be brought back; `reason` why it was set aside, for its
    owner and organisers. `feelings` (they are on in the group) and `nearly_not` (its owner said that it nearly did not
    happen) are for the owner alone, and False for anybody else.
    """

    figures: RunFigures
    mine: bool
    organiser: bool
    reports: int
    reported: bool
    reason: str | None
    until: datetime | None
    feelings: bool = False
    nearly_not: bool = False


@dataclass(frozen=True, slots=True)
class Reported:
    """A run with open reports, as the organisers' list shows it. `reason` is one reporter's words."""

    run_id: int
    person_id: int
    running_day: date
    reports: int
    reason: str | None
    note: str | None
    note_hidden: bool
    set_aside: bool
    place: tuple[int, int] | None


class ModerationService:
    """`organiser` is what the door found out about the person; it is asked anew at every press."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queries = load_queries("bot.checkins", database.dialect)
        self._challenges = load_queries("bot.challenges", database.dialect)

    async def more(self, group_id: int, person_id: int, run_id: int, *, organiser: bool) -> More:
        """What this person may see and do about the run. Raises Refusal where the group shows them no such run."""

        async def work(connection: Connection) -> More:
            return await self._more(connection, group_id, person_id, run_id, organiser)

        return await self._database.read(work)

    async def report(
        self, group_id: int, person_id: int, run_id: int, reason: str, now: datetime, *, organiser: bool
    ) -> More:
        """Tell the organisers about a run of somebody else; again: with other words. Nobody else learns of it."""

        async def step(connection: Connection, run: Run) -> None:
            if run.person_id == person_id:
                raise Refusal("This run is your own: edit it, or undo it.")
            words = clean(reason, LONGEST_REASON) or None
            await self._queries.report_run(
                connection, run_id=run_id, person_id=person_id, reason=words, now=epoch(now)
            )

        return await self._changed(group_id, person_id, run_id, organiser, step)

    async def take_report_back(self, group_id: int, person_id: int, run_id: int, *, organiser: bool) -> More:
        """Withdraw one's own report."""

        async def step(connection: Connection, run: Run) -> None:
            await self._queries.take_report_back(connection, run_id=run.run_id, person_id=person_id)

        return await self._changed(group_id, person_id, run_id, organiser, step)

    async def mark_nearly_not(
        self, group_id: int, person_id: int, run_id: int, now: datetime, *, nearly: bool, organiser: bool
    ) -> More:
        """Say privately of a run of one's own that it nearly did not happen, or take that back. Raises Refusal for
        another's."""

        async def step(connection: Connection, run: Run) -> None:
            if run.person_id != person_id or run.undone:
                raise Refusal("That run is not here any more.")
            member = {"group_id": group_id, "person_id": person_id, "run_id": run_id}
            if nearly:
                await self._queries.mark_nearly_not(connection, **member, now=epoch(now))
            else:
                await self._queries.unmark_nearly_not(connection, **member)

        return await self._changed(group_id, person_id, run_id, organiser, step)

    async def hide_note(self, group_id: int, person_id: int, run_id: int, *, hidden: bool) -> More:
        """Organisers: hide the note from the card, or show it again."""

        async def step(connection: Connection, run: Run) -> None:
            await self._queries.hide_note(
                connection, run_id=run.run_id, group_id=group_id, hidden=int(hidden)
            )

        return await self._changed(group_id, person_id, run_id, True, step)

    async def set_aside(self, group_id: int, person_id: int, run_id: int, reason: str, now: datetime) -> More:
        """Organisers: leave the run out of standings; its owner is told why at the next interaction."""
        words = clean(reason, LONGEST_REASON)
        if not words:
            raise Refusal("Say why in a few words: the runner will read it.")

        async def step(connection: Connection, run: Run) -> None:
            if await self._queries.set_aside(
                connection, run_id=run_id, group_id=group_id, reason=words, now=epoch(now)
            ):
                await self._queries.add_notice(
                    connection,
                    notice_id=new_id(now),
                    group_id=group_id,
                    person_id=run.person_id,
                    kind="set_aside",
                    run_id=run_id,
                    detail=words,
                    now=epoch(now),
                )
                await recount(self._challenges, connection, group_id, run.person_id, now)

        return await self._changed(group_id, person_id, run_id, True, step)

    async def count_again(self, group_id: int, person_id: int, run_id: int, now: datetime) -> More:
        """Organisers: let a run that was set aside count again; news of it that was not told yet goes."""

        async def step(connection: Connection, run: Run) -> None:
            await self._queries.count_again(connection, run_id=run.run_id, group_id=group_id)
            await recount(self._challenges, connection, group_id, run.person_id, now)
            await self._queries.remove_notices_about(connection, run_id=run.run_id, kind="set_aside")

        return await self._changed(group_id, person_id, run_id, True, step)

    async def settle(self, group_id: int, person_id: int, run_id: int, now: datetime) -> More:
        """Organisers: the reports about a run are dealt with."""

        async def step(connection: Connection, run: Run) -> None:
            await self._queries.settle_reports(connection, run_id=run.run_id, now=epoch(now))

        return await self._changed(group_id, person_id, run_id, True, step)

    async def open_reports(self, group_id: int) -> list[Reported]:
        """Organisers: up to 25 runs with open reports, the longest waiting first."""
        rows = await self._database.read(
            lambda connection: self._queries.open_reports(connection, group_id=group_id)
        )
        return [_reported(row) for row in rows]

    async def _changed(
        self,
        group_id: int,
        person_id: int,
        run_id: int,
        organiser: bool,
        step: Callable[[Connection, Run], Awaitable[None]],
    ) -> More:
        async def work(connection: Connection) -> More:
            before = await self._more(connection, group_id, person_id, run_id, organiser)
            await step(connection, before.figures.run)
            return await self._more(connection, group_id, person_id, run_id, organiser)

        return await self._database.write(work)

    async def _more(
        self, connection: Connection, group_id: int, person_id: int, run_id: int, organiser: bool
    ) -> More:
        figures = await load_card(self._queries, connection, group_id, run_id, self._challenges)
        run = figures.run
        mine = run.person_id == person_id
        if not mine and (not run.public or run.undone):
            raise Refusal("That run is not here any more.")
        about = await self._queries.about_run(connection, run_id=run_id, person_id=person_id)
        return More(
            figures=figures,
            mine=mine,
            organiser=organiser,
            reports=about["open"] if organiser else 0,
            reported=bool(about["mine"]),
            reason=about["set_aside_reason"] if mine or organiser else None,
            until=moment(about["undone_at"]) + TAKE_BACK_WITHIN if run.undone else None,
            feelings=mine and bool(about["feelings_on"]),
            nearly_not=mine and bool(about["nearly_not"]),
        )


def _reported(row: Row) -> Reported:
    placed = row["channel_id"] is not None
    return Reported(
        run_id=row["run_id"],
        person_id=row["person_id"],
        running_day=date.fromisoformat(row["running_day"]),
        reports=row["reports"],
        reason=row["reason"],
        note=row["note"],
        note_hidden=bool(row["note_hidden"]),
        set_aside=row["set_aside_at"] is not None,
        place=(row["channel_id"], row["message_id"]) if placed else None,
    )
