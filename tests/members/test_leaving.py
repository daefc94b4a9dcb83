"""Leaving: seen by a look-up a week, erased after thirty days, without a copy anywhere."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import tempfile
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest

from benchmarks.feelings_copies import campaign
from benchmarks.feelings_planted import AT, Planted, copies, files_under, plant, plant_group
from bot.client import SecondWind
from bot.clock import ManualClock, epoch
from bot.consents.rules import KEEP
from bot.consents.service import ConsentService
from bot.erasures.ledger import MEMBER, Ledger
from bot.groups.service import GroupService
from bot.members import lookup_delivery
from bot.members.erasing_delivery import erase_leavers
from bot.members.export import packed
from bot.members.lookup_delivery import Names, look_for_leavers, names_of
from bot.members.lookups import KEPT_AFTER_LEAVING, LookupService
from bot.members.service import MemberService
from bot.openers.service import OpenerService
from bot.storage import Connection, Database
from bot.storage.sqlite import SQLiteDatabase

WEEK, SECOND = timedelta(days=7), timedelta(seconds=1)
ANN, BEN, CAT = (Planted(number) for number in range(3))
GROUP = ANN.group_id


async def filled(database: Database, *people: Planted, left_days_ago: int | None = None) -> None:
    left_at = None if left_days_ago is None else AT - timedelta(days=left_days_ago)

    async def work(connection: Connection) -> None:
        await plant_group(connection, GROUP)
        for each in people:
            await plant(connection, each, left_at=left_at)

    await database.write(work)


async def found(database: Database, sql: str) -> list[Any]:
    return [row["found"] for row in await database.read(lambda connection: connection.all(sql, ()))]


async def members(database: Database) -> list[int]:
    stored = await found(database, "SELECT person_id AS found FROM members")
    return [number for number, each in enumerate((ANN, BEN, CAT)) if each.person_id in stored]


class Asked:
    """What stands for the client: Discord's answers about people, and how often it was asked."""

    def __init__(self, database: Database, ledger: Ledger | None = None) -> None:
        self.clock = ManualClock(AT)
        self.services = SimpleNamespace(
            database=database,
            lookups=LookupService(database),
            members=MemberService(database, ledger),
            openers=OpenerService(database),
            checkins=SimpleNamespace(places=SimpleNamespace(flush=self.turn)),
        )
        self.names = Names()
        self.courier = SimpleNamespace(pace=self)
        self.http = self
        self.languages: dict[int, str] = {}
        self.answers: dict[int, Exception] = {}
        self.hangs = False
        self.asked: list[int] = []
        self.here = {GROUP}

    async def turn(self) -> bool:
        return True

    def get_guild(self, group_id: int) -> object | None:
        return object() if group_id in self.here else None

    async def get_member(self, _group_id: int, person_id: int) -> dict[str, Any]:
        self.asked.append(person_id)
        if self.hangs:
            await asyncio.Event().wait()
        if person_id in self.answers:
            raise self.answers[person_id]
        return {"user": {"username": "somebody"}}

    def redraw_boards(self) -> None:
        return

    def redraw_challenges(self) -> None:
        return

    def get_partial_messageable(self, _channel_id: int) -> Any:
        return SimpleNamespace(get_partial_message=lambda _message_id: SimpleNamespace(delete=self.turn))

    @property
    def as_client(self) -> SecondWind:
        return cast(SecondWind, self)


def refusal(status: int, code: int) -> discord.HTTPException:
    kinds: dict[int, type[discord.HTTPException]] = {404: discord.NotFound, 403: discord.Forbidden}
    response = SimpleNamespace(status=status, reason="")
    return kinds.get(status, discord.DiscordServerError)(cast(Any, response), {"code": code, "message": ""})


GONE = refusal(404, 10007)


async def test_who_is_gone_is_seen_within_the_week_and_who_is_back_as_well(database: Database) -> None:
    await filled(database, ANN, BEN)
    client = Asked(database)
    client.answers[ANN.person_id] = GONE
    await look_for_leavers(client.as_client)
    assert client.asked == [], "nobody is asked about before a week is over"

    client.clock.advance(WEEK)
    await look_for_leavers(client.as_client)
    left = f"SELECT left_at AS found FROM members WHERE person_id = {ANN.person_id}"
    assert await found(database, left) == [epoch(AT + WEEK)]
    asked = len(client.asked)
    await look_for_leavers(client.as_client)
    assert len(client.asked) == asked, "once a week"

    client.clock.advance(WEEK)
    await look_for_leavers(client.as_client)
    assert await found(database, left) == [epoch(AT + WEEK)], "leaving counts from the first time"
    del client.answers[ANN.person_id]
    client.clock.advance(WEEK)
    await look_for_leavers(client.as_client)
    assert await found(database, left) == [None]


async def test_look_ups_end_where_discord_is_in_trouble_and_wait_for_the_next_hour(
    database: Database,
) -> None:
    await filled(database, ANN, BEN, CAT)
    client = Asked(database)
    client.clock.advance(WEEK)
    for each in (ANN, BEN, CAT):
        client.answers[each.person_id] = refusal(503, 0)
    client.answers[GROUP + 90] = refusal(503, 0)
    await look_for_leavers(client.as_client)
    assert len(client.asked) == 1
    client.answers.clear()
    await look_for_leavers(client.as_client)
    assert len(client.asked) == 5


async def test_an_answer_that_never_comes_holds_nobody_up(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup_delivery, "ONE_SECONDS", 0.01)
    await filled(database, ANN, BEN)
    client = Asked(database)
    client.hangs = True
    client.clock.advance(WEEK)
    async with asyncio.timeout(5):
        await look_for_leavers(client.as_client)
        assert await names_of(client.as_client, GROUP, range(100, 200)) == {}
    assert len(client.asked) == 1 + lookup_delivery.MOST_MISSES


async def test_groups_of_another_process_are_not_asked_about(database: Database) -> None:
    await filled(database, ANN)
    client = Asked(database)
    client.here = set()
    client.clock.advance(WEEK)
    await look_for_leavers(client.as_client)
    assert client.asked == []


async def test_look_ups_are_spread_over_the_week(database: Database) -> None:
    await filled(database)

    async def many(connection: Connection) -> None:
        people = [(number, epoch(AT)) for number in range(1, 600)]
        await connection.many("INSERT INTO people (person_id, created_at) VALUES ($1, $2)", people)
        rows = [(GROUP, *each) for each in people]
        await connection.many(
            "INSERT INTO members (group_id, person_id, created_at) VALUES ($1, $2, $3)", rows
        )

    await database.write(many)
    due = await LookupService(database).due(lambda _group_id: True, AT + WEEK)
    assert len(due) == 4 + 10  # 600 members
    assert len(set(due)) == len(due)


async def test_who_left_thirty_days_ago_goes_and_others_stay(database: Database, tmp_path: Path) -> None:
    await filled(database, ANN, left_days_ago=30)
    await filled_too(database, BEN, left_days_ago=29)
    await filled_too(database, CAT, left_days_ago=None)
    ledger = Ledger(tmp_path / "backups")
    client = Asked(database, ledger)
    client.answers[ANN.person_id] = GONE
    await erase_leavers(client.as_client)
    assert await members(database) == [1, 2]
    assert ledger.read().moment(MEMBER, GROUP, ANN.person_id) == epoch(AT)


async def filled_too(database: Database, who: Planted, left_days_ago: int | None) -> None:
    left_at = None if left_days_ago is None else AT - timedelta(days=left_days_ago)
    await database.write(lambda connection: plant(connection, who, left_at=left_at))


async def test_a_last_look_keeps_who_is_back(database: Database) -> None:
    await filled(database, ANN, left_days_ago=30)
    await erase_leavers(Asked(database).as_client)
    assert await members(database) == [0]
    assert await found(database, "SELECT person_id AS found FROM members WHERE left_at IS NOT NULL") == []


async def test_without_an_answer_the_erasure_waits_a_week_and_no_longer(database: Database) -> None:
    await filled(database, ANN, left_days_ago=30)
    client = Asked(database)
    client.answers[ANN.person_id] = refusal(503, 0)
    await erase_leavers(client.as_client)
    assert await members(database) == [0]
    client.clock.advance(WEEK)
    await erase_leavers(client.as_client)
    assert await members(database) == []


async def test_whoever_comes_back_in_the_very_moment_is_kept_and_so_is_the_ledger(
    database: Database, tmp_path: Path
) -> None:
    await filled(database, ANN, left_days_ago=30)
    ledger = Ledger(tmp_path / "backups")
    service = MemberService(database, ledger)
    await service.set_visibility(GROUP, ANN.person_id, "group", AT)
    assert await service.erase_left(GROUP, ANN.person_id, AT - KEPT_AFTER_LEAVING, AT) is None
    assert await members(database) == [0]
    assert ledger.read().moments == {}


PEOPLE_COLUMNS = ("person_id", "maker_id")


async def test_a_row_of_the_member_is_planted_wherever_one_can_be(sqlite_database: SQLiteDatabase) -> None:
    """A table that comes to hold something of a member has to be planted too, or nobody looks for its copies."""
    await filled(sqlite_database, ANN)
    tables = await found(sqlite_database, "SELECT name AS found FROM sqlite_master WHERE type = 'table'")
    for table in tables:
        columns = await found(sqlite_database, f"SELECT name AS found FROM pragma_table_info('{table}')")
        for column in set(columns) & set(PEOPLE_COLUMNS):
            sql = f"SELECT COUNT(*) AS found FROM {table} WHERE {column} = {ANN.person_id}"
            assert await found(sqlite_database, sql) != [0], f"{table}.{column}"


@contextlib.contextmanager
def everything_logged(caplog: pytest.LogCaptureFixture) -> Any:
    with caplog.at_level(logging.DEBUG, "bot"):
        yield


async def test_erasing_everything_leaves_nothing_in_any_file_nor_in_the_log(
    sqlite_database: SQLiteDatabase, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = sqlite_database.path.parent
    temporary = folder / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    service = MemberService(sqlite_database, Ledger(folder / "backups"))
    with everything_logged(caplog):
        await filled(sqlite_database, ANN, BEN)
        packed(await service.export(GROUP, ANN.person_id), AT)
        assert list(temporary.iterdir()) == [], "an export is never written to a disk"
        for trace in (ANN.mark, ANN.felt, ANN.voter):
            assert copies(files_under(folder), [trace.encode()]) > 0
        assert copies(files_under(folder), [ANN.person_id.to_bytes(8, "big")]) > 0
        await service.erase_everything(GROUP, ANN.person_id, AT + SECOND)
    assert copies(files_under(folder), ANN.traces()) == 0
    assert copies(files_under(folder), BEN.traces()) > 0
    logged = repr([vars(each) for each in caplog.records]).encode()
    assert [each for each in ANN.traces() if each in logged] == []


async def test_erasing_feelings_leaves_nothing_of_them_and_everything_else(
    sqlite_database: SQLiteDatabase,
) -> None:
    folder = sqlite_database.path.parent
    await filled(sqlite_database, ANN, BEN)
    assert copies(files_under(folder), ANN.traces_of_feelings()) > 0
    consents = ConsentService(sqlite_database, Ledger(folder / "backups"))
    await consents.withdraw(GROUP, ANN.person_id, KEEP, AT + SECOND)
    assert copies(files_under(folder), ANN.traces_of_feelings()) == 0
    assert copies(files_under(folder), [ANN.mark.encode()]) > 0
    assert copies(files_under(folder), BEN.traces_of_feelings()) > 0


async def test_erasing_a_group_leaves_nothing_of_anybody_in_it(sqlite_database: SQLiteDatabase) -> None:
    folder = sqlite_database.path.parent
    await filled(sqlite_database, ANN, BEN)
    await GroupService(sqlite_database, Ledger(folder / "backups")).erase(GROUP, AT + SECOND)
    assert copies(files_under(folder), [*ANN.traces(), *BEN.traces()]) == 0


async def test_erasing_in_time_leaves_nothing_either(sqlite_database: SQLiteDatabase) -> None:
    folder = sqlite_database.path.parent
    await filled(sqlite_database, ANN, left_days_ago=30)
    client = Asked(sqlite_database, Ledger(folder / "backups"))
    client.answers[ANN.person_id] = GONE
    await erase_leavers(client.as_client)
    assert copies(files_under(folder), ANN.traces()) == 0


async def test_the_campaign_finds_no_copy_in_the_small(tmp_path: Path) -> None:
    assert await campaign(tmp_path, groups=2, members=12, erased=3) == (0, 21)


async def test_the_campaign_would_find_what_is_not_scrubbed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(_database: SQLiteDatabase) -> bool:
        return True

    monkeypatch.setattr(SQLiteDatabase, "_scrub", never)
    copies_found, _ = await campaign(tmp_path, groups=2, members=12, erased=3)
    assert copies_found > 0
