"""The week's opener as the group sees it, and a member's private panel behind "My plan"."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import discord
from babel.dates import format_skeleton
from discord import ui

from bot.encouragement.cards import source_button
from bot.encouragement.wording import phrase
from bot.openers.model import OpenerLetter, Planned, PlanPanel, PlanSet, PlanTaken
from bot.openers.rules import LONGEST_WORDS, room_for_words
from bot.ui.layout import Accent, button, card, choice_field, form, row, rule, select, text_field
from bot.ui.text import plain

if TYPE_CHECKING:
    from bot.words import Words

_GREEN = discord.ButtonStyle.success
# Of a card's 4,000 characters: forty lines without words take 1,400, everything else less than 1,000.
_ROOM = 1_600


def opener_card(words: Words, letter: OpenerLetter, delivery_id: int) -> ui.LayoutView:
    """The opener: a few words, who planned, and the way to plan."""
    source = [] if letter.message is None else source_button(words, letter.message, delivery_id)
    return card(
        Accent.GROUP,
        words.say("## A new week · from {day}", day=_day(words, letter.week_day)),
        None if letter.message is None else phrase(letter.message, letter.situation, words),
        "\n".join(_listed(words, letter)),
        row(button(words.say("My plan"), "plan.week", delivery_id, style=_GREEN), *source),
    )


def _listed(words: Words, letter: OpenerLetter) -> list[str]:
    if not letter.planned:
        return [
            words.say(
                "How many days would suit you this week? One is plenty. Press **My plan**, and it shows here."
            )
        ]
    said = [plain(each.words, LONGEST_WORDS) if each.words else "" for each in letter.planned]
    fits = room_for_words([len(each) for each in said], _ROOM)
    lines = [words.say("**Planned for this week**")]
    lines += [
        _line(words, each, text if fit else "")
        for each, text, fit in zip(letter.planned, said, fits, strict=True)
    ]
    if letter.more:
        lines.append(words.count("and {n} more", "and {n} more", letter.more))
    return lines


def _line(words: Words, planned: Planned, text: str) -> str:
    line = words.count(
        "<@{person}> · {n} day", "<@{person}> · {n} days", planned.days, person=planned.person_id
    )
    return f"{line} · {text}" if text else line


def plan_panel(words: Words, panel: PlanPanel, said: str | None = None) -> ui.LayoutView:
    """One's own plan for a week, and one menu to set it."""
    week = panel.week_day.isoformat()
    options = [
        discord.SelectOption(
            label=words.count("{n} day", "{n} days", days), value=str(days), default=days == panel.days
        )
        for days in range(1, 8)
    ]
    taken = [] if panel.days is None else [button(words.say("Take my plan back"), "plan.back", week)]
    if panel.over and said is None:
        said = words.say("That week is over. This is your plan for the present one.")
    return card(
        Accent.GROUP,
        said,
        None if said is None else rule(),
        "\n".join(_panel_lines(words, panel)),
        row(select(words.say("How many days?"), "plan.days", week, options=options)),
        row(button(words.say("Add a few words"), "plan.form", week), *taken),
    )


def _panel_lines(words: Words, panel: PlanPanel) -> list[str]:
    lines = [words.say("## My plan · week from {day}", day=_day(words, panel.week_day))]
    if panel.days is not None:
        lines.append(words.count("**{n} day**", "**{n} days**", panel.days))
        if panel.words:
            lines.append(plain(panel.words, LONGEST_WORDS))
    else:
        lines.append(
            words.count(
                "Your goal is {n} day a week. A plan sets it anew.",
                "Your goal is {n} days a week. A plan sets it anew.",
                panel.target,
            )
        )
    if panel.posted:
        lines.append(words.say("-# A plan shows on this week's post with your name, for everybody here."))
    else:
        lines.append(
            words.say("-# Where the group has a post for this week, a plan shows on it with your name.")
        )
    return lines


def plan_said(words: Words, result: PlanSet) -> str:
    """What a plan set."""
    said = words.count("Planned: {n} day.", "Planned: {n} days.", result.days)
    if result.at_once:
        goal = (
            words.say("Your goal for that week is set by it.")
            if result.panel.ahead
            else words.say("Your goal is set by it, from this week on.")
        )
    else:
        goal = words.say(
            "As you have checked in this week already, your goal moves from next week on; this week keeps its own, "
            "{target}.",
            target=words.count("{n} day", "{n} days", result.panel.target),
        )
    return " ".join((said, goal, *_week_over(words, result.panel)))


def taken_said(words: Words, result: PlanTaken) -> str:
    """What taking a plan back did."""
    if result.target_back:
        goal = words.say("Your goal is what it was before.")
    else:
        goal = words.say("Your goal stays as it is; /goal changes it.")
    return " ".join((words.say("Your plan is off the list."), goal))


def _week_over(words: Words, panel: PlanPanel) -> list[str]:
    return [words.say("The week you had open is over, so this is for the present one.")] if panel.over else []


def plan_form(words: Words, panel: PlanPanel) -> ui.Modal:
    """Days and a few words, with a plain line about who sees them."""
    current = panel.days or panel.target
    options = [
        discord.SelectOption(
            label=words.count("{n} day", "{n} days", days), value=str(days), default=days == current
        )
        for days in range(1, 8)
    ]
    return form(
        words.say("My plan"),
        "plan.save",
        panel.week_day.isoformat(),
        fields=[
            choice_field(words.say("Days this week"), "days", options),
            text_field(
                words.say("A few words, if you like"),
                "words",
                description=words.say("They show on the week's post with your name, for everybody here."),
                placeholder=words.say("Before work, by the river"),
                value=panel.words,
                longest=LONGEST_WORDS,
            ),
        ],
    )


def _day(words: Words, day: date) -> str:
    return format_skeleton("MMMEd", day, locale=words.locale)
