"""The menus behind `/setup`: one small card for each setting, and the names of what they set."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import discord
from babel.dates import format_date
from discord import ui

from bot.groups.rules import LATEST_DAY_START
from bot.locales import locale_of
from bot.ui.layout import Accent, button, card, custom_id, row, select
from bot.ui.zones import zone_menu

if TYPE_CHECKING:
    from bot.words import Words

QUICK, LEISURE = "quick", "leisure"  # which way through setup a choice belongs to
_A_MONDAY = date(2024, 1, 1)


def choose_zone(
    words: Words, zones: Sequence[str], now: datetime, way: str, said: str | None = None
) -> ui.LayoutView:
    """The zone's menu of its own: at leisure, or where what was typed fits several."""
    return card(
        Accent.GROUP,
        said or words.say("**Which time zone does the group live in?**"),
        row(zone_menu(words, "setup.zone", way, zones=zones, now=now)),
        words.say(
            "-# Check-ins from now on use it. Days that are already counted stay as they were counted."
        ),
        row(back(words)),
    )


def choose_channel(words: Words, said: str | None = None) -> ui.LayoutView:
    """The runs channel, at leisure."""
    return card(
        Accent.GROUP,
        said,
        words.say("**Which channel is for runs?** After choosing, post the permanent card there again."),
        row(channel_menu(words, LEISURE)),
        row(back(words)),
    )


def choose_units(words: Words) -> ui.LayoutView:
    """Kilometres or miles, for public cards and for members who have not chosen."""
    return card(
        Accent.GROUP,
        words.say(
            "**Which units do the group's cards use?** Members can choose their own for what they type and see."
        ),
        row(
            button(words.say("Kilometres"), "setup.units", "km"),
            button(words.say("Miles"), "setup.units", "mi"),
            back(words),
        ),
    )


def choose_makers(words: Words) -> ui.LayoutView:
    """Who makes challenges: organisers, or every member."""
    return card(
        Accent.GROUP,
        words.say(
            "**Who makes challenges here?** Whoever made one can change it, end it and call it off; organisers can do "
            "that with every one."
        ),
        row(
            button(words.say("Organisers"), "setup.makers", "organisers"),
            button(words.say("Every member"), "setup.makers", "members"),
            back(words),
        ),
    )


def choose_week_start(words: Words) -> ui.LayoutView:
    """The weekday on which weeks begin."""
    options = [discord.SelectOption(label=weekday_name(words, day), value=str(day)) for day in range(7)]
    return card(
        Accent.GROUP,
        words.say(
            "**On which day does a week start?** Check-ins keep their days. Weeks are cut anew at that day, "
            "past ones too, so weeks kept and streaks can read differently afterwards."
        ),
        row(select(words.say("First day of the week"), "setup.week", options=options)),
        row(back(words)),
    )


def choose_day_start(words: Words) -> ui.LayoutView:
    """The clock time at which a running day begins: every half hour up to noon, which fills a menu exactly."""
    options = [
        discord.SelectOption(label=clock(minute), value=str(minute))
        for minute in range(0, LATEST_DAY_START + 1, 30)
    ]
    return card(
        Accent.GROUP,
        words.say(
            "**When does a running day start?** A run before that time still counts for the day before: "
            "at 04:00 a run after midnight belongs to the evening. "
            "Days that are already counted stay as they were counted."
        ),
        row(select(words.say("When a running day starts"), "setup.day", options=options)),
        row(back(words)),
    )


def choose_role(words: Words) -> ui.LayoutView:
    """The role whose members are organisers as well."""
    menu: ui.RoleSelect[ui.LayoutView] = ui.RoleSelect(
        custom_id="sw:setup.role", placeholder=words.say("Organiser role"), min_values=0, max_values=1
    )
    return card(
        Accent.GROUP,
        words.say(
            "**Which role may organise, beside Manage Server?** Choose none to leave it at Manage Server. "
            "Discord shows /setup to that role once you allow it in Server Settings, Integrations."
        ),
        row(menu),
        row(button(words.say("No role"), "setup.role", "none"), back(words)),
    )


def choose_language(words: Words, languages: Sequence[str]) -> ui.LayoutView:
    """The language of public cards; private answers follow each member's Discord."""
    options = [discord.SelectOption(label=language_name(tag), value=tag) for tag in languages[:25]]
    return card(
        Accent.GROUP,
        words.say(
            "**Which language do the group's cards speak?** Private answers follow each member's Discord."
        ),
        row(select(words.say("Language of public cards"), "setup.language", options=options)),
        row(back(words)),
    )


def channel_menu(words: Words, way: str) -> ui.ChannelSelect[ui.LayoutView]:
    """The group's text channels, for runs."""
    return text_channels(words.say("Runs channel"), "setup.channel", way)


def text_channels(placeholder: str, action: str, *arguments: object) -> ui.ChannelSelect[ui.LayoutView]:
    """A menu of the group's text channels."""
    return ui.ChannelSelect(
        custom_id=custom_id(action, *arguments),
        placeholder=placeholder,
        channel_types=[discord.ChannelType.text, discord.ChannelType.news],
    )


def back(words: Words) -> ui.Button[ui.LayoutView]:
    """To all settings."""
    return button(words.say("Back"), "setup.panel")


def units_name(words: Words, units: str) -> str:
    """Kilometres or miles."""
    return words.say("miles") if units == "mi" else words.say("kilometres")


def weekday_name(words: Words, weekday: int) -> str:
    """The weekday's own name in the reader's language; 0 is Monday."""
    return str(format_date(_A_MONDAY + timedelta(days=weekday), "EEEE", locale=words.locale))


def clock(minute: int) -> str:
    """Minutes after midnight as 04:00."""
    return f"{minute // 60:02}:{minute % 60:02}"


def language_name(tag: str) -> str:
    """A language in its own words ("Deutsch")."""
    name = locale_of(tag).display_name or tag
    return name[:1].upper() + name[1:]
