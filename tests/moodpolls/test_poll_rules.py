"""What is shown of votes, against plain arithmetic; what organisers type."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refusal
from bot.moodpolls.model import ItemResult, result_of, stored_result
from bot.moodpolls.rules import band, pulse_item, question_item, voter_code
from bot.moodpolls.typed import read_duration, read_plan

VOTES = st.lists(st.integers(1, 5), max_size=40)


@given(VOTES, st.integers(5, 20))
def test_a_pulse_shows_its_mean_to_the_half_or_nothing(votes: list[int], minimum: int) -> None:
    item = pulse_item(votes, minimum)
    if len(votes) < minimum:
        assert item == ItemResult(withheld="few_or_alike")
        return
    mean = sum(votes) / len(votes)
    if len(set(votes)) == 1 or round(abs(mean - 3) * len(votes), 6) > round(1.6 * len(votes), 6):
        assert item == ItemResult(withheld="few_or_alike")
        return
    assert item.withheld is None
    assert item.half_points is not None
    assert abs(item.half_points / 2 - mean) <= 0.25 + 1e-9
    assert item.counts is None
    assert item.band == ("5-9" if len(votes) < 10 else "10-19" if len(votes) < 20 else "20+")


@given(st.lists(st.integers(1, 3), max_size=30), st.integers(5, 12))
def test_a_question_shows_its_counts_or_nothing(votes: list[int], minimum: int) -> None:
    item = question_item(votes, 3, minimum)
    if len(votes) < minimum or len(set(votes)) == 1:
        assert item == ItemResult(withheld="few_or_alike")
    else:
        assert item.counts == tuple(sum(vote == answer for vote in votes) for answer in (1, 2, 3))


def test_who_voted_cannot_tell_from_the_result_that_all_others_voted_the_same() -> None:
    assert question_item([2] * 5, 3, 5) == question_item([2, 2, 2, 1], 3, 5)
    assert pulse_item([5] * 6, 5) == pulse_item([5, 1], 5)


@given(VOTES)
def test_a_result_reads_back(votes: list[int]) -> None:
    items = (pulse_item(votes, 5), question_item(votes, 5, 5))
    assert result_of(stored_result(items)) == items


@given(st.integers(1, 2**63 - 1), st.integers(1, 2**63 - 1))
def test_a_code_depends_on_secret_poll_and_person(person_id: int, poll_id: int) -> None:
    secrets = ["00" * 32, "01" * 32]
    codes = {voter_code(secret, poll_id + more, person_id) for secret in secrets for more in (0, 1)}
    assert len(codes) == 4
    assert str(person_id) not in {code[:19] for code in codes}


@pytest.mark.parametrize(
    ("number", "shown"), [(5, "5-9"), (9, "5-9"), (10, "10-19"), (19, "10-19"), (20, "20+")]
)
def test_how_many_voted_is_said_as_a_band(number: int, shown: str) -> None:
    assert band(number) == shown


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("48 h", timedelta(hours=48)),
        ("2 days", timedelta(days=2)),
        ("2d", timedelta(days=2)),
        ("1 week", timedelta(weeks=1)),
        (" 90 min ", timedelta(minutes=90)),
        ("3 Hours", timedelta(hours=3)),
    ],
)
def test_durations_read_as_people_type_them(typed: str, meant: timedelta) -> None:
    assert read_duration(typed) == meant


@pytest.mark.parametrize("typed", ["", "soon", "2", "-1 h", "1.5 h", "٣ h", "9" * 30 + " h", "2 days 3 h"])
def test_other_durations_are_refused(typed: str) -> None:
    with pytest.raises(Refusal, match="duration"):
        read_duration(typed)


def test_a_question_without_a_kind_is_an_own_one() -> None:
    plan = read_plan(None, "  How was\u202e it? ", " Fine |Tough|| ", None, None, None)
    assert (plan.kind, plan.question, plan.answers) == ("question", "How was it?", ("Fine", "Tough"))


UNITS = {
    "m": 60, "min": 60, "mins": 60, "minute": 60, "minutes": 60, "h": 3600, "hour": 3600, "hours": 3600,
    "d": 86_400, "day": 86_400, "days": 86_400, "w": 604_800, "week": 604_800, "weeks": 604_800,
}  # fmt: skip


@given(st.integers(0, 9999), st.sampled_from(sorted(UNITS)), st.sampled_from(["", " ", "  "]), st.booleans())
def test_every_number_and_unit_reads_as_so_many_seconds(number: int, unit: str, gap: str, loud: bool) -> None:
    typed = f"{number}{gap}{unit.upper() if loud else unit}"
    assert read_duration(typed).total_seconds() == number * UNITS[unit]


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=30), st.integers(-9, 999))
def test_whatever_is_typed_is_a_sound_plan_or_a_refusal(
    question: str, answers: str, duration: str, minimum: int
) -> None:
    try:
        plan = read_plan("question", question, answers, duration, "weekly", minimum)
    except Refusal:
        return
    assert plan.question is not None
    assert 1 <= len(plan.question) <= 200
    assert 2 <= len(plan.answers) <= 5
    assert all(1 <= len(answer) <= 60 and answer == answer.strip() for answer in plan.answers)
    assert len({answer.casefold() for answer in plan.answers}) == len(plan.answers)
    assert timedelta(hours=1) <= plan.open_for <= timedelta(days=6)
    assert 5 <= plan.minimum <= 100


@given(st.lists(st.from_regex(r"[a-z]{1,60}", fullmatch=True), min_size=2, max_size=5, unique=True))
def test_answers_come_as_typed_in_their_order(answers: list[str]) -> None:
    assert read_plan(None, "Which?", " | ".join(answers), None, None, None).answers == tuple(answers)
