"""Writes what a check-in brings with it, in the transaction that stores it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.checkins.encouraging import with_newest
from bot.checkins.model import Run, RunFigures
from bot.checkins.reading import Reading
from bot.clock import epoch
from bot.storage import Connection, Queries, Row


def numbers(reading: Reading) -> dict[str, object]:
    """The columns of a run that both typing and completing it store."""
    return {
        "activity": reading.activity,
        "running_day": reading.running_day.isoformat(),
        "started_at": None if reading.started_at is None else epoch(reading.started_at),
        "metres": reading.metres,
        "seconds": reading.seconds,
        "content_hash": reading.content_hash,
        "note": reading.note,
    }


async def add_run(
    queries: Queries, connection: Connection, run: Run, reading: Reading, interaction_id: int
) -> bool:
    """A new run, read from `reading`; False, with nothing stored, where the interaction stored one before."""
    rows: int = await queries.add_run(
        connection,
        run_id=run.run_id,
        group_id=run.group_id,
        person_id=run.person_id,
        interaction_id=interaction_id,
        **numbers(reading),
        source=reading.source,
        late=int(reading.late),
        visibility=reading.visibility,
        words_key=run.words_key,
        now=epoch(run.created_at),
    )
    return rows == 1


async def complete_run(
    queries: Queries,
    connection: Connection,
    run_id: int,
    reading: Reading,
    key: tuple[int, int, int],
    now: datetime,
) -> None:
    """The file's numbers take the place of the typed ones; the note stays, and who sees it unless said now.

    `key` is group, person, interaction. The card of a run that is private now waits for its removal.
    """
    group_id, person_id, interaction_id = key
    await queries.complete_run(
        connection,
        run_id=run_id,
        group_id=group_id,
        person_id=person_id,
        interaction_id=interaction_id,
        **numbers(reading),
    )
    await queries.remove_bests(connection, run_id=run_id)
    if not reading.visibility_said:
        return
    whose = {"run_id": run_id, "group_id": group_id, "person_id": person_id}
    await queries.show_run_to(connection, **whose, visibility=reading.visibility)
    if reading.visibility == "private":
        await queries.queue_card_of_run(connection, run_id=run_id, now=epoch(now))
        await queries.forget_place(connection, run_id=run_id)


async def store_bests(
    queries: Queries, connection: Connection, run_id: int, whose: tuple[int, int], bests: Mapping[int, int]
) -> None:
    """The best seconds over each mark; `whose` is group and person."""
    if bests:
        rows = [
            {"run_id": run_id, "group_id": whose[0], "person_id": whose[1], "mark": mark, "seconds": best}
            for mark, best in bests.items()
        ]
        await queries.add_best(connection, rows)


async def store_words(queries: Queries, connection: Connection, figures: RunFigures, recent: str) -> None:
    """Remember the words of a new card as the latest that its owner was shown; `recent` are those before."""
    if figures.run.words_key is not None:
        await queries.remember_words(
            connection,
            group_id=figures.run.group_id,
            person_id=figures.run.person_id,
            recent_words=with_newest(recent, figures.run.words_key),
        )


@dataclass(frozen=True, slots=True)
class Questions:
    """What a member is asked once, after the first check-in: the zone to confirm, and whether to be on the boards."""

    zone: str | None
    listing: bool


async def ask_once(
    queries: Queries, connection: Connection, settings: Row, whose: tuple[int, int], now: datetime
) -> Questions:
    """What has not been asked yet, stored as asked; `whose` is group and person."""
    zone = settings["zone"] is None and settings["zone_asked_at"] is None
    listing = settings["listed"] is None and settings["listing_asked_at"] is None
    if zone or listing:
        await queries.was_asked(
            connection,
            group_id=whose[0],
            person_id=whose[1],
            zone=int(zone),
            listing=int(listing),
            now=epoch(now),
        )
    return Questions(settings["group_zone"] if zone else None, listing)
