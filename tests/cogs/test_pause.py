"""`/pause`: life has other plans, and nobody else sees it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from bot.plans.rules import Pause
from tests.cogs.conftest import World, seen
from tests.cogs.test_goal import check_in, state

TODAY = date(2026, 11, 18)


async def pauses(world: World, person: Any) -> tuple[Pause, ...]:
    return (await state(world, person)).pauses


async def test_without_options_the_panel_offers_to_pause(world: World) -> None:
    shown = await world.alice.slash(world.lounge, "pause")
    assert shown.response.ephemeral
    assert await pauses(world, world.alice) == ()

    await world.alice.click(shown.response, custom_id="sw:pause.today")

    (made,) = await pauses(world, world.alice)
    assert (made.from_day, made.until_day) == (TODAY, None)
    assert "until you are back" in seen(shown)


async def test_options_pause_at_once_and_privately(world: World) -> None:
    shown = await world.alice.slash(
        world.lounge, "pause", **{"from": "yesterday", "until": "in 2 weeks", "reason": "flu @everyone"}
    )

    (made,) = await pauses(world, world.alice)
    assert (made.from_day, made.until_day) == (TODAY - timedelta(days=1), TODAY + timedelta(days=14))
    assert made.reason == "flu @everyone"
    assert shown.response.ephemeral
    assert "@everyone" not in seen(shown)
    assert "flu" in seen(shown)


async def test_i_am_back_ends_the_pause_yesterday(world: World) -> None:
    shown = await world.alice.slash(world.lounge, "pause", **{"from": "yesterday"})
    (made,) = await pauses(world, world.alice)
    await world.alice.click(shown.response, custom_id=f"sw:pause.end:{made.pause_id}")

    (ended,) = await pauses(world, world.alice)
    assert ended.until_day == TODAY - timedelta(days=1)
    assert "Good to have you back" in seen(shown)


async def test_after_two_weeks_the_return_offers_a_smaller_goal_in_one_press(world: World) -> None:
    shown = await world.alice.slash(world.lounge, "pause")
    await world.alice.click(shown.response, custom_id="sw:pause.today")
    (made,) = await pauses(world, world.alice)
    world.clock.advance(timedelta(days=14))
    await world.alice.click(shown.response, custom_id=f"sw:pause.end:{made.pause_id}")
    assert "Welcome back" in seen(shown)

    await world.alice.click(shown.response, custom_id="sw:goal.days:2")

    assert "**2 days a week**, from this week on" in seen(shown)
    assert (await state(world, world.alice)).smaller == ()


async def test_who_checks_in_after_a_long_pause_that_ended_by_itself_is_offered_a_smaller_goal_once(
    world: World,
) -> None:
    await check_in(world, world.alice, "2026-11-17")
    await world.alice.slash(world.lounge, "pause", until="2026-12-02")
    world.clock.advance(timedelta(days=16))

    shown = await world.alice.slash(world.lounge, "checkin")
    (offer,) = shown.followups
    assert offer.ephemeral
    assert "Welcome back" in seen(offer)
    await world.alice.click(shown.response, label="I ran")
    await world.alice.click(shown.response, label="Just count it")
    again = await world.alice.slash(world.lounge, "checkin")
    assert again.followups == []

    assert "Welcome back" not in seen(await world.bob.slash(world.lounge, "checkin"))


async def test_the_form_changes_the_pause_in_place(world: World) -> None:
    shown = await world.alice.slash(world.lounge, "pause", reason="knee")
    form = await world.alice.click(shown.response, custom_id="sw:pause.open")
    assert "knee" in str(form.modal)
    assert TODAY.isoformat() in str(form.modal)
    await world.alice.submit_modal(form, {"from": TODAY.isoformat(), "until": "2026-11-30", "reason": "knee"})

    (made,) = await pauses(world, world.alice)
    assert (made.from_day, made.until_day, made.reason) == (TODAY, date(2026, 11, 30), "knee")


async def test_the_form_moves_a_pause_to_a_later_start(world: World) -> None:
    shown = await world.alice.slash(world.lounge, "pause", **{"from": "2026-11-25", "until": "2026-12-05"})
    form = await world.alice.click(shown.response, custom_id="sw:pause.open")
    await world.alice.submit_modal(form, {"from": "2026-12-01", "until": "2026-12-08"})

    (made,) = await pauses(world, world.alice)
    assert (made.from_day, made.until_day) == (date(2026, 12, 1), date(2026, 12, 8))
    assert "one pause with the one before" not in seen(shown)


async def test_a_run_within_a_pause_does_not_keep_its_end_from_being_changed(world: World) -> None:
    shown = await world.alice.slash(world.lounge, "pause", **{"from": "2026-11-15"})
    await check_in(world, world.alice, "2026-11-17")
    form = await world.alice.click(shown.response, custom_id="sw:pause.open")
    await world.alice.submit_modal(form, {"from": "2026-11-15", "until": "2026-11-30"})

    (made,) = await pauses(world, world.alice)
    assert (made.from_day, made.until_day) == (date(2026, 11, 15), date(2026, 11, 30))


async def test_a_reason_taken_out_of_the_form_is_gone(world: World) -> None:
    shown = await world.alice.slash(world.lounge, "pause", reason="knee")
    form = await world.alice.click(shown.response, custom_id="sw:pause.open")
    await world.alice.submit_modal(form, {"from": TODAY.isoformat(), "reason": ""})

    (made,) = await pauses(world, world.alice)
    assert made.reason is None


async def test_a_pause_before_the_last_check_in_is_refused_and_says_what_can_be(world: World) -> None:
    await check_in(world, world.alice, "2026-11-17")

    refused = await world.alice.slash(world.lounge, "pause", **{"from": "2026-11-16"})

    assert refused.response.ephemeral
    assert "You checked in on Tue, Nov 17, 2026" in seen(refused)
    assert await pauses(world, world.alice) == ()


@pytest.mark.parametrize(
    "options",
    [
        {"from": "2026-02-30"},
        {"from": "someday"},
        {"until": "yesterday"},
        {"from": "in 5 years"},
        {"from": "today", "until": "banana"},
    ],
)
async def test_days_that_can_not_be_are_refused_privately(world: World, options: dict[str, str]) -> None:
    refused = await world.alice.slash(world.lounge, "pause", **options)

    assert refused.response.ephemeral
    assert seen(refused)
    assert await pauses(world, world.alice) == ()


async def test_a_reason_of_ten_thousand_characters_sent_anyway_is_cut(world: World) -> None:
    answer = await world.form(
        world.alice, world.lounge, "sw:pause.save", {"from": "", "until": "", "reason": "\u202e[" * 5_000}
    )

    (made,) = await pauses(world, world.alice)
    assert made.reason is not None
    assert len(made.reason) <= 200
    assert "\u202e" not in seen(answer)


async def test_somebody_else_s_pause_can_not_be_ended(world: World) -> None:
    await world.alice.slash(world.lounge, "pause", reason="ill")
    (made,) = await pauses(world, world.alice)

    answer = await world.press(world.bob, world.lounge, f"sw:pause.end:{made.pause_id}")

    assert "not there any more" in seen(answer)
    assert await pauses(world, world.alice) == (made,)


@pytest.mark.parametrize("pause_id", ["", "0", "-1", "abc", "9" * 30, "٣"])
async def test_a_pause_id_that_is_none_is_refused(world: World, pause_id: str) -> None:
    answer = await world.press(world.alice, world.lounge, f"sw:pause.end:{pause_id}")

    assert answer.response.ephemeral
    assert seen(answer)


async def test_autocomplete_offers_days_that_can_be_taken(world: World) -> None:
    await check_in(world, world.alice, "2026-11-15")
    offered = await world.alice.autocomplete(world.lounge, "pause", "from", "")
    assert {choice["value"] for choice in offered} == {"2026-11-18", "2026-11-17", "2026-11-19", "2026-11-15"}

    ends = await world.alice.autocomplete(world.lounge, "pause", "until", "in 3 weeks")
    assert [choice["value"] for choice in ends] == ["2026-12-09"]
    assert await world.alice.autocomplete(world.lounge, "pause", "until", "\u202e" + "x" * 5_000) == []
    assert [c["value"] for c in await world.alice.autocomplete(world.lounge, "pause", "reason", "inj")] == [
        "injured"
    ]
