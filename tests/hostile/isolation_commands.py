"""The bot's commands as Discord has them, and what is sent for one."""

from __future__ import annotations

import re
from typing import Any

from tests.hostile.isolation_world import World


def feature(name: str) -> str:
    """Of an action or a command."""
    return re.split(r"[ .]", name)[0]


def filled_in(kind: int, name: str, value: str) -> dict[str, Any]:
    given = {"values": [value]} if kind == 3 else {"value": value}
    return {"type": kind, "custom_id": name, **given}


def typed(kind: int, value: str) -> Any:
    return int(value) if kind == 4 else value == "True" if kind == 5 else value


def nested(path: str, options: list[dict[str, Any]]) -> dict[str, Any]:
    first, *rest = path.split()
    for name in reversed(rest):
        options = [{"type": 1, "name": name, "options": options}]
    return {"id": "1", "name": first, "type": 1, "options": options}


def leaves(commands: list[dict[str, Any]], above: str = "") -> dict[str, dict[str, Any]]:
    """Every command that can be typed, by its path."""
    found: dict[str, dict[str, Any]] = {}
    for command in commands:
        below = [option for option in command.get("options", ()) if option["type"] in (1, 2)]
        path = f"{above} {command['name']}".strip()
        found.update(leaves(below, path) if below else {path: command})
    return found


def payload(world: World) -> list[dict[str, Any]]:
    return [each.to_dict(world.bot.tree) for each in world.bot.tree.get_commands()]


def suggesting(commands: dict[str, dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    """Every command's options that offer something while one types."""
    return [
        (path, option)
        for path, leaf in commands.items()
        for option in leaf.get("options", ())
        if option.get("autocomplete")
    ]


def commands_of(world: World) -> list[str]:
    """The names of all steps that are commands or suggestions of one."""
    commands = leaves(payload(world))
    return [*commands, *(f"{path} ({option['name']})" for path, option in suggesting(commands))]
