"""What organisers see and press in `/setup`, and the permanent card in the runs channel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import discord
from discord import ui

from bot.clock import epoch
from bot.groups.choices import QUICK, back, channel_menu, clock, language_name, units_name, weekday_name
from bot.groups.posts_cards import measure_name
from bot.groups.rules import GroupSettings
from bot.groups.service import GroupHoldings
from bot.ui.layout import Accent, button, card, form, row, rule, select, text_field
from bot.ui.zones import local_time, shown, zone_menu

if TYPE_CHECKING:
    from bot.words import Words

_BLUE, _RED, _GREEN = discord.ButtonStyle.primary, discord.ButtonStyle.danger, discord.ButtonStyle.success


def permanent_card(words: Words) -> ui.LayoutView:
    """The card that stays in the runs channel: from here everything starts with one press."""
    return card(
        Accent.GROUP,
        words.say("## Ran today?\nCheck in with one tap. Numbers are welcome and never needed."),
        row(
            button(words.say("Check in"), "checkin.open", style=_GREEN),
            button(words.say("My plan"), "plan.mine"),
            button(words.say("Remind me"), "remind.open"),
            button(words.say("How it works"), "help.open"),
        ),
    )


def quick_zone(words: Words, zones: Sequence[str], now: datetime, said: str | None = None) -> ui.LayoutView:
    """Quick start, first press."""
    return card(
        Accent.GROUP,
        said,
        words.say(
            "## Quick start · 1 of 3\n**Which time zone does the group live in?** "
            "Everyone counts in it until they choose their own."
        ),
        row(zone_menu(words, "setup.zone", QUICK, zones=zones, now=now)),
        row(button(words.say("Show all settings"), "setup.panel")),
    )


def quick_channel(words: Words, settings: GroupSettings, said: str | None = None) -> ui.LayoutView:
    """Quick start, second press."""
    return card(
        Accent.GROUP,
        said,
        words.say(
            "## Quick start · 2 of 3\n**Which channel is for runs?** The cards go there, "
            "and a command typed elsewhere answers privately with a link."
        ),
        row(channel_menu(words, QUICK)),
        words.say("-# Time zone: {zone}", zone=shown(settings.zone)),
    )


def quick_done(words: Words, settings: GroupSettings) -> ui.LayoutView:
    """Quick start, third press."""
    return card(
        Accent.GROUP,
        words.say(
            "## Quick start · 3 of 3\nTime zone **{zone}**, runs in <#{channel}>. "
            "Done posts a card there that stays: Check in, My plan, Remind me, How it works. On the first day of "
            "each week an opener and the week's board come there too; settings change how often.",
            zone=shown(settings.zone),
            channel=settings.runs_channel_id,
        ),
        row(
            button(words.say("Done"), "setup.post", style=_GREEN),
            button(words.say("Back"), "setup.quick"),
        ),
    )


def panel(
    words: Words, settings: GroupSettings, languages: Sequence[str], now: datetime, said: str | None = None
) -> ui.LayoutView:
    """All settings, with a menu to change any of them."""
    return card(
        Accent.GROUP,
        said,
        None if said is None else rule(),
        words.say("## This group's settings") + "\n" + "\n".join(_lines(words, settings, languages, now)),
        row(_what_menu(words, settings, languages)),
        row(
            button(words.say("Post the card again"), "setup.post", disabled=settings.runs_channel_id is None),
            button(words.say("Quick start"), "setup.quick", style=_GREEN if not settings.set_up else _BLUE),
        ),
    )


def _lines(words: Words, settings: GroupSettings, languages: Sequence[str], now: datetime) -> list[str]:
    role, channel = settings.organiser_role_id, settings.runs_channel_id
    lines = [
        words.say(
            "Time zone: **{zone}** (it is {time})",
            zone=shown(settings.zone),
            time=local_time(settings.zone, now),
        ),
        words.say("Runs channel: <#{channel}>", channel=channel)
        if channel
        else words.say("Runs channel: none yet; cards answer where the command was typed"),
        words.say("Posts: **{measure}**", measure=measure_name(words, settings.posts)),
        words.say("Units: **{units}**", units=units_name(words, settings.units)),
        words.say("A week starts on **{weekday}**", weekday=weekday_name(words, settings.week_starts_on)),
        words.say("A running day starts at **{time}**", time=clock(settings.day_starts_minute)),
        words.say("Organisers: Manage Server, and <@&{role}>", role=role)
        if role
        else words.say("Organisers: everyone with Manage Server"),
        words.say("Challenges are made by **every member**")
        if settings.challenges_by == "members"
        else words.say("Challenges are made by **organisers**"),
        words.say("Feelings: **off**")
        if settings.feelings_confirmed_at is None
        else words.say(
            "Feelings: **on**, resources confirmed <t:{time}:D>", time=epoch(settings.feelings_confirmed_at)
        ),
    ]
    if len(languages) > 1:
        lines.append(
            words.say("Language of public cards: **{language}**", language=language_name(settings.language))
        )
    if not settings.set_up:
        lines.append(words.say("-# Setup is not done yet: Quick start takes three presses."))
    return lines


def _what_menu(words: Words, settings: GroupSettings, languages: Sequence[str]) -> ui.Select[ui.LayoutView]:
    options = [
        (words.say("Time zone"), "zone"),
        (words.say("Runs channel"), "channel"),
        (words.say("Posts: how often, where, when"), "posts"),
        (words.say("Words of your own"), "words"),
        (words.say("Units"), "units"),
        (words.say("First day of the week"), "week"),
        (words.say("When a running day starts"), "day"),
        (words.say("Organiser role"), "role"),
        (words.say("Who makes challenges"), "makers"),
        (words.say("Feelings and care"), "feelings"),
    ]
    if len(languages) > 1:
        options.append((words.say("Language of public cards"), "language"))
    options.append((words.say("Erase this group…"), "erase"))
    return select(
        words.say("Change something"),
        "setup.choose",
        options=[discord.SelectOption(label=label, value=value) for label, value in options],
    )


def ask_erase(words: Words, holdings: GroupHoldings) -> ui.LayoutView:
    """What erasing the group takes away, in figures, before the second button."""
    return card(
        Accent.TROUBLE,
        words.say("## Erase this group")
        + "\n"
        + words.say(
            "{runs} and {members} go for good, with the group's words, boards and challenges, for everyone here; cards "
            "and posts are removed as far as Discord allows. Each member can take their own data along with /privacy "
            "before that.",
            runs=words.count("{n} check-in", "{n} check-ins", holdings.runs),
            members=words.count(
                "{n} member's goals, reminders, pauses and settings",
                "{n} members' goals, reminders, pauses and settings",
                holdings.members,
            ),
        ),
        row(button(words.say("Erase this group…"), "setup.erase", style=_RED), back(words)),
    )


def erase_form(words: Words) -> ui.Modal:
    """Asks for the word itself, so that a slip of the finger erases nothing."""
    return form(
        words.say("Erase this group"),
        "setup.erased",
        fields=[
            text_field(
                words.say("Type “{word}” to go ahead", word=erase_word(words)),
                "word",
                required=True,
                longest=30,
            )
        ],
    )


def erase_word(words: Words) -> str:
    """What has to be typed to erase a group."""
    return words.say("erase")


def erased(words: Words, gone: GroupHoldings) -> ui.LayoutView:
    """After the erasure; the cards are being removed."""
    return card(
        Accent.GROUP,
        words.say("Erased: everything of this group.")
        + "\n"
        + words.count("{n} check-in is gone.", "{n} check-ins are gone.", gone.runs)
        + " "
        + words.say("Its cards go next, one by one. /setup begins anew whenever you like."),
    )


def cannot_post(words: Words, channel_id: int, missing: Sequence[str]) -> str:
    """What the bot lacks in a channel, and what to do about it."""
    return words.say(
        "In <#{channel}> I am missing: **{missing}**. Open that channel's settings, then Permissions, add my role and "
        "allow these. Then choose the channel again, or another one.",
        channel=channel_id,
        missing=", ".join(missing),
    )


def posted(words: Words, settings: GroupSettings) -> str:
    """Setup is done."""
    return words.say(
        "All set. The card stands in <#{channel}>. Pin it if you like; the rest here is at your leisure.",
        channel=settings.runs_channel_id,
    )


def nudge(words: Words) -> ui.LayoutView:
    """Told once to an organiser of a group that nobody has set up."""
    return card(
        Accent.GROUP,
        words.say(
            "A word to you as an organiser: everything works already, in UTC, in English and in kilometres. "
            "/setup takes three presses and gives the group its own time zone and runs channel."
        ),
    )
