"""Many rows at once are the same rows, in the same order, whole or not at all."""

from __future__ import annotations

import sqlite3

import pytest

from bot.storage.many_rows import AT_ONCE, run_many, widened

INSERT = "INSERT INTO t (a, b) VALUES (:a, :b)"


@pytest.fixture
def raw() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER UNIQUE, b TEXT)")
    return connection


@pytest.mark.parametrize("count", [0, 1, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, 3 * AT_ONCE + 7])
def test_all_rows_are_there_in_their_order(raw: sqlite3.Connection, count: int) -> None:
    rows = [{"b": f"text {n}", "a": n} for n in range(count)]  # by name, whatever their order in the mapping
    run_many(raw, INSERT, rows)
    assert raw.execute("SELECT a, b FROM t ORDER BY id").fetchall() == [
        (n, f"text {n}") for n in range(count)
    ]


def test_what_is_there_already_is_passed_over_where_the_statement_says_so(raw: sqlite3.Connection) -> None:
    run_many(raw, INSERT, [{"a": 5, "b": "first"}])
    run_many(raw, INSERT + "\nON CONFLICT DO NOTHING", [{"a": n, "b": "second"} for n in range(120)])
    assert raw.execute("SELECT COUNT(*) FROM t").fetchone() == (120,)
    assert raw.execute("SELECT b FROM t WHERE a = 5").fetchone() == ("first",)


def test_a_row_that_breaks_a_rule_raises_as_always(raw: sqlite3.Connection) -> None:
    rows = [{"a": n % 70, "b": ""} for n in range(100)]
    with pytest.raises(sqlite3.IntegrityError):
        run_many(raw, INSERT, rows)


def test_a_missing_value_is_no_null(raw: sqlite3.Connection) -> None:
    with pytest.raises(KeyError):
        run_many(raw, INSERT, [{"a": n} for n in range(AT_ONCE)])


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE t SET a = :a WHERE b = :b",
        "INSERT INTO t (a, b) VALUES (:a, 'fixed')",
        "INSERT INTO t (a, b) VALUES (:a, :b) ON CONFLICT (a) DO UPDATE SET b = :b",
        "INSERT INTO t (a, b) SELECT :a, :b",
    ],
)
def test_other_statements_are_left_as_they_are(sql: str) -> None:
    assert widened(sql) is None
