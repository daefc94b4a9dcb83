"""Malformed presses, forms, choices, options and suggestions at the doors of the real bot, over a real socket."""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import standin_interactions as interactions
from benchmarks.faults_malformed_files import WORST, hurt
from benchmarks.faults_malformed_texts import malformed
from benchmarks.process import BOT_WITH_BARE, ROOT, BotProcess
from benchmarks.standin import StandIn, Upload
from benchmarks.standin_answer import Answer
from benchmarks.standin_world import Json

WORKERS, PATIENCE_SECONDS, MOST_LAG_S = 24, 12.0, 0.05
AUTOCOMPLETE = 4
_BUGS = ("bug ", "Traceback", "never retrieved", "exception in")
_WORDS = (
    "0",
    "-1",
    "9" * 18,
    "9" * 19,
    "9" * 60,
    "١٢",
    "½",
    "g",
    "run",
    "group",
    "1.5",
    "1e9",
    "\u202e",
    "",
    "None",
    "2026-11-18",
)


@dataclass
class Tried:
    """What was sent, and what came of it."""

    kinds: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    silent: int = 0
    references: int = 0
    lag_p99: float = 0.0


def actions() -> list[str]:
    """Every action of the router, as the cogs name them."""
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "cogs").glob("*.py"))
    return sorted(set(re.findall(r"@on_press\(\s*\"([a-z_.]+)\"", sources)))


def custom_id(dice: random.Random, known: list[str], real: list[str]) -> str:
    """Of a real action and a made-up rest, mostly."""
    action = dice.choice(known) if dice.random() < 0.95 else malformed(dice)
    rest = [
        dice.choice((*_WORDS, *real, malformed(dice)[:12]))
        for _ in range(dice.choice((0, 1, 1, 1, 2, 2, 3, 6)))
    ]
    return ":".join(("sw", action, *rest))[:100]


class Doors:
    """Sends what nobody's Discord would send."""

    def __init__(self, discord_: StandIn, seed: int, tried: Tried, card: Answer) -> None:
        self._discord, self._tried, self._card = discord_, tried, card
        self._dice = random.Random(seed)
        self._actions = actions()
        self._real = [str(discord_.guilds[1].id), str(discord_.guilds[0].members[2].id), str(card.id)]
        own = [command for command in discord_.commands if command["name"] not in ("bare", "lag")]
        self._leaves = [leaf for command in own for leaf in _leaves(command)]
        self._left = 0

    async def send(self, inputs: int) -> None:
        self._left = inputs
        async with asyncio.TaskGroup() as group:
            for _ in range(WORKERS):
                group.create_task(self._work())

    async def _work(self) -> None:
        while self._left > 0:
            self._left -= 1
            what = self._dice.choice(
                ("press", "press", "choice", "form", "form", "options", "options", "suggestion")
            )
            self._tried.kinds[what] += 1
            guild = self._dice.choice(self._discord.guilds)
            member = self._dice.choice(guild.members)
            kind, data = self._made(what)
            clicked = self._card.message if kind in (interactions.COMPONENT, interactions.MODAL) else None
            answer = await self._discord._send(kind, data, guild, member, None, wait=False, clicked=clicked)
            try:
                await answer.until(lambda a: a.callback is not None, patience=PATIENCE_SECONDS)
            except TimeoutError:
                self._tried.silent += 1
                self._tried.wrong.append(f"no answer to {what} {json.dumps(data)[:200]}")
                continue
            if "reference" in answer.text:
                self._tried.references += 1
                self._tried.wrong.append(f"a bug's reference for {what} {json.dumps(data)[:200]}")

    def _made(self, what: str) -> tuple[int, dict[str, Any]]:
        dice = self._dice
        if what == "options":
            return interactions.COMMAND, self._options(suggest=False)
        if what == "suggestion":
            return AUTOCOMPLETE, self._options(suggest=True)
        made: dict[str, Any] = {"custom_id": custom_id(dice, self._actions, self._real)}
        if what == "form":
            names = (
                "distance",
                "time",
                "when",
                "note",
                "reason",
                "title",
                "target",
                "zone",
                "words",
                "value",
                "days",
                "places",
            )
            fields = [
                {
                    "type": 18,
                    "id": n,
                    "component": {"type": 4, "id": 50 + n, "custom_id": name, "value": malformed(dice)},
                }
                for n, name in enumerate(dice.sample(names, dice.randint(0, 5)), 1)
            ]
            return interactions.MODAL, made | {"components": fields}
        made |= {"component_type": 3 if what == "choice" else 2, "id": 7}
        if what == "choice":
            made["values"] = [
                dice.choice((*_WORDS, *self._real, malformed(dice)[:90])) for _ in range(dice.randint(0, 3))
            ]
        return interactions.COMPONENT, made

    def _options(self, *, suggest: bool) -> dict[str, Any]:
        dice = self._dice
        command, nest, level = dice.choice(self._leaves)
        asked: dict[str, Any] = {}
        if suggest:
            command, nest, level = dice.choice([each for each in self._leaves if _suggesting(each[2])])
            asked = dice.choice(_suggesting(level))
        given: list[dict[str, Any]] = []
        for option in level.get("options", []):
            if option["type"] == 11 or (not option.get("required") and dice.random() < 0.4):
                continue
            given.append(
                {"name": option["name"], "type": option["type"], "value": self._value(option["type"])}
            )
        if suggest:
            given = [each for each in given if each["name"] != asked["name"]]
            given.append(
                {
                    "name": asked["name"],
                    "type": asked["type"],
                    "focused": True,
                    "value": malformed(dice)[:100],
                }
            )
        if dice.random() < 0.05:
            given.append({"name": "made_up", "type": 3, "value": malformed(dice)})
        for inner in reversed(nest):
            given = [{"name": inner["name"], "type": inner["type"], "options": given}]
        return {"id": command["id"], "name": command["name"], "type": 1, "options": given}

    def _value(self, kind: int) -> Any:
        dice = self._dice
        if kind == 4:
            return dice.choice((0, -1, 7, 2**53, -(2**53), dice.randint(-400, 400)))
        if kind == 5:
            return dice.random() < 0.5
        if kind == 10:
            return dice.choice((0.0, -1.5, 1e308, dice.random() * 100))
        if kind in (6, 7, 8, 9):
            return str(dice.choice((self._discord.guilds[0].channel_id, 1, 2**63 - 1)))
        return malformed(dice)


def _leaves(command: Json) -> list[tuple[Json, list[Json], Json]]:
    """(the command, what lies between, what is really run) for each that can be used."""
    found: list[tuple[Json, list[Json], Json]] = []
    waiting: list[tuple[list[Json], Json]] = [([], command)]
    while waiting:
        nest, level = waiting.pop()
        inner = [option for option in level.get("options", []) if option["type"] in (1, 2)]
        waiting += [([*nest, option], option) for option in inner]
        if not inner:
            found.append((command, nest, level))
    return found


def _suggesting(level: Json) -> list[Json]:
    return [option for option in level.get("options", []) if option.get("autocomplete")]


async def try_doors(folder: Path, seed: int, inputs: int, files: int) -> Tried:
    """`inputs` interactions, and `files` files with them, at one process of the bot."""
    tried, dice = Tried(), random.Random(seed)
    # made beforehand: bombs take seconds, in which this Discord would take no answer
    worst = [("a.gpx", make()) for name, make in WORST.items() if name != "nothing"][:files]
    uploads = worst + [hurt(dice) for _ in range(files - len(worst))]
    async with (
        StandIn(guilds=3, members=12) as discord_,
        await BotProcess.start(discord_, folder, program=BOT_WITH_BARE) as bot,
    ):
        await discord_.wait_commands()
        card = await discord_.slash("run log", options={"distance": "5k", "time": "26:41"})
        await discord_.slash("lag")
        doors = Doors(discord_, seed, tried, card)
        uploading = asyncio.create_task(_upload(discord_, tried, dice, uploads))
        await doors.send(inputs)
        await uploading
        tried.lag_p99 = json.loads((await discord_.slash("lag")).text)["p99"]
        for line in (bot.folder / "bot.log").read_text(errors="replace").splitlines():
            if any(word in line for word in _BUGS):
                tried.wrong.append(line[:300])
    return tried


async def _upload(
    discord_: StandIn, tried: Tried, dice: random.Random, uploads: list[tuple[str, bytes]]
) -> None:
    for number, (name, data) in enumerate(uploads):
        guild = dice.choice(discord_.guilds)
        answer = await discord_.slash(
            "run import", guild=guild, member=dice.choice(guild.members), wait=False,
            options={"file": Upload(re.sub(r"[^a-z.]", "", name) or "x", data)},
        )  # fmt: skip
        tried.kinds["files"] += 1
        try:
            await answer.settled(patience=60)
        except TimeoutError:
            tried.silent += 1
            tried.wrong.append(f"no answer to file {number}")
