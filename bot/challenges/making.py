"""Making challenges: draft, preview, post; then change, end, call off and bring back; one method, one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.challenges.counting import comes_back
from bot.challenges.deciding import CARD, RESULT
from bot.challenges.loading import (
    called_off,
    challenge_of,
    gone,
    load_frame,
    load_row,
    load_view,
    today_of,
    turns_at,
)
from bot.challenges.model import ChallengeView, Plan
from bot.challenges.rules import MOST_OPEN, TAKE_BACK_WITHIN, check_change, check_plan
from bot.challenges.storing import columns, deliver, final_from_of, moved, store_teams
from bot.clock import epoch
from bot.errors import Refusal
from bot.ids import new_id
from bot.limits.quotas import NO_QUOTAS, Quotas, check_challenges
from bot.storage import Connection, Database, Row, load_queries


class MakingService:
    """What makers and organisers do. `organiser` says that the door saw one; makers may change what is their own."""

    def __init__(self, database: Database, quotas: Quotas = NO_QUOTAS) -> None:
        self._database = database
        self._quotas = quotas
        self._queries = load_queries("bot.challenges", database.dialect)

    async def check_may(self, group_id: int, person_id: int, now: datetime, *, organiser: bool) -> None:
        """Raises Refusal for members where organisers alone make challenges, and where the group has as many as it
        can."""
        await self._database.read(
            lambda connection: self._check_may(connection, group_id, person_id, now, organiser=organiser)
        )

    async def draft(
        self,
        group_id: int,
        person_id: int,
        interaction_id: int,
        plan: Plan,
        channel_id: int,
        now: datetime,
        *,
        organiser: bool,
    ) -> ChallengeView:
        """Keep a plan for its preview, once for each interaction. A maker has one draft: an older one goes.

        Raises Refusal for a plan that cannot be, for members where organisers alone make challenges, and where the
        group has as many as it can.
        """
        check_plan(plan)

        async def work(connection: Connection) -> ChallengeView:
            await self._check_may(connection, group_id, person_id, now, organiser=organiser)
            await self._ensure(connection, group_id, person_id, now)
            challenge_id = new_id(now)
            added = await self._queries.add_challenge(
                connection,
                challenge_id=challenge_id,
                group_id=group_id,
                maker_id=person_id,
                interaction_id=interaction_id,
                kind=plan.kind,
                channel_id=channel_id,
                now=epoch(now),
                **columns(plan),
            )
            if added:
                await store_teams(self._queries, connection, challenge_id, plan)
            else:
                challenge_id = await self._queries.challenge_of_interaction(
                    connection, group_id=group_id, maker_id=person_id, interaction_id=interaction_id
                )
                if challenge_id is None:
                    raise gone()
            await self._queries.remove_drafts(
                connection, group_id=group_id, maker_id=person_id, but=challenge_id
            )
            return await self._view(connection, group_id, person_id, challenge_id, now)

        return await self._database.write(work)

    async def discard(self, group_id: int, person_id: int, challenge_id: int) -> bool:
        """Throw a draft of one's own away; whether it was there."""
        count: int = await self._database.write(
            lambda connection: self._queries.remove_draft(
                connection, challenge_id=challenge_id, group_id=group_id, maker_id=person_id
            )
        )
        return bool(count)

    async def post(
        self, group_id: int, person_id: int, challenge_id: int, now: datetime, *, organiser: bool
    ) -> ChallengeView:
        """Open a draft of one's own to the group: its card is due now, its result 48 h after its end.

        A second time changes nothing. Raises Refusal as `draft` does, and for a draft that is gone.
        """

        async def work(connection: Connection) -> ChallengeView:
            row = await self._queries.challenge(connection, challenge_id=challenge_id, group_id=group_id)
            if row is None or row["maker_id"] != person_id:
                raise Refusal(
                    "That preview is gone: a newer one took its place. Use /challenge create again."
                )
            if row["removed_at"] is not None:
                raise called_off()
            if row["posted_at"] is None:
                await self._check_may(connection, group_id, person_id, now, organiser=organiser)
                plan = challenge_of(row, today_of(row, now)).plan
                if plan.last_day < today_of(row, now):
                    raise Refusal("That preview is of days that are over. Use /challenge create again.")
                await self._queries.post_challenge(
                    connection, challenge_id=challenge_id, turns_at=turns_at(row, now), now=epoch(now)
                )
                await deliver(self._queries, connection, row, CARD, now, now)
                await deliver(self._queries, connection, row, RESULT, final_from_of(row, plan), now)
            return await self._view(connection, group_id, person_id, challenge_id, now)

        return await self._database.write(work)

    async def to_change(
        self, group_id: int, person_id: int, challenge_id: int, now: datetime, *, organiser: bool
    ) -> ChallengeView:
        """A challenge as it stands, for whoever may change it. Raises Refusal for anybody else, and where nothing can
        be changed any more."""

        async def work(connection: Connection) -> ChallengeView:
            await self._own(connection, group_id, person_id, challenge_id, organiser=organiser)
            return await self._view(connection, group_id, person_id, challenge_id, now)

        return await self._database.read(work)

    async def change(
        self,
        group_id: int,
        person_id: int,
        challenge_id: int,
        plan: Plan,
        now: datetime,
        *,
        organiser: bool,
    ) -> ChallengeView:
        """Make a draft or a posted challenge what the form says now; its kind stays.

        Every standing is made anew where days or target moved. Once it has begun its first day and its measure stay;
        a new last day is today or later. Raises Refusal for what cannot be changed any more.
        """
        check_plan(plan)

        async def work(connection: Connection) -> ChallengeView:
            row = await self._own(connection, group_id, person_id, challenge_id, organiser=organiser)
            today = today_of(row, now)
            before = await self._view(connection, group_id, person_id, challenge_id, now)
            old = before.challenge.plan
            started = row["posted_at"] is not None and old.first_day <= today
            check_change(old, plan, started=started, people=before.people)
            if plan.last_day < today and plan.last_day != old.last_day:
                raise Refusal("That last day has passed. Give today or a later one, or use End.")
            await self._queries.change_challenge(connection, challenge_id=challenge_id, **columns(plan))
            await store_teams(self._queries, connection, challenge_id, plan)
            if row["posted_at"] is not None:
                await moved(self._queries, connection, challenge_id, row, old, plan, now)
            return await self._view(connection, group_id, person_id, challenge_id, now)

        return await self._database.write(work)

    async def end(
        self, group_id: int, person_id: int, challenge_id: int, now: datetime, *, organiser: bool
    ) -> ChallengeView:
        """Let today be the last day; the result comes 48 h after it. Raises Refusal for one that has not begun."""

        async def work(connection: Connection) -> ChallengeView:
            row = await self._own(connection, group_id, person_id, challenge_id, organiser=organiser)
            today = today_of(row, now)
            if row["posted_at"] is None or row["first_day"] > today.isoformat():
                raise Refusal("That challenge has not begun. Call it off instead.")
            if row["last_day"] < today.isoformat():
                raise Refusal(
                    "That challenge has ended already; its result comes 48 hours after its last day."
                )
            view = await self._view(connection, group_id, person_id, challenge_id, now)
            old = view.challenge.plan
            plan = replace(old, last_day=today)
            await self._queries.change_challenge(connection, challenge_id=challenge_id, **columns(plan))
            await moved(self._queries, connection, challenge_id, row, old, plan, now)
            return await self._view(connection, group_id, person_id, challenge_id, now)

        return await self._database.write(work)

    async def call_off(
        self, group_id: int, person_id: int, challenge_id: int, now: datetime, *, organiser: bool
    ) -> ChallengeView:
        """Take a challenge away without a result; for ten minutes it can be brought back."""

        async def work(connection: Connection) -> ChallengeView:
            await self._posted(connection, group_id, person_id, challenge_id, organiser=organiser)
            await self._queries.call_off(connection, challenge_id=challenge_id, now=epoch(now))
            await self._queries.mark(connection, challenge_id=challenge_id)
            return await self._view(connection, group_id, person_id, challenge_id, now)

        return await self._database.write(work)

    async def bring_back(
        self, group_id: int, person_id: int, challenge_id: int, now: datetime, *, organiser: bool
    ) -> ChallengeView:
        """Bring back what was called off less than ten minutes ago. Raises Refusal for anything else."""

        async def work(connection: Connection) -> ChallengeView:
            row = await load_row(self._queries, connection, group_id, challenge_id)
            self._check_own(row, person_id, organiser=organiser)
            if row["removed_at"] is not None and not await self._queries.call_on(
                connection, challenge_id=challenge_id, since=epoch(now - TAKE_BACK_WITHIN)
            ):
                raise Refusal(
                    "The ten minutes for bringing it back are over. Make it anew with /challenge create."
                )
            frame = await load_frame(self._queries, connection, group_id, person_id, now)
            _check_room(frame.open - 1)
            await self._queries.due_as_before(connection, challenge_id=challenge_id)
            await self._queries.mark(connection, challenge_id=challenge_id)
            return await self._view(connection, group_id, person_id, challenge_id, now)

        return await self._database.write(work)

    async def post_again(
        self, group_id: int, person_id: int, challenge_id: int, now: datetime, *, organiser: bool
    ) -> ChallengeView:
        """Let the card come once more: it never came, was deleted, or scrolled away; the old one waits for its removal
        (bot.members.removals). Once the challenge is over, let the result come if it could not be posted."""

        async def work(connection: Connection) -> ChallengeView:
            row = await load_row(self._queries, connection, group_id, challenge_id)
            self._check_own(row, person_id, organiser=organiser)
            again = {"challenge_id": challenge_id, "now": epoch(now)}
            came = await self._queries.post_again(connection, **again, kind=RESULT, delivery_id=new_id(now))
            if row["final_at"] is None or not came:
                await self._posted(connection, group_id, person_id, challenge_id, organiser=organiser)
                await self._queries.queue_old_card(connection, **again)
                await self._queries.post_again(connection, **again, kind=CARD, delivery_id=new_id(now))
            return await self._view(connection, group_id, person_id, challenge_id, now)

        return await self._database.write(work)

    # What the methods above are made of.

    async def _check_may(
        self, connection: Connection, group_id: int, person_id: int, now: datetime, *, organiser: bool
    ) -> None:
        frame = await load_frame(self._queries, connection, group_id, person_id, now)
        if not (organiser or frame.members_make):
            raise Refusal(
                "In this group organisers make the challenges. Tell them your idea; "
                "they can also let members make some, in /setup."
            )
        _check_room(frame.open)
        if not organiser:
            check_challenges(frame.open_own, self._quotas.open_challenges_each)

    async def _ensure(self, connection: Connection, group_id: int, person_id: int, now: datetime) -> None:
        await self._queries.ensure_group(connection, group_id=group_id, now=epoch(now))
        await self._queries.ensure_person(connection, person_id=person_id, now=epoch(now))
        await comes_back(self._queries, connection, group_id, person_id)
        await self._queries.ensure_member(connection, group_id=group_id, person_id=person_id, now=epoch(now))

    async def _own(
        self, connection: Connection, group_id: int, person_id: int, challenge_id: int, *, organiser: bool
    ) -> Row:
        """The row of a challenge that this person may still change."""
        row = await load_row(self._queries, connection, group_id, challenge_id)
        self._check_own(row, person_id, organiser=organiser)
        if row["removed_at"] is not None:
            raise called_off()
        if row["final_at"] is not None:
            raise Refusal("That challenge is over and its result is out; it stays as it is.")
        return row

    async def _posted(
        self, connection: Connection, group_id: int, person_id: int, challenge_id: int, *, organiser: bool
    ) -> None:
        """Raise Refusal where this person cannot change the challenge, and for a draft."""
        row = await self._own(connection, group_id, person_id, challenge_id, organiser=organiser)
        if row["posted_at"] is None:
            raise gone()

    @staticmethod
    def _check_own(row: Row, person_id: int, *, organiser: bool) -> None:
        if row["maker_id"] == person_id:
            return
        if row["posted_at"] is None:
            raise gone()
        if not organiser:
            raise Refusal("Whoever made that challenge can change it, and organisers can.")

    async def _view(
        self, connection: Connection, group_id: int, person_id: int, challenge_id: int, now: datetime
    ) -> ChallengeView:
        row = await load_row(self._queries, connection, group_id, challenge_id)
        return await load_view(self._queries, connection, row, now, person_id)


def _check_room(others: int) -> None:
    """`others` are under way beside the one that is to be."""
    if others >= MOST_OPEN:
        raise Refusal(
            "This group has {most} challenges under way, as many as fit. There is room again once a result is out, "
            "or when one is called off in /challenge list.",
            most=MOST_OPEN,
        )
