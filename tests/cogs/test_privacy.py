"""`/privacy`: what is stored, a copy of it, and its end."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

from bot.storage.sqlite import SQLiteDatabase
from tests.cogs.conftest import World, seen

NOTE = "secret-note-5d1e77"


async def log_run(world: World, person: Any, distance: str = "5k", note: str = NOTE) -> Any:
    """A run whose card stands in the channel."""
    result = await world.slash_run(person, distance=distance, time="26:41", note=note)
    await world.bot.services.checkins.places.flush()
    return result


def copies(path: Path) -> int:
    files = [path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")]
    return sum(file.read_bytes().count(NOTE.encode()) for file in files if file.exists())


async def test_the_panel_says_what_is_stored_and_is_private(world: World) -> None:
    await log_run(world, world.alice)
    shown = await world.alice.slash(world.lounge, "privacy")

    assert shown.response.ephemeral
    for words in ("1 check-in", "best time", "goal", "pause", "cheers", "report", "Settings", "30 days"):
        assert words in seen(shown), words
    assert "feelings" not in seen(shown)


async def test_the_export_comes_as_a_private_zip_of_one_s_own(world: World) -> None:
    await log_run(world, world.alice)
    await log_run(world, world.bob, note="bob's own")
    shown = await world.alice.slash(world.lounge, "privacy")

    result = await world.alice.click(shown.response, custom_id="sw:privacy.export")

    (answer,) = [
        each for each in (result.response, *result.followups) if each is not None and each.attachments
    ]
    assert answer.ephemeral
    (attachment,) = answer.attachments
    archive = zipfile.ZipFile(io.BytesIO(await attachment.read()))
    document = json.loads(archive.read("second-wind.json"))
    assert [run["note"] for run in document["runs"]] == [NOTE]
    assert "bob" not in json.dumps(document)
    assert "runs.csv" in archive.namelist()


async def test_erasing_takes_a_second_button_that_says_what_goes(world: World) -> None:
    await log_run(world, world.alice)
    shown = await world.alice.slash(world.lounge, "privacy")
    await world.alice.click(shown.response, custom_id="sw:privacy.erase:everything")
    assert "1 check-in" in seen(shown)
    assert "time zone" in seen(shown)
    assert len(await world.rows("SELECT 1 FROM runs")) == 1, "nothing is erased by asking"

    await world.alice.click(shown.response, custom_id="sw:privacy.open")

    assert "What is stored" in seen(shown)


async def test_erasing_everything_takes_rows_card_and_every_copy(world: World) -> None:
    await log_run(world, world.alice)
    assert len(world.runs.history()) == 1
    assert isinstance(world.database, SQLiteDatabase)
    assert copies(world.database.path) > 0
    shown = await world.alice.slash(world.lounge, "privacy")
    await world.alice.click(shown.response, custom_id="sw:privacy.erase:everything")
    result = await world.alice.click(shown.response, custom_id="sw:privacy.erased:everything")

    assert "1 check-in is gone for good" in seen(shown)
    assert any("1 card is removed" in seen(each) for each in result.followups)
    assert world.runs.history() == []
    for table in ("runs", "members", "people", "card_removals"):
        assert await world.rows(f"SELECT 1 FROM {table}") == [], table
    assert copies(world.database.path) == 0


async def test_erasing_check_ins_keeps_goal_and_settings(world: World) -> None:
    await log_run(world, world.alice)
    await world.bot.services.plans.set_days(world.group_id, world.alice.id, 5, world.clock.now())
    await world.press(world.alice, world.lounge, "sw:privacy.erased:runs")

    assert await world.rows("SELECT 1 FROM runs") == []
    assert len(await world.rows("SELECT 1 FROM targets")) == 1


async def test_a_cheer_vanishes_from_the_card_of_somebody_else(world: World) -> None:
    await log_run(world, world.bob)
    (card,) = world.runs.history()
    (run,) = await world.rows("SELECT run_id FROM runs")
    await world.alice.click(card, custom_id=f"sw:run.cheer:{run['run_id']}")
    (card,) = world.runs.history()
    assert str(world.alice.id) in seen(card)

    await world.press(world.alice, world.lounge, "sw:privacy.erased:everything")

    (card,) = world.runs.history()
    assert str(world.alice.id) not in seen(card)
    assert len(await world.rows("SELECT 1 FROM runs")) == 1, "Bob's run stays"


async def test_a_card_that_discord_keeps_is_told_and_tried_again_later(world: World) -> None:
    await log_run(world, world.alice)
    world.env.inject_error("DELETE", "/channels/*/messages/*", status=403, code=50013)

    result = await world.press(world.alice, world.lounge, "sw:privacy.erased:runs")

    assert any("could not be removed" in seen(each) for each in result.followups)
    (left,) = await world.rows("SELECT tries FROM card_removals")
    assert left["tries"] == 1
    again = await world.press(world.alice, world.lounge, "sw:privacy.erased:runs")
    assert any("1 card is removed" in seen(each) for each in again.followups)
    assert world.runs.history() == []


async def test_an_erasure_that_nobody_offers_erases_nothing(world: World) -> None:
    await log_run(world, world.alice)
    for what in ("", ":", ":all", ":groups"):
        answer = await world.press(world.alice, world.lounge, f"sw:privacy.erased{what}")
        assert "older message" in seen(answer)

    assert len(await world.rows("SELECT 1 FROM runs")) == 1


async def test_nobody_erases_or_exports_somebody_else_s(world: World) -> None:
    await log_run(world, world.alice)
    await world.press(world.bob, world.lounge, f"sw:privacy.erased:everything:{world.alice.id}")

    assert len(await world.rows("SELECT 1 FROM runs")) == 1


async def test_a_removal_that_a_stop_interrupted_goes_on_at_the_next_start(world: World) -> None:
    await log_run(world, world.alice)
    (card,) = world.runs.history()
    await world.put(
        "INSERT INTO card_removals (message_id, channel_id, group_id, requested_at) VALUES (:m, :c, :g, 0)",
        m=card.id,
        c=world.runs.id,
        g=world.group_id,
    )
    cog: Any = world.bot.get_cog("Members")

    await cog.cog_load()
    await cog._left_over

    assert world.runs.history() == []
    assert await world.rows("SELECT 1 FROM card_removals") == []
