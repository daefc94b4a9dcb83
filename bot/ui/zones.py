"""Choosing a time zone: a menu, a form for the nearest city, and a second menu where several places fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import discord
from discord import ui

from bot.days import zone, zone_choices
from bot.errors import Refusal
from bot.ui.layout import form, select, text_field

if TYPE_CHECKING:
    from bot.words import Words

ANOTHER = "another"  # what the menu's last option sends instead of a zone
FIELD = "zone"
_LONGEST = 64


def shown(name: str) -> str:
    """An IANA name for eyes: "America/New York"."""
    return name.replace("_", " ")


def local_time(name: str, now: datetime) -> str:
    """The wall clock of the zone `name` at `now`, as 18:05."""
    return f"{now.astimezone(ZoneInfo(name)):%H:%M}"


def zone_menu(
    words: Words, action: str, *arguments: object, zones: Sequence[str], now: datetime
) -> ui.Select[Any]:
    """A menu of up to 24 zones, each with its present time, and "Another…" which sends ANOTHER."""
    options = [
        discord.SelectOption(
            label=shown(name),
            value=name,
            description=words.say("It is {time} there now", time=local_time(name, now)),
        )
        for name in zones[:24]
    ]
    options.append(discord.SelectOption(label=words.say("Another… (type a city)"), value=ANOTHER))
    return select(words.say("Choose a time zone"), action, *arguments, options=options)


def zone_form(words: Words, action: str, *arguments: object, value: str | None = None) -> ui.Modal:
    """The form that takes a city or zone; what is typed comes as the field FIELD."""
    return form(
        words.say("Time zone"),
        action,
        *arguments,
        fields=[
            text_field(
                words.say("The nearest large city, or a zone"),
                FIELD,
                placeholder=words.say("Berlin, New York, Asia/Kolkata"),
                value=value,
                required=True,
                longest=_LONGEST,
            )
        ],
    )


@dataclass(frozen=True, slots=True)
class Meant:
    """What somebody can mean: `zone` where it is clear, else `nearest` to choose among."""

    zone: str | None = None
    nearest: tuple[str, ...] = ()


def resolve(typed: str) -> Meant:
    """What `typed` means.

    A misspelt city is met by the longest beginning (of three letters or more) that some place shares. Raises Refusal
    where nothing comes near.
    """
    typed = typed.strip()
    try:
        return Meant(zone=zone(typed).key)
    except Refusal:
        for length in range(min(len(typed), _LONGEST), 2, -1):
            if found := zone_choices(typed[:length], 24):
                return Meant(nearest=tuple(found))
        raise
