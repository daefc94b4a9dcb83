"""`/remindme`, `/reminders`, what comes by direct message, and its buttons."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.cogs.conftest import World, seen

THURSDAY = datetime(2026, 11, 19, 7, tzinfo=UTC)  # the world stands on Wednesday, the 18th, at noon UTC


async def remind(world: World, time: str = "7:00", days: str = "daily", **options: str) -> Any:
    return await world.alice.slash(world.lounge, "remindme", time=time, days=days, **options)


def letters(world: World, person: Any = None) -> list[Any]:
    """What the bot wrote to somebody, the newest last."""
    return sorted((person or world.alice).user.dm_channel.history(), key=lambda message: int(message.id))


async def wake(world: World, at: datetime) -> None:
    world.clock.advance(at - world.clock.now())
    await world.bot.courier.wake(world.bot)


def button_of(message: Any, action: str) -> str:
    """The custom_id of a button of a message."""
    waiting = list(message.components)
    while waiting:
        component = waiting.pop()
        if str(getattr(component, "custom_id", "")).startswith(f"sw:{action}"):
            return str(component.custom_id)
        waiting.extend(getattr(component, "children", ()))
    raise AssertionError(f"no {action} on the message")


async def outcomes(world: World) -> list[tuple[str, str | None]]:
    rows = await world.rows("SELECT state, reason FROM deliveries WHERE kind = 'reminder' ORDER BY due_at")
    return [(row["state"], row["reason"]) for row in rows]


async def test_setting_one_sends_a_test_and_says_when_it_comes(world: World) -> None:
    answer = await remind(world, words="Shoes on, then think")
    assert answer.response.ephemeral
    assert "Thu, Nov 19" in seen(answer)
    assert "In UTC, the group's time" in seen(answer)
    [test] = letters(world)
    assert "A test" in seen(test)
    assert "Shoes on, then think" in seen(test)


async def test_it_comes_at_its_time_with_the_week_and_the_plan(world: World) -> None:
    await world.bot.services.plans.set_wishes(
        world.group_id, world.alice.id, "", "", "When I close the laptop, I run", world.clock.now()
    )
    await remind(world)
    await wake(world, THURSDAY - timedelta(seconds=1))
    assert len(letters(world)) == 1
    await wake(world, THURSDAY)
    _, letter = letters(world)
    assert "0 of 3" in seen(letter)
    assert "When I close the laptop, I run" in seen(letter)
    assert "Morning Miles" in seen(letter)
    assert await outcomes(world) == [("sent", None)]


async def test_log_it_counts_the_day_in_the_group_from_the_direct_message(world: World) -> None:
    await world.bot.services.groups.set_runs_channel(world.group_id, world.runs.id, world.clock.now())
    await remind(world)
    await wake(world, THURSDAY)
    letter = letters(world)[-1]
    asked = await world.alice.user.click(letter, custom_id=button_of(letter, "remind.log"))
    counted = await world.alice.user.click(asked.response, custom_id=button_in(asked, "checkin.count:run"))
    assert "1 of 3" in seen(counted) or "1 of 3" in seen(asked)
    [run] = await world.rows("SELECT group_id, running_day FROM runs")
    assert (run["group_id"], run["running_day"]) == (world.group_id, "2026-11-19")
    assert len([each for each in world.runs.history() if "ran today" in seen(each)]) == 1
    [row] = await world.rows("SELECT answered_at FROM deliveries WHERE kind = 'reminder'")
    assert row["answered_at"] is not None


def button_in(result: Any, action: str) -> str:
    """The custom_id of a button of an answer."""
    waiting = list(result.response.components)
    while waiting:
        component = waiting.pop()
        if str(component.get("custom_id", "")).startswith(f"sw:{action}"):
            return str(component["custom_id"])
        waiting.extend(component.get("components") or ())
    raise AssertionError(f"no {action} in the answer")


async def test_details_are_typed_in_the_direct_message_and_refused_kindly(world: World) -> None:
    await remind(world)
    await wake(world, THURSDAY)
    letter = letters(world)[-1]
    asked = await world.alice.user.click(letter, custom_id=button_of(letter, "remind.log"))
    form = await world.alice.user.click(asked.response, custom_id=button_in(asked, "checkin.details"))
    refused = await world.alice.user.submit_modal(form, {"distance": "far", "time": ""})
    again = await world.alice.user.click(
        asked.response, custom_id=button_in(refused if refused.response else asked, "checkin.again")
    )
    await world.alice.user.submit_modal(again, {"distance": "5k", "time": "26:41"})
    [run] = await world.rows("SELECT metres, seconds FROM runs")
    assert (run["metres"], run["seconds"]) == (5000, 1601)


async def test_not_today_silences_the_rest_of_the_day(world: World) -> None:
    await remind(world)
    await remind(world, time="18:00")
    await wake(world, THURSDAY)
    letter = letters(world)[-1]
    answer = await world.alice.user.click(letter, custom_id=button_of(letter, "remind.rest"))
    assert "Not today, then" in seen(answer)
    await wake(world, THURSDAY + timedelta(hours=11))
    assert (await outcomes(world))[-2:] == [("sent", None), ("skipped", "resting")]


async def test_snoozed_it_comes_again_in_an_hour_three_times_at_most(world: World) -> None:
    await remind(world)
    await wake(world, THURSDAY)
    for hour in range(1, 4):
        letter = letters(world)[-1]
        answer = await world.alice.user.click(letter, custom_id=button_of(letter, "remind.snooze"))
        assert "I'll be back" in seen(answer)
        await wake(world, THURSDAY + timedelta(hours=hour))
    letter = letters(world)[-1]
    answer = await world.alice.user.click(letter, custom_id=button_of(letter, "remind.snooze"))
    assert "leave it there" in seen(answer)
    assert [state for state, _ in await outcomes(world)] == ["sent"] * 4


@pytest.mark.parametrize("why", ["day_kept", "resting", "paused"])
async def test_it_is_silent_on_a_day_that_is_kept_rested_or_paused(world: World, why: str) -> None:
    await remind(world)
    world.clock.advance(THURSDAY - timedelta(hours=1) - world.clock.now())
    services, now = world.bot.services, world.clock.now()
    if why == "day_kept":
        await world.slash_run(world.alice, distance="5k")
    elif why == "resting":
        await services.checkins.rest(world.group_id, world.alice.id, now, resting=True)
    else:
        await services.plans.pause(
            world.group_id, world.alice.id, start="", end="", reason=None, interaction_id=1, now=now
        )
    await wake(world, THURSDAY)
    assert await outcomes(world) == [("skipped", why)]
    assert len(letters(world)) == 1


async def test_quiet_hours_hold_it_back_and_drop_it_after_two_hours(world: World) -> None:
    await remind(world)
    service = world.bot.services.members
    await service.set_quiet(world.group_id, world.alice.id, (22 * 60, 8 * 60), world.clock.now())
    await wake(world, THURSDAY)
    assert await outcomes(world) == [("due", None)]
    await wake(world, THURSDAY + timedelta(hours=1))
    assert await outcomes(world) == [("sent", None)]
    await service.set_quiet(world.group_id, world.alice.id, (22 * 60, 10 * 60), world.clock.now())
    await wake(world, THURSDAY + timedelta(days=1))
    assert (await outcomes(world))[1] == ("skipped", "quiet_hours")


async def test_after_three_ignored_it_offers_to_stop_once(world: World) -> None:
    await remind(world)
    for day in range(5):
        await wake(world, THURSDAY + timedelta(days=day))
    offers = ["Want me to stop?" in seen(each) for each in letters(world)[1:]]
    assert offers == [False, False, False, True, False]
    offer = letters(world)[4]
    answer = await world.alice.user.click(offer, custom_id=button_of(offer, "remind.stop"))
    assert "it is off" in seen(answer)
    await wake(world, THURSDAY + timedelta(days=6))
    assert len(letters(world)) == 6


async def test_closed_messages_are_told_and_switch_it_off_after_three(world: World) -> None:
    world.env.backend.users[world.alice.id].bot = True  # simcord knows no closed messages but those of bots
    answer = await remind(world)
    assert "could not send you a direct message" in seen(answer)
    for day in range(4):
        await wake(world, THURSDAY + timedelta(days=day))
    assert await outcomes(world) == [("skipped", "messages_closed")] * 3
    shown = await world.alice.slash(world.lounge, "reminders")
    assert "off: your direct messages were closed" in seen(shown)
    assert "could not be sent three times" in "\n".join(seen(each) for each in shown.followups)


async def test_instead_it_comes_in_the_runs_channel_and_pings_its_owner_alone(world: World) -> None:
    await world.bot.services.groups.set_runs_channel(world.group_id, world.runs.id, world.clock.now())
    await remind(world)
    [row] = await world.rows("SELECT schedule_id FROM schedules WHERE kind = 'reminder'")
    await world.press(world.alice, world.lounge, f"sw:remind.channel:{row['schedule_id']}")
    await wake(world, THURSDAY)
    [letter] = [each for each in world.runs.history() if "remind.log" in str(each.components)]
    assert f"<@{world.alice.id}>" in seen(letter)
    assert "0 of 3" not in seen(letter)
    assert [each.id for each in letter.mentions] == [world.alice.id]
    stranger = await world.bob.click(letter, custom_id=button_of(letter, "remind.log"))
    assert "not yours" in seen(stranger)


async def test_the_list_changes_skips_turns_off_removes_and_brings_back(world: World) -> None:
    await remind(world, words="Out of the door")
    shown = await world.alice.slash(world.lounge, "reminders")
    assert "every day" in seen(shown)
    [row] = await world.rows("SELECT schedule_id FROM schedules WHERE kind = 'reminder'")
    which = row["schedule_id"]
    await world.alice.select(shown.response, [str(which)], custom_id="sw:remind.one")
    skipped = await world.press(world.alice, world.lounge, f"sw:remind.skip:{which}")
    assert "Nov 20" in seen(skipped)
    changed = await world.form(
        world.alice,
        world.lounge,
        f"sw:remind.typed:{which}",
        {"time": "6 pm", "days": "Mon, Wed", "words": ""},
    )
    assert "6:00" in seen(changed)
    off = await world.press(world.alice, world.lounge, f"sw:remind.turn:{which}:off")
    assert "It is off" in seen(off)
    gone = await world.press(world.alice, world.lounge, f"sw:remind.remove:{which}")
    assert "Removed" in seen(gone)
    assert "None yet" in seen(await world.alice.slash(world.lounge, "reminders"))
    back = await world.press(world.alice, world.lounge, f"sw:remind.back:{which}")
    assert "It is back" in seen(back)
    await world.press(world.alice, world.lounge, f"sw:remind.remove:{which}")
    world.clock.advance(timedelta(minutes=11))
    late = await world.press(world.alice, world.lounge, f"sw:remind.back:{which}")
    assert "not there any more" in seen(late)


async def test_who_has_none_is_offered_usual_times(world: World) -> None:
    shown = await world.press(world.alice, world.lounge, "sw:remind.open")
    await world.alice.select(shown.response, ["420-31"], custom_id="sw:remind.usual")
    [row] = await world.rows("SELECT minute, weekdays FROM schedules WHERE kind = 'reminder'")
    assert (row["minute"], row["weekdays"]) == (420, 31)


@pytest.mark.parametrize(
    ("time", "days", "said"),
    [
        ("7", "daily", "7:15"),
        ("25:00", "daily", "7:15"),
        ("soon", "daily", "7:15"),
        ("7:00", "sometimes", "weekdays"),
        ("7:00", " ", "weekdays"),
        ("7:00", "@everyone", "weekdays"),
    ],
)
async def test_what_cannot_be_read_is_refused_privately(
    world: World, time: str, days: str, said: str
) -> None:
    answer = await remind(world, time=time, days=days)
    assert answer.response.ephemeral
    assert said in seen(answer)
    assert await world.rows("SELECT 1 FROM schedules WHERE kind = 'reminder'") == []


async def test_the_same_twice_and_an_eleventh_are_refused(world: World) -> None:
    await remind(world)
    assert "already" in seen(await remind(world))
    for hour in range(8, 17):
        await remind(world, time=f"{hour}:00")
    assert "as many as there can be" in seen(await remind(world, time="20:00"))


@pytest.mark.parametrize(
    "action", ["remind.log", "remind.rest", "remind.snooze", "remind.stop", "remind.keep"]
)
async def test_somebody_elses_reminder_is_refused_in_a_direct_message(world: World, action: str) -> None:
    await remind(world)
    await wake(world, THURSDAY)
    [row] = await world.rows("SELECT delivery_id FROM deliveries WHERE kind = 'reminder'")
    channel = world.bob.user.dm_channel
    answer = await world.press(world.bob.user, channel, f"sw:{action}:{world.group_id}:{row['delivery_id']}")
    assert "not yours" in seen(answer)
    [row] = await world.rows("SELECT answered_at FROM deliveries WHERE kind = 'reminder'")
    assert row["answered_at"] is None


async def test_a_group_that_one_is_no_member_of_cannot_be_named_in_a_direct_message(world: World) -> None:
    await remind(world)
    answer = await world.press(
        world.bob.user, world.bob.user.dm_channel, f"sw:checkin.count:run:77:@{world.group_id}"
    )
    assert "no member" in seen(answer)
    assert await world.rows("SELECT 1 FROM runs") == []


async def test_a_press_after_its_day_says_so(world: World) -> None:
    await remind(world)
    await wake(world, THURSDAY)
    letter = letters(world)[-1]
    world.clock.advance(timedelta(days=1))
    answer = await world.alice.user.click(letter, custom_id=button_of(letter, "remind.log"))
    assert "a day that is over" in seen(answer)


async def test_the_streak_warning_comes_on_the_last_day_that_can_keep_the_week(world: World) -> None:
    services, whose = world.bot.services, (world.group_id, world.alice.id)
    for number, day in enumerate(("2026-11-09", "2026-11-10", "2026-11-11", "2026-11-16", "2026-11-17")):
        await world.put(
            "INSERT INTO groups (group_id, created_at) VALUES (:g, 0) ON CONFLICT DO NOTHING",
            g=world.group_id,
        )
        await services.members.set_visibility(*whose, "group", world.clock.now())
        await world.put(
            "INSERT INTO runs (run_id, group_id, person_id, interaction_id, activity, running_day, source, visibility,"
            " created_at) VALUES (:n, :g, :p, :n, 'run', :day, 'tap', 'group', 0)",
            n=number + 1,
            g=world.group_id,
            p=world.alice.id,
            day=day,
        )
    await services.reminders.set_streak_warning(*whose, True, world.clock.now())
    for later in range(5):
        await wake(world, datetime(2026, 11, 18 + later, 17, tzinfo=UTC))
    rows = await world.rows(
        "SELECT state, reason FROM deliveries WHERE kind = 'streak_warning' ORDER BY due_at"
    )
    assert [(row["state"], row["reason"]) for row in rows] == [
        *[("skipped", "not_at_risk")] * 4,
        ("sent", None),
    ]
    [warning] = letters(world)
    assert "2 of 3" in seen(warning)
    assert "2 skips left" in seen(warning)
