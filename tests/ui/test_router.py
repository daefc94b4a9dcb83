"""Presses and forms find their handlers; what is malformed is refused in words."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import create_autospec

import discord
import pytest
from discord.ext import commands
from hypothesis import given
from hypothesis import strategies as st

from bot.client import SecondWind
from bot.errors import Refusal
from bot.ui.layout import Accent, button, card, custom_id, file_field, form, row, text_field
from bot.ui.router import Press, Router, on_press


class Recorder(commands.Cog):
    def __init__(self) -> None:
        self.seen: list[Press] = []

    @on_press("run.cheer")
    async def cheer(self, interaction: discord.Interaction[SecondWind], press: Press) -> None:
        self.seen.append(press)


def interaction(kind: discord.InteractionType, data: dict[str, Any]) -> discord.Interaction[SecondWind]:
    made = create_autospec(discord.Interaction, instance=True)
    made.type = kind
    made.data = data
    made._state = SimpleNamespace(http=None)  # an attachment keeps the way to its content
    return cast("discord.Interaction[SecondWind]", made)


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def router(recorder: Recorder) -> Router:
    made = Router()
    made.add(recorder)
    return made


async def test_a_press_comes_with_its_arguments(router: Router, recorder: Recorder) -> None:
    pressed = interaction(discord.InteractionType.component, {"custom_id": "sw:run.cheer:42:x"})
    assert await router.dispatch(pressed)
    assert recorder.seen[0].number(0) == 42
    assert recorder.seen[0].text(1) == "x"


async def test_a_choice_comes_with_its_values(router: Router, recorder: Recorder) -> None:
    await router.dispatch(
        interaction(discord.InteractionType.component, {"custom_id": "sw:run.cheer", "values": ["a", "b"]})
    )
    assert recorder.seen[0].values == ("a", "b")


async def test_a_form_comes_with_its_fields_and_files(router: Router, recorder: Recorder) -> None:
    attachment = {
        "id": "7",
        "filename": "run.fit",
        "size": 3,
        "url": "https://x/y",
        "proxy_url": "https://x/y",
    }
    components = [
        {"type": 18, "component": {"type": 4, "custom_id": "distance", "value": "5k"}},
        {"type": 18, "component": {"type": 3, "custom_id": "activity", "values": ["walk"]}},
        {"type": 18, "component": {"type": 19, "custom_id": "file", "values": ["7", "8"]}},
        {"type": 1, "components": [{"type": 4, "custom_id": "note", "value": None}]},
    ]
    data = {
        "custom_id": "sw:run.cheer",
        "components": components,
        "resolved": {"attachments": {"7": attachment}},
    }
    await router.dispatch(interaction(discord.InteractionType.modal_submit, data))
    assert recorder.seen[0].fields == {"distance": "5k", "activity": "walk", "note": ""}
    assert [file.filename for file in recorder.seen[0].files["file"]] == ["run.fit"]


async def test_somebody_elses_component_is_left_alone(router: Router) -> None:
    assert not await router.dispatch(interaction(discord.InteractionType.component, {"custom_id": "other:1"}))
    assert not await router.dispatch(interaction(discord.InteractionType.component, {}))


async def test_an_action_that_is_no_more_says_so(router: Router) -> None:
    with pytest.raises(Refusal, match="older message"):
        await router.dispatch(interaction(discord.InteractionType.component, {"custom_id": "sw:gone.away:1"}))


@given(st.text(max_size=30))
def test_an_argument_is_an_id_or_refused(text: str) -> None:
    press = Press("run.cheer", (text,))
    try:
        number = press.number(0)
    except Refusal:
        return
    assert 0 <= number < 2**63
    assert text.isascii()


def test_a_missing_argument_is_refused() -> None:
    with pytest.raises(Refusal):
        Press("run.cheer").number(0)


def test_two_handlers_for_one_action_are_a_mistake(router: Router) -> None:
    with pytest.raises(ValueError, match="two handlers"):
        router.add(Recorder())


def test_a_custom_id_keeps_discords_limit() -> None:
    assert custom_id("run.cheer", 1) == "sw:run.cheer:1"
    with pytest.raises(ValueError, match="100"):
        custom_id("run.cheer", "x" * 100)


async def test_a_card_is_kept_nowhere_in_memory() -> None:
    made = card(Accent.RUN, "words", row(button("Cheer", "run.cheer", 1)), None)
    assert made.is_finished()
    assert made.has_components_v2()


async def test_a_form_holds_one_to_five_fields() -> None:
    fields = [text_field(f"Field {n}", f"f{n}") for n in range(5)]
    assert form("Title", "x.y", fields=fields).is_finished()
    with pytest.raises(ValueError, match="five"):
        form("Title", "x.y", fields=[*fields, file_field("File", "file")])
    with pytest.raises(ValueError, match="five"):
        form("Title", "x.y", fields=[])
