"""`/privacy`: what is stored, a copy of it, and its end."""

from __future__ import annotations

import dataclasses
import io
import itertools
import json
import zipfile
from pathlib import Path
from typing import Any

from discord import ui

from bot.consents.rules import PURPOSES
from bot.members import cards, erasure_cards
from bot.members.rules import Holdings, MemberSettings
from bot.members.service import Erased
from bot.moods.scales import Values
from bot.storage.sqlite import SQLiteDatabase
from bot.words import Catalogues
from tests.cogs.conftest import World, seen

INTERACTIONS = itertools.count(1)

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
    assert "eelings" not in seen(shown), "where they are off and nothing is kept, they are no topic"


async def feelings(world: World, person: Any, count: int = 2) -> None:
    """Feelings are on; somebody agreed to both purposes and kept some, at a run and without one."""
    services, now = world.bot.services, world.clock.now()
    await services.members.set_visibility(world.group_id, person.id, "group", now)
    await world.put(
        "UPDATE groups SET feelings_confirmed_at = 1 WHERE group_id = :group_id", group_id=world.group_id
    )
    for purpose in PURPOSES:
        await services.consents.agree(world.group_id, person.id, purpose, 16, now)
    await services.moods.about_to_run(world.group_id, person.id, next(INTERACTIONS), now)
    for _ in range(count):
        values = Values(mood=-2, sleep=5)
        await services.moods.keep(world.group_id, person.id, next(INTERACTIONS), values, now)


async def test_the_panel_tells_of_feelings_consents_and_votes(world: World) -> None:
    await feelings(world, world.alice)
    await world.put(
        "INSERT INTO care_shown (group_id, person_id, shown_day) VALUES (:g, :p, '2026-11-17')",
        g=world.group_id,
        p=world.alice.id,
    )

    shown = await world.alice.slash(world.lounge, "privacy")

    assert shown.response.ephemeral
    for words in (
        "2 entries",
        "1 press** of “About to run”",
        "0 marks** “Nearly didn't go”",
        "keeping feelings** (wording 1), since <t:1795003200:D>",
        "weekly figure** (wording 1)",
        "last on **2026-11-17**",
        "12 months",
        "6 months without an entry",
        "Erase my feelings…",
        "My yes or no to feelings",
    ):
        assert words in seen(shown), words
    assert "open poll" not in seen(shown)
    assert "-2" not in seen(shown), "a feeling's value is no part of the panel"


async def test_feelings_are_told_exported_and_erased_where_they_were_turned_off(world: World) -> None:
    await feelings(world, world.alice)
    await feelings(world, world.bob)
    await world.put("UPDATE groups SET feelings_confirmed_at = NULL")
    shown = await world.alice.slash(world.lounge, "privacy")
    assert "2 entries" in seen(shown)

    document = await exported(world, world.alice, shown)
    assert [(each["mood"], each["sleep"], each["stress"]) for each in document["moods"]] == [
        (-2, 5, None)
    ] * 2
    assert [each["purpose"] for each in document["consents"]] == ["group_figure", "keep"]
    assert len(document["run_starts"]) == 1
    await world.alice.click(shown.response, custom_id="sw:privacy.erase:feelings")
    assert "2 entries of your feelings" in seen(shown)
    assert len(await world.rows("SELECT 1 FROM moods")) == 4, "nothing is erased by asking"
    await world.alice.click(shown.response, custom_id="sw:privacy.erased:feelings")

    assert "2 entries of your feelings are gone for good" in seen(shown)
    for table in ("moods", "consents", "run_starts"):
        left = {row["person_id"] for row in await world.rows(f"SELECT person_id FROM {table}")}
        assert left == {world.bob.id}, table


async def test_erasing_check_ins_says_that_feelings_stay_without_their_run(world: World) -> None:
    await log_run(world, world.alice)
    await feelings(world, world.alice)
    (run,) = await world.rows("SELECT run_id FROM runs")
    await world.bot.services.moods.keep(
        world.group_id,
        world.alice.id,
        next(INTERACTIONS),
        Values(mood=4),
        world.clock.now(),
        at="after",
        run_id=run["run_id"],
    )
    await world.put(
        "INSERT INTO nearly_not VALUES (:r, :g, :p, 1)", r=run["run_id"], g=world.group_id, p=world.alice.id
    )

    shown = await world.press(world.alice, world.lounge, "sw:privacy.erase:runs")
    assert "1 mark “Nearly didn't go”" in seen(shown)
    assert "Feelings that you entered with a run stay, without the run" in seen(shown)
    await world.press(world.alice, world.lounge, "sw:privacy.erased:runs")

    assert await world.rows("SELECT 1 FROM nearly_not") == []
    kept = await world.rows("SELECT run_id, mood FROM moods ORDER BY mood")
    assert [(row["run_id"], row["mood"]) for row in kept] == [(None, -2), (None, -2), (None, 4)]


def seen_in(layout: ui.LayoutView) -> str:
    return "\n".join(child.content for child in layout.walk_children() if isinstance(child, ui.TextDisplay))


def test_the_panel_and_the_questions_fit_at_their_largest() -> None:
    kinds = {field.name: field.type for field in dataclasses.fields(Holdings)}
    figures = {name: "2026-11-17" if "str" in str(kind) else 9_999_999_999 for name, kind in kinds.items()}
    holdings = Holdings(**figures)  # type: ignore[arg-type]
    settings = MemberSettings(
        group_zone="UTC", group_units="km", day_starts_minute=240, week_starts_on=0, visibility="private"
    )
    words = Catalogues().choose()
    layouts = [
        cards.privacy_panel(
            words, holdings, settings, feelings_on=True, policy_url="https://example.org/" + "p" * 400
        )
    ]
    for what in (cards.RUNS, cards.FEELINGS, cards.EVERYTHING):
        layouts.append(erasure_cards.ask_erase(words, what, holdings))
        layouts.append(erasure_cards.erased(words, what, Erased(holdings, (), scrubbed=False)))
    for layout in layouts:
        assert layout.content_length() <= 4_000 * 0.95, "and a translation is longer"
        assert layout.total_children_count <= 40
    assert "9,999,999,999 marks" in seen_in(layouts[-2])


async def exported(world: World, person: Any, shown: Any) -> dict[str, Any]:
    result = await person.click(shown.response, custom_id="sw:privacy.export")
    (answer,) = [
        each for each in (result.response, *result.followups) if each is not None and each.attachments
    ]
    assert answer.ephemeral
    (attachment,) = answer.attachments
    archive = zipfile.ZipFile(io.BytesIO(await attachment.read()))
    document: dict[str, Any] = json.loads(archive.read("second-wind.json"))
    return document


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
