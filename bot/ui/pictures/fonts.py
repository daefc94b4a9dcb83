"""Which font draws which part of a text, for words of any script.

Pillow draws one text with one font; a character that this font lacks comes out as a box. So a text is cut into runs,
each with the first font of FONTS that has its characters.
"""

from __future__ import annotations

import struct
import unicodedata
from bisect import bisect_right
from functools import lru_cache
from pathlib import Path

DIRECTORY = Path(__file__).parents[1] / "fonts"
FONTS = (
    "NotoSans.ttf",
    "NotoSansArabic.ttf",
    "NotoSansHebrew.ttf",
    "NotoSansDevanagari.ttf",
    "NotoSansThai.ttf",
    "NotoSansCJK-dates.otf",
)
_NO_DELTA_SEGMENT = 0xFFFF


@lru_cache(maxsize=len(FONTS))
def _coverage(name: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """First and last code points of the ranges that the font has, in order, from its own table (cmap, format 4)."""
    data = (DIRECTORY / name).read_bytes()
    tables = struct.unpack_from(">H", data, 4)[0]
    offsets = {
        data[at : at + 4]: struct.unpack_from(">I", data, at + 8)[0] for at in range(12, 12 + 16 * tables, 16)
    }
    cmap = offsets[b"cmap"]
    for record in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        table = cmap + struct.unpack_from(">I", data, cmap + 4 + 8 * record + 4)[0]
        if struct.unpack_from(">H", data, table)[0] == 4:
            break
    else:
        raise ValueError(f"{name} has no character table of format 4")
    count = struct.unpack_from(">H", data, table + 6)[0] // 2
    lasts = struct.unpack_from(f">{count}H", data, table + 14)
    firsts = struct.unpack_from(f">{count}H", data, table + 16 + 2 * count)
    kept = [(a, b) for a, b in zip(firsts, lasts, strict=True) if a != _NO_DELTA_SEGMENT]
    return tuple(a for a, _ in kept), tuple(b for _, b in kept)


def has(name: str, character: str) -> bool:
    """Whether the font of that file name can draw `character`."""
    firsts, lasts = _coverage(name)
    at = bisect_right(firsts, ord(character)) - 1
    return at >= 0 and ord(character) <= lasts[at]


def runs_of_font(text: str) -> list[tuple[str, str]]:
    """`text` cut into (font file name, part), in reading order; the parts joined are `text`.

    A character that the font of the part before it can draw stays with it (digits and spaces within Arabic words),
    and leading digits and signs go with what follows; what no font has is drawn, as a box, by the first.
    """
    lead = next((c for c in text if unicodedata.category(c)[0] == "L" and _font_of(c)), "")
    current = (_font_of(lead) if lead else None) or FONTS[0]
    runs: list[tuple[str, str]] = []
    for character in text:
        if not has(current, character) and unicodedata.category(character)[0] not in "MC":
            current = _font_of(character) or FONTS[0]
        if runs and runs[-1][0] == current:
            runs[-1] = (current, runs[-1][1] + character)
        else:
            runs.append((current, character))
    return runs


def _font_of(character: str) -> str | None:
    return next((name for name in FONTS if has(name, character)), None)
