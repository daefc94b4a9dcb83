"""Reminders as they are stored, decided on and answered, on both engines."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.checkins.model import Entry
from bot.checkins.service import CheckinService
from bot.errors import Refusal
from bot.members.service import MemberService
from bot.plans.service import PlanService
from bot.reminders.answers import ReminderAnswers
from bot.reminders.deciding import Deciding
from bot.reminders.model import ReminderLetter, ReminderSet
from bot.reminders.rules import LATENESS, MOST_REMINDERS, REMINDER, STREAK_WARNING
from bot.reminders.service import ReminderService
from bot.scheduling.model import Channel, Claimed, Person
from bot.scheduling.service import DeliveryService
from bot.storage import Connection, Database

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)  # a Wednesday
SEVEN = datetime(2026, 11, 19, 7, tzinfo=UTC)
GROUP, OTHER_GROUP, ANNA, BEN = 10, 20, 100, 200
DAILY = 127
DAY = timedelta(days=1)


class House:
    """The services over one database, and a courier that claims and marks as sent."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.reminders = ReminderService(database)
        self.answers = ReminderAnswers(database)
        self.checkins = CheckinService(database)
        self.plans = PlanService(database)
        self.members = MemberService(database)
        self.deliveries = DeliveryService(database)
        deciding = Deciding(database)
        self._decide = {REMINDER: deciding.reminder, STREAK_WARNING: deciding.warning}
        self._ids = itertools.count(1_000)

    async def remind(self, minute: int = 420, weekdays: int = DAILY, words: str | None = None) -> ReminderSet:
        return await self.reminders.add(GROUP, ANNA, next(self._ids), minute, weekdays, words, NOW)

    async def ran(self, now: datetime, when: str | None = None) -> None:
        await self.checkins.log_run(GROUP, ANNA, next(self._ids), Entry(when=when), now)

    async def wake(self, now: datetime) -> list[Claimed]:
        """Plan and claim all that is due; what left."""
        await self.deliveries.plan(now, dict.fromkeys(self._decide, LATENESS))
        sent = []
        for each in await self.deliveries.due(now):
            claimed = await self.deliveries.claim(each.delivery_id, now, self._decide[each.kind], LATENESS)
            if claimed is not None:
                await self.deliveries.sent(each.delivery_id, 7, next(self._ids), now)
                sent.append(claimed)
        return sent

    async def letter(self, now: datetime) -> ReminderLetter:
        """The one that leaves at `now`."""
        [claimed] = await self.wake(now)
        letter: ReminderLetter = claimed.send.letter
        return letter

    async def ends(self) -> list[tuple[str, str | None]]:
        async def work(connection: Connection) -> list[Any]:
            return await connection.all("SELECT state, reason FROM deliveries ORDER BY due_at, ordinal", {})

        return [(row["state"], row["reason"]) for row in await self.database.read(work)]


@pytest.fixture
def house(database: Database) -> House:
    return House(database)


async def test_an_interaction_delivered_twice_sets_one(house: House) -> None:
    first = await house.reminders.add(GROUP, ANNA, 1, 420, DAILY, "Shoes on", NOW)
    again = await house.reminders.add(GROUP, ANNA, 1, 420, DAILY, "Shoes on", NOW)
    assert (first.fresh, again.fresh) == (True, False)
    assert again.stands.reminders == (first.reminder,)
    assert first.reminder.next_at == SEVEN


async def test_the_same_time_and_days_and_one_too_many_are_refused(house: House) -> None:
    gone = await house.remind()
    with pytest.raises(Refusal, match="already"):
        await house.remind()
    await house.reminders.remove(GROUP, ANNA, gone.reminder.schedule_id, NOW)
    for number in range(MOST_REMINDERS):
        await house.remind(minute=600 + number)
    with pytest.raises(Refusal, match="as many"):
        await house.remind(minute=900)
    with pytest.raises(Refusal, match="as many"):
        await house.reminders.bring_back(GROUP, ANNA, gone.reminder.schedule_id, NOW)
    with pytest.raises(Refusal, match="already"):
        await house.reminders.change(
            GROUP,
            ANNA,
            (await house.reminders.reminders(GROUP, ANNA, NOW)).reminders[0].schedule_id,
            601,
            DAILY,
            None,
            NOW,
        )
    assert len((await house.reminders.reminders(GROUP, ANNA, NOW)).reminders) == MOST_REMINDERS


async def test_nobody_touches_the_reminder_of_another_member_or_group(house: House) -> None:
    schedule_id = (await house.remind()).reminder.schedule_id
    service = house.reminders
    acts: list[Callable[[int, int], Awaitable[object]]] = [
        lambda group, person: service.change(group, person, schedule_id, 60, 1, None, NOW),
        lambda group, person: service.skip_next(group, person, schedule_id, NOW),
        lambda group, person: service.snooze_week(group, person, schedule_id, NOW),
        lambda group, person: service.turn(group, person, schedule_id, NOW, on=False),
        lambda group, person: service.send_to(group, person, schedule_id, 5, NOW),
        lambda group, person: service.remove(group, person, schedule_id, NOW),
        lambda group, person: service.bring_back(group, person, schedule_id, NOW),
    ]
    before = await service.reminders(GROUP, ANNA, NOW)
    for act in acts:
        for group, person in ((GROUP, BEN), (OTHER_GROUP, ANNA)):
            with pytest.raises(Refusal, match="not there any more"):
                await act(group, person)
    assert await service.reminders(GROUP, ANNA, NOW) == before


async def test_skipped_snoozed_and_turned_off_it_comes_when_it_is_wanted_again(house: House) -> None:
    which = (GROUP, ANNA, (await house.remind()).reminder.schedule_id)
    skipped = await house.reminders.skip_next(*which, NOW)
    assert (skipped.reminder.next_at, skipped.reminder.waits) == (SEVEN + DAY, True)
    assert await house.wake(SEVEN) == []
    week = await house.reminders.snooze_week(*which, SEVEN)
    assert week.reminder.next_at == SEVEN + 8 * DAY  # a week from that very minute on
    back = await house.reminders.wait_no_more(*which, SEVEN)
    assert (back.reminder.next_at, back.reminder.waits) == (SEVEN + DAY, False)
    off = await house.reminders.turn(*which, SEVEN, on=False)
    assert (off.reminder.off_reason, off.reminder.next_at) == ("by_owner", None)
    assert await house.wake(SEVEN + DAY) == []
    await house.reminders.turn(*which, SEVEN + DAY + timedelta(hours=1), on=True)
    assert len(await house.wake(SEVEN + 2 * DAY)) == 1
    assert await house.ends() == [("sent", None)]


@pytest.mark.parametrize(
    ("zone", "made", "moments"),
    [
        # 02:30 is skipped on 8 March and comes as 03:00; the days around it keep their time
        ("America/New_York", "2026-03-06", ["2026-03-07T07:30", "2026-03-08T07:00", "2026-03-09T06:30"]),
        # 02:30 comes twice on 25 October, the reminder once
        ("Europe/Berlin", "2026-10-23", ["2026-10-24T00:30", "2026-10-25T00:30", "2026-10-26T01:30"]),
        ("Australia/Lord_Howe", "2026-10-02", ["2026-10-02T16:00", "2026-10-03T15:30", "2026-10-04T15:30"]),
    ],
)
async def test_on_the_nights_when_the_clock_changes_it_comes_once(
    house: House, zone: str, made: str, moments: list[str]
) -> None:
    now = datetime.fromisoformat(f"{made}T12:00:00+00:00")
    await house.members.set_zone(GROUP, ANNA, zone, now)
    await house.reminders.add(GROUP, ANNA, 1, 150, DAILY, None, now)
    for each in moments:
        due = datetime.fromisoformat(f"{each}:00+00:00")
        counts = [len(await house.wake(due + timedelta(minutes=by))) for by in (-1, 0, 30, 60)]
        assert counts == [0, 1, 0, 0], each


async def test_a_letter_knows_the_week_the_streak_and_the_plan(house: House) -> None:
    for day in ("2026-11-02", "2026-11-03", "2026-11-04", "2026-11-09", "2026-11-10", "2026-11-12"):
        await house.ran(NOW, day)
    await house.ran(NOW, "yesterday")
    await house.plans.set_wishes(GROUP, ANNA, "", "", "When the kettle boils, I run", NOW)
    await house.remind()
    letter = await house.letter(SEVEN)
    stands = letter.situation
    assert (stands.kept, stands.target, stands.streak, stands.skips_left) == (1, 3, 2, 2)
    assert letter.plan == "When the kettle boils, I run"
    assert letter.key is not None


async def test_own_words_take_the_place_of_the_library_and_nothing_comes_back_within_thirty(
    house: House,
) -> None:
    await house.remind(words="Shoes on")
    assert (await house.letter(SEVEN)).key is None
    await house.remind(minute=480)
    keys = []
    for day in range(31):
        keys += [
            each.send.letter.key
            for each in await house.wake(SEVEN + day * DAY + timedelta(hours=1))
            if each.send.letter.own_words is None
        ]
    shown = [key for key in keys if key is not None]
    assert len(shown) >= 28
    assert len(set(shown[-30:])) == len(shown[-30:])


async def test_a_second_try_sends_the_same_words(house: House) -> None:
    await house.remind()
    await house.deliveries.plan(SEVEN, {REMINDER: LATENESS})
    [due] = await house.deliveries.due(SEVEN)
    decide = Deciding(house.database).reminder
    first = await house.deliveries.claim(due.delivery_id, SEVEN, decide, LATENESS)
    await house.deliveries.postpone(due.delivery_id, SEVEN + timedelta(minutes=1), left=False)
    later = SEVEN + timedelta(minutes=1)
    second = await house.deliveries.claim(due.delivery_id, later, decide, LATENESS)
    assert first is not None
    assert second is not None
    assert second.send.content == first.send.content
    assert second.send.letter.key == first.send.letter.key


async def test_in_a_channel_nothing_of_the_member_shows(house: House) -> None:
    await house.ran(NOW)
    await house.plans.set_wishes(GROUP, ANNA, "", "", "When the kettle boils", NOW)
    made = await house.remind()
    await house.reminders.send_to(GROUP, ANNA, made.reminder.schedule_id, 55, NOW)
    [claimed] = await house.wake(SEVEN)
    letter = claimed.send.letter
    assert claimed.send.address == Channel(55)
    assert (letter.plan, letter.situation.kept, letter.situation.streak) == (None, None, 0)


@pytest.mark.parametrize(
    "why", ["day_kept", "resting", "paused", "quiet_hours", "switched_off", "changed", "late"]
)
async def test_every_absence_has_its_reason(house: House, why: str) -> None:
    which = (GROUP, ANNA, (await house.remind()).reminder.schedule_id)
    morning, at = SEVEN - timedelta(hours=1), SEVEN
    if why == "day_kept":
        await house.ran(morning)
    elif why == "resting":
        await house.checkins.rest(GROUP, ANNA, morning, resting=True)
    elif why == "paused":
        await house.plans.pause(GROUP, ANNA, start="", end="", reason=None, interaction_id=1, now=morning)
    elif why == "quiet_hours":
        await house.members.set_quiet(GROUP, ANNA, (22 * 60, 9 * 60 + 1), morning)
    elif why == "late":
        at = SEVEN + LATENESS + timedelta(seconds=1)
    else:
        await house.deliveries.plan(SEVEN, {REMINDER: LATENESS})
        if why == "switched_off":
            await house.reminders.turn(*which, SEVEN, on=False)
        else:
            await house.reminders.snooze_week(*which, SEVEN)
    assert await house.wake(at) == []
    assert await house.ends() == [("skipped", why)]


async def test_quiet_hours_hold_it_to_their_very_end(house: House) -> None:
    await house.remind()
    await house.members.set_quiet(GROUP, ANNA, (22 * 60, 9 * 60), NOW)
    assert await house.wake(SEVEN) == []
    assert await house.wake(SEVEN + timedelta(minutes=119)) == []
    assert len(await house.wake(SEVEN + LATENESS)) == 1


async def test_who_left_is_not_reminded(house: House) -> None:
    await house.remind()

    async def leave(connection: Connection) -> None:
        await connection.run("UPDATE members SET left_at = 1", {})

    await house.database.write(leave)
    assert await house.wake(SEVEN) == []
    assert await house.ends() == [("skipped", "member_left")]


async def test_not_today_rests_and_an_erased_member_has_no_press(house: House) -> None:
    await house.remind()
    letter = await house.letter(SEVEN)
    pressed = await house.answers.not_today(GROUP, ANNA, letter.delivery_id, SEVEN)
    assert (pressed.day, pressed.over) == (date(2026, 11, 19), False)
    assert (await house.checkins.panel(GROUP, ANNA, SEVEN)).resting
    tomorrow = await house.answers.not_today(GROUP, ANNA, letter.delivery_id, SEVEN + DAY)
    assert tomorrow.over
    assert not (await house.checkins.panel(GROUP, ANNA, SEVEN + DAY)).resting
    for group, person in ((GROUP, BEN), (OTHER_GROUP, ANNA)):
        with pytest.raises(Refusal, match="not yours"):
            await house.answers.stop(group, person, letter.delivery_id, SEVEN)
    await house.members.erase_everything(GROUP, ANNA, SEVEN)
    with pytest.raises(Refusal, match="not there any more"):
        await house.answers.pressed(GROUP, ANNA, letter.delivery_id, SEVEN)


async def test_snoozed_twice_at_once_it_comes_once_and_not_into_the_next_day(house: House) -> None:
    await house.remind()
    letter = await house.letter(SEVEN)
    first = await house.answers.snooze(GROUP, ANNA, letter.delivery_id, SEVEN)
    again = await house.answers.snooze(GROUP, ANNA, letter.delivery_id, SEVEN + timedelta(minutes=1))
    assert first.at == again.at == SEVEN + timedelta(hours=1)
    assert len(await house.wake(SEVEN + timedelta(hours=1))) == 1
    night = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)  # the running day ends at 04:00
    late = await house.answers.snooze(GROUP, ANNA, letter.delivery_id, night)
    assert (late.at, late.over, late.too_often) == (None, False, False)


async def test_a_snoozed_one_stays_away_once_the_day_is_kept(house: House) -> None:
    await house.remind()
    letter = await house.letter(SEVEN)
    await house.answers.snooze(GROUP, ANNA, letter.delivery_id, SEVEN)
    await house.ran(SEVEN + timedelta(minutes=30))
    assert await house.wake(SEVEN + timedelta(hours=1)) == []
    assert await house.ends() == [("sent", None), ("skipped", "day_kept")]


async def test_a_removed_reminder_stays_removed_whatever_is_pressed(house: House) -> None:
    made = await house.remind()
    letter = await house.letter(SEVEN)
    await house.answers.snooze(GROUP, ANNA, letter.delivery_id, SEVEN)
    await house.reminders.remove(GROUP, ANNA, made.reminder.schedule_id, SEVEN)
    await house.answers.stop(GROUP, ANNA, letter.delivery_id, SEVEN)
    assert (await house.reminders.reminders(GROUP, ANNA, SEVEN)).reminders == ()
    assert await house.wake(SEVEN + timedelta(hours=1)) == []
    assert await house.wake(SEVEN + DAY) == []
    assert await house.deliveries.forget_old(SEVEN + DAY) == 1
    with pytest.raises(Refusal, match="not there any more"):
        await house.answers.pressed(GROUP, ANNA, letter.delivery_id, SEVEN + DAY)


async def test_keeping_it_starts_the_count_of_ignored_ones_anew(house: House) -> None:
    await house.remind()
    offers = []
    for day in range(9):
        letter = await house.letter(SEVEN + day * DAY)
        offers.append(letter.offers)
        if day == 4:
            await house.answers.pressed(GROUP, ANNA, letter.delivery_id, SEVEN + day * DAY)
    assert offers == [False, False, False, True, False, False, False, False, True]


async def test_days_kept_in_between_are_no_ignored_ones(house: House) -> None:
    await house.remind()
    for day in range(6):
        assert not (await house.letter(SEVEN + day * DAY)).offers
        if day % 2:
            await house.ran(SEVEN + day * DAY + timedelta(hours=1))


async def warned(house: House, days: list[str], *, since: datetime = NOW) -> list[str]:
    """The days of this week on which the warning comes, after check-ins on `days`."""
    for day in days:
        await house.ran(NOW, day)
    await house.reminders.set_streak_warning(GROUP, ANNA, True, since)
    found = []
    for number in range(18, 23):
        for each in await house.wake(datetime(2026, 11, number, 17, tzinfo=UTC)):
            assert each.send.address == Person(ANNA)
            found.append(each.delivery.day.isoformat())
    return found


STREAK = ["2026-11-02", "2026-11-03", "2026-11-04", "2026-11-09", "2026-11-10", "2026-11-11"]


@pytest.mark.parametrize(
    ("days", "comes"),
    [
        (STREAK, ["2026-11-20"]),  # none of three kept: Friday, Saturday and Sunday are all it takes
        ([*STREAK, "2026-11-16"], ["2026-11-21"]),
        ([*STREAK, "2026-11-16", "2026-11-17"], ["2026-11-22"]),
        ([*STREAK, "2026-11-16", "2026-11-17", "2026-11-18"], []),  # kept
        (["2026-11-16", "2026-11-17"], []),  # the first week: frozen, and no streak
        ([], []),
    ],
)
async def test_a_streak_is_warned_of_on_the_last_day_that_can_keep_the_week(
    house: House, days: list[str], comes: list[str]
) -> None:
    assert await warned(house, days) == comes


async def test_a_paused_week_is_not_warned_of(house: House) -> None:
    for day in [*STREAK, "2026-11-16"]:
        await house.ran(NOW, day)
    await house.plans.pause(
        GROUP, ANNA, start="2026-11-17", end="2026-11-17", reason=None, interaction_id=1, now=NOW
    )
    assert await warned(house, []) == []


async def test_one_warning_a_week_and_none_once_switched_off(house: House) -> None:
    assert not await house.reminders.streak_warning(GROUP, ANNA)
    for day in STREAK:
        await house.ran(NOW, day)
    assert await house.reminders.set_streak_warning(GROUP, ANNA, True, NOW)
    assert await house.reminders.streak_warning(GROUP, ANNA)
    friday = datetime(2026, 11, 20, 17, tzinfo=UTC)
    assert await house.wake(friday - DAY) == []
    assert len(await house.wake(friday)) == 1
    await house.ran(friday + timedelta(hours=1))
    assert await house.wake(friday + DAY) == []  # at risk again, and said already
    assert (await house.ends())[-1] == ("skipped", "warned_this_week")
    assert not await house.reminders.set_streak_warning(GROUP, ANNA, False, friday + DAY)
    assert not await house.reminders.streak_warning(GROUP, ANNA)
    before = await house.ends()
    assert await house.wake(friday + 7 * DAY) == []
    assert await house.ends() == before
