"""`/run stats`: totals with what they rest on, a comparison, the streak in one line, a chart; and what is shown."""

from __future__ import annotations

import discord
from babel.dates import format_skeleton
from discord import ui

from bot.checkins.comparison_cards import compared_lines
from bot.checkins.overview_model import ChartWeek, Overview
from bot.checkins.pictures import WeekBar, statistics_chart
from bot.checkins.pictures.weeks import Measure
from bot.checkins.run_cards import DOT
from bot.checkins.statistics import StatsRange, Summary
from bot.checkins.streaks import Streak
from bot.checkins.units import format_distance, format_duration, format_pace
from bot.ui.layout import Accent, button, card, picture, row, rule, select
from bot.ui.pictures import Picture
from bot.words import Words

RANGES: tuple[StatsRange, ...] = ("week", "month", "year", "all")


def overview_card(overview: Overview, chart: Picture | None, words: Words) -> ui.LayoutView:
    """One's own statistics of a range, with ways to the other ranges and to records, calendar and streak."""
    title = f"## {range_name(overview.chosen, words)}"
    if overview.began is None:
        return card(
            Accent.RUN,
            title,
            words.say(
                "Nothing here yet. /checkin counts a run with one tap; /run log takes the numbers too. "
                "Your totals, your streak and a chart begin with the first one."
            ),
            row(button(words.say("Check in"), "checkin.open", style=discord.ButtonStyle.success)),
        )
    return card(
        Accent.RUN,
        f"{title}\n{_span(overview, words)}",
        _totals(overview, words),
        rule(),
        compared_lines(overview, words),
        streak_line(overview.streak, words),
        _nearly_not(overview, words),
        _shown_picture(chart),
        row(_range_menu(overview.chosen, words)),
        row(
            button(words.say("Records"), "stats.records", overview.chosen),
            button(words.say("Calendar"), "stats.calendar", overview.chosen),
            button(words.say("Streak"), "stats.streak", overview.chosen),
            button(
                words.say("Show in channel"),
                "stats.share",
                overview.chosen,
                disabled=not overview.summary.check_ins,
            ),
        ),
        "-# " + words.say("Private check-ins count here. What you show in the channel is made without them."),
    )


def shared_card(overview: Overview, person_id: int, chart: Picture | None, words: Words) -> ui.LayoutView:
    """The statistics that a member shows to the group: made of what the group can see, without buttons."""
    who = f"<@{person_id}>"
    title = {
        "week": words.say("{who}: this week", who=who),
        "month": words.say("{who}: this month", who=who),
        "year": words.say("{who}: this year", who=who),
        "all": words.say("{who}: all time", who=who),
    }[overview.chosen]
    return card(
        Accent.RUN,
        f"**{title}**\n{_span(overview, words)}",
        _totals(overview, words),
        streak_line(overview.streak, words),
        _shown_picture(chart),
        "-# " + words.say("Made of the check-ins that the group can see."),
    )


def _nearly_not(overview: Overview, words: Words) -> str | None:
    if not overview.nearly_not:
        return None
    return words.count(
        "On {n} day you went although you nearly didn't.",
        "On {n} days you went although you nearly didn't.",
        overview.nearly_not,
    )


def has_chart(overview: Overview) -> bool:
    """Whether the last weeks hold anything to draw."""
    return any(week.sums.summary.check_ins for week in overview.chart)


def draw_chart(overview: Overview, words: Words) -> Picture:
    """The chart of the last weeks. Takes a while: call it off the loop.

    Bars are distances; minutes where no distance is known, and days where no time is either.
    """
    weeks = overview.chart
    measure: Measure = "days"
    if any(week.sums.metres for week in weeks):
        measure = "distance"
    elif any(week.sums.seconds for week in weeks):
        measure = "minutes"
    goals = {"distance": overview.weekly_metres, "minutes": overview.weekly_minutes, "days": None}
    return statistics_chart(
        [_bar(week, measure, last=week is weeks[-1]) for week in weeks],
        measure=measure,
        units=overview.units,
        goal=goals[measure],
        words=words,
    )


def _bar(week: ChartWeek, measure: Measure, *, last: bool) -> WeekBar:
    sums, record = week.sums.summary, week.record
    measured = {"distance": sums.with_metres, "minutes": sums.with_seconds, "days": sums.check_ins}
    return WeekBar(
        week=week.sums.week,
        metres=week.sums.metres,
        seconds=week.sums.seconds,
        days=record.kept_days,
        target=record.target,
        kept=record.kept,
        paused=record.paused and not record.kept,
        current=last,
        unmeasured=sums.check_ins - measured[measure],
    )


def _shown_picture(drawn: Picture | None) -> ui.MediaGallery[ui.LayoutView] | None:
    return picture(drawn.filename, drawn.alt) if drawn is not None else None


def range_name(chosen: StatsRange, words: Words) -> str:
    """ "This month"."""
    return {
        "week": words.say("This week"),
        "month": words.say("This month"),
        "year": words.say("This year"),
        "all": words.say("All time"),
    }[chosen]


def _range_menu(chosen: StatsRange, words: Words) -> ui.Select[ui.LayoutView]:
    return select(
        words.say("Another time"),
        "stats.range",
        options=[
            discord.SelectOption(label=range_name(each, words), value=each, default=each == chosen)
            for each in RANGES
        ],
    )


def _span(overview: Overview, words: Words) -> str:
    first = overview.first or overview.began or overview.last
    shown = [format_skeleton("yMMMd", day, locale=words.locale) for day in (first, overview.last)]
    return "-# " + words.say("{first} to {last}", first=shown[0], last=shown[1])


def _totals(overview: Overview, words: Words) -> str:
    """Check-ins and days, then each sum with the number of check-ins that it rests on."""
    totals, language = overview.summary, words.language
    if not totals.check_ins:
        return words.say("No check-in in this time yet. The next one starts it.")
    counts = [words.count("**{n} check-in**", "**{n} check-ins**", totals.check_ins)]
    if totals.walks:
        counts.append(words.count("{n} run", "{n} runs", totals.runs))
        counts.append(words.count("{n} walk", "{n} walks", totals.walks))
    counts.append(words.count("{n} day kept", "{n} days kept", totals.days_kept))
    lines = [DOT.join(counts)]
    if totals.with_metres:
        distance = format_distance(totals.metres, overview.units, language)
        line = words.say("Distance: **{distance}**", distance=distance)
        lines.append(line + _of_all(totals.with_metres, totals, words))
    if totals.with_seconds:
        line = words.say("Time: **{time}**", time=format_duration(totals.seconds))
        lines.append(line + _of_all(totals.with_seconds, totals, words))
    if totals.paced_runs:
        pace = format_pace(totals.paced_metres, totals.paced_seconds, overview.units)
        lines.append(
            words.count(
                "Pace: **{pace}** over {n} run with both numbers",
                "Pace: **{pace}** over {n} runs with both numbers",
                totals.paced_runs,
                pace=pace,
            )
        )
    if len(lines) == 1:
        lines.append(words.say("No distances or times here; every day counts all the same."))
    return "\n".join(lines)


def _of_all(known: int, totals: Summary, words: Words) -> str:
    """What a sum rests on, where that is not every check-in."""
    if known == totals.check_ins:
        return ""
    return " " + words.count(
        "(from {known} of {n} check-in)", "(from {known} of {n} check-ins)", totals.check_ins, known=known
    )


def streak_line(streak: Streak | None, words: Words) -> str:
    """ "Streak: 3 weeks · 2 skips left · kept 9 of the last 12 weeks"."""
    if streak is None or not streak.of_last:
        return words.say("Streak: it begins with your first kept week.")
    return DOT.join(
        [
            words.count("Streak: **{n} week**", "Streak: **{n} weeks**", streak.length),
            skips_words(streak, words),
            kept_words(streak, words),
        ]
    )


def skips_words(streak: Streak, words: Words) -> str:
    """ "2 skips left"."""
    return words.count("{n} skip left", "{n} skips left", streak.skips_left)


def kept_words(streak: Streak, words: Words) -> str:
    """ "kept 9 of the last 12 weeks", which stands beside every streak."""
    return words.count(
        "kept {kept} of the last {n} week",
        "kept {kept} of the last {n} weeks",
        streak.of_last,
        kept=streak.kept_of_last_12,
    )
