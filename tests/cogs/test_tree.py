"""The commands as Discord gets them: the names that people's fingers learn, each with a description, within limits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.cogs.conftest import World

NAMES = {
    "checkin": [],
    "run log": ["distance", "time", "when", "note", "activity", "file", "visibility"],
    "run history": [],
    "run stats": ["range"],
    "run import": ["file", "visibility"],
    "goal": [],
    "pause": ["from", "until", "reason"],
    "challenge create": ["kind", "template"],
    "challenge list": [],
    "mood log": [],
    "mood trend": ["range"],
    "moodpoll": ["kind", "question", "answers", "duration", "repeat", "minimum"],
    "care": [],
    "leaderboard": ["metric", "range"],
    "remindme": ["time", "days", "words"],
    "reminders": [],
    "settings": [],
    "privacy": [],
    "setup": [],
    "help": ["topic"],
}


def leaves(commands: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every command that can be typed, with its payload."""
    for command in commands:
        below = [option for option in command.get("options", ()) if option["type"] in (1, 2)]
        if not below:
            yield command["name"], command
        for name, leaf in leaves(below):
            yield f"{command['name']} {name}", leaf


def payload(world: World) -> list[dict[str, Any]]:
    return [command.to_dict(world.bot.tree) for command in world.bot.tree.get_commands()]


async def test_names_of_commands_and_options_are_those_that_are_promised(world: World) -> None:
    there = {
        name: [option["name"] for option in leaf.get("options", ())] for name, leaf in leaves(payload(world))
    }
    assert there == NAMES


async def test_every_command_and_option_says_what_it_is_for(world: World) -> None:
    for name, leaf in leaves(payload(world)):
        for part in (leaf, *leaf.get("options", ())):
            assert len(part["description"]) > 3, (name, part["name"])


async def test_no_command_works_in_a_direct_message(world: World) -> None:
    for command in payload(world):
        assert command["contexts"] == [0], command["name"]


async def test_the_tree_keeps_discords_limits(world: World) -> None:
    commands = payload(world)
    assert len(commands) <= 100
    for name, leaf in leaves(commands):
        options = leaf.get("options", ())
        assert len(options) <= 25
        for option in options:
            assert len(option.get("choices", ())) <= 25
            assert len(option["description"]) <= 100, (name, option["name"])
        assert len(leaf["description"]) <= 100
    for command in commands:
        assert characters(command) <= 8000


def characters(command: dict[str, Any]) -> int:
    """What Discord counts of a command: names, descriptions and the values of choices."""
    own = len(command["name"]) + len(command.get("description", ""))
    choices = sum(len(str(c["name"])) + len(str(c["value"])) for c in command.get("choices") or ())
    return own + choices + sum(characters(option) for option in command.get("options") or ())


async def test_what_organisers_do_is_shown_to_who_manages_the_server(world: World) -> None:
    shown_to = {command["name"]: command.get("default_member_permissions") for command in payload(world)}
    for name in ("setup", "moodpoll"):
        assert shown_to.pop(name) == 1 << 5
    assert set(shown_to.values()) == {None}
