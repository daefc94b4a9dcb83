"""What makers fill in: the choice of a kind or a template, and the form of each kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import discord
from babel.numbers import format_decimal
from discord import ui

from bot.challenges.forms import FIELDS, MEASURES
from bot.challenges.model import KINDS, Kind
from bot.challenges.routes import routes
from bot.challenges.rules import LONGEST_LINE, LONGEST_TEAM_NAME, LONGEST_TITLE, MOST_TEAMS
from bot.challenges.targets import type_target
from bot.challenges.templates import TEMPLATES
from bot.challenges.wording import kind_words, short_kind
from bot.checkins.units import rounded, unit_millimetres
from bot.ui.layout import Accent, button, card, choice_field, form, row, rule, text_field

if TYPE_CHECKING:
    from bot.challenges.loading import ChallengeFrame
    from bot.words import Words

_LONGEST_FIGURE, _LONGEST_DAY = 40, 60
_LONGEST_TEAMS = MOST_TEAMS * (LONGEST_TEAM_NAME + 2) * 2  # room to shorten names in
_OPTION = 100  # characters of an option


def chooser_card(words: Words) -> ui.LayoutView:
    """What one can make: `/challenge create` without a kind and a template."""
    kinds = [button(short_kind(kind, words), f"challenge.kind:{kind}") for kind in KINDS]
    templates = [
        button(template.named(words), f"challenge.template:{template.key}", style=discord.ButtonStyle.primary)
        for template in TEMPLATES.values()
    ]
    return card(
        Accent.CHALLENGE,
        words.say("## A new challenge")
        + "\n"
        + words.say("You see a preview first; nothing is posted before you say so."),
        "\n".join(
            [
                words.say("**Ready-made**, one press each:"),
                *(f"- **{each.named(words)}**: {each.said(words)}" for each in TEMPLATES.values()),
            ]
        ),
        row(*templates),
        rule(),
        "\n".join([words.say("**Your own:**"), *(_kind_line(kind, words) for kind in KINDS)]),
        row(*kinds[:4]),
        row(*kinds[4:]),
    )


def making_form(
    kind: Kind,
    words: Words,
    frame: ChallengeFrame,
    *,
    filled: Mapping[str, str] | None = None,
    challenge_id: int | None = None,
    posted: bool = False,
) -> ui.Modal:
    """The form of a kind; `filled` is what stands in it already (`wording_of` of a plan, or what was typed before).

    With a `challenge_id` it changes that draft, or that challenge once it is posted.
    """
    filled = filled or {}
    fields = [_FIELDS[name](kind, words, frame, filled.get(name, "")) for name in FIELDS[kind]]
    if challenge_id is None:
        return form(kind_words(kind, words), f"challenge.form:{kind}", fields=fields)
    action = "challenge.edited" if posted else "challenge.changed"
    return form(words.say("Change the challenge"), action, challenge_id, fields=fields)


def _kind_line(kind: Kind, words: Words) -> str:
    said = {
        "distance": words.say("everyone runs a distance of their own, like 50 km each"),
        "minutes": words.say("everyone spends a time of their own, like 10 hours each"),
        "days": words.say("everyone keeps a number of days, like 12 in a month"),
        "together": words.say("one sum for all: kilometres, hours or days"),
        "teams": words.say("two to eight teams, compared by the mean of their members"),
        "route": words.say("all kilometres in a row, along a river or a trail"),
        "pledge": words.say("an amount for each kilometre, for a cause"),
    }[kind]
    return f"- **{short_kind(kind, words)}**: {said}"


def _title(kind: Kind, words: Words, _frame: ChallengeFrame, value: str) -> ui.Label[Any]:
    if kind == "pledge":
        label, description = words.say("The cause"), words.say("Whom or what the kilometres are for")
    else:
        label, description = words.say("Title"), None
    if kind == "route":
        description = words.say("Empty: the name of the route")
    return text_field(
        label,
        "title",
        description=description,
        value=value,
        required=kind != "route",
        longest=LONGEST_TITLE,
    )


def _target(kind: Kind, words: Words, frame: ChallengeFrame, value: str) -> ui.Label[Any]:
    units = frame.group_units
    far = type_target("metres", 500_000 if units == "km" else 482_803, units)
    near = type_target("metres", 50_000 if units == "km" else 48_280, units)
    label, description, placeholder = {
        "distance": (words.say("Distance, for each"), None, near),
        "minutes": (words.say("Minutes, for each"), words.say("Or hours, like 10 h"), "600 min"),
        "days": (words.say("Days with a run or a walk, for each"), None, "12"),
        "together": (
            words.say("Target, for all together"),
            words.say("What you type here is what counts: a distance, a time or days"),
            words.say(
                "{distance}, {time} or {days}",
                distance=far,
                time="50 h",
                days=type_target("days", 200, units),
            ),
        ),
    }[kind]
    return text_field(
        label,
        "target",
        description=description,
        placeholder=placeholder,
        value=value,
        required=True,
        longest=_LONGEST_FIGURE,
    )


def _start(_kind: Kind, words: Words, _frame: ChallengeFrame, value: str) -> ui.Label[Any]:
    return text_field(
        words.say("First day"),
        "start",
        description=words.say("Empty: today. Up to 30 days back counts what was run already"),
        placeholder=words.say("today, Monday, or 2026-12-01"),
        value=value,
        longest=_LONGEST_DAY,
    )


def _end(_kind: Kind, words: Words, _frame: ChallengeFrame, value: str) -> ui.Label[Any]:
    return text_field(
        words.say("Last day, or how long"),
        "end",
        description=words.say("A day, or a length from the first day on"),
        placeholder=words.say("31 Dec, or 4 weeks"),
        value=value,
        required=True,
        longest=_LONGEST_DAY,
    )


def _line(_kind: Kind, words: Words, _frame: ChallengeFrame, value: str) -> ui.Label[Any]:
    return text_field(words.say("A line about it"), "line", value=value, longest=LONGEST_LINE, paragraph=True)


def _teams(_kind: Kind, words: Words, _frame: ChallengeFrame, value: str) -> ui.Label[Any]:
    return text_field(
        words.say("Teams"),
        "teams",
        description=words.say("Two to eight names, one in a line. Who joins comes into the smallest team"),
        placeholder=words.say("Owls, Larks"),
        value=value,
        required=True,
        longest=_LONGEST_TEAMS,
        paragraph=True,
    )


def _measure(_kind: Kind, words: Words, _frame: ChallengeFrame, value: str) -> ui.Label[Any]:
    said = {
        "distance": words.say("Distance"),
        "minutes": words.say("Minutes"),
        "days": words.say("Days with a run or a walk"),
    }
    options = [
        discord.SelectOption(label=said[name], value=name, default=name == (value or "distance"))
        for name in MEASURES
    ]
    return choice_field(
        words.say("What counts"),
        "measure",
        options,
        description=words.say("Teams are compared by the mean of their members"),
    )


def _route(_kind: Kind, words: Words, frame: ChallengeFrame, value: str) -> ui.Label[Any]:
    options = [
        discord.SelectOption(
            label=f"{route.name}, {_whole(route.length, frame, words)}"[:_OPTION],
            value=route.key,
            description=words.say(route.line)[:_OPTION],
            default=route.key == value,
        )
        for route in routes().values()
    ]
    if value and value not in routes():  # its file is gone since: what stands stays to choose
        options[24:] = [discord.SelectOption(label=value[:_OPTION], value=value[:_OPTION], default=True)]
    return choice_field(words.say("Route"), "route", options)


def _per_km(_kind: Kind, words: Words, _frame: ChallengeFrame, value: str) -> ui.Label[Any]:
    return text_field(
        words.say("What a kilometre brings"),
        "per_km",
        description=words.say("With its currency. This bot handles no money: it counts"),
        placeholder="0.50 EUR",
        value=value,
        required=True,
        longest=_LONGEST_FIGURE,
    )


def _cap(_kind: Kind, words: Words, _frame: ChallengeFrame, value: str) -> ui.Label[Any]:
    return text_field(
        words.say("The most it can come to"),
        "cap",
        placeholder="500 EUR",
        value=value,
        required=True,
        longest=_LONGEST_FIGURE,
    )


def _whole(metres: int, frame: ChallengeFrame, words: Words) -> str:
    """A length to the whole unit of the group."""
    units = rounded(metres * 1_000, unit_millimetres(frame.group_units))
    return f"{format_decimal(units, locale=words.locale)} {frame.group_units}"


_FIELDS = {
    "title": _title,
    "target": _target,
    "start": _start,
    "end": _end,
    "line": _line,
    "teams": _teams,
    "measure": _measure,
    "route": _route,
    "per_km": _per_km,
    "cap": _cap,
}
