"""What a part of the examination comes to, and how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

Told: TypeAlias = Callable[[str, int, int], None]  # what is looked at, how many are through, and of how many


@dataclass(frozen=True, slots=True)
class Part:
    """How many rows were not as they have to be; they are mended now."""

    meaning: str  # what such rows are: "people whom no group knows"
    wrong: int
