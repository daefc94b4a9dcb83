"""`/run history`: one's own check-ins, a page at a time, each to be chosen."""

from __future__ import annotations

import discord
from babel.dates import format_skeleton
from discord import ui

from bot.checkins.history import Item, Page
from bot.checkins.run_cards import DOT, numbers_line
from bot.checkins.units import Units, format_distance, format_duration
from bot.ui.layout import Accent, button, card, row, select
from bot.ui.text import clean, plain
from bot.words import Words


def history_card(page: Page, words: Words) -> ui.LayoutView:
    """The page, a menu to choose a check-in from, and the ways to newer and older ones."""
    title = words.say("**Your check-ins**")
    if not page.items and not page.newer:
        return card(
            Accent.RUN,
            title,
            words.say("None here yet. /checkin counts a run with one tap; /run log takes the numbers too."),
            row(button(words.say("Check in"), "checkin.open", style=discord.ButtonStyle.success)),
        )
    if not page.items:
        return card(
            Accent.RUN,
            title,
            words.say("That was all of it."),
            row(button(words.say("Newest"), "history.newest")),
        )
    lines = "\n".join(_line(item, page.units, words) for item in page.items)
    first, last = page.items[0].position, page.items[-1].position
    return card(
        Accent.RUN,
        title,
        lines,
        row(
            select(
                words.say("Choose one to edit, undo or show"),
                "history.pick",
                options=[_option(item, page.units, words) for item in page.items],
            )
        ),
        row(
            button(
                words.say("Newer"), "history.page", "newer", first.day, first.run_id, disabled=not page.newer
            ),
            button(
                words.say("Older"), "history.page", "older", last.day, last.run_id, disabled=not page.older
            ),
            button(words.say("Calendar"), "stats.calendar"),
        ),
    )


def _line(item: Item, units: Units, words: Words) -> str:
    day = format_skeleton("yMMMEd", item.running_day, locale=words.locale)
    what = words.say("walk") if item.activity == "walk" else words.say("run")
    numbers = numbers_line(item.metres, item.seconds, units, words.language)
    line = DOT.join(
        part for part in (day, numbers or what, what if numbers and item.activity == "walk" else "") if part
    )
    marks = _marks(item, words)
    if item.undone:
        line = f"~~{line}~~"
    note = "\n> -# " + plain(item.note, 80) if item.note else ""
    return line + (f" _({', '.join(marks)})_" if marks else "") + note


def _marks(item: Item, words: Words) -> list[str]:
    marks = []
    if item.undone:
        marks.append(words.say("taken back"))
    if item.private:
        marks.append(words.say("private"))
    if item.from_file:
        marks.append(words.say("from a file"))
    if item.set_aside:
        marks.append(words.say("set aside"))
    return marks


def _option(item: Item, units: Units, words: Words) -> discord.SelectOption:
    day = format_skeleton("yMMMEd", item.running_day, locale=words.locale)
    numbers = []
    if item.metres is not None:
        numbers.append(format_distance(item.metres, units, words.language))
    if item.seconds is not None:
        numbers.append(format_duration(item.seconds))
    if not numbers:
        numbers.append(words.say("walk") if item.activity == "walk" else words.say("run"))
    return discord.SelectOption(
        label=f"{day}{DOT}{DOT.join(numbers)}"[:100],
        value=str(item.run_id),
        description=clean(item.note, 100) if item.note else None,
    )
