"""What ⋯ opens: the private cards and forms by which a run is corrected or moderated."""

from __future__ import annotations

from datetime import datetime

import discord
from discord import ui

from bot.checkins.corrections import Wording
from bot.checkins.model import Run, RunFigures
from bot.checkins.moderation import LONGEST_REASON, More, Reported
from bot.checkins.reading import LONGEST_NOTE
from bot.checkins.run_cards import DOT, day_words, numbers_line, progress_line
from bot.clock import epoch
from bot.ui.layout import Accent, button, card, choice_field, form, row, rule, select, text_field
from bot.ui.text import plain
from bot.words import Words


def run_title(run: Run, figures: RunFigures, words: Words, now: datetime) -> str:
    """ "Run on Friday, November 20 · 5.00 km · 26:41": which run this is about, for one's own eyes."""
    day = day_words(run.running_day, words, beside=now.date())
    title = (
        words.say("Walk on {day}", day=day) if run.activity == "walk" else words.say("Run on {day}", day=day)
    )
    numbers = numbers_line(run.metres, run.seconds, figures.units, words.language)
    return f"**{title}**" + (DOT + numbers if numbers else "")


def more_card(more: More, words: Words, now: datetime, said: str | None = None) -> ui.LayoutView:
    """Everything that this person may do about the run; `said` is what just happened."""
    run = more.figures.run
    lines = [said] if said else []
    lines.append(run_title(run, more.figures, words, now))
    if more.mine:
        lines.extend(_standing(more, words, now))
    if run.note and run.note_hidden and (more.mine or more.organiser):
        lines.append("-# " + words.say("Note hidden: {note}", note=plain(run.note)))
    parts: list[ui.Item[ui.LayoutView] | str] = ["\n".join(line for line in lines if line)]
    if more.mine:
        parts.append(_own_row(more, words, now))
        if not run.undone:
            parts.append(_own_feelings(more, words))
    elif more.reported:
        parts.append(words.say("You reported this run. The organisers see that; nobody else does."))
        parts.append(row(button(words.say("Take the report back"), "run.unreport", run.run_id)))
    else:
        parts.append(row(button(words.say("Report"), "run.report", run.run_id)))
    if more.organiser and not run.undone:
        parts.extend([rule(), *_organisers_part(more, words)])
    return card(Accent.RUN, *parts)


def _standing(more: More, words: Words, now: datetime) -> list[str]:
    """What its owner may know about where the run counts."""
    run = more.figures.run
    if run.undone:
        if more.until is None or more.until <= now:
            return [words.say("This run was taken back.")]
        until = f"<t:{epoch(more.until)}:t>"
        return [words.say("This run was taken back. You can bring it back until {time}.", time=until)]
    lines = [progress_line(more.figures, words)]
    if not run.public:
        lines.append(words.say("Private: it counts for your own week, streak and records."))
    if run.set_aside:
        lines.append(
            words.say(
                "An organiser set this run aside: it stays out of standings, and counts for your own week and records."
            )
        )
        if more.reason:
            lines.append("> " + plain(more.reason))
    return lines


def _own_row(more: More, words: Words, now: datetime) -> ui.ActionRow[ui.LayoutView]:
    run = more.figures.run
    if run.undone:
        over = more.until is None or more.until <= now
        return row(button(words.say("Bring it back"), "run.back", run.run_id, disabled=over))
    buttons = [
        button(words.say("Edit"), "run.edit", run.run_id, style=discord.ButtonStyle.primary),
        button(words.say("Undo"), "run.undo", run.run_id),
    ]
    if run.public:
        buttons.append(button(words.say("Make private"), "run.show", run.run_id, "private"))
        if run.message_id is None:
            buttons.append(button(words.say("Post its card"), "run.show", run.run_id, "group"))
    else:
        buttons.append(button(words.say("Show to the group"), "run.show", run.run_id, "group"))
    return row(*buttons)


def _own_feelings(more: More, words: Words) -> ui.ActionRow[ui.LayoutView]:
    """How the run felt, and that it nearly did not happen: its owner's alone."""
    run_id = more.figures.run.run_id
    buttons = []
    if more.feelings:
        buttons.append(button(words.say("How did it feel"), "mood.run", run_id))
    if more.nearly_not:
        buttons.append(button(words.say("Nearly didn't go ✓"), "run.nearly", run_id, 0))
    else:
        buttons.append(button(words.say("Nearly didn't go"), "run.nearly", run_id, 1))
    return row(*buttons)


def _organisers_part(more: More, words: Words) -> list[ui.Item[ui.LayoutView] | str]:
    run = more.figures.run
    lines = [words.say("For organisers")]
    if more.reports:
        lines.append(words.count("{n} open report", "{n} open reports", more.reports))
    if run.set_aside and not more.mine:
        lines.append(words.say("Set aside: {reason}", reason=plain(more.reason or "")))
    buttons = []
    if run.note and run.note_hidden:
        buttons.append(button(words.say("Show note"), "run.note", run.run_id, 0))
    elif run.note:
        buttons.append(button(words.say("Hide note"), "run.note", run.run_id, 1))
    if run.set_aside:
        buttons.append(button(words.say("Count it again"), "run.count", run.run_id))
    else:
        buttons.append(button(words.say("Set aside"), "run.aside", run.run_id))
    if more.reports:
        buttons.append(button(words.say("Reports are settled"), "run.settle", run.run_id))
    buttons.append(button(words.say("All reports"), "run.reports"))
    return ["\n".join(lines), row(*buttons)]


def edit_form(run_id: int, wording: Wording, words: Words) -> ui.Modal:
    """The run as a form; what is left as it stands stays exactly as it is."""
    activities = [
        discord.SelectOption(label=words.say("Run"), value="run", default=wording.activity == "run"),
        discord.SelectOption(label=words.say("Walk"), value="walk", default=wording.activity == "walk"),
    ]
    return form(
        words.say("Edit"),
        "run.edited",
        run_id,
        fields=[
            text_field(
                words.say("Distance"), "distance", value=wording.distance, placeholder=words.say("5k, 3.1 mi")
            ),
            text_field(
                words.say("Time"), "time", value=wording.time, placeholder=words.say("26:41, 1:02:03, 31 min")
            ),
            text_field(
                words.say("When"),
                "when",
                value=wording.when,
                placeholder=words.say("yesterday, or 2026-11-20 07:15"),
            ),
            text_field(words.say("Note"), "note", value=wording.note, longest=LONGEST_NOTE, paragraph=True),
            choice_field(words.say("Run or walk"), "activity", activities),
        ],
    )


def report_form(run_id: int, words: Words) -> ui.Modal:
    """Why a run is reported: told to the organisers alone."""
    return form(
        words.say("Report"),
        "run.reported",
        run_id,
        fields=[
            text_field(
                words.say("What is wrong?"),
                "reason",
                description=words.say(
                    "The organisers read this, and that it came from a member; the runner does not."
                ),
                longest=LONGEST_REASON,
                paragraph=True,
            )
        ],
    )


def set_aside_form(run_id: int, words: Words) -> ui.Modal:
    """Why a run is set aside: told to its owner."""
    return form(
        words.say("Set aside"),
        "run.asided",
        run_id,
        fields=[
            text_field(
                words.say("Why?"),
                "reason",
                description=words.say("The runner reads this, privately."),
                longest=LONGEST_REASON,
                required=True,
                paragraph=True,
            )
        ],
    )


def reports_card(group_id: int, reported: list[Reported], words: Words) -> ui.LayoutView:
    """The open reports of the group, the longest waiting first; choose one to deal with it."""
    title = words.say("**Open reports**")
    if not reported:
        return card(Accent.RUN, title, words.say("None. Nothing waits for you."))
    lines, options = [], []
    for place, each in enumerate(reported, start=1):
        count = words.count("{n} report", "{n} reports", each.reports)
        where = ""
        if each.place is not None:
            where = DOT + f"https://discord.com/channels/{group_id}/{each.place[0]}/{each.place[1]}"
        reason = "\n> " + plain(each.reason, 100) if each.reason else ""
        lines.append(
            f"{place}. <@{each.person_id}>{DOT}{day_words(each.running_day, words)}{DOT}{count}{where}{reason}"
        )
        options.append(
            discord.SelectOption(
                label=f"{place}. {day_words(each.running_day, words)}", value=str(each.run_id)
            )
        )
    shown = "\n".join(lines)[:3500]
    return card(
        Accent.RUN, title, shown, row(select(words.say("Choose a run"), "run.pick_report", options=options))
    )
