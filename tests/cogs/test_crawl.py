"""A tireless visitor: opens every command, presses every button, chooses from every menu, fills in every form.

Whatever it meets has a handler, answers without a bug, keeps Discord's limits, and says nothing that did not come
through the words (a language can follow without touching code).
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator
from functools import cache
from typing import Any
from zoneinfo import available_timezones

import pytest
from babel import Locale
from simcord import InteractionResult, ResponseMessage

from bot.words import Words
from tests.cogs.conftest import World, seen

OPEN, CLOSE = "⟦", "⟧"
MOST_STEPS = 400
COMMANDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("checkin", {}),
    ("run log", {"distance": "5k", "time": "26:41", "note": "🌿"}),
    ("run history", {}),
    ("run stats", {}),
    ("goal", {}),
    ("pause", {}),
    ("settings", {}),
    ("privacy", {}),
    ("help", {}),
    ("setup", {}),
)


class Bracketed(gettext.NullTranslations):
    """A language in which every sentence stands in brackets."""

    def gettext(self, message: str) -> str:
        return f"{OPEN}{message}{CLOSE}"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"{OPEN}{msgid1 if n == 1 else msgid2}{CLOSE}"


@cache
def names() -> list[str]:
    """Babel's months and days, and every zone, the longest first."""
    locale = Locale("en")
    found = [
        name
        for table in (locale.months, locale.days)
        for form in table["format"].values()
        for name in form.values()
        if len(name) > 1
    ]
    found += [zone.replace("_", " ") for zone in available_timezones()]
    return sorted(found, key=len, reverse=True)


def unworded(text: str) -> str:
    """What is left of `text` without bracketed sentences, mentions, units, clock times, and Babel's days and months."""
    while re.search(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}", text):
        text = re.sub(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}", "", text)
    text = re.sub(r"<[@#][&!]?\d+>|<t:\d+(:\w)?>|https?://\S+|/[a-z]+( [a-z]+)?", "", text)
    for name in names():
        text = text.replace(name, "")
    text = re.sub(r"\b(km|mi|AM|PM|h|min)\b", "", text)
    return " ".join(re.findall(r"[^\W\d_]{2,}", text))


def controls(message: ResponseMessage | None) -> Iterator[dict[str, Any]]:
    """Every enabled button and menu of a message."""
    waiting = list(message.components) if message is not None else []
    while waiting:
        part = waiting.pop(0)
        waiting.extend(part.get("components", ()))
        if part.get("accessory"):
            waiting.append(part["accessory"])
        if part.get("custom_id") and not part.get("disabled"):
            yield part


def check_limits(world: World, message: ResponseMessage | None) -> None:
    """Discord's limits on a message, which discord.py lets pass; and every control has its handler."""
    if message is None:
        return
    parts, texts = 0, 0
    waiting = list(message.components)
    while waiting:
        part = waiting.pop()
        parts += 1
        texts += len(part.get("content") or "")
        waiting.extend(part.get("components", ()))
        if part.get("custom_id"):
            assert part["custom_id"].split(":")[1] in world.bot.router.actions, part["custom_id"]
            assert len(part.get("label") or "") <= 80
            assert len(part.get("options", ())) <= 25
    assert parts <= 40
    assert texts <= 4000


def answers(result: InteractionResult) -> list[ResponseMessage | None]:
    return [result.response, *result.followups]


def filled(modal: dict[str, Any]) -> dict[str, Any]:
    """Something for every field that has to be filled in, or as it came."""
    values: dict[str, Any] = {}
    for label in modal["components"]:
        part = label.get("component") or (label.get("components") or [{}])[0]
        if part.get("type") == 4:
            values[part["custom_id"]] = part.get("value") or ("7" if part.get("required") else "")
        elif part.get("type") == 3:
            chosen = [option["value"] for option in part["options"] if option.get("default")]
            values[part["custom_id"]] = chosen or [part["options"][0]["value"]]
    return values


async def press(
    world: World, person: Any, message: ResponseMessage, control: dict[str, Any]
) -> InteractionResult:
    result: InteractionResult
    if control["type"] == 2:
        result = await person.click(message, custom_id=control["custom_id"])
        return result
    if control["type"] == 3:
        chosen = [control["options"][-1]["value"]]
    else:
        chosen = [each for each in ({5: person, 8: world.runs}.get(control["type"]),) if each]
    result = await person.select(message, chosen, custom_id=control["custom_id"])
    return result


@pytest.mark.timeout(240)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize("who", ["alice", "olive"])
async def test_everything_that_can_be_pressed_answers(
    world: World, who: str, command: tuple[str, dict[str, Any]]
) -> None:
    name, options = command
    if name == "setup" and who != "olive":
        pytest.skip("hidden from who does not organise")
    world.bot.catalogues._words["en"] = Words("en", Bracketed())
    person = getattr(world, who)
    await world.alice.slash(world.runs, "run log", distance="10k", time="55:00", when="yesterday")
    first = await person.slash(world.runs, name, **options)
    waiting, tried, steps = [message for message in answers(first) if message], set(), 0
    while waiting and steps < MOST_STEPS:
        message = waiting.pop(0)
        check_limits(world, message)
        assert not unworded(seen(message)), unworded(seen(message))
        for control in list(controls(message)):
            key = re.sub(r"\d{6,}", "#", control["custom_id"])
            if key in tried or key.split(":")[1] == "run.cheer":
                continue
            tried.add(key)
            steps += 1
            if not any(control["custom_id"] == each["custom_id"] for each in controls(fresh(world, message))):
                continue  # an earlier press has changed the message
            result = await press(world, person, message, control)
            if result.modal:
                assert not unworded(" ".join(_modal_texts(result.modal))), result.modal
                result = await person.submit_modal(result, filled(result.modal))
            for answer in [*answers(result), fresh(world, message)]:
                assert "reference" not in seen(answer), (key, seen(answer))
                if answer is not None:
                    waiting.append(answer)
    world.env.raise_errors()
    assert steps


def fresh(world: World, message: ResponseMessage) -> ResponseMessage | None:
    """The message as it is now; None where it is gone."""
    try:
        return ResponseMessage(world.env, world.env.backend.get_message(message.channel_id, message.id))
    except Exception:  # noqa: BLE001 - simcord's own error for a message that is gone
        return None


def _modal_texts(modal: dict[str, Any]) -> Iterator[str]:
    yield modal["title"]
    for label in modal["components"]:
        part = label.get("component") or {}
        yield from (str(text) for text in (label.get("label"), label.get("description")) if text)
        yield from (option["label"] for option in part.get("options", ()))
