"""A member's last weeks as a picture: how far (or how long), on how many days; and the same said in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Literal

from babel.dates import format_date
from babel.numbers import format_decimal

from bot.checkins.units import Units, unit_millimetres
from bot.ui.pictures import Picture, in_words
from bot.ui.pictures.canvas import MARGIN, WIDTH, Canvas, Mark, Palette, legend
from bot.words import Words

MOST_WEEKS = 12
Measure = Literal["distance", "minutes", "days"]
_BARS_TOP, _BARS_FLOOR = 230, 600
_DOTS_TOP, _DOT_PITCH = 722, 24
_HEIGHT = 1300  # at most; the legend ends the picture


@dataclass(frozen=True, slots=True)
class WeekBar:
    """One week: its first day, what was gone in it, and how it stands with the plan.

    `metres` and `seconds` are None where no check-in of the week says them; `unmeasured` counts the check-ins that
    lack the number which the chart shows. `paused` is a week not kept that was paused on at least one day.
    """

    week: date
    metres: int | None
    seconds: int | None
    days: int
    target: int
    kept: bool = False
    paused: bool = False
    current: bool = False
    unmeasured: int = 0


def statistics_chart(
    weeks: Sequence[WeekBar], *, measure: Measure, units: Units, goal: int | None, words: Words
) -> Picture:
    """Up to twelve weeks, the oldest first. Bars are distance in `units`, minutes, or days kept.

    `goal` is the weekly one in metres or minutes, as `measure` is. Dots beneath a bar are its days kept, rings what
    the target still had room for; a kept week has a tick, a paused one is hatched, the current one is framed.
    """
    weeks = weeks[-MOST_WEEKS:]
    amounts = [_amount(week, measure, units) for week in weeks]
    goal_amount = _goal_amount(goal, measure, units)
    canvas = Canvas(height=_HEIGHT)
    title = _title(measure, units, words)
    wide = WIDTH - 2 * MARGIN
    canvas.text(MARGIN, 84, title, size=44, bold=True, fit=wide)
    canvas.text(MARGIN, 126, _subtitle(weeks, words), size=28, colour=Palette.TEXT_SOFT, fit=wide)
    top = max([amount for amount in amounts if amount is not None] + [goal_amount or 0.0, 1.0])
    pitch = wide / MOST_WEEKS
    left = MARGIN + (MOST_WEEKS - len(weeks)) * pitch
    month = 0
    most = max([max(week.days, week.target) for week in weeks] + [3])
    if goal_amount:
        canvas.dashes(
            MARGIN, WIDTH - MARGIN, _BARS_FLOOR - (_BARS_FLOOR - _BARS_TOP) * goal_amount / top, Palette.TICK
        )
    for at, (week, amount) in enumerate(zip(weeks, amounts, strict=True)):
        x = left + at * pitch
        _bar(canvas, x, pitch, week, None if amount is None else amount / top, _figure(amount, words))
        canvas.text(x + pitch / 2, 642, str(week.week.day), size=28, anchor="middle")
        if week.week.month != month:
            month = week.week.month
            name = format_date(week.week, "LLL", locale=words.locale)
            canvas.text(
                x + pitch / 2, 676, name, size=28, colour=Palette.TEXT_SOFT, anchor="middle", fit=pitch - 14
            )
        _days(canvas, x + pitch / 2, week, most)
    canvas.line([(MARGIN, _BARS_FLOOR + 2), (WIDTH - MARGIN, _BARS_FLOOR + 2)], Palette.LINE, 3)
    _weeks_legend(canvas, _DOTS_TOP + most * _DOT_PITCH + 56, weeks, goal_amount, words)
    return Picture(canvas.png(), _weeks_in_words(weeks, amounts, goal_amount, title, words), "weeks.png")


def _title(measure: Measure, units: Units, words: Words) -> str:
    if measure == "days":
        return words.say("Days a week")
    if measure == "minutes":
        return words.say("Minutes a week")
    return words.say("Kilometres a week") if units == "km" else words.say("Miles a week")


def _amount(week: WeekBar, measure: Measure, units: Units) -> float | None:
    if measure == "days":
        return float(week.days) if week.days else None
    if measure == "minutes":
        return None if week.seconds is None else week.seconds / 60
    return None if week.metres is None else week.metres * 1_000 / unit_millimetres(units)


def _goal_amount(goal: int | None, measure: Measure, units: Units) -> float | None:
    if goal is None:
        return None
    return float(goal) if measure == "minutes" else goal * 1_000 / unit_millimetres(units)


def _figure(amount: float | None, words: Words) -> str:
    """One decimal under a hundred, which is as much as fits above a bar."""
    if amount is None:
        return "–"
    return format_decimal(round(amount, 1 if amount < 99.95 else 0), format="#,##0.#", locale=words.locale)


def _subtitle(weeks: Sequence[WeekBar], words: Words) -> str:
    if not weeks:
        return words.say("No week has been entered yet")
    if len(weeks) == 1 and weeks[0].current:
        return words.say("this week")
    return words.count("the last week", "the last {n} weeks", len(weeks))


def _bar(canvas: Canvas, x: float, pitch: float, week: WeekBar, share: float | None, figure: str) -> None:
    inset = 8
    width = pitch - 2 * inset
    room = _BARS_FLOOR - _BARS_TOP
    if week.paused:
        canvas.hatch(x + inset, _BARS_TOP, width, room, Palette.LINE, gap=16)
    tall = 0.0 if share is None else max(share * room, 4.0)
    if tall:
        canvas.box(x + inset, _BARS_FLOOR - tall, width, tall, fill=Palette.MARK, radius=8)
    if week.current:
        frame = max(tall, 44.0) + 54
        canvas.box(x + 1, _BARS_FLOOR - frame, pitch - 2, frame, outline=Palette.TEXT, line=3, radius=12)
    if week.days or share is not None:
        y = _BARS_FLOOR - tall - 14
        wide = min(canvas.text_width(figure, size=28, bold=True) + 8, width)
        # the figure stays readable in front of the hatching and of the goal's line
        canvas.box(x + (pitch - wide) / 2, y - 26, wide, 34, fill=Palette.PANEL)
        canvas.text(x + pitch / 2, y, figure, size=28, bold=True, anchor="middle", fit=pitch - 12)


def _days(canvas: Canvas, x: float, week: WeekBar, most: int) -> None:
    """The week's days as dots; beneath the week that has `most`, in one line for all, the ticks."""
    for place in range(max(week.days, week.target)):
        y = _DOTS_TOP + place * _DOT_PITCH
        if place < week.days:
            canvas.dot(x, y, 9, Palette.MARK_MORE)
        else:
            canvas.dot(x, y, 8, Palette.TEXT_SOFT, hollow=True, line=2)
    if week.kept:
        canvas.tick(x, _DOTS_TOP + most * _DOT_PITCH + 6, 24, Palette.TICK)


def _weeks_legend(
    canvas: Canvas, y: float, weeks: Sequence[WeekBar], goal: float | None, words: Words
) -> None:
    items: list[tuple[Mark, str]] = [
        (lambda x, y: canvas.dot(x + 13, y + 13, 9, Palette.MARK_MORE), words.say("day kept")),
        (
            lambda x, y: canvas.dot(x + 13, y + 13, 8, Palette.TEXT_SOFT, hollow=True, line=2),
            words.say("up to your target"),
        ),
        (lambda x, y: canvas.tick(x + 13, y + 13, 24, Palette.TICK), words.say("week kept")),
    ]
    if any(week.current for week in weeks):
        frame = partial(canvas.box, width=26, height=26, outline=Palette.TEXT, radius=8)
        items.append((frame, words.say("this week")))
    if any(week.paused for week in weeks):
        items.append((lambda x, y: canvas.hatch(x, y, 26, 26, Palette.TEXT_SOFT), words.say("paused")))
    if any(week.unmeasured for week in weeks):
        items.append((lambda x, y: canvas.text(x + 5, y + 23, "–"), words.say("no number given")))
    if goal is not None:
        said = words.say("goal {amount}", amount=_figure(goal, words))
        items.append((lambda x, y: canvas.dashes(x - 4, x + 32, y + 14, Palette.TICK), said))
    legend(canvas, y, items)


def _weeks_in_words(
    weeks: Sequence[WeekBar], amounts: Sequence[float | None], goal: float | None, title: str, words: Words
) -> str:
    sentences = [f"{title}: {_subtitle(weeks, words)}."]
    if goal:
        sentences.append(words.say("The weekly goal is {amount}.", amount=_figure(goal, words)))
    unmeasured = sum(week.unmeasured for week in weeks)
    if unmeasured:
        sentences.append(
            words.count(
                "{n} check-in has no such number and is left out.",
                "{n} check-ins have no such number and are left out.",
                unmeasured,
            )
        )
    for week, amount in zip(weeks, amounts, strict=True):
        day = format_date(week.week, "d MMM", locale=words.locale)
        days = words.count("{n} day", "{n} days", week.days)
        told = f"{day}: {days}" if amount is None else f"{day}: {_figure(amount, words)}, {days}"
        states = [words.say("kept")] if week.kept else [words.say("paused")] if week.paused else []
        if week.current:
            states.append(words.say("this week"))
        sentences.append(f"{', '.join([told, *states])}.")
    return in_words(sentences)
