"""Rows whose owner is missing although a foreign key names one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from bot.rebuilding.parts import Part, Told
from bot.storage import Connection, Database, Queries, Row


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key: a table's columns, and the columns that they name in another table."""

    table: str
    refers_to: str
    pairs: tuple[tuple[str, str], ...]
    set_null: tuple[
        str, ...
    ]  # columns to empty where the owner is missing; none: the row goes with its owner

    @property
    def broken(self) -> str:
        """Which of the table's rows name an owner that is not there."""
        named = " AND ".join(f'"{self.table}"."{own}" IS NOT NULL' for own, _ in self.pairs)
        same = " AND ".join(f'o."{other}" = "{self.table}"."{own}"' for own, other in self.pairs)
        return f'{named} AND NOT EXISTS (SELECT 1 FROM "{self.refers_to}" AS o WHERE {same})'  # noqa: S608


async def check_foreign_keys(queries: Queries, database: Database, told: Told) -> Part:
    """Remove what an owner would have taken along, until every reference leads somewhere."""
    references = _references(await database.read(queries.references_of_all))
    wrong, again = 0, True
    while again:  # what goes may own something itself
        again = False
        for number, reference in enumerate(references, 1):
            told("foreign keys", number, len(references))
            if await database.read(partial(_count, reference=reference)):
                mended = await database.write(partial(_mend, reference=reference))
                wrong, again = wrong + mended, again or mended > 0
    return Part("rows whose owners are missing", wrong)


def _references(rows: Iterable[Row]) -> list[Reference]:
    found = []
    for (table, _), group in groupby(rows, key=lambda row: (row["table_name"], row["reference"])):
        columns = list(group)
        empties = columns[0]["on_delete"] == "SET NULL"
        found.append(
            Reference(
                table,
                columns[0]["refers_to"],
                tuple((row["column_name"], row["refers_column"]) for row in columns),
                tuple(row["column_name"] for row in columns) if empties else (),
            )
        )
    return found


async def _count(connection: Connection, reference: Reference) -> int:
    return int(
        await connection.value(f'SELECT COUNT(*) FROM "{reference.table}" WHERE {reference.broken}', ())  # noqa: S608
    )


async def _mend(connection: Connection, reference: Reference) -> int:
    if reference.set_null:
        emptied = ", ".join(f'"{column}" = NULL' for column in reference.set_null)
        return await connection.run(
            f'UPDATE "{reference.table}" SET {emptied} WHERE {reference.broken}',  # noqa: S608
            (),
        )
    return await connection.run(f'DELETE FROM "{reference.table}" WHERE {reference.broken}', ())  # noqa: S608
