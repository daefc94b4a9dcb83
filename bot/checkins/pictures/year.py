"""A member's year as a picture: which days were kept, and the same said in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_date, get_day_names, get_month_names

from bot.days import week_start
from bot.ui.pictures import Picture, in_words
from bot.ui.pictures.canvas import MARGIN, WIDTH, Canvas, Mark, Palette, legend
from bot.words import Words

WEEKS_OF_YEAR = 53
_COLUMNS = 27
_PITCH, _CELL = 30, 26
_CELLS_LEFT = MARGIN + 88
_BAND_TOPS = (196, 512)


@dataclass(frozen=True, slots=True)
class DayCell:
    """One running day of the year: how many check-ins, and whether it was paused or a resting day."""

    check_ins: int = 0
    paused: bool = False
    resting: bool = False


_NOTHING = DayCell()


def year_heatmap(
    days: Mapping[date, DayCell],
    *,
    kept_weeks: Collection[date],
    today: date,
    week_starts_on: int,
    words: Words,
) -> Picture:
    """The 53 weeks up to the one of `today`, in two rows; a day that is not in `days` had nothing.

    A day is kept or not, and twice kept is brighter: distances are no measure here. `kept_weeks` holds the first days
    of the weeks kept. `week_starts_on` is 0 for Monday to 6 for Sunday. Paused days without a check-in are hatched,
    resting days ringed, today is framed.
    """
    first = week_start(today, week_starts_on) - timedelta(weeks=WEEKS_OF_YEAR - 1)
    shown = {day: cell for day, cell in days.items() if first <= day <= today}
    canvas = Canvas(height=1100)
    kept = sum(1 for cell in shown.values() if cell.check_ins)
    wide = WIDTH - 2 * MARGIN
    canvas.text(
        MARGIN,
        84,
        _title(kept, words),
        size=44,
        bold=True,
        fit=wide,
    )
    canvas.text(MARGIN, 126, _span(first, today, words), size=28, colour=Palette.TEXT_SOFT, fit=wide)
    for band, top in enumerate(_BAND_TOPS):
        start = first + timedelta(weeks=band * _COLUMNS)
        columns = min(_COLUMNS, WEEKS_OF_YEAR - band * _COLUMNS)
        _weekday_names(canvas, top, start, words)
        _month_names(canvas, top - 14, start, columns, words)
        for column in range(columns):
            week = start + timedelta(weeks=column)
            x = _CELLS_LEFT + column * _PITCH
            for row in range(7):
                day = week + timedelta(days=row)
                if day <= today:
                    _day(canvas, x, top + row * _PITCH, shown.get(day, _NOTHING), day == today)
            if week in kept_weeks:
                canvas.tick(x + _CELL / 2, top + 7 * _PITCH + 14, 20, Palette.TICK)
    _year_legend(canvas, words)
    alt = _year_in_words(shown, kept, kept_weeks, first, today, words)
    return Picture(canvas.png(), alt, "year.png")


def _title(kept: int, words: Words) -> str:
    if not kept:
        return words.say("Your year so far")
    return words.count("{n} day you showed up", "{n} days you showed up", kept)


def _span(first: date, last: date, words: Words) -> str:
    return words.say("{first} to {last}", first=_long_day(first, words), last=_long_day(last, words))


def _long_day(day: date, words: Words) -> str:
    return format_date(day, "long", locale=words.locale)


def _weekday_names(canvas: Canvas, top: int, start: date, words: Words) -> None:
    names = get_day_names("abbreviated", "stand-alone", words.locale)
    for row in (0, 2, 4, 6):
        name = names[(start + timedelta(days=row)).weekday()]
        canvas.text(
            _CELLS_LEFT - 14,
            top + row * _PITCH + 22,
            name,
            size=26,
            colour=Palette.TEXT_SOFT,
            anchor="right",
            fit=_CELLS_LEFT - 34,
        )


def _month_names(canvas: Canvas, y: int, start: date, columns: int, words: Words) -> None:
    """Each month's name above the week that holds its first day; the row's first month where there is room."""
    names = get_month_names("abbreviated", "stand-alone", words.locale)
    starts = {}
    for day in (start + timedelta(days=n) for n in range(7 * columns)):
        if day.day == 1:
            starts[(day - start).days // 7] = day.month
    if min(starts) >= 3:
        starts[0] = start.month
    for column, month in starts.items():
        if column <= columns - 2:
            canvas.text(_CELLS_LEFT + column * _PITCH, y, names[month], size=28, fit=3.6 * _PITCH)


def _day(canvas: Canvas, x: float, y: float, cell: DayCell, is_today: bool) -> None:
    middle = _CELL / 2
    if cell.check_ins >= 2:
        canvas.box(x, y, _CELL, _CELL, fill=Palette.MARK_MORE)
        canvas.dot(x + middle, y + middle, 5, Palette.PANEL)
    elif cell.check_ins:
        canvas.box(x, y, _CELL, _CELL, fill=Palette.MARK)
    else:
        canvas.box(x, y, _CELL, _CELL, fill=Palette.EMPTY)
        if cell.paused:
            canvas.hatch(x + 2, y + 2, _CELL - 4, _CELL - 4, Palette.TEXT_SOFT, gap=8)
        elif cell.resting:
            canvas.dot(x + middle, y + middle, 7, Palette.TEXT_SOFT, hollow=True)
    if is_today:
        canvas.box(x - 3, y - 3, _CELL + 6, _CELL + 6, outline=Palette.TEXT, line=4, radius=8)


def _year_legend(canvas: Canvas, words: Words) -> None:
    def cell(each: DayCell, today: bool = False) -> Mark:
        return lambda x, y: _day(canvas, x, y, each, today)

    legend(
        canvas,
        816,
        [
            (cell(DayCell(check_ins=1)), words.say("checked in")),
            (cell(DayCell(check_ins=2)), words.say("twice or more")),
            (lambda x, y: canvas.tick(x + 13, y + 13, 22, Palette.TICK), words.say("week kept")),
            (cell(DayCell(resting=True)), words.say("resting")),
            (cell(DayCell(paused=True)), words.say("paused")),
            (cell(_NOTHING, today=True), words.say("today")),
        ],
    )


def _year_in_words(
    shown: Mapping[date, DayCell],
    kept: int,
    kept_weeks: Collection[date],
    first: date,
    today: date,
    words: Words,
) -> str:
    cells = shown.values()
    months: dict[tuple[int, int], int] = {}
    for day, cell in sorted(shown.items()):
        if cell.check_ins:
            months[day.year, day.month] = months.get((day.year, day.month), 0) + 1
    sentences = [
        words.count(
            "Calendar of the {weeks} weeks from {first} to {last}: {n} day with a check-in.",
            "Calendar of the {weeks} weeks from {first} to {last}: {n} days with a check-in.",
            kept,
            weeks=WEEKS_OF_YEAR,
            first=_long_day(first, words),
            last=_long_day(today, words),
        ),
        words.count(
            "On {n} of them two or more.",
            "On {n} of them two or more.",
            sum(1 for cell in cells if cell.check_ins >= 2),
        ),
        words.count(
            "{n} week kept.", "{n} weeks kept.", sum(1 for week in kept_weeks if first <= week <= today)
        ),
        words.count(
            "{n} paused day.", "{n} paused days.", sum(1 for c in cells if c.paused and not c.check_ins)
        ),
        words.count(
            "{n} resting day.",
            "{n} resting days.",
            sum(1 for c in cells if c.resting and not c.paused and not c.check_ins),
        ),
    ]
    if months:
        each = (
            f"{format_date(date(year, month, 1), 'MMM yyyy', locale=words.locale)} {count}"
            for (year, month), count in months.items()
        )
        sentences.append(words.say("By month: {months}.", months=", ".join(each)))
    return in_words(sentences)
