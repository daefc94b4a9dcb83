"""What a maker typed into the form of a kind, read as a plan; and a plan written as one would type it. Pure.

Field names: title, target, start, end, line; teams and measure (teams); route (route); per_km and cap (pledge).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from bot.challenges.days_typed import read_first, read_last
from bot.challenges.model import Kind, Measure, Plan
from bot.challenges.money import currency_near, read_money, type_money
from bot.challenges.routes import Route, route_of
from bot.challenges.rules import (
    LONGEST_LINE,
    LONGEST_TEAM_NAME,
    LONGEST_TITLE,
    check_plan,
)
from bot.challenges.targets import read_target, type_target
from bot.errors import Refusal
from bot.ui.text import clean

if TYPE_CHECKING:
    from bot.challenges.loading import ChallengeFrame

LEAST_METRES, LEAST_SECONDS = 1_000, 60  # that a target can be
FIELDS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "distance": ("title", "target", "start", "end", "line"),
    "minutes": ("title", "target", "start", "end", "line"),
    "days": ("title", "target", "start", "end", "line"),
    "together": ("title", "target", "start", "end", "line"),
    "teams": ("title", "teams", "measure", "start", "end"),
    "route": ("title", "route", "start", "end", "line"),
    "pledge": ("title", "per_km", "cap", "start", "end"),
}
MEASURES: Final[Mapping[str, Measure]] = {"distance": "metres", "minutes": "seconds", "days": "days"}
_PARTS_TEAMS = re.compile(r"[\n\r,;|،、，；]")
_MARK_OF_LIST = re.compile(r"^\s*(?:[-*•]|[0-9]{1,2}[.)])\s+")  # of a pasted list
# What Discord turns into something else, and so is no word of a title: <@1>, <#1>, <@&1>, </run log:1>, <t:1:R>
_TOKEN = re.compile(r"<(?:@[!&]?|#|t:|/[^:>]*:|id:|a?:\w*:)[^>]*>")
_BLANK_LETTERS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters to Unicode, nothing to the eye


@dataclass(frozen=True, slots=True)
class _Form:
    """A filled form; what it leaves out, or leaves as it stood, is as in `before`, the plan that is being changed."""

    kind: Kind
    fields: Mapping[str, str]
    frame: ChallengeFrame
    language: str
    before: Plan | None
    stood: Mapping[str, str]

    def text(self, name: str) -> str:
        return self.fields.get(name, self.stood.get(name, "")).strip()

    def same(self, name: str) -> bool:
        return self.before is not None and self.text(name) == self.stood.get(name, "").strip()


def read_plan(
    kind: Kind,
    fields: Mapping[str, str],
    frame: ChallengeFrame,
    language: str,
    *,
    before: Plan | None = None,
) -> Plan:
    """The plan that a filled form says; days in the maker's own frame, bare distances in the group's unit.

    `before` is the plan that the form was filled with where one is changed: what still says the same stays exactly
    as it was, although its first day may lie too far back by now for a new challenge.
    Raises Refusal in words for whatever no challenge can be.
    """
    stood = wording_of(before, frame, language) if before is not None else {}
    form = _Form(kind, fields, frame, language, before, stood)
    first = _first_day(form)
    last = _last_day(form, first)
    if kind == "teams":
        plan = Plan(
            kind=kind,
            measure=_measure(form),
            title=_title(form),
            first_day=first,
            last_day=last,
            line=_line(form),
            teams=_teams(form),
        )
    elif kind == "route":
        plan = _route_plan(form, first, last)
    elif kind == "pledge":
        plan = _pledge_plan(form, first, last)
    else:
        measure, target = _target(form)
        plan = Plan(
            kind=kind,
            measure=measure,
            title=_title(form),
            first_day=first,
            last_day=last,
            line=_line(form),
            target=target,
        )
    check_plan(plan)
    if last < frame.today and not form.same("end"):
        raise Refusal("That last day has passed. Give today or a later one.")
    return plan


def wording_of(plan: Plan, frame: ChallengeFrame, language: str) -> dict[str, str]:
    """What the form is filled with for changing a plan; `read_plan` reads it back as the same plan."""
    said = {
        "title": plan.title,
        "start": plan.first_day.isoformat(),
        "end": plan.last_day.isoformat(),
        "line": plan.line or "",
        "teams": "\n".join(plan.teams),
        "measure": next(name for name, measure in MEASURES.items() if measure == plan.measure),
        "route": plan.route_key or "",
    }
    if plan.target is not None:
        said["target"] = type_target(plan.measure, plan.target, frame.group_units)
    if plan.currency is not None:
        said["per_km"] = type_money(plan.per_km or 0, plan.currency)
        said["cap"] = type_money(plan.cap or 0, plan.currency)
    return {name: said[name] for name in FIELDS[plan.kind]}


def _title(form: _Form, otherwise: str = "") -> str:
    """The title, or `otherwise` where none is typed."""
    typed = form.text("title")
    title = _cleaned(typed, LONGEST_TITLE)
    if not title and not typed and otherwise:
        return otherwise
    if not _says_something(title):
        raise Refusal(
            "A challenge needs a title in letters or figures. Give it a few words, like Rhine together."
        )
    return title


def _line(form: _Form) -> str | None:
    if "line" not in FIELDS[form.kind]:  # five fields are all that a form holds
        return None if form.before is None else form.before.line
    return _cleaned(form.text("line"), LONGEST_LINE) or None


def _first_day(form: _Form) -> date:
    if form.before is not None and form.same("start"):
        return form.before.first_day
    return read_first(form.text("start"), form.frame, form.language)


def _last_day(form: _Form, first: date) -> date:
    if form.before is not None and form.same("end"):
        return form.before.last_day
    return read_last(form.text("end"), first, form.frame, form.language)


def _target(form: _Form) -> tuple[Measure, int]:
    if form.before is not None and form.before.target is not None and form.same("target"):
        return form.before.measure, form.before.target
    measure, target = read_target(form.text("target"), form.kind, form.frame.group_units, form.language)
    # smaller ones would show as 0 km, and "26 m" by somebody who thinks in miles is one
    if measure == "metres" and 0 < target < LEAST_METRES:
        raise Refusal("That is less than a kilometre. Type kilometres as km and miles as mi, like 50 km.")
    if measure == "seconds" and 0 < target < LEAST_SECONDS:
        raise Refusal("That is less than a minute. Type minutes as min and hours as h, like 10 h.")
    return measure, target


def _measure(form: _Form) -> Measure:
    measure = MEASURES.get(form.text("measure"))
    if measure is None:
        raise Refusal("Choose what counts: distance, minutes or days.")
    return measure


def _teams(form: _Form) -> tuple[str, ...]:
    if form.before is not None and form.same("teams"):
        return form.before.teams
    parts = _PARTS_TEAMS.split(form.text("teams"))
    names = [_cleaned(_MARK_OF_LIST.sub("", each), LONGEST_TEAM_NAME) for each in parts]
    if not all(_says_something(each) for each in names if each):
        raise Refusal("A team's name needs letters or figures. Name them like Owls, Larks.")
    return tuple(each for each in names if each)


def _route_plan(form: _Form, first: date, last: date) -> Plan:
    key = form.text("route")
    route = route_of(key)
    before = form.before
    if before is not None and before.target is not None and key == before.route_key:
        # as long as it was when it began, whatever the route's file says now
        name, length = route.name if route else before.title, before.target
    elif route is not None:
        name, length = route.name, route.length
    else:
        raise Refusal("I don't know that route. Choose one from the list.")
    return Plan(
        kind="route",
        measure="metres",
        title=_title(form, name) if _own_title(form) else name,
        first_day=first,
        last_day=last,
        line=_line(form),
        target=length,
        route_key=key,
    )


def _own_title(form: _Form) -> bool:
    """Whether the title is more than the name of the route that was chosen before."""
    chosen_before: Route | None = route_of(form.before.route_key) if form.before else None
    return chosen_before is None or form.text("title") != chosen_before.name


def _pledge_plan(form: _Form, first: date, last: date) -> Plan:
    if not form.text("per_km"):
        raise Refusal("Say what a kilometre brings, like 0.50 EUR.")
    if not form.text("cap"):
        raise Refusal(
            "A pledge has a cap, so that nobody is surprised. Type the most it can come to, like 500 EUR."
        )
    near = currency_near(form.frame.zone.key, form.language)
    per_km = read_money(form.text("per_km"), default_currency=near)
    cap = read_money(form.text("cap"), default_currency=per_km.currency)
    if cap.currency != per_km.currency:
        raise Refusal(
            "A kilometre brings {per_km}, and the cap is in {cap}. Give both in one currency.",
            per_km=per_km.currency,
            cap=cap.currency,
        )
    return Plan(
        kind="pledge",
        measure="metres",
        title=_title(form),
        first_day=first,
        last_day=last,
        line=_line(form),
        currency=per_km.currency,
        per_km=per_km.minor,
        cap=cap.minor,
    )


def _cleaned(text: str, limit: int) -> str:
    """As it is stored: cleaned until cleaning it again changes nothing (a mark can join its letter the second time)."""
    return clean(clean(text, limit), limit)


def _says_something(text: str) -> bool:
    """Whether anything is left to read once marks, mentions and letters that nobody sees are taken away."""
    rest = _TOKEN.sub("", text)
    return any(
        unicodedata.category(each)[0] in "LN" or unicodedata.category(each) == "So"
        for each in rest
        if each not in _BLANK_LETTERS
    )
