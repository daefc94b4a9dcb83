"""Forms and menus in which feelings are chosen. What is chosen travels as values, never in a custom_id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from bot.moods.scales import SCALES
from bot.moods.wording import label, question
from bot.ui.layout import choice_field, form, row, select

if TYPE_CHECKING:
    from bot.moods.model import Mood
    from bot.words import Words


def mood_menu(words: Words, action: str, *arguments: object) -> ui.ActionRow[Any]:
    """The eleven moods as a menu: choosing one is all it takes."""
    return row(select(question(words, "mood"), action, *arguments, options=options(words, "mood")))


def options(words: Words, item: str, chosen: int | None = None) -> list[discord.SelectOption]:
    """An item's values, the highest first for a mood, as one reads from good to bad; `chosen` stands selected."""
    values = SCALES[item].values
    return [
        discord.SelectOption(label=label(words, item, value), value=str(value), default=value == chosen)
        for value in (reversed(values) if item == "mood" else values)
    ]


def log_form(words: Words, *, ask_sleep: bool) -> ui.Modal:
    """`/mood log`: the mood, and four or three more if one likes."""
    items = ["stress", "focus", "energy", *(["sleep"] if ask_sleep else [])]
    return form(
        words.say("How I feel now"),
        "mood.logged",
        fields=[_field(words, "mood", required=True), *(_field(words, item) for item in items)],
    )


def more_form(words: Words, mood: Mood, *, ask_sleep: bool) -> ui.Modal:
    """Everything but the mood of an entry, as it stands; an item left empty is taken out."""
    sleep = ask_sleep or mood.values.sleep is not None
    items = [
        *(["effort"] if mood.moment == "after" else []),
        "stress",
        "focus",
        "energy",
        *(["sleep"] if sleep else []),
    ]
    return form(
        words.say("Add more"),
        "mood.added",
        mood.mood_id,
        fields=[_field(words, item, chosen=getattr(mood.values, item)) for item in items],
    )


def _field(words: Words, item: str, *, required: bool = False, chosen: int | None = None) -> ui.Label[Any]:
    description = None if required else words.say("If you like; leave it empty otherwise.")
    return choice_field(
        question(words, item), item, options(words, item, chosen), description=description, required=required
    )
