"""Challenges from draft to result, over a real database on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.challenges.making import MakingService
from bot.challenges.model import ChallengeView, Plan
from bot.challenges.service import ChallengeService
from bot.checkins.model import Entry, RunLogged
from bot.checkins.service import CheckinService
from bot.errors import Refusal
from bot.groups.service import GroupService
from bot.limits.quotas import Quotas
from bot.members.service import MemberService
from bot.scheduling.model import Channel, Claimed
from bot.scheduling.service import DeliveryService
from bot.storage import Database

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)  # a Wednesday
GROUP, CHANNEL, OLIVE, ALICE, BOB = 1, 50, 10, 11, 12
FIRST, LAST = date(2026, 11, 16), date(2026, 11, 29)


def plan(kind: str = "together", **changes: object) -> Plan:
    shapes: dict[str, dict[str, object]] = {
        "distance": {"measure": "metres", "target": 20_000},
        "minutes": {"measure": "seconds", "target": 3_600},
        "days": {"measure": "days", "target": 3},
        "together": {"measure": "metres", "target": 100_000},
        "teams": {"measure": "metres", "teams": ("Foxes", "Herons")},
        "route": {"measure": "metres", "target": 200_000, "route_key": "danube"},
        "pledge": {"measure": "metres", "currency": "EUR", "per_km": 50, "cap": 10_000},
    }
    made = {
        "kind": kind,
        "title": "To the sea",
        "first_day": FIRST,
        "last_day": LAST,
        **shapes[kind],
        **changes,
    }
    return Plan(**made)  # type: ignore[arg-type]


class House:
    """The services that a challenge's life goes through."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.challenges = ChallengeService(database)
        self.making = MakingService(database)
        self.checkins = CheckinService(database)
        self.members = MemberService(database)
        self.deliveries = DeliveryService(database)
        self._interaction = 1_000

    def interaction(self) -> int:
        self._interaction += 1
        return self._interaction

    async def posted(self, wanted: Plan, now: datetime = NOW) -> int:
        view = await self.making.draft(GROUP, OLIVE, self.interaction(), wanted, CHANNEL, now, organiser=True)
        challenge_id = view.challenge.challenge_id
        await self.making.post(GROUP, OLIVE, challenge_id, now, organiser=True)
        return challenge_id

    async def run(
        self, person_id: int, distance: str, when: str = "today", now: datetime = NOW, **more: object
    ) -> RunLogged:
        entry = Entry(distance=distance, when=when, **more)  # type: ignore[arg-type]
        logged = await self.checkins.log_run(GROUP, person_id, self.interaction(), entry, now)
        assert isinstance(logged, RunLogged)
        return logged

    async def view(
        self, challenge_id: int, person_id: int | None = None, now: datetime = NOW
    ) -> ChallengeView:
        return await self.challenges.view(GROUP, person_id, challenge_id, now)

    async def claim(self, kind: str, now: datetime) -> Claimed | None:
        decide = self.challenges.decide_card if kind == "challenge_card" else self.challenges.decide_result
        for delivery in await self.deliveries.due(now):
            if delivery.kind == kind:
                return await self.deliveries.claim(delivery.delivery_id, now, decide, None)
        return None


@pytest.fixture
def house(database: Database) -> House:
    return House(database)


async def test_a_draft_is_its_makers_alone_until_it_is_posted(house: House) -> None:
    view = await house.making.draft(GROUP, OLIVE, 5, plan(), CHANNEL, NOW, organiser=True)
    draft = view.challenge.challenge_id
    assert view.challenge.state == "draft"
    with pytest.raises(Refusal, match="not here any more"):
        await house.view(draft, ALICE)
    with pytest.raises(Refusal, match="not here any more"):
        await house.challenges.join(GROUP, ALICE, draft, NOW)
    with pytest.raises(Refusal, match="preview is gone"):
        await house.making.post(GROUP, ALICE, draft, NOW, organiser=True)
    assert (await house.making.post(GROUP, OLIVE, draft, NOW, organiser=True)).challenge.state == "open"
    assert (await house.view(draft, ALICE)).challenge.plan == plan()


async def test_the_same_form_delivered_twice_is_one_draft_and_a_newer_one_takes_its_place(
    house: House,
) -> None:
    first = await house.making.draft(GROUP, OLIVE, 5, plan(), CHANNEL, NOW, organiser=True)
    again = await house.making.draft(GROUP, OLIVE, 5, plan(), CHANNEL, NOW, organiser=True)
    assert first.challenge.challenge_id == again.challenge.challenge_id
    newer = await house.making.draft(GROUP, OLIVE, 6, plan(title="Newer"), CHANNEL, NOW, organiser=True)
    with pytest.raises(Refusal, match="preview is gone"):
        await house.making.post(GROUP, OLIVE, first.challenge.challenge_id, NOW, organiser=True)
    await house.making.post(GROUP, OLIVE, newer.challenge.challenge_id, NOW, organiser=True)


async def test_members_make_challenges_where_the_group_allows_it(house: House) -> None:
    with pytest.raises(Refusal, match="organisers make"):
        await house.making.draft(GROUP, ALICE, 5, plan(), CHANNEL, NOW, organiser=False)
    await GroupService(house.database).set_makers(GROUP, "members", NOW)
    await house.making.draft(GROUP, ALICE, 6, plan(), CHANNEL, NOW, organiser=False)


async def test_a_group_has_at_most_twenty_five_under_way(house: House) -> None:
    for _ in range(25):
        await house.posted(plan())
    with pytest.raises(Refusal, match="as many as fit"):
        await house.posted(plan())


async def test_runs_count_from_the_first_day_on_even_those_before_joining(house: House) -> None:
    challenge = await house.posted(plan())
    await house.run(ALICE, "5k", "Monday")
    await house.run(ALICE, "7k", "2026-11-15")  # the day before it begins
    joined = await house.challenges.join(GROUP, ALICE, challenge, NOW)
    assert joined.view.own is not None
    assert joined.view.own.amount == 5_000
    assert not joined.again
    logged = await house.run(ALICE, "3k")
    assert [(each.added, each.amount, each.target) for each in logged.figures.counted] == [
        (3_000, 8_000, None)
    ]
    view = await house.view(challenge, ALICE)
    assert (view.total, view.people) == (8_000, 1)
    assert (await house.challenges.join(GROUP, ALICE, challenge, NOW)).again


async def test_each_measure_counts_what_it_says(house: House) -> None:
    made = {kind: await house.posted(plan(kind)) for kind in ("distance", "minutes", "days", "pledge")}
    for challenge in made.values():
        await house.challenges.join(GROUP, ALICE, challenge, NOW)
    await house.run(ALICE, "5k", "Monday 7:00", time="30:00")
    await house.run(ALICE, "6k", "Monday 18:00", time="40:00")
    await house.checkins.log_run(GROUP, ALICE, 77, Entry(), NOW)
    amounts = {kind: (await house.view(challenge, ALICE)).own for kind, challenge in made.items()}
    assert {kind: own and own.amount for kind, own in amounts.items()} == {
        "distance": 11_000,
        "minutes": 4_200,
        "days": 2,
        "pledge": 11_000,
    }
    assert amounts["minutes"] is not None
    assert amounts["minutes"].finished
    assert amounts["distance"] is not None
    assert not amounts["distance"].finished


async def test_private_runs_count_for_nothing(house: House) -> None:
    challenge = await house.posted(plan())
    await house.challenges.join(GROUP, ALICE, challenge, NOW)
    assert (await house.run(ALICE, "5k", visibility="private")).figures.counted == ()
    assert (await house.view(challenge)).total == 0


async def test_leaving_takes_one_out_of_the_standings_and_the_share_along_unless_it_may_stay(
    house: House,
) -> None:
    challenge = await house.posted(plan())
    for person in (ALICE, BOB):
        await house.challenges.join(GROUP, person, challenge, NOW)
        await house.run(person, "10k")
    left = await house.challenges.leave(GROUP, ALICE, challenge, NOW, share_stays=True)
    assert (left.amount, left.stays, left.view.total, left.view.people) == (10_000, True, 20_000, 1)
    await house.run(ALICE, "5k", "Monday")  # what stays follows the runs
    assert (await house.view(challenge)).total == 25_000
    back = await house.challenges.join(GROUP, ALICE, challenge, NOW)
    assert (back.view.total, back.view.people) == (25_000, 2)
    left = await house.challenges.leave(GROUP, ALICE, challenge, NOW)
    assert (left.stays, left.view.total) == (False, 10_000)
    with pytest.raises(Refusal, match="take no part"):
        await house.challenges.leave(GROUP, ALICE, challenge, NOW)


async def test_a_share_stays_only_where_there_is_one_total(house: House) -> None:
    challenge = await house.posted(plan("distance"))
    await house.challenges.join(GROUP, ALICE, challenge, NOW)
    await house.run(ALICE, "10k")
    left = await house.challenges.leave(GROUP, ALICE, challenge, NOW, share_stays=True)
    assert (left.stays, left.view.total) == (False, 0)


async def test_teams_balance_on_joining_and_stand_by_their_mean(house: House) -> None:
    challenge = await house.posted(plan("teams", teams=("Foxes", "Herons", "Otters")))
    teams = []
    for person in range(20, 27):
        joined = await house.challenges.join(GROUP, person, challenge, NOW)
        teams.append(joined.team)
        await house.run(person, f"{person - 15} km")
    view = await house.view(challenge)
    sizes = sorted(each.people for each in view.teams)
    assert sizes == [2, 2, 3]
    assert len(set(teams[:3])) == 3
    means = [each.amount / each.people for each in view.teams]
    assert means == sorted(means, reverse=True)


async def test_the_result_comes_once_48_hours_after_the_last_day_of_the_member_farthest_west(
    house: House,
) -> None:
    challenge = await house.posted(plan("distance"))
    await house.members.set_zone(GROUP, ALICE, "Pacific/Honolulu", NOW)
    for person in (ALICE, BOB):
        await house.challenges.join(GROUP, person, challenge, NOW)
    await house.run(ALICE, "21k")
    by_the_group = datetime(2026, 12, 2, 4, tzinfo=UTC)  # 30 November 04:00 UTC and 48 h
    assert await house.claim("challenge_result", by_the_group - timedelta(seconds=1)) is None
    assert await house.claim("challenge_result", by_the_group) is None
    assert (await house.view(challenge, now=by_the_group)).challenge.state == "closing"
    in_hawaii = by_the_group + timedelta(hours=10)
    await house.run(BOB, "20k", "2026-11-29", now=in_hawaii - timedelta(hours=1))
    claimed = await house.claim("challenge_result", in_hawaii)
    assert claimed is not None
    assert claimed.send.address == Channel(CHANNEL)
    letter = claimed.send.letter
    assert [each.person_id for each in letter.finishers] == [ALICE, BOB]
    assert letter.challenge.state == "final"
    await house.deliveries.sent(claimed.delivery.delivery_id, CHANNEL, 99, in_hawaii)
    assert await house.claim("challenge_result", in_hawaii + timedelta(days=9)) is None
    await house.run(ALICE, "9k", "2026-11-29", now=in_hawaii)  # what is final stays
    after = await house.view(challenge, now=in_hawaii)
    assert (after.total, after.people, after.result_message_id) == (41_000, 2, 99)
    with pytest.raises(Refusal, match="result is out"):
        await house.challenges.leave(GROUP, ALICE, challenge, in_hawaii)


async def test_a_posted_result_is_out_of_date_only_once_a_name_is_to_go(house: House) -> None:
    challenge = await house.posted(plan())
    for person in (ALICE, BOB):
        await house.challenges.join(GROUP, person, challenge, NOW)
        await house.run(person, "21k")
    then = datetime(2026, 12, 2, 4, tzinfo=UTC)
    claimed = await house.claim("challenge_result", then)
    assert claimed is not None
    await house.deliveries.sent(claimed.delivery.delivery_id, CHANNEL, 99, then)
    [card] = await house.challenges.take_out_of_date(then)  # the card says that it is over
    assert not card.result_stale
    await house.members.erase_everything(GROUP, BOB, then)
    [without] = await house.challenges.take_out_of_date(then + timedelta(minutes=1))
    assert without.result_stale
    assert (without.total, without.people, len(without.entrants)) == (42_000, 2, 1)


async def test_ending_counts_out_what_somebody_farther_east_ran_tomorrow(house: House) -> None:
    challenge = await house.posted(plan())
    late = datetime(2026, 11, 18, 23, tzinfo=UTC)
    await house.members.set_zone(GROUP, BOB, "Pacific/Auckland", late)
    for person in (ALICE, BOB):
        await house.challenges.join(GROUP, person, challenge, late)
        await house.run(person, "10k", now=late)
    view = await house.making.end(GROUP, OLIVE, challenge, late, organiser=True)
    assert [(each.person_id, each.amount) for each in view.entrants] == [(ALICE, 10_000), (BOB, 0)]
    longer = replace(view.challenge.plan, last_day=date(2026, 11, 19))
    view = await house.making.change(GROUP, OLIVE, challenge, longer, late, organiser=True)
    assert view.total == 20_000


async def test_a_second_try_brings_the_result_that_the_first_made_final(house: House) -> None:
    challenge = await house.posted(plan())
    await house.challenges.join(GROUP, ALICE, challenge, NOW)
    await house.run(ALICE, "21k")
    then = datetime(2026, 12, 2, 4, tzinfo=UTC)
    first = await house.claim("challenge_result", then)
    assert first is not None
    await house.run(ALICE, "5k", "2026-11-29", now=then)
    again = await house.claim("challenge_result", then + timedelta(minutes=2))
    assert again is not None
    assert again.send.letter == first.send.letter


async def test_a_challenge_that_nobody_joined_ends_without_a_post(house: House) -> None:
    challenge = await house.posted(plan())
    then = datetime(2026, 12, 2, 4, tzinfo=UTC)
    assert await house.claim("challenge_result", then) is None
    assert (await house.view(challenge, now=then)).challenge.state == "final"


async def test_the_card_goes_to_the_runs_channel_or_where_the_challenge_was_made(house: House) -> None:
    await house.posted(plan())
    claimed = await house.claim("challenge_card", NOW)
    assert claimed is not None
    assert claimed.send.address == Channel(CHANNEL)
    await house.deliveries.sent(claimed.delivery.delivery_id, CHANNEL, 98, NOW)
    assert await house.claim("challenge_card", NOW) is None


async def test_a_card_can_be_posted_again(house: House) -> None:
    challenge = await house.posted(plan())
    claimed = await house.claim("challenge_card", NOW)
    assert claimed is not None
    await house.deliveries.sent(claimed.delivery.delivery_id, CHANNEL, 98, NOW)
    await house.making.post_again(GROUP, OLIVE, challenge, NOW, organiser=True)
    again = await house.claim("challenge_card", NOW)
    assert again is not None
    assert again.delivery.delivery_id != claimed.delivery.delivery_id


async def test_changing_days_and_target_makes_every_standing_anew(house: House) -> None:
    challenge = await house.posted(plan("distance", first_day=date(2026, 11, 20)))
    await house.run(ALICE, "12k", "Monday")
    await house.challenges.join(GROUP, ALICE, challenge, NOW)
    assert (await house.view(challenge)).total == 0
    wanted = plan("distance", first_day=FIRST, target=12_000)
    view = await house.making.change(GROUP, OLIVE, challenge, wanted, NOW, organiser=True)
    assert (view.total, len(view.finishers)) == (12_000, 1)
    with pytest.raises(Refusal, match="first day stays"):
        await house.making.change(
            GROUP, OLIVE, challenge, plan("distance", first_day=date(2026, 11, 17)), NOW, organiser=True
        )
    with pytest.raises(Refusal, match="Whoever made"):
        await house.making.change(GROUP, ALICE, challenge, wanted, NOW, organiser=False)
    await house.making.change(GROUP, ALICE, challenge, wanted, NOW, organiser=True)


async def test_ending_moves_the_result_and_calling_off_can_be_taken_back_for_ten_minutes(
    house: House,
) -> None:
    challenge = await house.posted(plan())
    await house.challenges.join(GROUP, ALICE, challenge, NOW)
    view = await house.making.end(GROUP, OLIVE, challenge, NOW, organiser=False)
    assert view.challenge.plan.last_day == date(2026, 11, 18)
    assert [each.due_at for each in await house.deliveries.upcoming() if each.kind == "challenge_result"] == [
        datetime(2026, 11, 21, 4, tzinfo=UTC)
    ]
    await house.making.call_off(GROUP, OLIVE, challenge, NOW, organiser=False)
    with pytest.raises(Refusal, match="called off"):
        await house.challenges.join(GROUP, BOB, challenge, NOW)
    soon, late = NOW + timedelta(minutes=9), NOW + timedelta(minutes=21)
    back = await house.making.bring_back(GROUP, OLIVE, challenge, soon, organiser=False)
    assert back.challenge.state == "open"
    await house.making.call_off(GROUP, OLIVE, challenge, NOW, organiser=False)
    with pytest.raises(Refusal, match="ten minutes"):
        await house.making.bring_back(GROUP, OLIVE, challenge, late, organiser=False)
    assert await house.challenges.forget(late) == 0, "its card does not say so yet"
    assert await house.challenges.take_out_of_date(late)
    await house.challenges.redrawn([challenge], late)
    assert await house.challenges.forget(late) == 1
    with pytest.raises(Refusal, match="not here any more"):
        await house.view(challenge)


async def test_what_was_called_off_goes_after_a_day_whatever_its_card_says(house: House) -> None:
    challenge = await house.posted(plan())
    await house.making.call_off(GROUP, OLIVE, challenge, NOW, organiser=False)
    assert await house.challenges.forget(NOW + timedelta(hours=23)) == 0
    assert await house.challenges.forget(NOW + timedelta(hours=25)) == 1


async def test_drafts_go_after_a_day(house: House) -> None:
    await house.making.draft(GROUP, OLIVE, 5, plan(), CHANNEL, NOW, organiser=True)
    assert await house.challenges.forget(NOW + timedelta(hours=23)) == 0
    assert await house.challenges.forget(NOW + timedelta(hours=25)) == 1


async def test_another_groups_challenge_is_not_here(house: House) -> None:
    challenge = await house.posted(plan())
    for use in (
        house.challenges.view(2, ALICE, challenge, NOW),
        house.challenges.join(2, ALICE, challenge, NOW),
        house.challenges.leave(2, ALICE, challenge, NOW),
        house.making.end(2, OLIVE, challenge, NOW, organiser=True),
        house.making.change(2, OLIVE, challenge, plan(), NOW, organiser=True),
        house.making.call_off(2, OLIVE, challenge, NOW, organiser=True),
        house.making.bring_back(2, OLIVE, challenge, NOW, organiser=True),
    ):
        with pytest.raises(Refusal, match="not here any more"):
            await use


async def test_joining_after_the_last_day_is_refused(house: House) -> None:
    challenge = await house.posted(plan())
    with pytest.raises(Refusal, match="has ended"):
        await house.challenges.join(GROUP, ALICE, challenge, datetime(2026, 11, 30, 5, tzinfo=UTC))


async def test_a_card_is_taken_for_an_edit_at_most_once_a_minute(house: House) -> None:
    challenge = await house.posted(plan())
    await house.challenges.join(GROUP, ALICE, challenge, NOW)
    taken = await house.challenges.take_out_of_date(NOW)
    assert [each.challenge.challenge_id for each in taken] == [challenge]
    await house.run(ALICE, "5k")  # while the edit is on its way
    slow = NOW + timedelta(seconds=5)  # it took its time: the minute counts from when it stood there
    await house.challenges.redrawn([challenge], slow)
    assert await house.challenges.take_out_of_date(slow + timedelta(seconds=59)) == []
    again = await house.challenges.take_out_of_date(slow + timedelta(seconds=60))
    assert [each.total for each in again] == [5_000]
    await house.challenges.redrawn([challenge], slow + timedelta(seconds=60))
    assert await house.challenges.take_out_of_date(NOW + timedelta(hours=1)) == []


async def test_an_edit_that_a_crash_cut_short_is_taken_up_again(house: House) -> None:
    challenge = await house.posted(plan())
    await house.challenges.join(GROUP, ALICE, challenge, NOW)
    assert await house.challenges.take_out_of_date(NOW)
    assert await house.challenges.take_out_of_date(NOW + timedelta(minutes=4)) == []
    assert await house.challenges.take_out_of_date(NOW + timedelta(minutes=5))


async def test_a_card_that_is_just_being_sent_is_edited_once_it_is_there(house: House) -> None:
    challenge = await house.posted(plan())
    claimed = await house.claim("challenge_card", NOW)
    assert claimed is not None
    await house.challenges.join(GROUP, ALICE, challenge, NOW)  # the letter that is under way does not know
    assert await house.challenges.take_out_of_date(NOW) == []
    await house.deliveries.sent(claimed.delivery.delivery_id, CHANNEL, 98, NOW)
    assert [each.message_id for each in await house.challenges.take_out_of_date(NOW)] == [98]


async def test_those_under_way_are_listed_first(house: House) -> None:
    coming = await house.posted(plan(title="Coming", first_day=date(2026, 11, 25)))
    running = await house.posted(plan(title="Open"))
    await house.challenges.join(GROUP, ALICE, running, NOW)
    listed = (await house.challenges.listed(GROUP, ALICE, NOW)).listed
    assert [(each.challenge.challenge_id, each.people, each.joined) for each in listed] == [
        (running, 1, True),
        (coming, 0, False),
    ]


async def test_a_plan_that_cannot_be_is_refused(house: House) -> None:
    for wrong, said in (
        (plan(last_day=FIRST - timedelta(days=1)), "ends before"),
        (plan(target=0), "more than zero"),
        (plan(title=""), "needs a title"),
        (plan("teams", teams=("Alone",)), "at least two"),
        (plan("days", target=15), "nobody can keep"),
        (plan(last_day=FIRST + timedelta(days=366)), "a year at most"),
        (plan("pledge", cap=49), "The cap is less"),
        (replace(plan("teams"), teams=("Foxes", "foxes")), "same name"),
    ):
        with pytest.raises(Refusal, match=said):
            await house.making.draft(GROUP, OLIVE, house.interaction(), wrong, CHANNEL, NOW, organiser=True)


async def test_a_member_has_so_many_challenges_at_a_time_and_organisers_and_others_have_room(
    house: House,
) -> None:
    await GroupService(house.database).set_makers(GROUP, "members", NOW)
    making = MakingService(house.database, Quotas(open_challenges_each=1))

    async def post(person_id: int, *, organiser: bool = False) -> int:
        view = await making.draft(
            GROUP, person_id, house.interaction(), plan(), CHANNEL, NOW, organiser=organiser
        )
        posted = await making.post(GROUP, person_id, view.challenge.challenge_id, NOW, organiser=organiser)
        return posted.challenge.challenge_id

    first = await post(ALICE)
    with pytest.raises(Refusal, match="as many as one member can make"):
        await post(ALICE)
    await post(BOB)
    await post(OLIVE, organiser=True)
    await post(OLIVE, organiser=True)
    await making.call_off(GROUP, ALICE, first, NOW, organiser=False)
    await post(ALICE)
