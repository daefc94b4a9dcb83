"""Token buckets in whole milliseconds, and what each thing that people do costs.

A bucket is one number: the moment at which it is full again. Taking moves that moment on, and is allowed while it
stays within what the bucket holds (the generic cell rate algorithm, ITU-T I.371). Nothing is ever filled up by a job.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a bucket holds, and how fast it fills: `at_once` tokens, and one more each `every_ms` milliseconds."""

    at_once: int
    every_ms: int

    def __post_init__(self) -> None:
        if self.at_once < 1 or self.every_ms < 1:
            raise ValueError("a bucket holds a token, and takes a millisecond or more to fill")

    @property
    def holds_ms(self) -> int:
        """How long an empty bucket takes to fill."""
        return self.at_once * self.every_ms


# Somebody who leafs through pages presses a button a second for a while; a script does not stop.
MEMBER: Final = Allowance(at_once=30, every_ms=2_000)
# A whole club that comes home from its Sunday run; more than that is more than one bot can serve well.
GROUP: Final = Allowance(at_once=200, every_ms=50)
# What is offered while somebody types: a request for every key.
TYPING: Final = Allowance(at_once=40, every_ms=250)
# A flood gets one answer in so long, and silence in between.
TOLD_AGAIN_MS: Final = 10_000
MOST_BUCKETS: Final = 50_000  # of each sort; some 100 bytes each

USUAL: Final = 1
PER_FILE: Final = 3  # the file is fetched, and read by a process of its own
MOST: Final = 15  # so that whatever is asked for can be had at all
# By command or action; pictures are drawn, and an export reads everything of its owner.
HEAVY: Final[Mapping[str, int]] = {
    "run stats": 2,
    "stats.range": 2,
    "stats.calendar": 2,
    "mood trend": 2,
    "mood.trend": 2,
    "leaderboard": 2,
    "challenge.standings": 2,
    "privacy.export": 10,
    "run import": 5,
}


def cost(name: str, files: int = 0) -> int:
    """What a command or action costs with so many files attached: 1 to MOST tokens."""
    return min(HEAVY.get(name, USUAL) + PER_FILE * files, MOST)


class Buckets:
    """One bucket for each key, full until something is taken. `now` is milliseconds that never go back.

    Keeps at most `most` buckets: full ones are forgotten first, which changes nothing; then the fullest.
    """

    def __init__(self, allowance: Allowance, most: int = MOST_BUCKETS) -> None:
        self._allowance = allowance
        self._most = most
        self._full_at: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._full_at)

    def wait(self, key: int, tokens: int, now: int) -> int:
        """Milliseconds until so many tokens can be taken: 0 where they can be now. Takes nothing.

        Raises ValueError for fewer than one token, and for more than a bucket holds.
        """
        if not 1 <= tokens <= self._allowance.at_once:
            raise ValueError("a bucket never holds so many")
        return max(0, self._after(key, tokens, now) - now - self._allowance.holds_ms)

    def take(self, key: int, tokens: int, now: int) -> None:
        """Take tokens that `wait` said are there."""
        self._full_at[key] = self._after(key, tokens, now)
        if len(self._full_at) > self._most:
            self._forget(now)

    def _after(self, key: int, tokens: int, now: int) -> int:
        return max(self._full_at.get(key, now), now) + tokens * self._allowance.every_ms

    def _forget(self, now: int) -> None:
        kept = sorted((each for each in self._full_at.items() if each[1] > now), key=lambda each: each[1])
        # at least half goes at a time, so that this is rare
        self._full_at = dict(kept[-(self._most // 2) :] if self._most > 1 else kept[-1:])


@dataclass(frozen=True, slots=True)
class Refused:
    """Not now: it works again in `wait_ms`. `whole_group` where it is not this member's doing; `tell` where they have
    not just been told."""

    wait_ms: int
    whole_group: bool
    tell: bool


class Limits:
    """The buckets of all members and groups that this process serves. Nothing of it is stored."""

    def __init__(
        self, member: Allowance = MEMBER, group: Allowance = GROUP, typing: Allowance = TYPING
    ) -> None:
        self._members = Buckets(member)
        self._groups = Buckets(group)
        self._typing = Buckets(typing)
        self._told = Buckets(Allowance(1, TOLD_AGAIN_MS))

    def take(self, person_id: int, group_id: int | None, tokens: int, now: int) -> Refused | None:
        """Take `tokens` from the member's bucket and the group's, from both or from neither; None where it went well.

        `group_id`: None in a direct message, where a press says itself which group it speaks of: nobody can empty
        the bucket of a group that they are not in.
        """
        of_member = self._members.wait(person_id, tokens, now)
        of_group = 0 if group_id is None else self._groups.wait(group_id, tokens, now)
        if of_member or of_group:
            tell = not self._told.wait(person_id, 1, now)
            if tell:
                self._told.take(person_id, 1, now)
            return Refused(max(of_member, of_group), whole_group=of_group > of_member, tell=tell)
        self._members.take(person_id, tokens, now)
        if group_id is not None:
            self._groups.take(group_id, tokens, now)
        return None

    def offers(self, person_id: int, now: int) -> bool:
        """Whether something is offered while the member types; takes one token for it where it is."""
        if self._typing.wait(person_id, 1, now):
            return False
        self._typing.take(person_id, 1, now)
        return True
