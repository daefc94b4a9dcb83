"""Numbered SQL files, each applied once, in one transaction with its own record.

A file is never edited once it was released. Both engines run the same files.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from importlib import resources

from bot.errors import HostError


@dataclass(frozen=True)
class Migration:
    """One numbered file: its number, its name (the file's, without the ending) and its SQL."""

    version: int
    name: str
    sql: str

    def statements(self) -> Iterator[str]:
        """The statements one by one: a driver's script function would commit what is under way."""
        statement = ""
        for line in self.sql.splitlines(keepends=True):
            statement += line
            if sqlite3.complete_statement(statement):
                yield statement
                statement = ""
        if statement.strip():
            yield statement


def known() -> list[Migration]:
    """Every migration that this program brings, in order."""
    found = []
    for entry in resources.files(__package__).iterdir():
        if entry.name.endswith(".sql"):
            name = entry.name.removesuffix(".sql")
            found.append(Migration(int(name.split("_", 1)[0]), name, entry.read_text(encoding="utf-8")))
    return sorted(found, key=lambda migration: migration.version)


def missing(applied: Collection[int]) -> list[Migration]:
    """The migrations that a database which had those of the numbers `applied` has not had yet.

    Raises:
        HostError: where the database has had one that is newer than all that this program knows.
    """
    every = known()
    newest = max(migration.version for migration in every)
    if applied and max(applied) > newest:
        raise HostError(
            f"The database is of a newer version ({max(applied)}) than this program ({newest}): "
            "install the newer Second Wind again, or restore a backup made by this one."
        )
    return [migration for migration in every if migration.version not in applied]
