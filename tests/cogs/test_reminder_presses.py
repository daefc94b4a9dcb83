"""Presses on reminders that nobody was offered, forms in direct messages, and what autocomplete offers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cogs.conftest import World, seen
from tests.cogs.test_reminders import THURSDAY, button_in, button_of, letters, remind, wake

OF_A_MESSAGE = ("log", "rest", "snooze", "stop", "keep")
OF_A_LIST = (
    "change",
    "skip",
    "week",
    "unskip",
    "turn",
    "remove",
    "back",
    "test",
    "channel",
    "direct",
    "typed",
)


async def stored(world: World) -> list[Any]:
    return await world.rows(
        "SELECT minute, weekdays, words, channel_id, off_reason, since_at FROM schedules WHERE kind = 'reminder'"
    )


async def test_forged_presses_are_answered_privately_and_change_nothing(world: World) -> None:
    await remind(world)
    await wake(world, THURSDAY)
    before = await stored(world)
    letter = button_of(letters(world)[-1], "remind.log").rsplit(":", 1)[1]
    dm = world.bob.user.dm_channel
    for action in OF_A_MESSAGE:
        for who, channel in ((world.bob, world.lounge), (world.bob.user, dm)):
            answer = await world.press(who, channel, f"sw:remind.{action}:{world.group_id}:{letter}")
            assert "not yours" in seen(answer)
            assert answer.response.ephemeral
    for bad in ("", "-1", "9" * 30, "٣"):
        assert "older message" in seen(await world.press(world.bob.user, dm, f"sw:remind.log:1:{bad}"))
    for action in OF_A_LIST:
        answer = await world.press(world.bob, world.lounge, f"sw:remind.{action}:77:on")
        assert answer.response.ephemeral, action
    for value in ("-", "1440-127", "0-0", "420", "420-" + "9" * 30):
        answer = await world.press(world.bob, world.lounge, "sw:remind.usual", value)
        assert answer.response.ephemeral
    assert await stored(world) == before
    assert await world.rows("SELECT 1 FROM deliveries WHERE answered_at IS NOT NULL") == []
    assert await world.rows("SELECT 1 FROM rest_days") == []


async def test_the_form_is_refused_for_what_it_can_not_read_and_cuts_long_words(world: World) -> None:
    for time, days in (("", "daily"), ("7", "daily"), ("7:15", ""), ("7:15", "x" * 5_000)):
        answer = await world.form(
            world.alice, world.lounge, "sw:remind.typed", {"time": time, "days": days, "words": ""}
        )
        assert answer.response.ephemeral
    assert await stored(world) == []
    fields = {"time": "7:15", "days": "Sat", "words": "\u202e@everyone " * 1_000}
    answer = await world.form(world.alice, world.lounge, "sw:remind.typed", fields)
    [row] = await stored(world)
    assert (row["minute"], row["weekdays"]) == (435, 1 << 5)
    assert len(row["words"]) <= 200
    assert "@everyone" not in seen(answer)
    assert "@everyone" not in seen(letters(world)[-1])


async def test_a_run_logged_from_a_direct_message_is_edited_there_too(world: World) -> None:
    await world.bot.services.groups.set_runs_channel(world.group_id, world.runs.id, world.clock.now())
    await remind(world)
    await wake(world, THURSDAY)
    letter, alice = letters(world)[-1], world.alice.user
    asked = await alice.click(letter, custom_id=button_of(letter, "remind.log"))
    await alice.click(asked.response, custom_id=button_in(asked, "checkin.count:run"))
    more = await alice.click(asked.response, custom_id=button_in(asked, "run.more"))
    form = await alice.click(more.response, custom_id=button_in(more, "run.edit"))
    await alice.submit_modal(form, {"distance": "5k", "time": "26:41", "activity": ["run"]})
    [run] = await world.rows("SELECT metres, seconds FROM runs")
    assert (run["metres"], run["seconds"]) == (5000, 1601)


@pytest.mark.parametrize(("off_reason", "after"), [("by_owner", "by_owner"), ("messages_closed", None)])
async def test_a_test_turns_on_what_was_refused_and_not_what_its_owner_turned_off(
    world: World, off_reason: str, after: str | None
) -> None:
    await remind(world)
    await world.put(
        "UPDATE schedules SET off_reason = :why, next_due_at = NULL WHERE kind = 'reminder'", why=off_reason
    )
    [row] = await world.rows("SELECT schedule_id FROM schedules WHERE kind = 'reminder'")
    await world.press(world.alice, world.lounge, f"sw:remind.test:{row['schedule_id']}")
    assert len(letters(world)) == 2
    [row] = await stored(world)
    assert row["off_reason"] == after


async def test_autocomplete_offers_what_is_then_taken(world: World) -> None:
    times = await world.alice.autocomplete(world.lounge, "remindme", "time", "7")
    assert [each["value"] for each in times] == ["07:00", "07:30"]
    typed = await world.alice.autocomplete(world.lounge, "remindme", "time", "6:20 pm")
    assert [each["value"] for each in typed] == ["18:20"]
    days = await world.alice.autocomplete(world.lounge, "remindme", "days", "week")
    assert [each["value"] for each in days] == ["weekdays", "weekend"]
    for each in days:
        assert "Set" in seen(await remind(world, days=each["value"]))
    for odd in ("\u202e" + "x" * 5_000, "@everyone"):
        assert await world.alice.autocomplete(world.lounge, "remindme", "time", odd) == []
        assert await world.alice.autocomplete(world.lounge, "remindme", "days", odd) == []
