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

    for later in ("Quiet", "warning", "board", "Language"):
        assert later not in shown


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
