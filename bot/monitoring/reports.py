"""Reports of bugs to Sentry, for hosts who want them: made here from what may leave, never by leaving things out.

A report holds the kinds of the errors, the lines of code they passed through, the log line's name, its reference and
which door it was. It holds no local variables, no messages of exceptions, no breadcrumbs, no requests, no names of
machines.
"""

from __future__ import annotations

import contextlib
import logging
import traceback
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import discord

from bot.errors import HostError, StorageUnavailable
from bot.log import References

if TYPE_CHECKING:
    from sentry_sdk.transport import Transport

CLOSING_SECONDS = 1.0
MOST_FRAMES, MOST_CAUSES = 50, 10
TAGS = ("reference", "door", "job", "kind")  # facts of a log line that name parts of the program
OURS = ("bot", "cogs")
# What a report has in the end: the library itself adds the first two and a few that are dropped again.
KEPT = ("event_id", "timestamp", "level", "platform", "release", "logger", "logentry", "tags", "exception")
_CODE = Path(__file__).resolve().parents[2]


class Reports(logging.Handler):
    """Sends every bug that is logged; `close` waits for what is on its way, at most a second."""

    def __init__(self, dsn: str, transport: type[Transport] | None = None) -> None:
        """Raises HostError (exit code 2) where sentry-sdk is missing, or `dsn` is none."""
        super().__init__(logging.ERROR)
        try:
            import sentry_sdk
        except ModuleNotFoundError as error:
            raise HostError(
                "log.sentry_dsn needs second-wind[sentry]: install that, or leave the setting out.",
                exit_code=2,
            ) from error
        try:
            self._client = sentry_sdk.Client(
                dsn=dsn,
                transport=transport,
                release=version("second-wind"),
                default_integrations=False,
                auto_enabling_integrations=False,
                include_local_variables=False,
                include_source_context=False,
                max_breadcrumbs=0,
                send_client_reports=False,
                before_send=_kept,
            )
        except ValueError as error:  # sentry-sdk's BadDsn is one
            raise HostError(
                "log.sentry_dsn is not right: copy it from the project's settings (Client Keys).", exit_code=2
            ) from error
        self.addFilter(References())

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1] is not None:
            try:
                self._client.capture_event(event_of(record, record.exc_info[1]))
            except Exception:  # noqa: BLE001 - a report that cannot be sent harms nobody; the log has the line
                self.handleError(record)

    def close(self) -> None:
        self._client.close(timeout=CLOSING_SECONDS)
        super().close()


@contextlib.contextmanager
def reported(dsn: str | None) -> Iterator[None]:
    """Meanwhile bugs are reported to `dsn`; nowhere where there is none. Raises HostError as `Reports`."""
    if dsn is None:
        yield
        return
    reports, root = Reports(dsn), logging.getLogger()
    root.addHandler(reports)
    try:
        yield
    finally:
        root.removeHandler(reports)
        reports.close()


def event_of(record: logging.LogRecord, error: BaseException) -> Any:
    """The report of `error`: the first cause first, as Sentry wants it."""
    ours = record.name.partition(".")[0] in OURS
    causes = _causes(error)[:MOST_CAUSES]
    return {
        "level": "error",
        "platform": "python",
        "logger": record.name,
        # what libraries log may hold the words of the exception; our events are names
        "logentry": {"message": str(record.msg) if ours else record.name},
        "tags": {key: str(value) for key in TAGS if (value := getattr(record, key, None)) is not None},
        "exception": {"values": [_described(each) for each in reversed(causes)]},
    }


def _causes(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in chain:
        chain.append(following)
        following = following.__cause__ or (None if following.__suppress_context__ else following.__context__)
    return chain


def _described(error: BaseException) -> dict[str, Any]:
    frames = traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]
    return {
        "type": type(error).__name__,
        "module": type(error).__module__,
        "value": _safe_words(error),
        "stacktrace": {"frames": [_frame(each) for each in frames]},
    }


def _safe_words(error: BaseException) -> str:
    if isinstance(error, StorageUnavailable):
        return error.reason
    if isinstance(error, discord.HTTPException):
        return f"{error.status} {error.code}"
    return ""


def _frame(frame: traceback.FrameSummary) -> dict[str, Any]:
    path, ours = Path(frame.filename), False
    try:
        path = path.relative_to(_CODE)
        ours = path.parts[0] in OURS
    except ValueError:
        pass
    # from the package on: folders above it may be named after the host
    parts = path.parts
    if "site-packages" in parts:
        parts = parts[parts.index("site-packages") + 1 :]
    elif not ours:
        parts = parts[-2:]
    return {"filename": "/".join(parts), "function": frame.name, "lineno": frame.lineno, "in_app": ours}


def _kept(event: Any, _hint: Any) -> Any:
    return {key: event[key] for key in KEPT if key in event}
