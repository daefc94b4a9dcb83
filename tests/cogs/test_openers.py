"""The opener in its channel, "My plan" behind it, and the edits that list who planned."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.members.sweep import Swept
from tests.cogs.conftest import World, seen

MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.fixture
async def week(world: World) -> World:
    """A group with a runs channel in which bob checked in on Wednesday."""
    await world.bot.services.groups.set_runs_channel(world.group_id, world.runs.id, world.clock.now())
    await world.bob.slash(world.runs, "run log", distance="5k")
    return world


async def to(world: World, now: datetime) -> None:
    """The clock shows `now`, and the bot wakes up."""
    world.clock.advance(now - world.clock.now())
    await world.bot.courier.wake(world.bot)
    await world.env.settle()


def posts(world: World, channel: Any | None = None) -> list[Any]:
    """The openers in a channel."""
    return [each for each in (channel or world.runs).history() if "A new week" in seen(each)]


async def opener(world: World) -> Any:
    await to(world, MONDAY)
    (post,) = posts(world)
    return post


def button(message: Any, action: str) -> str:
    """The custom_id of the message's button of that action."""
    return next(custom_id for custom_id in _custom_ids(message) if custom_id.startswith(f"sw:{action}"))


def _custom_ids(message: Any) -> list[str]:
    waiting, found = [part if isinstance(part, dict) else part.to_dict() for part in message.components], []
    while waiting:
        part = waiting.pop(0)
        waiting.extend(part.get("components") or ())
        if part.get("custom_id"):
            found.append(part["custom_id"])
    return found


async def reasons(world: World, kind: str = "opener") -> list[str | None]:
    rows = await world.rows("SELECT reason FROM deliveries WHERE kind = :kind ORDER BY due_at", kind=kind)
    return [row["reason"] for row in rows]


async def test_the_opener_comes_on_monday_morning_and_lists_who_plans(week: World) -> None:
    await to(week, MONDAY - timedelta(minutes=1))
    assert posts(week) == []
    post = await opener(week)
    assert "One is plenty" in seen(post)

    panel = await week.alice.click(post, custom_id=button(post, "plan.week"))
    assert panel.response.ephemeral
    assert "for everybody here" in seen(panel)
    await week.alice.select(panel.response, ["4"], custom_id="sw:plan.days:2026-11-23")

    assert "Planned: 4 days. Your goal is set by it, from this week on." in seen(panel)
    (post,) = posts(week)
    assert f"<@{week.alice.id}> · 4 days" in seen(post)
    assert "One is plenty" not in seen(post)
    await to(week, MONDAY + timedelta(hours=1))
    assert len(posts(week)) == 1


async def test_words_come_by_a_form_and_show_as_typed(week: World) -> None:
    post = await opener(week)
    panel = await week.alice.click(post, custom_id=button(post, "plan.week"))

    form = await week.alice.click(panel.response, custom_id="sw:plan.form:2026-11-23")
    assert "for everybody here" in str(form.modal)
    await week.alice.submit_modal(form, {"days": ["2"], "words": "@everyone *early*"})

    (post,) = posts(week)
    assert f"<@{week.alice.id}> · 2 days · @" in seen(post)
    assert r"\*early\*" in seen(post)
    assert "@everyone" not in seen(post)


async def test_a_plan_can_be_taken_back(week: World) -> None:
    post = await opener(week)
    panel = await week.alice.click(post, custom_id=button(post, "plan.week"))
    await week.alice.select(panel.response, ["6"], custom_id="sw:plan.days:2026-11-23")

    await week.alice.click(panel.response, custom_id="sw:plan.back:2026-11-23")

    assert "off the list. Your goal is what it was before." in seen(panel)
    assert str(week.alice.id) not in seen(posts(week)[0])


async def test_who_has_checked_in_that_week_is_told_that_the_goal_moves_from_the_next_on(week: World) -> None:
    await week.alice.slash(week.runs, "run log", distance="3k")
    await week.bot.services.plans.set_days(week.group_id, week.alice.id, 2, week.clock.now())
    post = await opener(week)
    await week.alice.slash(week.runs, "run log", distance="5k", time="30:00")
    panel = await week.alice.click(post, custom_id=button(post, "plan.week"))

    await week.alice.select(panel.response, ["5"], custom_id="sw:plan.days:2026-11-23")

    assert "from next week on" in seen(panel)
    assert f"<@{week.alice.id}> · 5 days" in seen(posts(week)[0])


async def test_my_plan_on_the_permanent_card_lists_one_on_the_present_opener(week: World) -> None:
    await week.press(week.olive, week.lounge, "sw:setup.post")
    await opener(week)
    card = next(each for each in week.runs.history() if "How it works" in seen(each))

    panel = await week.alice.click(card, custom_id="sw:plan.mine")
    await week.alice.select(panel.response, ["3"], custom_id="sw:plan.days:2026-11-23")

    assert panel.response.ephemeral
    assert f"<@{week.alice.id}> · 3 days" in seen(posts(week)[0])


async def test_a_plan_before_the_opener_waits_for_it_also_in_a_pause(week: World) -> None:
    await to(week, MONDAY - timedelta(hours=3))
    await week.alice.slash(week.runs, "pause", **{"from": "today", "until": "2026-12-05"})
    panel = await week.press(week.alice, week.lounge, "sw:plan.mine")
    assert "Where the group has a post" in seen(panel)
    await week.press(week.alice, week.lounge, "sw:plan.days:2026-11-23", "7")

    assert f"<@{week.alice.id}> · 7 days" in seen(await opener(week))


async def test_many_presses_become_few_edits_and_the_last_state_wins(
    week: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.openers.upkeep.BETWEEN_EDITS_S", 600.0)
    post = await opener(week)
    edits = []
    edit = week.bot.http.edit_message

    async def counted(*arguments: Any, **named: Any) -> Any:
        edits.append(arguments)
        return await edit(*arguments, **named)

    monkeypatch.setattr(week.bot.http, "edit_message", counted)
    for days in "12345":
        await week.press(week.alice, week.runs, "sw:plan.days:2026-11-23", days)
    assert len(edits) == 1
    assert "1 day" in seen(posts(week)[0])
    cog: Any = week.bot.get_cog("Openers")

    await cog.upkeep.close()

    assert len(edits) == 2
    assert "5 days" in seen(posts(week)[0])
    assert post.id == posts(week)[0].id


async def test_an_edit_that_discord_does_not_take_now_comes_soon(week: World) -> None:
    await opener(week)
    for days, status in ((1, 500), (2, 503), (3, 429)):
        week.env.inject_error("PATCH", "/channels/*/messages/*", status=status, code=0, times=2)

        answer = await week.press(week.alice, week.runs, "sw:plan.days:2026-11-23", str(days))

        assert "Planned:" in seen(answer)
        assert f"<@{week.alice.id}> · {days} day" in seen(posts(week)[0]), status


async def test_who_plans_while_the_opener_is_on_its_way_is_listed_once_it_stands(
    week: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await opener(week)
    await week.put(
        "UPDATE deliveries SET message_id = NULL, state = 'sending', try_at = 1 WHERE kind = 'opener'"
    )
    looks = []
    place = week.bot.services.openers.place

    async def arrives(*arguments: Any) -> Any:
        looks.append(await place(*arguments))
        if len(looks) == 2:
            message = posts(week)[0].id
            await week.put(
                "UPDATE deliveries SET message_id = :message, state = 'sent', try_at = NULL WHERE kind = 'opener'",
                message=message,
            )
        return looks[-1]

    monkeypatch.setattr(week.bot.services.openers, "place", arrives)
    await week.press(week.alice, week.runs, "sw:plan.days:2026-11-23", "4")

    assert len(looks) == 3
    assert f"<@{week.alice.id}> · 4 days" in seen(posts(week)[0])


async def test_without_the_right_to_edit_a_press_is_answered_and_the_next_one_tries_again(
    week: World,
) -> None:
    await opener(week)
    week.env.inject_error("PATCH", "/channels/*/messages/*", status=403, code=50001)
    answer = await week.press(week.alice, week.runs, "sw:plan.days:2026-11-23", "4")
    assert "Planned: 4 days" in seen(answer)
    assert str(week.alice.id) not in seen(posts(week)[0])

    await week.press(week.bob, week.runs, "sw:plan.days:2026-11-23", "2")

    assert f"<@{week.alice.id}> · 4 days" in seen(posts(week)[0])
    assert f"<@{week.bob.id}> · 2 days" in seen(posts(week)[0])


async def test_an_opener_that_was_deleted_by_hand_stays_away_and_plans_are_kept(week: World) -> None:
    post = await opener(week)
    await post.delete()

    answer = await week.press(week.alice, week.runs, "sw:plan.days:2026-11-23", "4")

    assert "Planned: 4 days" in seen(answer)
    assert posts(week) == []
    assert len(await week.rows("SELECT 1 FROM week_plans")) == 1


async def test_the_opener_of_a_week_that_is_over_plans_the_present_one_and_stays_as_it_is(
    week: World,
) -> None:
    post = await opener(week)
    week.clock.advance(timedelta(days=7))

    panel = await week.alice.click(post, custom_id=button(post, "plan.week"))
    assert "That week is over" in seen(panel)
    await week.alice.select(panel.response, ["4"], custom_id="sw:plan.days:2026-11-30")

    assert "One is plenty" in seen(posts(week)[0])
    (plan,) = await week.rows("SELECT week_day FROM week_plans")
    assert plan["week_day"] == "2026-11-30"


async def test_after_three_days_of_downtime_an_old_opener_stays_away_with_its_reason(week: World) -> None:
    await to(week, MONDAY + timedelta(days=3))

    assert posts(week) == []
    assert await reasons(week) == ["late"]
    await to(week, MONDAY + timedelta(days=7, hours=23))
    assert len(posts(week)) == 1, "one less than a day late still comes"


async def test_a_group_in_which_nobody_runs_has_no_opener(week: World) -> None:
    await to(week, MONDAY + timedelta(days=27))
    await to(week, MONDAY + timedelta(days=28))

    assert posts(week) == []
    assert (await reasons(week))[-1] == "nobody_active"


async def test_the_source_of_a_fact_is_a_press_away(week: World) -> None:
    answer = await week.press(week.alice, week.runs, "sw:words.source:F27:1")

    assert answer.response.ephemeral
    assert "fresh starts" in seen(answer).lower()
    assert "Dai et al. 2014" in seen(answer)


async def test_what_no_button_sends_is_refused_privately(week: World) -> None:
    for sent in (
        "plan.week",
        "plan.week:x",
        "plan.days:2026-11-23",
        "plan.days",
        "plan.days:2026-02-31",
        "plan.form:yesterday",
        "plan.back:",
        "plan.save:2026-11-23",
        "words.source",
        "words.source:F99:1",
    ):
        answer = await week.press(week.alice, week.runs, f"sw:{sent}")

        assert answer.response.ephemeral, sent
        assert "older message" in seen(answer), sent
    assert await week.rows("SELECT 1 FROM week_plans") == []


async def test_a_name_is_gone_from_openers_before_cards_are_removed_one_by_one(
    week: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await opener(week)
    await week.press(week.alice, week.runs, "sw:plan.days:2026-11-23", "4")
    await week.press(week.bob, week.runs, "sw:plan.days:2026-11-23", "2")
    stands = []

    async def stopped(*_: object) -> Swept:
        stands.append(f"<@{week.alice.id}>" in seen(posts(week)[0]))
        return Swept()

    monkeypatch.setattr(sys.modules["cogs.members"], "sweep", stopped)
    await week.press(week.alice, week.lounge, "sw:privacy.erased:everything")

    assert stands == [False]
    assert f"<@{week.bob.id}>" in seen(posts(week)[0])


async def test_who_erases_everything_is_gone_from_old_openers_too(week: World) -> None:
    await opener(week)
    await week.press(week.alice, week.runs, "sw:plan.days:2026-11-23", "4")
    await week.press(week.bob, week.runs, "sw:plan.days:2026-11-23", "2")
    week.clock.advance(timedelta(days=10))

    await week.press(week.alice, week.lounge, "sw:privacy.erased:everything")

    (post,) = posts(week)
    assert str(week.alice.id) not in seen(post)
    assert f"<@{week.bob.id}> · 2 days" in seen(post)


async def test_erasing_the_group_takes_its_posts_away(week: World) -> None:
    await opener(week)

    await week.form(week.olive, week.lounge, "sw:setup.erased", {"word": "erase"})

    assert posts(week) == []
    assert await week.rows("SELECT 1 FROM deliveries") == []
