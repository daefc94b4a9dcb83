"""Reading a watch file whatever its name says: bytes in, an Activity out, or BadFile with the reason.

Runs in the file worker only, never in the bot's own process.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zlib

from bot.checkins.fit import read_fit
from bot.checkins.gpx_tcx import read_xml
from bot.checkins.track import Activity, BadFile, summarise


def clean(text: str, limit: int) -> str:
    """`text` on one line without control, format and bidi characters, at most `limit` characters."""
    shown = "".join(" " if char.isspace() else char for char in text[: limit * 8])
    shown = "".join(char for char in shown if not unicodedata.category(char).startswith("C"))
    shown = " ".join(shown.split())
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def clean_name(name: str) -> str:
    """The last part of a path that a file claims, cleaned, at most 60 characters; only ever shown, never opened."""
    return clean(re.split(r"[/\\]", name.rstrip("/\\"))[-1], 60) or "?"


def unpacked(data: bytes, limit: int) -> bytes:
    """The content of a gzip file, or `data` as it is. Raises BadFile before more than `limit` bytes are unpacked."""
    if not data.startswith(b"\x1f\x8b"):
        if len(data) > limit:
            raise BadFile("too_large")
        return data
    stream = zlib.decompressobj(wbits=31)
    try:
        content = stream.decompress(data, limit + 1)
    except zlib.error as error:
        raise BadFile("damaged") from error
    if len(content) > limit:
        raise BadFile("too_large")
    if not stream.eof:
        raise BadFile("damaged")
    return content


def read_watch_file(data: bytes, *, max_points: int) -> Activity:
    """What an unpacked FIT, GPX or TCX file tells, whatever its name says. Raises BadFile."""
    if not data.strip(b"\x00 \t\r\n"):
        raise BadFile("empty")
    try:
        if data[8:12] == b".FIT":
            legs, name = read_fit(data, max_points)
        elif data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) or data.lstrip().startswith(b"<"):
            legs, name = read_xml(data.lstrip(), max_points)
        elif data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b")):
            raise BadFile("archive")
        else:
            raise BadFile("not_a_watch_file")
        content_hash = hashlib.sha256(data).hexdigest()
        return summarise(legs, content_hash=content_hash, sport_name=clean(name, 40))
    except (BadFile, MemoryError):
        raise
    except (
        Exception
    ) as error:  # parsers raise what they like on garbage: ValueError, KeyError, AssertionError
        raise BadFile("damaged") from error
