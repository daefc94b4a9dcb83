"""A panel to draw on: shapes with smooth edges, text in any script, and the colours.

All measures are pixels of the finished picture, which is 1,000 wide: twice what a phone shows, so that text of 28
pixels reads like 11 points there.
"""

from __future__ import annotations

import struct
import unicodedata
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bot.ui.pictures.bidi import parts_as_seen
from bot.ui.pictures.fonts import DIRECTORY, VARIABLE, drawable, runs_of_font

if TYPE_CHECKING:
    from PIL import Image, ImageDraw, ImageFont

WIDTH = 1000
MARGIN = 44
_SMOOTH = 2  # shapes are drawn this many times larger, then reduced
_COMPRESSION = 3
_JOINER = "\N{ZERO WIDTH JOINER}"

Colour = tuple[int, int, int]
Anchor = Literal["left", "middle", "right"]
Mark = Callable[[float, float], None]  # draws one mark of 26 by 26 from its upper left corner


def _hex(value: str) -> Colour:
    return int(value[1:3], 16), int(value[3:5], 16), int(value[5:7], 16)


class Palette:
    """Light marks on one dark panel, which stands on Discord's dark and light pages alike.

    Amounts are steps of lightness in one hue, so that they stay apart without colour vision; every step and state
    has a shape of its own besides.
    """

    PANEL = _hex("#17202B")
    EMPTY = _hex("#2B3847")
    LINE = _hex("#64778C")
    MARK = _hex("#2A9D8F")
    MARK_MORE = _hex("#B9F2E4")
    TICK = _hex("#F4C95D")
    TEXT = _hex("#F3F6F9")
    TEXT_SOFT = _hex("#B4C0CD")


class Canvas:
    """One picture in the making; `png` ends it.

    `height` may be lowered until then: what stands lower is cut off.
    """

    def __init__(self, height: int, width: int = WIDTH) -> None:
        from PIL import Image, ImageDraw, features

        self.width, self.height = width, height
        size = (width * _SMOOTH, height * _SMOOTH)
        self._image: Image.Image = Image.new("RGB", size, Palette.PANEL)
        self._shapes: ImageDraw.ImageDraw = ImageDraw.Draw(self._image)
        self._texts: list[tuple[float, float, str, int, bool, Colour]] = []
        self._fonts: dict[tuple[str, int, bool], ImageFont.FreeTypeFont] = {}
        self._widths: dict[tuple[str, int, bool], float] = {}
        self._pieces: dict[str, list[tuple[str, str, bool]]] = {}
        # Shaping needs libfribidi on the machine; without it letters stand in order, unjoined.
        self._shaping = features.check("raqm")

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: Colour | None = None,
        outline: Colour | None = None,
        line: float = 3,
        radius: float = 6,
    ) -> None:
        """A rounded rectangle from its upper left corner; `outline` runs inside its edge."""
        self._shapes.rounded_rectangle(
            _scaled(x, y, x + width, y + height),
            radius=min(radius, width / 2, height / 2) * _SMOOTH,
            fill=fill,
            outline=outline,
            width=round(line * _SMOOTH) if outline else 0,
        )

    def dot(
        self, x: float, y: float, radius: float, colour: Colour, *, hollow: bool = False, line: float = 3
    ) -> None:
        """A disc, or a ring, around (x, y)."""
        box = _scaled(x - radius, y - radius, x + radius, y + radius)
        if hollow:
            self._shapes.ellipse(box, outline=colour, width=round(line * _SMOOTH))
        else:
            self._shapes.ellipse(box, fill=colour)

    def diamond(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """A square on its corner around (x, y)."""
        corners = [(x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y)]
        self._shapes.polygon([(at * _SMOOTH, down * _SMOOTH) for at, down in corners], fill=colour)

    def line(self, points: list[tuple[float, float]], colour: Colour, width: float = 3) -> None:
        """A line through `points`, its corners rounded."""
        scaled = [(x * _SMOOTH, y * _SMOOTH) for x, y in points]
        self._shapes.line(scaled, fill=colour, width=round(width * _SMOOTH), joint="curve")

    def dashes(self, x: float, end: float, y: float, colour: Colour) -> None:
        """A broken level line from `x` to `end`."""
        while x < end:
            self.line([(x, y), (min(x + 12, end), y)], colour, 3)
            x += 22

    def tick(self, x: float, y: float, size: float, colour: Colour, width: float = 4) -> None:
        """A check mark around (x, y)."""
        half = size / 2
        points = [
            (x - half, y + 0.05 * size),
            (x - 0.12 * size, y + 0.38 * size),
            (x + half, y - 0.38 * size),
        ]
        self.line(points, colour, width)

    def hatch(self, x: float, y: float, width: float, height: float, colour: Colour, gap: float = 10) -> None:
        """Slanting lines inside a rectangle."""
        offset = -height
        while offset < width:
            start, end = max(offset, 0.0), min(offset + height, width)
            if end - start > 2:
                rise_start, rise_end = start - offset, end - offset
                self.line([(x + start, y + height - rise_start), (x + end, y + height - rise_end)], colour, 2)
            offset += gap

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: int = 28,
        bold: bool = False,
        colour: Colour = Palette.TEXT,
        anchor: Anchor = "left",
        fit: float | None = None,
    ) -> None:
        """`text` on the baseline `y`; where it is wider than `fit` it is set smaller, down to half its size."""
        while fit is not None and size > 14 and self.text_width(text, size=size, bold=bold) > fit:
            size -= 1
        if anchor != "left":
            wide = self.text_width(text, size=size, bold=bold)
            x -= wide if anchor == "right" else wide / 2
        self._texts.append((x, y, text, size, bold, colour))

    def text_width(self, text: str, *, size: int = 28, bold: bool = False) -> float:
        """How wide `text` comes out, in pixels."""
        key = text, size, bold
        if key not in self._widths:
            parts = self._parts(*key)
            self._widths[key] = sum(font.getlength(part, direction=way) for font, part, way in parts)
        return self._widths[key]

    def shortened(self, text: str, size: int, wide: float, *, bold: bool = False) -> str:
        """As much of `text` as is at most `wide`, with "…" where it goes on; no letter loses its marks."""
        shown, end = text, len(text)
        while end > 1 and self.text_width(shown, size=size, bold=bold) > wide:
            end -= 1
            while end > 1 and (
                _JOINER in text[end - 1 : end + 1] or unicodedata.category(text[end])[0] == "M"
            ):
                end -= 1
            shown = f"{text[:end].rstrip()}…"
        return shown

    def png(self) -> bytes:
        """The finished picture, its corners rounded and clear. Equal drawings give equal bytes."""
        from PIL import Image, ImageDraw

        size = (self.width * _SMOOTH, self.height * _SMOOTH)
        finished = self._image.reduce(_SMOOTH, box=(0, 0, *size))
        pen = ImageDraw.Draw(finished)
        for x, y, text, points, bold, colour in self._texts:
            for font, part, way in self._parts(text, points, bold):
                try:
                    pen.text((x, y), part, font=font, fill=colour, anchor="ls", direction=way)
                except OSError:
                    # FreeType gives up on the bold form of a letter of very many strokes (U+FDFD), and draws the light
                    light = self._font(Path(str(font.path)).name, points, bold=False)
                    pen.text((x, y), part, font=light, fill=colour, anchor="ls", direction=way)
                x += font.getlength(part, direction=way)
        panel = Image.new("L", size)
        ImageDraw.Draw(panel).rounded_rectangle(
            _scaled(0, 0, self.width, self.height), 36 * _SMOOTH, fill=255
        )
        finished.putalpha(panel.reduce(_SMOOTH))
        return _png(finished)

    def _parts(
        self, text: str, size: int, bold: bool
    ) -> Iterator[tuple[ImageFont.FreeTypeFont, str, Literal["ltr", "rtl"] | None]]:
        """What is drawn with one font in one direction each, from left to right."""
        for name, letters, turned in self._cut(text):
            font = self._font(name, size, bold)
            if self._shaping:
                yield font, letters, "rtl" if turned else "ltr"
            else:
                yield font, letters[::-1] if turned else letters, None

    def _cut(self, text: str) -> list[tuple[str, str, bool]]:
        """(font, letters, from right to left) from left to right; a text is measured often and cut once."""
        if text not in self._pieces:
            self._pieces[text] = [
                (name, letters, turned)
                for part, turned in parts_as_seen(drawable(text))
                for name, letters in (reversed(runs_of_font(part)) if turned else runs_of_font(part))
            ]
        return self._pieces[text]

    def _font(self, name: str, size: int, bold: bool) -> ImageFont.FreeTypeFont:
        from PIL import ImageFont

        key = name, size, bold
        if key not in self._fonts:
            font = ImageFont.truetype(DIRECTORY / name, size)
            if name in VARIABLE:
                font.set_variation_by_axes([700 if bold else 400])
            self._fonts[key] = font
        return self._fonts[key]


def legend(canvas: Canvas, y: float, items: Sequence[tuple[Mark, str]]) -> None:
    """Each mark with its meaning, from left to right, in as many lines of 50 pixels as that takes; ends the canvas."""
    x = float(MARGIN)
    for mark, meaning in items:
        wide = 40 + canvas.text_width(meaning)
        if x > MARGIN and x + wide > canvas.width - MARGIN:
            x, y = float(MARGIN), y + 50
        mark(x, y)
        canvas.text(x + 40, y + 23, meaning, size=28, fit=canvas.width - MARGIN - x - 40)
        x += wide + 44
    canvas.height = min(canvas.height, round(y) + 26 + MARGIN)


def _png(image: Image.Image) -> bytes:
    """The RGBA image as a PNG whose rows are not filtered.

    Pillow tries five filters on each row, which takes twice the time and makes flat colours no smaller.
    """

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pixels, row = image.tobytes(), 4 * image.width
    packer = zlib.compressobj(_COMPRESSION)
    rows = [packer.compress(b"\0" + pixels[at : at + row]) for at in range(0, len(pixels), row)]
    header = struct.pack(">IIBBBBB", image.width, image.height, 8, 6, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", b"".join(rows) + packer.flush()) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def _scaled(left: float, top: float, right: float, bottom: float) -> tuple[int, int, int, int]:
    """The corners as drawn; Pillow's shapes hold their last pixel."""
    corners = (left * _SMOOTH, top * _SMOOTH, right * _SMOOTH - 1, bottom * _SMOOTH - 1)
    return round(corners[0]), round(corners[1]), round(corners[2]), round(corners[3])
