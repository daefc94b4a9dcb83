"""The opener's rules and how it looks: within Discord's limits, whatever people type."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from discord import ui
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.encouragement.library import library
from bot.encouragement.situation import Situation
from bot.openers import cards
from bot.openers.model import OpenerLetter, Planned, PlanPanel
from bot.openers.rules import MOST_LISTED, planned_week, room_for_words
from bot.words import Catalogues

WORDS = Catalogues().choose("en")
MONDAY = date(2026, 11, 23)
WEEK = timedelta(weeks=1)


def letter(planned: list[Planned], more: int = 0, key: str = "open-17") -> OpenerLetter:
    situation = Situation(audience="group", week_begins=True, day=MONDAY)
    return OpenerLetter(MONDAY, library().messages[key], situation, tuple(planned), more, "en")


def parts(view: ui.LayoutView) -> list[dict[str, Any]]:
    return view.to_components()  # type: ignore[no-untyped-call,no-any-return]


def text_of(shown: OpenerLetter) -> str:
    components = parts(cards.opener_card(WORDS, shown, 2**63 - 1))
    return "\n".join(
        str(part["content"]) for box in components for part in box.get("components", ()) if "content" in part
    )


def test_an_empty_list_invites() -> None:
    assert "One is plenty" in text_of(letter([]))


def test_each_line_names_who_how_many_days_and_their_words() -> None:
    shown = text_of(letter([Planned(7, 1, None), Planned(8, 4, "early @everyone *birds*")], more=3))

    assert "<@7> · 1 day\n" in shown
    assert r"<@8> · 4 days · early @" + "\N{WORD JOINER}" + r"everyone \*birds\*" in shown
    assert shown.endswith("and 3 more")


def test_a_message_that_states_a_fact_has_the_way_to_its_source_and_the_delivery_last() -> None:
    with_fact = str(parts(cards.opener_card(WORDS, letter([]), 42)))
    without = str(parts(cards.opener_card(WORDS, letter([], key="open-01"), 42)))

    assert re.findall(r"sw:[\w.:-]+", with_fact) == ["sw:plan.week:42", "sw:words.source:F27:42"]
    assert re.findall(r"sw:[\w.:-]+", without) == ["sw:plan.week:42"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=100), min_size=1, max_size=MOST_LISTED))
def test_whatever_people_type_the_card_keeps_discord_s_4000_characters(typed: list[str]) -> None:
    planned = [Planned(2**63 - 1, 7, words) for words in typed]

    shown = text_of(letter(planned, more=10**9))

    assert len(shown) <= 4_000
    assert shown.count("<@") == len(typed)


def test_forty_of_the_longest_words_fit_and_the_first_are_shown() -> None:
    shown = text_of(letter([Planned(2**63 - 1, 7, "*" * 100)] * MOST_LISTED, more=9_999))

    assert 2_900 < len(shown) <= 4_000
    assert r"\*\*" in shown.splitlines()[3]


@given(st.lists(st.integers(0, 200), max_size=40), st.integers(0, 2_000))
def test_words_are_shown_while_there_is_room(lengths: list[int], budget: int) -> None:
    shown = room_for_words(lengths, budget)

    assert len(shown) == len(lengths)
    assert sum(length for length, fits in zip(lengths, shown, strict=True) if fits) <= budget
    if sum(lengths) <= budget:
        assert all(shown)


@given(st.integers(-60, 60))
def test_the_week_that_is_planned_is_one_s_own_or_the_one_that_comes_with_its_opener(weeks: int) -> None:
    planned = planned_week(MONDAY + weeks * WEEK, MONDAY)

    assert planned == (MONDAY + WEEK if weeks == 1 else MONDAY)
    assert planned_week(None, MONDAY) == MONDAY


def test_the_panel_says_before_the_press_who_sees_it() -> None:
    panel = PlanPanel(MONDAY, None, None, False, False, True, 3, None, 0)

    assert "for everybody here" in str(parts(cards.plan_panel(WORDS, panel)))
    assert "for everybody here" in str(cards.plan_form(WORDS, panel).to_dict())
