"""Use cases of `/goal` and `/pause`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.challenges.counting import comes_back
from bot.checkins.units import Units, parse_distance, parse_duration
from bot.clock import epoch, moment
from bot.days import running_day, week_start
from bot.errors import Refusal
from bot.ids import new_id
from bot.plans.rules import (
    USUAL_TARGET,
    Pause,
    Target,
    checked_days,
    checked_pause,
    last_day_when_back,
    merged,
    smaller_targets,
    starts_on,
    target_for,
)
from bot.storage import Connection, Database, Row, load_queries
from bot.when import parse_day

_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanState:
    """What a member means to keep, how this week stands, and the pause that is or comes.

    Distances are metres, times seconds; `weekly_minutes` are minutes. `chosen` is False until a target was set.
    `next_target` is that of the next week where it differs. `smaller` are the targets to offer after a long pause.
    """

    today: date
    week_day: date
    zone: ZoneInfo
    day_starts_minute: int
    units: str
    target: int
    next_target: int | None
    chosen: bool
    kept_days: int
    metres: int
    seconds: int
    weekly_metres: int | None
    weekly_minutes: int | None
    plan: str | None
    last_check_in: date | None
    pause: Pause | None
    smaller: tuple[int, ...]
    targets: tuple[Target, ...]
    pauses: tuple[Pause, ...]

    @property
    def returning(self) -> bool:
        """Whether there is a smaller target to offer, and nothing was entered since the pause ended."""
        ended = max((each.until_day for each in self.pauses if each.until_day is not None), default=None)
        return bool(self.smaller) and (
            self.last_check_in is None or ended is None or self.last_check_in <= ended
        )


@dataclass(frozen=True, slots=True)
class TargetSet:
    """A target that was set; `this_week` False: it holds from the next week on, which begins on `from_day`."""

    state: PlanState
    days: int
    this_week: bool
    from_day: date


@dataclass(frozen=True, slots=True)
class PauseSet:
    """A pause as it stands now; `joined` True where it became one with another."""

    state: PlanState
    pause: Pause
    joined: bool


@dataclass(frozen=True, slots=True)
class PauseEnded:
    """A pause that is over; `cancelled` True where not one day of it had passed."""

    state: PlanState
    cancelled: bool


class PlanService:
    """Targets and pauses of one person in one group. Ids are Discord's; `now` is an aware UTC moment."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queries = load_queries("bot.plans", database.dialect)
        self._challenges = load_queries("bot.challenges", database.dialect)

    async def state(self, group_id: int, person_id: int, now: datetime) -> PlanState:
        """How the plan stands; asking stores nothing."""
        return await self._database.read(
            lambda connection: self.state_in(connection, group_id, person_id, now)
        )

    async def set_days(self, group_id: int, person_id: int, days: int, now: datetime) -> TargetSet:
        """Set the days a week: for this week while nothing of it was entered, else from the next. Raises Refusal."""
        checked = checked_days(days)

        async def work(connection: Connection) -> TargetSet:
            await self.ensure_in(connection, group_id, person_id, now)
            return await self.set_days_in(connection, group_id, person_id, checked, now)

        return await self._database.write(work)

    async def set_wishes(
        self, group_id: int, person_id: int, distance: str, time: str, plan: str | None, now: datetime
    ) -> PlanState:
        """Set a weekly distance and time as typed ("20 km", "2h 30m"), empty for none, and the plan in own words.

        `plan` is cleaned already. Raises Refusal for a distance or time that means nothing.
        """

        async def work(connection: Connection) -> PlanState:
            await self.ensure_in(connection, group_id, person_id, now)
            before = await self.state_in(connection, group_id, person_id, now)
            units: Units = "mi" if before.units == "mi" else "km"
            metres = parse_distance(distance, units) if distance.strip() else None
            minutes = max(1, round(parse_duration(time) / 60)) if time.strip() else None
            await self._queries.set_wishes(
                connection,
                group_id=group_id,
                person_id=person_id,
                metres=metres,
                minutes=minutes,
                plan=plan or None,
            )
            return await self.state_in(connection, group_id, person_id, now)

        return await self._database.write(work)

    async def clear(self, group_id: int, person_id: int, now: datetime) -> TargetSet:
        """Back to the usual three days and nothing else: days by the same rule as `set_days`, the rest at once."""

        async def work(connection: Connection) -> TargetSet:
            await self.ensure_in(connection, group_id, person_id, now)
            member = {"group_id": group_id, "person_id": person_id}
            await self._queries.set_wishes(connection, **member, metres=None, minutes=None, plan=None)
            before = await self.state_in(connection, group_id, person_id, now)
            if (before.next_target or before.target) == USUAL_TARGET:
                this_week = before.target == USUAL_TARGET
                from_day = before.week_day if this_week else before.week_day + _WEEK
                return TargetSet(before, USUAL_TARGET, this_week, from_day)
            return await self.set_days_in(connection, group_id, person_id, USUAL_TARGET, now)

        return await self._database.write(work)

    async def pause(
        self,
        group_id: int,
        person_id: int,
        *,
        start: str,
        end: str,
        reason: str | None,
        interaction_id: int,
        now: datetime,
        language: str = "en",
        changed: int | None = None,
    ) -> PauseSet:
        """Pause from `start` (empty: today) until `end` (empty: until ended), both as typed in `language`.

        Pauses that meet become one. `changed` is the id of a pause of the member's that this one takes the place
        of, for better or worse. An interaction delivered twice counts once. `reason` is cleaned already.
        Raises Refusal for days that can't be.
        """

        async def work(connection: Connection) -> PauseSet:
            await self.ensure_in(connection, group_id, person_id, now)
            member = {"group_id": group_id, "person_id": person_id}
            state = await self.state_in(connection, group_id, person_id, now)
            for row in await self._queries.pauses(connection, **member):
                if row["interaction_id"] == interaction_id:
                    return PauseSet(state, _pause(row), joined=False)
            from_day = _day(start, state, now, language) if start.strip() else state.today
            until_day = _day(end, state, now, language) if end.strip() else None
            old = next((each for each in state.pauses if each.pause_id == changed), None)
            checked_pause(from_day, until_day, state.today, state.last_check_in, old)
            others = [each for each in state.pauses if each != old]
            whole = merged(from_day, until_day, reason or None, others, state.today)
            for pause_id in (*whole.absorbed, *([] if old is None else [old.pause_id])):
                await self._queries.remove_pause(connection, **member, pause_id=pause_id)
            made = Pause(new_id(now), whole.from_day, whole.until_day, whole.reason)
            await self._queries.add_pause(
                connection,
                **member,
                pause_id=made.pause_id,
                from_day=made.from_day.isoformat(),
                until_day=None if made.until_day is None else made.until_day.isoformat(),
                reason=made.reason,
                interaction_id=interaction_id,
                now=epoch(now),
            )
            after = await self.state_in(connection, group_id, person_id, now)
            return PauseSet(after, made, joined=bool(whole.absorbed))

        return await self._database.write(work)

    async def end_pause(self, group_id: int, person_id: int, pause_id: int, now: datetime) -> PauseEnded:
        """The member is back: yesterday was the last paused day. Pressed twice it changes nothing.

        Raises Refusal for a pause that is not this member's.
        """

        async def work(connection: Connection) -> PauseEnded:
            state = await self.state_in(connection, group_id, person_id, now)
            pause = next((each for each in state.pauses if each.pause_id == pause_id), None)
            if pause is None:
                raise Refusal("That pause is not there any more. Use /pause to see how it stands.")
            if pause.over(state.today):
                return PauseEnded(state, cancelled=False)
            last = last_day_when_back(pause, state.today)
            member = {"group_id": group_id, "person_id": person_id, "pause_id": pause_id}
            if last is None:
                await self._queries.remove_pause(connection, **member)
            else:
                await self._queries.end_pause(connection, **member, until_day=last.isoformat())
            after = await self.state_in(connection, group_id, person_id, now)
            return PauseEnded(after, cancelled=last is None)

        return await self._database.write(work)

    async def ensure_in(self, connection: Connection, group_id: int, person_id: int, now: datetime) -> None:
        """Make the rows that a plan hangs on, within somebody's transaction."""
        await self._queries.ensure_group(connection, group_id=group_id, now=epoch(now))
        await self._queries.ensure_person(connection, person_id=person_id, now=epoch(now))
        await comes_back(self._challenges, connection, group_id, person_id)
        await self._queries.ensure_member(connection, group_id=group_id, person_id=person_id, now=epoch(now))

    async def set_days_in(
        self,
        connection: Connection,
        group_id: int,
        person_id: int,
        days: int,
        now: datetime,
        coming: date | None = None,
    ) -> TargetSet:
        """`set_days` within somebody's transaction; `coming` is a later week's first day to set them for instead."""
        state = await self.state_in(connection, group_id, person_id, now)
        start = coming or starts_on(state.week_day, chosen_before=state.chosen, entered=state.kept_days > 0)
        member = {"group_id": group_id, "person_id": person_id, "from_day": start.isoformat()}
        await self._queries.drop_later_targets(connection, **member)
        await self._queries.set_target(connection, **member, days=days, now=epoch(now))
        after = await self.state_in(connection, group_id, person_id, now)
        return TargetSet(after, days, start == state.week_day, start)

    async def state_in(
        self, connection: Connection, group_id: int, person_id: int, now: datetime
    ) -> PlanState:
        """`state` within somebody's transaction."""
        asked = {"group_id": group_id, "person_id": person_id}
        row = await self._queries.member(connection, **asked)
        zone = ZoneInfo(row["zone"])
        day_starts = row["day_starts_minute"]
        today = running_day(now, zone, day_starts)
        week_day = week_start(today, row["week_starts_on"])
        last_day = week_day + timedelta(days=6)
        week = await self._queries.week(
            connection, **asked, first_day=week_day.isoformat(), last_day=last_day.isoformat()
        )
        targets = tuple(
            Target(
                date.fromisoformat(each["from_day"]),
                each["days"],
                running_day(moment(each["set_at"]), zone, day_starts),
            )
            for each in await self._queries.targets(connection, **asked)
        )
        pauses = tuple(_pause(each) for each in await self._queries.pauses(connection, **asked))
        target, following = target_for(targets, week_day), target_for(targets, week_day + _WEEK)
        return PlanState(
            today=today,
            week_day=week_day,
            zone=zone,
            day_starts_minute=day_starts,
            units=row["units"],
            target=target,
            next_target=following if following != target else None,
            chosen=bool(targets),
            kept_days=week["days"],
            metres=week["metres"],
            seconds=week["seconds"],
            weekly_metres=row["weekly_metres"],
            weekly_minutes=row["weekly_minutes"],
            plan=row["plan"],
            last_check_in=None if row["last_day"] is None else date.fromisoformat(row["last_day"]),
            pause=next((each for each in pauses if not each.over(today)), None),
            smaller=smaller_targets(pauses, targets, following, today),
            targets=targets,
            pauses=pauses,
        )


def _day(typed: str, state: PlanState, now: datetime, language: str) -> date:
    """A day of a pause: up to a year ahead, and far back; how far back it may be is `checked_pause`'s."""
    return parse_day(
        typed,
        now=now,
        zone=state.zone,
        day_starts_minute=state.day_starts_minute,
        language=language,
        back=366,
    )


def _pause(row: Row) -> Pause:
    until = row["until_day"]
    return Pause(
        row["pause_id"],
        date.fromisoformat(row["from_day"]),
        None if until is None else date.fromisoformat(until),
        row["reason"],
    )
