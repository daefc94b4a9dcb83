"""Quiet hours, the offer to stop, a streak at risk: against what one would count by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refusal
from bot.reminders.rules import (
    Past,
    at_risk,
    checked_minute,
    checked_weekdays,
    offers_to_stop,
    quiet_until,
)

UTC_ZONE = ZoneInfo("UTC")
DAY = date(2026, 11, 19)


@given(
    now=st.integers(0, 366 * 86_400).map(lambda at: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=at)),
    start=st.integers(0, 1439),
    end=st.integers(0, 1439),
)
def test_quiet_hours_end_at_the_first_minute_that_is_not_quiet(now: datetime, start: int, end: int) -> None:
    def quiet(moment: datetime) -> bool:
        """Walks the hours minute by minute, as a clock does."""
        minute, at = moment.hour * 60 + moment.minute, start
        while at != end:
            if at == minute:
                return True
            at = (at + 1) % 1440
        return False

    over = quiet_until(now, UTC_ZONE, start, end)
    assert (over is not None) == quiet(now)
    if over is not None:
        assert now < over <= now + timedelta(days=1)
        assert not quiet(over)
        assert quiet(over - timedelta(minutes=1))


def test_without_quiet_hours_nothing_is_quiet() -> None:
    now = datetime(2026, 11, 19, 3, tzinfo=UTC)
    assert quiet_until(now, UTC_ZONE, None, None) is None
    assert quiet_until(now, UTC_ZONE, 60, 60) is None


@pytest.mark.parametrize(
    ("zone", "now", "until", "over"),
    [
        # 02:30 does not exist on that night: the hours end at the first moment that does
        ("America/New_York", "2026-03-08T06:30:00+00:00", 150, "2026-03-08T07:00:00+00:00"),
        # 02:30 comes twice: the hours end at the first of the two
        ("Europe/Berlin", "2026-10-24T23:30:00+00:00", 150, "2026-10-25T00:30:00+00:00"),
        # Lord Howe moves by half an hour
        ("Australia/Lord_Howe", "2026-10-03T15:00:00+00:00", 135, "2026-10-03T15:30:00+00:00"),
    ],
)
def test_quiet_hours_end_where_the_clock_changes(zone: str, now: str, until: int, over: str) -> None:
    found = quiet_until(datetime.fromisoformat(now), ZoneInfo(zone), 22 * 60, until)
    assert found == datetime.fromisoformat(over)


IGNORED = Past(DAY, answered=False, offered=False)
ANSWERED = Past(DAY, answered=True, offered=False)
OFFERED = Past(DAY, answered=False, offered=True)
KEPT = Past(DAY - timedelta(days=1), answered=False, offered=False)


@pytest.mark.parametrize(
    ("past", "offers"),
    [
        ([], False),
        ([IGNORED] * 2, False),
        ([IGNORED] * 3, True),
        ([IGNORED] * 9, True),
        ([IGNORED, IGNORED, ANSWERED, IGNORED], False),
        ([IGNORED, IGNORED, KEPT, IGNORED], False),
        ([IGNORED, IGNORED, IGNORED, ANSWERED], True),
        ([OFFERED, IGNORED, IGNORED, IGNORED], False),
        ([IGNORED, IGNORED, IGNORED, OFFERED, IGNORED], False),
        ([IGNORED, IGNORED, IGNORED, ANSWERED, OFFERED], True),
    ],
)
def test_it_offers_to_stop_after_three_ignored_and_not_again_unanswered(
    past: list[Past], offers: bool
) -> None:
    assert offers_to_stop(past, {KEPT.day}) is offers


def test_a_streak_is_at_risk_on_one_day_alone() -> None:
    for target in range(1, 8):
        for kept in range(8):
            # of seven days, with `kept` kept first and none after: the days that are left shrink by one a day
            days = [left for left in range(7 - kept, 0, -1) if _risk(kept, target, left)]
            assert len(days) == (1 if kept < target else 0), (target, kept)
            assert all(kept + left == target for left in days)


def _risk(kept: int, target: int, left: int) -> bool:
    return at_risk(streak=1, kept_days=kept, target=target, days_left=left)


def test_without_a_streak_nothing_is_at_risk() -> None:
    assert not at_risk(streak=0, kept_days=2, target=3, days_left=1)


@pytest.mark.parametrize("minute", [-1, 1440, 10**9])
def test_a_minute_that_no_clock_shows_is_refused(minute: int) -> None:
    with pytest.raises(Refusal, match="time of day"):
        checked_minute(minute)


@pytest.mark.parametrize("mask", [-1, 0, 128, 10**9])
def test_weekdays_that_are_none_are_refused(mask: int) -> None:
    with pytest.raises(Refusal, match="at least one day"):
        checked_weekdays(mask)
