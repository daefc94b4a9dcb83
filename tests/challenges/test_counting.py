"""Each path that changes a run or a member keeps the standings and marks cards that are out of date; both engines."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.challenges.model import Counted
from bot.checkins.corrections import CorrectionService, Wording
from bot.checkins.import_batch import Found, Key
from bot.checkins.imports import ImportService
from bot.checkins.moderation import ModerationService
from bot.checkins.track import Activity
from bot.leaderboards.service import LeaderboardService
from bot.members.lookups import LookupService
from bot.plans.service import PlanService
from bot.reminders.service import ReminderService
from bot.storage import Connection, Database, load_queries
from bot.storage.sqlite import SQLiteDatabase
from tests.challenges.test_challenge_service import ALICE, BOB, GROUP, LAST, NOW, OLIVE, House, plan

LATER = NOW + timedelta(minutes=11)


class Counting(House):
    """What changes runs, one challenge of metres in which Alice and Bob take part, and a clean card."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.corrections = CorrectionService(database)
        self.moderation = ModerationService(database)
        self.imports = ImportService(database)
        self.boards = LeaderboardService(database)
        self.lookups = LookupService(database)
        self.plans = PlanService(database)

    async def begin(self, kind: str = "distance", **changes: object) -> int:
        challenge_id = await self.posted(plan(kind, **changes))
        await self.challenges.join(GROUP, ALICE, challenge_id, NOW)
        await self.challenges.join(GROUP, BOB, challenge_id, NOW)
        await self.draw(NOW)
        return challenge_id

    async def draw(self, now: datetime) -> list[int]:
        """The challenges whose cards were out of date; they are drawn."""
        found = [view.challenge.challenge_id for view in await self.challenges.take_out_of_date(now)]
        await self.challenges.redrawn(found, now)
        return found

    async def amount(self, challenge_id: int, person_id: int = ALICE) -> int | None:
        """What somebody stands with; None for who is in no standing."""
        view = await self.view(challenge_id)
        return next((each.amount for each in view.entrants if each.person_id == person_id), None)

    async def stored(self, sql: str) -> list[tuple[Any, ...]]:
        rows: list[Any] = await self.database.read(lambda connection: connection.all(sql, ()))
        return [tuple(row) for row in rows]


@pytest.fixture
def counting(database: Database) -> Counting:
    return Counting(database)


def file(ordinal: int = 1, metres: int = 6_000, at: datetime = NOW - timedelta(hours=3)) -> Activity:
    return Activity("run", metres, 1_800, at, {}, f"{ordinal:064d}", "")


def wording(distance: str = "7 km", when: str = "2026-11-18", note: str = "") -> Wording:
    return Wording(distance=distance, time="", when=when, note=note, activity="run")


async def test_a_file_that_completes_a_typed_run_counts_in_its_place(counting: Counting) -> None:
    challenge_id = await counting.begin()
    await counting.run(ALICE, "6 km")
    logged = await counting.run(ALICE, "", file=file(metres=6_040), now=LATER)
    assert logged.completed
    assert await counting.amount(challenge_id) == 6_040
    assert [each.amount for each in logged.figures.counted] == [6_040]


async def test_a_completing_file_kept_private_counts_no_more(counting: Counting) -> None:
    challenge_id = await counting.begin()
    await counting.run(ALICE, "6 km")
    logged = await counting.run(ALICE, "", file=file(metres=6_040), visibility="private", now=LATER)
    assert logged.completed
    assert await counting.amount(challenge_id) == 0
    assert logged.figures.counted == ()


async def test_an_edit_moves_what_it_counted_and_a_note_moves_nothing(counting: Counting) -> None:
    challenge_id = await counting.begin()
    run_id = (await counting.run(ALICE, "6 km")).figures.run.run_id
    assert await counting.draw(LATER) == [challenge_id]
    edited = await counting.corrections.edit(GROUP, ALICE, run_id, wording("7 km"), LATER)
    assert [each.amount for each in edited.figures.counted] == [7_000]
    assert await counting.amount(challenge_id) == 7_000
    assert await counting.draw(LATER + timedelta(minutes=1)) == [challenge_id]
    await counting.corrections.edit(GROUP, ALICE, run_id, wording("7 km", note="windy"), LATER)
    assert await counting.draw(LATER + timedelta(minutes=2)) == []
    await counting.corrections.edit(GROUP, ALICE, run_id, wording("7 km", "2026-11-15"), LATER)
    assert await counting.amount(challenge_id) == 0  # the day before the first


async def test_an_undone_run_counts_no_more_until_it_is_brought_back(counting: Counting) -> None:
    challenge_id = await counting.begin(target=5_000)
    run_id = (await counting.run(ALICE, "6 km")).figures.run.run_id
    assert [each.person_id for each in (await counting.view(challenge_id)).finishers] == [ALICE]
    undone = await counting.corrections.undo(GROUP, ALICE, run_id, NOW)
    assert undone.figures.counted == ()
    assert await counting.amount(challenge_id) == 0
    assert (await counting.view(challenge_id)).finishers == ()
    await counting.corrections.take_back(GROUP, ALICE, run_id, NOW)
    assert await counting.amount(challenge_id) == 6_000
    assert [each.person_id for each in (await counting.view(challenge_id)).finishers] == [ALICE]


async def test_a_run_counts_while_the_group_sees_it(counting: Counting) -> None:
    challenge_id = await counting.begin()
    run_id = (await counting.run(ALICE, "6 km", visibility="private")).figures.run.run_id
    assert await counting.amount(challenge_id) == 0
    shown = await counting.corrections.show_to(GROUP, ALICE, run_id, "group", NOW)
    assert [each.added for each in shown.figures.counted] == [6_000]
    assert await counting.amount(challenge_id) == 6_000
    hidden = await counting.corrections.show_to(GROUP, ALICE, run_id, "private", NOW)
    assert hidden.figures.counted == ()
    assert await counting.amount(challenge_id) == 0


async def test_a_run_set_aside_counts_for_nothing_until_it_counts_again(counting: Counting) -> None:
    challenge_id = await counting.begin()
    run_id = (await counting.run(ALICE, "6 km")).figures.run.run_id
    aside = await counting.moderation.set_aside(GROUP, OLIVE, run_id, "why", NOW)
    assert aside.figures.counted == ()
    assert await counting.amount(challenge_id) == 0
    again = await counting.moderation.count_again(GROUP, OLIVE, run_id, NOW)
    assert [each.amount for each in again.figures.counted] == [6_000]
    assert await counting.amount(challenge_id) == 6_000


async def test_an_import_counts_and_goes_as_a_whole(counting: Counting) -> None:
    challenge_id = await counting.begin()
    key = Key(GROUP, ALICE, 7_000)
    moments = [
        NOW - timedelta(hours=hours) for hours in (3, 24, 60, 40 * 24)
    ]  # the third is before the first day
    batch = [Found(number, file(number, at=at)) for number, at in enumerate(moments, start=1)]
    await counting.imports.begin(key, NOW)
    await counting.imports.store(key, batch, "group", NOW)
    assert await counting.amount(challenge_id) == 12_000
    undone = await counting.imports.undo(key, NOW)
    assert await counting.amount(challenge_id) == 0
    await counting.imports.take_back(key, undone.undone_at, NOW)
    assert await counting.amount(challenge_id) == 12_000


async def test_an_import_that_completes_a_typed_run_counts_once(counting: Counting) -> None:
    challenge_id = await counting.begin()
    await counting.run(ALICE, "6 km")
    key = Key(GROUP, ALICE, 7_000)
    await counting.imports.begin(key, NOW)
    tally = await counting.imports.store(key, [Found(1, file(metres=6_040))], "group", NOW)
    assert len(tally.completed) == 1
    assert await counting.amount(challenge_id) == 6_040


async def test_erased_runs_leave_one_taking_part_with_nothing(counting: Counting) -> None:
    challenge_id = await counting.begin(target=5_000)
    await counting.run(ALICE, "6 km")
    await counting.draw(LATER)
    await counting.members.erase_runs(GROUP, ALICE, LATER)
    assert await counting.amount(challenge_id) == 0
    assert (await counting.view(challenge_id)).finishers == ()
    assert await counting.draw(LATER + timedelta(minutes=1)) == [challenge_id]


async def final(counting: Counting) -> int:
    """A challenge to which both brought 6 km, with its result, and its card drawn."""
    challenge_id = await counting.begin("together")
    await counting.run(ALICE, "6 km")
    await counting.run(BOB, "6 km")
    over = datetime(LAST.year, 12, 5, tzinfo=UTC)
    claimed = await counting.claim("challenge_result", over)
    assert claimed is not None
    await counting.deliveries.sent(claimed.delivery.delivery_id, 50, 99, over)
    assert await counting.draw(over) == [challenge_id]
    return challenge_id


@pytest.mark.parametrize("everything", [True, False])
async def test_erasure_takes_the_name_out_of_a_result_and_nothing_else(
    counting: Counting, everything: bool
) -> None:
    challenge_id = await final(counting)
    when = datetime(2026, 12, 6, tzinfo=UTC)
    erase = counting.members.erase_everything if everything else counting.members.erase_runs
    await erase(GROUP, ALICE, when)
    view = await counting.view(challenge_id)
    assert [each.person_id for each in view.entrants] == [BOB]
    assert (view.total, view.people) == (12_000, 2)
    assert await counting.stored("SELECT 1 FROM challenge_members WHERE person_id = 11") == []
    assert await counting.draw(when) == [challenge_id]


async def test_nothing_counts_once_the_result_is_out(counting: Counting) -> None:
    challenge_id = await final(counting)
    when = datetime(2026, 12, 6, 12, tzinfo=UTC)
    logged = await counting.run(ALICE, "8 km", "2026-11-29", when)
    assert logged.figures.counted == ()
    assert (await counting.checkins.card_of(GROUP, logged.figures.run.run_id)).counted == ()
    assert await counting.amount(challenge_id) == 6_000
    assert await counting.draw(when) == []


async def test_whoever_erases_everything_is_no_maker_and_has_no_draft_any_more(counting: Counting) -> None:
    challenge_id = await counting.posted(plan())
    await counting.making.draft(GROUP, OLIVE, 5, plan("days"), 50, NOW, organiser=True)
    await counting.members.erase_everything(GROUP, OLIVE, NOW)
    rows = await counting.stored("SELECT challenge_id, maker_id, redraw FROM challenges")
    assert rows == [(challenge_id, None, 1)]


async def test_who_was_seen_to_leave_is_in_no_standing_and_the_cards_are_drawn_without(
    counting: Counting,
) -> None:
    challenge_id = await counting.begin("together")
    await counting.run(ALICE, "6 km")
    await counting.draw(LATER)
    assert await counting.lookups.seen(GROUP, [BOB], [ALICE], LATER)
    assert await counting.amount(challenge_id) is None
    assert (await counting.view(challenge_id)).total == 0
    assert await counting.draw(LATER + timedelta(minutes=1)) == [challenge_id]
    assert not await counting.lookups.seen(GROUP, [], [ALICE], LATER)  # known already


Back = Callable[[Counting], Awaitable[object]]
WAYS_BACK: dict[str, Back] = {
    "a check-in": lambda it: it.run(ALICE, "", "2026-11-10", LATER, activity="walk"),
    "the panel": lambda it: it.checkins.panel(GROUP, ALICE, LATER),
    "an import": lambda it: it.imports.begin(Key(GROUP, ALICE, 7_000), LATER),
    "settings": lambda it: it.members.set_zone(GROUP, ALICE, "Europe/Berlin", LATER),
    "boards": lambda it: it.boards.set_listed(GROUP, ALICE, True, LATER),
    "a goal": lambda it: it.plans.set_days(GROUP, ALICE, 4, LATER),
    "a reminder": lambda it: ReminderService(it.database).set_streak_warning(GROUP, ALICE, True, LATER),
    "a draft": lambda it: it.making.draft(GROUP, ALICE, 5, plan(), 50, LATER, organiser=True),
}


async def test_who_comes_back_is_named_again_whichever_way(counting: Counting) -> None:
    challenge_id = await counting.begin()
    await counting.run(ALICE, "6 km")
    now = NOW
    for way, back in WAYS_BACK.items():
        await counting.lookups.seen(GROUP, [], [ALICE], NOW)
        assert await counting.amount(challenge_id) is None, way
        assert await counting.draw(now := now + timedelta(minutes=1)) == [challenge_id], way
        await back(counting)
        assert await counting.amount(challenge_id) == 6_000, way
        assert await counting.draw(now := now + timedelta(minutes=1)) == [challenge_id], way
        await back(counting)
        assert await counting.draw(now := now + timedelta(minutes=1)) == [], way


async def test_coming_back_by_joining_another_is_seen_on_this_one(counting: Counting) -> None:
    challenge_id, other = await counting.begin(), await counting.posted(plan("days"))
    await counting.lookups.seen(GROUP, [], [ALICE], NOW)
    await counting.draw(LATER)
    await counting.challenges.join(GROUP, ALICE, other, LATER)
    assert sorted(await counting.draw(LATER + timedelta(minutes=1))) == sorted([challenge_id, other])


async def test_who_was_away_at_the_end_is_in_no_result_also_once_they_are_back(counting: Counting) -> None:
    challenge_id = await counting.begin("together")
    await counting.run(ALICE, "6 km")
    await counting.run(BOB, "6 km")
    await counting.lookups.seen(GROUP, [], [ALICE], NOW)
    over = datetime(2026, 12, 5, tzinfo=UTC)
    assert await counting.claim("challenge_result", over) is not None
    await counting.checkins.panel(GROUP, ALICE, over)
    view = await counting.view(challenge_id)
    assert [each.person_id for each in view.entrants] == [BOB]
    assert (view.total, view.people) == (6_000, 1)


async def test_a_team_can_go_before_the_start_where_who_was_in_it_has_left_the_group(
    counting: Counting,
) -> None:
    coming = {"first_day": LAST, "last_day": LAST}
    challenge_id = await counting.begin("teams", teams=("Foxes", "Herons", "Owls"), **coming)
    await counting.challenges.join(GROUP, OLIVE, challenge_id, NOW)
    await counting.lookups.seen(GROUP, [], [ALICE, BOB, OLIVE], NOW)
    fewer = plan("teams", **coming)
    view = await counting.making.change(GROUP, OLIVE, challenge_id, fewer, NOW, organiser=True)
    assert [each.name for each in view.teams] == ["Foxes", "Herons"]
    await counting.checkins.panel(GROUP, ALICE, NOW)
    await counting.checkins.panel(GROUP, BOB, NOW)
    await counting.checkins.panel(GROUP, OLIVE, NOW)
    view = await counting.view(challenge_id)
    assert sorted((each.person_id, each.team) for each in view.entrants) == [(ALICE, 1), (BOB, 2)]


async def test_a_pause_and_another_zone_change_nothing_that_is_stored(counting: Counting) -> None:
    challenge_id = await counting.begin()
    await counting.run(ALICE, "6 km")
    await counting.draw(LATER)
    before = await counting.stored("SELECT * FROM challenge_members ORDER BY person_id")
    await counting.plans.pause(
        GROUP, ALICE, start="today", end="", reason=None, interaction_id=8_000, now=LATER
    )
    for zone in ("Pacific/Kiritimati", "Pacific/Honolulu", None):
        await counting.members.set_zone(GROUP, ALICE, zone, LATER)
    after = await counting.stored("SELECT * FROM challenge_members ORDER BY person_id")
    assert after == before
    assert await counting.draw(LATER + timedelta(minutes=1)) == []
    await counting.run(ALICE, "2 km", now=LATER)  # a pause counts for streaks; what is run in it counts here
    assert await counting.amount(challenge_id) == 8_000


async def test_a_share_left_behind_follows_the_corrections_of_its_runs(counting: Counting) -> None:
    challenge_id = await counting.begin("together")
    run_id = (await counting.run(ALICE, "6 km")).figures.run.run_id
    await counting.challenges.leave(GROUP, ALICE, challenge_id, NOW, share_stays=True)
    edited = await counting.corrections.edit(GROUP, ALICE, run_id, wording("9 km"), NOW)
    assert edited.figures.counted == ()  # the card names no challenge that they left
    assert (await counting.view(challenge_id)).total == 9_000
    await counting.members.erase_runs(GROUP, ALICE, NOW)
    assert (await counting.view(challenge_id)).total == 0


async def test_a_card_says_the_same_later_as_when_the_run_was_entered(counting: Counting) -> None:
    await counting.begin("distance", title="Far")
    await counting.begin("days", title="Often")
    first = (await counting.run(ALICE, "6 km")).figures
    second = (await counting.run(ALICE, "8 km", now=LATER)).figures
    assert [(each.title, each.added, each.amount) for each in first.counted] == [
        ("Far", 6_000, 6_000),
        ("Often", 1, 1),
    ]
    assert [(each.title, each.added, each.amount) for each in second.counted] == [("Far", 8_000, 14_000)]
    for figures in (first, second):
        assert await shown(counting, figures.run.run_id) == figures.counted


async def shown(counting: Counting, run_id: int) -> tuple[Counted, ...]:
    return (await counting.checkins.card_of(GROUP, run_id)).counted


async def test_a_run_counts_for_a_challenge_called_off_which_its_card_does_not_name(
    counting: Counting,
) -> None:
    challenge_id = await counting.begin()
    await counting.making.call_off(GROUP, OLIVE, challenge_id, NOW, organiser=True)
    logged = await counting.run(ALICE, "6 km")
    assert logged.figures.counted == ()
    await counting.making.bring_back(GROUP, OLIVE, challenge_id, NOW, organiser=True)
    assert await counting.amount(challenge_id) == 6_000


async def test_the_same_interaction_delivered_twice_counts_once(counting: Counting) -> None:
    challenge_id = await counting.begin()
    first = await counting.run(ALICE, "6 km")
    counting._interaction -= 1
    again = await counting.run(ALICE, "6 km")
    assert not again.fresh
    assert again.figures.counted == first.figures.counted
    assert await counting.amount(challenge_id) == 6_000


# What a check-in costs.

HOT = ("counts_for", "count_run", "mark_counted")


async def plans_of(database: Database, statements: Sequence[tuple[str, str, dict[str, Any]]]) -> list[str]:
    """Each step of each statement's plan, after its name."""

    async def work(connection: Connection) -> list[str]:
        return [
            f"{name}: {row['detail']}"
            for name, sql, values in statements
            for row in await connection.all(f"EXPLAIN QUERY PLAN {sql}", values)
        ]

    return await database.write(work)


def hot_statements(dialect: Any) -> list[tuple[str, str, dict[str, Any]]]:
    challenges, checkins = load_queries("bot.challenges", dialect), load_queries("bot.checkins", dialect)
    values = {
        "group_id": 1,
        "person_id": 11,
        "running_day": "2026-11-18",
        "run_id": 1,
        "interaction_id": 1,
        **dict.fromkeys(("metres", "seconds", "days", "now"), 1),
    }
    found = [(name, getattr(challenges, name).sql, values) for name in HOT]
    return [*found, ("settings", checkins.settings.sql, values)]


@pytest.mark.parametrize("filled", [False, True])
async def test_a_check_in_looks_challenges_up_in_indexes_alone(
    sqlite_database: SQLiteDatabase, filled: bool
) -> None:
    if filled:
        await fill(sqlite_database)
    plans = await plans_of(sqlite_database, hot_statements(sqlite_database.dialect))
    assert [step for step in plans if "SCAN" in step and "CONSTANT ROW" not in step] == []
    open_ones = [step for step in plans if " c USING" in step or " challenges USING" in step]
    assert len(open_ones) == len(HOT) + 1
    assert [step for step in open_ones if "challenges_open (group_id=?" not in step] == []
    members = [step for step in plans if " e USING" in step or " challenge_members USING" in step]
    assert len(members) == len(HOT) + 1
    assert [step for step in members if "(challenge_id=? AND person_id=?)" not in step] == []


async def fill(database: Database) -> None:
    """20 groups of 25 open challenges and 40 members who take part in all, and the planner's figures of them."""

    async def work(connection: Connection) -> None:
        numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {most}) "
        few, people = numbers.format(most=20), numbers.format(most=40)
        most = numbers.format(most=500)
        for sql in (
            f"INSERT INTO groups (group_id, created_at) {few} SELECT i, 0 FROM n",
            f"INSERT INTO people (person_id, created_at) {people} SELECT i, 0 FROM n",
            "INSERT INTO members (group_id, person_id, created_at) SELECT group_id, person_id, 0 FROM groups, people",
            f"""INSERT INTO challenges (challenge_id, group_id, interaction_id, kind, measure, title, target, first_day,
                    last_day, channel_id, created_at, posted_at)
                {most} SELECT i, 1 + i % 20, i, 'distance', 'metres', 't', 1, '2026-11-16', '2026-11-29', 1, 0, 0
                FROM n""",
            """INSERT INTO challenge_members (challenge_id, group_id, person_id, joined_at)
               SELECT c.challenge_id, c.group_id, p.person_id, 0 FROM challenges c, people p""",
            "ANALYZE",
        ):
            await connection.run(sql, ())

    await database.write(work)
