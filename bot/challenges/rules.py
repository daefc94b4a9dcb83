"""What is true of challenges: dates, what counts, who stands where, what was pledged. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from bot.challenges.model import ALONE, Entrant, Kind, Measure, Plan, State, TeamStanding
from bot.days import DAY, at_local
from bot.errors import Refusal

LATE_ENTRIES = timedelta(hours=48)  # after the last day of the member farthest west
TAKE_BACK_WITHIN = timedelta(minutes=10)
MOST_OPEN = 25  # in a group
LONGEST_DAYS = 366
FEWEST_TEAMS, MOST_TEAMS = 2, 8
LONGEST_TITLE, LONGEST_LINE, LONGEST_TEAM_NAME = 80, 200, 32
# More than a whole group runs in a year, and than anybody does: what is above is a slip of the hand.
MOST_METRES, MOST_SECONDS, MOST_DAYS = 1_000_000_000, 1_000_000 * 3_600, 1_000_000
MOST_METRES_EACH, MOST_SECONDS_EACH = 20_000_000, 8_760 * 3_600


@dataclass(frozen=True, slots=True)
class Part:
    """One participant as stored: `finished_at` and `joined_at` order those who are level."""

    person_id: int
    amount: int
    joined_at: int
    finished_at: int | None = None
    team: int | None = None


def state_of(plan: Plan, today: date, *, posted: bool, removed: bool = False, final: bool = False) -> State:
    """What a challenge is on a running day."""
    if not posted:
        return "draft"
    if removed:
        return "removed"
    if final:
        return "final"
    if today < plan.first_day:
        return "coming"
    return "open" if today <= plan.last_day else "closing"


def check_plan(plan: Plan) -> None:
    """Raises Refusal for what no challenge can be; a plan that passes can be stored."""
    if not plan.title:
        raise Refusal("A challenge needs a title. Give it a few words, like Rhine together.")
    if plan.last_day < plan.first_day:
        raise Refusal("It ends before it starts. Give an end on or after {start}.", start=plan.first_day)
    days = (plan.last_day - plan.first_day).days + 1
    if days > LONGEST_DAYS:
        raise Refusal("A challenge lasts a year at most. Give an earlier end.")
    if plan.kind == "teams":
        _check_teams(plan.teams)
    if plan.target is not None:
        _check_target(plan.kind, plan.measure, plan.target, days)
    if plan.kind == "pledge" and plan.cap is not None and plan.per_km is not None and plan.cap < plan.per_km:
        raise Refusal(
            "The cap is less than one kilometre brings. Give a higher cap, or less for a kilometre."
        )


def check_change(old: Plan, new: Plan, *, started: bool, people: int) -> None:
    """Raises Refusal for a change that takes the ground from under those who run; `people` take part already."""
    if new.kind != old.kind:
        raise Refusal("A challenge keeps its kind. Make another with /challenge create.")
    if not started:
        if people and len(new.teams) < len(old.teams):
            raise Refusal("People are in these teams already. Name as many teams as there were, or more.")
        return
    if new.first_day != old.first_day:
        raise Refusal("It has begun, so its first day stays. The title, the target and the end can change.")
    if new.measure != old.measure or new.route_key != old.route_key:
        raise Refusal("It has begun, so what counts stays. The title, the target and the end can change.")
    if (new.currency, new.per_km) != (old.currency, old.per_km):
        raise Refusal(
            "It has begun, so what a kilometre brings stays. The title, the cap and the end can change."
        )
    if len(new.teams) != len(old.teams):
        raise Refusal("It has begun, so there are as many teams as before. Their names can change.")


def _check_teams(names: Sequence[str]) -> None:
    if len(names) < FEWEST_TEAMS:
        raise Refusal("It takes at least two teams. Name them, one in a line.")
    if len(names) > MOST_TEAMS:
        raise Refusal("At most eight teams fit. Name fewer.")
    if len({name.casefold() for name in names}) < len(names):
        raise Refusal("Two teams have the same name. Give each its own.")


def _check_target(kind: Kind, measure: Measure, target: int, days: int) -> None:
    if target < 1:
        raise Refusal("A target is more than zero. Give one to run for.")
    if kind == "days" and target > days:
        raise Refusal(
            "It lasts {days} days, so nobody can keep {target}. Give fewer days, or a later end.",
            days=days,
            target=target,
        )
    alone = kind in ALONE
    most = {
        "metres": MOST_METRES_EACH if alone else MOST_METRES,
        "seconds": MOST_SECONDS_EACH if alone else MOST_SECONDS,
        "days": MOST_DAYS,
    }[measure]
    if target > most:
        raise Refusal(
            "That target is larger than anybody could reach in that time. Check the number and its unit."
        )


def contribution(measure: Measure, metres: int | None, seconds: int | None, *, new_day: bool) -> int:
    """What one run adds in `measure`; `new_day`: no other run that counts is of its running day."""
    if measure == "days":
        return int(new_day)
    return (metres if measure == "metres" else seconds) or 0


def pledged(metres: int, per_km: int, cap: int) -> int:
    """Minor units pledged for `metres`: for each kilometre `per_km`, parts of one too, up to `cap`.

    Rounded down, once: nothing is promised that was not run.
    """
    return min(cap, metres * per_km // 1_000)


def metres_for(cap: int, per_km: int) -> int:
    """The metres from which on the cap is reached."""
    return -(-cap * 1_000 // per_km)


def team_to_join(teams: Iterable[TeamStanding]) -> int:
    """The team with the fewest people; of equal ones the one that did less so far, then the first named."""
    return min(teams, key=lambda each: (each.people, each.amount, each.team)).team


def ranked(parts: Iterable[Part]) -> tuple[Entrant, ...]:
    """Everyone who takes part: finishers in the order they finished, then by amount; level ones as they joined.

    Places go by amount alone, and equal amounts share one; nobody has a place above somebody who did more.
    """
    found = list(parts)
    above = _places(each.amount for each in found)
    in_order = sorted(
        found,
        key=lambda each: (
            each.finished_at is None,
            each.finished_at or 0,
            -each.amount,
            each.joined_at,
            each.person_id,
        ),
    )
    return tuple(
        Entrant(each.person_id, each.amount, above[each.amount], each.finished_at is not None, each.team)
        for each in in_order
    )


def _places(amounts: Iterable[int]) -> dict[int, int]:
    """The place of each amount: one more than how many are higher."""
    place: dict[int, int] = {}
    for number, amount in enumerate(sorted(amounts, reverse=True), start=1):
        place.setdefault(amount, number)
    return place


def ranked_teams(teams: Iterable[TeamStanding]) -> tuple[TeamStanding, ...]:
    """Teams by the mean of their members, exactly; those without anybody last, without a place."""
    found = list(teams)
    means = {each.team: Fraction(each.amount, each.people) for each in found if each.people}
    standing = [
        TeamStanding(
            each.team,
            each.name,
            each.people,
            each.amount,
            1 + sum(mean > means[each.team] for mean in means.values()) if each.people else None,
        )
        for each in found
    ]
    return tuple(sorted(standing, key=lambda each: (each.place is None, each.place or 0, each.team)))


def final_from(last_day: date, zones: Iterable[ZoneInfo], day_starts_minute: int) -> datetime:
    """The UTC moment from which on nothing counts any more: 48 h after the last day ended for all in `zones`."""
    return max(at_local(last_day + DAY, day_starts_minute, each) for each in zones) + LATE_ENTRIES
