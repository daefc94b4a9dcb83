"""What anybody can do to the bot: every command, every control that was shown, to anybody, with any ids."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from simcord.enums import InteractionType

from bot.ui.layout import BRINGS, PREFIX
from tests.hostile.isolation_commands import feature, filled_in, leaves, nested, payload, suggesting, typed
from tests.hostile.isolation_seen import MARKS, MEMBERS, PEOPLE, Control, Place, Seen
from tests.hostile.isolation_world import FILE, World

OWNER = "alice"  # whose feelings differ from world to world
FEELINGS = ("mood", "consent", "care")  # features of actions, and commands, that bring feelings in
ID = re.compile(r"\d{15,20}")
TYPED: dict[str, tuple[str, ...]] = {
    "distance": ("5k", "10 km", "3 mi", "7.5", ""),
    "time": ("26:41", "55:00", "7:00", "18:30", ""),
    "when": ("", "yesterday", "2026-11-16", "8:00"),
    "days": ("daily", "mon, thu", "3", "weekdays"),
    "activity": ("run", "walk"),
    "visibility": ("private", "group"),
    "from": ("2026-11-18", "tomorrow", ""),
    "until": ("2026-12-05", "2026-11-20", ""),
    "zone": ("Europe/Berlin", "UTC"),
    "kind": ("together", "distance", "days", "pulse", "question"),
    "duration": ("24 h", "2 days", "1 week"),
    "repeat": ("weekly", "none"),
    "answers": ("Yes | No | {mark}", "1 | 2 | 3"),
    "range": ("month", "year", "all", "4 weeks"),
    "metric": ("days", "distance", "time"),
    "target": ("100", "10", "8 h"),
    "start": ("2026-11-18", "monday"),
    "end": ("2026-12-18", "2026-11-30"),
    "topic": ("feelings", "privacy", "runs"),
    "minimum": ("5", "6"),
}
GARBAGE = ("", "0", "-1", "9" * 19, "run", "private", "keep", "2026-11-18", "everything", "newer", "1", "5")
FIRST_STEPS = 10
SPANS = (1_200, 3_600, 6 * 3_600, 86_400, 3 * 86_400, 8 * 86_400)  # seconds


@dataclass(frozen=True)
class Step:
    """One thing that somebody does. `kind` is Discord's type of interaction, or 0 where time goes by."""

    kind: int
    who: str
    place: Place
    data: dict[str, Any]
    name: str  # the command, or the action of the custom_id
    message_id: int | None = None
    seconds: int = 0

    @property
    def of_feelings(self) -> bool:
        """Whether the owner says something of their feelings here."""
        return self.who == OWNER and feature(self.name) in FEELINGS

    async def take(self, world: World) -> Seen:
        if self.kind == 0:
            return await world.pass_time(self.seconds)
        return await world.send(self.kind, self.who, self.place, self.data, self.message_id)


class Chooser:
    """Chooses steps by a seed, out of what the bot offers and of what it has shown."""

    def __init__(self, world: World, number: int, *, attacks: bool = False) -> None:
        """`attacks`: nothing but presses and forgeries follow on what is there to be found."""
        self._attacks = attacks
        self._chance = random.Random(number)
        self._number = number
        some = sorted(self._chance.sample(range(2, len(PRELUDE)), FIRST_STEPS - 2))
        self._first = [PRELUDE[each] for each in (0, 1, *some)]
        self._commands = leaves(payload(world))
        self._actions = sorted(world.bot.router.actions)
        self._controls: list[Control] = []
        self._modals: list[tuple[str, dict[str, Any]]] = []
        self._known: dict[str, list[str]] = {}  # ids by the feature in whose controls they stood
        self._ids = [str(each.id) for each in (*world.users.values(), *world.guilds.values())]
        self._group_ids = {group: str(guild.id) for group, guild in world.guilds.items()}

    def learn(self, step: Step, seen: Seen) -> None:
        """Whoever attacks knows all ids and all controls that anybody was ever shown."""
        self._controls += seen.controls
        texts = [(each.custom_id, text) for each in seen.controls for text in (each.custom_id, *each.values)]
        if seen.modal is not None:
            self._modals.append((step.who, seen.modal))
            texts.append((seen.modal["custom_id"], seen.modal["custom_id"]))
        for custom_id, text in texts:
            self._ids += ID.findall(text)
            self._known.setdefault(feature(custom_id.split(":")[1]), []).extend(ID.findall(text))

    def next(self, number: int) -> Step:
        """The step `number` of a run. The first ones make something to look for."""
        if number < len(self._first):
            return self._first[number](self)
        ways: tuple[tuple[int, Callable[[], Step]], ...] = (
            (18, self._command),
            (6, self._suggestion),
            (10, self._form),
            (4, self._time),
            (20, self._own_press),
            (24, self._others_press),
            (18, self._forged),
        )
        ways = ways[4:] if self._attacks else ways
        return self._chance.choices([way for _, way in ways], [weight for weight, _ in ways])[0]()

    # who and where

    def _one(self, population: Any) -> Any:
        return self._chance.choice(list(population))

    def _somebody(self) -> tuple[str, Place]:
        who = self._one(PEOPLE)
        return who, Place(self._one([group for group, members in MEMBERS.items() if who in members]))

    # commands

    def command(self, who: str, group: str, path: str, **options: str) -> Step:
        leaf = self._commands[path]
        wanted = [
            {"type": each["type"], "name": each["name"], "value": typed(each["type"], options[each["name"]])}
            for each in leaf.get("options", ())
            if each["name"] in options
        ]
        return Step(InteractionType.APPLICATION_COMMAND, who, Place(group), nested(path, wanted), path)

    def _command(self) -> Step:
        who, place = self._somebody()
        path = self._one(self._commands)
        options = {
            each["name"]: self._value(each, place.group or "a")
            for each in self._commands[path].get("options", ())
            if each.get("required") or self._chance.random() < (0.1 if each["type"] == FILE else 0.6)
        }
        return self.command(who, place.group or "a", path, **options)

    def _suggestion(self) -> Step:
        who, place = self._somebody()
        path, option = self._one(suggesting(self._commands))
        data = nested(
            path,
            [{"type": 3, "name": option["name"], "value": self._one(("", "5", "m", "a")), "focused": True}],
        )
        kind = InteractionType.APPLICATION_COMMAND_AUTOCOMPLETE
        return Step(kind, who, place, data, f"{path} ({option['name']})")

    def _value(self, option: dict[str, Any], group: str) -> str:
        if option.get("choices"):
            return str(self._one(option["choices"])["value"])
        if option["type"] == 4:
            return str(self._one((5, 6, 1, -1)))
        return self._text(option["name"], group)

    def _text(self, name: str, group: str) -> str:
        mark = f"{MARKS[group]} {name}"
        return str(self._one(TYPED.get(name, ("{mark}",)))).replace("{mark}", mark)

    # presses

    def _own_press(self) -> Step:
        """What a person sees is pressed by them."""
        if not self._controls:
            return self._command()
        control = self._one(self._controls[-40:])
        who = control.who or self._one(MEMBERS[control.group or "a"])
        return self._pressed(control, who, Place(control.group))

    def _others_press(self) -> Step:
        """What one person was shown is pressed by another, there or in the other group, or in direct messages."""
        if not self._controls:
            return self._command()
        control, (who, place) = self._one(self._controls), self._somebody()
        private = [each for each in self._controls if each.who is not None and ID.search(each.custom_id)]
        if private and self._chance.random() < 0.7:
            control = self._one(private)
        if control.group is not None and self._chance.random() < 0.5:
            who, place = self._one(MEMBERS[control.group]), Place(control.group)
        if self._chance.random() < 0.3:
            control = replace(control, custom_id=self._tampered(control.custom_id))
        if self._chance.random() < 0.12:
            place = Place(None)
        if place.group is None or self._chance.random() < 0.05:
            brought = self._one(self._group_ids.values())
            control = replace(control, custom_id=f"{control.custom_id}:{BRINGS}{brought}"[:100])
        return self._pressed(control, who, place)

    def _forged(self) -> Step:
        """Any action that there is, in turn, or one of feelings, with ids that such actions have, or any others."""
        who, place = self._somebody()
        action = self._actions[(self._number * 7 + self._chance.randrange(7)) % len(self._actions)]
        if self._chance.random() < 0.4:
            action = self._one([each for each in self._actions if feature(each) in FEELINGS])
        known = self._known.get(feature(action)) or self._ids
        arguments = [
            self._chance.choices((self._one(known), self._id(), self._one(GARBAGE)), (6, 2, 2))[0]
            for _ in range(self._chance.choice((0, 1, 1, 1, 2, 3)))
        ]
        custom_id = ":".join((PREFIX, action, *arguments))[:100]
        if self._chance.random() < 0.3:
            fields = {name: self._text(name, place.group or "a") for name in TYPED}
            return self._filled(custom_id, who, place, {name: (4, value) for name, value in fields.items()})
        values = (self._id(), *GARBAGE) if self._chance.random() < 0.3 else ()
        return self._pressed(Control(custom_id, 3 if values else 2, values, 0, None, None), who, place)

    def _id(self) -> str:
        return str(self._one(self._ids))

    def _tampered(self, custom_id: str) -> str:
        """With other ids in place of its own, seen elsewhere."""
        return ID.sub(lambda _: self._id(), custom_id)[:100]

    def _pressed(self, control: Control, who: str, place: Place) -> Step:
        data: dict[str, Any] = {"custom_id": control.custom_id, "component_type": control.kind}
        if control.kind == 3:
            data["values"] = [self._one(control.values or ("",))]
        elif control.kind in (5, 6, 7, 8):
            data["values"] = [self._id()]
        name = control.custom_id.split(":")[1]
        return Step(InteractionType.MESSAGE_COMPONENT, who, place, data, name, control.message_id or None)

    def press(self, who: str, group: str, action: str) -> Step:
        """The newest control of `action` that this person sees, else a forged one."""
        for control in reversed(self._controls):
            if control.custom_id.split(":")[1] == action and control.who in (None, who):
                return self._pressed(control, who, Place(group))
        return self._pressed(Control(f"{PREFIX}:{action}", 2, (), 0, None, None), who, Place(group))

    # forms

    def _form(self) -> Step:
        """A form that was shown, filled in by whoever it was shown to, or by another in any group."""
        if not self._modals:
            return self._command()
        who, modal = self._one(self._modals[-12:])
        place = Place(self._one([group for group, members in MEMBERS.items() if who in members]))
        custom_id = modal["custom_id"]
        if self._chance.random() < 0.4:
            who, place = self._somebody()
            custom_id = self._one((custom_id, self._tampered(custom_id)))
        return self._filled(custom_id, who, place, self._fields(modal, place.group or "a"))

    def form(self, who: str, group: str) -> Step:
        """The form that this person was shown last."""
        modal = next((modal for owner, modal in reversed(self._modals) if owner == who), None)
        if modal is None:
            return self._command()
        return self._filled(modal["custom_id"], who, Place(group), self._fields(modal, group))

    def _fields(self, modal: dict[str, Any], group: str) -> dict[str, tuple[int, str]]:
        fields = {}
        for label in modal["components"]:
            part = label.get("component") or (label.get("components") or [{}])[0]
            if part.get("type") == 3:
                fields[part["custom_id"]] = (3, str(self._one(part["options"])["value"]))
            elif part.get("type") == 4:
                typed = part.get("value") if self._chance.random() < 0.3 else None
                fields[part["custom_id"]] = (4, typed or self._text(part["custom_id"], group))
        return fields

    def _filled(self, custom_id: str, who: str, place: Place, fields: dict[str, tuple[int, str]]) -> Step:
        parts = [
            {"type": 18, "component": filled_in(kind, name, value)} for name, (kind, value) in fields.items()
        ]
        data = {"custom_id": custom_id, "components": parts}
        return Step(InteractionType.MODAL_SUBMIT, who, place, data, custom_id.split(":")[1])

    def _time(self) -> Step:
        return Step(0, "", Place(None), {}, "time goes by", seconds=self._one(SPANS))


def _agree(who: str, group: str) -> Callable[[Chooser], Step]:
    data = {"custom_id": f"{PREFIX}:consent.agree:keep:16:1", "component_type": 2}
    kind = InteractionType.MESSAGE_COMPONENT
    return lambda _: Step(kind, who, Place(group), data, "consent.agree")


# Something to look for: runs, words of one's own, feelings of two people, what groups share.
PRELUDE: tuple[Callable[[Chooser], Step], ...] = (
    _agree("alice", "a"),
    _agree("dan", "b"),
    lambda on: on.press("alice", "a", "mood.start"),
    lambda on: on.press("alice", "a", "mood.before"),
    lambda on: on.command("alice", "a", "run log", distance="5k", time="26:41", note=f"{MARKS['a']} note"),
    lambda on: on.press("alice", "a", "run.more"),
    lambda on: on.press("alice", "a", "run.nearly"),
    lambda on: on.press("alice", "a", "mood.after"),
    lambda on: on.command("alice", "a", "mood log"),
    lambda on: on.form("alice", "a"),
    lambda on: on.command("dan", "b", "mood log"),
    lambda on: on.form("dan", "b"),
    lambda on: on.command(
        "carol", "b", "run log", distance="7k", note=f"{MARKS['b']} note", visibility="private"
    ),
    lambda on: on.command("bob", "a", "pause", until="2026-12-05", reason=f"{MARKS['a']} reason"),
    lambda on: on.command("eve", "b", "run log", distance="3k", note=f"{MARKS['b']} note"),
)
