"""FIT, GPX and TCX: exact numbers from files made by hand, other libraries as oracle, and every kind of bad file."""

from __future__ import annotations

import hashlib
import io
import math
from datetime import UTC, datetime, timedelta
from typing import Any

import gpxpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tcxreader.tcxreader import TCXReader

from bot.checkins.file_formats import clean, clean_name, read_watch_file, unpacked
from bot.checkins.gpx_tcx import sport_named
from bot.checkins.track import Activity, BadFile
from demo import samples
from demo.samples import Session

START = datetime(2026, 3, 1, 7, 0, tzinfo=UTC)
TEN = samples.steady(10_000, 3_000)  # 5:00 a kilometre


def told(data: bytes, max_points: int = 400_000) -> Activity:
    return read_watch_file(data, max_points=max_points)


def reason(data: bytes, max_points: int = 400_000) -> str:
    with pytest.raises(BadFile) as caught:
        told(data, max_points)
    return caught.value.reason


def test_a_fit_run_tells_the_devices_totals_its_start_and_its_best_stretches() -> None:
    data = samples.fit(Session(TEN, metres=10_012, seconds=2_990), started_at=START)
    activity = told(data)
    assert (activity.sport, activity.metres, activity.seconds) == ("run", 10_012, 2_990)
    assert activity.started_at == START
    assert activity.sport_name == "running"
    assert activity.content_hash == hashlib.sha256(data).hexdigest()
    assert activity.bests == {1_000: 300, 5_000: 1_500, 10_000: 3_000}


def test_the_fastest_kilometre_of_an_uneven_run_is_found() -> None:
    slow, fast = samples.steady(3_000, 1_200), samples.steady(1_000, 240)
    points = [*slow, *((1_200 + at, 3_000 + metres) for at, metres in fast[1:])]
    points += [(1_440 + at, 4_000 + metres) for at, metres in slow[1:]]
    assert told(samples.fit(Session(points), started_at=START)).bests[1_000] == 240


def test_a_fit_file_without_summaries_is_summed_from_its_records_without_the_pauses() -> None:
    points = [point for point in TEN if not 1_000 < point[0] < 1_120]
    activity = told(samples.fit(Session(points, pauses=[(1_000, 1_120)]), started_at=START, summaries=False))
    assert (activity.metres, activity.seconds) == (10_000, 3_000 - 120)


def test_a_fit_file_without_device_distance_is_measured_along_the_track() -> None:
    activity = told(samples.fit(Session(TEN, speaks=False), started_at=START))
    assert activity.metres == pytest.approx(10_000, abs=5)
    assert activity.seconds == 3_000


def test_a_fit_file_of_a_watch_without_a_date_tells_everything_but_the_start() -> None:
    switched_on = datetime(1990, 7, 8, tzinfo=UTC)
    activity = told(samples.fit(Session(TEN, metres=10_000, seconds=3_000), started_at=switched_on))
    assert (activity.metres, activity.seconds, activity.started_at) == (10_000, 3_000, None)
    assert activity.bests[5_000] == 1_500


def test_a_watchs_summary_counts_where_its_samples_cannot_be_right() -> None:
    wild = [(at, 500_000.0 * (at % 3)) for at, _ in TEN]
    activity = told(samples.fit(Session(wild, metres=10_000, seconds=3_000), started_at=START))
    assert (activity.metres, activity.seconds, activity.bests) == (10_000, 3_000, {})
    with pytest.raises(BadFile):
        told(samples.fit(Session(wild), started_at=START))


def test_a_duathlon_counts_its_two_runs_together() -> None:
    first, ride = (
        Session(samples.steady(5_000, 1_500), metres=5_000, seconds=1_500),
        samples.steady(20_000, 2_400),
    )
    last = Session(samples.steady(2_500, 700), metres=2_500, seconds=700, begins=3_900)
    data = samples.fit(
        first, Session(ride, sport=samples.CYCLING, metres=20_000, begins=1_500), last, started_at=START
    )
    activity = told(data)
    assert (activity.sport, activity.metres, activity.seconds) == ("run", 7_500, 2_200)
    assert activity.bests == {1_000: 280, 5_000: 1_500}
    assert activity.started_at == START


@pytest.mark.parametrize(
    ("sport", "sub_sport", "counts_as"),
    [(1, 0, "run"), (1, 3, "run"), (11, 0, "walk"), (17, 0, "walk"), (4, 1, "run"), (4, 27, "walk"), (2, 0, "other"),
     (0, 0, "other"), (5, 17, "other"), (250, 0, "other")],
)  # fmt: skip
def test_runs_and_walks_are_told_from_other_sports(sport: int, sub_sport: int, counts_as: str) -> None:
    data = samples.fit(Session(TEN, sport, sub_sport, metres=10_000, seconds=3_000), started_at=START)
    assert told(data).sport == counts_as


def test_of_another_sport_nothing_but_its_name_is_kept() -> None:
    activity = told(samples.fit(Session(TEN, samples.CYCLING, metres=1, seconds=1), started_at=START))
    assert activity == Activity("other", None, None, None, {}, activity.content_hash, "cycling")


def test_a_walk_has_no_best_stretches() -> None:
    activity = told(
        samples.fit(Session(TEN, samples.WALKING, metres=10_000, seconds=3_000), started_at=START)
    )
    assert (activity.sport, activity.bests) == ("walk", {})


def test_a_gpx_track_is_measured_and_timed_as_gpxpy_does() -> None:
    data = samples.gpx(samples.steady(10_000, 3_000, step=3), started_at=START, hearts=True)
    oracle = gpxpy.parse(data.decode())
    activity = told(data)
    assert activity.metres == pytest.approx(oracle.length_2d(), rel=0.002)
    assert activity.metres == pytest.approx(10_000, abs=2)
    assert activity.seconds == oracle.get_duration() == 3_000
    assert (activity.sport, activity.started_at) == ("run", START)
    assert activity.bests[5_000] == pytest.approx(1_500, abs=1)


def test_a_gap_between_segments_of_a_gpx_track_is_a_pause() -> None:
    before, after = (
        samples.steady(3_000, 900),
        [(at + 1_500, 3_400 + along) for at, along in samples.steady(2_001, 600)],
    )
    activity = told(samples.gpx(before, after, started_at=START))
    assert (activity.metres, activity.seconds) == (5_001, 1_500)
    assert activity.bests[1_000] == 300
    assert activity.bests[5_000] == pytest.approx(2_100, abs=1)  # the clock of a record does not stop


def test_a_gpx_track_without_times_tells_a_distance_alone() -> None:
    activity = told(samples.gpx(TEN, started_at=None))
    assert (activity.metres, activity.seconds, activity.started_at, activity.bests) == (
        10_000,
        None,
        None,
        {},
    )


@pytest.mark.parametrize(("seconds", "counts_as"), [(3_000, "run"), (6_000, "walk")])
def test_a_gpx_track_of_no_sport_is_a_walk_when_it_is_slow(seconds: int, counts_as: str) -> None:
    data = samples.gpx(samples.steady(10_000, seconds, step=2), started_at=START, kind=None)
    assert told(data).sport == counts_as


@pytest.mark.parametrize(
    ("name", "sport"),
    [("running", "run"), ("Trail_Running", "run"), ("jogging", "run"), ("9", "run"), ("Walking", "walk"),
     ("hiking", "walk"), ("10", "walk"), ("cycling", "other"), ("Biking", "other"), ("", None), (" ", None)],
)  # fmt: skip
def test_the_words_of_apps_for_a_sport_are_understood(name: str, sport: str | None) -> None:
    assert sport_named(name) == sport


def test_a_tcx_run_sums_its_laps_as_tcxreader_does() -> None:
    first, second = TEN[:1_501], TEN[1_500:]
    data = samples.tcx((first, 1_500, 5_000), (second, 1_480, 5_010), started_at=START)
    oracle = TCXReader().read(io.BytesIO(data))
    activity = told(data)
    assert activity.metres == oracle.distance == 10_010
    assert activity.seconds == 2_980
    assert activity.started_at == oracle.start_time.replace(tzinfo=UTC) == START
    assert activity.bests == {1_000: 300, 5_000: 1_500, 10_000: 3_000}


def test_a_tcx_ride_is_another_sport() -> None:
    assert told(samples.tcx((TEN, 3_000, 10_000), started_at=START, sport="Biking")).sport == "other"


def test_the_same_content_has_the_same_hash_gzipped_or_not() -> None:
    data = samples.gpx(TEN, started_at=START)
    packed = samples.gzipped(data)
    assert told(unpacked(packed, 10**8)).content_hash == told(data).content_hash
    assert reason(packed) == "archive"  # gzip inside gzip is for nobody


def edited(old: str, new: str, **options: Any) -> bytes:
    return samples.gpx(TEN, started_at=START, **options).decode().replace(old, new).encode()


BOMB = '<!DOCTYPE gpx [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><gpx><trk>&b;</trk></gpx>'
OUTSIDE = '<!DOCTYPE gpx [<!ENTITY x SYSTEM "file:///etc/passwd">]><gpx>&x;</gpx>'
WHOLE = samples.fit(Session(TEN, metres=10_000, seconds=3_000), started_at=START)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"\x00" * 500, "empty"),
        (b" \n", "empty"),
        (b"date,km\n2026-03-01,5\n", "not_a_watch_file"),
        (b"\xff\xd8\xff\xe0 a picture", "not_a_watch_file"),
        (b"<html><body>log in</body></html>", "not_a_watch_file"),
        (b"<!DOCTYPE html><html></html>", "not_a_watch_file"),
        (b"<gpx", "not_a_watch_file"),
        (b"PK\x03\x04 and so on", "archive"),
        (WHOLE[:-500], "damaged"),
        (WHOLE[:12], "damaged"),
        (samples.fit(Session(TEN), started_at=START, crc=False), "damaged"),
        (samples.gpx(TEN, started_at=START)[:-900], "damaged"),
        (samples.gpx(TEN, started_at=START).replace(b'"UTF-8"', b'"x-none"'), "damaged"),
        (BOMB.encode(), "hostile"),
        (BOMB.encode("utf-16"), "hostile"),
        (OUTSIDE.encode(), "hostile"),
        (samples.fit(Session(TEN), started_at=START, file_type=6), "no_activity"),
        (samples.fit(started_at=START), "no_activity"),
        (b'<gpx><wpt lat="1" lon="2"/></gpx>', "no_activity"),
        (b"<TrainingCenterDatabase><Courses/></TrainingCenterDatabase>", "no_activity"),
        (edited("2026-", "1970-"), "implausible"),
        (edited("2026-", "2199-"), "implausible"),
        (edited('lat="5', 'lat="NaN5'), "implausible"),
        (edited('lat="5', 'lat="99'), "implausible"),
        (edited('lon="13', 'lon="inf'), "implausible"),
        (samples.gpx([(at, metres * 20) for at, metres in TEN], started_at=START), "implausible"),
        (samples.tcx((TEN, 3_000, 10_000), started_at=START).replace(b"2026-", b"1970-"), "implausible"),
        (samples.tcx((TEN, math.nan, 10_000), started_at=START), "implausible"),
        (samples.tcx((TEN, 3_000, math.inf), started_at=START), "implausible"),
        (samples.tcx((TEN, -3_000, 10_000), started_at=START), "implausible"),
    ],
)
def test_a_bad_file_is_refused_for_what_is_wrong_with_it(data: bytes, why: str) -> None:
    assert reason(data) == why


@pytest.mark.parametrize("made", [samples.fit(Session(TEN), started_at=START), samples.gpx(TEN, started_at=START),
                                  samples.tcx((TEN, 1, 1), started_at=START)])  # fmt: skip
def test_more_points_than_the_limit_are_refused(made: bytes) -> None:
    assert told(made, len(TEN)).metres is not None
    assert reason(made, len(TEN) - 1) == "too_many_points"


def test_a_first_fix_a_thousand_kilometres_away_is_left_out() -> None:
    data = samples.gpx(TEN, started_at=START).decode().replace('lat="52.0000000"', 'lat="61.0000000"', 1)
    activity = told(data.encode())
    assert activity.metres == pytest.approx(10_000, abs=40)
    assert activity.bests[1_000] == 300


def test_a_jump_in_the_middle_is_no_distance_and_no_record() -> None:
    jumped = [(at, metres + (5_000 if at > 1_500 else 0)) for at, metres in TEN]
    for data in (samples.gpx(jumped, started_at=START), samples.fit(Session(jumped), started_at=START)):
        activity = told(data)
        assert activity.metres == pytest.approx(10_000, abs=40)
        assert activity.bests[1_000] >= 300


def test_points_out_of_order_or_twice_in_a_second_add_nothing() -> None:
    doubled = [point for point in TEN for _ in range(2)]
    swapped = [*TEN[:1_000], TEN[500], *TEN[1_000:]]
    for points in (doubled, swapped):
        activity = told(samples.gpx(points, started_at=START))
        assert (activity.metres, activity.seconds) == (10_000, 3_000)


def test_a_gzip_bomb_stops_at_the_limit() -> None:
    bomb = samples.gzipped(b"\x00" * 5_000_000)
    with pytest.raises(BadFile) as caught:
        unpacked(bomb, 1_000_000)
    assert caught.value.reason == "too_large"
    with pytest.raises(BadFile) as caught:
        unpacked(bomb[:-20], 10_000_000)
    assert caught.value.reason == "damaged"


def test_names_of_files_are_shown_without_paths_and_tricks() -> None:
    assert clean_name("../../etc/passwd") == "passwd"
    assert clean_name("C:\\Users\\me\\run.fit") == "run.fit"
    assert clean_name("a\u202egpj.fit\x00\n") == "agpj.fit"
    assert clean_name("/") == "?"
    assert len(clean_name("x" * 10_000)) == 60
    assert clean("  Sunday \t long\u200brun ", 40) == "Sunday longrun"


GOOD = [
    samples.fit(Session(samples.steady(400, 120, step=4), metres=400, seconds=120), started_at=START),
    samples.gpx(samples.steady(400, 120, step=4), started_at=START),
    samples.tcx((samples.steady(400, 120, step=4), 120, 400), started_at=START),
]


@settings(max_examples=150, deadline=timedelta(seconds=2))
@given(
    data=st.sampled_from(GOOD),
    cut=st.integers(0, 4_000),
    wounds=st.lists(st.tuples(st.integers(0, 4_000), st.integers(0, 255)), max_size=6),
)
def test_whatever_is_done_to_a_file_it_is_read_or_refused(
    data: bytes, cut: int, wounds: list[tuple[int, int]]
) -> None:
    hurt = bytearray(data[: len(data) - cut if cut < len(data) // 2 else len(data)])
    for place, byte in wounds:
        hurt[place % len(hurt)] = byte
    if (
        hurt[8:12] == b".FIT" and cut >= len(data) // 2
    ):  # a right checksum lets the wounds through to the parser
        hurt[-2:] = samples.fit_crc(bytes(hurt[:-2])).to_bytes(2, "little")
    try:
        activity = told(bytes(hurt))
    except BadFile:
        return
    assert activity.metres is None or 0 < activity.metres <= 10_000_000
    assert activity.seconds is None or 0 < activity.seconds <= 10_000_000
