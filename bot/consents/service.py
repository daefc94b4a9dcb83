"""Use cases of consent: how it stands, agreeing, withdrawing; one method, one transaction."""

from __future__ import annotations

from datetime import datetime

from bot.challenges.counting import comes_back
from bot.clock import epoch
from bot.consents.erasing import erase_feelings
from bot.consents.rules import (
    GROUP_FIGURE,
    KEEP,
    PURPOSES,
    VERSIONS,
    ConsentNeeded,
    ConsentState,
    feelings_off,
    still_agreed,
)
from bot.erasures.ledger import FEELINGS, FIGURE, NoLedger, What
from bot.errors import Refusal
from bot.storage import Connection, Database, Queries, Row, load_queries


async def load_consent(
    queries: Queries, connection: Connection, group_id: int, person_id: int
) -> ConsentState:
    """How feelings stand for a member; `queries` are those of bot.consents."""
    return state_of(await queries.consents(connection, group_id=group_id, person_id=person_id))


async def require_consent(
    queries: Queries, connection: Connection, group_id: int, person_id: int
) -> ConsentState:
    """Raises Refusal where feelings are off, ConsentNeeded where the member has not agreed to keeping theirs."""
    state = await load_consent(queries, connection, group_id, person_id)
    if not state.on:
        raise feelings_off()
    if not state.keep:
        raise ConsentNeeded(state)
    return state


def state_of(row: Row) -> ConsentState:
    """From the columns of `consents`."""
    age = row["feelings_age"]
    return ConsentState(
        on=bool(row["feelings_on"]),
        age=age,
        keep=still_agreed(KEEP, row["keep_version"], row["keep_age"], age),
        group_figure=still_agreed(GROUP_FIGURE, row["figure_version"], row["figure_age"], age),
        agreed_before=row["keep_version"] is not None,
    )


class ConsentService:
    """Consents of one person in one group. Ids are Discord's; `now` is an aware UTC moment."""

    def __init__(self, database: Database, ledger: NoLedger | None = None) -> None:
        self._database = database
        self._ledger = ledger or NoLedger()
        self._queries = load_queries("bot.consents", database.dialect)
        self._challenges = load_queries("bot.challenges", database.dialect)

    async def state(self, group_id: int, person_id: int) -> ConsentState:
        """How it stands; asking stores nothing."""
        return await self._database.read(
            lambda connection: load_consent(self._queries, connection, group_id, person_id)
        )

    async def entries(self, group_id: int, person_id: int) -> int:
        """How many entries of feelings the member keeps."""
        count: int = await self._database.read(
            lambda connection: self._queries.count_moods(connection, group_id=group_id, person_id=person_id)
        )
        return count

    async def agree(
        self, group_id: int, person_id: int, purpose: str, age: int, now: datetime
    ) -> ConsentState:
        """Agree to a purpose in its present words, and say that one is at least `age`.

        Raises Refusal where feelings are off, for an age below the group's, and for the group's figure without keeping
        one's own.
        """
        if purpose not in PURPOSES:
            raise Refusal("That button is from an older message. Use the command again for a fresh one.")

        async def work(connection: Connection) -> ConsentState:
            state = await load_consent(self._queries, connection, group_id, person_id)
            if not state.on:
                raise feelings_off()
            if age < state.age:
                raise Refusal("The age that this group asks for has changed. Use /mood log again.")
            if purpose == GROUP_FIGURE and not state.keep:
                raise ConsentNeeded(state)
            member = {"group_id": group_id, "person_id": person_id}
            await self._queries.ensure_person(connection, person_id=person_id, now=epoch(now))
            await comes_back(self._challenges, connection, group_id, person_id)
            await self._queries.ensure_member(connection, **member, now=epoch(now))
            await self._queries.agree(
                connection,
                **member,
                purpose=purpose,
                version=VERSIONS[purpose],
                age=state.age,
                now=epoch(now),
            )
            return await load_consent(self._queries, connection, group_id, person_id)

        return await self._database.write(work)

    async def withdraw(self, group_id: int, person_id: int, purpose: str, now: datetime) -> int:
        """Take a consent back; for keeping one's feelings, all of them go, without a copy. How many entries went."""
        if purpose not in PURPOSES:
            raise Refusal("That button is from an older message. Use the command again for a fresh one.")

        async def work(connection: Connection) -> int:
            if purpose == KEEP:
                return await erase_feelings(self._queries, connection, group_id, person_id)
            member = {"group_id": group_id, "person_id": person_id}
            await self._queries.withdraw(connection, **member, purpose=purpose)
            await self._queries.leave_figure(connection, **member)
            return 0

        what: What = FEELINGS if purpose == KEEP else FIGURE
        async with self._ledger.recorded(what, group_id, person_id, now):
            count = await self._database.write(work)
        await self._database.scrub()
        return count
