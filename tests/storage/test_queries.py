"""Every SQL statement of the bot is understood by both engines, and names its parameters."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import aiosql
import pytest

import bot
from bot.storage import Connection, Database, load_queries
from bot.storage.queries import Queries
from bot.storage.sqlite import SQLiteDatabase

ROOT = Path(bot.__file__).parent
PACKAGES = sorted(
    {".".join(("bot", *path.parent.relative_to(ROOT).parts)) for path in ROOT.rglob("queries.sql")}
)


def statements(queries: Queries) -> list[Any]:
    return [getattr(queries, name) for name in queries.available_queries if not name.endswith("_cursor")]


def test_every_feature_with_statements_is_found() -> None:
    assert "bot.storage" in PACKAGES
    strays = [path for path in ROOT.rglob("queries*.sql") if not (path.parent / "queries.sql").exists()]
    assert strays == []


@pytest.mark.parametrize("package", PACKAGES)
async def test_every_statement_is_understood_by_the_engine(database: Database, package: str) -> None:
    queries = load_queries(package, database.dialect)
    broken = []

    async def prepare(connection: Connection) -> None:
        if "create_marker" in queries.available_queries:  # a table that is there while a copy is under way
            await queries.create_marker(connection)
        for statement in statements(queries):
            if statement.__name__ == "create_marker":
                continue
            try:
                if isinstance(database, SQLiteDatabase):
                    names = statement.parameters or []
                    await connection.all(f"EXPLAIN {statement.sql}", dict.fromkeys(names))
                else:
                    await connection._raw.prepare(statement.sql)  # type: ignore[attr-defined]
            except Exception as error:  # noqa: BLE001  every broken one is listed
                broken.append(f"{package}.{statement.__name__}: {error}")
                if not isinstance(database, SQLiteDatabase):
                    return  # the transaction takes no more statements

    await database.write(prepare)
    assert broken == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_statement_names_its_parameters_and_uses_them_all(package: str) -> None:
    for path in ROOT.joinpath(*package.split(".")[1:]).glob("queries*.sql"):
        text = path.read_text(encoding="utf-8")
        for line in re.findall(r"(?m)^--\s*name:.*$", text):
            assert re.search(r"\(.*\)", line), f"{path.name}: {line}"
    for statement in statements(load_queries(package, "sqlite")):
        used = set(re.findall(r"(?<!:):(\w+)", re.sub(r"'[^']*'|--.*", "", statement.sql)))
        assert used == set(statement.parameters or ()), statement.__name__


def test_a_statement_without_a_parameter_list_is_refused() -> None:
    from bot.storage.queries import _Adapter

    adapter: Any = _Adapter
    with pytest.raises(aiosql.SQLParseException):
        aiosql.from_str("-- name: all_of_it\nSELECT 1", adapter, mandatory_parameters=True)


async def test_a_misspelt_parameter_fails_on_both_engines(database: Database) -> None:
    queries = load_queries("bot.storage", database.dialect)
    with pytest.raises(Exception, match=r"(?i)version|nam"):
        await database.write(
            lambda connection: queries.record_migration(connection, versoin=1, name="x", now=0)
        )


async def test_a_feature_may_bring_statements_for_one_engine(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / f"feature_with_twins_on_{database.dialect}"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "queries.sql").write_text("-- name: shared(x)$\nSELECT CAST(:x AS BIGINT) + 1;\n")
    for dialect in ("sqlite", "postgresql"):
        (package / f"queries.{dialect}.sql").write_text(f"-- name: engine()$\nSELECT '{dialect}';\n")
    monkeypatch.syspath_prepend(tmp_path)
    queries = load_queries(package.name, database.dialect)
    assert await database.read(lambda connection: queries.shared(connection, x=41)) == 42
    assert await database.read(queries.engine) == database.dialect
