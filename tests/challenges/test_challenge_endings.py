"""What comes between a challenge and its result: called off and brought back, refused, away, and seen as gone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.challenges.model import ChallengeView
from bot.errors import Refusal
from bot.groups.service import GroupService
from bot.members.lookups import LookupService
from bot.members.removals import CardRemovals
from bot.storage import Connection, Database
from tests.challenges.test_challenge_service import ALICE, CHANNEL, GROUP, LAST, NOW, OLIVE, House, plan

DUE = datetime(2026, 12, 2, 4, tzinfo=UTC)  # 48 h after the 29th turned into the 30th


@pytest.fixture
def house(database: Database) -> House:
    return House(database)


async def posted_card(house: House, now: datetime, message_id: int) -> int:
    claimed = await house.claim("challenge_card", now)
    assert claimed is not None
    await house.deliveries.sent(claimed.delivery.delivery_id, CHANNEL, message_id, now)
    return claimed.delivery.delivery_id


async def states(house: House) -> dict[str, tuple[str, str | None]]:
    async def work(connection: Connection) -> dict[str, tuple[str, str | None]]:
        rows = await connection.all("SELECT kind, state, reason FROM deliveries", ())
        return {row["kind"]: (row["state"], row["reason"]) for row in rows}

    return await house.database.read(work)


async def test_what_was_called_off_as_its_result_came_due_has_one_once_it_is_brought_back(
    house: House,
) -> None:
    challenge = await house.posted(plan())
    await posted_card(house, NOW, 98)
    await house.challenges.join(GROUP, ALICE, challenge, NOW)
    await house.making.call_off(GROUP, OLIVE, challenge, DUE - timedelta(minutes=3), organiser=True)
    assert await house.claim("challenge_result", DUE) is None
    back = DUE + timedelta(minutes=2)
    await house.making.bring_back(GROUP, OLIVE, challenge, back, organiser=True)
    claimed = await house.claim("challenge_result", back)
    assert claimed is not None
    assert (await house.view(challenge, now=back)).challenge.state == "final"


async def test_what_was_called_off_before_its_card_left_has_one_once_it_is_brought_back(house: House) -> None:
    challenge = await house.posted(plan())
    await house.making.call_off(GROUP, OLIVE, challenge, NOW, organiser=True)
    assert await house.claim("challenge_card", NOW) is None
    await house.making.bring_back(GROUP, OLIVE, challenge, NOW + timedelta(minutes=1), organiser=True)
    assert await house.claim("challenge_card", NOW + timedelta(minutes=1)) is not None


async def test_bringing_back_waits_for_room_too(house: House) -> None:
    first = await house.posted(plan())
    await house.making.call_off(GROUP, OLIVE, first, NOW, organiser=True)
    for _ in range(25):
        other = await house.posted(plan())
    with pytest.raises(Refusal, match="as many as fit"):
        await house.making.bring_back(GROUP, OLIVE, first, NOW, organiser=True)
    await house.making.call_off(GROUP, OLIVE, other, NOW, organiser=True)
    view = await house.making.bring_back(GROUP, OLIVE, first, NOW, organiser=True)
    assert view.challenge.state == "open"


async def test_who_is_back_in_the_group_and_presses_join_is_in_the_standings_again(house: House) -> None:
    challenge = await house.posted(plan("teams"))
    joined = await house.challenges.join(GROUP, ALICE, challenge, NOW)
    await LookupService(house.database).seen(GROUP, (), (ALICE,), NOW)
    assert (await house.view(challenge)).people == 0
    again = await house.challenges.join(GROUP, ALICE, challenge, NOW + timedelta(days=1))
    assert again.again
    assert again.team == joined.team
    assert [each.person_id for each in again.view.entrants] == [ALICE]


async def test_a_card_refused_three_times_switches_nothing_off(house: House) -> None:
    challenge = await house.posted(plan())
    for minute in range(4):
        now = NOW + timedelta(minutes=minute)
        claimed = await house.claim("challenge_card", now)
        assert claimed is not None
        await house.deliveries.refused(claimed.delivery.delivery_id, "no_access", now)
        await house.making.post_again(GROUP, OLIVE, challenge, now + timedelta(seconds=30), organiser=True)

    async def work(connection: Connection) -> set[str]:
        return {row["off_reason"] for row in await connection.all("SELECT off_reason FROM schedules", ())}

    assert await house.database.read(work) == {"once"}
    told = await house.checkins.take_group_notices(GROUP)
    assert [each.kind for each in told] == ["challenge_card_failed"]


async def test_a_result_that_discord_refused_can_be_posted_again_and_brings_the_same(house: House) -> None:
    challenge = await house.posted(plan())
    await posted_card(house, NOW, 98)
    await house.challenges.join(GROUP, ALICE, challenge, NOW)
    await house.run(ALICE, "5k")
    claimed = await house.claim("challenge_result", DUE)
    assert claimed is not None
    await house.deliveries.refused(claimed.delivery.delivery_id, "no_access", DUE)
    later = DUE + timedelta(hours=1)
    await house.making.post_again(GROUP, OLIVE, challenge, later, organiser=True)
    again = await house.claim("challenge_result", later)
    assert again is not None
    assert isinstance(again.send.letter, ChallengeView)
    assert again.send.letter.total == 5_000
    assert again.delivery.delivery_id != claimed.delivery.delivery_id
    await house.deliveries.sent(again.delivery.delivery_id, CHANNEL, 99, later)
    with pytest.raises(Refusal, match="its result is out"):
        await house.making.post_again(GROUP, OLIVE, challenge, later, organiser=True)
    assert await house.claim("challenge_result", later) is None


async def test_a_result_on_its_way_is_not_posted_again(house: House) -> None:
    challenge = await house.posted(plan())
    await house.challenges.join(GROUP, ALICE, challenge, NOW)
    assert await house.claim("challenge_result", DUE) is not None
    with pytest.raises(Refusal, match="stays as it is"):
        await house.making.post_again(GROUP, OLIVE, challenge, DUE, organiser=True)
    assert (await states(house))["challenge_result"] == ("sending", None)


async def test_a_result_that_came_due_while_the_bot_was_out_of_the_group_comes_once_it_is_back(
    house: House,
) -> None:
    challenge = await house.posted(plan())
    await house.challenges.join(GROUP, ALICE, challenge, NOW)
    groups = GroupService(house.database)
    await groups.left(GROUP, DUE - timedelta(days=1))
    assert await house.claim("challenge_result", DUE) is None
    assert (await states(house))["challenge_result"] == ("skipped", "group_left")
    await house.challenges.forget(DUE)
    assert await house.claim("challenge_result", DUE) is None
    await groups.joined(GROUP, DUE + timedelta(days=1))
    await house.challenges.forget(DUE + timedelta(days=1))
    assert await house.claim("challenge_result", DUE + timedelta(days=1)) is not None
    assert (await house.view(challenge, now=DUE)).challenge.state == "final"


async def test_a_card_is_drawn_anew_as_its_challenge_begins_on_its_last_day_and_as_it_ends(
    house: House,
) -> None:
    challenge = await house.posted(plan(first_day=NOW.date() + timedelta(days=2)))
    await posted_card(house, NOW, 98)
    begins = datetime(2026, 11, 20, 4, tzinfo=UTC)
    assert await house.challenges.take_out_of_date(begins - timedelta(seconds=1)) == []
    taken = await house.challenges.take_out_of_date(begins)
    assert [each.challenge.state for each in taken] == ["open"]
    await house.challenges.redrawn([challenge], begins)
    last = datetime(LAST.year, LAST.month, LAST.day, 4, tzinfo=UTC)
    assert await house.challenges.take_out_of_date(last - timedelta(seconds=1)) == []
    taken = await house.challenges.take_out_of_date(last)
    assert [each.challenge.state for each in taken] == ["open"]
    await house.challenges.redrawn([challenge], last)
    ends = last + timedelta(days=1)
    assert await house.challenges.take_out_of_date(ends - timedelta(seconds=1)) == []
    taken = await house.challenges.take_out_of_date(ends)
    assert [each.challenge.state for each in taken] == ["closing"]
    await house.challenges.redrawn([challenge], ends)
    assert await house.challenges.take_out_of_date(ends + timedelta(hours=1)) == []


async def test_the_card_that_another_takes_the_place_of_goes_with_the_names_on_it(house: House) -> None:
    challenge = await house.posted(plan("distance"))
    await posted_card(house, NOW, 98)
    await house.challenges.join(GROUP, ALICE, challenge, NOW)
    await house.making.post_again(GROUP, OLIVE, challenge, NOW, organiser=True)
    waiting = await CardRemovals(house.database).waiting()
    assert [(each.channel_id, each.message_id) for each in waiting] == [(CHANNEL, 98)]
    await posted_card(house, NOW, 99)
    assert (await house.view(challenge)).message_id == 99


async def test_a_draft_cannot_be_called_off_or_posted_again(house: House) -> None:
    view = await house.making.draft(GROUP, OLIVE, 5, plan(), CHANNEL, NOW, organiser=True)
    draft = view.challenge.challenge_id
    with pytest.raises(Refusal, match="not here any more"):
        await house.making.call_off(GROUP, OLIVE, draft, NOW, organiser=True)
    with pytest.raises(Refusal, match="not here any more"):
        await house.making.post_again(GROUP, OLIVE, draft, NOW, organiser=True)
    await house.making.post(GROUP, OLIVE, draft, NOW, organiser=True)
    assert await house.claim("challenge_card", NOW) is not None
