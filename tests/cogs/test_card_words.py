"""The words on a run's card: fitting, not soon again, and gone where they no longer fit."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.encouragement.library import library
from tests.cogs.conftest import World, seen

WALK_AWAY = 14


async def key_of_the_last(world: World) -> str:
    [row] = await world.rows("SELECT words_key FROM runs ORDER BY run_id DESC LIMIT 1")
    return str(row["words_key"])


def category(key: str) -> str:
    return library().messages[key].category


async def test_every_card_says_a_word_and_none_comes_back_within_thirty(world: World) -> None:
    keys = []
    for _ in range(34):
        world.clock.advance(timedelta(hours=13))
        await world.slash_run(world.alice, activity="walk", time="31 min")
        keys.append(await key_of_the_last(world))
    assert len(set(keys)) >= 30
    for at, key in enumerate(keys):
        assert key not in keys[max(0, at - 30) : at]
    [row] = await world.rows("SELECT recent_words FROM members")
    assert row["recent_words"].split(",") == keys[-30:]


async def test_a_comeback_is_welcomed_without_counting_the_gap(world: World) -> None:
    await world.slash_run(world.alice, activity="walk", time="31 min")
    world.clock.advance(timedelta(days=WALK_AWAY))
    answer = await world.slash_run(world.alice, activity="walk", time="31 min")
    key = await key_of_the_last(world)
    text = library().messages[key].text
    assert category(key) == "comeback"
    assert text in seen(answer)
    assert not re.search(r"\d", text)


async def test_a_day_less_is_no_comeback(world: World) -> None:
    await world.slash_run(world.alice, activity="walk", time="31 min")
    world.clock.advance(timedelta(days=WALK_AWAY - 1))
    await world.slash_run(world.alice, activity="walk", time="31 min")
    assert category(await key_of_the_last(world)) == "post_run"


async def test_a_personal_best_has_words_of_its_own_until_it_is_edited_away(world: World) -> None:
    await world.slash_run(world.alice, distance="5k", time="30:00")
    world.clock.advance(timedelta(days=1))
    answer = await world.slash_run(world.alice, distance="5k", time="28:00")
    key = await key_of_the_last(world)
    text = library().messages[key].text
    assert category(key) == "personal_best"
    assert text in seen(answer)
    await world.put("UPDATE runs SET metres = NULL, seconds = 1700 WHERE words_key = :key", key=key)
    await world.put("DELETE FROM bests WHERE run_id = (SELECT MAX(run_id) FROM runs)")
    [row] = await world.rows("SELECT MAX(run_id) AS run_id FROM runs")
    figures = await world.bot.services.checkins.card_of(world.group_id, row["run_id"])
    assert figures.encouraged is None, (figures.records, figures.run)


async def test_a_cheered_card_keeps_its_words(world: World) -> None:
    answer = await world.slash_run(world.alice, distance="5k")
    key = await key_of_the_last(world)
    card = answer.response
    [row] = await world.rows("SELECT run_id FROM runs")
    await world.bob.click(card, custom_id=f"sw:run.cheer:{row['run_id']}")
    figures = await world.bot.services.checkins.card_of(world.group_id, row["run_id"])
    assert figures.encouraged is not None
    assert figures.encouraged.message.key == key
    assert figures.cheers.count == 1


async def test_two_members_are_spoken_to_apart(world: World) -> None:
    await world.slash_run(world.alice, activity="walk", time="31 min")
    await world.slash_run(world.bob, activity="walk", time="31 min")
    rows = await world.rows("SELECT recent_words FROM members ORDER BY person_id")
    assert all(row["recent_words"].count(",") == 0 for row in rows)
