"""What the words of a challenge claim is so: in every state, in the group's unit, for who reads them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.challenges import cards
from bot.challenges.model import Kind, Left, State
from bot.challenges.pictures import challenge_picture
from bot.challenges.rules import Part
from tests.challenges.test_challenge_cards import WORDS, public, result, said, view

NOBODY = "Nobody is in yet. Press **Join** and be the first."


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("coming", NOBODY),
        ("open", NOBODY),
        ("closing", "Nobody took part."),
        ("final", "Nobody took part."),
    ],
)
def test_nobody_is_asked_to_press_what_can_no_longer_be_pressed(state: State, told: str) -> None:
    empty = view("distance", state=state)
    assert told in said(public(empty))
    assert told in said(cards.detail_card(empty, WORDS, mine=False, picture=None))
    in_standings = "Nobody is in yet." if told == NOBODY else told
    assert in_standings in said(cards.standings_card(empty, WORDS))


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("coming", "**2 people are in**"),
        ("open", "**2 people are on the way**"),
        ("closing", "**2 people took part**"),
        ("final", "**2 people took part**"),
    ],
)
def test_people_are_on_the_way_while_there_is_one(state: State, told: str) -> None:
    assert told in said(public(view("minutes", Part(1, 60, 1), Part(2, 0, 2), state=state)))


def test_a_pledge_names_the_kilometres_that_it_is_reckoned_by_in_a_group_of_miles_too() -> None:
    metric = view("pledge", Part(1, 42_195, 1))
    miles = replace(metric, units="mi")
    both = "for 42.20 km (26.22 mi)"
    assert both in said(public(miles))
    assert both in said(result(miles))
    drawn = challenge_picture(miles, WORDS)
    assert drawn is not None
    assert both in drawn.alt
    assert "for 42.20 km, together" in said(public(metric))


@pytest.mark.parametrize(("kind", "amount", "shown"), [("together", 1, "1 day"), ("together", 3, "3 days")])
def test_a_share_of_one_day_reads_as_well_as_one_of_three(kind: Kind, amount: int, shown: str) -> None:
    of = view(kind, Part(1, amount, 1), measure="days", own=1)
    assert f"What you brought, **{shown}**, stays in the total" in said(
        cards.left_card(Left(of, amount, stays=True), WORDS)
    )
    assert f"What you brought, **{shown}**, is out of the total" in said(
        cards.left_card(Left(of, amount, stays=False), WORDS)
    )
    assert f"You brought **{shown}** to what all of you run for: it can stay" in said(
        cards.ask_leave_card(of, WORDS)
    )


def test_who_ends_a_challenge_early_hears_how_to_take_that_back() -> None:
    assert "a later last day with Edit" in said(cards.ask_end_card(view("teams"), WORDS))


@pytest.mark.parametrize("kind", ["together", "route"])
def test_nobody_is_praised_for_what_was_not_run(kind: Kind) -> None:
    assert "Well run" not in said(result(view(kind, Part(1, 0, 1))))
    assert "Well run" in said(result(view(kind, Part(1, 10, 1))))


def test_standings_of_a_challenge_that_was_called_off_say_so() -> None:
    off = view("distance", Part(1, 10, 1), state="removed")
    assert "This challenge was called off." in said(cards.standings_card(off, WORDS))
    assert "called off" not in said(cards.standings_card(view("distance", Part(1, 10, 1)), WORDS))


def test_an_empty_list_sends_nobody_to_a_command_that_refuses_them() -> None:
    told = said(cards.list_card([], WORDS, "km", may_make=False))
    assert "/challenge create" not in told
    assert "tell them your idea" in told


def test_a_pledge_beyond_its_cap_says_what_it_was_capped_at() -> None:
    told = said(result(view("pledge", Part(1, 2_000_000, 1))))
    assert "**€500.00 pledged**" in told
    assert "for 2,000.00 km, at €0.50 for each kilometre up to €500.00." in told


def test_a_team_that_stayed_empty_is_not_said_to_be_waited_for() -> None:
    parts = (Part(1, 50_000, 1, team=1),)
    assert "**Larks** · nobody yet" in said(public(view("teams", *parts)))
    over = view("teams", *parts, state="final")
    assert "**Larks** · nobody" in said(result(over))
    assert "nobody yet" not in said(result(over))
    drawn = challenge_picture(over, WORDS)
    assert drawn is not None
    assert "yet" not in drawn.alt
