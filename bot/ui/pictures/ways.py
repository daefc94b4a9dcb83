"""A line through points that can be followed: where its middle is, and its first part."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise

Point = tuple[float, float]


class Way:
    """A line through two or more points; shares of it are 0 (its start) to 1 (its end)."""

    def __init__(self, points: Sequence[Point]) -> None:
        self.points = list(points)
        self._reach = [0.0, *accumulate(math.dist(a, b) for a, b in pairwise(self.points))]

    def at(self, share: float) -> Point:
        """The point after `share` of the way."""
        wanted = min(max(share, 0.0), 1.0) * self._reach[-1]
        after = min(bisect_right(self._reach, wanted), len(self.points) - 1)
        before = after - 1
        stretch = self._reach[after] - self._reach[before]
        part = (wanted - self._reach[before]) / stretch if stretch else 0.0
        (x, y), (end_x, end_y) = self.points[before], self.points[after]
        return x + part * (end_x - x), y + part * (end_y - y)

    def until(self, share: float) -> list[Point]:
        """The points of the way's first part, the last of which is `at(share)`."""
        wanted = min(max(share, 0.0), 1.0) * self._reach[-1]
        return [*self.points[: bisect_right(self._reach, wanted)], self.at(share)]
