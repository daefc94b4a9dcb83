"""A database in which every table holds something, and what each of its tables holds."""

from __future__ import annotations

from typing import Any

from bot.copying.catalogue import Table, tables_of
from bot.copying.rows import page
from bot.storage import Database
from tests.members.lived import ANNA, GROUP, lived_in, run


async def fill(database: Database) -> None:
    """Two people's lives, and what those leave out."""
    await lived_in(database)
    await run(
        database,
        f"INSERT INTO group_words (word_id, group_id, category, words, created_at) VALUES (1, {GROUP}, 'fact', 'é', 0)",
        f"INSERT INTO group_notices (notice_id, group_id, kind, created_at) VALUES (1, {GROUP}, 'channel_gone', 0)",
        "INSERT INTO group_figures (group_id, week_day, half_points, respondents, computed_at)"
        f" VALUES ({GROUP}, '2026-11-09', -3, 6, 0)",
        "INSERT INTO command_trees (application_id, scope, tree_hash, synced_at) VALUES (1, 0, 'abc', 0)",
        f"INSERT INTO card_removals (message_id, channel_id, group_id, requested_at) VALUES (1, 2, {GROUP}, 0)",
        "INSERT INTO turns (job, next_at) VALUES ('backups', 5)",
        "INSERT INTO identify_slots (bucket, free_at_ms) VALUES (0, 5)",
        "UPDATE deliveries SET taken_by = 7, taken_until = 9",
    )


def big_run(number: int, note: str = "") -> str:
    """An INSERT of one of Anna's runs, by number."""
    return (
        "INSERT INTO runs (run_id, group_id, person_id, interaction_id, activity, running_day, source, visibility,"
        f" note, created_at) VALUES ({number}, {GROUP}, {ANNA}, {number}, 'run', '2026-10-01', 'typed', 'group',"
        f" '{note}', 0)"
    )


async def held(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that is carried over, columns by name."""

    def by_name(table: Table) -> Table:
        return Table(table.name, tuple(sorted(table.columns)), table.key, table.texts)

    return {
        table.name: await page(database, by_name(table), None, 1_000_000)
        for table in await tables_of(database)
    }
