"""How running felt to the people of the demo, and what the group was asked: everything through the bot's services."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.checkins.units import parse_duration
from bot.client import Services
from bot.consents.rules import GROUP_FIGURE, KEEP
from bot.moodpolls.model import PollPlan
from bot.moods.scales import MOOD, Values
from bot.storage import Connection
from demo.challenges import Event
from demo.history import CheckedIn

SEED = 20261101
AGREED = timedelta(weeks=25)  # so long ago those below said yes


@dataclass(frozen=True, slots=True)
class Feeling:
    """How somebody feels, and how much of it they keep.

    `usual` mood, `lift` after a run, `pairs` runs that were rated before and after, the latest ones; `daily` share of
    days with an entry by itself; `away` weeks ago without any, the first and the last.
    """

    usual: float
    lift: float
    pairs: int = 0
    daily: float = 0.0
    away: tuple[int, int] | None = None


# Mira and Łukasz have not been asked yet: whoever plays them is.
FEELINGS = {
    "jonas": Feeling(0.3, 1.6, pairs=40, daily=0.45),
    "sakura": Feeling(1.0, 1.0, pairs=14, daily=0.2, away=(9, 5)),
    "priya": Feeling(-0.4, 1.3, pairs=9, daily=0.15),
    "nour": Feeling(0.0, 0.8, pairs=6, daily=0.1),
    "olive": Feeling(1.2, 0.5, daily=0.3),
    "dimitra": Feeling(0.6, 0.4, daily=0.25),
    "ming": Feeling(0.2, 0.6, daily=0.2),
}


def feeling_events(
    services: Services, group_id: int, ids: dict[str, int], past: Sequence[CheckedIn], now: datetime
) -> list[tuple[datetime, Event]]:
    """What those people entered, each with its moment: before and after runs of `past`, and on days by themselves."""
    events: list[tuple[datetime, Event]] = []
    began = now - AGREED
    events.append((began - timedelta(hours=1), lambda _, at: services.care.use_usual(group_id, at)))
    for key, feeling in FEELINGS.items():
        chance = random.Random(f"{SEED} {key}")
        person_id = ids[key]
        joined = max(began, min(each.at for each in past if each.character.key == key))
        events += [
            (joined + timedelta(minutes=number), _agreed(services, group_id, person_id, purpose))
            for number, purpose in enumerate((KEEP, GROUP_FIGURE))
        ]
        timed = [each for each in past if each.character.key == key and each.entry.time and each.at > joined]
        for each in timed[-feeling.pairs :] if feeling.pairs else ():
            events += _around(services, group_id, person_id, feeling, each, chance)
        events += _daily(services, group_id, person_id, feeling, joined, now, chance)
    return events


def _agreed(services: Services, group_id: int, person_id: int, purpose: str) -> Event:
    return lambda _, at: services.consents.agree(group_id, person_id, purpose, 16, at)


def _around(
    services: Services,
    group_id: int,
    person_id: int,
    feeling: Feeling,
    run: CheckedIn,
    chance: random.Random,
) -> list[tuple[datetime, Event]]:
    """About to run, the rating before, and after the check-in the one after."""
    seconds = parse_duration(run.entry.time or "")
    start = run.at - timedelta(seconds=seconds, minutes=4)
    before = _mood(chance.gauss(feeling.usual, 1.3))
    after = Values(
        mood=_mood(before + chance.gauss(feeling.lift, 1.2)),
        effort=chance.randint(2, 7),
        energy=chance.randint(2, 5) if chance.random() < 0.6 else None,
        stress=chance.randint(1, 3) if chance.random() < 0.5 else None,
    )

    async def set_off(interaction: int, at: datetime) -> None:
        pressed = await services.moods.about_to_run(group_id, person_id, interaction, at)
        await services.moods.keep(
            group_id, person_id, interaction, Values(mood=before), at, at="before", start_id=pressed.start_id
        )

    async def came_back(interaction: int, at: datetime) -> None:
        run_id = await _latest(
            services,
            "SELECT MAX(run_id) FROM runs WHERE group_id = :group_id AND person_id = :person_id",
            group_id=group_id,
            person_id=person_id,
        )
        await services.moods.keep(group_id, person_id, interaction, after, at, at="after", run_id=run_id)

    return [(start, set_off), (run.at + timedelta(minutes=chance.randint(3, 12)), came_back)]


def _daily(
    services: Services,
    group_id: int,
    person_id: int,
    feeling: Feeling,
    joined: datetime,
    now: datetime,
    chance: random.Random,
) -> list[tuple[datetime, Event]]:
    """Entries by themselves, at noon or so."""
    events = []
    for number in range((now - joined).days):
        at = joined + timedelta(days=number)
        weeks_ago = (now - at).days // 7
        away = feeling.away is not None and feeling.away[1] <= weeks_ago <= feeling.away[0]
        if chance.random() >= feeling.daily or away:
            continue
        at = datetime.combine(at.date(), time(12, chance.randrange(60)), at.tzinfo)
        values = Values(
            mood=_mood(chance.gauss(feeling.usual, 1.2)),
            sleep=chance.randint(2, 5) if chance.random() < 0.7 else None,
        )
        events.append((at, _logged(services, group_id, person_id, values)))
    return [event for event in events if event[0] > joined + timedelta(hours=1)]


def _logged(services: Services, group_id: int, person_id: int, values: Values) -> Event:
    return lambda interaction, at: services.moods.keep(group_id, person_id, interaction, values, at)


def _mood(value: float) -> int:
    return min(MOOD.most, max(MOOD.least, round(value)))


async def _latest(services: Services, sql: str, **values: int) -> int:
    async def work(connection: Connection) -> int:
        found: int = await connection.value(sql, values)
        return found

    return await services.database.read(work)


@dataclass(frozen=True, slots=True)
class Asked:
    """A poll of Olive's: so long after this week's Monday began, open for so long, with these votes."""

    after: timedelta
    open_for: timedelta
    votes: tuple[tuple[str, int, int], ...]
    weekly: bool = False


ASKED = (
    Asked(
        timedelta(hours=9, minutes=30),
        timedelta(days=1),
        (
            ("mira", 4, 5),
            ("jonas", 4, 4),
            ("olive", 5, 5),
            ("sakura", 3, 4),
            ("priya", 2, 3),
            ("ming", 4, 3),
            ("dimitra", 4, 5),
        ),
        weekly=True,
    ),
    Asked(
        timedelta(days=1, hours=11, minutes=15),
        timedelta(days=1),
        (("jonas", 3, 4), ("nour", 2, 5), ("anan", 4, 3), ("sakura", 3, 3)),
    ),
    Asked(timedelta(days=3, hours=11, minutes=30), timedelta(days=3), (("ming", 4, 4), ("olive", 3, 5))),
)


def poll_events(
    services: Services, group_id: int, channel_id: int, ids: dict[str, int], monday: date, zone: ZoneInfo
) -> list[tuple[datetime, Event]]:
    """This week's polls and their votes, each with its moment."""
    events: list[tuple[datetime, Event]] = []
    midnight = datetime.combine(monday, time(0), zone)
    for asked in ASKED:
        at = midnight + asked.after
        events.append((at, _asked(services, group_id, channel_id, ids["olive"], asked)))
        events += [
            (at + timedelta(minutes=20 + 9 * number), _voted(services, group_id, ids[key], first, second))
            for number, (key, first, second) in enumerate(asked.votes)
        ]
    return events


def _asked(services: Services, group_id: int, channel_id: int, maker_id: int, asked: Asked) -> Event:
    plan = PollPlan(open_for=asked.open_for, weekly=asked.weekly)

    async def event(interaction: int, at: datetime) -> None:
        draft = await services.moodpolls.draft(group_id, maker_id, interaction, plan, channel_id, at)
        await services.moodpolls.post(group_id, maker_id, draft.plan_id, at)

    return event


def _voted(services: Services, group_id: int, person_id: int, first: int, second: int) -> Event:
    async def event(_: int, at: datetime) -> None:
        poll_id = await _latest(
            services, "SELECT MAX(poll_id) FROM polls WHERE group_id = :group_id", group_id=group_id
        )
        for question, answer in ((1, first), (2, second)):
            await services.moodpolls.vote(group_id, person_id, poll_id, question, answer, at)

    return event
