"""What check-ins are made of, as services and cards hand it on. Distances are whole metres, times whole seconds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from bot.challenges.model import Counted
    from bot.checkins.records import Milestone, Record
    from bot.checkins.track import Activity
    from bot.checkins.units import Units
    from bot.encouragement.library import Message
    from bot.encouragement.situation import Situation

Kind = Literal["run", "walk"]
Visibility = Literal["group", "private"]
DEFAULT_TARGET = 3  # days a week until a member chose
MOST_CARDS_A_DAY = 20  # in the runs channel; the day's others go into its thread


@dataclass(frozen=True, slots=True)
class Entry:
    """A check-in as a person gave it: texts still unread, everything optional.

    `visibility` None is the member's usual one; `file` is a watch's file that was read already; `activity` None is
    the file's, or a run. `language` is the one that `when` is written in.
    """

    distance: str | None = None
    time: str | None = None
    when: str | None = None
    note: str | None = None
    activity: Kind | None = None
    visibility: Visibility | None = None
    file: Activity | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A stored check-in. `started_at` is None where only the running day is known."""

    run_id: int
    group_id: int
    person_id: int
    activity: Kind
    running_day: date
    started_at: datetime | None
    metres: int | None
    seconds: int | None
    source: Literal["tap", "typed", "file"]
    late: bool
    visibility: Visibility
    note: str | None
    created_at: datetime
    note_hidden: bool = False
    set_aside: bool = False
    edited: bool = False
    undone: bool = False
    channel_id: int | None = None
    message_id: int | None = None
    words_key: str | None = None

    @property
    def public(self) -> bool:
        return self.visibility == "group"


@dataclass(frozen=True, slots=True)
class WeekProgress:
    """Days kept of the days a week that a member means to keep (1 to 7)."""

    kept_days: int
    target: int

    @property
    def kept(self) -> bool:
        return self.kept_days >= self.target


@dataclass(frozen=True, slots=True)
class Cheers:
    """How many cheered, and the first of them (at most three ids, the earliest first)."""

    count: int = 0
    first: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Encouraged:
    """A message of the library, and the situation that it speaks of."""

    message: Message
    situation: Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFigures:
    """All that a run's card shows, as it stood when the run was entered.

    `entered_on` is the running day on which the run was entered, `this_week` whether that was in the run's own week.
    `units` and `language` are those of the card's readers: the group's, or for a private run its owner's units.
    """

    run: Run
    week: WeekProgress
    entered_on: date
    this_week: bool
    units: Units
    language: str
    records: tuple[Record, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    cheers: Cheers = field(default_factory=Cheers)
    encouraged: Encouraged | None = None
    counted: tuple[Counted, ...] = ()


@dataclass(frozen=True, slots=True)
class CardDay:
    """The group's running day, the cards that were posted on it, and its thread once there are many."""

    day: date
    cards: int = 0
    thread_id: int | None = None

    @property
    def crowded(self) -> bool:
        """Whether a further card goes into the day's thread."""
        return self.cards >= MOST_CARDS_A_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLogged:
    """A check-in that is stored.

    `fresh` is False where the same interaction had stored it before, `completed` True where a file filled in a typed
    run. `ask_zone` is the zone to ask the member about and `ask_listing` whether to ask about the
    boards, each once, after the first check-in. `ask_feeling`: the member keeps how runs felt, and this one is of
    these days.
    """

    figures: RunFigures
    runs_channel_id: int | None
    card_day: CardDay
    fresh: bool = True
    completed: bool = False
    ask_zone: str | None = None
    ask_listing: bool = False
    notices: int = 0
    ask_feeling: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """What `/checkin` shows: the running day, whether it is kept or rested already, and the week so far.

    `feelings`: they are on in the group.
    """

    running_day: date
    ran: bool
    resting: bool
    week: WeekProgress
    feelings: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """News that its owner is told privately, once. `kind` is "set_aside"; `detail` an organiser's words."""

    kind: str
    run_id: int | None
    detail: str | None
