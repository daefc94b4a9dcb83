"""A member's own check-ins, newest first, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from bot.checkins.corrections import TAKE_BACK_WITHIN
from bot.checkins.model import Kind
from bot.checkins.units import Units
from bot.clock import epoch
from bot.storage import Connection, Database, Row, load_queries

PAGE = 10  # check-ins on a page


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the history: a check-in by its running day and id."""

    day: str
    run_id: int


NEWEST = Position("9999-12-31", 2**63 - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One check-in on a page. `metres` and `seconds` are None where they are not known."""

    run_id: int
    running_day: date
    activity: Kind
    metres: int | None
    seconds: int | None
    private: bool
    note: str | None
    from_file: bool
    undone: bool
    set_aside: bool

    @property
    def position(self) -> Position:
        return Position(self.running_day.isoformat(), self.run_id)


@dataclass(frozen=True, slots=True)
class Page:
    """Up to ten check-ins, newest first, and whether there are newer and older ones."""

    items: tuple[Item, ...]
    units: Units
    newer: bool
    older: bool


class HistoryService:
    """Reads alone; a page costs the same however long the history is."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queries = load_queries("bot.checkins", database.dialect)

    async def page(
        self,
        group_id: int,
        person_id: int,
        now: datetime,
        *,
        start: Position = NEWEST,
        towards: Literal["older", "newer"] = "older",
    ) -> Page:
        """The check-ins next to `start`, which is not among them."""
        whose = {
            "group_id": group_id,
            "person_id": person_id,
            "since": epoch(now - TAKE_BACK_WITHIN),
            "most": PAGE + 1,
        }

        async def work(connection: Connection) -> Page:
            units = await self._queries.units_of(connection, group_id=group_id, person_id=person_id)
            if towards == "older":
                rows = await self._queries.history_before(
                    connection, **whose, before_day=start.day, before_id=start.run_id
                )
                items = tuple(_item(row) for row in rows[:PAGE])
                return Page(items, units or "km", newer=start != NEWEST, older=len(rows) > PAGE)
            rows = await self._queries.history_after(
                connection, **whose, after_day=start.day, after_id=start.run_id
            )
            items = tuple(_item(row) for row in reversed(rows[:PAGE]))
            return Page(items, units or "km", newer=len(rows) > PAGE, older=True)

        return await self._database.read(work)


def _item(row: Row) -> Item:
    return Item(
        run_id=row["run_id"],
        running_day=date.fromisoformat(row["running_day"]),
        activity=row["activity"],
        metres=row["metres"],
        seconds=row["seconds"],
        private=row["visibility"] == "private",
        note=row["note"],
        from_file=row["source"] == "file",
        undone=row["undone_at"] is not None,
        set_aside=row["set_aside_at"] is not None,
    )
