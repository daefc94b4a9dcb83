"""Polls over both engines: once, without names, closed in time; and what a whole file tells afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock
from zoneinfo import ZoneInfo

import pytest

from benchmarks import feelings_voters
from bot.consents.rules import KEEP
from bot.consents.service import ConsentService
from bot.errors import Refusal
from bot.limits.quotas import Quotas
from bot.members.service import MemberService
from bot.moodpolls.model import ItemResult, PollPlan
from bot.moodpolls.rules import voter_code
from bot.moodpolls.service import MoodPollService
from bot.scheduling.service import DeliveryService
from bot.storage import Connection, Database, Row, open_database

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
GROUP, MAKER, ANN = 1, 4, 5
PULSE = PollPlan()
QUESTION = PollPlan(kind="question", question="Hill or flat?", answers=("Hill", "Flat"))


async def rows(database: Database, sql: str) -> list[Row]:
    async def work(connection: Connection) -> list[Row]:
        return await connection.all(sql, {})

    return await database.read(work)


async def run(database: Database, sql: str) -> None:
    async def work(connection: Connection) -> None:
        await connection.run(sql, {})

    await database.write(work)


async def ready(database: Database, zone: str = "UTC") -> MoodPollService:
    await run(
        database,
        "INSERT INTO groups (group_id, zone, feelings_confirmed_at, created_at)"
        f" VALUES (1, '{zone}', 1, 1), (2, 'UTC', 1, 1)",
    )
    return MoodPollService(database)


async def brought(database: Database, polls: MoodPollService, now: datetime) -> list[int]:
    """What the courier does with what is due; the polls that were opened."""
    deliveries = DeliveryService(database)
    await deliveries.plan(now, {"moodpoll": timedelta(hours=24)})
    ids = []
    for due in await deliveries.due(now):
        if await deliveries.claim(due.delivery_id, now, polls.decide, timedelta(hours=24)):
            await deliveries.sent(due.delivery_id, 7, due.delivery_id, now)
            ids.append(due.delivery_id)
    return ids


async def opened(database: Database, polls: MoodPollService, plan: PollPlan = PULSE, **changes: Any) -> int:
    """A poll that is out."""
    draft = await polls.draft(GROUP, MAKER, 100, plan, 7, NOW)
    await polls.post(GROUP, MAKER, draft.plan_id, NOW)
    [poll_id] = await brought(database, polls, NOW)
    return poll_id


async def test_a_draft_is_kept_once_and_a_newer_one_takes_its_place(database: Database) -> None:
    polls = await ready(database)
    first = await polls.draft(GROUP, MAKER, 1, PULSE, 7, NOW)
    assert (await polls.draft(GROUP, MAKER, 1, QUESTION, 7, NOW)).plan == first.plan
    await polls.draft(GROUP, MAKER, 2, QUESTION, 7, NOW)
    with pytest.raises(Refusal, match="gone"):
        await polls.post(GROUP, MAKER, first.plan_id, NOW)


async def test_posting_twice_and_a_second_try_open_one_poll(database: Database) -> None:
    polls = await ready(database)
    draft = await polls.draft(GROUP, MAKER, 1, PULSE, 7, NOW)
    for _ in range(2):
        await polls.post(GROUP, MAKER, draft.plan_id, NOW)
    deliveries = DeliveryService(database)
    [due] = await deliveries.due(NOW)
    for later in (timedelta(0), timedelta(minutes=5)):  # the first try was cut short
        assert await deliveries.claim(due.delivery_id, NOW + later, polls.decide, None)
    assert len(await rows(database, "SELECT * FROM polls")) == 1
    assert len(await rows(database, "SELECT * FROM poll_secrets")) == 1


async def test_another_group_and_another_organiser_reach_nothing(database: Database) -> None:
    polls = await ready(database)
    poll_id = await opened(database, polls)
    [plan] = await rows(database, "SELECT plan_id FROM poll_plans")
    for call in (
        polls.poll(2, poll_id),
        polls.vote(2, ANN, poll_id, 1, 1, NOW),
        polls.unvote(2, ANN, poll_id, NOW),
        polls.close(2, poll_id, NOW),
        polls.plan(2, plan["plan_id"]),
        polls.stop(2, plan["plan_id"], NOW),
    ):
        with pytest.raises(Refusal):
            await call
    draft = await polls.draft(GROUP, MAKER, 9, PULSE, 7, NOW)
    with pytest.raises(Refusal):
        await polls.post(GROUP, ANN, draft.plan_id, NOW)
    assert not await polls.discard(GROUP, ANN, draft.plan_id)


async def test_closing_keeps_what_is_shown_and_destroys_the_rest(database: Database) -> None:
    polls = await ready(database)
    poll_id = await opened(database, polls, QUESTION)
    for person_id, answer in enumerate((1, 1, 2, 2, 2), start=10):
        await polls.vote(GROUP, person_id, poll_id, 1, answer, NOW)
    assert await polls.close_due(NOW + timedelta(days=2) - timedelta(seconds=1)) == 0
    assert await polls.close_due(NOW + timedelta(days=2)) == 1
    view = await polls.poll(GROUP, poll_id)
    assert view.result == (ItemResult(counts=(2, 3)),)
    assert not await rows(database, "SELECT * FROM poll_votes")
    assert not await rows(database, "SELECT * FROM poll_secrets")
    assert (await polls.close(GROUP, poll_id, NOW + timedelta(days=9))).result == view.result
    with pytest.raises(Refusal, match="closed"):
        await polls.vote(GROUP, ANN, poll_id, 1, 1, NOW)


async def test_a_poll_without_its_secret_is_closed_without_a_result(database: Database) -> None:
    polls = await ready(database)
    poll_id = await opened(database, polls)
    for person_id in range(10, 20):
        await polls.vote(GROUP, person_id, poll_id, 1, 1 + person_id % 5, NOW)
    await run(database, "DELETE FROM poll_secrets")
    with pytest.raises(Refusal, match="closed"):
        await polls.vote(GROUP, ANN, poll_id, 1, 1, NOW)
    assert await polls.close_due(NOW) == 1
    assert (await polls.poll(GROUP, poll_id)).result == (
        ItemResult(withheld="restored"),
        ItemResult(withheld="restored"),
    )


@pytest.mark.parametrize("way", ["everything", "feelings", "withdrawn"])
async def test_erasing_a_member_takes_the_vote_out_of_an_open_poll(database: Database, way: str) -> None:
    polls = await ready(database)
    poll_id = await opened(database, polls)
    consents, members = ConsentService(database), MemberService(database)
    await consents.agree(GROUP, ANN, KEEP, 16, NOW)
    for person_id in (ANN, 6):
        await polls.vote(GROUP, person_id, poll_id, 1, 3, NOW)
    if way == "everything":
        await members.erase_everything(GROUP, ANN, NOW)
    elif way == "feelings":
        await members.erase_feelings(GROUP, ANN, NOW)
    else:
        await consents.withdraw(GROUP, ANN, KEEP, NOW)
    assert len(await rows(database, "SELECT * FROM poll_votes")) == 1
    await polls.unvote(GROUP, 6, poll_id, NOW)
    assert not await rows(database, "SELECT * FROM poll_votes")


@pytest.mark.parametrize(("plan", "left"), [(QUESTION, 0), (PULSE, 1)])
async def test_an_erased_organisers_words_go_and_a_pulse_stays(
    database: Database, plan: PollPlan, left: int
) -> None:
    polls = await ready(database)
    poll_id = await opened(database, polls, plan)
    await MemberService(database).erase_everything(GROUP, MAKER, NOW)
    assert len(await rows(database, "SELECT * FROM polls")) == left
    removals = await rows(database, "SELECT message_id FROM card_removals")
    assert [row["message_id"] for row in removals] == ([] if left else [poll_id])
    assert not await rows(database, "SELECT * FROM poll_plans WHERE maker_id IS NOT NULL")


async def test_a_weekly_poll_keeps_its_wall_clock_time_over_the_change_of_clocks(database: Database) -> None:
    polls = await ready(database, "Europe/Berlin")
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime(2026, 10, 19, 18, 30, tzinfo=berlin).astimezone(UTC)  # a Monday before the change
    draft = await polls.draft(GROUP, MAKER, 1, PollPlan(weekly=True), 7, first)
    await polls.post(GROUP, MAKER, draft.plan_id, first)
    assert len(await brought(database, polls, first)) == 1
    for day in (26, 33):
        due = datetime(2026, 10, 1, 18, 30, tzinfo=berlin) + timedelta(days=day - 1)
        assert await brought(database, polls, due.astimezone(UTC) - timedelta(seconds=1)) == []
        assert len(await brought(database, polls, due.astimezone(UTC))) == 1


async def test_a_weekly_poll_that_was_slept_through_is_not_asked_on_another_day(database: Database) -> None:
    polls = await ready(database)
    draft = await polls.draft(GROUP, MAKER, 1, PollPlan(weekly=True), 7, NOW)
    await polls.post(GROUP, MAKER, draft.plan_id, NOW)
    await brought(database, polls, NOW)
    assert await brought(database, polls, NOW + timedelta(days=9)) == []
    assert len(await brought(database, polls, NOW + timedelta(days=14))) == 1


async def test_stopped_it_comes_no_more_and_goes_on_where_it_was(database: Database) -> None:
    polls = await ready(database)
    draft = await polls.draft(GROUP, MAKER, 1, PollPlan(weekly=True), 7, NOW)
    await polls.post(GROUP, MAKER, draft.plan_id, NOW)
    await brought(database, polls, NOW)
    assert (await polls.stop(GROUP, draft.plan_id, NOW)).stopped
    assert await brought(database, polls, NOW + timedelta(days=7)) == []
    assert not (await polls.go_on(GROUP, draft.plan_id, NOW + timedelta(days=8))).stopped
    assert await brought(database, polls, NOW + timedelta(days=8)) == []
    assert len(await brought(database, polls, NOW + timedelta(days=14))) == 1


async def test_feelings_that_are_turned_off_open_no_further_poll(database: Database) -> None:
    polls = await ready(database)
    draft = await polls.draft(GROUP, MAKER, 1, PollPlan(weekly=True), 7, NOW)
    await polls.post(GROUP, MAKER, draft.plan_id, NOW)
    await run(database, "UPDATE groups SET feelings_confirmed_at = NULL")
    assert await brought(database, polls, NOW) == []
    with pytest.raises(Refusal, match="Feelings are off"):
        await polls.draft(GROUP, MAKER, 2, PULSE, 7, NOW)


async def test_the_whole_file_tells_nobodys_vote_once_a_poll_is_closed(tmp_path: Path) -> None:
    found = await feelings_voters.campaign(tmp_path, polls=2, voters=7, others=500)
    # the same attack succeeds as long as the secret is there
    assert found == feelings_voters.Found(while_open=14, closed=0, closed_with_secrets=0, tried=507)


def test_the_attack_sees_a_code_wherever_it_begins_and_what_is_left_of_one() -> None:
    secret, other = "ab" * 32, "cd" * 32
    code = voter_code(secret, 0x33, ANN).encode()
    for rest in (code, b"f" + code + b"0", code[:16] + b"\0", b"\0" + code[48:]):
        assert feelings_voters.found_in(b"3" + secret.encode() + b"\0" + rest, [0x33], [ANN, 6]) == 1
        assert feelings_voters.found_in(rest, [0x33], [ANN, 6], [secret]) == 1
        assert feelings_voters.found_in(rest, [0x33], [ANN, 6], [other]) == 0


async def test_what_a_stop_kept_from_being_scrubbed_is_scrubbed_by_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = await open_database(f"sqlite:///{tmp_path}/polls.db")
    try:
        await database.migrate(now=0)
        polls = await ready(database)
        poll_id = await opened(database, polls)
        for person_id in range(100, 107):
            await polls.vote(GROUP, person_id, poll_id, 1, 3, NOW)
        [row] = await rows(database, "SELECT secret FROM poll_secrets")
        look = partial(feelings_voters.found_in, polls=[poll_id], suspects=range(100, 107))
        with monkeypatch.context() as stopped:
            stopped.setattr(database, "scrub", AsyncMock(side_effect=ConnectionError))
            with pytest.raises(ConnectionError):
                await polls.close_due(NOW + timedelta(days=2))
        assert look(feelings_voters.held(tmp_path), noted=[row["secret"]]) > 0
        again = MoodPollService(database)
        assert await again.close_due(NOW + timedelta(days=2)) == 0
        assert look(feelings_voters.held(tmp_path), noted=[row["secret"]]) == 0
        await again.redrawn(poll_id)
        monkeypatch.setattr(database, "scrub", AsyncMock(side_effect=AssertionError))
        assert await MoodPollService(database).scrubbed()  # nothing is left over
    finally:
        await database.close()


async def test_polls_that_close_together_are_scrubbed_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    polls = await ready(database)
    for number in range(3):
        draft = await polls.draft(GROUP, MAKER, number, PULSE, 7, NOW)
        await polls.post(GROUP, MAKER, draft.plan_id, NOW)
    await brought(database, polls, NOW)
    scrub = AsyncMock(side_effect=[False, True])
    monkeypatch.setattr(database, "scrub", scrub)
    assert await polls.close_due(NOW + timedelta(days=2)) == 3
    assert scrub.await_count == 1
    assert await polls.scrubbed()  # it had to wait: once more
    assert await polls.scrubbed()
    assert scrub.await_count == 2


async def test_a_poll_that_discord_took_late_is_open_as_long_as_it_says(database: Database) -> None:
    polls, hour = await ready(database), timedelta(hours=1)
    draft = await polls.draft(GROUP, MAKER, 1, PollPlan(open_for=hour), 7, NOW)
    await polls.post(GROUP, MAKER, draft.plan_id, NOW)
    deliveries = DeliveryService(database)
    [due] = await deliveries.due(NOW)
    assert await deliveries.claim(due.delivery_id, NOW, polls.decide, None)
    assert await polls.close_due(NOW + 2 * hour) == 0  # nobody could vote
    assert await deliveries.claim(due.delivery_id, NOW + 2 * hour, polls.decide, None)
    await deliveries.sent(due.delivery_id, 7, 8, NOW + 2 * hour)
    assert await polls.close_due(NOW + 3 * hour - timedelta(seconds=1)) == 0
    assert await polls.close_due(NOW + 3 * hour) == 1


async def test_feelings_that_are_turned_off_take_no_vote_and_let_go_of_one(database: Database) -> None:
    polls = await ready(database)
    poll_id = await opened(database, polls)
    await polls.vote(GROUP, ANN, poll_id, 1, 3, NOW)
    await run(database, "UPDATE groups SET feelings_confirmed_at = NULL")
    with pytest.raises(Refusal, match="Feelings are off"):
        await polls.vote(GROUP, ANN, poll_id, 1, 4, NOW)
    await polls.unvote(GROUP, ANN, poll_id, NOW)
    assert not await rows(database, "SELECT * FROM poll_votes")


async def test_a_group_has_so_many_polls_at_a_time_and_a_closed_one_makes_room(database: Database) -> None:
    await ready(database)
    polls = MoodPollService(database, Quotas(open_polls=2))
    poll_id = await opened(database, polls)
    second = await polls.draft(GROUP, MAKER, 101, QUESTION, 7, NOW)
    await polls.post(GROUP, MAKER, second.plan_id, NOW)
    third = await polls.draft(GROUP, MAKER, 102, PULSE, 7, NOW)
    with pytest.raises(Refusal, match="polls that are open"):
        await polls.post(GROUP, MAKER, third.plan_id, NOW)
    await polls.post(GROUP, MAKER, second.plan_id, NOW)  # a second press on what is out is none too many
    await polls.close(GROUP, poll_id, NOW)
    await polls.post(GROUP, MAKER, third.plan_id, NOW)


async def test_a_weekly_poll_that_was_stopped_takes_no_room(database: Database) -> None:
    await ready(database)
    polls = MoodPollService(database, Quotas(open_polls=1))
    weekly = replace(PULSE, weekly=True)
    poll_id = await opened(database, polls, weekly)
    await polls.close(GROUP, poll_id, NOW)
    another = await polls.draft(GROUP, MAKER, 102, PULSE, 7, NOW)
    with pytest.raises(Refusal, match="come every week"):
        await polls.post(GROUP, MAKER, another.plan_id, NOW)
    [row] = await rows(database, "SELECT plan_id FROM poll_plans WHERE posted_at IS NOT NULL")
    await polls.stop(GROUP, row["plan_id"], NOW)
    await polls.post(GROUP, MAKER, another.plan_id, NOW)
    with pytest.raises(Refusal, match="come every week"):
        await polls.go_on(GROUP, row["plan_id"], NOW)
