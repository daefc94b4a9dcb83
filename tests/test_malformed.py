"""Malformed input: a short campaign is clean, and what crashes is counted."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from benchmarks import faults_malformed_files as files
from benchmarks import faults_malformed_texts as texts
from benchmarks.faults_malformed_doors import actions, try_doors
from benchmarks.faults_malformed_files import hurt, try_files
from bot.checkins import files as file_reader
from bot.checkins.track import BadFile


def test_a_thousand_texts_are_values_or_refusals() -> None:
    tried, wrong, _ = texts.try_texts(11, 1_000)
    assert wrong == []
    assert set(tried) == set(texts.PARSERS)


def test_a_parser_that_crashes_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(texts.PARSERS, "a duration", int)
    _, wrong, _ = texts.try_texts(1, 200)
    assert wrong
    assert all(each.startswith("a duration: ValueError") for each in wrong)


@pytest.fixture
def _small_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """The campaign takes the larger ones too."""
    small = ("entities that grow", "an entity from outside", "nothing", "absurd numbers", "a zip of paths")
    monkeypatch.setattr(files, "WORST", {name: files.WORST[name] for name in small})


@pytest.mark.usefixtures("_small_ones")
async def test_wounded_files_are_read_or_refused() -> None:
    tried, wrong, slowest, memory = await try_files(3, 25)
    assert wrong == []
    assert tried == {"the worst": 5, "wounded": 20}
    assert 0 < slowest < files.MOST_SECONDS
    assert 0 < memory < files.MOST_BYTES


@pytest.mark.usefixtures("_small_ones")
@pytest.mark.parametrize(
    ("name", "limit", "told"), [("MOST_SECONDS", 0.0, " s"), ("MOST_BYTES", 1, "a worker held")]
)
async def test_a_file_past_a_limit_is_counted(
    monkeypatch: pytest.MonkeyPatch, name: str, limit: float, told: str
) -> None:
    monkeypatch.setattr(files, name, limit)
    _, wrong, *_ = await try_files(3, 6)
    assert any(told in each for each in wrong)


@pytest.mark.usefixtures("_small_ones")
async def test_a_file_that_ends_its_worker_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    ask = file_reader._Worker.ask

    async def die(worker: Any, question: dict[str, Any], data: bytes = b"") -> dict[str, Any]:
        answer = await ask(worker, question, data)
        if question["op"] in {"file", "member"}:
            raise BadFile("crashed")
        return answer

    monkeypatch.setattr(file_reader._Worker, "ask", die)
    tried, wrong, *_ = await try_files(3, 8)
    assert len(wrong) >= tried.total() - 1  # an empty file is asked nothing
    assert all(each.endswith(files.CRASHED) for each in wrong)


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
