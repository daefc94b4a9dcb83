"""Challenges that take one press: a plan for each template, in the maker's frame. Pure.

The two that count days by the week begin with the group's week: today where it begins today, else the coming one. The
other two begin today. The preview shows the days, and they can be changed there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from bot.challenges.model import Kind, Plan
from bot.challenges.money import currency_near
from bot.challenges.routes import route_of
from bot.days import DAY, week_start
from bot.errors import Refusal

if TYPE_CHECKING:
    from bot.challenges.loading import ChallengeFrame
    from bot.words import Words

RIVER: Final = "rhine"
# What a kilometre brings, in minor units; the cap is a thousand times that. Elsewhere it is in euros.
_CHARITY: Final[Mapping[str, int]] = MappingProxyType(
    {
        "EUR": 10, "USD": 10, "GBP": 10, "CHF": 10, "CAD": 10, "AUD": 10, "NZD": 10, "SGD": 10,
        "PLN": 50, "BRL": 50, "ILS": 50, "SEK": 100, "NOK": 100, "DKK": 100, "ZAR": 200, "MXN": 200, "CZK": 200,
        "TRY": 500, "INR": 500, "UAH": 500, "JPY": 10,
    }
)  # fmt: skip
_KILOMETRES_TO_CAP: Final = 1_000


@dataclass(frozen=True, slots=True)
class Template:
    """`days` is how long it lasts; `by_week` whether it begins with the group's week. `named` and `said` are its title
    and its line in somebody's words."""

    key: str
    kind: Kind
    days: int
    by_week: bool
    named: Callable[[Words], str]
    said: Callable[[Words], str]


TEMPLATES: Final[Mapping[str, Template]] = MappingProxyType(
    {
        each.key: each
        for each in (
            Template(
                "first_5k",
                "days",
                56,
                by_week=True,
                named=lambda words: words.say("First 5K in eight weeks"),
                said=lambda words: words.say(
                    "Out three times a week, and walking counts. Begin with a minute of running and two of walking; "
                    "in week eight it is five kilometres, at any pace."
                ),
            ),
            Template(
                "three_a_week",
                "days",
                28,
                by_week=True,
                named=lambda words: words.say("Three days a week for a month"),
                said=lambda words: words.say(
                    "Twelve days in four weeks. Any distance counts, and so does a walk."
                ),
            ),
            Template(
                "river",
                "route",
                84,
                by_week=False,
                named=lambda words: words.say("The Rhine together"),
                said=lambda words: words.say(
                    "All our kilometres in a row, from Lake Constance to the North Sea."
                ),
            ),
            Template(
                "charity_month",
                "pledge",
                30,
                by_week=False,
                named=lambda words: words.say("A month of kilometres for a good cause"),
                said=lambda words: words.say(
                    "Say in the title whom it is for: press Change before you post it."
                ),
            ),
        )
    }
)


def plan_of(key: str, frame: ChallengeFrame, words: Words) -> Plan:
    """The plan of a template for a maker of today. Raises Refusal for a key that is no template's."""
    template = TEMPLATES.get(key)
    if template is None:
        raise Refusal("I don't know that template. Use /challenge create and choose one.")
    first = _first_day(template, frame)
    last = first + timedelta(days=template.days) - DAY
    title, line = template.named(words), template.said(words)
    if template.kind == "days":
        return Plan(
            kind="days",
            measure="days",
            title=title,
            first_day=first,
            last_day=last,
            line=line,
            target=3 * template.days // 7,
        )
    if template.kind == "route":
        route = route_of(RIVER)
        assert route is not None
        return Plan(
            kind="route",
            measure="metres",
            title=title,
            first_day=first,
            last_day=last,
            line=line,
            target=route.length,
            route_key=route.key,
        )
    near = currency_near(frame.zone.key, frame.language)
    currency = near if near is not None and near in _CHARITY else "EUR"
    return Plan(
        kind="pledge",
        measure="metres",
        title=title,
        first_day=first,
        last_day=last,
        currency=currency,
        per_km=_CHARITY[currency],
        cap=_CHARITY[currency] * _KILOMETRES_TO_CAP,
    )


def _first_day(template: Template, frame: ChallengeFrame) -> date:
    today = frame.today
    begun = week_start(today, frame.week_starts_on)
    return today if not template.by_week or begun == today else begun + timedelta(weeks=1)
