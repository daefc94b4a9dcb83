"""Structured logs: one line an event, as JSON or for a console, without anybody's values.

Log an event by its name and its facts: `log.info("run_logged", extra={"run_id": 7})`. What an exception says is
left out unless it comes from the machine or from Discord, since words of ours may quote what somebody typed.
"""

from __future__ import annotations

import logging
import re
import secrets
import sqlite3
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

import discord
import orjson

from bot.errors import HostError, StorageUnavailable

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_SAFE_TO_QUOTE = (
    OSError,
    sqlite3.Error,
    StorageUnavailable,
    HostError,
    discord.HTTPException,
    discord.GatewayNotFound,
)
# A bot's token; the tokens of interactions and webhooks, which stand in addresses.
_SECRETS = re.compile(
    r"[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}|(?<=/)((?:webhooks|interactions)/\d+)/[\w.-]+|(?<=://)[^/@\s]+(?=@)"
)
_SNOWFLAKE = re.compile(r"\b\d{17,20}\b")


def redact(text: str) -> str:
    """`text` without tokens and passwords."""
    return _SECRETS.sub(lambda found: f"{found[1]}/[secret]" if found[1] else "[secret]", text)


def _facts(record: logging.LogRecord) -> dict[str, Any]:
    event = redact(record.getMessage())
    if not record.name.startswith("bot"):
        if record.exc_info:
            event = event.partition("\n")[0]  # asyncio goes on with the repr of the exception and all it says
        event = _SNOWFLAKE.sub("[id]", event)  # libraries name people by their ids
    facts: dict[str, Any] = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "event": event,
        "logger": record.name,
    }
    facts |= {
        key: redact(value) if isinstance(value, str) else value
        for key, value in vars(record).items()
        if key not in _STANDARD
    }
    if record.exc_info and record.exc_info[1] is not None:
        facts |= describe(record.exc_info[1])
    return facts


def describe(error: BaseException) -> dict[str, Any]:
    """What may be logged of an exception: its kind, the lines it passed through, and safe words."""
    frames = traceback.extract_tb(error.__traceback__)
    facts: dict[str, Any] = {
        "error": type(error).__name__,
        "trace": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-20:]],
    }
    if isinstance(error, _SAFE_TO_QUOTE):
        facts["detail"] = redact(str(error))
    if error.__cause__ is not None:
        facts["cause"] = describe(error.__cause__)
    return facts


class References(logging.Filter):
    """Gives every bug's line a reference, whoever logs it; one that a person was told stays."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno >= logging.ERROR and record.exc_info and not hasattr(record, "reference"):
            record.reference = secrets.token_hex(4)
        return True


class JSONFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        return orjson.dumps(_facts(record), default=str).decode()


class ConsoleFormatter(logging.Formatter):
    """The same facts for a person: time, level, event, key=value."""

    def format(self, record: logging.LogRecord) -> str:
        facts = _facts(record)
        trace = facts.pop("trace", [])
        head = f"{facts.pop('at')} {facts.pop('level'):<7} {facts.pop('event')}"
        facts.pop("logger")
        rest = "".join(f" {key}={value}" for key, value in facts.items())
        return "\n    ".join([head + rest, *trace])


def set_up_logging(level: str, form: str) -> None:
    """Send every log to standard error. discord.py stays at INFO or above: below, it logs what people write."""
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # nobody speaks here
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JSONFormatter() if form == "json" else ConsoleFormatter())
    handler.addFilter(References())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in ("bot", "cogs", "demo"):
        logging.getLogger(name).setLevel(level)
    # it warns at each tick of a wake-up that is still at work, which is no trouble
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    logging.getLogger("discord").setLevel(max(logging.INFO, logging.getLevelName(level)))
