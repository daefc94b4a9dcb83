"""Every bug's line has a reference and says where it was; a report to Sentry holds nothing of a person's."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from benchmarks.standin import StandIn
from bot.clock import ManualClock
from bot.errors import HostError, StorageUnavailable
from bot.housekeeping.jobs import Housekeeping, Job
from bot.log import JSONFormatter, References
from bot.monitoring.reports import KEPT, Reports
from bot.settings import Settings
from bot.storage.sqlite import SQLiteDatabase
from tests.test_app import running, until

DSN = "https://public@sentry.invalid/1"
PLANTED = "planted-9f3"


class Kept(Transport):
    """Keeps what would leave the machine."""

    sent: ClassVar[list[bytes]] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        self.sent.append(envelope.serialize())


@pytest.fixture
def sent() -> Iterator[list[bytes]]:
    Kept.sent.clear()
    yield Kept.sent
    Kept.sent.clear()


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the bot logs meanwhile, as it logs it."""
    stream, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JSONFormatter())
    handler.addFilter(References())
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)


def bugs(lines: io.StringIO) -> list[dict[str, Any]]:
    told = [json.loads(line) for line in lines.getvalue().splitlines()]
    return [each for each in told if each["level"] == "ERROR"]


def event(envelope: bytes) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(envelope.splitlines()[2])
    return told


def fall(note: str) -> None:
    """Raises what quotes a person, with causes of which each does."""
    typed = {"note": note}
    try:
        int(note)
    except ValueError as error:
        raise KeyError(f"{note} {typed}") from error


def test_a_report_holds_nothing_that_a_person_typed(sent: list[bytes]) -> None:
    log, reports = logging.Logger("bot.checkins"), Reports(DSN, Kept)  # noqa: LOG001 - one of our own
    log.addHandler(reports)
    log.info("%s", PLANTED)
    try:
        fall(PLANTED)
    except KeyError:
        log.exception("bug", extra={"door": "command run log", "reference": "ab12cd34", "note": PLANTED})
    log.removeHandler(reports)
    reports.close()
    assert len(sent) == 1
    assert PLANTED.encode() not in sent[0]
    told = event(sent[0])
    assert set(told) <= set(KEPT)
    assert told["tags"] == {"door": "command run log", "reference": "ab12cd34"}
    assert [each["type"] for each in told["exception"]["values"]] == ["ValueError", "KeyError"]
    assert told["exception"]["values"][1]["stacktrace"]["frames"][-1]["function"] == "fall"
    for each in told["exception"]["values"]:
        assert each["value"] == ""
        assert all(
            set(frame) == {"filename", "function", "lineno", "in_app"}
            for frame in each["stacktrace"]["frames"]
        )


def test_a_librarys_words_and_the_machines_name_stay_here(sent: list[bytes]) -> None:
    import socket

    log, reports = logging.Logger("asyncio"), Reports(DSN, Kept)  # noqa: LOG001 - one of our own
    log.addHandler(reports)
    try:
        raise StorageUnavailable("full", PLANTED)
    except StorageUnavailable as error:
        log.error(f"Task exception was never retrieved {PLANTED}", exc_info=error)
    assert PLANTED.encode() not in sent[0]
    told = event(sent[0])
    assert told["logentry"] == {"message": "asyncio"}
    assert told["exception"]["values"][0]["value"] == "full"
    assert socket.gethostname() not in json.dumps({**told, "event_id": ""})
    assert str(Path.home()) not in sent[0].decode()
    assert len(told["tags"]["reference"]) == 8


def test_what_is_no_bug_is_not_reported(sent: list[bytes]) -> None:
    log, reports = logging.Logger("bot.x"), Reports(DSN, Kept)  # noqa: LOG001 - one of our own
    log.addHandler(reports)
    log.warning("late")
    log.error("backup_failed")
    assert sent == []


def test_a_dsn_that_is_none_is_one_line() -> None:
    with pytest.raises(HostError, match=r"log\.sentry_dsn is not right") as refused:
        Reports("nonsense")
    assert refused.value.exit_code == 2


def test_without_the_extra_a_dsn_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "sentry_sdk", None)
    with pytest.raises(HostError, match=r"needs second-wind\[sentry\]"):
        Reports(DSN)


async def test_a_housekeeping_bug_has_a_reference_and_its_jobs_name(
    sqlite_database: SQLiteDatabase, lines: io.StringIO
) -> None:
    async def fails() -> None:
        fall(PLANTED)

    housekeeping = Housekeeping(sqlite_database, ManualClock(datetime(2026, 11, 18, 12, tzinfo=UTC)))
    housekeeping.start(Job("boards", fails))
    try:
        await until(lambda: bool(bugs(lines)))
    finally:
        await housekeeping.stop()
    (bug,) = [each for each in bugs(lines) if each["event"] == "housekeeping_bug"]
    assert bug["job"] == "boards"
    assert len(bug["reference"]) == 8
    assert PLANTED not in lines.getvalue()


async def test_bugs_of_commands_and_presses_name_their_door_and_carry_the_reference_that_was_told(
    tmp_path: Path, lines: io.StringIO, sent: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = Reports(DSN, Kept)
    logging.getLogger().addHandler(reports)

    async def broken(*_: Any, **__: Any) -> None:
        fall(PLANTED)

    try:
        async with StandIn() as discord_:
            settings = Settings.model_validate(
                {
                    "discord": {"token": discord_.token, "api_base": discord_.api_base},
                    "storage": {"url": f"sqlite:///{tmp_path}/second-wind.db"},
                }
            )
            async with running(settings) as app:
                await discord_.wait_commands()
                member = discord_.guilds[0].members[1]
                card = await discord_.slash("run log", member=member, options={"distance": "5k"})
                monkeypatch.setattr(app.client.services.database, "write", broken)
                monkeypatch.setattr(app.client.services.database, "read", broken)
                told = await discord_.slash(
                    "run log", member=member, options={"distance": "5k", "note": PLANTED}
                )
                pressed = await discord_.click(card.message, "sw:run.more", member=member)
                await pressed.settled()
                monkeypatch.undo()
            found = [each for each in bugs(lines) if each["event"] == "bug"]
    finally:
        logging.getLogger().removeHandler(reports)
        reports.close()
    assert [each["door"] for each in found] == ["command run log", "press run.more"]
    assert found[0]["reference"] in json.dumps(told.message)
    assert found[0]["reference"] in {event(each)["tags"]["reference"] for each in sent}
    everything = b"".join(sent) + lines.getvalue().encode()
    for value in (PLANTED, member.name, str(member.id)):
        assert value.encode() not in everything
