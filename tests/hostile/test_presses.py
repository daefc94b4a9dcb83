"""Anybody can send any custom_id, any choice and any filled form: nobody else's rows change, no answer is public."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import discord
import pytest
import pytest_asyncio

from bot.challenges.model import Plan
from bot.consents.rules import PURPOSES
from bot.moodpolls.model import PollPlan
from bot.moods.scales import Values
from tests.cogs.conftest import World, check_for_bugs, connected, found_group, seen, serving
from tests.hostile.sending import answers, send_form, send_press

pytestmark = pytest.mark.asyncio(loop_scope="module")

TABLES = (
    "groups",
    "people",
    "members",
    "targets",
    "pauses",
    "rest_days",
    "runs",
    "bests",
    "cheers",
    "reports",
    "notices",
    "card_removals",
    "schedules",
    "week_plans",
    "group_words",
    "deliveries",
    "boards",
    "board_entries",
    "group_notices",
    "challenges",
    "challenge_teams",
    "challenge_members",
    "consents",
    "moods",
    "run_starts",
    "nearly_not",
    "care_shown",
    "figure_people",
    "poll_plans",
    "polls",
    "poll_secrets",
    "poll_votes",
)
UPKEEP = {"redraw", "redrawn_at"}  # whoever joins makes the card wait for an edit
GARBAGE = (
    "",
    "0",
    "-1",
    "9" * 18,
    "9" * 19,
    "9" * 60,
    "٣",
    "1e3",
    "run",
    "private",
    "everything",
    "UTC",
    "../../etc/passwd",
    "'; DROP TABLE runs; --",
    "\x00",
    "\ud800",
    "2026-02-31",
)
FIELDS = (
    "distance",
    "time",
    "when",
    "note",
    "activity",
    "reason",
    "plan",
    "zone",
    "from",
    "until",
    "word",
    "days",
    "words",
    "title",
    "target",
    "start",
    "end",
    "line",
    "teams",
    "measure",
    "route",
    "per_km",
    "cap",
    "places",
)
TYPED = dict.fromkeys(
    FIELDS, "\u202e@everyone [x](https://example.org)\x00\ud800" + "\u0301" * 50 + "9" * 10_000
)


async def snapshot(world: World, *attackers: int) -> dict[str, list[tuple[Any, ...]]]:
    """Every row that is not an attacker's own."""
    found = {}
    for table in TABLES:
        rows: list[Any] = await world.rows(f"SELECT * FROM {table}")
        if rows and "person_id" in rows[0].keys():  # noqa: SIM118 - a Row has no `in`
            rows = [row for row in rows if row["person_id"] not in attackers]
        found[table] = sorted(
            (tuple(value for name, value in dict(row).items() if name not in UPKEEP) for row in rows),
            key=repr,
        )
    return found


async def filled_group(world: World) -> dict[str, int]:
    """A group in which everything is there to be attacked: the ids of alice's and bob's rows."""
    await world.alice.slash(world.runs, "run log", distance="5k", time="26:41", note="for everybody")
    await world.alice.slash(world.runs, "run log", distance="7k", visibility="private", note="secretmarker")
    await world.bob.slash(world.runs, "run log", distance="10k", time="55:00", when="yesterday")
    await world.alice.slash(
        world.runs, "pause", **{"from": "2026-11-18", "until": "2026-12-05", "reason": "secretmarker"}
    )
    await world.alice.slash(world.runs, "checkin")
    await world.alice.slash(world.runs, "remindme", time="7:00", days="daily", words="secretmarker")
    await world.bot.services.leaderboards.set_listed(world.group_id, world.alice.id, True, world.clock.now())
    (reminder,) = await world.rows("SELECT schedule_id FROM schedules WHERE kind = 'reminder'")
    runs = await world.rows("SELECT run_id, visibility, person_id, interaction_id FROM runs ORDER BY run_id")
    (pause,) = await world.rows("SELECT pause_id FROM pauses")
    public, private, bobs = runs
    await world.press(world.bob, world.runs, f"sw:run.cheer:{public['run_id']}")
    await world.form(world.bob, world.runs, f"sw:run.reported:{public['run_id']}", {"reason": "secretmarker"})
    await world.bot.services.checkins.places.flush()
    challenge, draft = await challenges(world)
    return {
        "mood": await feelings(world, public["run_id"]),
        **await polls(world),
        "challenge": challenge,
        "draft": draft,
        "public": public["run_id"],
        "private": private["run_id"],
        "bobs": bobs["run_id"],
        "pause": pause["pause_id"],
        "reminder": reminder["schedule_id"],
        "interaction": public["interaction_id"],
        "group": world.group_id,
        "channel": world.lounge.id,
        "person": world.alice.id,
    }


async def feelings(world: World, run_id: int) -> int:
    """They are on, and alice keeps hers: the id of an entry."""
    services, member, now = world.bot.services, (world.group_id, world.alice.id), world.clock.now()
    await world.put(
        "UPDATE groups SET feelings_confirmed_at = 1 WHERE group_id = :group_id", group_id=world.group_id
    )
    for purpose in PURPOSES:
        await services.consents.agree(*member, purpose, 16, now)
    await services.moods.about_to_run(*member, 80, now)
    kept = await services.moods.keep(*member, 81, Values(mood=-4, stress=5), now, at="after", run_id=run_id)
    own = {"run_id": run_id, "group_id": member[0], "person_id": member[1]}
    await world.put("INSERT INTO nearly_not VALUES (:run_id, :group_id, :person_id, 1)", **own)
    del own["run_id"]
    await world.put("INSERT INTO care_shown VALUES (:group_id, :person_id, '2026-11-01', 0)", **own)
    await world.put("INSERT INTO figure_people VALUES (:group_id, :person_id)", **own)
    return kept.mood.mood_id


async def polls(world: World) -> dict[str, int]:
    """A weekly one of olive's that is out, with bob's vote in it, and olive's draft."""
    service, now, plans = world.bot.services.moodpolls, world.clock.now(), []
    for number in range(2):
        asked = PollPlan(weekly=True)
        draft = await service.draft(world.group_id, world.olive.id, 90 + number, asked, world.runs.id, now)
        plans.append(draft.plan_id)
        if number == 0:
            await service.post(world.group_id, world.olive.id, draft.plan_id, now)
    await world.bot.courier.wake(world.bot)
    (poll,) = await world.rows("SELECT poll_id FROM polls")
    await service.vote(world.group_id, world.bob.id, poll["poll_id"], 1, 4, now)
    return {"poll": poll["poll_id"], "poll_plan": plans[0], "poll_draft": plans[1]}


async def challenges(world: World) -> tuple[int, int]:
    """One that olive posted and alice is in, and olive's draft."""
    making, now, found = world.bot.services.making, world.clock.now(), []
    for number, (title, posted) in enumerate((("For everybody", True), ("secretmarker", False))):
        plan = Plan(
            kind="together",
            measure="metres",
            title=title,
            first_day=date(2026, 11, 16),
            last_day=date(2026, 11, 29),
            target=100_000,
        )
        view = await making.draft(
            world.group_id, world.olive.id, 70 + number, plan, world.runs.id, now, organiser=True
        )
        found.append(view.challenge.challenge_id)
        if posted:
            await making.post(world.group_id, world.olive.id, found[0], now, organiser=True)
            await world.bot.services.challenges.join(world.group_id, world.alice.id, found[0], now)
    return found[0], found[1]


def attacks(action: str, ids: dict[str, int], some: int) -> list[tuple[str, tuple[str, ...]]]:
    """custom_ids and choices of one action: with every real id, and with `some` of all the garbage."""
    real = [str(number) for number in ids.values()]
    sure = [((text,), ()) for text in real] + [((), (text,)) for text in real[:4]] + [((), ())]
    made: list[tuple[tuple[Any, ...], tuple[str, ...]]] = []
    made += [((text,), ()) for text in GARBAGE] + [((), (text,)) for text in GARBAGE]
    made += [
        ((text, other), ())
        for text, other in itertools.product([*real[:3], "run", "newer"], ["group", "1", "0", *GARBAGE[:6]])
    ]
    made += [(("run", ids["interaction"], *[text] * 5), ()) for text in GARBAGE]
    made += [((ids["interaction"], "r", "2026-11-18", text, text, text, "g"), ()) for text in GARBAGE]
    made += [(("newer", text, text), ()) for text in GARBAGE]
    chosen = [*sure, *random.Random(action).sample(made, some)]
    return [
        (custom_id, values)
        for arguments, values in chosen
        if len(custom_id := ":".join(["sw", action, *map(str, arguments)])) <= 100
    ]


async def attack(
    world: World, who: Any, channel: Any, ids: dict[str, int], actions: list[str], some: int
) -> None:
    """Send everything, one action after the other; each of its attacks at the same time."""
    for action in actions:
        sent, known = [], set(world.env._work.tasks)
        for custom_id, values in attacks(action, ids, some):
            sent.append((custom_id, values, send_press(world, who, channel, custom_id, *values)))
            if not values and len(sent) < 14:
                sent.append((custom_id, values, send_form(world, who, channel, custom_id, TYPED)))
        await asyncio.sleep(0)
        # Settling looks at all that is under way whenever any of it ends.
        await asyncio.wait(set(world.env._work.tasks) - known, timeout=5)
        await world.env.settle()
        for custom_id, values, result in sent:
            for answer in answers(result):
                assert answer.ephemeral, (custom_id, values, seen(answer))
                assert "reference" not in seen(answer), (custom_id, values, seen(answer))
                assert "secretmarker" not in seen(answer), (custom_id, values, seen(answer))
            assert "secretmarker" not in str(result.modal), (custom_id, values)


FEATURES = (
    "run",
    "checkin",
    "history",
    "stats",
    "goal",
    "pause",
    "settings",
    "privacy",
    "setup",
    "help",
    "import",
    "plan",
    "posts",
    "words",
    "board",
    "listing",
    "remind",
    "challenge",
    "consent",
    "care",
    "mood",
    "moodpoll",
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def filled(
    migrated_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[World, dict[str, int]]]:
    """One group that all attack, as filling it takes as long as most attacks; whoever attacked before is in it."""
    async with (
        serving(migrated_file, tmp_path_factory.mktemp("presses")) as services,
        connected(services) as env,
    ):
        world = await found_group(env, services)
        yield world, await filled_group(world)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("feature", FEATURES)
async def test_a_member_changes_nobody_elses_rows_by_any_press(
    filled: tuple[World, dict[str, int]], feature: str
) -> None:
    world, ids = filled
    mallory = world.guild.add_member(world.env.create_user(f"mallory-{feature}"))
    await world.env.settle()
    before = await snapshot(world, mallory.id)
    actions = sorted(each for each in world.bot.router.actions if each.split(".")[0] == feature)
    assert actions
    await attack(world, mallory, world.runs, ids, actions, some=7)
    await world.bot.services.checkins.places.flush()
    assert await snapshot(world, mallory.id) == before
    check_for_bugs(world.env)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("feature", FEATURES)
async def test_an_organiser_of_another_group_reaches_nothing_here(
    filled: tuple[World, dict[str, int]], feature: str
) -> None:
    world, ids = filled
    other = world.env.create_guild("Evening Miles")
    channel = other.create_text_channel("runs")
    staff = other.create_role("Staff", permissions=discord.Permissions(manage_guild=True))
    oscar = other.add_member(world.env.create_user(f"oscar-{feature}"), roles=[staff])
    await world.env.settle()
    before = await snapshot(world, oscar.id)
    actions = sorted(each for each in world.bot.router.actions if each.split(".")[0] == feature)
    await attack(world, oscar, channel, ids, actions, some=4)
    after = await snapshot(world, oscar.id)
    for table, rows in after.items():
        # what is new or changed is the other group's
        assert [row for row in rows if other.id not in row] == before[table], table
    check_for_bugs(world.env)
