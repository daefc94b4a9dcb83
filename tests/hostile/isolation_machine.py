"""Plays runs in one world and again in one that differs where others must not notice, and compares all answers."""

from __future__ import annotations

import asyncio
import copy
import re
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.storage import open_database
from tests.hostile.isolation_commands import commands_of
from tests.hostile.isolation_seen import MARKS, MEMBERS, PEOPLE, Seen
from tests.hostile.isolation_steps import OWNER, Chooser, Step
from tests.hostile.isolation_world import World, open_world

STEPS_OF_A_RUN = 22
# What the second world does not have, or has otherwise: the owner's feelings, or all that group a's own people do.
WORLDS = ("other feelings", "no feelings", "no group a")


@dataclass
class Outcome:
    """What was done, and every way in which something got through; each of those once."""

    tally: Counter[str] = field(default_factory=Counter)
    leaks: list[str] = field(default_factory=list)
    bugs: list[str] = field(default_factory=list)


@dataclass
class Played:
    """A run as it went in the first world."""

    number: int
    ids: dict[str, int]
    steps: list[Step] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)


async def play(numbers: Sequence[int], template: Path, *, attacks: bool = False) -> Outcome:
    """Play the runs of these numbers, each of which is its seed; at most 64 at a time."""
    outcome = Outcome()
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None  # nobody pulls the plug here
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        async with open_world(template, Path(folder)) as world:
            runs = [
                await _play_one(world, number, place * 64, outcome, attacks)
                for place, number in enumerate(numbers)
            ]
            outcome.tally.update({f"(action) {each}": 0 for each in world.bot.router.actions})
            outcome.tally.update({f"(command) {each}": 0 for each in commands_of(world)})
        async with open_world(template, Path(folder)) as world:
            for place, run in enumerate(runs):
                await _play_again(world, run, place * 64, outcome)
    return outcome


async def _play_one(world: World, number: int, first_step: int, outcome: Outcome, attacks: bool) -> Played:
    await world.begin_run(first_step)
    run = Played(number, {name: user.id for name, user in world.users.items()})
    chooser = Chooser(world, number, attacks=attacks)
    for count in range(STEPS_OF_A_RUN):
        step = chooser.next(count)
        world.begin_step(first_step + 1 + count)
        seen = await step.take(world)
        chooser.learn(step, seen)
        run.steps.append(step)
        run.seen.append(seen)
        outcome.tally["steps"] += 1
        shown = (*seen.public.values(), *seen.private.values())
        outcome.tally["answers seen"] += sum(len(texts) for texts in shown)
        outcome.tally[("(action) " if "." in step.name else "(command) ") + step.name] += 1
        outcome.bugs += [f"run {number}, step {count}, {step.name}: {bug}" for bug in seen.bugs]
        for leak in _marks(run, step, seen):
            outcome.leaks.append(f"run {number}, step {count}, {step.name} by {step.who}: {leak}")
    outcome.tally["runs"] += 1
    return run


def _marks(run: Played, step: Step, seen: Seen) -> list[str]:
    """What a person is shown of a group that they are no member of; what they sent themselves is no news."""
    found = []
    sent = repr(step.data)
    for person in PEOPLE:
        for group, members in MEMBERS.items():
            if person in members:
                continue
            secrets = [MARKS[group], *(f"<@{run.ids[each]}>" for each in members if each != "eve")]
            for text in seen.of(person):
                found += [
                    f"{person} sees {secret} of group {group}: {text}"
                    for secret in secrets
                    if secret in text and secret not in sent and secret.strip("<@>") not in sent
                ]
    return found


async def _play_again(world: World, run: Played, first_step: int, outcome: Outcome) -> None:
    """The same run where something else is the case, and whatever of it others can tell."""
    other = WORLDS[run.number % len(WORLDS)]
    await world.begin_run(first_step)
    for count, (step, before) in enumerate(zip(run.steps, run.seen, strict=True)):
        there = _there(step, other)
        world.begin_step(first_step + 1 + count)
        after = Seen() if there is None else await there.take(world)
        outcome.tally["steps played again"] += 1
        for what, once, again in _compared(before, after, other, skipped=there is None):
            outcome.tally["answers compared"] += len(once)
            if once != again:
                outcome.leaks.append(
                    f"run {run.number}, step {count}, {step.name} by {step.who}: {what} differs with {other}:\n"
                    f"  {_difference(once, again)}"
                )


def _there(step: Step, other: str) -> Step | None:
    """The step as it is taken in the other world; None where it is not."""
    if other == "no group a":
        return None if step.who in MEMBERS["a"] and step.who not in MEMBERS["b"] else step
    if step.of_feelings:
        return None if other == "no feelings" else _otherwise(step)
    return step


def _otherwise(step: Step) -> Step:
    """The same with every feeling at the other end of its scale."""
    data = copy.deepcopy(step.data)
    if step.name in ("mood.before", "mood.after", "mood.recall", "mood.changed"):
        data["values"] = [_mirrored("mood", value) for value in data.get("values", ())]
    for label in data.get("components", ()):
        part = label["component"]
        for name in ("value", "values"):
            if name in part:
                given = part[name] if name == "values" else [part[name]]
                mirrored = [_mirrored(part["custom_id"], value) for value in given]
                part[name] = mirrored if name == "values" else mirrored[0]
    return replace(step, data=data)


def _mirrored(item: str, value: str) -> str:
    if not re.fullmatch(r"-?\d{1,2}", value):
        return value
    number = int(value)
    return str({"mood": -number or 4, "effort": 10 - number}.get(item, 6 - number))


def _compared(
    before: Seen, after: Seen, other: str, *, skipped: bool
) -> list[tuple[str, list[str], list[str]]]:
    """What has to be the same in both worlds: who sees it, once and again."""
    if other == "no group a":
        people = [person for person in PEOPLE if person not in MEMBERS["a"]]
        groups = ["b"]
    else:
        people, groups = [person for person in PEOPLE if person != OWNER], ["a", "b"]
    pairs = [
        (f"what {each} sees", before.private.get(each, []), after.private.get(each, [])) for each in people
    ]
    pairs += [
        (f"the channel of {each}", before.public.get(each, []), after.public.get(each, [])) for each in groups
    ]
    if other != "no group a" and not skipped:
        pairs.append(("the log", before.logs, after.logs))
    return pairs


def _difference(once: list[str], again: list[str]) -> str:
    """The first place at which two lists of texts differ, with what stands around it."""
    one, two = "\n".join(once), "\n".join(again)
    place = next(
        (at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two))
    )
    return f"…{one[max(0, place - 80) : place + 120]}…\n  …{two[max(0, place - 80) : place + 120]}…"


def make_template(folder: Path) -> Path:
    """A migrated database to copy from."""
    path = folder / "template.db"

    async def make() -> None:
        database = await open_database(f"sqlite:///{path}")
        await database.migrate(now=0)
        await database.close()

    asyncio.run(make())
    return path
