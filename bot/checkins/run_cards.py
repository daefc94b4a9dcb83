"""The card of a run: what the group sees of a check-in, and presses."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from babel.dates import format_skeleton
from discord import ui

from bot.challenges.amounts import counted_lines
from bot.checkins.model import Cheers, Run, RunFigures, WeekProgress
from bot.checkins.records import Milestone, Record
from bot.checkins.units import HALF_MARATHON, MARATHON, Units, format_distance, format_duration, format_pace
from bot.encouragement.wording import phrase
from bot.locales import locale_of
from bot.ui.layout import Accent, button, card, row
from bot.ui.text import plain
from bot.words import Words

DOT = " · "


def run_card(figures: RunFigures, words: Words) -> ui.LayoutView:
    """The card of a run, in the words of its readers: public, private, edited or taken back."""
    run = figures.run
    if run.undone:
        return card(Accent.RUN, words.say("This run was taken back."))
    lines = [_headline(figures, words), progress_line(figures, words)]
    celebrated = [record_words(each, figures.units, words) for each in figures.records]
    celebrated += [milestone_words(each, figures.units, words) for each in figures.milestones]
    if celebrated:
        lines.append("★ " + DOT.join(celebrated))
    counted = counted_lines(figures.counted, figures.units, words)
    if counted is not None:
        lines.append(counted)
    if figures.encouraged is not None:
        lines.append(f"*{phrase(figures.encouraged.message, figures.encouraged.situation, words)}*")
    parts: list[str | None] = ["\n".join(lines)]
    if run.note and not run.note_hidden:
        parts.append("> " + plain(run.note))
    parts.append(_small_print(figures, words))
    more = button("⋯", "run.more", run.run_id)
    if not run.public:
        return card(Accent.RUN, *parts, row(more))
    return card(Accent.RUN, *parts, row(_cheer_button(run, figures.cheers, words), more))


def progress_line(figures: RunFigures, words: Words) -> str:
    """ "▰▰▱ 2 of 3 this week", for the week that the run is of."""
    if figures.run.late:
        return words.say("From an older file: it counts for records and statistics.")
    return f"{bar(figures.week)} {week_words(figures.week, words, this_week=figures.this_week)}"


def week_words(week: WeekProgress, words: Words, *, this_week: bool = True) -> str:
    """ "2 of 3 this week"; where more days are kept than meant, both figures stand by themselves."""
    if week.kept_days > week.target:
        if this_week:
            return words.count("{n} day this week", "{n} days this week", week.kept_days)
        return words.count("{n} day that week", "{n} days that week", week.kept_days)
    if this_week:
        return words.say("{kept} of {target} this week", kept=week.kept_days, target=week.target)
    return words.say("{kept} of {target} that week", kept=week.kept_days, target=week.target)


def bar(week: WeekProgress) -> str:
    """A small progress bar of one sign a day meant, for example ▰▰▱."""
    done = min(week.kept_days, week.target)
    return "▰" * done + "▱" * (week.target - done)


def numbers_line(metres: int | None, seconds: int | None, units: Units, language: str) -> str:
    """ "5.00 km · 26:41 · 5:20 /km", of what is known; empty where nothing is."""
    parts = []
    if metres is not None:
        parts.append(f"**{format_distance(metres, units, language)}**")
    if seconds is not None:
        parts.append(f"**{format_duration(seconds)}**")
    if metres is not None and seconds is not None:
        parts.append(format_pace(metres, seconds, units))
    return DOT.join(parts)


def record_words(record: Record, units: Units, words: Words) -> str:
    """ "Fastest 5 km: 26:41 (27:10 before)", "First 10 km: 58:20", "Farthest: 12.00 km"."""
    if record.kind == "fastest" and record.mark is not None:
        mark, time = mark_words(record.mark, words), format_duration(record.value)
        if record.previous is None:
            return words.say("First {distance}: {time}", distance=mark, time=time)
        return words.say(
            "Fastest {distance}: {time}, {before} before",
            distance=mark,
            time=time,
            before=format_duration(record.previous),
        )
    if record.kind == "longest":
        return words.say("Longest: {time}", time=format_duration(record.value))
    distance = format_distance(record.value, units, words.language)
    if record.kind == "farthest":
        return words.say("Farthest: {distance}", distance=distance)
    return words.say("Best week: {distance}", distance=distance)


def mark_words(mark: int, words: Words) -> str:
    """A record distance by its name: "5 km", "half marathon"."""
    if mark == HALF_MARATHON:
        return words.say("half marathon")
    if mark == MARATHON:
        return words.say("marathon")
    return words.say("{n} km", n=mark // 1000)


def milestone_words(milestone: Milestone, units: Units, words: Words) -> str:
    """ "First check-in", "100 check-ins", "500 km in all"."""
    if milestone.kind == "check_ins":
        if milestone.value == 1:
            return words.say("First check-in. Welcome!")
        return words.count("{n} check-in", "{n} check-ins", milestone.value)
    return words.say("{distance} in all", distance=format_distance(milestone.value, units, words.language))


def day_words(day: date, words: Words, *, beside: date | None = None) -> str:
    """A day in the reader's language: "Mon, Nov 16"; with its year where that is not the one of `beside`."""
    other_year = beside is not None and beside.year != day.year
    return _day_in(words.language, day, "yMMMEd" if other_year else "MMMEd")


@lru_cache(maxsize=1_024)
def _day_in(language: str, day: date, skeleton: str) -> str:
    return format_skeleton(skeleton, day, locale=locale_of(language))


def _headline(figures: RunFigures, words: Words) -> str:
    """Who did what; the day where it was not the one on which it was entered."""
    run = figures.run
    who = f"<@{run.person_id}>"
    numbers = numbers_line(run.metres, run.seconds, figures.units, words.language)
    same_day = run.running_day == figures.entered_on
    day = "" if same_day else day_words(run.running_day, words, beside=figures.entered_on)
    if not numbers and same_day:
        if run.activity == "walk":
            return words.say("{who} walked today", who=who)
        return words.say("{who} ran today", who=who)
    if not numbers:
        if run.activity == "walk":
            return words.say("{who} walked on {day}", who=who, day=day)
        return words.say("{who} ran on {day}", who=who, day=day)
    if run.activity == "walk":
        line = words.say("{who} walked {numbers}", who=who, numbers=numbers)
    else:
        line = words.say("{who} ran {numbers}", who=who, numbers=numbers)
    return line if same_day else line + DOT + day


def _small_print(figures: RunFigures, words: Words) -> str | None:
    lines = []
    if figures.cheers.count and figures.run.public:
        lines.append("-# " + cheered_by(figures.cheers, words))
    if figures.run.edited:
        lines.append("-# " + words.say("edited"))
    if not figures.run.public:
        lines.append("-# " + words.say("Seen by you alone. It counts for your own week, streak and records."))
    return "\n".join(lines) or None


def cheered_by(cheers: Cheers, words: Words) -> str:
    """ "Cheered by A, B and 3 more": up to three are named, of more the first two."""
    names = [f"<@{person_id}>" for person_id in cheers.first]
    if cheers.count > 3:
        return words.count(
            "Cheered by {first}, {second} and {n} more",
            "Cheered by {first}, {second} and {n} more",
            cheers.count - 2,
            first=names[0],
            second=names[1],
        )
    if len(names) == 3:
        return words.say(
            "Cheered by {first}, {second} and {third}", first=names[0], second=names[1], third=names[2]
        )
    if len(names) == 2:
        return words.say("Cheered by {first} and {second}", first=names[0], second=names[1])
    return words.say("Cheered by {first}", first=names[0])


def _cheer_button(run: Run, cheers: Cheers, words: Words) -> ui.Button[ui.LayoutView]:
    label = words.say("Cheer")
    return button(
        f"{label}{DOT}{cheers.count}" if cheers.count else label, "run.cheer", run.run_id, emoji="👏"
    )
