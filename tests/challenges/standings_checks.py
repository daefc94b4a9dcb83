"""What is true of every standing after every step: who takes part by the history, amounts by the oracle."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.challenges.model import ChallengeView, Counted
from tests.challenges.standings_oracle import amount_of, at_the_target, brought, seen_by_the_group
from tests.challenges.standings_world import Picture

Who = dict[int, set[int]]  # people by challenge


@dataclass
class Standing:
    """What the history so far says: who takes part, whose share stayed, what cards show, and what is final."""

    inside: Who = field(default_factory=dict)
    shares: Who = field(default_factory=dict)
    shown: dict[int, Any] = field(default_factory=dict)
    taken_at: dict[int, datetime] = field(default_factory=dict)
    latest: dict[int, Any] = field(default_factory=dict)
    final: dict[int, Any] = field(default_factory=dict)
    out: Who = field(default_factory=dict)
    finished_at: dict[int, dict[int, int]] = field(default_factory=dict)  # by challenge and person

    def posted(self, view: ChallengeView) -> None:
        challenge_id = view.challenge.challenge_id
        self.inside[challenge_id], self.shares[challenge_id] = set(), set()
        self.out[challenge_id] = set()
        self.shown[challenge_id] = summary(view)

    def joined(self, challenge_id: int, person_id: int) -> None:
        self.inside[challenge_id].add(person_id)
        self.shares[challenge_id].discard(person_id)
        self.out[challenge_id].discard(person_id)

    def left(self, challenge_id: int, person_id: int, *, stays: bool) -> None:
        self.inside[challenge_id].remove(person_id)
        if stays:
            self.shares[challenge_id].add(person_id)

    def erased(self, before: Picture, person_id: int, *, everything: bool) -> None:
        for challenge_id, people in self.inside.items():
            if everything or challenge_id in self.final:
                people.discard(person_id)
                self.shares[challenge_id].discard(person_id)
                self.out[challenge_id].add(person_id)

    def forgotten(self, those_left: set[int]) -> None:
        for challenge_id in set(self.inside) - those_left:
            del self.inside[challenge_id]

    def taken(self, view: ChallengeView, now: datetime) -> None:
        """A card goes on its way, at most once a minute."""
        challenge_id = view.challenge.challenge_id
        before = self.taken_at.get(challenge_id)
        assert before is None or now - before >= timedelta(minutes=1), (
            "a card is edited once a minute at most"
        )
        self.taken_at[challenge_id] = now
        self.shown[challenge_id] = summary(view)


def summary(view: ChallengeView) -> Any:
    """All of a card that a history can change but the passing of days."""
    state = view.challenge.state
    return (
        view.challenge.plan,
        view.challenge.maker_id,
        state if state in ("removed", "final") else "under way",
        *_standing(view),
    )


def _standing(view: ChallengeView) -> Any:
    return view.entrants, view.teams, view.total, view.people


def check(seen: Picture, stands: Standing) -> None:
    """Raises AssertionError for anything that is not as the history and the runs say."""
    assert set(seen.views) == set(stands.inside)
    for challenge in seen.dump.challenges:
        challenge_id = challenge["challenge_id"]
        if challenge["posted_at"] is None:
            continue
        view = seen.views[challenge_id]
        if challenge["final_at"] is None:
            _check_amounts(seen, stands, challenge)
            _check_view(seen, stands, challenge, view)
            stands.latest[challenge_id] = _standing(view)
        else:
            _check_final(seen, stands, challenge_id, view)
        if challenge["redraw"] == 0:
            assert summary(view) == stands.shown[challenge_id], "a card that is not marked shows what is true"


def _check_amounts(seen: Picture, stands: Standing, challenge: dict[str, Any]) -> None:
    challenge_id = challenge["challenge_id"]
    parts = seen.dump.parts_of(challenge_id)
    assert set(parts) == stands.inside[challenge_id] | stands.shares[challenge_id]
    before = stands.finished_at.get(challenge_id, {})
    after = {person: row["finished_at"] for person, row in parts.items() if row["finished_at"] is not None}
    for person_id in before.keys() & after.keys():
        assert after[person_id] == before[person_id], "a finish keeps its moment for as long as it stands"
    stands.finished_at[challenge_id] = after
    for person_id, part in parts.items():
        amount = amount_of(challenge, person_id, seen.dump.runs)
        assert part["amount"] == amount, (challenge["kind"], part["amount"], amount)
        inside = person_id in stands.inside[challenge_id]
        assert (part["left_at"] is None) == inside
        finished = inside and at_the_target(challenge, amount)
        assert (part["finished_at"] is not None) == finished


def _check_view(seen: Picture, stands: Standing, challenge: dict[str, Any], view: ChallengeView) -> None:
    challenge_id, away = challenge["challenge_id"], seen.dump.away
    parts = seen.dump.parts_of(challenge_id)
    there = stands.inside[challenge_id] - away
    assert {each.person_id for each in view.entrants} == there, "nobody who left is in a standing"
    amounts = {person: amount_of(challenge, person, seen.dump.runs) for person in parts}
    assert {each.person_id: each.amount for each in view.entrants} == {each: amounts[each] for each in there}
    assert {each.person_id for each in view.finishers} == {
        person for person in there if at_the_target(challenge, amounts[person])
    }
    assert view.total == sum(amounts[person] for person in parts if person not in away)
    assert view.people == len(there)
    for team in view.teams:
        mates = [person for person in there if parts[person]["team"] == team.team]
        assert (team.people, team.amount) == (len(mates), sum(amounts[person] for person in mates))


def _check_final(seen: Picture, stands: Standing, challenge_id: int, view: ChallengeView) -> None:
    """What is final stays, but for names taken out."""
    entrants, teams, total, people = stands.final.setdefault(challenge_id, stands.latest[challenge_id])
    out, away = stands.out[challenge_id], seen.dump.away
    kept = [_what_was_done(each) for each in entrants if each.person_id not in out | away]
    assert [_what_was_done(each) for each in view.entrants] == kept
    assert [_what_a_team_did(each) for each in view.teams] == [_what_a_team_did(each) for each in teams]
    assert (view.total, view.people) == (total, people)


def _what_was_done(entrant: Any) -> Any:
    return entrant.person_id, entrant.amount, entrant.finished, entrant.team


def _what_a_team_did(team: Any) -> Any:
    return team.team, team.people, team.amount, team.place  # its name goes with whoever gave it


def check_counted(
    seen: Picture, stands: Standing, run_id: int, counted: tuple[Counted, ...], shown: tuple[Counted, ...]
) -> None:
    """A card says what its run brought, to each challenge of its member that it counts for."""
    runs = seen.dump.runs
    run = next(each for each in runs if each["run_id"] == run_id)
    expected = {}
    for challenge in seen.dump.challenges:
        challenge_id = challenge["challenge_id"]
        under_way = challenge["final_at"] is None and challenge["removed_at"] is None
        if under_way and run["person_id"] in stands.inside.get(challenge_id, ()):
            added, amount = brought(challenge, run_id, runs)
            if added:
                expected[challenge_id] = (added, amount)
    assert seen_by_the_group(run) or not expected
    assert {each.challenge_id: (each.added, each.amount) for each in counted} == expected
    assert shown == counted
