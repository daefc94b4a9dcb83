"""A route as a map that nobody surveyed: a winding line with its places, and how far along it a group is."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from zlib import crc32

from bot.challenges.amounts import amount_words, done_words, target_words
from bot.challenges.model import ChallengeView
from bot.challenges.routes import Place, Route, reached
from bot.challenges.rules import LONGEST_TITLE
from bot.ui.pictures import Picture, in_words
from bot.ui.pictures.canvas import MARGIN, WIDTH, Anchor, Canvas, Colour, Palette
from bot.ui.pictures.ways import Point, Way
from bot.ui.text import clean
from bot.words import Words

_WIDE = WIDTH - 2 * MARGIN
_FIRST_ROW, _ROW_PITCH, _WAVE = 300, 196, 20
_INSET = 150  # of the rows: what the bends between them need
_BENEATH = 122  # of the picture, for the two lines in large letters
_FEW = 7  # places that have room in two rows
_BANK: Colour = (32, 44, 57)
_LONGEST_NAME = 330  # pixels
_TEXT_TALL, _FIGURE_TALL = 30, 28
_LABELS = 12  # more would be a thicket

Box = tuple[float, float, float, float]  # left, top, right, bottom


def route_picture(view: ChallengeView, route: Route, words: Words) -> Picture:
    """The map of a route, its way done in strong colour, and the last and the next place in words."""
    rows = 2 if len(route.places) <= _FEW else 3
    bottom = _FIRST_ROW + (rows - 1) * _ROW_PITCH
    canvas = Canvas(height=bottom + 126 + _BENEATH)
    _heading(canvas, view, route, words)
    way = Way(_winding(route, rows))
    share = min(view.total / route.length, 1.0)
    for step in range(401):  # a line this wide has hairs where its pieces meet
        canvas.dot(*way.at(step / 400), 27, _BANK)
    canvas.line(way.points, Palette.LINE, 8)
    if share:
        canvas.line(way.until(share), Palette.MARK, 18)
    for place in route.places:
        _stop(canvas, way.at(place.metres / route.length), done=place.metres <= view.total)
    x, y = way.at(share)
    canvas.dot(x, y, 27, Palette.PANEL)
    canvas.dot(x, y, 22, Palette.TICK)
    canvas.dot(x, y, 8, Palette.PANEL)
    _labels(canvas, way, route, view, words)
    _whereabouts(canvas, view, route, words)
    return Picture(canvas.png(), _in_words(view, route, words), "challenge.png")


def _heading(canvas: Canvas, view: ChallengeView, route: Route, words: Words) -> None:
    title = canvas.shortened(clean(view.challenge.title, LONGEST_TITLE), 36, _WIDE, bold=True)
    canvas.text(MARGIN, 80, title, size=36, bold=True)
    figure = _done(view, words)
    canvas.text(MARGIN, 150, figure, size=52, bold=True, colour=Palette.MARK_MORE, fit=_WIDE)
    room = _WIDE - canvas.text_width(figure, size=52, bold=True) - 28
    if room > 160:
        name = canvas.shortened(clean(route.name, 60), 30, room)
        canvas.text(WIDTH - MARGIN, 150, name, size=30, anchor="right", colour=Palette.TEXT_SOFT)


def _winding(route: Route, rows: int) -> list[Point]:
    """Rows that swing, joined by bends; each route swings in its own way."""
    phase = crc32(route.key.encode()) % 628 / 100
    left, right, radius = MARGIN + _INSET, WIDTH - MARGIN - _INSET, _ROW_PITCH / 2
    points: list[Point] = []
    for row in range(rows):
        level = _FIRST_ROW + row * _ROW_PITCH
        # the first row begins, and the last ends, out where the others bend
        begin = left - 90 if row == 0 else left
        end = right + 90 if row == rows - 1 else right
        for step in range(81):
            part = step / 80
            swing = math.sin(part * 9 + phase + row * 2) + 0.5 * math.sin(part * 17 + phase * 3)
            calm = min(1.0, 6 * part, 6 * (1 - part))  # level where the bends begin
            x = begin + part * (end - begin)
            points.append((x if row % 2 == 0 else WIDTH - x, level + _WAVE * swing * calm))
        if row < rows - 1:
            side, way = (right, 1) if row % 2 == 0 else (left, -1)
            points += [
                (side + way * radius * math.sin(turn), level + radius - radius * math.cos(turn))
                for turn in (math.pi * step / 24 for step in range(1, 24))
            ]
    return points


def _stop(canvas: Canvas, at: Point, *, done: bool) -> None:
    """A place: full where it is reached, a ring where it is ahead."""
    canvas.dot(*at, 13, Palette.MARK_MORE if done else Palette.LINE)
    if not done:
        canvas.dot(*at, 8, Palette.PANEL)


def _labels(canvas: Canvas, way: Way, route: Route, view: ChallengeView, words: Words) -> None:
    """Names beside their stops, the most telling first; one that has no room is left out."""
    taken: list[Box] = [_around(*way.at(min(view.total / route.length, 1.0)), 28)]
    taken += [_around(*way.at(each.metres / route.length), 14) for each in route.places]
    taken += [_around(*way.at(step / 160), 12) for step in range(161)]
    written = 0
    for place in _telling(route, view.total):
        at = way.at(place.metres / route.length)
        name = canvas.shortened(clean(place.name, 60), 28, _LONGEST_NAME)
        figure = target_words(place.metres, "metres", view.units, words)
        wide = max(canvas.text_width(name), canvas.text_width(figure, size=24))
        spot = next(
            (each for each in _spots(at, wide) if _free(each[0], taken, canvas.height - _BENEATH)), None
        )
        if spot is None:
            continue
        box, anchor = spot
        x = {"left": box[0], "middle": (box[0] + box[2]) / 2, "right": box[2]}[anchor]
        colour = Palette.TEXT if place.metres <= view.total else Palette.TEXT_SOFT
        canvas.text(x, box[1] + 26, name, anchor=anchor, colour=colour)
        canvas.text(x, box[1] + 54, figure, size=24, anchor=anchor, colour=Palette.TEXT_SOFT)
        taken.append((box[0] - 16, box[1] - 4, box[2] + 16, box[3] + 4))
        written += 1
        if written == _LABELS:
            break


def _telling(route: Route, metres: int) -> Iterator[Place]:
    """The places, those first whose names say most: the ends, the last reached, the next, then evenly spread."""
    last, coming = reached(route, metres)
    ahead = [route.places[0], route.places[-1], *(each for each in (last, coming) if each is not None)]
    chosen: list[Place] = []
    for place in ahead:
        if place not in chosen:
            chosen.append(place)
            yield place
    rest = [each for each in route.places if each not in chosen]
    while rest:
        far = max(rest, key=lambda each: min(abs(each.metres - other.metres) for other in chosen))
        rest.remove(far)
        chosen.append(far)
        yield far


def _spots(at: Point, wide: float) -> Iterator[tuple[Box, Anchor]]:
    """Where a label of two lines can stand: beneath, above, to the left or right, and somewhat aside."""
    x, y = at
    tall = _TEXT_TALL + _FIGURE_TALL
    for away in (22, 34, 46, 58):
        for top in (y + away, y - away - tall):
            yield _box(x - wide / 2, top, wide), "middle"
            yield _box(x - 20, top, wide), "left"
            yield _box(x + 20 - wide, top, wide), "right"
    yield _box(x + 40, y - tall / 2, wide), "left"
    yield _box(x - 40 - wide, y - tall / 2, wide), "right"


def _box(left: float, top: float, wide: float) -> Box:
    return left, top, left + wide, top + _TEXT_TALL + _FIGURE_TALL


def _around(x: float, y: float, half: float) -> Box:
    return x - half, y - half, x + half, y + half


def _free(box: Box, taken: Iterable[Box], floor: float) -> bool:
    left, top, right, bottom = box
    if left < MARGIN - 16 or right > WIDTH - MARGIN + 16 or top < 172 or bottom > floor:
        return False
    return not any(
        left < other[2] and other[0] < right and top < other[3] and other[1] < bottom for other in taken
    )


def _whereabouts(canvas: Canvas, view: ChallengeView, route: Route, words: Words) -> None:
    """The last place and the next, in large letters beneath the map."""

    def short(place: Place) -> str:
        return canvas.shortened(clean(place.name, 60), 32, 400)

    y = canvas.height - _BENEATH + 38
    for said, colour in zip(
        _said(view, route, words, short), (Palette.TEXT, Palette.TEXT_SOFT), strict=False
    ):
        canvas.text(MARGIN, y, said, size=32, colour=colour, fit=_WIDE)
        y += 46


def _said(view: ChallengeView, route: Route, words: Words, name: Callable[[Place], str]) -> list[str]:
    """The last place reached, and the next with how far it is; `name` is how a place is called."""
    last, coming = reached(route, view.total)
    lines = []
    if last is not None and coming is None:
        lines.append(words.say("All the way to {place}!", place=name(last)))
    elif last is not None and last.metres:
        lines.append(words.say("Last reached: {place}", place=name(last)))
    elif last is not None:
        lines.append(words.say("From {place}", place=name(last)))
    if coming is not None:
        away = amount_words(coming.metres - view.total, "metres", view.units, words)
        line = words.say("Next: {place}, in {away}", place=name(coming), away=away)
        left = amount_words(max(route.length - view.total, 0), "metres", view.units, words)
        lines.append(f"{line} · {words.say('{left} to go', left=left)}")
    return lines


def _done(view: ChallengeView, words: Words) -> str:
    target = view.challenge.plan.target or 1
    if view.total > target:
        return amount_words(view.total, "metres", view.units, words)
    return done_words(view.total, target, "metres", view.units, words)


def _in_words(view: ChallengeView, route: Route, words: Words) -> str:
    title = clean(view.challenge.title, LONGEST_TITLE)
    name = clean(route.name, 60)
    told = [
        f"{title}.",
        words.say("{done} along {route}.", done=_done(view, words), route=name),
        *(f"{each.rstrip('!')}." for each in _said(view, route, words, lambda place: clean(place.name, 60))),
    ]
    places = ", ".join(
        f"{clean(each.name, 60)} {target_words(each.metres, 'metres', view.units, words)}"
        for each in route.places
    )
    return in_words([*told, words.say("On the way: {places}.", places=places)])
