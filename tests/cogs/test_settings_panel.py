"""`/settings`: one's own zone, units and visibility, privately."""

from __future__ import annotations

from typing import Any

import pytest

from bot.members.rules import MemberSettings
from tests.cogs.conftest import World, seen


async def settings(world: World, person: Any) -> MemberSettings:
    return await world.bot.services.members.settings(world.group_id, person.id)


async def test_the_panel_shows_what_the_group_stands_in_with(world: World) -> None:
    await world.bot.services.groups.set_zone(world.group_id, "Asia/Tokyo", world.clock.now())
    shown = await world.alice.slash(world.lounge, "settings")

    assert shown.response.ephemeral
    assert "Asia/Tokyo" in seen(shown)
    assert "the group's (it is 21:00)" in seen(shown)
    assert "Use the group's time zone" not in seen(shown)


async def test_nothing_is_shown_that_nothing_uses_yet(world: World) -> None:
    shown = seen(await world.alice.slash(world.lounge, "settings"))

    assert "Language" not in shown


async def test_a_city_typed_in_the_form_sets_the_zone(world: World) -> None:
    shown = await world.alice.slash(world.lounge, "settings")
    form = await world.alice.click(shown.response, custom_id="sw:settings.zone")
    await world.alice.submit_modal(form, {"zone": "Berlin"})
    assert (await settings(world, world.alice)).own_zone == "Europe/Berlin"
    assert "already counted stay as they were" in seen(shown)

    await world.alice.click(shown.response, custom_id="sw:settings.group_zone")

    assert (await settings(world, world.alice)).own_zone is None


async def test_a_misspelt_city_offers_what_comes_near(world: World) -> None:
    shown = await world.alice.slash(world.lounge, "settings")
    form = await world.alice.click(shown.response, custom_id="sw:settings.zone")
    await world.alice.submit_modal(form, {"zone": "Lisbonne"})
    await world.alice.select(shown.response, ["Europe/Lisbon"], custom_id="sw:settings.zone")

    assert (await settings(world, world.alice)).own_zone == "Europe/Lisbon"


async def test_another_in_the_menu_opens_the_form_again(world: World) -> None:
    shown = await world.alice.slash(world.lounge, "settings")
    form = await world.alice.click(shown.response, custom_id="sw:settings.zone")
    await world.alice.submit_modal(form, {"zone": "Lisbonne"})

    again = await world.alice.select(shown.response, ["another"], custom_id="sw:settings.zone")

    assert again.modal is not None


@pytest.mark.parametrize("typed", ["Mars/Olympus", "/etc/localtime", "qqq", "😀", "Z" * 10_000])
async def test_a_zone_that_does_not_exist_is_refused(world: World, typed: str) -> None:
    answer = await world.form(world.alice, world.lounge, "sw:settings.zone", {"zone": typed})

    assert answer.response.ephemeral
    assert (await settings(world, world.alice)).own_zone is None


async def test_units_and_visibility_are_one_press_each(world: World) -> None:
    shown = await world.alice.slash(world.lounge, "settings")
    await world.alice.click(shown.response, custom_id="sw:settings.units:mi")
    await world.alice.click(shown.response, custom_id="sw:settings.visibility:private")
    after = await settings(world, world.alice)
    assert (after.units, after.visibility) == ("mi", "private")

    await world.alice.click(shown.response, custom_id="sw:settings.units:group")

    assert (await settings(world, world.alice)).own_units is None
    assert (await settings(world, world.bob)).visibility == "group"


@pytest.mark.parametrize(
    ("action", "values"),
    [
        ("settings.units:parsecs", ()),
        ("settings.units", ()),
        ("settings.visibility:everyone", ()),
        ("settings.language", ("tlh",)),
        ("settings.zone", ("Mars/Olympus",)),
    ],
)
async def test_values_that_no_button_sends_are_refused(
    world: World, action: str, values: tuple[str, ...]
) -> None:
    before = await settings(world, world.alice)
    answer = await world.press(world.alice, world.lounge, f"sw:{action}", *values)

    assert answer.response.ephemeral
    assert seen(answer)
    assert await settings(world, world.alice) == before


async def test_quiet_hours_are_two_times_in_a_form_and_none_where_both_are_empty(world: World) -> None:
    shown = await world.alice.slash(world.lounge, "settings")
    assert "Quiet hours: none" in seen(shown)
    form = await world.alice.click(shown.response, custom_id="sw:settings.quiet")
    await world.alice.submit_modal(form, {"from": "10 pm", "until": "7:30"})
    assert (await settings(world, world.alice)).quiet == (22 * 60, 7 * 60 + 30)
    assert "22:00 to 07:30" in seen(shown)

    form = await world.alice.click(shown.response, custom_id="sw:settings.quiet")
    await world.alice.submit_modal(form, {"from": "", "until": " "})
    assert (await settings(world, world.alice)).quiet is None


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [("22:00", "22:00", "same time"), ("22:00", "", "7:15"), ("25:00", "7:00", "7:15"), ("7", "8", "7:15")],
)
async def test_quiet_hours_that_cannot_be_are_refused(world: World, start: str, end: str, said: str) -> None:
    answer = await world.form(world.alice, world.lounge, "sw:settings.quiet", {"from": start, "until": end})
    assert answer.response.ephemeral
    assert said in seen(answer), seen(answer)
    assert (await settings(world, world.alice)).quiet is None


async def test_the_streak_warning_is_asked_for_and_given_up(world: World) -> None:
    shown = await world.alice.slash(world.lounge, "settings")
    assert "Streak warning: off" in seen(shown)
    await world.alice.click(shown.response, custom_id="sw:settings.warning:on")
    assert (await settings(world, world.alice)).streak_warning
    assert "Streak warning: on" in seen(shown)
    await world.alice.click(shown.response, custom_id="sw:settings.warning:off")
    assert not (await settings(world, world.alice)).streak_warning


async def test_one_says_yes_and_no_to_the_boards(world: World) -> None:
    shown = await world.alice.slash(world.lounge, "settings")
    assert (await settings(world, world.alice)).listed is None
    await world.alice.click(shown.response, custom_id="sw:settings.listed:yes")
    assert (await settings(world, world.alice)).listed is True
    await world.alice.click(shown.response, custom_id="sw:settings.listed:no")
    assert (await settings(world, world.alice)).listed is False
    assert (await settings(world, world.bob)).listed is None
