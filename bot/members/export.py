"""Everything that is stored of a member, as one zip of JSON and CSV for any program to read."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.clock import moment

FORMAT_VERSION = 1
# Each part of the export and the statement that reads it.
TABLES = {
    "person": "export_person",
    "member": "export_member",
    "runs": "export_runs",
    "bests": "export_bests",
    "cheers_given": "export_cheers_given",
    "targets": "export_targets",
    "pauses": "export_pauses",
    "rest_days": "export_rest_days",
    "reports_made": "export_reports",
    "notices": "export_notices",
    "week_plans": "export_week_plans",
    "reminders": "export_schedules",
    "deliveries": "export_deliveries",
    "boards": "export_board_entries",
    "challenges_joined": "export_challenges_joined",
    "challenges_made": "export_challenges_made",
    "challenge_teams_named": "export_challenge_teams",
    "consents": "export_consents",
    "moods": "export_moods",
    "run_starts": "export_run_starts",
    "nearly_not": "export_nearly_not",
    "care_shown": "export_care_shown",
    "group_figure": "export_group_figure",
    "polls_made": "export_polls_made",
}
_FLAGS = {"late", "note_hidden", "listed", "kept", "recalled", "dismissed", "in_last_figure", "weekly"}
# 2024-01-01: a zip needs a date for each member; a fixed one makes equal data an equal file
_ZIP_DATE = (2024, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Export:
    """The rows of each part, as stored."""

    group_id: int
    person_id: int
    tables: dict[str, list[dict[str, Any]]]


def packed(export: Export, now: datetime) -> bytes:
    """The export as a zip: second-wind.json with everything, and one CSV for each part that has rows.

    Moments are ISO 8601 in UTC, days dates, distances metres, times seconds. Ids are text, as many programs round
    numbers of that size. CSV cells that a spreadsheet would run as a formula begin with an apostrophe.
    """
    tables = {name: [_readable(row) for row in rows] for name, rows in export.tables.items()}
    document = {
        "format": "second-wind",
        "version": FORMAT_VERSION,
        "exported_at": now.isoformat(timespec="seconds"),
        "group_id": str(export.group_id),
        "person_id": str(export.person_id),
        **tables,
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "second-wind.json", json.dumps(document, ensure_ascii=False, indent=2))
        for name, rows in tables.items():
            if rows:
                _add(archive, f"{name}.csv", _csv(rows))
    return buffer.getvalue()


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    readable: dict[str, Any] = {}
    for name, value in row.items():
        if value is None:
            readable[name] = None
        elif name.endswith("_at"):
            readable[name] = moment(value).isoformat(timespec="seconds")
        elif name.endswith("_id"):
            readable[name] = str(value)
        elif name in _FLAGS:
            readable[name] = bool(value)
        else:
            readable[name] = value
    return readable


def _csv(rows: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(value) for name, value in row.items()})
    # the mark tells spreadsheets that it is UTF-8
    return "\ufeff" + text.getvalue()


def _cell(value: Any) -> Any:
    return "'" + value if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def _add(archive: zipfile.ZipFile, name: str, text: str) -> None:
    member = zipfile.ZipInfo(name, _ZIP_DATE)
    member.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(member, text.encode("utf-8"))
