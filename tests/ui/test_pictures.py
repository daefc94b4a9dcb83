"""Pictures: fonts for every script, colours that everybody can tell apart, and a thread of their own."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
import unicodedata
from io import BytesIO
from itertools import combinations

import pytest
from babel import Locale
from PIL import Image, ImageFont

from bot.ui.pictures import Picture, Studio, in_words
from bot.ui.pictures.canvas import WIDTH, Canvas, Colour, Palette, legend
from bot.ui.pictures.fonts import DIRECTORY, FONTS, has, is_right_to_left, runs_of_font

# Every language that Discord's client has, and two that are written from the right.
LANGUAGES = [
    "id",
    "da",
    "de",
    "en",
    "es",
    "fr",
    "hr",
    "it",
    "lt",
    "hu",
    "nl",
    "no",
    "pl",
    "pt_BR",
    "ro",
    "fi",
    "sv",
    "vi",
    "tr",
    "cs",
    "el",
    "bg",
    "ru",
    "uk",
    "hi",
    "th",
    "zh_Hans",
    "ja",
    "zh_Hant",
    "ko",
    "ar",
    "he",
]
# Machado, Oliveira, Fernandes 2009: complete protanopia, deuteranopia and tritanopia, on linear RGB.
DEFICIENCIES = {
    "none": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
    "no colours": ((0.2126, 0.7152, 0.0722),) * 3,
}


def linear(colour: Colour) -> list[float]:
    parts = [value / 255 for value in colour]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def luminance(colour: Colour) -> float:
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    """WCAG 2's contrast ratio, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def lab(rgb: list[float]) -> tuple[float, float, float]:
    """CIELAB (D65) of linear RGB."""
    red, green, blue = (min(max(part, 0.0), 1.0) for part in rgb)
    xyz = (
        (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047,
        0.2126 * red + 0.7152 * green + 0.0722 * blue,
        (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883,
    )
    x, y, z = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def seen_with(colour: Colour, deficiency: str) -> tuple[float, float, float]:
    light = linear(colour)
    return lab([sum(a * b for a, b in zip(row, light, strict=True)) for row in DEFICIENCIES[deficiency]])


@pytest.mark.parametrize("colour", [Palette.TEXT, Palette.TEXT_SOFT, Palette.TICK])
def test_text_stands_out_from_the_panel(colour: Colour) -> None:
    assert contrast(colour, Palette.PANEL) >= 4.5


@pytest.mark.parametrize("colour", [Palette.MARK, Palette.MARK_MORE, Palette.TICK, Palette.TEXT_SOFT])
def test_marks_stand_out_from_the_panel_and_from_empty_days(colour: Colour) -> None:
    assert contrast(colour, Palette.PANEL) >= 3
    assert contrast(colour, Palette.EMPTY) >= 3


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_amounts_stay_apart_whatever_colours_one_sees(deficiency: str) -> None:
    steps = [seen_with(each, deficiency) for each in (Palette.EMPTY, Palette.MARK, Palette.MARK_MORE)]
    for one, other in combinations(steps, 2):
        assert sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5 >= 20
    assert steps[0][0] < steps[1][0] < steps[2][0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_dates_of_every_language_have_a_glyph_for_each_character(language: str) -> None:
    locale = Locale.parse(language)
    names = [
        name
        for table in (locale.months, locale.days)
        for context in table.values()
        for form in context.values()
        for name in form.values()
    ]
    dates = [locale.date_formats[form].pattern for form in ("long", "medium")]
    for text in (*names, *dates):
        for font, part in runs_of_font(text):
            assert [c for c in part if not has(font, c) and c not in "\u200c\u200d\u200e\u200f'"] == []


def test_a_text_of_many_scripts_is_cut_without_losing_anything() -> None:
    text = "Łukasz ran 5 km με Δήμητρα, अनिल and יעל (7월)"
    runs = runs_of_font(text)
    assert "".join(part for _, part in runs) == text
    assert {font for font, _ in runs} == {
        "NotoSans.ttf",
        "NotoSansDevanagari.ttf",
        "NotoSansHebrew.ttf",
        "NotoSansCJK-dates.otf",
    }


def test_digits_and_spaces_stay_within_arabic_words() -> None:
    assert runs_of_font("17 نوفمبر 2026") == [("NotoSansArabic.ttf", "17 نوفمبر 2026")]
    assert is_right_to_left("17 نوفمبر 2026")
    assert not is_right_to_left("17 November, نوفمبر")


def test_what_no_font_has_is_drawn_all_the_same() -> None:
    text = "𓀀 \U0010ffff"
    assert "".join(part for _, part in runs_of_font(text)) == text
    canvas = Canvas(height=120)
    canvas.text(20, 60, text)
    assert canvas.png()


@pytest.mark.parametrize("name", FONTS)
def test_the_table_of_characters_agrees_with_what_the_font_draws(name: str) -> None:
    font = ImageFont.truetype(DIRECTORY / name, 32)
    missing = bytes(font.getmask("\U0010fffe"))
    points = [
        *range(0x21, 0x7F),
        *range(0xC0, 0x180),
        *range(0x5D0, 0x5EB),
        *range(0x905, 0x93A),
        0x6708,
        0x5E74,
    ]
    for character in map(chr, points):
        if unicodedata.category(character)[0] == "L":
            assert has(name, character) == (bytes(font.getmask(character)) != missing)


def test_fonts_stay_small_and_bring_their_licence() -> None:
    assert sum(path.stat().st_size for path in DIRECTORY.iterdir()) < 3_000_000
    assert "SIL OPEN FONT LICENSE" in (DIRECTORY / "OFL.txt").read_text(encoding="utf-8")


def test_the_panel_is_solid_with_clear_corners() -> None:
    image = Image.open(BytesIO(Canvas(height=200).png()))
    assert image.size == (WIDTH, 200)
    assert image.getpixel((0, 0)) == (0, 0, 0, 0)
    assert image.getpixel((WIDTH // 2, 100)) == (*Palette.PANEL, 255)


def test_text_that_is_too_wide_is_set_smaller() -> None:
    wide = "a very long title that a translation made even longer than anybody thought"
    canvas = Canvas(height=100)
    canvas.text(0, 60, wide, size=60, fit=WIDTH - 100)
    image = Image.open(BytesIO(canvas.png()))
    assert {image.getpixel((WIDTH - 40, y)) for y in range(20, 80)} == {(*Palette.PANEL, 255)}


def test_a_legend_goes_on_in_a_new_line_where_the_width_ends() -> None:
    places: list[tuple[float, float]] = []
    canvas = Canvas(height=300)
    legend(canvas, 50, [(lambda x, y: places.append((x, y)), "a meaning of some length")] * 4)
    assert len({y for _, y in places}) > 1
    assert all(x < WIDTH for x, _ in places)


def test_a_description_holds_as_many_sentences_as_fit() -> None:
    assert in_words(["One.", "Two."]) == "One. Two."
    assert in_words(["x" * 1000, "y" * 100]) == "x" * 1000
    with pytest.raises(ValueError, match="description"):
        Picture(b"", "x" * 1025, "a.png")


async def test_pictures_are_drawn_in_a_thread_while_the_loop_goes_on() -> None:
    studio = Studio()
    names: list[str] = []

    def drawing(seconds: float) -> Picture:
        names.append(threading.current_thread().name)
        time.sleep(seconds)
        return Picture(b"png", "alt", "a.png")

    drawn = asyncio.create_task(studio.draw(drawing, 0.2))
    turns = 0
    while not drawn.done():
        await asyncio.sleep(0.01)
        turns += 1
    studio.close()
    assert turns > 5
    assert names[0].startswith("pictures")
    assert drawn.result().alt == "alt"


async def test_what_goes_wrong_in_a_drawing_is_raised_where_it_was_asked_for() -> None:
    studio = Studio()

    def drawing() -> Picture:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await studio.draw(drawing)
    studio.close()


def test_pillow_is_not_loaded_before_the_first_picture() -> None:
    code = "import sys, bot.checkins.pictures, bot.ui.pictures; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
