"""Use cases of entering feelings; one method, one transaction. Each needs its owner's consent."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta

from bot.care.noticing import care_to_show
from bot.clock import epoch, moment
from bot.consents.service import require_consent
from bot.days import running_day
from bot.encouragement.library import Message, library
from bot.encouragement.rules import KEPT_APART, words_for
from bot.encouragement.situation import Situation
from bot.errors import Refusal
from bot.ids import new_id
from bot.limits.quotas import A_DAY, NO_QUOTAS, Quotas, check_moods
from bot.moods.beginnings import clockwork, ended_at
from bot.moods.model import Kept, Moment, Mood, RunAsked, Start
from bot.moods.pairing import BEFORE_WITHIN, ENTERED_WITHIN
from bot.moods.scales import SCALE_VERSION, SCALES, Values
from bot.storage import Connection, Database, Row, load_queries

# Whoever rates so soon after "About to run" is still standing there: the run starts with the rating. A rating that
# comes later was given while running or afterwards, and is kept as recalled.
STILL_STANDING = timedelta(minutes=10)


class MoodService:
    """Feelings of one person in one group. Ids are Discord's; `now` is an aware UTC moment.

    Every method that stores raises Refusal where feelings are off, and ConsentNeeded where the member has not agreed.
    """

    def __init__(self, database: Database, quotas: Quotas = NO_QUOTAS) -> None:
        self._database = database
        self._quotas = quotas
        self._queries = load_queries("bot.moods", database.dialect)
        self._consents = load_queries("bot.consents", database.dialect)
        self._care = load_queries("bot.care", database.dialect)

    async def about_to_run(self, group_id: int, person_id: int, interaction_id: int, now: datetime) -> Start:
        """Note that the member sets off now, once for each interaction."""

        async def work(connection: Connection) -> Start:
            await require_consent(self._consents, connection, group_id, person_id)
            key = {"group_id": group_id, "person_id": person_id, "interaction_id": interaction_id}
            await self._queries.add_start(connection, **key, start_id=new_id(now), now=epoch(now))
            return _start(await self._queries.start_of_interaction(connection, **key))

        return await self._database.write(work)

    async def not_running(self, group_id: int, person_id: int, start_id: int) -> bool:
        """Take "About to run" back; whether it was there."""
        count: int = await self._database.write(
            lambda connection: self._queries.remove_start(
                connection, group_id=group_id, person_id=person_id, start_id=start_id
            )
        )
        return bool(count)

    async def asks_sleep(self, group_id: int, person_id: int, now: datetime) -> bool:
        """Whether nothing was said of last night on the present running day, for a member who agreed."""

        async def work(connection: Connection) -> bool:
            await require_consent(self._consents, connection, group_id, person_id)
            member = {"group_id": group_id, "person_id": person_id}
            today = await self._today(connection, member, now)
            return not await self._queries.sleep_on(connection, **member, day=today.isoformat())

        return await self._database.read(work)

    async def of_run(self, group_id: int, person_id: int, run_id: int) -> RunAsked:
        """What stands of a run of one's own. Raises Refusal for another's, and for one that is gone."""

        async def work(connection: Connection) -> RunAsked:
            await require_consent(self._consents, connection, group_id, person_id)
            member = {"group_id": group_id, "person_id": person_id}
            run = await self._queries.own_run(connection, **member, run_id=run_id)
            if run is None:
                raise _run_gone()
            row = await self._queries.mood_of_run(connection, **member, run_id=run_id, moment="after")
            end = await ended_at(self._queries, connection, run, **member)
            return RunAsked(mood=None if row is None else mood_of(row), ended_at=end)

        return await self._database.read(work)

    async def ended_at(self, group_id: int, person_id: int, run_id: int) -> datetime | None:
        """When a run of one's own ended, by its clock time or by the press before it; None where neither tells."""

        async def work(connection: Connection) -> datetime | None:
            member = {"group_id": group_id, "person_id": person_id}
            run = await self._queries.own_run(connection, **member, run_id=run_id)
            return None if run is None else await ended_at(self._queries, connection, run, **member)

        return await self._database.read(work)

    async def keep(
        self,
        group_id: int,
        person_id: int,
        interaction_id: int,
        values: Values,
        now: datetime,
        *,
        at: Moment = "day",
        run_id: int | None = None,
        start_id: int | None = None,
    ) -> Kept:
        """Keep an entry, once for each interaction.

        Args:
            at: "before" with `start_id` is a rating before a run, with `run_id` one recalled after it; "after" needs
                the run.
            run_id: one of the member's own runs. A second rating of it puts its values in the first one's place.
            start_id: of `about_to_run`.

        Raises:
            Refusal: for a run or a start that is not the member's, or is gone.
        """

        async def work(connection: Connection) -> Kept:
            await require_consent(self._consents, connection, group_id, person_id)
            member = {"group_id": group_id, "person_id": person_id}
            recalled = await self._recalled(connection, member, at, run_id, start_id, now)
            today = await self._today(connection, member, now)
            before = None
            if run_id is not None:
                before = await self._queries.mood_of_run(connection, **member, run_id=run_id, moment=at)
            again = before is not None and before["interaction_id"] != interaction_id
            if before is None:
                await self._check_room(connection, member, interaction_id, now)
                await self._queries.add_mood(
                    connection,
                    **member,
                    mood_id=new_id(now),
                    interaction_id=interaction_id,
                    moment=at,
                    recalled=int(recalled),
                    run_id=run_id,
                    entered_at=epoch(now),
                    entered_day=today.isoformat(),
                    scale_version=SCALE_VERSION,
                    **asdict(values),
                )
                row = await self._queries.mood_of_interaction(
                    connection, **member, interaction_id=interaction_id
                )
                if row is None:  # the id is another entry's: nobody's interactions share one
                    raise _gone()
            elif again:
                row = await self._put(connection, member, before, asdict(values), now)
            else:
                row = before
            return await self._kept(connection, member, row, now, fresh=not again)

        return await self._database.write(work)

    async def change(
        self, group_id: int, person_id: int, mood_id: int, values: dict[str, int | None], now: datetime
    ) -> Kept:
        """Put `values` (by item; None takes one out) into an entry of one's own; what is not named stays.

        Raises Refusal for an entry that is gone, and for an entry without a mood.
        """

        async def work(connection: Connection) -> Kept:
            await require_consent(self._consents, connection, group_id, person_id)
            member = {"group_id": group_id, "person_id": person_id}
            row = await self._queries.mood_by_id(connection, **member, mood_id=mood_id)
            if row is None:
                raise _gone()
            row = await self._put(connection, member, row, values, now)
            return await self._kept(connection, member, row, now, fresh=False)

        return await self._database.write(work)

    async def take_back(self, group_id: int, person_id: int, mood_id: int) -> bool:
        """Remove an entry of one's own, without a copy; whether it was there. Needs no consent."""
        count: int = await self._database.write(
            lambda connection: self._queries.remove_mood(
                connection, group_id=group_id, person_id=person_id, mood_id=mood_id
            )
        )
        if count:
            await self._database.scrub()
        return bool(count)

    async def entry(self, group_id: int, person_id: int, mood_id: int) -> Mood:
        """An entry of one's own. Raises Refusal where it is gone."""
        row = await self._database.read(
            lambda connection: self._queries.mood_by_id(
                connection, group_id=group_id, person_id=person_id, mood_id=mood_id
            )
        )
        if row is None:
            raise _gone()
        return mood_of(row)

    async def _recalled(
        self,
        connection: Connection,
        member: dict[str, int],
        at: Moment,
        run_id: int | None,
        start_id: int | None,
        now: datetime,
    ) -> bool:
        """Whether a "before" is entered afterwards. Moves a fresh start to the rating."""
        if run_id is not None:
            if await self._queries.own_run(connection, **member, run_id=run_id) is None:
                raise _run_gone()
            return at == "before"
        if start_id is None:
            return False
        row = await self._queries.start_by_id(connection, **member, start_id=start_id)
        if row is None:
            raise Refusal("That start was taken back. Use About to run again.")
        if now - moment(row["pressed_at"]) > STILL_STANDING:
            return True
        await self._queries.move_start(connection, **member, start_id=start_id, now=epoch(now))
        return False

    async def _check_room(
        self, connection: Connection, member: dict[str, int], interaction_id: int, now: datetime
    ) -> None:
        row = await self._queries.moods_since(
            connection, **member, interaction_id=interaction_id, since=epoch(now - A_DAY)
        )
        check_moods(row["count"], self._quotas.moods_a_day, moment(row["oldest"] or epoch(now)))

    async def _put(
        self,
        connection: Connection,
        member: dict[str, int],
        row: Row,
        values: dict[str, int | None],
        now: datetime,
    ) -> Row:
        """Other values for an entry. A mood that is put right much later is one of that later moment."""
        changed = {item: values.get(item, row[item]) for item in SCALES}
        entered_at, entered_day, recalled = row["entered_at"], row["entered_day"], row["recalled"]
        if changed["mood"] != row["mood"] and now - moment(entered_at) > STILL_STANDING:
            if row["moment"] == "before":
                recalled = 1
            else:
                entered_at = epoch(now)
                entered_day = (await self._today(connection, member, now)).isoformat()
        await self._queries.change_mood(
            connection,
            **member,
            mood_id=row["mood_id"],
            entered_at=entered_at,
            entered_day=entered_day,
            recalled=recalled,
            **changed,
        )
        stored: Row = await self._queries.mood_by_id(connection, **member, mood_id=row["mood_id"])
        return stored

    async def _today(self, connection: Connection, member: dict[str, int], now: datetime) -> date:
        zone, day_starts = await clockwork(self._queries, connection, **member)
        return running_day(now, zone, day_starts)

    async def _kept(
        self, connection: Connection, member: dict[str, int], row: Row, now: datetime, *, fresh: bool
    ) -> Kept:
        today = await self._today(connection, member, now)
        mood = mood_of(row)
        return Kept(
            mood=mood,
            fresh=fresh,
            has_before=await self._has_before(connection, member, row["run_id"]),
            words=await self._low_words(connection, member, mood, row["words_key"], fresh=fresh),
            care=await care_to_show(self._care, connection, **member, today=today, now=now),
        )

    async def _has_before(self, connection: Connection, member: dict[str, int], run_id: int | None) -> bool:
        """Whether something was said of before a run, so that nothing of it is asked."""
        run = None
        if run_id is not None:
            run = await self._queries.own_run(connection, **member, run_id=run_id)
        if run is None:
            return False
        until = run["started_at"] or run["created_at"]
        back = BEFORE_WITHIN if run["started_at"] is not None else ENTERED_WITHIN
        count: int = await self._queries.before_of_run(
            connection, **member, run_id=run_id, since=until - int(back.total_seconds()), until=until
        )
        return bool(count)

    async def _low_words(
        self, connection: Connection, member: dict[str, int], mood: Mood, said: str | None, *, fresh: bool
    ) -> Message | None:
        """A message for a low mood, none of the last thirty. Its key stands with the entry, and goes with it.

        `said` is the key of what this entry was answered with already: once is enough.
        """
        if not mood.values.low:
            return None
        if said is not None:
            return library().messages.get(said) if fresh else None
        rows = await self._queries.low_words(connection, **member, most=KEPT_APART)
        recent = [row["words_key"] for row in reversed(rows)]
        message = words_for("low_day", Situation(low=True), recent, mood.mood_id)
        if message is not None:
            await self._queries.set_words(connection, **member, mood_id=mood.mood_id, words_key=message.key)
        return message


def mood_of(row: Row) -> Mood:
    """The entry of a whole row of `moods`."""
    return Mood(
        mood_id=row["mood_id"],
        moment=row["moment"],
        recalled=bool(row["recalled"]),
        run_id=row["run_id"],
        entered_at=moment(row["entered_at"]),
        day=date.fromisoformat(row["entered_day"]),
        scale_version=row["scale_version"],
        values=Values(**{item: row[item] for item in SCALES}),
    )


def _start(row: Row | None) -> Start:
    if row is None:
        raise Refusal("That start was taken back. Use About to run again.")
    return Start(start_id=row["start_id"], pressed_at=moment(row["pressed_at"]))


def _run_gone() -> Refusal:
    return Refusal("That check-in is gone. /mood log keeps how you feel without one.")


def _gone() -> Refusal:
    return Refusal("That entry is gone. /mood log makes a new one.")
