"""The pages behind `/run stats`: records, the year's calendar, the streak explained."""

from __future__ import annotations

from datetime import date

from babel.dates import format_skeleton
from discord import ui

from bot.checkins.overview_cards import kept_words, skips_words
from bot.checkins.overview_model import Mark, RecordBook, StreakOverview, StreakWeek, YearOverview
from bot.checkins.pictures import DayCell, year_heatmap
from bot.checkins.records import MARKS
from bot.checkins.run_cards import DOT, mark_words
from bot.checkins.statistics import StatsRange
from bot.checkins.streaks import SKIPS
from bot.checkins.units import format_distance, format_duration
from bot.ui.layout import Accent, button, card, picture, row
from bot.ui.pictures import Picture
from bot.words import Words

SIGNS = {"kept": "✓", "frozen": "❄", "skip": "↷", "open": "○", "missed": "–"}


def records_card(book: RecordBook, chosen: StatsRange, words: Words) -> ui.LayoutView:
    """A member's bests so far, against nobody."""
    return card(
        Accent.RUN,
        words.say("## Records"),
        "\n".join(_records(book, words)),
        _around("records", chosen, words),
    )


def _records(book: RecordBook, words: Words) -> list[str]:
    lines = []
    for mark in MARKS:
        best = book.fastest.get(mark)
        if best is not None:
            time = f"**{format_duration(best.value)}**"
            line = words.say("Fastest {distance}: {time}", distance=mark_words(mark, words), time=time)
            typed = [words.say("typed")] if best.typed else []
            lines.append(DOT.join([line, _day(best.day, words), *typed]))
    if not lines:
        lines.append(
            words.say(
                "No fastest times yet. A run of 1, 5 or 10 km or longer with its time, or a file, sets one."
            )
        )
    if book.farthest is not None:
        distance = _distance(book.farthest, book, words)
        lines.append(
            DOT.join([words.say("Farthest: {distance}", distance=distance), _day(book.farthest.day, words)])
        )
    if book.longest is not None:
        time = f"**{format_duration(book.longest.value)}**"
        lines.append(DOT.join([words.say("Longest: {time}", time=time), _day(book.longest.day, words)]))
    if book.best_week is not None:
        week = words.say("the week of {day}", day=_day(book.best_week.day, words))
        distance = _distance(book.best_week, book, words)
        lines.append(DOT.join([words.say("Best week: {distance}", distance=distance), week]))
    if any(best.typed for best in book.fastest.values()):
        lines.append(
            "-# " + words.say("Typed: worked out from a distance and a time that were typed, not measured.")
        )
    return lines


def _distance(best: Mark, book: RecordBook, words: Words) -> str:
    return f"**{format_distance(best.value, book.units, words.language)}**"


def _day(day: date, words: Words) -> str:
    return format_skeleton("yMMMd", day, locale=words.locale)


def calendar_card(
    year: YearOverview, drawn: Picture | None, chosen: StatsRange, words: Words
) -> ui.LayoutView:
    """The year's days as a picture, and their number in words."""
    days = words.count("**{n} day** with a check-in", "**{n} days** with a check-in", len(year.check_ins))
    weeks = words.count("{n} week kept", "{n} weeks kept", len(year.kept_weeks))
    return card(
        Accent.RUN,
        words.say("## The last 53 weeks"),
        DOT.join([days, weeks]),
        picture(drawn.filename, drawn.alt) if drawn is not None else None,
        _around("calendar", chosen, words),
    )


def draw_year(year: YearOverview, words: Words) -> Picture:
    """The calendar. Takes a while: call it off the loop."""
    days = year.check_ins.keys() | year.paused | year.resting
    return year_heatmap(
        {day: DayCell(year.check_ins.get(day, 0), day in year.paused, day in year.resting) for day in days},
        kept_weeks=year.kept_weeks,
        today=year.today,
        week_starts_on=year.week_starts_on,
        words=words,
    )


def streak_card(overview: StreakOverview, chosen: StatsRange, words: Words) -> ui.LayoutView:
    """The streak, what this week asks for, and week by week how it came about."""
    streak = overview.streak
    if streak is None:
        return card(
            Accent.RUN,
            words.say("## Streak"),
            words.say(
                "A streak counts the weeks in which you kept your target. It begins with a first check-in."
            ),
            _around("streak", chosen, words),
        )
    head = [words.count("**{n} week**", "**{n} weeks**", streak.length), skips_words(streak, words)]
    if streak.of_last:
        head.append(kept_words(streak, words))
    head.append(words.count("best: {n} week", "best: {n} weeks", streak.best))
    listed = "\n".join(_week_line(week, words) for week in reversed(overview.weeks))
    return card(
        Accent.RUN,
        words.say("## Streak"),
        DOT.join(head),
        _this_week(overview, words),
        listed,
        "-# "
        + words.say("✓ kept · ❄ frozen: paused, or your first week · ↷ skip used · ○ open · – not kept")
        + "\n-# "
        + words.say(
            "A skip forgives one missing day: up to {most} in any four weeks, in weeks with a check-in.",
            most=SKIPS,
        ),
        _around("streak", chosen, words),
    )


def _this_week(overview: StreakOverview, words: Words) -> str:
    """How the open week stands, and how many days of it the streak needs."""
    streak, current = overview.streak, overview.weeks[-1]
    assert streak is not None
    week = current.record
    if current.state == "kept":
        return words.say("This week is kept.")
    if current.state == "frozen":
        return words.say("This week is paused: it adds nothing to the streak and takes nothing from it.")
    stands = words.say("This week: {kept} of {target} days so far.", kept=week.kept_days, target=week.target)
    if len(overview.weeks) == 1:
        return f"{stands} " + words.say("It is your first week, so nothing is lost however it goes.")
    if not streak.length:
        more = week.target - week.kept_days
        return f"{stands} " + words.count(
            "{n} more day keeps it, and the streak starts.",
            "{n} more days keep it, and the streak starts.",
            more,
        )
    least = max(1, week.target - streak.skips_left)
    if week.kept_days >= least:
        return f"{stands} " + words.count(
            "With {n} skip left, your streak holds already.",
            "With {n} skips left, your streak holds already.",
            streak.skips_left,
        )
    days = words.count("{n} day", "{n} days", least)
    if not streak.skips_left:
        return f"{stands} " + words.say("No skip is left: your streak holds from {days} on.", days=days)
    return f"{stands} " + words.count(
        "With {n} skip left, your streak holds from {days} on.",
        "With {n} skips left, your streak holds from {days} on.",
        streak.skips_left,
        days=days,
    )


def _week_line(week: StreakWeek, words: Words) -> str:
    """ "✓ Nov 9: 3 of 3 days"."""
    record = week.record
    if record.kept_days > record.target:
        days = words.count("{n} day", "{n} days", record.kept_days)
    else:
        days = words.say("{kept} of {target} days", kept=record.kept_days, target=record.target)
    line = words.say("{sign} {day}: {days}", sign=SIGNS[week.state], day=_day(record.start, words), days=days)
    if week.state == "skip":
        line += DOT + words.count("{n} skip", "{n} skips", week.missing)
    elif week.state == "frozen":
        line += DOT + (words.say("paused") if record.paused else words.say("first week"))
    elif week.state == "open":
        line += DOT + words.say("this week")
    return line


def _around(here: str, chosen: StatsRange, words: Words) -> ui.ActionRow[ui.LayoutView]:
    """Back to the totals, and the pages beside this one."""
    pages = (
        (words.say("Records"), "stats.records"),
        (words.say("Calendar"), "stats.calendar"),
        (words.say("Streak"), "stats.streak"),
    )
    return row(
        button(words.say("Back"), "stats.back", chosen),
        *(button(label, action, chosen) for label, action in pages if action != f"stats.{here}"),
    )
