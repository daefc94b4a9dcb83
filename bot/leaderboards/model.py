"""What boards are made of, as the service hands them to cards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.leaderboards.rules import Metric, Range, Standing, Totals


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardView:
    """A board as it is now, or as it was posted.

    `ranked` are the listed members in the order of their places, `first` and `last` the days it is of. `board_id` is
    the posted board's, None for one computed for /leaderboard; `late` says that it came on a later day than planned.
    """

    group_id: int
    metric: Metric
    chosen: Range
    first: date
    last: date
    ranked: tuple[Standing, ...]
    totals: Totals
    units: str
    language: str
    board_id: int | None = None
    late: bool = False

    @property
    def named(self) -> tuple[int, ...]:
        """Whom the board may name: those on the podium first, then everyone who kept their plan."""
        podium = [each.person_id for each in self.ranked if each.place <= 3]
        kept = [each.person_id for each in self.ranked if each.kept]
        return tuple(dict.fromkeys(each for each in (*podium, *kept) if each is not None))


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a board was posted, and what it shows."""

    view: BoardView
    channel_id: int
    message_id: int


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Where a member stands: with the neighbours, nobody where there is no place. `listed` None: never answered."""

    standings: tuple[Standing, ...]
    ranked: int
    listed: bool | None
    units: str
