"""What an erasure takes away, before and after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import ui

from bot.members.cards import EVERYTHING
from bot.members.rules import Holdings
from bot.ui.layout import Accent, button, card, row

if TYPE_CHECKING:
    from bot.members.service import Erased
    from bot.words import Words

_RED = discord.ButtonStyle.danger


def ask_erase(words: Words, what: str, holdings: Holdings) -> ui.LayoutView:
    """What an erasure takes away, in figures, before the second button."""
    parts = _of_check_ins(words, holdings)
    if what == EVERYTHING:
        parts += _of_everything(words, holdings)
        title = words.say("## Erase everything of mine in this group")
        label = words.say("Erase everything")
    else:
        title = words.say("## Erase my check-ins in this group")
        label = words.say("Erase my check-ins")
    lines = [line for figure, line in parts if figure] or [words.say("nothing: there is none yet")]
    return card(
        Accent.TROUBLE,
        f"{title}\n" + words.say("These go for good:") + "\n" + "\n".join(f"- {line}" for line in lines),
        words.say(
            "Records, streak and totals are made of check-ins and go with them. The bot's cards are removed as far "
            "as Discord allows. If you want a copy, take your data along first."
        ),
        row(
            button(label, "privacy.erased", what, style=_RED),
            button(words.say("Take my data along"), "privacy.export"),
            button(words.say("Keep it"), "privacy.open"),
        ),
    )


def _of_check_ins(words: Words, holdings: Holdings) -> list[tuple[int, str]]:
    """What goes with the check-ins: how many there are, and the same in words."""
    return [
        (holdings.runs, words.count("{n} check-in", "{n} check-ins", holdings.runs)),
        (holdings.bests, words.count("{n} best time", "{n} best times", holdings.bests)),
        (
            holdings.cheers_received,
            words.count("{n} cheer you were given", "{n} cheers you were given", holdings.cheers_received),
        ),
        (
            holdings.boards,
            words.count("your name on {n} board", "your name on {n} boards", holdings.boards),
        ),
        (
            holdings.challenges,
            words.count(
                "what you did in {n} challenge", "what you did in {n} challenges", holdings.challenges
            ),
        ),
    ]


def _of_everything(words: Words, holdings: Holdings) -> list[tuple[int, str]]:
    """What goes beside the check-ins."""
    return [
        (
            holdings.targets,
            words.count("{n} goal, with your plan", "{n} goals, with your plan", holdings.targets),
        ),
        (holdings.pauses, words.count("{n} pause", "{n} pauses", holdings.pauses)),
        (holdings.rest_days, words.count("{n} resting day", "{n} resting days", holdings.rest_days)),
        (holdings.week_plans, words.count("{n} week planned", "{n} weeks planned", holdings.week_plans)),
        (holdings.reminders, words.count("{n} reminder", "{n} reminders", holdings.reminders)),
        (
            holdings.cheers_given,
            words.count("{n} cheer you gave", "{n} cheers you gave", holdings.cheers_given),
        ),
        (holdings.reports, words.count("{n} report you made", "{n} reports you made", holdings.reports)),
        (
            holdings.challenges_made,
            words.count(
                "your name and your words on {n} challenge that you made; the challenge itself stays",
                "your name and your words on {n} challenges that you made; the challenges themselves stay",
                holdings.challenges_made,
            ),
        ),
        (
            1,
            words.say(
                "your settings in this group (time zone and units too, unless another group knows you)"
            ),
        ),
    ]


def erased(words: Words, what: str, result: Erased) -> ui.LayoutView:
    """After an erasure."""
    gone = words.count(
        "{n} check-in is gone for good.", "{n} check-ins are gone for good.", result.holdings.runs
    )
    if what == EVERYTHING:
        gone += " " + words.say(
            "So is everything else of yours in this group. You are welcome back whenever you like."
        )
    else:
        gone += " " + words.say("Goals, pauses and settings stay as they were.")
    if not result.scrubbed:
        gone += "\n" + words.say(
            "-# The database was busy: traces in its log are overwritten as soon as it is quieter."
        )
    return card(Accent.MEMBER, gone)
