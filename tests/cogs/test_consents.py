"""A yes to keeping feelings: asked privately, given per purpose, and taken back by two presses."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any

import pytest

from bot.client import HostInfo
from bot.consents import rules
from bot.consents.rules import KEEP, VERSIONS
from bot.moods.scales import Values
from tests.cogs.conftest import World, seen

INTERACTIONS = itertools.count(1)


async def turn_on(world: World, *, age: int = 16, confirmed: int | None = 1) -> None:
    """An organiser confirmed the resources (or turned feelings off: None)."""
    await world.bot.services.members.set_visibility(
        world.group_id, world.olive.id, "group", world.clock.now()
    )
    await world.put(
        "UPDATE groups SET feelings_confirmed_at = :confirmed, feelings_age = :age WHERE group_id = :group_id",
        confirmed=confirmed,
        age=age,
        group_id=world.group_id,
    )


async def feel(world: World, person: Any, count: int = 1) -> None:
    """Agree, and keep some entries."""
    services, now = world.bot.services, world.clock.now()
    await services.consents.agree(world.group_id, person.id, KEEP, 18, now)
    for _ in range(count):
        await services.moods.keep(world.group_id, person.id, next(INTERACTIONS), Values(mood=2, focus=4), now)


async def consents(world: World) -> list[tuple[int, str, int, int]]:
    rows = await world.rows(
        "SELECT person_id, purpose, version, age FROM consents ORDER BY person_id, purpose DESC"
    )
    return [(row["person_id"], row["purpose"], row["version"], row["age"]) for row in rows]


async def test_what_is_kept_is_said_privately_before_anything_is(world: World) -> None:
    await turn_on(world)

    asked = await world.press(world.alice, world.runs, "sw:consent.open")

    assert asked.response.ephemeral
    for words in (
        "mood you choose",
        "12 months",
        "6 months without an entry",
        "Whoever hosts the bot can open its file",
        "No other member, no organiser",
        "/privacy",
        "16 or older",
        "No, thanks",
    ):
        assert words in seen(asked), words
    assert "changed since" not in seen(asked)
    assert await consents(world) == []


async def test_the_two_purposes_take_two_presses(world: World) -> None:
    await turn_on(world)
    asked = await world.press(world.alice, world.runs, "sw:consent.open")
    assert "weekly figure" not in seen(asked)

    await world.alice.click(asked.response, custom_id="sw:consent.agree:keep:16:1")

    assert await consents(world) == [(world.alice.id, "keep", 1, 16)]
    for words in ("How I feel now", "Count me in", "My data", "Take it back"):
        assert words in seen(asked), words
    await world.alice.click(asked.response, custom_id="sw:consent.agree:group_figure:16:1")
    assert [purpose for _, purpose, _, _ in await consents(world)] == ["keep", "group_figure"]
    assert "Leave me out of the figure" in seen(asked)
    await world.alice.click(asked.response, custom_id="sw:consent.withdraw:group_figure")
    assert [purpose for _, purpose, _, _ in await consents(world)] == ["keep"]
    assert "Count me in" in seen(asked)


async def test_a_no_closes_kindly_and_keeps_nothing(world: World) -> None:
    await turn_on(world)
    asked = await world.press(world.alice, world.runs, "sw:consent.open")

    await world.alice.click(asked.response, custom_id="sw:consent.no")

    assert "Nothing is kept" in seen(asked)
    assert await consents(world) == []
    assert await world.rows("SELECT 1 FROM people WHERE person_id = :id", id=world.alice.id) == []


async def test_new_words_are_asked_again_and_say_why(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await turn_on(world)
    await feel(world, world.alice, 3)
    monkeypatch.setitem(rules.VERSIONS, KEEP, VERSIONS[KEEP] + 1)

    asked = await world.press(world.alice, world.runs, "sw:consent.open")

    assert "changed since, so here it is again" in seen(asked)
    assert "Take it back" in seen(asked)
    declined = await world.press(world.alice, world.runs, "sw:consent.no")
    assert "3 entries from before stay yours" in seen(declined)
    await world.alice.click(asked.response, custom_id="sw:consent.agree:keep:16:2")
    assert await consents(world) == [(world.alice.id, "keep", 2, 16)]


async def test_a_yes_to_older_words_is_no_yes_to_the_present_ones(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await turn_on(world)
    asked = await world.press(world.alice, world.runs, "sw:consent.open")
    monkeypatch.setitem(rules.VERSIONS, KEEP, VERSIONS[KEEP] + 1)

    answer = await world.alice.click(asked.response, custom_id="sw:consent.agree:keep:16:1")

    assert "has changed" in "".join(seen(each) for each in (answer, *answer.followups))
    assert await consents(world) == []


async def test_an_older_age_is_asked_again(world: World) -> None:
    await turn_on(world)
    asked = await world.press(world.alice, world.runs, "sw:consent.open")
    await turn_on(world, age=18)

    answer = await world.alice.click(asked.response, custom_id="sw:consent.agree:keep:16:1")

    assert "has changed" in "".join(seen(each) for each in (answer, *answer.followups))
    assert await consents(world) == []
    again = await world.press(world.alice, world.runs, "sw:consent.open")
    assert "18 or older" in seen(again)
    await world.alice.click(again.response, custom_id="sw:consent.agree:keep:18:1")
    assert await consents(world) == [(world.alice.id, "keep", 1, 18)]


async def test_taking_it_back_says_what_goes_and_then_erases_it(world: World) -> None:
    await turn_on(world)
    await feel(world, world.alice, 23)
    await feel(world, world.bob)
    shown = await world.press(world.alice, world.runs, "sw:consent.withdraw:keep")
    assert "23 entries of your feelings are erased at once, without a copy" in seen(shown)
    assert len(await world.rows("SELECT 1 FROM moods")) == 24, "nothing is erased by asking"

    await world.alice.click(shown.response, custom_id="sw:consent.withdrawn:keep")

    assert "23 entries are gone" in seen(shown)
    (left,) = await world.rows("SELECT person_id FROM moods")
    assert left["person_id"] == world.bob.id
    assert [person for person, *_ in await consents(world)] == [world.bob.id]


async def test_it_is_taken_back_where_feelings_were_turned_off_too(world: World) -> None:
    await turn_on(world)
    await feel(world, world.alice, 2)
    await turn_on(world, confirmed=None)

    shown = await world.press(world.alice, world.runs, "sw:consent.open")

    assert "Feelings are off" in seen(shown)
    assert "2 entries of yours" in seen(shown)
    await world.alice.click(shown.response, custom_id="sw:consent.withdraw:keep")
    await world.alice.click(shown.response, custom_id="sw:consent.withdrawn:keep")
    assert await world.rows("SELECT 1 FROM moods") == []
    assert await consents(world) == []


async def test_off_is_said_and_no_press_turns_it_on(world: World) -> None:
    await turn_on(world, confirmed=None)

    for press in ("open", "agree:keep:16:1", "agree:keep:18:1"):
        answer = await world.press(world.alice, world.runs, f"sw:consent.{press}")
        assert "Feelings are off" in seen(answer)
        assert answer.response.ephemeral

    assert await consents(world) == []


@pytest.mark.parametrize(
    "forged",
    [
        "agree",
        "agree:keep",
        "agree:keep:",
        "agree:keep:-1:1",
        "agree:keep:0:1",
        "agree:keep:15:1",
        "agree:keep:16.5:1",
        "agree:keep:٢٠:1",
        "agree:keep:99999999999999999999:1",
        "agree:keep:16",
        "agree:keep:16:0",
        "agree:keep:16:2",
        "agree:keep:16:-1",
        "agree:group_figure:16:1",
        "agree:everything:16:1",
        "agree:16:keep:1",
        "withdraw",
        "withdraw:moods",
        "withdrawn",
        "withdrawn:everything",
    ],
)
async def test_forged_ages_and_purposes_change_nothing(world: World, forged: str) -> None:
    await turn_on(world)
    await feel(world, world.bob)
    before = await consents(world)

    answer = await world.press(world.alice, world.runs, f"sw:consent.{forged}")

    assert answer.response.ephemeral
    assert await consents(world) == before
    assert len(await world.rows("SELECT 1 FROM moods")) == 1


async def test_another_member_s_press_speaks_of_their_own(world: World) -> None:
    await turn_on(world)
    await feel(world, world.alice, 7)
    shown = await world.press(world.alice, world.runs, "sw:consent.withdraw:keep")

    answer = await world.press(world.bob, world.runs, f"sw:consent.withdraw:keep:{world.alice.id}")
    await world.press(world.bob, world.runs, f"sw:consent.withdrawn:keep:{world.alice.id}")

    assert "7 entries" in seen(shown)
    assert "0 entries" in seen(answer)
    assert "7" not in seen(answer)
    assert len(await world.rows("SELECT 1 FROM moods")) == 7


async def test_a_public_card_is_never_replaced_by_somebody_s_consent(world: World) -> None:
    await turn_on(world)
    await world.slash_run(world.alice, distance="5k", time="26:41")
    await world.bot.services.checkins.places.flush()
    (card,) = world.runs.history()
    before = seen(card)

    answer = await world.press_on(world.alice, card, "sw:consent.open")

    assert answer.response.ephemeral
    (card,) = world.runs.history()
    assert seen(card) == before


@pytest.mark.parametrize(
    "press",
    [
        "consent.open",
        "consent.no",
        "consent.agree:keep:16:1",
        "consent.withdraw:keep",
        "consent.withdrawn:keep",
        "privacy.open",
        "privacy.export",
        "privacy.erase:feelings",
        "privacy.erased:feelings",
    ],
)
async def test_a_direct_message_gets_nothing_of_feelings(world: World, press: str) -> None:
    await turn_on(world)
    await feel(world, world.alice, 5)

    answer = await world.press(world.alice.user, world.alice.user.dm_channel, f"sw:{press}:@{world.group_id}")

    assert "Open your running group" in seen(answer)
    assert "entries" not in seen(answer)
    assert len(await world.rows("SELECT 1 FROM moods")) == 5


async def test_the_host_s_policy_is_linked_where_there_is_one(world: World) -> None:
    await turn_on(world)
    world.bot.services = dataclasses.replace(
        world.bot.services, host=HostInfo(policy_url="https://example.org/privacy")
    )

    asked = await world.press(world.alice, world.runs, "sw:consent.open")

    assert "The host's privacy policy" in seen(asked)


async def test_logs_say_that_somebody_agreed_and_not_who(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await turn_on(world)
    with caplog.at_level("INFO"):
        await world.press(world.alice, world.runs, "sw:consent.agree:keep:16:1")
        await world.press(world.alice, world.runs, "sw:consent.withdrawn:keep")

    ours = [record for record in caplog.records if record.name.startswith("cogs.consents")]
    assert [record.getMessage() for record in ours] == ["consent_given", "consent_withdrawn"]
    assert str(world.alice.id) not in "".join(str(record.__dict__) for record in ours)
