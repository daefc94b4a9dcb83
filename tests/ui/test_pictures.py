"""Pictures: text in every script, legends, and a thread of their own."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
import unicodedata
from functools import partial
from io import BytesIO

import pytest
from PIL import Image, ImageFont, features

from bot.locales import locale_of
from bot.ui.pictures import Picture, Studio, in_words
from bot.ui.pictures.bidi import parts_as_seen
from bot.ui.pictures.canvas import MARGIN, WIDTH, Canvas, Palette, legend
from bot.ui.pictures.fonts import DIRECTORY, FONTS, drawable, has, runs_of_font

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
    "pt-BR",
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
    "zh-Hans",
    "ja",
    "zh-Hant",
    "ko",
    "ar",
    "he",
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_dates_of_every_language_have_a_glyph_for_each_character(language: str) -> None:
    locale = locale_of(language)
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
        "NotoSansCJK.otf",
    }


def test_digits_and_spaces_stay_within_arabic_words() -> None:
    assert runs_of_font("17 نوفمبر 2026") == [("NotoSansArabic.ttf", "17 نوفمبر 2026")]


@pytest.mark.parametrize("unknown", ["\U0010ffff", "𓀀", "ꙮ"])
def test_what_no_font_has_is_drawn_as_a_box(unknown: str) -> None:
    blank, boxed = Canvas(height=120), Canvas(height=120)
    boxed.text(20, 60, unknown)
    assert "".join(part for _, part in runs_of_font(f"{unknown} a")) == f"{unknown} a"
    assert brightest(Image.open(BytesIO(blank.png())).convert("L"), 0, 200) < 100
    assert brightest(Image.open(BytesIO(boxed.png())).convert("L"), 0, 200) > 200


def test_names_of_any_script_have_a_glyph_for_each_character() -> None:
    names = (
        "王小明 陳大文 さくら 田中健 김민준 뷁 אורי علي Նարեկ নীলা እሴይ ნინო ਹਰਪ੍ਰੀਤ ಕಾವ್ಯ សុខា ລາວ മീര အောင် ସୀତା සුනිල් கவிதா"
        " రాజు નીલા 🏃\u200d♀️🌲 🇯🇵 👍🏽"
    )
    for font, part in runs_of_font(names):
        assert [c for c in part if not has(font, c) and unicodedata.category(c)[0] not in "MC"] == []


def test_the_parts_of_an_emoji_stay_together() -> None:
    assert runs_of_font("Ann 🏃‍♀️👍🏽") == [("NotoSans.ttf", "Ann "), ("NotoEmoji.ttf", "🏃‍♀️👍🏽")]


def test_letters_that_only_decorate_are_drawn_as_plain_ones() -> None:
    assert drawable("𝓐𝓷𝓷 🄰 ①") == "Ann 🄰 ①"
    assert drawable("Ａｎｎ 王 🏃‍♀️") == "Ａｎｎ 王 🏃‍♀️"
    assert drawable("e\u0301\U0010ffff") == "é\U0010ffff"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("", []),
        ("5 km", [("5 km", False)]),
        ("17 نوفمبر 2026", [("2026", False), (" نوفمبر ", True), ("17", False)]),
        ("by דנה, 5 km", [("by ", False), ("5", False), ("דנה, ", True), (" km", False)]),
        ("דנה ran 5", [("ran 5", False), ("דנה ", True)]),
        ("דנה 1.5-", [("-", True), ("1.5", False), ("דנה ", True)]),
        ("a אב 12 גד", [("a ", False), (" גד", True), ("12", False), ("אב ", True)]),
        ("אב 5%", [("5%", False), ("אב ", True)]),
        ("אב  ", [("אב  ", True)]),
        ("نَ1٢", [("1٢", False), ("نَ", True)]),
    ],
)
def test_parts_stand_in_the_order_in_which_they_are_seen(text: str, seen: list[tuple[str, bool]]) -> None:
    """As libfribidi orders them, with which the rules were compared on 60,000 texts made at random."""
    assert parts_as_seen(text) == seen


@pytest.mark.parametrize("joined", [True, False])
def test_a_text_from_the_right_begins_at_the_right(joined: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where libfribidi is and where it is not: without it Pillow knows no directions and refuses to be told one."""
    if not joined:
        monkeypatch.setattr(features, "check", lambda feature: False)
        monkeypatch.setattr(
            ImageFont, "truetype", partial(ImageFont.truetype, layout_engine=ImageFont.Layout.BASIC)
        )
    canvas = Canvas(height=100)
    number = canvas.text_width("12345")
    assert canvas.text_width("יעל 12345") == pytest.approx(number + canvas.text_width("יעל "), abs=1)
    canvas.text(100, 60, "יעל 12345")
    canvas.text(100, 60, "12345", colour=Palette.PANEL)  # the digits stand first, so this covers them
    drawn = Image.open(BytesIO(canvas.png())).convert("L")
    assert brightest(drawn, 100, 100 + int(number)) < 100
    assert brightest(drawn, 100 + int(number), WIDTH // 2) > 200


def brightest(image: Image.Image, left: int, right: int) -> float:
    highest = image.crop((left, 20, right, 90)).getextrema()[1]
    assert not isinstance(highest, tuple)
    return highest


@pytest.mark.parametrize("name", FONTS)
def test_the_table_of_characters_agrees_with_what_the_font_draws(name: str) -> None:
    # letter by letter: shaping cuts some in two
    font = ImageFont.truetype(DIRECTORY / name, 32, layout_engine=ImageFont.Layout.BASIC)
    missing = bytes(font.getmask("\U0010fffe"))
    points = [
        *range(0x21, 0x7F),
        *range(0xC0, 0x180),
        *range(0x5D0, 0x5EB),
        *range(0x905, 0x93A),
        *range(0x4E00, 0x4F00),
        *range(0xAC00, 0xAC80),
        *range(0xE01, 0xE2F),
        *range(0xA80, 0xF00),
    ]
    for character in map(chr, points):
        if unicodedata.category(character)[0] == "L":
            assert has(name, character) == (bytes(font.getmask(character)) != missing)


def test_fonts_stay_small_and_bring_their_licence() -> None:
    assert sum(path.stat().st_size for path in DIRECTORY.iterdir()) < 8_000_000
    licence = (DIRECTORY / "OFL.txt").read_text(encoding="utf-8")
    for words in (
        "SIL OPEN FONT LICENSE Version 1.1",
        "PERMISSION & CONDITIONS",
        "OTHER DEALINGS IN THE FONT",
    ):
        assert words in licence
    for name in FONTS:
        assert f"- {name}: " in licence


def test_the_panel_is_solid_with_clear_corners() -> None:
    image = Image.open(BytesIO(Canvas(height=200).png()))
    assert image.size == (WIDTH, 200)
    assert image.getpixel((0, 0)) == image.getpixel((WIDTH - 1, 199)) == (*Palette.PANEL, 0)
    assert image.getpixel((WIDTH // 2, 100)) == (*Palette.PANEL, 255)


def test_text_that_is_too_wide_is_set_smaller() -> None:
    wide = "a very long title that a translation made even longer than anybody thought"
    canvas = Canvas(height=100)
    canvas.text(0, 60, wide, size=60, fit=WIDTH - 100)
    image = Image.open(BytesIO(canvas.png()))
    assert {image.getpixel((WIDTH - 40, y)) for y in range(20, 80)} == {(*Palette.PANEL, 255)}


@pytest.mark.parametrize("text", ["\ufdfd", "Owls \ufdfd \ufdfd"])
def test_a_letter_whose_bold_form_cannot_be_drawn_is_drawn_light(text: str) -> None:
    drawn = Canvas(120)
    drawn.text(40, 80, text, bold=True)
    assert drawn.png() != Canvas(120).png()


def test_a_legend_goes_on_in_a_new_line_where_the_width_ends() -> None:
    places: list[tuple[float, float]] = []
    canvas = Canvas(height=300)
    legend(canvas, 50, [(lambda x, y: places.append((x, y)), "a meaning of some length")] * 4)
    assert len({y for _, y in places}) > 1
    assert all(x < WIDTH for x, _ in places)
    assert canvas.height == max(y for _, y in places) + 26 + MARGIN
    image = Image.open(BytesIO(canvas.png())).convert("L")
    assert image.height == canvas.height
    below = image.crop((0, canvas.height - MARGIN + 4, WIDTH, canvas.height))
    assert len(below.getcolors() or []) == 1


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


async def test_one_picture_is_drawn_at_a_time_however_many_wait() -> None:
    studio = Studio()
    under_way, most = 0, 0
    lock = threading.Lock()

    def drawing() -> Picture:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        time.sleep(0.002)
        with lock:
            under_way -= 1
        return Picture(b"png", "alt", "a.png")

    drawn = await asyncio.gather(*(studio.draw(drawing) for _ in range(30)))
    studio.close()
    assert len(drawn) == 30
    assert most == 1


@pytest.mark.parametrize("module", ["bot.client", "bot.app", "bot.checkins.pictures"])
def test_pillow_is_not_loaded_before_the_first_picture(module: str) -> None:
    code = f"import sys, {module}; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
