"""`/mood trend` as people press it: private always, one's own always, whatever was turned off since."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.consents.rules import GROUP_FIGURE, KEEP
from bot.moods.scales import Values
from bot.ui.pictures import Studio
from tests.cogs.conftest import World, seen

RANGES = ("week", "month", "year", "all")


async def ready(world: World, *people: Any) -> None:
    """Feelings are on, and these people said yes."""
    await world.press(world.olive, world.runs, "sw:care.usual")
    for person in people:
        await world.bot.services.consents.agree(world.group_id, person.id, KEEP, 16, world.clock.now())


async def enter(world: World, person: Any, *moods: int) -> None:
    """Entries of a day by itself, a day apart, the last one now."""
    for days, mood in enumerate(reversed(moods)):
        at = world.clock.now() - timedelta(days=days)
        number = 70_000 + int(at.timestamp()) + person.id
        await world.bot.services.moods.keep(world.group_id, person.id, number, Values(mood=mood), at)


async def rated_runs(world: World, person: Any, runs: int) -> None:
    """Runs of half an hour a day apart, with a mood before and a higher one after."""
    moods = world.bot.services.moods
    for number in range(runs):
        start = world.clock.now() - timedelta(days=runs - number, hours=1)
        began = await moods.about_to_run(world.group_id, person.id, 90_000 + number, start)
        await moods.keep(
            world.group_id,
            person.id,
            91_000 + number,
            Values(mood=0),
            start,
            at="before",
            start_id=began.start_id,
        )
        run_id = 92_000 + number
        await world.put(
            "INSERT INTO runs (run_id, group_id, person_id, interaction_id, activity, running_day, seconds, source,"
            " visibility, created_at) VALUES (:run, :group, :person, :run, 'run', :day, 1800, 'typed', 'group', :at)",
            run=run_id,
            group=world.group_id,
            person=person.id,
            day=start.date().isoformat(),
            at=int(start.timestamp()) + 1900,
        )
        rated = start + timedelta(minutes=45)
        await moods.keep(
            world.group_id,
            person.id,
            93_000 + number,
            Values(mood=number % 2 + 1),
            rated,
            at="after",
            run_id=run_id,
        )


async def trend(world: World, person: Any, **options: Any) -> Any:
    return await person.slash(world.runs, "mood trend", **options)


def alt(result: Any) -> str:
    for part in result.response.components[0]["components"]:
        for item in part.get("items", ()):
            return str(item["description"])
    raise AssertionError("no picture")


def ids(world: World, result: Any) -> list[str]:
    """The custom_ids of an answer as it stands now."""
    waiting = list(world.env.backend.get_message(result.response.channel_id, result.response.id).components)
    found = []
    while waiting:
        part = waiting.pop()
        part = part if isinstance(part, dict) else part.to_dict()
        waiting.extend(part.get("components") or ())
        found.append(str(part.get("custom_id", "")))
    return [each for each in found if each]


async def test_no_entry_yet_says_how_the_first_comes_about_and_opens_the_form(world: World) -> None:
    await ready(world, world.alice)
    shown = await trend(world, world.alice)
    assert shown.response.ephemeral
    assert "About to run" in seen(shown)
    opened = await world.alice.click(shown.response, label="How I feel now")
    assert opened.modal is not None


async def test_before_a_yes_and_where_feelings_are_off_there_is_nothing_and_it_says_so(world: World) -> None:
    off = await trend(world, world.alice)
    assert off.response.ephemeral
    assert "Nothing of yours is kept here. Feelings are off" in seen(off)
    await ready(world)
    unasked = await trend(world, world.alice)
    assert "Nothing of yours is kept here: feelings are kept once you have said yes" in seen(unasked)
    asked = await world.alice.click(unasked.response, label="What would be kept?")
    assert asked.modal is None


async def test_the_trend_comes_privately_with_a_chart_and_its_words(world: World) -> None:
    await ready(world, world.alice)
    await rated_runs(world, world.alice, 6)
    shown = await trend(world, world.alice)
    assert shown.response.ephemeral
    assert "**higher after 6 of 6 runs**" in seen(shown)
    assert "not proof of cause" in seen(shown)
    assert "6 of 6 runs rated before and after" in seen(shown)
    assert "12 entries" in alt(shown)
    assert "<@" not in seen(shown), "it names nobody"


@pytest.mark.parametrize(("chosen", "says"), [("week", 2), ("month", 3), ("year", 4), ("all", 4)])
async def test_a_range_is_chosen_as_an_option_or_by_its_button(world: World, chosen: str, says: int) -> None:
    await ready(world, world.alice)
    for days in (300, 20, 3, 0):
        at = world.clock.now() - timedelta(days=days)
        await world.bot.services.moods.keep(world.group_id, world.alice.id, 500 + days, Values(mood=1), at)
    shown = await trend(world, world.alice, range=chosen)
    assert f"{says} entries" in seen(shown)
    other = await trend(world, world.alice)
    changed = await world.alice.click(other.response, custom_id=f"sw:mood.trend:{chosen}")
    assert f"{says} entries" in seen(changed)
    assert changed.response.id == other.response.id


async def test_entries_stay_readable_where_feelings_were_turned_off_again(world: World) -> None:
    await ready(world, world.alice)
    await enter(world, world.alice, 1, 3)
    await world.put("UPDATE groups SET feelings_confirmed_at = NULL")
    shown = await trend(world, world.alice)
    assert "2 entries" in seen(shown)
    assert "Feelings are off in this group now" in seen(shown)
    assert "How I feel now" not in seen(shown)
    pages = await world.alice.click(shown.response, label="My entries")
    assert "+3 bright" in seen(pages)


async def test_a_yes_taken_back_leaves_nothing_to_show(world: World) -> None:
    await ready(world, world.alice)
    await enter(world, world.alice, 4, 4)
    await world.bot.services.consents.withdraw(world.group_id, world.alice.id, KEEP, world.clock.now())
    shown = await trend(world, world.alice)
    assert "Nothing of yours is kept here" in seen(shown)
    assert "+4" not in seen(shown)


async def test_where_it_comes_from_is_told_and_leads_back(world: World) -> None:
    await ready(world, world.alice)
    await enter(world, world.alice, 1)
    shown = await trend(world, world.alice, range="week")
    why = await world.alice.click(shown.response, label="Where does this come from?")
    for told in ("Hardy & Rejeski 1989", "at most 60 minutes", "99% interval", "Weinstein"):
        assert told in seen(why)
    assert len(seen(why)) < 4_000
    back = await world.alice.click(why.response, label="Back")
    assert "1 entry" in seen(back)
    assert back.response.id == shown.response.id


async def test_an_entry_is_chosen_from_its_page_and_taken_back(world: World) -> None:
    await ready(world, world.alice)
    await enter(world, world.alice, *range(-5, 6), 0)
    shown = await trend(world, world.alice)
    first = await world.alice.click(shown.response, label="My entries")
    assert "Page 1 of 2" in seen(first)
    older = await world.alice.click(first.response, label="Older")
    assert "−5 awful" in seen(older)
    (last,) = await world.rows("SELECT mood_id FROM moods WHERE mood = -5")
    picked = await world.alice.select(older.response, [str(last["mood_id"])])
    assert "−5 awful" in seen(picked)
    gone = await world.alice.click(picked.response, label="Take it back")
    assert gone.response.ephemeral
    assert await world.rows("SELECT mood_id FROM moods WHERE mood = -5") == []


async def test_another_members_ids_open_nothing(world: World) -> None:
    await ready(world, world.alice, world.bob)
    await enter(world, world.alice, 4)
    (row,) = await world.rows("SELECT mood_id FROM moods")
    forged = await world.press(world.bob, world.runs, "sw:mood.pick", str(row["mood_id"]))
    assert "gone" in seen(forged)
    for custom_id in ("sw:mood.entries:0", "sw:mood.trend:all", f"sw:mood.entries:{row['mood_id']}"):
        answer = await world.press(world.bob, world.runs, custom_id)
        assert answer.response.ephemeral
        assert "+4" not in seen(answer)


@pytest.mark.parametrize(
    "custom_id",
    [
        "sw:mood.trend:decade",
        "sw:mood.trend_why:5",
        "sw:mood.entries:-1",
        "sw:mood.entries:x",
        "sw:mood.pick",
    ],
)
async def test_what_no_button_says_is_refused_kindly(world: World, custom_id: str) -> None:
    await ready(world, world.alice)
    await enter(world, world.alice, 4)
    answer = await world.press(world.alice, world.runs, custom_id)
    assert answer.response.ephemeral
    assert "older message" in seen(answer)


async def test_no_button_carries_a_value_and_no_message_is_public(world: World) -> None:
    await ready(world, world.alice)
    before = len(world.runs.history())
    await enter(world, world.alice, 4, -4)
    entries = {str(row["mood_id"]) for row in await world.rows("SELECT mood_id FROM moods")}
    allowed = {*RANGES, *entries, "0", "1"}
    shown = await trend(world, world.alice)
    assert shown.response.ephemeral
    said = ids(world, shown)
    assert len(said) == 7
    pages = await world.alice.click(shown.response, label="My entries")
    said += ids(world, pages)
    for custom_id in said:
        assert set(custom_id.split(":")[2:]) <= allowed, custom_id
    public = [message for message in world.runs.history() if not message.flags.ephemeral]
    assert len(public) <= before
    assert not any("entries" in seen(message) for message in public)


async def test_a_press_sent_from_a_public_message_answers_privately_and_leaves_it_alone(
    world: World,
) -> None:
    await ready(world, world.alice)
    await enter(world, world.alice, 4)
    await world.slash_run(world.bob, distance="5k", time="26:41")
    public = [message for message in world.runs.history() if not message.flags.ephemeral][-1]
    was = seen(public)
    for custom_id in ("sw:mood.trend:all", "sw:mood.entries:0", "sw:mood.trend_why:week"):
        answer = await world.press_on(world.alice, public, custom_id)
        assert answer.response.ephemeral
        assert answer.response.id != public.id
    again = [message for message in world.runs.history() if message.id == public.id][-1]
    assert seen(again) == was


async def test_a_picture_that_goes_wrong_leaves_the_words_and_logs_no_value(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await ready(world, world.alice)
    await enter(world, world.alice, 4, 4)

    async def broken(*_: object) -> None:
        raise ValueError("mood 4")

    monkeypatch.setattr(Studio, "draw", broken)
    shown = await trend(world, world.alice)
    assert "2 entries" in seen(shown)
    (record,) = [each for each in caplog.records if each.getMessage() == "picture_not_drawn"]
    assert record.exc_info is None
    assert "mood 4" not in caplog.text


async def test_the_groups_weeks_are_shown_to_who_counts_in_them_and_to_nobody_else(world: World) -> None:
    await ready(world, world.alice, world.bob)
    await enter(world, world.alice, 1)
    await enter(world, world.bob, 1)
    await world.bot.services.consents.agree(
        world.group_id, world.alice.id, GROUP_FIGURE, 16, world.clock.now()
    )
    assert "No week is worked out yet" in seen(await trend(world, world.alice))
    for week, half, people in (("2026-10-26", 2, 12), ("2026-11-02", 4, 6), ("2026-11-09", 3, 14)):
        await world.put(
            "INSERT INTO group_figures VALUES (:group, :week, :half, :people, 1)",
            group=world.group_id,
            week=week,
            half=half,
            people=people,
        )
    shown = seen(await trend(world, world.alice))
    assert "Week of Nov 9: about **+1.5** (10 to 19 people)." in shown
    assert "Weeks before with at least 10 people, about: Oct 26 +1.0." in shown
    assert "Nov 2" not in shown
    assert "group's mood" not in seen(await trend(world, world.bob))
    await world.put(
        "UPDATE group_figures SET half_points = NULL, respondents = 0 WHERE week_day = '2026-11-09'"
    )
    withheld = seen(await trend(world, world.alice))
    assert "Week of Nov 9: not shown." in withheld
    assert "about **" not in withheld


async def test_a_direct_message_is_told_that_feelings_stay_in_the_group(world: World) -> None:
    await ready(world, world.alice)
    await world.slash_run(world.alice, distance="5k", time="26:41")
    await enter(world, world.alice, 4)
    user = world.alice.user
    for action in ("mood.trend:all", "mood.trend_why:all", "mood.entries:0"):
        answer = await world.press(user, user.dm_channel, f"sw:{action}:@{world.group_id}")
        assert "Feelings stay in the group" in seen(answer), action
