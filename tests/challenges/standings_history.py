"""What can happen to challenges: posted, changed, ended, joined and left, their results and cards, time going on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Coroutine
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
)

from bot.challenges.model import ChallengeView, Kind, Plan
from bot.errors import Refusal
from tests.challenges.standings_checks import Standing
from tests.challenges.standings_world import CHANNEL, GROUP, OLIVE, PEOPLE, Picture, World

T = TypeVar("T")
START = datetime(2026, 11, 18, 12, tzinfo=UTC)
MOST_AT_A_TIME = 6
SHAPES: dict[Kind, dict[str, Any]] = {
    "distance": {"measure": "metres", "target": 8_000},
    "minutes": {"measure": "seconds", "target": 3_600},
    "days": {"measure": "days", "target": 2},
    "together": {"measure": "metres", "target": 30_000},
    "teams": {"measure": "seconds", "teams": ("Foxes", "Herons", "Owls")},
    "route": {"measure": "metres", "target": 200_000, "route_key": "danube"},
    "pledge": {"measure": "metres", "currency": "EUR", "per_km": 50, "cap": 10_000},
}
STEPS = (
    timedelta(minutes=1),
    timedelta(minutes=11),
    timedelta(hours=5),
    timedelta(days=1),
    timedelta(days=3),
)

people = st.sampled_from(PEOPLE)
any_of = st.integers(0, 30)  # of what there is, counted around
flag = st.booleans()


class History(RuleBasedStateMachine):
    """`world` is set by whoever runs it; `tally` counts what was done and what was refused, over all histories."""

    world: ClassVar[World]
    tally: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.stands = Standing()
        self.seen = Picture(dump=self.world.picture(START).dump, views={})
        self.taken: list[int] = []

    def teardown(self) -> None:
        self.world.clear()

    def do(self, name: str, work: Coroutine[Any, Any, T]) -> T | None:
        """The outcome; None where it was refused."""
        try:
            outcome = self.world.run(work)
        except Refusal:
            self.tally[f"{name}, refused"] += 1
            return None
        self.tally[name] += 1
        return outcome

    # What there is to choose from.

    def challenge(self, number: int) -> int:
        """The id of a posted challenge; 0, which there is none of, while there is none."""
        ids = sorted(self.seen.views)
        return ids[number % len(ids)] if ids else 0

    def run_of(self, number: int) -> tuple[int, int]:
        """A stored run and whose it is."""
        runs = self.seen.dump.runs
        run = runs[number % len(runs)] if runs else {"run_id": 0, "person_id": PEOPLE[0]}
        return run["run_id"], run["person_id"]

    # Challenges.

    @initialize(
        kinds=st.lists(st.sampled_from(list(SHAPES)), min_size=3, max_size=3),
        joining=st.lists(st.sets(people), min_size=3, max_size=3),
    )
    def begin(self, kinds: list[Kind], joining: list[set[int]]) -> None:
        for number, (kind, joins) in enumerate(zip(kinds, joining, strict=True)):
            self.post(kind=kind, maker=0, start=-2 - number, length=3 + 2 * number)
            self.seen = self.world.picture(self.now)
            newest = len(self.seen.views) - 1
            for person in sorted(joins):
                self.join(person=person, number=newest)

    @rule(
        kind=st.sampled_from(list(SHAPES)),
        maker=st.integers(0, 4),
        start=st.integers(-6, 3),
        length=st.integers(0, 8),
    )
    def post(self, kind: Kind, maker: int, start: int, length: int) -> None:
        if sum(view.challenge.state != "final" for view in self.seen.views.values()) >= MOST_AT_A_TIME:
            return
        first = self.now.date() + timedelta(days=start)
        plan = Plan(
            kind=kind, title=kind, first_day=first, last_day=first + timedelta(days=length), **SHAPES[kind]
        )
        maker_id, world = (OLIVE, *PEOPLE)[maker], self.world
        drafted = self.do(
            "draft",
            world.making.draft(GROUP, maker_id, world.interaction(), plan, CHANNEL, self.now, organiser=True),
        )
        if drafted is None:
            return
        challenge_id = drafted.challenge.challenge_id
        posted = self.do("post", world.making.post(GROUP, maker_id, challenge_id, self.now, organiser=True))
        if posted is not None:
            self.stands.posted(posted)

    @rule(
        number=any_of,
        first=st.sampled_from((0, 0, 0, -1, 1)),
        last=st.integers(-2, 2),
        halves=st.sampled_from((1, 2, 3)),
    )
    def change(self, number: int, first: int, last: int, halves: int) -> None:
        view = self.seen.views.get(self.challenge(number))
        if view is None:
            return
        plan = view.challenge.plan
        plan = replace(
            plan,
            first_day=plan.first_day + timedelta(days=first),
            last_day=plan.last_day + timedelta(days=last),
            teams=plan.teams[: 1 + halves],
            target=None if plan.target is None else SHAPES[plan.kind]["target"] * halves // 2,
        )
        making, challenge_id = self.world.making, view.challenge.challenge_id
        self.do("change", making.change(GROUP, OLIVE, challenge_id, plan, self.now, organiser=True))

    @rule(number=any_of)
    def end(self, number: int) -> None:
        making = self.world.making
        self.do("end", making.end(GROUP, OLIVE, self.challenge(number), self.now, organiser=True))

    @rule(number=any_of)
    def call_off_or_bring_back(self, number: int) -> None:
        making, which = self.world.making, (GROUP, OLIVE, self.challenge(number), self.now)
        view = self.seen.views.get(which[2])
        if view is not None and view.challenge.state == "removed":
            self.do("bring back", making.bring_back(*which, organiser=True))
        else:
            self.do("call off", making.call_off(*which, organiser=True))

    @rule(person=people, number=any_of)
    def join(self, person: int, number: int) -> None:
        challenge_id = self.challenge(number)
        if self.do("join", self.world.challenges.join(GROUP, person, challenge_id, self.now)) is not None:
            self.stands.joined(challenge_id, person)

    @rule(number=any_of, which=any_of, share=flag)
    def leave(self, number: int, which: int, share: bool) -> None:
        challenge_id = self.challenge(number)
        inside = sorted(self.stands.inside.get(challenge_id, ())) or PEOPLE
        person = inside[which % len(inside)]
        work = self.world.challenges.leave(GROUP, person, challenge_id, self.now, share_stays=share)
        left = self.do("leave", work)
        if left is not None:
            self.stands.left(challenge_id, person, stays=left.stays)

    # Time, results and cards.

    @rule(step=st.sampled_from(STEPS), drawn=flag)
    def wait(self, step: timedelta, drawn: bool) -> None:
        self.now += step
        self.world.bring_results(self.now)
        if self.do("forget", self.world.challenges.forget(self.now)):
            self.stands.forgotten(set(self.world.picture(self.now).views))
        if drawn:
            self.take_cards()
            self.draw_cards(arrived=True)

    @rule()
    def take_cards(self) -> None:
        views: list[ChallengeView] = (
            self.do("take cards", self.world.challenges.take_out_of_date(self.now)) or []
        )
        for view in views:
            self.stands.taken(view, self.now)
            self.taken.append(view.challenge.challenge_id)

    @rule(arrived=flag)
    def draw_cards(self, arrived: bool) -> None:
        challenges, taken = self.world.challenges, self.taken
        self.taken = []
        if arrived:
            self.do("draw cards", challenges.redrawn(taken, self.now))
            return
        for challenge_id in taken:
            self.do("lose a card", challenges.not_redrawn(challenge_id))
