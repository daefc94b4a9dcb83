"""Check-ins: log a run, cheer it, rest; one method, one transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.challenges.counting import count_new, recount
from bot.checkins.encouraging import encouraged, situation_of
from bot.checkins.loading import (
    asks_feeling,
    card_day_of,
    figures_of,
    frame_of,
    last_day_of,
    load_before,
    load_card,
    load_cheers,
    load_panel,
    load_settings,
    new_frame,
    run_of_reading,
)
from bot.checkins.model import (
    Entry,
    Notice,
    Panel,
    Run,
    RunFigures,
    RunLogged,
)
from bot.checkins.neighbours import check_free, completed_by, twin_just_entered
from bot.checkins.places import CardPlaces
from bot.checkins.plausibility import check_possible
from bot.checkins.reading import Frame, Hints, Reading, TwinAsked, check_moment, read_entry
from bot.checkins.storing import add_run, ask_once, complete_run, store_bests, store_words
from bot.clock import epoch, moment
from bot.days import zone
from bot.errors import Refusal
from bot.ids import new_id
from bot.limits.quotas import A_DAY, NO_QUOTAS, Quotas, check_runs
from bot.storage import Connection, Database, Queries, Row, load_queries

LATEST_DISTANCES = 5


class CheckinService:
    """What members do with their runs. `now` is an aware UTC datetime everywhere."""

    def __init__(self, database: Database, quotas: Quotas = NO_QUOTAS) -> None:
        self._database = database
        self._quotas = quotas
        self._queries: Queries = load_queries("bot.checkins", database.dialect)
        self._schedules: Queries = load_queries("bot.scheduling", database.dialect)
        self._challenges: Queries = load_queries("bot.challenges", database.dialect)
        self.places = CardPlaces(database, self._queries)

    async def log_run(
        self,
        group_id: int,
        person_id: int,
        interaction_id: int,
        entry: Entry,
        now: datetime,
        *,
        ahead: Callable[[RunLogged | TwinAsked], object] | None = None,
    ) -> RunLogged | TwinAsked:
        """Store a check-in, once for each interaction; the second time gives the first one's run.

        `ahead` may be told the outcome while it is being stored, as `Database.write` says.

        Returns TwinAsked, with nothing stored, where the member entered nearly the same within ten minutes.
        Raises Refusal for what means nothing, cannot be, is still to come, or is stored already.
        """

        async def work(connection: Connection) -> RunLogged | TwinAsked:
            settings = await self._settings(connection, group_id, person_id, now)
            frame = frame_of(settings, now)

            async def enter() -> RunLogged | TwinAsked:
                reading = read_entry(entry, frame)
                check_moment(reading, frame)
                return await self._store(connection, settings, frame, reading, key)

            return await self._once(connection, settings, key, now, enter)

        key = (group_id, person_id, interaction_id)
        return await self._database.write(work, ahead=ahead)

    async def log_second(
        self, group_id: int, person_id: int, interaction_id: int, reading: Reading, now: datetime
    ) -> RunLogged:
        """Store what `log_run` asked about: it was a second run.

        `interaction_id` is that of the question's own interaction, so that two presses store one run. Everything in
        `reading` comes from a button and is judged again. Raises Refusal as `log_run` does.
        """

        async def work(connection: Connection) -> RunLogged:
            settings = await self._settings(connection, group_id, person_id, now)
            frame = frame_of(settings, now)

            async def enter() -> RunLogged | TwinAsked:
                check_possible(reading.activity, reading.metres, reading.seconds, typed_time=None)
                check_moment(reading, frame)
                return await self._store(connection, settings, frame, reading, key, sure=True)

            stored = await self._once(connection, settings, key, now, enter)
            assert isinstance(stored, RunLogged)
            return stored

        key = (group_id, person_id, interaction_id)
        return await self._database.write(work)

    async def card_of(self, group_id: int, run_id: int) -> RunFigures:
        """All that the card of a run shows, as it is now. Raises Refusal where the group has no such run."""

        async def work(connection: Connection) -> RunFigures:
            return await load_card(self._queries, connection, group_id, run_id, self._challenges)

        return await self._database.read(work)

    async def cheer(self, group_id: int, run_id: int, person_id: int, now: datetime) -> RunFigures:
        """Cheer somebody's run, or take the cheer back; the card afterwards."""

        async def work(connection: Connection) -> RunFigures:
            card = await load_card(self._queries, connection, group_id, run_id, self._challenges)
            if not card.run.public or card.run.undone:
                raise Refusal("That run is not shown here any more.")
            if card.run.person_id == person_id:
                raise Refusal("This one is yours: cheers come from the others. Well done for showing up.")
            if not await self._queries.remove_cheer(connection, run_id=run_id, person_id=person_id):
                await self._queries.add_cheer(connection, run_id=run_id, person_id=person_id, now=epoch(now))
            return replace(card, cheers=await load_cheers(self._queries, connection, run_id))

        return await self._database.write(work)

    async def panel(self, group_id: int, person_id: int, now: datetime) -> Panel:
        """What `/checkin` opens with; somebody new is made known to the group first."""

        async def work(connection: Connection) -> Panel:
            settings = await self._settings(connection, group_id, person_id, now)
            frame = frame_of(settings, now)
            return await load_panel(self._queries, connection, settings, group_id, person_id, frame)

        return await self._database.write(work)

    async def rest(self, group_id: int, person_id: int, now: datetime, *, resting: bool) -> Panel:
        """Say that the present running day is a resting one, or take that back."""

        async def work(connection: Connection) -> Panel:
            settings = await self._settings(connection, group_id, person_id, now)
            frame = frame_of(settings, now)
            whose = {"group_id": group_id, "person_id": person_id, "rest_day": frame.today.isoformat()}
            if resting:
                await self._queries.rest(connection, **whose, now=epoch(now))
            else:
                await self._queries.unrest(connection, **whose)
            return await load_panel(self._queries, connection, settings, group_id, person_id, frame)

        return await self._database.write(work)

    async def hints(self, group_id: int, person_id: int, now: datetime) -> Hints:
        """What autocomplete offers from: the member's days and units, and their own latest distances."""
        whose = {"group_id": group_id, "person_id": person_id}
        from_day = (now - timedelta(days=90)).date().isoformat()

        async def work(connection: Connection) -> Hints:
            settings = await self._queries.settings(connection, **whose)
            if settings is None:
                return Hints(frame=new_frame(now))
            rows = await self._queries.last_distances(connection, **whose, from_day=from_day)
            distances = tuple(dict.fromkeys(row["metres"] for row in rows))[:LATEST_DISTANCES]
            return Hints(frame=frame_of(settings, now), distances=distances)

        return await self._database.read(work)

    async def confirm_zone(self, group_id: int, person_id: int, zone_name: str, now: datetime) -> None:
        """The member said that it is that late where they are. Raises Refusal for a zone that there is not."""
        name = zone(zone_name).key

        async def work(connection: Connection) -> None:
            await self._settings(connection, group_id, person_id, now)
            await self._queries.confirm_zone(connection, person_id=person_id, zone=name)
            await self._schedules.look_again_for_person(connection, person_id=person_id, now=epoch(now))

        await self._database.write(work)

    async def news_waits(self, group_id: int, person_id: int) -> tuple[bool, bool]:
        """Whether news waits for a member, and whether some waits for whichever organiser comes first."""

        async def work(connection: Connection) -> tuple[bool, bool]:
            own = await self._queries.notices_of(connection, group_id=group_id, person_id=person_id)
            return bool(own), bool(await self._queries.group_notices(connection, group_id=group_id))

        return await self._database.read(work)

    async def take_group_notices(self, group_id: int) -> list[Notice]:
        """The news that waits for an organiser, the oldest first; it is told once."""

        async def work(connection: Connection) -> list[Notice]:
            rows = await self._queries.group_notices(connection, group_id=group_id)
            await self._queries.remove_group_notice(
                connection, [{"notice_id": row["notice_id"]} for row in rows]
            )
            return [Notice(row["kind"], None, row["detail"]) for row in rows]

        return await self._database.write(work)

    async def take_notices(self, group_id: int, person_id: int) -> list[Notice]:
        """The news that waits for a member, the oldest first; it is told once."""

        async def work(connection: Connection) -> list[Notice]:
            rows = await self._queries.notices_of(connection, group_id=group_id, person_id=person_id)
            await self._queries.remove_notice(connection, [{"notice_id": row["notice_id"]} for row in rows])
            return [Notice(row["kind"], row["run_id"], row["detail"]) for row in rows]

        return await self._database.write(work)

    # What the methods above are made of.

    async def _settings(self, connection: Connection, group_id: int, person_id: int, now: datetime) -> Row:
        return await load_settings(self._queries, connection, group_id, person_id, now, self._challenges)

    async def _once(
        self,
        connection: Connection,
        settings: Row,
        key: tuple[int, int, int],
        now: datetime,
        enter: Callable[[], Awaitable[RunLogged | TwinAsked]],
    ) -> RunLogged | TwinAsked:
        """What `enter` stores, or what the same interaction stored when it came first; `key` as for `_store`.

        That is looked for where `enter` stores nothing alone: PostgreSQL takes a look for the newest interaction for a
        meeting with everybody who adds a run meanwhile.
        """
        try:
            outcome = await enter()
        except Refusal:
            before = await self._stored_before(connection, settings, key, now)
            if before is None:
                raise
            return before
        if isinstance(outcome, RunLogged):
            return outcome
        return await self._stored_before(connection, settings, key, now) or outcome

    async def _stored_before(
        self, connection: Connection, settings: Row, key: tuple[int, int, int], now: datetime
    ) -> RunLogged | None:
        """What the same interaction stored when it came first. Another member's is no business of this one's."""
        stored = await self._queries.run_of_interaction(connection, interaction_id=key[2])
        if stored is None:
            return None
        if (stored["group_id"], stored["person_id"]) != key[:2]:
            raise Refusal("That button is from an older message. Use the command again for a fresh one.")
        return RunLogged(
            figures=await load_card(self._queries, connection, key[0], stored["run_id"], self._challenges),
            runs_channel_id=settings["runs_channel_id"],
            card_day=card_day_of(settings, now),
            fresh=False,
        )

    async def _store(
        self,
        connection: Connection,
        settings: Row,
        frame: Frame,
        reading: Reading,
        key: tuple[int, int, int],
        *,
        sure: bool = False,
    ) -> RunLogged | TwinAsked:
        """Judge `reading` against the runs around it, then store it; `key` is group, person, interaction."""
        group_id, person_id, _ = key
        run = run_of_reading(new_id(frame.now), reading, key, frame.now)
        before = await load_before(self._queries, connection, run, frame, near_days=1)
        near = [row for row in before if row["near_id"] is not None]
        typed: Row | None = None
        if reading.content_hash is not None:
            await self._check_new_file(connection, group_id, person_id, reading.content_hash)
            typed = next((row for row in near if completed_by(row, reading)), None)
        check_free([row for row in near if row is not typed], reading)
        if reading.source != "file" and not sure and twin_just_entered(near, reading, frame.now):
            return TwinAsked(reading=reading, units=frame.units)
        run_id = run.run_id if typed is None else typed["near_id"]
        if typed is None:
            # imports are among them: looked at closely then alone
            if before[0]["lately"] >= self._quotas.runs_a_day:
                await self._check_room(connection, key[:2], frame.now)
            figures = await self._enter(connection, settings, frame, run, reading, key, before[0])
        else:
            await complete_run(self._queries, connection, run_id, reading, key, frame.now)
            await recount(self._challenges, connection, group_id, person_id, frame.now)
        await store_bests(self._queries, connection, run_id, key[:2], reading.bests)
        questions = await ask_once(self._queries, connection, settings, key[:2], frame.now)
        if typed is not None:
            figures = await load_card(self._queries, connection, group_id, run_id, self._challenges)
        return RunLogged(
            figures=figures,
            runs_channel_id=settings["runs_channel_id"],
            card_day=card_day_of(settings, frame.now),
            completed=typed is not None,
            ask_zone=questions.zone,
            ask_listing=questions.listing,
            notices=settings["notices"],
            ask_feeling=typed is None and asks_feeling(settings, run, frame.today),
        )

    async def _enter(
        self,
        connection: Connection,
        settings: Row,
        frame: Frame,
        run: Run,
        reading: Reading,
        key: tuple[int, int, int],
        before: Row,
    ) -> RunFigures:
        """Store a new run with the words of its card, given what its member had entered `before`."""
        figures = await figures_of(self._queries, connection, run, frame, settings, reading.bests, before)
        situation = situation_of(figures, frame.zone, last_day_of(before))
        figures = encouraged(figures, situation, settings["recent_words"])
        if not await add_run(self._queries, connection, figures.run, reading, key[2]):
            raise Refusal("That button is from an older message. Use the command again for a fresh one.")
        await store_words(self._queries, connection, figures, settings["recent_words"])
        if not settings["takes_part"]:
            return figures
        counted = await count_new(self._challenges, connection, figures.run, frame.now)
        return replace(figures, counted=counted)

    async def _check_room(self, connection: Connection, member: tuple[int, int], now: datetime) -> None:
        most, since = self._quotas.runs_a_day, epoch(now - A_DAY)
        who = {"group_id": member[0], "person_id": member[1]}
        row = await self._queries.entered_since(connection, **who, imported=0, since=since, most=most)
        check_runs(row["count"], most, moment(row["oldest"] or epoch(now)))

    async def _check_new_file(
        self, connection: Connection, group_id: int, person_id: int, content_hash: str
    ) -> None:
        day = await self._queries.run_of_file(
            connection, group_id=group_id, person_id=person_id, content_hash=content_hash
        )
        if day is not None:
            raise Refusal(
                "That very file is here already, as your run of {day}. It counts once.",
                day=date.fromisoformat(day),
            )
