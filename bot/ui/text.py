"""The one encoder that everything people typed passes before anybody sees it."""

from __future__ import annotations

import re
import unicodedata

# Whatever Discord gives a meaning to. A backslash before ASCII punctuation shows the character itself.
_MARKUP = re.compile(r"([\\`*_~|\[\]()<>#+\-:!{}])")
_LIST_NUMBER = re.compile(r"^(\d+)([.)])")
_AT = re.compile(r"@(?=\w)")
_WORD_JOINER = "\N{WORD JOINER}"
# A character may carry a few marks above and below (Thai, Hebrew, Vietnamese); a tower of them hides its neighbours.
_MOST_MARKS = 3


def clean(text: str, limit: int = 200) -> str:
    """`text` as one line without anything invisible or disruptive, at most `limit` characters, still unescaped.

    Control and format characters (bidi overrides and isolates, zero-width spaces, tags), private and unassigned code
    points and lone surrogates go; joiners stay only between visible characters, where scripts and emoji need them.
    This is what is stored and what pictures draw; messages show `plain` of it.
    """
    kept: list[str] = []
    marks = 0
    # ten thousand characters are not normalised to keep two hundred
    for character in unicodedata.normalize("NFC", text[: limit * 8]):
        category = unicodedata.category(character)
        if category in ("Zs", "Zl", "Zp", "Cc"):
            character, marks = " ", 0
        elif character in "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}":
            if not kept or kept[-1] in " \N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}":
                continue
        elif category[0] == "C":
            continue
        elif category[0] == "M":
            marks += 1
            if marks > _MOST_MARKS:
                continue
        else:
            marks = 0
        kept.append(character)
    line = " ".join("".join(kept).split()).strip("\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}")
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def plain(text: str, limit: int = 200) -> str:
    """`text` for a message: cleaned, and every mark-up, mention, command, link mask and list shown as typed.

    The result can be up to twice `limit` characters long because of the backslashes.
    """
    escaped = _MARKUP.sub(r"\\\1", clean(text, limit))
    escaped = _LIST_NUMBER.sub(r"\1\\\2", escaped)
    return _AT.sub("@" + _WORD_JOINER, escaped)
