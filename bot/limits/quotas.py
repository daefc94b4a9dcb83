"""How many rows one member, or one group, can have made: far more than people need, and an end to a script's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.errors import Refusal

A_DAY: Final = timedelta(hours=24)  # back from now, so that no midnight doubles it


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotas:
    """The numbers; of members they are those in one group."""

    runs_a_day: int = 24  # typed, tapped, or sent one by one; there are as many hours
    imported_a_day: int = 6_000  # runs out of archives: three full ones
    moods_a_day: int = 24
    open_challenges_each: int = 5  # of a member who is no organiser
    open_polls: int = 10  # of a group: open, about to open, or coming every week


# For who measures the bot with a few people of whom each does what a hundred would.
NO_QUOTAS: Final = Quotas(
    runs_a_day=10**9,
    imported_a_day=10**9,
    moods_a_day=10**9,
    open_challenges_each=10**9,
    open_polls=10**9,
)


def works_again(oldest: datetime) -> datetime:
    """When the oldest of those that count is a day old, and there is room for one more."""
    return oldest + A_DAY


def check_runs(count: int, most: int, oldest: datetime) -> None:
    """`count` runs were logged in the last 24 hours, the newest `most` of them from `oldest` on. Raises Refusal where
    one more is too many."""
    if count >= most:
        raise Refusal(
            "You have logged {count} times here within 24 hours, as often as fits into a day. The next one works "
            "{when}; to make room now, undo one that is not right. Many files at once go through /run import.",
            count=count,
            when=works_again(oldest),
        )


def check_imported(count: int, most: int, oldest: datetime) -> None:
    """As `check_runs`, for what came out of archives."""
    if count >= most:
        raise Refusal(
            "{count} runs of yours came out of archives within 24 hours, as many as I take in a day. "
            "The next archive works {when}.",
            count=count,
            when=works_again(oldest),
        )


def check_moods(count: int, most: int, oldest: datetime) -> None:
    """As `check_runs`, for entries of feelings."""
    if count >= most:
        raise Refusal(
            "You have {count} entries within 24 hours, as many as I keep of one day. The next one works {when}; "
            "to make room now, take one back in /mood trend.",
            count=count,
            when=works_again(oldest),
        )


def check_challenges(count: int, most: int) -> None:
    """`count` challenges of this member are under way. Raises Refusal where one more is too many."""
    if count >= most:
        raise Refusal(
            "You have {count} challenges under way, as many as one member can make at a time. There is room again "
            "once a result is out, or when you call one off in /challenge list.",
            count=count,
        )


def check_polls(count: int, most: int) -> None:
    """`count` polls of the group are open or come every week. Raises Refusal where one more is too many."""
    if count >= most:
        raise Refusal(
            "This group has {count} polls that are open or come every week, as many as fit. There is room again once "
            "one closes: press Close on its card, or Stop repeating where it comes every week.",
            count=count,
        )
