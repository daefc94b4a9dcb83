"""What one part of the campaign did and found, and the table of all parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Report:
    """Counts of one part.

    `done` says how much of what was asked for was done (kills, cuts, inputs ...), `bars` how much there has to be;
    `found` counts what may not happen, by kind: all of it has to be zero. `notes` are lines for whoever reads.
    """

    part: str
    done: dict[str, int] = field(default_factory=dict)
    seeds: list[int] = field(default_factory=list)
    injected: Counter[str] = field(default_factory=Counter)
    found: dict[str, int] = field(default_factory=dict)
    bars: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def clean(self) -> bool:
        """Nothing was found that may not be, and as much was done as was asked for."""
        return not any(self.found.values()) and not self.short_of()

    def short_of(self) -> list[str]:
        """What was done too little of."""
        return [what for what, least in self.bars.items() if self.done.get(what, 0) < least]

    def as_json(self) -> dict[str, object]:
        """For another program: counts by name."""
        counts = {name: dict(getattr(self, name)) for name in ("done", "injected", "found", "bars")}
        return {
            "part": self.part,
            "clean": self.clean,
            "seeds": self.seeds,
            "seconds": self.seconds,
            **counts,
        }

    def __str__(self) -> str:
        rows: list[tuple[str, object]] = [(what, f"{count:,}") for what, count in self.done.items()]
        rows += [("injected, in all", f"{self.injected.total():,}")] if self.injected else []
        rows += [(f"  {what}", f"{count:,}") for what, count in sorted(self.injected.items())]
        rows += [(what.upper() if count else what, f"{count:,}") for what, count in self.found.items()]
        rows += [("seeds", ", ".join(map(str, self.seeds))), ("seconds", f"{self.seconds:.0f}")]
        width = max(len(what) for what, _ in rows)
        lines = [f"{self.part}: {'clean' if self.clean else 'NOT CLEAN'}"]
        lines += [f"  {what:<{width}}  {figure!s:>9}" for what, figure in rows]
        lines += [f"  ! less than asked for: {what}" for what in self.short_of()]
        return "\n".join(lines + [f"  {note}" for note in self.notes])


def table(reports: Iterable[Report]) -> str:
    """One line a part: what was done, what was injected, what was found."""
    head = ("part", "done", "injected", "found", "seeds", "seconds", "")
    rows = [
        (
            each.part,
            ", ".join(f"{count:,} {what}" for what, count in each.done.items()),
            f"{each.injected.total():,}",
            ", ".join(f"{count:,} {what}" for what, count in each.found.items() if count) or "nothing",
            ", ".join(map(str, each.seeds)),
            f"{each.seconds:.0f}",
            "met" if each.clean else "NOT MET",
        )
        for each in reports
    ]
    widths = [max(len(row[place]) for row in (head, *rows)) for place in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (head, *rows)
    )
