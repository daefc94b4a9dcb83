"""What a member does to a run of their own afterwards: edit, undo and take back, show or keep private."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.challenges.counting import recount
from bot.checkins.loading import frame_of, load_card, run_of
from bot.checkins.model import Kind, Run, RunFigures, Visibility
from bot.checkins.plausibility import check_possible, overlaps
from bot.checkins.reading import LONGEST_NOTE, Frame, bests_of
from bot.checkins.units import Units, format_distance, format_duration, parse_distance, parse_duration
from bot.clock import epoch, moment
from bot.errors import Refusal
from bot.storage import Connection, Database, Row, load_queries
from bot.ui.text import clean
from bot.when import parse_when

TAKE_BACK_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A run as its form shows it, in its owner's units and zone; empty where nothing is known."""

    distance: str
    time: str
    when: str
    note: str
    activity: Kind


@dataclass(frozen=True, slots=True)
class Corrected:
    """A run after a correction, and the place of the group's runs (None: none is set)."""

    figures: RunFigures
    runs_channel_id: int | None


class CorrectionService:
    """Every method names the group, the owner and the run: somebody else's run is "not here any more"."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queries = load_queries("bot.checkins", database.dialect)
        self._challenges = load_queries("bot.challenges", database.dialect)

    async def wording(self, group_id: int, person_id: int, run_id: int, now: datetime) -> Wording:
        """What the form for editing opens with. Raises Refusal for a run that is not the member's own."""

        async def work(connection: Connection) -> Wording:
            row = await self._own(connection, group_id, person_id, run_id)
            return _wording(run_of(row), frame_of(row, now))

        return await self._database.read(work)

    async def edit(
        self,
        group_id: int,
        person_id: int,
        run_id: int,
        wanted: Wording,
        now: datetime,
        *,
        language: str = "en",
    ) -> Corrected:
        """Change the run to what the form says; what was left as it stood keeps its exact value.

        Numbers typed over a file's take the place of its best stretches as well.
        Raises Refusal for what means nothing, cannot be, or is still to come.
        """

        async def work(connection: Connection) -> Corrected:
            row = await self._own(connection, group_id, person_id, run_id)
            run, frame = run_of(row), frame_of(row, now)
            if run.undone:
                raise Refusal("That run was taken back. Bring it back first, then edit it.")
            await self._store_edit(connection, run, _read(run, wanted, frame, language), now)
            return await self._corrected(connection, row, now)

        return await self._database.write(work)

    async def undo(self, group_id: int, person_id: int, run_id: int, now: datetime) -> Corrected:
        """Take the run out of everything; for ten minutes it can be brought back. A second time changes nothing."""

        async def work(connection: Connection) -> Corrected:
            row = await self._own(connection, group_id, person_id, run_id)
            await self._queries.undo_run(
                connection, run_id=run_id, group_id=group_id, person_id=person_id, now=epoch(now)
            )
            return await self._corrected(connection, row, now)

        return await self._database.write(work)

    async def take_back(self, group_id: int, person_id: int, run_id: int, now: datetime) -> Corrected:
        """Bring back a run that was undone less than ten minutes ago. Raises Refusal for a later one."""

        async def work(connection: Connection) -> Corrected:
            row = await self._own(connection, group_id, person_id, run_id)
            run = run_of(row)
            if run.undone:
                await self._check_room(connection, run, run.running_day, run.started_at, run.seconds)
                if row["content_hash"] is not None and await self._queries.run_of_file(
                    connection, group_id=group_id, person_id=person_id, content_hash=row["content_hash"]
                ):
                    raise Refusal("The same file was uploaded again in the meantime: that run counts.")
                brought = await self._queries.take_run_back(
                    connection,
                    run_id=run_id,
                    group_id=group_id,
                    person_id=person_id,
                    since=epoch(now - TAKE_BACK_WITHIN),
                )
                if not brought:
                    raise Refusal(
                        "The ten minutes for bringing it back are over. Log it again with /run log."
                    )
            return await self._corrected(connection, row, now)

        return await self._database.write(work)

    async def show_to(
        self, group_id: int, person_id: int, run_id: int, visibility: Visibility, now: datetime
    ) -> Corrected:
        """Make the run private or show it to the group. The card of a run made private waits for its removal.

        Raises Refusal for a run that was taken back.
        """

        async def work(connection: Connection) -> Corrected:
            row = await self._own(connection, group_id, person_id, run_id)
            shown = await self._queries.show_run_to(
                connection, run_id=run_id, group_id=group_id, person_id=person_id, visibility=visibility
            )
            if not shown:
                raise Refusal("That run was taken back. Bring it back first.")
            if visibility == "private":
                await self._queries.queue_card_of_run(connection, run_id=run_id, now=epoch(now))
                await self._queries.forget_place(connection, run_id=run_id)
            return await self._corrected(connection, row, now)

        return await self._database.write(work)

    async def _own(self, connection: Connection, group_id: int, person_id: int, run_id: int) -> Row:
        row: Row | None = await self._queries.run_of_member(
            connection, group_id=group_id, person_id=person_id, run_id=run_id
        )
        if row is None:
            raise Refusal("That run is not here any more.")
        return row

    async def _corrected(self, connection: Connection, row: Row, now: datetime) -> Corrected:
        """What the run is now; what it counts for is counted anew."""
        group_id = row["group_id"]
        await recount(self._challenges, connection, group_id, row["person_id"], now)
        figures = await load_card(self._queries, connection, group_id, row["run_id"], self._challenges)
        return Corrected(figures, row["runs_channel_id"])

    async def _store_edit(self, connection: Connection, run: Run, edit: _Edit, now: datetime) -> None:
        if (edit.running_day, edit.started_at, edit.seconds) != (
            run.running_day,
            run.started_at,
            run.seconds,
        ):
            await self._check_room(connection, run, edit.running_day, edit.started_at, edit.seconds)
        await self._queries.edit_run(
            connection,
            run_id=run.run_id,
            group_id=run.group_id,
            person_id=run.person_id,
            activity=edit.activity,
            running_day=edit.running_day.isoformat(),
            started_at=None if edit.started_at is None else epoch(edit.started_at),
            metres=edit.metres,
            seconds=edit.seconds,
            source=_source(run, edit),
            note=edit.note,
            late=int(run.late),
            now=epoch(now),
        )
        if (edit.activity, edit.metres, edit.seconds) != (run.activity, run.metres, run.seconds):
            await self._queries.remove_bests(connection, run_id=run.run_id)
            whose = {"run_id": run.run_id, "group_id": run.group_id, "person_id": run.person_id}
            bests = bests_of(edit.activity, edit.metres, edit.seconds)
            if bests:
                await self._queries.add_best(
                    connection, [{**whose, "mark": mark, "seconds": best} for mark, best in bests.items()]
                )

    async def _check_room(
        self, connection: Connection, run: Run, day: date, started_at: datetime | None, seconds: int | None
    ) -> None:
        """Raise Refusal where another run of the member was under way at the same time."""
        if started_at is None:
            return
        others = await self._queries.neighbours(
            connection,
            group_id=run.group_id,
            person_id=run.person_id,
            from_day=(day - timedelta(days=1)).isoformat(),
            until_day=(day + timedelta(days=1)).isoformat(),
        )
        for other in others:
            if other["run_id"] == run.run_id or other["started_at"] is None:
                continue
            if overlaps(started_at, seconds, moment(other["started_at"]), other["seconds"]):
                raise Refusal(
                    "Another run of yours was under way at that time. Change the time, or undo that one."
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edit:
    activity: Kind
    running_day: date
    started_at: datetime | None
    metres: int | None
    seconds: int | None
    note: str | None


def _wording(run: Run, frame: Frame) -> Wording:
    """The run in the words that its form shows; they read back as what they say."""
    when = run.running_day.isoformat()
    if run.started_at is not None:
        when = f"{run.started_at.astimezone(frame.zone):%Y-%m-%d %H:%M}"
    return Wording(
        distance="" if run.metres is None else format_distance(run.metres, frame.units),
        time="" if run.seconds is None else format_duration(run.seconds),
        when=when,
        note=run.note or "",
        activity=run.activity,
    )


def _read(run: Run, wanted: Wording, frame: Frame, language: str) -> _Edit:
    """What the form says. A field that was left alone keeps its stored value, which is finer than its wording."""
    shown = _wording(run, frame)
    metres = run.metres
    if wanted.distance.strip() != shown.distance:
        metres = _distance(wanted.distance, frame.units)
    seconds = run.seconds
    if wanted.time.strip() != shown.time:
        seconds = parse_duration(wanted.time) if wanted.time.strip() else None
    day, started_at = run.running_day, run.started_at
    if wanted.when.strip() not in (shown.when, ""):
        when = parse_when(
            wanted.when,
            now=frame.now,
            zone=frame.zone,
            day_starts_minute=frame.day_starts_minute,
            language=language,
        )
        day, started_at = when.day, when.started_at
    if wanted.activity not in ("run", "walk"):
        raise Refusal("Choose whether it was a run or a walk.")
    check_possible(wanted.activity, metres, seconds, typed_time=wanted.time)
    return _Edit(
        activity=wanted.activity,
        running_day=day,
        started_at=started_at,
        metres=metres,
        seconds=seconds,
        note=clean(wanted.note, LONGEST_NOTE) or None,
    )


def _distance(text: str, units: Units) -> int | None:
    return parse_distance(text, units) if text.strip() else None


def _source(run: Run, edit: _Edit) -> str:
    """Numbers make a tap a typed run, and taking them out makes it a tap again; a file stays one."""
    if run.source == "file":
        return "file"
    return "tap" if edit.metres is None and edit.seconds is None else "typed"
