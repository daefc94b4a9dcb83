"""Cards and forms of feelings fit what Discord allows, whatever was chosen, and carry no value where anybody could read
it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from discord import ui

from bot.care.rules import Resource, Resources
from bot.encouragement.library import library
from bot.moods import cards
from bot.moods.form_cards import log_form, more_form
from bot.moods.model import Kept, Moment, Mood, Start
from bot.moods.scales import SCALES, Values
from bot.moods.wording import anchor, item_name, label, question
from bot.words import Catalogues
from tests.cogs.test_private_cards import check, walk

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
BIG = 2**63 - 1
LANGUAGES = Catalogues().languages


def entry(moment: Moment = "after", *, recalled: bool = False, sleep: int | None = 1) -> Mood:
    return Mood(
        mood_id=BIG,
        moment=moment,
        recalled=recalled,
        run_id=None if moment == "day" else BIG - 1,
        entered_at=NOW,
        day=date(2026, 11, 18),
        scale_version=1,
        values=Values(mood=-5, stress=5, focus=1, energy=1, sleep=sleep, effort=10),
    )


def kept(mood: Mood, *, care: bool) -> Kept:
    longest = max(library().categories["low_day"], key=lambda message: len(message.text))
    places = tuple(Resource("W" * 80, f"https://example.org/{'x' * 170}{number}") for number in range(3))
    numbers = tuple(Resource("*" * 80, "1" * 100) for _ in range(2))
    resources = Resources((*places, *numbers), "*" * 300) if care else None
    return Kept(mood=mood, fresh=False, has_before=False, words=longest, care=resources)


def parts_of(layout: ui.LayoutView | ui.Modal) -> list[dict[str, Any]]:
    drawn: Any = layout.to_components()
    return list(walk(drawn))


def every_card(language: str) -> dict[str, ui.LayoutView]:
    words = Catalogues().choose(language)
    return {
        "start": cards.start_card(words, Start(start_id=BIG, pressed_at=NOW)),
        "not_running": cards.not_running_card(words),
        "ask": cards.ask_card(words, BIG, soon=True),
        "recall": cards.recall_card(words, BIG),
        "kept": cards.kept_card(words, kept(entry(), care=False)),
        "kept_with_care": cards.kept_card(words, kept(entry(), care=True)),
        "entry": cards.entry_card(words, entry("before", recalled=True), "said"),
        "change": cards.change_card(words, entry("day")),
        "taken_back": cards.taken_back_card(words),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_card_fits_what_discord_allows(language: str) -> None:
    for layout in every_card(language).values():
        check(layout)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_fits_what_discord_allows(language: str) -> None:
    words = Catalogues().choose(language)
    for modal in (
        log_form(words, ask_sleep=True),
        log_form(words, ask_sleep=False),
        more_form(words, entry(), ask_sleep=True),
        more_form(words, entry("day", sleep=None), ask_sleep=False),
    ):
        check(modal)
        assert len(modal.title) <= 45
        assert 1 <= len(modal.children) <= 5
        for part in parts_of(modal):
            if part["type"] == 18:
                assert len(part["label"]) <= 45
                assert len(part.get("description") or "") <= 100


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_item_has_a_name_a_question_and_words_at_its_ends(language: str) -> None:
    words = Catalogues().choose(language)
    for item, scale in SCALES.items():
        assert item_name(words, item)
        assert len(question(words, item)) <= 45
        assert anchor(words, item, scale.least)
        assert anchor(words, item, scale.most)
        labels = [label(words, item, value) for value in scale.values]
        assert len(set(labels)) == len(labels)
        assert all(each.isprintable() for each in labels)


def test_a_mood_is_said_with_its_sign_and_word() -> None:
    words = Catalogues().choose("en")
    assert [label(words, "mood", value) for value in range(-5, 6)] == [
        "−5 awful",
        "−4",
        "−3 low",
        "−2",
        "−1 a bit flat",
        "0 neutral",
        "+1 slightly up",
        "+2",
        "+3 bright",
        "+4",
        "+5 wonderful",
    ]


def test_custom_ids_are_the_same_whatever_was_felt() -> None:
    words = Catalogues().choose("en")

    def ids(mood: int) -> list[str]:
        felt = Mood(
            mood_id=BIG,
            moment="after",
            recalled=False,
            run_id=7,
            entered_at=NOW,
            day=date(2026, 11, 18),
            scale_version=1,
            values=Values(mood=mood),
        )
        shown = Kept(mood=felt, fresh=True, has_before=False, words=None, care=None)
        layouts = (
            cards.kept_card(words, shown),
            cards.entry_card(words, felt),
            cards.change_card(words, felt),
            more_form(words, felt, ask_sleep=False),
        )
        return [
            str(part["custom_id"]) for layout in layouts for part in parts_of(layout) if part.get("custom_id")
        ]

    assert ids(-5) == ids(5) == ids(0)


def test_the_form_shows_what_was_chosen_and_effort_after_a_run_alone() -> None:
    words = Catalogues().choose("en")

    def fields(moment: Moment) -> dict[str, list[str]]:
        parts = parts_of(more_form(words, entry(moment), ask_sleep=False))
        return {
            str(part["custom_id"]): [each["value"] for each in part["options"] if each.get("default")]
            for part in parts
            if part.get("options")
        }

    chosen = {"stress": ["5"], "focus": ["1"], "energy": ["1"], "sleep": ["1"]}
    assert fields("after") == {"effort": ["10"], **chosen}
    assert fields("day") == chosen
