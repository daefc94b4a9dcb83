"""What people see of boards: the one asked for, the week's post, where one stands, and whether one is on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import discord
from babel.dates import format_interval, format_skeleton
from babel.numbers import format_decimal, format_percent
from discord import ui

from bot.checkins.units import Units, format_distance, rounded, unit_millimetres
from bot.leaderboards.model import BoardView, Neighbours
from bot.leaderboards.pictures import Shown, board_picture
from bot.leaderboards.rules import FEWEST, Board, Metric, Range, Standing, Totals, board
from bot.ui.layout import Accent, Part, button, card, picture, row, select

if TYPE_CHECKING:
    from bot.ui.pictures import Picture
    from bot.words import Words

METRICS: tuple[Metric, ...] = ("showing_up", "minutes", "distance")
RANGES: tuple[Range, ...] = ("this_week", "last_week", "month")
USUAL_METRIC: Metric = "showing_up"
USUAL_RANGE: Range = "last_week"
_BLUE = discord.ButtonStyle.primary
_SIGNS = {1: "🥇", 2: "🥈", 3: "🥉"}
Names = Mapping[int, str | None]


def board_of(view: BoardView, names: Names) -> Board:
    """Who is named where; of thousands of members a matter of milliseconds, so not on the event loop."""
    return board(view.ranked, names, view.totals)


def draw_board(view: BoardView, shown: Board, names: Names, group: str, words: Words) -> Picture:
    """The board as a picture, with its description in words."""
    what = Shown(group, view.metric, view.chosen, view.first, view.last, _units(view))
    return board_picture(shown, what, names, words)


def asked_card(view: BoardView, shown: Board, drawn: Picture | None, words: Words) -> ui.LayoutView:
    """The answer to `/leaderboard`, seen by who asked."""
    which = (view.metric, view.chosen)
    return card(
        Accent.BOARD,
        *_body(view, shown, drawn, words),
        row(
            _menu(
                "board.metric", view.chosen, [(m, metric_name(m, words)) for m in METRICS], view.metric, words
            )
        ),
        row(
            _menu("board.range", view.metric, [(r, range_name(r, words)) for r in RANGES], view.chosen, words)
        ),
        row(
            button(words.say("Where am I?"), "board.where", *which),
            button(words.say("Show in channel"), "board.share", *which),
        ),
    )


def shared_card(view: BoardView, shown: Board, drawn: Picture | None, words: Words) -> ui.LayoutView:
    """The same, shown to the channel by who asked."""
    return card(
        Accent.BOARD,
        *_body(view, shown, drawn, words),
        row(button(words.say("Where am I?"), "board.where", view.metric, view.chosen)),
    )


def posted_card(view: BoardView, shown: Board, drawn: Picture | None, words: Words) -> ui.LayoutView:
    """The week's post."""
    return card(
        Accent.BOARD,
        *_body(view, shown, drawn, words),
        row(
            button(words.say("Where am I?"), "board.me", view.board_id, style=_BLUE),
            button(words.say("Put me on the boards"), "listing.join", view.board_id),
            button(words.say("My plan"), "plan.mine", view.board_id),
        ),
    )


def _body(view: BoardView, shown: Board, drawn: Picture | None, words: Words) -> list[Part | None]:
    parts: list[Part | None] = [_heading(view, words)]
    if drawn is not None:
        parts.append(picture(drawn.filename, drawn.alt))
    if shown.podium:
        parts.append(
            "\n".join(_step(step.place, step.amount, step.people, view, words) for step in shown.podium)
        )
    if shown.kept:
        parts.append(_kept(shown, view, words))
    parts.append(totals_line(view.totals, view, words))
    if shown.names_nobody:
        parts.append(
            words.say(
                "-# Boards name people from five on them. Being on them is asked once, and changed in /settings."
            )
        )
    return parts


def _heading(view: BoardView, words: Words) -> str:
    days = format_interval(view.first, view.last, "MMMd", locale=words.locale)
    if view.board_id is None:
        return (
            words.say(
                "## {metric}, {range}",
                metric=metric_name(view.metric, words),
                range=range_name(view.chosen, words),
            )
            + f"\n{days}"
        )
    title = words.say("## The week of {days}", days=days)
    if view.late:
        year = format_skeleton("yMMMd", view.last, locale=words.locale)
        title += "\n" + words.say(
            "-# I was away when it was due: this is the week that ended on {day}.", day=year
        )
    return title


def _step(place: int, amount: int, people: Sequence[int | None], view: BoardView, words: Words) -> str:
    named = ", ".join(_person(each, words) for each in people)
    return f"{_SIGNS[place]} **{amount_words(amount, view.metric, view.units, words)}** {named}"


def _kept(shown: Board, view: BoardView, words: Words) -> str:
    count = len(shown.kept) + shown.kept_more
    title = words.count("**{n} kept their plan**", "**{n} kept their plan**", count)
    named = ", ".join(_person(each, words) for each in shown.kept)
    if shown.kept_more:
        named += " " + words.count("and {n} more", "and {n} more", shown.kept_more)
    return f"✅ {title}\n{named}"


def totals_line(totals: Totals, view: BoardView, words: Words) -> str:
    """What the group did together; what nobody entered is left out."""
    found = [
        words.count("{n} check-in", "{n} check-ins", totals.check_ins),
        words.count("{n} day kept", "{n} days kept", totals.days),
    ]
    units = _units(view)
    if totals.metres:
        tenths = rounded(totals.metres * 10_000, unit_millimetres(units))
        found.append(f"{format_decimal(tenths / 10, format='#,##0.#', locale=words.locale)} {units}")
    if totals.seconds:
        found.append(words.count("{n} minute", "{n} minutes", rounded(totals.seconds, 60)))
    return words.say("Together: {totals}", totals=" · ".join(found))


def where_card(found: Neighbours, person_id: int, metric: Metric, words: Words) -> ui.LayoutView:
    """Where one stands, with the neighbours; or why there is no place, and what to do."""
    if found.standings:
        lines = [
            _neighbour(each, each.person_id == person_id, metric, found.units, words)
            for each in found.standings
        ]
        return card(Accent.BOARD, words.say("## Where you are") + "\n" + "\n".join(lines))
    if not found.listed:
        return card(
            Accent.BOARD,
            words.say(
                "You are not on this group's boards, so there is no place to show. Would you like to be, from the next "
                "one on?"
            ),
            row(*_answers(words)),
        )
    if found.ranked < FEWEST:
        return card(
            Accent.BOARD,
            words.say("Fewer than five people have a place on this board, so nobody's is shown."),
        )
    return card(
        Accent.BOARD,
        words.say(
            "You have no place on this one. A paused week, a first week that is still to fill, or a time without a "
            "check-in leaves you out; the next board looks again."
        ),
    )


def _neighbour(each: Standing, own: bool, metric: Metric, units: str, words: Words) -> str:
    # not "3.": Discord makes a list of such lines and numbers it anew
    place = f"`{each.place:>3}`"
    line = f"{amount_words(each.amount, metric, units, words)} {_person(each.person_id, words)}"
    return f"{place} **{line}** {words.say('(you)')}" if own else f"{place} {line}"


def listing_question(words: Words) -> ui.LayoutView:
    """Asked once, after the first check-in."""
    return card(
        Accent.BOARD,
        words.say(
            "Would you like to be on this group's boards? They show how much of one's own plan one kept, private "
            "check-ins included; /leaderboard also has minutes and distance of those that the group sees, never pace. "
            "Who is not on them is never named."
        ),
        row(*_answers(words)),
        words.say("-# Seen by you alone. /settings changes it at any time."),
    )


def _answers(words: Words) -> list[ui.Button[Any]]:
    return [
        button(words.say("Yes, put me on"), "listing.set", "yes", style=discord.ButtonStyle.success),
        button(words.say("No thanks"), "listing.set", "no"),
    ]


def listed_card(listed: bool, words: Words) -> ui.LayoutView:
    """The answer is stored."""
    said = (
        words.say("Done. You are on the boards from the next one on. /settings takes you off again.")
        if listed
        else words.say("Done. Boards leave you out. /settings puts you on whenever you like.")
    )
    return card(Accent.BOARD, said)


def metric_name(metric: Metric, words: Words) -> str:
    """What is ranked."""
    return {
        "showing_up": words.say("Showing up"),
        "minutes": words.say("Minutes"),
        "distance": words.say("Distance"),
    }[metric]


def range_name(chosen: Range, words: Words) -> str:
    """Of which time."""
    return {
        "this_week": words.say("this week so far"),
        "last_week": words.say("last week"),
        "month": words.say("this month so far"),
    }[chosen]


def amount_words(amount: int, metric: Metric, units: str, words: Words) -> str:
    """A share, minutes or a distance, in the group's units."""
    if metric == "distance":
        return format_distance(amount, "mi" if units == "mi" else "km", words.language)
    if metric == "minutes":
        return words.count("{n} minute", "{n} minutes", rounded(amount, 60))
    return str(format_percent(amount / 100, locale=words.locale))


def _person(person_id: int | None, words: Words) -> str:
    return words.say("a member") if person_id is None else f"<@{person_id}>"


def _units(view: BoardView) -> Units:
    return "mi" if view.units == "mi" else "km"


def _menu(
    action: str, other: str, options: Sequence[tuple[str, str]], chosen: str, words: Words
) -> ui.Select[Any]:
    made = [
        discord.SelectOption(label=label, value=value, default=value == chosen) for value, label in options
    ]
    return select(words.say("Choose"), action, other, options=made)
