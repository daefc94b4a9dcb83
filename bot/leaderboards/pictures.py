"""A board as a picture that one wants to share, and the same said in words.

It names who stands on the podium and who kept their plan, and says what the group did together: never who did not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_interval
from babel.numbers import format_decimal, format_percent

from bot.checkins.units import Units, format_distance, rounded, unit_millimetres
from bot.leaderboards.rules import Board, Metric, Range, Step, Totals
from bot.ui.pictures import Picture
from bot.ui.pictures.canvas import MARGIN, WIDTH, Canvas, Colour, Palette
from bot.ui.pictures.studio import LONGEST_ALT
from bot.ui.text import clean
from bot.words import Words

_WIDE = WIDTH - 2 * MARGIN
_LONGEST_NAME = 32  # characters, as many as Discord allows
_STEP_TALL = {1: 230, 2: 160, 3: 110}
_STEP_FILL: dict[int, Colour] = {1: Palette.MARK, 2: (39, 138, 127), 3: (36, 120, 113)}
_SUN: tuple[tuple[float, Colour], ...] = ((1.0, (28, 39, 52)), (0.76, (34, 47, 61)), (0.52, (42, 57, 72)))
_MOST_ABREAST = 3
_LINE = 46
_CHIP, _CHIP_PITCH, _WIDEST_NAME = 50, 62, 256  # so that three names have room in a line


@dataclass(frozen=True, slots=True)
class Shown:
    """What a board is of: the group's name, the figure and range chosen, and the days from `first` to `last`."""

    group: str
    metric: Metric
    chosen: Range
    first: date
    last: date
    units: Units


def board_picture(board: Board, shown: Shown, names: Mapping[int, str | None], words: Words) -> Picture:
    """The podium, who kept their plan, and the group's totals; the totals alone where the board names nobody."""
    named = bool(board.podium or board.kept)
    canvas = Canvas(height=1_150 + (len(board.kept) // 3 + 2) * _CHIP_PITCH)
    y = _heading(canvas, shown, words, explained=named)
    if board.podium:
        y = _podium(canvas, y, board.podium, shown, names, words)
    if board.kept:
        y = _kept(canvas, y, board, names, words)
    figures = _figures(board.totals, shown.units, words)
    y = _totals(canvas, y, figures, words) if named else _totals_alone(canvas, y, figures, words)
    canvas.height = round(y) + MARGIN
    return Picture(canvas.png(), _in_words(board, shown, names, words), "board.png")


def _heading(canvas: Canvas, shown: Shown, words: Words, *, explained: bool) -> float:
    group = canvas.shortened(clean(shown.group, 100), 30, _WIDE)
    canvas.text(MARGIN, 78, group, size=30, colour=Palette.MARK_MORE)
    canvas.text(MARGIN, 142, _title(shown.metric, words), size=56, bold=True, fit=_WIDE)
    said = [_days(shown, words)]
    if explained and shown.metric == "showing_up":
        said.append(_explained(shown.chosen, words))
    elif shown.chosen != "last_week":
        said.append(words.say("so far"))
    canvas.text(MARGIN, 190, " · ".join(said), size=28, colour=Palette.TEXT_SOFT, fit=_WIDE)
    return 214


def _podium(
    canvas: Canvas,
    top: float,
    steps: Sequence[Step],
    shown: Shown,
    names: Mapping[int, str | None],
    words: Words,
) -> float:
    """Three people at most stand abreast, equals equally high; with more, those who share a step stand one above
    another on it. The first place is in the middle where that can be."""
    blocks = [(step, [_name(person, names, words)]) for step in steps for person in step.people]
    if len(blocks) > _MOST_ABREAST:
        blocks = [(step, [_name(person, names, words) for person in step.people]) for step in steps]
    if len(blocks) == _MOST_ABREAST and blocks[0][0].place != blocks[1][0].place:
        blocks = [blocks[1], blocks[0], blocks[2]]
    above = [_STEP_TALL[step.place] + 64 + _LINE * len(people) for step, people in blocks]
    floor = top + max(above) + 44
    for share, colour in _SUN:
        canvas.dot(WIDTH / 2, floor, share * (max(above) + 24), colour)
    canvas.box(0, floor, WIDTH, max(above) + 30, fill=Palette.PANEL, radius=0)
    gap, wide = 16, 280
    x = (WIDTH - len(blocks) * (wide + gap) + gap) / 2
    for step, people in blocks:
        tall = _STEP_TALL[step.place]
        middle, y = x + wide / 2, floor - tall
        canvas.box(x, y, wide, tall, fill=_STEP_FILL[step.place], radius=14)
        canvas.box(x, floor - 20, wide, 20, fill=_STEP_FILL[step.place], radius=0)
        numeral = format_decimal(step.place, locale=words.locale)
        canvas.text(middle, y + min(tall / 2, 90) + 26, numeral, size=72, bold=True, anchor="middle")
        amount = _amount(step.amount, shown, words)
        canvas.text(middle, y - 20, amount, size=32, colour=Palette.MARK_MORE, anchor="middle", fit=wide)
        for line, person in enumerate(reversed(people)):
            size = 34 if canvas.text_width(person, size=34, bold=True) <= wide else 28
            person = canvas.shortened(person, size, wide, bold=True)
            canvas.text(middle, y - 66 - line * _LINE, person, size=size, bold=True, anchor="middle")
        x += wide + gap
    canvas.line([(MARGIN, floor), (WIDTH - MARGIN, floor)], Palette.LINE, 3)
    return floor + 12


def _kept(canvas: Canvas, y: float, board: Board, names: Mapping[int, str | None], words: Words) -> float:
    """Each name on a plate of its own, in lines."""
    count = len(board.kept) + board.kept_more
    canvas.tick(MARGIN + 16, y + 48, 30, Palette.TICK, width=5)
    canvas.text(MARGIN + 46, y + 60, _kept_title(count, words), size=34, bold=True, fit=_WIDE - 46)
    x, y = float(MARGIN), y + 88
    for person in board.kept:
        name = canvas.shortened(_name(person, names, words), 28, _WIDEST_NAME)
        wide = canvas.text_width(name) + 40
        if x + wide > WIDTH - MARGIN:
            x, y = float(MARGIN), y + _CHIP_PITCH
        canvas.box(x, y, wide, _CHIP, fill=Palette.EMPTY, radius=_CHIP / 2)
        canvas.text(x + 20, y + 35, name)
        x += wide + 12
    if board.kept_more:
        more = _more(board.kept_more, words)
        if x + canvas.text_width(more) > WIDTH - MARGIN:
            x, y = float(MARGIN), y + _CHIP_PITCH
        canvas.text(x + 8, y + 35, more, colour=Palette.TEXT_SOFT)
    return y + _CHIP_PITCH


def _totals(canvas: Canvas, y: float, figures: Sequence[tuple[str, str]], words: Words) -> float:
    """The group's figures side by side beneath everything else."""
    canvas.text(MARGIN, y + 56, words.say("Together"), size=34, bold=True, fit=_WIDE)
    pitch = _WIDE / len(figures)
    for at, (number, unit) in enumerate(figures):
        x = MARGIN + at * pitch
        canvas.text(x, y + 122, number, size=46, bold=True, colour=Palette.MARK_MORE, fit=pitch - 20)
        canvas.text(x, y + 160, unit, size=28, colour=Palette.TEXT_SOFT, fit=pitch - 20)
    return y + 164


def _totals_alone(canvas: Canvas, y: float, figures: Sequence[tuple[str, str]], words: Words) -> float:
    """The group's figures large, before the sun."""
    floor = y + 420
    for share, colour in _SUN:
        canvas.dot(WIDTH / 2, floor, share * 400, colour)
    canvas.box(0, floor, WIDTH, 420, fill=Palette.PANEL, radius=0)
    canvas.line([(MARGIN, floor), (WIDTH - MARGIN, floor)], Palette.LINE, 3)
    (number, unit), others = figures[0], figures[1:]
    canvas.text(
        WIDTH / 2, floor - 164, words.say("Together"), size=32, colour=Palette.TEXT_SOFT, anchor="middle"
    )
    canvas.text(WIDTH / 2, floor - 72, number, size=96, bold=True, anchor="middle", fit=380)
    canvas.text(WIDTH / 2, floor - 22, unit, size=32, colour=Palette.MARK_MORE, anchor="middle", fit=380)
    pitch = _WIDE / max(len(others), 1)
    for at, (number, unit) in enumerate(others):
        x = MARGIN + (at + 0.5) * pitch
        canvas.text(x, floor + 84, number, size=52, bold=True, anchor="middle", fit=pitch - 20)
        canvas.text(x, floor + 124, unit, size=28, colour=Palette.TEXT_SOFT, anchor="middle", fit=pitch - 20)
    return floor + 124


def _title(metric: Metric, words: Words) -> str:
    if metric == "minutes":
        return words.say("Minutes on our feet")
    return words.say("Who showed up") if metric == "showing_up" else words.say("How far we went")


def _days(shown: Shown, words: Words) -> str:
    return format_interval(shown.first, shown.last, "yMMMd", locale=words.locale)


def _explained(chosen: Range, words: Words) -> str:
    if chosen == "this_week":
        return words.say("planned days kept so far")
    if chosen == "month":
        return words.say("planned days kept, in closed weeks")
    return words.say("planned days kept, over four weeks")


def _kept_title(count: int, words: Words) -> str:
    return words.count("{n} kept their plan", "{n} kept their plan", count)


def _more(count: int, words: Words) -> str:
    return words.count("and {n} more", "and {n} more", count)


def _amount(amount: int, shown: Shown, words: Words) -> str:
    if shown.metric == "distance":
        return format_distance(amount, shown.units, words.language)
    if shown.metric == "minutes":
        return words.count("{n} minute", "{n} minutes", rounded(amount, 60))
    return format_percent(amount / 100, locale=words.locale)


def _figures(totals: Totals, units: Units, words: Words) -> list[tuple[str, str]]:
    """(number, what it counts) of the group's totals; what nobody entered is left out."""

    def whole(number: int) -> str:
        return format_decimal(number, locale=words.locale)

    found = [
        (whole(totals.check_ins), words.count("check-in", "check-ins", totals.check_ins)),
        (whole(totals.days), words.count("day kept", "days kept", totals.days)),
    ]
    if totals.metres:
        tenths = rounded(totals.metres * 10_000, unit_millimetres(units))
        found.append((format_decimal(tenths / 10, format="#,##0.#", locale=words.locale), units))
    if totals.seconds:
        minutes = rounded(totals.seconds, 60)
        found.append((whole(minutes), words.count("minute", "minutes", minutes)))
    return [*found, (whole(totals.people), words.count("person", "people", totals.people))]


def _name(person: int | None, names: Mapping[int, str | None], words: Words) -> str:
    known = names.get(person) if person is not None else None
    return (clean(known, _LONGEST_NAME) if known else "") or words.say("a member")


def _in_words(board: Board, shown: Shown, names: Mapping[int, str | None], words: Words) -> str:
    """The picture's description: all of it but for the last names, where they would be too many."""
    title = _title(shown.metric, words)
    told = [f"{clean(shown.group, 100)}: {title}, {_days(shown, words)}."]
    for step in board.podium:
        people = ", ".join(_name(person, names, words) for person in step.people)
        amount = _amount(step.amount, shown, words)
        told.append(
            words.say("Place {place}: {people}, {amount}.", place=step.place, people=people, amount=amount)
        )
    totals = ", ".join(f"{number} {unit}" for number, unit in _figures(board.totals, shown.units, words))
    told.append(words.say("Together: {totals}.", totals=totals))
    kept = [_name(person, names, words) for person in board.kept]
    for named in range(len(kept), 0, -1):
        more = len(kept) - named + board.kept_more
        listed = ", ".join([*kept[:named], *([_more(more, words)] if more else [])])
        whole = " ".join([*told, f"{_kept_title(len(kept) + board.kept_more, words)}: {listed}."])
        if len(whole) <= LONGEST_ALT:
            return whole
    return " ".join(told)
