"""Nobody sees a byte of another group, or of what another feels: of 5,000 runs by `make feelings`, a few."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import aiosql
import pytest

from bot.storage.queries import load_queries
from tests.hostile.isolation_machine import STEPS_OF_A_RUN, play
from tests.hostile.isolation_seen import MARKS
from tests.hostile.isolation_steps import FIRST_STEPS, PRELUDE, Chooser, Step

# Filters that a query could lack: the statement, what is taken out of it, and where chance is long in coming to it,
# the steps that do.
Asks = Callable[[Chooser], Step]
FORGOTTEN: dict[str, tuple[str, str, tuple[Asks, ...]]] = {
    "whose entry it is": ("mood_by_id", "AND person_id = :person_id", ()),
    "whose entries they are": (
        "all_moods",
        "AND person_id = :person_id",
        (lambda on: on.command("olive", "a", "mood trend"),),
    ),
    "whose consent it is": ("consents", "AND k.person_id = asked.person_id", ()),
    "whose run it is": ("run_of_member", "AND r.group_id = :group_id AND r.person_id = :person_id", ()),
    "whose pauses they are": (
        "pauses",
        "group_id = :group_id AND person_id = :person_id",
        (
            lambda on: on.command("bob", "a", "pause", until="2026-12-05", reason=f"{MARKS['a']} reason"),
            lambda on: on.command("dan", "b", "pause"),
        ),
    ),
}


@contextmanager
def forgotten(statement: str, filter_: str) -> Iterator[None]:
    """The statements as they would be had somebody forgotten a filter in one of them."""
    real, found = aiosql.from_str, []

    def without(text: str, *arguments: Any, **options: Any) -> Any:
        before, name, after = text.partition(f"-- name: {statement}(")
        body, end, rest = after.partition(";")
        if filter_ in body:
            found.append(statement)
            condition = filter_.removeprefix("AND ")
            body = body.replace(condition, f"({condition} OR 1 = 1)")
        return real(before + name + body + end + rest, *arguments, **options)

    load_queries.cache_clear()
    try:
        with mock.patch("bot.storage.queries.aiosql.from_str", without):
            yield
        assert found, f"no filter of that sort in {statement}"
    finally:
        load_queries.cache_clear()


async def test_nobody_is_shown_a_byte_of_another_group_or_of_what_another_feels(migrated_file: Path) -> None:
    outcome = await play(range(14), migrated_file)
    assert outcome.leaks == []
    assert outcome.bugs == []
    assert outcome.tally["runs"] == 14
    assert outcome.tally["steps played again"] == outcome.tally["steps"] == 14 * STEPS_OF_A_RUN
    assert outcome.tally["answers compared"] > 10 * 14


@pytest.mark.parametrize("what", FORGOTTEN)
async def test_a_forgotten_filter_is_noticed(migrated_file: Path, what: str) -> None:
    statement, filter_, asks = FORGOTTEN[what]
    first_steps = (*PRELUDE[: FIRST_STEPS - len(asks)], *asks) if asks else PRELUDE
    with forgotten(statement, filter_), mock.patch("tests.hostile.isolation_steps.PRELUDE", first_steps):
        for first in range(0, 60, 4):
            if (await play(range(first, first + 4), migrated_file, attacks=True)).leaks:
                return
    pytest.fail(f"nobody noticed that a query forgets {what}")
