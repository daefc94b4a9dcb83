"""Everything that can be stored of a member, with marks that nothing else has, and a search for their copies."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.clock import epoch
from bot.moodpolls.rules import voter_code
from bot.storage import Connection

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECRET = hashlib.sha256(b"an open poll's secret").hexdigest()
_LATE = 2**60  # numbers from here on take eight bytes, however SQLite stores them


@dataclass(frozen=True, slots=True)
class Planted:
    """A member whose traces are looked for. `number` tells one from another."""

    number: int
    group_id: int = 7 * _LATE // 4 + 11

    @property
    def person_id(self) -> int:
        return _LATE + self._digest("person") % _LATE

    @property
    def mark(self) -> str:
        """In every text of theirs that is not about feelings."""
        return f"mark-{self._digest('text'):016x}"

    @property
    def felt(self) -> str:
        """In every text of their feelings."""
        return f"felt-{self._digest('felt'):016x}"

    def id(self, what: str) -> int:
        """An id of their own, of eight bytes."""
        return _LATE + self._digest(what) % _LATE

    @property
    def nearly_at(self) -> int:
        """A moment of centuries to come, which nothing else has; SQLite stores it in six bytes."""
        return 2**33 + self._digest("nearly") % 2**32

    @property
    def voter(self) -> str:
        return voter_code(SECRET, poll_of(self.group_id), self.person_id)

    def _digest(self, what: str) -> int:
        return int.from_bytes(
            hashlib.sha256(f"{what}:{self.group_id}:{self.number}".encode()).digest()[:8], "big"
        )

    def traces_of_feelings(self) -> list[bytes]:
        """What has to be nowhere once their feelings are erased."""
        numbers = [self.id(each) for each in ("mood", "mood_pressed", "start", "start_pressed")]
        return [
            *(self.felt.encode(), self.voter.encode(), self.nearly_at.to_bytes(6, "big")),
            *(form for each in numbers for form in forms(each)),
        ]

    def traces(self) -> list[bytes]:
        """What has to be nowhere once everything of them is erased."""
        numbers = [
            self.id(each) for each in ("run", "run_pressed", "pause", "schedule", "delivery", "notice")
        ]
        return [
            self.mark.encode(),
            *(form for each in (self.person_id, *numbers) for form in forms(each)),
            *self.traces_of_feelings(),
        ]


def poll_of(group_id: int) -> int:
    return group_id + 1


def forms(number: int) -> tuple[bytes, ...]:
    """The bytes in which a number may lie in a file: as SQLite stores it in a row and as a key, as text, and turned."""
    return number.to_bytes(8, "big"), number.to_bytes(8, "little"), _varint(number), str(number).encode()


def _varint(number: int) -> bytes:
    """SQLite's variable-length integer of 57 bits and more (sqlite.org/fileformat2.html)."""
    high, last = number >> 8, number & 0xFF
    return bytes(((high >> shift) & 0x7F) | 0x80 for shift in range(49, -1, -7)) + bytes([last])


def copies(files: Iterable[Path], traces: Iterable[bytes]) -> int:
    """How often any of `traces` lies in any of the files."""
    wanted = list(traces)
    return sum(text.count(trace) for file in files for text in [file.read_bytes()] for trace in wanted)


def files_under(*folders: Path) -> Iterator[Path]:
    """Every file below, whatever it is called."""
    for folder in folders:
        yield from (each for each in sorted(folder.rglob("*")) if each.is_file())


async def plant_group(connection: Connection, group_id: int, at: datetime = AT) -> None:
    """A group with an open poll, a challenge in teams, a board and somebody else's run, all without marks."""
    now = epoch(at)
    for sql in _GROUP.split(";"):
        await connection.run(_filled_in(sql, {"g": group_id, "now": now, "secret": SECRET}), ())


async def plant(
    connection: Connection, who: Planted, at: datetime = AT, left_at: datetime | None = None
) -> None:
    """One row in every table that can hold something of a member, with every text of theirs a mark."""
    values: dict[str, str | int | None] = {
        "g": who.group_id,
        "p": who.person_id,
        "now": epoch(at),
        "left": None if left_at is None else epoch(left_at),
        "mark": who.mark,
        "felt": who.felt,
        "voter": who.voter,
        "nearly_at": who.nearly_at,
        "poll": poll_of(who.group_id),
        "row": who.number,
        "answers": f'["{who.mark}", "no"]',
    }
    values |= {each: who.id(each) for each in _IDS}
    for sql in _ROWS.split(";"):
        await connection.run(_filled_in(sql, values), ())


_IDS = (
    *("run", "run_pressed", "pause", "schedule", "delivery", "notice", "challenge", "plan", "poll_schedule"),
    *("mood", "mood_pressed", "start", "start_pressed"),
)  # fmt: skip


def _filled_in(sql: str, values: Mapping[str, str | int | None]) -> str:
    """`sql` with its values written into it, as the engines name parameters differently; all of them are ours."""

    def literal(found: re.Match[str]) -> str:
        value = values[found[1]]
        return "NULL" if value is None else str(value) if isinstance(value, int) else f"'{value}'"

    return re.sub(r":(\w+)", literal, sql)


_GROUP = """
INSERT INTO groups (group_id, created_at, feelings_confirmed_at) VALUES (:g, :now, :now);
INSERT INTO people (person_id, created_at) VALUES (:g + 90, :now);
INSERT INTO members (group_id, person_id, created_at) VALUES (:g, :g + 90, :now);
INSERT INTO runs (run_id, group_id, person_id, interaction_id, activity, running_day, source, visibility,
created_at) VALUES (:g + 91, :g, :g + 90, :g + 91, 'run', '2026-11-20', 'tap', 'group', :now);
INSERT INTO schedules (schedule_id, group_id, kind, minute, weekdays, since_at, next_due_at, created_at)
VALUES (:g + 92, :g, 'leaderboard', 480, 1, :now, :now, :now);
INSERT INTO deliveries (delivery_id, schedule_id, group_id, kind, occurrence_day, due_at, state, channel_id,
message_id, created_at) VALUES (:g + 93, :g + 92, :g, 'leaderboard', '2026-11-16', :now, 'sent', 5, :g + 94,
:now);
INSERT INTO boards (board_id, group_id, week_day, listed, people, check_ins, days, metres, seconds,
created_at) VALUES (:g + 93, :g, '2026-11-09', 1, 1, 1, 1, 0, 0, :now);
INSERT INTO challenges (challenge_id, group_id, interaction_id, kind, measure, title, first_day, last_day,
channel_id, created_at, posted_at) VALUES (:g + 95, :g, :g + 95, 'teams', 'metres', 'Both sides',
'2026-11-01', '2026-12-01', 5, :now, :now);
INSERT INTO challenge_teams (challenge_id, team, name) VALUES (:g + 95, 1, 'Left'), (:g + 95, 2, 'Right');
INSERT INTO poll_plans (plan_id, group_id, interaction_id, kind, minimum, open_seconds, weekly, channel_id,
created_at, posted_at) VALUES (:g + 96, :g, :g + 96, 'pulse', 5, 3600, 0, 5, :now, :now);
INSERT INTO polls (poll_id, plan_id, group_id, opened_at, closes_at) VALUES (:g + 1, :g + 96, :g, :now,
:now);
INSERT INTO poll_secrets (poll_id, secret) VALUES (:g + 1, :secret)
"""

_ROWS = """
INSERT INTO people (person_id, zone, language, created_at) VALUES (:p, :mark, :mark, :now) ON CONFLICT
(person_id) DO NOTHING;
INSERT INTO members (group_id, person_id, plan, recent_words, fact_day, listed, created_at, left_at) VALUES
(:g, :p, :mark, :mark, :mark, 1, :now, :left);
INSERT INTO targets (group_id, person_id, from_day, days, set_at) VALUES (:g, :p, :mark, 3, :now);
INSERT INTO pauses (pause_id, group_id, person_id, from_day, until_day, reason, interaction_id, created_at)
VALUES (:pause, :g, :p, :mark, :mark, :mark, :pause, :now);
INSERT INTO rest_days (group_id, person_id, rest_day, created_at) VALUES (:g, :p, :mark, :now);
INSERT INTO runs (run_id, group_id, person_id, interaction_id, activity, running_day, metres, seconds,
source, content_hash, visibility, note, set_aside_at, set_aside_reason, created_at, words_key) VALUES (:run,
:g, :p, :run_pressed, 'run', :mark, 5000, 1601, 'file', :mark, 'group', :mark, :now, :mark, :now, :mark);
INSERT INTO bests (run_id, group_id, person_id, mark, seconds) VALUES (:run, :g, :p, 5000, 1601);
INSERT INTO cheers (run_id, person_id, cheered_at) VALUES (:g + 91, :p, :now);
INSERT INTO reports (run_id, person_id, reason, reported_at) VALUES (:g + 91, :p, :mark, :now);
INSERT INTO notices (notice_id, group_id, person_id, kind, run_id, detail, created_at) VALUES (:notice, :g,
:p, :mark, :run, :mark, :now);
INSERT INTO schedules (schedule_id, group_id, person_id, kind, minute, weekdays, words, channel_id,
since_at, last_day, next_due_at, created_at) VALUES (:schedule, :g, :p, 'reminder', 480, 127, :mark, 5,
:now, :mark, :now, :now);
INSERT INTO deliveries (delivery_id, schedule_id, group_id, person_id, kind, occurrence_day, due_at, state,
reason, content, created_at) VALUES (:delivery, :schedule, :g, :p, 'reminder', :mark, :now, 'skipped',
:mark, :mark, :now);
INSERT INTO week_plans (group_id, person_id, week_day, days, words, target_from, planned_at) VALUES (:g, :p,
:mark, 3, :mark, :mark, :now);
INSERT INTO board_entries (board_id, position, place, share, kept, person_id) VALUES (:g + 93, :row, 1, 100,
1, :p);
INSERT INTO challenges (challenge_id, group_id, maker_id, interaction_id, kind, measure, title, line,
first_day, last_day, channel_id, created_at, posted_at) VALUES (:challenge, :g, :p, :challenge, 'teams',
'metres', :mark, :mark, '2026-11-01', '2026-12-01', 5, :now, :now);
INSERT INTO challenge_teams (challenge_id, team, name) VALUES (:challenge, 1, :mark), (:challenge, 2,
'Them');
INSERT INTO challenge_members (challenge_id, group_id, person_id, team, amount, joined_at) VALUES (:g + 95,
:g, :p, 1, 5000, :now);
INSERT INTO poll_plans (plan_id, group_id, maker_id, interaction_id, kind, question, answers, minimum,
open_seconds, weekly, channel_id, created_at, posted_at) VALUES (:plan, :g, :p, :plan, 'question', :mark,
:answers, 5, 3600, 0, 5, :now, :now);
INSERT INTO schedules (schedule_id, group_id, kind, minute, weekdays, since_at, next_due_at, created_at,
poll_plan_id) VALUES (:poll_schedule, :g, 'poll', 480, 1, :now, :now, :now, :plan);
INSERT INTO consents (group_id, person_id, purpose, version, age, agreed_at) VALUES (:g, :p, 'keep', 1, 16,
:now), (:g, :p, 'group_figure', 1, 16, :now);
INSERT INTO moods (mood_id, group_id, person_id, interaction_id, moment, run_id, entered_at, entered_day,
scale_version, mood, stress, effort) VALUES (:mood, :g, :p, :mood_pressed, 'before', :run, :now, :felt, 1,
-4, 5, 9);
INSERT INTO run_starts (start_id, group_id, person_id, interaction_id, pressed_at) VALUES (:start, :g, :p,
:start_pressed, :now);
INSERT INTO nearly_not (run_id, group_id, person_id, marked_at) VALUES (:run, :g, :p, :nearly_at);
INSERT INTO care_shown (group_id, person_id, shown_day) VALUES (:g, :p, :felt);
INSERT INTO figure_people (group_id, person_id) VALUES (:g, :p);
INSERT INTO poll_votes (poll_id, voter, first, second) VALUES (:poll, :voter, 1, 5)
"""
