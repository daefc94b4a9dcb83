"""Rows of the database as challenges; shared by every service that shows one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.challenges.model import Challenge, ChallengeView, Plan, TeamStanding
from bot.challenges.rules import Part, ranked, ranked_teams, state_of
from bot.checkins.units import Units
from bot.clock import epoch, moment
from bot.days import DAY, at_local, running_day
from bot.errors import Refusal
from bot.storage import Connection, Queries, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengeFrame:
    """How one member's words are read and days counted, and what the group allows.

    `today` is the member's running day; `open` how many challenges the group has under way, `open_own` how many
    of them are theirs; `members_make` whether every member may make one.
    """

    now: datetime
    zone: ZoneInfo
    units: Units
    group_units: Units
    language: str
    day_starts_minute: int
    week_starts_on: int
    open: int
    open_own: int
    members_make: bool

    @property
    def today(self) -> date:
        return running_day(self.now, self.zone, self.day_starts_minute)


async def load_frame(
    queries: Queries, connection: Connection, group_id: int, person_id: int, now: datetime
) -> ChallengeFrame:
    """The frame of a member, known to the group or not."""
    row = await queries.challenge_frame(connection, group_id=group_id, person_id=person_id)
    return ChallengeFrame(
        now=now,
        zone=ZoneInfo(row["zone"] or row["group_zone"]),
        units=row["units"] or row["group_units"],
        group_units=row["group_units"],
        language=row["group_language"],
        day_starts_minute=row["day_starts_minute"],
        week_starts_on=row["week_starts_on"],
        open=row["open"],
        open_own=row["open_own"],
        members_make=row["challenges_by"] == "members",
    )


def challenge_of(row: Row, today: date, teams: tuple[str, ...] = ()) -> Challenge:
    """The challenge of a row of `challenges` on a running day of the group's."""
    plan = Plan(
        kind=row["kind"],
        measure=row["measure"],
        title=row["title"],
        first_day=date.fromisoformat(row["first_day"]),
        last_day=date.fromisoformat(row["last_day"]),
        line=row["line"],
        target=row["target"],
        route_key=row["route_key"],
        currency=row["currency"],
        per_km=row["per_km"],
        cap=row["cap"],
        teams=teams,
    )
    final = row["final_at"] is not None
    return Challenge(
        challenge_id=row["challenge_id"],
        group_id=row["group_id"],
        maker_id=row["maker_id"],
        plan=plan,
        state=state_of(
            plan,
            today,
            posted=row["posted_at"] is not None,
            removed=row["removed_at"] is not None,
            final=final,
        ),
        final_at=moment(row["final_at"]) if final else None,
    )


async def load_row(queries: Queries, connection: Connection, group_id: int, challenge_id: int) -> Row:
    """The row of `challenge`. Raises Refusal where the group has no such challenge."""
    row: Row | None = await queries.challenge(connection, challenge_id=challenge_id, group_id=group_id)
    if row is None:
        raise gone()
    return row


def gone() -> Refusal:
    """What is said of a challenge that was removed, or is another group's."""
    return Refusal("That challenge is not here any more. See /challenge list for those that are.")


def called_off() -> Refusal:
    """What whoever may change a challenge is told of one that was called off."""
    return Refusal("That challenge was called off. In the first ten minutes /challenge list brings it back.")


def today_of(row: Row, now: datetime) -> date:
    """The group's running day, by the columns of `challenge`."""
    return running_day(now, ZoneInfo(row["group_zone"]), row["day_starts_minute"])


def turns_at(row: Row, now: datetime) -> int | None:
    """When a card reads otherwise by itself: as it begins, on its last day, as it is over (a row of `out_of_date`)."""
    first, last = date.fromisoformat(row["first_day"]), date.fromisoformat(row["last_day"])
    today = today_of(row, now)
    if today > last or row["removed_at"] is not None or row["final_at"] is not None:
        return None
    day = first if today < first else last if today < last else last + DAY
    return epoch(at_local(day, row["day_starts_minute"], ZoneInfo(row["group_zone"])))


async def load_view(
    queries: Queries, connection: Connection, row: Row, now: datetime, person_id: int | None = None
) -> ChallengeView:
    """All that a challenge shows, by its row of `challenge`; `person_id` is who asked."""
    which = {"challenge_id": row["challenge_id"]}
    names = await queries.teams_of(connection, **which) if row["kind"] == "teams" else []
    stored = await queries.parts_of(connection, **which)
    inside = [each for each in stored if each["left_at"] is None]
    entrants = ranked(
        Part(each["person_id"], each["amount"], each["joined_at"], each["finished_at"], each["team"])
        for each in inside
    )
    final = row["final_at"] is not None
    challenge = challenge_of(row, today_of(row, now), tuple(each["name"] for each in names))
    shown = json.loads(row["result_content"] or "{}")
    return ChallengeView(
        challenge=challenge,
        entrants=entrants,
        teams=_teams(names, inside, final=final),
        total=row["final_total"] if final else sum(each["amount"] for each in stored),
        people=row["final_people"] if final else len(inside),
        units=row["group_units"],
        language=row["group_language"],
        card_channel_id=row["card_channel_id"],
        channel_id=row["posted_channel_id"],
        message_id=row["posted_message_id"],
        card_id=row["posted_delivery_id"],
        result_channel_id=row["result_posted_channel_id"],
        result_message_id=row["result_posted_message_id"],
        result_id=row["result_delivery_id"],
        result_stale=shown != result_content(challenge, len(entrants)),
        own=next((each for each in entrants if each.person_id == person_id), None),
        ends_today=challenge.state == "open" and challenge.plan.last_day == today_of(row, now),
    )


def result_content(challenge: Challenge, entrants: int) -> dict[str, object]:
    """What is kept of a posted result: it is out of date once fewer are in it, or its maker was erased."""
    return {"entrants": entrants, "made": challenge.maker_id is not None}


def _teams(names: list[Row], inside: list[Row], *, final: bool) -> tuple[TeamStanding, ...]:
    """The teams as they stand; those of a challenge that is over as they stood when it ended."""
    if final:
        return ranked_teams(
            TeamStanding(each["team"], each["name"], each["final_people"], each["final_amount"], None)
            for each in names
        )
    people: dict[int, int] = {}
    amounts: dict[int, int] = {}
    for each in inside:
        people[each["team"]] = people.get(each["team"], 0) + 1
        amounts[each["team"]] = amounts.get(each["team"], 0) + each["amount"]
    return ranked_teams(
        TeamStanding(
            each["team"], each["name"], people.get(each["team"], 0), amounts.get(each["team"], 0), None
        )
        for each in names
    )
