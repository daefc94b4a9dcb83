"""What `second-wind check --rebuild` tells the host: in numbers alone."""

from __future__ import annotations

from collections.abc import Iterable

from bot.doctor.findings import Finding, note, ok
from bot.rebuilding.parts import Part


def findings_of(parts: Iterable[Part]) -> list[Finding]:
    """A finding a part."""
    return [
        note(f"Mended: {part.wrong:,} {part.meaning}.") if part.wrong else ok(f"No {part.meaning}.")
        for part in parts
    ]
