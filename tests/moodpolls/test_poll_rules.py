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
