"""What takes longer than Discord waits: acknowledged in time, answered once, in the right place."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.ui import first_answer
from bot.ui.doors import reply, reply_in_public, think
from bot.ui.first_answer import FirstAnswer
from bot.ui.layout import Accent, card
from cogs.checkins import Checkins
from tests.cogs.conftest import World, seen

Use = Callable[..., Awaitable[Any]]
Kind = discord.InteractionResponseType


class Slowness:
    """A database that answers only when the interaction was acknowledged."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.acknowledged: list[Kind | None] = []
        self._world, self._patch = world, monkeypatch
        self._last: FirstAnswer | None = None

    def begin(self) -> None:
        slowness = self

        class Noted(FirstAnswer):
            def __init__(self, interaction: Any) -> None:
                super().__init__(interaction)
                slowness._last = self

        self._patch.setattr(first_answer, "ACKNOWLEDGE_AFTER_SECONDS", 0.0)
        self._patch.setattr("bot.client.FirstAnswer", Noted)
        for name in ("read", "write"):
            self._patch.setattr(
                self._world.database, name, self._patient(getattr(self._world.database, name))
            )

    def end(self) -> None:
        self._patch.undo()

    def _patient(self, use: Use) -> Use:
        async def patient(*args: Any, **kwargs: Any) -> Any:
            assert self._last is not None
            response = self._last._interaction.response
            for _ in range(1_000):
                if response.is_done():
                    break
                await asyncio.sleep(0.002)
            else:
                pytest.fail("it was never acknowledged")
            self.acknowledged.append(response.type)
            return await use(*args, **kwargs)

        return patient


@pytest.fixture
def slow(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Slowness]:
    slowness = Slowness(world, monkeypatch)
    yield slowness
    slowness.end()


def in_public(world: World) -> list[str]:
    return [seen(message) for message in world.runs.history()]


async def test_a_run_is_told_privately_and_its_card_stands_in_the_channel_once(
    world: World, slow: Slowness
) -> None:
    slow.begin()
    answer = await world.slash_run(world.alice, distance="5k", time="26:41")
    assert slow.acknowledged[0] is Kind.deferred_channel_message
    assert answer.response.ephemeral
    assert not answer.deferred
    assert "That counts" in seen(answer)
    assert all(each.ephemeral for each in answer.followups)  # the questions of a first run
    slow.end()
    (posted,) = in_public(world)
    assert "5.00 km" in posted
    await world.bot.services.checkins.places.flush()
    (run,) = await world.rows("SELECT message_id FROM runs")
    assert run["message_id"] == world.runs.history()[0].id


async def test_a_cheer_changes_the_card_in_its_place(world: World, slow: Slowness) -> None:
    await world.slash_run(world.alice, distance="5k", time="26:41")
    (message,) = world.runs.history()
    button = next(one for one in seen_ids(message) if one.startswith("sw:run.cheer"))
    slow.begin()
    answer = await world.bob.click(message, custom_id=button)
    assert slow.acknowledged[0] is Kind.deferred_message_update
    assert answer.followups == []
    slow.end()
    (cheered,) = in_public(world)
    assert cheered != seen(message)
    assert await world.rows("SELECT 1 FROM cheers") != []


async def test_a_private_panel_changes_in_its_place(world: World, slow: Slowness) -> None:
    panel = await world.alice.slash(world.lounge, "settings")
    before = seen(panel)
    slow.begin()
    answer = await world.alice.click(panel.response, custom_id="sw:settings.units:mi")
    assert slow.acknowledged[0] is Kind.deferred_message_update
    assert answer.followups == []
    assert seen(panel) != before


async def test_a_press_on_a_public_card_is_answered_privately_and_once(world: World, slow: Slowness) -> None:
    await world.bot.services.groups.set_runs_channel(world.group_id, world.runs.id, world.clock.now())
    await world.press(world.olive, world.lounge, "sw:setup.post")
    (posted,) = world.runs.history()
    slow.begin()
    answer = await world.press_on(world.alice, posted, "sw:goal.open")
    assert slow.acknowledged[0] is Kind.deferred_message_update
    (own,) = answer.followups
    assert own.ephemeral
    assert seen(posted) == in_public(world)[0]


async def test_a_form_that_a_command_opened_is_answered_in_place_of_the_waiting(
    world: World, slow: Slowness
) -> None:
    slow.begin()
    answer = await world.form(
        world.alice, world.lounge, "sw:settings.quiet", {"from": "22:00", "until": "07:00"}
    )
    assert slow.acknowledged[0] is Kind.deferred_channel_message
    assert answer.response.ephemeral
    assert not answer.deferred
    assert "22:00" in seen(answer) or "10:00" in seen(answer)


async def test_a_form_that_cannot_be_opened_any_more_is_told_in_words(world: World, slow: Slowness) -> None:
    slow.begin()
    answer = await world.press(world.alice, world.lounge, "sw:settings.quiet")
    assert answer.modal is None
    assert "does not open the form any more" in seen(answer) + "".join(map(seen, answer.followups))


async def test_a_refusal_stays_private(world: World, slow: Slowness) -> None:
    await world.slash_run(world.alice, distance="5k", time="26:41")
    (message,) = world.runs.history()
    button = next(one for one in seen_ids(message) if one.startswith("sw:run.cheer"))
    number = button.rpartition(":")[2]
    slow.begin()
    answer = await world.press(world.bob, world.lounge, f"sw:run.edit:{number}")
    told = [answer.response] if answer.response is not None else answer.followups
    assert len(told) == 1
    assert told[0].ephemeral
    assert not answer.deferred


async def test_where_nothing_is_said_nothing_stays_under_way(
    world: World, slow: Slowness, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent(*_: Any) -> None:
        await world.database.read(lambda connection: connection.all("SELECT 1", ()))

    slow.begin()
    monkeypatch.setattr(Checkins, "log", silent)
    answer = await world.slash_run(world.alice, distance="5k")
    assert slow.acknowledged == [Kind.deferred_channel_message]
    assert answer.response is None
    assert answer.followups == []


class Sent:
    """An interaction whose first answers take until they are let through."""

    def __init__(self) -> None:
        self.id, self.message, self.extras, self.guild_id = 1, None, dict[str, Any](), 5
        self.sent: list[str] = []
        self.through, self.under_way = asyncio.Event(), asyncio.Event()
        self.response, self.followup = self, SimpleNamespace(send=self._follow_up)
        self._response_type: Kind | None = None

    @property
    def type(self) -> Kind | None:
        return self._response_type

    def is_done(self) -> bool:
        return self.type is not None

    async def _first(self, kind: Kind, what: str) -> SimpleNamespace:
        self.under_way.set()
        await self.through.wait()
        assert self.type is None, "Discord takes one first answer"
        self._response_type = kind
        self.sent.append(what)
        return SimpleNamespace(resource=None)

    async def defer(self, *, ephemeral: bool, thinking: bool) -> None:
        assert ephemeral
        assert thinking
        await self._first(Kind.deferred_channel_message, "thinking")

    async def send_message(self, *, ephemeral: bool, **_: Any) -> SimpleNamespace:
        return await self._first(Kind.channel_message, "answer, private" if ephemeral else "answer, public")

    async def _follow_up(self, **_: Any) -> None:
        self.sent.append("follow-up")

    async def delete_original_response(self) -> None:
        self.sent.append("cleared")


@pytest.mark.parametrize("ahead", ["the answer", "the acknowledgement"])
@pytest.mark.parametrize("public", [True, False])
async def test_an_answer_and_an_acknowledgement_that_meet_never_cross(
    ahead: str, public: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    interaction: Any = Sent()
    late = ahead == "the acknowledgement"
    monkeypatch.setattr(first_answer, "ACKNOWLEDGE_AFTER_SECONDS", 0.0 if late else 0.01)

    async def answer() -> object:
        layout = card(Accent.RUN, "That counts")
        return await (reply_in_public if public else reply)(interaction, layout)

    async with FirstAnswer(interaction):
        if late:
            await interaction.under_way.wait()
        answering = asyncio.create_task(answer())
        await asyncio.sleep(0.02)  # both had their chance to begin
        interaction.through.set()
        outcome = await answering
    if not late:
        assert interaction.sent == ["answer, public" if public else "answer, private"]
    elif public:  # what is for everybody cannot fill what is for one person: the caller posts it
        assert outcome is None
        assert interaction.sent == ["thinking", "cleared"]
    else:
        assert interaction.sent == ["thinking", "follow-up"]


async def test_what_somebody_means_to_fill_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """An import edits the answer for as long as it runs: the waiting is its own, whoever asked for it first."""
    interaction: Any = Sent()
    interaction.through.set()
    monkeypatch.setattr(first_answer, "ACKNOWLEDGE_AFTER_SECONDS", 0.0)
    async with FirstAnswer(interaction):
        await interaction.under_way.wait()
        await think(interaction)
    assert interaction.sent == ["thinking"]


async def test_an_answer_in_time_leaves_no_timer_and_no_task(monkeypatch: pytest.MonkeyPatch) -> None:
    interaction: Any = Sent()
    interaction.through.set()
    monkeypatch.setattr(first_answer, "ACKNOWLEDGE_AFTER_SECONDS", 0.005)
    async with FirstAnswer(interaction):
        await reply(interaction, card(Accent.RUN, "That counts"))
    await asyncio.sleep(0.02)
    assert interaction.sent == ["answer, private"]


async def test_an_acknowledgement_does_not_follow_an_answer_that_was_refused_for_good(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It was due, and waited for its turn, while the answer was under way."""
    interaction: Any = Sent()
    monkeypatch.setattr(first_answer, "ACKNOWLEDGE_AFTER_SECONDS", 60.0)

    async def over(**_: Any) -> None:
        first._due()
        raise refusal(404, 10_062)

    interaction.send_message = over
    interaction.through.set()
    async with FirstAnswer(interaction) as first:
        first._due()
        with pytest.raises(discord.HTTPException):
            await reply(interaction, card(Accent.RUN, "That counts"))
    assert interaction.sent == []


def refusal(status: int, code: int) -> discord.HTTPException:
    return discord.HTTPException(SimpleNamespace(status=status, reason="odd"), {"code": code, "message": ""})


async def after_an_acknowledgement_that(
    outcome: Exception, answer: Exception | None, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """The interaction after `reply`, where the acknowledgement raised `outcome` and a first answer `answer`."""
    interaction: Any = Sent()
    asked = []

    async def trouble(**_: Any) -> None:
        raise outcome

    async def send_message(**_: Any) -> object:
        asked.append("answer")
        if answer is not None:
            raise answer
        return await interaction._first(Kind.channel_message, "answer, private")

    interaction.defer, interaction.send_message = trouble, send_message
    interaction.asked = asked
    interaction.through.set()
    monkeypatch.setattr(first_answer, "ACKNOWLEDGE_AFTER_SECONDS", 0.0)
    async with FirstAnswer(interaction):
        await asyncio.sleep(0.01)
        try:
            await reply(interaction, card(Accent.RUN, "That counts"))
        except discord.HTTPException as refused:
            interaction.raised = refused
    return interaction


async def test_where_the_acknowledgement_did_not_arrive_the_answer_is_the_first(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    interaction = await after_an_acknowledgement_that(ConnectionResetError(), None, monkeypatch)
    assert interaction.sent == ["answer, private"]
    assert "not_acknowledged" in caplog.text


async def test_where_it_arrived_and_nobody_said_so_the_answer_follows_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    interaction = await after_an_acknowledgement_that(
        refusal(503, 0), refusal(400, first_answer.ACKNOWLEDGED), monkeypatch
    )
    assert interaction.sent == ["follow-up"]


@pytest.mark.parametrize("code", [10_062, first_answer.ACKNOWLEDGED])
async def test_where_discord_refused_it_for_good_nothing_more_is_asked(
    code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    interaction = await after_an_acknowledgement_that(refusal(404, code), None, monkeypatch)
    assert interaction.raised.code == code
    assert interaction.asked == interaction.sent == []


def seen_ids(message: Any) -> list[str]:
    found, waiting = [], list(message.components)
    while waiting:
        component = waiting.pop()
        raw = component if isinstance(component, dict) else component.to_dict()
        found += [raw["custom_id"]] if raw.get("custom_id") else []
        waiting += raw.get("components") or []
        waiting += [raw["accessory"]] if raw.get("accessory") else []
    return found
