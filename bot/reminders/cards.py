"""What a reminder looks like when it comes, and what its buttons answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from bot.encouragement.library import Message, library
from bot.encouragement.wording import phrase
from bot.reminders.model import Pressed, ReminderLetter, Snoozed
from bot.reminders.panel_cards import clock_words
from bot.reminders.rules import LONGEST_WORDS, MOST_SNOOZES, STREAK_WARNING
from bot.ui.layout import Accent, button, card, row
from bot.ui.text import plain

if TYPE_CHECKING:
    from bot.words import Words

PRIMARY = discord.ButtonStyle.primary
DOT = " · "


def reminder_card(letter: ReminderLetter, words: Words, group: str, *, test: bool = False) -> ui.LayoutView:
    """A reminder, for the member's own conversation or for a channel; `group` is the group's name.

    A test shows its buttons as they will be, asleep.
    """
    lead, message = _lead(letter, words)
    if letter.in_channel:
        lead = f"<@{letter.person_id}> {lead}"
    lines = [lead] if letter.in_channel else [lead, week_line(letter, words)]
    if letter.plan:
        lines.append(words.say("Your plan: {plan}", plan=plain(letter.plan, LONGEST_WORDS)))
    whose = (letter.group_id, letter.delivery_id)
    buttons: list[ui.Button[Any]] = [
        button(words.say("Log it"), "remind.log", *whose, style=PRIMARY, disabled=test),
        button(words.say("Not today"), "remind.rest", *whose, disabled=test),
        button(words.say("Snooze an hour"), "remind.snooze", *whose, disabled=test),
    ]
    return card(
        Accent.REMINDER,
        words.say("-# A test: this is how it will look. Its buttons wake up with the real one.")
        if test
        else None,
        "\n".join(lines),
        row(*buttons),
        *(_offer(letter, words) if letter.offers else ()),
        *_source(letter, message, words),
        None if letter.in_channel else _from(words, group),
    )


def warning_card(letter: ReminderLetter, words: Words, group: str) -> ui.LayoutView:
    """A streak warning: where the week stands, and the skips that are left."""
    lead, _message = _lead(letter, words)
    days = words.count(
        "today is the day of this week that is left", "{n} days of this week are left", letter.days_left or 1
    )
    whose = (letter.group_id, letter.delivery_id)
    return card(
        Accent.REMINDER,
        f"{lead}\n{week_line(letter, words)}{DOT}{days}",
        row(
            button(words.say("Log it"), "remind.log", *whose, style=PRIMARY),
            button(words.say("Not today"), "remind.rest", *whose),
            button(words.say("No more of these"), "remind.stop", *whose),
        ),
        _from(words, group),
    )


def week_line(letter: ReminderLetter, words: Words) -> str:
    """The week so far; the streak where there is one, and with a warning the skips that are left."""
    stands = letter.situation
    parts = [words.say("**{kept} of {target}** this week", kept=stands.kept, target=stands.target)]
    if stands.streak:
        parts.append(words.count("a streak of {n} week", "a streak of {n} weeks", stands.streak))
    if letter.days_left is not None:
        left = stands.skips_left or 0
        parts.append(
            words.count("{n} skip left", "{n} skips left", left) if left else words.say("no skips left")
        )
    return DOT.join(parts)


def log_card(opened_by: int, words: Words) -> ui.LayoutView:
    """Log it: one tap, or details. `opened_by` is the press's interaction: pressed twice it counts once."""
    return card(
        Accent.RUN,
        words.say("Count today as it is, or add details?"),
        row(
            button(words.say("I ran: just count it"), "checkin.count", "run", opened_by, style=PRIMARY),
            button(words.say("I walked: just count it"), "checkin.count", "walk", opened_by),
            button(words.say("Add details"), "checkin.details", "run", opened_by),
        ),
    )


def over_card(pressed_kind: str, words: Words) -> ui.LayoutView:
    """Pressed when its day had ended."""
    if pressed_kind == STREAK_WARNING:
        text = words.say("That day is over. /checkin in your group shows how this week stands.")
    else:
        text = words.say(
            "That reminder was for a day that is over. If you ran then, /run log in your group takes it: "
            "say *yesterday* or the date as its *when*."
        )
    return card(Accent.REMINDER, text)


def rest_card(words: Words) -> ui.LayoutView:
    """Not today."""
    return card(
        Accent.REMINDER,
        words.say("Not today, then. No more reminders for today; rest is part of it."),
    )


def snoozed_card(snoozed: Snoozed, words: Words) -> ui.LayoutView:
    """When it comes again, or why it does not."""
    if snoozed.at is not None:
        local = snoozed.at.astimezone(snoozed.zone)
        time = clock_words(local.hour * 60 + local.minute, words)
        text = words.say("I'll be back at {time}.", time=time)
    elif snoozed.too_often:
        text = words.count(
            "It has come back {n} time today already, so I'll leave it there. Tomorrow is another day.",
            "It has come back {n} times today already, so I'll leave it there. Tomorrow is another day.",
            MOST_SNOOZES,
        )
    else:
        text = words.say("Your day ends before the hour is over, so I'll leave it there.")
    return card(Accent.REMINDER, text)


def stopped_card(pressed: Pressed, words: Words) -> ui.LayoutView:
    """It was switched off."""
    if pressed.kind == STREAK_WARNING:
        text = words.say("Done, no more of these. /settings in your group turns them on again.")
    else:
        text = words.say("Done, it is off. /reminders in your group turns it on again whenever you like.")
    return card(Accent.REMINDER, text)


def kept_card(words: Words) -> ui.LayoutView:
    """It goes on."""
    return card(Accent.REMINDER, words.say("Good, it keeps coming."))


def _lead(letter: ReminderLetter, words: Words) -> tuple[str, Message | None]:
    if letter.own_words:
        return plain(letter.own_words, LONGEST_WORDS), None
    message = library().messages.get(letter.key) if letter.key else None
    if message is not None:
        return phrase(message, letter.situation, words), message
    if letter.days_left is not None:
        return words.say("You asked to be told while your plan can still be kept. A short walk counts."), None
    return words.say("The reminder you asked for. A run, a walk, or another day: all of them are fine."), None


def _offer(letter: ReminderLetter, words: Words) -> tuple[ui.Item[Any] | str, ...]:
    whose = (letter.group_id, letter.delivery_id)
    buttons = row(
        button(words.say("Stop"), "remind.stop", *whose), button(words.say("Keep"), "remind.keep", *whose)
    )
    if letter.in_channel:  # what went unanswered is nobody else's business
        return (words.say("Still of use here?"), buttons)
    return (words.say("These have gone unanswered lately. Want me to stop?"), buttons)


def _source(letter: ReminderLetter, message: Message | None, words: Words) -> tuple[ui.ActionRow[Any], ...]:
    if message is None or message.fact is None:
        return ()
    return (
        row(
            button(words.say("Where does this come from?"), "words.source", message.fact, letter.delivery_id)
        ),
    )


def _from(words: Words, group: str) -> str:
    return words.say("-# From {group}. /reminders there changes what comes and when.", group=plain(group, 60))
