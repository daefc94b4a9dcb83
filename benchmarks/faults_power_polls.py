"""Mood polls while the power is about to fail: opened, voted in, votes changed, closed; and what a cut may leave."""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.standin import StandIn
from benchmarks.standin_answer import Answer
from benchmarks.standin_messages import walk
from benchmarks.standin_world import Guild, Json, Member
from bot.moodpolls.rules import voter_code

LOST, CHANGED, DOUBLED = "answered and lost", "answered and changed", "stored twice"
STRANGE, HALF = "stored and never sent", "half of a closed poll"
KINDS = (LOST, CHANGED, DOUBLED, STRANGE, HALF)
ANSWERS, LEAST = ("Morning", "Noon", "Evening"), 5
POSTED_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Vote:
    """A press on an answer, from 1."""

    interaction: int
    person_id: int
    answer: int


@dataclass
class Poll:
    """A poll by the interactions that made, posted and closed it (None: nobody pressed that); its votes in order."""

    interaction: int
    group_id: int
    posting: int | None = None
    poll_id: int | None = None
    closing: int | None = None
    votes: list[Vote] = field(default_factory=list)


# Waits for an answer, and notes one that does not hold these words.
Settle = Callable[[Answer, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Room:
    """Where polls are held."""

    discord_: StandIn
    guild: Guild
    settle: Settle

    @property
    def organiser(self) -> dict[str, Any]:
        return {"guild": self.guild, "member": self.guild.members[0]}

    async def open(self, poll: Poll, asked: Answer) -> Json | None:
        """Post what was asked for; its message, once it is in the channel."""
        await self.settle(asked, "Post it")
        before = set(self._open_polls())
        press = await self.discord_.click(asked.message, "sw:moodpoll.post", wait=False, **self.organiser)
        poll.posting = press.id
        await self.settle(press, "")
        for _ in range(round(POSTED_SECONDS / 0.05)):
            found = self._open_polls()
            for poll_id in found.keys() - before:
                poll.poll_id = poll_id
                return found[poll_id]
            await asyncio.sleep(0.05)
        return None

    def _open_polls(self) -> dict[int, Json]:
        """The messages in the group's channel that take votes, by their polls."""
        found = {}
        for message in self.discord_.channel_messages(self.guild.channel_id):
            for component in walk(message["components"]):
                custom_id = str(component.get("custom_id", ""))
                if custom_id.startswith("sw:moodpoll.vote:"):
                    found[int(custom_id.rpartition(":")[2])] = message
        return found

    async def vote(self, voter: Member, poll: Poll, card: Json, answer: int) -> None:
        custom_id = f"sw:moodpoll.vote:1:{answer}:"
        press = await self.discord_.click(card, custom_id, guild=self.guild, member=voter, wait=False)
        poll.votes.append(Vote(press.id, voter.id, answer))
        await self.settle(press, "Your vote")

    async def close(self, poll: Poll, card: Json) -> None:
        asked = await (await self.discord_.click(card, "sw:moodpoll.close:", **self.organiser)).settled()
        sure = await self.discord_.click(
            asked.message, "sw:moodpoll.close_sure", wait=False, **self.organiser
        )
        poll.closing = sure.id
        await self.settle(sure, "Closed")


async def hold_polls(
    discord_: StandIn, polls: list[Poll], dice: random.Random, settle: Settle, leaving: set[int]
) -> None:
    """A poll that is closed in the end and one that stays open, in a group whose channel takes messages.

    Who is `leaving` takes no part: what an erasure does is judged elsewhere.
    """
    rooms = [
        guild
        for guild in discord_.guilds
        if guild.channel_id not in guild.removed | guild.hidden | guild.silent | guild.unreadable
        and guild.members[0].id not in leaving
    ]
    if not rooms:
        return
    room = _Room(discord_, dice.choice(rooms), settle)
    voters = [one for one in room.guild.members if one.id not in leaving]
    for closed in (True, False):
        options = {"kind": "question", "question": "When do you run best?", "answers": " | ".join(ANSWERS)}
        asked = await discord_.slash("moodpoll", options=options, wait=False, **room.organiser)
        poll = Poll(asked.id, room.guild.id)
        polls.append(poll)
        card = await room.open(poll, asked)
        if card is None:
            return
        # everybody chooses, and half of them otherwise later
        for voter in (*dice.sample(voters, len(voters)), *dice.sample(voters, len(voters) // 2)):
            await room.vote(voter, poll, card, dice.randint(1, len(ANSWERS)))
        if closed:
            await room.close(poll, card)


def look_at_polls(
    raw: sqlite3.Connection, polls: list[Poll], answered: set[int], told: Callable[[str, object], None]
) -> None:
    """What was answered is there: a poll that was posted, each vote as it was last chosen, or the poll closed with it
    counted; no vote twice, and nothing of a closed poll that says who voted."""
    if raw.execute("SELECT 1 FROM sqlite_schema WHERE name = 'poll_votes'").fetchone() is None:
        if any({each.interaction, each.posting} & answered for each in polls):
            told(LOST, "polls")
        return
    posted = dict(raw.execute("SELECT interaction_id, posted_at FROM poll_plans").fetchall())
    for poll in polls:
        if poll.interaction not in posted:
            if poll.interaction in answered:
                told(LOST, "a draft of a poll")
        elif poll.posting in answered and posted[poll.interaction] is None:
            told(LOST, "a poll that was posted")
        _look_at(raw, poll, answered, told)


def _look_at(
    raw: sqlite3.Connection, poll: Poll, answered: set[int], told: Callable[[str, object], None]
) -> None:
    heard = [each for each in poll.votes if each.interaction in answered]
    row = raw.execute("SELECT closed_at, result FROM polls WHERE poll_id = ?", (poll.poll_id,)).fetchone()
    if row is None:
        if heard or (poll.closing is not None and poll.closing in answered):
            told(LOST, "a poll that people voted in")
        return
    votes = raw.execute("SELECT voter, first FROM poll_votes WHERE poll_id = ?", (poll.poll_id,)).fetchall()
    secret = raw.execute("SELECT secret FROM poll_secrets WHERE poll_id = ?", (poll.poll_id,)).fetchone()
    if row[0] is None:
        if poll.closing in answered:
            told(LOST, "the closing of a poll")
        if secret is None:
            told(HALF, "it is open and has no secret")
        else:
            _look_at_votes(poll, heard, votes, secret[0], told)
        return
    if votes or secret is not None:
        told(HALF, f"{len(votes)} votes" if votes else "a secret")
    counts = json.loads(row[1])[0].get("counts")
    # everybody had voted and been answered before anybody closed: what each chose last is counted, once
    last = {each.person_id: each.answer for each in poll.votes}
    right = [list(last.values()).count(answer) for answer in range(1, len(ANSWERS) + 1)]
    withheld = len(last) < LEAST or max(right) == len(last)
    if counts != (None if withheld else right):
        told(CHANGED, f"a poll that closed with {counts}")


def _look_at_votes(
    poll: Poll,
    heard: list[Vote],
    votes: list[tuple[str, int]],
    secret: str,
    told: Callable[[str, object], None],
) -> None:
    assert poll.poll_id is not None
    stored: dict[str, list[int]] = {}
    for voter, answer in votes:
        stored.setdefault(voter, []).append(answer)
    for person_id in {each.person_id for each in poll.votes}:
        chosen = [each for each in poll.votes if each.person_id == person_id]
        there = stored.pop(voter_code(secret, poll.poll_id, person_id), [])
        if len(there) > 1:
            told(DOUBLED, "a vote")
        certain = max((number for number, each in enumerate(chosen) if each in heard), default=None)
        # a later press may have been stored before the cut, and not been answered yet
        may_be = {each.answer for each in chosen[certain or 0 :]}
        if not there and certain is not None:
            told(LOST, "a vote")
        elif there and there[0] not in may_be:
            told(CHANGED, "a vote")
    if stored:
        told(STRANGE, f"{len(stored)} votes")
