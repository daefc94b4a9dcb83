"""Copies of erased members in whatever the bot leaves on the disk: `python -m benchmarks.feelings copies`."""

from __future__ import annotations

import asyncio
import logging
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.feelings_figure import Figure
from benchmarks.feelings_planted import AT, Planted, copies, files_under, plant, plant_group
from bot.clock import ManualClock
from bot.consents.rules import KEEP
from bot.consents.service import ConsentService
from bot.erasures.ledger import Ledger
from bot.groups.service import GroupService
from bot.housekeeping.jobs import Housekeeping
from bot.members.export import packed
from bot.members.lookups import KEPT_AFTER_LEAVING
from bot.members.service import MemberService
from bot.storage import Connection, Database, open_database

GROUPS, MEMBERS = 4, 150
_ERASED = 40  # of each group, in each way


def figures() -> list[Figure]:
    """The figure of this part, from a fresh file in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        found, looked_for = asyncio.run(
            campaign(Path(folder), groups=GROUPS, members=MEMBERS, erased=_ERASED)
        )
    return [
        Figure(
            f"copies of {looked_for} erased members' marks in database, ledger, logs, exports, temporary files",
            str(found),
            "0",
            found == 0 and looked_for > 0,
        )
    ]


async def campaign(folder: Path, *, groups: int, members: int, erased: int) -> tuple[int, int]:
    """Store everything of many members, erase some in every way; copies that were found, and members looked for.

    `erased` members of each group go by their own wish, as many lose their feelings, as many go as they left long ago;
    the last group is erased as a whole. The database, its ledger and temporary files are in `folder`.
    """
    (folder / "temporary").mkdir()
    database = await open_database(f"sqlite:///{folder}/data/second-wind.db")
    try:
        with _everything_kept(folder):
            await database.migrate(now=0)
            people = await _filled(database, groups, members, left=2 * erased)
            return await _erased(database, folder, people, erased)
    finally:
        await database.close()


async def _filled(database: Database, groups: int, members: int, left: int) -> list[list[Planted]]:
    """Members by group, entered in an order of chance over all groups, as they come in life."""
    people = [
        [Planted(each, group_id=2**61 + 1_000 * group) for each in range(members)] for group in range(groups)
    ]

    async def found(connection: Connection) -> None:
        for group in people:
            await plant_group(connection, group[0].group_id)

    await database.write(found)
    order = [(index, each) for group in people for index, each in enumerate(group)]
    random.Random(5).shuffle(order)
    for index, each in order:
        left_at = AT - KEPT_AFTER_LEAVING if left <= index < left + left // 2 else None

        async def work(
            connection: Connection, each: Planted = each, left_at: datetime | None = left_at
        ) -> None:
            await plant(connection, each, left_at=left_at)

        await database.write(work)
    return people


async def _erased(
    database: Database, folder: Path, people: list[list[Planted]], erased: int
) -> tuple[int, int]:
    ledger, later = Ledger(folder / "data" / "backups"), AT + timedelta(seconds=1)
    members, consents = MemberService(database, ledger), ConsentService(database, ledger)
    traces: list[bytes] = []
    for group in people[:-1]:
        for each in group[:erased]:
            packed(await members.export(each.group_id, each.person_id), later)
            await members.erase_everything(each.group_id, each.person_id, later)
            traces += each.traces()
        for each in group[erased : 2 * erased]:
            await consents.withdraw(each.group_id, each.person_id, KEEP, later)
            traces += each.traces_of_feelings()
        for each in group[2 * erased : 3 * erased]:
            await members.erase_left(each.group_id, each.person_id, later - KEPT_AFTER_LEAVING, later)
            traces += each.traces()
    await GroupService(database, ledger).erase(people[-1][0].group_id, later)
    traces += [trace for each in people[-1] for trace in each.traces()]
    await Housekeeping(database, ManualClock(later), ledger=ledger).tidy()
    found = await asyncio.to_thread(copies, list(files_under(folder)), traces)
    return found, 3 * erased * (len(people) - 1) + len(people[-1])


@contextmanager
def _everything_kept(folder: Path) -> Iterator[None]:
    """Temporary files and all that ours log, in the folder that is searched."""
    before, tempfile.tempdir = tempfile.tempdir, str(folder / "temporary")
    handler = logging.FileHandler(folder / "log")
    ours = logging.getLogger("bot")
    level = ours.level
    ours.addHandler(handler)
    ours.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        ours.removeHandler(handler)
        ours.setLevel(level)
        handler.close()
        tempfile.tempdir = before
