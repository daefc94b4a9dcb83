"""`/setup`: three presses, then the rest; for organisers alone."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from bot.groups.rules import GroupSettings
from tests.cogs.conftest import World, seen


async def settings(world: World) -> GroupSettings:
    return await world.bot.services.groups.settings(world.group_id)


async def quick_start(world: World, channel: Any | None = None) -> Any:
    """The three presses; the last answer."""
    shown = await world.olive.slash(world.lounge, "setup")
    if (await settings(world)).set_up:
        await world.olive.click(shown.response, custom_id="sw:setup.quick")
    await world.olive.select(shown.response, ["Europe/Berlin"], custom_id="sw:setup.zone:quick")
    await world.olive.select(shown.response, [channel or world.runs], custom_id="sw:setup.channel:quick")
    return await world.olive.click(shown.response, custom_id="sw:setup.post")


def cards_in(world: World, channel: Any) -> list[Any]:
    assert world.bot.user is not None
    return [message for message in channel.history() if message.author.id == world.bot.user.id]


async def test_quick_start_takes_three_presses_and_posts_the_permanent_card(world: World) -> None:
    await quick_start(world)

    after = await settings(world)
    assert (after.zone, after.runs_channel_id, after.set_up) == ("Europe/Berlin", world.runs.id, True)
    (posted,) = cards_in(world, world.runs)
    assert after.panel == (world.runs.id, posted.id)
    for words in ("Check in", "My plan", "Remind me", "How it works"):
        assert words in seen(posted)


async def test_setup_is_answered_privately(world: World) -> None:
    shown = await world.olive.slash(world.lounge, "setup")

    assert shown.response.ephemeral
    assert "1 of 3" in seen(shown)


async def test_a_set_up_group_opens_with_all_settings(world: World) -> None:
    await quick_start(world)

    shown = seen(await world.olive.slash(world.lounge, "setup"))

    assert "This group's settings" in shown
    assert "Europe/Berlin" in shown
    assert "it is 13:00" in shown, "12:00 UTC in Berlin in November"


async def test_posting_the_card_again_moves_it(world: World) -> None:
    await quick_start(world)
    (first,) = cards_in(world, world.runs)

    await quick_start(world, world.lounge)

    assert cards_in(world, world.runs) == []
    (second,) = cards_in(world, world.lounge)
    assert second.id != first.id
    assert (await settings(world)).panel == (world.lounge.id, second.id)


async def test_a_city_can_be_typed_in_a_form(world: World) -> None:
    shown = await world.olive.slash(world.lounge, "setup")
    form = await world.olive.select(shown.response, ["another"], custom_id="sw:setup.zone:quick")
    await world.olive.submit_modal(form, {"zone": "new york"})

    assert (await settings(world)).zone == "America/New_York"
    assert "2 of 3" in seen(shown)


async def test_words_that_fit_several_places_offer_them(world: World) -> None:
    shown = await world.olive.slash(world.lounge, "setup")
    form = await world.olive.select(shown.response, ["another"], custom_id="sw:setup.zone:quick")
    await world.olive.submit_modal(form, {"zone": "berln"})

    assert "Several places come near" in seen(shown)
    await world.olive.select(shown.response, ["Europe/Berlin"], custom_id="sw:setup.zone:quick")
    assert (await settings(world)).zone == "Europe/Berlin"


@pytest.mark.parametrize("typed", ["Atlantis/Nowhere", "../../etc/passwd", "٣", "qqqq", "localtime"])
async def test_a_zone_that_does_not_exist_changes_nothing(world: World, typed: str) -> None:
    shown = await world.olive.slash(world.lounge, "setup")
    form = await world.olive.select(shown.response, ["another"], custom_id="sw:setup.zone:quick")
    answer = await world.olive.submit_modal(form, {"zone": typed})

    assert (await settings(world)).zone == "UTC"
    assert "time zone" in seen(answer) or "Several places come near" in seen(shown)


async def test_a_zone_of_ten_thousand_characters_sent_anyway_is_refused(world: World) -> None:
    answer = await world.press(world.olive, world.lounge, "sw:setup.zone:quick", "B" * 10_000)

    assert "I don't know that time zone" in seen(answer)
    assert (await settings(world)).zone == "UTC"


async def test_a_member_who_is_no_organiser_is_told_which_right_is_missing(world: World) -> None:
    for action, *values in (
        ("setup.panel",),
        ("setup.units:mi",),
        ("setup.makers:members",),
        ("setup.post",),
        ("setup.erase",),
        ("setup.erased",),
        ("setup.quick",),
        ("setup.zone:quick", "Europe/Berlin"),
        ("setup.channel:quick", "1"),
        ("setup.choose", "erase"),
        ("setup.week", "3"),
        ("setup.day", "60"),
        ("setup.role", "5"),
        ("setup.language", "en"),
    ):
        answer = await world.press(world.alice, world.lounge, f"sw:{action}", *values)
        assert "Manage Server" in seen(answer), action
        assert answer.response.ephemeral
    assert await settings(world) == GroupSettings(group_id=world.group_id)


async def test_the_command_is_shown_to_those_with_manage_server_alone(world: World) -> None:
    assert "setup" in world.olive.available_commands(world.lounge)
    assert "setup" not in world.alice.available_commands(world.lounge)


async def test_the_organiser_role_organises(world: World) -> None:
    role = world.guild.create_role("Coaches")
    coach = world.guild.add_member(world.env.create_user("cora"), roles=[role])
    await world.env.settle()
    refused = await world.press(coach, world.lounge, "sw:setup.units:mi")
    assert "Manage Server" in seen(refused)
    shown = await world.olive.slash(world.lounge, "setup")
    await world.olive.click(shown.response, custom_id="sw:setup.panel")
    await world.olive.select(shown.response, ["role"], custom_id="sw:setup.choose")
    await world.olive.select(shown.response, [role], custom_id="sw:setup.role")
    assert "Integrations" not in seen(shown)

    await world.press(coach, world.lounge, "sw:setup.units:mi")

    assert (await settings(world)).units == "mi"


async def test_everyone_can_not_be_the_organiser_role(world: World) -> None:
    answer = await world.press(world.olive, world.lounge, "sw:setup.role", str(world.group_id))

    assert "everyone here" in seen(answer)
    assert (await settings(world)).organiser_role_id is None


async def test_a_channel_where_the_bot_lacks_rights_is_not_taken_and_each_right_is_named(
    world: World,
) -> None:
    closed = world.guild.create_text_channel(
        "closed",
        overwrites={
            world.guild.default_role: discord.PermissionOverwrite(
                attach_files=False, send_messages_in_threads=False
            )
        },
    )
    await world.env.settle()
    shown = await world.olive.slash(world.lounge, "setup")
    await world.olive.select(shown.response, ["Europe/Berlin"], custom_id="sw:setup.zone:quick")
    await world.olive.select(shown.response, [closed], custom_id="sw:setup.channel:quick")

    assert "Attach Files, Send Messages in Threads" in seen(shown)
    assert "Permissions" in seen(shown)
    assert (await settings(world)).runs_channel_id is None


@pytest.mark.parametrize("channel_id", ["1", "-5", "x", "9" * 19, str(2**63), ""])
async def test_a_channel_that_is_not_of_this_group_is_refused(world: World, channel_id: str) -> None:
    answer = await world.press(world.olive, world.lounge, "sw:setup.channel:quick", channel_id)

    assert seen(answer)
    assert answer.response.ephemeral
    assert (await settings(world)).runs_channel_id is None


async def test_a_channel_of_another_group_is_refused(world: World) -> None:
    elsewhere = world.env.create_guild("Elsewhere").create_text_channel("theirs")
    await world.env.settle()

    answer = await world.press(world.olive, world.lounge, "sw:setup.channel:quick", str(elsewhere.id))

    assert "not here" in seen(answer)
    assert (await settings(world)).runs_channel_id is None


async def test_posting_needs_a_channel_first(world: World) -> None:
    answer = await world.press(world.olive, world.lounge, "sw:setup.post")

    assert "Choose the runs channel first" in seen(answer)


async def test_units_week_and_day_start_are_set_at_leisure(world: World) -> None:
    await quick_start(world)
    shown = await world.olive.slash(world.lounge, "setup")
    for choice, custom_id, value in (("week", "sw:setup.week", "6"), ("day", "sw:setup.day", "180")):
        await world.olive.select(shown.response, [choice], custom_id="sw:setup.choose")
        await world.olive.select(shown.response, [value], custom_id=custom_id)
    assert "already counted stay as they were" in seen(shown)
    await world.olive.select(shown.response, ["units"], custom_id="sw:setup.choose")
    await world.olive.click(shown.response, custom_id="sw:setup.units:mi")

    after = await settings(world)
    assert (after.week_starts_on, after.day_starts_minute, after.units) == (6, 180, "mi")
    assert "Sunday" in seen(shown)
    assert "03:00" in seen(shown)


async def test_organisers_can_let_every_member_make_challenges(world: World) -> None:
    shown = await world.olive.slash(world.lounge, "setup")
    assert "made by **organisers**" not in seen(shown)  # Quick start comes first
    await world.press(world.olive, world.lounge, "sw:setup.makers:members")
    assert (await settings(world)).challenges_by == "members"
    back = await world.press(world.olive, world.lounge, "sw:setup.makers:organisers")
    assert "made by **organisers**" in seen(back)
    assert (await settings(world)).challenges_by == "organisers"


@pytest.mark.parametrize(
    ("action", "value"),
    [
        ("setup.week", "7"),
        ("setup.week", "-1"),
        ("setup.week", "٣"),
        ("setup.day", "721"),
        ("setup.day", "1e3"),
        ("setup.units:furlongs", ""),
        ("setup.makers:everybody", ""),
        ("setup.language", "tlh"),
        ("setup.choose", "everything"),
    ],
)
async def test_values_that_no_menu_offers_are_refused(world: World, action: str, value: str) -> None:
    answer = await world.press(world.olive, world.lounge, f"sw:{action}", value)

    assert answer.response.ephemeral
    assert await settings(world) == GroupSettings(group_id=world.group_id)


async def test_with_one_language_none_is_offered(world: World) -> None:
    await quick_start(world)
    shown = await world.olive.slash(world.lounge, "setup")

    assert "Language" not in seen(shown)


async def test_an_organiser_is_told_once_and_privately_that_setup_waits(world: World) -> None:
    nobody = await world.alice.slash(world.lounge, "goal")
    first = await world.olive.slash(world.lounge, "goal")
    second = await world.olive.slash(world.lounge, "goal")

    assert nobody.followups == []
    (told,) = first.followups
    assert told.ephemeral
    assert "in UTC" in seen(told)
    assert second.followups == []


async def test_who_opens_setup_is_not_told_that_setup_waits(world: World) -> None:
    shown = await world.olive.slash(world.lounge, "setup")

    assert shown.followups == []


async def test_erasing_the_group_takes_a_second_button_and_the_typed_word(world: World) -> None:
    await quick_start(world)
    await world.bot.services.plans.set_days(world.group_id, world.alice.id, 5, world.clock.now())
    shown = await world.olive.slash(world.lounge, "setup")
    await world.olive.select(shown.response, ["erase"], custom_id="sw:setup.choose")
    assert "1 member's goals" in seen(shown)

    form = await world.olive.click(shown.response, custom_id="sw:setup.erase")
    slip = await world.olive.submit_modal(form, {"word": "no"})
    assert "Nothing was erased" in seen(slip)
    assert await world.rows("SELECT 1 FROM targets")

    form = await world.olive.click(shown.response, custom_id="sw:setup.erase")
    await world.olive.submit_modal(form, {"word": " Erase "})

    assert "everything of this group" in seen(shown)
    for table in ("people", "members", "targets", "runs", "card_removals"):
        assert await world.rows(f"SELECT 1 FROM {table}") == [], table
    assert await settings(world) == GroupSettings(group_id=world.group_id)
    assert cards_in(world, world.runs) == [], "the permanent card went as well"
