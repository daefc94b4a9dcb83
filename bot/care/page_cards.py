"""What organisers see and press about feelings and resources in `/setup`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from bot.care.cards import resource_parts
from bot.care.rules import USUAL
from bot.care.typed import LONGEST_WORDS, written
from bot.clock import epoch
from bot.ui.layout import Accent, button, card, form, link, row, rule, text_field

if TYPE_CHECKING:
    from bot.care.service import CarePage
    from bot.words import Words

_BLUE, _RED = discord.ButtonStyle.primary, discord.ButtonStyle.danger


def care_page(
    words: Words, page: CarePage, said: str | None = None, *, policy_url: str = ""
) -> ui.LayoutView:
    """Turning feelings on, and how they stand."""
    if page.confirmed_at is None:
        return _off(words, page, said, policy_url)
    other_age = 18 if page.age == 16 else 16
    return card(
        Accent.CARE,
        said,
        words.say("## Feelings and care: on"),
        words.say(
            "Resources confirmed <t:{time}:D>; you are asked again after 90 days. Members say yes themselves before "
            "anything of theirs is kept; from {age} on. Nobody but its owner sees an entry, organisers included.",
            time=epoch(page.confirmed_at),
            age=page.age,
        ),
        rule(),
        words.say("What /care shows:"),
        *resource_parts(words, page.resources),
        rule(),
        row(
            button(words.say("They still work"), "care.still", style=_BLUE),
            button(words.say("Change them…"), "care.own"),
            button(words.say("From {age} on", age=other_age), "care.age", other_age),
            button(words.say("Turn off…"), "care.off"),
            button(words.say("Back"), "setup.panel"),
        ),
    )


def _off(words: Words, page: CarePage, said: str | None, policy_url: str) -> ui.LayoutView:
    what = words.say(
        "On, members who say yes can keep how they feel, around runs and by themselves, for their own eyes; you can "
        "ask the group by anonymous polls. Nobody but its owner sees an entry: not you, not other members. Figures "
        "of the group show from 5 people on."
    )
    why = words.say(
        "Some entries will be low. So first make sure that people here find somebody to talk to: open the directory, "
        "see that it serves where your members live, and confirm it, or give your own."
    )
    buttons: list[ui.Item[Any]] = [
        link(words.say("Open the directory"), USUAL.places[0].contact),
        button(words.say("I opened it: use it, turn on"), "care.usual", style=_BLUE),
        button(words.say("Our own…"), "care.own"),
        button(words.say("Back"), "setup.panel"),
    ]
    if policy_url:
        buttons.append(link(words.say("The host's privacy policy"), policy_url))
    own = []
    if page.own:
        own = [
            rule(),
            words.say("Your own, not confirmed yet:"),
            *resource_parts(words, page.resources),
            row(button(words.say("Confirm and turn on"), "care.confirm", style=_BLUE)),
        ]
    return card(Accent.CARE, said, words.say("## Feelings and care: off"), what, why, row(*buttons), *own)


def resources_form(words: Words, page: CarePage) -> ui.Modal:
    """The group's own resources, as they stand."""
    return form(
        words.say("Somebody to talk to"),
        "care.written",
        fields=[
            text_field(
                words.say("Places, one a line"),
                "places",
                description=words.say("name | link or number, one to five lines"),
                placeholder="Find A Helpline | https://findahelpline.com",
                value=written(page.resources),
                required=True,
                longest=1_500,
                paragraph=True,
            ),
            text_field(
                words.say("In your own words"),
                "words",
                description=words.say("Shown above them, if you like."),
                value=page.resources.words,
                longest=LONGEST_WORDS,
                paragraph=True,
            ),
        ],
    )


def ask_off_card(words: Words) -> ui.LayoutView:
    """Before feelings are turned off."""
    return card(
        Accent.TROUBLE,
        words.say(
            "## Turn feelings off\nNothing new is kept and nobody is asked. What members keep stays theirs: they can "
            "look at it, take it along and erase it. Open polls close at their time. /care stays for everybody."
        ),
        row(
            button(words.say("Turn off"), "care.off_sure", style=_RED),
            button(words.say("Back"), "care.page"),
        ),
    )


def look_again_card(words: Words) -> ui.LayoutView:
    """Told to an organiser 90 days after the resources were confirmed."""
    return card(
        Accent.CARE,
        words.say(
            "For you as an organiser: it is 90 days since somebody looked whether the resources that /care shows still "
            "work. Could you open them once?"
        ),
        row(
            button(words.say("Show them"), "care.open"),
            button(words.say("They still work"), "care.still", style=_BLUE),
            button(words.say("Change them…"), "care.own"),
        ),
    )
