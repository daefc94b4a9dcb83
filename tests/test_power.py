"""Power cuts: a short campaign is clean, one without syncs is not, and disks lose what they may lose."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks import faults_power_polls as polls
from benchmarks.faults_power import one_trace
from benchmarks.faults_power_judge import CHANGED, HALF, LOST, STRANGE, UNKNOWN, Judge
from benchmarks.faults_power_polls import Poll, Vote, look_at_polls
from benchmarks.faults_power_states import Disk, File
from benchmarks.faults_power_trace import AT_THE_END, Event, Trace, calls, read
from benchmarks.faults_power_work import Edited, Felt, Logged, Spoken, Work, _meant
from benchmarks.standin import StandIn
from bot.erasures.ledger import MEMBER, Ledger
from bot.moodpolls.rules import voter_code
from bot.storage.migrations import known

needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")


def write(position: int, data: bytes, at: int = 0, path: str = "/a/file") -> Event:
    return Event("write", position, path, at, data)


def sync(position: int, path: str = "/a/file", since: int | None = None) -> Event:
    return Event("sync", position, path, since=position if since is None else since)


def states(*events: Event, times: int = 60) -> set[bytes | None]:
    disk = Disk()
    for event in events:
        disk.take(event)
    return {disk.after_a_cut(random.Random(number), Counter()).get("/a/file") for number in range(times)}


NEW = Event("create", 0, "/a/file", size=-1)


@needs_strace
def test_forty_cuts_lose_and_double_nothing() -> None:
    report = one_trace(2, 40, 30)
    assert report.clean, report.notes
    assert report.injected.total() > 0
    assert report.done["runs logged"] >= 30
    assert report.done["polls closed"] == 1
    assert report.done["votes"] > 20


@needs_strace
def test_without_syncs_answers_are_lost() -> None:
    report = one_trace(1, 40, 30, program=("-m", "benchmarks.bot_without_syncs"))
    assert report.found[LOST] > 0


def test_what_was_synced_stays_and_what_was_not_may_go() -> None:
    kept = states(NEW, write(1, b"a" * 512), sync(2), sync(3, "/a"), write(4, b"b" * 512))
    assert kept == {b"a" * 512, b"b" * 512}


def test_what_was_written_while_a_sync_went_on_is_not_safe() -> None:
    assert b"" in states(NEW, sync(1, "/a"), write(3, b"a" * 512), sync(4, since=2))


def test_a_write_may_be_torn_between_sectors_and_nowhere_else() -> None:
    found = states(NEW, write(1, b"a" * 1024), sync(2), sync(3, "/a"), write(4, b"b" * 1024), times=500)
    assert found == {b"a" * 1024, b"b" * 1024, b"a" * 512 + b"b" * 512, b"b" * 512 + b"a" * 512}


def test_a_name_reaches_its_folder_with_the_folders_sync() -> None:
    assert None in states(NEW, write(1, b"a"), sync(2))
    assert None not in states(NEW, write(1, b"a"), sync(2), sync(3, "/a"))


def test_a_rename_is_there_or_not_and_never_half() -> None:
    disk = Disk()
    disk.preset("/a/file", File(bytearray(b"old"), bytearray(b"old")))
    for event in (
        Event("create", 1, "/a/new", size=-1),
        Event("write", 2, "/a/new", AT_THE_END, b"new"),
        sync(3, "/a/new"),
        Event("rename", 4, "/a/new", target="/a/file"),
    ):
        disk.take(event)
    found = {disk.after_a_cut(random.Random(number), Counter())["/a/file"] for number in range(30)}
    assert found == {b"old", b"new"}


def test_a_call_told_in_two_lines_is_one() -> None:
    lines = [
        r'7 pwrite64(3<\x2f\x61\x2f\x66>, "\x61\x62", 2, 512 <unfinished ...>',
        r"8 fdatasync(3<\x2f\x61\x2f\x66>) = 0",
        r"7 <... pwrite64 resumed>) = 2",
        r"7 fdatasync(3<\x2f\x61\x2f\x66>) = -1 EIO (Input/output error)",
    ]
    assert [(since, end, name, result) for since, end, name, _, result in calls(iter(lines))] == [
        (1, 1, "fdatasync", 0),
        (0, 2, "pwrite64", 2),
    ]


def test_a_trace_is_read_back(tmp_path: Path) -> None:
    def told(text: str) -> str:
        return "".join(f"\\x{byte:02x}" for byte in text.encode())

    folder, socket = f"{tmp_path}/data", told("socket:[77]")
    database, post = told(f"{folder}/a.db"), told('"nonce":"sw9"')
    path = tmp_path / "trace"
    path.write_text(
        f'7 pwrite64(3<{database}>, "{told("xy")}", 2, 4) = 2\n'
        f'7 write(5<{socket}>, "{told("POST /api/v10/interactions/42/t/callback")}", 9) = 9\n'
        f'7 sendto(5<{socket}>, "{post}", 9, 0, NULL, 0 <unfinished ...>\n'
    )
    trace = read(path, Path(folder))
    assert trace.events == [Event("write", 0, f"{folder}/a.db", 4, b"xy")]
    assert (trace.answered, trace.posted) == ({42: 1}, {9: 2})
    assert Trace().end == 0


@pytest.fixture
def few_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hand-made files below have a few tables, which no migration made."""
    monkeypatch.setattr("benchmarks.faults_power_judge.known", list)


@pytest.mark.usefixtures("few_tables")
def test_what_a_cut_may_not_leave_is_counted(tmp_path: Path) -> None:
    database = tmp_path / "second-wind.db"
    with closing(sqlite3.connect(database)) as raw, raw:
        raw.execute("CREATE TABLE schema_migrations (version INTEGER)")
        raw.execute("CREATE TABLE deliveries (delivery_id INTEGER, state TEXT)")
        raw.execute("CREATE TABLE runs (interaction_id, metres, seconds, undone_at, source)")
        raw.execute("INSERT INTO runs VALUES (8, 5000, 1600, NULL, 'typed')")
        raw.execute("INSERT INTO deliveries VALUES (21, 'pending')")
    work = Work(logged=[Logged(7, 1, 2, 5_000, 1_600)], accepted={21: Spoken(1, 2)})
    judge = Judge(work, Trace(answered={7: 3}, posted={21: 4}), seed=1)
    judge.look(database, cut=5)
    assert +judge.found == {LOST: 1, STRANGE: 1, UNKNOWN: 1}


def judged(tmp_path: Path, rows: Iterable[str], work: Work, trace: Trace) -> Counter[str]:
    database = tmp_path / "second-wind.db"
    with closing(sqlite3.connect(database)) as raw, raw:
        raw.execute("CREATE TABLE schema_migrations (version INTEGER)")
        raw.execute("CREATE TABLE deliveries (delivery_id INTEGER, state TEXT)")
        raw.execute("CREATE TABLE runs (interaction_id, metres, seconds, undone_at, source)")
        raw.execute("CREATE TABLE moods (interaction_id, mood)")
        for row in rows:
            raw.execute(row)
    judge = Judge(work, trace, seed=1)
    judge.look(database, cut=5)
    return +judge.found


@pytest.mark.usefixtures("few_tables")
@pytest.mark.parametrize(
    ("row", "answered", "found"),
    [
        ("INSERT INTO moods VALUES (9, 2)", True, {}),
        ("INSERT INTO moods VALUES (9, 3)", True, {CHANGED: 1}),
        ("INSERT INTO moods VALUES (9, 2)", False, {}),
        ("INSERT INTO moods VALUES (8, 2)", False, {STRANGE: 1}),
        ("INSERT INTO deliveries VALUES (1, 'sent')", True, {LOST: 1}),
        ("INSERT INTO deliveries VALUES (1, 'sent')", False, {}),
    ],
)
def test_a_mood_that_was_answered_is_there_as_it_was(
    tmp_path: Path, row: str, answered: bool, found: dict[str, int]
) -> None:
    trace = Trace(answered={9: 3} if answered else {})
    assert judged(tmp_path, [row], Work(felt=[Felt(9, 1, 2, 2)]), trace) == found


@pytest.mark.usefixtures("few_tables")
@pytest.mark.parametrize(
    ("metres", "edit_answered", "found"),
    [
        (4_963, True, {}),
        (5_000, True, {CHANGED: 1}),
        (5_000, False, {}),
        (4_963, False, {}),
        (4, False, {CHANGED: 1}),
    ],
)
def test_an_edit_that_was_answered_holds(
    tmp_path: Path, metres: int, edit_answered: bool, found: dict[str, int]
) -> None:
    work = Work(logged=[Logged(7, 1, 2, 5_000, 1_600)], edited={7: Edited(8, 4_963)})
    trace = Trace(answered={7: 2, 8: 3} if edit_answered else {7: 2})
    row = f"INSERT INTO runs VALUES (7, {metres}, 1600, NULL, 'typed')"
    assert judged(tmp_path, [row], work, trace) == found


@pytest.mark.usefixtures("few_tables")
@pytest.mark.parametrize(
    ("spoken", "begun", "found"),
    [
        (Spoken(1, 2), True, {}),
        (Spoken(1, 2), False, {UNKNOWN: 1}),  # the erasure came after the cut: nothing excuses it
        (Spoken(1, 3), True, {UNKNOWN: 1}),
        (Spoken(4, 2), True, {UNKNOWN: 1}),  # the same person in another group
        (Spoken(1, None), True, {UNKNOWN: 1}),  # a board that names several
        (Spoken(None, 2), True, {UNKNOWN: 1}),
    ],
)
async def test_a_delivery_may_be_gone_with_the_one_whom_it_was_for_alone(
    tmp_path: Path, spoken: Spoken, begun: bool, found: dict[str, int]
) -> None:
    if begun:
        ledger = Ledger(tmp_path / "backups")
        ledger.prepare()
        async with ledger.recorded(MEMBER, 1, 2, datetime(2026, 11, 18, tzinfo=UTC)):
            pass
    work = Work(erased={(1, 2): 77}, accepted={21: spoken})
    assert judged(tmp_path, [], work, Trace(posted={21: 4})) == found


async def test_whom_a_message_is_for_is_read_off_it(tmp_path: Path) -> None:
    async with StandIn(guilds=2) as discord_:
        guild = discord_.guilds[0]
        anna, ben = guild.members[1:3]

        def meant(text: str) -> Spoken:
            components = [{"type": 10, "content": text}]
            return _meant(discord_, {"channel_id": str(guild.channel_id), "components": components})

        assert meant(f"<@{anna.id}>, time to run") == Spoken(guild.id, anna.id)
        assert meant(f"<@{anna.id}> and <@{ben.id}> kept their plan") == Spoken(guild.id, None)
        assert meant("A new week") == Spoken(guild.id, None)


SECRET, POLL, GROUP = "ab" * 32, 31, 1
VOTES = [Vote(50 + number, 100 + number, 1 + number % 2) for number in range(5)]


def poll_judged(
    tmp_path: Path, statements: Iterable[str], answered: Iterable[int], *, votes: Iterable[Vote] = VOTES
) -> Counter[str]:
    """What is found of a poll that five people voted in, where the file is changed by `statements`."""
    found: Counter[str] = Counter()
    with closing(sqlite3.connect(":memory:")) as raw, raw:
        for migration in known():
            raw.executescript(migration.sql)
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("DROP TABLE poll_votes")  # without a key, so that a row can be there twice
        raw.execute("CREATE TABLE poll_votes (poll_id, voter, first, second)")
        raw.execute(
            "INSERT INTO poll_plans (plan_id, group_id, interaction_id, kind, question, answers, minimum, open_seconds,"
            " weekly, channel_id, created_at, posted_at)"
            f" VALUES (1, {GROUP}, 40, 'question', 'a', '[]', 5, 9, 0, 7, 0, 1)"
        )
        raw.execute(
            f"INSERT INTO polls (poll_id, plan_id, group_id, opened_at, closes_at) VALUES ({POLL}, 1, {GROUP}, 1, 9)"
        )
        raw.execute("INSERT INTO poll_secrets VALUES (?, ?)", (POLL, SECRET))
        for each in VOTES:
            code = voter_code(SECRET, POLL, each.person_id)
            raw.execute("INSERT INTO poll_votes VALUES (?, ?, ?, NULL)", (POLL, code, each.answer))
        for statement in statements:
            raw.execute(statement)
        poll = Poll(40, GROUP, posting=41, poll_id=POLL, closing=60, votes=list(votes))
        look_at_polls(raw, [poll], set(answered), lambda kind, _: found.update([kind]))
    return found


BEFORE = [40, 41, *(each.interaction for each in VOTES)]
GONE = ["DELETE FROM poll_votes", "DELETE FROM poll_secrets"]
CLOSED = "UPDATE polls SET closed_at = 5, result = '[{\"counts\": %s}]'"
FIRST = f"voter = '{voter_code(SECRET, POLL, 100)}'"


@pytest.mark.parametrize(
    ("statements", "answered", "found"),
    [
        ([], BEFORE, {}),
        ([f"DELETE FROM poll_votes WHERE {FIRST}"], BEFORE, {polls.LOST: 1}),
        ([f"DELETE FROM poll_votes WHERE {FIRST}"], [40, 41], {}),
        ([f"UPDATE poll_votes SET first = 3 WHERE {FIRST}"], BEFORE, {polls.CHANGED: 1}),
        ([f"INSERT INTO poll_votes SELECT * FROM poll_votes WHERE {FIRST}"], BEFORE, {polls.DOUBLED: 1}),
        (["INSERT INTO poll_votes VALUES (31, 'somebody', 1, NULL)"], BEFORE, {polls.STRANGE: 1}),
        (["DELETE FROM polls"], BEFORE, {polls.LOST: 1}),
        (["UPDATE poll_plans SET posted_at = NULL"], BEFORE, {polls.LOST: 1}),
        (["DELETE FROM poll_plans", "DELETE FROM polls"], [40], {polls.LOST: 1}),
        ([], [*BEFORE, 60], {polls.LOST: 1}),  # the closing
        ([*GONE, CLOSED % "[3, 2, 0]"], [*BEFORE, 60], {}),
        ([*GONE, CLOSED % "[3, 2, 0]"], BEFORE, {}),
        ([*GONE, CLOSED % "[2, 2, 0]"], [*BEFORE, 60], {polls.CHANGED: 1}),
        ([CLOSED % "[3, 2, 0]"], [*BEFORE, 60], {polls.HALF: 1}),
        (["DELETE FROM poll_secrets"], BEFORE, {polls.HALF: 1}),
    ],
)
def test_what_a_cut_may_not_leave_of_a_poll_is_counted(
    tmp_path: Path, statements: list[str], answered: list[int], found: dict[str, int]
) -> None:
    assert poll_judged(tmp_path, statements, answered) == found


def test_a_vote_that_was_changed_is_the_last_answered_one_or_a_later_one(tmp_path: Path) -> None:
    def changed_to(stored: int, answered: Iterable[int]) -> Counter[str]:
        votes = [*VOTES, Vote(70, 100, 2), Vote(71, 100, 3)]
        change = f"UPDATE poll_votes SET first = {stored} WHERE {FIRST}"
        return poll_judged(tmp_path, [change], answered, votes=votes)

    assert [changed_to(answer, [*BEFORE, 70]) for answer in (1, 2, 3)] == [{polls.CHANGED: 1}, {}, {}]
    assert [changed_to(answer, BEFORE) for answer in (1, 2, 3)] == [{}, {}, {}]


def test_a_migration_that_is_there_in_part_is_counted(tmp_path: Path) -> None:
    database, first = tmp_path / "second-wind.db", known()[0]
    with closing(sqlite3.connect(database)) as raw, raw:
        raw.execute("CREATE TABLE schema_migrations (version INTEGER)")
        raw.execute("CREATE TABLE groups (group_id INTEGER)")
    judge = Judge(Work(), Trace(), seed=1)
    judge.look(database, cut=5)
    assert +judge.found == {HALF: 1}
    assert first.name in judge.cases[0]

    whole = tmp_path / "whole.db"
    with closing(sqlite3.connect(whole)) as raw, raw:
        raw.execute("CREATE TABLE schema_migrations (version INTEGER)")
        raw.executescript(first.sql)
        raw.execute("INSERT INTO schema_migrations VALUES (1)")
    judge = Judge(Work(), Trace(), seed=1)
    judge.look(whole, cut=5)
    assert +judge.found == {}
