"""The streak, against an oracle straight from its definition."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.checkins.streaks import Streak, WeekRecord, streak, target_for, week_records

FIRST = date(2026, 1, 5)
WEEK = timedelta(weeks=1)
LONG_AGO = FIRST - 100 * WEEK


def weeks_of(*days: int | str, targets: dict[int, int] | None = None) -> list[WeekRecord]:
    """Weeks from FIRST on with these days kept; "f" is a paused week without any. T is 3 but for `targets`."""
    weeks, target = [], 3
    for at, kept in enumerate(days):
        target = (targets or {}).get(at, target)
        weeks.append(WeekRecord(FIRST + at * WEEK, 0 if isinstance(kept, str) else kept, target, kept == "f"))
    return weeks


def of(weeks: list[WeekRecord], *, running: int = 0, first_week: date = LONG_AGO) -> Streak:
    """The streak in the week after `weeks`, with `running` days kept in it so far."""
    current = weeks[-1].start + WEEK if weeks else FIRST
    target = weeks[-1].target if weeks else 3
    return streak([*weeks, WeekRecord(current, running, target)], first_week=first_week, current=current)


def oracle(weeks: list[WeekRecord], first_week: date) -> tuple[int, int, int]:
    """(length, skips left, best), by trying every row of weeks: the definition word by word."""

    def missing(week: WeekRecord) -> int:
        if week.kept_days >= week.target or week.paused or week.start == first_week:
            return 0
        return week.target - week.kept_days

    def allowed(row: list[WeekRecord]) -> bool:
        empty = any(week.kept_days == 0 and missing(week) for week in row)
        fours = [row[at : at + 4] for at in range(len(row))]
        return not empty and all(sum(missing(week) for week in four) <= 2 for four in fours)

    def longest(ending: list[WeekRecord]) -> list[WeekRecord]:
        return next(row for at in range(len(ending) + 1) if allowed(row := ending[at:]))

    def length(ending: list[WeekRecord]) -> int:
        return sum(week.kept_days >= week.target for week in longest(ending))

    ends = weeks if weeks[-1].kept_days >= weeks[-1].target else weeks[:-1]
    best = max((length(ends[: at + 1]) for at in range(len(ends))), default=0)
    return length(ends), 2 - sum(missing(week) for week in longest(ends)[-3:]), best


@pytest.mark.parametrize(
    ("weeks", "length", "skips_left"),
    [
        (weeks_of(3, 0, 1, 3), 1, 0),
        (weeks_of(3, 2, 3, "f", 3, 2), 3, 1),
        (weeks_of(3, 2, 2, 2), 0, 0),
        (weeks_of(3, 3, 3, 5, targets={2: 5}), 3, 0),
        (weeks_of(3, 3, 3), 3, 2),
        (weeks_of(3, 3, 0), 0, 2),
        (weeks_of(3, 3, "f", "f"), 2, 2),
        (weeks_of(3, 2, 3, 3, 3), 4, 2),
        (weeks_of(7, 7, 3, targets={0: 7}), 0, 2),
        ([], 0, 2),
    ],
)
def test_a_streak_counts_kept_weeks_over_skips_and_pauses(
    weeks: list[WeekRecord], length: int, skips_left: int
) -> None:
    found = of(weeks)
    assert (found.length, found.skips_left) == (length, skips_left)


def test_the_first_week_is_frozen_unless_kept() -> None:
    assert of(weeks_of(1, 3, 3), first_week=FIRST).skips_left == 2
    assert of(weeks_of(1, 3, 3)).skips_left == 0
    assert of(weeks_of(3, 3), first_week=FIRST).length == 2


def test_the_current_week_counts_as_soon_as_it_is_kept_and_never_takes_away() -> None:
    weeks = weeks_of(3, 3)
    assert [of(weeks, running=days).length for days in range(5)] == [2, 2, 2, 3, 3]
    assert of(weeks, running=3).current_kept
    assert not of(weeks, running=2).current_kept


def test_a_broken_streak_leaves_the_best_and_the_last_weeks_standing() -> None:
    found = of(weeks_of(3, 3, 3, 3, 0, 3))
    assert found == Streak(
        length=1, skips_left=2, best=4, kept_of_last_12=5, of_last=6, current_kept=False, row_weeks=1
    )


def test_the_last_weeks_are_twelve_at_most_and_none_before_the_first() -> None:
    assert of(weeks_of(*[3] * 20)).of_last == 12
    found = of(weeks_of(0, 0, 3, 3), first_week=FIRST + 2 * WEEK)
    assert (found.kept_of_last_12, found.of_last) == (2, 2)
    assert of([]).of_last == 0


WEEKS = st.lists(
    st.builds(
        lambda kept, target, paused: (min(kept, 7), target, paused),
        st.integers(0, 7),
        st.sampled_from((1, 2, 3, 3, 3, 4, 7)),
        st.sampled_from((False, False, False, True)),
    ),
    min_size=1,
    max_size=12,
).map(lambda rows: [WeekRecord(FIRST + at * WEEK, *row) for at, row in enumerate(rows)])
NEARLY_KEPT = st.lists(st.sampled_from((0, 1, 2, 2, 3, 3, 3, 3)), min_size=1, max_size=14).map(
    lambda days: [WeekRecord(FIRST + at * WEEK, kept, 3) for at, kept in enumerate(days)]
)
FIRST_WEEKS = st.integers(-1, 3).map(lambda n: FIRST + n * WEEK)


@settings(max_examples=400, deadline=None)
@given(WEEKS | NEARLY_KEPT, FIRST_WEEKS)
def test_the_streak_is_the_one_of_the_definition(weeks: list[WeekRecord], first_week: date) -> None:
    found = streak(weeks, first_week=first_week, current=weeks[-1].start)
    assert (found.length, found.skips_left, found.best) == oracle(weeks, first_week)
    assert 0 <= found.skips_left <= 2
    assert found.length <= found.best


@settings(max_examples=300, deadline=None)
@given(WEEKS | NEARLY_KEPT, st.data())
def test_one_more_run_never_lowers_anything(weeks: list[WeekRecord], data: st.DataObject) -> None:
    """Wherever it is entered late, before the first check-in too."""
    ran = [week.start for week in weeks if week.kept_days]
    at = data.draw(st.integers(0, len(weeks) - 1))
    healed = [*weeks]
    healed[at] = replace(weeks[at], kept_days=min(7, weeks[at].kept_days + 1))
    current = weeks[-1].start
    before = streak(weeks, first_week=min(ran, default=current), current=current)
    after = streak(healed, first_week=min([*ran, healed[at].start]), current=current)
    assert after.length >= before.length
    assert after.best >= before.best
    assert after.kept_of_last_12 >= before.kept_of_last_12


def test_entering_late_heals_a_streak() -> None:
    assert of(weeks_of(3, 3, 0, 3)).length == 1
    assert of(weeks_of(3, 3, 1, 3)).length == 3
    assert of(weeks_of(3, 3, 3, 3)).length == 4


@settings(max_examples=300, deadline=None)
@given(WEEKS | NEARLY_KEPT, st.integers(1, 14))
def test_the_latest_weeks_alone_give_the_same_streak_once_they_show_where_it_begins(
    weeks: list[WeekRecord], given_weeks: int
) -> None:
    latest = weeks[-given_weeks:]
    whole = streak(weeks, first_week=LONG_AGO, current=weeks[-1].start)
    recent = streak(latest, first_week=LONG_AGO, current=weeks[-1].start)
    if recent.row_weeks <= len(latest) - 2:
        assert (recent.length, recent.skips_left) == (whole.length, whole.skips_left)
    assert recent.length <= whole.length
    assert recent.best <= whole.best


def test_weeks_with_a_gap_or_of_another_time_are_an_error() -> None:
    weeks = weeks_of(3, 3, 3)
    with pytest.raises(ValueError):
        streak([weeks[0], weeks[2]], first_week=FIRST, current=weeks[2].start)
    with pytest.raises(ValueError):
        streak(weeks, first_week=FIRST, current=weeks[2].start + WEEK)
    assert streak([], first_week=FIRST, current=FIRST).length == 0


def test_the_target_of_a_week_is_the_one_set_before_it_and_the_first_counts_back() -> None:
    targets = [(FIRST, 2), (FIRST + 3 * WEEK, 5)]
    assert [target_for(FIRST + n * WEEK, targets) for n in (-5, 0, 2, 3, 9)] == [2, 2, 2, 5, 5]
    assert target_for(FIRST, []) == 3
    assert target_for(FIRST, [(FIRST + timedelta(days=2), 4), (FIRST + WEEK, 5)]) == 4


def test_weeks_are_built_from_days_targets_and_pauses() -> None:
    days = [FIRST, FIRST, FIRST + timedelta(days=6), FIRST + WEEK, FIRST - timedelta(days=1)]
    weeks = week_records(
        days,
        targets=[(FIRST + 2 * WEEK, 4)],
        pauses=[(FIRST + timedelta(days=13), FIRST + timedelta(days=14)), (FIRST + 4 * WEEK, None)],
        first=FIRST,
        current=FIRST + 5 * WEEK,
        week_starts_on=0,
    )
    assert [week.kept_days for week in weeks] == [2, 1, 0, 0, 0, 0]
    assert [week.paused for week in weeks] == [False, True, True, False, True, True]
    assert {week.target for week in weeks} == {4}
