"""The encoder of everything people typed, against simcord's own reading of Discord's mark-up as the oracle."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from simcord.preview._markdown import markdown_tokens

from bot.ui.text import clean, plain

HOSTILE = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(list("*_~|`[]()<>#@:-+.\\!{}\n &/0123456789")),
        st.sampled_from(["\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\u0000", "\u0301", "\ue000"]),
    ),
    max_size=120,
)


def shown(tokens: list[dict[str, Any]]) -> str:
    """The visible text, where every token is nothing but a paragraph of plain text; else an AssertionError."""
    parts = []
    for token in tokens:
        assert token["type"] in ("inline", "text", "paragraph"), token
        parts.append(token["content"] if token["type"] == "text" else shown(token["children"]))
    return "".join(parts)


@given(HOSTILE)
@example("@everyone @here <@1> <@&2> <#3> </run log:4> <t:1:R> <:a:1> <id:customize>")
@example("[click me](https://example.com) https://example.com <https://example.com>")
@example("# big\n-# small\n> quote\n>>> all\n- list\n1. list\n```py\ncode```")
@example("***bold*** __under__ ~~gone~~ ||hidden|| `code`")
def test_what_people_typed_shows_as_typed_and_means_nothing_to_discord(typed: str) -> None:
    assert shown(markdown_tokens(plain(typed))).replace("\N{WORD JOINER}", "") == clean(typed)


@given(HOSTILE)
def test_no_mention_survives(typed: str) -> None:
    encoded = plain(typed)
    assert "@everyone" not in encoded
    assert "@here" not in encoded
    assert "<@" not in encoded.replace("\\<", "")


@given(HOSTILE, st.integers(min_value=1, max_value=50))
def test_cleaned_text_is_one_short_visible_line(typed: str, limit: int) -> None:
    cleaned = clean(typed, limit)
    assert len(cleaned) <= limit
    for character in cleaned:
        category = unicodedata.category(character)
        assert category[0] != "C" or character in "\u200c\u200d"
        assert category not in ("Zl", "Zp")
    assert cleaned == cleaned.strip()


@given(st.text(max_size=200))
def test_cleaning_again_changes_nothing(typed: str) -> None:
    assert clean(clean(typed)) == clean(typed)


@pytest.mark.parametrize(
    "name",
    [
        "Łukasz Żak",
        "نور الهدى",
        "प्रिया",
        "อนันต์",
        "李明",
        "נועה",
        "Δήμητρα",
        "👩‍👩‍👧‍👦 family",
        "🏃‍♂️",
        "Zoë",
        "می‌خواهم",
    ],
)
def test_names_of_every_script_stay_as_they_are(name: str) -> None:
    assert clean(name) == unicodedata.normalize("NFC", name)


def test_ten_thousand_characters_become_a_short_line() -> None:
    assert len(clean("a" * 10_000, 80)) == 80
    assert clean("a" * 10_000, 80).endswith("…")
    assert len(plain("*" * 10_000, 80)) <= 160


def test_a_tower_of_marks_is_levelled() -> None:
    assert len(clean("a" + "\u0301" * 500)) <= 4


def test_bidi_overrides_are_removed() -> None:
    assert clean("km 5\u202e01 nar") == "km 501 nar"
