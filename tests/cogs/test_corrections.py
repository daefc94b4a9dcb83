"""⋯ on a card: owners correct, others report, organisers moderate; nobody reaches somebody else's run."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.cogs.conftest import World, seen

GONE = "not here any more"


async def logged(world: World, person: Any = None, **options: str) -> Any:
    """A run of alice's (or somebody else's), as its card in #runs."""
    options = options or {"distance": "5k", "time": "26:41", "note": "by the river"}
    result = await (person or world.alice).slash(world.runs, "run log", **options)
    return result.response


async def opened(world: World, person: Any, message: Any) -> Any:
    return await person.click(message, label="⋯")


async def snapshot(world: World) -> list[list[Any]]:
    """Every stored run, value by value."""
    return [[row[column] for column in list(row.keys())] for row in await world.rows("SELECT * FROM runs")]


def run_of(message: Any) -> str:
    """The run's id, as its card's buttons carry it."""
    for component in message.components[0]["components"]:
        for child in component.get("components", ()):
            if child["custom_id"].startswith("sw:run.more:"):
                return str(child["custom_id"].rsplit(":", 1)[1])
    raise AssertionError("no ⋯ on this card")


def card_in(world: World, message: Any) -> str:
    """What the card in the channel says now."""
    return seen(next(each for each in world.runs.history() if each.id == message.id))


async def test_the_owner_edits_by_a_form_that_opens_with_the_run(world: World) -> None:
    card = await logged(world)
    more = await opened(world, world.alice, card)
    assert more.response.ephemeral
    form = await world.alice.click(more.response, label="Edit")
    assert [field["component"].get("value") for field in form.modal["components"]][:4] == [
        "5.00 km",
        "26:41",
        "2026-11-18",
        "by the river",
    ]

    await world.alice.submit_modal(
        form,
        {"distance": "6k", "time": "31:00", "when": "yesterday", "note": "by the canal", "activity": ["run"]},
    )

    (row,) = await world.rows("SELECT * FROM runs")
    assert (row["metres"], row["seconds"], row["running_day"], row["note"]) == (
        6000,
        1860,
        "2026-11-17",
        "by the canal",
    )
    assert row["edited_at"] is not None
    assert "6.00 km" in card_in(world, card)
    assert "edited" in card_in(world, card)
    assert {(best["mark"], best["seconds"]) for best in await world.rows("SELECT * FROM bests")} == set()


async def test_an_edit_keeps_the_exact_value_of_what_was_left_alone(world: World) -> None:
    await world.put(
        "INSERT INTO people (person_id, units, created_at) VALUES (:id, 'mi', 0)", id=world.alice.id
    )
    card = await logged(world, distance="5k", time="26:41")
    form = await world.alice.click((await opened(world, world.alice, card)).response, label="Edit")
    shown = {
        field["component"]["custom_id"]: field["component"].get("value") or ""
        for field in form.modal["components"]
    }
    assert shown["distance"] == "3.11 mi"

    await world.alice.submit_modal(form, {**shown, "note": "new words", "activity": ["run"]})

    (row,) = await world.rows("SELECT * FROM runs")
    assert (row["metres"], row["seconds"], row["note"]) == (5000, 1601, "new words")
    assert [best["seconds"] for best in await world.rows("SELECT * FROM bests")] == [1601]


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("distance", "banana"),
        ("distance", "-5k"),
        ("time", "0"),
        ("time", "5:00"),
        ("when", "2026-02-30"),
        ("when", "tomorrow"),
        ("when", "2026-09-01"),
    ],
)
async def test_an_edit_that_cannot_be_is_refused_and_changes_nothing(
    world: World, field: str, typed: str
) -> None:
    card = await logged(world)
    before = await snapshot(world)
    form = await world.alice.click((await opened(world, world.alice, card)).response, label="Edit")
    shown = {
        part["component"]["custom_id"]: part["component"].get("value") or ""
        for part in form.modal["components"]
    }

    refused = await world.alice.submit_modal(form, {**shown, "activity": ["run"], field: typed})

    assert refused.response.ephemeral
    assert seen(refused)
    after = list(await world.rows("SELECT * FROM runs"))
    assert [row["metres"] for row in after] == [5000]
    assert [row["edited_at"] for row in after] == [None]
    assert len(after) == len(before)


async def test_an_edit_into_another_runs_time_is_refused(world: World) -> None:
    await logged(world, distance="5k", time="30:00", when="2026-11-18 07:00")
    card = await logged(world, distance="8k", time="50:00", when="2026-11-18 09:00")
    form = await world.alice.click((await opened(world, world.alice, card)).response, label="Edit")

    refused = await world.alice.submit_modal(
        form, {"distance": "8k", "time": "50:00", "when": "2026-11-18 07:15", "activity": ["run"]}
    )

    assert "under way at that time" in seen(refused)


async def test_a_start_without_a_time_is_judged_by_an_edit_as_by_an_entry(world: World) -> None:
    await logged(world, distance="5k", time="30:00", when="2026-11-18 07:00")
    card = await logged(world, distance="8k", when="2026-11-18 09:00")
    form = await world.alice.click((await opened(world, world.alice, card)).response, label="Edit")

    refused = await world.alice.submit_modal(
        form, {"distance": "8k", "when": "2026-11-18 07:15", "activity": ["run"]}
    )

    assert "under way at that time" in seen(refused)


async def test_undo_takes_the_run_out_and_can_be_taken_back_for_ten_minutes(world: World) -> None:
    card = await logged(world)
    more = await opened(world, world.alice, card)
    await world.alice.click(more.response, label="Undo")
    assert "taken back" in card_in(world, card)
    assert (await world.rows("SELECT undone_at FROM runs"))[0]["undone_at"] is not None

    world.clock.advance(timedelta(minutes=9))
    await world.alice.click(more.response, label="Bring it back")

    assert "5.00 km" in card_in(world, card)
    assert (await world.rows("SELECT undone_at FROM runs"))[0]["undone_at"] is None


async def test_after_ten_minutes_an_undo_stays(world: World) -> None:
    card = await logged(world)
    more = await opened(world, world.alice, card)
    await world.alice.click(more.response, label="Undo")

    world.clock.advance(timedelta(minutes=11))
    refused = await world.alice.click(more.response, label="Bring it back")

    assert "ten minutes" in seen(refused)


async def test_a_run_cannot_come_back_over_one_logged_meanwhile(world: World) -> None:
    card = await logged(world, distance="5k", time="30:00", when="2026-11-18 07:00")
    more = await opened(world, world.alice, card)
    await world.alice.click(more.response, label="Undo")
    await logged(world, distance="5.2k", time="31:00", when="2026-11-18 07:05")

    refused = await world.alice.click(more.response, label="Bring it back")

    assert "under way at that time" in seen(refused)


async def test_make_private_takes_the_card_away_and_showing_posts_one(world: World) -> None:
    card = await logged(world)
    more = await opened(world, world.alice, card)

    await world.alice.click(more.response, label="Make private")
    assert card.id not in [message.id for message in world.runs.history()]
    assert (await world.rows("SELECT visibility FROM runs"))[0]["visibility"] == "private"

    await world.alice.click(more.response, label="Show to the group")
    assert "5.00 km" in seen(world.runs.last_message)


async def test_another_member_may_only_report_and_that_stays_with_the_organisers(world: World) -> None:
    card = await logged(world)
    more = await opened(world, world.bob, card)
    assert "Report" in seen(more)
    assert "Edit" not in seen(more)
    assert "Undo" not in seen(more)

    form = await world.bob.click(more.response, label="Report")
    thanked = await world.bob.submit_modal(form, {"reason": "@everyone rude **note**"})
    assert "organisers" in seen(thanked)
    assert "report" not in seen(await opened(world, world.alice, card)).lower()

    listed = await world.olive.click((await opened(world, world.olive, card)).response, label="All reports")
    assert "1 report" in seen(listed)
    assert "@everyone" not in seen(listed)
    picked = await world.olive.select(listed.response, [run_of(card)])
    await world.olive.click(picked.response, label="Reports are settled")
    listed = await world.olive.click((await opened(world, world.olive, card)).response, label="All reports")
    assert "Nothing waits" in seen(listed)


async def test_a_reported_run_that_is_private_now_is_not_on_the_organisers_list(world: World) -> None:
    card = await logged(world)
    form = await world.bob.click((await opened(world, world.bob, card)).response, label="Report")
    await world.bob.submit_modal(form, {"reason": "rude note"})
    await world.alice.click((await opened(world, world.alice, card)).response, label="Make private")

    other = await logged(world, world.bob)
    listed = await world.olive.click((await opened(world, world.olive, other)).response, label="All reports")

    assert "Nothing waits" in seen(listed)
    assert "rude note" not in seen(listed)


async def test_a_report_can_be_taken_back(world: World) -> None:
    card = await logged(world)
    more = await opened(world, world.bob, card)
    form = await world.bob.click(more.response, label="Report")
    await world.bob.submit_modal(form, {"reason": "oops"})
    await world.bob.click(more.response, label="Take the report back")
    assert await world.rows("SELECT * FROM reports") == []


async def test_an_organiser_hides_a_note_and_shows_it_again(world: World) -> None:
    card = await logged(world)
    more = await opened(world, world.olive, card)
    await world.olive.click(more.response, label="Hide note")
    assert "by the river" not in card_in(world, card)
    await world.olive.click(more.response, label="Show note")
    assert "by the river" in card_in(world, card)


async def test_a_new_note_is_shown_although_the_old_one_was_hidden(world: World) -> None:
    card = await logged(world)
    await world.olive.click((await opened(world, world.olive, card)).response, label="Hide note")
    form = await world.alice.click((await opened(world, world.alice, card)).response, label="Edit")
    await world.alice.submit_modal(
        form, {"distance": "5k", "time": "26:41", "note": "kinder", "activity": ["run"]}
    )
    assert "kinder" in card_in(world, card)


async def test_a_run_of_an_old_file_says_what_it_counts_for(world: World) -> None:
    card = await logged(world)
    await world.put("UPDATE runs SET late = 1")

    more = await opened(world, world.alice, card)

    assert "records and statistics" in seen(more)
    assert "of 3" not in seen(more)


async def test_set_aside_tells_its_owner_why_once_and_says_nothing_in_public(world: World) -> None:
    card = await logged(world)
    before = card_in(world, card)
    more = await opened(world, world.olive, card)
    form = await world.olive.click(more.response, label="Set aside")
    await world.olive.submit_modal(form, {"reason": "that was a bicycle"})
    assert card_in(world, card) == before

    told = await world.alice.slash(world.runs, "run log", distance="3k", time="20:00")
    assert "that was a bicycle" in "".join(seen(each) for each in told.followups)
    again = await world.alice.slash(world.runs, "run log", distance="2k", time="15:00")
    assert "that was a bicycle" not in "".join(seen(each) for each in again.followups)

    await world.olive.click(more.response, label="Count it again")
    assert (await world.rows("SELECT set_aside_at FROM runs ORDER BY run_id"))[0]["set_aside_at"] is None


async def test_tampered_presses_reach_nobody_elses_run(world: World) -> None:
    card = await logged(world)
    run = run_of(card)
    before = await snapshot(world)
    for action in ("edit", "undo", "back", "show:private"):
        verb, *rest = action.split(":")
        refused = await world.press(world.bob, world.runs, ":".join([f"sw:run.{verb}", run, *rest]))
        assert GONE in seen(refused), action
    for custom_id in (
        f"sw:run.note:{run}:1",
        f"sw:run.aside:{run}",
        f"sw:run.count:{run}",
        f"sw:run.settle:{run}",
        "sw:run.reports",
    ):
        refused = await world.press(world.bob, world.runs, custom_id)
        assert "organisers" in seen(refused), custom_id
    for nonsense in ("", "x", "-1", "9" * 30, "1; DROP TABLE runs"):
        refused = await world.press(world.bob, world.runs, f"sw:run.more:{nonsense}")
        assert seen(refused), nonsense
    assert await snapshot(world) == before


async def test_a_private_run_is_nobody_elses_to_open(world: World) -> None:
    await world.alice.slash(world.runs, "run log", distance="5k", time="26:41", visibility="private")
    (row,) = await world.rows("SELECT run_id FROM runs")
    for person in (world.bob, world.olive):
        refused = await world.press(person, world.runs, f"sw:run.more:{row['run_id']}")
        assert GONE in seen(refused)


async def test_another_groups_run_is_not_here(world: World) -> None:
    card = await logged(world)
    other = world.env.create_guild("Elsewhere")
    channel = other.create_text_channel("runs")
    alice_there = other.add_member(world.alice.user)
    await world.env.settle()
    refused = await world.press(alice_there, channel, f"sw:run.more:{run_of(card)}")
    assert GONE in seen(refused)


async def test_a_card_that_could_not_be_posted_can_be_posted_later(world: World) -> None:
    card = await logged(world)
    await world.put("UPDATE runs SET channel_id = NULL, message_id = NULL")
    shown = await world.alice.slash(world.runs, "run history")
    more = await world.alice.select(shown.response, [run_of(card)])
    await world.alice.click(more.response, label="Post its card")
    assert [seen(message) for message in world.runs.history()].count(seen(card)) == 2
    assert "Post its card" not in seen(await opened(world, world.alice, world.runs.last_message))
