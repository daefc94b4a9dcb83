"""Imports on the real database, on both engines: batches, what is there already, taking all of it back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import pytest

from bot.checkins.files import Read, Unreadable
from bot.checkins.import_batch import Found, Key
from bot.checkins.import_tally import Tally
from bot.checkins.import_work import ImportWork
from bot.checkins.imports import ImportService
from bot.checkins.model import Entry, RunLogged, Visibility
from bot.checkins.records import Record
from bot.checkins.service import CheckinService
from bot.checkins.track import Activity
from bot.clock import ManualClock
from bot.errors import Refusal, StorageUnavailable
from bot.limits.quotas import Quotas
from bot.members.service import MemberService
from bot.storage import Connection, Database

T = TypeVar("T")
NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)  # a Wednesday
GROUP, ALICE, BOB = 1, 11, 12
KEY = Key(GROUP, ALICE, 500)
MORNING = datetime(2026, 11, 18, 6, 30, tzinfo=UTC)


@pytest.fixture
def service(database: Database) -> ImportService:
    return ImportService(database)


def run(days_ago: int = 0, **changes: Any) -> Activity:
    """A run of 5,020 m in 26:40 at 6:30 UTC some days ago; its hash is that of what it says."""
    told: dict[str, Any] = {
        "sport": "run",
        "metres": 5_020,
        "seconds": 1_600,
        "started_at": MORNING - timedelta(days=days_ago),
        "bests": {1_000: 300, 5_000: 1_590},
        "sport_name": "running",
        **changes,
    }
    told.setdefault("content_hash", f"{abs(hash(str(told))):064x}")
    return Activity(**told)


def found(*activities: Activity) -> list[Found]:
    return [Found(ordinal, activity) for ordinal, activity in enumerate(activities, start=1)]


async def bring(
    service: ImportService,
    *activities: Activity,
    key: Key = KEY,
    visibility: Visibility = "private",
    now: datetime = NOW,
) -> Tally:
    await service.begin(key, now)
    return await service.store(key, found(*activities), visibility, now)


async def rows(database: Database, sql: str = "SELECT * FROM runs ORDER BY run_id") -> list[Any]:
    return await database.read(lambda connection: connection.all(sql, ()))


async def log(database: Database, interaction: int = 9_000, now: datetime = NOW, **entry: Any) -> int:
    logged = await CheckinService(database).log_run(GROUP, ALICE, interaction, Entry(**entry), now)
    assert isinstance(logged, RunLogged)
    return logged.figures.run.run_id


async def test_files_become_private_runs_of_their_days_with_their_bests(
    service: ImportService, database: Database
) -> None:
    tally = await bring(service, run(1), run(2, sport="walk", bests={}), run(40))
    assert (tally.runs, tally.walks, tally.metres, tally.late) == (2, 1, 15_060, 1)
    assert (tally.first_day, tally.last_day) == (date(2026, 10, 9), date(2026, 11, 17))
    stored = await rows(database)
    assert [(each["running_day"], each["activity"], each["late"], each["ordinal"]) for each in stored] == [
        ("2026-11-17", "run", 0, 1),
        ("2026-11-16", "walk", 0, 2),
        ("2026-10-09", "run", 1, 3),
    ]
    assert {(each["visibility"], each["source"], each["interaction_id"]) for each in stored} == {
        ("private", "file", 500)
    }
    bests = await rows(database, "SELECT mark, seconds FROM bests ORDER BY run_id, mark")
    assert [(each["mark"], each["seconds"]) for each in bests] == [(1_000, 300), (5_000, 1_590)] * 2


async def test_the_running_day_is_that_of_the_members_zone_and_day_start(
    service: ImportService, database: Database
) -> None:
    await CheckinService(database).panel(GROUP, ALICE, NOW)
    await CheckinService(database).confirm_zone(GROUP, ALICE, "America/New_York", NOW)
    late_at_night = datetime(2026, 11, 10, 8, 30, tzinfo=UTC)  # 3:30 there, before the day turns at 4:00
    await bring(service, run(started_at=late_at_night))
    assert [each["running_day"] for each in await rows(database)] == ["2026-11-09"]


async def test_the_same_archive_again_is_all_there_already(
    service: ImportService, database: Database
) -> None:
    await bring(service, run(1), run(2))
    before = [tuple(each) for each in await rows(database)]
    for key in (KEY, Key(GROUP, ALICE, 501)):  # delivered twice, and uploaded again
        tally = await bring(service, run(1), run(2), key=key)
        assert (tally.taken, tally.already) == (0, 2)
    assert [tuple(each) for each in await rows(database)] == before


async def test_two_imports_of_the_same_archive_at_once_count_once(
    service: ImportService, database: Database
) -> None:
    files = [run(day) for day in range(20)]
    tallies = await asyncio.gather(
        *(bring(service, *files, key=Key(GROUP, ALICE, number)) for number in (500, 501, 502))
    )
    assert sum(tally.taken for tally in tallies) == 20
    assert sum(tally.already for tally in tallies) == 40
    assert len(await rows(database)) == 20
    assert len(await rows(database, "SELECT * FROM bests")) == 40


async def test_a_file_that_lies_twice_in_one_archive_counts_once(service: ImportService) -> None:
    tally = await bring(service, run(1), run(1))
    assert (tally.taken, tally.already) == (1, 1)


async def test_an_ordinal_that_is_taken_is_not_stored_twice(
    service: ImportService, database: Database
) -> None:
    await bring(service, run(1))
    tally = await bring(service, run(2))  # another file at the same place of the same import
    assert (tally.taken, tally.already) == (0, 1)
    assert len(await rows(database)) == 1
    assert len(await rows(database, "SELECT * FROM bests")) == 2


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (run(started_at=None), "no_date"),
        (run(metres=None, seconds=None), "no_numbers"),
        (run(seconds=700), "impossible"),
        (run(metres=400_001, seconds=80_000), "impossible"),
        (run(30, seconds=86_401), "impossible"),
        (run(started_at=NOW + timedelta(hours=1)), "future"),
        (run(started_at=NOW + timedelta(days=9_000)), "future"),
    ],
)
async def test_what_cannot_be_a_run_is_left_out_with_its_reason(
    service: ImportService, database: Database, file: Activity, reason: str
) -> None:
    tally = await bring(service, file, run(1))
    assert dict(tally.left) == {reason: 1}
    assert tally.taken == 1
    assert len(await rows(database)) == 1


async def test_a_run_at_the_time_of_another_is_left_out(service: ImportService, database: Database) -> None:
    await log(database, distance="8k", time="50:00", when="2026-11-17 06:40")
    midnight = datetime(2026, 11, 12, 3, 50, tzinfo=UTC)  # ends on the next running day
    tally = await bring(
        service,
        run(1),
        run(started_at=midnight),
        run(started_at=midnight + timedelta(minutes=20)),
        run(started_at=midnight + timedelta(minutes=60)),
    )
    assert dict(tally.left) == {"overlap": 2}
    assert tally.taken == 2


async def test_the_near_twin_of_a_typed_run_completes_it_and_its_words_stay(
    service: ImportService, database: Database
) -> None:
    run_id = await log(database, distance="5k", time="26:41", note="windy", when="2026-11-17")
    tally = await bring(service, run(1), run(1, started_at=MORNING - timedelta(hours=20)))
    assert (tally.completed, tally.taken) == ([run_id], 1)
    typed = (await rows(database))[0]
    assert (typed["metres"], typed["seconds"], typed["source"]) == (5_020, 1_600, "file")
    assert (typed["note"], typed["visibility"], typed["interaction_id"]) == ("windy", "group", 9_000)
    bests = await rows(database, f"SELECT mark, seconds FROM bests WHERE run_id = {run_id} ORDER BY mark")
    assert [(each["mark"], each["seconds"]) for each in bests] == [(1_000, 300), (5_000, 1_590)]


async def test_several_typed_runs_are_completed_by_one_import(
    service: ImportService, database: Database
) -> None:
    ids = [
        await log(database, 9_000 + day, distance="5k", time="26:41", when=f"2026-11-{18 - day}")
        for day in (1, 2, 3)
    ]
    tally = await bring(service, run(1), run(2), run(3))
    assert tally.completed == ids
    assert (tally.taken, len(await rows(database))) == (0, 3)


async def test_a_file_that_is_here_on_another_day_completes_nothing(
    service: ImportService, database: Database
) -> None:
    await bring(service, run(1))
    await database.write(lambda connection: connection.run("UPDATE runs SET running_day = '2026-11-10'", ()))
    await log(database, distance="5k", time="26:41", when="2026-11-17")
    tally = await bring(service, run(1), key=Key(GROUP, ALICE, 501))
    assert (tally.already, tally.completed) == (1, [])


async def test_another_members_same_file_is_their_own_run(service: ImportService, database: Database) -> None:
    await bring(service, run(1))
    tally = await bring(service, run(1), key=Key(GROUP, BOB, 501))
    assert tally.taken == 1
    assert [each["person_id"] for each in await rows(database)] == [ALICE, BOB]


async def test_records_are_those_that_the_import_made_better(
    service: ImportService, database: Database
) -> None:
    await bring(service, run(20))
    start = await service.begin(Key(GROUP, ALICE, 501), NOW)
    assert start.zone == "UTC"
    faster = run(40, metres=10_100, seconds=3_100, bests={1_000: 301, 5_000: 1_500, 10_000: 3_050})
    await bring(service, faster, key=Key(GROUP, ALICE, 501))
    assert await service.records(KEY, start) == (
        Record("farthest", 10_100, 5_020),
        Record("longest", 3_100, 1_600),
        Record("fastest", 3_050, None, 10_000),
        Record("fastest", 1_500, 1_590, 5_000),
        Record("best_week", 10_100, 5_020),
    )


async def test_a_batch_takes_as_many_statements_whatever_its_size(
    service: ImportService, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await log(database, distance="5k", time="26:41", when="2026-11-17")
    counts = []
    write = database.write

    async def counted(work: Callable[[Connection], Awaitable[T]]) -> T:
        async def watched(connection: Connection) -> T:
            counting = Counting(connection)
            counts.append(counting)
            return await work(counting)

        return await write(watched)

    monkeypatch.setattr(database, "write", counted)
    await bring(service, run(1))
    await bring(service, *[run(day) for day in range(2, 302)], key=Key(GROUP, ALICE, 501))
    assert [each.statements for each in counts][1] <= 8
    assert len(await rows(database)) == 301


class Counting:
    """A connection that counts its statements, a list of parameters as one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.statements = 0

    def __getattr__(self, name: str) -> Any:
        self.statements += 1
        return getattr(self._connection, name)


async def test_a_whole_import_is_taken_back_and_brought_back(
    service: ImportService, database: Database
) -> None:
    await bring(service, run(1), run(2))
    own = await log(database, distance="3k", time="20:00")
    undone = await service.undo(KEY, NOW)
    assert undone.runs == 2
    left = await rows(database, "SELECT run_id FROM runs WHERE undone_at IS NULL")
    assert [each["run_id"] for each in left] == [own]
    with pytest.raises(Refusal, match="Nothing of that import"):
        await service.undo(KEY, NOW)

    back = await service.take_back(KEY, undone.undone_at, NOW + timedelta(minutes=9))
    assert (back.runs, back.stay_out) == (2, 0)
    assert await rows(database, "SELECT * FROM runs WHERE undone_at IS NOT NULL") == []


async def test_bringing_back_ends_after_ten_minutes(service: ImportService, database: Database) -> None:
    await bring(service, run(1))
    undone = await service.undo(KEY, NOW)
    for undone_at in (undone.undone_at, undone.undone_at + 300):  # as the button says, and forged
        with pytest.raises(Refusal, match="ten minutes"):
            await service.take_back(KEY, undone_at, NOW + timedelta(minutes=11))
    assert len(await rows(database, "SELECT * FROM runs WHERE undone_at IS NOT NULL")) == 1


async def test_what_was_undone_by_itself_before_stays_undone(
    service: ImportService, database: Database
) -> None:
    await bring(service, run(1), run(2))
    await database.write(
        lambda connection: connection.run(
            f"UPDATE runs SET undone_at = {int(NOW.timestamp()) - 60} WHERE ordinal = 1", ()
        )
    )
    undone = await service.undo(KEY, NOW)
    back = await service.take_back(KEY, undone.undone_at, NOW)
    assert (undone.runs, back.runs) == (1, 1)
    assert [each["ordinal"] for each in await rows(database) if each["undone_at"] is None] == [2]


async def test_what_has_its_place_taken_meanwhile_stays_out(
    service: ImportService, database: Database
) -> None:
    await bring(service, run(1), run(2), run(3))
    undone = await service.undo(KEY, NOW)
    await bring(service, run(1), key=Key(GROUP, ALICE, 501))
    await log(database, distance="9k", time="55:00", when="2026-11-16 06:20")
    back = await service.take_back(KEY, undone.undone_at, NOW)
    assert (back.runs, back.stay_out) == (1, 2)


async def test_after_taking_it_back_the_same_archive_can_be_sent_again(service: ImportService) -> None:
    await bring(service, run(1))
    await service.undo(KEY, NOW)
    tally = await bring(service, run(1), key=Key(GROUP, ALICE, 501))
    assert tally.taken == 1


@pytest.mark.parametrize("other", [Key(GROUP, BOB, 500), Key(2, ALICE, 500), Key(GROUP, ALICE, 9_000)])
async def test_no_other_member_group_or_interaction_takes_an_import_back(
    service: ImportService, database: Database, other: Key
) -> None:
    await log(database, 9_000, distance="3k", time="20:00")  # a logged run is no import
    await bring(service, run(1))
    with pytest.raises(Refusal):
        await service.undo(other, NOW)
    undone = await service.undo(KEY, NOW)
    with pytest.raises(Refusal):
        await service.take_back(other, undone.undone_at, NOW)
    assert len(await rows(database, "SELECT * FROM runs WHERE undone_at IS NOT NULL")) == 1


async def test_who_was_erased_in_the_middle_of_an_import_stays_erased(
    service: ImportService, database: Database
) -> None:
    await bring(service, run(1))
    await MemberService(database).erase_everything(GROUP, ALICE, NOW)
    with pytest.raises(Refusal, match="erased"):
        await service.store(KEY, [Found(2, run(2))], "private", NOW)
    assert await rows(database) == []
    assert await rows(database, "SELECT * FROM members") == []


# The work: reading and storing, whatever comes.


async def work_of(service: ImportService, key: Key = KEY) -> ImportWork:
    await service.begin(key, NOW)
    return ImportWork(service, key, "private", ManualClock(NOW))


async def reads(*outcomes: Activity | Unreadable | Exception) -> AsyncIterator[Read]:
    for index, outcome in enumerate(outcomes, start=1):
        if isinstance(outcome, Exception):
            raise outcome
        yield Read(index, len(outcomes), f"{index}.fit", outcome, others=2)


def never() -> bool:
    return False


async def test_the_work_counts_what_is_not_a_run_and_stores_the_rest(
    service: ImportService, database: Database
) -> None:
    work = await work_of(service)
    ride = run(sport="other", sport_name="cycling", metres=None, seconds=None, started_at=None)
    await work.run(reads(run(1), ride, Unreadable("damaged"), run(2), Unreadable("damaged")), never)
    assert (work.read, work.total, work.others, work.complete) == (5, 5, 2, True)
    assert (work.tally.taken, dict(work.tally.left), dict(work.tally.sports)) == (
        2,
        {"damaged": 2},
        {"cycling": 1},
    )
    assert [each["ordinal"] for each in await rows(database)] == [1, 4]


async def test_a_stop_keeps_what_was_read_and_sending_it_again_goes_on(
    service: ImportService, database: Database
) -> None:
    files = [run(day) for day in range(1, 6)]
    work = await work_of(service)

    def stopping() -> bool:  # the bot is being stopped after two files
        return work.read == 2

    await work.run(reads(*files), stopping)
    assert (work.read, work.tally.taken, work.complete) == (2, 2, False)
    assert len(await rows(database)) == 2

    again = await work_of(service, Key(GROUP, ALICE, 501))
    await again.run(reads(*files), never)
    assert (again.tally.already, again.tally.taken) == (2, 3)
    assert len(await rows(database)) == 5


async def test_what_was_read_before_trouble_is_stored(service: ImportService, database: Database) -> None:
    work = await work_of(service)
    with pytest.raises(RuntimeError):
        await work.run(reads(run(1), run(2), RuntimeError("the reader does not start")), never)
    assert work.tally.taken == 2
    assert len(await rows(database)) == 2


async def test_cancelling_stores_what_was_read(service: ImportService, database: Database) -> None:
    reached = asyncio.Event()

    async def endless() -> AsyncIterator[Read]:
        yield Read(1, 2, "1.fit", run(1))
        reached.set()
        await asyncio.Event().wait()

    task = asyncio.create_task((await work_of(service)).run(endless(), never))
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(await rows(database)) == 1


async def test_files_are_stored_in_batches_of_at_most_fifty(
    service: ImportService, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []
    store = service.store

    async def watched(key: Key, files: Any, visibility: Visibility, now: datetime) -> Tally:
        sizes.append(len(files))
        return await store(key, files, visibility, now)

    monkeypatch.setattr(service, "store", watched)
    work = await work_of(service)
    await work.run(reads(*[run(day) for day in range(1, 121)]), never)
    assert work.tally.taken == 120
    assert sum(sizes) == 120
    assert max(sizes) <= 50


async def test_a_batch_that_cannot_be_stored_is_not_counted(
    service: ImportService, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(*_: object) -> None:
        raise StorageUnavailable("full")

    work = await work_of(service)
    monkeypatch.setattr(database, "write", refused)
    with pytest.raises(StorageUnavailable):
        await work.run(reads(run(1)), never)
    assert work.tally.taken == 0


async def test_archives_bring_so_many_a_day_and_then_one_is_told_when_the_next_works(
    database: Database,
) -> None:
    service = ImportService(database, Quotas(imported_a_day=2))
    await service.begin(KEY, NOW)
    await service.store(KEY, [Found(1, run(1)), Found(2, run(2))], "group", NOW)
    with pytest.raises(Refusal, match="out of archives") as refused:
        await service.begin(KEY, NOW + timedelta(hours=23))
    assert refused.value.values["when"] == NOW + timedelta(hours=24)
    await service.begin(Key(GROUP, BOB, 501), NOW + timedelta(hours=23))
    await service.begin(KEY, NOW + timedelta(hours=24))


async def test_where_the_last_archive_brought_more_than_fit_the_time_told_is_true(database: Database) -> None:
    service = ImportService(database, Quotas(imported_a_day=3))
    await service.begin(KEY, NOW)
    await service.store(KEY, [Found(1, run(1))], "group", NOW)
    later = NOW + timedelta(hours=5)
    await service.begin(KEY, later)
    await service.store(KEY, [Found(number, run(number)) for number in (2, 3, 4)], "group", later)
    with pytest.raises(Refusal, match="out of archives") as refused:
        await service.begin(KEY, later + timedelta(hours=1))
    assert refused.value.values["when"] == later + timedelta(hours=24)
    await service.begin(KEY, later + timedelta(hours=24))


async def test_archives_at_the_same_time_bring_no_more_together_than_one_day_has_room_for(
    database: Database,
) -> None:
    # as in two processes, of which each looks before the other has written
    services = [ImportService(database, Quotas(imported_a_day=10)) for _ in range(2)]
    keys = [Key(GROUP, ALICE, 500), Key(GROUP, ALICE, 501)]
    for service, key in zip(services, keys, strict=True):
        await service.begin(key, NOW)

    async def bring_all(number: int) -> str | None:
        for ordinal in range(1, 13):
            file = Found(
                ordinal, run(ordinal, started_at=MORNING - timedelta(days=ordinal, hours=8 * number))
            )
            try:
                at = NOW + timedelta(seconds=ordinal)
                await services[number].store(keys[number], [file], "group", at)
            except Refusal as refused:
                return refused.message
        return None

    ended = await asyncio.gather(bring_all(0), bring_all(1))
    assert all(each is not None and "out of archives" in each for each in ended)
    assert len(await rows(database)) == 10


async def test_an_archive_that_comes_alone_is_taken_whole(database: Database) -> None:
    service = ImportService(database, Quotas(imported_a_day=3))
    await bring(service, run(20), run(21), now=NOW - timedelta(hours=2))
    await service.begin(Key(GROUP, ALICE, 501), NOW)
    for number in range(5):
        tally = await service.store(
            Key(GROUP, ALICE, 501), [Found(number + 1, run(number))], "group", NOW + timedelta(seconds=number)
        )
        assert tally.taken == 1
