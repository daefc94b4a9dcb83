"""Makers of watch files that are valid by their formats: for tests, the demo and the benchmarks.

The FIT files are written by hand after the public FIT protocol (header, definition and data messages, CRC);
GPX after version 1.1 and TCX after version 2 of their schemas. Nothing here reads a clock or a random source.
"""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

Point = tuple[float, float]
"""Seconds since the start, metres since the start; both cumulative."""

FIT_EPOCH = 631_065_600  # 1989-12-31T00:00:00Z, where FIT starts to count seconds
METRES_PER_DEGREE = 111_195.0  # along a meridian of a sphere of 6,371,009 m
RUNNING, CYCLING, WALKING, HIKING = 1, 2, 11, 17  # the `sport` of a FIT session
_CRC_TABLE: list[int] = []
for _byte in range(256):
    _crc = _byte
    for _ in range(8):
        _crc = (_crc >> 1) ^ (0xA001 if _crc & 1 else 0)
    _CRC_TABLE.append(_crc)


def steady(metres: float, seconds: int, *, step: int = 1) -> list[Point]:
    """An evenly paced run of `metres` in `seconds`, a point every `step` seconds and one at the end."""
    times = [*range(0, seconds, step), seconds]
    return [(float(at), metres * at / seconds) for at in times]


def fit_crc(data: bytes) -> int:
    """The CRC-16 of the FIT protocol over `data`."""
    crc = 0
    for byte in data:
        crc = (crc >> 8) ^ _CRC_TABLE[(crc ^ byte) & 0xFF]
    return crc


def _definition(local: int, number: int, fields: Sequence[tuple[int, int, int]]) -> bytes:
    """A definition message; each field is (number, size in bytes, base type)."""
    return struct.pack("<BBBHB", 0x40 | local, 0, 0, number, len(fields)) + b"".join(
        struct.pack("<BBB", *field) for field in fields
    )


@dataclass(frozen=True, slots=True)
class Session:
    """One leg of a FIT file. `metres` and `seconds` are what its summary says; None leaves the field out.

    `sport`, `sub_sport`: numbers of the FIT profile. `pauses`: (from, until) in seconds since the start, written
    as stop and start events of the timer. `begins`: seconds after the file's own start. `speaks` False leaves the
    records without a distance, so that it can only be measured along the track.
    """

    points: Sequence[Point]
    sport: int = RUNNING
    sub_sport: int = 0
    metres: float | None = None
    seconds: float | None = None
    pauses: Sequence[tuple[int, int]] = ()
    begins: int = 0
    speaks: bool = True


def fit(
    *sessions: Session, started_at: datetime, summaries: bool = True, file_type: int = 4, crc: bool = True
) -> bytes:
    """A FIT file of `sessions`; without `summaries` it ends like one whose watch ran out of power.

    `file_type` 4 is an activity (6 a course, 2 settings); without `crc` the checksum is wrong.
    """
    start = int(started_at.timestamp()) - FIT_EPOCH
    parts = [_definition(0, 0, [(0, 1, 0x00), (1, 2, 0x84), (4, 4, 0x86)])]
    parts.append(struct.pack("<BBHI", 0, file_type, 255, start))
    parts.append(_definition(1, 21, [(253, 4, 0x86), (0, 1, 0x00), (1, 1, 0x00)]))
    parts.append(_definition(2, 20, [(253, 4, 0x86), (0, 4, 0x85), (1, 4, 0x85), (5, 4, 0x86), (3, 1, 0x02)]))
    for session in sessions:
        parts.append(_records(session, start + session.begins))
        if summaries:
            parts.append(_summary(session, start + session.begins))
    body = b"".join(parts)
    header = struct.pack("<BBHI4s", 14, 0x20, 2132, len(body), b".FIT")
    whole = header + struct.pack("<H", fit_crc(header)) + body
    return whole + struct.pack("<H", fit_crc(whole) ^ (0 if crc else 1))


def _records(session: Session, start: int) -> bytes:
    """The records of a session with the timer's events among them."""
    events = [(0, 0), *((at, 4) for at, _ in session.pauses), *((at, 0) for _, at in session.pauses)]
    events.append((int(session.points[-1][0]), 4))
    events.sort(key=lambda event: event[0])
    parts = []
    for seconds, metres in session.points:
        while events and events[0][0] <= seconds and events[0][1] == 0:
            parts.append(struct.pack("<BIBB", 1, start + events[0][0], 0, events.pop(0)[1]))
        latitude = int((52.0 + metres / METRES_PER_DEGREE) * 2**31 / 180)
        distance = round(metres * 100) if session.speaks else 0xFFFFFFFF
        longitude = int(13.0 * 2**31 / 180)
        parts.append(struct.pack("<BIiiIB", 2, start + int(seconds), latitude, longitude, distance, 150))
        while events and events[0][0] <= seconds:
            parts.append(struct.pack("<BIBB", 1, start + events[0][0], 0, events.pop(0)[1]))
    return b"".join(parts)


def _summary(session: Session, start: int) -> bytes:
    """The session message, with only those totals that the session gives."""
    fields = [(253, 4, 0x86), (2, 4, 0x86), (7, 4, 0x86), (5, 1, 0x00), (6, 1, 0x00)]
    elapsed = int(session.points[-1][0])
    values = struct.pack("<IIIBB", start + elapsed, start, elapsed * 1000, session.sport, session.sub_sport)
    if session.seconds is not None:
        fields.append((8, 4, 0x86))
        values += struct.pack("<I", round(session.seconds * 1000))
    if session.metres is not None:
        fields.append((9, 4, 0x86))
        values += struct.pack("<I", round(session.metres * 100))
    return _definition(3, 18, fields) + b"\x03" + values


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S") + (f".{at.microsecond // 1000:03}Z" if at.microsecond else "Z")


def gpx(
    *segments: Iterable[Point],
    started_at: datetime | None,
    kind: str | None = "running",
    hearts: bool = False,
) -> bytes:
    """A GPX 1.1 track that goes north; each of `segments` is one `<trkseg>`, a gap between two is a pause.

    Without `started_at` the points carry no time; `kind` is the track's `<type>`; `hearts` adds heart rates.
    """
    parts = [
        (
            '<?xml version="1.0" encoding="UTF-8"?>\n<gpx creator="Second Wind" version="1.1"'
            ' xmlns="http://www.topografix.com/GPX/1/1"'
            ' xmlns:tpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v1">\n <trk><name>Run</name>'
        )
    ]
    parts.append(f"<type>{kind}</type>" if kind is not None else "")
    extra = "<extensions><tpx:TrackPointExtension><tpx:hr>150</tpx:hr></tpx:TrackPointExtension></extensions>"
    for segment in segments:
        parts.append("<trkseg>\n")
        for seconds, metres in segment:
            at = f"<time>{_stamp(started_at + timedelta(seconds=seconds))}</time>" if started_at else ""
            parts.append(
                f'  <trkpt lat="{52.0 + metres / METRES_PER_DEGREE:.7f}" lon="13.0000000"><ele>34.2</ele>{at}'
                f"{extra if hearts else ''}</trkpt>\n"
            )
        parts.append("</trkseg>")
    parts.append("</trk></gpx>\n")
    return "".join(parts).encode()


def tcx(
    *laps: tuple[Sequence[Point], float, float],
    started_at: datetime,
    sport: str = "Running",
    speaks: bool = True,
) -> bytes:
    """A TCX file; each lap is (points, its TotalTimeSeconds, its DistanceMeters), times from the file's start.

    `speaks` False leaves the trackpoints without a distance, so that it is measured along the track.
    """
    space = "http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"
    parts = [
        (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<TrainingCenterDatabase xmlns="{space}"><Activities>'
            f'<Activity Sport="{sport}"><Id>{_stamp(started_at)}</Id>\n'
        )
    ]
    for points, seconds, metres in laps:
        begins = _stamp(started_at + timedelta(seconds=points[0][0]))
        parts.append(f'<Lap StartTime="{begins}"><TotalTimeSeconds>{seconds}</TotalTimeSeconds>')
        parts.append(f"<DistanceMeters>{metres}</DistanceMeters><Calories>0</Calories><Track>\n")
        for at, along in points:
            distance = f"<DistanceMeters>{along:.2f}</DistanceMeters>" if speaks else ""
            parts.append(
                f"<Trackpoint><Time>{_stamp(started_at + timedelta(seconds=at))}</Time><Position>"
                f"<LatitudeDegrees>{52.0 + along / METRES_PER_DEGREE:.7f}</LatitudeDegrees>"
                f"<LongitudeDegrees>13.0</LongitudeDegrees></Position>{distance}"
                "<HeartRateBpm><Value>150</Value></HeartRateBpm></Trackpoint>\n"
            )
        parts.append("</Track></Lap>")
    parts.append("</Activity></Activities></TrainingCenterDatabase>\n")
    return "".join(parts).encode()


def gzipped(data: bytes) -> bytes:
    """`data` as a .gz file, the same bytes every time."""
    return gzip.compress(data, compresslevel=6, mtime=0)


def zipped(members: Mapping[str, bytes]) -> bytes:
    """A zip archive of `members` by name, the same bytes every time."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return made.getvalue()
