"""Polls as people press them: asked by an organiser, answered by everybody, told only when closed."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from tests.cogs.conftest import World, seen
from tests.cogs.test_challenge_upkeep import restarted


async def turn_on(world: World) -> None:
    """An organiser confirmed the group's resources."""
    await world.put(
        "INSERT INTO groups (group_id, feelings_confirmed_at, created_at) VALUES (:group_id, 1, 1)"
        " ON CONFLICT (group_id) DO UPDATE SET feelings_confirmed_at = 1",
        group_id=world.group_id,
    )


def ids(message: Any, action: str) -> list[str]:
    """The custom_ids of an action's buttons, in their order."""
    waiting = [part if isinstance(part, dict) else part.to_dict() for part in message.components]
    found = []
    while waiting:
        part = waiting.pop(0)
        waiting.extend(part.get("components") or ())
        if str(part.get("custom_id", "")).startswith(f"sw:moodpoll.{action}:"):
            found.append(str(part["custom_id"]))
    return sorted(found)


async def posted(world: World, **options: Any) -> Any:
    """The message of a poll that olive asked in #runs."""
    await turn_on(world)
    preview = await world.olive.slash(world.runs, "moodpoll", **options)
    assert preview.response.ephemeral
    assert "before it goes out" in seen(preview)
    await world.press(world.olive, world.runs, ids(preview.response, "post")[0])
    await tended(world)
    return world.runs.history()[-1]


async def tended(world: World) -> None:
    """What the courier and the tick do."""
    await world.bot.courier.wake(world.bot)
    world.bot.tend_polls()
    cog: Any = world.bot.get_cog("MoodPolls")
    if cog.upkeep._task is not None:
        await cog.upkeep._task
    await world.env.settle()


def people(world: World, number: int) -> list[Any]:
    return [world.env.create_user(f"runner{n}") for n in range(number)]


async def voted(world: World, poll: Any, answers: list[tuple[int, int]]) -> None:
    """One more person for each pair of answers."""
    for number, (first, second) in enumerate(answers):
        person = world.guild.add_member(world.env.create_user(f"voter{number}"))
        for question, answer in ((1, first), (2, second)):
            custom_id = next(
                each
                for each in ids(poll, "vote")
                if each.startswith(f"sw:moodpoll.vote:{question}:{answer}:")
            )
            result = await world.press(person, world.runs, custom_id)
            assert result.response.ephemeral


async def test_nobody_is_asked_before_an_organiser_turned_feelings_on(world: World) -> None:
    refused = await world.olive.slash(world.runs, "moodpoll")
    assert "Feelings are off" in seen(refused)


async def test_members_post_nothing(world: World) -> None:
    await turn_on(world)
    preview = await world.olive.slash(world.runs, "moodpoll")
    refused = await world.press(world.alice, world.runs, ids(preview.response, "post")[0])
    assert "Manage Server" in seen(refused)
    assert [row["posted_at"] for row in await world.rows("SELECT posted_at FROM poll_plans")] == [None]


async def test_seven_votes_show_when_it_closes_and_not_before(world: World) -> None:
    poll = await posted(world)
    await voted(world, poll, [(4, 5), (3, 4), (5, 4), (2, 3), (4, 4), (3, 5), (4, 2)])
    before = await world.press(world.alice, world.runs, ids(poll, "results")[0])
    assert "Until then nobody sees" in seen(before)
    assert "about" not in seen(world.runs.history()[-1])
    world.clock.advance(timedelta(days=2))
    await tended(world)
    shown = seen(world.runs.history()[-1])
    assert "about **3.5** of 5 (5 to 9 people)" in shown
    assert "about **4** of 5 (5 to 9 people)" in shown
    assert not ids(world.runs.history()[-1], "vote")
    assert not await world.rows("SELECT * FROM poll_votes")
    assert not await world.rows("SELECT * FROM poll_secrets")


async def test_four_votes_show_nothing(world: World) -> None:
    poll = await posted(world)
    await voted(world, poll, [(4, 5), (3, 4), (5, 4), (2, 3)])
    world.clock.advance(timedelta(days=2))
    await tended(world)
    shown = seen(world.runs.history()[-1])
    assert shown.count("Not shown: fewer than 5 voted, or the votes were too much alike.") == 2
    assert "4" not in shown.replace("fewer than 5", "")


async def test_a_vote_is_changed_and_taken_back_until_it_closes(world: World) -> None:
    poll = await posted(world)
    votes = ids(poll, "vote")
    await world.press(world.alice, world.runs, votes[0])
    changed = await world.press(world.alice, world.runs, votes[4])
    assert "5 bright" in seen(changed)
    assert [row["first"] for row in await world.rows("SELECT first FROM poll_votes")] == [5]
    await world.press(world.alice, world.runs, ids(changed.response, "unvote")[0])
    assert not await world.rows("SELECT * FROM poll_votes")
    world.clock.advance(timedelta(days=2))
    late = await world.press(world.alice, world.runs, votes[0])
    assert "closed" in seen(late)


async def test_no_row_says_who_voted(world: World) -> None:
    poll = await posted(world)
    await world.press(world.bob, world.runs, ids(poll, "vote")[0])
    [vote] = await world.rows("SELECT * FROM poll_votes")
    assert set(dict(vote)) == {"poll_id", "voter", "first", "second"}
    assert str(world.bob.id) not in str(dict(vote))
    assert not await world.rows("SELECT * FROM people WHERE person_id = :id", id=world.bob.id)


async def test_buttons_live_through_a_restart(world: World) -> None:
    poll = await posted(world)
    await restarted(world)
    result = await world.press_on(world.alice, poll, ids(poll, "vote")[2])
    assert "3 all right" in seen(result)
    assert [row["first"] for row in await world.rows("SELECT first FROM poll_votes")] == [3]


async def test_a_message_that_a_stop_left_out_of_date_is_edited_by_the_next_start(world: World) -> None:
    poll = await posted(world)
    world.clock.advance(timedelta(days=2))
    await world.bot.services.moodpolls.close_due(world.clock.now())
    assert ids(world.runs.history()[-1], "vote")
    await restarted(world)
    await tended(world)
    assert world.runs.history()[-1].id == poll.id
    assert not ids(world.runs.history()[-1], "vote")
    assert [row["redraw"] for row in await world.rows("SELECT redraw FROM polls")] == [0]


async def test_a_message_that_is_gone_is_looked_for_no_more(world: World) -> None:
    poll = await posted(world)
    world.env.backend.delete_message(poll.channel.id, poll.id)
    world.clock.advance(timedelta(days=2))
    await tended(world)
    assert [row["redraw"] for row in await world.rows("SELECT redraw FROM polls")] == [0]


async def test_a_vote_and_post_it_that_come_twice_count_once(world: World) -> None:
    await turn_on(world)
    preview = await world.olive.slash(world.runs, "moodpoll")
    for _ in range(2):
        await world.press(world.olive, world.runs, ids(preview.response, "post")[0])
        await tended(world)
    poll = world.runs.history()[-1]
    assert len([each for each in world.runs.history() if ids(each, "vote")]) == 1
    for _ in range(2):
        await world.press(world.alice, world.runs, ids(poll, "vote")[0])
    assert [row["first"] for row in await world.rows("SELECT first FROM poll_votes")] == [1]


async def test_organisers_are_told_of_a_poll_that_did_not_reach_its_channel(world: World) -> None:
    await turn_on(world)
    preview = await world.olive.slash(world.lounge, "moodpoll")
    await world.bot.services.moodpolls.post(
        world.group_id,
        world.olive.id,
        int(ids(preview.response, "post")[0].rpartition(":")[2]),
        world.clock.now(),
    )
    world.env.backend.delete_channel(world.lounge.id)
    await tended(world)
    told = await world.olive.slash(world.runs, "moodpoll")
    assert "A poll could not be posted" in "".join(seen(each) for each in (told.response, *told.followups))


async def test_logs_say_nothing_of_who_voted_what(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", logger="bot")
    caplog.set_level("DEBUG", logger="cogs")
    poll = await posted(world, question="marker question", answers="marker one | marker two")
    custom_id = ids(poll, "vote")[0]
    await world.press(world.alice, world.runs, custom_id)
    world.clock.advance(timedelta(days=2))
    await tended(world)
    said = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert "polls_closed" in said
    for secret in (str(world.alice.id), custom_id.removeprefix("sw:"), "marker"):
        assert secret not in said


async def test_an_organiser_closes_early_by_two_presses(world: World) -> None:
    poll = await posted(world)
    refused = await world.press(world.alice, world.runs, ids(poll, "close")[0])
    assert "Manage Server" in seen(refused)
    asked = await world.press(world.olive, world.runs, ids(poll, "close")[0])
    await world.press(world.olive, world.runs, ids(asked.response, "close_sure")[0])
    await tended(world)
    assert "The poll is closed" in seen(world.runs.history()[-1])


async def test_a_weekly_pulse_comes_again_until_it_is_stopped(world: World) -> None:
    await posted(world, repeat="weekly")
    for week in (2, 3):
        world.clock.advance(timedelta(days=7))
        await tended(world)
        assert len([each for each in world.runs.history() if ids(each, "results")]) == week
    newest = world.runs.history()[-1]
    results = await world.press(world.olive, world.runs, ids(newest, "results")[0])
    await world.press(world.olive, world.runs, ids(results.response, "stop")[0])
    world.clock.advance(timedelta(days=7))
    await tended(world)
    assert len([each for each in world.runs.history() if ids(each, "results")]) == 3


async def test_an_own_question_counts_its_answers(world: World) -> None:
    poll = await posted(world, question="Hill or flat?", answers="Hill | Flat | *Neither*")
    for number, custom_id in enumerate([*ids(poll, "vote")[:2] * 2, ids(poll, "vote")[0]]):
        person = world.guild.add_member(world.env.create_user(f"walker{number}"))
        await world.press(person, world.runs, custom_id)
    world.clock.advance(timedelta(days=2))
    await tended(world)
    shown = seen(world.runs.history()[-1])
    assert "Hill  ▰▰▰▰▰▰▱▱▱▱  **3**" in shown
    assert "Flat  ▰▰▰▰▱▱▱▱▱▱  **2**" in shown


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"minimum": 4}, "from 5 votes on"),
        ({"duration": "soon"}, "is not a duration"),
        ({"duration": "20 days"}, "1 hour to 14 days"),
        ({"duration": "7 days", "repeat": "weekly"}, "1 hour to 6 days"),
        ({"kind": "pulse", "question": "Why?"}, "its own two questions"),
        ({"kind": "question", "question": "Why?", "answers": "one"}, "two to five answers"),
        ({"question": "Why?", "answers": "Yes|yes"}, "the same"),
        ({"kind": "question", "answers": "a|b"}, "Type the question"),
        ({"question": "x" * 300, "answers": "a|b"}, "longer than 200"),
        ({"question": "Why?", "answers": "a|" + "b" * 90}, "longer than 60"),
    ],
)
async def test_what_cannot_be_asked_is_refused_in_words(
    world: World, options: dict[str, Any], said: str
) -> None:
    await turn_on(world)
    refused = await world.olive.slash(world.runs, "moodpoll", **options)
    assert said in seen(refused)
    assert not await world.rows("SELECT * FROM poll_plans")


async def test_too_few_people_are_warned_of(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """simcord counts nobody where Discord would."""

    async def counted(group_id: int, *, with_counts: bool) -> SimpleNamespace:
        assert with_counts
        assert group_id == world.group_id
        return SimpleNamespace(approximate_member_count=12)

    monkeypatch.setattr(world.bot, "fetch_guild", counted)
    await turn_on(world)
    preview = await world.olive.slash(world.runs, "moodpoll", minimum=50)
    assert "11 people could vote here, and a result needs 50" in seen(preview)


@pytest.mark.parametrize(
    "forged",
    [
        "moodpoll.vote:3:1:{}",
        "moodpoll.vote:1:6:{}",
        "moodpoll.vote:1:0:{}",
        "moodpoll.vote:1:1:7",
        "moodpoll.vote:x:1:{}",
    ],
)
async def test_forged_votes_store_nothing(world: World, forged: str) -> None:
    poll = await posted(world)
    poll_id = ids(poll, "vote")[0].rsplit(":", 1)[1]
    result = await world.press(world.alice, world.runs, "sw:" + forged.format(poll_id))
    assert result.response.ephemeral
    assert not await world.rows("SELECT * FROM poll_votes")
