"""/checkin, /run log and cheers, pressed as people press them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from simcord.actors import _component_interaction, _visible_message

from demo.samples import Session, fit, gpx, steady
from tests.cogs.conftest import WEDNESDAY_NOON, World, seen


async def stored(world: World) -> list[dict[str, Any]]:
    rows = await world.rows("SELECT * FROM runs ORDER BY run_id")
    return [{name: row[name] for name in row.keys()} for row in rows]  # noqa: SIM118 - a row is no dict


def cards_in(world: World, channel: Any) -> list[Any]:
    return [message for message in channel.history() if message.author.bot]


def custom_ids(message: Any) -> list[str]:
    return re.findall(r"'custom_id': '([^']+)'", str(message.components))


async def press_on(person: Any, message: Any, custom_id: str) -> Any:
    """Press what the message no longer shows, as a slow phone does."""
    data = {"custom_id": custom_id, "component_type": 2}
    return await _component_interaction(person, _visible_message(person, message), data)


async def use_runs_channel(world: World) -> None:
    await world.bot.services.groups.set_runs_channel(world.group_id, world.runs.id, world.clock.now())


async def test_a_run_is_answered_with_its_public_card(world: World) -> None:
    shown = await world.alice.slash(world.lounge, "run log", distance="5k", time="26:41", note="*windy*")

    assert not shown.response.ephemeral
    card = seen(shown)
    assert f"<@{world.alice.id}> ran **5.00 km** · **26:41** · 5:20 /km" in card
    assert "▰▱▱ 1 of 3 this week" in card
    assert "First check-in" in card
    assert r"> \*windy\*" in card
    assert "Cheer" in card
    assert "⋯" in card
    assert [(run["metres"], run["seconds"]) for run in await stored(world)] == [(5_000, 1_601)]


async def test_where_the_card_stands_is_remembered(world: World) -> None:
    shown = await world.alice.slash(world.lounge, "run log", distance="5k")
    await world.bot.services.checkins.places.flush()

    (run,) = await stored(world)
    assert (run["channel_id"], run["message_id"]) == (world.lounge.id, shown.response.id)


async def test_with_a_runs_channel_the_card_goes_there_and_the_answer_links_to_it(world: World) -> None:
    await use_runs_channel(world)
    shown = await world.alice.slash(world.lounge, "run log", distance="5k")

    assert shown.response.ephemeral
    assert "1 of 3 this week" in seen(shown)
    assert f"<#{world.runs.id}>" in seen(shown)
    (card,) = cards_in(world, world.runs)
    assert card.jump_url in str(shown.response.components)
    assert "5.00 km" in seen(card)
    assert cards_in(world, world.lounge) == []


async def test_in_the_runs_channel_itself_the_answer_is_the_card(world: World) -> None:
    await use_runs_channel(world)
    shown = await world.alice.slash(world.runs, "run log", distance="5k")
    assert not shown.response.ephemeral
    assert len(cards_in(world, world.runs)) == 1


async def test_a_private_run_stays_private(world: World) -> None:
    shown = await world.alice.slash(world.lounge, "run log", distance="5k", visibility="private")
    assert shown.response.ephemeral
    assert "Seen by you alone" in seen(shown)
    assert "Cheer" not in seen(shown)
    assert cards_in(world, world.lounge) == []
    assert [run["visibility"] for run in await stored(world)] == ["private"]


async def test_a_file_is_answered_privately_and_its_card_follows(world: World) -> None:
    started = world.clock.now() - timedelta(hours=5)
    data = fit(Session(steady(5_050, 1_600)), started_at=started)
    shown = await world.alice.slash(world.lounge, "run log", file=("run.fit", data))

    assert shown.response.ephemeral
    assert "That counts" in seen(shown)
    (card,) = cards_in(world, world.lounge)
    assert "5.05 km" in seen(card)
    (run,) = await stored(world)
    assert (run["source"], run["started_at"]) == ("file", int(started.timestamp()))

    again = await world.alice.slash(world.lounge, "run log", file=("run.fit", data))
    assert "That very file is here already, as your run of Wed, Nov 18, 2026" in seen(again)
    assert len(await stored(world)) == 1


async def test_a_file_fills_in_the_card_of_the_run_that_was_typed_before(world: World) -> None:
    await world.alice.slash(world.lounge, "run log", distance="5k", time="26:41")
    await world.bot.services.checkins.places.flush()
    data = gpx(steady(5_050, 1_600, step=10), started_at=world.clock.now() - timedelta(hours=5))
    await world.alice.slash(world.lounge, "run log", file=("run.gpx", data))

    (card,) = cards_in(world, world.lounge)
    assert "5.05 km" in seen(card)
    assert len(await stored(world)) == 1


async def test_a_private_file_takes_the_card_of_the_run_that_was_typed_before_away(world: World) -> None:
    await world.alice.slash(world.lounge, "run log", distance="5k", time="26:41")
    await world.bot.services.checkins.places.flush()
    data = gpx(steady(5_050, 1_600, step=10), started_at=world.clock.now() - timedelta(hours=5))
    shown = await world.alice.slash(world.lounge, "run log", file=("run.gpx", data), visibility="private")

    assert cards_in(world, world.lounge) == []
    assert "5.05 km" in seen(shown)
    assert [run["visibility"] for run in await stored(world)] == ["private"]


@pytest.mark.parametrize("data", [b"", b"not a watch's file", fit(started_at=WEDNESDAY_NOON)[:40]])
async def test_a_broken_file_is_refused_privately_and_nothing_is_stored(world: World, data: bytes) -> None:
    shown = await world.alice.slash(world.lounge, "run log", file=("run.fit", data))
    assert shown.response.ephemeral
    assert "file" in seen(shown)
    assert await stored(world) == []


@pytest.mark.parametrize(("status", "code"), [(403, 50013), (403, 50001), (404, 10003), (500, 0)])
async def test_where_the_card_cannot_be_posted_the_run_counts_and_its_owner_is_told(
    world: World, status: int, code: int
) -> None:
    await use_runs_channel(world)
    path = f"/channels/{world.runs.id}/messages"
    world.env.inject_error("POST", path, status=status, code=code, times=None)
    shown = await world.alice.slash(world.lounge, "run log", distance="5k")

    assert shown.response.ephemeral
    assert "That counts" in seen(shown)
    assert "organiser can" in seen(shown)
    assert len(await stored(world)) == 1


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "Type a distance"),
        ({"distance": "banana"}, "not a distance"),
        ({"distance": "5k", "time": "-3"}, "more than zero"),
        ({"distance": "15 km", "time": "1:30"}, "Did you mean 1h30"),
        ({"distance": "5k", "when": "2026-02-31"}, "day"),
        ({"distance": "5k", "when": "tomorrow"}, "come"),
        ({"distance": "x" * 6_000}, "not a distance"),
    ],
)
async def test_what_means_nothing_gets_a_private_answer(
    world: World, options: dict[str, str], says: str
) -> None:
    shown = await world.alice.slash(world.lounge, "run log", **options)
    assert shown.response.ephemeral
    assert says in seen(shown)
    assert await stored(world) == []


async def test_a_hostile_note_shows_as_it_was_typed(world: World) -> None:
    note = "@everyone [free](https://example.org) <@&1> </run:2> ‮" + "n" * 3_000
    shown = await world.alice.slash(world.lounge, "run log", distance="5k", note=note)
    card = seen(shown)
    assert "@everyone" not in card
    assert "](https" not in card
    assert "‮" not in card
    assert "<@&1>" not in card


async def test_the_same_again_is_asked_about_and_the_note_is_kept(world: World) -> None:
    await world.alice.slash(world.lounge, "run log", distance="5k", time="26:41")
    note = "*hills* at @home: [a](b)"
    asked = await world.alice.slash(
        world.lounge, "run log", distance="5k", time="26:50", note=note, activity="walk"
    )
    assert asked.response.ephemeral
    assert "Was this a second one?" in seen(asked)
    assert len(await stored(world)) == 1

    pressed = await world.alice.click(asked.response, label="Yes, a second run")
    assert "That counts" in seen(asked.response)
    assert pressed.acknowledged
    _, second = await stored(world)
    assert (second["seconds"], second["note"], second["activity"]) == (1_610, note, "walk")
    assert len(cards_in(world, world.lounge)) == 2


async def test_no_it_was_the_same_stores_nothing_more(world: World) -> None:
    await world.alice.slash(world.lounge, "run log", distance="5k", time="26:41")
    asked = await world.alice.slash(world.lounge, "run log", distance="5k", time="26:41")
    await world.alice.click(asked.response, label="No, the same one")
    assert "counts once" in seen(asked.response)
    assert len(await stored(world)) == 1


async def test_a_cheer_names_who_cheered_and_is_taken_back_by_a_second_press(world: World) -> None:
    shown = await world.alice.slash(world.lounge, "run log", distance="5k")
    (run,) = await stored(world)
    await world.bob.click(shown.response, custom_id=f"sw:run.cheer:{run['run_id']}")
    assert f"Cheered by <@{world.bob.id}>" in seen(shown.response)
    assert "Cheer · 1" in seen(shown.response)
    assert "1 of 3 this week" in seen(shown.response)

    await world.bob.click(shown.response, custom_id=f"sw:run.cheer:{run['run_id']}")
    assert "Cheered by" not in seen(shown.response)


async def test_ones_own_run_is_cheered_by_others(world: World) -> None:
    shown = await world.alice.slash(world.lounge, "run log", distance="5k")
    (run,) = await stored(world)
    pressed = await world.alice.click(shown.response, custom_id=f"sw:run.cheer:{run['run_id']}")
    assert pressed.response.ephemeral
    assert "cheers come from the others" in seen(pressed)
    assert await world.rows("SELECT * FROM cheers") == []


async def test_a_press_on_a_card_brings_back_a_place_that_was_lost(world: World) -> None:
    shown = await world.alice.slash(world.lounge, "run log", distance="5k")
    (run,) = await stored(world)
    places = world.bot.services.checkins.places
    await places.flush()
    await world.put("UPDATE runs SET channel_id = NULL, message_id = NULL")
    await world.bob.click(shown.response, custom_id=f"sw:run.cheer:{run['run_id']}")
    await places.flush()
    assert [run["message_id"] for run in await stored(world)] == [shown.response.id]


@pytest.mark.parametrize(
    "custom_id",
    [
        "sw:run.cheer:404",
        "sw:run.cheer:-1",
        "sw:run.cheer:99999999999999999999",
        "sw:run.cheer",
        "sw:run.second:1:r:2026-99-99::5000:1600:g",
        "sw:run.second:1:r:2026-11-18::5000:60:g",
        "sw:run.second:1:r:2026-11-18::x:60:g",
        "sw:run.second:1:r:2020-01-01::5000:1600:g",
        "sw:checkin.count:swim:1",
        "sw:checkin.zone:Atlantis",
        "sw:checkin.typed:run:x",
    ],
)
async def test_a_forged_press_is_refused_and_changes_nothing(world: World, custom_id: str) -> None:
    pressed = await world.press(world.bob, world.lounge, custom_id)
    assert pressed.response.ephemeral
    assert await stored(world) == []


async def test_a_private_run_of_somebody_else_cannot_be_reached(world: World) -> None:
    await world.alice.slash(world.lounge, "run log", distance="5k", visibility="private")
    (run,) = await stored(world)
    pressed = await world.press(world.bob, world.lounge, f"sw:run.cheer:{run['run_id']}")
    assert "not shown here" in seen(pressed)
    assert "5.00" not in seen(pressed)


async def test_one_tap_counts_and_its_card_follows(world: World) -> None:
    panel = await world.alice.slash(world.lounge, "checkin")
    assert panel.response.ephemeral
    for words in ("I ran", "I walked", "Resting", "Pause", "0 of 3 this week"):
        assert words in seen(panel)

    await world.alice.click(panel.response, label="I ran")
    assert "Just count it" in seen(panel.response)
    pressed = await world.alice.click(panel.response, label="Just count it")

    assert "1 of 3 this week" in seen(panel.response)
    (card,) = cards_in(world, world.lounge)
    assert f"<@{world.alice.id}> ran today" in seen(card)
    assert "1 of 3 this week" in seen(card)
    assert [(run["activity"], run["source"]) for run in await stored(world)] == [("run", "tap")]
    assert "Is it 12:00\N{NARROW NO-BREAK SPACE}PM where you are?" in seen(pressed.followups[0])


async def test_one_panel_pressed_twice_counts_once(world: World) -> None:
    panel = await world.alice.slash(world.lounge, "checkin")
    await world.alice.click(panel.response, label="I ran")
    (pressed,) = [each for each in custom_ids(panel.response) if each.startswith("sw:checkin.count:run:")]
    for _ in range(2):
        await press_on(world.alice, panel.response, pressed)
    assert len(await stored(world)) == 1
    assert len(cards_in(world, world.lounge)) == 1


async def test_details_are_filled_in_in_a_form(world: World) -> None:
    panel = await world.alice.slash(world.lounge, "checkin")
    await world.alice.click(panel.response, label="I walked")
    shown = await world.alice.click(panel.response, label="Add details")
    assert len(shown.modal["components"]) == 5
    fields = {"distance": "3k", "time": "40 min", "when": "yesterday", "note": "slow and fine"}
    await world.alice.submit_modal(shown, fields)

    (run,) = await stored(world)
    assert (run["activity"], run["metres"], run["seconds"]) == ("walk", 3_000, 2_400)
    assert (run["running_day"], run["note"]) == ("2026-11-17", "slow and fine")
    (card,) = cards_in(world, world.lounge)
    assert "walked **3.00 km**" in seen(card)
    assert "Tue, Nov 17" in seen(card)


async def test_an_empty_form_just_counts(world: World) -> None:
    panel = await world.alice.slash(world.lounge, "checkin")
    await world.alice.click(panel.response, label="I ran")
    shown = await world.alice.click(panel.response, label="Add details")
    await world.alice.submit_modal(shown, {})
    assert [run["source"] for run in await stored(world)] == ["tap"]


async def test_a_form_that_is_not_taken_opens_again_with_what_was_typed(world: World) -> None:
    panel = await world.alice.slash(world.lounge, "checkin")
    await world.alice.click(panel.response, label="I ran")
    shown = await world.alice.click(panel.response, label="Add details")
    await world.alice.submit_modal(shown, {"distance": "5,2 km", "time": "soon", "note": "*up* the hill"})
    assert "not a time" in seen(panel.response)
    assert await stored(world) == []

    shown = await world.alice.click(panel.response, label="Try again")
    inputs = [label["component"] for label in shown.modal["components"][:4]]
    assert [each.get("value") for each in inputs] == ["5,2 km", "soon", None, "*up* the hill"]
    await world.alice.submit_modal(shown, {"distance": "5,2 km", "time": "31", "note": "*up* the hill"})
    (run,) = await stored(world)
    assert (run["metres"], run["seconds"], run["note"]) == (5_200, 1_860, "*up* the hill")


async def test_a_form_takes_a_file(world: World) -> None:
    data = fit(Session(steady(3_000, 1_200)), started_at=world.clock.now() - timedelta(hours=3))
    panel = await world.alice.slash(world.lounge, "checkin")
    await world.alice.click(panel.response, label="I ran")
    shown = await world.alice.click(panel.response, label="Add details")
    await world.alice.submit_modal(shown, {"file": ("run.fit", data)})
    assert [(run["source"], run["metres"]) for run in await stored(world)] == [("file", 3_000)]
    assert len(cards_in(world, world.lounge)) == 1


async def test_resting_is_private_and_can_be_taken_back(world: World) -> None:
    panel = await world.alice.slash(world.lounge, "checkin")
    await world.alice.click(panel.response, label="Resting")
    assert "You are resting today" in seen(panel.response)
    assert [row["rest_day"] for row in await world.rows("SELECT * FROM rest_days")] == ["2026-11-18"]
    await world.alice.click(panel.response, label="Not resting after all")
    assert await world.rows("SELECT * FROM rest_days") == []
    assert cards_in(world, world.lounge) == []


async def test_the_permanent_card_opens_the_panel(world: World) -> None:
    opened = await world.press(world.alice, world.runs, "sw:checkin.open")
    assert opened.response.ephemeral
    assert "I ran" in seen(opened)


async def test_the_zone_is_asked_about_once_and_kept(world: World) -> None:
    await world.bot.services.groups.set_zone(world.group_id, "Europe/Berlin", world.clock.now())
    first = await world.alice.slash(world.lounge, "run log", distance="5k")
    question, boards = first.followups
    assert question.ephemeral
    assert boards.ephemeral
    assert "Europe/Berlin" in seen(question)
    await world.alice.click(question, label="Yes")
    assert [row["zone"] for row in await world.rows("SELECT zone FROM people")] == ["Europe/Berlin"]
    second = await world.alice.slash(world.lounge, "run log", distance="8k")
    assert second.followups == []


async def test_news_of_a_run_set_aside_comes_with_the_next_answer(world: World) -> None:
    await world.alice.slash(world.lounge, "run log", distance="5k")
    await world.put(
        "INSERT INTO notices (notice_id, group_id, person_id, kind, detail, created_at)"
        f" VALUES (1, {world.group_id}, {world.alice.id}, 'set_aside', 'a *typo*?', 0)"
    )
    shown = await world.alice.slash(world.lounge, "run log", distance="8k")
    (news,) = shown.followups
    assert news.ephemeral
    assert r"a \*typo\*?" in seen(news)
    assert await world.rows("SELECT * FROM notices") == []


@pytest.mark.parametrize("command", ["checkin", "run history", "run stats"])
async def test_news_comes_with_whatever_its_owner_opens_next_and_once(world: World, command: str) -> None:
    await world.alice.slash(world.lounge, "run log", distance="5k")
    for number in range(7):
        await world.put(
            "INSERT INTO notices (notice_id, group_id, person_id, kind, detail, created_at)"
            f" VALUES ({number}, {world.group_id}, {world.alice.id}, 'set_aside', 'reason {number}', 0)"
        )

    shown = await world.alice.slash(world.lounge, command)
    (news,) = shown.followups
    assert news.ephemeral
    assert all(f"reason {number}" in seen(news) for number in range(7))
    assert (await world.alice.slash(world.lounge, command)).followups == []
    assert (await world.bob.slash(world.lounge, command)).followups == []


async def test_autocomplete_offers_ones_own_and_never_fails(world: World) -> None:
    await world.alice.slash(world.lounge, "run log", distance="7.3k")

    async def offered(person: Any, option: str, typed: str) -> list[str]:
        found = await person.autocomplete(world.lounge, "run log", option, typed)
        return [choice["name"] for choice in found]

    assert (await offered(world.alice, "distance", ""))[0] == "7.30 km"
    assert "7.30 km" not in await offered(world.bob, "distance", "")
    assert await offered(world.bob, "distance", "half") == ["half marathon"]
    assert (await offered(world.bob, "when", "yes"))[0].startswith("yesterday, Tue")
    assert await offered(world.bob, "when", "2026-11-16 7:15") == ["Mon, Nov 16 07:15"]
    for garbage in ("\x00", "‮", "9**9**9", "' OR 1=1", "x" * 5_000, "🏃" * 100):
        for option in ("distance", "when"):
            assert len(await offered(world.bob, option, garbage)) <= 25


async def test_in_a_direct_message_a_press_is_told_where_it_works(world: World) -> None:
    from simcord.actors import _dispatch_actor_interaction
    from simcord.enums import InteractionType

    user = world.env.create_user("dora")
    pressed = await _dispatch_actor_interaction(
        user,
        InteractionType.MESSAGE_COMPONENT,
        user.dm_channel,
        {"custom_id": "sw:checkin.open", "component_type": 2},
    )
    assert "works in a group" in seen(pressed)
