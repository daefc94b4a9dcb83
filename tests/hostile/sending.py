"""Sends interactions as anybody with a program can: of any shape, and many before the first is answered."""

from __future__ import annotations

from typing import Any

from simcord import InteractionResult
from simcord.enums import InteractionType
from simcord.interactions import base_payload

from tests.cogs.conftest import World
from tests.simcord_in_haste import json_copy


def send(
    world: World, kind: InteractionType, who: Any, channel: Any, data: dict[str, Any], *, times: int = 1
) -> InteractionResult:
    """Put an interaction on its way, `times` over; `await world.env.settle()` before looking at the result."""
    guild = getattr(who, "guild", None)
    record, payload = base_payload(
        world.env.backend,
        type=kind,
        channel_id=channel.id,
        guild_id=None if guild is None else guild.id,
        user_id=who.id,
        data=data,
    )
    for _ in range(times):
        world.env.backend.emit("INTERACTION_CREATE", json_copy(payload))
    return InteractionResult(world.env, record)


def send_press(
    world: World, who: Any, channel: Any, custom_id: str, *values: str, times: int = 1
) -> InteractionResult:
    """A press, or with `values` a choice from a menu."""
    data: dict[str, Any] = {"custom_id": custom_id, "component_type": 3 if values else 2}
    if values:
        data["values"] = list(values)
    return send(world, InteractionType.MESSAGE_COMPONENT, who, channel, data, times=times)


def send_form(
    world: World, who: Any, channel: Any, custom_id: str, fields: dict[str, str], *, times: int = 1
) -> InteractionResult:
    """A form, filled in past every limit that Discord's own form has."""
    components = [
        {"type": 18, "component": {"type": 4, "custom_id": name, "value": value}}
        for name, value in fields.items()
    ]
    data = {"custom_id": custom_id, "components": components}
    return send(world, InteractionType.MODAL_SUBMIT, who, channel, data, times=times)


def send_command(
    world: World, who: Any, channel: Any, path: str, *, times: int = 1, **options: Any
) -> InteractionResult:
    """A slash command with any options."""
    first, *rest = path.split()
    given: list[dict[str, Any]] = [
        {"type": 3, "name": name, "value": value} for name, value in options.items()
    ]
    for name in reversed(rest):
        given = [{"type": 1, "name": name, "options": given}]
    data = {"id": "1", "name": first, "type": 1, "options": given}
    return send(world, InteractionType.APPLICATION_COMMAND, who, channel, data, times=times)


def answers(result: InteractionResult) -> list[Any]:
    """Every message that answered."""
    return [each for each in (result.response, *result.followups) if each is not None]
