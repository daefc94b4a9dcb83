"""A group's post of encouragement: when it comes, what it says, and the words that organisers add. Both engines."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from bot.clock import epoch
from bot.encouragement.library import library
from bot.encouragement.service import MOST_WORDS, EncouragementService, GroupWords
from bot.errors import Refusal
from bot.groups.service import GroupService
from bot.scheduling.model import Channel, Claimed, Delivery, Send, Skip
from bot.scheduling.service import DeliveryService
from bot.storage import Connection, Database

WEDNESDAY = datetime(2026, 11, 18, 11, tzinfo=UTC)
NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
GROUP, OTHER, ANNA, RUNS = 10, 20, 100, 77
LATENESS = timedelta(hours=6)
# Where every statement runs on both engines in another test already.
on_one_engine = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def run(database: Database, sql: str, **values: Any) -> None:
    async def work(connection: Connection) -> None:
        await connection.run(sql, values)

    await database.write(work)


async def value(database: Database, sql: str) -> Any:
    async def work(connection: Connection) -> Any:
        return await connection.value(sql, {})

    return await database.read(work)


async def check_in(database: Database, day: str, *, visibility: str = "group", undone: bool = False) -> None:
    number = (await value(database, "SELECT COUNT(*) FROM runs")) + 1
    await run(
        database,
        "INSERT INTO runs (run_id, group_id, person_id, interaction_id, activity, running_day, metres, seconds,"
        " source, visibility, created_at, undone_at) VALUES"
        f" ({number}, {GROUP}, {ANNA}, {number}, 'run', '{day}', 5000, 1500, 'typed', '{visibility}', 0,"
        f" {'1' if undone else 'NULL'})",
    )


@pytest.fixture
async def words(database: Database) -> EncouragementService:
    """A group with a runs channel and daily posts, in which Anna ran on Tuesday."""
    groups = GroupService(database)
    await groups.set_runs_channel(GROUP, RUNS, WEDNESDAY)
    await groups.set_posts(GROUP, "daily", WEDNESDAY)
    await run(database, f"INSERT INTO people (person_id, created_at) VALUES ({ANNA}, 0)")
    await run(database, f"INSERT INTO members (group_id, person_id, created_at) VALUES ({GROUP}, {ANNA}, 0)")
    await check_in(database, "2026-11-17")
    return EncouragementService(database)


async def due(database: Database, now: datetime = NOON, kind: str = "encouragement") -> Delivery:
    """The delivery of that kind which is due."""
    deliveries = DeliveryService(database)
    await deliveries.plan(now, {kind: LATENESS})
    return next(each for each in await deliveries.due(now) if each.kind == kind)


async def claim(
    database: Database, words: EncouragementService, delivery: Delivery, now: datetime = NOON
) -> Claimed | None:
    return await DeliveryService(database).claim(delivery.delivery_id, now, words.decide, LATENESS)


async def reason(database: Database, delivery: Delivery) -> str | None:
    found: str | None = await value(
        database, f"SELECT reason FROM deliveries WHERE delivery_id = {delivery.delivery_id}"
    )
    return found


async def test_a_post_says_something_that_fits_a_group_and_is_remembered(
    database: Database, words: EncouragementService
) -> None:
    delivery = await due(database)

    claimed = await claim(database, words, delivery)

    assert claimed is not None
    assert claimed.send.address == Channel(RUNS)
    letter = claimed.send.letter
    assert isinstance(letter, GroupWords)
    assert letter.message.category in ("group", "fact")
    assert await value(database, "SELECT recent_words FROM groups") == letter.message.key


async def test_a_second_try_says_the_same_and_remembers_nothing_more(
    database: Database, words: EncouragementService
) -> None:
    delivery = await due(database)
    first = await claim(database, words, delivery)
    assert first is not None
    await DeliveryService(database).postpone(delivery.delivery_id, NOON + timedelta(minutes=1), left=True)

    second = await claim(database, words, delivery, NOON + timedelta(minutes=1))

    assert second is not None
    assert second.send.letter.message == first.send.letter.message
    assert await value(database, "SELECT recent_words FROM groups") == first.send.letter.message.key


@on_one_engine
async def test_nothing_of_the_last_thirty_comes_back_and_facts_are_a_week_apart(
    database: Database, words: EncouragementService
) -> None:
    await words.add_own(GROUP, "group", "Coffee after, at the usual place.", WEDNESDAY)
    template = await due(database)
    await check_in(database, "2027-01-10")
    shown: list[str] = []
    facts: list[date] = []

    async def days(connection: Connection) -> None:
        for number in range(70):
            day = date(2026, 11, 19) + timedelta(days=number)
            delivery = Delivery(
                **{name: getattr(template, name) for name in Delivery.__slots__}
                | {"day": day, "delivery_id": template.delivery_id + number}
            )
            moment = await words.moment_in(connection, delivery, NOON + timedelta(days=number))
            assert not isinstance(moment, Skip)
            message = await words.choose_in(connection, moment, "group", delivery)
            assert message is not None
            assert message.key not in shown[-30:]
            shown.append(message.key)
            if message.fact:
                facts.append(day)

    await database.write(days)
    assert len(facts) > 2
    assert all(later - earlier >= timedelta(days=7) for earlier, later in pairwise(facts))
    own = [place for place, key in enumerate(shown) if key.startswith("own-")]
    assert own, "one message of their own among fifty is not lost"


async def test_check_ins_that_are_private_or_undone_are_not_counted_in_public(
    database: Database, words: EncouragementService
) -> None:
    await check_in(database, "2026-11-16")
    await check_in(database, "2026-11-18", visibility="private")
    await check_in(database, "2026-11-18", undone=True)
    await check_in(database, "2026-11-15")
    delivery = await due(database)

    claimed = await claim(database, words, delivery)

    assert claimed is not None
    assert claimed.send.letter.situation.check_ins == 2, "Monday's and Tuesday's of this week"


@on_one_engine
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("UPDATE groups SET runs_channel_id = NULL", "no_channel"),
        ("UPDATE groups SET posts = 'off'", "posts_off"),
        ("UPDATE groups SET posts = 'weekly'", "posts_off"),
        ("UPDATE runs SET running_day = '2026-10-20'", "nobody_active"),
        ("UPDATE runs SET undone_at = 1", "nobody_active"),
    ],
)
async def test_what_keeps_a_post_from_coming_is_written_down(
    database: Database, words: EncouragementService, change: str, expected: str
) -> None:
    delivery = await due(database)
    await run(database, change)

    assert await claim(database, words, delivery) is None
    assert await reason(database, delivery) == expected


@on_one_engine
async def test_a_check_in_of_28_days_ago_is_activity_enough(
    database: Database, words: EncouragementService
) -> None:
    delivery = await due(database)
    await run(database, "UPDATE runs SET running_day = '2026-10-21'")

    assert await claim(database, words, delivery) is not None


@pytest.mark.parametrize(
    ("state", "expected"), [("sent", "post_today"), ("due", "post_today"), ("yesterday", None)]
)
async def test_there_is_one_post_a_day(
    database: Database, words: EncouragementService, state: str, expected: str | None
) -> None:
    delivery = await due(database)
    left = epoch(NOON - timedelta(hours=13 if state == "yesterday" else 3))
    sent = state != "due"
    await run(
        database,
        "INSERT INTO deliveries (delivery_id, schedule_id, group_id, kind, occurrence_day, due_at, state, try_at,"
        " sending_at, message_id, ended_at, created_at) VALUES (1,"
        " (SELECT schedule_id FROM schedules WHERE kind = 'leaderboard'),"
        f" {GROUP}, 'leaderboard', '2026-11-16', {left}, '{'sent' if sent else 'due'}',"
        f" {'NULL' if sent else epoch(NOON + timedelta(hours=6))}, {left if sent else 'NULL'},"
        f" {1 if sent else 'NULL'}, {left if sent else 'NULL'}, 0)",
    )

    claimed = await claim(database, words, delivery)

    assert (claimed is None) == (expected is not None)
    assert await reason(database, delivery) == expected


@on_one_engine
async def test_three_days_of_downtime_bring_one_post_and_a_reason_for_each_of_the_others(
    database: Database, words: EncouragementService
) -> None:
    deliveries, now = DeliveryService(database), NOON + timedelta(days=3, hours=2)
    await deliveries.plan(now, {"encouragement": LATENESS})

    left = [each for each in await deliveries.due(now) if each.kind == "encouragement"]

    assert [each.day for each in left] == [date(2026, 11, 21)]
    skipped = await value(database, "SELECT COUNT(*) FROM deliveries WHERE reason = 'late'")
    assert skipped == 3


@on_one_engine
async def test_words_removed_between_two_tries_do_not_come(
    database: Database, words: EncouragementService
) -> None:
    await run(database, "UPDATE groups SET recent_words = ''")
    (own,) = await words.add_own(GROUP, "group", "Hello from the organiser", WEDNESDAY)
    delivery = await due(database)
    await DeliveryService(database).claim(
        delivery.delivery_id, NOON, _as_if_chosen(f"own-{own.word_id}"), LATENESS
    )
    await DeliveryService(database).postpone(delivery.delivery_id, NOON + timedelta(minutes=1), left=True)
    await words.remove_own(GROUP, own.word_id, NOON)

    assert await claim(database, words, delivery, NOON + timedelta(minutes=1)) is None
    assert await reason(database, delivery) == "words_removed"


def _as_if_chosen(key: str) -> Any:
    async def decide(_connection: Connection, _delivery: Delivery, _now: datetime) -> Send:
        return Send(Channel(RUNS), None, {"words": key, "check_ins": 0})

    return decide


async def test_own_words_are_cleaned_listed_removed_and_brought_back(
    database: Database, words: EncouragementService
) -> None:
    (added,) = await words.add_own(GROUP, "weekly_opener", "  Hello\u202e \n @everyone  ", WEDNESDAY)
    assert (added.category, added.words) == ("weekly_opener", "Hello @everyone")

    await words.remove_own(GROUP, added.word_id, WEDNESDAY)
    assert await words.own(GROUP) == ()
    await words.restore_own(GROUP, added.word_id, WEDNESDAY + timedelta(minutes=9))

    assert await words.own(GROUP) == (added,)


@on_one_engine
async def test_a_removal_is_final_after_ten_minutes(database: Database, words: EncouragementService) -> None:
    (added,) = await words.add_own(GROUP, "group", "Hello", WEDNESDAY)
    await words.remove_own(GROUP, added.word_id, WEDNESDAY)

    assert await words.forget_removed(WEDNESDAY + timedelta(minutes=9)) == 0
    with pytest.raises(Refusal):
        await words.restore_own(GROUP, added.word_id, WEDNESDAY + timedelta(minutes=10))
    assert await words.forget_removed(WEDNESDAY + timedelta(minutes=10)) == 0, "it went with the asking"
    assert await value(database, "SELECT COUNT(*) FROM group_words") == 0


@on_one_engine
@pytest.mark.parametrize(
    ("category", "typed"),
    [("fact", "Hello"), ("low_day", "Hello"), ("", "Hello"), ("group", ""), ("group", " \u200b\n ")],
)
async def test_words_without_a_place_or_without_words_are_refused(
    database: Database, words: EncouragementService, category: str, typed: str
) -> None:
    with pytest.raises(Refusal):
        await words.add_own(GROUP, category, typed, WEDNESDAY)
    assert await words.own(GROUP) == ()


@on_one_engine
async def test_own_words_are_kept_short_and_the_same_ones_once(
    database: Database, words: EncouragementService
) -> None:
    await words.add_own(GROUP, "group", "x" * 10_000, WEDNESDAY)
    (added,) = await words.add_own(GROUP, "group", "x" * 10_000, WEDNESDAY)

    assert len(added.words) == 300


@on_one_engine
async def test_a_group_keeps_a_hundred_messages_of_its_own(
    database: Database, words: EncouragementService
) -> None:
    async def fill(connection: Connection) -> None:
        for number in range(MOST_WORDS):
            await connection.run(
                "INSERT INTO group_words (word_id, group_id, category, words, created_at)"
                f" VALUES ({number + 1}, {GROUP}, 'group', 'Hello {number}', 0)",
                {},
            )

    await database.write(fill)

    with pytest.raises(Refusal, match="Remove one"):
        await words.add_own(GROUP, "group", "One more", WEDNESDAY)


async def test_another_group_reaches_none_of_them(database: Database, words: EncouragementService) -> None:
    (added,) = await words.add_own(GROUP, "group", "Hello", WEDNESDAY)

    with pytest.raises(Refusal):
        await words.remove_own(OTHER, added.word_id, WEDNESDAY)
    await words.remove_own(GROUP, added.word_id, WEDNESDAY)
    with pytest.raises(Refusal):
        await words.restore_own(OTHER, added.word_id, WEDNESDAY)
    assert await words.own(OTHER) == ()


@on_one_engine
def test_a_fact_that_is_none_is_refused(words: EncouragementService) -> None:
    assert words.fact("F1") == library().facts["F1"]
    with pytest.raises(Refusal):
        words.fact("F999")
