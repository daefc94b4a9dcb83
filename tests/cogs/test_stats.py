"""`/run stats`: private until it is shown, with pictures that say the same in words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.ui.pictures import Picture, Studio
from tests.cogs.conftest import World, seen
from tests.cogs.test_history import button, check_ins


async def stats(world: World, person: Any, **options: Any) -> Any:
    return await person.slash(world.runs, "run stats", **options)


def alt(result: Any) -> str:
    """The description of the answer's picture."""
    for part in result.response.components[0]["components"]:
        for item in part.get("items", ()):
            return str(item["description"])
    raise AssertionError("no picture")


def attached(world: World, result: Any) -> list[Any]:
    """The files of the answer as it stands now."""
    message = world.env.backend.get_message(result.response.channel_id, result.response.id)
    return list(message.attachments)


async def test_an_empty_history_says_how_to_begin_and_begins(world: World) -> None:
    shown = await stats(world, world.alice)
    assert shown.response.ephemeral
    assert "/checkin" in seen(shown)
    begun = await world.alice.click(shown.response, label="Check in")
    assert "I ran" in seen(begun)


async def test_statistics_come_privately_with_a_chart_and_its_words(world: World) -> None:
    await check_ins(world, 3)
    shown = await stats(world, world.alice)
    assert shown.response.ephemeral
    told = seen(shown)
    assert "**3 check-ins** · 3 days kept" in told
    assert "**15.00 km**" in told
    assert "5:20 /km" in told
    assert "kept 1 of the last 1 week" in told
    assert "15" in alt(shown)
    assert len(attached(world, shown)) == 1


@pytest.mark.parametrize(("chosen", "says"), [("week", 2), ("month", 3), ("year", 4), ("all", 5)])
async def test_each_range_counts_its_own_days(world: World, chosen: str, says: int) -> None:
    for number, days in enumerate((-400, -200, -10, -1, 0)):
        await world.alice.slash(world.runs, "run log", distance=f"{5 + number}k")
        moved = (world.clock.now() + timedelta(days=days)).date().isoformat()
        (row, *_) = await world.rows("SELECT run_id FROM runs ORDER BY run_id DESC")
        await world.put("UPDATE runs SET running_day = :day WHERE run_id = :id", day=moved, id=row["run_id"])
    assert f"**{says} check-ins**" in seen(await stats(world, world.alice, range=chosen))


async def test_a_range_is_chosen_from_the_menu_in_place(world: World) -> None:
    await check_ins(world, 2)
    shown = await stats(world, world.alice, range="week")
    changed = await world.alice.select(shown.response, ["all"])
    assert "All time" in seen(changed)
    assert changed.response.id == shown.response.id
    assert len(attached(world, changed)) == 1


async def test_records_calendar_and_streak_open_in_place_and_lead_back(world: World) -> None:
    await check_ins(world, 4)
    shown = await stats(world, world.alice, range="year")
    records = await world.alice.click(shown.response, label="Records")
    assert "Fastest 5 km: **26:41** · Nov 19, 2026 · typed" in seen(records)
    assert attached(world, records) == [], "the chart is gone from the message"
    calendar = await world.alice.click(records.response, label="Calendar")
    assert "**4 days** with a check-in" in seen(calendar)
    assert "4 days with a check-in" in alt(calendar)
    streak = await world.alice.click(calendar.response, label="Streak")
    assert "A skip forgives" in seen(streak)
    back = await world.alice.click(streak.response, label="Back")
    assert "This year" in seen(back)
    assert back.response.id == shown.response.id


async def test_records_are_none_yet_in_kind_words(world: World) -> None:
    await world.alice.slash(world.runs, "run log", activity="walk", distance="3k")
    shown = await stats(world, world.alice)
    assert "No fastest times yet" in seen(await world.alice.click(shown.response, label="Records"))


async def test_the_history_opens_the_calendar(world: World) -> None:
    await check_ins(world, 2)
    history = await world.alice.slash(world.runs, "run history")
    calendar = await world.alice.click(history.response, label="Calendar")
    assert calendar.response.ephemeral
    assert "**2 days** with a check-in" in seen(calendar)


async def test_show_in_channel_posts_once_for_everybody_what_the_group_can_see(world: World) -> None:
    await world.alice.slash(world.runs, "run log", distance="5k", time="26:41")
    await world.alice.slash(world.runs, "run log", distance="7.77 km", time="50:01", visibility="private")
    shown = await stats(world, world.alice)
    assert "**12.77 km**" in seen(shown)
    await world.alice.click(shown.response, label="Show in channel")
    again = await world.alice.click(shown.response, label="Show in channel")
    assert "already" in seen(again) + "".join(seen(each) for each in again.followups)
    posted = [message for message in world.runs.history() if not message.flags.ephemeral]
    (card,) = [message for message in posted if "that the group can see" in seen(message)]
    assert f"<@{world.alice.id}>: this month" in seen(card)
    assert "**5.00 km**" in seen(card)
    for number in ("12.77", "7.77", "50:01"):
        assert number not in seen(card)


async def test_showing_is_refused_where_the_group_can_see_nothing(world: World) -> None:
    await world.alice.slash(world.runs, "run log", distance="5k", visibility="private")
    shown = await stats(world, world.alice)
    refused = await world.alice.click(shown.response, label="Show in channel")
    assert "nothing to show" in seen(refused) + "".join(seen(each) for each in refused.followups)
    assert all(message.flags.ephemeral for message in world.runs.history())


async def test_what_could_not_be_posted_can_be_shown_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await check_ins(world, 1)
    shown = await stats(world, world.alice)
    cog = world.bot.get_cog("Overviews")
    real = cog._service.overview  # type: ignore[union-attr]

    async def unreachable(*_: Any, **__: Any) -> Any:
        raise TimeoutError

    monkeypatch.setattr(cog._service, "overview", unreachable)  # type: ignore[union-attr]
    told = await world.alice.click(shown.response, label="Show in channel")
    assert "did not take my answer" in seen(told) + "".join(seen(each) for each in told.followups)
    monkeypatch.setattr(cog._service, "overview", real)  # type: ignore[union-attr]
    await world.alice.click(shown.response, label="Show in channel")
    assert any("that the group can see" in seen(message) for message in world.runs.history())


async def test_others_see_nothing_of_it_and_have_their_own(world: World) -> None:
    await check_ins(world, 3)
    shown = await stats(world, world.bob)
    assert "26:41" not in seen(shown)
    assert "/checkin" in seen(shown)


async def test_a_press_on_somebody_elses_message_answers_with_ones_own_privately(world: World) -> None:
    await check_ins(world, 3)
    public = [message for message in world.runs.history() if not message.flags.ephemeral][-1]
    before = seen(public)
    for action in ("stats.back:month", "stats.calendar", "stats.records:month", "stats.streak:month"):
        told = await world.press_on(world.bob, public, f"sw:{action}")
        assert told.response.ephemeral
        assert told.response.id != public.id
        assert "15.00 km" not in seen(told)
        assert "**3 days**" not in seen(told)
    assert seen(public) == before


@pytest.mark.parametrize(
    "action",
    [
        "stats.back:decade",
        "stats.back",
        "stats.calendar:../..",
        "stats.records",
        "stats.records:",
        "stats.streak:12345678901234567890",
        "stats.share:everything",
        "stats.share",
        "stats.range:week",
    ],
)
async def test_a_tampered_press_is_refused_in_words(world: World, action: str) -> None:
    await check_ins(world, 1)
    refused = await world.press(world.alice, world.runs, f"sw:{action}")
    assert "older message" in seen(refused) + "".join(seen(each) for each in refused.followups)


async def test_an_unknown_range_in_the_menu_is_refused_in_words(world: World) -> None:
    refused = await world.press(world.alice, world.runs, "sw:stats.range", "decade")
    assert "older message" in seen(refused)


@pytest.mark.parametrize(
    "action", ["stats.back:month", "stats.calendar", "stats.streak:month", "stats.share:all"]
)
async def test_in_a_direct_message_it_says_where_it_works(world: World, action: str) -> None:
    stranger = world.env.create_user("dana")
    await world.env.settle()
    answer = await world.press(stranger, stranger.dm_channel, f"sw:{action}")
    assert "works in a group's channel" in seen(answer) + "".join(seen(each) for each in answer.followups)


async def test_the_words_come_without_a_picture_that_could_not_be_drawn(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await check_ins(world, 3)

    async def torn(self: Studio, *_: Any, **__: Any) -> Picture:
        raise OSError

    monkeypatch.setattr(Studio, "draw", torn)
    shown = await stats(world, world.alice)
    assert "**3 check-ins**" in seen(shown)
    assert attached(world, shown) == []
    assert "picture_not_drawn" in caplog.text
    assert not button(shown, "Calendar")["disabled"]
