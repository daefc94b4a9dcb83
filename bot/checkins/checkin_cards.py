"""The private cards and forms of checking in."""

from __future__ import annotations

import re
from collections.abc import Mapping
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
LONGEST = {"distance": 40, "time": 40, "when": 60, "note": LONGEST_NOTE}
# mark, within a card, the texts that hold what was typed
FIELD_IDS = {"distance": 71, "time": 72, "when": 73, "note": 74}


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
    buttons = [
        button(words.say("I ran"), "checkin.activity", "run", opened_by, style=PRIMARY),
        button(words.say("I walked"), "checkin.activity", "walk", opened_by, style=PRIMARY),
        rest,
        button(words.say("Pause"), "pause.open"),
    ]
    if panel.feelings:
        buttons.append(button(words.say("About to run"), "mood.start"))
    return card(Accent.RUN, "\n".join(lines), row(*buttons))


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


def detail_form(
    activity: Kind, opened_by: int, words: Words, typed: Mapping[str, str] | None = None
) -> ui.Modal:
    """Distance, time, when, note, file: all of them optional. `typed` is what stood there before."""
    title = words.say("Your walk") if activity == "walk" else words.say("Your run")
    before = {name: text[: LONGEST[name]] for name, text in (typed or {}).items() if name in LONGEST}
    hints = {
        "distance": (words.say("Distance"), words.say("5k, 5.2 km, 3.1 mi")),
        "time": (words.say("Time"), words.say("26:41, 1:02:03, 31 min")),
        "when": (words.say("When"), words.say("today, yesterday 7:15, Saturday")),
        "note": (words.say("Note"), None),
    }
    fields: list[ui.Item[Any]] = [
        text_field(
            label,
            name,
            placeholder=hint,
            value=before.get(name),
            longest=LONGEST[name],
            paragraph=name == "note",
        )
        for name, (label, hint) in hints.items()
    ]
    help_text = words.say("FIT, GPX or TCX from your watch fills in the rest.")
    fields.append(file_field(words.say("File"), "file", description=help_text))
    return form(title, "checkin.typed", activity, opened_by, fields=fields)


def form_again(
    refused: str, typed: Mapping[str, str], activity: Kind, opened_by: int, words: Words
) -> ui.LayoutView:
    """What kept a form from being taken; what was typed stands there still, for the form to open with again."""
    kept: list[ui.Item[Any]] = [
        ui.TextDisplay("> " + plain(typed[name], LONGEST[name]), id=FIELD_IDS[name])
        for name in FIELD_IDS
        if clean(typed.get(name, ""), LONGEST[name])
    ]
    return card(
        Accent.TROUBLE,
        refused,
        *kept,
        row(
            button(words.say("Try again"), "checkin.again", activity, opened_by, style=PRIMARY),
            button(words.say("Back"), "checkin.back", opened_by),
        ),
    )


def fields_in(message: discord.Message | None) -> dict[str, str]:
    """What stands in the texts of a `form_again` or a `twin_question`, as it was typed (`plain` taken back)."""
    names = {number: name for name, number in FIELD_IDS.items()}
    found: dict[str, str] = {}
    waiting: list[Any] = list(message.components) if message else []
    while waiting:
        component = waiting.pop()
        waiting.extend(getattr(component, "children", ()))
        if isinstance(component, discord.TextDisplay) and component.id in names:
            name = names[component.id]
            text = _ESCAPED.sub(r"\1", component.content.removeprefix("> "))
            found[name] = clean(text, LONGEST[name])
    return found


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
        None if reading.note is None else ui.TextDisplay("> " + plain(reading.note), id=FIELD_IDS["note"]),
        row(
            button(words.say("Yes, a second run"), "run.second", *arguments, style=PRIMARY),
            button(words.say("No, the same one"), "run.same"),
        ),
    )


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
    lines = [_notice_words(notice, words) for notice in notices]
    return card(Accent.MEMBER, "\n".join(lines))


def group_notice_card(notices: list[Notice], words: Words) -> ui.LayoutView:
    """News for an organiser alone: a post of the group's that did not get through."""
    lines = [words.say("For you as an organiser:")]
    for notice in notices:
        what = {
            "opener": words.say("The week's opener"),
            "leaderboard": words.say("The week's board"),
            "encouragement": words.say("A few words for the group"),
            "challenge_card": words.say("A challenge's card"),
            "challenge_result": words.say("A challenge's result"),
            "moodpoll": words.say("A poll"),
        }.get(notice.kind.rpartition("_")[0], words.say("A post"))
        reason = _refused_words(notice.detail, words)
        if notice.kind.startswith("challenge_"):
            lines.append(
                words.say(
                    "- {what} could not be posted ({reason}). Mend that, or choose another channel in /setup; then "
                    "open it in /challenge list and post it again.",
                    what=what,
                    reason=reason,
                )
            )
        elif notice.kind.startswith("moodpoll_"):
            lines.append(
                words.say(
                    "- {what} could not be posted ({reason}). Mend that: a weekly one comes again in a week, another "
                    "is asked again with /moodpoll.",
                    what=what,
                    reason=reason,
                )
            )
        elif notice.kind.endswith("_off"):
            lines.append(
                words.say(
                    "- {what} is off now: it could not be posted three times in a row ({reason}). /setup, Posts, "
                    "chooses a channel and turns it on again.",
                    what=what,
                    reason=reason,
                )
            )
        else:
            lines.append(
                words.say(
                    "- {what} could not be posted ({reason}). /setup, Posts, chooses a channel.",
                    what=what,
                    reason=reason,
                )
            )
    return card(Accent.GROUP, "\n".join(lines))


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
    if notice.kind in ("reminder_failed", "streak_warning_failed"):
        return words.say(
            "I could not send you a reminder you asked for ({reason}). /reminders says what to do.",
            reason=_refused_words(notice.detail, words),
        )
    if notice.kind in ("reminder_off", "streak_warning_off"):
        return words.say(
            "A reminder of yours is off now, as it could not be sent three times in a row ({reason}). /reminders and "
            "/settings turn it on again.",
            reason=_refused_words(notice.detail, words),
        )
    return words.say("There is news about one of your runs. Look at /run history.")


def _refused_words(reason: str | None, words: Words) -> str:
    """Why Discord refused a message."""
    return {
        "messages_closed": words.say("your direct messages are closed to me"),
        "channel_gone": words.say("its channel is gone"),
        "no_access": words.say("I may not see its channel"),
        "no_permission": words.say("I may not write in its channel"),
    }.get(reason or "", words.say("Discord refused it"))
