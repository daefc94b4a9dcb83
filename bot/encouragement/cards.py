"""What a group reads of encouragement, where a fact comes from, and how organisers keep words of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import discord
from discord import ui

from bot.encouragement.library import Category, Fact, Message
from bot.encouragement.service import LONGEST_WORDS, MOST_WORDS, OWN_CATEGORIES, GroupWords, OwnWords
from bot.encouragement.wording import phrase
from bot.ui.layout import Accent, button, card, choice_field, form, link, row, rule, select, text_field
from bot.ui.text import clean, plain

if TYPE_CHECKING:
    from bot.words import Words

_BLUE = discord.ButtonStyle.primary
A_PAGE = 10


def group_words(words: Words, letter: GroupWords, delivery_id: int) -> ui.LayoutView:
    """A post of encouragement: a few words, and two ways on."""
    buttons = [
        button(words.say("Check in"), "checkin.open", delivery_id),
        button(words.say("My plan"), "plan.mine", delivery_id),
    ]
    return card(
        Accent.WORDS,
        phrase(letter.message, letter.situation, words),
        row(*source_button(words, letter.message, delivery_id), *buttons),
    )


def source_button(words: Words, message: Message, delivery_id: int) -> list[ui.Button[ui.LayoutView]]:
    """The way to the source, for a message that states a fact."""
    if message.fact is None:
        return []
    return [button(words.say("Where does this come from?"), "words.source", message.fact, delivery_id)]


def fact_card(words: Words, fact: Fact) -> ui.LayoutView:
    """The claim with its size, how far it goes, and who measured it."""
    caveat = (
        None if fact.caveat is None else words.say("How far it goes: {caveat}", caveat=words.say(fact.caveat))
    )
    return card(
        Accent.WORDS,
        words.say("## Where this comes from"),
        words.say(fact.claim),
        caveat,
        "-# " + plain(fact.source, 400),
        None if fact.link is None else row(link(words.say("Read it"), fact.link)),
    )


def own_panel(
    words: Words, own: Sequence[OwnWords], page: int = 0, said: str | None = None, removed: int | None = None
) -> ui.LayoutView:
    """The messages that organisers added, ten to a page; `removed` is one whose removal can be taken back."""
    pages = max(1, -(-len(own) // A_PAGE))
    page = min(max(page, 0), pages - 1)
    shown = own[page * A_PAGE : (page + 1) * A_PAGE]
    ways = [button(words.say("Add words"), "words.add", style=_BLUE, disabled=len(own) >= MOST_WORDS)]
    if removed is not None:
        ways.append(button(words.say("Take it back"), "words.restore", removed))
    if page:
        ways.append(button(words.say("Earlier"), "words.own", page - 1))
    if page < pages - 1:
        ways.append(button(words.say("More"), "words.own", page + 1))
    ways.append(button(words.say("Back"), "setup.panel"))
    return card(
        Accent.GROUP,
        said,
        None if said is None else rule(),
        words.say("## Words of your own")
        + "\n"
        + words.say(
            "Messages that you add here take turns with the library's in this group's posts. "
            "They are yours: they show as you type them, to everybody in the channel."
        ),
        "\n".join(_line(words, each) for each in shown) or words.say("None yet."),
        row(_remove_menu(words, shown)) if shown else None,
        row(*ways),
    )


def _line(words: Words, own: OwnWords) -> str:
    return f"**{category_name(words, own.category)}** · {plain(own.words, 120)}"


def _remove_menu(words: Words, shown: Sequence[OwnWords]) -> ui.Select[ui.LayoutView]:
    return select(
        words.say("Remove one"),
        "words.remove",
        options=[
            discord.SelectOption(
                label=clean(each.words, 90),
                value=str(each.word_id),
                description=category_name(words, each.category),
            )
            for each in shown
        ],
    )


def category_name(words: Words, category: Category) -> str:
    """What a category of own words is for."""
    return words.say("The week's opener") if category == "weekly_opener" else words.say("Other posts")


def own_form(words: Words) -> ui.Modal:
    """Asks for a message of the group's own."""
    options = [
        discord.SelectOption(label=category_name(words, each), value=each, default=each == OWN_CATEGORIES[0])
        for each in OWN_CATEGORIES
    ]
    return form(
        words.say("Words of your own"),
        "words.added",
        fields=[
            choice_field(words.say("Where they come"), "category", options),
            text_field(
                words.say("The words"),
                "words",
                description=words.say("Everybody in the channel sees them, as you type them."),
                required=True,
                longest=LONGEST_WORDS,
                paragraph=True,
            ),
        ],
    )
