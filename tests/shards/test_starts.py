"""Session starts: what Discord says is heeded before each identify, and nothing is sent where none are left."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from bot.shards import starts
from bot.shards.starts import SessionStarts


def limit(remaining: int, **others: Any) -> dict[str, Any]:
    return {
        "total": 1000,
        "remaining": remaining,
        "reset_after": 14_400_000,
        "max_concurrency": 1,
    } | others


class Discord:
    """Answers GET /gateway/bot in turn, the last one for good; an exception is raised."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def __call__(self) -> tuple[int, str, Any]:
        self.asked += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, BaseException):
            raise answer
        return 3, "wss://gateway.discord.gg", answer


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    return waits


async def test_what_discord_says_is_logged_in_one_line(
    slept: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await SessionStarts(Discord(limit(998, max_concurrency=16))).make_sure(2)
    [record] = [each for each in caplog.records if each.name == starts.log.name]
    facts = ("needed", "remaining", "total", "reset_after_seconds", "max_concurrency")
    assert record.message == "session_starts"
    assert [vars(record)[fact] for fact in facts] == [2, 998, 1000, 14_400.0, 16]
    assert slept == []


async def test_where_too_few_are_left_it_waits_until_the_count_begins_anew(slept: list[float]) -> None:
    discord_ = Discord(limit(1, reset_after=60_000), limit(0, reset_after=2_000), limit(1000))
    await SessionStarts(discord_).make_sure(2)
    assert slept == [60.0, 2.0]
    assert discord_.asked == 3


async def test_without_a_number_of_ones_own_discords_counts(slept: list[float]) -> None:
    discord_ = Discord(limit(2), limit(3))
    await SessionStarts(discord_).make_sure(None)
    assert len(slept) == 1, "it recommends three"


async def test_more_shards_than_a_whole_day_has_starts_wait_for_a_full_count_alone(
    slept: list[float],
) -> None:
    await SessionStarts(Discord(limit(999), limit(1000))).make_sure(2000)
    assert len(slept) == 1


async def test_each_identify_beyond_the_first_of_each_shard_asks_anew(slept: list[float]) -> None:
    discord_ = Discord(limit(10), limit(0), limit(1000))
    session_starts = SessionStarts(discord_)
    await session_starts.make_sure(2)
    await session_starts.take()
    await session_starts.take()
    assert (discord_.asked, slept) == (1, [])
    await session_starts.take()
    assert (discord_.asked, slept) == (3, [14_400.0])


@pytest.mark.parametrize(
    "answer",
    [
        OSError("no network"),
        TimeoutError(),
        None,
        {},
        "limit",
        limit(0, reset_after="soon"),
        {"remaining": 5},
    ],
)
async def test_an_answer_that_cannot_be_had_or_read_keeps_nobody_waiting(
    answer: Any, slept: list[float]
) -> None:
    session_starts = SessionStarts(Discord(answer))
    await session_starts.make_sure(1)
    await session_starts.take()
    assert slept == []
    assert session_starts.max_concurrency == 1


async def test_an_answer_that_does_not_come_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starts, "ASK_SECONDS", 0.01)

    async def silent() -> Any:
        await asyncio.Event().wait()

    await SessionStarts(silent).make_sure(1)


@pytest.mark.parametrize(("said", "waited"), [(-5, 1.0), (0, 1.0), (10**12, 86_400.0)])
async def test_a_wait_is_neither_none_nor_longer_than_a_day(
    said: int, waited: float, slept: list[float]
) -> None:
    await SessionStarts(Discord(limit(0, reset_after=said), limit(9))).make_sure(1)
    assert slept == [waited]
