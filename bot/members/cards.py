"""What members see and press in `/settings` and `/privacy`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from bot.groups.choices import clock, language_name, units_name
from bot.members.feelings_cards import stored_of_feelings
from bot.members.rules import Holdings, MemberSettings
from bot.ui.layout import Accent, Part, button, card, form, link, row, rule, select, text_field
from bot.ui.zones import local_time, shown, zone_menu

if TYPE_CHECKING:
    from bot.words import Words

EXPORT_NAME = "second-wind-export.zip"
RUNS, FEELINGS, EVERYTHING = "runs", "feelings", "everything"  # what can be erased
_BLUE = discord.ButtonStyle.primary


def settings_panel(
    words: Words, settings: MemberSettings, languages: Sequence[str], now: datetime, said: str | None = None
) -> ui.LayoutView:
    """The member's own settings, each with its button."""
    units = [
        _choice(words.say("Kilometres"), "settings.units", "km", chosen=settings.own_units == "km"),
        _choice(words.say("Miles"), "settings.units", "mi", chosen=settings.own_units == "mi"),
        _choice(words.say("As the group"), "settings.units", "group", chosen=settings.own_units is None),
    ]
    seen_by = [
        _choice(
            words.say("The group sees my check-ins"),
            "settings.visibility",
            "group",
            chosen=settings.visibility == "group",
        ),
        _choice(
            words.say("I alone see them"),
            "settings.visibility",
            "private",
            chosen=settings.visibility == "private",
        ),
    ]
    zone = [button(words.say("Time zone"), "settings.zone")]
    if settings.own_zone is not None:
        zone.append(button(words.say("Use the group's time zone"), "settings.group_zone"))
    return card(
        Accent.MEMBER,
        said,
        None if said is None else rule(),
        words.say("## My settings") + "\n" + _zone_line(words, settings, now),
        row(*zone),
        words.say("Units: **{units}**", units=units_name(words, settings.units)),
        row(*units),
        words.say("New check-ins in this group, unless you say otherwise:"),
        row(*seen_by),
        *_reminders_part(words, settings),
        *_boards_part(words, settings),
        *_language_part(words, settings, languages),
        words.say("-# Time zone, units and quiet hours go with you into every group."),
    )


def _choice(label: str, action: str, value: str, *, chosen: bool) -> ui.Button[Any]:
    return button(label, action, value, style=_BLUE if chosen else discord.ButtonStyle.secondary)


def _zone_line(words: Words, settings: MemberSettings, now: datetime) -> str:
    zone = {"zone": shown(settings.zone_name), "time": local_time(settings.zone_name, now)}
    if settings.own_zone is None:
        return words.say("Time zone: **{zone}**, the group's (it is {time})", **zone)
    return words.say("Time zone: **{zone}** (it is {time})", **zone)


def _reminders_part(words: Words, settings: MemberSettings) -> list[str | ui.ActionRow[Any]]:
    if settings.quiet is None:
        hours = words.say("Quiet hours: none. Reminders come at the times you set.")
    else:
        start, end = (clock(minute) for minute in settings.quiet)
        hours = words.say(
            "Quiet hours: **{start} to {end}**. Reminders wait until they end.", start=start, end=end
        )
    warning = words.say("Streak warning: on") if settings.streak_warning else words.say("Streak warning: off")
    return [
        hours,
        row(
            button(words.say("Quiet hours"), "settings.quiet"),
            button(
                warning,
                "settings.warning",
                "off" if settings.streak_warning else "on",
                style=_BLUE if settings.streak_warning else discord.ButtonStyle.secondary,
            ),
        ),
    ]


def _boards_part(words: Words, settings: MemberSettings) -> list[str | ui.ActionRow[Any]]:
    return [
        words.say("The group's boards show who kept their plan, of those who said yes:"),
        row(
            _choice(
                words.say("I am on the boards"), "settings.listed", "yes", chosen=settings.listed is True
            ),
            _choice(words.say("Leave me out"), "settings.listed", "no", chosen=settings.listed is False),
        ),
    ]


def quiet_form(words: Words, settings: MemberSettings) -> ui.Modal:
    """Two clock times; empty ones mean none."""
    start, end = ("", "") if settings.quiet is None else (clock(minute) for minute in settings.quiet)
    return form(
        words.say("Quiet hours"),
        "settings.quiet",
        fields=[
            text_field(
                words.say("From"),
                "from",
                description=words.say("No reminder comes in these hours. Leave both empty for none."),
                placeholder="22:00",
                value=start,
                longest=20,
            ),
            text_field(words.say("Until"), "until", placeholder="07:00", value=end, longest=20),
        ],
    )


def _language_part(
    words: Words, settings: MemberSettings, languages: Sequence[str]
) -> list[str | ui.ActionRow[Any]]:
    if len(languages) < 2:
        return []
    options = [
        discord.SelectOption(
            label=words.say("As my Discord"), value="discord", default=settings.own_language is None
        ),
        *(
            discord.SelectOption(label=language_name(tag), value=tag, default=tag == settings.own_language)
            for tag in languages[:24]
        ),
    ]
    return [row(select(words.say("Language"), "settings.language", options=options))]


def choose_zone(words: Words, zones: Sequence[str], now: datetime) -> ui.LayoutView:
    """Where what was typed fits several places."""
    return card(
        Accent.MEMBER,
        words.say("Several places come near. Which one is it?"),
        row(zone_menu(words, "settings.zone", zones=zones, now=now)),
        row(button(words.say("Back"), "settings.open")),
    )


def zone_said(words: Words) -> str:
    """A zone was set."""
    return words.say("Done. Check-ins from now on use it; days already counted stay as they were.")


def privacy_panel(
    words: Words, holdings: Holdings, settings: MemberSettings, *, feelings_on: bool, policy_url: str = ""
) -> ui.LayoutView:
    """What is stored of the member in this group and why, and what they can do about it.

    Feelings are spoken of where they are on in the group, or anything of them is stored.
    """
    policy = [row(link(words.say("The host's privacy policy"), policy_url))] if policy_url else []
    own = [
        button(words.say("Take my data along"), "privacy.export", style=_BLUE),
        button(words.say("Erase my check-ins…"), "privacy.erase", RUNS),
        button(words.say("Erase everything…"), "privacy.erase", EVERYTHING),
    ]
    feelings: list[Part] = []
    if feelings_on or holdings.feelings:
        feelings = [
            words.say(
                "**Feelings**, for your eyes alone. Entries and presses go after 12 months, all of it after 6 months "
                "without an entry."
            )
            + "\n"
            + stored_of_feelings(words, holdings)
        ]
        own.insert(1, button(words.say("Erase my feelings…"), "privacy.erase", FEELINGS))
        own.append(button(words.say("My yes or no to feelings"), "consent.open"))
    return card(
        Accent.MEMBER,
        words.say("## What is stored of you in this group, and why")
        + "\n"
        + _stored(words, holdings, settings),
        *feelings,
        words.say(
            "Your Discord id stands beside each of these, so that it is yours; your name is never stored. "
            "Of a watch's file no track and no heart rate is kept. "
            "An undone check-in is removed within about an hour.\n"
            "All else stays until you erase it, for 30 days after you left the group, or for 30 days after the bot was "
            "removed from it. Backups keep a copy for up to 30 days more; if one is put back, what was erased goes "
            "again. Whoever hosts the bot can open its file; its logs hold none of this."
        ),
        row(*own),
        *policy,
    )


def _stored(words: Words, holdings: Holdings, settings: MemberSettings) -> str:
    visibility = (
        words.say("seen by you alone") if settings.visibility == "private" else words.say("seen by the group")
    )
    lines = [
        words.say(
            "{runs}: day, run or walk, and what you added of distance, time, clock time and note; where its card "
            "stands. For your cards, week, streak, history and statistics.",
            runs=words.count("**{n} check-in**", "**{n} check-ins**", holdings.runs),
        ),
        words.say(
            "{bests} over the record distances, and a fingerprint of each file so that it counts once. For records.",
            bests=words.count("**{n} best time**", "**{n} best times**", holdings.bests),
        ),
        words.say(
            "{goals} (days a week, and since when), with distance, minutes and plan if you set them, and {pauses} "
            "with your reason. For weeks kept and the streak. Seen by you alone.",
            goals=words.count("**{n} goal**", "**{n} goals**", holdings.targets),
            pauses=words.count("**{n} pause**", "**{n} pauses**", holdings.pauses),
        ),
        words.say(
            "{plans} with your words, shown on the week's opening post, and {boards} on boards, if you said yes to "
            "them.",
            plans=words.count("**{n} week planned**", "**{n} weeks planned**", holdings.week_plans),
            boards=words.count("**{n} place**", "**{n} places**", holdings.boards),
        ),
        words.say(
            "{joined} you take part in, with what your check-ins come to there, for its standings and its result; and "
            "{made} by you, with the words you gave it. Seen by the group.",
            joined=words.count("**{n} challenge**", "**{n} challenges**", holdings.challenges),
            made=words.count("**{n} made**", "**{n} made**", holdings.challenges_made),
        ),
        words.say(
            "{reminders} with your words, and when each was sent and answered, for 90 days. Seen by you alone.",
            reminders=words.count("**{n} reminder**", "**{n} reminders**", holdings.reminders),
        ),
        words.say(
            "{days} that you marked, so that you are left in peace. Seen by you alone.",
            days=words.count("**{n} resting day**", "**{n} resting days**", holdings.rest_days),
        ),
        words.say(
            "{cheers} and {reports}. Cheers show on the cards; reports are seen by organisers.",
            cheers=words.count("**{n} cheer** given", "**{n} cheers** given", holdings.cheers_given),
            reports=words.count("**{n} report** made", "**{n} reports** made", holdings.reports),
        ),
        words.say(
            "**Settings**: time zone, units, language, quiet hours, boards, new check-ins {visibility}; which "
            "encouraging words you saw last, so that they vary; which conversation our direct messages are in; when "
            "Discord last said that you are here; and notes from organisers that wait for you.",
            visibility=visibility,
        ),
    ]
    return "\n".join(f"- {line}" for line in lines)


def export_card(words: Words) -> ui.LayoutView:
    """The zip itself, shown to its owner alone."""
    return card(
        Accent.MEMBER,
        words.say(
            "Here is all that is stored of you in this group: one JSON file with everything, a CSV table of each part. "
            "Distances are metres, times seconds, moments in UTC."
        ),
        ui.File(f"attachment://{EXPORT_NAME}"),
    )
