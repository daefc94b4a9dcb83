"""When the resources come by themselves, against a plain reading of the rule; and what organisers may write."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.care.rules import USUAL, Resource, Resources, low_of_late, may_show, resources_of, stored
from bot.care.typed import read_resources, written
from bot.errors import Refusal

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
ENTRIES = st.lists(
    st.tuples(st.integers(0, 30 * 24), st.booleans()), max_size=12, unique_by=lambda entry: entry[0]
)


@given(ENTRIES)
def test_three_low_days_among_the_last_five_entries_of_a_fortnight(hours: list[tuple[int, bool]]) -> None:
    entries = [(at, at.date(), low) for ago, low in hours for at in [NOW - timedelta(hours=ago)]]
    newest_first = sorted(hours)[:5]
    days = set()
    for ago, low in newest_first:
        if low and ago <= 14 * 24:
            days.add((NOW - timedelta(hours=ago)).date())
    assert low_of_late(entries, NOW) == (len(days) >= 3)


@pytest.mark.parametrize(
    ("shown", "dismissed", "may"),
    [
        (None, False, True),
        (date(2026, 11, 5), False, False),
        (date(2026, 11, 4), False, True),
        (date(2026, 1, 1), True, False),
    ],
)
def test_it_comes_at_most_once_a_fortnight_and_never_after_a_dismissal(
    shown: date | None, dismissed: bool, may: bool
) -> None:
    assert may_show(shown, dismissed, date(2026, 11, 18)) is may


def test_what_is_written_reads_back() -> None:
    resources = Resources(
        (Resource("Samaritans", "116 123"), Resource("Ärztin", "https://example.org/a?b=1")), "We care."
    )
    assert read_resources(written(resources), resources.words) == resources
    assert resources_of(stored(resources)) == resources
    assert resources_of(None) == USUAL


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "one to five"),
        ("\n".join(["a | 1"] * 6), "one to five"),
        ("no bar here", "lacks its"),
        ("name |", "lacks its"),
        ("| 123", "lacks its"),
        ("a | http://example.org", "no link"),
        ("a | javascript://x.y", "no link"),
        ("a | https://nohost", "no link"),
        ("a | https://exa mple.org", "no link"),
        ("a | www.example.org", "no link"),
        ("a | https://.", "no link"),
        ("a | https://example.org:port/", "no link"),
        ("a | https://you@example.org", "no link"),
        ("a | https://192.0.2.1/", "no link"),
        ("a | https://example.org/ä", "no link"),
        ("a | https://example.org/[x](y)|z", "no link"),
        ("a | https://example.org/" + "x" * 200, "too long"),
        ("a | " + "5" * 101, "too long"),
    ],
)
def test_what_cannot_be_a_resource_is_refused(typed: str, said: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_resources(typed, "")
    assert said in refused.value.message
