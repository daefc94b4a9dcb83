"""Files from a watch to try uploads with, made for the demo's own day."""

from __future__ import annotations

from datetime import datetime, timedelta

from demo.samples import CYCLING, Session, fit, gpx, gzipped, steady, tcx, zipped

RUN, EXPORT = "morning-run.fit", "watch-export.zip"
NAMES = (RUN, EXPORT)


def watch_file(name: str, now: datetime) -> bytes:
    """The file of that name; its runs lie before `now` (aware). Raises LookupError for another name."""
    morning = now.replace(hour=5, minute=12, second=0, microsecond=0)
    if name == RUN:
        return _fit(morning, 7_240, 2_391)
    if name == EXPORT:
        return _export(morning)
    raise LookupError("no such file here")


def _fit(started_at: datetime, metres: int, seconds: int, sport: int = 1) -> bytes:
    session = Session(steady(metres, seconds), sport=sport, metres=metres, seconds=seconds)
    return fit(session, started_at=started_at)


def _export(morning: datetime) -> bytes:
    """What a watch's maker hands out: runs in three formats, a ride, a broken file, and things that are no runs."""
    members: dict[str, bytes] = {}
    for number in range(18):
        at = morning - timedelta(days=3 * number + 2)
        metres, seconds = 5_000 + 350 * (number % 7), 1_560 + 118 * (number % 7)
        name = f"activities/{at:%Y-%m-%d}"
        if number % 3 == 0:
            members[f"{name}.fit.gz"] = gzipped(_fit(at, metres, seconds))
        elif number % 3 == 1:
            members[f"{name}.gpx"] = gpx(steady(metres, seconds, step=5), started_at=at)
        else:
            points = steady(metres, seconds, step=5)
            members[f"{name}.tcx"] = tcx((points, seconds, metres), started_at=at)
    members["activities/ride.fit"] = _fit(morning - timedelta(days=1, hours=2), 24_000, 3_600, CYCLING)
    members["activities/broken.fit"] = _fit(morning, 5_000, 1_500)[:200]
    members["profile.json"] = b"{}"
    return zipped(members)
