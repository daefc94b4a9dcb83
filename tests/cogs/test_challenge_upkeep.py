"""Posted challenges over time: restarts, outages, deleted messages, zones, and what is of another group or over."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import cycle
from typing import Any

import pytest

from bot.challenges.service import BETWEEN_EDITS
from bot.client import COGS, SecondWind
from bot.words import Catalogues
from tests.cogs.conftest import AtOnce, World, seen
from tests.cogs.test_challenge_making import FORMS
from tests.cogs.test_challenges import RESULT_DUE, button, card, challenge_of, edited, plan, posted, upkeep

FARTHEST_WEST = timedelta(hours=11)  # Pago Pago is so far behind the group's UTC


async def restarted(world: World) -> World:
    """The same Discord and the same file with a new process."""
    bot = SecondWind(world.bot.services, Catalogues(), cogs=COGS, shard_count=1)
    bot.courier.pace = AtOnce()
    await world.env.restart_bot(bot)
    world.bot = bot
    await edited(world)
    return world


async def redraw(world: World) -> list[int]:
    """How up to date each challenge's card is: 0 where it shows what is stored."""
    return [int(row["redraw"]) for row in await world.rows("SELECT redraw FROM challenges")]


async def view(world: World, which: int) -> Any:
    return await world.bot.services.challenges.view(world.group_id, None, which, world.clock.now())


async def test_one_joins_from_a_card_that_was_posted_before_a_restart(world: World) -> None:
    message = await posted(world, plan())
    world = await restarted(world)
    joined = await world.alice.click(message, custom_id=button(message, "join"))
    assert "You are in" in seen(joined)
    assert (await view(world, challenge_of(message))).people == 1


async def test_what_a_crash_left_out_of_date_is_shown_by_the_next_start(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = await posted(world, plan())
    monkeypatch.setattr(world.bot, "redraw_challenges", lambda: None)
    world.clock.advance(BETWEEN_EDITS)
    await world.alice.click(message, custom_id=button(message, "join"))
    await world.alice.slash(world.runs, "run log", distance="7k")
    assert "7.00" not in seen(card(world, "To the sea"))
    world = await restarted(world)
    assert "7.00" in seen(card(world, "To the sea"))
    assert await redraw(world) == [0]


async def test_an_edit_that_was_cut_short_is_made_after_five_minutes(world: World) -> None:
    await posted(world, plan(title="Cut short"))
    await edited(world)
    await world.put(
        "UPDATE challenges SET redraw = 2, redrawn_at = :now, title = 'To the sea'",
        now=int(world.clock.now().timestamp()),
    )
    await upkeep(world)
    assert await redraw(world) == [2]
    world.clock.advance(timedelta(minutes=4))
    await upkeep(world)
    assert card(world, "To the sea")
    assert await redraw(world) == [0]


@pytest.mark.parametrize(("status", "code"), [(404, 10008), (404, 10003), (403, 50001)])
async def test_a_card_that_is_gone_or_closed_to_us_is_not_tried_for_ever(
    world: World, status: int, code: int
) -> None:
    message = await posted(world, plan())
    world.env.inject_error("PATCH", f"*/messages/{message.id}", status=status, code=code, times=None)
    await world.alice.click(message, custom_id=button(message, "join"))
    await upkeep(world)
    assert await redraw(world) == [0]


async def test_an_edit_that_discord_does_not_take_now_is_made_a_minute_later(world: World) -> None:
    message = await posted(world, plan())
    await edited(world)
    world.clock.advance(BETWEEN_EDITS)
    world.env.inject_error("PATCH", f"*/messages/{message.id}", status=503)
    await world.alice.slash(world.runs, "run log", distance="6k")
    await world.alice.click(message, custom_id=button(message, "join"))
    await edited(world)
    assert await redraw(world) == [1]
    assert "6.00" not in seen(card(world, "To the sea"))
    await upkeep(world)
    assert "6.00" in seen(card(world, "To the sea"))


async def test_one_card_that_cannot_be_made_does_not_keep_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = [await posted(world, plan(title=title)) for title in ("To the sea", "To the hills")]
    await edited(world)
    cog: Any = world.bot.get_cog("Challenges")
    card_of, broken = cog.upkeep._post.card, challenge_of(first)

    async def made(client: Any, shown: Any, delivery_id: int | None) -> Any:
        if shown.challenge.challenge_id == broken:
            raise ValueError("a bug")
        return await card_of(client, shown, delivery_id)

    monkeypatch.setattr(cog.upkeep._post, "card", made)
    world.clock.advance(BETWEEN_EDITS)
    await world.put("UPDATE challenges SET redraw = 1, redrawn_at = challenge_id - :first", first=broken)
    await world.put("UPDATE challenges SET title = 'Up the hills' WHERE challenge_id <> :first", first=broken)
    world.bot.redraw_challenges()
    await edited(world)
    assert challenge_of(card(world, "Up the hills")) == challenge_of(second)


PRESSES = ("join", "leave", "leave_share", "show", "standings", "page", "end", "end_sure", "off", "off_sure")
OF_MAKERS = ("back", "again", "edit", "change", "post")


async def test_another_groups_challenge_is_said_to_be_gone_and_stays_as_it_is(world: World) -> None:
    now, making, olive = world.clock.now(), world.bot.services.making, world.olive.id
    other = world.group_id + 1
    shown = await making.draft(other, olive, 1, plan(), world.runs.id, now, organiser=True)
    await making.post(other, olive, shown.challenge.challenge_id, now, organiser=True)
    draft = await making.draft(other, olive, 2, plan(), world.runs.id, now, organiser=True)
    stored = "SELECT challenge_id, title, last_day, posted_at, removed_at, redraw FROM challenges"
    before = await world.rows(stored)
    for which in (shown.challenge.challenge_id, draft.challenge.challenge_id):
        for action in (*PRESSES, *OF_MAKERS):
            answer = await world.press(world.olive, world.runs, f"sw:challenge.{action}:{which}:0")
            assert answer.response.ephemeral
            assert "not here any more" in seen(answer) or "preview is gone" in seen(answer), action
    assert await world.rows(stored) == before
    assert not await world.rows("SELECT * FROM challenge_members")


async def test_standings_turn_their_pages_and_a_page_that_there_is_not_is_the_nearest(world: World) -> None:
    message = await posted(world, plan("distance"))
    which = challenge_of(message)
    for number in range(45):
        await world.bot.services.challenges.join(world.group_id, 9_000 + number, which, world.clock.now())
    first = await world.alice.click(message, custom_id=button(message, "standings"))
    assert "Page 1 of 3" in seen(first)
    second = await world.alice.click(first.response, custom_id=f"sw:challenge.page:{which}:1")
    assert "<@9020>" in seen(second)
    assert "<@9000>" not in seen(second)
    assert "Page 3 of 3" in seen(await world.press(world.alice, world.runs, f"sw:challenge.page:{which}:999"))
    assert "older message" in seen(
        await world.press(world.alice, world.runs, f"sw:challenge.page:{which}:-1")
    )


async def test_the_result_waits_for_the_member_farthest_west_and_comes_once(world: World) -> None:
    message = await posted(world, plan("together"))
    await world.alice.click(message, custom_id=button(message, "join"))
    await world.alice.slash(world.runs, "run log", distance="9k")
    await world.put("UPDATE people SET zone = 'Pacific/Pago_Pago' WHERE person_id = :who", who=world.alice.id)
    before = len(world.runs.history())
    world.clock.advance(RESULT_DUE + FARTHEST_WEST - timedelta(minutes=1) - world.clock.now())
    await world.bot.courier.wake(world.bot)
    assert len(world.runs.history()) == before
    world.clock.advance(timedelta(minutes=1))
    for _ in range(2):
        await world.bot.courier.wake(world.bot)
        await upkeep(world)
    results = [each for each in world.runs.history() if "the result" in seen(each)]
    assert len(results) == 1
    assert "9.00" in seen(results[0])
    over = await world.press(world.alice, world.runs, f"sw:challenge.leave:{challenge_of(message)}")
    assert "result is out" in seen(over)


async def test_each_kind_comes_to_one_result_that_says_what_was_reached(world: World) -> None:
    for kind, fields in FORMS.items():
        shown = await world.form(world.olive, world.runs, f"sw:challenge.form:{kind}", fields)
        post = button(shown.response, "post")
        await world.olive.click(shown.response, custom_id=post)
        await world.press(world.alice, world.runs, post.replace("post", "join"))
    await world.alice.slash(world.runs, "run log", distance="8k", time="44:00")
    before = {each.id for each in world.runs.history()}
    world.clock.advance(timedelta(days=120))
    for _ in range(2):
        await world.bot.courier.wake(world.bot)
    told = [seen(each) for each in world.runs.history() if each.id not in before]
    assert len(told) == len(FORMS)
    for kind, fields in FORMS.items():
        reached = {"minutes": "44 min", "days": "1 day", "teams": "44 min", "pledge": "4.00"}.get(
            kind, "8.00 km"
        )
        title = fields["title"] or "Rhine"
        assert [each for each in told if title in each and reached in each.replace("\u00a0", " ")], kind


async def test_who_joins_after_the_last_day_is_told_that_it_has_ended(world: World) -> None:
    message = await posted(world, plan(last_day=date(2026, 11, 18)))
    world.clock.advance(timedelta(days=1))
    late = await world.alice.click(message, custom_id=button(message, "join"))
    assert late.response.ephemeral
    assert "has ended" in seen(late)


async def test_what_was_called_off_is_gone_for_good_after_ten_minutes(world: World) -> None:
    message = await posted(world, plan())
    which = challenge_of(message)
    await world.press(world.olive, world.runs, f"sw:challenge.off_sure:{which}")
    await upkeep(world)
    world.clock.advance(timedelta(minutes=10))
    late = await world.press(world.olive, world.runs, f"sw:challenge.back:{which}")
    assert "ten minutes" in seen(late)
    await world.bot.services.challenges.forget(world.clock.now())
    for action in ("join", "leave", "standings", "back", "show"):
        gone = await world.press(world.alice, world.runs, f"sw:challenge.{action}:{which}")
        assert "not here any more" in seen(gone), action


async def test_a_press_that_names_no_challenge_is_answered_in_words(world: World) -> None:
    nonsense = cycle(["", ":x", ":-1", ":" + "9" * 30, ":٣"])
    for action, argument in zip((*PRESSES, *OF_MAKERS), nonsense, strict=False):
        answer = await world.press(world.alice, world.runs, f"sw:challenge.{action}{argument}")
        assert answer.response.ephemeral
        assert "older message" in seen(answer), action
