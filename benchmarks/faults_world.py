"""Groups, people and schedules of a campaign, and the oracle that says which occurrences there have to be."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.standin import StandIn
from benchmarks.standin_channels import MESSAGES_CLOSED, NO_COMMON_GROUP
from benchmarks.standin_world import Guild
from bot.challenges.deciding import CARD, RESULT
from bot.clock import epoch
from bot.scheduling.group_schedules import ENCOURAGEMENT, LEADERBOARD, OPENER, weekdays_of
from bot.storage.open import open_database

REMINDER = "reminder"
# No clock changes in the weeks around a campaign matters: occurrences over them have a test of their own.
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "America/St_Johns")
STEP = timedelta(minutes=5)  # minutes of schedules and offsets of these zones are multiples of it
BEFORE = timedelta(minutes=60)  # what fell due before the first start, and is not too late yet
COMING = timedelta(minutes=50)
RUNNERS = 9  # of a group's people: enough for a board


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule as it was stored."""

    schedule_id: int
    group_id: int
    person_id: int | None
    kind: str
    zone: str
    minute: int
    weekdays: int
    since: datetime
    channel_id: int | None  # None: direct messages
    once: tuple[date, datetime] | None = None  # of a challenge: its one occurrence, and when that is due


async def empty_database(path: Path) -> None:
    """Make `path` with the bot's schema."""
    database = await open_database(f"sqlite:///{path}")
    try:
        await database.migrate(now=0)
    finally:
        await database.close()


def furnish(
    template: Path, path: Path, discord_: StandIn, now: datetime, dice: random.Random
) -> list[Schedule]:
    """Copy `template` and fill it: every group posts daily, nine in ten people have a reminder due about `now`.

    Some people take no messages, and some channels are gone, hidden, silent or unreadable.
    """
    shutil.copy(template, path)
    made: list[Schedule] = []
    number = epoch(now) * 1000 << 20
    with closing(sqlite3.connect(path)) as raw, raw:
        for guild in discord_.guilds:
            zone = dice.choice(ZONES)
            first_day = (now.astimezone(ZoneInfo(zone)).weekday() + dice.choice((0, 0, 1, 3))) % 7
            _store_group(raw, guild, zone, first_day, now)
            for kind in (OPENER, LEADERBOARD, ENCOURAGEMENT):
                due = _about(now, dice)
                minute = _minute(due, zone)
                weekdays = weekdays_of(kind, "daily", first_day)
                since = now - timedelta(days=dice.choice((1, 2)), minutes=1)
                made.append(
                    Schedule(
                        number + len(made),
                        guild.id,
                        None,
                        kind,
                        zone,
                        minute,
                        weekdays,
                        since,
                        guild.channel_id,
                    )
                )
            made += _reminders(guild, zone, now, dice, number + len(made))
            made += _challenge(raw, guild, zone, now, dice, number + len(made))
        raw.executemany(
            "INSERT INTO schedules (schedule_id, group_id, person_id, kind, minute, weekdays, words, channel_id,"
            " since_at, next_due_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [_row(each) for each in made if each.once is None],
        )
    _make_trouble(discord_, dice)
    return made


def _reminders(
    guild: Guild, zone: str, now: datetime, dice: random.Random, number: int
) -> Iterator[Schedule]:
    for person in guild.members[1:]:
        if dice.random() < 0.9:
            since = now - timedelta(days=dice.choice((*[0] * 9, 1)), minutes=115)
            place = guild.channel_id if dice.random() < 0.15 else None
            minute = _minute(_about(now, dice), zone)
            yield Schedule(number, guild.id, person.id, REMINDER, zone, minute, 127, since, place)
            number += 1


def _challenge(
    raw: sqlite3.Connection, guild: Guild, zone: str, now: datetime, dice: random.Random, number: int
) -> list[Schedule]:
    """A challenge that is over for everybody: its card and its result are due about `now`, each once."""
    first, last = (now - timedelta(days=back) for back in (14, 5))
    challenge, long_ago = number + (1 << 20), epoch(first)
    raw.execute(
        "INSERT INTO challenges (challenge_id, group_id, maker_id, interaction_id, kind, measure, title, target,"
        " first_day, last_day, channel_id, created_at, posted_at, redraw)"
        " VALUES (?, ?, ?, ?, 'together', 'metres', 'To the sea', 100000, ?, ?, ?, ?, ?, 1)",
        (challenge, guild.id, guild.members[0].id, challenge, first.date().isoformat(), last.date().isoformat(),
         guild.channel_id, long_ago, long_ago),
    )  # fmt: skip
    raw.executemany(
        "INSERT INTO challenge_members (challenge_id, group_id, person_id, amount, joined_at)"
        " VALUES (?, ?, ?, 5000, ?)",
        [(challenge, guild.id, member.id, long_ago) for member in guild.members[:RUNNERS]],
    )
    made = []
    for place, (kind, day) in enumerate(((CARD, first.date()), (RESULT, last.date()))):
        due = _about(now, dice)
        made.append(
            Schedule(
                number + place, guild.id, None, kind, zone, 0, 127, first, guild.channel_id, once=(day, due)
            )
        )
        raw.execute(
            "INSERT INTO schedules (schedule_id, group_id, kind, minute, weekdays, off_reason, since_at, created_at,"
            " challenge_id) VALUES (?, ?, ?, 0, 127, 'once', ?, ?, ?)",
            (number + place, guild.id, kind, long_ago, long_ago, challenge),
        )
        raw.execute(
            "INSERT INTO deliveries (delivery_id, schedule_id, group_id, kind, occurrence_day, due_at, try_at,"
            " created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (challenge + 1 + place, number + place, guild.id, kind, day.isoformat(), epoch(due), epoch(due), long_ago),
        )  # fmt: skip
    return made


def _about(now: datetime, dice: random.Random) -> datetime:
    return now + timedelta(minutes=dice.uniform(-BEFORE.total_seconds(), COMING.total_seconds()) / 60)


def _minute(due: datetime, zone: str) -> int:
    local = due.astimezone(ZoneInfo(zone))
    return (local.hour * 60 + local.minute) // 5 * 5


def _row(each: Schedule) -> tuple[object, ...]:
    personal = each.kind == REMINDER
    return (
        each.schedule_id, each.group_id, each.person_id, each.kind, each.minute, each.weekdays,
        "When the kettle is on, I run" if personal and each.schedule_id % 2 else None,
        each.channel_id if personal else None, epoch(each.since), epoch(each.since), epoch(each.since),
    )  # fmt: skip


def _store_group(raw: sqlite3.Connection, guild: Guild, zone: str, first_day: int, now: datetime) -> None:
    """The group, its people, all of them listed, and what most of them ran in the last two weeks."""
    long_ago = epoch(now) - 90 * 86_400
    raw.execute(
        "INSERT INTO groups (group_id, zone, week_starts_on, runs_channel_id, posts, set_up_at, created_at)"
        " VALUES (?, ?, ?, ?, 'daily', ?, ?)",
        (guild.id, zone, first_day, guild.channel_id, long_ago, long_ago),
    )
    for member in guild.members:
        raw.execute("INSERT INTO people (person_id, created_at) VALUES (?, ?)", (member.id, long_ago))
        raw.execute(
            "INSERT INTO members (group_id, person_id, listed, zone_asked_at, created_at) VALUES (?, ?, 1, ?, ?)",
            (guild.id, member.id, long_ago, long_ago),
        )
    for number, member in enumerate(guild.members[:RUNNERS]):
        for back in range(2, 15, 2 + number % 3):
            at = epoch(now) - back * 86_400
            run = at * 1000 << 20 | (guild.id >> 22) % 100 * 100 + number
            day = datetime.fromtimestamp(at, UTC).date().isoformat()
            raw.execute(
                "INSERT INTO runs (run_id, group_id, person_id, interaction_id, activity, running_day, metres, seconds,"
                " source, visibility, created_at) VALUES (?, ?, ?, ?, 'run', ?, 5000, 1600, 'typed', 'group', ?)",
                (run, guild.id, member.id, run, day, at),
            )


def _make_trouble(discord_: StandIn, dice: random.Random) -> None:
    """Some people take no messages, and one group in eight each has a channel that refuses in its own way."""
    for guild in discord_.guilds:
        closed = dice.choice(guild.members[1:])
        discord_.channels.closed[closed.id] = dice.choice((MESSAGES_CLOSED, NO_COMMON_GROUP))
        ways = (guild.removed, guild.hidden, guild.silent, guild.unreadable)
        if dice.random() < 0.4:
            dice.choice(ways).add(guild.channel_id)


def expected(schedule: Schedule, until: datetime) -> set[date]:
    """The local dates on which `schedule` fell due after its `since` and by `until`, read off the wall clock.

    It walks through time in steps of five minutes and looks at the clock; nothing is computed as the bot does it.
    """
    if schedule.once is not None:
        day, due = schedule.once
        return {day} if epoch(due) <= epoch(until) else set()
    zone = ZoneInfo(schedule.zone)
    moment = datetime.fromtimestamp(epoch(schedule.since) // 300 * 300, UTC)
    found: set[date] = set()
    while moment <= until:
        local = moment.astimezone(zone)
        its_time = local.hour * 60 + local.minute == schedule.minute
        if its_time and 1 << local.weekday() & schedule.weekdays and moment > schedule.since:
            found.add(local.date())
        moment += STEP
    return found
