"""Small builders for Components V2 messages and forms.

Every button, select and form is stateless: its custom_id says what it does and to what ("sw:run.cheer:42"), so it
works after a restart and nothing is kept in memory for it. `bot.ui.router` brings presses to their handlers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import discord
from discord import ui

PREFIX = "sw"
BRINGS = "@"  # before the group that a press in a direct message speaks of

Part: TypeAlias = "ui.Item[Any] | str"


class Accent:
    """One colour a feature."""

    RUN = discord.Colour(0x2A9D8F)
    GROUP = discord.Colour(0x3A6EA5)
    MEMBER = discord.Colour(0x7A6FB0)
    HELP = discord.Colour(0xE9A23B)
    BOARD = discord.Colour(0xA8577E)
    REMINDER = discord.Colour(0x4F8A8B)
    WORDS = discord.Colour(0x6A9A3B)
    CHALLENGE = discord.Colour(0xD1495B)
    MOOD = discord.Colour(0x5B7FA6)
    CARE = discord.Colour(0x8C7AA9)
    POLL = discord.Colour(0x3D8F75)
    TROUBLE = discord.Colour(0xB5562B)


def custom_id(action: str, *arguments: object) -> str:
    """The custom_id of `action` with its arguments, at most 100 characters."""
    made = ":".join([PREFIX, action, *(str(argument) for argument in arguments)])
    if len(made) > 100:
        raise ValueError(f"custom_id of {action} is longer than 100 characters")
    return made


def bring_group(layout: ui.LayoutView | ui.Modal, group_id: int) -> None:
    """Let every press of `layout` bring the group along, as its last argument: for direct messages."""
    mark = f":{BRINGS}{group_id}"
    items: Iterable[Any] = (layout,) if isinstance(layout, ui.Modal) else layout.walk_children()
    for item in items:
        made = getattr(item, "custom_id", None)
        if isinstance(made, str) and made.startswith(f"{PREFIX}:") and not made.endswith(mark):
            item.custom_id = made + mark


def button(
    label: str | None,
    action: str,
    *arguments: object,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    emoji: str | None = None,
    disabled: bool = False,
) -> ui.Button[Any]:
    """A button that brings the press to the handler of `action`."""
    return ui.Button(
        label=label, custom_id=custom_id(action, *arguments), style=style, emoji=emoji, disabled=disabled
    )


def link(label: str, url: str) -> ui.Button[Any]:
    """A button that opens `url`."""
    return ui.Button(label=label, url=url)


def select(
    placeholder: str,
    action: str,
    *arguments: object,
    options: Sequence[discord.SelectOption],
    least: int = 1,
    most: int = 1,
) -> ui.Select[Any]:
    """A menu of up to 25 options; the chosen values come to the handler of `action`."""
    return ui.Select(
        placeholder=placeholder,
        custom_id=custom_id(action, *arguments),
        options=list(options),
        min_values=least,
        max_values=most,
    )


def row(*items: ui.Item[Any]) -> ui.ActionRow[Any]:
    """Up to five buttons, or one select, beside one another."""
    return ui.ActionRow(*items)


def picture(filename: str, alt: str) -> ui.MediaGallery[Any]:
    """An attached picture (`filename` as attached) with its description in words."""
    return ui.MediaGallery(discord.MediaGalleryItem(f"attachment://{filename}", description=alt[:1024]))


def rule() -> ui.Separator[Any]:
    """A thin line between parts of a card."""
    return ui.Separator()


def card(accent: discord.Colour, *parts: Part | None, beneath: Iterable[Part] = ()) -> ui.LayoutView:
    """A message: `parts` in a box with the feature's colour, `beneath` under the box. None is left out."""
    box: ui.Container[Any] = ui.Container(accent_colour=accent)
    for part in parts:
        if part is not None:
            box.add_item(_item(part))
    view = ui.LayoutView(timeout=None)
    view.add_item(box)
    for part in beneath:
        view.add_item(_item(part))
    # discord.py keeps every unfinished view in memory for its presses; ours come through the router instead.
    view.stop()
    return view


def _item(part: Part) -> ui.Item[Any]:
    return ui.TextDisplay(part) if isinstance(part, str) else part


def text_field(
    label: str,
    name: str,
    *,
    description: str | None = None,
    placeholder: str | None = None,
    value: str | None = None,
    required: bool = False,
    longest: int = 100,
    paragraph: bool = False,
) -> ui.Label[Any]:
    """One line (or a paragraph) to fill in; `name` is its key in `Press.fields`."""
    return ui.Label(
        text=label,
        description=description,
        component=ui.TextInput(
            custom_id=name,
            style=discord.TextStyle.paragraph if paragraph else discord.TextStyle.short,
            placeholder=placeholder,
            default=value or None,
            required=required,
            max_length=longest,
        ),
    )


def choice_field(
    label: str,
    name: str,
    options: Sequence[discord.SelectOption],
    *,
    description: str | None = None,
    required: bool = True,
) -> ui.Label[Any]:
    """One of up to 25 options, in a form."""
    return ui.Label(
        text=label,
        description=description,
        component=ui.Select(
            custom_id=name, options=list(options), required=required, min_values=1 if required else 0
        ),
    )


def file_field(
    label: str, name: str, *, description: str | None = None, required: bool = False, most: int = 1
) -> ui.Label[Any]:
    """A place for files, in a form."""
    return ui.Label(
        text=label,
        description=description,
        component=ui.FileUpload(
            custom_id=name, required=required, min_values=1 if required else 0, max_values=most
        ),
    )


def form(title: str, action: str, *arguments: object, fields: Sequence[ui.Item[Any]]) -> ui.Modal:
    """A form of one to five fields (Discord's limit, checked here); what is filled in comes to `action`'s handler."""
    if not 1 <= len(fields) <= 5:
        raise ValueError("a form holds one to five fields")
    modal = ui.Modal(title=title[:45], custom_id=custom_id(action, *arguments), timeout=None)
    for field in fields:
        modal.add_item(field)
    modal.stop()  # not kept in memory: two people may fill in the same form at the same time
    return modal
