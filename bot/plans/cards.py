"""What members see and press in `/goal` and `/pause`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import discord
from babel.dates import format_skeleton
from discord import ui

from bot.checkins.units import Units, format_distance, format_duration
from bot.plans.service import PauseEnded, PauseSet, PlanState, TargetSet
from bot.ui.layout import Accent, button, card, form, row, rule, select, text_field
from bot.ui.text import plain

if TYPE_CHECKING:
    from bot.words import Words

LONGEST_PLAN, LONGEST_REASON = 200, 200
_BLUE, _GREEN = discord.ButtonStyle.primary, discord.ButtonStyle.success


def goal_panel(words: Words, state: PlanState, said: str | None = None) -> ui.LayoutView:
    """The member's goal and how this week stands."""
    return card(
        Accent.MEMBER,
        said,
        None if said is None else rule(),
        "\n".join(_goal_lines(words, state)),
        *_offer(words, state),
        row(_days_menu(words, state)),
        row(
            button(words.say("Distance, minutes, plan"), "goal.form"),
            button(words.say("Clear"), "goal.clear"),
            button(words.say("Pause"), "pause.panel"),
        ),
    )


def _goal_lines(words: Words, state: PlanState) -> list[str]:
    days = words.count("**{n} day a week**", "**{n} days a week**", state.target)
    if not state.chosen:
        days = words.say("{days} (the usual, until you choose)", days=days)
    lines = [words.say("## My goal"), days]
    if state.next_target is not None:
        lines.append(
            words.count("From next week: **{n} day**", "From next week: **{n} days**", state.next_target)
        )
    kept = min(state.kept_days, 7)
    boxes = "🟩" * kept + "⬜" * max(0, state.target - kept)
    lines.append(
        words.say("This week: {done} of {target} days kept", done=state.kept_days, target=state.target)
        + f"\n{boxes}"
    )
    units: Units = "mi" if state.units == "mi" else "km"
    if state.weekly_metres is not None:
        lines.append(
            words.say(
                "Distance: {done} of {goal}",
                done=format_distance(state.metres, units, words.language),
                goal=format_distance(state.weekly_metres, units, words.language),
            )
        )
    if state.weekly_minutes is not None:
        lines.append(
            words.say(
                "Time: {done} of {goal}",
                done=format_duration(state.seconds),
                goal=format_duration(state.weekly_minutes * 60),
            )
        )
    if state.plan:
        lines.append(words.say("Plan: {plan}", plan=plain(state.plan, LONGEST_PLAN)))
    if state.pause is not None:
        lines.append(pause_line(words, state))
    return lines


def _days_menu(words: Words, state: PlanState) -> ui.Select[Any]:
    options = [
        discord.SelectOption(
            label=words.count("{n} day a week", "{n} days a week", days),
            value=str(days),
            default=days == (state.next_target or state.target),
        )
        for days in range(1, 8)
    ]
    return select(words.say("Days a week"), "goal.days", options=options)


def _offer(words: Words, state: PlanState) -> list[str | ui.ActionRow[Any]]:
    """After a long pause: a smaller target, in one press."""
    if not state.smaller:
        return []
    buttons = [
        button(words.count("{n} day a week", "{n} days a week", days), "goal.days", days, style=_GREEN)
        for days in state.smaller
    ]
    return [
        words.say(
            "Welcome back. After a longer break a smaller goal is a good start. Would one of these suit you?"
        ),
        row(*buttons),
    ]


def return_offer(words: Words, state: PlanState) -> ui.LayoutView | None:
    """For the first check-in after a long pause; None where nothing is to be offered."""
    return card(Accent.MEMBER, *_offer(words, state)) if state.returning else None


def target_said(words: Words, result: TargetSet) -> str:
    """From when a target holds, and why."""
    if result.this_week:
        return words.count(
            "Set: **{n} day a week**, from this week on.",
            "Set: **{n} days a week**, from this week on.",
            result.days,
        )
    return words.count(
        "Set: **{n} day a week**, from next week on. This week has check-ins already, so its goal stays.",
        "Set: **{n} days a week**, from next week on. This week has check-ins already, so its goal stays.",
        result.days,
    )


def wishes_form(words: Words, state: PlanState) -> ui.Modal:
    """The form for distance, minutes and the plan; empty fields mean none."""
    units: Units = "mi" if state.units == "mi" else "km"
    distance = (
        "" if state.weekly_metres is None else format_distance(state.weekly_metres, units, words.language)
    )
    time = "" if state.weekly_minutes is None else str(state.weekly_minutes)
    return form(
        words.say("My goal"),
        "goal.wishes",
        fields=[
            text_field(
                words.say("Distance a week, if you like"),
                "distance",
                placeholder=words.say("20 km, or leave it empty"),
                value=distance,
                longest=30,
            ),
            text_field(
                words.say("Minutes a week, if you like"),
                "time",
                placeholder=words.say("90, or 1h 30m, or leave it empty"),
                value=time,
                longest=30,
            ),
            text_field(
                words.say("My plan, in my own words"),
                "plan",
                description=words.say("Seen by you alone."),
                placeholder=words.say("When I have closed the laptop, I run"),
                value=state.plan,
                longest=LONGEST_PLAN,
                paragraph=True,
            ),
        ],
    )


def pause_panel(words: Words, state: PlanState, said: str | None = None) -> ui.LayoutView:
    """The pause that is or comes, or how to begin one."""
    pause = state.pause
    if pause is None:
        return card(
            Accent.MEMBER,
            said,
            None if said is None else rule(),
            words.say(
                "## Pause\nIll, injured, away? A pause freezes your streak and your goal for its days. "
                "Nobody else can see that you are pausing, or why."
            ),
            *_offer(words, state),
            row(
                button(words.say("Pause from today"), "pause.today", style=_BLUE),
                button(words.say("Choose the days"), "pause.open"),
            ),
        )
    back = words.say("I'm back") if pause.from_day <= state.today else words.say("Cancel it")
    return card(
        Accent.MEMBER,
        said,
        None if said is None else rule(),
        words.say("## Pause") + "\n" + pause_line(words, state),
        None
        if not pause.reason
        else words.say("Your reason: {reason}", reason=plain(pause.reason, LONGEST_REASON)),
        words.say("-# Your streak and your goal are frozen for these days. You alone can see this."),
        row(
            button(back, "pause.end", pause.pause_id, style=_GREEN),
            button(words.say("Change the days"), "pause.open"),
        ),
    )


def pause_line(words: Words, state: PlanState) -> str:
    """From when until when, in one line; empty without a pause."""
    pause = state.pause
    if pause is None:
        return ""
    start = day_name(words, pause.from_day)
    if pause.until_day is None:
        return words.say("Paused from **{start}** until you are back.", start=start)
    return words.say(
        "Paused from **{start}** to **{end}**, that day included.",
        start=start,
        end=day_name(words, pause.until_day),
    )


def pause_said(words: Words, result: PauseSet) -> str:
    """What was set, where the panel beneath does not say it."""
    if result.pause.over(result.state.today):
        said = words.say(
            "Noted: paused from {start} to {end}. Those days are frozen now.",
            start=day_name(words, result.pause.from_day),
            end=day_name(words, result.pause.until_day or result.pause.from_day),
        )
    else:
        said = words.say("Noted. Take the time you need.")
    return said + " " + words.say("It is one pause with the one before.") if result.joined else said


def back_said(words: Words, result: PauseEnded) -> str:
    """The member is back."""
    if result.cancelled:
        return words.say("The pause is cancelled.")
    return words.say("Good to have you back. Yesterday was the last paused day.")


def pause_form(words: Words, state: PlanState) -> ui.Modal:
    """The form for a pause's days and reason, filled with the present pause."""
    pause = state.pause
    start = state.today if pause is None else pause.from_day
    until = None if pause is None or pause.until_day is None else pause.until_day.isoformat()
    return form(
        words.say("Pause"),
        "pause.save",
        *([] if pause is None else [pause.pause_id]),
        fields=[
            text_field(
                words.say("From"),
                "from",
                description=words.say("today, yesterday, 2026-11-20; back to your last check-in"),
                value=start.isoformat(),
                longest=60,
            ),
            text_field(
                words.say("Until, that day included"),
                "until",
                description=words.say("Leave it empty if you don't know yet."),
                placeholder=words.say("in 2 weeks"),
                value=until,
                longest=60,
            ),
            text_field(
                words.say("Reason"),
                "reason",
                description=words.say("Ill, injured, away… Seen by you alone, and you can leave it out."),
                value=None if pause is None else pause.reason,
                longest=LONGEST_REASON,
            ),
        ],
    )


def day_name(words: Words, day: date) -> str:
    """A day as the reader's language writes it: "Wed, Nov 18"."""
    return str(format_skeleton("MMMEd", day, locale=words.locale))
