"""Where to turn: the group's resources, by themselves and beneath an entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import ui

from bot.care.rules import Resource, Resources
from bot.ui.layout import Accent, Part, button, card, link, row, rule
from bot.ui.text import plain

if TYPE_CHECKING:
    from bot.words import Words


def care_card(words: Words, resources: Resources) -> ui.LayoutView:
    """`/care`: seen by whoever asked, always."""
    return card(
        Accent.CARE,
        words.say("## Somebody to talk to"),
        words.say("If you are in danger right now, please call your local emergency number."),
        *resource_parts(words, resources),
        words.say("-# You alone see this. Nobody is told that you looked."),
    )


def care_parts(words: Words, resources: Resources) -> list[Part]:
    """What the answer to an entry carries after several low days: once in a while, until dismissed."""
    return [
        rule(),
        words.say(
            "Several of your latest entries were low. That can be a lot to carry, and you don't have to carry it by "
            "yourself. If you'd like to talk to somebody, here is where:"
        ),
        *resource_parts(words, resources),
        row(button(words.say("Don't show this again"), "care.dismiss")),
        words.say("-# Nobody is told. /care shows this at any time."),
    ]


def dismissed_card(words: Words) -> ui.LayoutView:
    """It does not come by itself any more."""
    return card(
        Accent.CARE,
        words.say("All right, this won't come by itself again. /care is always there."),
        row(button(words.say("Show it again when it fits"), "care.allow")),
    )


def allowed_card(words: Words) -> ui.LayoutView:
    """It may come by itself again."""
    return card(Accent.CARE, words.say("All right. It comes again when it fits, at most once in 14 days."))


def resource_parts(words: Words, resources: Resources) -> list[Part]:
    """The organisers' words, numbers as text, links as buttons."""
    parts: list[Part] = []
    if resources.words:
        parts.append("> " + plain(resources.words, 300))
    spoken = [each for each in resources.places if not is_link(each)]
    if spoken:
        parts.append("\n".join(f"- **{plain(each.name)}**: {plain(each.contact)}" for each in spoken))
    links = [link(each.name[:80], each.contact) for each in resources.places if is_link(each)]
    if links:
        parts.append(row(*links[:5]))
    return parts


def is_link(resource: Resource) -> bool:
    """Whether the contact opens in a browser."""
    return resource.contact.startswith("https://")
