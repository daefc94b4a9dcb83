"""The week's opener and the plans that members say on it; one method, one transaction."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.clock import epoch
from bot.days import running_day
from bot.encouragement.service import EncouragementService
from bot.encouragement.situation import Situation
from bot.openers.model import OpenerLetter, OpenerPlace, Planned, PlanPanel, PlanSet, PlanTaken
from bot.openers.rules import LONGEST_WORDS, MOST_LISTED, WEEK, planned_week
from bot.plans.rules import Target, checked_days
from bot.plans.service import PlanService, PlanState
from bot.scheduling.model import Channel, Decision, Delivery, Send, Skip
from bot.storage import Connection, Database, Row, load_queries
from bot.ui.text import clean


class OpenerService:
    """Ids are Discord's; `now` is an aware UTC moment. A week is named by its first day."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queries = load_queries("bot.openers", database.dialect)
        self._plans = PlanService(database)
        self._encouragement = EncouragementService(database)

    async def decide(self, connection: Connection, delivery: Delivery, now: datetime) -> Decision:
        """Whether the opener comes, with which words, and who planned already."""
        moment = await self._encouragement.moment_in(connection, delivery, now, week_begins=True)
        if isinstance(moment, Skip):
            return moment
        content: dict[str, Any]
        if delivery.content is not None:
            content = dict(delivery.content)
        else:
            message = await self._encouragement.choose_in(connection, moment, "weekly_opener", delivery)
            content = {
                "week": moment.week_day.isoformat(),
                "words": None if message is None else message.key,
            }
        letter = await self._letter(connection, delivery.group_id, delivery.day, content, moment.language)
        return Send(Channel(moment.channel_id), letter, content)

    async def naming(self, group_id: int, person_id: int) -> tuple[int, ...]:
        """The posted openers of the group that name the member: asked before an erasure, shown anew after it."""

        async def work(connection: Connection) -> tuple[int, ...]:
            rows = await self._queries.weeks_planned(connection, group_id=group_id, person_id=person_id)
            weeks = {row["week_day"] for row in rows}
            if not weeks:
                return ()
            posted = await self._queries.posted_openers(connection, group_id=group_id)
            return tuple(row["delivery_id"] for row in posted if json.loads(row["content"])["week"] in weeks)

        return await self._database.read(work)

    async def place(self, delivery_id: int, now: datetime | None) -> OpenerPlace | None:
        """An opener as it is to show; None where it is not posted, or its week is over for the group at `now`.

        Without `now` of any week.
        """

        async def work(connection: Connection) -> OpenerPlace | None:
            row = await self._queries.opener(connection, delivery_id=delivery_id)
            if row is None:
                return None
            content = json.loads(row["content"])
            if now is not None:
                today = running_day(now, ZoneInfo(row["zone"]), row["day_starts_minute"])
                if today >= date.fromisoformat(content["week"]) + WEEK:
                    return None
            day = date.fromisoformat(row["occurrence_day"])
            letter = await self._letter(connection, row["group_id"], day, content, row["language"])
            return OpenerPlace(delivery_id, row["channel_id"], row["message_id"], letter)

        return await self._database.read(work)

    async def panel(
        self, group_id: int, person_id: int, now: datetime, delivery_id: int | None = None
    ) -> PlanPanel:
        """A member's plan: for the week of that opener of the group's, or for their own. Asking stores nothing."""

        async def work(connection: Connection) -> PlanPanel:
            state = await self._plans.state_in(connection, group_id, person_id, now)
            openers = await self._openers(connection, group_id)
            asked = None if delivery_id is None else openers.get(delivery_id)
            over = delivery_id is not None and (asked is None or asked < state.week_day)
            week_day = planned_week(asked, state.week_day)
            return await self._panel(connection, group_id, person_id, state, week_day, openers, over=over)

        return await self._database.read(work)

    async def panel_of_week(self, group_id: int, person_id: int, week: date, now: datetime) -> PlanPanel:
        """A member's plan for that week; for the present one where it can't be planned."""

        async def work(connection: Connection) -> PlanPanel:
            state = await self._plans.state_in(connection, group_id, person_id, now)
            openers = await self._openers(connection, group_id)
            week_day = _allowed(week, state, openers)
            return await self._panel(
                connection, group_id, person_id, state, week_day, openers, over=week_day != week
            )

        return await self._database.read(work)

    async def plan(
        self, group_id: int, person_id: int, week: date, days: int, words: str | None, now: datetime
    ) -> PlanSet:
        """Plan a week: it is listed on the opener and sets the target, for that week while nothing of it was entered.

        `words` None keeps those that are there, an empty text takes them away. A `week` that is over stands for the
        present one; one that the group has no opener for too. Raises Refusal for days outside 1 to 7.
        """
        days = checked_days(days)

        async def work(connection: Connection) -> PlanSet:
            await self._plans.ensure_in(connection, group_id, person_id, now)
            state = await self._plans.state_in(connection, group_id, person_id, now)
            earlier = state.targets
            openers = await self._openers(connection, group_id)
            week_day = _allowed(week, state, openers)
            member = {"group_id": group_id, "person_id": person_id}
            before = await self._queries.plan(connection, **member, week_day=week_day.isoformat())
            since = _same_since(before, days, state)
            if since is None:
                coming = week_day if week_day > state.week_day else None
                result = await self._plans.set_days_in(connection, group_id, person_id, days, now, coming)
                since, state = result.from_day, result.state
            kept = before["words"] if before is not None else None
            await self._queries.put_plan(
                connection,
                **member,
                week_day=week_day.isoformat(),
                days=days,
                words=kept if words is None else clean(words, LONGEST_WORDS) or None,
                target_from=since.isoformat(),
                target_before=_before(before, earlier, since),
                now=epoch(now),
            )
            panel = await self._panel(
                connection, group_id, person_id, state, week_day, openers, over=week_day != week
            )
            return PlanSet(panel, days, since <= week_day, _opener_of(openers, week_day))

        return await self._database.write(work)

    async def take_back(self, group_id: int, person_id: int, week: date, now: datetime) -> PlanTaken:
        """Take a plan off the list; the days before hold again while nothing of that week was entered.

        Pressed twice it changes nothing.
        """

        async def work(connection: Connection) -> PlanTaken:
            state = await self._plans.state_in(connection, group_id, person_id, now)
            openers = await self._openers(connection, group_id)
            week_day = _allowed(week, state, openers)
            member = {"group_id": group_id, "person_id": person_id}
            plan = await self._queries.plan(connection, **member, week_day=week_day.isoformat())
            back = False
            if plan is not None:
                await self._queries.drop_plan(connection, **member, week_day=week_day.isoformat())
                back = await self._target_back(connection, member, plan, state, now)
            after = await self._plans.state_in(connection, group_id, person_id, now)
            panel = await self._panel(
                connection, group_id, person_id, after, week_day, openers, over=week_day != week
            )
            return PlanTaken(panel, back, _opener_of(openers, week_day))

        return await self._database.write(work)

    async def _target_back(
        self, connection: Connection, member: dict[str, int], plan: Row, state: PlanState, now: datetime
    ) -> bool:
        if plan["target_from"] is None:
            return False
        begun = date.fromisoformat(plan["target_from"]) <= state.week_day
        if begun and state.kept_days:
            return False  # a target does not move once something of its week was entered
        changed = {**member, "from_day": plan["target_from"], "days": plan["days"]}
        if plan["target_before"] is None:
            return bool(await self._queries.drop_target(connection, **changed))
        before = plan["target_before"]
        return bool(await self._queries.restore_target(connection, **changed, before=before, now=epoch(now)))

    async def _openers(self, connection: Connection, group_id: int) -> dict[int, date]:
        """The weeks of the group's latest openers by their delivery, the newest first."""
        rows = await self._queries.openers(connection, group_id=group_id)
        return {row["delivery_id"]: date.fromisoformat(json.loads(row["content"])["week"]) for row in rows}

    async def _panel(
        self,
        connection: Connection,
        group_id: int,
        person_id: int,
        state: PlanState,
        week_day: date,
        openers: dict[int, date],
        *,
        over: bool,
    ) -> PlanPanel:
        plan = await self._queries.plan(
            connection, group_id=group_id, person_id=person_id, week_day=week_day.isoformat()
        )
        return PlanPanel(
            week_day=week_day,
            days=None if plan is None else plan["days"],
            words=None if plan is None else plan["words"],
            ahead=week_day > state.week_day,
            over=over,
            posted=_opener_of(openers, week_day) is not None,
            target=state.target,
            next_target=state.next_target,
            kept=state.kept_days,
        )

    async def _letter(
        self, connection: Connection, group_id: int, day: date, content: dict[str, Any], language: str
    ) -> OpenerLetter:
        week = content["week"]
        rows = await self._queries.planned(connection, group_id=group_id, week_day=week, most=MOST_LISTED)
        more = 0
        if len(rows) == MOST_LISTED:
            more = (
                await self._queries.count_planned(connection, group_id=group_id, week_day=week) - MOST_LISTED
            )
        key = content["words"]
        return OpenerLetter(
            week_day=date.fromisoformat(week),
            message=None if key is None else await self._encouragement.message_in(connection, group_id, key),
            situation=Situation(audience="group", day=day, week_begins=True),
            planned=tuple(Planned(row["person_id"], row["days"], row["words"]) for row in rows),
            more=more,
            language=language,
        )


def _allowed(week: date, state: PlanState, openers: dict[int, date]) -> date:
    """The week that can be planned: the one asked for where it is the present one or has its opener already."""
    return planned_week(week if week in openers.values() else None, state.week_day)


def _opener_of(openers: dict[int, date], week_day: date) -> int | None:
    return next((number for number, week in openers.items() if week == week_day), None)


def _same_since(before: Row | None, days: int, state: PlanState) -> date | None:
    """From which week on the target holds that a plan of the same days set; None where one is to be set.

    So words can be added after a check-in without moving the target.
    """
    if before is None or before["days"] != days or before["target_from"] is None:
        return None
    since = date.fromisoformat(before["target_from"])
    return since if _days_from(state.targets, since) == days else None


def _before(plan: Row | None, targets: tuple[Target, ...], from_day: date) -> int | None:
    """The days set from that week on before any plan of that week; None for none. `targets` are those until now."""
    there = _days_from(targets, from_day)
    if plan is None or plan["target_from"] != from_day.isoformat() or plan["days"] != there:
        return there
    first: int | None = plan["target_before"]
    return first


def _days_from(targets: tuple[Target, ...], from_day: date) -> int | None:
    return next((each.days for each in targets if each.from_day == from_day), None)
