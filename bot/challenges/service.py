"""Taking part in challenges: look, join, leave, and keep posted cards up to date; one method, one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.challenges import deciding
from bot.challenges.counting import comes_back, recount
from bot.challenges.loading import (
    ChallengeFrame,
    challenge_of,
    gone,
    load_frame,
    load_row,
    load_view,
    turns_at,
)
from bot.challenges.model import SHARED, ChallengeList, ChallengeView, Joined, Left, Listed
from bot.challenges.rules import TAKE_BACK_WITHIN, team_to_join
from bot.clock import epoch
from bot.days import running_day
from bot.errors import Refusal
from bot.scheduling.model import Decision, Delivery
from bot.storage import Connection, Database, Row, load_queries

BETWEEN_EDITS = timedelta(minutes=1)  # of one card
_STUCK = timedelta(minutes=5)
MOST_LISTED = 25  # the options of a menu


class ChallengeService:
    """Ids are Discord's or ours; `now` is an aware UTC moment. Every method names the group: another group's challenge
    is "not here any more"."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queries = load_queries("bot.challenges", database.dialect)

    async def frame(self, group_id: int, person_id: int, now: datetime) -> ChallengeFrame:
        """How a member's words are read, and whether the group lets members make challenges."""
        return await self._database.read(
            lambda connection: load_frame(self._queries, connection, group_id, person_id, now)
        )

    async def view(
        self, group_id: int, person_id: int | None, challenge_id: int, now: datetime
    ) -> ChallengeView:
        """A challenge as it stands now. Raises Refusal for another group's, and for somebody else's draft."""

        async def work(connection: Connection) -> ChallengeView:
            row = await load_row(self._queries, connection, group_id, challenge_id)
            if row["posted_at"] is None and row["maker_id"] != person_id:
                raise gone()
            return await load_view(self._queries, connection, row, now, person_id)

        return await self._database.read(work)

    async def listed(self, group_id: int, person_id: int, now: datetime) -> ChallengeList:
        """The group's challenges, those under way first, then coming, ended, just called off and final ones: at most
        25."""

        async def work(connection: Connection) -> ChallengeList:
            frame = await load_frame(self._queries, connection, group_id, person_id, now)
            rows = await self._queries.list_challenges(
                connection,
                group_id=group_id,
                person_id=person_id,
                today=frame.today.isoformat(),
                off_since=epoch(now - TAKE_BACK_WITHIN),
                most=MOST_LISTED,
            )
            listed = (
                Listed(challenge_of(row, frame.today), _people(row), bool(row["joined"])) for row in rows
            )
            return ChallengeList(tuple(listed), frame.group_units, frame.members_make)

        return await self._database.read(work)

    async def join(self, group_id: int, person_id: int, challenge_id: int, now: datetime) -> Joined:
        """Take part; what was run since the first day counts already. A second time changes nothing.

        Raises Refusal where the challenge has ended or was called off.
        """

        async def work(connection: Connection) -> Joined:
            row = await self._alive(connection, group_id, challenge_id)
            frame = await load_frame(self._queries, connection, group_id, person_id, now)
            if running_day(now, frame.zone, frame.day_starts_minute).isoformat() > row["last_day"]:
                raise Refusal(
                    "That challenge has ended. See /challenge list for what is under way, or start a new one."
                )
            part = await self._queries.part(connection, challenge_id=challenge_id, person_id=person_id)
            again = part is not None and part["left_at"] is None
            await self._known(connection, group_id, person_id, now)
            if not again:
                await self._enter(connection, row, person_id, now)
            view = await load_view(self._queries, connection, row, now, person_id)
            names = {each.team: each.name for each in view.teams}
            own = None if view.own is None else view.own.team
            return Joined(view, again, None if own is None else names.get(own))

        return await self._database.write(work)

    async def leave(
        self, group_id: int, person_id: int, challenge_id: int, now: datetime, *, share_stays: bool = False
    ) -> Left:
        """Leave every standing of the challenge at once. With `share_stays` what one brought stays in the total, where
        there is one for all; it goes on following one's own corrections, without a name.

        Raises Refusal for somebody who takes no part, and once the result is out.
        """

        async def work(connection: Connection) -> Left:
            row = await self._alive(connection, group_id, challenge_id)
            part = await self._queries.part(connection, challenge_id=challenge_id, person_id=person_id)
            if part is None or part["left_at"] is not None:
                raise Refusal("You take no part in that challenge, so there is nothing to leave.")
            which = {"challenge_id": challenge_id, "person_id": person_id}
            stays = share_stays and row["kind"] in SHARED and part["amount"] > 0
            if stays:
                await self._queries.leave_share_behind(connection, **which, now=epoch(now))
            else:
                await self._queries.leave_with_share(connection, **which)
            await self._queries.mark(connection, challenge_id=challenge_id)
            view = await load_view(self._queries, connection, row, now, person_id)
            return Left(view, part["amount"], stays)

        return await self._database.write(work)

    # Deliveries.

    async def decide_card(self, connection: Connection, delivery: Delivery, now: datetime) -> Decision:
        """The challenge's own card, once it is posted."""
        return await deciding.decide_card(self._queries, connection, delivery, now)

    async def decide_result(self, connection: Connection, delivery: Delivery, now: datetime) -> Decision:
        """The result, 48 h after the last day ended for everyone who takes part: from then on nothing counts."""
        return await deciding.decide_result(self._queries, connection, delivery, now)

    async def to_be_named(self, delivery: Delivery, most: int, now: datetime) -> tuple[int, ...]:
        """Whom the result of a delivery would name by what is stored now: those to look up before."""
        return await self._database.read(
            lambda connection: deciding.to_be_named(self._queries, connection, delivery, most, now)
        )

    # Cards that are out of date.

    async def take_out_of_date(
        self, now: datetime, most: int = 20, between: timedelta = BETWEEN_EDITS
    ) -> list[ChallengeView]:
        """Challenges whose card is to be edited now, each at most once in `between`; they count as edited at `now`.

        Every one that is given is answered with `redrawn` or `not_redrawn`; what neither came for is given again after
        five minutes.
        """
        before, stuck = epoch(now - between), epoch(now - max(_STUCK, between))

        async def look(connection: Connection) -> list[Row]:
            rows: list[Row] = await self._queries.out_of_date(
                connection, before=before, stuck_before=stuck, now=epoch(now), most=most
            )
            return rows

        async def mark(connection: Connection) -> list[Row]:
            rows = await look(connection)
            marks = [
                {"challenge_id": row["challenge_id"], "turns_at": turns_at(row, now), "now": epoch(now)}
                for row in rows
            ]
            if marks:
                await self._queries.redrawing(connection, marks)
            return rows

        if not await self._database.read(look):
            return []
        marked = await self._database.write(mark)

        async def load(connection: Connection) -> list[ChallengeView]:
            # after the marks: what changes from here on makes them out of date again
            found = []
            for each in marked:
                row = await self._queries.challenge(
                    connection, challenge_id=each["challenge_id"], group_id=each["group_id"]
                )
                if row is not None:
                    found.append(await load_view(self._queries, connection, row, now))
            return found

        return await self._database.read(load)

    async def redrawn(self, challenge_ids: Sequence[int], now: datetime) -> None:
        """Their cards were edited at `now` and show what was taken; one that changed meanwhile stays out of date."""

        async def work(connection: Connection) -> None:
            for challenge_id in challenge_ids:
                await self._queries.redrawn(connection, challenge_id=challenge_id, now=epoch(now))

        if challenge_ids:
            await self._database.write(work)

    async def not_redrawn(self, challenge_id: int) -> None:
        """The edit did not arrive: it is tried again."""
        await self._database.write(
            lambda connection: self._queries.not_redrawn(connection, challenge_id=challenge_id)
        )

    async def forget(self, now: datetime) -> int:
        """Remove what was called off ten minutes ago and drafts of yesterday; how many."""
        return await self._database.write(lambda connection: deciding.forget(self._queries, connection, now))

    # What the methods above are made of.

    async def _alive(self, connection: Connection, group_id: int, challenge_id: int) -> Row:
        """The row of a challenge that one can still join or leave."""
        row = await load_row(self._queries, connection, group_id, challenge_id)
        if row["posted_at"] is None:
            raise gone()
        if row["removed_at"] is not None:
            raise Refusal("That challenge was called off. See /challenge list for those that are under way.")
        if row["final_at"] is not None:
            raise Refusal("That challenge is over and its result is out; it stays as it is.")
        return row

    async def _known(self, connection: Connection, group_id: int, person_id: int, now: datetime) -> None:
        """Store somebody as being in the group, whether they are new, or back, or took part all the time."""
        await self._queries.ensure_person(connection, person_id=person_id, now=epoch(now))
        await comes_back(self._queries, connection, group_id, person_id)
        await self._queries.ensure_member(connection, group_id=group_id, person_id=person_id, now=epoch(now))

    async def _enter(self, connection: Connection, row: Row, person_id: int, now: datetime) -> None:
        """Store somebody as taking part, in the team with fewest people where there are teams."""
        group_id, challenge_id = row["group_id"], row["challenge_id"]
        team = None
        if row["kind"] == "teams":
            team = team_to_join((await load_view(self._queries, connection, row, now)).teams)
        await self._queries.join_challenge(
            connection,
            challenge_id=challenge_id,
            group_id=group_id,
            person_id=person_id,
            team=team,
            now=epoch(now),
        )
        await recount(self._queries, connection, group_id, person_id, now)
        await self._queries.mark(connection, challenge_id=challenge_id)


def _people(row: Row) -> int:
    people: int = row["people"] if row["final_people"] is None else row["final_people"]
    return people
