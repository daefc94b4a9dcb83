"""Which words fit when, and that none comes back within thirty."""

from __future__ import annotations

import random
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.encouragement.library import CATEGORIES, PLACES, Category, library
from bot.encouragement.rules import (
    choose,
    fitting,
    may_fact,
    remember,
    words_after,
    words_for,
)
from bot.encouragement.situation import CONDITIONS, Situation, bits, holding
from bot.encouragement.wording import phrase
from bot.words import Catalogues

WEDNESDAY = date(2026, 11, 18)
MONDAY = date(2026, 11, 16)
NEW_YEAR = date(2027, 1, 4)  # a Monday
WORDS = Catalogues().choose("en")

situations = st.builds(
    Situation,
    audience=st.sampled_from(["member", "group"]),
    activity=st.sampled_from(["run", "walk", None]),
    metres=st.none() | st.integers(0, 60_000),
    seconds=st.none() | st.integers(0, 30_000),
    hour=st.none() | st.integers(0, 23),
    day=st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    kept=st.none() | st.integers(0, 7),
    target=st.none() | st.integers(1, 7),
    streak=st.integers(0, 4),
    skips_left=st.none() | st.integers(0, 2),
    back=st.booleans(),
    record=st.booleans(),
    milestone=st.booleans(),
    first_ever=st.booleans(),
    resting=st.booleans(),
    low=st.booleans(),
    week_begins=st.booleans(),
    check_ins=st.none() | st.integers(0, 40),
    fact_allowed=st.booleans(),
)


def says(name: str, s: Situation) -> bool:
    """Whether a condition holds, told one by one in words: the oracle of the bits."""
    week = s.kept is not None and s.target is not None
    kept, target = s.kept or 0, s.target or 0
    weekday = s.day.weekday() if s.day else None
    return {
        "group": s.audience == "group",
        "run": s.activity == "run",
        "walk": s.activity == "walk",
        "long": bool(s.activity) and ((s.seconds or 0) >= 3600 or (s.metres or 0) >= 10_000),
        "short": bool(s.activity)
        and (s.metres or 0) < 10_000
        and (s.seconds <= 1200 if s.seconds is not None else s.metres is not None and s.metres <= 3000),
        "morning": s.hour in range(4, 11),
        "evening": s.hour in range(17, 24),
        "weekend": weekday in (5, 6),
        "midweek": weekday in (1, 2, 3),
        "friday": weekday == 4,
        "monday": weekday == 0,
        "week_begins": s.week_begins,
        "new_month": s.day is not None and s.day.day < 8,
        "new_year": s.day is not None and s.day.day < 8 and s.day.month == 1,
        "week_known": week,
        "first_of_week": week and kept == 1 and target >= 2,
        "one_to_go": week and kept + 1 == target,
        "target_met": week and kept == target,
        "extra": week and kept > target,
        "nothing_yet": week and kept == 0,
        "short_of_target": week and kept < target,
        "streak": s.streak > 1,
        "streak_begun": s.streak > 0,
        "skips_known": s.skips_left is not None,
        "covered": week and 0 < kept < target and s.skips_left is not None and kept + s.skips_left >= target,
        "back": s.back,
        "record": s.record,
        "milestone": s.milestone,
        "first_ever": s.first_ever,
        "resting": s.resting,
        "low": s.low,
        "counted": s.check_ins is not None and s.check_ins >= 5,
        "fact_allowed": s.fact_allowed,
    }[name]


@settings(max_examples=200)
@given(situations)
def test_each_condition_holds_exactly_when_its_words_say_so(situation: Situation) -> None:
    held = holding(situation)
    assert {name for name, bit in CONDITIONS.items() if held & bit} == {
        name for name in CONDITIONS if says(name, situation)
    }


@settings(max_examples=200)
@given(situations, st.sampled_from(CATEGORIES))
def test_whatever_fits_can_be_said_in_full(situation: Situation, category: Category) -> None:
    held = {bit for name, bit in CONDITIONS.items() if says(name, situation)}
    for message in fitting(situation, category):
        assert message.category == category
        assert all(bit in held for bit in CONDITIONS.values() if message.needs & bit)
        assert not any(bit in held for bit in CONDITIONS.values() if message.rules_out & bit)
        said = phrase(message, situation, WORDS)
        assert "{" not in said
        assert "None" not in said


AT: dict[Category, dict[str, Any]] = {
    "pre_run": {"day": WEDNESDAY, "hour": 7},
    "post_run": {"activity": "walk"},
    "at_risk": {"streak": 1, "kept": 1, "target": 3, "skips_left": 0},
    "comeback": {"activity": "walk", "back": True},
    "low_day": {"low": True},
    "rest_day": {"resting": True},
    "personal_best": {"activity": "run", "record": True},
    "milestone": {"activity": "walk", "milestone": True},
    "group": {"audience": "group"},
    "weekly_opener": {"audience": "group", "week_begins": True, "day": MONDAY},
    "fact": {"fact_allowed": True},
}


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_category_has_its_moment(category: Category) -> None:
    assert len(fitting(Situation(**AT[category]), category)) >= 8


@pytest.mark.parametrize(
    ("category", "change"),
    [
        ("pre_run", {"resting": True}),
        ("pre_run", {"activity": "run"}),
        ("post_run", {"activity": None}),
        ("post_run", {"audience": "group"}),
        ("at_risk", {"streak": 0}),
        ("at_risk", {"kept": 3}),
        ("at_risk", {"skips_left": None}),
        ("at_risk", {"resting": True}),
        ("comeback", {"back": False}),
        ("comeback", {"first_ever": True}),
        ("low_day", {"low": False}),
        ("low_day", {"audience": "group"}),
        ("rest_day", {"resting": False}),
        ("personal_best", {"activity": "walk"}),
        ("personal_best", {"record": False}),
        ("milestone", {"milestone": False}),
        ("group", {"audience": "member"}),
        ("weekly_opener", {"week_begins": False}),
        ("fact", {"fact_allowed": False}),
        ("fact", {"low": True}),
    ],
)
def test_a_category_is_silent_outside_its_moment(category: Category, change: dict[str, Any]) -> None:
    assert fitting(Situation(**{**AT[category], **change}), category) == ()


def test_every_message_has_a_moment() -> None:
    moments = [
        {"day": day, "hour": hour, "kept": kept, "target": 3, "streak": 2, "skips_left": 2, "check_ins": 9}
        for day in (NEW_YEAR, MONDAY, WEDNESDAY, WEDNESDAY + timedelta(2), WEDNESDAY + timedelta(3))
        for hour in (7, 20)
        for kept in range(5)
    ]
    efforts = [
        {"activity": activity, "seconds": seconds}
        for activity in ("run", "walk")
        for seconds in (600, 1800, 7200)
    ]
    seen: set[str] = set()
    for category, at in AT.items():
        after = efforts if "activity" in at else [{}, *efforts]
        for moment in moments:
            for each in after:
                for extra in ({}, {"first_ever": True}, {"week_begins": True}):
                    known = {"fact_allowed": True} | at | moment | each | extra
                    seen |= {message.key for message in fitting(Situation(**known), category)}
    assert seen == set(library().messages)


def test_a_first_check_in_is_met_with_words_of_its_own() -> None:
    first = Situation(activity="walk", first_ever=True)
    needed = bits(["first_ever"])
    for category in ("post_run", "milestone"):
        fit = fitting(Situation(activity="walk", first_ever=True, milestone=True), category)
        assert fit
        assert all(message.needs & needed for message in fit)
    assert not any(m.needs & needed for m in fitting(Situation(activity="walk"), "post_run"))
    assert words_after(first, (), 1) is not None


@pytest.mark.parametrize(
    ("known", "category"),
    [
        ({"back": True, "record": True, "milestone": True}, "comeback"),
        ({"record": True, "milestone": True}, "personal_best"),
        ({"milestone": True}, "milestone"),
        ({}, "post_run"),
    ],
)
def test_a_return_comes_before_a_best_before_a_milestone_before_the_effort(
    known: dict[str, Any], category: Category
) -> None:
    for seed in range(200):
        words_after(Situation(activity="run", kept=2, target=3, hour=7), (), seed)  # others in between
        message = words_after(Situation(activity="run", **known), (), seed)
        assert message is not None
        assert message.category == category


@settings(max_examples=25)
@given(st.lists(st.tuples(situations, st.integers(0, 2**63 - 1)), min_size=10, max_size=40))
def test_no_message_comes_back_within_thirty(history: list[tuple[Situation, int]]) -> None:
    shown: list[str] = []
    recent: tuple[str, ...] = ()
    for situation, seed in history:
        for category in ("post_run", "pre_run", "rest_day", "group"):
            message = words_for(category, situation, recent, seed)
            if message is None:
                continue
            assert message.key not in shown[-30:]
            shown.append(message.key)
            recent = remember(recent, message.key)
            assert list(recent) == shown[-30:]


def test_the_thirty_first_may_come_back() -> None:
    two = library().categories["post_run"][:2]
    keys = tuple(message.key for message in library().categories["group"])
    assert choose(two, (two[0].key, two[1].key, *keys[:29]), 5) is two[0]
    assert choose(two, (two[1].key, *keys[:29]), 5) is two[0]
    assert choose(two, (two[0].key, two[1].key, *keys[:28]), 5) is None
    assert choose((), (), 5) is None


def test_where_all_comebacks_were_shown_the_effort_is_named() -> None:
    recent = tuple(message.key for message in library().categories["comeback"])
    for chosen in (
        words_after(Situation(activity="walk", back=True), recent, 7),
        words_for("comeback", Situation(activity="walk", back=True), recent, 7),
    ):
        assert chosen is not None
        assert chosen.category == "post_run"
    resting = Situation(resting=True)
    rested = tuple(message.key for message in library().categories["rest_day"])
    assert words_for("rest_day", resting, rested, 7) is None


@pytest.mark.parametrize("known", [{"activity": "run"}, {"activity": "walk"}, {}, {"audience": "group"}])
def test_daily_words_never_run_out(known: dict[str, Any]) -> None:
    category: Category = "post_run" if "activity" in known else "group" if "audience" in known else "pre_run"
    recent: tuple[str, ...] = ()
    for seed in range(400):
        message = words_for(category, Situation(**known), recent, seed)
        assert message is not None
        recent = remember(recent, message.key)


def test_the_same_seed_chooses_the_same_and_neighbours_differ() -> None:
    situation = Situation(activity="run")
    chosen = [words_after(situation, (), seed) for seed in range(300)]
    assert chosen == [words_after(situation, (), seed) for seed in range(300)]
    keys = [message.key for message in chosen if message]
    fit = {message.key for message in fitting(situation, "post_run")}
    assert set(keys) == fit, "every one has its turn"
    assert max(keys.count(key) for key in fit) <= 25


def test_a_fact_comes_at_most_once_in_seven_days() -> None:
    assert may_fact(None, WEDNESDAY)
    draw = random.Random(3)
    last: date | None = None
    shown = []
    day = WEDNESDAY
    for _ in range(200):
        day += timedelta(days=draw.randint(0, 5))
        if may_fact(last, day):
            last = day
            shown.append(day)
    assert len(shown) > 20
    assert min((after - before).days for before, after in pairwise(shown)) >= 7
    assert not may_fact(WEDNESDAY, WEDNESDAY + timedelta(days=6))
    assert may_fact(WEDNESDAY, WEDNESDAY + timedelta(days=7))
    assert not may_fact(WEDNESDAY + timedelta(days=3), WEDNESDAY)


def test_no_fact_is_told_where_none_is_allowed() -> None:
    for category, at in AT.items():
        for message in fitting(Situation(**{**at, "fact_allowed": False}), category):
            assert message.fact is None


def test_places_are_said_in_numbers_that_agree() -> None:
    def said(key: str, **known: Any) -> str:
        return phrase(library().messages[key], Situation(**known), WORDS)

    week = {"kept": 1, "target": 3}
    assert said("risk-04", **week, skips_left=0).endswith("no skips left, and 1 of 3 kept.")
    assert said("risk-04", **week, skips_left=1).endswith("1 skip left, and 1 of 3 kept.")
    assert said("risk-04", **week, skips_left=2).endswith("2 skips left, and 1 of 3 kept.")
    assert said("pre-49", streak=5).startswith("5 weeks in a row")
    assert said("group-37", check_ins=12).startswith("12 check-ins between us")
    assert set(PLACES) == {place for message in library().messages.values() for place in message.places}


def test_a_message_stays_out_where_it_rules_itself_out() -> None:
    def keys(kept: int) -> set[str]:
        return {message.key for message in fitting(Situation(kept=kept, target=2), "pre_run")}

    assert {"pre-44", "pre-45"} <= keys(1)
    assert not {"pre-44", "pre-45"} & keys(0)
    assert "pre-45" not in {m.key for m in fitting(Situation(kept=0, target=1), "pre_run")}
