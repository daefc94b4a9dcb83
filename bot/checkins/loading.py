"""Rows of the database as what check-ins are made of; shared by every service that shows a run's card."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.challenges.counting import comes_back, load_counted
from bot.checkins.encouraging import situation_of, still_encouraged
from bot.checkins.model import DEFAULT_TARGET, CardDay, Cheers, Panel, Run, RunFigures, WeekProgress
from bot.checkins.reading import Frame, Reading
from bot.checkins.records import MARKS, Bests, NewRun, milestones, new_records
from bot.clock import epoch, moment
from bot.consents.rules import KEEP, still_agreed
from bot.days import running_day
from bot.errors import Refusal
from bot.ids import first_id
from bot.limits.quotas import A_DAY
from bot.storage import Connection, Queries, Row

_ASKED_WITHIN = timedelta(days=1)  # how a run of the day before yesterday felt is no rating of this minute
RECENT = timedelta(weeks=8)  # a member's whole history is looked through only where these don't settle it


def frame_of(row: Row, now: datetime) -> Frame:
    """How the member of this row counts days; the row has the columns of `settings`."""
    return Frame(
        now=now,
        zone=ZoneInfo(row["zone"] or row["group_zone"]),
        units=row["units"] or row["group_units"],
        visibility=row["visibility"],
        day_starts_minute=row["day_starts_minute"],
        week_starts_on=row["week_starts_on"],
    )


def card_day_of(row: Row, now: datetime) -> CardDay:
    """The group's day, by the columns of `settings`."""
    day = running_day(now, ZoneInfo(row["group_zone"]), row["day_starts_minute"])
    if row["cards_day"] != day.isoformat():
        return CardDay(day)
    return CardDay(day, row["cards_today"], row["thread_id"])


def new_frame(now: datetime) -> Frame:
    """How days are counted for somebody whom no group knows yet."""
    return Frame(
        now=now,
        zone=ZoneInfo("UTC"),
        units="km",
        visibility="group",
        day_starts_minute=240,
        week_starts_on=0,
    )


def run_of(row: Row) -> Run:
    """The run of a whole row of `runs`."""
    return Run(
        run_id=row["run_id"],
        group_id=row["group_id"],
        person_id=row["person_id"],
        activity=row["activity"],
        running_day=date.fromisoformat(row["running_day"]),
        started_at=None if row["started_at"] is None else moment(row["started_at"]),
        metres=row["metres"],
        seconds=row["seconds"],
        source=row["source"],
        late=bool(row["late"]),
        visibility=row["visibility"],
        note=row["note"],
        note_hidden=bool(row["note_hidden"]),
        set_aside=row["set_aside_at"] is not None,
        edited=row["edited_at"] is not None,
        undone=row["undone_at"] is not None,
        created_at=moment(row["created_at"]),
        channel_id=row["channel_id"],
        message_id=row["message_id"],
        words_key=row["words_key"],
    )


def run_of_reading(run_id: int, reading: Reading, key: tuple[int, int, int], now: datetime) -> Run:
    """The run that was just stored; `key` is group, person, interaction."""
    return Run(
        run_id=run_id,
        group_id=key[0],
        person_id=key[1],
        activity=reading.activity,
        running_day=reading.running_day,
        started_at=reading.started_at,
        metres=reading.metres,
        seconds=reading.seconds,
        source=reading.source,
        late=reading.late,
        visibility=reading.visibility,
        note=reading.note,
        created_at=now.astimezone(UTC),
    )


async def load_settings(
    queries: Queries,
    connection: Connection,
    group_id: int,
    person_id: int,
    now: datetime,
    challenges: Queries,
) -> Row:
    """The row of `settings`; group, person and member are stored first where they are new.

    `challenges` are the queries of those: their cards name a member who is back again.
    """
    asked = {"group_id": group_id, "person_id": person_id}
    found: Row | None = await queries.settings(connection, **asked)
    if found is None or found["left_at"] is not None:
        await queries.ensure_group(connection, group_id=group_id, now=epoch(now))
        await queries.ensure_person(connection, person_id=person_id, now=epoch(now))
        await comes_back(challenges, connection, group_id, person_id)
        await queries.ensure_member(connection, group_id=group_id, person_id=person_id, now=epoch(now))
        found = await queries.settings(connection, **asked)
    assert found is not None
    return found


async def load_panel(
    queries: Queries, connection: Connection, settings: Row, group_id: int, person_id: int, frame: Frame
) -> Panel:
    """The present running day and week of a member, who is of the row of `settings`."""
    today = frame.today
    week = frame.week_of(today)
    found = await queries.panel(
        connection,
        group_id=group_id,
        person_id=person_id,
        today=today.isoformat(),
        week_day=week.isoformat(),
        week_end=(week + timedelta(days=6)).isoformat(),
    )
    return Panel(
        running_day=today,
        ran=bool(found["ran"]),
        resting=bool(found["resting"]),
        week=WeekProgress(found["kept_days"], found["target"] or DEFAULT_TARGET),
        feelings=settings["feelings_confirmed_at"] is not None,
    )


def asks_feeling(settings: Row, run: Run, today: date) -> bool:
    """Whether to ask how a new run felt: its owner keeps that (by the row of `settings`), and it is of these days."""
    if settings["feelings_confirmed_at"] is None or run.late or today - run.running_day > _ASKED_WITHIN:
        return False
    return still_agreed(KEEP, settings["keep_version"], settings["keep_age"], settings["feelings_age"])


async def load_card(
    queries: Queries, connection: Connection, group_id: int, run_id: int, challenges: Queries
) -> RunFigures:
    """All that the card of a stored run shows; `challenges` are the queries of those.

    Raises Refusal where the group has no such run.
    """
    row = await queries.run_with_settings(connection, group_id=group_id, run_id=run_id)
    if row is None:
        raise Refusal("That run is not here any more.")
    run = run_of(row)
    frame = frame_of(row, run.created_at)
    bests = {each["mark"]: each["seconds"] for each in await queries.bests_of(connection, run_id=run_id)}
    before = await load_before(queries, connection, run, frame)
    figures = await figures_of(queries, connection, run, frame, row, bests, before[0])
    figures = still_encouraged(figures, situation_of(figures, frame.zone, last_day_of(before[0])))
    return replace(
        figures,
        cheers=await load_cheers(queries, connection, run_id),
        counted=await load_counted(challenges, connection, run),
    )


def last_day_of(before: Row) -> date | None:
    """The latest running day entered before, by a row of `load_before`."""
    return None if before["last_day"] is None else date.fromisoformat(before["last_day"])


async def load_cheers(queries: Queries, connection: Connection, run_id: int) -> Cheers:
    """Who cheered a run."""
    rows = await queries.first_cheers(connection, run_id=run_id)
    return Cheers(rows[0]["cheers"], tuple(row["person_id"] for row in rows)) if rows else Cheers()


async def load_before(
    queries: Queries, connection: Connection, run: Run, frame: Frame, *, near_days: int = -1
) -> list[Row]:
    """What its member had entered before `run`: the figures, in every row, and a run within `near_days` of it each.

    There is at least one row; its near_ columns are null where no run is near.
    """
    near = timedelta(days=near_days)
    rows: list[Row] = await queries.figures(
        connection,
        **_whose(run, frame),
        running_day=run.running_day.isoformat(),
        last_week=(frame.week_of(run.running_day) - timedelta(days=7)).isoformat(),
        near_from=(run.running_day - near).isoformat(),
        near_until=(run.running_day + near).isoformat(),
        first_lately=first_id(run.created_at - A_DAY),
    )
    return rows


async def figures_of(
    queries: Queries,
    connection: Connection,
    run: Run,
    frame: Frame,
    settings: Row,
    bests: Mapping[int, int],
    before: Row,
) -> RunFigures:
    """The figures of a run's card, as yet without cheers, against what its member had entered `before` it.

    `frame.now` is when the run was entered; `settings` has the group's columns of the statement of that name.
    """
    new_run = NewRun(
        activity=run.activity,
        metres=run.metres,
        seconds=run.seconds,
        marks=bests,
        week_metres_before=before["week_metres"] or 0,
        typed=run.source != "file",
    )
    other_weeks = None
    if _may_be_best_week(new_run, before["metres"], before["last_week_metres"] or 0):
        other_weeks = await _other_weeks(queries, connection, run, frame, new_run)
    marks = {mark: before[f"best_{mark}"] for mark in MARKS if before[f"best_{mark}"] is not None}
    entered_on = frame.day_of(run.created_at)
    return RunFigures(
        run=run,
        week=WeekProgress(before["other_days"] + (0 if run.late else 1), before["target"] or DEFAULT_TARGET),
        entered_on=entered_on,
        this_week=frame.week_of(entered_on) == frame.week_of(run.running_day),
        units=settings["group_units"] if run.public else frame.units,
        language=settings["group_language"],
        records=new_records(Bests(before["farthest"], before["longest"], other_weeks, marks), new_run),
        milestones=()
        if run.late  # counts for records and statistics alone
        else milestones(
            before["check_ins"],
            before["check_ins"] + 1,
            before["metres"],
            before["metres"] + (run.metres or 0),
        ),
    )


def _whose(run: Run, frame: Frame) -> dict[str, object]:
    week = frame.week_of(run.running_day)
    return {
        "group_id": run.group_id,
        "person_id": run.person_id,
        "run_id": run.run_id,
        "week_day": week.isoformat(),
        "week_end": (week + timedelta(days=6)).isoformat(),
    }


async def _other_weeks(
    queries: Queries, connection: Connection, run: Run, frame: Frame, new_run: NewRun
) -> int | None:
    """The most metres of any other week; of the weeks just before alone, where they already reach this one."""
    whose = _whose(run, frame)
    recent = frame.week_of(run.running_day) - RECENT
    this_week = new_run.week_metres_before + (new_run.metres or 0)
    most: int | None = None
    for first in (recent, date.min):
        most = await queries.other_weeks(connection, **whose, from_day=first.isoformat())
        if most is not None and most >= this_week:
            break
    return most


def _may_be_best_week(run: NewRun, metres_before: int, last_week: int) -> bool:
    """Whether looking at all other weeks is worth it.

    The best of them has at least the metres of last week, and at most those of all check-ins together.
    """
    if run.activity != "run" or not run.metres:
        return False
    others = metres_before - run.week_metres_before
    return others > 0 and run.week_metres_before <= others and run.week_metres_before + run.metres > last_week


def most_of_a_week(days: Iterable[Row], frame: Frame) -> int | None:
    """The most metres of any week; `days` have a running_day and metres. None without any."""
    weeks: dict[date, int] = {}
    for row in days:
        week = frame.week_of(date.fromisoformat(row["running_day"]))
        weeks[week] = weeks.get(week, 0) + row["metres"]
    return max(weeks.values(), default=None)
