"""The cards of runs and of checking in, as texts and buttons."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import discord
import pytest
from discord import ui
from hypothesis import given
from hypothesis import strategies as st

from bot.checkins import suggestions
from bot.checkins.checkin_cards import (
    FIELD_IDS,
    counted_card,
    detail_form,
    fields_in,
    form_again,
    panel_card,
    twin_question,
    zone_question,
)
from bot.checkins.model import Cheers, Panel, Run, RunFigures, WeekProgress
from bot.checkins.reading import Frame, Hints, Reading, TwinAsked
from bot.checkins.records import Milestone, Record
from bot.checkins.run_cards import bar, run_card, week_words
from bot.ui.text import clean
from bot.words import Catalogues

WORDS = Catalogues().choose("en")
NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
TODAY = date(2026, 11, 18)
LARGEST = 2**63 - 1
RUN = Run(
    run_id=42,
    group_id=1,
    person_id=11,
    activity="run",
    running_day=TODAY,
    started_at=None,
    metres=5_000,
    seconds=1_601,
    source="typed",
    late=False,
    visibility="group",
    note=None,
    created_at=NOW,
)
FIGURES = RunFigures(
    run=RUN, week=WeekProgress(2, 3), entered_on=TODAY, this_week=True, units="km", language="en"
)
READING = Reading(
    activity="run",
    running_day=TODAY,
    started_at=NOW,
    metres=400_000,
    seconds=86_400,
    visibility="private",
    note=None,
    source="typed",
    bests={},
)


def texts(view: ui.LayoutView) -> list[str]:
    return [item.content for item in view.walk_children() if isinstance(item, ui.TextDisplay)]


def buttons(view: ui.LayoutView) -> dict[str, str]:
    return {
        str(item.label): str(item.custom_id) for item in view.walk_children() if isinstance(item, ui.Button)
    }


def shown(**changes: Any) -> str:
    """The card of a run with these changes to it."""
    return "\n".join(texts(run_card(replace(FIGURES, run=replace(RUN, **changes)), WORDS)))


def test_a_card_has_three_lines() -> None:
    celebrated = replace(
        FIGURES,
        records=(Record("fastest", 1_601, 1_620, 5_000, typed=True),),
        milestones=(Milestone("check_ins", 50),),
    )
    (text,) = texts(run_card(celebrated, WORDS))
    assert text.split("\n") == [
        "<@11> ran **5.00 km** · **26:41** · 5:20 /km",
        "▰▰▱ 2 of 3 this week",
        "★ Fastest 5 km: 26:41, 27:00 before · 50 check-ins",
    ]
    assert buttons(run_card(FIGURES, WORDS)) == {"Cheer": "sw:run.cheer:42", "⋯": "sw:run.more:42"}


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"metres": None, "seconds": None}, "<@11> ran today"),
        ({"metres": None, "seconds": None, "activity": "walk"}, "<@11> walked today"),
        ({"metres": None}, "<@11> ran **26:41**"),
        ({"seconds": None}, "<@11> ran **5.00 km**"),
        ({"metres": None, "seconds": None, "running_day": date(2026, 11, 16)}, "<@11> ran on Mon, Nov 16"),
        (
            {"running_day": date(2026, 11, 16), "activity": "walk"},
            "<@11> walked **5.00 km** · **26:41** · 5:20 /km · Mon, Nov 16",
        ),
    ],
)
def test_the_first_line_says_what_is_known(changes: dict[str, Any], line: str) -> None:
    assert shown(**changes).split("\n")[0] == line


def test_miles_and_languages_are_those_of_the_readers() -> None:
    (text,) = texts(run_card(replace(FIGURES, units="mi"), WORDS))
    assert text.startswith("<@11> ran **3.11 mi** · **26:41** · 8:35 /mi")


@pytest.mark.parametrize(
    ("kept", "target", "drawn", "said"),
    [
        (0, 1, "▱", "0 of 1 this week"),
        (3, 3, "▰▰▰", "3 of 3 this week"),
        (4, 3, "▰▰▰", "4 days this week"),
        (7, 7, "▰▰▰▰▰▰▰", "7 of 7 this week"),
    ],
)
def test_the_week_is_drawn_and_said(kept: int, target: int, drawn: str, said: str) -> None:
    assert bar(WeekProgress(kept, target)) == drawn
    assert week_words(WeekProgress(kept, target), WORDS) == said


def test_a_run_of_another_week_says_that_week() -> None:
    (text,) = texts(run_card(replace(FIGURES, this_week=False), WORDS))
    assert "2 of 3 that week" in text


@pytest.mark.parametrize(
    ("cheers", "line"),
    [
        (Cheers(1, (7,)), "-# Cheered by <@7>"),
        (Cheers(2, (7, 8)), "-# Cheered by <@7> and <@8>"),
        (Cheers(3, (7, 8, 9)), "-# Cheered by <@7>, <@8> and <@9>"),
        (Cheers(5, (7, 8, 9)), "-# Cheered by <@7>, <@8> and 3 more"),
    ],
)
def test_cheers_are_named(cheers: Cheers, line: str) -> None:
    card = run_card(replace(FIGURES, cheers=cheers), WORDS)
    assert texts(card)[-1] == line
    assert f"Cheer · {cheers.count}" in buttons(card)


def test_a_run_of_another_year_says_its_year() -> None:
    assert "Nov 20, 2025" in shown(running_day=date(2025, 11, 20))
    assert "2026" not in shown(running_day=date(2026, 11, 16))


def test_a_hidden_note_does_not_show() -> None:
    assert "> windy" in shown(note="windy")
    assert "windy" not in shown(note="windy", note_hidden=True)


def test_what_was_taken_back_shows_nothing_of_the_run() -> None:
    card = run_card(replace(FIGURES, run=replace(RUN, undone=True, note="windy")), WORDS)
    assert texts(card) == ["This run was taken back."]
    assert buttons(card) == {}


def test_a_private_card_cannot_be_cheered() -> None:
    card = run_card(replace(FIGURES, run=replace(RUN, visibility="private"), cheers=Cheers(1, (7,))), WORDS)
    assert "Seen by you alone" in texts(card)[-1]
    assert "Cheered" not in "".join(texts(card))
    assert list(buttons(card)) == ["⋯"]


def test_being_set_aside_is_not_shown_to_the_group() -> None:
    assert shown(set_aside=True) == shown()


@given(st.text(max_size=400))
def test_no_note_breaks_a_card(note: str) -> None:
    stored = clean(note, 200) or None
    many = tuple(Record("fastest", 86_399, 86_400, mark) for mark in (1_000, 5_000, 10_000, 21_098, 42_195))
    figures = replace(
        FIGURES,
        run=replace(RUN, note=stored, person_id=LARGEST, run_id=LARGEST),
        records=many,
        cheers=Cheers(1_000_000, (LARGEST, LARGEST, LARGEST)),
    )
    card = run_card(figures, WORDS)
    assert card.content_length() <= 4_000
    assert card.total_children_count <= 40


@given(st.text(max_size=250))
def test_the_note_comes_back_out_of_the_question_as_it_went_in(note: str) -> None:
    stored = clean(note, 200) or None
    asked = TwinAsked(replace(READING, note=stored), "km")
    view = twin_question(asked, LARGEST, WORDS)
    found = [
        item
        for item in view.walk_children()
        if isinstance(item, ui.TextDisplay) and item.id == FIELD_IDS["note"]
    ]
    described: list[Any] = [{"type": 10, "id": item.id, "content": item.content} for item in found]
    raw = [discord.components._component_factory(each) for each in described]
    message: Any = SimpleNamespace(components=[SimpleNamespace(children=raw)])
    assert fields_in(message).get("note") == stored


def test_the_question_carries_the_longest_run() -> None:
    view = twin_question(TwinAsked(READING, "km"), LARGEST, WORDS)
    assert buttons(view)["Yes, a second run"] == (
        f"sw:run.second:{LARGEST}:r:2026-11-18:{int(NOW.timestamp())}:400000:86400:p"
    )
    assert fields_in(None) == {}


@pytest.mark.parametrize("resting", [True, False])
def test_the_panel_offers_four_things(resting: bool) -> None:
    panel = Panel(running_day=TODAY, ran=False, resting=resting, week=WeekProgress(1, 3))
    names = list(buttons(panel_card(panel, LARGEST, WORDS)))
    assert names == ["I ran", "I walked", "Not resting after all" if resting else "Resting", "Pause"]


def test_the_form_has_the_five_fields() -> None:
    form = detail_form("walk", LARGEST, WORDS)
    labels = [label for label in form.children if isinstance(label, ui.Label)]
    names = [str(getattr(label.component, "custom_id", "")) for label in labels]
    assert names == ["distance", "time", "when", "note", "file"]


@given(st.dictionaries(st.sampled_from(["distance", "time", "when", "note"]), st.text(max_size=200)))
def test_a_form_that_is_not_taken_fits_whatever_was_typed(typed: dict[str, str]) -> None:
    assert form_again("No.", typed, "run", LARGEST, WORDS).content_length() <= 4_000
    detail_form("run", LARGEST, WORDS, typed)


def test_the_confirmation_names_the_channel_only_where_it_is_another() -> None:
    assert "<#5>" in "".join(texts(counted_card(FIGURES, WORDS, elsewhere=5)))
    assert "<#" not in "".join(texts(counted_card(FIGURES, WORDS)))


def test_the_zone_is_asked_with_its_own_clock() -> None:
    (text,) = texts(zone_question("Asia/Kolkata", NOW, WORDS))
    assert "5:30" in text
    assert "Asia/Kolkata" in text


FRAME = Frame(
    now=NOW, zone=ZoneInfo("UTC"), units="mi", visibility="group", day_starts_minute=240, week_starts_on=0
)


@given(st.text(max_size=200))
def test_suggestions_fit_discord_whatever_is_typed(typed: str) -> None:
    offered = suggestions.distances(typed, Hints(FRAME, (5_000,)), WORDS)
    offered += suggestions.days(typed, FRAME, WORDS)
    assert all(0 < len(name) <= 100 and 0 < len(value) <= 100 for name, value in offered)


def test_distances_are_offered_in_ones_own_unit() -> None:
    offered = dict(suggestions.distances("", Hints(FRAME, (7_300,)), WORDS))
    assert next(iter(offered.items())) == ("4.54 mi", "7300 m")
    assert dict(suggestions.distances("4", Hints(FRAME, ()), WORDS))["4.00 mi"] == "4"
