"""Languages side by side in one process."""

from __future__ import annotations

import subprocess
import sys

import pytest

SAID = """
from datetime import date
from babel.dates import format_date
from bot.locales import locale_of
for language in {languages!r}:
    print(format_date(date(2026, 12, 1), "LLL LLLL", locale=locale_of(language)))
"""
NAMES = {
    "ja": "12月 12月",
    "he": "דצמ׳ דצמבר",
    "ko": "12월 12월",
    "de": "Dez Dezember",
    "fr": "déc. décembre",
    "en": "Dec December",
    "pt-BR": "dez. dezembro",
}


@pytest.mark.parametrize("languages", [list(NAMES), list(reversed(NAMES))])
def test_each_language_keeps_its_own_names_of_months_beside_the_others(languages: list[str]) -> None:
    """In a fresh process, as what Babel was asked first decides."""
    code = SAID.format(languages=languages)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.splitlines() == [NAMES[language] for language in languages]


def test_a_language_that_babel_does_not_know_reads_as_english() -> None:
    code = SAID.format(languages=["xx-YY", "?"])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.splitlines() == [NAMES["en"]] * 2
