"""What an erasure takes away, before and after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import ui

from bot.members.cards import EVERYTHING, FEELINGS, RUNS
from bot.members.feelings_cards import erased_of_feelings, nearly_not
from bot.members.rules import Holdings
from bot.ui.layout import Accent, button, card, row

if TYPE_CHECKING:
    from bot.members.service import Erased
    from bot.words import Words

_RED = discord.ButtonStyle.danger


def ask_erase(words: Words, what: str, holdings: Holdings) -> ui.LayoutView:
    """What an erasure takes away, in figures, before the second button."""
    if what == EVERYTHING:
        parts = _of_check_ins(words, holdings) + _of_everything(words, holdings)
        parts += erased_of_feelings(words, holdings)
        title = words.say("## Erase everything of mine in this group")
        label = words.say("Erase everything")
    elif what == FEELINGS:
        parts = erased_of_feelings(words, holdings)
        title = words.say("## Erase my feelings in this group")
        label = words.say("Erase my feelings")
    else:
        parts = [*_of_check_ins(words, holdings), nearly_not(words, holdings)]
        title = words.say("## Erase my check-ins in this group")
        label = words.say("Erase my check-ins")
    lines = [line for figure, line in parts if figure] or [words.say("nothing: there is none yet")]
    return card(
        Accent.TROUBLE,
        f"{title}\n" + words.say("These go for good:") + "\n" + "\n".join(f"- {line}" for line in lines),
        _besides(words, what, holdings),
        row(
            button(label, "privacy.erased", what, style=_RED),
            button(words.say("Take my data along"), "privacy.export"),
            button(words.say("Keep it"), "privacy.open"),
        ),
    )


def _besides(words: Words, what: str, holdings: Holdings) -> str:
    """What else comes of an erasure."""
    if what == FEELINGS:
        return words.say(
            "At once, and without a copy. Check-ins, goals and settings stay as they are. If you want a copy, take "
            "your data along first."
        )
    said = words.say(
        "Records, streak and totals are made of check-ins and go with them. The bot's cards are removed as far "
        "as Discord allows. If you want a copy, take your data along first."
    )
    if what == RUNS and holdings.moods:
        said += " " + words.say("Feelings that you entered with a run stay, without the run.")
    return said


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
            holdings.polls_made,
            words.count(
                "your name on {n} poll that you set up; a question of your own goes with its results",
                "your name on {n} polls that you set up; questions of your own go with their results",
                holdings.polls_made,
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
    if what == FEELINGS:
        gone = words.count(
            "{n} entry of your feelings is gone for good.",
            "{n} entries of your feelings are gone for good.",
            result.holdings.moods,
        )
    else:
        gone = words.count(
            "{n} check-in is gone for good.", "{n} check-ins are gone for good.", result.holdings.runs
        )
    if what == EVERYTHING:
        gone += " " + words.say(
            "So is everything else of yours in this group. You are welcome back whenever you like."
        )
    elif what == FEELINGS:
        gone += " " + words.say("So are your yes to keeping them and what belongs to it. Check-ins stay.")
    else:
        gone += " " + words.say("Goals, pauses and settings stay as they were.")
    if not result.scrubbed:
        gone += "\n" + words.say(
            "-# The database was busy: traces in its log are overwritten as soon as it is quieter."
        )
    return card(Accent.MEMBER, gone)
