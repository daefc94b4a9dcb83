"""`/help` names what exists, all of it and nothing else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from discord import app_commands

from bot.help.cards import TOPICS, help_card
from bot.words import Catalogues
from tests.cogs.conftest import World, seen

WORDS = Catalogues().choose("en")


def named() -> set[str]:
    text = "\n".join(text(WORDS) for _, text in TOPICS.values())
    return set(re.findall(r"(?<![\w/])/([a-z]+(?: (?:log|history|stats|import|create|list|trend))?)", text))


async def test_help_names_every_command_and_no_other(world: World) -> None:
    tree = {
        command.qualified_name
        for command in world.bot.tree.walk_commands()
        if not isinstance(command, app_commands.Group)
    }

    assert named() == tree


async def test_every_button_of_help_has_somebody_who_answers(world: World) -> None:
    assert {"help.topic", "help.open", "checkin.open", "goal.open"} <= world.bot.router.actions


@pytest.mark.parametrize("topic", list(TOPICS))
async def test_each_topic_opens_privately_with_the_menu(world: World, topic: str) -> None:
    shown = await world.alice.slash(world.lounge, "help", topic=topic)

    assert shown.response.ephemeral
    title, text = TOPICS[topic]
    assert title(WORDS) in seen(shown)
    assert text(WORDS) in seen(shown)


async def test_another_topic_is_chosen_in_place(world: World) -> None:
    shown = await world.alice.slash(world.lounge, "help")
    await world.alice.select(shown.response, ["pause"], custom_id="sw:help.topic")

    assert "## Pausing" in seen(shown)


async def test_every_topic_can_be_asked_for_in_the_option(world: World) -> None:
    (command,) = [each for each in world.bot.tree.get_commands() if each.name == "help"]
    assert isinstance(command, app_commands.Command)

    assert [choice.value for choice in command.parameters[0].choices] == list(TOPICS)


async def test_a_topic_that_does_not_exist_shows_the_first(world: World) -> None:
    answer = await world.press(world.alice, world.lounge, "sw:help.topic", "x" * 5_000)

    assert "## First check-in" in seen(answer)


def test_the_host_s_policy_and_contact_show_where_there_are_any() -> None:
    hosted: Any = help_card(WORDS, "first", "https://example.org/policy", "run@example.org")
    plain: Any = help_card(WORDS, "first")

    assert "https://example.org/policy" in str(hosted.to_components())
    assert "run@example.org" in str(hosted.to_components())
    assert "privacy policy" not in str(plain.to_components())


@pytest.mark.parametrize("topic", list(TOPICS))
def test_no_topic_shames(topic: str) -> None:
    text = TOPICS[topic][1](WORDS).casefold()

    assert not re.search(
        r"\b(should|must|lazy|only when|cheat|burn|earn|fat|weight|calories|fail\w*)\b", text
    )
