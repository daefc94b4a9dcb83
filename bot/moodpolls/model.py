"""What polls are made of."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Literal

Kind = Literal["pulse", "question"]
Withheld = Literal["few_or_alike", "restored"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PollPlan:
    """What an organiser asks. A pulse brings its own two questions; a result shows from `minimum` votes on."""

    kind: Kind = "pulse"
    question: str | None = None
    answers: tuple[str, ...] = ()
    minimum: int = 5
    open_for: timedelta = timedelta(days=2)
    weekly: bool = False

    @property
    def questions(self) -> int:
        return 2 if self.kind == "pulse" else 1

    @property
    def choices(self) -> int:
        return 5 if self.kind == "pulse" else len(self.answers)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemResult:
    """What is shown of one question, and nothing else is kept.

    `half_points` is a pulse's mean in halves with `band` for its votes, `counts` are an own question's votes by answer.
    `withheld`: too few voted, or too much alike (which of the two is kept nowhere: who is told that all voted alike
    knows everybody's vote), or the poll was "restored" from a backup without its secret.
    """

    half_points: int | None = None
    band: str | None = None
    counts: tuple[int, ...] | None = None
    withheld: Withheld | None = None


def stored_result(items: tuple[ItemResult, ...]) -> str:
    """As kept with the poll."""
    kept = [{name: value for name, value in asdict(item).items() if value is not None} for item in items]
    return json.dumps(kept)


def result_of(text: str) -> tuple[ItemResult, ...]:
    """From what is kept with the poll."""
    return tuple(
        ItemResult(
            half_points=item.get("half_points"),
            band=item.get("band"),
            counts=None if "counts" not in item else tuple(item["counts"]),
            withheld=item.get("withheld"),
        )
        for item in json.loads(text)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """A plan as its maker sees it. `next_at` is when a weekly one comes again, None where it does not."""

    plan_id: int
    group_id: int
    plan: PollPlan
    channel_id: int
    posted: bool
    stopped: bool
    age: int
    language: str
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PollView:
    """A poll as everybody sees it; `result` is None while it is open. The place is where its message is."""

    poll_id: int
    plan_id: int
    group_id: int
    plan: PollPlan
    closes_at: datetime
    closed: bool
    result: tuple[ItemResult, ...] | None
    stopped: bool
    age: int
    language: str
    channel_id: int | None = None
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class Voted:
    """One's own vote as it stands now, by question; None where nothing is chosen."""

    view: PollView
    first: int | None
    second: int | None
