"""/care for everybody, turning feelings on in /setup, and the low-mood answer, as people press them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from discord import ui

from bot.care.cards import care_card
from bot.care.page_cards import care_page
from bot.care.rules import Resource, Resources
from bot.care.service import CarePage, CareService
from bot.care.typed import read_resources, written
from bot.client import HostInfo
from bot.consents.rules import KEEP
from bot.encouragement.library import library
from bot.moods.cards import kept_card
from bot.moods.model import Kept, Mood
from bot.moods.scales import Values
from bot.words import Catalogues
from tests.cogs.conftest import World, seen

WORDS = Catalogues().choose("en")


async def choose(world: World, person: Any) -> Any:
    return await world.press(person, world.runs, "sw:setup.choose", "feelings")


async def agreed(world: World, person: Any) -> None:
    """Feelings are on, and this person said yes."""
    await world.press(world.olive, world.runs, "sw:care.usual")
    await world.bot.services.consents.agree(world.group_id, person.id, KEEP, 16, world.clock.now())


async def test_care_is_there_for_everybody_always(world: World) -> None:
    answer = await world.alice.slash(world.runs, "care")
    assert answer.response.ephemeral
    assert "Find A Helpline" in seen(answer)
    assert "emergency number" in seen(answer)


async def test_an_organiser_turns_feelings_on_by_confirming_the_directory(world: World) -> None:
    off = await choose(world, world.olive)
    assert "Feelings and care: off" in seen(off)
    on = await world.press(world.olive, world.runs, "sw:care.usual")
    assert "Feelings and care: on" in seen(on)
    assert (await world.bot.services.groups.settings(world.group_id)).feelings_on


async def test_own_resources_show_before_they_are_confirmed(world: World) -> None:
    fields = {
        "places": "Village doctor | 555 12 34\nChat | https://example.org/chat",
        "words": "Ring any time.",
    }
    kept = await world.form(world.olive, world.runs, "sw:care.written", fields)
    assert "not confirmed yet" in seen(kept)
    assert not (await world.bot.services.groups.settings(world.group_id)).feelings_on
    await world.press(world.olive, world.runs, "sw:care.confirm")
    assert (await world.bot.services.groups.settings(world.group_id)).feelings_on
    answer = await world.bob.slash(world.runs, "care")
    for said in ("Village doctor", "555 12 34", "Chat", "Ring any time."):
        assert said in seen(answer)


async def test_links_are_buttons_and_numbers_are_text(world: World) -> None:
    fields = {"places": "*Doctor* | 555 <@1>\nChat | https://example.org/chat", "words": "# Ring @everyone"}
    await world.form(world.olive, world.runs, "sw:care.written", fields)
    shown: Any = care_card(WORDS, await world.bot.services.care.resources(world.group_id))
    told = [each for each in shown.walk_children() if isinstance(each, ui.TextDisplay)]
    links = [each for each in shown.walk_children() if isinstance(each, ui.Button)]
    assert [(each.label, each.url) for each in links] == [("Chat", "https://example.org/chat")]
    text = "\n".join(each.content for each in told)
    assert "https://" not in text
    assert r"**\*Doctor\***: 555 \<@1\>".replace("@1", "@\u20601") in text
    assert "> \\# Ring @\u2060everyone" in text


async def test_the_form_brings_back_what_stands(world: World) -> None:
    await world.form(world.olive, world.runs, "sw:care.written", {"places": "Doctor | 555", "words": "Ring."})
    shown = await world.press(world.olive, world.runs, "sw:care.own")
    values = [label["component"].get("value") for label in shown.modal["components"]]
    assert values == ["Doctor | 555", "Ring."]


async def test_a_link_that_is_not_https_is_refused_with_what_to_type(world: World) -> None:
    fields = {"places": "Chat | http://example.org", "words": ""}
    refused = await world.form(world.olive, world.runs, "sw:care.written", fields)
    assert "begins with https://" in seen(refused)
    assert not await world.rows("SELECT * FROM groups WHERE resources IS NOT NULL")


async def test_an_old_question_does_not_turn_feelings_on_again(world: World) -> None:
    await world.press(world.olive, world.runs, "sw:care.usual")
    await world.press(world.olive, world.runs, "sw:care.off_sure")
    answer = await world.press(world.olive, world.runs, "sw:care.still")
    assert "turned off meanwhile" in seen(answer)
    assert not (await world.bot.services.groups.settings(world.group_id)).feelings_on


async def test_the_age_is_chosen_on_the_page(world: World) -> None:
    await world.press(world.olive, world.runs, "sw:care.usual")
    assert "asked again" in seen(await world.press(world.olive, world.runs, "sw:care.age:18"))
    assert "from 18 on" in seen(await choose(world, world.olive))
    assert "Every yes stands" in seen(await world.press(world.olive, world.runs, "sw:care.age:16"))
    assert "older message" in seen(await world.press(world.olive, world.runs, "sw:care.age:17"))


async def test_the_host_s_policy_is_linked_before_feelings_are_turned_on(world: World) -> None:
    assert "privacy policy" not in seen(await choose(world, world.olive))
    host = HostInfo(policy_url="https://example.org/privacy")
    world.bot.services = replace(world.bot.services, host=host)
    assert "The host's privacy policy" in seen(await choose(world, world.olive))


async def test_members_turn_nothing_on_or_off(world: World) -> None:
    await world.press(world.olive, world.runs, "sw:care.usual")
    before = await world.rows("SELECT * FROM groups")
    for action in ("page", "confirm", "still", "own", "age:18", "off", "off_sure", "usual"):
        refused = await world.press(world.alice, world.runs, f"sw:care.{action}")
        assert "Manage Server" in seen(refused)
    await world.form(world.alice, world.runs, "sw:care.written", {"places": "a | 1", "words": ""})
    assert await world.rows("SELECT * FROM groups") == before


async def test_turning_off_takes_two_presses_and_keeps_what_is_members_own(world: World) -> None:
    await agreed(world, world.alice)
    await world.form(world.alice, world.runs, "sw:mood.logged", {"mood": "2"})
    await world.press(world.olive, world.runs, "sw:care.off")
    assert (await world.bot.services.groups.settings(world.group_id)).feelings_on
    await world.press(world.olive, world.runs, "sw:care.off_sure")
    refused = await world.form(world.alice, world.runs, "sw:mood.logged", {"mood": "3"})
    assert "Feelings are off" in seen(refused)
    assert [row["mood"] for row in await world.rows("SELECT mood FROM moods")] == [2]


async def test_organisers_are_asked_again_after_90_days(world: World) -> None:
    await world.press(world.olive, world.runs, "sw:care.usual")
    care = CareService(world.database)
    world.clock.advance(timedelta(days=89))
    assert await care.ask_organisers(world.clock.now()) == 0
    world.clock.advance(timedelta(days=1))
    assert await care.ask_organisers(world.clock.now()) == 1
    assert await care.ask_organisers(world.clock.now()) == 0
    told = await world.olive.slash(world.runs, "checkin")
    assert any("90 days" in seen(each) for each in told.followups)
    again = await world.olive.slash(world.runs, "checkin")
    assert not any("90 days" in seen(each) for each in again.followups)
    world.clock.advance(timedelta(days=7))
    assert await care.ask_organisers(world.clock.now()) == 1
    await world.press(world.olive, world.runs, "sw:care.still")
    assert not await world.rows("SELECT * FROM group_notices WHERE kind = 'resources_due'")
    world.clock.advance(timedelta(days=80))
    assert await care.ask_organisers(world.clock.now()) == 0


async def test_the_third_low_day_carries_the_resources_once(world: World) -> None:
    await agreed(world, world.alice)
    shown = []
    for _ in range(5):
        kept = await world.form(world.alice, world.runs, "sw:mood.logged", {"mood": "-3"})
        assert kept.response.ephemeral
        shown.append("Find A Helpline" in seen(kept))
        world.clock.advance(timedelta(days=1))
    assert shown == [False, False, True, False, False]
    [row] = await world.rows("SELECT * FROM care_shown")
    assert set(dict(row)) == {"group_id", "person_id", "shown_day", "dismissed"}


async def test_the_log_says_the_same_whether_the_resources_came_or_not(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await agreed(world, world.alice)
    caplog.set_level("DEBUG", logger="bot")
    caplog.set_level("DEBUG", logger="cogs")
    said: list[tuple[bool, list[tuple[str, list[str]]]]] = []
    for _ in range(3):
        caplog.clear()
        kept = await world.form(world.alice, world.runs, "sw:mood.logged", {"mood": "-3"})
        await world.press(world.alice, world.runs, "sw:care.dismiss")
        await world.press(world.alice, world.runs, "sw:care.allow")
        await world.alice.slash(world.runs, "care")
        ours = [each for each in caplog.records if each.name.split(".")[0] in ("bot", "cogs")]
        said.append(("Find A Helpline" in seen(kept), [(each.msg, sorted(each.__dict__)) for each in ours]))
        world.clock.advance(timedelta(days=1))
    assert [came for came, _ in said] == [False, False, True]
    assert said[1][1] == said[2][1]
    assert not [each for _, lines in said for each in lines if "care" in str(each)]


def test_the_longest_resources_fit_every_card() -> None:
    longest = Resources(tuple(Resource("*" * 80, "(" * 100) for _ in range(5)), "_" * 300)
    assert read_resources(written(longest), longest.words) == longest
    page = CarePage(longest, own=True, confirmed_at=None, age=16)
    now = datetime(2026, 11, 18, 12, tzinfo=UTC)
    values = Values(mood=-5, stress=5, focus=1, energy=1, sleep=1, effort=10)
    mood = Mood(
        mood_id=1,
        moment="after",
        recalled=False,
        run_id=7,
        entered_at=now,
        day=now.date(),
        scale_version=1,
        values=values,
    )
    message = max(library().categories["low_day"], key=lambda each: len(each.text))
    kept = Kept(mood=mood, fresh=True, has_before=False, words=message, care=longest)
    shown: list[Any] = [
        care_card(WORDS, longest),
        kept_card(WORDS, kept),
        care_page(WORDS, page, "x" * 100, policy_url="https://example.org"),
        care_page(WORDS, replace(page, confirmed_at=now), "x" * 100),
    ]
    for each in shown:
        assert each.content_length() <= 4_000
        assert each.total_children_count <= 40


async def test_dismissed_once_it_never_comes_by_itself_until_it_is_allowed_again(world: World) -> None:
    await agreed(world, world.alice)

    async def low_days(number: int) -> bool:
        found = False
        for _ in range(number):
            kept = await world.form(world.alice, world.runs, "sw:mood.logged", {"mood": "-4"})
            found = found or "Find A Helpline" in seen(kept)
            world.clock.advance(timedelta(days=1))
        return found

    assert await low_days(3)
    await world.press(world.alice, world.runs, "sw:care.dismiss")
    assert not await low_days(40)
    await world.press(world.alice, world.runs, "sw:care.allow")
    assert await low_days(3)
    assert "Find A Helpline" in seen(await world.alice.slash(world.runs, "care"))
