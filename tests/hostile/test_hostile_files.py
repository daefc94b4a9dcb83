"""Files that lie, burst or climb, through the commands themselves; others are answered meanwhile."""

from __future__ import annotations

import asyncio
import functools
import gzip
import io
import time
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from tests.cogs.conftest import World, seen
from tests.hostile.sending import answers

BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(10))
    + b"]><gpx><trk><name>&k;</name></trk></gpx>"
)
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY x SYSTEM "file:///etc/passwd">]><gpx><trk><name>&x;</name></trk></gpx>'


def points(count: int) -> bytes:
    lines = (
        b'<trkpt lat="%f" lon="8.0"><time>2026-11-18T07:%02d:%02dZ</time></trkpt>'
        % (47 + n / 1e6, n // 60 % 60, n % 60)
        for n in range(count)
    )
    head = b'<gpx xmlns="http://www.topografix.com/GPX/1/1"><trk><type>running</type><trkseg>'
    return head + b"".join(lines) + b"</trkseg></trk></gpx>"


def packed(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return stream.getvalue()


# The larger ones are made where one is asked for, and once: to make all takes as long as to collect every other file.
FILES: dict[str, tuple[str, bytes | Callable[[], bytes]]] = {
    "empty": ("run.fit", b""),
    "cut short": ("run.fit", b"\x0e\x10\xd9\x07\x10\x00\x00\x00.FIT"),
    "mislabelled": ("run.fit", b"\x89PNG\r\n\x1a\n" + b"\x00" * 500),
    "entities": ("run.gpx", BOMB),
    "outside": ("run.gpx", OUTSIDE),
    "gzip bomb": ("run.gpx.gz", lambda: gzip.compress(b" " * 120_000_000)),
    "points": ("run.gpx.gz", lambda: gzip.compress(points(1_000_001), compresslevel=1)),
    "zip in zip": ("a.zip", packed(**{"b.zip": packed(**{"c.gpx": b"x"})})),
    "zip bomb": ("a.zip", lambda: packed(**{"b.gpx": b" " * 200_000_000})),
    "climbing": ("a.zip", packed(**{"../../../tmp/second-wind-climbed.gpx": b"<gpx/>", "/etc/x.gpx": b"x"})),
    "no zip": ("a.zip", b"PK\x03\x04" + b"\xff" * 300),
    "nothing in it": ("a.zip", packed(**{"readme.txt": b"x"})),
    "name": ("\u202e@everyone<@&1>" + "n" * 200 + ".gpx", b"<gpx/>"),
    "large": ("run.fit", b"\x00" * (25 * 1024 * 1024 + 1)),
}


@functools.cache
def made(kind: str) -> bytes:
    data = FILES[kind][1]
    return data() if callable(data) else data


@pytest.mark.timeout(120)
@pytest.mark.parametrize("command", ["run log", "run import"])
@pytest.mark.parametrize("kind", FILES)
async def test_a_hostile_file_is_told_privately_and_stores_nothing(
    world: World, kind: str, command: str
) -> None:
    name, data = FILES[kind][0], made(kind)
    result = await world.alice.slash(world.runs, command, file=(name, data))
    await wait_for_the_worker(world, result)
    shown = "".join(seen(message) for message in answers(result))
    assert shown
    assert all(message.ephemeral for message in answers(result))
    assert "reference" not in shown
    assert "@everyone" not in shown
    assert "root:" not in shown
    assert await world.rows("SELECT 1 FROM runs") == []
    await world.bob.slash(world.runs, "run log", distance="5k")
    assert len(await world.rows("SELECT 1 FROM runs")) == 1
    assert world.env.errors is not None  # looked at


async def wait_for_the_worker(world: World, result: Any) -> None:
    ends = time.monotonic() + 60
    while not any(seen(message) for message in answers(result)) and time.monotonic() < ends:
        await asyncio.sleep(0.1)
        await world.env.settle()
