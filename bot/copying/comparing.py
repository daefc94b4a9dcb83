"""Whether two databases hold the same rows: both are read in the order of their keys, and every value is compared."""

from __future__ import annotations

from collections.abc import Callable

from bot.copying.catalogue import Readable, Table
from bot.copying.rows import PAGE, Key, page


async def differing(
    one: Readable, other: Readable, table: Table, on_page: Callable[[int], None], most: int = PAGE
) -> int:
    """How many keys have a row on one side alone, or rows that differ. `on_page` is told how many rows were read."""
    after: Key | None = None
    found = 0
    while True:
        left, right = await page(one, table, after, most), await page(other, table, after, most)
        if left != right:
            # What lies behind the end of a full page of either side is not known yet on that side.
            ends = [table.key_of(rows[-1]) for rows in (left, right) if len(rows) == most]
            end = min(ends, default=None)
            ours, theirs = _until(table, left, end), _until(table, right, end)
            found += sum(ours.get(key) != theirs.get(key) for key in ours.keys() | theirs.keys())
            on_page(len(ours))
        else:
            end = table.key_of(left[-1]) if len(left) == most else None
            on_page(len(left))
        if end is None:
            return found
        after = end


def _until(table: Table, rows: list[Key], end: Key | None) -> dict[Key, Key]:
    keyed = {table.key_of(row): row for row in rows}
    return keyed if end is None else {key: row for key, row in keyed.items() if key <= end}
