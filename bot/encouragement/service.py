"""Words for a group: which ones fit its post, and those that its organisers added themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.clock import epoch
from bot.days import DAY, at_local, week_start
from bot.encouragement.library import Category, Fact, Message, library
from bot.encouragement.rules import choose, fitting, may_fact, remember, words_for
from bot.encouragement.situation import Situation
from bot.errors import Refusal
from bot.ids import new_id
from bot.scheduling.model import Channel, Decision, Delivery, Send, Skip
from bot.storage import Connection, Database, Row, load_queries
from bot.ui.text import clean, plain

OWN = "own-"  # how the key of an organiser's message begins; the rest is its id
LONGEST_WORDS, MOST_WORDS = 300, 100
# What a group's posts are made of, and so what organisers can add to.
OWN_CATEGORIES: tuple[Category, ...] = ("group", "weekly_opener")
REMOVAL_CAN_BE_TAKEN_BACK = timedelta(minutes=10)
# Nobody ran here for so long: posts would keep a silent server alive, and nobody asked for that. A group that was
# just set up has as long to begin.
SILENT_AFTER = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class OwnWords:
    """A message that organisers added, as it was typed (cleaned, not encoded)."""

    word_id: int
    category: Category
    words: str


@dataclass(frozen=True, slots=True)
class GroupMoment:
    """What a post of a group's rests on: where it goes, how it stands there, and what was shown lately."""

    group_id: int
    channel_id: int
    posts: str
    week_day: date
    situation: Situation
    recent: tuple[str, ...]
    fact_day: date | None
    language: str


@dataclass(frozen=True, slots=True)
class GroupWords:
    """The letter of a post of encouragement: a message and the situation that fills its places."""

    message: Message
    situation: Situation
    language: str


class EncouragementService:
    """Ids are Discord's; `now` is an aware UTC moment."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queries = load_queries("bot.encouragement", database.dialect)

    async def decide(self, connection: Connection, delivery: Delivery, now: datetime) -> Decision:
        """Whether the group's words for a day come, and which: at most one post a day, nothing that came lately."""
        moment = await self.moment_in(connection, delivery, now)
        if isinstance(moment, Skip):
            return moment
        if moment.posts not in ("three", "daily"):
            return Skip("posts_off")
        if delivery.content is not None:
            return await self._again(connection, delivery, moment)
        start = at_local(now.astimezone(delivery.zone).date(), 0, delivery.zone)
        finish = at_local(now.astimezone(delivery.zone).date() + DAY, 0, delivery.zone)
        other = await self._queries.other_post(
            connection,
            group_id=delivery.group_id,
            delivery_id=delivery.delivery_id,
            start=epoch(start),
            finish=epoch(finish),
        )
        if other is not None:
            return Skip("post_today")
        message = await self.choose_in(connection, moment, "group", delivery)
        if message is None:
            return Skip("no_fresh_words")
        content = {"words": message.key, "check_ins": moment.situation.check_ins}
        letter = GroupWords(message, moment.situation, moment.language)
        return Send(Channel(moment.channel_id), letter, content)

    async def _again(self, connection: Connection, delivery: Delivery, moment: GroupMoment) -> Decision:
        """The same that an earlier try chose."""
        assert delivery.content is not None
        message = await self.message_in(connection, delivery.group_id, str(delivery.content["words"]))
        if message is None:
            return Skip("words_removed")
        situation = Situation(
            audience="group", day=delivery.day, check_ins=delivery.content["check_ins"], fact_allowed=True
        )
        letter = GroupWords(message, situation, moment.language)
        return Send(Channel(moment.channel_id), letter, delivery.content)

    async def moment_in(
        self, connection: Connection, delivery: Delivery, now: datetime, *, week_begins: bool = False
    ) -> GroupMoment | Skip:
        """How a group stands at its post, within the claim's transaction, or why none comes."""
        row = await self._queries.group_for_post(connection, group_id=delivery.group_id)
        if row is None or row["channel_id"] is None:
            return Skip("no_channel")
        if row["posts"] == "off":
            return Skip("posts_off")
        first_day = (delivery.day - SILENT_AFTER).isoformat()
        new = row["set_up_at"] is not None and row["set_up_at"] > epoch(now - SILENT_AFTER)
        if not new and not await self._queries.active_member(
            connection, group_id=delivery.group_id, first_day=first_day
        ):
            return Skip("nobody_active")
        week_day = week_start(delivery.day, row["week_starts_on"])
        fact_day = None if row["fact_day"] is None else date.fromisoformat(row["fact_day"])
        check_ins = None
        if not week_begins:
            check_ins = await self._queries.check_ins_between(
                connection,
                group_id=delivery.group_id,
                first_day=week_day.isoformat(),
                last_day=delivery.day.isoformat(),
            )
        situation = Situation(
            audience="group",
            day=delivery.day,
            hour=now.astimezone(ZoneInfo(row["zone"])).hour,
            week_begins=week_begins,
            check_ins=check_ins,
            fact_allowed=may_fact(fact_day, delivery.day),
        )
        recent = tuple(key for key in row["recent_words"].split(",") if key)
        return GroupMoment(
            group_id=delivery.group_id,
            channel_id=row["channel_id"],
            posts=row["posts"],
            week_day=week_day,
            situation=situation,
            recent=recent,
            fact_day=fact_day,
            language=row["language"],
        )

    async def choose_in(
        self, connection: Connection, moment: GroupMoment, category: Category, delivery: Delivery
    ) -> Message | None:
        """A message of the category for the group, remembered as its newest; None where all came lately.

        The library, the group's own words and (for an ordinary post) facts take turns, so that a few own words are
        not lost among many.
        """
        pools = [fitting(moment.situation, category)]
        own = await self._queries.own_words_of(connection, group_id=moment.group_id, category=category)
        if own:
            pools.append(tuple(_message(row) for row in own))
        if category == "group" and moment.situation.fact_allowed:
            pools.append(fitting(moment.situation, "fact"))
        seed = delivery.delivery_id
        turn = seed % len(pools)
        chosen = None
        for pool in (*pools[turn:], *pools[:turn]):
            chosen = chosen or choose(pool, moment.recent, seed)
        chosen = chosen or words_for(category, moment.situation, moment.recent, seed)
        if chosen is None:
            return None
        fact_day = delivery.day if chosen.fact else moment.fact_day
        await self._queries.set_recent_words(
            connection,
            group_id=moment.group_id,
            recent_words=",".join(remember(moment.recent, chosen.key)),
            fact_day=None if fact_day is None else fact_day.isoformat(),
        )
        return chosen

    async def message_in(self, connection: Connection, group_id: int, key: str) -> Message | None:
        """The message of a key, the group's own ones too; None for one that is not there any more."""
        if not key.startswith(OWN):
            return library().messages.get(key)
        number = key.removeprefix(OWN)
        if not (number.isascii() and number.isdigit()):
            return None
        row = await self._queries.own_word(connection, group_id=group_id, word_id=int(number))
        return None if row is None else _message(row)

    def fact(self, fact_id: str) -> Fact:
        """The fact of an id. Raises Refusal for one that the library does not hold."""
        fact = library().facts.get(fact_id)
        if fact is None:
            raise Refusal("That button is from an older message. Use the command again for a fresh one.")
        return fact

    async def own(self, group_id: int) -> tuple[OwnWords, ...]:
        """All messages that this group's organisers added."""
        rows = await self._database.read(
            lambda connection: self._queries.own_words(connection, group_id=group_id)
        )
        return tuple(OwnWords(row["word_id"], row["category"], row["words"]) for row in rows)

    async def add_own(self, group_id: int, category: str, typed: str, now: datetime) -> tuple[OwnWords, ...]:
        """Add a message; all of them. Raises Refusal for an empty one, another category, or the 101st."""
        words = clean(typed, LONGEST_WORDS)
        known = next((each for each in OWN_CATEGORIES if each == category), None)
        if known is None:
            raise Refusal("Words go on the week's opener or on the other posts. Choose one of the two.")
        if not words:
            raise Refusal("There were no words in it. Type a sentence or two for your group.")

        async def work(connection: Connection) -> list[Row]:
            await self._forget_removed(connection, now)
            await self._queries.ensure_group(connection, group_id=group_id, now=epoch(now))
            there = await self._queries.own_words(connection, group_id=group_id)
            if len(there) >= MOST_WORDS:
                raise Refusal(
                    "A group keeps up to {most} messages of its own. Remove one, then add this one.",
                    most=MOST_WORDS,
                )
            if not any(row["category"] == known and row["words"] == words for row in there):
                await self._queries.add_own_word(
                    connection,
                    word_id=new_id(now),
                    group_id=group_id,
                    category=known,
                    words=words,
                    now=epoch(now),
                )
            rows: list[Row] = await self._queries.own_words(connection, group_id=group_id)
            return rows

        rows = await self._database.write(work)
        return tuple(OwnWords(row["word_id"], row["category"], row["words"]) for row in rows)

    async def remove_own(self, group_id: int, word_id: int, now: datetime) -> OwnWords:
        """Remove a message; it can be taken back for ten minutes. Raises Refusal where it is not there."""

        async def work(connection: Connection) -> Row | None:
            await self._forget_removed(connection, now)
            row: Row | None = await self._queries.remove_own_word(
                connection, group_id=group_id, word_id=word_id, now=epoch(now)
            )
            return row

        row = await self._database.write(work)
        if row is None:
            raise Refusal("Those words are not there any more. Open Words again to see what is.")
        return OwnWords(row["word_id"], row["category"], row["words"])

    async def restore_own(self, group_id: int, word_id: int, now: datetime) -> None:
        """Take a removal back. Raises Refusal after ten minutes."""

        async def work(connection: Connection) -> int:
            await self._forget_removed(connection, now)
            count: int = await self._queries.restore_own_word(connection, group_id=group_id, word_id=word_id)
            return count

        if not await self._database.write(work):
            raise Refusal("Those words are gone by now. Add them anew if you like.")

    async def forget_removed(self, now: datetime) -> int:
        """Erase the messages whose removal can no longer be taken back; how many."""
        count: int = await self._database.write(lambda connection: self._forget_removed(connection, now))
        return count

    async def _forget_removed(self, connection: Connection, now: datetime) -> Any:
        return await self._queries.forget_removed_words(
            connection, before=epoch(now - REMOVAL_CAN_BE_TAKEN_BACK)
        )


def _message(row: Row) -> Message:
    """A group's own message beside those of the library, encoded, without places or conditions."""
    return Message(
        f"{OWN}{row['word_id']}", row["category"], plain(row["words"], LONGEST_WORDS), None, (), 0, 0
    )
