"""Builds the demo: the real bot on a real database, in simcord's in-memory Discord, with a lived-in group."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import discord
import simcord

from bot.checkins.files import FileReader
from bot.checkins.model import Entry
from bot.client import SecondWind, Services
from bot.clock import epoch
from bot.scheduling.weekdays import parse_weekdays
from bot.storage import Connection, Database, open_database
from bot.when import parse_clock
from bot.words import Catalogues
from demo.challenges import Event, challenge_events
from demo.clock import DemoClock
from demo.cog import Demo
from demo.feelings import feeling_events, poll_events
from demo.history import history
from demo.life import Life
from demo.people import GROUP, PEOPLE, ZONE
from demo.posts import DemoPosts
from demo.stage import DIRECT, Person, Stage, Step

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)  # where simcord's clock starts
# An archive of two thousand files takes its time. simcord waits for every timer that is due within it, so the process
# that reads files is not ended for idling before that.
SETTLE_SECONDS, IDLE_SECONDS = 240.0, 86_400.0

STEPS = (
    Step("Press Check in, I ran, Just count it", "mira", "runs"),
    Step("Type /run log with 5k and 26:41", "mira", "runs"),
    Step("Be Jonas: press Cheer on Mira's card", "jonas", "runs"),
    Step("Move the clock to the next post or reminder, until Monday's board", "mira", "runs"),
    Step("Press Where am I? on it, then My plan on the opener", "mira", "runs"),
    Step(
        "Look into #challenges: cards move with your runs. Press Join on a card, then Standings",
        "mira",
        "challenges",
    ),
    Step("Type /mood log: it asks for your yes first. Then /checkin, About to run", "mira", "runs"),
    Step("Be Jonas: /mood trend over 40 runs (さくら has 14, प्रिया 9, نور الهدى 6)", "jonas", "runs"),
    Step(
        "Look into #pulse: seven votes show, four do not. Vote in the open one; nobody can look up whose it is",
        "mira",
        "pulse",
    ),
    Step("Type /privacy: take your data along, take your yes back, erase", "mira", "runs"),
    Step("Be Łukasz, back from an injury: Check in, I ran, Just count it", "lukasz", "runs"),
    Step("Be Mira: a best, /run log with 5k and 25:50", "mira", "runs"),
    Step("Be Ben, who is new: check in, then say whether you want to be on the boards", "ben", "runs"),
    Step("Be Jonas: read your reminder, press Snooze or Log it", "jonas", DIRECT),
    Step("Type /remindme with a time and days", "nour", "runs"),
    Step("Type /run stats, then press Calendar", "mira", "runs"),
    Step("Upload a file from a watch with /run import", "jonas", "runs"),
    Step(
        "Be Olive: /challenge create with a kind or a template, look at the preview, Post it",
        "olive",
        "challenges",
    ),
    Step("Be Olive, who organises: /setup, Change something, Posts", "olive", "general"),
)


class DirectReader:
    """Reads attachments from the in-memory Discord, which has no address to fetch them from."""

    async def read(self, attachment: discord.Attachment, limit: int) -> bytes:
        return (await attachment.read())[:limit]


@dataclass(frozen=True, slots=True)
class World:
    """The running demo: simcord's environment and what the page shows of it."""

    env: simcord.Env
    bot: SecondWind
    stage: Stage


@asynccontextmanager
async def open_world(folder: Path, today: date) -> AsyncIterator[World]:
    """The demo over a database in `folder`, on the Thursday of, or before, the week of `today`.

    A folder that holds the demo's database already is gone on with: its history stays as it was left.
    """
    database = await open_database(f"sqlite:///{folder / 'second-wind.db'}")
    files = FileReader(idle_seconds=IDLE_SECONDS)
    try:
        await database.migrate(now=epoch(BEGINNING))
        clock = DemoClock(BEGINNING)
        services = Services.over(database, clock=clock, files=files, attachments=DirectReader())
        stages: list[Stage] = []

        async def add_demo_command(bot: SecondWind) -> None:
            await bot.add_cog(Demo(lambda to: stages[0].ask_to_move(to)))
            await bot.tree.sync()

        bot = SecondWind(services, Catalogues(), at_setup=(add_demo_command,), shard_count=1)
        env = simcord.Env(bot, check_errors=False, shard_count=1, settle_timeout=SETTLE_SECONDS)
        await env.start()
        try:
            clock.follow(env)
            stage = await _tell(env, bot, database, await _latest(database), today)
            stages.append(stage)
            try:
                yield World(env, bot, stage)
            finally:
                await stage.close()
        finally:
            await env.shutdown()
        await services.checkins.places.close()
    finally:
        await files.close()
        await database.close()


async def _tell(
    env: simcord.Env, bot: SecondWind, database: Database, latest: datetime | None, today: date
) -> Stage:
    """Everybody arrives, half a year goes by, and it is Thursday evening."""
    env.backend.bot_user.name = env.backend.bot_user.global_name = "Second Wind"
    zone = ZoneInfo(ZONE)
    thursday = today - timedelta(days=(today.weekday() - 3) % 7)
    now = datetime.combine(thursday, time(17, 40), zone)
    guild = env.create_guild(GROUP, preferred_locale="en-GB")
    channels = {
        "runs": guild.create_text_channel("runs", topic="Show up, not show off"),
        "general": guild.create_text_channel("general", topic="Everything else"),
        "challenges": guild.create_text_channel("challenges", topic="What we run for together"),
        "pulse": guild.create_text_channel("pulse", topic="How we are, anonymously"),
    }
    organiser = guild.create_role("Organisers", permissions=discord.Permissions(manage_guild=True))
    people = []
    for character in PEOPLE:
        user = env.create_user(character.username, global_name=character.name)
        roles = [organiser] if character.organiser else []
        actor = guild.add_member(user, roles=roles)
        people.append(Person(character.key, actor, character.name, character.about, character.organiser))
    actors = {person.key: person.actor for person in people}
    await env.settle()
    posts = DemoPosts(bot)
    stage = Stage(env, people, channels, list(STEPS), zone, posts)
    ids = {key: actor.id for key, actor in actors.items()}
    if latest is None:
        await _begin(stage, bot.services, guild.id, channels, ids, now)
    else:
        now = max(now, latest.astimezone(zone) + timedelta(minutes=1))
    await posts.show_challenges()
    await _open_the_channel(stage, actors, channels, now, fresh=latest is None)
    posts.begin(Life(bot.services, guild.id, ids, zone, now))
    return stage


async def _latest(database: Database) -> datetime | None:
    """When the last check-in of a kept demo was entered; None in a new one."""

    async def work(connection: Connection) -> int | None:
        found: int | None = await connection.value("SELECT MAX(created_at) FROM runs", ())
        return found

    found = await database.read(work)
    return None if found is None else datetime.fromtimestamp(found, UTC)


async def _begin(
    stage: Stage,
    services: Services,
    group_id: int,
    channels: dict[str, simcord.ChannelHandle],
    ids: dict[str, int],
    now: datetime,
) -> None:
    """Half a year through the bot's own services, each at its moment; this week's posts come by themselves."""
    await _everybody(services, group_id, ids, now)
    monday = now - timedelta(days=now.weekday(), hours=now.hour - 7, minutes=now.minute)
    # Challenges were made before there was a runs channel, so their cards stand where they were made.
    zone = ZoneInfo(ZONE)
    events = [
        *_events(services, group_id, ids, now),
        *challenge_events(services, group_id, channels["challenges"].id, ids, monday.date(), zone),
        *feeling_events(services, group_id, ids, history(now, zone), now),
        *poll_events(services, group_id, channels["pulse"].id, ids, monday.date(), zone),
    ]
    numbered = list(enumerate(sorted(events, key=lambda event: event[0]), start=1))
    for interaction, (at, event) in numbered:
        if at < monday:
            await event(interaction, at)
    await stage.go_to(monday)
    await services.groups.set_runs_channel(group_id, channels["runs"].id, monday)
    await _reminders(services, group_id, ids, monday)
    await stage.go_to(monday + timedelta(hours=2))  # the opener is there
    for character in PEOPLE:
        if character.week_plan is not None:
            days, words = character.week_plan
            await services.openers.plan(
                group_id, ids[character.key], monday.date(), days, words, monday + timedelta(hours=2)
            )
    await stage.show_plans()
    for interaction, (at, event) in numbered:
        if at >= monday:
            await stage.go_to(at)
            await event(interaction, at)


async def _everybody(services: Services, group_id: int, ids: dict[str, int], now: datetime) -> None:
    """The group, and what each of its people chose when they joined."""
    await services.groups.joined(group_id, now)
    await services.groups.set_zone(group_id, ZONE, now)
    for character in PEOPLE:
        person_id = ids[character.key]
        joined = now - timedelta(weeks=character.habit.joined_weeks_ago)
        if character.habit.joined_weeks_ago:  # who is new this week meets every question for the first time
            await services.members.set_zone(group_id, person_id, ZONE, joined)
        if character.target != 3:
            await services.plans.set_days(group_id, person_id, character.target, joined)
        if character.weekly_km or character.plan:
            distance = f"{character.weekly_km} km" if character.weekly_km else ""
            await services.plans.set_wishes(group_id, person_id, distance, "", character.plan, joined)
        if character.private:
            await services.members.set_visibility(group_id, person_id, "private", joined)
        if character.listed is not None:
            await services.leaderboards.set_listed(group_id, person_id, character.listed, joined)


async def _reminders(services: Services, group_id: int, ids: dict[str, int], now: datetime) -> None:
    for number, character in enumerate(PEOPLE, start=1):
        if character.reminder is not None:
            time_, days, words = character.reminder
            await services.reminders.add(
                group_id,
                ids[character.key],
                number,
                parse_clock(time_),
                parse_weekdays(days, "en"),
                words,
                now,
            )


def _events(
    services: Services, group_id: int, ids: dict[str, int], now: datetime
) -> list[tuple[datetime, Event]]:
    """Check-ins and pauses, each with the moment at which it was entered, in their order."""
    zone = ZoneInfo(ZONE)

    def checked_in(key: str, entry: Entry) -> Event:
        return lambda interaction, at: services.checkins.log_run(group_id, ids[key], interaction, entry, at)

    def paused(key: str, until: date) -> Event:
        return lambda interaction, at: services.plans.pause(
            group_id, ids[key], start="", end=str(until), reason="ankle", interaction_id=interaction, now=at
        )

    events = [(each.at, checked_in(each.character.key, each.entry)) for each in history(now, zone)]
    monday = now.date() - timedelta(days=now.weekday())
    for character in PEOPLE:
        if character.habit.paused_weeks_ago:
            first, last = character.habit.paused_weeks_ago
            start = datetime.combine(monday - timedelta(weeks=first), time(12), zone)
            end = min(monday - timedelta(weeks=last) + timedelta(days=6), now.date() - timedelta(days=1))
            events.append((start, paused(character.key, end)))
    return events


async def _open_the_channel(
    stage: Stage,
    actors: dict[str, simcord.MemberActor],
    channels: dict[str, simcord.ChannelHandle],
    now: datetime,
    *,
    fresh: bool,
) -> None:
    """What stands in #runs when somebody looks in: the permanent card and three cards with cheers."""
    runs, olive = channels["runs"], actors["olive"]
    if fresh:
        await _three_cards(stage, actors, runs, now)
    await stage.go_to(now - timedelta(minutes=12))
    opened = _answer(await olive.slash(runs, "setup"))
    if fresh:
        await olive.select(opened, [ZONE], custom_id="sw:setup.zone:quick")
        await olive.select(opened, [runs], custom_id="sw:setup.channel:quick")
    await olive.click(opened, custom_id="sw:setup.post")
    await stage.go_to(now)


async def _three_cards(
    stage: Stage, actors: dict[str, simcord.MemberActor], runs: simcord.ChannelHandle, now: datetime
) -> None:
    await stage.go_to(now - timedelta(hours=22, minutes=40))
    jonas = await actors["jonas"].slash(
        runs, "run log", distance="12.4k", time="1:01:30", note="Herons by the lock"
    )
    await stage.go_to(now - timedelta(hours=11))
    sakura = await actors["sakura"].slash(
        runs, "run log", distance="8k", time="42:40", note="朝の川沿い、気持ちいい"
    )
    await stage.go_to(now - timedelta(hours=5, minutes=10))
    walk = await actors["dimitra"].slash(runs, "run log", distance="3.2 km", time="33:10", activity="walk")
    cheers = (
        ("mira", jonas),
        ("olive", jonas),
        ("lukasz", jonas),
        ("ming", jonas),
        ("nour", walk),
        ("sakura", walk),
        ("jonas", sakura),
    )
    for fan, result in cheers:
        card = _answer(result)
        await actors[fan].click(card, custom_id=_cheer_button(card))


def _answer(result: simcord.InteractionResult) -> simcord.ResponseMessage:
    """The message that answered; the demo's own story is answered always."""
    assert result.response is not None
    return result.response


def _cheer_button(card: simcord.ResponseMessage) -> str:
    """The custom_id of a card's Cheer, whose label counts."""
    parts = [child for part in card.components[0]["components"] for child in part.get("components", ())]
    return next(str(part["custom_id"]) for part in parts if part["custom_id"].startswith("sw:run.cheer:"))
