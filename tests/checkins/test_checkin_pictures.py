"""The year's heatmap and the chart of weeks: what they show, and that their words say the same."""

from __future__ import annotations

import gettext
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from unittest.mock import patch

import pytest
from babel.dates import format_date
from PIL import Image

from bot.checkins.pictures import DayCell, WeekBar, statistics_chart, year_heatmap
from bot.ui.pictures import Picture
from bot.ui.pictures.canvas import WIDTH, Canvas, Colour, Palette
from bot.ui.pictures.fonts import has, runs_of_font
from bot.words import Catalogues, Words

TODAY = date(2026, 11, 18)
ENGLISH = Words("en", gettext.NullTranslations())


def year(
    days: dict[date, DayCell] | None = None,
    *,
    kept_weeks: tuple[date, ...] = (),
    today: date = TODAY,
    week_starts_on: int = 0,
    words: Words = ENGLISH,
) -> Picture:
    return year_heatmap(
        days or {}, kept_weeks=kept_weeks, today=today, week_starts_on=week_starts_on, words=words
    )


def chart(weeks: list[WeekBar], **options: Any) -> Picture:
    return statistics_chart(
        weeks, **{"measure": "distance", "units": "km", "goal": None, "words": ENGLISH, **options}
    )


def week(back: int = 0, **values: Any) -> WeekBar:
    given: dict[str, Any] = {"metres": 12_300, "seconds": 4_000, "days": 2, "target": 3, **values}
    return WeekBar(date(2026, 11, 16) - timedelta(weeks=back), **given)


def pixels(picture: Picture, colour: Colour) -> int:
    """How many pixels have exactly that colour."""
    image = Image.open(BytesIO(picture.png))
    assert image.width == WIDTH
    assert image.height <= 1_200
    return sum(
        count
        for count, seen in image.getcolors(maxcolors=WIDTH * image.height) or []
        if seen == (*colour, 255)
    )


def test_the_year_says_in_words_what_it_shows() -> None:
    days = {
        TODAY: DayCell(check_ins=2),
        TODAY - timedelta(days=1): DayCell(check_ins=1),
        TODAY - timedelta(days=40): DayCell(check_ins=1, paused=True),
        TODAY - timedelta(days=50): DayCell(paused=True),
        TODAY - timedelta(days=51): DayCell(resting=True),
        TODAY - timedelta(days=52): DayCell(resting=True),
        TODAY - timedelta(days=900): DayCell(check_ins=1),
        TODAY + timedelta(days=1): DayCell(check_ins=1),
    }
    drawn = year(days, kept_weeks=(date(2026, 11, 16), date(2026, 11, 9), date(2020, 1, 6)))
    assert drawn.alt == (
        "Calendar of the 53 weeks from November 17, 2025 to November 18, 2026: 3 days with a check-in. "
        "On 1 of them two or more. 2 weeks kept. 1 paused day. 2 resting days. By month: Oct 2026 1, Nov 2026 2."
    )


def test_each_kind_of_day_has_its_mark() -> None:
    empty = year()
    for cell, colour in (
        (DayCell(check_ins=1), Palette.MARK),
        (DayCell(check_ins=2), Palette.MARK_MORE),
        (DayCell(resting=True), Palette.TEXT_SOFT),
        (DayCell(paused=True), Palette.TEXT_SOFT),
    ):
        drawn = year({TODAY - timedelta(days=10): cell})
        assert pixels(drawn, colour) > pixels(empty, colour)
    assert pixels(year(kept_weeks=(date(2026, 11, 9),)), Palette.TICK) > pixels(empty, Palette.TICK)
    paused, resting = (year({TODAY: cell}).png for cell in (DayCell(paused=True), DayCell(resting=True)))
    assert paused != resting


def test_every_day_of_the_53_weeks_has_a_place_of_its_own() -> None:
    first = date(2025, 11, 17)
    drawn = {
        year({day: DayCell(check_ins=1)}).png
        for day in (first, first + timedelta(days=1), first + timedelta(weeks=26, days=6), TODAY)
    }
    assert len(drawn) == 4
    assert year({first - timedelta(days=1): DayCell(check_ins=1)}).png == year().png


@pytest.mark.parametrize("today", [date(2026, 12, 31), date(2027, 1, 1), date(2024, 2, 29), date(2021, 1, 3)])
@pytest.mark.parametrize("week_starts_on", [0, 5, 6])
def test_a_full_year_fits_whenever_it_ends_and_weeks_begin(today: date, week_starts_on: int) -> None:
    days = {today - timedelta(days=n): DayCell(check_ins=1) for n in range(400)}
    drawn = year(days, today=today, week_starts_on=week_starts_on)
    shown = 52 * 7 + (today.weekday() - week_starts_on) % 7 + 1
    assert f": {shown} days with a check-in." in drawn.alt
    image = Image.open(BytesIO(drawn.png))
    edge = {colour for _, colour in image.crop((WIDTH - 30, 60, WIDTH - 2, 700)).getcolors() or ()}
    assert edge == {(*Palette.PANEL, 255)}


def test_the_same_year_gives_the_same_bytes() -> None:
    days = {TODAY - timedelta(days=n): DayCell(check_ins=1 + n % 2) for n in range(90)}
    assert year(days).png == year(dict(reversed(days.items()))).png


@pytest.mark.parametrize(
    "language", ["de", "ar", "he", "hi", "th", "ja", "ko", "zh-CN", "pt-BR", "vi", "el", "ru"]
)
def test_pictures_are_drawn_in_every_script(language: str) -> None:
    words = Words(language, gettext.NullTranslations())
    drawn = year({TODAY: DayCell(check_ins=1)}, words=words)
    assert drawn.png != year({TODAY: DayCell(check_ins=1)}).png
    assert chart([week(n) for n in range(11, -1, -1)], words=words).png


def test_the_chart_says_in_words_what_it_shows() -> None:
    weeks = [
        week(3, metres=None, seconds=None, days=0, paused=True),
        week(2, metres=None, days=1, unmeasured=1),
        week(1, days=3, kept=True),
        week(0, metres=102_400, days=7, target=4, kept=True, current=True),
    ]
    assert chart(weeks, goal=25_000).alt == (
        "Kilometres a week: the last 4 weeks. The weekly goal is 25. "
        "1 check-in has no such number and is left out. 26 Oct: 0 days, paused. 2 Nov: 1 day. "
        "9 Nov: 12.3, 3 days, kept. 16 Nov: 102, 7 days, kept, this week."
    )


def test_the_chart_counts_in_miles_or_minutes() -> None:
    assert "Miles a week" in chart([week(metres=16_093)], units="mi").alt
    assert "16 Nov: 10, 2 days." in chart([week(metres=16_093)], units="mi").alt
    assert "Minutes a week" in chart([week(seconds=5_430)], measure="minutes", goal=60).alt
    assert "16 Nov: 90.5, 2 days." in chart([week(seconds=5_430)], measure="minutes").alt
    assert "Days a week" in chart([week(metres=None, seconds=None)], measure="days").alt


def test_a_number_that_is_missing_is_no_bar() -> None:
    given, missing = chart([week()]), chart([week(metres=None, unmeasured=2)])
    assert pixels(given, Palette.MARK) > 1_000
    assert pixels(missing, Palette.MARK) == 0
    assert "2 check-ins have no such number" in missing.alt


def test_a_bar_twice_as_far_is_twice_as_tall() -> None:
    one = pixels(chart([week(1, metres=40_000), week(metres=None)]), Palette.MARK)
    both = pixels(chart([week(1, metres=40_000), week(metres=20_000)]), Palette.MARK)
    assert both - one == pytest.approx(one / 2, rel=0.03)


def test_paused_kept_and_current_weeks_look_different() -> None:
    plain = chart([week()])
    looks = {
        plain.png,
        chart([week(paused=True)]).png,
        chart([week(kept=True)]).png,
        chart([week(current=True)]).png,
        chart([week(days=3)]).png,
        chart([week(target=5)]).png,
        chart([week()], goal=20_000).png,
    }
    assert len(looks) == 7
    assert pixels(chart([week(kept=True)]), Palette.TICK) > pixels(plain, Palette.TICK)


def test_nothing_entered_yet_is_drawn_and_said() -> None:
    assert chart([]).alt == "Kilometres a week: No week has been entered yet."
    assert pixels(chart([]), Palette.MARK) == 0
    assert ": 0 days with a check-in." in year().alt
    assert words_drawn(year)[0] == "Your year so far"


def words_drawn(draw: Callable[[], Picture]) -> list[str]:
    """Every text of a picture, in the order of drawing."""
    with patch.object(Canvas, "text", autospec=True) as text:
        draw()
    return [call.args[3] for call in text.call_args_list]


@pytest.mark.parametrize("language", ["en", "de", "ar", "he", "hi", "th", "ja", "ko", "zh-CN", "pt-BR"])
def test_months_and_weekdays_are_named_in_the_language(language: str) -> None:
    words = Words(language, gettext.NullTranslations())
    november, monday = (
        format_date(date(2026, 11, 16), pattern, locale=words.locale) for pattern in ("LLL", "ccc")
    )
    named = words_drawn(lambda: year(words=words))
    assert november in named
    assert monday in named
    assert november in words_drawn(lambda: chart([week()], words=words))


@pytest.mark.parametrize("language", Catalogues().languages)
def test_each_language_on_offer_has_its_letters(language: str) -> None:
    words = Catalogues().choose(language)
    full = [week(n, paused=n == 2, kept=n == 1, unmeasured=n, current=n == 0) for n in (3, 2, 1, 0)]
    for draw in (
        lambda: year(words=words),
        lambda: year({TODAY: DayCell(check_ins=1)}, words=words),
        lambda: chart([], words=words),
        lambda: chart(full, goal=20_000, words=words),
        lambda: chart(full, measure="minutes", goal=90, words=words),
        lambda: chart(full, measure="days", words=words),
    ):
        for text in words_drawn(draw):
            for font, part in runs_of_font(text):
                assert all(has(font, character) for character in part), part


def test_a_long_legend_makes_the_picture_taller() -> None:
    class Long(Words):
        def say(self, message: str, /, **values: object) -> str:
            return super().say(message, **values) + " and so on and on"

    full = [week(n, paused=n == 2, kept=n == 1, unmeasured=n, current=n == 0) for n in (3, 2, 1, 0)]
    english, wordy = (
        Image.open(BytesIO(chart(full, goal=20_000, words=words).png))
        for words in (ENGLISH, Long("en", gettext.NullTranslations()))
    )
    assert wordy.height >= english.height + 50
    edge = {wordy.getpixel((x, wordy.height - 20)) for x in range(40, WIDTH - 40)}
    assert edge == {(*Palette.PANEL, 255)}


def test_a_figure_hides_the_line_of_the_goal_behind_it() -> None:
    """The bar ends a little beneath the goal, so the line crosses where the figure stands."""
    weeks = [week(1, metres=19_000), week(metres=30_000)]
    drawn = Image.open(BytesIO(chart(weeks, goal=20_000).png)).convert("RGB")
    line = 600 - (600 - 230) * 20 / 30
    column = [drawn.getpixel((x, round(line))) for x in range(824, 860)]
    assert Palette.TICK not in column
    assert Palette.TICK in [drawn.getpixel((x, round(line))) for x in range(50, 400)]


def test_figures_of_any_size_stay_within_their_column() -> None:
    for metres in (0, 40, 99_949, 999_900, 2_710_400, 88_888_800):
        drawn = Image.open(BytesIO(chart([week(n, metres=metres) for n in range(12)]).png)).convert("RGB")
        pitch = (WIDTH - 88) / 12
        for gap in range(13):
            x = round(44 + gap * pitch)
            above = {colour for _, colour in drawn.crop((x, 150, x + 1, 598)).getcolors() or ()}
            assert above == {Palette.PANEL}


def test_words_stay_within_what_an_attachment_may_say() -> None:
    days = {TODAY - timedelta(days=n): DayCell(check_ins=2) for n in range(371)}
    assert len(year(days, words=Words("vi", gettext.NullTranslations())).alt) <= 1024
    weeks = [week(n, metres=399_999, days=7, unmeasured=30, kept=True) for n in range(20, -1, -1)]
    drawn = chart(weeks, goal=1_000_000)
    assert len(drawn.alt) <= 1024
    assert "16 Nov" in drawn.alt
