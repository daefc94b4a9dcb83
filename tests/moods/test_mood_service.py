"""Entries of feelings, on both engines: kept once, for their owner alone, as they were given."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.care.rules import USUAL
from bot.clock import epoch
from bot.consents.rules import GROUP_FIGURE, KEEP, ConsentNeeded
from bot.consents.service import ConsentService
from bot.errors import Refusal
from bot.limits.quotas import Quotas
from bot.moods.scales import Values
from bot.moods.service import MoodService
from bot.storage import Connection, Database

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
GROUP, ANN, BOB = 1, 5, 6


async def ready(database: Database, *, on: bool = True, agreed: tuple[int, ...] = (ANN,)) -> MoodService:
    """A group with feelings on, and who agreed to keeping theirs."""

    async def work(connection: Connection) -> None:
        confirmed = "1" if on else "NULL"
        await connection.run(
            f"INSERT INTO groups (group_id, feelings_confirmed_at, created_at) VALUES (1, {confirmed}, 1)", ()
        )
        await connection.run("INSERT INTO people (person_id, created_at) VALUES (5, 1), (6, 1)", ())
        await connection.run(
            "INSERT INTO members (group_id, person_id, created_at) VALUES (1, 5, 1), (1, 6, 1)", ()
        )
        await connection.run(
            "INSERT INTO runs (run_id, group_id, person_id, interaction_id, activity, running_day, seconds, source,"
            " visibility, created_at) VALUES (7, 1, 5, 7, 'run', '2026-11-18', 1800, 'typed', 'group', 1)",
            (),
        )

    await database.write(work)
    consents = ConsentService(database)
    for person_id in agreed:
        await consents.agree(GROUP, person_id, KEEP, 16, NOW)
    return MoodService(database)


async def test_nothing_is_kept_while_feelings_are_off_in_the_group(database: Database) -> None:
    moods = await ready(database, on=False, agreed=())
    with pytest.raises(Refusal, match="Feelings are off"):
        await moods.keep(GROUP, ANN, 1, Values(mood=1), NOW)
    with pytest.raises(Refusal, match="Feelings are off"):
        await ConsentService(database).agree(GROUP, ANN, KEEP, 16, NOW)


async def test_nothing_is_kept_before_the_member_agreed(database: Database) -> None:
    moods = await ready(database, agreed=())
    for attempt in (moods.keep(GROUP, ANN, 1, Values(mood=1), NOW), moods.about_to_run(GROUP, ANN, 2, NOW)):
        with pytest.raises(ConsentNeeded) as needed:
            await attempt
        assert needed.value.state.on
        assert not needed.value.state.agreed_before


async def test_an_entry_that_is_delivered_twice_is_kept_once(database: Database) -> None:
    moods = await ready(database)
    first = await moods.keep(GROUP, ANN, 1, Values(mood=1, stress=2), NOW)
    second = await moods.keep(GROUP, ANN, 1, Values(mood=4), NOW)
    assert second.mood == first.mood
    assert first.mood.values == Values(mood=1, stress=2)


async def test_a_run_rated_again_keeps_one_rating_of_that_later_moment(database: Database) -> None:
    moods = await ready(database)
    first = await moods.keep(GROUP, ANN, 1, Values(mood=1, effort=3), NOW, at="after", run_id=7)
    later = NOW + timedelta(hours=3)
    again = await moods.keep(GROUP, ANN, 2, Values(mood=4), later, at="after", run_id=7)
    assert again.mood == replace(first.mood, values=Values(mood=4), entered_at=later)


async def test_a_mood_that_is_put_right_on_a_later_day_is_one_of_that_day(database: Database) -> None:
    moods = await ready(database)
    kept = await moods.keep(GROUP, ANN, 1, Values(mood=1), NOW)
    for days, mood in enumerate((-3, -4), start=1):
        later = NOW + timedelta(days=days)
        changed = await moods.change(GROUP, ANN, kept.mood.mood_id, {"mood": mood}, later)
        assert (changed.mood.entered_at, changed.mood.day) == (later, later.date())


async def test_an_added_item_leaves_the_moment_of_a_rating_as_it_is(database: Database) -> None:
    moods = await ready(database)
    first = await moods.keep(GROUP, ANN, 1, Values(mood=1), NOW, at="after", run_id=7)
    changed = await moods.change(
        GROUP, ANN, first.mood.mood_id, {"effort": 5, "stress": None}, NOW + timedelta(hours=1)
    )
    assert changed.mood == replace(first.mood, values=Values(mood=1, effort=5))


async def test_a_before_counts_from_the_rating_or_is_recalled_where_it_came_late(database: Database) -> None:
    moods = await ready(database)
    start = await moods.about_to_run(GROUP, ANN, 1, NOW)
    soon = NOW + timedelta(seconds=20)
    rated = await moods.keep(GROUP, ANN, 2, Values(mood=0), soon, at="before", start_id=start.start_id)
    assert not rated.mood.recalled
    assert (await moods.about_to_run(GROUP, ANN, 1, NOW)).pressed_at == soon
    late = NOW + timedelta(minutes=40)
    recalled = await moods.keep(GROUP, ANN, 3, Values(mood=0), late, at="before", start_id=start.start_id)
    assert recalled.mood.recalled
    after_the_run = await moods.keep(GROUP, ANN, 4, Values(mood=0), late, at="before", run_id=7)
    assert after_the_run.mood.recalled


async def test_another_member_reads_changes_and_removes_nothing(database: Database) -> None:
    moods = await ready(database, agreed=(ANN, BOB))
    kept = await moods.keep(GROUP, ANN, 1, Values(mood=1), NOW)
    start = await moods.about_to_run(GROUP, ANN, 2, NOW)
    mood_id = kept.mood.mood_id
    for group_id, person_id in ((GROUP, BOB), (2, ANN)):
        with pytest.raises(Refusal):
            await moods.entry(group_id, person_id, mood_id)
        with pytest.raises(Refusal):
            await moods.change(group_id, person_id, mood_id, {"mood": 5}, NOW)
        assert not await moods.take_back(group_id, person_id, mood_id)
        assert not await moods.not_running(group_id, person_id, start.start_id)
    with pytest.raises(Refusal, match="gone"):
        await moods.keep(GROUP, BOB, 3, Values(mood=1), NOW, at="after", run_id=7)
    with pytest.raises(Refusal, match="taken back"):
        await moods.keep(GROUP, BOB, 4, Values(mood=1), NOW, at="before", start_id=start.start_id)
    with pytest.raises(Refusal):
        await moods.keep(GROUP, BOB, 1, Values(mood=1), NOW)
    assert (await moods.entry(GROUP, ANN, mood_id)).values == Values(mood=1)


async def test_withdrawing_erases_every_entry_and_asks_again(database: Database) -> None:
    moods, consents = await ready(database), ConsentService(database)
    await consents.agree(GROUP, ANN, GROUP_FIGURE, 16, NOW)
    kept = await moods.keep(GROUP, ANN, 1, Values(mood=1), NOW)
    await moods.about_to_run(GROUP, ANN, 2, NOW)
    assert await consents.withdraw(GROUP, ANN, KEEP, NOW) == 1
    state = await consents.state(GROUP, ANN)
    assert (state.keep, state.group_figure, state.agreed_before) == (False, False, False)
    with pytest.raises(Refusal):
        await moods.entry(GROUP, ANN, kept.mood.mood_id)


async def test_an_older_consent_and_a_higher_age_ask_again(database: Database) -> None:
    moods, consents = await ready(database), ConsentService(database)

    async def raise_age(connection: Connection) -> None:
        await connection.run("UPDATE groups SET feelings_age = 18", ())

    await database.write(raise_age)
    with pytest.raises(ConsentNeeded) as needed:
        await moods.keep(GROUP, ANN, 1, Values(mood=1), NOW)
    assert needed.value.state.agreed_before
    with pytest.raises(Refusal, match="age"):
        await consents.agree(GROUP, ANN, KEEP, 16, NOW)
    assert (await consents.agree(GROUP, ANN, KEEP, 18, NOW)).keep


async def test_three_low_days_bring_the_resources_once_in_a_fortnight(database: Database) -> None:
    moods = await ready(database)
    shown = []
    for number in range(20):
        now = NOW + timedelta(days=number)
        kept = await moods.keep(GROUP, ANN, 100 + number, Values(mood=-3), now)
        shown.append(kept.care)
    assert [number for number, care in enumerate(shown) if care is not None] == [2, 16]
    assert shown[2] == USUAL


async def test_several_low_entries_of_one_day_are_one_low_day(database: Database) -> None:
    moods = await ready(database)
    for number in range(5):
        kept = await moods.keep(GROUP, ANN, number, Values(mood=-5), NOW + timedelta(minutes=number))
        assert kept.care is None


async def test_a_low_entry_is_answered_once_and_no_message_comes_back_within_thirty(
    database: Database,
) -> None:
    moods = await ready(database)
    said = []
    for number in range(35):
        kept = await moods.keep(GROUP, ANN, 100 + number, Values(mood=-3), NOW + timedelta(hours=number))
        again = await moods.keep(GROUP, ANN, 100 + number, Values(mood=-3), NOW + timedelta(hours=number))
        assert kept.words is not None
        assert again.words == kept.words
        changed = await moods.change(
            GROUP, ANN, kept.mood.mood_id, {"stress": 5}, NOW + timedelta(hours=number)
        )
        assert changed.words is None
        said.append(kept.words.key)
    for index, key in enumerate(said):
        assert key.startswith("low-")
        assert key not in said[max(0, index - 30) : index]


async def test_a_rating_of_a_run_that_is_delivered_twice_is_no_change(database: Database) -> None:
    moods = await ready(database)
    for _ in range(2):
        kept = await moods.keep(GROUP, ANN, 1, Values(mood=1), NOW, at="after", run_id=7)
        assert kept.fresh
    assert not (await moods.keep(GROUP, ANN, 2, Values(mood=2), NOW, at="after", run_id=7)).fresh


async def test_a_run_ended_one_run_time_after_the_press_before_it(database: Database) -> None:
    moods = await ready(database)

    async def entered(run_id: int, day: str, minutes: int) -> None:
        async def work(connection: Connection) -> None:
            await connection.run(
                "INSERT INTO runs (run_id, group_id, person_id, interaction_id, activity, running_day, seconds,"
                " source, visibility, created_at)"
                f" VALUES ({run_id}, 1, 5, {run_id}, 'run', '{day}', 1800, 'typed', 'group',"
                f" {epoch(NOW + timedelta(minutes=minutes))})",
                (),
            )

        await database.write(work)

    await moods.about_to_run(GROUP, ANN, 1, NOW)
    await entered(10, "2026-11-17", 20)
    await entered(11, "2026-11-18", 35)
    await entered(12, "2026-11-18", 50)
    ends = [await moods.ended_at(GROUP, ANN, run_id) for run_id in (10, 11, 12)]
    assert ends == [None, NOW + timedelta(minutes=30), None]
    asked = await moods.of_run(GROUP, ANN, 11)
    assert asked.too_soon(NOW + timedelta(minutes=34))
    assert not asked.too_soon(NOW + timedelta(minutes=35))
    assert await moods.ended_at(GROUP, BOB, 11) is None


async def test_a_day_keeps_so_many_entries_and_the_refusal_says_when_there_is_room(
    database: Database,
) -> None:
    await ready(database)
    moods = MoodService(database, Quotas(moods_a_day=2))
    for number in range(2):
        await moods.keep(GROUP, ANN, 900 + number, Values(mood=1), NOW + number * timedelta(hours=1))
    again = await moods.keep(GROUP, ANN, 901, Values(mood=1), NOW + timedelta(hours=2))
    with pytest.raises(Refusal, match="entries within 24 hours") as refused:
        await moods.keep(GROUP, ANN, 902, Values(mood=1), NOW + timedelta(hours=2))
    assert refused.value.values["when"] == NOW + timedelta(hours=24)
    await moods.take_back(GROUP, ANN, again.mood.mood_id)
    await moods.keep(GROUP, ANN, 902, Values(mood=1), NOW + timedelta(hours=2))
