"""Check-ins on the real database, on both engines."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.checkins.model import Cheers, Entry, RunLogged, WeekProgress
from bot.checkins.places import CardPlaces
from bot.checkins.reading import TwinAsked
from bot.checkins.service import CheckinService
from bot.checkins.track import Activity
from bot.errors import Refusal
from bot.limits.quotas import Quotas
from bot.storage import Connection, Database

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)  # a Wednesday
GROUP, ALICE, BOB = 1, 11, 12
HASH = "a" * 64
numbers = iter(range(1_000, 10_000_000))


@pytest.fixture
def service(database: Database) -> CheckinService:
    return CheckinService(database)


async def log(
    service: CheckinService,
    *,
    who: int = ALICE,
    group: int = GROUP,
    at: datetime = NOW,
    interaction: int | None = None,
    **entry: Any,
) -> RunLogged:
    """A check-in that is stored at once."""
    number = next(numbers) if interaction is None else interaction
    logged = await service.log_run(group, who, number, Entry(**entry), at)
    assert isinstance(logged, RunLogged)
    return logged


async def ask(database: Database, sql: str) -> Any:
    return await database.read(lambda connection: connection.value(sql, ()))


async def tell(database: Database, sql: str) -> None:
    async def work(connection: Connection) -> None:
        await connection.run(sql, ())

    await database.write(work)


def activity(**changes: Any) -> Activity:
    made = Activity(
        sport="run",
        metres=5_020,
        seconds=1_600,
        started_at=datetime(2026, 11, 18, 6, 30, tzinfo=UTC),
        bests={1_000: 300, 5_000: 1_590},
        content_hash=HASH,
        sport_name="running",
    )
    return replace(made, **changes)


async def test_a_run_is_stored_and_comes_back_with_its_week(
    service: CheckinService, database: Database
) -> None:
    logged = await log(service, distance="5k", time="26:41", note="windy  out")
    run = logged.figures.run
    assert (run.metres, run.seconds, run.running_day, run.source) == (
        5_000,
        1_601,
        date(2026, 11, 18),
        "typed",
    )
    assert run.note == "windy out"
    assert logged.figures.week == WeekProgress(1, 3)
    assert logged.fresh
    assert await ask(database, "SELECT COUNT(*) FROM runs") == 1
    assert await ask(database, "SELECT seconds FROM bests WHERE mark = 5000") == 1_601
    again = await service.card_of(GROUP, run.run_id)
    assert again == logged.figures


async def test_a_tap_needs_nothing(service: CheckinService) -> None:
    logged = await log(service)
    assert logged.figures.run.source == "tap"
    assert logged.figures.week == WeekProgress(1, 3)
    assert [each.kind for each in logged.figures.milestones] == ["check_ins"]


async def test_the_same_interaction_counts_once_and_gives_the_same_card(
    service: CheckinService, database: Database
) -> None:
    first = await log(service, interaction=7, distance="5k", time="26:41")
    second = await log(service, interaction=7, distance="5k", time="26:41")
    assert second.figures == first.figures
    assert not second.fresh
    assert await ask(database, "SELECT COUNT(*) FROM runs") == 1


async def test_an_interaction_whose_run_was_undone_meanwhile_stores_no_other(
    service: CheckinService, database: Database
) -> None:
    first = await log(service, interaction=7, distance="5k")
    await tell(database, "UPDATE runs SET undone_at = 1")
    second = await log(service, interaction=7, distance="5k")
    assert (second.fresh, second.figures.run.run_id) == (False, first.figures.run.run_id)
    assert second.figures.run.undone
    assert await ask(database, "SELECT COUNT(*) FROM runs") == 1


async def test_the_same_interaction_at_once_counts_once(service: CheckinService, database: Database) -> None:
    both = await asyncio.gather(*(log(service, interaction=7, distance="5k") for _ in range(2)))
    assert both[0].figures == both[1].figures
    assert sorted(each.fresh for each in both) == [False, True]
    assert await ask(database, "SELECT COUNT(*) FROM runs") == 1


async def test_somebody_elses_interaction_is_no_way_to_their_run(service: CheckinService) -> None:
    await log(service, interaction=7, distance="5k", visibility="private")
    with pytest.raises(Refusal, match="older message"):
        await log(service, who=BOB, interaction=7)
    with pytest.raises(Refusal, match="older message"):
        await log(service, group=2, interaction=7)


async def test_days_kept_count_once_and_private_ones_too(service: CheckinService) -> None:
    await log(service, distance="5k", when="yesterday", visibility="private")
    await log(service, distance="3k")
    logged = await log(service, distance="8k")
    assert logged.figures.week == WeekProgress(2, 3)
    last_week = await log(service, distance="8k", when="2026-11-15")
    assert last_week.figures.week == WeekProgress(1, 3)
    assert not last_week.figures.this_week


async def test_the_weeks_target_is_the_one_set_before_it_and_the_first_counts_back(
    service: CheckinService, database: Database
) -> None:
    await service.panel(GROUP, ALICE, NOW)
    await tell(database, f"INSERT INTO targets VALUES ({GROUP}, {ALICE}, '2026-11-09', 5, 0)")
    await tell(database, f"INSERT INTO targets VALUES ({GROUP}, {ALICE}, '2026-11-23', 2, 0)")
    assert (await log(service)).figures.week.target == 5
    assert (await log(service, when="2026-11-01")).figures.week.target == 5


async def test_zone_units_and_day_start_of_the_member_are_used(
    service: CheckinService, database: Database
) -> None:
    await service.panel(GROUP, ALICE, NOW)
    await tell(database, "UPDATE people SET zone = 'Pacific/Auckland', units = 'mi'")
    logged = await log(service, distance="3.1", time="26:41", visibility="private")
    assert logged.figures.run.running_day == date(2026, 11, 18)
    assert logged.figures.run.metres == 4_989
    assert logged.figures.units == "mi"
    later = await log(service, distance="4", at=NOW + timedelta(hours=4))  # 05:00 there on the 19th
    assert later.figures.run.running_day == date(2026, 11, 19)
    assert later.figures.units == "km", "a public card is in the group's units"


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"distance": "banana"}, "not a distance"),
        ({"distance": "-5k"}, "more than zero"),
        ({"distance": "0"}, "more than zero"),
        ({"distance": "inf"}, "not a distance"),
        ({"distance": "9**9**9"}, "not a distance"),
        ({"distance": "1" * 10_000}, "not a distance"),
        ({"distance": "401 km"}, "400 km"),
        ({"time": "soon"}, "not a time"),
        ({"time": "0:00"}, "more than zero"),
        ({"time": "25h"}, "24 hours"),
        ({"distance": "5k", "time": "5:00"}, "faster than"),
        ({"distance": "15 km", "time": "1:30"}, "Did you mean {time}"),
        ({"distance": "5k", "when": "2026-02-30"}, "day"),
        ({"distance": "5k", "when": "2026-11-19"}, "still to come"),
        ({"distance": "5k", "when": "2026-09-01"}, "days back"),
        ({"distance": "5k", "when": "x" * 10_000}, "day"),
    ],
)
async def test_what_means_nothing_is_refused_and_nothing_is_stored(
    service: CheckinService, database: Database, entry: dict[str, Any], says: str
) -> None:
    with pytest.raises(Refusal) as refused:
        await log(service, **entry)
    assert says in refused.value.message
    assert await ask(database, "SELECT COUNT(*) FROM runs") == 0


async def test_digits_of_another_script_are_read(service: CheckinService) -> None:
    logged = await log(service, distance="٥ km", time="٢٦:٤١")
    assert (logged.figures.run.metres, logged.figures.run.seconds) == (5_000, 1_601)


async def test_a_long_note_is_cut_and_loses_what_is_invisible(service: CheckinService) -> None:
    note = "‮@everyone [x](https://example.org) " + "n" * 10_000
    stored = (await log(service, distance="5k", note=note)).figures.run.note
    assert stored is not None
    assert len(stored) == 200
    assert "‮" not in stored


async def test_overlapping_runs_are_refused_where_both_starts_are_known(service: CheckinService) -> None:
    await log(service, distance="5k", time="30 min", when="2026-11-18 07:00")
    with pytest.raises(Refusal, match="at that time"):
        await log(service, distance="3k", time="20 min", when="2026-11-18 07:15")
    await log(service, distance="3k", time="20 min", when="2026-11-18 07:30")
    await log(service, distance="4k", time="25 min")
    await log(service, who=BOB, distance="5k", time="30 min", when="2026-11-18 07:00")


async def test_a_run_typed_twice_asks_first(service: CheckinService, database: Database) -> None:
    await log(service, distance="5k", time="26:41")
    entry = Entry(distance="5.1k", time="26:50", note="again")
    asked = await service.log_run(GROUP, ALICE, 99, entry, NOW + timedelta(minutes=9))
    assert isinstance(asked, TwinAsked)
    assert await ask(database, "SELECT COUNT(*) FROM runs") == 1
    for _press in range(2):
        await service.log_second(GROUP, ALICE, 99, asked.reading, NOW + timedelta(minutes=9))
    assert await ask(database, "SELECT COUNT(*) FROM runs") == 2


async def test_after_ten_minutes_or_for_other_numbers_nothing_is_asked(service: CheckinService) -> None:
    await log(service, distance="5k", time="26:41")
    await log(service, distance="5k", time="29:41")
    await log(service, distance="5k", time="26:41", at=NOW + timedelta(minutes=11))
    await log(service, who=BOB, distance="5k", time="26:41")


async def test_a_forged_second_run_is_judged_again(service: CheckinService, database: Database) -> None:
    await log(service, distance="5k", time="26:41")
    asked = await service.log_run(GROUP, ALICE, 99, Entry(distance="5k", time="26:41"), NOW)
    assert isinstance(asked, TwinAsked)
    forged: list[dict[str, Any]] = [
        {"seconds": 60},
        {"metres": 400_001},
        {"seconds": 86_401, "metres": None},
        {"running_day": date(2026, 11, 19)},
        {"running_day": date(2020, 1, 1)},
        {"started_at": NOW + timedelta(days=1)},
    ]
    for changes in forged:
        with pytest.raises(Refusal):
            await service.log_second(GROUP, ALICE, 99, replace(asked.reading, **changes), NOW)
    assert await ask(database, "SELECT COUNT(*) FROM runs") == 1


async def test_a_file_is_stored_with_its_best_stretches_and_counts_once(
    service: CheckinService, database: Database
) -> None:
    logged = await log(service, interaction=5, file=activity())
    run = logged.figures.run
    assert (run.source, run.metres, run.seconds, run.late) == ("file", 5_020, 1_600, False)
    assert await ask(database, "SELECT COUNT(*) FROM bests") == 2
    with pytest.raises(Refusal, match="very file"):
        await log(service, file=activity())
    await log(service, who=BOB, file=activity())
    assert not (await log(service, interaction=5, file=activity())).fresh


async def test_a_file_completes_the_typed_run_that_it_is_the_twin_of(
    service: CheckinService, database: Database
) -> None:
    typed = await log(service, distance="5k", time="26:41", note="mine")
    logged = await log(service, interaction=6, file=activity())
    run = logged.figures.run
    assert logged.completed
    assert run.run_id == typed.figures.run.run_id
    assert (run.source, run.metres, run.seconds, run.note) == ("file", 5_020, 1_600, "mine")
    assert run.started_at == datetime(2026, 11, 18, 6, 30, tzinfo=UTC)
    assert await ask(database, "SELECT COUNT(*) FROM runs") == 1
    assert await ask(database, "SELECT seconds FROM bests WHERE mark = 5000") == 1_590
    assert not (await log(service, interaction=6, file=activity())).fresh


async def test_a_file_of_another_time_of_day_is_a_run_of_its_own(
    service: CheckinService, database: Database
) -> None:
    await log(service, distance="5k", time="26:41", when="2026-11-18 11:15")
    logged = await log(service, file=activity())
    assert not logged.completed
    assert await ask(database, "SELECT COUNT(*) FROM runs") == 2


async def test_a_start_that_was_typed_roughly_is_the_same_run(service: CheckinService) -> None:
    await log(service, distance="5k", time="26:41", when="2026-11-18 07:00")
    assert (await log(service, file=activity())).completed


async def test_a_file_that_is_said_to_be_private_keeps_its_run_private(
    service: CheckinService, database: Database
) -> None:
    typed = await log(service, distance="5k", time="26:41")
    await tell(database, "UPDATE runs SET channel_id = 5, message_id = 6")
    logged = await log(service, file=activity(), visibility="private")
    assert logged.figures.run.run_id == typed.figures.run.run_id
    assert not logged.figures.run.public
    assert logged.figures.run.message_id is None
    assert await ask(database, "SELECT message_id FROM card_removals") == 6


async def test_a_file_makes_no_private_run_public_unasked(service: CheckinService) -> None:
    await log(service, distance="5k", time="26:41", visibility="private")
    assert not (await log(service, file=activity())).figures.run.public


async def test_an_old_file_counts_for_records_and_statistics_alone(service: CheckinService) -> None:
    old = activity(started_at=datetime(2026, 9, 1, 6, 0, tzinfo=UTC))
    logged = await log(service, file=old)
    assert logged.figures.run.late
    assert logged.figures.milestones == ()
    assert logged.figures.week.kept_days == 0


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (activity(sport="other", sport_name="cycling"), "another sport"),
        (activity(metres=None, seconds=None), "neither a distance nor a time"),
        (activity(started_at=NOW + timedelta(hours=2)), "still to come"),
        (activity(seconds=90), "faster than"),
        (activity(metres=500_000, seconds=80_000), "400 km"),
    ],
)
async def test_a_file_that_cannot_be_a_run_is_refused(
    service: CheckinService, database: Database, file: Activity, says: str
) -> None:
    with pytest.raises(Refusal) as refused:
        await log(service, file=file)
    assert says in refused.value.message
    assert await ask(database, "SELECT COUNT(*) FROM runs") == 0


async def test_records_are_against_oneself_and_stay_on_the_card(service: CheckinService) -> None:
    first = await log(service, distance="5k", time="28:00", when="2026-11-10")
    await log(service, who=BOB, distance="5k", time="20:00")
    second = await log(service, distance="5k", time="27:00", when="yesterday")
    fastest = [each for each in second.figures.records if each.kind == "fastest"]
    assert [(each.mark, each.value, each.previous) for each in fastest] == [(5_000, 1_620, 1_680)]
    await log(service, distance="5k", time="25:00")
    assert (await service.card_of(GROUP, second.figures.run.run_id)).records == second.figures.records
    assert (await service.card_of(GROUP, first.figures.run.run_id)).records == first.figures.records
    walk = await log(service, distance="20k", time="4h", activity="walk")
    assert walk.figures.records == ()


async def test_the_week_that_passes_all_others_is_celebrated_once(service: CheckinService) -> None:
    await log(service, distance="10k", when="2026-11-03")
    await log(service, distance="4k", when="2026-11-16")
    kinds = [
        [each.kind for each in (await log(service, distance=distance)).figures.records]
        for distance in ("5k", "2k", "3k")
    ]
    assert ["best_week" in each for each in kinds] == [False, True, False]


async def test_a_cheer_is_given_and_taken_back(service: CheckinService) -> None:
    run_id = (await log(service)).figures.run.run_id
    assert (await service.cheer(GROUP, run_id, BOB, NOW)).cheers == Cheers(1, (BOB,))
    people = range(20, 24)
    for at, person in enumerate(people, 1):
        cheered = await service.cheer(GROUP, run_id, person, NOW + timedelta(seconds=at))
    assert cheered.cheers == Cheers(5, (BOB, 20, 21))
    assert (await service.cheer(GROUP, run_id, BOB, NOW)).cheers.count == 4


async def test_what_cannot_be_cheered(service: CheckinService, database: Database) -> None:
    run_id = (await log(service)).figures.run.run_id
    private = (await log(service, visibility="private")).figures.run.run_id
    for group, run, person in (
        (GROUP, run_id, ALICE),
        (2, run_id, BOB),
        (GROUP, private, BOB),
        (GROUP, 404, BOB),
    ):
        with pytest.raises(Refusal):
            await service.cheer(group, run, person, NOW)
    await tell(database, "UPDATE runs SET undone_at = 1")
    with pytest.raises(Refusal):
        await service.cheer(GROUP, run_id, BOB, NOW)
    assert await ask(database, "SELECT COUNT(*) FROM cheers") == 0


async def test_resting_is_stored_and_taken_back(service: CheckinService, database: Database) -> None:
    assert (await service.rest(GROUP, ALICE, NOW, resting=True)).resting
    assert (await service.rest(GROUP, ALICE, NOW, resting=True)).resting
    assert await ask(database, "SELECT rest_day FROM rest_days") == "2026-11-18"
    assert not (await service.rest(GROUP, ALICE, NOW, resting=False)).resting
    await log(service)
    panel = await service.panel(GROUP, ALICE, NOW)
    assert (panel.ran, panel.week) == (True, WeekProgress(1, 3))


async def test_the_zone_is_asked_about_once(service: CheckinService, database: Database) -> None:
    assert (await log(service)).ask_zone == "UTC"
    assert (await log(service)).ask_zone is None
    await service.confirm_zone(GROUP, BOB, "Europe/Berlin", NOW)
    assert (await log(service, who=BOB)).ask_zone is None
    assert await ask(database, f"SELECT zone FROM people WHERE person_id = {BOB}") == "Europe/Berlin"
    with pytest.raises(Refusal):
        await service.confirm_zone(GROUP, BOB, "Atlantis/Capital", NOW)


async def test_news_is_told_once(service: CheckinService, database: Database) -> None:
    await log(service)
    await tell(database, f"INSERT INTO notices VALUES (1, {GROUP}, {ALICE}, 'set_aside', NULL, 'why', 0)")
    assert (await log(service)).notices == 1
    assert [each.detail for each in await service.take_notices(GROUP, ALICE)] == ["why"]
    assert await service.take_notices(GROUP, ALICE) == []
    assert (await log(service)).notices == 0


async def test_coming_back_takes_the_leaving_away(service: CheckinService, database: Database) -> None:
    await log(service)
    await tell(database, "UPDATE members SET left_at = 5")
    await log(service)
    assert await ask(database, "SELECT left_at FROM members") is None


async def test_places_of_cards_are_stored_together(service: CheckinService, database: Database) -> None:
    ids = [(await log(service)).figures.run.run_id for _ in range(3)]
    for number, run_id in enumerate(ids):
        service.places.put(run_id, 5, 100 + number)
    assert await ask(database, "SELECT COUNT(message_id) FROM runs") == 0
    await service.places.close()
    assert [(await service.card_of(GROUP, run_id)).run.message_id for run_id in ids] == [100, 101, 102]


async def test_places_are_stored_by_themselves_after_a_moment(
    service: CheckinService, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.checkins.places.PAUSE_S", 0.01)
    run_id = (await log(service)).figures.run.run_id
    places: CardPlaces = service.places
    places.put(run_id, 5, 6)
    for _ in range(100):
        if await ask(database, "SELECT COUNT(message_id) FROM runs"):
            break
        await asyncio.sleep(0.02)
    assert (await service.card_of(GROUP, run_id)).run.channel_id == 5
    await places.close()


async def test_hints_hold_ones_own_latest_distances_alone(service: CheckinService) -> None:
    for who, distance in ((ALICE, "5k"), (ALICE, "7k"), (ALICE, "5k"), (BOB, "9k")):
        await log(service, who=who, distance=distance, at=NOW + timedelta(minutes=11 * next(numbers)))
    assert (await service.hints(GROUP, 404, NOW)).distances == ()
    found = await service.hints(GROUP, ALICE, NOW)
    assert found.distances == (5_000, 7_000)


async def test_a_day_has_room_for_so_many_entries_and_the_refusal_says_when_there_is_more(
    database: Database,
) -> None:
    service = CheckinService(database, Quotas(runs_a_day=3))
    for number in range(3):
        logged = await log(service, distance=f"{number + 3}k", at=NOW + number * timedelta(hours=1))
    later = NOW + timedelta(hours=23, minutes=59)
    with pytest.raises(Refusal, match="within 24 hours") as refused:
        await log(service, distance="9k", at=later)
    assert refused.value.values["when"] == NOW + timedelta(hours=24)
    await log(service, who=BOB, distance="9k", at=later)
    await log(service, group=2, distance="9k", at=later)
    await log(service, distance="9k", at=NOW + timedelta(hours=24))
    assert logged.figures.run.metres == 5_000


async def test_what_came_out_of_an_archive_takes_no_room_of_what_is_typed(database: Database) -> None:
    service = CheckinService(database, Quotas(runs_a_day=2))
    first = await log(service, distance="3k")
    await tell(database, f"UPDATE runs SET ordinal = 1 WHERE run_id = {first.figures.run.run_id}")
    await log(service, distance="4k")
    await log(service, distance="5k")
    with pytest.raises(Refusal, match="within 24 hours"):
        await log(service, distance="6k")


async def test_an_undone_entry_makes_room(database: Database) -> None:
    service = CheckinService(database, Quotas(runs_a_day=1))
    await log(service, distance="3k")
    await tell(database, "UPDATE runs SET undone_at = 1")
    await log(service, distance="4k")


async def test_an_interaction_that_comes_twice_is_answered_though_the_day_is_full(database: Database) -> None:
    service = CheckinService(database, Quotas(runs_a_day=1))
    await log(service, distance="3k", interaction=77)
    assert not (await log(service, distance="3k", interaction=77)).fresh


def watch_file(number: int) -> Entry:
    """A run of a quarter of an hour that nobody else was under way in."""
    return Entry(
        file=Activity(
            sport="run",
            sport_name="running",
            metres=3_000,
            seconds=900,
            started_at=NOW - timedelta(hours=number + 1),
            bests={},
            content_hash=f"{number:064x}",
        )
    )


@pytest.mark.parametrize("order", [range(8), range(7, -1, -1)])
async def test_files_sent_at_the_same_time_come_to_no_more_than_a_day_has_room_for(
    order: Iterable[int], database: Database
) -> None:
    service = CheckinService(database, Quotas(runs_a_day=3))
    await log(service, distance="3k", at=NOW - timedelta(days=2))  # the member is known

    async def send(number: int) -> bool:
        # whoever came first is not the first to write: files are read at the same time, and writes may run twice
        at = NOW + timedelta(milliseconds=number)
        with contextlib.suppress(Refusal):
            await service.log_run(GROUP, ALICE, 800 + number, watch_file(number), at)
            return True
        return False

    stored = await asyncio.gather(*(send(number) for number in order))
    assert sum(stored) == 3
    assert await ask(database, "SELECT COUNT(*) FROM runs WHERE content_hash IS NOT NULL") == 3


async def test_an_entry_that_came_first_and_writes_last_is_counted_with_those_before_it(
    database: Database,
) -> None:
    service = CheckinService(database, Quotas(runs_a_day=2))
    for number in (3, 2):
        await log(service, distance=f"{number}k", at=NOW + timedelta(seconds=number))
    with pytest.raises(Refusal, match="within 24 hours"):
        await log(service, distance="9k", at=NOW)
