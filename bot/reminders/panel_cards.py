"""What members see of their reminders: one just set, the list, and one of them with all that can be done to it."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import discord
from babel.dates import format_skeleton, format_time
from discord import ui

from bot.reminders.model import Reminder, Reminders, ReminderSet
from bot.reminders.rules import LONGEST_WORDS, MOST_REMINDERS
from bot.scheduling.weekdays import EVERY_DAY, WEEKDAYS, WEEKEND, weekday_words
from bot.ui.layout import Accent, button, card, form, link, row, select, text_field
from bot.ui.text import plain

if TYPE_CHECKING:
    from bot.words import Words

_BLUE, _GREEN = discord.ButtonStyle.primary, discord.ButtonStyle.success
ANOTHER = "another"
# What is offered to who has no reminder yet: minute and weekdays.
USUAL = (
    (7 * 60, EVERY_DAY),
    (7 * 60, WEEKDAYS),
    (12 * 60 + 30, WEEKDAYS),
    (18 * 60, WEEKDAYS),
    (9 * 60, WEEKEND),
)


def clock_words(minute: int, words: Words) -> str:
    """A time of day as the reader writes it."""
    return str(format_time(time(minute // 60, minute % 60), "short", locale=words.locale))


def when_words(minute: int, weekdays: int, words: Words) -> str:
    """ "7:00 AM, weekdays"."""
    return f"{clock_words(minute, words)}, {weekday_words(weekdays, words)}"


def next_words(at: datetime, zone: ZoneInfo, words: Words) -> str:
    """The day and the time of the next one, on the member's clock."""
    local = at.astimezone(zone)
    day = format_skeleton("MMMEd", local.date(), locale=words.locale)
    return f"{day}, {clock_words(local.hour * 60 + local.minute, words)}"


def set_card(
    result: ReminderSet, words: Words, conversation: str | None = None, *, tested: bool = True
) -> ui.LayoutView:
    """A reminder was set, and its test arrived unless `tested` is False; `conversation` is the test's address."""
    reminder, stands = result.reminder, result.stands
    lines = [words.say("Set: **{when}**", when=when_words(reminder.minute, reminder.weekdays, words))]
    lines += _details(reminder, stands, words)
    if not tested:
        lines.append(
            words.say("The test did not get through just now; Send a test in /reminders tries again.")
        )
    elif reminder.channel_id is None:
        lines.append(words.say("I sent you a test, so that you see how it will look."))
    if not stands.zone_chosen:
        lines.append(
            words.say(
                "-# In {zone}, the group's time. /settings sets your own.",
                zone=stands.zone.key.replace("_", " "),
            )
        )
    buttons = [button(words.say("My reminders"), "remind.open")]
    if conversation is not None:
        buttons.insert(0, link(words.say("See the test"), conversation))
    return card(Accent.REMINDER, "\n".join(lines), row(*buttons))


def closed_card(result: ReminderSet, words: Words) -> ui.LayoutView:
    """It is set, and direct messages are closed: how to open them, or the channel instead."""
    schedule_id = result.reminder.schedule_id
    buttons = [button(words.say("Try the test again"), "remind.test", schedule_id, style=_BLUE)]
    if result.stands.runs_channel_id is not None:
        buttons.append(button(words.say("Remind me in the runs channel"), "remind.channel", schedule_id))
    return card(
        Accent.TROUBLE,
        words.say(
            "It is set, but I could not send you a direct message: Discord says yours are closed to me."
        ),
        words.say(
            "To open them: right-click this server (on a phone: tap its name), Privacy Settings, and allow direct "
            "messages. Or I remind you in the runs channel, where the others see that you asked; I ping nobody else."
        ),
        row(*buttons),
    )


def channel_card(result: ReminderSet, words: Words) -> ui.LayoutView:
    """From now on in the channel."""
    return card(
        Accent.REMINDER,
        words.say(
            "Done. It comes in {channel} and pings you alone.", channel=f"<#{result.reminder.channel_id}>"
        ),
        row(button(words.say("My reminders"), "remind.open")),
    )


def list_card(stands: Reminders, words: Words, said: str | None = None) -> ui.LayoutView:
    """All of them, and a menu to choose one; who has none yet is offered usual times."""
    if not stands.reminders:
        options = [
            discord.SelectOption(label=when_words(minute, days, words)[:100], value=f"{minute}-{days}")
            for minute, days in USUAL
        ]
        options.append(discord.SelectOption(label=words.say("Another time…"), value=ANOTHER))
        return card(
            Accent.REMINDER,
            said,
            words.say(
                "## My reminders\nNone yet. Choose a time, and I send you a direct message then, unless you ran "
                "already, rest or are paused. What I write is seen by you alone."
            ),
            row(select(words.say("When?"), "remind.usual", options=options)),
        )
    lines = [_line(each, stands, words) for each in stands.reminders]
    options = [
        discord.SelectOption(
            label=when_words(each.minute, each.weekdays, words)[:100],
            value=str(each.schedule_id),
            description=(each.words or "")[:100] or None,
        )
        for each in stands.reminders
    ]
    more = (
        [row(button(words.say("Another one"), "remind.new"))]
        if len(stands.reminders) < MOST_REMINDERS
        else []
    )
    return card(
        Accent.REMINDER,
        said,
        words.say("## My reminders") + "\n" + "\n".join(lines),
        row(select(words.say("Choose one to change it"), "remind.one", options=options)),
        *more,
        words.say("-# In {zone}. Seen by you alone.", zone=stands.zone.key.replace("_", " ")),
    )


def one_card(stands: Reminders, reminder: Reminder, words: Words, said: str | None = None) -> ui.LayoutView:
    """One of them, with all that can be done to it."""
    which = reminder.schedule_id
    on = reminder.off_reason is None
    buttons: list[ui.Button[Any]] = [button(words.say("Change"), "remind.change", which, style=_BLUE)]
    if on and reminder.waits:
        buttons.append(button(words.say("Skip none after all"), "remind.unskip", which))
    elif on:
        buttons.append(button(words.say("Skip the next one"), "remind.skip", which))
        buttons.append(button(words.say("Snooze for a week"), "remind.week", which))
    buttons.append(
        button(words.say("Turn off"), "remind.turn", which, "off")
        if on
        else button(words.say("Turn on"), "remind.turn", which, "on", style=_GREEN)
    )
    more = [button(words.say("Send a test"), "remind.test", which)]
    if reminder.channel_id is not None:
        more.append(button(words.say("By direct message again"), "remind.direct", which))
    more += [button(words.say("Remove"), "remind.remove", which), button(words.say("Back"), "remind.open")]
    lines = [
        f"**{when_words(reminder.minute, reminder.weekdays, words)}**",
        *_details(reminder, stands, words),
    ]
    return card(Accent.REMINDER, said, "\n".join(lines), row(*buttons), row(*more))


def removed_card(reminder: Reminder, words: Words) -> ui.LayoutView:
    """It is gone; for ten minutes it can come back."""
    when = when_words(reminder.minute, reminder.weekdays, words)
    return card(
        Accent.REMINDER,
        words.say("Removed: {when}.", when=when),
        row(
            button(words.say("Bring it back"), "remind.back", reminder.schedule_id),
            button(words.say("My reminders"), "remind.open"),
        ),
    )


def reminder_form(words: Words, reminder: Reminder | None = None) -> ui.Modal:
    """Time, days and words: of a new one, or of one that is changed."""
    action = ("remind.typed",) if reminder is None else ("remind.typed", reminder.schedule_id)
    return form(
        words.say("A reminder"),
        str(action[0]),
        *action[1:],
        fields=[
            text_field(
                words.say("Time"),
                "time",
                placeholder=words.say("7:15, 18:30 or 6:30 pm"),
                value=None if reminder is None else f"{reminder.minute // 60:02}:{reminder.minute % 60:02}",
                required=True,
                longest=20,
            ),
            text_field(
                words.say("Days"),
                "days",
                placeholder=words.say("daily, weekdays, weekend, or Mon Wed Fri"),
                value=None if reminder is None else weekday_words(reminder.weekdays, words),
                required=True,
                longest=80,
            ),
            text_field(
                words.say("Words, if you like"),
                "words",
                description=words.say("Without any I bring a fitting message of the library."),
                value=None if reminder is None else reminder.words,
                longest=LONGEST_WORDS,
                paragraph=True,
            ),
        ],
    )


def off_words(reason: str, words: Words) -> str:
    """Why a reminder is off."""
    return {
        "by_owner": words.say("off"),
        "messages_closed": words.say("off: your direct messages were closed to me three times"),
        "channel_gone": words.say("off: its channel is gone"),
        "no_access": words.say("off: I may not see its channel any more"),
        "no_permission": words.say("off: I may not write in its channel any more"),
    }.get(reason, words.say("off: Discord refused it three times"))


def _line(each: Reminder, stands: Reminders, words: Words) -> str:
    line = f"- **{when_words(each.minute, each.weekdays, words)}**"
    if each.off_reason is not None:
        return f"{line} · {off_words(each.off_reason, words)}"
    if each.next_at is not None:
        line += " · " + words.say("next {when}", when=next_words(each.next_at, stands.zone, words))
    return line


def _details(reminder: Reminder, stands: Reminders, words: Words) -> list[str]:
    lines = []
    if reminder.words:
        lines.append("> " + plain(reminder.words, LONGEST_WORDS))
    if reminder.channel_id is not None:
        lines.append(words.say("In {channel}, pinging you alone.", channel=f"<#{reminder.channel_id}>"))
    if reminder.off_reason is not None:
        lines.append(words.say("It is {state}.", state=off_words(reminder.off_reason, words)))
    elif reminder.next_at is not None:
        lines.append(words.say("Next: {when}.", when=next_words(reminder.next_at, stands.zone, words)))
    return lines
