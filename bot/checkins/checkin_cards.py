"""The private cards and forms of checking in."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import discord
from babel.dates import format_time
from discord import ui

from bot.checkins.model import Kind, Notice, Panel, RunFigures
from bot.checkins.reading import LONGEST_NOTE, TwinAsked
from bot.checkins.run_cards import DOT, bar, day_words, numbers_line, progress_line, week_words
from bot.clock import epoch
from bot.ui.layout import Accent, button, card, file_field, form, link, row, text_field
from bot.ui.text import clean, plain
from bot.words import Words

_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
PRIMARY = discord.ButtonStyle.primary
NOTE_ID = 77  # marks, within the question, the text that holds the note


def panel_card(panel: Panel, opened_by: int, words: Words) -> ui.LayoutView:
    """What `/checkin` opens. `opened_by` is its interaction: a button pressed twice then counts once."""
    lines = [words.say("**Check in**"), f"{bar(panel.week)} {week_words(panel.week, words)}"]
    if panel.ran:
        lines.append(words.say("Today is kept already. A second one is welcome."))
    elif panel.resting:
        lines.append(words.say("You are resting today. Rest is part of it."))
    if panel.resting:
        rest = button(words.say("Not resting after all"), "checkin.rest", 0, opened_by)
    else:
        rest = button(words.say("Resting"), "checkin.rest", 1, opened_by)
    return card(
        Accent.RUN,
        "\n".join(lines),
        row(
            button(words.say("I ran"), "checkin.activity", "run", opened_by, style=PRIMARY),
            button(words.say("I walked"), "checkin.activity", "walk", opened_by, style=PRIMARY),
            rest,
            button(words.say("Pause"), "pause.open"),
        ),
    )


def detail_choice(activity: Kind, opened_by: int, words: Words) -> ui.LayoutView:
    """Just count it, or add details."""
    if activity == "walk":
        question = words.say("You walked. Count it as it is, or add details?")
    else:
        question = words.say("You ran. Count it as it is, or add details?")
    return card(
        Accent.RUN,
        question,
        row(
            button(words.say("Just count it"), "checkin.count", activity, opened_by, style=PRIMARY),
            button(words.say("Add details"), "checkin.details", activity, opened_by),
            button(words.say("Back"), "checkin.back", opened_by),
        ),
    )


def detail_form(activity: Kind, opened_by: int, words: Words) -> ui.Modal:
    """Distance, time, when, note, file: all of them optional."""
    title = words.say("Your walk") if activity == "walk" else words.say("Your run")
    return form(
        title,
        "checkin.typed",
        activity,
        opened_by,
        fields=[
            text_field(
                words.say("Distance"), "distance", placeholder=words.say("5k, 5.2 km, 3.1 mi"), longest=40
            ),
            text_field(
                words.say("Time"), "time", placeholder=words.say("26:41, 1:02:03, 31 min"), longest=40
            ),
            text_field(
                words.say("When"),
                "when",
                placeholder=words.say("today, yesterday 7:15, Saturday"),
                longest=60,
            ),
            text_field(words.say("Note"), "note", longest=LONGEST_NOTE, paragraph=True),
            file_field(
                words.say("File"),
                "file",
                description=words.say("FIT, GPX or TCX from your watch fills in the rest."),
            ),
        ],
    )


def counted_card(figures: RunFigures, words: Words, *, elsewhere: int | None = None) -> ui.LayoutView:
    """The private confirmation of a check-in whose card is public. `elsewhere` is the channel it goes to."""
    lines = [words.say("**That counts.**"), progress_line(figures, words)]
    if elsewhere is not None:
        lines.append(words.say("Your card is in {channel}.", channel=f"<#{elsewhere}>"))
    return card(
        Accent.RUN, "\n".join(lines), row(button(words.say("Edit or undo"), "run.more", figures.run.run_id))
    )


def link_card(figures: RunFigures, url: str, channel_id: int, words: Words) -> ui.LayoutView:
    """The same, once the card stands where it belongs."""
    lines = [
        words.say("**That counts.**"),
        progress_line(figures, words),
        words.say("Your card is in {channel}.", channel=f"<#{channel_id}>"),
    ]
    return card(
        Accent.RUN,
        "\n".join(lines),
        row(
            link(words.say("Go to the card"), url),
            button(words.say("Edit or undo"), "run.more", figures.run.run_id),
        ),
    )


def twin_question(asked: TwinAsked, asked_by: int, words: Words) -> ui.LayoutView:
    """The same run again? The button carries the run's numbers; the note stands in the question's own text.

    `asked_by` is the interaction that entered it: pressing Yes twice then stores one run.
    """
    reading = asked.reading
    numbers = numbers_line(reading.metres, reading.seconds, asked.units, words.language)
    day = day_words(reading.running_day, words)
    question = words.say(
        "You entered one much like this a few minutes ago: {what}. Was this a second one?",
        what=f"{numbers}{DOT}{day}" if numbers else day,
    )
    arguments = (
        asked_by,
        reading.activity[0],
        reading.running_day.isoformat(),
        "" if reading.started_at is None else epoch(reading.started_at),
        reading.metres or "",
        reading.seconds or "",
        reading.visibility[0],
    )
    return card(
        Accent.RUN,
        question,
        None if reading.note is None else ui.TextDisplay("> " + plain(reading.note), id=NOTE_ID),
        row(
            button(words.say("Yes, a second run"), "run.second", *arguments, style=PRIMARY),
            button(words.say("No, the same one"), "run.same"),
        ),
    )


def note_in(message: discord.Message | None) -> str | None:
    """The note that stands in the text of a `twin_question`, as it was typed (`plain` taken back)."""
    waiting: list[Any] = list(message.components) if message else []
    while waiting:
        component = waiting.pop()
        waiting.extend(getattr(component, "children", ()))
        if isinstance(component, discord.TextDisplay) and component.id == NOTE_ID:
            return clean(_ESCAPED.sub(r"\1", component.content.removeprefix("> ")), LONGEST_NOTE) or None
    return None


def same_card(words: Words) -> ui.LayoutView:
    """The question is answered: nothing more was stored."""
    return card(Accent.RUN, words.say("Good: it counts once, and nothing was added."))


def zone_question(zone_name: str, now: datetime, words: Words) -> ui.LayoutView:
    """Asked once, after the first check-in: is it that late where you are?"""
    local = format_time(now.astimezone(ZoneInfo(zone_name)), "short", locale=words.locale)
    return card(
        Accent.MEMBER,
        words.say(
            "Is it {time} where you are? Your days and weeks follow your own clock ({zone}).",
            time=local,
            zone=zone_name.replace("_", " "),
        ),
        row(
            button(words.say("Yes"), "checkin.zone", zone_name, style=PRIMARY),
            button(words.say("Choose my zone"), "settings.zone"),
        ),
    )


def zone_kept(words: Words) -> ui.LayoutView:
    """The zone is confirmed."""
    return card(Accent.MEMBER, words.say("Good, that is your zone now. /settings changes it at any time."))


def notice_card(notices: list[Notice], words: Words) -> ui.LayoutView:
    """News for one member alone."""
    lines = [_notice_words(notice, words) for notice in notices[:5]]
    return card(Accent.MEMBER, "\n".join(lines))


def not_posted_card(figures: RunFigures, channel_id: int, words: Words, *, gone: bool) -> ui.LayoutView:
    """The run is stored, its card could not be posted; what an organiser can do."""
    lines = [words.say("**That counts.**"), progress_line(figures, words)]
    channel = f"<#{channel_id}>"
    if gone:
        lines.append(
            words.say(
                "The runs channel is not there any more, so the card was not posted. "
                "An organiser can choose one in /setup."
            )
        )
    else:
        lines.append(
            words.say(
                "I could not post the card in {channel}. "
                "An organiser can give me View Channel and Send Messages there.",
                channel=channel,
            )
        )
    return card(
        Accent.RUN, "\n".join(lines), row(button(words.say("Edit or undo"), "run.more", figures.run.run_id))
    )


def _notice_words(notice: Notice, words: Words) -> str:
    if notice.kind == "set_aside" and notice.detail:
        return words.say(
            "An organiser set one of your runs aside: it stays yours and out of standings. Their reason: {reason}",
            reason=plain(notice.detail),
        )
    if notice.kind == "set_aside":
        return words.say("An organiser set one of your runs aside: it stays yours and out of standings.")
    return words.say("There is news about one of your runs. Look at /run history.")
