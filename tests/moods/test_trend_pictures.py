"""The picture of moods: every shape of log can be drawn, marks tell the moments apart, its words say the same."""

from __future__ import annotations

import gettext
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from bot.consents.rules import ConsentState
from bot.moods.model import Moment, Mood
from bot.moods.pictures import trend_picture
from bot.moods.scales import Values
from bot.moods.statistics import Pair, lift_shown
from bot.moods.statistics import trend as weighted
from bot.moods.trend_model import DAYS_BACK, Joined, Trend, TrendRange
from bot.ui.pictures import Picture
from bot.ui.pictures.canvas import WIDTH, Canvas, Colour, Palette
from bot.words import Words

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
TODAY = NOW.date()
ENGLISH = Words("en", gettext.NullTranslations())


def entry(moment: Moment, days: float, mood: int, number: int) -> Mood:
    at = NOW - timedelta(days=days)
    return Mood(
        mood_id=number,
        moment=moment,
        recalled=False,
        run_id=number if moment == "after" else None,
        entered_at=at,
        day=at.date(),
        scale_version=1,
        values=Values(mood=mood),
    )


def log(
    runs: int,
    daily: tuple[int, ...] = (),
    *,
    every: int = 2,
    chosen: TrendRange = "month",
    mood: int | None = None,
) -> Trend:
    """So many rated runs, one every `every` days, and daily entries so many days ago; all of `mood` if given."""
    joined, pairs = [], []
    for number in range(runs):
        days = (runs - 1 - number) * every + 0.2
        low, high = (number % 4 - 2, number % 3 + 1) if mood is None else (mood, mood)
        pair = Joined(
            entry("before", days, low, 2 * number), entry("after", days - 0.05, high, 2 * number + 1)
        )
        joined.append(pair)
        pairs.append(Pair(number, pair.before.day, low, high))
    moods = [each for pair in joined for each in (pair.before, pair.after)]
    moods += [entry("day", days, days % 7 - 3 if mood is None else mood, 10_000 + days) for days in daily]
    moods.sort(key=lambda each: each.entered_at)
    first = moods[0].day if chosen == "all" else TODAY - timedelta(days=DAYS_BACK[chosen] - 1)
    return Trend(
        state=ConsentState(on=True, age=16, keep=True, group_figure=False),
        chosen=chosen,
        first=first,
        last=TODAY,
        start=_midnight(first),
        end=_midnight(TODAY + timedelta(days=1)),
        entries=tuple(each for each in moods if first <= each.day <= TODAY),
        kept=len(moods),
        older=0,
        pairs=tuple(joined),
        lift=lift_shown(pairs, []),
        runs=runs,
        run_rest=None,
        segments=weighted([(each.entered_at, each.values.mood) for each in moods]),
        items=(),
        nearly_not=0,
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def pixels(picture: Picture, colour: Colour) -> int:
    image = Image.open(BytesIO(picture.png))
    assert image.width == WIDTH
    return sum(
        count
        for count, seen in image.getcolors(maxcolors=WIDTH * image.height) or []
        if seen == (*colour, 255)
    )


YEAR = tuple(range(365))
WITH_A_GAP = (*range(20), *range(60, 80))
LOGS = {
    "6 runs": log(6),
    "9 runs": log(9),
    "14 runs": log(14),
    "40 runs": log(40, chosen="year", every=5),
    "nothing in these days": log(0),
    "a gap": log(3, WITH_A_GAP, chosen="all"),
    "a full year": log(150, YEAR, chosen="year"),
    "all awful": log(14, YEAR[:30], mood=-5),
    "all wonderful": log(14, YEAR[:30], mood=5),
    "one entry": log(0, (0,), chosen="all"),
    "a week": log(4, YEAR[:7], chosen="week"),
}


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, float]]:
    """Where marks and words were put that reach over the picture's edge."""
    found: list[tuple[float, float]] = []
    text = Canvas.text

    def watched(draw: Callable[..., None]) -> Callable[..., None]:
        def mark(canvas: Canvas, x: float, y: float, radius: float, *rest: Any, **how: Any) -> None:
            if not (radius <= x <= WIDTH - radius and radius <= y <= canvas.height - radius):
                found.append((x, y))
            draw(canvas, x, y, radius, *rest, **how)

        return mark

    def watched_text(canvas: Canvas, x: float, y: float, words: str, **how: Any) -> None:
        wide = canvas.text_width(words, size=how.get("size", 28), bold=how.get("bold", False))
        wide = min(wide, how.get("fit") or wide)
        left = {"left": x, "middle": x - wide / 2, "right": x - wide}[how.get("anchor", "left")]
        if left < 0 or left + wide > WIDTH or not 0 < y < canvas.height:
            found.append((left, y))
        text(canvas, x, y, words, **how)

    monkeypatch.setattr(Canvas, "dot", watched(Canvas.dot))
    monkeypatch.setattr(Canvas, "diamond", watched(Canvas.diamond))
    monkeypatch.setattr(Canvas, "text", watched_text)
    return found


@pytest.mark.parametrize("name", LOGS)
def test_every_shape_of_log_is_drawn_inside_its_frame(name: str, outside: list[tuple[float, float]]) -> None:
    picture = trend_picture(LOGS[name], ENGLISH)
    assert outside == []
    assert 0 < len(picture.alt) <= 1_024
    assert f"{len(LOGS[name].entries)} entr" in picture.alt


def test_the_interval_stands_from_eight_runs_on() -> None:
    for runs, stands in ((7, False), (8, True)):
        picture = trend_picture(log(runs), ENGLISH)
        assert ("95% interval" in picture.alt) == stands
        assert (f"After minus before, {runs} runs" in picture.alt) == stands


def test_each_moment_has_a_mark_of_its_own() -> None:
    nothing = trend_picture(log(0), ENGLISH)
    runs = trend_picture(log(3), ENGLISH)
    one, daily = (trend_picture(log(0, days), ENGLISH) for days in ((1,), (1, 3, 5)))
    assert pixels(nothing, Palette.MARK) == pixels(nothing, Palette.MARK_MORE) == 0
    assert pixels(runs, Palette.MARK) > 3 * 150, "discs after"
    assert pixels(runs, Palette.MARK_MORE) > 3 * 60, "rings before"
    assert pixels(daily, Palette.MARK) == pixels(daily, Palette.MARK_MORE) == 0
    assert pixels(daily, Palette.TEXT) > pixels(one, Palette.TEXT) + 2 * 100, "diamonds"


def test_the_trend_is_broken_where_nothing_was_entered_for_three_weeks() -> None:
    pieces = log(0, WITH_A_GAP, chosen="all").line()
    assert len(pieces) == 2
    assert pieces[1][0][0] - pieces[0][-1][0] > timedelta(days=21)
    told = trend_picture(log(0, WITH_A_GAP, chosen="all"), ENGLISH).alt
    assert told.count(" to ") == 2
    assert "; " in told


def test_a_trend_that_began_before_the_range_comes_in_at_its_edge() -> None:
    trend = log(0, tuple(range(0, 90, 4)))
    (piece,) = trend.line()
    assert piece[0][0] == trend.start
    (segment,) = trend.segments
    before = max((point for point in segment if point.at < trend.start), key=lambda point: point.at)
    after = min((point for point in segment if point.at >= trend.start), key=lambda point: point.at)
    assert min(before.value, after.value) <= piece[0][1] <= max(before.value, after.value)


def test_of_entries_close_together_the_line_takes_the_last() -> None:
    trend = log(14)
    (piece,) = trend.line()
    assert len(piece) == 14, "one for each run, not one before and one after"
    assert piece[-1] == (trend.segments[-1][-1].at, trend.segments[-1][-1].value)


def test_the_description_tells_values_by_day_from_the_newest_on() -> None:
    told = trend_picture(log(2, (9,)), ENGLISH).alt
    assert told.endswith("Nov 18: before −1, after +2. Nov 16: before −2, after +1. Nov 9: −1.")
