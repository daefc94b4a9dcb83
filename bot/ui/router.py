"""Brings presses, choices and filled forms to the cog that answers them, by what their custom_id says."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import discord
from discord.ext import commands

from bot.errors import Refusal
from bot.ui.doors import speaks_of
from bot.ui.layout import BRINGS, PREFIX

if TYPE_CHECKING:
    from bot.client import SecondWind

log = logging.getLogger(__name__)
Handler = Callable[["discord.Interaction[SecondWind]", "Press"], Awaitable[None]]
Method = TypeVar("Method", bound=Callable[..., Awaitable[None]])
_MARK = "__second_wind_action__"


@dataclass(frozen=True, slots=True)
class Press:
    """A press as it came in: untrusted, as anybody can send any custom_id.

    `arguments` are the custom_id's parts after the action, `values` what was chosen in a select, `fields` what was
    typed (or chosen) in a form by the field's name, `files` what was attached in a form by the field's name.
    """

    action: str
    arguments: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    fields: dict[str, str] = field(default_factory=dict)
    files: dict[str, list[discord.Attachment]] = field(default_factory=dict)

    def text(self, index: int) -> str:
        """The argument at `index`. Raises Refusal where it is missing."""
        if index >= len(self.arguments):
            raise Refusal("That button is from an older message. Use the command again for a fresh one.")
        return self.arguments[index]

    def number(self, index: int) -> int:
        """The argument at `index` as an id (0 to 2^63 - 1). Raises Refusal where it is none."""
        text = self.text(index)
        if not (text.isascii() and text.isdigit() and len(text) <= 19 and int(text) < 2**63):
            raise Refusal("That button is from an older message. Use the command again for a fresh one.")
        return int(text)


def on_press(action: str) -> Callable[[Method], Method]:
    """Make a cog's method (self, interaction, press) the answer to every press, choice or form of `action`."""

    def mark(method: Method) -> Method:
        setattr(method, _MARK, action)
        return method

    return mark


class Router:
    """Actions and their handlers."""

    def __init__(self) -> None:
        self._handlers: dict[str, Handler] = {}

    @property
    def actions(self) -> frozenset[str]:
        return frozenset(self._handlers)

    def add(self, cog: commands.Cog) -> None:
        """Take every method of `cog` that is marked with `on_press`."""
        for action, name in _pressed(type(cog)):
            if action in self._handlers:
                raise ValueError(f"two handlers for {action}")
            self._handlers[action] = getattr(cog, name)

    async def dispatch(self, interaction: discord.Interaction[SecondWind]) -> bool:
        """Answer `interaction` where it is a press of ours; False where it is not.

        Raises whatever the handler raises, and Refusal for an action that no longer exists.
        """
        data: dict[str, Any] = dict(interaction.data or {})
        parts = str(data.get("custom_id", "")).split(":")
        if parts[0] != PREFIX or len(parts) < 2:
            return False
        handler = self._handlers.get(parts[1])
        if handler is None:
            raise Refusal("That button is from an older message. Use the command again for a fresh one.")
        if interaction.guild_id is None and parts[-1].startswith(BRINGS):
            await _speak_of_its_group(interaction, parts.pop())
        fields: dict[str, str] = {}
        files: dict[str, list[discord.Attachment]] = {}
        if interaction.type is discord.InteractionType.modal_submit:
            _read_form(interaction, data, fields, files)
        press = Press(parts[1], tuple(parts[2:]), tuple(map(str, data.get("values", ()))), fields, files)
        await handler(interaction, press)
        return True


@cache
def _pressed(kind: type[commands.Cog]) -> tuple[tuple[str, str], ...]:
    """(action, name) of every method of `kind` that is marked; a class is looked through once."""
    marked = ((getattr(getattr(kind, name), _MARK, None), name) for name in dir(kind))
    return tuple((action, name) for action, name in marked if action is not None)


async def _speak_of_its_group(interaction: discord.Interaction[SecondWind], brought: str) -> None:
    """A press in a direct message that brings its group. Raises Refusal where the person is no member of it."""
    group_id = Press("", (brought.removeprefix(BRINGS),)).number(0)
    if not await interaction.client.services.reminders.is_member(group_id, interaction.user.id):
        raise Refusal("That is from a group that you are no member of any more, or whose data was erased.")
    speaks_of(interaction, group_id)


def _read_form(
    interaction: discord.Interaction[SecondWind],
    data: dict[str, Any],
    fields: dict[str, str],
    files: dict[str, list[discord.Attachment]],
) -> None:
    """Flatten a submitted form: labels and rows hold the inputs, attachments stand in `resolved`."""
    attachments = data.get("resolved", {}).get("attachments", {})
    waiting = list(data.get("components", ()))
    while waiting:
        component = waiting.pop()
        waiting.extend(component.get("components") or ())
        if component.get("component"):
            waiting.append(component["component"])
        name = component.get("custom_id")
        if name is None:
            continue
        values = component.get("values") or []
        if component.get("type") == discord.ComponentType.file_upload.value:
            files[name] = [
                discord.Attachment(data=attachments[value], state=interaction._state)
                for value in values
                if value in attachments
            ]
        elif "value" in component:
            fields[name] = "" if component["value"] is None else str(component["value"])
        else:
            fields[name] = ",".join(map(str, values))
