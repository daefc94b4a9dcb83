"""Keeps what runs come to in step with the runs: called in the transaction that stores or changes them.

A new run adds itself to the challenges that it counts for; whatever else happens to runs has their sums made anew.
`queries` are those of bot.challenges.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol

from bot.challenges.model import ALONE, Counted
from bot.challenges.rules import contribution
from bot.clock import epoch
from bot.storage import Connection, Queries, Row


class CountedRun(Protocol):
    """What counting has to know of a run."""

    @property
    def run_id(self) -> int: ...
    @property
    def group_id(self) -> int: ...
    @property
    def person_id(self) -> int: ...
    @property
    def running_day(self) -> date: ...
    @property
    def metres(self) -> int | None: ...
    @property
    def seconds(self) -> int | None: ...
    @property
    def late(self) -> bool: ...
    @property
    def set_aside(self) -> bool: ...
    @property
    def undone(self) -> bool: ...
    @property
    def public(self) -> bool: ...


def counts(run: CountedRun) -> bool:
    """Whether a run counts for challenges at all: what the group sees of it, and nobody took out."""
    return run.public and not (run.late or run.set_aside or run.undone)


async def count_new(
    queries: Queries, connection: Connection, run: CountedRun, now: datetime
) -> tuple[Counted, ...]:
    """Add a run that is being stored to every challenge of its member that it counts for, and say to which.

    Each run is added once: the caller stores it in the same transaction.
    """
    if not counts(run):
        return ()
    whose = {"group_id": run.group_id, "person_id": run.person_id, "running_day": run.running_day.isoformat()}
    found: list[Row] = await queries.counts_for(connection, **whose, run_id=run.run_id)
    if not found:
        return ()
    new_day = not found[0]["taken"]
    await queries.count_run(
        connection,
        **whose,
        metres=run.metres or 0,
        seconds=run.seconds or 0,
        days=int(new_day),
        now=epoch(now),
    )
    if any(row["redraw"] != 1 for row in found):
        await queries.mark_counted(connection, **whose)
    return tuple(
        each
        for row in found
        if row["left_at"] is None
        and row["removed_at"] is None
        and (each := _counted(row, run, new_day=new_day, before=True)).added
    )


async def load_counted(queries: Queries, connection: Connection, run: CountedRun) -> tuple[Counted, ...]:
    """What a stored run counts for, as it stood when it was entered."""
    if not counts(run):
        return ()
    rows: list[Row] = await queries.counted_by(
        connection,
        group_id=run.group_id,
        person_id=run.person_id,
        running_day=run.running_day.isoformat(),
        run_id=run.run_id,
    )
    return tuple(
        each for row in rows if (each := _counted(row, run, new_day=not row["taken"], before=False)).added
    )


async def recount(
    queries: Queries, connection: Connection, group_id: int, person_id: int, now: datetime
) -> None:
    """A member's runs are other ones now: make every sum of theirs anew that is not final.

    The cards of those that are another one now wait to be drawn anew.
    """
    rows = await queries.sums_of_member(connection, group_id=group_id, person_id=person_id)
    moved = await _store(queries, connection, rows, now)
    marks = [{"challenge_id": row["challenge_id"]} for row in moved if row["redraw"] != 1]
    if marks:
        await queries.mark_each(connection, marks)


async def recount_challenge(
    queries: Queries,
    connection: Connection,
    challenge_id: int,
    now: datetime,
    *,
    between: tuple[date, date] | None = None,
) -> None:
    """A challenge's days or target are other ones now: make the sums of all who take part anew.

    Where its end alone moved, `between` are the two last days, in any order: nobody without a run between them is
    looked at, so ending a large challenge takes the writer a moment and not seconds.
    """
    days = (None, None) if between is None else tuple(day.isoformat() for day in sorted(between))
    rows = await queries.sums_of_challenge(
        connection, challenge_id=challenge_id, from_day=days[0], until_day=days[1]
    )
    await _store(queries, connection, rows, now)
    await queries.mark(connection, challenge_id=challenge_id)


async def name_goes(queries: Queries, connection: Connection, group_id: int, person_id: int) -> bool:
    """A member is about to be erased, or was seen to have left: every card that names them waits to be drawn anew,
    results too; whether one does."""
    return bool(await queries.mark_of_member(connection, group_id=group_id, person_id=person_id))


async def comes_back(queries: Queries, connection: Connection, group_id: int, person_id: int) -> None:
    """A member is about to be stored as being in the group: where they were seen to have left, cards name them
    again."""
    await queries.mark_of_returning(connection, group_id=group_id, person_id=person_id)


async def runs_erased(
    queries: Queries, connection: Connection, group_id: int, person_id: int, now: datetime
) -> None:
    """All runs of a member were erased: they take part on with nothing, and go from the results, which rest on runs."""
    await name_goes(queries, connection, group_id, person_id)
    await queries.forget_results(connection, group_id=group_id, person_id=person_id)
    await recount(queries, connection, group_id, person_id, now)


async def forget_person(queries: Queries, connection: Connection, group_id: int, person_id: int) -> None:
    """A member is about to be erased: they go from every standing, what they made loses their name and their words, and
    their drafts go."""
    await name_goes(queries, connection, group_id, person_id)
    await queries.remove_drafts(connection, group_id=group_id, maker_id=person_id, but=0)
    await queries.forget_team_names(connection, group_id=group_id, person_id=person_id)
    await queries.forget_maker(connection, group_id=group_id, person_id=person_id)


async def _store(queries: Queries, connection: Connection, rows: list[Row], now: datetime) -> list[Row]:
    """Write the sums that are other ones now, and who is at the target with them; the rows of those."""
    moved = [
        row for row in rows if (row["fresh"], _finished_at(row, now)) != (row["amount"], row["finished_at"])
    ]
    if moved:
        sums = [
            {
                "challenge_id": row["challenge_id"],
                "person_id": row["person_id"],
                "amount": row["fresh"],
                "finished_at": _finished_at(row, now),
            }
            for row in moved
        ]
        await queries.set_amount(connection, sums)
    return moved


def _finished_at(row: Row, now: datetime) -> int | None:
    """When the target was reached: now, where the stored amount was not there yet."""
    if row["kind"] not in ALONE or row["left_at"] is not None or row["fresh"] < row["target"]:
        return None
    stored: int | None = row["finished_at"]
    return epoch(now) if stored is None else stored


def _counted(row: Row, run: CountedRun, *, new_day: bool, before: bool) -> Counted:
    """`before`: the row's amount is that without the run."""
    added = contribution(row["measure"], run.metres, run.seconds, new_day=new_day)
    return Counted(
        challenge_id=row["challenge_id"],
        kind=row["kind"],
        measure=row["measure"],
        title=row["title"],
        added=added,
        amount=row["amount"] + (added if before else 0),
        target=row["target"] if row["kind"] in ALONE else None,
    )
