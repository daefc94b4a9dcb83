"""Feelings among all that is stored of a member: told, taken along and erased, on both engines."""

from __future__ import annotations

import csv
import io
import json

from bot.members.service import MemberService
from bot.moodpolls.rules import voter_code
from bot.storage import Database
from tests.members.lived import (
    ANNA,
    BEN,
    FEELINGS,
    GROUP,
    MARKER,
    NOW,
    OTHER,
    SECRET,
    count,
    exported,
    lived_in,
)


async def test_the_export_holds_one_s_own_feelings_in_columns_that_one_can_read(database: Database) -> None:
    await lived_in(database)

    document, archive = await exported(database, GROUP, ANNA)

    assert [each["purpose"] for each in document["consents"]] == ["group_figure", "keep"]
    assert document["consents"][1]["agreed_at"] == "2025-11-18T10:00:00+00:00"
    before, day = document["moods"]
    assert (before["moment"], before["recalled"], before["run_id"]) == ("before", True, "1")
    assert (before["mood"], before["stress"], before["focus"], before["energy"]) == (-2, 4, 2, 3)
    assert (day["recalled"], day["run_id"], day["sleep"]) == (False, None, 5)
    assert (day["entered_at"], day["scale_version"]) == ("2025-11-19T10:00:00+00:00", 1)
    assert document["nearly_not"] == [{"run_id": "1", "marked_at": "2025-11-18T10:00:00+00:00"}]
    assert document["care_shown"] == [{"shown_day": "2026-11-12", "dismissed": True}]
    assert document["group_figure"] == [{"in_last_figure": True}]
    assert [(each["kind"], each["question"]) for each in document["polls_made"]] == [
        ("question", f"{MARKER}?"),
        ("pulse", None),
    ]
    moods = list(csv.DictReader(io.StringIO(archive.read("moods.csv").decode("utf-8-sig"))))
    assert [(row["mood"], row["moment"], row["recalled"]) for row in moods] == [
        ("-2", "before", "True"),
        ("3", "day", "False"),
    ]
    assert str(BEN) not in json.dumps(document)


async def test_feelings_entered_with_an_erased_run_stay_without_it(database: Database) -> None:
    await lived_in(database)

    erased = await MemberService(database).erase_runs(GROUP, ANNA, NOW)

    assert (erased.holdings.nearly_not, erased.holdings.moods) == (1, 2)
    assert await count(database, "moods", f"person_id = {ANNA} AND run_id IS NULL") == 2
    assert await count(database, "nearly_not", f"person_id = {ANNA}") == 0, "a mark is of its run"
    assert await count(database, "moods", f"person_id = {BEN} AND run_id = 3") == 1


async def test_erasing_feelings_takes_them_with_their_consents_and_votes_alone(database: Database) -> None:
    await lived_in(database)

    erased = await MemberService(database).erase_feelings(GROUP, ANNA, NOW)

    assert (erased.holdings.moods, erased.scrubbed) == (2, True)
    for table in FEELINGS:
        assert await count(database, table, f"person_id = {ANNA}") == 0, table
        assert await count(database, table, f"person_id = {BEN}") >= 1, table
    assert await count(database, "poll_votes", f"voter = '{voter_code(SECRET, 2, ANNA)}'") == 0
    assert await count(database, "poll_votes", f"voter = '{voter_code(SECRET, 2, BEN)}'") == 1
    assert await count(database, "runs", f"person_id = {ANNA}") == 3
    assert await count(database, "poll_plans", f"maker_id = {ANNA}") == 2


async def test_erasing_everything_takes_votes_and_questions_along_and_leaves_a_pulse_to_the_group(
    database: Database,
) -> None:
    await lived_in(database)

    await MemberService(database).erase_everything(GROUP, ANNA, NOW)

    for table in FEELINGS:
        assert await count(database, table, f"person_id = {ANNA}") == 0, table
    assert await count(database, "poll_votes") == 1, "Ben's"
    assert await count(database, "poll_plans", "kind = 'question'") == 0
    assert await count(database, "poll_plans", "kind = 'pulse' AND maker_id IS NULL") == 1
    assert await count(database, "people", f"person_id = {ANNA}") == 1, "another group knows her"


async def test_holdings_tell_of_consents_by_version_and_date(database: Database) -> None:
    await lived_in(database)

    holdings = await MemberService(database).holdings(GROUP, ANNA)

    assert (holdings.keep_version, holdings.keep_agreed_at) == (1, 1_763_460_000)
    assert (holdings.figure_version, holdings.figure_agreed_at) == (1, 1_763_460_060)
    assert (holdings.care_day, holdings.in_figure, holdings.open_polls) == ("2026-11-12", 1, 1)
    nobody = await MemberService(database).holdings(OTHER, BEN)
    assert not nobody.feelings
    assert (nobody.keep_version, nobody.care_day) == (None, None)
