"""Pictures: colours that everybody can tell apart."""

from __future__ import annotations

from itertools import combinations

import pytest

from bot.ui.pictures.canvas import Colour, Palette

# Complete protanopia, deuteranopia and tritanopia, on linear RGB: G. M. Machado, M. M. Oliveira, L. A. F. Fernandes,
# "A Physiologically-based Model for Simulation of Color Vision Deficiency", IEEE TVCG 15(6), 2009, severity 1.0.
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


@pytest.mark.parametrize(
    "colour", [Palette.MARK, Palette.MARK_MORE, Palette.TICK, Palette.TEXT, Palette.TEXT_SOFT]
)
def test_marks_stand_out_from_the_panel_and_from_empty_days(colour: Colour) -> None:
    assert contrast(colour, Palette.PANEL) >= 3
    assert contrast(colour, Palette.EMPTY) >= 3


def test_lines_and_hatching_stand_out_from_the_panel() -> None:
    assert contrast(Palette.LINE, Palette.PANEL) >= 3


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_amounts_stay_apart_whatever_colours_one_sees(deficiency: str) -> None:
    steps = [seen_with(each, deficiency) for each in (Palette.EMPTY, Palette.MARK, Palette.MARK_MORE)]
    for one, other in combinations(steps, 2):
        assert sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5 >= 20
    assert steps[0][0] < steps[1][0] < steps[2][0]
