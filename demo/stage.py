"""What the demo's page shows: who one is, which channel is open, what time it is, what to try next."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from simcord import ChannelHandle, Env, MemberActor
from simcord.backend.errors import SetupError

from demo.files import NAMES

log = logging.getLogger(__name__)
# The direct messages with the bot of whoever one is, as a place beside the channels.
DIRECT = "@bot"
MOST_STOPS = 600
LONGEST_WAIT = timedelta(weeks=4)  # for the next post or reminder
NOTHING_PLANNED = "Nothing is planned. Set a reminder with /remindme, or the group's posts with /setup."

# How the clock can be moved on: what it is called on the page and in /demo.
MOVES = {
    "next": "Next post or reminder",
    "hour": "One hour",
    "evening": "This evening",
    "morning": "Tomorrow morning",
    "monday": "Next Monday evening",
    "month": "Four weeks",
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody one can be. `about` says in a few words why that is worth trying."""

    key: str
    actor: MemberActor
    name: str
    about: str
    organiser: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to try: what to do, as whom and where."""

    text: str
    person: str
    channel: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """A delivery that arrived in a channel, or, where `person_id` says whose, in somebody's direct messages."""

    delivery_id: int
    channel_id: int | None
    person_id: int | None


class Posts(Protocol):
    """What the stage asks the bot's deliveries."""

    async def wake(self) -> None:
        """Enter what people did by now, and deliver all that is due."""

    async def show_plans(self) -> None:
        """Let the posted openers list who planned."""

    async def show_challenges(self) -> None:
        """Let the cards of challenges show what has been run by now."""

    async def next_stop(self) -> datetime | None:
        """When something is due or somebody checks in next."""

    async def next_due(self) -> datetime | None:
        """When something is due next; None where nothing is."""

    async def latest(self) -> Arrived | None:
        """The delivery that arrived last."""


class Stage:
    """Holds the one open preview and moves the one clock. Everything outside the bot's own work happens here."""

    def __init__(
        self,
        env: Env,
        people: list[Person],
        channels: dict[str, ChannelHandle],
        steps: list[Step],
        zone: ZoneInfo,
        posts: Posts,
    ) -> None:
        self._env = env
        self._posts = posts
        self._seen: dict[tuple[str, str], int] = {}
        self._people = {person.key: person for person in people}
        self._channels = channels
        self._steps = steps
        self._zone = zone
        self._person = people[0]
        self._channel = next(iter(channels))
        self._note = ""
        self._preview: Any = None
        self._lock = asyncio.Lock()
        self._moves: asyncio.Queue[str] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def preview_origin(self) -> str | None:
        return None if self._preview is None else self._preview.url.split("/#", 1)[0]

    def actor(self, key: str) -> MemberActor:
        """One of the people, as simcord's actor."""
        return self._people[key].actor

    def channel(self, name: str) -> ChannelHandle:
        """One of the channels, as simcord's handle."""
        return self._channels[name]

    def state(self) -> dict[str, Any]:
        """What the page draws."""
        self._look()
        now = self._env.now().astimezone(self._zone)
        return {
            "capability": "" if self._preview is None else self._preview.capability,
            "person": self._person.key,
            "channel": self._channel,
            "clock": f"{now:%A}, {now.day} {now:%B}, {now:%H:%M}",
            "zone": str(self._zone),
            "note": self._note,
            "channels": list(self._channels),
            "direct": DIRECT,
            "unread": [
                place for place in (*self._channels, DIRECT) if self._is_unread(self._person.key, place)
            ],
            "people": [
                {
                    "key": p.key,
                    "name": p.name,
                    "about": p.about,
                    "organiser": p.organiser,
                    "unread": self._is_unread(p.key, DIRECT),
                }
                for p in self._people.values()
            ],
            "files": list(NAMES),
            "moves": [{"key": key, "label": label} for key, label in MOVES.items()],
            "steps": [{"text": s.text, "person": s.person, "channel": s.channel} for s in self._steps],
        }

    def name_channels(self, content: bytes) -> bytes:
        """What is shown, with channels' names for mentions: simcord knows no group's channels in direct messages."""
        if self._channel == DIRECT:
            for name, channel in self._channels.items():
                content = content.replace(b"<#%d>" % channel.id, b"#" + name.encode())
        return content

    def now(self) -> datetime:
        """The demo's present moment (aware UTC)."""
        return self._env.now()

    def alone(self) -> asyncio.Lock:
        """Held while somebody acts: simcord refuses an action that meets a refresh or a move of the clock."""
        return self._lock

    def _place(self, person: Person, place: str) -> ChannelHandle:
        return person.actor.user.dm_channel if place == DIRECT else self._channels[place]

    def _look(self) -> None:
        """What stands in the open place has been seen."""
        self._seen[self._person.key, self._channel] = _newest(self._place(self._person, self._channel))

    def _is_unread(self, key: str, place: str) -> bool:
        newest = _newest(self._place(self._people[key], place))
        return newest > self._seen.setdefault((key, place), newest if place != DIRECT else 0)

    async def start(self) -> None:
        for person in self._people.values():  # what was there before one came is no news
            for place in (*self._channels, DIRECT):
                self._seen[person.key, place] = _newest(self._place(person, place))
        await self.show(person=self._person.key, channel=self._channel)
        self._tasks = [asyncio.create_task(self._carry_out_moves()), asyncio.create_task(self._keep_fresh())]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._preview is not None:
            await self._preview.close()

    async def show(self, *, person: str, channel: str) -> None:
        """Open `channel` as `person`. Raises LookupError for one that is not there."""
        if person not in self._people or channel not in (*self._channels, DIRECT):
            raise LookupError("nobody and nowhere of that name here")
        async with self._lock:
            self._note = ""
            await self._show(person, channel)

    async def _show(self, person: str, channel: str) -> None:
        self._person, self._channel = self._people[person], channel
        if self._preview is not None:
            await self._preview.close()
            self._preview = None
        others = [p.actor for p in self._people.values() if p is not self._person]
        viewers = [self._person.actor.user] if channel == DIRECT else [self._person.actor, *others]
        preview = await self._when_quiet(
            lambda: self._env.preview(
                self._place(self._person, channel),
                viewers=viewers,
                layout="channel",
                timezone=str(self._zone),
            )
        )
        self._preview = await preview.__aenter__()
        self._look()

    def ask_to_move(self, to: str) -> None:
        """For the bot's own /demo: the clock moves once the command has been answered."""
        self._moves.put_nowait(to)

    async def moved(self) -> None:
        """Wait until every move that was asked for has been made."""
        await self._moves.join()

    async def move_clock(self, to: str) -> None:
        """Move the clock to one of MOVES. Raises LookupError for another."""
        if to not in MOVES:
            raise LookupError("the clock knows no such step")
        async with self._lock:
            self._note = ""
            if to == "next":
                await self._go_to_the_next()
            else:
                await self.go_to(self._goal(to))
            await self._posts.show_challenges()
            await self._refresh()

    async def show_plans(self) -> None:
        """Let the posted openers list who planned."""
        await self._posts.show_plans()
        await self._env.settle()

    async def go_to(self, goal: datetime) -> None:
        """Let time go by, and deliver what falls due in between, each at its moment."""
        for _ in range(MOST_STOPS):
            await self._posts.wake()
            stop = await self._posts.next_stop()
            if stop is None or stop > goal:
                break
            await self._advance(stop)
        await self._advance(goal)
        await self._posts.wake()

    async def _go_to_the_next(self) -> None:
        """Let time go by until something arrives, open the place where it did, and say what it is."""
        before, latest = await self._posts.latest(), self._env.now() + LONGEST_WAIT
        goal: datetime | None = self._env.now()
        while goal is not None and goal <= latest:
            await self.go_to(goal)
            arrived = await self._posts.latest()
            if arrived is not None and arrived != before:
                await self._show_arrived(arrived)
                return
            goal = await self._posts.next_due()
        self._note = NOTHING_PLANNED

    async def _show_arrived(self, arrived: Arrived) -> None:
        if arrived.person_id is None:
            channel = next(name for name, place in self._channels.items() if place.id == arrived.channel_id)
            await self._show(self._person.key, channel)
            self._note = f"New in #{channel}: a post for the group"
        else:
            owner = next(p for p in self._people.values() if p.actor.id == arrived.person_id)
            await self._show(owner.key, DIRECT)
            self._note = f"New: a reminder for {owner.name}, by direct message"

    async def _advance(self, goal: datetime) -> None:
        seconds = max(0.0, (goal - self._env.now()).total_seconds())
        await self._when_quiet(lambda: self._env.advance_time(seconds))

    def _goal(self, to: str) -> datetime:
        now = self._env.now().astimezone(self._zone)
        at = {
            "hour": lambda: now + timedelta(hours=1),
            "evening": lambda: _next(now, time(19, 30)),
            "morning": lambda: datetime.combine(now.date() + timedelta(days=1), time(7, 30), self._zone),
            "monday": lambda: datetime.combine(
                now.date() + timedelta(days=7 - now.weekday()), time(19, 0), self._zone
            ),
            "month": lambda: now + timedelta(weeks=4),
        }[to]()
        return at.astimezone(UTC)

    async def _carry_out_moves(self) -> None:
        while True:
            to = await self._moves.get()
            try:
                await self.move_clock(to)
            except LookupError:
                log.warning("the demo's clock was asked for a step that it does not know")
            finally:
                self._moves.task_done()

    async def _keep_fresh(self) -> None:
        """Cards that follow an answer (a file's, a private one's) appear without a press on Refresh."""
        seen = -1
        while True:
            await asyncio.sleep(0.5)
            latest = len(self._env.backend.transcript)
            if latest != seen:
                async with self._lock:
                    with suppress(SetupError, TimeoutError):
                        await self._refresh()
                        seen = latest

    async def _refresh(self) -> None:
        if self._preview is not None:
            await self._when_quiet(self._preview.refresh)

    async def _when_quiet(self, action: Any) -> Any:
        """Run `action` once no press or command is under way: simcord takes one thing at a time."""
        for _ in range(600):
            try:
                result = action()
                return await result if asyncio.iscoroutine(result) else result
            except SetupError as busy:
                if "overlaps" not in str(busy):
                    raise
                await asyncio.sleep(0.05)
        raise TimeoutError("the demo stayed busy for half a minute")


def _newest(channel: ChannelHandle) -> int:
    """The id of a channel's latest message; 0 in an empty one."""
    latest = channel.last_message
    return 0 if latest is None else int(latest.id)


def _next(now: datetime, at: time) -> datetime:
    """The next moment at which the clock on the wall says `at`."""
    today = datetime.combine(now.date(), at, now.tzinfo)
    return today if today > now else today + timedelta(days=1)
