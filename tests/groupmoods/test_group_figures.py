"""A group's weekly mood: what it may say, and that it is worked out once, of those who agreed, and never again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import ManualClock, epoch
from bot.consents.rules import GROUP_FIGURE, KEEP
from bot.consents.service import ConsentService
from bot.days import day_bounds
from bot.groupmoods.rules import GroupFigure, LastShown, band, decide, week_worked_out
from bot.groupmoods.service import GroupFigureService
from bot.housekeeping.jobs import Housekeeping
from bot.members.service import MemberService
from bot.storage import Connection, Database

GROUP, OTHER = 1, 2
MONDAY = date(2026, 11, 9)
OVER = datetime(2026, 11, 17, 12, tzinfo=UTC)  # 36 hours after the week's turn
WEEK = timedelta(weeks=1)


# --- rules


def test_five_who_differ_make_a_figure_in_halves() -> None:
    decided = decide({1: (3, 2), 2: (0, 1), 3: (1, 1), 4: (2, 1), 5: (-1, 1)}, None)
    assert decided.half_points == 1  # (1.5 + 0 + 1 + 2 - 1) / 5 = 0.7
    assert decided.people == {1, 2, 3, 4, 5}


def test_each_member_weighs_the_same_however_much_they_entered() -> None:
    assert decide({1: (-500, 100), 2: (4, 1), 3: (4, 1), 4: (4, 1), 5: (3, 1)}, None).half_points == 4


@pytest.mark.parametrize(
    "entries",
    [
        {1: (3, 1), 2: (1, 1), 3: (2, 1), 4: (0, 1)},  # four
        dict.fromkeys(range(7), (2, 1)),  # all alike
        {n: (7 if n else 12, 3 if n else 5) for n in range(7)},  # 2.33 and 2.4: alike in halves
        {1: (5, 1), 2: (5, 1), 3: (5, 1), 4: (5, 1), 5: (1, 1)},  # 4.2 of 5
        {1: (-5, 1), 2: (-5, 1), 3: (-5, 1), 4: (-5, 1), 5: (-1, 1)},
    ],
)
def test_too_few_all_alike_and_a_mean_near_an_end_are_withheld(entries: dict[int, tuple[int, int]]) -> None:
    assert decide(entries, None).half_points is None
    assert decide(entries, None).people == frozenset()


def test_exactly_four_fifths_of_the_way_is_shown() -> None:
    assert decide({1: (5, 1), 2: (5, 1), 3: (5, 1), 4: (5, 1), 5: (0, 1)}, None).half_points == 8


def of(*people: int) -> dict[int, tuple[int, int]]:
    return {each: (each % 3, 1) for each in people}


def shown(*people: int, erased: int = 0) -> LastShown:
    return LastShown(respondents=len(people) + erased, people=frozenset(people))


@pytest.mark.parametrize(
    ("last", "now", "seen"),
    [
        (shown(1, 2, 3, 4, 5), (1, 2, 3, 4, 5), True),  # nobody changed
        (shown(1, 2, 3, 4, 5), (1, 2, 3, 4, 5, 6), False),  # one joined
        (shown(1, 2, 3, 4, 5, 6), (1, 2, 3, 4, 5), False),  # one left
        (shown(1, 2, 3, 4, 5), (1, 2, 3, 4, 6), False),  # one for another
        (shown(1, 2, 3, 4, 5), (1, 2, 3, 4, 5, 6, 7), False),
        (shown(1, 2, 3, 4, 5), (1, 2, 3, 4, 5, 6, 7, 8), True),  # three joined
        (shown(1, 2, 3, 4, 5, erased=1), (1, 2, 3, 4, 5), False),  # one was erased
        (shown(1, 2, 3, 4, 5, erased=3), (1, 2, 3, 4, 5), True),
        (shown(*range(10)), tuple(range(11)), True),  # ten and more
        (shown(*range(9)), tuple(range(10)), False),  # nine, then ten: the two still tell the tenth apart
        (shown(*range(10)), tuple(range(9)), False),
    ],
)
def test_one_or_two_who_changed_are_not_told_apart(last: LastShown, now: tuple[int, ...], seen: bool) -> None:
    assert (decide(of(*now), last).half_points is not None) is seen


moods = st.lists(st.integers(-5, 5), min_size=1, max_size=4)


@given(
    st.dictionaries(st.integers(1, 14), moods, max_size=14),
    st.none() | st.sets(st.integers(1, 14), min_size=5),
)
@settings(max_examples=150)
def test_a_figure_is_what_a_naive_count_says(entered: dict[int, list[int]], last: set[int] | None) -> None:
    before = None if last is None else shown(*last)
    decided = decide({who: (sum(each), len(each)) for who, each in entered.items()}, before)
    means = [sum(each) / len(each) for each in entered.values()]
    may_show = len(means) >= 5 and abs(sum(means) / len(means)) <= 4 + 1e-9
    if may_show and last is not None and min(len(last), len(means)) < 10:
        joined, left = set(entered) - last, last - set(entered)
        may_show = len(joined) + len(left) not in (1, 2)
    if decided.half_points is None:
        # means in halves, as numbers of halves, that are all the same are the one reason left
        assert not may_show or max(means) - min(means) <= 0.5
        assert decided.people == frozenset()
    else:
        assert may_show
        assert max(means) > min(means)
        assert abs(decided.half_points / 2 - sum(means) / len(means)) <= 0.25 + 1e-9
        assert -8 <= decided.half_points <= 8
        assert decided.people == set(entered)


def test_how_many_answered_is_told_in_bands_and_a_trend_needs_ten() -> None:
    assert [band(n) for n in (0, 4, 5, 9, 10, 19, 20, 300)] == [
        *(None, None, "5-9", "5-9", "10-19", "10-19", "20+", "20+")
    ]
    figures = [GroupFigure(week_day=MONDAY, half_points=3, band=band(n)) for n in (9, 10, 20)]
    assert [each.for_trend for each in figures] == [False, True, True]
    assert figures[0].mood == 1.5
    nothing = GroupFigure(week_day=MONDAY, half_points=None, band=None)
    assert (nothing.mood, nothing.for_trend) == (None, False)


@pytest.mark.parametrize("starts_on", range(7))
def test_a_week_is_worked_out_once_it_is_over_in_every_zone(starts_on: int) -> None:
    for hours in range(0, 24 * 8, 6):
        now = OVER + timedelta(hours=hours)
        first = week_worked_out(now, starts_on)
        assert first.weekday() == starts_on
        for zone in ("Etc/GMT+12", "Pacific/Kiritimati", "Europe/Berlin"):
            assert day_bounds(first + timedelta(days=6), ZoneInfo(zone), 720)[1] <= now
        assert now < datetime(first.year, first.month, first.day, tzinfo=UTC) + 2 * WEEK + timedelta(hours=36)


# --- service


@dataclass
class Groups:
    """Two groups with feelings on, the same members 10 to 30 in both; their entries have ids of their own."""

    database: Database
    ids: int = 100
    figures: GroupFigureService = field(init=False)

    def __post_init__(self) -> None:
        self.figures = GroupFigureService(self.database)

    async def run(self, *statements: str) -> None:
        async def work(connection: Connection) -> None:
            for sql in statements:
                await connection.run(sql, ())

        await self.database.write(work)

    async def enter(
        self, person: int, mood: int, day: date = MONDAY, group: int = GROUP, version: int = 1
    ) -> None:
        self.ids += 1
        at = epoch(datetime(day.year, day.month, day.day, 18, tzinfo=UTC))
        await self.run(
            "INSERT INTO moods (mood_id, group_id, person_id, interaction_id, moment, entered_at, entered_day,"
            f" scale_version, mood) VALUES ({self.ids}, {group}, {person}, {self.ids}, 'day', {at}, '{day}',"
            f" {version}, {mood})"
        )

    async def enter_all(self, moods: dict[int, int], day: date = MONDAY, group: int = GROUP) -> None:
        for person, mood in moods.items():
            await self.enter(person, mood, day, group)

    async def halves(self, group: int = GROUP) -> list[int | None]:
        return [each.half_points for each in await self.figures.figures(group)]

    async def stored(self) -> list[tuple[int, str, int | None, int]]:
        rows = await self.database.read(
            lambda connection: connection.all("SELECT * FROM group_figures ORDER BY week_day, group_id", ())
        )
        return [(r["group_id"], r["week_day"], r["half_points"], r["respondents"]) for r in rows]


@pytest.fixture
async def groups(database: Database) -> Groups:
    people = range(10, 31)
    everyone = [(group, person) for group in (GROUP, OTHER) for person in people]
    made = Groups(database)
    await made.run(
        "INSERT INTO groups (group_id, feelings_confirmed_at, created_at) VALUES (1, 1, 1), (2, 1, 1)",
        "INSERT INTO people (person_id, created_at) VALUES " + ", ".join(f"({each}, 1)" for each in people),
        "INSERT INTO members (group_id, person_id, created_at) VALUES "
        + ", ".join(f"({group}, {person}, 1)" for group, person in everyone),
        "INSERT INTO consents (group_id, person_id, purpose, version, age, agreed_at) VALUES "
        + ", ".join(
            f"({group}, {person}, '{purpose}', 1, 16, 1)"
            for group, person in everyone
            for purpose in (KEEP, GROUP_FIGURE)
        ),
    )
    return made


FIVE = {10: 0, 11: 1, 12: 2, 13: 3, 14: 4}


async def test_a_week_is_worked_out_once_and_stays_whatever_is_erased_later(groups: Groups) -> None:
    await groups.enter_all(FIVE)
    assert await groups.figures.compute_due(OVER - timedelta(seconds=1)) == 2  # the week before: nobody
    assert await groups.halves() == [None]
    assert await groups.figures.compute_due(OVER) == 2
    assert await groups.figures.compute_due(OVER) == 0
    assert await groups.halves() == [None, 4]
    latest = (await groups.figures.figures(GROUP))[-1]
    assert (latest.week_day, latest.band, latest.mood) == (MONDAY, "5-9", 2.0)
    await ConsentService(groups.database).withdraw(GROUP, 10, KEEP, OVER)
    await groups.enter(11, -5)
    assert await groups.figures.compute_due(OVER + timedelta(hours=3)) == 0
    assert await groups.halves() == [None, 4]
    assert await groups.halves(OTHER) == [None, None]
    assert len(await groups.figures.figures(GROUP, weeks=1)) == 1


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM consents WHERE person_id = 14 AND purpose = 'group_figure'",
        "DELETE FROM consents WHERE person_id = 14 AND purpose = 'keep'",
        "UPDATE consents SET version = 0 WHERE person_id = 14 AND purpose = 'group_figure'",
        "UPDATE consents SET version = 0 WHERE person_id = 14 AND purpose = 'keep'",
        "UPDATE members SET left_at = 5 WHERE person_id = 14",
        "UPDATE groups SET feelings_age = 18",
        "UPDATE moods SET scale_version = 2 WHERE person_id = 14",
        "UPDATE moods SET entered_day = '2026-11-16' WHERE person_id = 14",
        "UPDATE moods SET entered_day = '2026-11-08' WHERE person_id = 14",
        "UPDATE moods SET group_id = 2 WHERE person_id = 14",
        # agreed to counting only after what they had entered
        (
            "UPDATE consents SET agreed_at = (SELECT MAX(entered_at) + 1 FROM moods)"
            " WHERE person_id = 14 AND purpose = 'group_figure'"
        ),
    ],
)
async def test_who_has_not_agreed_has_left_or_entered_nothing_that_week_does_not_count(
    groups: Groups, change: str
) -> None:
    await groups.enter_all(FIVE)
    await groups.run(change)
    await groups.figures.compute_due(OVER)
    assert await groups.halves() == [None]
    assert [row[2:] for row in await groups.stored()] == [(None, 0), (None, 0)]


async def test_the_last_day_of_the_week_counts_and_groups_are_kept_apart(groups: Groups) -> None:
    await groups.enter_all(FIVE, MONDAY + timedelta(days=6))
    await groups.enter_all({person: -mood for person, mood in FIVE.items()}, group=OTHER)
    await groups.figures.compute_due(OVER)
    assert (await groups.halves(), await groups.halves(OTHER)) == ([4], [-4])


@pytest.mark.parametrize("off", ["feelings_confirmed_at = NULL", "left_at = 5"])
async def test_no_figure_comes_where_feelings_are_off_or_the_bot_is_gone(groups: Groups, off: str) -> None:
    await groups.enter_all(FIVE)
    await groups.run(f"UPDATE groups SET {off} WHERE group_id = 1")
    assert await groups.figures.compute_due(OVER) == 1
    assert await groups.halves() == []


async def test_a_change_of_one_is_withheld_until_three_changed_since_the_last_shown(groups: Groups) -> None:
    weeks = [
        FIVE,
        FIVE | {15: 1},
        FIVE | {15: 1, 16: 2},
        FIVE | {15: 1, 16: 2, 17: 3},
        FIVE | {15: 1, 16: 2, 17: 0},
    ]
    for number, moods in enumerate(weeks):
        await groups.enter_all(moods, MONDAY + number * WEEK)
        await groups.figures.compute_due(OVER + number * WEEK)
    assert await groups.halves() == [4, None, None, 4, 3]


async def test_one_who_was_erased_since_counts_as_changed(groups: Groups) -> None:
    await groups.enter_all(FIVE | {15: 1})
    await groups.figures.compute_due(OVER)
    await MemberService(groups.database).erase_everything(GROUP, 15, OVER)
    await groups.enter_all(FIVE, MONDAY + WEEK)
    await groups.figures.compute_due(OVER + WEEK)
    assert await groups.halves() == [4, None]


async def test_a_week_moved_by_a_day_never_overlaps_one_that_was_shown(groups: Groups) -> None:
    await groups.enter_all(FIVE)
    await groups.figures.compute_due(OVER)
    await groups.run("UPDATE groups SET week_starts_on = 1 WHERE group_id = 1")
    for day in range(7):  # the week of Tuesday the 10th is over, and shares six days with Monday's
        assert GROUP not in {row[0] for row in (await groups.stored())[2:]}
        await groups.figures.compute_due(OVER + timedelta(days=day))
    await groups.figures.compute_due(OVER + timedelta(days=8))
    assert [each.week_day for each in await groups.figures.figures(GROUP)] == [MONDAY, date(2026, 11, 17)]


async def test_housekeeping_works_out_the_weeks_that_are_over(groups: Groups) -> None:
    await groups.enter_all(FIVE)
    await Housekeeping(groups.database, ManualClock(OVER)).tidy()
    assert await groups.halves() == [4]
