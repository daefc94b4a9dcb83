"""First answers and the loop's lag while 200 people use commands at once and a file of 10 MiB is being imported."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.figures import Figure, p50
from benchmarks.people import Runner, everyone, stored, stored_runs
from benchmarks.process import BOT_WITH_BARE, BotProcess
from benchmarks.standin import StandIn, Upload
from benchmarks.standin_answer import Answer
from benchmarks.standin_messages import LOADING, walk

AT_ONCE = 200
FILE_BYTES = 10 * 2**20


async def import_beside_commands(folder: Path, *, rounds: int) -> list[Figure]:
    """Each round: one member's import of 10 MiB begins, and 200 others use commands at that moment or soon after."""
    firsts: list[float] = []
    beside = 0
    taken: dict[int, int] = {}
    async with (
        StandIn(guilds=21) as discord_,
        await BotProcess.start(discord_, folder, program=BOT_WITH_BARE),
    ):
        await discord_.wait_commands()
        importer, *runners = everyone(discord_)
        for runner in runners:
            stored(await runner.log_run())
        uploads = [archive(n) if n % 2 else Upload("long-run.gpx", long_gpx(day=n)) for n in range(rounds)]
        await importer.use("lag")  # forgets what was before
        for turn, upload in enumerate(uploads):
            importing = await importer.use("run import", {"file": upload}, wait=False)
            await asyncio.sleep(0.4 * (turn % 3))
            answers = await _crowd(runners[turn % 2 :: 2][:AT_ONCE])
            beside += not finished(importing)
            await importing.until(finished, patience=60)
            taken[importing.id] = 10 if turn % 2 else 1
            firsts += [answer.first_response_seconds or 0.0 for answer in (*answers, importing)]
        lag = json.loads((await importer.use("lag")).text)
    rows = stored_runs(folder / "second-wind.db")
    if {interaction: rows.get(interaction, 0) for interaction in taken} != taken:
        raise RuntimeError("the imports did not take every run of their files")
    return [
        Figure(f"slowest first answer, {AT_ONCE} at once beside an import", max(firsts), "s", at_most=2.5),
        Figure(f"first answer, {AT_ONCE} at once beside an import, p50", p50(firsts), "s"),
        Figure("loop lag beside an import, p99", lag["p99"] * 1000, "ms", at_most=50),
        Figure("loop lag beside an import, longest", lag["max"] * 1000, "ms"),
        Figure("imports still under way when the 200 were answered", beside, f"of {rounds}"),
    ]


def finished(importing: Answer) -> bool:
    """Whether the import has ended: its answer stands, and offers no more to stop it."""
    message = importing.message
    if message is None or message["flags"] & LOADING:
        return False
    return not any("import.stop" in one.get("custom_id", "") for one in walk(message["components"]))


async def _crowd(runners: list[Runner]) -> list[Answer]:
    """All at once: half of them log a run, the others look something up."""
    others = ("checkin", "run history", "goal", "help")
    jobs = [
        runner.log_run() if number % 2 else runner.use(others[number // 2 % len(others)])
        for number, runner in enumerate(runners)
    ]
    return await asyncio.gather(*jobs)


def archive(turn: int, *, files: int = 10) -> Upload:
    """A zip of 10 MiB: ten long runs as they are, none packed."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as packed:
        for number in range(files):
            one = long_gpx(day=100 + turn * files + number, size=FILE_BYTES // files - 200)
            packed.writestr(f"activities/{number}.gpx", one)
    return Upload("export.zip", content.getvalue())


def long_gpx(*, day: int, size: int = FILE_BYTES) -> bytes:
    """A GPX track of just under `size` bytes, a point a second at 6:00 a kilometre, with what watches add to each.

    It began at 05:00 UTC, `day` days before yesterday.
    """
    yesterday = datetime.now(UTC) - timedelta(days=1)
    start = (yesterday - timedelta(days=day)).replace(hour=5, minute=0, second=0, microsecond=0)
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="A watch" '
        'xmlns="http://www.topografix.com/GPX/1/1" '
        'xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v1">\n'
        "<trk><name>A very long run</name><type>running</type><trkseg>\n"
    )
    tail = "</trkseg></trk></gpx>\n"
    point = (
        '<trkpt lat="{:.15f}" lon="8.541694000000000"><ele>{:.13f}</ele><time>{}</time><extensions>'
        "<gpxtpx:TrackPointExtension><gpxtpx:atemp>21.0</gpxtpx:atemp><gpxtpx:hr>{}</gpxtpx:hr>"
        "<gpxtpx:cad>{}</gpxtpx:cad></gpxtpx:TrackPointExtension></extensions></trkpt>\n"
    )
    points: list[str] = []
    length = len(head) + len(tail)
    while True:
        n = len(points)
        moment = (start + timedelta(seconds=n)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        one = point.format(47.3 + n / 360 * 1000 / 111_195, 408 + n % 50, moment, 120 + n % 50, 80 + n % 9)
        length += len(one)
        if length > size:
            return (head + "".join(points) + tail).encode()
        points.append(one)
