"""Boards as they are read, stored and posted. Both engines."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.days import week_start
from bot.errors import Refusal
from bot.groups.service import GroupService
from bot.leaderboards.rules import Range, Totals, kept_plan, period, showing_up
from bot.leaderboards.service import LeaderboardService
from bot.members.lookups import LookupService
from bot.members.service import MemberService
from bot.scheduling.model import Channel, Claimed, Delivery, Hold, Skip
from bot.scheduling.service import DeliveryService
from bot.storage import Connection, Database

FRIDAY = datetime(2026, 11, 20, 12, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 19, tzinfo=UTC)
LAST_WEEK = date(2026, 11, 16)
TODAY = date(2026, 11, 26)  # of the lives below: a Thursday
GROUP, OTHER, RUNS = 10, 20, 77
PEOPLE = (101, 102, 103, 104, 105, 106)
RANGES: tuple[Range, ...] = ("this_week", "last_week", "month")
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
on_one_engine = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def run(database: Database, *statements: str) -> None:
    async def work(connection: Connection) -> None:
        for sql in statements:
            await connection.run(sql, {})

    await database.write(work)


async def rows(database: Database, sql: str) -> list[Any]:
    async def work(connection: Connection) -> list[Any]:
        return [tuple(row) for row in await connection.all(sql, {})]  # type: ignore[arg-type]

    return await database.read(work)


def member(person: int, *, listed: str = "1", group: int = GROUP, zone: str = "NULL") -> list[str]:
    return [
        f"INSERT INTO people (person_id, zone, created_at) VALUES ({person}, {zone}, 0)",
        f"INSERT INTO members (group_id, person_id, listed, created_at) VALUES ({group}, {person}, {listed}, 0)",
    ]


def target(person: int, days: int, since: date = date(2026, 1, 5)) -> str:
    return (
        "INSERT INTO targets (group_id, person_id, from_day, days, set_at)"
        f" VALUES ({GROUP}, {person}, '{since}', {days}, 0)"
    )


def paused(person: int, first: date, last: date | None) -> str:
    number = person * 1_000_000 + first.toordinal()
    until = "NULL" if last is None else f"'{last}'"
    return (
        "INSERT INTO pauses (pause_id, group_id, person_id, from_day, until_day, interaction_id, created_at)"
        f" VALUES ({number}, {GROUP}, {person}, '{first}', {until}, {number}, 0)"
    )


_numbers = iter(range(1, 10**9))


def ran(person: int, day: date, *, group: int = GROUP, **columns: str) -> str:
    """A public run of 5 km in 30 minutes, unless said."""
    number = next(_numbers)
    values = {
        "run_id": str(number),
        "group_id": str(group),
        "person_id": str(person),
        "interaction_id": str(number),
        "activity": "'run'",
        "running_day": f"'{day}'",
        "metres": "5000",
        "seconds": "1800",
        "source": "'typed'",
        "visibility": "'group'",
        "created_at": "0",
    } | columns
    return f"INSERT INTO runs ({', '.join(values)}) VALUES ({', '.join(values.values())})"


@pytest.fixture
async def boards(database: Database) -> LeaderboardService:
    """A group with a runs channel whose weeks begin on Monday, nobody in it yet."""
    await GroupService(database).set_runs_channel(GROUP, RUNS, FRIDAY)
    return LeaderboardService(database)


@pytest.fixture
async def six(database: Database, boards: LeaderboardService) -> LeaderboardService:
    """Six listed members who run once a week; the first three did so last week, all of them long ago."""
    statements: list[str] = []
    for person in PEOPLE:
        statements += [*member(person), target(person, 1), ran(person, date(2026, 5, 4))]
    await run(database, *statements, *(ran(person, LAST_WEEK + DAY) for person in PEOPLE[:3]))
    return boards


async def due(database: Database, now: datetime = MONDAY) -> Delivery:
    deliveries = DeliveryService(database)
    await deliveries.plan(now, {"leaderboard": None})
    return next(each for each in await deliveries.due(now) if each.kind == "leaderboard")


async def claim(database: Database, boards: LeaderboardService, now: datetime = MONDAY) -> Claimed | None:
    delivery = await due(database, now)
    return await DeliveryService(database).claim(delivery.delivery_id, now, boards.decide, None)


async def posted(database: Database, boards: LeaderboardService) -> int:
    """The id of the week's board, which stands in the channel."""
    claimed = await claim(database, boards)
    assert claimed is not None
    await DeliveryService(database).sent(claimed.delivery.delivery_id, RUNS, 555, MONDAY)
    return claimed.delivery.delivery_id


async def reason(database: Database) -> list[Any]:
    return await rows(database, "SELECT state, reason FROM deliveries WHERE kind = 'leaderboard'")


@dataclass
class Life:
    """What one member did, for an oracle that reads all of it."""

    person: int
    days: dict[date, bool] = field(default_factory=dict)  # whether a run of that day is not set aside
    targets: list[tuple[date, int]] = field(default_factory=list)
    pauses: list[tuple[date, date | None]] = field(default_factory=list)

    def statements(self) -> list[str]:
        found = [*member(self.person), *(target(self.person, days, since) for since, days in self.targets)]
        found += [paused(self.person, first, last) for first, last in self.pauses]
        for day, counts in self.days.items():
            found.append(
                ran(self.person, day, set_aside_at="NULL" if counts else "5", visibility="'private'")
            )
            if day.day % 3 == 0:  # a second run of that day counts once
                found.append(ran(self.person, day, set_aside_at="6"))
        return found

    def shown(self, chosen: Range) -> tuple[int, bool] | None:
        """Read straight from the rules, week after week through the whole life."""
        if not self.days:
            return None
        span = period(chosen, TODAY, 0)
        if span.newest is None:
            return None
        kept = {day for day, counts in self.days.items() if counts}
        weeks = [span.newest - ago * WEEK for ago in range(60)]
        showing = showing_up(
            [sum(week <= day < week + WEEK for day in kept) for week in weeks],
            span,
            first_week=week_start(min(self.days), 0),
            targets=self.targets,
            pauses=self.pauses,
        )
        return None if showing is None else (showing.share, kept_plan(chosen, showing))


def lives(seed: int, count: int) -> list[Life]:
    dice = random.Random(seed)
    found = []
    for number in range(count):
        life = Life(1_000 + number)
        began = TODAY - timedelta(days=dice.choice((2, 5, 12, 20, 28, 36, 80, 200)))
        chance = dice.random()
        day = began
        while day <= TODAY:
            if dice.random() < chance or (day == began and number % 9):
                life.days[day] = dice.random() > 0.15
            day += DAY
        since = {date(2026, 11, 16) - dice.choice((-1, 0, 1, 2, 3, 7, 30)) * WEEK for _ in range(number % 4)}
        life.targets = [(each, dice.randint(1, 7)) for each in sorted(since)]
        if number % 3 == 0:
            first = TODAY - timedelta(days=dice.randint(0, 60))
            life.pauses = [(first, dice.choice((first, first + timedelta(days=20), None)))]
        found.append(life)
    return found


async def test_every_share_is_what_the_rules_say_of_the_whole_history(
    database: Database, boards: LeaderboardService
) -> None:
    members = lives(7, 90)
    await run(database, *(statement for life in members for statement in life.statements()))

    for chosen in RANGES:
        view = await boards.view(GROUP, "showing_up", chosen, MONDAY + 3 * DAY)

        expected = {life.person: life.shown(chosen) for life in members}
        assert {each.person_id: (each.amount, each.kept) for each in view.ranked} == {
            person: shown for person, shown in expected.items() if shown is not None
        }
        assert len({shown for shown in expected.values() if shown}) > 2  # the lives differ
        assert any(life.days and life.shown(chosen) is None for life in members)  # and some are frozen


async def test_minutes_and_distance_count_what_the_group_can_see(
    database: Database, boards: LeaderboardService
) -> None:
    day = LAST_WEEK + DAY
    await run(
        database,
        *member(1),
        *member(2),
        *member(3, listed="0"),
        *member(4, listed="NULL"),
        ran(1, day),
        ran(1, day, activity="'walk'", metres="1000", seconds="NULL"),
        ran(1, day, visibility="'private'", metres="7000"),
        ran(1, day, late="1", metres="7000", source="'file'"),
        ran(1, day, set_aside_at="5", metres="7000"),
        ran(1, day, undone_at="5", metres="7000"),
        ran(1, LAST_WEEK + WEEK, metres="7000"),
        ran(1, LAST_WEEK - DAY, metres="7000"),
        ran(2, day, metres="NULL", seconds="NULL"),
        ran(3, day, metres="9000"),
        ran(4, day + DAY),
    )

    distance = await boards.view(GROUP, "distance", "last_week", MONDAY)
    minutes = await boards.view(GROUP, "minutes", "last_week", MONDAY)

    assert [(each.person_id, each.amount) for each in distance.ranked] == [(1, 6000)]
    assert [(each.person_id, each.amount) for each in minutes.ranked] == [(1, 1800)]
    assert distance.totals == Totals(people=4, check_ins=5, days=4, metres=20_000, seconds=5_400)


@on_one_engine
async def test_a_group_that_nobody_knows_has_an_empty_board(database: Database) -> None:
    view = await LeaderboardService(database).view(404, "showing_up", "last_week", MONDAY)

    assert (view.ranked, view.totals) == ((), Totals(0, 0, 0, 0, 0))


async def test_the_board_is_stored_as_posted_and_a_second_try_sends_the_stored_one(
    database: Database, six: LeaderboardService
) -> None:
    first = await claim(database, six)
    assert first is not None
    assert first.send.address == Channel(RUNS)
    await run(database, "UPDATE deliveries SET state = 'due', try_at = due_at", ran(104, LAST_WEEK))

    second = await claim(database, six)

    assert second is not None
    assert second.send.letter == first.send.letter
    assert [(each.place, each.kept) for each in second.send.letter.ranked] == [(1, True)] * 3 + [
        (4, False)
    ] * 3
    assert await rows(database, "SELECT board_id, listed, check_ins FROM boards") == [
        (first.delivery.delivery_id, 6, 3)
    ]


async def test_a_week_has_one_board(database: Database, six: LeaderboardService) -> None:
    number = await posted(database, six)
    await run(database, "UPDATE deliveries SET occurrence_day = '2026-11-22'")
    await run(
        database, "UPDATE schedules SET last_day = NULL, next_due_at = since_at WHERE kind = 'leaderboard'"
    )

    assert await claim(database, six) is None

    assert sorted(await reason(database), key=str) == [("sent", None), ("skipped", "board_exists")]
    assert await rows(database, "SELECT board_id FROM boards") == [(number,)]


@on_one_engine
async def test_a_week_without_any_check_in_is_left_out(
    database: Database, boards: LeaderboardService
) -> None:
    await run(database, *member(1), ran(1, LAST_WEEK - DAY), ran(1, LAST_WEEK + WEEK))

    assert await claim(database, boards) is None

    assert await reason(database) == [("skipped", "nothing_entered")]


@on_one_engine
async def test_it_waits_for_the_listed_member_farthest_west(
    database: Database, six: LeaderboardService
) -> None:
    await run(database, *member(7, zone="'Pacific/Pago_Pago'"), *member(8, listed="0", zone="'Etc/GMT+12'"))
    await run(database, "UPDATE schedules SET minute = 60 WHERE kind = 'leaderboard'")
    delivery = await due(database)

    async def decided(now: datetime) -> Any:
        async def work(connection: Connection) -> Any:
            return await six.decide(connection, delivery, now)

        return await database.write(work)

    ends = datetime(2026, 11, 23, 15, tzinfo=UTC)  # 04:00 there, eleven hours behind UTC
    assert await decided(ends - timedelta(seconds=1)) == Hold(ends)
    assert not isinstance(await decided(ends), Hold | Skip)


@on_one_engine
async def test_a_board_that_waited_is_never_called_late_afterwards(
    database: Database, six: LeaderboardService
) -> None:
    await run(database, *member(7, zone="'Pacific/Pago_Pago'"))
    await run(database, "UPDATE schedules SET minute = 60 WHERE kind = 'leaderboard'")
    ends = datetime(2026, 11, 23, 15, tzinfo=UTC)  # fourteen hours after it was due
    claimed = await claim(database, six, ends)
    assert claimed is not None
    assert claimed.send.letter.late is False
    await DeliveryService(database).sent(claimed.delivery.delivery_id, RUNS, 555, ends)

    await six.set_listed(GROUP, 101, False, ends)

    [waiting] = await six.to_redraw()
    assert waiting.view.late is False


@on_one_engine
async def test_a_late_board_is_called_late_when_it_is_drawn_anew(
    database: Database, six: LeaderboardService
) -> None:
    claimed = await claim(database, six, MONDAY + 2 * DAY)
    assert claimed is not None
    assert claimed.send.letter.late is True
    await DeliveryService(database).sent(claimed.delivery.delivery_id, RUNS, 555, MONDAY + 2 * DAY)

    await six.set_listed(GROUP, 101, False, MONDAY + 2 * DAY)

    [waiting] = await six.to_redraw()
    assert waiting.view.late is True


@on_one_engine
async def test_three_weeks_of_downtime_end_in_a_board_for_each_of_them_said_to_be_late(
    database: Database, boards: LeaderboardService
) -> None:
    await GroupService(database).set_week_start(GROUP, "6", FRIDAY)  # Sunday
    sundays = [date(2026, 11, 15) + n * WEEK for n in range(3)]
    await run(database, *member(1), *(ran(1, sunday + 6 * DAY) for sunday in sundays))
    back, deliveries = datetime(2026, 12, 8, 10, tzinfo=UTC), DeliveryService(database)
    await deliveries.plan(back, {"leaderboard": None})

    letters = []
    for each in await deliveries.due(back):
        if each.kind == "leaderboard":
            claimed = await deliveries.claim(each.delivery_id, back, boards.decide, None)
            assert claimed is not None
            letters.append(claimed.send.letter)

    assert [(each.first, each.totals.check_ins, each.late) for each in letters] == [
        (sunday, 1, True) for sunday in sundays
    ]


@on_one_engine
async def test_it_waits_for_the_end_of_the_groups_own_week_where_nobody_is_listed(
    database: Database, boards: LeaderboardService
) -> None:
    await run(database, *member(1, listed="0"), ran(1, LAST_WEEK))
    await run(database, "UPDATE schedules SET minute = 60 WHERE kind = 'leaderboard'")
    ends = datetime(2026, 11, 23, 4, tzinfo=UTC)

    assert await claim(database, boards, ends - timedelta(hours=1)) is None
    assert await reason(database) == [("due", None)]
    assert await claim(database, boards, ends) is not None


@on_one_engine
async def test_a_week_without_a_check_in_yet_is_left_out_only_once_it_has_ended(
    database: Database, boards: LeaderboardService
) -> None:
    await run(database, *member(7, zone="'Pacific/Pago_Pago'"))
    await run(database, "UPDATE schedules SET minute = 60 WHERE kind = 'leaderboard'")
    ends = datetime(2026, 11, 23, 15, tzinfo=UTC)

    assert await claim(database, boards, ends - timedelta(hours=1)) is None
    assert await reason(database) == [("due", None)]
    await run(database, ran(7, LAST_WEEK + 6 * DAY))

    assert await claim(database, boards, ends) is not None


@on_one_engine
async def test_a_week_of_private_check_ins_alone_posts_no_total_of_nothing(
    database: Database, boards: LeaderboardService
) -> None:
    await run(database, *member(1), ran(1, LAST_WEEK, visibility="'private'"))

    assert await claim(database, boards) is None

    assert await reason(database) == [("skipped", "nothing_entered")]


@on_one_engine
@pytest.mark.parametrize("chosen", ["this_week", "month"])
async def test_who_lives_further_east_counts_on_their_tomorrow(
    database: Database, boards: LeaderboardService, chosen: Range
) -> None:
    tomorrow = TODAY + DAY
    await run(database, *member(1, zone="'Pacific/Auckland'"), ran(1, tomorrow))

    view = await boards.view(GROUP, "distance", chosen, datetime(2026, 11, 26, 20, tzinfo=UTC))

    assert [(each.person_id, each.amount) for each in view.ranked] == [(1, 5000)]
    assert view.totals.check_ins == 1
    assert view.last == TODAY


async def test_a_name_that_is_taken_out_leaves_its_place(database: Database, six: LeaderboardService) -> None:
    await posted(database, six)

    assert await six.set_listed(GROUP, 101, False, MONDAY) is True
    assert await six.set_listed(GROUP, 101, False, MONDAY) is False

    [waiting] = await six.to_redraw()
    assert (waiting.channel_id, waiting.message_id) == (RUNS, 555)
    assert [each.person_id for each in waiting.view.ranked] == [None, 102, 103, 104, 105, 106]
    assert [each.place for each in waiting.view.ranked] == [1, 1, 1, 4, 4, 4]
    await six.redrawn(waiting.view)
    assert await six.to_redraw() == []


@on_one_engine
async def test_a_name_taken_out_while_the_board_is_drawn_anew_waits_for_the_next_time(
    database: Database, six: LeaderboardService
) -> None:
    await posted(database, six)
    await six.set_listed(GROUP, 101, False, MONDAY)
    [drawing] = await six.to_redraw()
    await six.set_listed(GROUP, 102, False, MONDAY)

    await six.redrawn(drawing.view)

    [waiting] = await six.to_redraw()
    assert [each.person_id for each in waiting.view.ranked[:3]] == [None, None, 103]
    await six.redrawn(waiting.view)
    assert await six.to_redraw() == []


async def test_a_name_taken_out_while_the_board_is_on_its_way_goes_once_it_is_there(
    database: Database, six: LeaderboardService
) -> None:
    claimed = await claim(database, six)
    assert claimed is not None
    assert await six.set_listed(GROUP, 101, False, MONDAY) is True
    assert await six.to_redraw() == []

    await DeliveryService(database).sent(claimed.delivery.delivery_id, RUNS, 555, MONDAY)

    assert [each.message_id for each in await six.to_redraw()] == [555]


async def test_erasing_takes_the_name_out_even_where_another_group_knows_the_person(
    database: Database, six: LeaderboardService
) -> None:
    await posted(database, six)
    await GroupService(database).set_runs_channel(OTHER, RUNS, FRIDAY)
    await run(
        database,
        f"INSERT INTO members (group_id, person_id, listed, created_at) VALUES ({OTHER}, 101, 1, 0)",
    )

    members = MemberService(database)
    assert (await members.erase_everything(GROUP, 101, MONDAY)).boards
    assert (await members.erase_runs(GROUP, 102, MONDAY)).boards

    [waiting] = await six.to_redraw()
    assert [each.person_id for each in waiting.view.ranked] == [None, None, 103, 104, 105, 106]


async def test_another_groups_board_tells_nothing(database: Database, six: LeaderboardService) -> None:
    number = await posted(database, six)

    found = await six.whereabouts_on(GROUP, 101, number)

    assert [each.person_id for each in found.standings] == [101, 102, 103]
    with pytest.raises(Refusal, match="not here any more"):
        await six.whereabouts_on(OTHER, 101, number)


async def test_neighbours_are_two_on_each_side_and_nobody_under_five(
    database: Database, six: LeaderboardService
) -> None:
    async def names(person: int) -> Sequence[int | None]:
        found = await six.whereabouts(GROUP, person, "showing_up", "last_week", MONDAY)
        return [each.person_id for each in found.standings]

    assert await names(104) == [102, 103, 104, 105, 106]
    assert await names(106) == [104, 105, 106]
    assert await names(999) == []
    for person in (105, 106):
        await six.set_listed(GROUP, person, False, MONDAY)
    found = await six.whereabouts(GROUP, 104, "showing_up", "last_week", MONDAY)
    assert (found.standings, found.ranked, found.listed) == ((), 4, True)


async def test_listing_is_unanswered_until_it_is_answered(
    database: Database, boards: LeaderboardService
) -> None:
    assert await boards.listing(GROUP, 5) is None

    for answer in (True, False):
        await boards.set_listed(GROUP, 5, answer, MONDAY)
        assert await boards.listing(GROUP, 5) is answer
    assert await boards.listing(OTHER, 5) is None


async def test_who_has_left_is_on_no_board_until_they_check_in_again(
    database: Database, six: LeaderboardService
) -> None:
    await LookupService(database).seen(GROUP, there=[101], gone=[102], now=MONDAY)

    view = await six.view(GROUP, "showing_up", "last_week", MONDAY)

    assert [each.person_id for each in view.ranked] == [101, 103, 104, 105, 106]
    assert await rows(
        database,
        "SELECT person_id, looked_up_at IS NULL, left_at IS NULL FROM members WHERE person_id < 103"
        " ORDER BY person_id",
    ) == [(101, 0, 1), (102, 0, 0)]
