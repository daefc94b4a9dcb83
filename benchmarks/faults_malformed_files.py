"""Malformed watch files and archives, through the worker with its limits: each is read or refused in words, in time."""

from __future__ import annotations

import asyncio
import contextlib
import io
import random
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

import psutil  # type: ignore[import-untyped]

from bot.checkins.file_refusals import Limits, refuse
from bot.checkins.files import FileReader, Unreadable
from bot.errors import Refusal
from demo import samples
from demo.samples import Session

START = datetime(2026, 11, 17, 7, tzinfo=UTC)
TRACK = samples.steady(400, 120, step=4)
MOST_SECONDS, MOST_BYTES = 5.5, 256 * 2**20  # the limit itself is 5 s; what ends the worker takes its time
EVERY = 0.05
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(10))
    + b"]><gpx><trk><name>&k;</name></trk></gpx>"
)
OUTSIDE = b'<!DOCTYPE gpx [<!ENTITY x SYSTEM "file:///etc/passwd">]><gpx><trk><name>&x;</name></trk></gpx>'
DEEP = b"<gpx>" + b"<a>" * 200_000
POINT = b'<trkpt lat="52.0" lon="13.0"/>'


def _zip(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return stream.getvalue()


GOOD = {
    "a.fit": samples.fit(Session(TRACK, metres=400, seconds=120), started_at=START),
    "a.gpx": samples.gpx(TRACK, started_at=START),
    "a.tcx": samples.tcx((TRACK, 120, 400), started_at=START),
}
# Made when first wanted, as some are large.
WORST: dict[str, Callable[[], bytes]] = {
    "entities that grow": lambda: BOMB,
    "an entity from outside": lambda: OUTSIDE,
    "elements without an end": lambda: DEEP,
    "a million points": lambda: b"<gpx><trk><trkseg>" + POINT * 340_000,
    "a gzip of zeros": lambda: samples.gzipped(bytes(200 << 20))[: 10 << 20],
    "a gzip in a gzip": lambda: samples.gzipped(samples.gzipped(bytes(80 << 20))),
    "an attribute of megabytes": lambda: b'<gpx creator="' + b"x" * (9 << 20) + b'"/>',
    "names of megabytes": lambda: b"<gpx><trk><name>" + b"y" * (9 << 20) + b"</name></trk></gpx>",
    "nothing": lambda: b"",
    "zeros": lambda: bytes(9 << 20),
    "absurd numbers": lambda: (
        GOOD["a.gpx"].replace(b'lat="5', b'lat="1e308', 3).replace(b'lon="', b'lon="nan', 2)
    ),
    "a zip of a zip": lambda: _zip(**{"in.zip": _zip(**GOOD)}),
    "a zip bomb": lambda: _zip(**{f"{n}.gpx": bytes(20 << 20) for n in range(12)}),
    "a zip of paths": lambda: _zip(**{"../../../etc/passwd.gpx": GOOD["a.gpx"], "/abs.fit": GOOD["a.fit"]}),
    "two thousand names": lambda: _zip(**{f"{n}.gpx": b"<gpx/>" for n in range(2_500)}),
}


def hurt(dice: random.Random) -> tuple[str, bytes]:
    """A sample with wounds: cut, bytes changed, parts doubled, packed, or under another's name."""
    name = dice.choice(list(GOOD))
    data = bytearray(GOOD[name])
    for _ in range(dice.choice((1, 2, 4, 16))):
        at, how = dice.randrange(len(data)), dice.random()
        if how < 0.5:
            data[at] = dice.choice((0, 0xFF, 0x7F, dice.randrange(256), ord("9"), ord("<")))
        elif how < 0.7:
            del data[at : at + dice.randint(1, 40)]
        elif how < 0.85:
            data[at:at] = data[at : at + dice.randint(1, 200)]
        else:
            del data[at:]
        if not data:
            break
    if name == "a.fit" and len(data) > 14 and dice.random() < 0.8:  # a right checksum lets the wounds through
        data[4:8] = (len(data) - 16).to_bytes(4, "little", signed=True)
        data[-2:] = samples.fit_crc(bytes(data[:-2])).to_bytes(2, "little")
    packed = bytes(data)
    if dice.random() < 0.15:
        packed = samples.gzipped(packed)
        packed = packed[: dice.randint(1, len(packed))] if dice.random() < 0.3 else packed
    elif dice.random() < 0.15:
        packed = _zip(**{name: packed, "b.gpx": packed})
    return dice.choice([name, name, *GOOD, "x", "\u202egpx.exe", "a" * 300]), packed


def _words_of_a_crash() -> str:
    try:
        refuse("crashed", Limits())
    except Refusal as refusal:
        return refusal.message


# What a file says that ended its worker; an encrypted one says it too, but none of ours is.
CRASHED = _words_of_a_crash()


async def try_files(seed: int, inputs: int) -> tuple[Counter[str], list[str], float, int]:
    """(tried by kind, what was wrong, the slowest in seconds, the most memory of a worker in bytes)."""
    dice, tried, wrong = random.Random(seed), Counter[str](), list[str]()
    slowest, reader, peak = 0.0, FileReader(), [0]
    watching = asyncio.create_task(_watch(peak))
    try:
        for number in range(inputs):
            worst = list(WORST)[number] if number < len(WORST) else None
            name, data = ("a.gpx", WORST[worst]()) if worst else hurt(dice)
            tried["the worst" if worst else "wounded"] += 1
            began = time.perf_counter()
            try:
                if data.startswith(b"PK"):
                    async for read in reader.read_archive(name, data):
                        if isinstance(read.outcome, Unreadable) and read.outcome.reason == "crashed":
                            wrong.append(f"{worst or name}: {CRASHED}")
                        if time.perf_counter() - began > 4 * MOST_SECONDS:
                            break
                else:
                    await reader.read(name, data)
            except Refusal as refusal:
                if refusal.message == CRASHED:
                    wrong.append(f"{worst or name}: {CRASHED}")
            except Exception as error:  # noqa: BLE001 - anything else is what is looked for
                wrong.append(f"{worst or name}: {type(error).__name__} {error}"[:300])
            took = time.perf_counter() - began
            single = not data.startswith(b"PK")
            slowest = max(slowest, took) if single else slowest
            if single and took > MOST_SECONDS:
                wrong.append(f"{worst or name}: {took:.1f} s")
    finally:
        watching.cancel()
        await reader.close()
    if peak[0] > MOST_BYTES:
        wrong.append(f"a worker held {peak[0] / 2**20:.0f} MiB")
    return tried, wrong, slowest, peak[0]


async def _watch(peak: list[int]) -> None:
    me = psutil.Process()
    while True:
        for child in me.children():
            with contextlib.suppress(psutil.Error):
                if "bot.checkins.file_worker" in child.cmdline():
                    peak[0] = max(peak[0], child.memory_info().rss)
        await asyncio.sleep(EVERY)
