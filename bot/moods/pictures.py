"""One's own moods as a picture, and the same said in words. It names nobody."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from babel.dates import format_date, format_skeleton

from bot.moods.statistics import EARLY_FROM
from bot.moods.trend_model import Trend, day_span
from bot.moods.trend_wording import days_line, signed, span
from bot.moods.wording import anchor, number
from bot.ui.pictures import Picture, in_words
from bot.ui.pictures.canvas import MARGIN, WIDTH, Canvas, Mark, Palette, legend

if TYPE_CHECKING:
    from bot.moods.model import Moment, Mood
    from bot.moods.statistics import Lift
    from bot.words import Words

_WIDE: Final = WIDTH - 2 * MARGIN
_LEFT, _RIGHT = MARGIN + 190, WIDTH - MARGIN
_EDGE: Final = 16  # that no mark stands on the frame
_TOP, _FLOOR = 190, 710
_MOST = 5  # of the mood's scale, both ways
_ANCHORED = (5, 3, 1, 0, -1, -3, -5)
_CROWDED = 90  # entries from which on marks are small
_BAR_LEFT, _BAR_RIGHT = MARGIN + 90, WIDTH - MARGIN - 90


def trend_picture(trend: Trend, words: Words) -> Picture:
    """The range's entries by day, the trend's line, and from eight pairs on the interval of the lift.

    A ring is a mood before a run, a disc one after it, a diamond one of a day by itself: shapes, so that it can be read
    without colour. A run's two ratings are joined. Takes a while: call it off the loop.
    """
    canvas = Canvas(height=1_300)
    canvas.text(MARGIN, 84, words.say("How you felt"), size=44, bold=True, fit=_WIDE)
    canvas.text(MARGIN, 126, days_line(words, trend), size=28, colour=Palette.TEXT_SOFT, fit=_WIDE)
    _axes(canvas, trend, words)
    # among few marks the line passes behind them, among many it stands out before them
    crowded = len(trend.entries) > _CROWDED
    for draw in (_marks, _line) if crowded else (_line, _marks):
        draw(canvas, trend)
    if not trend.entries:
        text = words.say("No entry in these days")
        canvas.box(_LEFT + 140, _y(2) - 24, _RIGHT - _LEFT - 280, 62, fill=Palette.PANEL)
        canvas.text(
            (_LEFT + _RIGHT) / 2,
            _y(2) + 16,
            text,
            size=32,
            anchor="middle",
            fit=_RIGHT - _LEFT - 300,
        )
    y = float(_FLOOR + 104)
    lift = trend.lift.lift
    if lift is not None and lift.n >= EARLY_FROM and lift.interval95 is not None:
        y = _lift(canvas, y, lift, words)
    _legend(canvas, y, trend, words)
    return Picture(canvas.png(), _in_words(trend, words), "mood.png")


def _x(trend: Trend, at: datetime) -> float:
    share = (at - trend.start) / (trend.end - trend.start)
    return _LEFT + _EDGE + min(max(share, 0.0), 1.0) * (_RIGHT - _LEFT - 2 * _EDGE)


def _y(mood: float) -> float:
    return _TOP + (_MOST - mood) / (2 * _MOST) * (_FLOOR - _TOP)


def _axes(canvas: Canvas, trend: Trend, words: Words) -> None:
    """The scale with its words, a line for neutral, and the days."""
    for mood in _ANCHORED:
        y = _y(mood)
        neutral = mood == 0
        canvas.line(
            [(_LEFT, y), (_RIGHT, y)], Palette.LINE if neutral else Palette.EMPTY, 4 if neutral else 2
        )
        canvas.text(MARGIN + 38, y + 9, number("mood", mood), size=26, anchor="right")
        canvas.text(
            MARGIN + 50,
            y + 9,
            anchor(words, "mood", mood),
            size=26,
            colour=Palette.TEXT if neutral else Palette.TEXT_SOFT,
            fit=_LEFT - MARGIN - 62,
        )
    ticks = list(_ticks(trend, words))
    wide = _RIGHT - _LEFT - 2 * _EDGE
    for share, name in ticks:
        x = _LEFT + _EDGE + share * wide
        canvas.line([(x, _FLOOR + 12), (x, _FLOOR + 22)], Palette.LINE, 3)
        half, fit = canvas.text_width(name, size=26) / 2, wide / len(ticks) - 4
        x = min(x, WIDTH - 20 - min(half, fit / 2))
        canvas.text(x, _FLOOR + 54, name, size=26, colour=Palette.TEXT_SOFT, anchor="middle", fit=fit)


def _ticks(trend: Trend, words: Words) -> Iterator[tuple[float, str]]:
    """(share of the width, name): each day of a week, each seventh up to eight weeks, else the first of each month."""
    days = day_span(trend)
    for back in reversed(range(days)):
        day, middle = trend.last - timedelta(days=back), (days - back - 0.5) / days
        if days <= 8:
            yield middle, format_date(day, "EEE d", locale=words.locale)
        elif days <= 56:
            if back % 7 == 0:
                yield middle, format_skeleton("MMMd", day, locale=words.locale)
        elif day.day == 1:
            yield (days - back - 1) / days, format_date(day, "LLL", locale=words.locale)


def _line(canvas: Canvas, trend: Trend) -> None:
    for piece in trend.line():
        points = [(_x(trend, at), _y(value)) for at, value in piece]
        canvas.line(points, Palette.PANEL, 12)
        canvas.line(points, Palette.TICK, 6)


def _marks(canvas: Canvas, trend: Trend) -> None:
    small = len(trend.entries) > _CROWDED
    for pair in trend.shown_pairs:
        ends = [(_x(trend, each.entered_at), _y(each.values.mood)) for each in (pair.before, pair.after)]
        canvas.line(ends, Palette.TEXT_SOFT, 2 if small else 3)
    size = 0.6 if small else 1.0
    for mood in sorted(
        trend.entries, key=lambda mood: mood.moment == "before"
    ):  # rings around what they meet
        draw = _mark(canvas, mood.moment, size)
        draw(_x(trend, mood.entered_at) - 13, _y(mood.values.mood) - 13)


def _mark(canvas: Canvas, moment: Moment, size: float = 1.0) -> Mark:
    """Draws an entry's mark in the middle of 26 by 26."""

    def before(x: float, y: float) -> None:
        canvas.dot(x + 13, y + 13, 13 * size, Palette.MARK_MORE, hollow=True, line=4 if size == 1 else 2.5)

    def after(x: float, y: float) -> None:
        canvas.dot(x + 13, y + 13, 9.5 * size, Palette.MARK)

    def day(x: float, y: float) -> None:
        canvas.diamond(x + 13, y + 13, 11 * size, Palette.TEXT if size == 1 else Palette.TEXT_SOFT)

    return {"before": before, "after": after, "day": day}[moment]


def _lift(canvas: Canvas, y: float, lift: Lift, words: Words) -> float:
    """The mean difference with its interval, beside 0; the height at which it ends."""
    assert lift.interval95 is not None
    canvas.text(MARGIN, y + 34, _lift_title(lift, words), size=32, bold=True, fit=_WIDE)
    said = words.say(
        "mean {mean}, 95% interval {span}", mean=signed(lift.mean, words), span=span(lift.interval95, words)
    )
    canvas.text(MARGIN, y + 76, said, size=28, colour=Palette.TEXT_SOFT, fit=_WIDE)
    low, high = lift.interval95
    reach = min(10, max(2, math.ceil(max(-low, high))))
    axis = y + 132

    def at(value: float) -> float:
        share = (min(max(value, -reach), reach) + reach) / (2 * reach)
        return _BAR_LEFT + share * (_BAR_RIGHT - _BAR_LEFT)

    canvas.line([(_BAR_LEFT, axis), (_BAR_RIGHT, axis)], Palette.LINE, 3)
    canvas.box(at(low), axis - 13, max(at(high) - at(low), 6), 26, fill=Palette.MARK, radius=8)
    canvas.line([(at(0), axis - 30), (at(0), axis + 30)], Palette.TEXT, 4)
    canvas.diamond(at(lift.mean), axis, 19, Palette.PANEL)
    canvas.diamond(at(lift.mean), axis, 15, Palette.TICK)
    canvas.text(at(0), axis + 62, "0", size=28, bold=True, anchor="middle")
    half = (_BAR_RIGHT - _BAR_LEFT) / 2 - 30
    lower = f"{number('mood', -reach)} " + words.say("lower after")
    higher = words.say("higher after") + f" {number('mood', reach)}"
    canvas.text(MARGIN, axis + 62, lower, size=26, colour=Palette.TEXT_SOFT, fit=half)
    canvas.text(
        WIDTH - MARGIN, axis + 62, higher, size=26, colour=Palette.TEXT_SOFT, anchor="right", fit=half
    )
    return axis + 104


def _lift_title(lift: Lift, words: Words) -> str:
    return words.count("After minus before, {n} run", "After minus before, {n} runs", lift.n)


def _legend(canvas: Canvas, y: float, trend: Trend, words: Words) -> None:
    names: dict[Moment, str] = {
        "before": words.say("before a run"),
        "after": words.say("after a run"),
        "day": words.say("by itself"),
    }
    there = {mood.moment for mood in trend.entries}
    items: list[tuple[Mark, str]] = [
        (_mark(canvas, moment), name) for moment, name in names.items() if moment in there
    ]
    if trend.line():
        items.append(
            (
                lambda x, y: canvas.line([(x - 2, y + 13), (x + 30, y + 13)], Palette.TICK, 6),
                words.say("trend, over about 14 days"),
            )
        )
    if items:
        legend(canvas, y, items)
    else:
        canvas.height = round(y)


def _in_words(trend: Trend, words: Words) -> str:
    """The picture's description: what it shows as a whole, then the entries by day, as many of the newest as fit."""
    told = [words.say("How you felt, {days}.", days=days_line(words, trend))]
    pieces = trend.line()
    if pieces:
        ends = [
            words.say("{low} to {high}", low=signed(piece[0][1], words), high=signed(piece[-1][1], words))
            for piece in pieces
        ]
        told.append(words.say("The trend goes from {pieces}.", pieces="; ".join(ends)))
    lift = trend.lift.lift
    if lift is not None and lift.n >= EARLY_FROM and lift.interval95 is not None:
        title = _lift_title(lift, words)
        told.append(
            words.say(
                "{title}: mean {mean}, 95% interval {span}.",
                title=title,
                mean=signed(lift.mean, words),
                span=span(lift.interval95, words),
            )
        )
    days: dict[date, list[Mood]] = defaultdict(list)
    for mood in trend.entries:
        days[mood.day].append(mood)
    for day in sorted(days, reverse=True):
        moods = ", ".join(_value_in_words(mood, words) for mood in days[day])
        told.append(f"{format_skeleton('MMMd', day, locale=words.locale)}: {moods}.")
    return in_words(told)


def _value_in_words(mood: Mood, words: Words) -> str:
    value = number("mood", mood.values.mood)
    if mood.moment == "before":
        return words.say("before {mood}", mood=value)
    return words.say("after {mood}", mood=value) if mood.moment == "after" else value
