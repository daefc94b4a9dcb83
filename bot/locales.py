"""How different languages write: Babel's locales, and what a person typed made plain enough to read."""

from __future__ import annotations

import unicodedata
from copy import deepcopy
from functools import lru_cache

from babel import Locale, UnknownLocaleError, localedata

_SIGNS = {
    "\u066b": ".",  # Arabic decimal separator
    "\uff0e": ".",
    "\uff0c": ",",
    "\uff1a": ":",
    "\uff0f": "/",
    "\u2010": "-",
    "\u2011": "-",
    "\u2012": "-",
    "\u2013": "-",
    "\u2212": "-",
    "\u2018": "'",
    "\u2019": "'",
    "\u2032": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u2033": '"',
}


@lru_cache(maxsize=64)
def locale_of(language: str) -> Locale:
    """Babel's locale of a BCP 47 tag such as "en-GB"; English for one that Babel does not know."""
    for tag in (language, language.split("-", 1)[0]):
        try:
            return _with_names_of_its_own(Locale.parse(tag, sep="-"))
        except (UnknownLocaleError, ValueError):
            continue
    return _with_names_of_its_own(Locale("en"))


def _with_names_of_its_own(locale: Locale) -> Locale:
    """`locale`, its names unshared: Babel keeps the names it inferred for one language where all others find them.

    So months said in Japanese made those of Hebrew Japanese (Babel 2.18, github.com/python-babel/babel/pull/1263).
    """
    data = localedata.load(str(locale))
    data.update({names: deepcopy(data[names]) for names in ("days", "months", "quarters", "eras")})
    return locale


def plain(text: str, limit: int) -> str | None:
    """`text` in lower case with ASCII digits, plain signs and single spaces; None if longer than `limit`.

    Decimal digits of any script become 0 to 9. Superscripts, fractions and circled figures are no digits and stay
    as they are, so that "5²" is never read as 52. Invisible marks (of direction, of width) are dropped.
    """
    if len(text) > 4 * limit:
        return None
    if text.isascii():  # nothing below would change it
        joined = " ".join(text.lower().split())
        return joined if len(joined) <= limit else None
    kept: list[str] = []
    for character in unicodedata.normalize("NFC", text):
        digit = unicodedata.decimal(character, None)
        if digit is not None:
            kept.append(str(digit))
        elif unicodedata.category(character) != "Cf":
            kept.append(_SIGNS.get(character, character))
    words = "".join(kept).lower().split()
    joined = " ".join(words)
    return joined if len(joined) <= limit else None
