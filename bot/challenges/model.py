"""What challenges are made of, as services and cards hand it on.

Amounts and targets are whole numbers in the challenge's measure: metres, seconds, or days kept. Money is whole minor
units of its currency.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from bot.checkins.units import Units

Kind = Literal["distance", "minutes", "days", "together", "teams", "route", "pledge"]
Measure = Literal["metres", "seconds", "days"]
# draft: its maker looks at a preview; closing: over, late entries still count; final: nothing counts any more
State = Literal["draft", "coming", "open", "closing", "final", "removed"]

KINDS: tuple[Kind, ...] = ("distance", "minutes", "days", "together", "teams", "route", "pledge")
ALONE: frozenset[Kind] = frozenset({"distance", "minutes", "days"})  # each has the target to reach
SHARED: frozenset[Kind] = frozenset({"together", "route", "pledge"})  # one total for all


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A challenge as a form or a template says it; what a kind has no use for is None.

    `target` is of each (distance, minutes, days) or of all (together; route: its length). `per_km` and `cap` are minor
    units of `currency` (ISO 4217). `teams` are two to eight names. Days are running days of each member, both included.
    """

    kind: Kind
    measure: Measure
    title: str
    first_day: date
    last_day: date
    line: str | None = None
    target: int | None = None
    route_key: str | None = None
    currency: str | None = None
    per_km: int | None = None
    cap: int | None = None
    teams: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """A stored challenge. `maker_id` is None where its maker was erased since."""

    challenge_id: int
    group_id: int
    maker_id: int | None
    plan: Plan
    state: State
    final_at: datetime | None = None

    @property
    def title(self) -> str:
        return self.plan.title


@dataclass(frozen=True, slots=True)
class Entrant:
    """Somebody who takes part. `place` counts from 1, equal amounts share one; `team` counts from 1."""

    person_id: int
    amount: int
    place: int
    finished: bool
    team: int | None = None


@dataclass(frozen=True, slots=True)
class TeamStanding:
    """A team: `people` in it now, and the sum of what they did. It stands by `amount / people`; nobody, no mean.

    `place` counts from 1, equal means share one; None for a team without anybody.
    """

    team: int
    name: str
    people: int
    amount: int
    place: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengeView:
    """All that a challenge's card, its standings and its result show.

    `entrants` are all who take part, the highest amount first; finishers come first in the order they finished.
    `total` and `people` are of all together (shares left behind included); final ones stand whoever is erased.
    `units` and `language` are the group's. `card_channel_id` is where its card goes when it is posted, `channel_id` and
    `message_id` where it stands (None: not posted yet), `result_*` where its result does; `card_id` and `result_id` are
    the deliveries that brought them. `result_stale`: a name is to go from the result. `own` is the entrant who asked.
    `ends_today`: it is open for the last day by the group's calendar.
    """

    challenge: Challenge
    entrants: tuple[Entrant, ...]
    teams: tuple[TeamStanding, ...]
    total: int
    people: int
    units: Units
    language: str
    card_channel_id: int | None = None
    channel_id: int | None = None
    message_id: int | None = None
    card_id: int | None = None
    result_channel_id: int | None = None
    result_message_id: int | None = None
    result_id: int | None = None
    result_stale: bool = False
    own: Entrant | None = None
    ends_today: bool = False

    @property
    def finishers(self) -> tuple[Entrant, ...]:
        """Who reached the target of each, in the order they did."""
        return tuple(each for each in self.entrants if each.finished)


@dataclass(frozen=True, slots=True)
class Counted:
    """What a run brought to a challenge: `added`, and the member's own `amount` with it, in `measure`.

    `target` is the member's own (distance, minutes, days), else None.
    """

    challenge_id: int
    kind: Kind
    measure: Measure
    title: str
    added: int
    amount: int
    target: int | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of `/challenge list`; `joined` says whether who asked takes part."""

    challenge: Challenge
    people: int
    joined: bool


@dataclass(frozen=True, slots=True)
class ChallengeList:
    """What `/challenge list` shows; `units` are the group's, `members_make` whether every member may make one."""

    listed: tuple[Listed, ...]
    units: Units
    members_make: bool


@dataclass(frozen=True, slots=True)
class Joined:
    """`again`: they took part already. `team` is the name of the team they are in, where there are teams."""

    view: ChallengeView
    again: bool
    team: str | None


@dataclass(frozen=True, slots=True)
class Left:
    """`amount` is what they had brought; `stays` whether it stays in the total."""

    view: ChallengeView
    amount: int
    stays: bool
