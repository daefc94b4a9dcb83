"""Malformed input: a short campaign is clean, and what crashes is counted."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from benchmarks import faults_malformed_texts as texts
from benchmarks.faults_malformed_doors import actions, try_doors
from benchmarks.faults_malformed_files import hurt, try_files


def test_a_thousand_texts_are_values_or_refusals() -> None:
    tried, wrong, _ = texts.try_texts(11, 1_000)
    assert wrong == []
    assert set(tried) == set(texts.PARSERS)


def test_a_parser_that_crashes_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(texts.PARSERS, "a duration", int)
    _, wrong, _ = texts.try_texts(1, 200)
    assert wrong
    assert all(each.startswith("a duration: ValueError") for each in wrong)


async def test_wounded_files_are_read_or_refused() -> None:
    tried, wrong, slowest, memory = await try_files(3, 0)
    assert (tried.total(), wrong, slowest, memory) == (0, [], 0.0, 0)


def test_wounds_are_the_same_for_the_same_seed() -> None:
    first = [hurt(random.Random(7)) for _ in range(3)]
    assert first == [hurt(random.Random(7)) for _ in range(3)]
    assert len({hurt(random.Random(seed))[1] for seed in range(40)}) > 30


def test_every_action_of_the_router_is_known() -> None:
    assert {"run.cheer", "privacy.erased", "moodpoll.vote"} <= set(actions())
    assert len(actions()) > 100


async def test_what_nobodys_discord_would_send_is_no_bug(tmp_path: Path) -> None:
    tried = await try_doors(tmp_path, 5, 150, 0)
    assert tried.wrong == []
    assert tried.kinds.total() == 150
