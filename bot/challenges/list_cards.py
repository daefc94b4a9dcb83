"""The list of a group's challenges, with a menu to open one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import discord
from discord import ui

from bot.challenges.amounts import target_words
from bot.challenges.model import Listed, State
from bot.challenges.wording import DOT, days_words, short_kind
from bot.checkins.units import Units
from bot.ui.layout import Accent, card, row, select
from bot.ui.text import clean, plain

if TYPE_CHECKING:
    from bot.words import Words

_GROUPS: tuple[State, ...] = ("open", "coming", "closing", "removed", "final")
# Of a card's 4,000 characters: 25 lines with titles of 36 take 3,500, twelve with whole ones 3,000.
_MANY_LISTED, _SHORT_TITLE = 12, 36


def list_card(
    listed: Sequence[Listed], words: Words, units: Units, *, may_make: bool = True
) -> ui.LayoutView:
    """A group's challenges, those under way first, and a menu to open one; `units` are the group's, as on their cards.

    `may_make`: who asked may make one.
    """
    if not listed:
        return card(
            Accent.CHALLENGE,
            words.say("## Challenges")
            + "\n"
            + (
                words.say("There is none yet. /challenge create makes one in two minutes.")
                if may_make
                else words.say("There is none yet. Organisers make them in this group: tell them your idea.")
            ),
        )
    longest = _SHORT_TITLE if len(listed) > _MANY_LISTED else 80
    grouped = []
    for state in _GROUPS:
        lines = [_listed(each, longest, words) for each in listed if each.challenge.state == state]
        if lines:
            grouped.append("\n".join([f"**{_group_words(state, words)}**", *lines]))
    return card(
        Accent.CHALLENGE,
        words.say("## Challenges"),
        "\n".join(grouped),
        row(
            select(
                words.say("Open one"),
                "challenge.pick",
                options=[_option(each, words, units) for each in listed],
            )
        ),
    )


def _listed(each: Listed, longest: int, words: Words) -> str:
    line = DOT.join(
        [
            plain(each.challenge.title, longest),
            days_words(each.challenge.plan, words),
            words.count("{n} person", "{n} people", each.people),
        ]
    )
    return f"✓ {line}" if each.joined else f"▫️ {line}"


def _option(each: Listed, words: Words, units: Units) -> discord.SelectOption:
    plan = each.challenge.plan
    told = [short_kind(plan.kind, words)]
    if plan.target is not None:
        told.append(target_words(plan.target, plan.measure, units, words))
    told.append(words.count("{n} person", "{n} people", each.people))
    if each.joined:
        told.append(words.say("you are in"))
    return discord.SelectOption(
        label=clean(each.challenge.title, 100) or "…",
        value=str(each.challenge.challenge_id),
        description=DOT.join(told)[:100],
    )


def _group_words(state: State, words: Words) -> str:
    if state == "open":
        return words.say("Under way")
    if state == "coming":
        return words.say("Coming")
    if state == "removed":
        return words.say("Called off")
    return words.say("Over, late entries count") if state == "closing" else words.say("Over")
