"""Faults of the bot's own, planted one at a time: what is changed, and which part of the campaign has to notice."""

from __future__ import annotations

from dataclasses import dataclass

Edit = tuple[str, str, str]  # file, the text that stands there once, the text in its place

POWER = ("power", "--cuts", "200", "--runs", "60")
DISK = ("disk", "--failures", "16")
REST = ("rest", "--faults", "1500")
GATEWAY = ("gateway", "--rounds", "22")
KILLS = ("kills", "--kills", "10")
DELIVERIES = ("deliveries", "--kills", "48")
PROCESSES = ("processes", "--kills", "24")
ISOLATION = ("isolation", "--runs", "200")
MALFORMED = ("malformed", "--inputs", "6000")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault, and the part that has to catch it."""

    name: str
    part: tuple[str, ...]
    edits: tuple[Edit, ...]


MUTANTS = (
    Mutant(
        "the disk is not waited for at all",
        POWER,
        (("bot/storage/sqlite.py", '"synchronous=FULL"', '"synchronous=OFF"'),),
    ),
    Mutant(
        "the log is synced now and then",
        POWER,
        (("bot/storage/sqlite.py", '"synchronous=FULL"', '"synchronous=NORMAL"'),),
    ),
    Mutant(
        "a post leaves and nothing says that it may have",
        POWER,
        (
            (
                "bot/scheduling/queries.sql",
                "SET state = 'sending', sending_at",
                "SET state = 'due', sending_at",
            ),
        ),
    ),
    Mutant(
        "the ledger's lines are not synced",
        POWER,
        (
            (
                "bot/erasures/ledger.py",
                'os.write(descriptor, line.encode("ascii"))\n        os.fsync(descriptor)',
                'os.write(descriptor, line.encode("ascii"))',
            ),
        ),
    ),
    Mutant(
        "a migration is applied statement by statement",
        POWER,
        (
            (
                "bot/storage/database.py",
                "await self.write(partial(apply, migration=migration))",
                (
                    "for one in [*migration.statements()]:\n"
                    "                    await self.write(lambda c, one=one: c.run(one, ()))\n"
                    "                await self.write(lambda c, m=migration: queries.record_migration(\n"
                    "                    c, version=m.version, name=m.name, now=now))"
                ),
            ),
        ),
    ),
    Mutant(
        "a backup is not synced before it has its name",
        ("power", "--cuts", "300", "--runs", "60"),
        (("bot/backups/files.py", "        sync(partial)\n", ""),),
    ),
    Mutant(
        "answered, and now and then not stored",
        KILLS,
        (
            (
                "bot/storage/sqlite.py",
                'raw.execute("COMMIT")',
                'raw.execute("COMMIT" if raw.total_changes < 60 or raw.total_changes % 7 else "ROLLBACK")',
            ),
        ),
    ),
    Mutant(
        "an interaction that comes twice is a new one",
        KILLS,
        (
            (
                "bot/checkins/queries.sql",
                "WHERE interaction_id = :interaction_id AND ordinal = 0",
                "WHERE interaction_id = :interaction_id AND ordinal = 7",
            ),
            ("bot/storage/migrations/0001_check_ins.sql", "    UNIQUE (interaction_id, ordinal),\n", ""),
        ),
    ),
    Mutant(
        "marked as sent before it is",
        DELIVERIES,
        (
            (
                "bot/scheduling/delivery.py",
                "        if self._clock.now() - claimed.at > LEASE / 2:",
                (
                    "        await self._service.sent(delivery.delivery_id, channel_id, 1, self._clock.now())\n"
                    "        if self._clock.now() - claimed.at > LEASE / 2:"
                ),
            ),
        ),
    ),
    Mutant(
        "a post that may have left is not looked for",
        DELIVERIES,
        (
            (
                "bot/scheduling/delivery.py",
                'if delivery.state == "sending" and not await self._is_absent(client, delivery):',
                'if delivery.state == "nowhere" and not await self._is_absent(client, delivery):',
            ),
        ),
    ),
    Mutant(
        "a server's error is taken for a no that changes nothing",
        DELIVERIES,
        (
            (
                "bot/scheduling/posting.py",
                'extra={"kind": type(unsure).__name__})\n        return Later(left=True)',
                'extra={"kind": type(unsure).__name__})\n        return Later(left=False)',
            ),
        ),
    ),
    Mutant(
        "a look that failed says that nothing left",
        REST,
        (
            (
                "bot/scheduling/posting.py",
                "return replace(meant, left=True) if isinstance(meant, Later) else meant",
                "return meant",
            ),
            (
                "bot/scheduling/posting.py",
                "    except NO_ANSWER:\n        return Later(left=True)\n    if last",
                "    except NO_ANSWER:\n        return Later(left=False)\n    if last",
            ),
        ),
    ),
    Mutant(
        "what a process has taken is another's too",
        PROCESSES,
        (
            (
                "bot/scheduling/queries.postgresql.sql",
                "turn\n    FROM deliveries\n    WHERE try_at <= :now AND (",
                "turn\n    FROM deliveries\n    WHERE try_at <= :now AND (1 = 1 OR ",
            ),
            (
                "bot/scheduling/queries.sql",
                "WHERE d.delivery_id = :delivery_id AND d.try_at <= :now\n  AND (",
                "WHERE d.delivery_id = :delivery_id AND d.try_at IS NOT NULL\n  AND (1 = 1 OR ",
            ),
            (
                "bot/scheduling/service.py",
                'if row is None or tries not in (None, row["tries"]):',
                "if row is None:",
            ),
        ),
    ),
    Mutant(
        "PostgreSQL does not wait for its disk",
        PROCESSES,
        (
            (
                "bot/storage/postgresql.py",
                'f"SET idle_session_timeout',
                'f"SET synchronous_commit = off; SET idle_session_timeout',
            ),
        ),
    ),
    Mutant(
        "a failing disk is a bug",
        DISK,
        (("bot/storage/sqlite.py", '    sqlite3.SQLITE_IOERR: "unreachable",\n', ""),),
    ),
    Mutant(
        "an interaction that is over is answered once more",
        REST,
        (("bot/ui/first_answer.py", '    10062: "unknown interaction",\n', ""),),
    ),
    Mutant(
        "a page instead of JSON is a bug",
        REST,
        (
            (
                "bot/ui/doors.py",
                "return bool(frames) and frames[-1].filename",
                "return False and frames[-1].filename",
            ),
        ),
    ),
    Mutant(
        "a channel that refuses is asked for every run",
        REST,
        (
            (
                "bot/ui/refusals.py",
                "        if until is None:\n            return False",
                "        return False",
            ),
            ("bot/ui/first_answer.py", " or error.status == 429)", ")"),
        ),
    ),
    Mutant(
        "whose entries they are is not asked",
        ISOLATION,
        (
            (
                "bot/moods/queries.sql",
                "SELECT * FROM moods WHERE mood_id = :mood_id AND group_id = :group_id AND person_id = :person_id;",
                "SELECT * FROM moods WHERE mood_id = :mood_id AND (group_id = :group_id OR :person_id > 0);",
            ),
        ),
    ),
    Mutant(
        "which group's run it is is not asked",
        ISOLATION,
        (
            (
                "bot/checkins/queries.sql",
                "WHERE r.run_id = :run_id AND r.group_id = :group_id AND r.person_id = :person_id;",
                "WHERE r.run_id = :run_id AND (r.group_id = :group_id AND r.person_id = :person_id OR 1 = 1);",
            ),
        ),
    ),
    Mutant(
        "numbers in buttons may be of any size",
        MALFORMED,
        (("bot/ui/router.py", "and len(text) <= 19 and int(text) < 2**63)", ")"),),
    ),
    Mutant(
        "a file may be had by two processes",
        GATEWAY,
        (
            (
                "bot/storage/file_lock.py",
                "        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)\n    except BlockingIOError",
                "        pass\n    except BlockingIOError",
            ),
        ),
    ),
)
