"""What is true of a member's settings."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.errors import Refusal

VISIBILITIES = ("group", "private")


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberSettings:
    """What a person chose, and what stands in where they chose nothing.

    Args:
        own_zone: IANA name; None until the person set one, and then the group's stands in.
        own_units: "km" or "mi"; None: the group's stand in.
        own_language: BCP 47 tag; None: that of the person's Discord.
        visibility: "group" or "private": of new check-ins in this group.
        quiet: minutes after midnight from which and until which reminders wait; None: never.
        listed: on this group's boards; None: not answered, and so not on them.
        streak_warning: whether this group's streak warning was asked for.
        day_starts_minute, week_starts_on: the group's, needed wherever days are read.
    """

    group_zone: str
    group_units: str
    day_starts_minute: int
    week_starts_on: int
    own_zone: str | None = None
    own_units: str | None = None
    own_language: str | None = None
    visibility: str = "group"
    quiet: tuple[int, int] | None = None
    listed: bool | None = None
    streak_warning: bool = False

    @property
    def zone_name(self) -> str:
        return self.own_zone or self.group_zone

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone_name)

    @property
    def units(self) -> str:
        return self.own_units or self.group_units


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """How many rows of each kind are stored of a member in one group.

    Args:
        care_day: when support was last shown after low entries (ISO date); None: never.
        keep_version, figure_version: of the words that were agreed to for keeping feelings and for counting in the
            group's figure; None: not agreed. `keep_agreed_at` and `figure_agreed_at` are in epoch seconds.
        in_figure: 1 where the member was counted in the last weekly figure that was shown.
        open_polls: of the group, whoever voted in them.
    """

    runs: int
    bests: int
    cheers_given: int
    cheers_received: int
    targets: int
    pauses: int
    rest_days: int
    reports: int
    notices: int
    week_plans: int
    reminders: int
    boards: int
    challenges: int
    challenges_made: int
    moods: int
    run_starts: int
    nearly_not: int
    care_day: str | None
    keep_version: int | None
    keep_agreed_at: int | None
    figure_version: int | None
    figure_agreed_at: int | None
    in_figure: int
    open_polls: int
    polls_made: int

    @property
    def feelings(self) -> bool:
        """Whether anything about feelings or polls is stored that `/privacy` has to tell of."""
        return bool(
            self.moods
            or self.run_starts
            or self.nearly_not
            or self.care_day
            or self.keep_version is not None
            or self.figure_version is not None
            or self.in_figure
            or self.open_polls
            or self.polls_made
        )


def checked_visibility(text: str) -> str:
    """`text` where it is "group" or "private". Raises Refusal for anything else."""
    if text not in VISIBILITIES:
        raise Refusal("A check-in is seen by the group or by you alone. Choose one of the two.")
    return text


def checked_quiet(start: int, end: int) -> tuple[int, int]:
    """Quiet hours as minutes after midnight, over midnight where `end` is the smaller one. Raises Refusal."""
    if not (0 <= start < 1_440 and 0 <= end < 1_440):
        raise Refusal("Type two clock times, like 22:00 and 7:00.")
    if start == end:
        raise Refusal(
            "These are the same time, so that would be all day or never. Type two different ones, or leave both empty."
        )
    return start, end
