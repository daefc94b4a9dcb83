"""Pictures of challenges: a lap for one total, bars for teams, a map for a route; and the same said in words.

They show no names of people. Teams and places are named, in any script.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from babel.numbers import format_decimal, format_percent

from bot.challenges.amounts import (
    amount_words,
    mean_words,
    paid_distance_words,
    percent,
    short_of,
    target_words,
)
from bot.challenges.model import ChallengeView, TeamStanding
from bot.challenges.money import format_money
from bot.challenges.route_pictures import route_picture
from bot.challenges.routes import route_of
from bot.challenges.rules import LONGEST_TITLE, pledged
from bot.challenges.wording import OVER
from bot.ui.pictures import Picture, in_words
from bot.ui.pictures.canvas import MARGIN, WIDTH, Canvas, Colour, Palette
from bot.ui.pictures.ways import Point, Way
from bot.ui.text import clean
from bot.words import Words

_WIDE = WIDTH - 2 * MARGIN
# The track: its middle line, and how wide it is.
_LEFT, _RIGHT, _TOP, _TALL, _TRACK = 106, WIDTH - 106, 168, 400, 64
_LANE: Colour = (62, 80, 99)
_BAR, _BAR_PITCH = 40, 112


@dataclass(frozen=True, slots=True)
class _Lap:
    """What the picture of one total shows: a figure, what it is of, a line beneath; `share` is per cent."""

    figure: str
    of: str
    beneath: str
    share: int


def challenge_picture(view: ChallengeView, words: Words) -> Picture | None:
    """How far a challenge is; None for the kinds in which everyone runs on their own."""
    plan = view.challenge.plan
    if plan.kind == "teams":
        return _teams(view, words)
    if plan.kind == "route" and (route := route_of(plan.route_key)) is not None:
        return route_picture(view, route, words)
    if plan.kind in ("together", "route"):
        return _lap(view, _together(view, words), words)
    return _lap(view, _pledge(view, words), words) if plan.kind == "pledge" else None


def _together(view: ChallengeView, words: Words) -> _Lap:
    plan = view.challenge.plan
    target = plan.target or 1
    shown = short_of(view.total, target, plan.measure, view.units, words)
    left = target - shown
    return _Lap(
        figure=amount_words(shown, plan.measure, view.units, words),
        of=words.say("of {target}, together", target=target_words(target, plan.measure, view.units, words)),
        beneath=words.say("{left} to go", left=amount_words(left, plan.measure, view.units, words))
        if left > 0
        else words.say("Reached!"),
        share=percent(view.total, target),
    )


def _pledge(view: ChallengeView, words: Words) -> _Lap:
    plan = view.challenge.plan
    cap, currency = plan.cap or 1, plan.currency or ""
    amount = pledged(view.total, plan.per_km or 1, cap)
    return _Lap(
        figure=format_money(amount, currency, words.language),
        of=words.say("of at most {cap}", cap=format_money(cap, currency, words.language)),
        beneath=words.say(
            "for {distance}, together", distance=paid_distance_words(view.total, view.units, words)
        ),
        share=percent(amount, cap),
    )


def _lap(view: ChallengeView, lap: _Lap, words: Words) -> Picture:
    """One total as a lap around a track, from its line below the figures, the way tracks are run."""
    canvas = Canvas(height=_TOP + _TALL + 118)
    _title(canvas, view)
    track = Way(_track())
    _covered(canvas, track, 1.0, Palette.EMPTY)
    if lap.share:
        _covered(canvas, track, min(lap.share / 100, 1.0), Palette.MARK)
    for inward in (-_TRACK / 6, _TRACK / 6):
        lane = Way(_track(inward)).points
        canvas.line([*lane, lane[1]], _LANE, 2)
    _quarters(canvas, words)
    _line_to_start(canvas)
    full = lap.share >= 100
    if not full:
        at = track.at(lap.share / 100)
        canvas.dot(*at, 25, Palette.PANEL)
        canvas.dot(*at, 20, Palette.TICK)
    middle, room = WIDTH / 2, _RIGHT - _LEFT - _TRACK - 150
    centre = _TOP + _TALL / 2
    canvas.text(middle, centre - 16, lap.figure, size=80, bold=True, anchor="middle", fit=room)
    canvas.text(middle, centre + 40, lap.of, size=34, anchor="middle", fit=room, colour=Palette.MARK_MORE)
    beneath = lap.beneath if full else f"{_share(lap.share, words)} · {lap.beneath}"
    colour = Palette.TICK if full else Palette.TEXT_SOFT
    canvas.text(middle, centre + 88, beneath, size=30, anchor="middle", fit=room, colour=colour)
    alt = in_words(
        [
            f"{clean(view.challenge.title, LONGEST_TITLE)}.",
            f"{lap.figure} {lap.of}.",
            f"{_share(lap.share, words)}: {lap.beneath}".rstrip("!.") + ".",
        ]
    )
    return Picture(canvas.png(), alt, "challenge.png")


def _covered(canvas: Canvas, track: Way, share: float, colour: Colour) -> None:
    """The first part of the track, in one colour."""
    canvas.line(track.until(share), colour, _TRACK)
    # a line this wide has hairs where its pieces meet; its ends stay straight
    for step in range(8, int(share * 200) - 7):
        canvas.dot(*track.at(step / 200), _TRACK / 2 - 0.75, colour)


def _track(inward: float = 0) -> list[Point]:
    """The track's middle line, or one farther in: from the middle below to the right and around."""
    radius = _TALL / 2 - inward
    middle = _TOP + _TALL / 2
    left, right = _LEFT + _TALL / 2, _RIGHT - _TALL / 2
    bends = [math.pi * step / 48 for step in range(49)]
    return [
        (WIDTH / 2, middle + radius),
        *((right + radius * math.sin(turn), middle + radius * math.cos(turn)) for turn in bends),
        *((left - radius * math.sin(turn), middle - radius * math.cos(turn)) for turn in bends),
        (WIDTH / 2, middle + radius),
    ]


def _quarters(canvas: Canvas, words: Words) -> None:
    """A mark across the track at each quarter, with its share within."""
    middle, half = _TOP + _TALL / 2, _TRACK / 2
    canvas.line([(_RIGHT - half, middle), (_RIGHT + half, middle)], Palette.TEXT, 4)
    canvas.line([(_LEFT - half, middle), (_LEFT + half, middle)], Palette.TEXT, 4)
    canvas.line([(WIDTH / 2, _TOP - half), (WIDTH / 2, _TOP + half)], Palette.TEXT, 4)
    soft = Palette.TEXT_SOFT
    canvas.text(_RIGHT - half - 14, middle + 10, _share(25, words), size=28, anchor="right", colour=soft)
    canvas.text(_LEFT + half + 14, middle + 10, _share(75, words), size=28, colour=soft)
    canvas.text(WIDTH / 2, _TOP + half + 38, _share(50, words), size=28, anchor="middle", colour=soft)


def _line_to_start(canvas: Canvas) -> None:
    """The chequered line where laps begin and end."""
    size = _TRACK / 6
    for row in range(6):
        for column in range(2):
            colour = Palette.TEXT if (row + column) % 2 else Palette.PANEL
            x, y = WIDTH / 2 + (column - 1) * size, _TOP + _TALL - _TRACK / 2 + row * size
            canvas.box(x, y, size, size, fill=colour, radius=0)


def _teams(view: ChallengeView, words: Words) -> Picture:
    """A bar for each team's mean, the first place on top; those without anybody have none."""
    canvas = Canvas(height=112 + len(view.teams) * _BAR_PITCH + MARGIN)
    _title(canvas, view)
    means = {each.team: Fraction(each.amount, each.people) for each in view.teams if each.people}
    most = max(means.values(), default=Fraction(0)) or Fraction(1)
    y = 112.0
    for each in view.teams:
        said = _mean(each, view, words)
        room = _WIDE - 64 - canvas.text_width(said, size=32, bold=True) - 32
        name = canvas.shortened(clean(each.name, 40), 32, room)
        first = each.place == 1
        if each.place is not None and each.amount:
            place = format_decimal(each.place, locale=words.locale)
            colour = Palette.TICK if first else Palette.TEXT_SOFT
            canvas.text(MARGIN + 22, y + 76, place, size=44, bold=True, anchor="middle", colour=colour)
        canvas.text(MARGIN + 64, y + 34, name, size=32)
        canvas.text(WIDTH - MARGIN, y + 34, said, size=32, bold=True, anchor="right")
        canvas.box(MARGIN + 64, y + 50, _WIDE - 64, _BAR, fill=Palette.EMPTY, radius=_BAR / 2)
        full = float(means.get(each.team, Fraction(0)) / most) * (_WIDE - 64)
        if full:
            fill = Palette.MARK_MORE if first else Palette.MARK
            canvas.box(MARGIN + 64, y + 50, max(full, _BAR), _BAR, fill=fill, radius=_BAR / 2)
        y += _BAR_PITCH
    told = [
        f"{clean(view.challenge.title, LONGEST_TITLE)}.",
        *(_in_words(each, view, words) for each in view.teams),
    ]
    return Picture(canvas.png(), in_words(told), "challenge.png")


def _in_words(each: TeamStanding, view: ChallengeView, words: Words) -> str:
    team, mean = clean(each.name, 40), _mean(each, view, words)
    if not each.people:
        return f"{team}: {mean}."
    told = words.count(
        "{team}, {mean} on average, {n} person.",
        "{team}, {mean} on average, {n} people.",
        each.people,
        team=team,
        mean=mean,
    )
    return words.say("Place {place}: {told}", place=each.place, told=told) if each.amount else told


def _mean(team: TeamStanding, view: ChallengeView, words: Words) -> str:
    if not team.people:
        return words.say("nobody") if view.challenge.state in OVER else words.say("nobody yet")
    return mean_words(team.amount, team.people, view.challenge.plan.measure, view.units, words)


def _title(canvas: Canvas, view: ChallengeView) -> None:
    title = canvas.shortened(clean(view.challenge.title, LONGEST_TITLE), 36, _WIDE, bold=True)
    canvas.text(MARGIN, 80, title, size=36, bold=True)


def _share(share: int, words: Words) -> str:
    return format_percent(share / 100, locale=words.locale)
