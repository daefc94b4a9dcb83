"""Logs: one line an event, and nobody's values."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from bot.errors import StorageUnavailable
from bot.log import ConsoleFormatter, JSONFormatter, redact, set_up_logging

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcDe.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"


def written(form: logging.Formatter, name: str = "bot.x") -> tuple[logging.Logger, io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(form)
    logger = logging.Logger(name)  # noqa: LOG001 - one of our own, that nobody else hears
    logger.addHandler(handler)
    return logger, stream


def test_an_event_is_one_json_object_with_its_facts() -> None:
    log, stream = written(JSONFormatter())
    log.info("run_logged", extra={"run_id": 7})
    facts = json.loads(stream.getvalue())
    assert (facts["event"], facts["run_id"], facts["level"], facts["logger"]) == (
        "run_logged",
        7,
        "INFO",
        "bot.x",
    )
    assert facts["at"].endswith("+00:00")


def test_an_event_on_the_console_is_one_line() -> None:
    log, stream = written(ConsoleFormatter())
    log.info("run_logged", extra={"run_id": 7})
    assert stream.getvalue().endswith("INFO    run_logged run_id=7\n")


@pytest.mark.parametrize("form", [JSONFormatter(), ConsoleFormatter()])
def test_an_exception_shows_where_but_not_what_a_person_typed(form: logging.Formatter) -> None:
    log, stream = written(form)
    try:
        int("my secret note")
    except ValueError:
        log.exception("bug")
    assert "ValueError" in stream.getvalue()
    assert "test_log.py" in stream.getvalue()
    assert "secret note" not in stream.getvalue()


def test_what_the_machine_says_is_shown() -> None:
    log, stream = written(JSONFormatter())
    try:
        raise StorageUnavailable("full", "disk")
    except StorageUnavailable:
        log.exception("storage")
    assert json.loads(stream.getvalue())["detail"] == "full: disk"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"token {TOKEN} used", "token [secret] used"),
        ("POST https://d/api/v10/webhooks/123/aW50ZXJhY3Rpb24/messages", "webhooks/123/[secret]/messages"),
        (
            "POST https://d/api/v10/interactions/123/aW50ZXJhY3Rpb24/callback",
            "interactions/123/[secret]/callback",
        ),
        ("postgresql://me:password@host/name", "postgresql://[secret]@host/name"),
    ],
)
def test_secrets_are_taken_out(text: str, left: str) -> None:
    assert redact(text).endswith(left)


def test_ids_that_libraries_name_are_taken_out() -> None:
    log, stream = written(JSONFormatter(), "discord.app_commands")
    log.warning("Ignoring exception (User: %s)", 123456789012345678)
    assert "123456789012345678" not in stream.getvalue()


@pytest.fixture
def logging_as_before() -> Iterator[None]:
    """What `set_up_logging` changes for the whole process is put back."""
    root = logging.getLogger()
    before = (
        root.handlers[:],
        root.level,
        {n: logging.getLogger(n).level for n in ("bot", "cogs", "demo", "discord")},
    )
    yield
    root.handlers[:], level, levels = before
    root.setLevel(level)
    for name, each in levels.items():
        logging.getLogger(name).setLevel(each)


@pytest.mark.usefixtures("logging_as_before")
def test_discord_stays_at_info_even_where_we_are_at_debug() -> None:
    set_up_logging("DEBUG", "json")
    assert logging.getLogger("bot.app").getEffectiveLevel() == logging.DEBUG
    assert logging.getLogger("discord.http").getEffectiveLevel() == logging.INFO
    set_up_logging("ERROR", "json")
    assert logging.getLogger("discord.http").getEffectiveLevel() == logging.ERROR


@pytest.mark.parametrize("form", [JSONFormatter(), ConsoleFormatter()])
def test_a_forgotten_task_does_not_tell_what_its_exception_says(form: logging.Formatter) -> None:
    log, stream = written(form, "asyncio")
    error = KeyError("my secret note")
    log.error("Task exception was never retrieved\nfuture: <Task exception=%r>" % error, exc_info=error)  # noqa: UP031
    assert "never retrieved" in stream.getvalue()
    assert "KeyError" in stream.getvalue()
    assert "secret note" not in stream.getvalue()


@pytest.mark.usefixtures("logging_as_before")
def test_every_bugs_line_has_a_reference_whoever_logs_it(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("INFO", "json")
    try:
        raise KeyError("x")
    except KeyError:
        logging.getLogger("bot.x").exception("upkeep_bug")
        logging.getLogger("asyncio").exception("never retrieved")
        logging.getLogger("bot.x").exception("bug", extra={"reference": "told"})
    references = [json.loads(line)["reference"] for line in capsys.readouterr().err.splitlines()]
    assert [len(each) for each in references] == [8, 8, 4]
    assert references[0] != references[1]
    assert references[2] == "told"
