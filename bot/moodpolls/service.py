"""Use cases of polls: draft, post, vote, close; one method, one transaction."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.challenges.counting import comes_back
from bot.clock import epoch
from bot.consents.rules import feelings_off
from bot.errors import Refusal
from bot.ids import new_id
from bot.limits.quotas import NO_QUOTAS, Quotas, check_polls
from bot.moodpolls.deciding import decide_poll
from bot.moodpolls.loading import asked_of, load_plan, load_poll, plan_view, poll_view
from bot.moodpolls.model import ItemResult, PlanView, PollPlan, PollView, Voted, stored_result
from bot.moodpolls.rules import check_plan, pulse_item, question_item, voter_code
from bot.scheduling.model import Decision, Delivery
from bot.storage import Connection, Database, Row, load_queries

DRAFTS_KEPT = timedelta(days=1)


class MoodPollService:
    """Polls of a group. The door makes sure that plans are made, posted, closed and stopped by organisers alone.

    A vote stands under a one-way code of its voter and without a time; no row says who voted.
    """

    def __init__(self, database: Database, quotas: Quotas = NO_QUOTAS) -> None:
        self._database = database
        self._quotas = quotas
        self._queries = load_queries("bot.moodpolls", database.dialect)
        self._challenges = load_queries("bot.challenges", database.dialect)
        # Whether a copy of closed polls' votes may be left in the file; None: not looked yet since the start.
        self._clean: bool | None = None

    async def check_on(self, group_id: int) -> None:
        """Raises Refusal where feelings are off in the group."""
        row = await self._database.read(
            lambda connection: self._queries.feelings_on(connection, group_id=group_id)
        )
        if not row["feelings_on"]:
            raise feelings_off()

    async def draft(
        self,
        group_id: int,
        person_id: int,
        interaction_id: int,
        plan: PollPlan,
        channel_id: int,
        now: datetime,
    ) -> PlanView:
        """Keep a plan for its preview, once for each interaction. A maker has one draft: an older one goes.

        Raises Refusal for what cannot be asked so, and where feelings are off.
        """
        check_plan(plan)

        async def work(connection: Connection) -> PlanView:
            if not (await self._queries.feelings_on(connection, group_id=group_id))["feelings_on"]:
                raise feelings_off()
            whose = {"group_id": group_id, "maker_id": person_id}
            await self._queries.ensure_person(connection, person_id=person_id, now=epoch(now))
            await comes_back(self._challenges, connection, group_id, person_id)
            await self._queries.ensure_member(
                connection, group_id=group_id, person_id=person_id, now=epoch(now)
            )
            await self._queries.add_plan(
                connection,
                **whose,
                plan_id=new_id(now),
                interaction_id=interaction_id,
                kind=plan.kind,
                question=plan.question,
                answers=json.dumps(plan.answers, ensure_ascii=False) if plan.answers else None,
                minimum=plan.minimum,
                open_seconds=int(plan.open_for.total_seconds()),
                weekly=int(plan.weekly),
                channel_id=channel_id,
                now=epoch(now),
            )
            plan_id = await self._queries.plan_of_interaction(
                connection, **whose, interaction_id=interaction_id
            )
            if plan_id is None:
                raise Refusal("That preview is gone: a newer one took its place. Use /moodpoll again.")
            await self._queries.remove_drafts(connection, **whose, but=plan_id)
            return plan_view(await load_plan(self._queries, connection, group_id, plan_id))

        return await self._database.write(work)

    async def discard(self, group_id: int, person_id: int, plan_id: int) -> bool:
        """Throw a draft of one's own away; whether it was there."""
        count: int = await self._database.write(
            lambda connection: self._queries.remove_draft(
                connection, group_id=group_id, maker_id=person_id, plan_id=plan_id
            )
        )
        return bool(count)

    async def plan(self, group_id: int, plan_id: int) -> PlanView:
        """A plan of the group. Raises Refusal where there is none."""
        row = await self._database.read(
            lambda connection: load_plan(self._queries, connection, group_id, plan_id)
        )
        return plan_view(row)

    async def post(self, group_id: int, person_id: int, plan_id: int, now: datetime) -> PlanView:
        """Let a draft of one's own go out: its poll is due now, and where it is weekly, in every week at this time.

        A second time changes nothing. Raises Refusal for a draft that is gone, and where feelings are off.
        """

        async def work(connection: Connection) -> PlanView:
            row = await load_plan(self._queries, connection, group_id, plan_id)
            if row["maker_id"] != person_id:
                raise Refusal("That preview is gone: a newer one took its place. Use /moodpoll again.")
            if not row["feelings_on"]:
                raise feelings_off()
            if row["posted_at"] is None:
                await self._check_room(connection, group_id)
            if await self._queries.post_plan(connection, plan_id=plan_id, now=epoch(now)):
                await self._schedule(connection, row, now)
            return plan_view(await load_plan(self._queries, connection, group_id, plan_id))

        return await self._database.write(work)

    async def _schedule(self, connection: Connection, row: Row, now: datetime) -> None:
        """The schedule of a plan, and its first delivery."""
        local, weekly = now.astimezone(ZoneInfo(row["zone"])), bool(row["weekly"])
        schedule_id = new_id(now)
        await self._queries.add_schedule(
            connection,
            schedule_id=schedule_id,
            group_id=row["group_id"],
            plan_id=row["plan_id"],
            minute=local.hour * 60 + local.minute,
            weekdays=1 << local.weekday(),
            off_reason=None if weekly else "once",
            last_day=local.date().isoformat(),
            next_due_at=epoch(now) if weekly else None,
            now=epoch(now),
        )
        await self._queries.add_delivery(
            connection,
            delivery_id=new_id(now),
            schedule_id=schedule_id,
            group_id=row["group_id"],
            day=local.date().isoformat(),
            now=epoch(now),
        )

    async def stop(self, group_id: int, plan_id: int, now: datetime) -> PlanView:
        """No further poll comes of a weekly plan; one that is open stays until it closes."""

        async def work(connection: Connection) -> PlanView:
            if await self._queries.stop_plan(connection, group_id=group_id, plan_id=plan_id, now=epoch(now)):
                await self._queries.stop_schedule(connection, plan_id=plan_id)
            return plan_view(await load_plan(self._queries, connection, group_id, plan_id))

        return await self._database.write(work)

    async def go_on(self, group_id: int, plan_id: int, now: datetime) -> PlanView:
        """A stopped weekly plan comes again at its weekday and time."""

        async def work(connection: Connection) -> PlanView:
            if (await load_plan(self._queries, connection, group_id, plan_id))["stopped_at"] is not None:
                await self._check_room(connection, group_id)
            if await self._queries.go_on_with_plan(connection, group_id=group_id, plan_id=plan_id):
                await self._queries.go_on_with_schedule(connection, plan_id=plan_id, now=epoch(now))
            return plan_view(await load_plan(self._queries, connection, group_id, plan_id))

        return await self._database.write(work)

    async def _check_room(self, connection: Connection, group_id: int) -> None:
        under_way = await self._queries.polls_under_way(connection, group_id=group_id)
        check_polls(under_way, self._quotas.open_polls)

    async def decide(self, connection: Connection, delivery: Delivery, now: datetime) -> Decision:
        """What a delivery of a poll brings (bot.scheduling)."""
        return await decide_poll(self._queries, connection, delivery, now)

    async def poll(self, group_id: int, poll_id: int) -> PollView:
        """A poll as it stands. Raises Refusal where the group has no such poll."""
        row = await self._database.read(
            lambda connection: load_poll(self._queries, connection, group_id, poll_id)
        )
        return poll_view(row)

    async def vote(
        self, group_id: int, person_id: int, poll_id: int, question: int, answer: int, now: datetime
    ) -> Voted:
        """Choose, or choose otherwise.

        Args:
            question: 1, or 2 for a pulse's second one.
            answer: from 1.

        Raises:
            Refusal: for a poll that is closed or gone, for what is no answer of it, and where feelings are off.
        """

        async def work(connection: Connection) -> Voted:
            row, voter = await self._open(connection, group_id, person_id, poll_id, now)
            if not row["feelings_on"]:
                raise feelings_off()
            plan = asked_of(row)
            if not 1 <= question <= plan.questions or not 1 <= answer <= plan.choices:
                raise Refusal("That button is from an older message. Use the command again for a fresh one.")
            stands = await self._queries.vote(
                connection,
                poll_id=poll_id,
                voter=voter,
                first=answer if question == 1 else None,
                second=answer if question == 2 else None,
            )
            return Voted(poll_view(row), stands["first"], stands["second"])

        return await self._database.write(work)

    async def unvote(self, group_id: int, person_id: int, poll_id: int, now: datetime) -> PollView:
        """Take one's vote out of an open poll."""

        async def work(connection: Connection) -> PollView:
            row, voter = await self._open(connection, group_id, person_id, poll_id, now)
            await self._queries.remove_vote(connection, poll_id=poll_id, voter=voter)
            return poll_view(row)

        # closing leaves no copy of any vote; until then the secret is there as well
        return await self._database.write(work)

    async def _open(
        self, connection: Connection, group_id: int, person_id: int, poll_id: int, now: datetime
    ) -> tuple[Row, str]:
        row = await load_poll(self._queries, connection, group_id, poll_id)
        if row["closed_at"] is not None or row["closes_at"] <= epoch(now) or row["secret"] is None:
            raise Refusal("That poll is closed. Results shows what came of it.")
        return row, voter_code(row["secret"], poll_id, person_id)

    async def close(self, group_id: int, poll_id: int, now: datetime) -> PollView:
        """Close a poll: what is shown of it is kept, its votes and its secret are destroyed. A second time changes
        nothing."""

        async def work(connection: Connection) -> PollView:
            row = await load_poll(self._queries, connection, group_id, poll_id)
            if row["closed_at"] is None:
                await self._close(connection, row, now)
                row = await load_poll(self._queries, connection, group_id, poll_id)
            return poll_view(row)

        try:
            view = await self._database.write(work)
        finally:
            self._clean = False
        await self.scrubbed()
        return view

    async def close_due(self, now: datetime) -> int:
        """Close the polls whose time has come, and those of a restored backup; how many."""

        async def look(connection: Connection) -> list[Row]:
            rows: list[Row] = await self._queries.polls_due(connection, now=epoch(now))
            return rows

        async def work(connection: Connection) -> None:
            for each in await self._queries.polls_due(connection, now=epoch(now)):
                row = await load_poll(self._queries, connection, each["group_id"], each["poll_id"])
                await self._close(connection, row, now)

        due = await self._database.read(look)
        if due:
            try:
                await self._database.write(work)
            finally:
                self._clean = False
        await self.scrubbed()
        return len(due)

    async def scrubbed(self) -> bool:
        """Leave no copy of closed polls' votes and secrets in the file; False where that has to wait.

        A closed poll whose message is out of date tells that a stop may have come between closing and this, so
        messages are edited after it.
        """
        if self._clean is None:
            self._clean = not await self._database.read(self._queries.polls_unfinished)
        if not self._clean:
            self._clean = await self._database.scrub()
        return self._clean

    async def _close(self, connection: Connection, row: Row, now: datetime) -> None:
        poll_id, plan = row["poll_id"], asked_of(row)
        votes = await self._queries.votes(connection, poll_id=poll_id)
        if row["secret"] is None:
            items = tuple(ItemResult(withheld="restored") for _ in range(plan.questions))
        else:
            columns = ("first", "second")[: plan.questions]
            chosen = [[vote[column] for vote in votes if vote[column] is not None] for column in columns]
            items = tuple(
                pulse_item(each, plan.minimum)
                if plan.kind == "pulse"
                else question_item(each, plan.choices, plan.minimum)
                for each in chosen
            )
        await self._queries.remove_votes(connection, poll_id=poll_id)
        await self._queries.remove_secret(connection, poll_id=poll_id)
        await self._queries.close_poll(
            connection, poll_id=poll_id, result=stored_result(items), now=epoch(now)
        )

    async def to_redraw(self) -> list[PollView]:
        """Polls whose message is out of date."""

        async def work(connection: Connection) -> list[PollView]:
            rows = await self._queries.polls_to_redraw(connection)
            return [
                poll_view(await load_poll(self._queries, connection, row["group_id"], row["poll_id"]))
                for row in rows
            ]

        return await self._database.read(work)

    async def redrawn(self, poll_id: int) -> None:
        """The message of a poll is up to date, or gone."""
        await self._database.write(lambda connection: self._queries.redrawn(connection, poll_id=poll_id))

    async def forget_drafts(self, now: datetime) -> int:
        """Remove drafts of yesterday; how many."""
        count: int = await self._database.write(
            lambda connection: self._queries.forget_drafts(connection, before=epoch(now - DRAFTS_KEPT))
        )
        return count
