"""The board as a picture: who stands where, names of every script, and the same in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from PIL import Image

from bot.leaderboards.pictures import _STEP_FILL, Shown, board_picture
from bot.leaderboards.rules import Board, Step, Totals, board, standings
from bot.ui.pictures import Picture
from bot.ui.pictures.canvas import MARGIN, WIDTH, Colour, Palette
from bot.words import Catalogues

WORDS = Catalogues().choose("en")
SHOWN = Shown("Night Trail Club", "showing_up", "last_week", date(2026, 11, 16), date(2026, 11, 22), "km")
TOTALS = Totals(people=17, check_ins=61, days=54, metres=312_400, seconds=111_900)
NAMES: dict[int, str | None] = {1: "Ann", 2: "Ben", 3: "Cleo", 4: "Dora", 5: "Eve"}


def draw(of: Board, names: dict[int, str | None] | None = None, shown: Shown = SHOWN) -> Picture:
    return board_picture(of, shown, NAMES if names is None else names, WORDS)


def podium(*steps: Step, kept: Iterable[int] = (), more: int = 0) -> Board:
    return Board(steps, tuple(kept), more, 20, TOTALS)


def contrast(one: Colour, other: Colour) -> float:
    """WCAG 2's contrast ratio, 1 to 21."""

    def luminance(colour: Colour) -> float:
        red, green, blue = (
            part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def pixels(picture: Picture) -> Image.Image:
    image = Image.open(BytesIO(picture.png))
    image.load()
    return image


def heights(picture: Picture) -> list[int]:
    """How tall each block of the podium is, from left to right."""
    image = pixels(picture).convert("RGB")
    fills = {bytes(fill) for fill in _STEP_FILL.values()}
    found: list[int] = []
    inside = False
    for x in range(0, WIDTH, 4):
        column = image.crop((x, 0, x + 1, image.height)).tobytes()
        filled = [y for y in range(image.height) if column[3 * y : 3 * y + 3] in fills]
        if bool(filled) != inside:
            inside = not inside
            if inside:
                found.append(0)
        if inside:
            found[-1] = max(found[-1], filled[-1] - filled[0])
    return found


def test_the_same_is_said_in_words() -> None:
    picture = draw(podium(Step(1, 100, (1, 2)), Step(3, 92, (3,)), kept=(1, 2, 4), more=2))
    assert picture.alt == (
        "Night Trail Club: Who showed up, Nov 16\u2009–\u200922, 2026. Place 1: Ann, Ben, 100%. Place 3: Cleo, 92%."
        " Together: 61 check-ins, 54 days kept, 312.4 km, 1,865 minutes, 17 people."
        " 5 kept their plan: Ann, Ben, Dora, and 2 more."
    )


def test_under_five_the_picture_holds_the_totals_alone() -> None:
    ranked = standings([(1, 100, True), (2, 90, True), (3, 80, False), (4, 10, True)])
    picture = draw(board(ranked, NAMES, TOTALS))
    assert not any(str(name) in picture.alt for name in NAMES.values())
    assert "61 check-ins" in picture.alt
    assert "kept their plan" not in picture.alt
    assert picture.png == draw(board(ranked, {}, TOTALS), {}).png


def test_who_did_not_keep_their_plan_is_neither_named_nor_counted() -> None:
    ranked = standings([(1, 100, True), (2, 90, True), (3, 80, True), (4, 10, False), (5, 5, False)])
    picture = draw(board(ranked, NAMES, TOTALS))
    assert "Dora" not in picture.alt
    assert "3 kept their plan: Ann, Ben, Cleo." in picture.alt
    assert picture.png == draw(board(ranked, NAMES, TOTALS), NAMES | {4: "Somebody else", 5: None}).png


def test_the_first_place_stands_highest_and_in_the_middle() -> None:
    second, first, third = heights(draw(podium(Step(1, 100, (1,)), Step(2, 96, (2,)), Step(3, 92, (3,)))))
    assert first > second > third > 80


@pytest.mark.parametrize(
    ("steps", "equal"),
    [
        ((Step(1, 100, (1, 2)), Step(3, 92, (3,))), (0, 1)),
        ((Step(1, 100, (1,)), Step(2, 92, (2, 3))), (0, 2)),
        ((Step(1, 100, (1, 2, 3)),), (1, 2)),
    ],
)
def test_equal_places_stand_equally_high(steps: tuple[Step, ...], equal: tuple[int, int]) -> None:
    found = heights(draw(podium(*steps)))
    assert len(found) == 3
    assert abs(found[equal[0]] - found[equal[1]]) <= 2


def test_with_five_people_those_who_share_the_third_step_are_named_above_it() -> None:
    third = Step(3, 92, (3, 4, 5))
    picture = draw(podium(Step(1, 100, (1, 2)), third))
    assert len(heights(picture)) == 2
    assert "Place 3: Cleo, Dora, Eve, 92%." in picture.alt
    assert picture.png != draw(podium(Step(1, 100, (1, 2)), third), NAMES | {5: "Fay"}).png


def test_a_name_that_was_taken_out_leaves_its_place_standing() -> None:
    picture = draw(podium(Step(1, 100, (1,)), Step(2, 96, (None,)), Step(3, 92, (3,))))
    assert "Place 2: a member, 96%." in picture.alt
    assert len(heights(picture)) == 3


@pytest.mark.parametrize(
    "name",
    [
        "M" * 32,
        "محمد العلي ابن محمد العلي بن علي",
        "王" * 32,
        "\U0001f3c3\u200d\u2640\ufe0f" * 8,
        "e" + "\u0301" * 31,
    ],
)
def test_names_of_any_length_and_script_stay_within_the_margins(name: str) -> None:
    names: dict[int, str | None] = dict.fromkeys(range(1, 42), name)
    steps = (Step(1, 100, (1,)), Step(2, 96, (2,)), Step(3, 92, (3, 4, 5)))
    picture = draw(podium(*steps, kept=range(1, 41), more=1_234), names, replace(SHOWN, group=name * 3))
    image = pixels(picture).convert("RGB")
    for left in (2, WIDTH - MARGIN + 6):
        edge = image.crop((left, 60, left + MARGIN - 8, image.height - 60))
        assert edge.getcolors() == [(edge.width * edge.height, Palette.PANEL)]
    assert 0 < len(picture.alt) <= 1_024


def test_the_description_names_as_many_as_it_can_hold() -> None:
    names: dict[int, str | None] = {at: f"{at:02} {'m' * 29}" for at in range(1, 41)}
    alt = draw(podium(Step(1, 100, (1,)), kept=range(1, 41), more=9), names).alt
    assert 900 < len(alt) <= 1_024
    named = alt.split("kept their plan: ")[1].count("mmm,")
    assert f"49 kept their plan: {names[1]}" in alt
    assert alt.endswith(f"and {49 - named} more.")


def test_hostile_names_disturb_neither_picture_nor_words() -> None:
    names: dict[int, str | None] = {1: "\u202eevil\n\n@everyone", 2: "", 3: "\u0000\u200b", 4: "x" * 10_000}
    alt = draw(podium(Step(1, 100, (1, 2, 3)), kept=(4,)), names).alt
    assert "Place 1: evil @everyone, a member, a member, 100%." in alt
    assert "\n" not in alt
    assert "x" * 33 not in alt


def test_other_figures_are_told_in_the_groups_units() -> None:
    month = replace(SHOWN, metric="distance", chosen="month", units="mi", first=date(2026, 11, 1))
    alt = draw(podium(Step(1, 16_093, (1,))), shown=month).alt
    assert "How far we went, Nov 1\u2009–\u200922, 2026. Place 1: Ann, 10.00 mi." in alt
    assert "194.1 mi" in alt
    assert (
        "Place 1: Ann, 62 minutes."
        in draw(podium(Step(1, 3_720, (1,))), shown=replace(SHOWN, metric="minutes")).alt
    )


def test_numbers_that_nobody_entered_are_left_out() -> None:
    alt = draw(Board((), (), 0, 2, Totals(2, 3, 3, 0, 0))).alt
    assert "Together: 3 check-ins, 3 days kept, 2 people." in alt


def test_equal_boards_give_equal_bytes() -> None:
    of = podium(Step(1, 100, (1,)), kept=(1, 2))
    assert draw(of).png == draw(of).png


def test_the_steps_stand_out_and_so_do_their_numbers() -> None:
    for fill in _STEP_FILL.values():
        assert contrast(fill, Palette.PANEL) >= 3
        assert contrast(Palette.TEXT, fill) >= 3  # they are large
