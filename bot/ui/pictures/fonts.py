"""Which font draws which part of a text, for words and names of any script.

Pillow draws one text with one font; a character that this font lacks comes out as a box. So a text is cut into runs,
each with the first font of FONTS that has its characters. Of a font only its table of characters is read until a text
needs the font itself.
"""

from __future__ import annotations

import struct
import unicodedata
from bisect import bisect_right
from functools import lru_cache
from pathlib import Path

DIRECTORY = Path(__file__).parents[1] / "fonts"
VARIABLE = (  # in weight, 400 to 700; the others stand at 500
    "NotoSans.ttf",
    "NotoSansArabic.ttf",
    "NotoSansHebrew.ttf",
    "NotoSansDevanagari.ttf",
    "NotoSansThai.ttf",
)
FONTS = (
    *VARIABLE,
    "NotoSansCJK.otf",
    "NotoEmoji.ttf",
    "NotoSansArmenian.ttf",
    "NotoSansBengali.ttf",
    "NotoSansEthiopic.ttf",
    "NotoSansGeorgian.ttf",
    "NotoSansGujarati.ttf",
    "NotoSansGurmukhi.ttf",
    "NotoSansKannada.ttf",
    "NotoSansKhmer.ttf",
    "NotoSansLao.ttf",
    "NotoSansMalayalam.ttf",
    "NotoSansMyanmar.ttf",
    "NotoSansOriya.ttf",
    "NotoSansSinhala.ttf",
    "NotoSansTamil.ttf",
    "NotoSansTelugu.ttf",
    "NotoSansSymbols.ttf",
)
_NO_DELTA_SEGMENT = 0xFFFF
Ranges = tuple[tuple[int, ...], tuple[int, ...]]


@lru_cache(maxsize=len(FONTS))
def _coverage(name: str) -> Ranges:
    """First and last code points of the ranges that the font has, in order, from its own table (cmap)."""
    with (DIRECTORY / name).open("rb") as file:
        count = struct.unpack(">4xH6x", file.read(12))[0]
        for tag, _, offset, length in struct.iter_unpack(">4sIII", file.read(16 * count)):
            if tag == b"cmap":
                file.seek(offset)
                table = file.read(length)
    subtables = {}
    for _, _, at in struct.iter_unpack(">HHI", table[4 : 4 + 8 * struct.unpack_from(">H", table, 2)[0]]):
        subtables[struct.unpack_from(">H", table, at)[0]] = at
    # format 12 holds what format 4 does, and the characters beyond U+FFFF
    if 12 in subtables:
        return _format_12(table, subtables[12])
    if 4 in subtables:
        return _format_4(table, subtables[4])
    raise ValueError(f"{name} has no character table of format 4 or 12")


def _format_12(table: bytes, at: int) -> Ranges:
    count = struct.unpack_from(">I", table, at + 12)[0]
    groups = list(struct.iter_unpack(">III", table[at + 16 : at + 16 + 12 * count]))
    firsts: list[int] = []
    lasts: list[int] = []
    for first, last, _ in groups:
        if lasts and first == lasts[-1] + 1:
            lasts[-1] = last
        else:
            firsts.append(first)
            lasts.append(last)
    return tuple(firsts), tuple(lasts)


def _format_4(table: bytes, at: int) -> Ranges:
    count = struct.unpack_from(">H", table, at + 6)[0] // 2
    lasts = struct.unpack_from(f">{count}H", table, at + 14)
    firsts = struct.unpack_from(f">{count}H", table, at + 16 + 2 * count)
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


def drawable(text: str) -> str:
    """`text` with plain letters for those that only decorate (𝓐𝓷𝓷, Ａｎｎ) where no font has them."""
    if text.isascii():
        return text
    return "".join(
        c if unicodedata.category(c)[0] in "MC" or _font_of(c) else unicodedata.normalize("NFKC", c)
        for c in unicodedata.normalize("NFC", text)
    )
