"""A group's posts on other days, words that organisers add, and the page of /setup that steers it all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import pytest

from bot.groups.rules import GroupSettings
from tests.cogs.conftest import World, seen

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
async def group(world: World) -> World:
    """A group with a runs channel in which bob checked in on Wednesday."""
    await world.bot.services.groups.set_runs_channel(world.group_id, world.runs.id, world.clock.now())
    await world.bob.slash(world.runs, "run log", distance="5k")
    return world


async def to(world: World, now: datetime) -> None:
    """The clock shows `now`, and the bot wakes up."""
    world.clock.advance(now - world.clock.now())
    await world.bot.courier.wake(world.bot)
    await world.env.settle()


async def measure(world: World, chosen: str) -> None:
    await world.press(world.olive, world.lounge, "sw:posts.measure", chosen)
    await without_board(world)


async def without_board(world: World) -> None:
    """The week's board is looked at elsewhere; one that is held back would rightly come instead of other posts."""
    await world.put(
        "UPDATE schedules SET off_reason = 'by_owner', next_due_at = NULL WHERE kind = 'leaderboard'"
    )


async def sent(world: World, kind: str = "encouragement") -> list[str]:
    """The days on which a post of that kind left."""
    rows = await world.rows(
        "SELECT occurrence_day FROM deliveries WHERE state = 'sent' AND kind = :kind ORDER BY due_at",
        kind=kind,
    )
    return [row["occurrence_day"] for row in rows]


async def settings(world: World) -> GroupSettings:
    return await world.bot.services.groups.settings(world.group_id)


@pytest.mark.parametrize(
    ("chosen", "days"),
    [
        ("off", []),
        ("weekly", []),
        ("three", ["2026-11-25", "2026-11-27"]),
        ("daily", [f"2026-11-{day}" for day in range(24, 30)]),
    ],
)
async def test_posts_come_as_often_as_the_organiser_said_and_never_on_the_first_day(
    group: World, chosen: str, days: list[str]
) -> None:
    group.clock.advance(MONDAY - group.clock.now())
    await measure(group, chosen)

    for number in range(7):
        await to(group, MONDAY + timedelta(days=number, hours=12))

    assert await sent(group) == days
    assert await sent(group, "opener") == ([] if chosen == "off" else ["2026-11-23"])


async def test_three_days_of_downtime_bring_one_post(group: World) -> None:
    await measure(group, "daily")
    await to(group, MONDAY + timedelta(days=1, hours=12))
    before = await sent(group)

    await to(group, MONDAY + timedelta(days=4, hours=13))

    assert [day for day in await sent(group) if day not in before] == ["2026-11-27"]
    rows = await group.rows(
        "SELECT reason, COUNT(*) AS n FROM deliveries WHERE kind = 'encouragement' AND reason IS NOT NULL"
        " AND occurrence_day > '2026-11-24' GROUP BY reason"
    )
    assert [(row["reason"], row["n"]) for row in rows] == [("late", 2)]


async def test_the_day_on_which_the_clock_goes_back_has_one_post_at_its_time(group: World) -> None:
    group.clock.advance(datetime(2027, 10, 30, 12, tzinfo=UTC) - group.clock.now())
    await group.bot.services.groups.set_zone(group.group_id, "Europe/Berlin", group.clock.now())
    await measure(group, "daily")
    fields = {"opener": "8:00", "leaderboard": "19:00", "encouragement": "2:30"}
    await group.form(group.olive, group.lounge, "sw:posts.timed", fields)
    await without_board(group)
    await group.bob.slash(group.runs, "run log", distance="4k")

    for minutes in (0, 29, 30, 60, 90, 120):  # 02:30 comes at 00:30 UTC, and again at 01:30
        await to(group, datetime(2027, 10, 31, tzinfo=UTC) + timedelta(minutes=minutes))

    assert await sent(group) == ["2027-10-31"]
    (row,) = await group.rows("SELECT due_at FROM deliveries WHERE kind = 'encouragement' AND state = 'sent'")
    assert row["due_at"] == int(datetime(2027, 10, 31, 0, 30, tzinfo=UTC).timestamp())


async def test_a_post_offers_two_ways_on_and_names_nobody(group: World) -> None:
    await measure(group, "daily")
    await to(group, MONDAY + timedelta(days=1, hours=12))
    post = next(each for each in group.runs.history() if "plan.mine" in str(each.components))

    assert "Check in" in seen(post)
    assert "<@" not in seen(post)
    (row,) = await group.rows(
        "SELECT delivery_id FROM deliveries WHERE kind = 'encouragement' AND state = 'sent'"
    )
    answer = await group.alice.click(post, custom_id=f"sw:plan.mine:{row['delivery_id']}")
    assert "My plan" in seen(answer)


async def test_words_of_their_own_are_added_shown_encoded_removed_and_taken_back(group: World) -> None:
    shown = await group.olive.slash(group.lounge, "setup")
    await group.olive.click(shown.response, custom_id="sw:setup.panel")
    await group.olive.select(shown.response, ["words"], custom_id="sw:setup.choose")
    assert "None yet" in seen(shown)
    form = await group.olive.click(shown.response, custom_id="sw:words.add")
    await group.olive.submit_modal(form, {"category": ["group"], "words": "*Coffee* @everyone after?"})
    (row,) = await group.rows("SELECT word_id, words FROM group_words")
    assert row["words"] == "*Coffee* @everyone after?"
    assert r"\*Coffee\* @" in seen(shown)

    await group.olive.select(shown.response, [str(row["word_id"])], custom_id="sw:words.remove")
    assert "None yet" in seen(shown)
    await group.olive.click(shown.response, custom_id=f"sw:words.restore:{row['word_id']}")

    assert "Back again" in seen(shown)
    assert r"\*Coffee\*" in seen(shown)


async def test_own_words_stand_in_a_post_as_they_were_typed(
    group: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.encouragement.service.fitting", lambda *_: ())
    await measure(group, "daily")
    fields = {"category": "group", "words": "{check_ins} *Coffee* @everyone"}
    await group.form(group.olive, group.lounge, "sw:words.added", fields)

    await to(group, MONDAY + timedelta(days=1, hours=12))

    assert any(r"\{check\_ins\} \*Coffee\* @" in seen(each) for each in group.runs.history())


async def test_a_hundred_own_words_fit_their_pages(group: World) -> None:
    for number in range(100):
        await group.put(
            "INSERT INTO group_words (word_id, group_id, category, words, created_at)"
            " VALUES (:n, :g, 'group', :words, 0)",
            n=number + 1,
            g=group.group_id,
            words="*" * 300,
        )
    for page in ("0", "5", "9", "99", "9" * 18):
        shown = await group.press(group.olive, group.lounge, f"sw:words.own:{page}")

        assert 1_000 < len(seen(shown)) <= 5_500
        assert len("".join(part for part in _texts(shown))) <= 4_000


def _texts(shown: Any) -> list[str]:
    return [
        part["content"]
        for box in shown.response.components
        for part in box.get("components", ())
        if "content" in part
    ]


async def test_the_page_of_posts_says_what_comes_next(group: World) -> None:
    shown = await group.olive.slash(group.lounge, "setup")
    await group.olive.click(shown.response, custom_id="sw:setup.panel")
    await group.olive.select(shown.response, ["posts"], custom_id="sw:setup.choose")
    assert "Next: opener, Mon, Nov 23, 08:00 · board, Mon, Nov 23, 19:00" in seen(shown)

    await group.olive.select(shown.response, ["daily"], custom_id="sw:posts.measure")
    assert "Next: a few words, Thu, Nov 19, 12:00" in seen(shown)
    form = await group.olive.click(shown.response, custom_id="sw:posts.times")
    await group.olive.submit_modal(
        form, {"opener": "6:45", "leaderboard": "8:30 pm", "encouragement": "18h30"}
    )
    assert "opener at **06:45**, board of the week before at **20:30**" in seen(shown)
    assert "Next: a few words, Wed, Nov 18, 18:30" in seen(shown), "what is due later today still comes"
    await group.olive.select(shown.response, [group.lounge], custom_id="sw:posts.channel")

    assert (await settings(group)).posts_channel_id == group.lounge.id
    await to(group, datetime(2026, 11, 18, 18, 30, tzinfo=UTC))
    assert await sent(group) == ["2026-11-18"]
    assert any("plan.mine" in str(each.components) for each in group.lounge.history())
    await group.olive.click(shown.response, custom_id="sw:posts.same")
    assert (await settings(group)).posts_channel_id is None


async def test_without_a_channel_the_page_says_that_nothing_comes(world: World) -> None:
    shown = await world.press(world.olive, world.lounge, "sw:posts.page")

    assert "no channel yet" in seen(shown)
    assert "Next:" not in seen(shown)


async def test_a_channel_where_the_bot_lacks_rights_is_not_taken_for_posts(group: World) -> None:
    closed = group.guild.create_text_channel(
        "closed",
        overwrites={group.guild.default_role: discord.PermissionOverwrite(send_messages=False)},
    )
    await group.env.settle()

    shown = await group.press(group.olive, group.lounge, "sw:posts.channel", str(closed.id))

    assert "Send Messages" in seen(shown)
    assert (await settings(group)).posts_channel_id is None


async def test_posts_that_discord_refused_are_called_stopped_until_the_channel_is_chosen_again(
    group: World,
) -> None:
    await group.put("UPDATE schedules SET off_reason = 'no_access', next_due_at = NULL WHERE kind = 'opener'")
    assert "Stopped" in seen(await group.press(group.olive, group.lounge, "sw:posts.page"))

    shown = await group.press(group.olive, group.lounge, "sw:posts.channel", str(group.runs.id))

    assert "Stopped" not in seen(shown)
    assert "Next: opener" in seen(shown)


async def test_values_that_no_page_offers_are_refused(group: World) -> None:
    before = await settings(group)
    for action, *values in (
        ("posts.measure", "hourly"),
        ("posts.measure",),
        ("posts.channel", "1"),
        ("posts.channel", "x"),
        ("words.remove", "1"),
        ("words.remove", "x"),
        ("words.restore:1",),
        ("words.own:x",),
    ):
        answer = await group.press(group.olive, group.lounge, f"sw:{action}", *values)
        assert answer.response.ephemeral, action
        assert "reference" not in seen(answer), action
    for time in ("", "25:00", "7", "noon", "9" * 500):
        fields = {"opener": time, "leaderboard": "19:00", "encouragement": "12:00"}
        answer = await group.form(group.olive, group.lounge, "sw:posts.timed", fields)
        assert "time of day" in seen(answer), time
    assert await settings(group) == before
    rows = await group.rows("SELECT kind, minute FROM schedules ORDER BY minute")
    assert [(row["kind"], row["minute"]) for row in rows] == [
        ("opener", 480),
        ("encouragement", 720),
        ("leaderboard", 1140),
    ]


async def test_posts_and_words_are_for_organisers(group: World) -> None:
    await group.form(group.olive, group.lounge, "sw:words.added", {"category": "group", "words": "Ours"})
    (row,) = await group.rows("SELECT word_id FROM group_words")
    before = await settings(group)
    for action, *values in (
        ("posts.page",),
        ("posts.measure", "daily"),
        ("posts.channel", str(group.lounge.id)),
        ("posts.same",),
        ("posts.times",),
        ("posts.timed",),
        ("words.own",),
        ("words.add",),
        ("words.added",),
        ("words.remove", str(row["word_id"])),
        (f"words.restore:{row['word_id']}",),
    ):
        answer = await group.press(group.alice, group.lounge, f"sw:{action}", *values)
        assert "Manage Server" in seen(answer), action
    assert await settings(group) == before
    assert len(await group.rows("SELECT 1 FROM group_words WHERE removed_at IS NULL")) == 1
