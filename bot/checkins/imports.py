"""Imports: many files of a member at once, a batch in one transaction, and taking a whole import back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.challenges.counting import recount
from bot.checkins.corrections import TAKE_BACK_WITHIN
from bot.checkins.import_batch import Batch, Found, Key
from bot.checkins.import_tally import Tally
from bot.checkins.loading import frame_of, load_settings, most_of_a_week
from bot.checkins.model import Visibility
from bot.checkins.neighbours import overlapping
from bot.checkins.reading import Frame
from bot.checkins.records import Bests, NewRun, Record, new_records
from bot.checkins.units import Units
from bot.clock import epoch, moment
from bot.days import DAY
from bot.errors import Refusal
from bot.limits.quotas import A_DAY, NO_QUOTAS, Quotas, check_imported
from bot.storage import Connection, Database, Row, load_queries


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What holds for a whole import: the member's days and units, and their bests before it.

    `zone` is that of the group where the member has not said their own; the import's days are counted in it.
    """

    frame: Frame
    zone: str | None
    bests: Bests

    @property
    def units(self) -> Units:
        return self.frame.units


@dataclass(frozen=True, slots=True)
class Undone:
    """An import that was taken back: how many runs, when (epoch seconds: the key for bringing it back)."""

    runs: int
    undone_at: int
    cards: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class BroughtBack:
    """An import after "bring it back": runs that count again, and those that others have taken the place of."""

    runs: int
    stay_out: int
    cards: tuple[int, ...] = ()


class ImportService:
    """Every method names group, member and import. `now` is an aware UTC datetime."""

    def __init__(self, database: Database, quotas: Quotas = NO_QUOTAS) -> None:
        self._database = database
        self._quotas = quotas
        self._queries = load_queries("bot.checkins", database.dialect)
        self._challenges = load_queries("bot.challenges", database.dialect)

    async def begin(self, key: Key, now: datetime) -> Start:
        """What an import goes by; somebody new is made known to the group first.

        Raises Refusal where the last 24 hours brought as many as one member can import in a day.
        """

        async def work(connection: Connection) -> Start:
            count, oldest = await self._imported(connection, key, now)
            check_imported(count, self._quotas.imported_a_day, oldest)
            settings = await load_settings(
                self._queries, connection, key.group_id, key.person_id, now, self._challenges
            )
            frame = frame_of(settings, now)
            return Start(
                frame=frame,
                zone=settings["group_zone"] if settings["zone"] is None else None,
                bests=await self._bests(connection, key, frame),
            )

        return await self._database.write(work)

    async def store(self, key: Key, files: Sequence[Found], visibility: Visibility, now: datetime) -> Tally:
        """Store a batch in one transaction, and in as many statements whatever its size; what became of each file.

        Storing the same files again changes nothing: they are there already, whoever stored them first.
        Raises Refusal for a member whom `begin` made known and who was erased since, and where several archives at the
        same time have together brought as many as one member can import in a day.
        """

        async def work(connection: Connection) -> Tally:
            settings = await self._queries.settings(connection, **_whose(key))
            if settings is None:
                raise Refusal(
                    "What is stored of you here was erased while the import ran, so it stopped and nothing is stored."
                )
            await self._check_room(connection, key, now)
            batch = Batch(key, frame_of(settings, now), visibility)
            hashes = await self._queries.import_hashes(connection, **_whose(key))
            batch.hashes.update(row["content_hash"] for row in hashes)
            readings = list(batch.read(files))
            if readings:
                days = [reading.running_day for _, reading in readings]
                near = await self._queries.import_near(
                    connection,
                    **_whose(key),
                    from_day=(min(days) - DAY).isoformat(),
                    until_day=(max(days) + DAY).isoformat(),
                )
                batch.place(readings, near)
                await self._write(connection, batch)
                await recount(self._challenges, connection, key.group_id, key.person_id, now)
            return batch.tally

        return await self._database.write(work)

    async def _imported(self, connection: Connection, key: Key, now: datetime) -> tuple[int, datetime]:
        """How many of the member's came out of archives within a day, and since when."""
        row = await self._queries.entered_since(
            connection, **_whose(key), imported=1, since=epoch(now - A_DAY), most=self._quotas.imported_a_day
        )
        return row["count"], moment(row["oldest"] or epoch(now))

    async def _check_room(self, connection: Connection, key: Key, now: datetime) -> None:
        """`begin` looked before others had written: an archive that comes alone is taken whole, and of several at the
        same time no more than fits into a day (and the rest of a batch)."""
        count, oldest = await self._imported(connection, key, now)
        if count >= self._quotas.imported_a_day and await self._queries.imported_beside(
            connection, **_whose(key), import_id=key.import_id, since=epoch(now - A_DAY)
        ):
            check_imported(count, self._quotas.imported_a_day, oldest)

    async def records(self, key: Key, start: Start) -> tuple[Record, ...]:
        """The member's own bests that are better now than they were at the start."""

        async def work(connection: Connection) -> Bests:
            return await self._bests(connection, key, start.frame)

        before, after = start.bests, await self._database.read(work)
        whole = NewRun("run", after.farthest, after.longest, after.marks, typed=False)
        found = new_records(replace(before, other_weeks=None), whole)
        if before.other_weeks and after.other_weeks and after.other_weeks > before.other_weeks:
            found += (Record("best_week", after.other_weeks, before.other_weeks),)
        return found

    async def undo(self, key: Key, now: datetime) -> Undone:
        """Take everything of the import out; for ten minutes it can be brought back.

        Runs that were typed and completed by it stay. Raises Refusal where nothing of it is there.
        """

        async def work(connection: Connection) -> Undone:
            cards = await self._cards(connection, key)
            undone = await self._queries.import_undo(
                connection, **_whose(key), interaction_id=key.import_id, now=epoch(now)
            )
            if not undone:
                raise Refusal("Nothing of that import is here any more.")
            await recount(self._challenges, connection, key.group_id, key.person_id, now)
            return Undone(undone, epoch(now), cards)

        return await self._database.write(work)

    async def take_back(self, key: Key, undone_at: int, now: datetime) -> BroughtBack:
        """Bring back what `undo` took out at `undone_at`, as far as nothing has taken its place meanwhile.

        Raises Refusal after ten minutes, or where nothing waits.
        """

        async def work(connection: Connection) -> BroughtBack:
            undone = await self._queries.import_undone(
                connection, **_whose(key), interaction_id=key.import_id, undone_at=undone_at
            )
            if not undone or undone_at < epoch(now - TAKE_BACK_WITHIN):
                raise Refusal(
                    "The ten minutes for bringing it back are over. Send the file again with /run import."
                )
            days = [date.fromisoformat(row["running_day"]) for row in undone]
            near = await self._queries.import_near(
                connection,
                **_whose(key),
                from_day=(min(days) - DAY).isoformat(),
                until_day=(max(days) + DAY).isoformat(),
            )
            hashes = await self._queries.import_hashes(connection, **_whose(key))
            free = _still_free(undone, near, {row["content_hash"] for row in hashes})
            await self._queries.import_revive(
                connection,
                [{"run_id": run_id, "group_id": key.group_id, "person_id": key.person_id} for run_id in free],
            )
            await recount(self._challenges, connection, key.group_id, key.person_id, now)
            return BroughtBack(len(free), len(undone) - len(free), await self._cards(connection, key))

        return await self._database.write(work)

    async def _cards(self, connection: Connection, key: Key) -> tuple[int, ...]:
        rows = await self._queries.import_cards(connection, **_whose(key), interaction_id=key.import_id)
        return tuple(row["run_id"] for row in rows)

    async def _write(self, connection: Connection, batch: Batch) -> None:
        key = batch.key
        stored: set[int] = set()
        if batch.new:
            await self._queries.import_run(connection, [batch.row(*each) for each in batch.new])
            rows = await self._queries.import_stored(
                connection,
                **_whose(key),
                interaction_id=key.import_id,
                from_ordinal=batch.new[0][0].ordinal,
                until_ordinal=batch.new[-1][0].ordinal,
            )
            stored = {row["run_id"] for row in rows}
        if batch.completing:
            completed = [batch.completed_row(*each) for each in batch.completing]
            await self._queries.import_complete(connection, completed)
            await self._queries.import_clear_bests(
                connection, [{"run_id": run_id} for run_id, _ in batch.completing]
            )
        batch.count(stored)
        readings = [(run_id, reading) for _, run_id, reading in batch.new if run_id in stored]
        bests = [
            {
                "run_id": run_id,
                "group_id": key.group_id,
                "person_id": key.person_id,
                "mark": mark,
                "seconds": best,
            }
            for run_id, reading in readings + batch.completing
            for mark, best in reading.bests.items()
        ]
        if bests:
            await self._queries.add_best(connection, bests)

    async def _bests(self, connection: Connection, key: Key, frame: Frame) -> Bests:
        days = await self._queries.overview_run_days(connection, **_whose(key))
        marks = await self._queries.overview_bests(connection, **_whose(key))
        return Bests(
            farthest=max((row["farthest"] for row in days if row["farthest"]), default=None),
            longest=max((row["longest"] for row in days if row["longest"]), default=None),
            other_weeks=most_of_a_week((row for row in days if row["metres"]), frame),
            marks={row["mark"]: row["seconds"] for row in marks},
        )


def _whose(key: Key) -> dict[str, int]:
    return {"group_id": key.group_id, "person_id": key.person_id}


def _still_free(undone: Iterable[Row], near: Sequence[Row], hashes: set[str]) -> list[int]:
    """The runs whose file is not here again and whose time no other run has taken."""
    by_day: defaultdict[str, list[Row]] = defaultdict(list)
    for row in near:
        by_day[row["near_day"]].append(row)
    free = []
    for row in undone:
        day = date.fromisoformat(row["running_day"])
        around = [other for step in (-1, 0, 1) for other in by_day[(day + step * DAY).isoformat()]]
        started_at = None if row["started_at"] is None else moment(row["started_at"])
        if row["content_hash"] not in hashes and overlapping(around, started_at, row["seconds"]) is None:
            free.append(row["run_id"])
    return free
