"""`/goal`: the one target and how the week stands, privately."""

from __future__ import annotations

from typing import Any

import pytest

from bot.plans.service import PlanState
from tests.cogs.conftest import World, seen


async def state(world: World, person: Any) -> PlanState:
    return await world.bot.services.plans.state(world.group_id, person.id, world.clock.now())


async def check_in(world: World, person: Any, day: str = "2026-11-17") -> None:
    await world.bot.services.members.set_visibility(world.group_id, person.id, "group", world.clock.now())
    await world.put(
        "INSERT INTO runs (run_id, group_id, person_id, interaction_id, activity, running_day, metres, source,"
        " visibility, created_at) VALUES (:id, :group_id, :person_id, :id, 'run', :day, 8000, 'typed', 'private', 0)",
        id=int(day.replace("-", "")),
        group_id=world.group_id,
        person_id=person.id,
        day=day,
    )


async def test_the_panel_shows_the_usual_three_days_and_is_private(world: World) -> None:
    shown = await world.alice.slash(world.lounge, "goal")

    assert shown.response.ephemeral
    assert "3 days a week" in seen(shown)
    assert "until you choose" in seen(shown)
    assert "0 of 3" in seen(shown)


async def test_choosing_days_says_from_when_they_hold(world: World) -> None:
    shown = await world.alice.slash(world.lounge, "goal")
    await world.alice.select(shown.response, ["4"], custom_id="sw:goal.days")
    assert "**4 days a week**, from this week on" in seen(shown)

    await check_in(world, world.alice)
    await world.alice.select(shown.response, ["2"], custom_id="sw:goal.days")

    assert "**2 days a week**, from next week on" in seen(shown)
    assert "From next week: **2 days**" in seen(shown)
    assert "1 of 4" in seen(shown)


async def test_the_form_takes_distance_minutes_and_a_plan_in_own_words(world: World) -> None:
    await check_in(world, world.alice)
    shown = await world.alice.slash(world.lounge, "goal")
    form = await world.alice.click(shown.response, custom_id="sw:goal.form")
    plan = "When it rains @everyone, I run [here](https://evil.example)"
    await world.alice.submit_modal(form, {"distance": "20", "time": "1h 30m", "plan": plan})

    after = await state(world, world.alice)
    assert (after.weekly_metres, after.weekly_minutes, after.plan) == (20_000, 90, plan)
    assert "8.00 km of 20.00 km" in seen(shown)
    assert "of 1:30:00" in seen(shown)
    assert "@everyone" not in seen(shown), "shown so that nobody is called"
    assert "](https" not in seen(shown)


async def test_the_form_opens_with_what_is_set(world: World) -> None:
    await world.bot.services.plans.set_wishes(
        world.group_id, world.alice.id, "20 km", "90", "my plan", world.clock.now()
    )
    shown = await world.alice.slash(world.lounge, "goal")
    form = await world.alice.click(shown.response, custom_id="sw:goal.form")

    assert "20.00 km" in str(form.modal)
    assert "my plan" in str(form.modal)


async def test_a_plan_of_ten_thousand_characters_sent_anyway_is_cut_and_fits_the_panel(world: World) -> None:
    await world.bot.services.plans.set_wishes(world.group_id, world.alice.id, "", "", "", world.clock.now())
    answer = await world.form(world.alice, world.lounge, "sw:goal.wishes", {"plan": "*" * 10_000})

    assert "Plan" in seen(answer)
    plan = (await state(world, world.alice)).plan
    assert plan is not None
    assert len(plan) <= 200


@pytest.mark.parametrize(
    ("distance", "time"), [("banana", ""), ("", "tomorrow"), ("-1 km", ""), ("٥" * 50, "")]
)
async def test_wishes_that_mean_nothing_are_refused_privately(world: World, distance: str, time: str) -> None:
    answer = await world.form(
        world.alice, world.lounge, "sw:goal.wishes", {"distance": distance, "time": time, "plan": "kept?"}
    )

    assert answer.response.ephemeral
    assert (await state(world, world.alice)).plan is None


@pytest.mark.parametrize("days", ["0", "8", "-1", "x", "٣", "9" * 40])
async def test_days_that_no_week_has_are_refused(world: World, days: str) -> None:
    answer = await world.press(world.alice, world.lounge, "sw:goal.days", days)

    assert answer.response.ephemeral
    assert not (await state(world, world.alice)).chosen


async def test_clearing_goes_back_to_the_usual_three(world: World) -> None:
    shown = await world.alice.slash(world.lounge, "goal")
    await world.alice.select(shown.response, ["6"], custom_id="sw:goal.days")
    await world.alice.click(shown.response, custom_id="sw:goal.clear")

    assert (await state(world, world.alice)).target == 3
    assert "Cleared" in seen(shown)


async def test_my_goal_on_an_older_permanent_card_opens_one_s_own_panel_and_leaves_the_card(
    world: World,
) -> None:
    await world.bot.services.groups.set_runs_channel(world.group_id, world.runs.id, world.clock.now())
    await world.press(world.olive, world.lounge, "sw:setup.post")
    (posted,) = world.runs.history()

    answer = await world.press_on(world.alice, posted, "sw:goal.open")

    assert answer.response.ephemeral
    assert "My goal" in seen(answer)
    (still,) = world.runs.history()
    assert "How it works" in seen(still)


async def test_one_s_goal_is_nobody_else_s(world: World) -> None:
    shown = await world.alice.slash(world.lounge, "goal")
    await world.alice.select(shown.response, ["7"], custom_id="sw:goal.days")

    assert "3 days a week" in seen(await world.bob.slash(world.lounge, "goal"))
