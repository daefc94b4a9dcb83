"""Rows of the table that `make bench` prints: a figure, its bar, and whether it is met."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured figure. Without a bar it is for information."""

    what: str
    value: float
    unit: str = ""
    at_most: float | None = None

    @property
    def met(self) -> bool:
        return self.at_most is None or self.value <= self.at_most

    def cells(self) -> tuple[str, str, str, str]:
        def words(value: float) -> str:
            return f"{value:.{0 if value >= 100 else 2}f} {self.unit}".rstrip()

        if self.at_most is None:
            return self.what, words(self.value), "", ""
        return (
            self.what,
            words(self.value),
            f"at most {words(self.at_most)}",
            "met" if self.met else "NOT MET",
        )


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: the smallest value that `share` (0 to 1) of `values` do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def p50(values: Sequence[float]) -> float:
    return percentile(values, 0.5)


def p99(values: Sequence[float]) -> float:
    return percentile(values, 0.99)


def table(figures: Sequence[Figure]) -> str:
    """All figures in aligned columns."""
    rows = [("what", "figure", "bar", ""), *(figure.cells() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
