"""Consent, on both engines: per purpose, in its present words, and taken back with all that was kept by it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.consents import rules
from bot.consents.rules import GROUP_FIGURE, KEEP, VERSIONS, ConsentNeeded, still_agreed
from bot.consents.service import ConsentService
from bot.errors import Refusal
from bot.moodpolls.rules import voter_code
from bot.moods.scales import Values
from bot.moods.service import MoodService
from bot.storage import Connection, Database

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
GROUP, OTHER, ANN, BOB = 1, 2, 5, 6
SECRET = "a7" * 32


async def run(database: Database, *statements: str) -> None:
    async def work(connection: Connection) -> None:
        for statement in statements:
            await connection.run(statement, {})

    await database.write(work)


async def count(database: Database, table: str, where: str = "1 = 1") -> int:
    async def work(connection: Connection) -> int:
        return int(await connection.value(f"SELECT COUNT(*) FROM {table} WHERE {where}", {}))

    return await database.read(work)


async def group(database: Database, *, age: int = 16) -> ConsentService:
    """Two groups in which feelings are on."""
    await run(
        database,
        "INSERT INTO groups (group_id, feelings_confirmed_at, feelings_age, created_at)"
        f" VALUES ({GROUP}, 1, {age}, 1), ({OTHER}, 1, 16, 1)",
    )
    return ConsentService(database)


async def test_asking_how_it_stands_stores_nothing(database: Database) -> None:
    consents = await group(database)

    state = await consents.state(GROUP, ANN)

    assert (state.on, state.age, state.keep, state.group_figure, state.agreed_before) == (
        True,
        16,
        False,
        False,
        False,
    )
    assert await count(database, "people") == await count(database, "members") == 0


async def test_a_yes_is_to_one_purpose_in_one_group(database: Database) -> None:
    consents = await group(database)

    state = await consents.agree(GROUP, ANN, KEEP, 16, NOW)

    assert (state.keep, state.group_figure) == (True, False)
    assert not (await consents.state(OTHER, ANN)).keep
    assert not (await consents.state(GROUP, BOB)).keep
    assert (await consents.agree(GROUP, ANN, GROUP_FIGURE, 16, NOW)).group_figure


async def test_counting_in_the_figure_needs_keeping_one_s_own_first(database: Database) -> None:
    consents = await group(database)

    with pytest.raises(ConsentNeeded):
        await consents.agree(GROUP, ANN, GROUP_FIGURE, 16, NOW)

    assert await count(database, "consents") == 0


@pytest.mark.parametrize("age", [0, 1, 15, 16, 17])
async def test_an_age_below_the_group_s_is_refused(database: Database, age: int) -> None:
    consents = await group(database, age=18)

    with pytest.raises(Refusal, match="age"):
        await consents.agree(GROUP, ANN, KEEP, age, NOW)

    assert await count(database, "consents") == 0


async def test_a_forged_greater_age_is_kept_as_the_group_s(database: Database) -> None:
    consents = await group(database)

    await consents.agree(GROUP, ANN, KEEP, 2**62, NOW)

    assert await count(database, "consents", "age = 16") == 1


@pytest.mark.parametrize("purpose", ["", "everything", "KEEP", "keep' --", "figure"])
async def test_a_purpose_that_nobody_asks_for_is_refused(database: Database, purpose: str) -> None:
    consents = await group(database)
    await consents.agree(GROUP, ANN, KEEP, 16, NOW)

    with pytest.raises(Refusal, match="older message"):
        await consents.agree(GROUP, ANN, purpose, 16, NOW)
    with pytest.raises(Refusal, match="older message"):
        await consents.withdraw(GROUP, ANN, purpose, NOW)

    assert await count(database, "consents") == 1


async def test_new_words_ask_again_and_nothing_is_kept_until_then(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    consents, moods = await group(database), MoodService(database)
    await consents.agree(GROUP, ANN, KEEP, 16, NOW)
    await consents.agree(GROUP, ANN, GROUP_FIGURE, 16, NOW)
    await moods.keep(GROUP, ANN, 1, Values(mood=1), NOW)
    monkeypatch.setitem(rules.VERSIONS, KEEP, VERSIONS[KEEP] + 1)

    state = await consents.state(GROUP, ANN)

    assert (state.keep, state.group_figure, state.agreed_before) == (False, True, True)
    with pytest.raises(ConsentNeeded):
        await moods.keep(GROUP, ANN, 2, Values(mood=1), NOW)
    assert await consents.entries(GROUP, ANN) == 1, "what was kept stays its owner's"
    assert (await consents.agree(GROUP, ANN, KEEP, 16, NOW)).keep


async def test_a_higher_age_of_the_group_asks_again(database: Database) -> None:
    consents = await group(database)
    await consents.agree(GROUP, ANN, KEEP, 16, NOW)
    await run(database, f"UPDATE groups SET feelings_age = 18 WHERE group_id = {GROUP}")

    state = await consents.state(GROUP, ANN)

    assert (state.keep, state.agreed_before, state.age) == (False, True, 18)
    with pytest.raises(Refusal, match="age"):
        await consents.agree(GROUP, ANN, KEEP, 16, NOW)
    assert (await consents.agree(GROUP, ANN, KEEP, 18, NOW)).keep


async def lived_in(database: Database) -> ConsentService:
    """Ann and Bob keep feelings and voted; Ann in another group too."""
    consents, moods = await group(database), MoodService(database)
    for number, (group_id, who) in enumerate(((GROUP, ANN), (GROUP, BOB), (OTHER, ANN))):
        await consents.agree(group_id, who, KEEP, 16, NOW)
        await consents.agree(group_id, who, GROUP_FIGURE, 16, NOW)
        await moods.keep(group_id, who, 10 + number, Values(mood=-4), NOW)
        await moods.about_to_run(group_id, who, 20 + number, NOW)
        await run(
            database,
            "INSERT INTO runs (run_id, group_id, person_id, interaction_id, activity, running_day, source, visibility,"
            f" created_at) VALUES ({number}, {group_id}, {who}, {number}, 'run', '2026-11-18', 'typed', 'group', 1)",
            f"INSERT INTO nearly_not (run_id, group_id, person_id, marked_at) VALUES ({number}, {group_id}, {who}, 1)",
            f"INSERT INTO care_shown (group_id, person_id, shown_day) VALUES ({group_id}, {who}, '2026-11-01')",
            f"INSERT INTO figure_people (group_id, person_id) VALUES ({group_id}, {who})",
        )
    await run(
        database,
        "INSERT INTO poll_plans (plan_id, group_id, interaction_id, kind, minimum, open_seconds, weekly, channel_id,"
        f" created_at, posted_at) VALUES (9, {GROUP}, 9, 'pulse', 5, 86400, 0, 5, 1, 1)",
        f"INSERT INTO polls (poll_id, plan_id, group_id, opened_at, closes_at) VALUES (9, 9, {GROUP}, 1, 86400)",
        f"INSERT INTO poll_secrets (poll_id, secret) VALUES (9, '{SECRET}')",
        *(
            f"INSERT INTO poll_votes (poll_id, voter, first) VALUES (9, '{voter_code(SECRET, 9, who)}', 2)"
            for who in (ANN, BOB)
        ),
    )
    return consents


async def test_withdrawing_erases_every_feeling_of_one_member_in_one_group(database: Database) -> None:
    consents = await lived_in(database)

    erased = await consents.withdraw(GROUP, ANN, KEEP, NOW)

    assert erased == 1
    for table in ("moods", "run_starts", "nearly_not", "care_shown", "figure_people"):
        assert await count(database, table) == 2, table
        assert await count(database, table, f"group_id = {GROUP} AND person_id = {ANN}") == 0, table
    assert await count(database, "consents") == 4
    assert await count(database, "poll_votes", f"voter = '{voter_code(SECRET, 9, ANN)}'") == 0
    assert await count(database, "poll_votes", f"voter = '{voter_code(SECRET, 9, BOB)}'") == 1
    assert await count(database, "runs") == 3, "check-ins stay"


async def test_leaving_the_figure_keeps_one_s_own_feelings(database: Database) -> None:
    consents = await lived_in(database)

    erased = await consents.withdraw(GROUP, ANN, GROUP_FIGURE, NOW)

    assert erased == 0
    state = await consents.state(GROUP, ANN)
    assert (state.keep, state.group_figure) == (True, False)
    assert await consents.entries(GROUP, ANN) == 1
    assert await count(database, "figure_people", f"group_id = {GROUP} AND person_id = {ANN}") == 0
    assert await count(database, "figure_people") == 2


async def test_withdrawing_works_where_feelings_were_turned_off(database: Database) -> None:
    consents = await lived_in(database)
    await run(database, f"UPDATE groups SET feelings_confirmed_at = NULL WHERE group_id = {GROUP}")

    assert await consents.withdraw(GROUP, ANN, KEEP, NOW) == 1

    assert await consents.entries(GROUP, ANN) == 0


async def test_withdrawing_twice_or_without_a_yes_takes_nothing(database: Database) -> None:
    consents = await lived_in(database)

    assert await consents.withdraw(GROUP, 77, KEEP, NOW) == 0
    assert await consents.withdraw(GROUP, ANN, KEEP, NOW) == 1
    assert await consents.withdraw(GROUP, ANN, KEEP, NOW) == 0

    assert await count(database, "moods") == 2


@given(
    purpose=st.sampled_from(rules.PURPOSES),
    version=st.none() | st.integers(0, 3),
    age=st.none() | st.sampled_from((16, 18)),
    needed=st.sampled_from((16, 18)),
)
def test_a_yes_stands_for_its_present_words_and_age_alone(
    purpose: str, version: int | None, age: int | None, needed: int
) -> None:
    same_words = version is not None and version - VERSIONS[purpose] == 0
    old_enough = age in {16: (16, 18), 18: (18,)}[needed]
    assert still_agreed(purpose, version, age, needed) is (same_words and old_enough)
